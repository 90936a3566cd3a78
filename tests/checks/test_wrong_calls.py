"""A wrong call of what is public beside the constructs is one sentence, and proves nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from constructs_lib import PlanesError
from constructs_lib.checks import mark_role, synth_or_exit
from constructs_lib.checks.testing import assert_denied, assert_verdict
from tests.cdk import Stack

if TYPE_CHECKING:
    from collections.abc import Callable

NO_TEXTS: tuple[Any, ...] = (None, 7, [], {}, object())
CALLS: dict[str, Callable[[cdk.Stack, Any], object]] = {
    "app": lambda _, value: synth_or_exit(value),
    "role": lambda _, value: mark_role(value, "app"),
    "kind": lambda stack, value: mark_role(stack.node.find_child("Role"), value),  # type: ignore[arg-type]  # of any construct
    "verdict": lambda stack, value: assert_verdict(stack, "*", value),
    "principal": lambda stack, value: assert_verdict(stack, value, "none"),
    "actions": lambda stack, value: assert_denied(stack, "*", value),
    "resource": lambda stack, value: assert_denied(stack, "*", "s3:GetObject", resource=value or ""),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_wrong_value_is_refused_in_a_sentence(name: str) -> None:
    stack = Stack()
    iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    for value in (*NO_TEXTS, *(["nonsense", ""] if name in {"kind", "verdict", "resource"} else [])):
        with pytest.raises(PlanesError, match=rf"^`{name}` .*: (pass|use)") as caught:
            CALLS[name](stack, value)
        assert " at 0x" not in str(caught.value)


def test_a_generator_has_no_address() -> None:
    letters = (letter for letter in "ab")
    assert str(PlanesError(f"`words` has the value `{letters}`: pass a list")) == (
        "`words` has the value `genexpr(...)`: pass a list"
    )
