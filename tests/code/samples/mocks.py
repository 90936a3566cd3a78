from unittest.mock import MagicMock, patch

import boto3
import pytest
from botocore.stub import Stubber

client = boto3.client("bedrock")
stub = Stubber(client)
stub.add_response("converse", {})
fake = MagicMock()
fake.converse(modelId="m")
# client.converse(modelId="m")
TEXT = """
boto3.client("bedrock").converse(modelId="m")
"""


class FakeRuntime:
    def converse(self, **request):
        return request


FakeRuntime().converse(modelId="m")


def test_missing():
    with pytest.raises(AttributeError):
        client.converse(modelId="m")
    if hasattr(client, "converse"):
        client.converse(modelId="m")
    try:
        client.converse_stream(modelId="m")
    except AttributeError:
        pass  # an old version of boto3


def test_replaced():
    other = boto3.client("bedrock")
    other.converse = MagicMock()
    other.converse(modelId="m")


def either(debug):
    c = FakeRuntime() if debug else boto3.client("bedrock")
    return c.converse(modelId="m")
