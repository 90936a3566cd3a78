"""What the review knows about one principal: worked out once, read by every rule."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from constructs_lib.iam import (
    ASSUME_ROLE,
    NO_ACTIONS,
    STARTS,
    UNRESOLVED,
    ForeignGrant,
    Origin,
    Policy,
    Request,
    Statement,
    actions_matching,
    decide,
    effective,
    fault_of_name,
    foreign_denials,
    foreign_grants,
    may_overlap,
    names_of,
    remembered,
    tables,
)
from constructs_lib.lazily import lazy
from constructs_lib.review.model import FamilyUse, Touches
from constructs_lib.review.planes import Planes, action_sets, split_by_plane
from constructs_lib.review.wording import shown
from constructs_lib.templates import Incomplete, Principal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from constructs_lib.iam import ActionSet, Condition, Denied, Effective, Piece
    from constructs_lib.review.model import Verdict
    from constructs_lib.templates import Kind

__all__ = ["NOTHING", "Facts", "Held", "admitted_by", "admitted_outside", "has_key", "is_aws_managed"]


T = TypeVar("T")

_LARGE = 500
# What depends on the policies alone, and not on whose they are.
_OF_POLICIES = (
    "held",
    "planes",
    "touches",
    "verdict",
    "outside",
    "never_assumed",
    "administrator",
    "statements",
    "written",
    "has_conditions",
)
NOTHING = Touches()
_EVERYTHING = Statement("Allow", ("*",), None, ("*",), None, None, None, (), None, False, (), Origin("", ""))
_NO_PLANES = Planes(*[NO_ACTIONS] * 5)
# AWS's managed policies for people who look at everything and run nothing:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_job-functions.html
_AUDITS = frozenset({"ReadOnlyAccess", "SecurityAudit", "ViewOnlyAccess"})


class Held(NamedTuple):
    """What one Allow statement effectively allows on one resource pattern.

    ``mask`` is the set of actions; ``conditions`` are the statement's own and those of boundary or SCP
    statements that it depends on.
    """

    policy: Policy
    statement: Statement
    resource: str
    piece: Piece
    mask: ActionSet
    conditions: tuple[Condition, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The actions, sorted."""
        return names_of(self.mask)


def is_aws_managed(policy: Policy, statement: Statement) -> bool:
    """Whether a statement belongs to an AWS managed policy: its origin is where the policy is attached."""
    return statement.origin == policy.origin


@remembered(256)
def admitted_by(boundary: Policy) -> Planes:
    """Return what a permissions boundary admits of a policy that allows everything, split by plane."""
    everything = Policy("everything", (_EVERYTHING,), boundary.origin)
    principal = Principal("", "", "role", "", boundary.origin, policies=(everything,), boundary=boundary)
    return Facts(principal, "app", ()).planes


@remembered(256)
def admitted_outside(boundary: Policy) -> tuple[ForeignGrant, ...]:
    """Return what a permissions boundary admits, of a policy that allows everything, in other services."""
    return foreign_grants([Policy("everything", (_EVERYTHING,), boundary.origin)], [(boundary,)])


def has_key(conditions: Iterable[Condition], *keys: str) -> bool:
    """Whether a condition tests one of the keys, in any letter case; a key may end in ``*``."""
    wanted = [key.lower() for key in keys]
    for condition in conditions:
        name = condition.key.lower()
        if any(name.startswith(key[:-1]) if key.endswith("*") else name == key for key in wanted):
            return True
    return False


