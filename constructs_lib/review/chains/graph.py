"""Find which principal can become which: by assuming roles, and by passing roles to what runs as them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from constructs_lib.iam import (
    ASSUME_ROLE,
    PASS_ROLE,
    RUNNERS,
    RUNS_AS_SERVICE_ROLE,
    UNRESOLVED,
    arns_may_overlap,
    may_overlap,
)
from constructs_lib.review.chains.matching import (
    account_of,
    admits,
    allows_assuming,
    excepts,
    fill_open_parts,
    folder_of,
    has_generated_name,
    is_denied_by_trust,
    may_pass_to,
    pattern_covers_role,
    pattern_covers_use,
    trust_names_account,
    trust_names_principal,
    trusts_service,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from constructs_lib.iam import ForeignGrant, Origin, Statement
    from constructs_lib.review.chains.nodes import Node, Runner, Started, Use

__all__ = ["Graph", "Step", "Walk"]


_PAIRS_KEPT: Final = 300_000
"""Pairs of a pattern and a role that are remembered; some 30 MB."""


class Step(NamedTuple):
    """One step from a principal to a role.

    Attributes:
        target: The role.
        how: What the principal does, as messages say it.
        action: The action that it uses.
        resource: What the action is called on; empty where the ARN has unresolved parts.
        origin: The statement that allows it.
        conditional: Whether that statement exists only under a condition of the template.

    """

    target: Node
    how: str
    action: str
    resource: str
    origin: Origin
    conditional: bool


class Graph:
    """The steps between the principals of a run, worked out only for the principals that are asked about.

    Args:
        nodes: The principals; steps come in their order.
        runners: The resources of the input that run as a role.
        started: The principals that can be started and lead to no other one.

    """

    def __init__(
        self, nodes: Iterable[Node], runners: Iterable[Runner] = (), started: Sequence[Started] = ()
    ) -> None:
        listed = list(nodes)
        self._all = listed
        self._leaves = started
        self._runners = list(runners)
        # Most roles trust services alone: they can be passed and not assumed.
        roles = [node for node in listed if node.trust is not None]
        self._covered = _Covered()
        self._trusts = _TrustIndex(roles, self._covered)
        # A principal that configures nothing and leads to no other one is no part of a chain.
        useful = [
            node for node in listed if node.control_write or node.permissions or self._trusts.names(node)
        ]
        self._useful = _with_roles(self._runners, useful)
        self._passable = [node for node in useful if node.trust is not None]
        self._trusting: dict[frozenset[str], list[Node]] = {}
        self._started: list[tuple[Use, Node]] | None = None
        self._starting: dict[str, dict[str, str]] = {}

    def walk(self) -> Walk:
        """Begin a search."""
        return Walk(self)

    def leads_on(self, node: Node) -> bool:
        """Whether a principal may have a step to another one."""
        return bool(node.permissions) or self._trusts.is_open or self._trusts.names(node)

    def assume_by_name(self, node: Node) -> Iterator[Step]:
        """Yield the roles that a principal may assume because their trusts name it."""
        return self._trusts.assume_by_name(node)

    def assume_openly(self, node: Node, *, also_plain: bool) -> Iterator[Step]:
        """Yield the roles whose trusts name everybody; ``also_plain`` those that take the whole account."""
        return self._trusts.assume_openly(node, also_plain=also_plain)

    def assume_by_account(self, node: Node, permissions: list[ForeignGrant]) -> Iterator[Step]:
        """Yield the roles that statements let a principal assume and whose trusts name its account."""
        return self._trusts.assume_by_account(node, permissions)

    def use_runners(self, node: Node) -> Iterator[Step]:
        """Yield the roles of the resources that the principal may make do something."""
        return _use_runners(node, self._useful)

    def invoke(self, node: Node) -> Iterator[Step]:
        """Yield the roles of what a principal may start and not change, whatever these roles may do."""
        if not node.permissions:
            return
        if self._started is None:
            starting = [item for item in self._runners if item.ways.can_start]
            nodes = [*self._all, *(item.node() for item in self._leaves)]
            self._started = [pair for pair in _with_roles(starting, nodes) if pair[0].way.invokes]
        changed = {
            (use.path, use.name)
            for item in self._runners
            for use in item.uses()
            if not use.way.invokes and _first_use(node, use) is not None
        }
        yield from _use_runners(
            node, [pair for pair in self._started if (pair[0].path, pair[0].name) not in changed]
        )

    def starting_actions(self, node: Node) -> dict[str, str]:
        """Return the services that a principal can make run something, each with the action that it holds."""
        found = self._starting.get(node.id)
        if found is None:
            found = self._starting[node.id] = _starting_actions(node)
        return found

    def allows_passing(self, permission: ForeignGrant, role: Node, holder: Node) -> bool:
        """Whether a statement of one principal lets it pass the role that is another."""
        return self._covered.allows(permission, PASS_ROLE, role, holder)

    def roles_trusting(self, services: frozenset[str]) -> list[Node]:
        """Return the roles that let any of these services run as them."""
        found = self._trusting.get(services)
        if found is None:
            found = [node for node in self._passable if any(trusts_service(node, s) for s in services)]
            self._trusting[services] = found
        return found


class Walk:
    """One search through a graph. It follows a pattern once: a second time leads to no further role."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._followed: set[tuple[object, ...]] = set()

    def steps(self, node: Node) -> Iterator[Step]:
        """Yield the steps that a principal can take, without those to roles that this walk has found."""
        yield from self._graph.assume_by_name(node)
        # A role that everybody of an account may assume is found from the first of them.
        everybody = ("*", account_of(node.arn), folder_of(node))
        yield from self._graph.assume_openly(node, also_plain=everybody not in self._followed)
        if not node.never_assumed:
            self._followed.add(everybody)
        if node.permissions:
            yield from self._assume(node)
            yield from self._pass(node)
            yield from self._graph.use_runners(node)
            yield from self._use_service_roles(node)

    def _assume(self, node: Node) -> Iterator[Step]:
        # Which trusts name the account of a principal depends on these two.
        here = (account_of(node.arn), folder_of(node))
        permissions = [
            item
            for item in node.permissions
            if ASSUME_ROLE in item.actions and self._leads_further(node, item, here)
        ]
        return self._graph.assume_by_account(node, permissions)

    def _pass(self, node: Node) -> Iterator[Step]:
        passing = [item for item in node.permissions if PASS_ROLE in item.actions]
        starters = self._graph.starting_actions(node) if passing else {}
        options = [
            (item, [s for s in starters if may_pass_to(item, s) and self._leads_further(node, item, (s,))])
            for item in passing
        ]
        options = [(item, services) for item, services in options if services]
        wanted = frozenset(service for _, services in options for service in services)
        for target in self._graph.roles_trusting(wanted):
            if target.id == node.id:
                continue
            for item, services in options:
                if not self._graph.allows_passing(item, target, node):
                    continue
                runner = next((s for s in services if trusts_service(target, s)), None)
                if runner is not None:
                    how = f"use `{PASS_ROLE}` and `{starters[runner]}` to make `{runner}` run as"
                    resource, origin = _if_resolved(target.arn), item.statement.origin
                    yield Step(target, how, PASS_ROLE, resource, origin, item.statement.conditional)
                    break

    def _use_service_roles(self, node: Node) -> Iterator[Step]:
        """Yield the roles of resources that no template pairs with their role."""
        for row in RUNS_AS_SERVICE_ROLE:
            found = next(
                (
                    (item, action)
                    for item in node.permissions
                    for action in row.actions
                    if action in item.actions
                    and any(arns_may_overlap(text, row.arn) for text in item.resources)
                ),
                None,
            )
            if found is None:
                continue
            item, action = found
            for target in self._graph.roles_trusting(frozenset((row.service,))):
                if target.id != node.id:
                    conditional = item.statement.conditional
                    yield Step(target, row.how, action, "", item.statement.origin, conditional)

    def _leads_further(self, node: Node, permission: ForeignGrant, more: tuple[str, ...]) -> bool:
        """Whether a statement has a pattern that this walk has not followed; remember its patterns."""
        path = node.origin.path
        denied = (path, permission.denied) if permission.denied else ()
        keys = {
            (*more, text, path if has_generated_name(text) else "", denied) for text in permission.resources
        }
        is_new = not keys <= self._followed
        self._followed |= keys
        return is_new


