"""Deploys the stacks' templates to the local AWS with boto3, as `cdk bootstrap` and `cdk deploy` would."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from constructs_lib.local import LocalAws

    Change = Callable[[str, dict[str, Any]], dict[str, Any]]

__all__ = ["STACKS", "Deployment", "DeploymentFailed", "synthesize"]

ROOT = Path(__file__).parents[2]
STACKS = ("BedrockPlanesNetwork", "BedrockPlanesControlPlane", "BedrockPlanesApp")
DEPLOY_ROLE = "BedrockPlanesDeployRole"
AUDIT = "AuditOfBedrockPlanes"
ADMINISTRATORS = (DEPLOY_ROLE, AUDIT)
"""The stacks that an administrator deploys, without a role of CloudFormation's."""
_CAPABILITIES = ["CAPABILITY_NAMED_IAM"]
_EXECUTION_ROLE = "cfn-execution"


class DeploymentFailed(Exception):  # noqa: N818 - reads as what happened in `pytest.raises`
    """A stack was rolled back; the text has the reasons of all failed resources."""


def synthesize(folder: Path, account: str, region: str, **more: Any) -> Path:
    """Run app.py as a user would, with the demo's context and more of it, and return the assembly."""
    context = {
        "account": account,
        "region": region,
        "agents-classic": "true",
        "assumable-by": f"arn:aws:iam::{account}:root",
        "app-assumable-by": f"arn:aws:iam::{account}:root",
        **json.loads((ROOT / "cdk.json").read_text("utf-8"))["context"],
        **more,
    }
    # The validation is the subject of tests/stacks; here it would only cost time.
    environment = {
        **os.environ,
        "CDK_OUTDIR": str(folder),
        "CDK_CONTEXT_JSON": json.dumps(context),
        "CDK_VALIDATION": "false",
    }
    done = subprocess.run(
        [sys.executable, "app.py"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return folder


@dataclass(slots=True)
class Deployment:
    """One account's deployment: the deploy role first, then the stacks with its policies and no others.

    ``deploy_stack`` is the stack of the deploy role, which outputs ``ExecutionPolicyArns``.
    """

    aws: LocalAws
    assembly: Path
    outputs: dict[str, str] = field(default_factory=dict)
    deploy_stack: str = DEPLOY_ROLE

    def template(self, stack: str) -> dict[str, Any]:
        """Return the synthesized template of a stack."""
        found: dict[str, Any] = json.loads((self.assembly / f"{stack}.template.json").read_text("utf-8"))
        return found

    def bootstrap(self, documents: Sequence[Mapping[str, Any]] | None = None) -> None:
        """Deploy the deploy role and the audit trail as the administrator, and what `cdk bootstrap` makes.

        CloudFormation gets the deploy role's policies, or those with these documents.
        """
        self.aws.client("ssm").put_parameter(
            Name="/cdk-bootstrap/hnb659fds/version", Value="30", Type="String"
        )
        bucket = f"cdk-hnb659fds-assets-{self.aws.account}-{self.aws.region}"
        s3 = self.aws.client("s3")
        s3.create_bucket(Bucket=bucket)
        for folder in self.assembly.glob("asset.*"):
            s3.put_object(Bucket=bucket, Key=f"{folder.name.removeprefix('asset.')}.zip", Body=_zip(folder))
        for stack in (self.deploy_stack, AUDIT):
            if (self.assembly / f"{stack}.template.json").exists():
                self._create(stack, self.template(stack), role=None)
        iam = self.aws.client("iam")
        if documents is not None:
            made = [
                iam.create_policy(PolicyName=f"CdkDeploy-{number}", PolicyDocument=json.dumps(document))
                for number, document in enumerate(documents, 1)
            ]
            self.outputs["ExecutionPolicyArns"] = ",".join(one["Policy"]["Arn"] for one in made)
        trust = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "cloudformation.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                }
            ],
        }
        iam.create_role(RoleName=_EXECUTION_ROLE, AssumeRolePolicyDocument=json.dumps(trust))
        for arn in self.outputs["ExecutionPolicyArns"].split(","):
            iam.attach_role_policy(RoleName=_EXECUTION_ROLE, PolicyArn=arn)

    def deploy(self, *stacks: str, change: Change = lambda _, template: template) -> None:
        """Deploy stacks in this order; `change` may alter each template before."""
        for stack in stacks or STACKS:
            self._create(stack, change(stack, self.template(stack)), role=self._execution_role)

    def destroy(self, *stacks: str) -> None:
        """Delete stacks with the execution role; raise `DeploymentFailed` when something stays."""
        cloudformation = self.aws.client("cloudformation")
        for stack in stacks:
            cloudformation.delete_stack(StackName=self.name(stack))
            self._wait(stack, "DELETE_COMPLETE")

    def policies(self) -> dict[str, dict[str, Any]]:
        """Return the documents of the execution policies by ARN."""
        iam = self.aws.client("iam")
        found = {}
        for arn in self.outputs["ExecutionPolicyArns"].split(","):
            version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
            document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
            found[arn] = json.loads(document) if isinstance(document, str) else document
        return found

    def replace_policy(self, arn: str, document: Mapping[str, Any]) -> None:
        """Make `document` the only version of a managed policy."""
        iam = self.aws.client("iam")
        old = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(document), SetAsDefault=True)
        iam.delete_policy_version(PolicyArn=arn, VersionId=old)

    def tags(self, stack: str) -> list[dict[str, str]]:
        """Return the stack's tags, which the CDK CLI hands to CloudFormation."""
        tags = self._properties(stack).get("tags", {})
        return [{"Key": key, "Value": value} for key, value in tags.items()]

    def name(self, stack: str) -> str:
        """Return the stack's name, which is not its file's for a stack of a stage."""
        name: str = self._properties(stack).get("stackName", stack)
        return name

    def _properties(self, stack: str) -> dict[str, Any]:
        manifest = json.loads((self.assembly / "manifest.json").read_text("utf-8"))
        found: dict[str, Any] = manifest["artifacts"].get(stack, {}).get("properties", {})
        return found

    def update(self, stack: str, template: Mapping[str, Any], tags: list[dict[str, str]]) -> None:
        """Update a stack with the execution role; raise `DeploymentFailed` when it rolls back."""
        self.aws.client("cloudformation").update_stack(
            StackName=self.name(stack),
            TemplateBody=json.dumps(template),
            Capabilities=_CAPABILITIES,
            Tags=tags,
            RoleARN=self._execution_role,
        )
        self._wait(stack, "UPDATE_COMPLETE")

    @property
    def _execution_role(self) -> str:
        return f"arn:aws:iam::{self.aws.account}:role/{_EXECUTION_ROLE}"

    def _create(self, stack: str, template: Mapping[str, Any], *, role: str | None) -> None:
        self.aws.client("cloudformation").create_stack(
            StackName=self.name(stack),
            TemplateBody=json.dumps(template),
            Capabilities=_CAPABILITIES,
            Tags=self.tags(stack),
            **({"RoleARN": role} if role else {}),
        )
        self._wait(stack, "CREATE_COMPLETE")

    def _wait(self, stack: str, wanted: str) -> None:
        cloudformation, name = self.aws.client("cloudformation"), self.name(stack)
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            found = [s for s in cloudformation.describe_stacks()["Stacks"] if s["StackName"] == name]
            status = found[0]["StackStatus"] if found else "DELETE_COMPLETE"
            if not status.endswith("IN_PROGRESS"):
                break
            time.sleep(0.02)
        if status == wanted:
            for output in found[0].get("Outputs", []) if found else ():
                self.outputs[output["OutputKey"]] = output["OutputValue"]
            return
        events = cloudformation.describe_stack_events(StackName=found[0]["StackId"])["StackEvents"]
        reasons = [
            f"{e['LogicalResourceId']}: {e.get('ResourceStatusReason')}"
            for e in events
            if e["ResourceStatus"].endswith("FAILED")
        ]
        raise DeploymentFailed(f"{stack} is {status}: " + "; ".join(reasons))


def _zip(folder: Path) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))
    return data.getvalue()
