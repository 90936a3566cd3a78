import boto3
import pytest


@pytest.fixture(scope="session")
def runtime():
    return boto3.client("bedrock-runtime")


@pytest.fixture
def control():
    yield boto3.client("bedrock")


def test_it(runtime, control):
    runtime.converse(modelId="m")  #> bedrock-runtime Converse
    control.get_model_invocation_logging_configuration()  #> bedrock GetModelInvocationLoggingConfiguration
    control.invoke_model(modelId="m")  #> bedrock InvokeModel wrong bedrock-runtime