def _starting_actions(node: Node) -> dict[str, str]:
    """Return the services that a principal can make run something, each with the action that it holds."""
    found: dict[str, str] = {}
    for service, actions in RUNNERS.items():
        held = next((a for a in actions if any(_may_start(item, a) for item in node.permissions)), None)
        if held is not None:
            found[service] = held
    return found


def _may_start(permission: ForeignGrant, action: str) -> bool:
    """Whether a statement allows an action on something of the action's own service."""
    return action in permission.actions and any(
        len(parts) < 6 or may_overlap(parts[2], action.partition(":")[0])
        for parts in (text.split(":", 5) for text in permission.resources)
    )


class _Covered:
    """Which roles resource patterns cover: asked for every principal on a way, and worked out once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], dict[str, bool]] = {}
        self._room = _PAIRS_KEPT

    def allows(self, permission: ForeignGrant, action: str, role: Node, holder: Node) -> bool:
        """Whether a statement of one principal allows an action on the role that is another."""
        same_template = role.arn if role.origin.path == holder.origin.path else None
        return any(
            self._covers(text, role, holder)
            and not (
                permission.denied
                and permission.denies(action, fill_open_parts(role.arn, text), same_template)
            )
            for text in permission.resources
        )

    def _covers(self, pattern: str, role: Node, holder: Node) -> bool:
        # Only a name that CloudFormation generates is the same text for the roles of other templates.
        key = (pattern, holder.origin.path if has_generated_name(pattern) else "")
        roles = self._known.get(key)
        if roles is None:
            roles = self._known[key] = {}
        found = roles.get(role.id)
        if found is None:
            if not self._room:
                roles, self._room = {}, _PAIRS_KEPT
                self._known = {key: roles}
            self._room -= 1
            found = roles[role.id] = pattern_covers_role(pattern, role, holder)
        return found


class _TrustIndex:
    """The roles that principals of accounts may assume, indexed by the principals that their trusts name."""

    def __init__(self, roles: list[Node], covered: _Covered) -> None:
        self._covered = covered
        self._by_account: dict[tuple[str, str], list[tuple[Node, Statement]]] = {}
        self._by_name: dict[str, list[tuple[Node, Statement, str]]] = {}
        self._others: list[tuple[Node, Statement, str]] = []
        self._open: list[tuple[Node, Statement]] = []
        self._plain: list[tuple[Node, Statement]] = []
        for role in roles:
            for statement in role.trust.statements if role.trust else ():
                if not allows_assuming(statement):
                    continue
                for kind, value in statement.principals or ():
                    if kind == "AWS":
                        self._add(role, statement, value)
                if statement.principals is None and statement.not_principals is not None:
                    self._add(role, statement, "*")

    def _add(self, role: Node, statement: Statement, value: str) -> None:
        name = value.split(":", 5)[-1]
        if "/" in name and "*" not in name:
            # A session `assumed-role/NAME/SESSION` belongs to its role.
            name = name.rpartition("/")[0] if name.startswith("assumed-role/") else name
            self._by_name.setdefault(name, []).append((role, statement, value))
            return
        self._others.append((role, statement, value))
        if value == "*":
            (self._plain if _takes_everybody(role, statement) else self._open).append((role, statement))

    @property
    def is_open(self) -> bool:
        """Whether a trust names everybody."""
        return bool(self._open or self._plain)

    def names(self, node: Node) -> bool:
        """Whether a trust names the principal itself, or a session of it."""
        return any(name in self._by_name for name in _names_of(node))

    def assume_by_name(self, node: Node) -> Iterator[Step]:
        """Yield the roles whose trusts name the principal or everybody, each once."""
        seen = {node.id}
        permissions = [item for item in node.permissions if ASSUME_ROLE in item.actions]
        named = [item for name in _names_of(node) for item in self._by_name.get(name, ())]
        for role, statement, value in named:
            if role.id in seen or not trust_names_principal(value, node, role):
                continue
            step = _by_trust_alone(node, role, statement) or self._by_permission(
                node, role, statement, permissions
            )
            if step is not None:
                seen.add(role.id)
                yield step

    def assume_openly(self, node: Node, *, also_plain: bool) -> Iterator[Step]:
        """Yield the roles whose trusts name everybody, each once.

        Args:
            node: The principal.
            also_plain: Whether also those whose trusts make no difference between principals of an account.

        """
        seen = {node.id}
        for role, statement in (*self._plain, *self._open) if also_plain else self._open:
            if role.id in seen or not _is_in_reach(node, role):
                continue
            step = _by_trust_alone(node, role, statement)
            if step is not None:
                seen.add(role.id)
                yield step

    def assume_by_account(self, node: Node, permissions: list[ForeignGrant]) -> Iterator[Step]:
        """Yield the roles that statements let a principal assume and whose trusts name its account."""
        seen = {node.id}
        for role, statement in self._naming_account_of(node) if permissions else ():
            if role.id in seen:
                continue
            step = self._by_permission(node, role, statement, permissions)
            if step is not None:
                seen.add(role.id)
                yield step

    def _naming_account_of(self, node: Node) -> list[tuple[Node, Statement]]:
        """Return the roles whose trusts name everybody or the account of a principal."""
        key = (account_of(node.arn), folder_of(node))
        found = self._by_account.get(key)
        if found is None:
            found = [
                (role, one) for role, one, value in self._others if trust_names_account(value, node, role)
            ]
            self._by_account[key] = found
        return found

    def _by_permission(
        self, node: Node, role: Node, statement: Statement, permissions: list[ForeignGrant]
    ) -> Step | None:
        """Return the step by the first statement that lets the principal assume the role."""
        for item in permissions:
            if self._covered.allows(item, ASSUME_ROLE, role, node):
                if not _admitted(node, role, statement):
                    return None
                conditional = item.statement.conditional or statement.conditional
                return Step(
                    role, "assume", ASSUME_ROLE, _if_resolved(role.arn), item.statement.origin, conditional
                )
        return None


def _names_of(node: Node) -> tuple[str, ...]:
    """Return how a trust can name a principal: by its name with the path, or by a session of the role."""
    name = node.arn.split(":", 5)[-1]
    if not name.startswith("role/"):
        return (name,)
    session = f"assumed-role/{name.rpartition('/')[2]}"
    return (name, session)


def _takes_everybody(role: Node, statement: Statement) -> bool:
    """Whether an open trust makes no difference between the principals of an account."""
    others = role.trust.statements if role.trust else ()
    is_plain = not statement.conditions and statement.not_principals is None
    return is_plain and all(other.effect == "Allow" for other in others)


def _is_in_reach(node: Node, role: Node) -> bool:
    """Whether two principals are of one account; where it is open, they are if their files are together."""
    return UNRESOLVED not in account_of(node.arn) or folder_of(node) == folder_of(role)


def _admitted(node: Node, role: Node, statement: Statement) -> bool:
    """Whether nothing in a role's trust keeps a principal out that the statement names."""
    return (
        admits(statement, node) and not excepts(statement, node, role) and not is_denied_by_trust(node, role)
    )


