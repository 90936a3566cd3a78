"""A step of a CDK pipeline that reviews a stage before it is deployed."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, NamedTuple

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import pipelines

from constructs_lib.cdk_support import (
    PlanesError,
    check_given_list,
    check_pattern,
    has_attribute,
    with_explained_calls,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_sns as sns

__all__ = ["ReviewStep"]

_TOOL = "bedrock-planes.pyz"
"""The name of the packed command line in the cloud assembly."""
_SEVERITIES = ("error", "warning", "note", "never")
_COUNT = (
    "import json; r = json.load(open('review.json'))['summary']; d = json.load(open('diff.json')); "
    "print(r['errors'], r['warnings'], len(d['principals']))"
)


class _Deployed(NamedTuple):
    """A stack as it is deployed: where it is, and who may read it there."""

    name: str
    template: str
    role: str
    region: str


@with_explained_calls
class ReviewStep(pipelines.CodeBuildStep):
    """Review a stage of a CDK pipeline before it is deployed, beside what is deployed now.

    The build prints the review of the stage, the diff of the permissions between the deployed templates and
    the new ones and, with ``policies``, what CloudFormation's execution policies lack or needn't hold. It
    fails at findings and at such a difference. A pipeline changes itself before any of its stages, so the
    first review belongs into the synth step: see :meth:`synth_commands`.

    ``pipeline.add_stage(stage, pre=[review, review.approval()])`` also asks a person, with the counts and a
    link to the whole diff. ``ConfirmPermissionsBroadening`` of the CDK asks where any IAM statement or
    security group is added; this step says what a principal can do in the end, on which plane, and fails on
    its own where the planes meet.

    The deployed templates are read as the bootstrap's lookup role of each stack's account. The build needs
    Python 3.11 or newer and the AWS CLI, as CodeBuild's standard image has them.

    Source: https://docs.aws.amazon.com/cdk/v2/guide/cdk-pipeline.html

    Args:
        step_id: The name of the step.
        stage: The stage that is deployed next; each of its stacks needs an account and a Region.
        cloud_assembly: What the synth step writes: ``pipeline.cloud_assembly_file_set``.
        policies: The ARNs of the managed policies that CloudFormation deploys the stage with, compared with
            what ``bedrock-planes deploy-policy`` derives. Default: they are not compared.
        boundary: The name of the permissions boundary that every role of the stage has, for that comparison.
            Default: roles need none.
        fail_on: ``error``, ``warning``, ``note`` or ``never``. Default: ``error``.

    Raises:
        PlanesError: A value is wrong, or a stack has no account, Region or lookup role.

    """

    def __init__(
        self,
        step_id: str,
        *,
        stage: cdk.Stage,
        cloud_assembly: pipelines.IFileSetProducer,
        policies: Sequence[str] = (),
        boundary: str | None = None,
        fail_on: str = "error",
    ) -> None:
        _check_severity(fail_on)
        if not isinstance(stage, cdk.Stage):
            raise PlanesError(
                f"`stage` has the type `{type(stage).__name__}`: pass the `cdk.Stage` that is deployed next"
            )
        # A file set is its own primary output; a step has one only with an output folder.
        if has_attribute(cloud_assembly, "primary_output") and cloud_assembly.primary_output is None:
            raise PlanesError(
                "`cloud_assembly` is a step without an output folder: pass `pipeline.cloud_assembly_file_set`"
            )
        if isinstance(policies, str):
            raise PlanesError(f"`policies` has the value `{policies}`: pass a list, also for one")
        check_given_list("policies", policies)
        for arn in policies:
            check_pattern(
                "policies",
                arn,
                r"arn:[\w-]+:iam::\d{12}:policy/[\w+=,.@/-]+",
                "pass ARNs of managed policies, such as arn:aws:iam::111122223333:policy/Deploy-1",
            )
        check_pattern("boundary", boundary, r"[\w+=,.@-]+", "pass the name of a managed policy")
        stacks = _stacks_of(stage)
        checked = _policy_commands(stage.artifact_id, stacks, policies, boundary) if policies else []
        super().__init__(
            step_id,
            input=cloud_assembly,
            commands=[
                *_profiles(stacks),
                *(_template_command(stack) for stack in stacks),
                *_review_commands(stage.artifact_id, fail_on),
                *checked,
                '[ "$failed" = 0 ]',
            ],
            role_policy_statements=[
                iam.PolicyStatement(
                    actions=["sts:AssumeRole"],
                    resources=sorted({f"arn:{cdk.Aws.PARTITION}:{stack.role}" for stack in stacks}),
                )
            ],
        )

    @staticmethod
    def synth_commands(
        *, tool: str = f"tools/{_TOOL}", assembly: str = "cdk.out", fail_on: str = "error"
    ) -> list[str]:
        """Return the commands that end the synth step: review all, and hand the tool to the later steps.

        Args:
            tool: The packed command line in the repository, a copy of ``release/bedrock-planes.pyz``.
            assembly: The folder that ``cdk synth`` writes.
            fail_on: ``error``, ``warning``, ``note`` or ``never``.

        Raises:
            PlanesError: ``fail_on`` is none of these.

        """
        _check_severity(fail_on)
        packed, folder = shlex.quote(tool), shlex.quote(assembly)
        return [
            f"python3 -I -S {packed} review {folder} --fail-on {fail_on}",
            f"cp {packed} {folder}/{_TOOL}",
        ]

    def approval(
        self, step_id: str = "Approve", *, notification_topic: sns.ITopic | None = None
    ) -> pipelines.ManualApprovalStep:
        """Return a step in which a person approves, with this step's counts and a link to the whole diff.

        Args:
            step_id: The name of the step.
            notification_topic: Who is told that an approval is pending. Default: nobody.

        """
        errors, warnings, changed, link = (
            self.exported_variable(f"PLANES_{name}") for name in ("ERRORS", "WARNINGS", "CHANGED", "LINK")
        )
        return _Approval(
            step_id,
            comment=f"{errors} errors, {warnings} warnings, {changed} principals changed: {link}",
            review_url=link,
            notification_topic=notification_topic,
        )


class _Approval(pipelines.ManualApprovalStep):
    """A manual approval that waits for the steps whose variables it shows; the CDK's own does not."""

    def __init__(
        self, step_id: str, *, comment: str, review_url: str, notification_topic: sns.ITopic | None
    ) -> None:
        super().__init__(
            step_id, comment=comment, review_url=review_url, notification_topic=notification_topic
        )
        self._discover_referenced_outputs({"comment": comment, "review_url": review_url})


