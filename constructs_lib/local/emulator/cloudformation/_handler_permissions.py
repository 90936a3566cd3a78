# ruff: noqa: SLF001 - ministack has no public seams; the guard watches those used here
"""The permissions that CloudFormation needs for types that ministack makes in-process, without a call.

Which calls a handler makes follows from what AWS's pages say of it: a read returns every property of the
type, so it makes the Get call of each; an update makes the calls of the properties that differ. What each
call needs is on the page of its service, named in `_handler_table`. Of Amazon EC2 and AWS KMS only what
creating needs is checked.
https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract.html

The check of a creation comes after it, when the physical id is known, and a refusal takes it away again.
"""

from __future__ import annotations

import functools
import logging
from typing import TYPE_CHECKING, Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudformation
from ministack.services.cloudformation import custom_resource, provisioners, stacks

from constructs_lib.local.emulator.authorization import boundary_keys, denial, role_arn
from constructs_lib.local.emulator.cloudformation import _execution_role as execution_role
from constructs_lib.local.emulator.cloudformation._handler_table import TABLE
from constructs_lib.local.emulator.protocol import Check

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from constructs_lib.local.emulator.cloudformation._handler_table import Handlers, Needed

__all__ = ["install", "reset"]

_log = logging.getLogger("bedrock-planes")

Properties = dict[str, Any]

_PARTS = ("Code", "Target")
"""Properties whose parts are looked at one by one."""

_owners: dict[tuple[str, str], str] = {}
"""(Type, physical id) -> stack: ministack's delete handlers don't know whose resource they delete."""


_failed: dict[str, str] = {}
"""Logical id of a custom resource -> physical id of its last answer that it failed."""


def install() -> None:
    """Put the checks around ministack's handlers."""
    for kind, needed in TABLE.items():
        handlers = provisioners._RESOURCE_HANDLERS[kind]
        stock = dict(handlers)
        handlers["create"] = functools.partial(_create, stock["create"], stock["delete"], kind, needed)
        if "update" in stock:
            handlers["update"] = functools.partial(_update, stock["update"], kind, needed)
        handlers["delete"] = functools.partial(_delete, stock["delete"], kind, needed)
    custom_resource.deliver_response = _noting_failures(custom_resource.deliver_response)
    for verb in ("create", "update", "delete"):
        name = f"_custom_resource_{verb}"
        setattr(provisioners, name, _calling_the_function(getattr(provisioners, name), verb))


def reset() -> None:
    """Forget whose the resources were, and what failed."""
    _owners.clear()
    _failed.clear()


def _create(  # noqa: PLR0917 - ministack's signature behind four of ours
    stock: Callable[..., Any],
    delete: Callable[..., Any],
    kind: str,
    needed: Handlers,
    logical_id: str,
    properties: Properties,
    stack: str,
) -> Any:
    made = stock(logical_id, properties, stack)
    physical_id = str(made[0])
    _owners[kind, physical_id] = stack
    try:
        _demand(stack, [*needed.create, *needed.read], physical_id, properties, _given(properties))
    except PermissionError:
        try:
            delete(made[0], properties, *([logical_id] if kind == "AWS::Lambda::Permission" else []))
        except Exception:  # noqa: BLE001 - the caller gets the denial in its place
            _log.warning("could not take away %s", made[0])
        raise
    return made


def _update(  # noqa: PLR0917 - ministack's signature behind three of ours
    stock: Callable[..., Any],
    kind: str,
    needed: Handlers,
    physical_id: str,
    old: Properties,
    new: Properties,
    stack: str,
    *more: Any,
) -> Any:
    _demand(stack, needed.read, physical_id, new, _given(new))
    before, after = _given(old), _given(new)
    _demand(stack, needed.update, physical_id, new, _added(before, after))
    _demand(stack, needed.removed, physical_id, new, _added(after, before, gone=True))
    made = stock(physical_id, old, new, stack, *more)
    _owners[kind, str(made[0])] = stack
    return made


def _delete(
    stock: Callable[..., Any],
    kind: str,
    needed: Handlers,
    physical_id: str,
    properties: Properties,
    *more: Any,
) -> Any:
    stack = _owners.get((kind, str(physical_id)))
    if stack is not None:
        _demand(stack, needed.delete, str(physical_id), properties, _given(properties))
    done = stock(physical_id, properties, *more)
    _owners.pop((kind, str(physical_id)), None)
    return done


def _noting_failures(stock: Callable[..., bool]) -> Callable[..., bool]:
    """Note what a custom resource is that couldn't be made, by its answer."""

    def deliver(token: str, answer: dict[str, Any]) -> bool:
        if answer.get("Status") == "FAILED" and answer.get("PhysicalResourceId"):
            _failed[str(answer.get("LogicalResourceId"))] = str(answer["PhysicalResourceId"])
        return stock(token, answer)

    return deliver


