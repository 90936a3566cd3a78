import boto3

client = boto3.client("bedrock-runtime")
prompts = ["a", "b"]
while prompts:
    try:
        client.converse(modelId="m", messages=[prompts.pop()])  #> bedrock-runtime Converse
    except client.exceptions.ThrottlingException:
        continue  # a sample: the next prompt may pass
    finally:
        client.close()
results = [client.invoke_model(modelId="m", body=p) for p in prompts]  #> bedrock-runtime InvokeModel
match prompts:
    case []:
        client.list_async_invokes()  #> bedrock-runtime ListAsyncInvokes
    case _:
        client.start_async_invoke(modelId="amazon.nova-reel-v1:0")  #> bedrock-runtime StartAsyncInvoke