def _by_trust_alone(node: Node, role: Node, statement: Statement) -> Step | None:
    """Return the step that needs no permission: the trust names a principal of the same account."""
    if account_of(node.arn) != account_of(role.arn) or not _admitted(node, role, statement):
        return None
    here = role.arn if role.origin.path == node.origin.path else None
    if any(item.covers(ASSUME_ROLE, role.arn, here) for item in node.never_assumed):
        return None
    how = "assume, as its trust policy allows,"
    return Step(role, how, ASSUME_ROLE, _if_resolved(role.arn), statement.origin, statement.conditional)


def _with_roles(runners: Iterable[Runner], nodes: list[Node]) -> list[tuple[Use, Node]]:
    """Return the ways of using resources, with the principals that these run as."""
    by_text: dict[str, list[Node]] = {}
    for node in nodes:
        by_text.setdefault(node.arn, []).append(node)
        by_text.setdefault(node.arn.rpartition("/")[2], []).append(node)
    return [
        (use, node)
        for runner in runners
        if runner.role in by_text
        for use in runner.uses()
        for node in by_text[runner.role]
        if node.origin.path == runner.path or not has_generated_name(f"/{runner.role}")
    ]


def _use_runners(node: Node, uses: list[tuple[Use, Node]]) -> Iterator[Step]:
    """Yield the roles of the resources that a principal may make do something, by the first way to it."""
    seen = {node.id}
    for use, target in uses if node.permissions else ():
        if target.id in seen:
            continue
        found = _first_use(node, use)
        if found is not None:
            seen.add(target.id)
            item, action = found
            how = f"{use.way.how.format(use.name)}, which runs as"
            conditional = item.statement.conditional or use.conditional
            arn = "" if "*" in use.arn else _if_resolved(use.arn)
            yield Step(target, how, action, arn, item.statement.origin, conditional)


def _first_use(node: Node, use: Use) -> tuple[ForeignGrant, str] | None:
    """Return the first statement and action with which a principal may use a resource that runs as a role."""
    return next(
        (
            (item, action)
            for item in node.permissions
            for action in use.way.actions
            if action in item.actions and _allows_use(item, action, use, node)
        ),
        None,
    )


def _allows_use(permission: ForeignGrant, action: str, use: Use, holder: Node) -> bool:
    """Whether a statement of a principal lets it do something with a resource that runs as a role."""
    here = use.path == holder.origin.path
    return any(
        pattern_covers_use(text, use, permission.statement.unresolved, same_template=here)
        and not permission.denies(action, fill_open_parts(use.arn, text), use.arn if here else None)
        for text in permission.resources
    )


def _if_resolved(arn: str) -> str:
    """Return an ARN, or an empty text where parts of it are unresolved."""
    return "" if UNRESOLVED in arn else arn
