"""Guardrail versions over many deployments: room is made, a rollback leaves none, the quota holds.

The stack is deployed with the policy that is derived from its first template and no other.
"""

from __future__ import annotations

import io
import json
import time
import zipfile
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest

from constructs_lib import Guardrail
from constructs_lib.deploy import DeployOptions, deploy_policy
from constructs_lib.explain import explain
from constructs_lib.templates import TemplateSource

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.local import LocalAws

STACK = "BedrockPlanesGuardrail"
ACCOUNT, REGION = "111122223333", "us-east-1"
ROLE = "guardrail-execution"


def _template(folder: Path, number: int, **version: Any) -> dict[str, Any]:
    app = cdk.App(outdir=str(folder), builtin_cloud_formation_validation=False, analytics_reporting=False)
    stack = cdk.Stack(app, STACK, env=cdk.Environment(account=ACCOUNT, region=REGION))
    made = Guardrail(stack, "G", words=[f"word{number}x"])
    cdk.CfnOutput(stack, "Id", value=made.guardrail_id)
    cdk.CfnOutput(stack, "Version", value=made.create_version(**version).version)
    app.synth()
    found: dict[str, Any] = json.loads((folder / f"{STACK}.template.json").read_text("utf-8"))
    return found


class _Stack:
    """The stack of one guardrail, in an account of its own."""

    def __init__(self, aws: LocalAws, folder: Path, template: dict[str, Any]) -> None:
        aws.reset()
        self.aws = aws
        self.outputs: dict[str, str] = {}
        self._client = aws.client("cloudformation")
        iam = aws.client("iam")
        trusted = {"Service": "cloudformation.amazonaws.com"}
        trust = {"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"}
        document = {"Version": "2012-10-17", "Statement": [trust]}
        iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(document))
        source = TemplateSource("t.json", template, stack=STACK, account=ACCOUNT, region=REGION)
        policy = deploy_policy([source], DeployOptions(without_boundary=True))
        for number, one in enumerate(policy.documents):
            iam.put_role_policy(RoleName=ROLE, PolicyName=f"P{number}", PolicyDocument=json.dumps(one))
        aws.client("ssm").put_parameter(Name="/cdk-bootstrap/hnb659fds/version", Value="30", Type="String")
        bucket = f"cdk-hnb659fds-assets-{ACCOUNT}-{REGION}"
        aws.client("s3").create_bucket(Bucket=bucket)
        for asset in folder.glob("asset.*"):
            aws.client("s3").put_object(
                Bucket=bucket, Key=f"{asset.name.removeprefix('asset.')}.zip", Body=_zip(asset)
            )
        self.status, self.reasons = self._put(self._client.create_stack, template)
        assert self.status == "CREATE_COMPLETE", self.reasons

    def update(self, template: dict[str, Any]) -> str:
        """Update the stack and return its status."""
        self.status, self.reasons = self._put(self._client.update_stack, template)
        return self.status

    def _put(self, call: Any, template: dict[str, Any]) -> tuple[str, str]:
        call(
            StackName=STACK,
            TemplateBody=json.dumps(template),
            Capabilities=["CAPABILITY_IAM"],
            RoleARN=f"arn:aws:iam::{ACCOUNT}:role/{ROLE}",
        )
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            [found] = self._client.describe_stacks(StackName=STACK)["Stacks"]
            if not found["StackStatus"].endswith("IN_PROGRESS"):
                break
            time.sleep(0.02)
        self.outputs = {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", ())}
        events = self._client.describe_stack_events(StackName=STACK)["StackEvents"]
        failed = [one for one in events if one["ResourceStatus"].endswith("FAILED")]
        reasons = "; ".join(f"{e['LogicalResourceId']}: {e.get('ResourceStatusReason')}" for e in failed)
        return str(found["StackStatus"]), reasons

    def versions(self) -> list[int]:
        """Return the numbers of the guardrail's versions."""
        found = self.aws.client("bedrock").list_guardrails(guardrailIdentifier=self.outputs["Id"])
        return sorted(int(one["version"]) for one in found["guardrails"] if one["version"] != "DRAFT")

    def blocks(self, version: str, text: str) -> bool:
        """Whether a version of the guardrail blocks a text."""
        answer = self.aws.client("bedrock-runtime").apply_guardrail(
            guardrailIdentifier=self.outputs["Id"],
            guardrailVersion=version,
            source="INPUT",
            content=[{"text": {"text": text}}],
        )
        return str(answer["action"]) == "GUARDRAIL_INTERVENED"


def _zip(folder: Path) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))
    return data.getvalue()


