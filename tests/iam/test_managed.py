from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.iam import managed
from constructs_lib.iam.decision import Request, decide
from constructs_lib.iam.documents import parse_document
from constructs_lib.iam.effective_permissions import effective
from constructs_lib.iam.managed import extract
from constructs_lib.iam.model import Policy
from tests.catalogue.sources import PACKAGES, needs_packages
from tests.iam.build import actions_of
from tests.iam.witness import witness


@pytest.mark.parametrize(
    ("name", "holds", "lacks"),
    [
        ("AdministratorAccess", {"bedrock:InvokeModel", "bedrock:CreateAgent"}, set()),
        ("PowerUserAccess", {"bedrock:InvokeModel", "bedrock:CreateAgent"}, set()),
        ("ReadOnlyAccess", {"bedrock:GetAgent"}, {"bedrock:InvokeModel", "bedrock:CreateAgent"}),
        ("SecurityAudit", {"bedrock:ListAgents"}, {"bedrock:InvokeModel"}),
        ("job-function/ViewOnlyAccess", {"bedrock:ListTagsForResource"}, {"bedrock:InvokeModel"}),
        ("AmazonBedrockFullAccess", {"bedrock:InvokeModel", "bedrock:CreateAgent"}, set()),
        ("AmazonBedrockReadOnly", {"bedrock:GetAgent"}, {"bedrock:InvokeModel"}),
        ("BedrockAgentCoreFullAccess", {"bedrock-agentcore:InvokeAgentRuntime"}, set()),
    ],
)
def test_policies_that_touch_bedrock_are_known(name: str, holds: set[str], lacks: set[str]) -> None:
    for partition in ("aws", "aws-us-gov", "\ufffc"):
        policy = managed.lookup(f"arn:{partition}:iam::aws:policy/{name}")
        assert isinstance(policy, Policy)
        actions = set(actions_of(effective([policy])))
        assert holds <= actions
        assert not lacks & actions


@pytest.mark.parametrize(
    ("name", "actions"),
    [
        ("AWSLambdaFullAccess", ["events:*", "iam:PassRole", "lambda:*"]),
        (
            "AmazonEC2ContainerServiceFullAccess",
            [
                "cloudformation:CreateStack",
                "cloudformation:UpdateStack",
                "ecs:*",
                "events:PutTargets",
                "iam:PassRole",
            ],
        ),
        ("service-role/AmazonEC2SpotFleetRole", ["ec2:RequestSpotInstances", "iam:PassRole"]),
        ("AWSOpsWorksFullAccess", ["iam:PassRole"]),
    ],
)
def test_deprecated_policies_pass_roles_where_they_are_attached(name: str, actions: list[str]) -> None:
    policy = managed.lookup(f"arn:aws:iam::aws:policy/{name}")
    assert isinstance(policy, Policy)
    assert [list(statement.actions or ()) for statement in policy.statements] == [actions]


def test_each_deprecated_policy_is_known_and_has_a_page_of_aws() -> None:
    rows = json.loads(Path(managed.__file__).with_name("deprecated.json").read_text("utf-8"))
    assert list(rows) == sorted(rows)
    for name, row in rows.items():
        assert managed.lookup(name) is not None, f"{name}: run `make facts`"
        assert row["page"].startswith("https://docs.aws.amazon.com/")


@pytest.mark.parametrize(
    "name",
    [
        "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
        "AWSLambdaBasicExecutionRole",
        "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
        "arn:aws:iam::aws:policy/aws-service-role/AWSBackupServiceLinkedRolePolicyForBackup",
    ],
)
def test_all_others_that_the_data_lists_are_known_as_harmless(name: str) -> None:
    assert managed.lookup(name) is managed.HARMLESS


@pytest.mark.parametrize(
    "name",
    [
        "arn:aws:iam::111122223333:policy/AdministratorAccess",
        "arn:aws:iam::aws:policy/AmazonBedrockNewerThanTheData",
        "arn:aws:iam::aws:policy/NewerThanTheData",
        "arn:aws:iam::aws:policy/AWSMadeUpFullAccess",
        "arn:aws:iam::awsx:policy/AmazonS3ReadOnlyAccess",
        "arn:aws:s3::aws:policy/AmazonS3ReadOnlyAccess",
        "arn:aws:iam:us-east-1:aws:policy/AmazonS3ReadOnlyAccess",
        "NotAManagedPolicy",
        "",
        "\ufffc",
        "arn:aws:iam::aws:policy/\ufffc",
    ],
)
def test_what_is_no_known_managed_policy_is_unknown(name: str) -> None:
    assert managed.lookup(name) is None


def test_what_the_rules_about_roles_need_is_kept() -> None:
    iam = managed.lookup("IAMFullAccess")
    runner = managed.lookup("AWSLambda_FullAccess")
    assert isinstance(iam, Policy)
    assert isinstance(runner, Policy)
    role = "arn:aws:iam::111122223333:role/App"
    assert decide(Request("iam:PutRolePolicy", role), [iam])
    passing = decide(Request("iam:PassRole", role), [runner])
    assert passing
    assert [(c.key, c.values) for c in passing.assumed] == [
        ("iam:PassedToService", ("lambda.amazonaws.com",))
    ]
    assert decide(Request("lambda:CreateFunction"), [runner])


def test_every_permission_of_every_managed_policy_has_a_witness() -> None:
    for name in managed._data().rows:
        policy = managed.lookup(name)
        assert isinstance(policy, Policy)
        result = effective([policy])
        assert [action for action in actions_of(result) if witness(result, action) is None] == [], name


@needs_packages
def test_the_shipped_data_is_what_moto_carries() -> None:
    policies, _ = extract.read_moto(PACKAGES)
    data = extract.extracted(PACKAGES)
    assert data["source"] == {"moto": managed.source().moto, "date": managed.source().date}
    assert tuple(data["policies"]) == tuple(sorted(managed._data().rows))
    for name, record in policies.items():
        whole = effective([parse_document(record["Document"], name=name, path="", pointer="")])
        kept: Any = managed.lookup(name)
        assert whole.mask == (0 if kept is managed.HARMLESS else effective([kept]).mask), name


def test_a_reduced_statement_keeps_its_meaning() -> None:
    statement = {"Effect": "Allow", "Action": ["s3:Get*", "bedrock:Invoke*", "iam:PassRole"], "Resource": "*"}
    assert extract.reduce_statement(statement) == {**statement, "Action": ["bedrock:Invoke*", "iam:PassRole"]}
    assert extract.reduce_statement({**statement, "Action": "s3:GetObject"}) is None
    negated = {"Effect": "Allow", "NotAction": ["s3:*", "iam:*"], "Resource": "*"}
    assert extract.reduce_statement(negated) == negated
