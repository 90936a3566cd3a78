"""Conditions, Denies and trusts limit what a principal may do; a difference says when one is gone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.cli import main
from constructs_lib.review import review
from constructs_lib.review.diff import Diff, PrincipalChange, compare, limits_of, render
from constructs_lib.templates import read_document

if TYPE_CHECKING:
    from pathlib import Path

_MODEL = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"
_BASE = "arn:aws:bedrock:us-east-1:111122223333:knowledge-base/ABCDEFGHIJ"
_GUARDED = {
    "StringEquals": {"bedrock:GuardrailIdentifier": "arn:aws:bedrock:us-east-1:111122223333:guardrail/g:1"}
}
_HERE = {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}
_HERE_OR_THERE = {"StringEquals": {"aws:RequestedRegion": ["us-east-1", "us-east-2"]}}
_NOT_THERE = {"StringNotEquals": {"aws:RequestedRegion": ["us-east-2", "us-east-3"]}}
_NOT_ONE = {"StringNotEquals": {"aws:RequestedRegion": ["us-east-2"]}}
_ORGANIZATION = {"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}


def _statement(effect: str, action: str, resource: str = _MODEL, **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def _allow(action: str = "bedrock:InvokeModel", resource: str = _MODEL, **more: Any) -> dict[str, Any]:
    return _statement("Allow", action, resource, **more)


def _deny(action: str = "bedrock:InvokeModel", resource: str = "*", **more: Any) -> dict[str, Any]:
    return _statement("Deny", action, resource, **more)


def _role(*statements: dict[str, Any], who: Any = None, boundary: Any = None, **more: Any) -> dict[str, Any]:
    trusted = {"Effect": "Allow", "Principal": who or {"Service": "lambda.amazonaws.com"}}
    properties: dict[str, Any] = {
        "AssumeRolePolicyDocument": {"Statement": [{**trusted, "Action": "sts:AssumeRole", **more}]},
        "Policies": [{"PolicyName": "p", "PolicyDocument": {"Statement": list(statements)}}],
    }
    limit = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": {"Statement": boundary}}}
    if boundary:
        properties["PermissionsBoundary"] = {"Ref": "B"}
    role = {"Type": "AWS::IAM::Role", "Properties": properties}
    return {"Resources": {"R": role, **({"B": limit} if boundary else {})}}


def _difference(old: Any, new: Any) -> Diff:
    models = [read_document(side, "t.json") for side in (old, new)]
    reports = [review(model).principals for model in models]
    before, after = ({p.id: limits_of(p) for p in model.principals} for model in models)
    return compare(*reports, limits=(before, after))


def _change(old: Any, new: Any) -> PrincipalChange | None:
    return next((change for change in _difference(old, new).principals if change.name == "R"), None)


_LOOSER: dict[str, tuple[Any, Any]] = {
    "a condition that goes": (_role(_allow(Condition=_GUARDED)), _role(_allow())),
    "a condition with more values": (
        _role(_allow(Condition=_HERE)),
        _role(_allow(Condition=_HERE_OR_THERE)),
    ),
    "a negated condition with fewer values": (
        _role(_allow(Condition=_NOT_THERE)),
        _role(_allow(Condition=_NOT_ONE)),
    ),
    "a second statement without the condition": (
        _role(_allow(Condition=_GUARDED)),
        _role(_allow(Condition=_GUARDED), _allow("bedrock:Invoke*")),
    ),
    "a Deny with a condition that goes": (_role(_allow(), _deny(Condition=_HERE)), _role(_allow())),
    "a Deny with one more condition": (
        _role(_allow(), _deny(Condition=_HERE)),
        _role(_allow(), _deny(Condition={**_HERE, "Bool": {"aws:SecureTransport": "true"}})),
    ),
    "a Deny of all but one that goes": (
        _role(
            _allow("bedrock:Retrieve", "*"), {"Effect": "Deny", "Action": "bedrock:*", "NotResource": _BASE}
        ),
        _role(_allow("bedrock:Retrieve", "*")),
    ),
    "a condition of the boundary that goes": (
        _role(_allow(), boundary=[_allow(Condition=_HERE)]),
        _role(_allow(), boundary=[_allow()]),
    ),
    "anybody in the trust": (_role(_allow()), _role(_allow(), who="*")),
    "a condition of the trust that goes": (
        _role(_allow(), who="*", Condition=_ORGANIZATION),
        _role(_allow(), who="*"),
    ),
}
_SAME: dict[str, tuple[Any, Any]] = {
    "the order of statements": (
        _role(_allow(Condition=_HERE), _deny("bedrock:Retrieve", Condition=_HERE)),
        _role(_deny("bedrock:Retrieve", Condition=_HERE), _allow(Condition=_HERE)),
    ),
    "another service": (
        _role(_allow()),
        _role(_allow(), _allow("s3:*", "*"), _deny("s3:*", Condition=_HERE)),
    ),
    "two statements for one": (
        _role(_allow("bedrock:InvokeModel*", Condition=_HERE)),
        _role(
            _allow("bedrock:InvokeModel", Condition=_HERE),
            _allow("bedrock:InvokeModelWithResponseStream", Condition=_HERE),
        ),
    ),
    "the letter case of operator and key": (
        _role(_allow(Condition=_HERE)),
        _role(_allow(Condition={"StringEquals": {"AWS:requestedregion": "us-east-1"}})),
    ),
}


@pytest.mark.parametrize("name", _LOOSER)
def test_what_limits_no_longer_makes_a_principal_wider(name: str) -> None:
    old, new = _LOOSER[name]
    change = _change(old, new)
    assert change is not None
    assert change.loosened
    assert change.widening
    back = _change(new, old)
    assert back is not None
    assert back.tightened == change.loosened


@pytest.mark.parametrize("name", _SAME)
def test_what_limits_as_before_is_no_change(name: str) -> None:
    old, new = _SAME[name]
    assert _difference(old, new).principals == _difference(new, old).principals == ()


def test_a_condition_that_comes_is_shown_and_widens_nothing() -> None:
    difference = _difference(_role(_allow()), _role(_allow(Condition=_HERE)))
    assert not difference.widening
    assert "now limited: `bedrock:InvokeModel` on" in render(difference)


def test_a_report_has_no_limits_and_that_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, role in {"old": _role(_allow(Condition=_GUARDED)), "new": _role(_allow())}.items():
        tmp_path.joinpath(f"{name}.json").write_text(json.dumps(role), "utf-8")
    old, new, stored = (str(tmp_path / f"{name}.json") for name in ("old", "new", "stored"))
    assert main(["review", old, "--format", "json", "--output", stored, "--fail-on", "never"]) == 0
    assert main(["diff", old, new, "--fail-on", "widening"]) == 1
    shown = capsys.readouterr().out
    assert "without a condition, before on condition of `StringEquals bedrock:GuardrailIdentifier`" in shown
    assert main(["diff", stored, new, "--fail-on", "widening"]) == 0
    assert "these were not compared" in capsys.readouterr().out


def test_thousands_of_statements_are_not_compared_one_by_one() -> None:
    many = [_allow("bedrock:Retrieve", f"{_BASE}{index}", Condition=_HERE) for index in range(600)]
    other = [_allow("bedrock:Retrieve", f"{_BASE}{index}", Condition=_NOT_ONE) for index in range(600)]
    change = _change(_role(*many), _role(*other))
    assert change is not None
    assert change.loosened == ("there are too many statements to compare their conditions",)
