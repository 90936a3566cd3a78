import aioboto3
from aiobotocore.session import get_session


async def ask(text):
    session = aioboto3.Session()
    async with session.client("bedrock-runtime", region_name="us-west-2") as client:
        return await client.converse(modelId="m", messages=[])  #> bedrock-runtime Converse


class Asker:
    def __init__(self):
        self.session = get_session()

    async def stream(self):
        async with self.session.create_client("bedrock-runtime") as client, self.session.create_client("bedrock") as b:
            await client.invoke_model(modelId="m")  #> bedrock-runtime InvokeModel
            await b.converse(modelId="m")  #> bedrock Converse wrong bedrock-runtime
