"""Tests that aren't wrong clients."""
import unittest
from unittest import mock
from unittest.mock import MagicMock, patch

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws


@pytest.fixture
def stubbed():
    client = boto3.client("bedrock-runtime", region_name="us-east-1")
    with Stubber(client) as stubber:
        stubber.add_response("converse", {}, {"modelId": "m", "messages": []})
        yield client


def test_one(stubbed):
    stubbed.converse(modelId="m", messages=[])  #> bedrock-runtime Converse


@mock_aws
def test_guardrail():
    c = boto3.client("bedrock", region_name="us-east-1")
    c.create_guardrail(name="g", blockedInputMessaging="", blockedOutputsMessaging="")  #> bedrock CreateGuardrail


@patch("boto3.client")
def test_patched(mk):
    mk.return_value.converse.return_value = {"output": {}}
    c = boto3.client("bedrock")
    c.converse(modelId="m", messages=[])
    mk.assert_called_with("bedrock")


class T(unittest.TestCase):
    def setUp(self):
        self.client = MagicMock()
        self.client.converse.return_value = {}
        self.real = boto3.client("bedrock-agent", region_name="us-east-1")

    def test_raises(self):
        with self.assertRaises(AttributeError):
            self.real.retrieve(knowledgeBaseId="x")
        self.client.converse(modelId="m")

    def test_patch_object(self):
        client = boto3.client("bedrock", region_name="us-east-1")
        with patch.object(client, "converse", create=True) as m:
            client.converse(modelId="x")
        self.real.list_agents()  #> bedrock-agent ListAgents


def test_fake(monkeypatch):
    class Fake:
        def converse(self, **kw):
            return {}

    monkeypatch.setattr(boto3, "client", lambda *a, **k: Fake())
    c = boto3.client("bedrock")
    c.converse(modelId="m")
