"""Conditions against a request of which only some keys, or parts of them, are known."""

from __future__ import annotations

import pytest

from constructs_lib.iam import UNRESOLVED, Condition
from constructs_lib.iam.conditions import evaluate

_REGION = {"aws:RequestedRegion": "us-east-1"}
_ROLE = {"aws:PrincipalArn": f"arn:aws:iam::{UNRESOLVED}:role/{UNRESOLVED}"}
_PROFILE = {"bedrock:InferenceProfileArn": f"arn:aws:bedrock:us-east-1:{UNRESOLVED}:inference-profile/us.a"}
_US, _EU = (f"arn:aws:bedrock:*:111122223333:inference-profile/{name}.*" for name in ("us", "eu"))

_CASES = [
    ("StringEquals", "aws:RequestedRegion", "us-east-1", _REGION, True),
    ("StringNotEquals", "aws:RequestedRegion", "us-east-1", _REGION, False),
    ("StringEquals", "aws:PrincipalTag/team", "ai", _REGION, None),
    ("StringEqualsIfExists", "aws:PrincipalTag/team", "ai", _REGION, None),
    ("Null", "aws:PrincipalTag/team", "true", _REGION, None),
    ("Null", "aws:RequestedRegion", "false", _REGION, True),
    ("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::*:role/admin", _ROLE, True),
    ("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::*:role/*", _ROLE, False),
    ("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::${aws:PrincipalAccount}:user/a", _ROLE, True),
    ("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::${aws:PrincipalAccount}:role/*", _ROLE, None),
    ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/admin", _ROLE, None),
    ("StringLike", "bedrock:InferenceProfileArn", _US, _PROFILE, None),
    ("StringLike", "bedrock:InferenceProfileArn", _EU, _PROFILE, False),
    ("ForAnyValue:StringEquals", "aws:RequestedRegion", "us-east-1", _REGION, True),
]  # fmt: skip # a table


@pytest.mark.parametrize(("operator", "key", "value", "context", "wanted"), _CASES)
def test_what_is_not_known_is_not_guessed(
    operator: str, key: str, value: str, context: dict[str, str], wanted: bool | None
) -> None:
    assert evaluate(Condition(operator, key, (value,)), context, partial=True).matched is wanted
