import boto3

a, b = boto3.client("bedrock"), boto3.client("bedrock-runtime")
a, b = b, a
a.converse(modelId="m")  #> bedrock-runtime Converse
b.list_imported_models()  #> bedrock ListImportedModels
for name, client in {"x": a, "y": b}.items():
    print(name)
pair = (boto3.client("bedrock-agentcore-control"), 1)
pair[0].list_gateways()  #> bedrock-agentcore-control ListGateways
