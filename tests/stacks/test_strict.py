"""What the library does on purpose is quiet in a strict app; what its user does is not."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from cdk_nag import AwsSolutionsChecks

from constructs_lib import AppRole, catalogue
from tests.grants.grant_cases import CASES

ROOT = Path(__file__).parents[2]
APP = Path(__file__).parent / "strict_app.py"
LAMBDA = iam.ServicePrincipal("lambda.amazonaws.com")
ENV = cdk.Environment(account="111122223333", region="us-east-1")


def test_an_app_with_every_verb_passes_the_strict_synth_and_cdk_nag(tmp_path: Path) -> None:
    # Inside pytest the CDK puts its report into an exception; a user's app does not run there.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    done = subprocess.run(
        [
            str(ROOT / "node_modules" / ".bin" / "cdk"),
            *("synth", "--strict", "--quiet", "--output", str(tmp_path / "out")),
            *("--app", shlex.join([sys.executable, str(APP)])),
        ],
        cwd=ROOT,
        env=environment | {"CDK_DISABLE_CLI_TELEMETRY": "true", "CI": "true"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    text = (tmp_path / "out" / "validation-report.json").read_text("utf-8")
    reports = {r["pluginName"]: r["violations"] for r in json.loads(text)["pluginReports"]}
    # A plugin that found nothing at all may be missing; the two that the app must satisfy are not.
    assert {"AwsSolutions", "CloudFormation Validate"} <= set(reports)
    assert [violation for found in reports.values() for violation in found] == []


def test_the_strict_app_has_every_verb_that_an_app_role_may_be_given() -> None:
    assert {case.verb for case in CASES} == {
        name for name, verb in catalogue.verbs.verbs().items() if "operator role" not in verb.summary
    }


class Made:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.app = cdk.App(
            outdir=str(folder), builtin_cloud_formation_validation=False, analytics_reporting=False
        )
        self.stack = cdk.Stack(self.app, "S", env=ENV)
        self.role = AppRole(self.stack, "R", assumed_by=LAMBDA)
        cdk.Validations.of(self.app).add_plugins(AwsSolutionsChecks())

    def violations(self) -> list[tuple[str, str]]:
        """Return rule and construct of what fails the synthesis."""
        try:
            self.app.synth()
        except RuntimeError as error:
            if not str(error).startswith("ValidationFailed"):
                raise
        text = (self.folder / "validation-report.json").read_text("utf-8")
        return sorted(
            (item["ruleName"], place["constructPath"])
            for report in json.loads(text)["pluginReports"]
            for item in report["violations"]
            for place in item["violatingConstructs"]
        )


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return Made(tmp_path / "out")


@pytest.mark.parametrize("first", ["grant", "own"])
def test_a_users_own_star_is_reported_beside_a_star_of_a_grant(made: Made, first: str) -> None:
    own = iam.PolicyStatement(actions=["s3:ListAllMyBuckets"], resources=["*"])
    if first == "own":
        made.role.add_to_policy(own)
    made.role.grants.retrieve_and_generate("KB12345678", "amazon.nova-lite-v1:0")
    if first == "grant":
        made.role.add_to_policy(own)
    assert made.violations() == [("AwsSolutions-IAM5[Resource::*]", "S/R/DefaultPolicy/Resource")]


def test_a_users_own_star_on_what_a_grant_names_is_reported(made: Made) -> None:
    made.role.grants.data_automation("p123", files="docs")
    files = f"arn:{cdk.Aws.PARTITION}:s3:::docs/*"
    made.role.add_to_policy(iam.PolicyStatement(actions=["s3:GetObject"], resources=[files]))
    rule = "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::docs/*]"
    assert made.violations() == [(rule, "S/R/DefaultPolicy/Resource")]


def test_a_star_in_an_inline_policy_of_the_user_is_reported(made: Made) -> None:
    document = iam.PolicyDocument(
        statements=[iam.PolicyStatement(actions=["s3:ListAllMyBuckets"], resources=["*"])]
    )
    AppRole(made.stack, "Q", assumed_by=LAMBDA, inline_policies={"Own": document})
    assert made.violations() == [("AwsSolutions-IAM5[Resource::*]", "S/Q/Resource")]


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
def test_a_star_below_a_resource_of_another_stack_is_acknowledged(made: Made, region: str) -> None:
    elsewhere = cdk.Stack(
        made.app,
        "Files",
        env=cdk.Environment(account="111122223333", region=region),
        cross_region_references=True,
    )
    made.role.grants.data_automation("p123", files=s3.Bucket(elsewhere, "B", bucket_name="the-files"))
    found = [item for item in made.violations() if item[1].startswith("S/R/")]
    assert found == []


def test_a_role_that_exists_is_as_quiet(made: Made) -> None:
    role = iam.Role(made.stack, "Theirs", assumed_by=LAMBDA)
    existing = AppRole.from_role(made.stack, "Existing", role)
    existing.grants.retrieve_and_generate("KB12345678", "amazon.nova-lite-v1:0")
    assert made.violations() == []


def test_a_managed_policy_of_an_ordinary_role_is_reported(made: Made) -> None:
    name = "service-role/AWSLambdaBasicExecutionRole"
    policy = iam.ManagedPolicy.from_aws_managed_policy_name(name)
    made.role.add_managed_policy(policy)
    iam.Role(made.stack, "Theirs", assumed_by=LAMBDA, managed_policies=[policy])
    rule = f"AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{name}]"
    assert made.violations() == [(rule, "S/Theirs/Resource")]
