"""Principals while they are put together: what belongs to each, from everywhere in an assembly."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from constructs_lib.iam import UNRESOLVED, Origin, Policy
from constructs_lib.templates.model import Acknowledgement, Incomplete, Kind, Principal

if TYPE_CHECKING:
    from constructs_lib.templates.model import PrincipalType
    from constructs_lib.templates.scope import Scope

__all__ = ["Draft", "Library", "Managed"]


@dataclass(slots=True)
class Draft:
    """A principal to be."""

    id: str
    name: str
    type: PrincipalType
    arn: str
    origin: Origin
    environment: str = "unknown"
    construct_path: str | None = None
    condition: str | None = None
    conditional: bool = False
    policies: list[Policy] = field(default_factory=list)
    boundary: Policy | None = None
    trust: Policy | None = None
    mark: Kind | None = None
    tags: dict[str, str] = field(default_factory=dict)
    incomplete: list[Incomplete] = field(default_factory=list)
    acknowledgements: tuple[Acknowledgement, ...] = ()
    at_policies: dict[str, tuple[Acknowledgement, ...]] = field(default_factory=dict)
    groups: list[str] = field(default_factory=list)  # ids of groups whose policies count too

    def add(self, policy: Policy, incomplete: list[Incomplete]) -> None:
        """Attach a policy, once, with what is not known about it."""
        if policy.statements and policy not in self.policies:
            self.policies.append(policy)
        self.note(incomplete)

    def note(self, incomplete: list[Incomplete]) -> None:
        """Keep what is not known, each thing once."""
        self.incomplete += [item for item in incomplete if item not in self.incomplete]

    def principal(self) -> Principal:
        """Return the finished principal."""
        return Principal(
            id=self.id,
            name=self.name,
            type=self.type,
            arn=self.arn,
            origin=self.origin,
            construct_path=self.construct_path,
            policies=tuple(self.policies),
            boundary=self.boundary,
            trust=self.trust,
            mark=self.mark,
            tags=self.tags,
            environment=self.environment,
            conditional=self.conditional,
            incomplete=tuple(self.incomplete),
            acknowledgements=self.acknowledgements,
            at_policies=self.at_policies,
        )


@dataclass(slots=True)
class Managed:
    """A customer managed policy of the input; ``used`` says that something carries it."""

    policy: Policy
    incomplete: list[Incomplete]
    condition: str | None
    scope: Scope | None
    logical_id: str
    used: bool = False
    arns: list[str] = field(default_factory=list)


class Library:
    """Customer managed policies by ARN, and by path and name where the ARN is not known in full."""

    def __init__(self) -> None:
        self._by_arn: dict[str, Managed] = {}
        self._by_name: dict[str, list[Managed]] = {}
        self.entries: list[Managed] = []

    def add(self, arn: str, managed: Managed) -> None:
        """Enter a policy under one of its ARNs."""
        if not managed.arns:
            self.entries.append(managed)
        managed.arns.append(arn)
        self._by_arn.setdefault(arn, managed)
        name = _tail(arn)
        named = self._by_name.setdefault(name, []) if name is not None else [managed]
        if not any(managed is entry for entry in named):
            named.append(managed)

    def find(self, arn: str) -> Managed | None:
        """Return the policy that an ARN names, if the input defines exactly one."""
        found = self._by_arn.get(arn)
        if found is None:
            name = _tail(arn)
            named = self._by_name.get(name, []) if name is not None else []
            found = named[0] if len(named) == 1 and _compatible(arn, named[0].arns) else None
        return found


def _tail(arn: str) -> str | None:
    """Return path and name of a policy's ARN when they are known in full."""
    _, mark, tail = arn.partition(":policy/")
    return tail if mark and UNRESOLVED not in tail else None


def _account(arn: str) -> str:
    parts = arn.split(":")
    return parts[4] if len(parts) > 5 else UNRESOLVED


def _compatible(arn: str, others: list[str]) -> bool:
    """Whether two spellings may be one ARN: the accounts are the same, or one is not known."""
    account = _account(arn)
    return any(UNRESOLVED in (account, other) or account == other for other in map(_account, others))
