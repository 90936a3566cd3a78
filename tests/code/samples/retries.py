import json
import logging
import time
from functools import wraps

import boto3
from botocore.exceptions import ClientError
from tenacity import retry, stop_after_attempt, wait_exponential

log = logging.getLogger(__name__)


def timed(fn):
    @wraps(fn)
    def inner(*args, **kwargs):
        start = time.monotonic()
        try:
            return fn(*args, **kwargs)
        finally:
            log.info("%s took %s", fn.__name__, time.monotonic() - start)

    return inner


class Embedder:
    MODEL = "amazon.titan-embed-text-v2:0"

    def __init__(self, client=None):
        self.client = client or boto3.client("bedrock-runtime")

    @timed
    @retry(stop=stop_after_attempt(3), wait=wait_exponential())
    def embed(self, text: str) -> list[float]:
        response = self.client.invoke_model(modelId=self.MODEL, body=json.dumps({"inputText": text}))  #> bedrock-runtime InvokeModel
        return json.loads(response["body"].read())["embedding"]

    @timed
    def embed_all(self, texts):
        return [self.embed(t) for t in texts]


def with_backoff(call, /, *args, **kwargs):
    for n in range(5):
        try:
            return call(*args, **kwargs)
        except ClientError as e:
            if e.response["Error"]["Code"] != "ThrottlingException":
                raise
            time.sleep(2**n)


def batch(role, s3_in, s3_out):
    bedrock = boto3.client(service_name="bedrock")
    job = with_backoff(bedrock.create_model_invocation_job, jobName="j", roleArn=role, modelId=Embedder.MODEL, inputDataConfig={}, outputDataConfig={})  #> bedrock CreateModelInvocationJob
    operations = {"status": bedrock.get_model_invocation_job, "stop": bedrock.stop_model_invocation_job}
    status = operations["status"](jobIdentifier=job["jobArn"])  #> bedrock GetModelInvocationJob
    if status["status"] == "Failed":
        operations["stop"](jobIdentifier=job["jobArn"])  #> bedrock StopModelInvocationJob
    return bedrock.start_async_invoke(modelId="amazon.nova-reel-v1:0", modelInput={}, outputDataConfig={})  #> bedrock StartAsyncInvoke wrong bedrock-runtime
