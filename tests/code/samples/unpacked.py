import boto3, json
SERVICES = ("bedrock", "bedrock-runtime", "bedrock-agent", "bedrock-agent-runtime")
clients = {s.replace("-", "_"): boto3.client(s) for s in SERVICES}
control, runtime, *rest = [boto3.client(s) for s in SERVICES]
control.list_foundation_models(byProvider="amazon")  #> bedrock ListFoundationModels
runtime.count_tokens(modelId="m", input={})  #> bedrock-runtime CountTokens
build, run = rest
build.get_agent(agentId="A")  #> bedrock-agent GetAgent
run.retrieve_and_generate(input={"text": "x"})  #> bedrock-agent-runtime RetrieveAndGenerate
