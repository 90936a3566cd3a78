import json
import uuid

import boto3
from bedrock_agentcore.runtime import BedrockAgentCoreApp
from bedrock_agentcore.memory import MemoryClient

app = BedrockAgentCoreApp()
REGION = "us-west-2"
control, data = (boto3.client(n, region_name=REGION) for n in ("bedrock-agentcore-control", "bedrock-agentcore"))


@app.entrypoint
def invoke(payload):
    session = str(uuid.uuid4())
    data.create_event(memoryId="m-1", actorId="a", sessionId=session, eventTimestamp=0, payload=[])  #> bedrock-agentcore CreateEvent
    found = data.retrieve_memory_records(memoryId="m-1", namespace="/", searchCriteria={"searchQuery": payload["q"]})  #> bedrock-agentcore RetrieveMemoryRecords
    code = data.start_code_interpreter_session(codeInterpreterIdentifier="aws.codeinterpreter.v1")  #> bedrock-agentcore StartCodeInterpreterSession
    result = data.invoke_code_interpreter(codeInterpreterIdentifier="aws.codeinterpreter.v1", sessionId=code["sessionId"], name="executeCode")  #> bedrock-agentcore InvokeCodeInterpreter
    return {"found": found, "result": json.dumps(result)}


def deploy(image, role):
    runtime = control.create_agent_runtime(agentRuntimeName="x", agentRuntimeArtifact={}, roleArn=role, networkConfiguration={})  #> bedrock-agentcore-control CreateAgentRuntime
    control.create_agent_runtime_endpoint(agentRuntimeId=runtime["agentRuntimeId"], name="prod")  #> bedrock-agentcore-control CreateAgentRuntimeEndpoint
    gateway = control.create_gateway(name="g", roleArn=role, protocolType="MCP", authorizerType="AWS_IAM")  #> bedrock-agentcore-control CreateGateway
    control.create_gateway_target(gatewayIdentifier=gateway["gatewayId"], name="t", targetConfiguration={})  #> bedrock-agentcore-control CreateGatewayTarget
    data.list_agent_runtimes()  #> bedrock-agentcore ListAgentRuntimes wrong bedrock-agentcore-control


if __name__ == "__main__":
    app.run()
