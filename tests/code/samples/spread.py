import boto3
def ask(client, model, *rest): client.converse(modelId=model, messages=[])  #> bedrock-runtime Converse
args = (boto3.client("bedrock-runtime"), "m")
ask(*args)
all_ = [*[boto3.client("bedrock")], boto3.client("bedrock-agent")]
all_[1].list_flows()  #> bedrock-agent ListFlows
first, *others = all_
others[0].get_flow(flowIdentifier="f")  #> bedrock-agent GetFlow
*_, last = all_
last.delete_flow(flowIdentifier="f")  #> bedrock-agent DeleteFlow