class Facts:
    """One principal with its kind, effective permissions and verdict.

    Args:
        principal: The principal.
        kind: Its kind.
        scps: The service control policies of each level.
        like: The facts of another principal with the very same policies, boundary and service control
            policies, such as a member of the same groups. What was found about these is used again.

    """

    def __init__(
        self,
        principal: Principal,
        kind: Kind,
        scps: Sequence[Sequence[Policy]],
        *,
        like: Facts | None = None,
    ) -> None:
        self.principal = principal
        self.kind = kind
        self.scps = scps
        self._known: dict[Callable[[Facts], Any], Any] = {}
        self.effective: Effective
        if like is None:
            self.effective = effective(principal.policies, boundary=principal.boundary, scps=scps)
            self._shared: dict[tuple[Any, ...], Any] = {}
        else:
            found = vars(like)
            self.effective, self._shared = like.effective, found["_shared"]
            vars(self).update((name, found[name]) for name in _OF_POLICIES if name in found)
        self.mask = self.effective.mask

    @lazy
    def held(self) -> tuple[Held, ...]:
        """Everything that the principal may effectively do, by statement and resource."""
        result = []
        for policy, statement, items in self.effective.rows:
            for item in items:
                conditions = statement.conditions
                for limit in item.limits:
                    conditions += limit.conditions
                result.append(Held(policy, statement, item.piece.pattern, item.piece, item.mask, conditions))
        return tuple(result)

    @lazy
    def planes(self) -> Planes:
        """Return the effective actions, split by plane."""
        if not self.mask:
            return _NO_PLANES
        sums = [NO_ACTIONS] * 5
        for held in self.held:
            for index, bits in enumerate(split_by_plane(held.mask, held.resource)):
                sums[index] |= bits
        return Planes(*sums)

    @lazy
    def touches(self) -> Touches:
        """Return which kinds of action the principal may call; tagging control resources is none of them."""
        if not self.mask:
            return NOTHING
        planes = self.planes
        return Touches(
            control_write=bool(planes.control_write),
            control_read=bool(planes.control_read),
            data=bool(planes.data),
            data_read=bool(planes.data_read),
        )

    @lazy
    def verdict(self) -> Verdict:
        """Return the verdict. Tagging does not count; BP102 reports it beside data."""
        planes = self.planes
        if planes.control_write and planes.data:
            return "mixed"
        if planes.control_write:
            return "control"
        if planes.data:
            return "data"
        if planes.control_read:
            return "control"
        return "data" if planes.data_read else "none"

    @lazy
    def outside(self) -> tuple[ForeignGrant, ...]:
        """Return what the principal may do in other services that can lead to another principal."""
        principal = self.principal
        limits = [(principal.boundary,)] if principal.boundary else []
        return foreign_grants(principal.policies, [*limits, *self.scps])

    @lazy
    def never_assumed(self) -> tuple[Denied, ...]:
        """Return the Denies that keep the principal from assuming roles, whatever the roles' trusts allow."""
        principal = self.principal
        limits = [(principal.boundary,)] if principal.boundary else []
        return foreign_denials(ASSUME_ROLE, principal.policies, [*limits, *self.scps])

    def outside_with(self, *actions: str) -> Iterator[ForeignGrant]:
        """Yield the statements that give any of these actions."""
        for item in self.outside:
            if not item.actions.isdisjoint(actions):
                yield item

    @lazy
    def administrator(self) -> Statement | None:
        """Return the statement that makes a full administrator (``*`` on ``*``) who reaches both planes."""
        if self.verdict != "mixed":
            return None
        boundary = self.principal.boundary
        if boundary is not None and not any(_is_everything(s) for s in boundary.statements):
            return None
        for policy in self.principal.policies:
            for statement in policy.statements:
                if _is_everything(statement):
                    return statement
        return None

    def is_audit(self, held: Held) -> bool:
        """Whether a permission comes from an AWS managed policy for auditors (``ReadOnlyAccess``).

        Users cannot scope such a policy, and CDK's bootstrap template attaches it to the lookup role of every
        account; the verdict and the families show what it allows. AWS's access level does not help here: it
        classifies `InvokeModel` as a read.
        """
        return held.policy.name in _AUDITS and is_aws_managed(held.policy, held.statement)

    @lazy
    def is_boundary(self) -> bool:
        """Whether this is a policy meant as a permissions boundary: it requires boundaries of others.

        A boundary limits principals and grants nothing, so what it allows is not reported.
        """
        return self.principal.type == "unattached" and any(
            statement.effect == "Deny" and has_key(statement.conditions, "iam:PermissionsBoundary")
            for _, statement in self.statements
        )

    @lazy
    def has_conditions(self) -> bool:
        """Whether any statement of its policies, its boundary or the service control policies has one."""
        policies = self.principal.policies
        if self.principal.boundary or self.scps:
            policies = (
                *policies,
                *((self.principal.boundary,) if self.principal.boundary else ()),
                *(policy for level in self.scps for policy in level),
            )
        for policy in policies:  # without a generator: it is asked of every principal
            for statement in policy.statements:
                if statement.conditions:
                    return True
        return False

    def families(self) -> dict[str, FamilyUse]:
        """Return what the principal may call of each family, families in the catalogue's order."""
        result: dict[str, FamilyUse] = {}
        for name, plane, mask in action_sets().families:
            if not self.mask & mask:
                continue
            resources = {shown(held.resource) for held in self.held if held.mask & mask}
            result[name] = FamilyUse(plane, names_of(self.mask & mask), tuple(sorted(resources)))
        return result

    def incomplete(self) -> tuple[Incomplete, ...]:
        """Return what is not known: what the input leaves open, then open and unknown actions."""
        entries = dict.fromkeys(self.principal.incomplete)
        for gap in self.effective.incomplete:
            why = f"`{shown(gap.pattern)}`: {gap.why}"
            entries[Incomplete(gap.statement.origin.pointer, why)] = None
        if self.planes.data:
            for item in self.outside_with(ASSUME_ROLE):
                if any(_is_open_role(text) for text in item.resources):
                    why = f"`{ASSUME_ROLE}` on a role whose name is not known: " + _reason(item.statement)
                    entries[Incomplete(item.statement.origin.pointer, why)] = None
        return tuple(entries)

    def holds(self, action: str) -> Iterator[Held]:
        """Yield the permissions that include an action (exact name)."""
        flag = tables().bit.get(action.lower(), 0)
        if self.mask & flag:
            yield from (held for held in self.held if held.mask & flag)

    def allows(self, action: str) -> bool:
        """Whether an action (exact name) is effective."""
        return self.effective.allows(action)

    @lazy
    def is_large(self) -> bool:
        """Whether it has too many statements to decide single requests in reasonable time."""
        return sum(len(policy.statements) for policy in self.principal.policies) > _LARGE

    @lazy
    def is_relevant(self) -> bool:
        """Whether any of its statements can be about Bedrock or about becoming another principal."""
        # A role that trusts Bedrock is of kind `service`.
        if self.mask or self.kind != "unknown":
            return True
        # Most principals that may start something (`lambda:InvokeFunction`) become nobody by it.
        if any(not item.actions <= STARTS for item in self.outside):
            return True
        limits = [policy for policy in (self.principal.boundary, self.principal.trust) if policy]
        own = (statement for _, statement in self.statements)
        return _names_bedrock((*own, *(statement for policy in limits for statement in policy.statements)))

    def permits(self, action: str, resource: str) -> bool:
        """Whether one concrete request is allowed, assuming that conditions hold."""
        principal = self.principal

        def decided() -> bool:
            request = Request(action, resource)
            return bool(decide(request, principal.policies, boundary=principal.boundary, scps=self.scps))

        return self.shared(("permits", action, resource), decided)

    def shared(self, key: tuple[Any, ...], work: Callable[[], T]) -> T:
        """Return what ``work`` finds out about the policies, once for all principals that have just these.

        Args:
            key: What is asked; it holds all that the answer depends on besides the policies.
            work: Works it out.

        """
        if key not in self._shared:
            self._shared[key] = work()
        found: T = self._shared[key]
        return found

    def once(self, work: Callable[[Facts], T]) -> T:
        """Return what ``work`` finds out about this principal, worked out once for all rules that ask."""
        if work not in self._known:
            self._known[work] = work(self)
        found: T = self._known[work]
        return found

    @lazy
    def statements(self) -> tuple[tuple[Policy, Statement], ...]:
        """Return every identity statement with its policy."""
        policies = self.principal.policies
        return tuple((policy, statement) for policy in policies for statement in policy.statements)

    @lazy
    def written(self) -> tuple[Statement, ...]:
        """Return the identity statements that a user wrote and can fix: not those of AWS managed policies."""
        return tuple(
            statement for policy, statement in self.statements if not is_aws_managed(policy, statement)
        )

    def first(self, mask: ActionSet) -> Held | None:
        """Return the first permission that includes an action of a set, preferring an unconditional one."""
        found = None
        for held in self.held:
            if held.mask & mask:
                if not held.statement.conditional:
                    return held
                found = found or held
        return found

    def only_conditional(self, mask: ActionSet) -> bool:
        """Whether every permission with an action of a set depends on a condition of the template."""
        if self.principal.conditional:
            return True
        found = self.first(mask)
        return found is not None and found.statement.conditional


