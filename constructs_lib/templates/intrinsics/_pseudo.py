"""The pseudo parameters.

Reference: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.iam import UNRESOLVED
from constructs_lib.templates.intrinsics._values import ABSENT

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.templates.intrinsics._walk import Walk
    from constructs_lib.templates.scope import Scope

__all__ = ["PSEUDO"]


def _open_id(what: str) -> Callable[[Walk, Scope], list[Any]]:
    return lambda walk, scope: walk.open(f"{what} is known at deployment")  # noqa: ARG005 - one signature for all


def _environment(attribute: str, what: str) -> Callable[[Walk, Scope], list[Any]]:
    reason = f"{what} of the stack is not known"

    def value(walk: Walk, scope: Scope) -> list[Any]:
        text = getattr(scope, attribute)
        return walk.open(reason) if UNRESOLVED in text else [text]

    return value


def _stack_name(walk: Walk, scope: Scope) -> list[Any]:
    if UNRESOLVED in scope.stack:
        walk.open("the stack's name is not known")
    return [scope.stack]


_SUFFIX: Final = {"aws": "amazonaws.com", "aws-cn": "amazonaws.com.cn", "aws-us-gov": "amazonaws.com"}


def _url_suffix(walk: Walk, scope: Scope) -> list[Any]:
    # In a service principal (`x.${AWS::URLSuffix}`) the commercial suffix is what AWS itself documents.
    del walk
    return [_SUFFIX.get(scope.partition, "amazonaws.com")]


PSEUDO: Final[dict[str, Callable[[Walk, Scope], list[Any]]]] = {
    "AWS::AccountId": _environment("account", "the account"),
    "AWS::NoValue": lambda walk, scope: [ABSENT],  # noqa: ARG005 - one signature for all
    "AWS::NotificationARNs": _open_id("`AWS::NotificationARNs`"),
    "AWS::Partition": _environment("partition", "the partition"),
    "AWS::Region": _environment("region", "the Region"),
    "AWS::StackId": _open_id("`AWS::StackId`"),
    "AWS::StackName": _stack_name,
    "AWS::URLSuffix": _url_suffix,
}
"""Name -> function of the walk and the scope; it gives possible values."""
