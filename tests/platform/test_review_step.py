from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import pipelines

from constructs_lib import PlanesError, ReviewStep
from tools.pyz import build

TARGET = cdk.Environment(account="444455556666", region="eu-west-1")
POLICY = "arn:aws:iam::444455556666:policy/Deploy-1"


def stage_of(app: cdk.App, *actions: str, env: cdk.Environment | None = TARGET) -> cdk.Stage:
    stage = cdk.Stage(app, "Prod", env=env)
    stack = cdk.Stack(stage, "Chat")
    role = iam.CfnRole(
        stack,
        "Role",
        assume_role_policy_document={
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "lambda.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                }
            ]
        },
    )
    statement = {"Effect": "Allow", "Action": ["logs:CreateLogGroup", *actions], "Resource": "*"}
    role.policies = [iam.CfnRole.PolicyProperty(policy_name="p", policy_document={"Statement": [statement]})]
    return stage


class Built(NamedTuple):
    """A synthesized pipeline: its template, and the folder that the build starts in."""

    template: dict[str, Any]
    assembly: Path

    @property
    def actions(self) -> dict[str, dict[str, Any]]:
        [found] = (
            r for r in self.template["Resources"].values() if r["Type"] == "AWS::CodePipeline::Pipeline"
        )
        return {a["Name"]: a for stage in found["Properties"]["Stages"] for a in stage["Actions"]}

    @property
    def commands(self) -> list[str]:
        project = self.actions["Review"]["Configuration"]["ProjectName"]["Ref"]
        text = self.template["Resources"][project]["Properties"]["Source"]["BuildSpec"]
        return list(json.loads(text)["phases"]["build"]["commands"])


def built(*actions: str, **props: Any) -> Built:
    app = cdk.App(builtin_cloud_formation_validation=False, analytics_reporting=False)
    stack = cdk.Stack(app, "Pipe", env=cdk.Environment(account="111122223333", region="us-east-1"))
    source = pipelines.CodePipelineSource.s3(s3.Bucket.from_bucket_name(stack, "B", "source"), "source.zip")
    synth = pipelines.ShellStep(
        "Synth", input=source, commands=["npx cdk synth", *ReviewStep.synth_commands()]
    )
    pipeline = pipelines.CodePipeline(stack, "P", synth=synth, cross_account_keys=True)
    stage = stage_of(app, *actions)
    review = ReviewStep("Review", stage=stage, cloud_assembly=pipeline.cloud_assembly_file_set, **props)
    pipeline.add_stage(stage, pre=[review, review.approval()])
    assembly = app.synth()
    return Built(dict(assembly.get_stack_by_name("Pipe").template), Path(assembly.directory))


@pytest.fixture(scope="module")
def mixed() -> Built:
    return built("bedrock:InvokeModel", "bedrock:CreateAgent", policies=[POLICY])


@pytest.fixture(scope="module")
def sound() -> Built:
    return built()


def test_a_person_is_asked_after_the_review_with_counts_and_a_link(mixed: Built) -> None:
    review, approval, deploy = (mixed.actions[name] for name in ("Review", "Approve", "Chat.Prepare"))
    assert review["RunOrder"] < approval["RunOrder"] < deploy["RunOrder"]
    shown = {
        name: f"#{{{review['Namespace']}.PLANES_{name}}}"
        for name in ("ERRORS", "WARNINGS", "CHANGED", "LINK")
    }
    assert approval["Configuration"] == {
        "CustomData": f"{shown['ERRORS']} errors, {shown['WARNINGS']} warnings, "
        f"{shown['CHANGED']} principals changed: {shown['LINK']}",
        "ExternalEntityLink": shown["LINK"],
    }


