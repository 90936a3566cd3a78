"""The registry of managed policies, AWS's and the customer's: what a reference to one means."""

from __future__ import annotations

import marshal
import re
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.iam import UNRESOLVED, Origin, Policy
from constructs_lib.iam.managed import HARMLESS, lookup, source
from constructs_lib.templates.model import Incomplete, names_boundary
from constructs_lib.templates.principals.declaration import (
    Declaration,
    items,
    made_conditional,
    pointer_of,
    shown,
    with_absent,
)
from constructs_lib.templates.principals.documents import read_document
from constructs_lib.templates.principals.registry import Draft
from constructs_lib.templates.resolve import ABSENT, resolve, texts
from constructs_lib.templates.scope import mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.templates.resolve import Resolved
    from constructs_lib.templates.scope import Scope

__all__ = ["CustomerPolicies", "CustomerPolicy", "ManagedPolicies", "aws_managed", "is_aws_managed"]

_ARN: Final = re.compile(r"arn:[^:]*:iam::aws:policy/(.+)\Z", re.DOTALL)
_NO_VALUE: Final = {"Ref": "AWS::NoValue"}
_BARE: Final = re.compile(r"[A-Za-z0-9_+=,.@-]+(/[A-Za-z0-9_+=,.@-]+)*\Z")


def is_aws_managed(arn: str) -> bool:
    """Whether this is the ARN of an AWS managed policy, or a bare name, which SAM reads as one."""
    return _ARN.match(arn) is not None or _BARE.match(arn) is not None


@lru_cache(maxsize=4096)
def is_harmless(arn: str) -> bool:
    """Whether this is the ARN of an AWS managed policy known to be harmless to Bedrock, as most are."""
    match = _ARN.match(arn)
    return match is not None and UNRESOLVED not in match.group(1) and lookup(arn) is HARMLESS


def aws_managed(arn: str, origin: Origin) -> tuple[Policy | None, list[Incomplete]]:
    """Return the statements of an AWS managed policy on Bedrock, with the origin of its attachment.

    ``None`` without a reason means that the policy is harmless to Bedrock.
    """
    match = _ARN.match(arn)
    name = match.group(1) if match else arn
    if UNRESOLVED in name:
        return None, [Incomplete(origin.pointer, "an AWS managed policy whose name is not known")]
    found = lookup(arn if match else name.rpartition("/")[2])
    if found is None:
        why = (
            f"AWS managed policy `{name[:200]}` is not in the data of {source().date}: "
            "it is newer, deprecated, or doesn't exist"
        )
        return None, [Incomplete(origin.pointer, why)]
    if not isinstance(found, Policy):
        return None, []
    statements = tuple(replace(item, origin=origin) for item in found.statements)
    return Policy(found.name, statements, origin), []


@dataclass(slots=True)
class CustomerPolicy:
    """A customer managed policy of the input; ``used`` means that it is attached to something."""

    policy: Policy
    incomplete: list[Incomplete]
    condition: str | None
    scope: Scope | None
    logical_id: str
    used: bool = False
    arns: list[str] = field(default_factory=list)
    _limit: tuple[Policy, list[Incomplete]] | None = None

    def as_limit(self) -> tuple[Policy, list[Incomplete]]:
        """Return the policy as a boundary: what a parameter's default allows may become anything."""
        if self.scope is None or not _has_defaults(self.scope):
            return self.policy, self.incomplete
        if self._limit is None:
            policy, read = read_document(
                mapping(self.scope.resources[self.logical_id].get("Properties")).get("PolicyDocument"),
                self.scope,
                name=self.logical_id,
                pointer=self.policy.origin.pointer,
                conditional=False,
                defaults=False,
            )
            self._limit = (policy, read.incomplete)
        return self._limit


def _has_defaults(scope: Scope) -> bool:
    """Whether a template has parameters with defaults that a deployment may replace by any value."""
    return any(
        "Default" in declared and "AllowedValues" not in declared
        for declared in map(mapping, mapping(scope.body.get("Parameters")).values())
    )


class CustomerPolicies:
    """Customer managed policies by ARN, and by path and name where the ARN is not known in full."""

    def __init__(self) -> None:
        self._by_arn: dict[str, CustomerPolicy] = {}
        self._by_name: dict[str, list[CustomerPolicy]] = {}
        self.entries: list[CustomerPolicy] = []

    def add(self, arn: str, managed: CustomerPolicy) -> None:
        """Add a policy under one of its ARNs."""
        if not managed.arns:
            self.entries.append(managed)
        managed.arns.append(arn)
        self._by_arn.setdefault(arn, managed)
        name = _tail(arn)
        named = self._by_name.setdefault(name, []) if name is not None else [managed]
        if not any(managed is entry for entry in named):
            named.append(managed)

    def find(self, arn: str) -> CustomerPolicy | None:
        """Return the policy with an ARN, if the input defines exactly one."""
        found = self._by_arn.get(arn)
        if found is None:
            name = _tail(arn)
            named = self._by_name.get(name, []) if name is not None else []
            found = named[0] if len(named) == 1 and _compatible(arn, named[0].arns) else None
        return found


def _tail(arn: str) -> str | None:
    """Return path and name of a policy's ARN if they are fully known."""
    _, mark, tail = arn.partition(":policy/")
    return tail if mark and UNRESOLVED not in tail else None


def _account(arn: str) -> str:
    parts = arn.split(":")
    return parts[4] if len(parts) > 5 else UNRESOLVED


def _compatible(arn: str, others: list[str]) -> bool:
    """Whether an ARN may be one of the others: the accounts are equal, or one is not known."""
    account = _account(arn)
    return any(UNRESOLVED in (account, other) or account == other for other in map(_account, others))


