"""Ten apps as people write them: their policies are exact, few, and near to what people say is needed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.catalogue import Plane
from constructs_lib.catalogue import actions as bedrock_actions
from constructs_lib.deploy import DeployOptions, check, deploy_policy
from constructs_lib.iam import parse_document
from constructs_lib.templates import TemplateSource
from tests.deploy.templates import ACCOUNT, actions

if TYPE_CHECKING:
    from constructs_lib.deploy import DeployPolicy

_HERE = Path(__file__).parent / "apps"
_APPS = sorted((_HERE / "templates").glob("*.json"))
_NEEDED: dict[str, dict[str, list[str]]] = json.loads((_HERE / "needed.json").read_text("utf-8"))["needed"]
_OPEN_WRITES = {
    "AgentCore": 5,
    "Database": 1,
    "Knowledge": 1,
    "Pipeline": 0,
    "QueueWorker": 1,
    "Rag": 2,
    "RestApi": 0,
    "WebService": 1,
    "Website": 3,
    "Workflow": 0,
}
"""Writes that IAM holds to no ARN, in each app."""


def _derive(name: str, body: dict[str, Any]) -> DeployPolicy:
    source = TemplateSource(f"{name}.json", body, stack=name, account=ACCOUNT, region="us-east-1")
    return deploy_policy([source], DeployOptions(without_boundary=True))


def _app(name: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads((_HERE / "templates" / f"{name}.json").read_text("utf-8"))
    return body


@pytest.mark.parametrize("path", _APPS, ids=lambda path: path.stem)
def test_a_policy_is_exact_and_fits(path: Path) -> None:
    policy = _derive(path.stem, _app(path.stem))
    assert 1 <= len(policy.policies) <= 10
    for document in policy.documents:
        assert len(json.dumps(document, separators=(",", ":"))) <= 6144
    data = {name for name, one in bedrock_actions().items() if one.plane is Plane.DATA and not one.tagging}
    assert not actions(policy) & data
    assert not [name for name in actions(policy) if "*" in name or "?" in name]
    assert all(one.needed_by for one in policy.statements)


def test_the_writes_left_on_star_are_counted() -> None:
    found = {path.stem: len(_derive(path.stem, _app(path.stem)).open_writes) for path in _APPS}
    print(f"\nwrites left on *: {found}")  # noqa: T201 - the figure that a reader of the run asks for
    assert found == _OPEN_WRITES


@pytest.mark.parametrize("name", sorted(_NEEDED))
def test_nothing_needed_is_missing_and_little_else_is_there(name: str) -> None:
    needed = {f"{prefix}:{action}" for prefix, listed in _NEEDED[name].items() for action in listed}
    derived = actions(_derive(name, _app(name)))
    assert sorted(needed - derived) == []
    superfluous = sorted(derived - needed)
    assert len(superfluous) <= 0.1 * len(derived), superfluous


def _change(body: dict[str, Any], logical_id: str, **properties: Any) -> None:
    body["Resources"][logical_id].setdefault("Properties", {}).update(properties)


def _find(body: dict[str, Any], kind: str) -> str:
    found: dict[str, Any] = body["Resources"]
    return next(key for key, one in found.items() if one["Type"] == kind)


_FUNCTION = "AWS::Lambda::Function"
_ROLE = "AWS::IAM::Role"
_BUCKET = "arn:aws:s3:::"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda b: b["Resources"].update(T={"Type": "AWS::SNS::Topic"}), "lacks sns:CreateTopic on"),
        (lambda b: b["Resources"].pop(_find(b, "AWS::DynamoDB::Table")), "needn't hold dynamodb:DeleteTable"),
        (
            lambda b: _change(b, _find(b, _FUNCTION), ReservedConcurrentExecutions=2),
            "lacks lambda:PutFunctionConcurrency on",
        ),
        (lambda b: _change(b, _find(b, _FUNCTION), FunctionName="own"), "function:own, needed by"),
        (
            lambda b: _change(b, _find(b, "AWS::DynamoDB::Table"), TimeToLiveSpecification={"Enabled": True}),
            "lacks dynamodb:UpdateTimeToLive on",
        ),
        (lambda b: _change(b, _find(b, _ROLE), Path="/team/"), "role/team/RestApi-*"),
        (
            lambda b: _change(b, _find(b, _FUNCTION), Role=f"arn:aws:iam::{ACCOUNT}:role/shared"),
            "lacks iam:PassRole on arn:aws:iam::111122223333:role/shared with iam:PassedToService",
        ),
        (
            lambda b: _change(b, _find(b, _FUNCTION), Code={"S3Bucket": "code", "S3Key": "k"}),
            f"lacks s3:GetObject on {_BUCKET}code/*",
        ),
        (
            lambda b: _change(b, _find(b, _FUNCTION), Description="{{resolve:ssm:/app/x}}"),
            "lacks ssm:GetParameter on arn:aws:ssm:us-east-1:111122223333:parameter/app/x",
        ),
        (
            lambda b: b["Resources"].update(
                C={
                    "Type": "Custom::X",
                    "Properties": {"ServiceToken": {"Fn::GetAtt": [_find(b, _FUNCTION), "Arn"]}},
                }
            ),
            ":lambda:us-east-1:111122223333:function:RestApi-Function76856677*, needed by RestApi.json#C",
        ),
        (
            lambda b: b["Resources"].update(
                S={"Type": "AWS::EC2::Subnet", "Properties": {"AvailabilityZone": {"Fn::GetAZs": ""}}}
            ),
            "lacks ec2:DescribeAvailabilityZones on *",
        ),
        (lambda b: b["Parameters"].pop("BootstrapVersion"), "needn't hold ssm:GetParameters"),
    ],
)
def test_each_change_of_a_template_makes_a_deployed_policy_stale(change: Any, expected: str) -> None:
    before = _derive("RestApi", _app("RestApi"))
    deployed = [
        parse_document(document, name="p", path="p.json", pointer="") for document in before.documents
    ]
    assert not check(before, deployed)
    body = _app("RestApi")
    change(body)
    found = check(_derive("RestApi", body), deployed)
    assert any(expected in line for line in (*found.lacks, *found.superfluous)), found


def test_a_description_alone_changes_nothing() -> None:
    before = _derive("RestApi", _app("RestApi"))
    body = _app("RestApi")
    _change(body, _find(body, _FUNCTION), Description="of another day", MemorySize=512)
    assert _derive("RestApi", body) == before