def _delete_what_failed(logical_id: str, properties: Properties, stack: str) -> None:
    """Ask for the deletion of a custom resource whose creation failed, as CloudFormation does.

    https://github.com/aws/aws-cdk/pull/5525
    """
    physical_id = _failed.pop(logical_id, None)
    if physical_id is None:
        return
    try:
        provisioners._custom_resource_delete(physical_id, properties, stack_name=stack, logical_id=logical_id)
    except RuntimeError as error:
        stack_id = str(cloudformation._stacks[stack]["StackId"])
        kind = "AWS::CloudFormation::CustomResource"
        stacks._add_event(stack_id, stack, logical_id, kind, "DELETE_FAILED", str(error), physical_id)


def _calling_the_function(stock: Callable[..., Any], verb: str) -> Callable[..., Any]:
    """Let CloudFormation call the function of a custom resource as the stack's principal only.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-custom-resources-lambda.html
    """

    def handler(*arguments: Any, **named: Any) -> Any:
        if verb == "create":
            properties, stack = arguments[1], arguments[2]
        elif verb == "update":
            properties, stack = arguments[2], arguments[3]
        else:
            properties, stack = arguments[1], named.get("stack_name")
        token = str((properties or {}).get("ServiceToken", ""))
        principal = execution_role.principal_of(stack) if stack and ":lambda:" in token else None
        if principal is not None and (sentence := denial(principal, Check("lambda:InvokeFunction", token))):
            raise PermissionError(sentence)
        try:
            return stock(*arguments, **named)
        except RuntimeError:
            if verb == "create":
                _delete_what_failed(arguments[0], arguments[1], arguments[2])
            raise

    return handler


def _demand(
    stack: str, needed: Iterable[Needed], physical_id: str, properties: Properties, given: Properties
) -> None:
    """Raise `PermissionError` with AWS's sentence for the first check that the stack's principal fails."""
    principal = execution_role.principal_of(stack)
    if principal is None:
        return
    for check in _checks(needed, physical_id, properties, given):
        if sentence := denial(principal, check):
            raise PermissionError(sentence)


def _given(properties: Properties) -> Properties:
    """Return the properties that decide what is called, with the parts that are calls of their own."""
    parts = {
        f"{part}.{name}": value
        for part in _PARTS
        if isinstance(properties.get(part), dict)
        for name, value in properties[part].items()
    }
    return {**properties, **parts, "Tags": _own_tags(properties.get("Tags"))}


def _added(before: Properties, after: Properties, *, gone: bool = False) -> Properties:
    """Return what `after` has and `before` hasn't: properties, and the parts of lists and of tags.

    With `gone`, a property that both have with another value is not among them.
    """
    found: Properties = {}
    for name, value in after.items():
        old = before.get(name)
        if name == "Tags":
            tags: dict[str, str] = old or {}
            found[name] = {k: v for k, v in value.items() if (k not in tags if gone else tags.get(k) != v)}
        elif isinstance(value, list) and isinstance(old, list):
            found[name] = [item for item in value if not _is_in(item, old, by_name=gone)]
        elif value != old and (not gone or old is None):
            found[name] = value
    return found


def _is_in(item: Any, listed: list[Any], *, by_name: bool) -> bool:
    if by_name and isinstance(item, dict) and "PolicyName" in item:
        return any(item["PolicyName"] == other.get("PolicyName") for other in listed)
    return item in listed


def _checks(
    needed: Iterable[Needed], physical_id: str, properties: Properties, given: Properties
) -> Iterator[Check]:
    names = {
        **{name: value for name, value in properties.items() if isinstance(value, str)},
        **{name.replace(".", "_"): value for name, value in given.items() if isinstance(value, str)},
        "id": physical_id,
        "path": physical_id.lstrip("/"),
        "name": physical_id.rpartition("/")[2],
        "function": str(properties.get("FunctionName", "")).rpartition(":function:")[2].partition(":")[0],
        "region": get_region(),
        "account": get_account_id(),
    }
    for one in needed:
        if one.when and not any(given.get(name) for name in one.when):
            continue
        for item in given.get(one.each) or [] if one.each else [""]:
            names |= {"each": item, "each_name": item.rpartition("/")[2]}
            role = item if one.each == "Roles" else physical_id
            keys = boundary_keys(one.action.removeprefix("iam:"), {**properties, "RoleName": role})
            if one.each == "ManagedPolicyArns":
                keys["iam:policyarn"] = item
            if one.action == "iam:PassRole":
                keys = {"iam:passedtoservice": one.passes_to}
            yield Check(one.action, one.resource.format(**names, role=role_arn(role)), keys)


def _own_tags(tags: object) -> dict[str, str]:
    """Return the user's tags; CloudFormation's own need no permission."""
    pairs = (
        tags.items()
        if isinstance(tags, dict)
        else [(tag["Key"], tag["Value"]) for tag in tags]
        if isinstance(tags, list)
        else []
    )
    return {str(key): str(value) for key, value in pairs if not str(key).startswith("aws:")}