@dataclass(slots=True)
class ManagedPolicies:
    """The managed policies that the principals of an assembly may refer to."""

    _customer: CustomerPolicies = field(default_factory=CustomerPolicies)
    # Texts of nodes that refer to managed policies, by id() of the scope and content.
    _spelled: dict[tuple[int, bytes], Resolved] = field(default_factory=dict)

    def define(self, declared: Declaration) -> None:
        """Add a managed policy that a template defines."""
        scope, logical_id = declared.scope, declared.logical_id
        policy, read = read_document(
            declared.properties.get("PolicyDocument"),
            scope,
            name=logical_id,
            pointer=declared.at("PolicyDocument"),
            conditional=False,
        )
        managed = CustomerPolicy(policy, read.incomplete, declared.condition, scope, logical_id)
        for arn in resolve({"Ref": logical_id}, scope).values:
            if isinstance(arn, str):
                self._customer.add(arn, managed)

    def own(self, declared: Declaration) -> CustomerPolicy | None:
        """Return the managed policy of a declaration, and mark it as used."""
        for arn in texts({"Ref": declared.logical_id}, declared.scope).values[:1]:
            managed = self._customer.find(arn)
            if managed is not None:
                managed.used = True
                return managed
        return None

    def attach_listed(self, draft: Draft, declared: Declaration, *steps: str) -> None:
        """Attach the managed policies that a property lists."""
        node: Any = declared.properties
        for step in steps:
            node = mapping(node).get(step)
        for item, where, conditional in items(node, steps):
            self.attach(draft, declared, item, where, conditional)

    def attach(
        self, draft: Draft, declared: Declaration, node: Any, steps: tuple[str | int, ...], conditional: bool
    ) -> None:
        """Attach the managed policies that a node may refer to."""
        found = self._texts(node, declared.scope)
        if not found.values and node != _NO_VALUE:
            reason = found.reasons[0] if found.reasons else "it is no text"
            draft.note([declared.incomplete(f"a managed policy is not known: {reason}", *steps)])
        for arn in found.values:
            policy, incomplete = self._policy(arn, declared, steps, found.reasons)
            if policy is not None:
                choice = conditional or found.conditional or self._is_chosen(arn, draft)
                draft.add(made_conditional(policy, choice), incomplete)
            else:
                draft.note(incomplete)

    def bound(self, draft: Draft, declared: Declaration, node: Any, *steps: str) -> None:
        """Set the permissions boundary; one that may be absent or is not known in full limits nothing."""
        if node is None:
            return
        possible, reasons = with_absent(node, declared.scope)
        if ABSENT in possible or not possible:
            return
        policies: list[Policy] = []
        for arn in possible:
            policy, incomplete = self._policy(str(arn), declared, steps, reasons, as_limit=True)
            if policy is None and not incomplete:
                policy = Policy("harmless", (), Origin(declared.scope.path, declared.at(*steps)))
            if policy is None or incomplete:
                draft.unread_boundary = shown(str(arn))
                if names_boundary(draft.mark_details, draft.unread_boundary):
                    return
            draft.note([replace(item, why=f"permissions boundary: {item.why}") for item in incomplete])
            if policy is None or incomplete:
                return
            policies.append(policy)
        if len(policies) == 1:
            draft.boundary = policies[0]
            return
        # One of several: everything that any of them allows, and no Deny is certain.
        statements = tuple(item for policy in policies for item in made_conditional(policy, True).statements)
        draft.boundary = Policy(policies[0].name, statements, policies[0].origin)

    def unattached(self) -> Iterator[Draft]:
        """Yield a principal for each managed policy that is attached to nothing."""
        for managed in self._customer.entries:
            scope = managed.scope
            if managed.used or scope is None:
                continue
            name = f"unattached:{managed.logical_id}"
            draft = Draft(
                id=scope.id_of(name),
                name=name,
                type="unattached",
                arn=managed.arns[0],
                origin=Origin(scope.path, pointer_of(scope, managed.logical_id)),
                environment=scope.environment,
                construct_path=scope.construct_path(managed.logical_id),
                conditional=scope.conditional or managed.condition is not None,
                acknowledgements=scope.acknowledgements(managed.logical_id),
            )
            draft.add(managed.policy, managed.incomplete)
            yield draft

    def _texts(self, node: Any, scope: Scope) -> Resolved:
        """Return the texts of a node, resolved once for equal nodes: many roles have the same policies."""
        if type(node) is str:
            return texts(node, scope)
        try:
            key = id(scope), marshal.dumps(node, 2)
        except ValueError:  # too deep
            return texts(node, scope)
        known = self._spelled.get(key)
        if known is None:
            known = self._spelled[key] = texts(node, scope)
        return known

    def _is_chosen(self, arn: str, draft: Draft) -> bool:
        """Whether a policy has a condition that the principal it is attached to doesn't have."""
        managed = self._customer.find(arn)
        return managed is not None and managed.condition not in {None, draft.condition}

    def _policy(
        self,
        arn: str,
        declared: Declaration,
        steps: tuple[str | int, ...],
        reasons: tuple[str, ...],
        *,
        as_limit: bool = False,
    ) -> tuple[Policy | None, list[Incomplete]]:
        """Return a managed policy, or why it is not known; neither if it is harmless."""
        managed = self._customer.find(arn)
        if managed is not None:
            managed.used = True
            return managed.as_limit() if as_limit else (managed.policy, managed.incomplete)
        if is_harmless(arn):
            return None, []
        if is_aws_managed(arn):
            return aws_managed(arn, Origin(declared.scope.path, declared.at(*steps)))
        why = f"managed policy `{shown(arn)}` is not defined in the input"
        if UNRESOLVED in arn and reasons:
            why = f"{why}: {reasons[0]}"
        return None, [declared.incomplete(why, *steps)]
