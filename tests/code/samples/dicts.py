import boto3

NAMES = {"run": "bedrock-runtime", "build": "bedrock"}
clients = {name: boto3.client(name) for name in ("bedrock", "bedrock-agent-runtime")}
by_key = {key: boto3.client(value) for key, value in NAMES.items()}
clients["bedrock"].list_foundation_models()  #> bedrock ListFoundationModels
clients["bedrock-agent-runtime"].rerank(queries=[])  #> bedrock-agent-runtime Rerank
by_key["run"].invoke_model(modelId="x")  #> bedrock-runtime InvokeModel
by_key.get("build").list_guardrails()  #> bedrock ListGuardrails
by_key["build"].invoke_model(modelId="x")  #> bedrock InvokeModel wrong bedrock-runtime
