import boto3

control = boto3.client("bedrock")
agents = boto3.client("bedrock-agent")
pages = control.get_paginator("list_custom_models")  #> bedrock ListCustomModels
for page in pages.paginate():
    print(page)
for page in agents.get_paginator("list_knowledge_bases").paginate():  #> bedrock-agent ListKnowledgeBases
    print(page)
core = boto3.client("bedrock-agentcore-control")
core.get_waiter("memory_created").wait(memoryId="m")  #> bedrock-agentcore-control GetMemory
control.get_paginator("list_agents")  #> bedrock ListAgents wrong bedrock-agent
