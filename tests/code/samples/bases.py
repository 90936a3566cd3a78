import abc
import contextlib
import boto3
import botocore.session


class Base(abc.ABC):
    service = ""

    def __init__(self, **kw):
        self._client = boto3.client(self.service, **kw)

    @property
    def client(self):
        return self._client


class Runtime(Base):
    service = "bedrock-runtime"

    def go(self):
        return self.client.converse(modelId="m", messages=[])  #> bedrock-runtime Converse

    def bad(self):
        return self.client.list_foundation_models()  #> bedrock-runtime ListFoundationModels wrong bedrock


class Control(Base):
    service = "bedrock"

    def go(self):
        return self.client.list_custom_models()  #> bedrock ListCustomModels


@contextlib.contextmanager
def client(name):
    c = botocore.session.get_session().create_client(name)
    yield c
    c.close()


with client("bedrock-runtime") as c:
    c.start_async_invoke(modelId="amazon.nova-reel-v1:0", modelInput={}, outputDataConfig={})  #> bedrock-runtime StartAsyncInvoke

a, b = boto3.client("bedrock"), boto3.client("bedrock-runtime")
a.get_model_invocation_job(jobIdentifier="x")  #> bedrock GetModelInvocationJob
b.invoke_model(modelId="m", body="")  #> bedrock-runtime InvokeModel

match b:
    case x:
        x.converse(modelId="m")  #> bedrock-runtime Converse

handlers = {"conv": b.converse, "inv": b.invoke_model}
handlers["conv"](modelId="m", messages=[])  #> bedrock-runtime Converse

waiter = boto3.client("bedrock-agent").get_waiter("agent_prepared") if False else None
