"""What talks to the outside."""


class Store:
    def __init__(self, api):
        self.api = api

    def find(self, text):
        return self.api.retrieve(knowledgeBaseId="kb", retrievalQuery={"text": text})  #> bedrock-agent-runtime Retrieve


class Answers:
    def __init__(self, llm, store):
        self.llm, self.store = llm, store

    def answer(self, text):
        found = self.store.find(text)
        return self.llm.converse(modelId="a.b-v1:0", messages=[text, found])  #> bedrock-runtime Converse
