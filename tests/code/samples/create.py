import os
import time

import boto3

if os.getenv("LOCAL"):
    client = boto3.client("bedrock-agent", endpoint_url="http://localhost:4566")
else:
    client = boto3.client("bedrock-agent")

bedrock_agent_runtime = None


def rt():
    global bedrock_agent_runtime
    if bedrock_agent_runtime is None:
        bedrock_agent_runtime = boto3.client("bedrock-agent-runtime")
    return bedrock_agent_runtime


def create():
    kb = client.create_knowledge_base(name="k", roleArn="r", knowledgeBaseConfiguration={})  #> bedrock-agent CreateKnowledgeBase
    kb_id = kb["knowledgeBase"]["knowledgeBaseId"]
    while client.get_knowledge_base(knowledgeBaseId=kb_id)["knowledgeBase"]["status"] != "ACTIVE":  #> bedrock-agent GetKnowledgeBase
        time.sleep(3)
    ds = client.create_data_source(knowledgeBaseId=kb_id, name="d", dataSourceConfiguration={})["dataSource"]  #> bedrock-agent CreateDataSource
    client.retrieve(knowledgeBaseId=kb_id, retrievalQuery={"text": "hi"})  #> bedrock-agent Retrieve wrong bedrock-agent-runtime
    try:
        rt().retrieve(knowledgeBaseId=kb_id, retrievalQuery={"text": "hi"})  #> bedrock-agent-runtime Retrieve
    except rt().exceptions.ThrottlingException:
        time.sleep(1)  # a sample: busy for now
    except client.exceptions.ResourceNotFoundException:
        pass  # a sample: it is not there yet
    print(client.meta.region_name, client.can_paginate("list_agents"))
    return ds
