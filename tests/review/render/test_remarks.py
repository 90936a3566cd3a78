"""Every format says what the run as a whole could not see."""

from __future__ import annotations

import json
from typing import Any

import pytest

from constructs_lib.review import Options, Report, parse_config, review
from constructs_lib.review.render import render
from constructs_lib.review.rules import rules
from constructs_lib.templates import read_document

_FORMS = ("text", "json", "sarif", "markdown", "html")
_MARKED_ALONE = [rule.id for rule in rules() if rule.needs_marks]


def _template(kind: str | None) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Action": "bedrock:InvokeModel",
        "Resource": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0",
    }
    role: dict[str, Any] = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {"Statement": []},
            "Policies": [{"PolicyName": "p", "PolicyDocument": {"Statement": [statement]}}],
        },
    }
    if kind is not None:
        role["Metadata"] = {"bedrock-planes:role": {"kind": kind}}
    return {"Resources": {"Role": role}}


def _report(kind: str | None, config: str = "") -> Report:
    known = [rule.id for rule in rules()]
    options = Options(config=parse_config(config, "c.toml", known) if config else None)
    return review(read_document(_template(kind), "t.json"), options)


@pytest.mark.parametrize("form", _FORMS)
def test_a_run_without_marked_roles_names_the_rules_that_had_nothing_to_judge(form: str) -> None:
    text = " ".join(render(_report(None), form).split()).replace("\\", "")
    assert "no role is marked" in text.lower()
    assert {"BP103", "BP109", "BP501", "BP503"} <= set(_MARKED_ALONE)
    assert all(rule in text for rule in _MARKED_ALONE)


@pytest.mark.parametrize("kind", ["app", "deploy"])
@pytest.mark.parametrize("form", _FORMS)
def test_a_run_with_a_marked_role_does_not(form: str, kind: str) -> None:
    assert "no role is marked" not in render(_report(kind), form).lower()


def test_a_role_that_the_configuration_names_is_marked() -> None:
    config = '[tool.bedrock-planes.kinds]\napp = ["Role"]\n'
    assert not any("no role is marked" in remark for remark in _report(None, config).remarks)


def test_rules_that_are_off_are_not_named() -> None:
    (remark, _) = _report(None, '[tool.bedrock-planes]\noff = ["BP503"]\n').remarks
    assert "BP503" not in remark
    assert "BP501" in remark


@pytest.mark.parametrize("form", _FORMS)
@pytest.mark.parametrize("kind", [None, "app"])
def test_every_report_says_once_which_policies_are_never_read(form: str, kind: str | None) -> None:
    text = render(_report(kind), form)
    assert text.count("RCPs") == 1
    assert "session policies" in " ".join(text.split())


def test_the_json_report_has_the_remarks_in_a_list() -> None:
    report = _report(None)
    assert json.loads(render(report, "json"))["remarks"] == list(report.remarks)
