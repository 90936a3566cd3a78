from functools import lru_cache, partial

import boto3


@lru_cache(maxsize=1)
def runtime():
    return boto3.client("bedrock-runtime")


def both(region):
    return boto3.client("bedrock", region_name=region), boto3.client("bedrock-runtime", region_name=region)


control, data = both("us-east-1")
runtime().converse(modelId="m")  #> bedrock-runtime Converse
control.list_inference_profiles()  #> bedrock ListInferenceProfiles
data.converse(modelId="m")  #> bedrock-runtime Converse
ask = partial(data.converse, modelId="amazon.nova-micro-v1:0")
ask(messages=[])  #> bedrock-runtime Converse
make = lambda: boto3.client("bedrock-agent")
make().prepare_agent(agentId="A")  #> bedrock-agent PrepareAgent
if (late := boto3.client("bedrock-agent-runtime")) is not None:
    late.retrieve_and_generate(input={})  #> bedrock-agent-runtime RetrieveAndGenerate
first, *rest = [boto3.client("bedrock"), 1]
first.get_foundation_model(modelIdentifier="m")  #> bedrock GetFoundationModel
