"""What the app is put together from."""
import boto3

from layered.ports import Answers, Store


class Container:
    def __init__(self):
        self._session = boto3.session.Session()
        self.runtime = self._session.client("bedrock-runtime")
        self.search = self._session.client("bedrock-agent-runtime")

    def answers(self):
        return Answers(llm=self.runtime, store=Store(self.search))


container = Container()