def test_the_build_may_read_what_is_deployed_and_nothing_else(mixed: Built) -> None:
    statements = [
        statement
        for name, r in mixed.template["Resources"].items()
        if r["Type"] == "AWS::IAM::Policy" and "ProdReview" in name
        for statement in r["Properties"]["PolicyDocument"]["Statement"]
    ]
    assumed = [s["Resource"] for s in statements if s["Action"] == "sts:AssumeRole"]
    role = ":iam::444455556666:role/cdk-hnb659fds-lookup-role-444455556666-eu-west-1"
    assert assumed == [{"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, role]]}]
    services = {action.split(":")[0] for s in statements for action in _listed(s["Action"])}
    assert services == {"sts", "logs", "codebuild", "s3", "kms"}


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def test_the_synth_step_reviews_before_the_pipeline_changes_itself() -> None:
    assert ReviewStep.synth_commands(tool="bin/planes tool.pyz", assembly="out", fail_on="warning") == [
        "python3 -I -S 'bin/planes tool.pyz' review out --fail-on warning",
        "cp 'bin/planes tool.pyz' out/bedrock-planes.pyz",
    ]


AWS = """\
#!/bin/sh
case "$*" in
  *get-caller-identity*) echo arn:aws:sts::111122223333:assumed-role/build/x ;;
  *get-template*) if [ -n "$REFUSED" ]; then echo 'AccessDenied' >&2; exit 254; fi
    if [ -f "$OLD" ]; then cat "$OLD"; else echo 'Stack with id Prod-Chat does not exist' >&2; exit 254; fi ;;
  *get-policy-version*) cat "$HELD" ;;
  *get-policy*) echo v1 ;;
esac
"""


class Build(NamedTuple):
    status: int
    text: str
    variables: dict[str, str]


def run(pipeline: Built, folder: Path, **environment: str) -> Build:
    """Run the commands of the review's build, with a stand-in for the AWS CLI."""
    work, binaries = folder / "work", folder / "bin"
    shutil.copytree(pipeline.assembly, work)
    binaries.mkdir()
    (work / "bedrock-planes.pyz").write_bytes(build())
    (binaries / "aws").write_text(AWS, "utf-8")
    (binaries / "aws").chmod(0o755)
    (binaries / "python3").symlink_to(sys.executable)
    *commands, last = pipeline.commands
    script = "\n".join([*commands, "env | grep ^PLANES_ > variables", last])
    done = subprocess.run(
        ["sh", "-ec", script],
        cwd=work,
        env={
            "PATH": f"{binaries}:{os.environ['PATH']}",
            "CODEBUILD_BUILD_URL": "https://build",
            "REFUSED": "",
            "OLD": "",
            **environment,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=180,
    )
    file = work / "variables"
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    return Build(done.returncode, done.stdout, dict(line.split("=", 1) for line in lines))


def test_a_crossing_fails_the_build_with_the_diff_and_the_policy(
    mixed: Built, sound: Built, tmp_path: Path
) -> None:
    [old] = (sound.assembly / "assembly-Prod").glob("*.template.json")
    held = tmp_path / "held.json"
    statement = {"Effect": "Allow", "Action": "sns:CreateTopic", "Resource": "*"}
    held.write_text(
        json.dumps({"PolicyVersion": {"Document": {"Version": "2012-10-17", "Statement": [statement]}}})
    )
    done = run(mixed, tmp_path, OLD=str(old), HELD=str(held))
    assert done.status == 1, done.text
    assert "BP101" in done.text
    assert re.search(r"^\+ +bedrock:CreateAgent", done.text, re.MULTILINE)
    assert "iam:CreateRole" in done.text
    assert "sns:CreateTopic" in done.text
    assert int(done.variables["PLANES_ERRORS"]) >= 1
    assert done.variables["PLANES_CHANGED"] == "1"
    assert done.variables["PLANES_LINK"] == "https://build"


def test_a_first_deployment_without_crossing_passes(sound: Built, tmp_path: Path) -> None:
    done = run(sound, tmp_path)
    assert done.status == 0, done.text
    assert done.variables["PLANES_ERRORS"] == "0"


def test_a_deployed_stack_that_may_not_be_read_fails_the_build(sound: Built, tmp_path: Path) -> None:
    done = run(sound, tmp_path, REFUSED="yes")
    assert done.status != 0
    assert "AccessDenied" in done.text


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"fail_on": "fatal"}, "`fail_on` has the value `fatal`: pass one of error, warning"),
    ({"stage": "Prod"}, "`stage` has the type `str`: pass the `cdk.Stage`"),
    ({"policies": POLICY}, "pass a list, also for one"),
    ({"policies": ["Deploy-1"]}, "`policies` has the value `Deploy-1`: pass ARNs"),
    ({"policies": ["arn:aws:iam::999988887777:policy/X"]}, "in an account that the stage doesn't deploy to"),
    ({"policies": [POLICY], "boundary": "a b"}, "`boundary` has the value `a b`"),
]


@pytest.mark.parametrize(("props", "message"), WRONG)
def test_a_wrong_value_is_named_with_the_remedy(props: dict[str, Any], message: str) -> None:
    app = cdk.App()
    given = {"stage": stage_of(app), "cloud_assembly": pipelines.FileSet("x"), **props}
    with pytest.raises(PlanesError, match=message):
        ReviewStep("Review", **given)


def test_a_stage_without_an_account_is_refused() -> None:
    stage = stage_of(cdk.App(), env=None)
    with pytest.raises(PlanesError, match=r"has no account and Region.*give its stage an `env`"):
        ReviewStep("Review", stage=stage, cloud_assembly=pipelines.FileSet("x"))
