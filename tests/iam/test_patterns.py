"""The patterns of ``data/patterns.toml``: everything that reads one gives the answer that the file has."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as cdk_iam

from constructs_lib import AppRole, PlanesError, catalogue
from constructs_lib.catalogue import Plane
from constructs_lib.checks.testing import assert_denied
from constructs_lib.cli._answer import answer
from constructs_lib.data_plane.refusals import refusals
from constructs_lib.iam import UNRESOLVED, Request, decide, effective, expand, expansion
from constructs_lib.review import Options, review
from constructs_lib.templates import read
from tests.iam.build import actions_of, allow, deny, policy

if TYPE_CHECKING:
    from collections.abc import Iterable

_NAMES = frozenset(catalogue.actions())


class Case(NamedTuple):
    """One pattern and what it matches."""

    pattern: str
    allow: frozenset[str]
    deny: frozenset[str]
    documented: bool
    open: bool


def _actions(written: Iterable[str]) -> frozenset[str]:
    """Return actions from the file's spelling of them."""
    found: set[str] = set()
    for text in written:
        if text == "*":
            found |= _NAMES
        elif text.endswith(":"):
            found |= {name for name in _NAMES if name.startswith(text)}
        else:
            assert text in _NAMES
            found.add(text)
    return frozenset(found)


def _read() -> list[Case]:
    rows = tomllib.loads(Path(__file__).with_name("data").joinpath("patterns.toml").read_text("utf-8"))
    return [
        Case(
            row["pattern"] + row.get("tail", "") * row.get("repeat", 1),
            _actions(row["allow"]),
            _actions(row["deny"]),
            row["documented"],
            row.get("open", False),
        )
        for row in rows["case"]
    ]


CASES = _read()
every = pytest.mark.parametrize("case", CASES, ids=[ascii(case.pattern)[1:41] for case in CASES])
known = pytest.mark.parametrize(
    "case", [c for c in CASES if not c.open], ids=[ascii(c.pattern)[1:41] for c in CASES if not c.open]
)


def test_the_cases_are_many_and_each_pattern_is_there_once() -> None:
    assert len({case.pattern for case in CASES}) == len(CASES) >= 40
    assert sum(not case.documented for case in CASES) >= 20


@every
def test_the_expansion(case: Case) -> None:
    found = expansion(case.pattern)
    assert (frozenset(found.in_allow), frozenset(found.in_deny)) == (case.allow, case.deny)
    assert found.documented is case.documented
    assert expand(case.pattern) == found.in_allow


_TYPED = [case for case in CASES if set("*?") & set(case.pattern) and not set(" ()") & set(case.pattern)]


@pytest.mark.parametrize("case", _TYPED, ids=[ascii(case.pattern)[1:41] for case in _TYPED])
def test_which(case: Case) -> None:
    """A name without wildcards is found in any spelling, and so is a pattern without its prefix."""
    found = answer(case.pattern)
    if ":" in case.pattern or case.allow:
        assert {match["name"] for match in found["matches"]} == case.allow
        said = any(note.startswith("IAM does not document a wildcard") for note in found["notes"])
        assert said is not case.documented


def _written(pattern: str) -> Any:
    """Return a pattern as a template has it; an open part is a value of another stack."""
    if UNRESOLVED not in pattern:
        return pattern
    return {"Fn::Sub": [pattern.replace(UNRESOLVED, "${Open}"), {"Open": {"Fn::ImportValue": "Other"}}]}


def _template(folder: Path, *statements: dict[str, Any]) -> Path:
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
            "Policies": [{"PolicyName": "p", "PolicyDocument": document}],
        },
    }
    path = folder / "t.template.json"
    path.write_text(json.dumps({"Resources": {"Role": role}}), encoding="utf-8")
    return path


def _reviewed(path: Path) -> set[str]:
    [principal] = review(read([str(path)]), Options()).principals
    return {name for use in principal.families.values() for name in use.actions}


@every
def test_the_review(case: Case, tmp_path: Path) -> None:
    written = _written(case.pattern)
    # The second statement makes sure that the review lists the role.
    logging = allow("bedrock:GetModelInvocationLoggingConfiguration")
    held = _reviewed(_template(tmp_path, allow(written), logging))
    assert held == case.allow | {logging["Action"]}
    assert _reviewed(_template(tmp_path, allow("*"), deny(written))) == _NAMES - case.deny


@known
def test_not_action_counts_the_other_way_round(case: Case) -> None:
    """An Allow excepts only what the pattern certainly matches, a Deny all that it may match."""
    everything = policy(allow("*"))
    excepting = policy({"Effect": "Allow", "NotAction": case.pattern, "Resource": "*"})
    sparing = policy({"Effect": "Deny", "NotAction": case.pattern, "Resource": "*"})
    assert set(actions_of(effective([excepting]))) == _NAMES - case.deny
    assert set(actions_of(effective([everything, sparing]))) == case.allow


@every
def test_a_decision_on_one_request(case: Case) -> None:
    allowing, denying = policy(allow(case.pattern)), policy(allow("*"), deny(case.pattern))
    for name in ("bedrock:InvokeModel", "bedrock:ApplyGuardrail", "bedrock-websearch:InvokeFetch"):
        assert bool(decide(Request(name), [allowing])) is (name in case.allow)
        assert bool(decide(Request(name), [denying])) is (name not in case.deny)


def _denied(path: Path, *actions: str) -> set[str]:
    """Return the actions of which an assertion says that they are not denied."""
    try:
        assert_denied(path, "Role", *actions)
    except AssertionError as error:
        return set(re.findall(r"^  (\S+:\S+), by ", str(error), re.MULTILINE))
    return set()


@every
def test_assert_denied(case: Case, tmp_path: Path) -> None:
    written = _written(case.pattern)
    assert _denied(_template(tmp_path, allow(written), allow("bedrock:Rerank")), "*") == case.allow | {
        "bedrock:Rerank"
    }
    path = _template(tmp_path, allow("*"), deny(written))
    assert _denied(path, "*") == _NAMES - case.deny
    if case.deny:
        assert_denied(path, "Role", *case.deny)
    if case.allow:
        assert _denied(_template(tmp_path, allow("*")), case.pattern) == case.allow


@pytest.fixture(scope="module")
def stack() -> cdk.Stack:
    return cdk.Stack(cdk.App(), "Chat")


@known
def test_an_app_role(case: Case, stack: cdk.Stack) -> None:
    """It refuses an Allow that may match a control action, and takes one that matches data actions only."""
    control = {name for name in case.allow if catalogue.actions()[name].plane is Plane.CONTROL}
    refused = bool(refusals(allow(case.pattern)))
    if control or not case.documented:
        assert refused
    elif case.allow:
        assert not refused
    try:
        statement = cdk_iam.PolicyStatement(actions=[case.pattern], resources=["*"])
    except RuntimeError:  # the CDK's own check of an action's form refuses it
        return
    role = AppRole(
        stack,
        f"Role{CASES.index(case)}",
        assumed_by=cdk_iam.ServicePrincipal("lambda.amazonaws.com"),
        allow_type_wide=[("*", "the actions are the subject here, not the resources")],
    )
    if refused:
        with pytest.raises(PlanesError, match=r"can't hold"):
            role.add_to_policy(statement)
    else:
        role.add_to_policy(statement)
