"""Roles that may do the same and have the same findings are shown once, with the names of the others."""

from __future__ import annotations

from typing import Any

import pytest

from constructs_lib.review import Report, review
from constructs_lib.review.render import render
from constructs_lib.templates import Model, read_document

_MODEL = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"


def _role(resource: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": resource}
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    properties = {
        "AssumeRolePolicyDocument": {"Statement": [trust]},
        "Policies": [{"PolicyName": "p", "PolicyDocument": {"Statement": [statement]}}],
    }
    return {"Type": "AWS::IAM::Role", "Properties": properties}


def _report(**resources: str) -> Report:
    template = {"Resources": {name: _role(resource) for name, resource in resources.items()}}
    return review(read_document(template, "t.json"))


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_identical_roles_are_shown_once(form: str) -> None:
    text = render(_report(First="*", Second="*", Third="*"), form)
    # The page of HTML has the rule's own text too, and links to it.
    assert text.count(">BP201</a>" if form == "html" else "BP201") == 1
    assert text.lower().count("the same for") == 1
    assert all(name in text for name in ("First", "Second", "Third"))


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_roles_with_other_findings_or_resources_are_shown_for_themselves(form: str) -> None:
    text = render(_report(First="*", Second=_MODEL), form)
    assert "the same for" not in text.lower()
    assert "Second" in text


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_equal_names_of_different_files_are_told_apart(form: str) -> None:
    statement = {"Statement": {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": "*"}}
    other = {"Statement": {"Effect": "Allow", "Action": "bedrock:Converse", "Resource": "*"}}
    documents = {"in/a/chat.json": statement, "in/b/chat.json": statement, "in/c/chat.json": other}
    models = [read_document(value, path) for path, value in documents.items()]
    model = Model(
        tuple(item for one in models for item in one.inputs),
        tuple(item for one in models for item in one.principals),
        (),
    )
    text = render(review(model), form)
    assert all(text.count(f"chat ({name}/chat.json)") >= 2 for name in "abc")
    assert "chat (in" not in text


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_a_name_of_its_own_stays_as_it_is(form: str) -> None:
    assert "First (" not in render(_report(First="*", Second=_MODEL), form)


def test_json_and_sarif_list_every_finding() -> None:
    report = _report(First="*", Second="*")
    assert render(report, "json").count('"rule": "BP201"') == 2
    assert len([finding for finding in report.findings if finding.rule == "BP201"]) == 2
