"""The stacks deploy with the deploy role's policies alone, work, and go away again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from tests.e2e import use
from tests.e2e.deployment import STACKS, Deployment
from tests.e2e.use import TEXT

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.local import LocalAws


@pytest.fixture(scope="module")
def deployed(aws: LocalAws, assembly: Path) -> Deployment:
    made = Deployment(aws, assembly)
    made.bootstrap()
    made.deploy()
    out = made.outputs
    operator = aws.client("s3", role_arn=out["OperatorRoleArn"])
    operator.put_object(Bucket=out["DocumentsBucketName"], Key="streaming.md", Body=TEXT)
    assert use.ingest(made)["numberOfNewDocumentsIndexed"] == 1
    return made


def test_the_application_answers_from_the_documents(deployed: Deployment) -> None:
    answer = use.ask(deployed)
    assert answer["statusCode"] == 200
    assert "InvokeModelWithResponseStream" in answer["body"]


def test_the_agent_answers_through_its_alias(deployed: Deployment) -> None:
    assert use.invoke_agent(deployed)


def test_the_logging_of_the_account_is_set(deployed: Deployment) -> None:
    config = deployed.aws.client("bedrock").get_model_invocation_logging_configuration()["loggingConfig"]
    assert config["cloudWatchConfig"]["logGroupName"].startswith(
        "BedrockPlanesControlPlane-InvocationLogGroup"
    )
    assert config["s3Config"]["bucketName"].startswith("bedrockplanescontrolplane-invocationlogs")
    assert config["textDataDeliveryEnabled"] is True


def test_a_runtime_endpoint_lets_nobody_configure(deployed: Deployment) -> None:
    endpoints = deployed.aws.client("ec2").describe_vpc_endpoints()["VpcEndpoints"]
    ids = {e["ServiceName"].split(".us-east-1.")[1]: e["VpcEndpointId"] for e in endpoints}
    deploy_role = deployed.outputs["DeployRoleArn"]
    through_control = deployed.aws.client("bedrock", role_arn=deploy_role, vpc_endpoint_id=ids["bedrock"])
    assert through_control.list_foundation_models()["modelSummaries"]
    through_runtime = deployed.aws.client(
        "bedrock", role_arn=deploy_role, vpc_endpoint_id=ids["bedrock-runtime"]
    )
    with pytest.raises(ClientError, match=r"AccessDenied.*ListFoundationModels"):
        through_runtime.list_foundation_models()


def test_the_deploy_role_can_not_touch_itself(deployed: Deployment) -> None:
    arn = deployed.outputs["DeployRoleArn"]
    iam = deployed.aws.client("iam", role_arn=arn)
    with pytest.raises(ClientError, match="AccessDenied"):
        iam.put_role_policy(RoleName=arn.rpartition("/")[2], PolicyName="more", PolicyDocument="{}")


def test_a_boundary_holds_against_a_policy_attached_by_hand(deployed: Deployment) -> None:
    arn = deployed.outputs["AppRoleArn"]
    iam = deployed.aws.client("iam")
    iam.attach_role_policy(
        RoleName=arn.rpartition("/")[2], PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
    )
    with pytest.raises(ClientError, match=r"AccessDenied.*ListFoundationModels"):
        deployed.aws.client("bedrock", role_arn=arn).list_foundation_models()
    with pytest.raises(ClientError, match="AccessDenied"):
        deployed.aws.client("iam", role_arn=arn).create_user(UserName="me")
    iam.detach_role_policy(
        RoleName=arn.rpartition("/")[2], PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
    )


def test_the_stacks_go_away_and_can_be_deployed_again(fresh: Deployment) -> None:
    bedrock = fresh.aws.client("bedrock")
    fresh.deploy()
    fresh.destroy(*reversed(STACKS))
    assert "loggingConfig" not in bedrock.get_model_invocation_logging_configuration()
    assert bedrock.list_guardrails()["guardrails"] == []
    fresh.deploy()
    use.use(fresh)
