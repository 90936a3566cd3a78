import boto3
from concurrent.futures import ThreadPoolExecutor
runtime = boto3.client("bedrock-runtime")
def many(prompts):
    with ThreadPoolExecutor() as pool:
        streams = pool.submit(runtime.converse_stream, modelId="s")  #> bedrock-runtime ConverseStream
        return list(pool.map(lambda prompt: one(prompt), prompts)), streams
def one(prompt):
    return runtime.converse(modelId="m", messages=prompt)  #> bedrock-runtime Converse
