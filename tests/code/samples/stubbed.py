import boto3
import pytest
from botocore.stub import Stubber, ANY
from moto import mock_aws
from unittest import mock


@pytest.fixture
def runtime():
    client = boto3.client("bedrock-runtime", region_name="us-east-1")
    with Stubber(client) as stubber:
        stubber.add_response("converse", {"output": {}}, {"modelId": ANY, "messages": ANY})
        stubber.add_client_error("invoke_model", "ThrottlingException")
        yield client
        stubber.assert_no_pending_responses()


def test_converse(runtime):
    assert runtime.converse(modelId="m", messages=[])  #> bedrock-runtime Converse


def test_throttled(runtime):
    with pytest.raises(runtime.exceptions.ThrottlingException):
        runtime.invoke_model(modelId="m", body=b"")  #> bedrock-runtime InvokeModel


@mock_aws
def test_moto():
    agents = boto3.client("bedrock-agent", region_name="us-east-1")
    agents.create_agent(agentName="a", agentResourceRoleArn="r")  #> bedrock-agent CreateAgent
    assert agents.list_agents()["agentSummaries"]  #> bedrock-agent ListAgents


def test_patched():
    with mock.patch("boto3.client") as make:
        make.return_value.converse.return_value = {}
        client = make("bedrock")
        client.converse(modelId="m")


def test_spec():
    fake = mock.create_autospec(boto3.client("bedrock-runtime"))
    fake.converse(modelId="m")
