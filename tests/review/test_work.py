"""The review does little for each resource, and no more for each in a larger template.

Work is counted in function calls, which are the same on every machine; ``make bench`` measures seconds.
"""

from __future__ import annotations

import cProfile
import json
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.templates import MIXES, Mix, template, text_of
from constructs_lib.iam import effective
from constructs_lib.review import Options, batch, review, to_json
from constructs_lib.templates import decode, read_document, resolve

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.review import Report

# Calls for each resource, Python's and C's: a tenth above what was counted when this was written.
_LIMITS: dict[Mix, int] = {"app": 75, "iam": 145, "bedrock": 181}


def _calls(path: Path) -> int:
    profile = cProfile.Profile()
    profile.enable()
    to_json(batch.review_paths([str(path)], Options()))
    profile.disable()
    return sum(entry.callcount for entry in profile.getstats())


def _write(folder: Path, resources: int, mix: Mix) -> tuple[Path, int]:
    body = template(0, resources, mix=mix)
    path = folder / f"{mix}{resources}.template.json"
    path.write_text(text_of(body), encoding="utf-8")
    return path, len(body["Resources"])


@pytest.mark.parametrize("mix", MIXES)
def test_a_resource_costs_few_calls_in_a_template_of_any_size(tmp_path: Path, mix: Mix) -> None:
    # In smaller ones chance decides how many principals touch Bedrock, which cost the most.
    small, count = _write(tmp_path, 1500, mix)
    large, more = _write(tmp_path, 6000, mix)
    for path in (small, large):  # fills the tables and what is kept for recurring texts
        batch.review_paths([str(path)], Options())
    each, each_of_more = _calls(small) / count, _calls(large) / more
    print(f"\n{mix}: {each:.0f} calls for each of {count} resources, {each_of_more:.0f} of {more}")  # noqa: T201 - the figures
    assert each < _LIMITS[mix]
    assert each_of_more < 1.05 * each


def test_only_what_concerns_principals_is_resolved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, count = _write(tmp_path, 300, "app")
    resolved: list[Any] = []
    known = resolve.FUNCTIONS["Fn::GetAtt"]

    def counted(walk: Any, argument: Any, scope: Any, depth: int) -> list[Any]:
        resolved.append(argument)
        return known(walk, argument, scope, depth)

    monkeypatch.setitem(resolve.FUNCTIONS, "Fn::GetAtt", counted)
    batch.review_paths([str(path)], Options())
    roles = sum(
        1 for item in json.loads(path.read_text())["Resources"].values() if item["Type"] == "AWS::IAM::Role"
    )
    # The role's own ARN, two resources of its policy, the function that runs as it and the function's ARN.
    assert 0 < len(resolved) <= 5 * roles < count


def test_a_file_is_decoded_once_however_many_findings_it_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _ = _write(tmp_path, 3000, "iam")
    decoded: list[int] = []
    known = decode.decode

    def counted(text: str, *, yaml_allowed: bool) -> Any:
        decoded.append(len(text))
        return known(text, yaml_allowed=yaml_allowed)

    monkeypatch.setattr("constructs_lib.templates.files.decode", counted)
    report = batch.review_paths([str(path)], Options())
    assert len(report.findings) > 5
    assert all(finding.location.line for finding in report.findings)
    assert len(decoded) == 1


def test_members_of_the_same_groups_are_judged_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def export(*groups: str) -> dict[str, Any]:
        allow = {
            "Effect": "Allow",
            "Action": "bedrock:InvokeModel",
            "Resource": "arn:aws:bedrock:*::foundation-model/*",
        }
        document = {"Version": "2012-10-17", "Statement": allow}
        return {
            "UserDetailList": [
                {"UserName": f"u{i}", "Arn": f"arn:aws:iam::111122223333:user/u{i}", "GroupList": [group]}
                for i, group in enumerate(groups)
            ],
            "GroupDetailList": [
                {
                    "GroupName": group,
                    "Arn": f"arn:aws:iam::111122223333:group/{group}",
                    "GroupPolicyList": [{"PolicyName": "p", "PolicyDocument": document}],
                }
                for group in sorted(set(groups))
            ],
            "RoleDetailList": [],
            "Policies": [],
        }

    judged: list[Any] = []

    def counted(identity: Any, **limits: Any) -> Any:
        judged.append(identity)
        return effective(identity, **limits)

    monkeypatch.setattr("constructs_lib.review.facts.effective", counted)
    (alone,) = _by_user(review(read_document(export("g"))))
    assert len(alone) == 2
    judged.clear()
    assert _by_user(review(read_document(export("g", "g", "g", "h")))) == [alone] * 4
    assert len(judged) == 2  # the policies of `g`, and those of `h`


def _by_user(report: Report) -> list[list[str]]:
    """Return what is found about each user, without its name."""
    users = [item for item in report.principals if ":user/" in item.id]
    return [
        [
            finding.message.replace(f"`{user.name}`", "")
            for finding in report.findings
            if finding.principal == user.id
        ]
        for user in users
    ]
