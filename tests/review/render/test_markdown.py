"""A comment fits what GitHub takes, mentions nobody and says what it leaves out."""

from __future__ import annotations

import re
from typing import Any

import pytest

from constructs_lib.review import Report, review
from constructs_lib.review.render import render
from constructs_lib.templates import read_document


def _report(names: list[str], action: str = "bedrock:CreateGuardrail") -> Report:
    resources: dict[str, Any] = {}
    for number, name in enumerate(names):
        model = f"arn:aws:bedrock:us-east-1::foundation-model/m{number}"
        statement = {"Effect": "Allow", "Action": ["bedrock:InvokeModel", action], "Resource": [model, "*"]}
        policy = {"PolicyName": "p", "PolicyDocument": {"Statement": [statement]}}
        properties = {"AssumeRolePolicyDocument": {"Statement": []}, "Policies": [policy]}
        resources[name] = {"Type": "AWS::IAM::Role", "Properties": properties}
    return review(read_document({"Resources": resources}, "t.json"))


@pytest.mark.parametrize("length", [1, 2000])
@pytest.mark.parametrize("count", [1, 30, 500])
def test_it_fits_into_a_comment_whatever_the_input(count: int, length: int) -> None:
    report = _report([f"{'n' * length}{number}" for number in range(count)])
    text = render(report, "markdown")
    assert len(text) <= 65_536
    assert "**The planes are not kept apart:" in text
    assert text.count("<details") == text.count("</details>")
    shown = len(re.findall(r"^- \*\*(?:error|warning|note) BP", text, re.MULTILINE))
    left_out = re.search(r"(\d+) more findings", text)
    folded = int(left_out[1]) if left_out else 0
    same = sum("The same for" in line for line in text.splitlines())
    assert shown
    assert folded or same or count < 500


def test_a_small_report_is_whole() -> None:
    report = _report(["A", "B"])
    text = render(report, "markdown")
    assert "The comment is full" not in text
    assert all(finding.rule in text for finding in report.findings)


@pytest.mark.parametrize(
    "name",
    ["@octocat", "a</summary>@octocat", "`@octocat`", "[x](http://y)", "![x](http://y)", "a\n\n# b", "#12"],
)
def test_the_title_of_a_folded_part_is_text(name: str) -> None:
    titles = re.findall("<summary>(.*)</summary>", render(_report([name]), "markdown"))
    assert len(titles) == 2
    assert not any(char in title for title in titles for char in "<>`[]")
    assert "@octocat" not in " ".join(titles)
