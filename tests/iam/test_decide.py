from __future__ import annotations

from typing import Any

import pytest

from constructs_lib.iam.conditions import Context, evaluate, holds, pattern_matches
from constructs_lib.iam.decision import Request, decide
from constructs_lib.iam.model import UNRESOLVED, Condition
from tests.iam.build import KB, allow, deny, policy

R = "bedrock:Retrieve"
TLS = {"Bool": {"aws:SecureTransport": "true"}}
NO_TLS = {"Bool": {"aws:SecureTransport": "false"}}

OUTCOMES: list[tuple[list[dict[str, Any]], Context | None, str]] = [
    ([allow(R, KB)], {}, "allowed"),
    ([allow(R, KB + "X")], {}, "implicit_deny"),
    ([allow("*"), deny("bedrock:*", KB)], {}, "explicit_deny"),
    ([allow("*"), deny("bedrock:*", KB + "X")], {}, "allowed"),
    ([allow("*", Condition=TLS)], {"AWS:SecureTransport": "true"}, "allowed"),
    ([allow("*", Condition=TLS)], {"aws:SecureTransport": "false"}, "implicit_deny"),
    ([allow("*", Condition=TLS)], {}, "implicit_deny"),
    ([allow("*"), deny("*", Condition=NO_TLS)], {"aws:SecureTransport": "false"}, "explicit_deny"),
    ([allow("*"), deny("*", Condition=NO_TLS)], None, "allowed"),
    ([allow(R, KB[:-10] + "${aws:PrincipalTag/kb}")], {"aws:PrincipalTag/kb": "KB12345678"}, "allowed"),
    ([allow(R, KB[:-10] + "${aws:PrincipalTag/kb}")], {"aws:PrincipalTag/kb": "*"}, "implicit_deny"),
    ([allow(R, KB[:-10] + "${aws:PrincipalTag/kb}")], {}, "implicit_deny"),
    ([allow(R, KB[:-10] + "${aws:PrincipalTag/kb}")], None, "allowed"),
    ([allow(R, UNRESOLVED)], {}, "allowed"),
    ([allow(UNRESOLVED, KB)], {}, "implicit_deny"),
    ([allow(R), deny(R, UNRESOLVED)], {}, "allowed"),
    ([allow(R), deny(R, f"arn:{UNRESOLVED}:bedrock:*")], {}, "explicit_deny"),
    (
        [allow(R), {"Effect": "Deny", "NotAction": "s3:*", "NotResource": "arn:aws:s3:::*"}],
        {},
        "explicit_deny",
    ),
    ([{"Effect": "Allow", "NotAction": R, "Resource": "*"}], {}, "implicit_deny"),
]


@pytest.mark.parametrize(("statements", "context", "outcome"), OUTCOMES)
def test_a_request_is_decided(
    statements: list[dict[str, Any]], context: Context | None, outcome: str
) -> None:
    decision = decide(Request(R, KB, context), [policy(*statements)])
    assert decision.outcome == outcome
    assert bool(decision) is (outcome == "allowed")
    assert (decision.statement is None) is (outcome == "implicit_deny")


def test_a_decision_names_the_statement_and_what_it_assumes() -> None:
    decision = decide(Request(R, KB), [policy(deny("s3:*"), allow(R, Sid="Read", Condition=TLS))])
    assert decision.because == "the Allow statement `Read` at /Statement/1 allows it"
    assert [condition.key for condition in decision.assumed] == ["aws:SecureTransport"]
    sure = decide(Request(R, KB), [policy(allow(R, Condition=TLS), allow(R))])
    assert sure.assumed == ()
    assert decide(Request(R, KB), []).because == "no statement in the identity policies allows it"


def test_boundary_and_scps_must_allow_and_may_deny() -> None:
    everything, nothing = policy(allow("*")), policy(allow("s3:*"))
    request = Request(R, KB, {})
    assert decide(request, [everything], boundary=everything, scps=[everything, [nothing, everything]])
    assert decide(request, [everything], boundary=nothing).because == (
        "no statement in the permissions boundary allows it"
    )
    assert decide(request, [everything], scps=[everything, nothing]).outcome == "implicit_deny"
    assert decide(request, [everything], scps=[policy(deny("*"))]).outcome == "explicit_deny"


def test_an_open_resource_may_be_any_that_fits() -> None:
    role = f"arn:aws:iam::{UNRESOLVED}:role/App-{UNRESOLVED}"
    grants = [policy(allow("iam:PassRole", "arn:aws:iam::111122223333:role/App*"))]
    assert decide(Request("iam:PassRole", role), grants)
    assert not decide(Request("iam:PassRole", role.replace("App", "Ops")), grants)
    barred = policy(deny("iam:PassRole", "arn:aws:iam::111122223333:role/App*"))
    assert decide(Request("iam:PassRole", role), [*grants, barred])
    assert not decide(Request("iam:PassRole", role), [*grants, policy(deny("iam:*", "arn:aws:iam::*"))])


