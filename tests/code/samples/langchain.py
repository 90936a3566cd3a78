from langchain.chat_models import init_chat_model
from langchain_aws import BedrockEmbeddings, ChatBedrock, ChatBedrockConverse

chat = ChatBedrockConverse(model="amazon.nova-lite-v1:0", region_name="us-east-1")  #> bedrock-runtime Converse
old = ChatBedrock(model_id="anthropic.claude-3-haiku-20240307-v1:0")  #> bedrock-runtime InvokeModel
embed = BedrockEmbeddings(model_id="amazon.titan-embed-text-v2:0")  #> bedrock-runtime InvokeModel
any_model = init_chat_model("amazon.nova-pro-v1:0", model_provider="bedrock_converse")  #> bedrock-runtime Converse
other = init_chat_model("gpt-4o", model_provider="openai")
chat.invoke("hello")