def _check_severity(value: str) -> None:
    if value not in _SEVERITIES:
        raise PlanesError(f"`fail_on` has the value `{value}`: pass one of {', '.join(_SEVERITIES)}")


def _stacks_of(stage: cdk.Stage) -> list[_Deployed]:
    """Return the stacks of a stage, which is synthesized for it, as a pipeline does it in ``add_stage``."""
    found = []
    for artifact in stage.synth().stacks:
        account, region = artifact.environment.account, artifact.environment.region
        if not re.fullmatch(r"\d{12}", account) or region.startswith("unknown"):
            raise PlanesError(
                f"the stack `{artifact.display_name}` has no account and Region, so what is deployed of it "
                "can't be read: give its stage an `env` with both"
            )
        role = artifact.lookup_role
        if role is None or not role.arn:
            raise PlanesError(
                f"the stack `{artifact.display_name}` has no lookup role, so what is deployed of it can't be "
                "read: use the CDK's default synthesizer, or review the stage in a step of your own"
            )
        resource = role.arn.removeprefix("arn:${AWS::Partition}:")
        found.append(_Deployed(artifact.stack_name, artifact.template_file, resource, region))
    return found


def _profile(stack: _Deployed) -> str:
    return f"{stack.role.split(':')[2]}-{stack.region}"


def _profiles(stacks: Sequence[_Deployed]) -> list[str]:
    """Return the commands that set up one profile of the AWS CLI per lookup role."""
    lines = [
        "partition=$(aws sts get-caller-identity --query Arn --output text | cut -d: -f2)",
        'export AWS_CONFIG_FILE="$PWD/aws-config"',
        "mkdir -p deployed",
        "failed=0",
    ]
    profiles = {_profile(stack): stack for stack in stacks}
    for name, stack in profiles.items():
        settings = (
            f"[profile {name}]",
            f"role_arn = arn:$partition:{stack.role}",
            "credential_source = EcsContainer",
            f"region = {stack.region}",
        )
        lines += [f'echo "{line}" >> aws-config' for line in settings]
    return lines


def _template_command(stack: _Deployed) -> str:
    """Return the command that reads a deployed template; a stack that doesn't exist yet has none."""
    file = f"deployed/{stack.template}"
    return (
        f"if ! aws --profile {_profile(stack)} cloudformation get-template --stack-name {stack.name} "
        f"--query TemplateBody --output json > {file} 2> aws-error; then rm -f {file}; "
        "grep -q 'does not exist' aws-error || { cat aws-error; false; }; fi"
    )


def _review_commands(folder: str, fail_on: str) -> list[str]:
    tool = f"python3 -I -S {_TOOL}"
    # A first deployment is compared with a template that holds no principal.
    none = '{"Resources": {"None": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}}'
    return [
        f"echo '{none}' > none.json",
        'old=none.json; if [ -n "$(ls deployed)" ]; then old=deployed; fi',
        f"{tool} review {folder} --fail-on {fail_on} || failed=$?",
        f"{tool} diff $old {folder} || failed=2",
        # The same once more as JSON, for the counts: what is wrong was said, and counted, above.
        f"{tool} review {folder} --format json --output review.json --fail-on never 2> /dev/null || true",
        f"{tool} diff $old {folder} --format json --output diff.json 2> /dev/null || true",
        f'counts=$(python3 -c "{_COUNT}")',
        *(
            f"export PLANES_{name}=$(echo $counts | cut -d' ' -f{number})"
            for number, name in enumerate(("ERRORS", "WARNINGS", "CHANGED"), 1)
        ),
        'export PLANES_LINK="$CODEBUILD_BUILD_URL"',
    ]


def _policy_commands(
    folder: str, stacks: Sequence[_Deployed], policies: Sequence[str], boundary: str | None
) -> list[str]:
    """Return the commands that compare the policies in use with those that the stage needs."""
    lines = []
    by_account = {stack.role.split(":")[2]: _profile(stack) for stack in stacks}
    for number, arn in enumerate(policies, 1):
        account = arn.split(":")[4]
        if account not in by_account:
            raise PlanesError(
                f"the policy `{arn}` is in an account that the stage doesn't deploy to: pass the policies of "
                f"{', '.join(sorted(by_account))}"
            )
        read = f"aws --profile {by_account[account]} iam"
        version = f"$({read} get-policy --policy-arn {arn} --query Policy.DefaultVersionId --output text)"
        lines.append(
            f"{read} get-policy-version --policy-arn {arn} --version-id {version} > policy-{number}.json"
        )
    files = " ".join(f"--check policy-{number}.json" for number in range(1, len(policies) + 1))
    limit = f"--boundary {boundary}" if boundary else "--without-boundary"
    return [
        *lines,
        'before=; if [ "$old" = deployed ]; then before="--deployed deployed"; fi',
        f"python3 -I -S {_TOOL} deploy-policy {folder} $before {limit} {files} || failed=$?",
    ]
