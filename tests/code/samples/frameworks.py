import litellm
from litellm import completion, acompletion, embedding
from strands import Agent
from strands.models import BedrockModel
from strands.models.bedrock import BedrockModel as BM

r = completion(model="bedrock/anthropic.claude-3-5-sonnet-20240620-v1:0", messages=[])  #> bedrock-runtime Converse
s = completion(model="bedrock/converse/us.amazon.nova-pro-v1:0", messages=[], stream=True)  #> bedrock-runtime ConverseStream
o = completion(model="gpt-4o", messages=[])


async def a():
    return await litellm.acompletion(model="bedrock/us.amazon.nova-lite-v1:0", messages=[])  #> bedrock-runtime Converse


e = embedding(model="bedrock/amazon.titan-embed-text-v2:0", input=["x"])  #> bedrock-runtime InvokeModel

m = BedrockModel(model_id="us.amazon.nova-premier-v1:0", region_name="us-east-1")  #> bedrock-runtime ConverseStream
agent = Agent(model=m, tools=[])
print(agent("hello"))
q = BM(model_id="us.amazon.nova-lite-v1:0", streaming=False)  #> bedrock-runtime Converse