@pytest.mark.parametrize(("changes", "keep"), [(5, 3), pytest.param(25, 10, marks=pytest.mark.prove)])
def test_after_many_changes_the_newest_versions_are_left_and_the_pinned_one_answers(
    aws: LocalAws, tmp_path: Path, changes: int, keep: int
) -> None:
    pinned: dict[str, Any] = {"keep": keep, "pinned": ["2"]}
    stack = _Stack(aws, tmp_path, _template(tmp_path, 1, **pinned))
    last = changes + 1
    for number in range(2, last + 1):
        assert stack.update(_template(tmp_path, number, **pinned)) == "UPDATE_COMPLETE", stack.reasons
    assert stack.versions() == [2, *range(last - keep + 1, last + 1)]
    assert stack.outputs["Version"] == str(last)
    assert stack.blocks("2", "word2x")
    assert not stack.blocks("2", f"word{last}x")
    assert stack.blocks(str(last), f"word{last}x")


def test_what_the_account_enforces_stays(aws: LocalAws, tmp_path: Path) -> None:
    keep: dict[str, Any] = {"keep": 2}
    stack = _Stack(aws, tmp_path, _template(tmp_path, 1, **keep))
    bedrock = aws.client("bedrock")
    bedrock.put_enforced_guardrail_configuration(
        guardrailInferenceConfig={"guardrailIdentifier": stack.outputs["Id"], "guardrailVersion": "1"}
    )
    for number in range(2, 6):
        assert stack.update(_template(tmp_path, number, **keep)) == "UPDATE_COMPLETE", stack.reasons
    assert stack.versions() == [1, 4, 5]


def _broken(template: dict[str, Any]) -> dict[str, Any]:
    """Add a resource that fails after the new version was made."""
    resources = template["Resources"]
    [version] = [name for name, one in resources.items() if one["Type"] == "AWS::Bedrock::GuardrailVersion"]
    resources["Broken"] = {
        "Type": "AWS::Bedrock::GuardrailVersion",
        "Properties": {"GuardrailIdentifier": "doesnotexist"},
        "DependsOn": version,
    }
    return template


@pytest.mark.parametrize("version", [{}, {"keep": 2}])
def test_a_deployment_that_is_rolled_back_leaves_no_version(
    aws: LocalAws, tmp_path: Path, version: dict[str, Any]
) -> None:
    stack = _Stack(aws, tmp_path, _template(tmp_path, 1, **version))
    assert stack.update(_broken(_template(tmp_path, 2, **version))) == "UPDATE_ROLLBACK_COMPLETE"
    assert stack.versions() == [1]


def test_without_keep_the_21st_version_fails_and_the_first_twenty_stay(aws: LocalAws, tmp_path: Path) -> None:
    stack = _Stack(aws, tmp_path, _template(tmp_path, 1))
    client = aws.client("bedrock")
    for _ in range(19):
        client.create_guardrail_version(guardrailIdentifier=stack.outputs["Id"])
    assert stack.update(_template(tmp_path, 21)) == "UPDATE_ROLLBACK_COMPLETE"
    assert "exceeds the limit of 20" in stack.reasons
    # What CloudFormation shows is explained by the prop that makes room.
    assert "create_version(keep=10)" in explain(stack.reasons).remedy.text
    assert stack.versions() == [*range(1, 21)]
