"""What an app role may not hold, on statements as IAM's JSON."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib import catalogue
from constructs_lib.catalogue import Plane
from constructs_lib.data_plane.refusals import refusals
from constructs_lib.iam import expand

REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"Action": "b*:CreateAgent", "Resource": "*"}, "control plane"),
    ({"Action": "s*:Get*", "Resource": "*"}, "its service is a wildcard"),
    ({"Action": ["s3:GetObject", "bedrock:CreateAgent"], "Resource": "*"}, "control plane"),
    ({"NotAction": "s3:*", "Resource": "*"}, "it allows every other action"),
    ({"Action": "sts:AssumeRole", "Resource": "arn:aws:iam::111122223333:role/a*"}, "becomes another role"),
    ({"Action": "sts:Assume*", "Resource": "arn:aws:iam::111122223333:role/a"}, "becomes another role"),
    ({"Action": "iam:Create*", "Resource": "*"}, "changes or passes IAM"),
    ({"Action": "iam:*Role", "Resource": "*"}, "changes or passes IAM"),
]


@pytest.mark.parametrize(("statement", "why"), REFUSED)
def test_a_refusal_says_why(statement: dict[str, Any], why: str) -> None:
    [refusal] = refusals({"Effect": "Allow", **statement})
    assert why in refusal.why
    assert refusal.remedy


ACCEPTED: list[dict[str, Any]] = [
    {"Effect": "Deny", "Action": "*", "Resource": "*"},
    {"Effect": "Deny", "NotAction": "bedrock:*", "Resource": "*"},
    {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": "*"},
    {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::111122223333:role/a"},
    {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": {"Fn::GetAtt": ["Role", "Arn"]}},
    {"Effect": "Allow", "Action": ["iam:GetRole", "iam:ListRoles", "s3:*"], "Resource": "*"},
    {"Effect": "Allow", "Action": {"Ref": "Action"}, "Resource": "*"},
    {"Effect": "Allow", "Action": "${Token[TOKEN.1]}", "Resource": "*"},
]


@pytest.mark.parametrize("statement", ACCEPTED)
def test_what_does_not_cross_the_planes_is_accepted(statement: dict[str, Any]) -> None:
    assert refusals(statement) == []


@given(st.sampled_from(sorted(catalogue.actions())), st.integers(0, 40), st.booleans())
def test_no_spelling_of_a_control_action_gets_through(name: str, cut: int, upper: bool) -> None:
    prefix, _, action = name.partition(":")
    pattern = f"{prefix}:{action[:cut]}{'*' if cut < len(action) else ''}"
    pattern = pattern.upper() if upper else pattern
    meant = [catalogue.actions()[found] for found in expand(pattern)]
    refused = refusals({"Effect": "Allow", "Action": pattern, "Resource": "*"}) != []
    assert refused == any(found.plane is Plane.CONTROL for found in meant)
