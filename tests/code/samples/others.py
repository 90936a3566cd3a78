import boto3
from chatbot import Bot
from transformers import Conversation

bot = Bot()
bot.converse("hello")
Conversation().converse(modelId="x")
lex = boto3.client("lexv2-runtime")
lex.recognize_text()
boto3.client("sagemaker-runtime").invoke_endpoint()
boto3.resource("dynamodb").Table("t").query()


class Converse:
    def retrieve(self):
        return self.converse()

    def converse(self):
        return self.retrieve()


Converse().converse()
