import boto3

runtime = boto3.client("bedrock-runtime")
agent = boto3.client("bedrock-agent")
runtime.list_foundation_models()  #> bedrock-runtime ListFoundationModels wrong bedrock
agent.invoke_agent(agentId="A", agentAliasId="B")  #> bedrock-agent InvokeAgent wrong bedrock-agent-runtime
agent.create_guardrail(name="g")  #> bedrock-agent CreateGuardrail wrong bedrock
boto3.client("bedrock-agent-runtime").converse(modelId="m")  #> bedrock-agent-runtime Converse wrong bedrock-runtime
boto3.client("bedrock").retrieve_and_generate(input={})  #> bedrock RetrieveAndGenerate wrong bedrock-agent-runtime
boto3.client("bedrock-agentcore").create_agent_runtime(agentRuntimeName="r")  #> bedrock-agentcore CreateAgentRuntime wrong bedrock-agentcore-control
