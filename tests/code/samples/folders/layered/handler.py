"""The entry point."""
from layered.container import container

answers = container.answers()


def handler(event, context):
    text = event["text"]
    if event.get("raw"):
        return container.runtime.invoke_model(modelId="m.n-v1", body=text)  #> bedrock-runtime InvokeModel
    return answers.answer(text)


def embed(event):
    return answers.llm.count_tokens(modelId="m.n-v1", input={})  #> bedrock-runtime CountTokens