# operator, policy values, request values (None: the key is absent), whether it holds
OPERATORS: list[tuple[str, list[str], Any, bool | None]] = [
    ("StringEquals", ["a", "b"], "b", True),
    ("StringEquals", ["a"], "A", False),
    ("StringEquals", ["a*"], "ab", False),
    ("StringEquals", ["a"], None, False),
    ("StringEqualsIfExists", ["a"], None, True),
    ("StringEqualsIgnoreCase", ["a"], "A", True),
    ("StringNotEquals", ["a", "b"], "b", False),
    ("StringNotEquals", ["a"], None, True),
    ("StringNotEqualsIgnoreCase", ["a"], "A", False),
    ("StringLike", ["a*"], "ab", True),
    ("stringlike", ["a?"], "a", False),
    ("StringNotLike", ["a*"], "ab", False),
    ("StringEquals", ["${aws:username}"], "bob", True),
    ("StringLike", ["home/${aws:username}/*"], "home/bob/x", True),
    ("StringEquals", ["${aws:nobody, 'x'}"], "x", True),
    ("StringEquals", ["${aws:nobody}"], "x", False),
    ("StringLike", ["a${*}"], "ab", False),
    ("StringLike", ["a${*}"], "a*", True),
    ("NumericEquals", ["1"], "1.0", True),
    ("NumericLessThan", ["5"], "4", True),
    ("NumericGreaterThanEquals", ["5"], "4", False),
    ("NumericEquals", ["x"], "4", False),
    ("DateGreaterThan", ["2026-01-01T00:00:00Z"], "2026-06-01T00:00:00Z", True),
    ("DateLessThan", ["0"], "2026-06-01T00:00:00+00:00", False),
    ("DateEquals", ["soon"], "2026-06-01", False),
    ("Bool", ["true"], "True", True),
    ("Bool", ["true"], "false", False),
    ("BinaryEquals", ["QmluYXJ5"], "QmluYXJ5", True),
    ("BinaryEquals", ["?"], "QmluYXJ5", False),
    ("IpAddress", ["10.0.0.0/8"], "10.1.2.3", True),
    ("IpAddress", ["2001:db8::/32"], "10.1.2.3", False),
    ("NotIpAddress", ["10.0.0.0/8"], "10.1.2.3", False),
    ("IpAddress", ["10.0.0.0/8"], "here", False),
    ("ArnLike", ["arn:aws:s3:*:*:b*"], "arn:aws:s3:::bucket", True),
    ("ArnEquals", ["arn:aws:*:bucket"], "arn:aws:s3:::bucket", False),
    ("ArnNotLike", ["arn:aws:s3:::b*"], "arn:aws:s3:::bucket", False),
    ("Null", ["true"], None, True),
    ("Null", ["false"], None, False),
    ("Null", ["false"], "x", True),
    ("ForAllValues:StringEquals", ["a", "b"], ["a", "b"], True),
    ("ForAllValues:StringEquals", ["a"], ["a", "b"], False),
    ("ForAllValues:StringEquals", ["a"], None, True),
    ("ForAnyValue:StringEquals", ["a"], ["a", "b"], True),
    ("ForAnyValue:StringEquals", ["a"], None, False),
    ("ForAnyValue:StringNotEquals", ["a"], None, False),
    ("ForAnyValue:StringNotEquals", ["a"], ["a", "b"], True),
    ("ForAllValues:StringNotLike", ["a*"], ["b", "ab"], False),
    ("StringEquals", [UNRESOLVED], "a", None),
    ("StringResembles", ["a"], "a", None),
]


@pytest.mark.parametrize(("operator", "wanted", "actual", "expected"), OPERATORS)
def test_condition_operators(operator: str, wanted: list[str], actual: Any, expected: bool | None) -> None:
    context: dict[str, Any] = {"aws:username": "bob"}
    if actual is not None:
        context["X:Key"] = actual
    answer = evaluate(Condition(operator, "x:key", tuple(wanted)), context)
    assert answer.matched is expected
    assert f"`{operator}`" in answer.because


def test_all_conditions_must_hold_and_one_that_fails_decides() -> None:
    good, bad = Condition("Bool", "a", ("true",)), Condition("Bool", "b", ("true",))
    unclear = Condition("Bool", "a", (UNRESOLVED,))
    context = {"a": "true", "b": "false"}
    assert holds((), context).matched is True
    assert holds((good,), context).matched is True
    assert holds((good, unclear), context).matched is None
    assert holds((unclear, bad), context).matched is False


def test_what_a_variable_holds_is_literal() -> None:
    assert pattern_matches("a/${k}/*", "a/*/x", {"k": "*"})
    assert not pattern_matches("a/${k}/*", "a/b/x", {"k": "*"})
