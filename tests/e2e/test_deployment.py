"""The stacks deploy with the deploy role's policies alone, work, and go away again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.e2e import use
from tests.e2e.deployment import STACKS, Deployment, DeploymentFailed, synthesize
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


def test_the_application_converses_over_passages_with_a_cache_point(deployed: Deployment) -> None:
    answer = use.ask(deployed, mode="converse")
    assert answer["statusCode"] == 200
    body = json.loads(answer["body"])
    assert (body["mode"], body["model"]) == ("converse", "amazon.nova-lite-v1:0")
    assert body["answer"]


def test_the_agent_answers_through_its_alias(deployed: Deployment) -> None:
    assert use.invoke_agent(deployed)


def test_the_logging_of_the_account_is_set(deployed: Deployment) -> None:
    config = deployed.aws.client("bedrock").get_model_invocation_logging_configuration()["loggingConfig"]
    assert config["cloudWatchConfig"]["logGroupName"].startswith(
        "BedrockPlanesControlPlane-InvocationLogGroup"
    )
    assert config["s3Config"]["bucketName"].startswith("bedrockplanescontrolplane-invocationlogs")
    assert config["textDataDeliveryEnabled"] is True
    assert deployed.outputs["InvocationLoggingInForce"] == "ours"


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


ORG_ROLE = "arn:aws:iam::111122223333:role/OrgBedrockLogging"


def _set_logging_of_its_own(aws: LocalAws) -> dict[str, Any]:
    """Let the account log to CloudWatch Logs with a role of its own, as before any stack of ours."""
    aws.client("logs").create_log_group(logGroupName="/org/bedrock")
    aws.client("iam").create_role(
        RoleName="OrgBedrockLogging",
        AssumeRolePolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "bedrock.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    }
                ],
            }
        ),
    )
    aws.client("iam").put_role_policy(
        RoleName="OrgBedrockLogging",
        PolicyName="Write",
        PolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                        "Resource": "arn:aws:logs:us-east-1:111122223333:log-group:/org/bedrock:*",
                    }
                ],
            }
        ),
    )
    config = {
        "cloudWatchConfig": {"logGroupName": "/org/bedrock", "roleArn": ORG_ROLE},
        "textDataDeliveryEnabled": True,
        "imageDataDeliveryEnabled": False,
        "embeddingDataDeliveryEnabled": False,
        "videoDataDeliveryEnabled": False,
    }
    aws.client("bedrock").put_model_invocation_logging_configuration(loggingConfig=config)
    return config


def test_the_accounts_own_logging_outlives_the_stacks(fresh: Deployment, tmp_path: Path) -> None:
    own = _set_logging_of_its_own(fresh.aws)
    bedrock = fresh.aws.client("bedrock")
    with pytest.raises(DeploymentFailed, match=r"takeover=FormerLogging\(log_group_name='/org/bedrock'"):
        fresh.deploy()
    assert bedrock.get_model_invocation_logging_configuration()["loggingConfig"] == own
    fresh.destroy("BedrockPlanesControlPlane", "BedrockPlanesNetwork")
    former = {
        "log_group_name": "/org/bedrock",
        "role_arn": ORG_ROLE,
        "image": False,
        "embedding": False,
        "video": False,
    }
    again = Deployment(
        fresh.aws,
        synthesize(tmp_path / "out", "111122223333", "us-east-1", **{"former-logging": former}),
        dict(fresh.outputs),
    )
    again.deploy()
    ours = bedrock.get_model_invocation_logging_configuration()["loggingConfig"]
    assert ours["cloudWatchConfig"]["logGroupName"].startswith("BedrockPlanesControlPlane")
    again.destroy(*reversed(STACKS))
    found = bedrock.get_model_invocation_logging_configuration()["loggingConfig"]
    assert {name: found[name] for name in own} == own


def _failing(template: dict[str, Any], after: str) -> dict[str, Any]:
    """Return a template with one more resource, which can't be made, after another one."""
    # The owner's parameter has this name already.
    properties = {"Type": "String", "Value": "x", "Name": "/bedrock-planes/invocation-logging/owner"}
    twice = {"Type": "AWS::SSM::Parameter", "Properties": properties, "DependsOn": after}
    return {**template, "Resources": {**template["Resources"], "Twice": twice}}


def test_a_takeover_in_an_update_that_is_rolled_back_ends_with_the_accounts_own_logging(
    fresh: Deployment, tmp_path: Path
) -> None:
    """The handler still may pass the former role during the rollback, and CloudFormation ends it cleanly."""
    fresh.deploy()
    control = "BedrockPlanesControlPlane"
    bedrock = fresh.aws.client("bedrock")
    own = _set_logging_of_its_own(fresh.aws)  # over ours, as an administrator may
    former = {"log_group_name": "/org/bedrock", "role_arn": ORG_ROLE}
    flags = {"image": False, "embedding": False, "video": False}
    takeover = Deployment(
        fresh.aws,
        synthesize(tmp_path / "out", "111122223333", "us-east-1", **{"former-logging": {**former, **flags}}),
        dict(fresh.outputs),
    )
    template = takeover.template(control)
    with pytest.raises(DeploymentFailed, match="UPDATE_ROLLBACK_COMPLETE"):
        takeover.update(control, _failing(template, "BedrockInvocationLogging"), takeover.tags(control))
    found = bedrock.get_model_invocation_logging_configuration()["loggingConfig"]
    assert {name: found[name] for name in own} == own
    takeover.update(control, template, takeover.tags(control))
    found = bedrock.get_model_invocation_logging_configuration()["loggingConfig"]
    assert found["cloudWatchConfig"]["logGroupName"].startswith(control)
    with pytest.raises(DeploymentFailed, match=r"`takeover` was removed .*log_group_name='/org/bedrock'"):
        fresh.update(control, fresh.template(control), fresh.tags(control))
    assert bedrock.get_model_invocation_logging_configuration()["loggingConfig"] == found
    takeover.destroy(*reversed(STACKS))
    found = bedrock.get_model_invocation_logging_configuration()["loggingConfig"]
    assert {name: found[name] for name in own} == own
