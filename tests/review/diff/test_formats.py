"""What changed in the same way is shown once, and a comment fits what GitHub takes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from constructs_lib.review import review
from constructs_lib.review.diff import Diff, compare, render
from constructs_lib.templates import read_document


def _diff(names: list[str], *, each: bool = False) -> Diff:
    """Return the difference when roles that run models may also configure guardrails."""
    sides = []
    for actions in (["bedrock:InvokeModel"], ["bedrock:InvokeModel", "bedrock:CreateGuardrail"]):
        resources: dict[str, Any] = {}
        for number, name in enumerate(names):
            model = (
                f"arn:aws:bedrock:us-east-1::foundation-model/m{number if each and len(actions) > 1 else ''}"
            )
            statement = {"Effect": "Allow", "Action": actions, "Resource": [model, "*"][: len(actions)]}
            policy = {"PolicyName": "p", "PolicyDocument": {"Statement": [statement]}}
            properties = {"AssumeRolePolicyDocument": {"Statement": []}, "Policies": [policy]}
            resources[name] = {"Type": "AWS::IAM::Role", "Properties": properties}
        sides.append(review(read_document({"Resources": resources}, "t.json")).principals)
    return compare(*sides)


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_what_changed_in_the_same_way_is_shown_once(form: str) -> None:
    text = render(_diff(["A", "B", "C"]), form)
    assert text.count("bedrock:CreateGuardrail") == 1
    assert text.lower().count("the same for") == 1
    assert "3 may do more than before" in text


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_what_changed_in_another_way_is_shown_for_itself(form: str) -> None:
    text = render(_diff(["A", "B"], each=True), form)
    assert text.count("bedrock:CreateGuardrail") == 2
    assert "the same for" not in text.lower()


def test_json_lists_every_principal() -> None:
    assert len(json.loads(render(_diff(["A", "B", "C"]), "json"))["principals"]) == 3


def test_many_changes_are_summed_up_first_in_text() -> None:
    text = render(_diff([f"Role{n}" for n in range(30)], each=True))
    first, *rest = text.splitlines()
    assert first == rest[-1] == "Principals: 30 changed; 30 may do more than before."


@pytest.mark.parametrize("length", [1, 1000])
def test_a_comment_is_never_too_long_and_says_what_it_leaves_out(length: int) -> None:
    text = render(_diff([f"{'n' * length}{n}" for n in range(400)], each=True), "markdown")
    assert len(text) <= 65_536
    assert "The comment is full: " in text
    assert text.count("```") % 2 == 0


@pytest.mark.parametrize("name", ["@octocat", "a\n```\n@octocat", "</details><script>", "::error::x", "a`b"])
@pytest.mark.parametrize("form", ["text", "markdown"])
def test_a_hostile_name_stays_a_name(form: str, name: str) -> None:
    text = render(_diff([name, "B"]), form)
    assert form == "text" or "@octocat" not in text
    assert not any(line.strip().startswith("::") for line in text.splitlines())
    assert sum(line.startswith("```") for line in text.splitlines()) % 2 == 0
