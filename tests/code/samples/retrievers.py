from langchain_aws import ChatBedrock, ChatBedrockConverse, BedrockEmbeddings, BedrockLLM
from langchain_aws.retrievers import AmazonKnowledgeBasesRetriever
from langchain_core.prompts import ChatPromptTemplate
from langchain_aws import BedrockRerank
import boto3

llm = ChatBedrockConverse(model="us.amazon.nova-pro-v1:0", temperature=0, region_name="us-east-1")  #> bedrock-runtime Converse
chat = ChatBedrock(model_id="anthropic.claude-3-haiku-20240307-v1:0", client=boto3.client("bedrock-runtime"))  #> bedrock-runtime InvokeModel
emb = BedrockEmbeddings(model_id="amazon.titan-embed-text-v2:0")  #> bedrock-runtime InvokeModel
retr = AmazonKnowledgeBasesRetriever(knowledge_base_id="KB12345678", retrieval_config={})  #> bedrock-agent-runtime Retrieve

prompt = ChatPromptTemplate.from_messages([("human", "{q}")])
chain = prompt | llm


def go(q):
    for c in llm.stream(q):  
        print(c)
    return chain.invoke({"q": q})
