"""Calls of AWS that a template makes through the CDK's ``AwsCustomResource``, as far as they change IAM."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from constructs_lib.templates.scope import mapping

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.templates.model import Resource

__all__ = ["SDK_CALLS", "IamCall", "iam_call", "iam_calls"]

SDK_CALLS: Final = ("Create", "Update", "Delete")
"""The properties of the custom resource that hold a call each."""
_READS: Final = ("get", "list", "simulate", "generate")


class IamCall(NamedTuple):
    """A call that changes IAM: the action's name without its prefix, and the call's parameters."""

    action: str
    parameters: Mapping[str, Any]


def iam_calls(resource: Resource) -> Iterator[IamCall]:
    """Yield the calls that a custom resource makes and that change IAM; of other resources, nothing."""
    if resource.type.startswith("Custom::"):
        for name in SDK_CALLS:
            call = iam_call(resource.properties.get(name))
            if call is not None:
                yield call


def iam_call(value: Any) -> IamCall | None:
    """Return the call that the value of such a property makes, ``None`` if it changes nothing in IAM.

    Service and action are written as in version 2 or 3 of the SDK for JavaScript (``IAM``, ``iam``,
    ``@aws-sdk/client-iam``; ``putRolePolicy``, ``PutRolePolicyCommand``).
    https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.custom_resources.AwsSdkCall.html
    """
    call = _decoded(value)
    service = re.sub(r".*client-", "", str(call.get("service", "")).lower())
    action = str(call.get("action", "")).removesuffix("Command")
    if service != "iam" or action.lower().startswith(_READS):
        return None
    return IamCall(action[:1].upper() + action[1:100], mapping(call.get("parameters")))


def _decoded(value: Any) -> dict[str, Any]:
    if not isinstance(value, str):
        return mapping(value)
    try:
        return mapping(json.loads(value))
    except (ValueError, RecursionError):  # not a call of the SDK
        return {}
