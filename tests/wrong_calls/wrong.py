"""Values that are wrong for an argument, by kind."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.wrong_calls.api import Rooms

__all__ = ["WRONG"]


class Other(enum.Enum):
    """An enum of nobody."""

    VALUE = "value"


class Text(str, enum.Enum):  # noqa: UP042 - a StrEnum's member is written as its text, this one as its name
    """An enum of nobody whose members are texts."""

    VALUE = "value"


class Thing:
    """An object of nobody."""

    def __repr__(self) -> str:
        return "Thing()"


def in_itself() -> dict[str, Any]:
    """Return a dictionary that holds itself."""
    made: dict[str, Any] = {}
    made["nodes"] = [made]
    return made


WRONG: Mapping[str, Callable[[Rooms], Any]] = {
    "None": lambda _: None,
    "whole number": lambda _: 7,
    "number": lambda _: 1.5,
    "negative": lambda _: -1,
    "not a number": lambda _: float("nan"),
    "bool": lambda _: True,
    "text": lambda _: "text",
    "empty text": lambda _: "",
    "long text": lambda _: "x" * 5000,
    "text of three lines": lambda _: "a\nb\nc",
    "bytes": lambda _: b"text",
    "list": lambda _: ["a", 7],
    "list of none": lambda _: [None],
    "empty list": lambda _: [],
    "set": lambda _: {"a"},
    "tuple of wrong length": lambda _: (1, 2, 3, 4, 5),
    "dict": lambda _: {"a": 7},
    "object": lambda _: Thing(),
    "class": lambda _: Thing,
    "class of a key": lambda _: kms.CfnKey,
    "class of a bucket": lambda _: s3.Bucket,
    "class of a role": lambda _: iam.Role,
    "class of a knowledge base": lambda _: bedrock.CfnKnowledgeBase,
    "classes in a list": lambda _: [bedrock.CfnGuardrail],
    "dict with no number": lambda _: {"a": [float("inf")]},
    "dict in itself": lambda _: in_itself(),
    "list in itself": lambda _: [in_itself()],
    "function": lambda _: lambda: None,
    "member of an enum": lambda _: Other.VALUE,
    "member of an enum of texts": lambda _: Text.VALUE,
    "token": lambda _: cdk.Fn.get_att("Acme", "Arn").to_string(),
    "token that is an object": lambda _: cdk.Fn.get_att("Acme", "Arn"),
    "token for a number": lambda _: cdk.Token.as_number(cdk.Fn.get_att("Acme", "Count")),
    "token for a list": lambda _: cdk.Token.as_list(cdk.Fn.get_att("Acme", "List")),
    "another construct": lambda r: r.queue,
    "a stack": lambda r: r.stack,
}
