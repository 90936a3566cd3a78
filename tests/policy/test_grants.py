from __future__ import annotations

from typing import Any

import pytest

from constructs_lib.policy._model import UNRESOLVED
from constructs_lib.policy.effective import effective
from constructs_lib.policy.grants import grants_of
from tests.policy.build import KB, allow, deny, policy

ROLE = "arn:aws:iam::111122223333:role/App"
PASS = "iam:PassRole"

CASES: list[tuple[str, list[dict[str, Any]], list[tuple[str, ...]]]] = [
    ("exact", [allow(PASS, ROLE)], [(ROLE,)]),
    ("wildcard", [allow("IAM:pass*", ROLE)], [(ROLE,)]),
    ("two statements", [allow(PASS, ROLE), allow("*")], [(ROLE,), ("*",)]),
    ("another action", [allow("iam:GetRole")], []),
    ("open action", [allow(UNRESOLVED)], []),
    ("denied", [allow(PASS, ROLE), deny("iam:*")], []),
    ("denied there", [allow(PASS, [ROLE, ROLE + "2"]), deny(PASS, ROLE)], [(ROLE + "2",)]),
    ("denied elsewhere", [allow(PASS), deny(PASS, ROLE)], [("*",)]),
    (
        "denied but for",
        [allow(PASS, ROLE), {"Effect": "Deny", "Action": "*", "NotResource": ROLE}],
        [(ROLE,)],
    ),
    (
        "denied by NotAction",
        [allow(PASS, ROLE), {"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}],
        [],
    ),
    ("denied on a condition", [allow(PASS, ROLE), deny(PASS, Condition={"Bool": {"a": "b"}})], [(ROLE,)]),
]


@pytest.mark.parametrize(("statements", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_grants_of_an_action_outside_bedrock(
    statements: list[dict[str, Any]], expected: list[tuple[str, ...]]
) -> None:
    assert [grant.resources for grant in grants_of(PASS, [policy(*statements)])] == expected


def test_a_boundary_and_scps_cut() -> None:
    tag = {"StringEquals": {"aws:PrincipalTag/team": "a"}}
    identity = [policy(allow("iam:*"))]
    (grant,) = grants_of(PASS, identity, boundary=policy(allow(PASS, ROLE, Condition=tag)))
    assert (grant.actions, grant.resources) == (("iam:*",), (ROLE,))
    assert [condition.key for condition in grant.conditions] == ["aws:PrincipalTag/team"]
    assert grants_of(PASS, identity, scps=[policy(allow("*")), policy(allow("s3:*"))]) == ()
    assert grants_of(PASS, identity, scps=[[policy(allow("s3:*")), policy(allow("*"))]])[0].resources == (
        "*",
    )


def test_bedrock_actions_give_the_same_grants_either_way() -> None:
    identity = [policy(allow("bedrock:Retrieve", [KB, KB + "*"]), deny("*", KB))]
    expected = effective(identity).permissions["bedrock:Retrieve"].grants
    assert grants_of("bedrock:Retrieve", identity) == expected
