import os

import boto3
from botocore.config import Config

REGION = os.getenv("AWS_REGION", "us-east-1")
MODEL_ID = os.environ.get("MODEL_ID", "amazon.nova-lite-v1:0")
session = boto3.Session(region_name=REGION)
kwargs = {"service_name": "bedrock-runtime", "config": Config(retries={"max_attempts": 3})}
client = session.client(**kwargs)
client.converse(modelId=MODEL_ID)  #> bedrock-runtime Converse
unknown = boto3.client(os.environ["SERVICE"])
unknown.converse(modelId=MODEL_ID)
