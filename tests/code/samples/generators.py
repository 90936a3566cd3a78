import boto3
def clients():
    for s in ("bedrock", "bedrock-agent"):
        yield boto3.client(s)
for c in clients():
    c.list_tags_for_resource(resourceARN="x")  #> bedrock ListTagsForResource #> bedrock-agent ListTagsForResource
def one():
    yield boto3.client("bedrock-runtime")
for c in one():
    c.converse(modelId="m", messages=[])  #> bedrock-runtime Converse
c2 = next(one())
c2.converse(modelId="m", messages=[])  #> bedrock-runtime Converse