def _is_open_role(arn: str) -> bool:
    """Whether a resource of `sts:AssumeRole` is a role that the input doesn't tell.

    A name that CloudFormation generates (``STACK-LOGICALID-...``) is told by its logical id.
    """
    parts = arn.split(":", 5)
    if len(parts) == 6 and not may_overlap(parts[2], "iam"):
        return False  # a queue or a table is no role, whatever its name
    name = arn.rpartition("/")[2] if "/" in arn else arn
    return UNRESOLVED in name and _GENERATED.fullmatch(name) is None


_GENERATED = re.compile(rf".+-[A-Za-z0-9]+-{UNRESOLVED}")


def _reason(statement: Statement) -> str:
    """Return why a part of a statement is open; the stack's account and Region are not worth a word."""
    reasons = [text for text in statement.unresolved if " of the stack is not known" not in text]
    return "; ".join(reasons[:2]) or "it is known at deployment"


def _names_bedrock(statements: Sequence[Statement]) -> bool:
    """Whether statements name Bedrock, misspelt too, or contain non-ASCII letters that may look like it."""
    texts: list[str] = []
    for statement in statements:
        for part in (
            statement.actions,
            statement.not_actions,
            statement.resources,
            statement.not_resources,
        ):
            if part:
                texts += part
    # One text is searched faster than many; the separator keeps neighbours from forming the word.
    whole = "\n".join(texts)
    if "bedrock" in whole.lower() or not whole.replace(UNRESOLVED, "").isascii():
        return True
    # An undocumented pattern (`b*:InvokeModel`) is a fault in a Deny alone.
    actions = (text for s in statements for text in (*(s.actions or ()), *(s.not_actions or ())))
    return any(fault_of_name(text, "Deny") for text in actions)


def _is_everything(statement: Statement) -> bool:
    """Whether a statement allows every action on everything, without a condition."""
    return (
        statement.effect == "Allow"
        and not statement.conditions
        and statement.actions is not None
        and any(
            actions_matching(text) == tables().every and text.strip("*:") == "" for text in statement.actions
        )
        and statement.resources is not None
        and any(text.strip("*") == "" for text in statement.resources)
    )
