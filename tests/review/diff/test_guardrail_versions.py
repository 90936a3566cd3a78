"""What a deployment adds to a guardrail's 20 versions: said always, counted where the count is given."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.cli import main
from constructs_lib.review.diff import (
    CountError,
    ResourceEffect,
    VersionCount,
    compare_resources,
    read_version_count,
)
from constructs_lib.review.diff.effect_formats import effect_dict, effect_lines, resource_summary
from constructs_lib.templates import TemplateSource

if TYPE_CHECKING:
    from pathlib import Path

Json = dict[str, Any]
ARN = "arn:aws:bedrock:us-east-1:111122223333:guardrail/abcdef123456"
ROOM: Json = {"Type": "Custom::BedrockGuardrailVersions", "Properties": {"Keep": "5"}}
KEPT: Json = {"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"}


def template(*versions: str, name: object = "chat", room: bool = False, **more: Json) -> Json:
    """Return a template with a guardrail and the versions of these logical ids."""
    own: Json = {"Type": "AWS::Bedrock::Guardrail", "Properties": {"Name": name}}
    resources: Json = {"G": own, **more}
    for version in versions:
        resources[version] = {
            "Type": "AWS::Bedrock::GuardrailVersion",
            "Properties": {"GuardrailIdentifier": {"Fn::GetAtt": ["G", "GuardrailId"]}},
            **KEPT,
            **({"DependsOn": ["Room"]} if room else {}),
        }
    return {"Resources": {**resources, **({"Room": ROOM} if room else {})}}


def source(body: Json, construct: str = "S/G/Version") -> TemplateSource:
    paths = {name: construct for name in body["Resources"] if name.startswith("V")}
    return TemplateSource(
        "s.json", body, stack="S", account="111122223333", region="us-east-1", construct_paths=paths
    )


def compared(old: Json, new: Json, *counts: int, **more: Any) -> list[ResourceEffect]:
    given = [VersionCount("abcdef123456", "chat", "us-east-1", "111122223333", one) for one in counts]
    return compare_resources([source(old)], [source(new)], **{"guardrail_versions": given, **more})


def told(effect: ResourceEffect) -> str:
    return "\n".join(effect_lines(effect))


def answer(count: int, **more: Any) -> str:
    listed = [
        {"id": "abcdef123456", "arn": ARN, "name": "chat", "status": "READY", "version": version}
        for version in ("DRAFT", *map(str, range(1, count + 1)))
    ]
    return json.dumps({"guardrails": listed, **more})


def test_a_new_version_is_explained_without_a_count() -> None:
    [effect] = compared(template("V1"), template("V2"))
    assert effect.version is not None
    assert (effect.version.number, effect.fails) == (None, False)
    assert "`G` has one version more then, and AWS refuses the 21st: `aws bedrock list-guardrails" in told(
        effect
    )
    assert "set `keep` on the version" in told(effect)
    assert "--guardrail-versions" in told(effect)


@pytest.mark.parametrize(
    ("count", "fails", "text"),
    [
        (0, False, "`G` then has 1 of the 20 versions that AWS allows"),
        (18, False, "`G` then has 19 of the 20 versions that AWS allows"),
        (19, False, "! the new one is version 20 of `G`, the last that AWS allows: `aws bedrock"),
        (20, True, "-   `G` has 20 versions, and AWS allows 20: `aws bedrock list-guardrails"),
        (25, True, "-   `G` has 25 versions, and AWS allows 20"),
    ],
)
def test_the_twentieth_is_warned_about_and_the_next_one_fails(count: int, fails: bool, text: str) -> None:
    [effect] = compared(template("V1"), template("V2"), count)
    assert effect.fails is fails
    assert effect.losing is fails
    assert text in told(effect)
    assert effect_dict(effect)["version"] == {"guardrail": "G", "number": count + 1, "makes_room": False}


def test_a_version_that_makes_room_is_no_matter() -> None:
    [effect] = compared(template("V1", room=True), template("V2", room=True), 20)
    assert effect.fails is False
    assert "old versions of `G` beyond `keep` are deleted before it is made" in told(effect)


def test_what_changes_no_version_says_nothing() -> None:
    assert compared(template("V1"), template("V1"), 20) == []
    assert compared(template("V1"), template("V1", name="chat", T={"Type": "AWS::SNS::Topic"}), 20) == []


def test_a_version_that_is_added_to_a_deployed_guardrail_counts() -> None:
    [effect] = compared(template("V1"), template("V1", "V2"), 20)
    assert (effect.change, effect.fails) == ("added", True)
    [effect] = compared(template("V1"), template("V1", "V2"))
    assert resource_summary([effect]) == ["", "Resources: 1 made."]


def test_the_first_version_of_a_new_guardrail_is_no_matter() -> None:
    empty = {"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}
    assert compared(empty, template("V1")) == []


def test_a_version_that_gets_a_condition_is_no_new_one() -> None:
    new = template("V1")
    new["Resources"]["V1"]["Condition"] = "IsProd"
    new["Conditions"] = {"IsProd": {"Fn::Equals": [{"Ref": "AWS::AccountId"}, "1"]}}
    [effect] = compared(template("V1"), new, 20)
    assert (effect.version, effect.fails) == (None, False)


def test_two_new_versions_of_one_guardrail_are_two() -> None:
    numbers = {
        effect.version.number
        for effect in compared(template("V1"), template("V1", "V2", "V3"), 18)
        if effect.version
    }
    assert numbers == {19, 20}


def test_a_version_by_the_id_of_its_guardrail_is_counted() -> None:
    def by_id(text: str) -> Json:
        properties = {"GuardrailIdentifier": ARN, "Description": text}
        return {
            "Resources": {"V1": {"Type": "AWS::Bedrock::GuardrailVersion", "Properties": properties, **KEPT}}
        }

    [effect] = compared(by_id("a"), by_id("b"), 20)
    assert (effect.change, effect.fails, effect.kept) == ("replaced", True, True)


def test_a_version_that_is_not_kept_needs_room_while_it_is_made() -> None:
    old, new = template("V1"), template("V2")
    for body, name in ((old, "V1"), (new, "V2")):
        del body["Resources"][name]["DeletionPolicy"]
    [effect] = compared(old, new)
    assert "has one version more while it is made" in told(effect)
    [effect] = compared(old, new, 20)
    assert effect.fails is True


@pytest.mark.parametrize("name", ["other", {"Ref": "Name"}])
def test_a_count_of_a_guardrail_that_no_template_has_is_refused(name: object) -> None:
    with pytest.raises(
        CountError, match=r"no template has the guardrail `chat` \(abcdef123456\) of us-east-1"
    ):
        compared(template("V1", name=name), template("V2", name=name), 20)


def test_a_count_of_another_region_is_refused() -> None:
    count = VersionCount("abcdef123456", "chat", "eu-west-1", "111122223333", 20)
    with pytest.raises(CountError, match="of eu-west-1"):
        compared(template("V1"), template("V2"), guardrail_versions=[count])


def test_the_answer_of_the_cli_is_read() -> None:
    assert read_version_count(answer(3), "f") == VersionCount(
        "abcdef123456", "chat", "us-east-1", "111122223333", 3
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "f: line 1: not JSON"),
        ("[]", "f: no list of guardrails; give the answer of `aws bedrock list-guardrails"),
        ('{"guardrails": [{}]}', "f: no list of guardrails"),
        ('{"guardrails": []}', "f: lists 0 guardrails; name one"),
        (answer(1, nextToken="x"), "f: one page of several"),
        (
            json.dumps(
                {
                    "guardrails": [
                        {"arn": ARN, "name": "a", "version": "DRAFT"},
                        {"arn": f"{ARN}0", "name": "b", "version": "DRAFT"},
                    ]
                }
            ),
            "f: lists 2 guardrails; name one: `aws bedrock list-guardrails --guardrail-identifier ID`",
        ),
    ],
)
def test_what_is_no_answer_is_said(text: str, message: str) -> None:
    with pytest.raises(CountError) as caught:
        read_version_count(text, "f")
    assert str(caught.value).startswith(message)


def test_the_command_takes_the_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new, counted = tmp_path / "old.json", tmp_path / "new.json", tmp_path / "versions.json"
    old.write_text(json.dumps(template("V1")), "utf-8")
    new.write_text(json.dumps(template("V2")), "utf-8")
    for count, code, text in ((19, 0, "the last that AWS allows"), (20, 1, "FAILS")):
        counted.write_text(answer(count), "utf-8")
        call = ["diff", str(old), str(new), "--guardrail-versions", str(counted), "--fail-on", "loss"]
        assert main(call) == code
        assert text in capsys.readouterr().out
    counted.write_text("{}", "utf-8")
    assert main(["diff", str(old), str(new), "--guardrail-versions", str(counted)]) == 2
    assert "no list of guardrails" in capsys.readouterr().err


def test_a_report_has_no_versions_to_count(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new, counted, report = tmp_path / "new.json", tmp_path / "versions.json", tmp_path / "report.json"
    new.write_text(json.dumps(template("V2")), "utf-8")
    counted.write_text(answer(20), "utf-8")
    assert main(["review", str(new), "--format", "json", "--output", str(report)]) in {0, 1}
    assert main(["diff", str(report), str(new), "--guardrail-versions", str(counted)]) == 2
    assert "needs the cdk.out folder or template of both sides" in capsys.readouterr().err
