import boto3, json, concurrent.futures as cf
from botocore.exceptions import ClientError

agentcore = boto3.client("bedrock-agentcore")
control = boto3.client("bedrock-agentcore-control")


def invoke(arn, payload):
    resp = agentcore.invoke_agent_runtime(agentRuntimeArn=arn, payload=json.dumps(payload))  #> bedrock-agentcore InvokeAgentRuntime
    return resp["response"].read()


def memory(mid):
    agentcore.create_event(memoryId=mid, actorId="a", sessionId="s", eventTimestamp=0, payload=[])  #> bedrock-agentcore CreateEvent
    agentcore.retrieve_memory_records(memoryId=mid, namespace="/", searchCriteria={})  #> bedrock-agentcore RetrieveMemoryRecords
    control.create_memory(name="m", eventExpiryDuration=7)  #> bedrock-agentcore-control CreateMemory
    control.invoke_agent_runtime(agentRuntimeArn="x")  #> bedrock-agentcore-control InvokeAgentRuntime wrong bedrock-agentcore


def many(prompts):
    rt = boto3.client("bedrock-runtime")
    with cf.ThreadPoolExecutor() as ex:
        futs = [ex.submit(rt.converse, modelId="m", messages=p) for p in prompts]  #> bedrock-runtime Converse
        outs = list(ex.map(lambda p: rt.invoke_model(modelId="e", body=p), prompts))  #> bedrock-runtime InvokeModel
    return futs, outs
