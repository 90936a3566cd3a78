"""An ARN of another service is nothing on Bedrock, whatever its partition."""

from __future__ import annotations

import pytest

from constructs_lib.iam import NO_ACTIONS, UNRESOLVED, actions_accepting, tables

_OTHERS = (
    "arn:*:s3:::*",
    "arn:aws*:s3:::bucket/*",
    f"arn:{UNRESOLVED}:s3:::{UNRESOLVED}-Bucket-{UNRESOLVED}/*",
    f"arn:{UNRESOLVED}:dynamodb:{UNRESOLVED}:{UNRESOLVED}:{UNRESOLVED}",
    "arn:?ws:lambda:*:*:function:*",
)
_MAYBE = ("*", "arn:*", "arn:aws:*:*:*:*", f"arn:aws:{UNRESOLVED}:us-east-1:111122223333:x", UNRESOLVED)


@pytest.mark.parametrize("pattern", _OTHERS)
def test_an_arn_of_another_service_accepts_no_action(pattern: str) -> None:
    assert actions_accepting(pattern) == NO_ACTIONS


@pytest.mark.parametrize("pattern", _MAYBE)
def test_an_open_service_may_be_bedrock(pattern: str) -> None:
    assert actions_accepting(pattern) & tables().unlisted == tables().unlisted
