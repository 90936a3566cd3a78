import boto3

runtime = boto3.client("bedrock-runtime", region_name="us-east-1")
agent_runtime = boto3.client(service_name="bedrock-agent-runtime")
runtime.converse(modelId="amazon.nova-lite-v1:0", messages=[])  #> bedrock-runtime Converse
agent_runtime.retrieve(  #> bedrock-agent-runtime Retrieve
    knowledgeBaseId="KB1", retrievalQuery={"text": "q"}
)
response = runtime.invoke_model_with_response_stream(modelId="m", body="{}")  #> bedrock-runtime InvokeModelWithResponseStream
