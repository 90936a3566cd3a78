"""Derive the least policy of CloudFormation's execution role from templates."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from constructs_lib.catalogue import called_action
from constructs_lib.deploy.model import (
    MAX_CHARACTERS,
    MAX_POLICIES,
    DeployError,
    DeployOptions,
    DeployPolicy,
    DeployStatement,
    Left,
    Need,
    Withheld,
    size,
)
from constructs_lib.deploy.needs import ALL, REMOVED, UPDATED, resource_needs
from constructs_lib.deploy.stack_calls import stack_needs
from constructs_lib.deploy.values import deployments
from constructs_lib.iam import covers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from constructs_lib.deploy.values import Deployed
    from constructs_lib.templates import TemplateSource

__all__ = ["deploy_policy"]

_BOUNDARY_MAKERS: Final = ("iam:CreateRole", "iam:CreateUser")
_BOUNDARY_REMOVERS: Final = ("iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary")
_BOUNDARY_EDITS: Final = (
    "iam:CreatePolicyVersion",
    "iam:DeletePolicy",
    "iam:DeletePolicyVersion",
    "iam:SetDefaultPolicyVersion",
)
"""What would change the boundary itself.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
"""
_SELF_EDITS: Final = (
    "iam:AttachRolePolicy",
    "iam:CreatePolicyVersion",
    "iam:DeletePolicy",
    "iam:DeletePolicyVersion",
    "iam:DeleteRole",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:PassRole",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:SetDefaultPolicyVersion",
    "iam:UpdateAssumeRolePolicy",
)
"""What would change a role or its policies, or lend it.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
"""
_Condition = tuple[tuple[str, str, tuple[str, ...]], ...]


def deploy_policy(templates: Iterable[TemplateSource], options: DeployOptions | None = None) -> DeployPolicy:
    """Return the least policy with which CloudFormation deploys, updates and deletes some templates.

    Args:
        templates: The templates that are deployed together, as ``constructs_lib.templates.read_templates``
            returns them, or ``TemplateSource(path, body, stack=, account=, region=)`` for a decoded one.
        options: What the templates don't say. Default: nothing.

    Raises:
        DeployError: A type's calls, a nested template or a function are not known; roles are made and no
            permissions boundary is named; or more than 10 managed policies would be needed.

    """
    try:
        return _derived(list(templates), options or DeployOptions())
    except RecursionError:
        message = "values of the templates refer to each other in a circle; remove the circle"
        raise DeployError(message) from None


def _derived(templates: Sequence[TemplateSource], chosen: DeployOptions) -> DeployPolicy:
    stacks = deployments(templates, chosen)
    old = deployments(chosen.deployed, chosen)
    needs: list[Need] = []
    withheld: list[Withheld] = []
    for found in (*_needs(stacks, old, chosen), *_assets_key(stacks, chosen)):
        if isinstance(found, Withheld):
            withheld.append(found)
        else:
            needs.append(found)
    notes = [*_boundary_notes(stacks, chosen), *_unknown_stacks(stacks)]
    statements = [*_statements(_bounded(needs, chosen)), *_guard(stacks, chosen)]
    return DeployPolicy(
        statements=tuple(statements),
        policies=_split(statements),
        left=_left(needs),
        withheld=tuple(sorted(set(withheld))),
        notes=tuple(notes),
    )


def _needs(
    stacks: Sequence[Deployed], old: Sequence[Deployed], options: DeployOptions
) -> Iterator[Need | Withheld]:
    for at in stacks:
        yield from stack_needs(at, options)
        for item in at.resources.values():
            yield from resource_needs(item, ALL, options)
    standing = {(at.stack, key): item.type for at in stacks for key, item in at.resources.items()}
    alone = len(stacks) == len(old) == 1
    for at in old:
        # The template that stands may have been read under another stack name than the new one.
        stack = stacks[0].stack if alone else at.stack
        yield from stack_needs(at, options)
        for key, item in at.resources.items():
            operations = UPDATED if standing.get((stack, key)) == item.type else REMOVED
            yield from resource_needs(item, operations, options)


def _assets_key(stacks: Sequence[Deployed], options: DeployOptions) -> Iterator[Need]:
    """Yield decrypting the assets, where the bootstrap's bucket has a key of its own.

    https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-customizing.html
    """
    if options.asset_key and stacks:
        yield Need("kms:Decrypt", (options.asset_key,), (), f"{stacks[0].source.path}#")


def _bounded(needs: Iterable[Need], options: DeployOptions) -> Iterator[Need]:
    """Hold what makes and changes roles and users to those with the permissions boundary."""
    for need in needs:
        action = called_action(need.action)
        if options.boundary is None or action is None or action.is_read or not action.takes_boundary:
            if need.action in _BOUNDARY_MAKERS and not options.without_boundary:
                message = (
                    f"{need.by}: the templates make roles or users, and whoever can make one without a "
                    "permissions boundary can do anything; name the boundary with --boundary NAME, or accept "
                    "that with --without-boundary"
                )
                raise DeployError(message)
            yield need
            continue
        if need.action in _BOUNDARY_REMOVERS:
            continue
        arns = tuple(sorted({_boundary_arn(options.boundary, arn) for arn in need.arns}))
        operator = "ArnLike" if any("*" in arn for arn in arns) else "StringEquals"
        condition = (*need.condition, (operator, "iam:PermissionsBoundary", arns))
        yield Need(need.action, need.arns, condition, need.by, need.why)


def _boundary_arn(boundary: str, role: str) -> str:
    """Return the ARN of the boundary in the account of a role."""
    if boundary.startswith("arn:"):
        return boundary
    parts = role.split(":")
    partition, account = (parts[1], parts[4]) if len(parts) > 4 else ("aws", "*")
    return f"arn:{partition}:iam::{account}:policy/{boundary.lstrip('/')}"


def _guard(stacks: Sequence[Deployed], options: DeployOptions) -> Iterator[DeployStatement]:
    """Yield the statements that keep the boundary, and what else is protected, from being changed."""
    if options.protected:
        yield DeployStatement("KeepItself", _SELF_EDITS, tuple(sorted(options.protected)), effect="Deny")
    if options.boundary is None:
        return
    roles = sorted({at.arn("arn:${Partition}:iam::${Account}:role/${Name}", "x") for at in stacks})
    arns = tuple(sorted({_boundary_arn(options.boundary, role) for role in roles}))
    if arns:
        yield DeployStatement("KeepBoundary", _BOUNDARY_EDITS, arns, effect="Deny")


def _boundary_notes(stacks: Sequence[Deployed], options: DeployOptions) -> Iterator[str]:
    if options.boundary is None:
        return
    name = options.boundary.rpartition("/")[2]
    for at in stacks:
        for item in at.resources.values():
            if item.type in {"AWS::IAM::Role", "AWS::IAM::User"}:
                given = item.properties.get("PermissionsBoundary")
                if given is None or not any(_ends(text, name) for text in at.texts(given)):
                    yield f"{item.id} does not have the boundary `{name}`: IAM will refuse to make it"
            if item.type == "AWS::IAM::ManagedPolicy" and name in item.names():
                yield f"{item.id} is the boundary itself, which this policy can't change: make it beforehand"


def _ends(text: str, name: str) -> bool:
    return text.rpartition("/")[2] in {name, "*"}


def _unknown_stacks(stacks: Sequence[Deployed]) -> Iterator[str]:
    for at in stacks:
        if at.parent is None and at.stack == "*":
            yield f"{at.source.path}: without the stack's name generated names are not held; give --stack"
        if at.parent is None and "*" in {at.account, at.region}:
            yield f"{at.source.path}: account or Region is not known; name them with --account and --region"


def _statements(needs: Iterable[Need]) -> Iterator[DeployStatement]:
    """Merge needs: one statement for the actions of a service that have the same resources and conditions."""
    arns: dict[tuple[str, _Condition], set[str]] = defaultdict(set)
    needed: dict[tuple[str, _Condition], set[str]] = defaultdict(set)
    for need in needs:
        key = (need.action, need.condition)
        arns[key].update(need.arns)
        needed[key].add(need.by)
    groups: dict[tuple[str, tuple[str, ...], _Condition], list[str]] = defaultdict(list)
    for action, condition in arns:
        service = action.partition(":")[0]
        groups[service, _narrowed(arns[action, condition]), condition].append(action)
    counts: dict[str, int] = defaultdict(int)
    for service, resources, condition in sorted(groups):
        actions = sorted(groups[service, resources, condition])
        counts[service] += 1
        name = "".join(part.capitalize() for part in service.split("-"))
        by = sorted({one for action in actions for one in needed[action, condition]})
        yield DeployStatement(f"{name}{counts[service]}", tuple(actions), resources, condition, tuple(by))


def _narrowed(arns: set[str]) -> tuple[str, ...]:
    """Return the ARNs without those that another one covers."""
    if "*" in arns:
        return ("*",)
    wide = [arn for arn in arns if "*" in arn]
    return tuple(sorted(arn for arn in arns if not any(one != arn and covers(one, arn) for one in wide)))


def _split(statements: Sequence[DeployStatement]) -> tuple[tuple[DeployStatement, ...], ...]:
    """Put statements into as few managed policies as their order allows.

    Raises:
        DeployError: They need more than a role can have.

    """
    parts: list[list[DeployStatement]] = []
    sizes: list[int] = []
    empty = size([])
    for statement in (piece for one in statements for piece in _pieces(one)):
        added = size([statement]) - empty + 1
        for place, used in enumerate(sizes):
            if used + added <= MAX_CHARACTERS:
                parts[place].append(statement)
                sizes[place] += added
                break
        else:
            parts.append([statement])
            sizes.append(empty + added)
    if len(parts) > MAX_POLICIES:
        message = (
            f"the templates need {len(parts)} managed policies and a role takes {MAX_POLICIES}: derive a "
            "policy for fewer stacks, each with an execution role of its own"
        )
        raise DeployError(message)
    return tuple(map(tuple, parts))


def _pieces(statement: DeployStatement) -> Iterator[DeployStatement]:
    """Yield a statement in parts that each fit in a policy."""
    if size([statement]) <= MAX_CHARACTERS:
        yield statement
        return
    by_actions = len("".join(statement.actions)) > len("".join(statement.resources))
    listed = statement.actions if by_actions else statement.resources
    if len(listed) == 1:
        message = f"an ARN for {statement.needed_by[0]} is longer than a managed policy; shorten its name"
        raise DeployError(message)
    half = len(listed) // 2
    for number, part in enumerate((listed[:half], listed[half:]), 1):
        actions = part if by_actions else statement.actions
        resources = statement.resources if by_actions else part
        made = DeployStatement(
            f"{statement.sid}Part{number}",
            actions,
            resources,
            statement.condition,
            statement.needed_by,
            statement.effect,
        )
        yield from _pieces(made)


def _left(needs: Iterable[Need]) -> tuple[Left, ...]:
    found: dict[str, tuple[set[str], set[str]]] = {}
    for need in needs:
        if need.why:
            arns, reasons = found.setdefault(need.action, (set(), set()))
            arns.update(need.arns)
            reasons.add(need.why)
    result = []
    for name in sorted(found):
        action = called_action(name)
        arns, reasons = found[name]
        result.append(
            Left(name, _narrowed(arns), "; ".join(sorted(reasons)), not (action and action.is_read))
        )
    return tuple(result)
