import litellm
from litellm import acompletion, completion
from strands import Agent
from strands.models import BedrockModel

completion(model="bedrock/anthropic.claude-3-haiku-20240307-v1:0", messages=[])  #> bedrock-runtime Converse
litellm.completion("bedrock/converse/amazon.nova-lite-v1:0", messages=[], stream=True)  #> bedrock-runtime ConverseStream
litellm.embedding(model="bedrock/amazon.titan-embed-text-v2:0", input=[])  #> bedrock-runtime InvokeModel
completion(model="gpt-4o", messages=[])
model = BedrockModel(model_id="us.amazon.nova-pro-v1:0", streaming=False)  #> bedrock-runtime Converse
agent = Agent(model=model)
quick = Agent(model="us.amazon.nova-lite-v1:0")  #> bedrock-runtime ConverseStream


async def later():
    await acompletion(model="bedrock/amazon.nova-lite-v1:0", messages=[])  #> bedrock-runtime Converse
