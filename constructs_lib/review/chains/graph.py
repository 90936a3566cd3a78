"""Which principal can become which: assumed roles, and roles passed to something that runs as them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from constructs_lib.iam import ASSUME_ROLE, PASS_ROLE, RUNNERS, UNRESOLVED, UPDATE_CODE, may_overlap
from constructs_lib.review.chains.reach import (
    account_of,
    admits_assume,
    covers,
    folder_of,
    made_up,
    may_pass_to,
    met,
    names,
    names_account,
    reaches,
    trusts_service,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from constructs_lib.iam import Origin, Outside, Statement
    from constructs_lib.review.chains.nodes import Function, Node

__all__ = ["Graph", "Step", "Walk"]


class Step(NamedTuple):
    """One way from a principal to a role. ``resource`` is concrete or empty."""

    target: Node
    how: str
    action: str
    resource: str
    origin: Origin
    conditional: bool


class Graph:
    """The steps between the principals of a run, worked out for those alone that somebody asks about.

    Args:
        nodes: the principals; steps come in their order.
        functions: the Lambda functions of the input.

    """

    def __init__(self, nodes: Iterable[Node], functions: Iterable[Function] = ()) -> None:
        listed = list(nodes)
        # Most roles trust services alone: they can be passed and not assumed.
        self._assumable = _Assumable([node for node in listed if node.trust is not None])
        # Whoever configures nothing and goes nowhere is no part of a way.
        useful = [node for node in listed if node.control_write or node.ways or self._assumable.knows(node)]
        self._runs = _running(useful, functions)
        self._passable = [node for node in useful if node.trust is not None]
        self._admitting: dict[frozenset[str], list[Node]] = {}

    def walk(self) -> Walk:
        """Begin a search."""
        return Walk(self)

    def named(self, node: Node) -> Iterator[Step]:
        """Yield the roles that a principal may assume because their trusts name it."""
        return self._assumable.named(node)

    def open_to(self, node: Node, ways: list[Outside]) -> Iterator[Step]:
        """Yield the roles that some statements let a principal assume: their trusts name its account."""
        return self._assumable.open_to(node, ways)

    def rewritten(self, node: Node) -> Iterator[Step]:
        """Yield the roles of the functions whose code the principal may replace."""
        return _rewritten(node, self._runs)

    def admitting(self, services: frozenset[str]) -> list[Node]:
        """Return the roles that let any of these services run as them."""
        found = self._admitting.get(services)
        if found is None:
            found = [node for node in self._passable if any(trusts_service(node, s) for s in services)]
            self._admitting[services] = found
        return found


class Walk:
    """One search: roles that a pattern has led to once need not be gone through again."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._been: set[tuple[object, ...]] = set()

    def steps(self, node: Node) -> Iterator[Step]:
        """Yield the steps that a principal can take, without those to roles that this walk knows already."""
        yield from self._graph.named(node)
        if node.ways:
            yield from self._assume(node)
            yield from self._pass(node)
            yield from self._graph.rewritten(node)

    def _assume(self, node: Node) -> Iterator[Step]:
        # Which trusts name the account of a principal depends on these two.
        here = (account_of(node.arn), folder_of(node))
        ways = [way for way in node.ways if ASSUME_ROLE in way.actions and self._is_new(node, way, here)]
        return self._graph.open_to(node, ways)

    def _pass(self, node: Node) -> Iterator[Step]:
        passes = [way for way in node.ways if PASS_ROLE in way.actions]
        held = _held(node) if passes else {}
        ways = [
            (way, [s for s in held if may_pass_to(way, s) and self._is_new(node, way, (s,))])
            for way in passes
        ]
        ways = [(way, allowed) for way, allowed in ways if allowed]
        services = frozenset(service for _, allowed in ways for service in allowed)
        for target in self._graph.admitting(services):
            if target.id == node.id:
                continue
            for way, allowed in ways:
                if not _allows(way, PASS_ROLE, target, node):
                    continue
                runner = next((s for s in allowed if trusts_service(target, s)), None)
                if runner is not None:
                    how = f"use `{PASS_ROLE}` and `{held[runner]}` to make `{runner}` run as"
                    resource, origin = _concrete(target.arn), way.statement.origin
                    yield Step(target, how, PASS_ROLE, resource, origin, way.statement.conditional)
                    break

    def _is_new(self, node: Node, way: Outside, more: tuple[str, ...]) -> bool:
        """Whether a statement leads further than those that this walk has been through."""
        path = node.origin.path
        denied = (path, way.denied) if way.denied else ()
        keys = {(*more, text, path if made_up(text) else "", denied) for text in way.resources}
        is_new = not keys <= self._been
        self._been |= keys
        return is_new


def _held(node: Node) -> dict[str, str]:
    """Return the services that a principal can have run something, with the action that it holds for each."""
    held: dict[str, str] = {}
    for service, actions in RUNNERS.items():
        found = next((a for a in actions if any(_may_run(way, a) for way in node.ways)), None)
        if found is not None:
            held[service] = found
    return held


def _may_run(way: Outside, action: str) -> bool:
    """Whether a statement gives an action on something of the action's own service."""
    return action in way.actions and any(
        len(parts) < 6 or may_overlap(parts[2], action.partition(":")[0])
        for parts in (text.split(":", 5) for text in way.resources)
    )


class _Assumable:
    """The roles whose trust admits principals of accounts, found by whom they name."""

    def __init__(self, targets: list[Node]) -> None:
        self._by_name: dict[str, list[tuple[Node, Statement, str]]] = {}
        self._wide: list[tuple[Node, Statement, str]] = []
        for target in targets:
            for statement in target.trust.statements if target.trust else ():
                for kind, value in statement.principals or ():
                    if kind == "AWS" and admits_assume(statement):
                        self._add(target, statement, value)

    def _add(self, target: Node, statement: Statement, value: str) -> None:
        name = value.split(":", 5)[-1]
        if "/" in name and "*" not in name:
            self._by_name.setdefault(name, []).append((target, statement, value))
        else:
            self._wide.append((target, statement, value))

    def knows(self, node: Node) -> bool:
        """Whether a trust names the principal itself."""
        return node.arn.split(":", 5)[-1] in self._by_name

    def named(self, node: Node) -> Iterator[Step]:
        """Yield the roles whose trusts name the principal, each once."""
        seen = {node.id}
        ways = [way for way in node.ways if ASSUME_ROLE in way.actions]
        named = self._by_name.get(node.arn.split(":", 5)[-1], ())
        for target, statement, value in named:
            if target.id in seen or not names(value, node, target):
                continue
            step = _direct(node, target, statement) or _by_way(node, target, statement, ways)
            if step is not None:
                seen.add(target.id)
                yield step

    def open_to(self, node: Node, ways: list[Outside]) -> Iterator[Step]:
        """Yield the roles that some statements let a principal assume and whose trusts name its account."""
        seen = {node.id}
        for target, statement, value in self._wide if ways else ():
            if target.id in seen or not names_account(value, node, target):
                continue
            step = _by_way(node, target, statement, ways)
            if step is not None:
                seen.add(target.id)
                yield step


def _direct(node: Node, target: Node, statement: Statement) -> Step | None:
    """Return the step that needs no permission: the trust names a principal of the same account."""
    if account_of(node.arn) != account_of(target.arn):
        return None
    how = "assume, as its trust policy allows,"
    return Step(target, how, ASSUME_ROLE, _concrete(target.arn), statement.origin, statement.conditional)


def _by_way(node: Node, target: Node, statement: Statement, ways: list[Outside]) -> Step | None:
    for way in ways:
        if _allows(way, ASSUME_ROLE, target, node):
            conditional = way.statement.conditional or statement.conditional
            return Step(
                target, "assume", ASSUME_ROLE, _concrete(target.arn), way.statement.origin, conditional
            )
    return None


def _allows(way: Outside, action: str, target: Node, node: Node) -> bool:
    """Whether a statement of one principal allows an action on the role that is another."""
    here = target.arn if target.origin.path == node.origin.path else None
    return any(
        reaches(text, target, node) and not way.denies(action, met(text, target.arn), here)
        for text in way.resources
    )


def _running(nodes: list[Node], functions: Iterable[Function]) -> list[tuple[Function, Node]]:
    """Return the functions with the principals that they run as."""
    by_arn: dict[str, list[Node]] = {}
    for node in nodes:
        by_arn.setdefault(node.arn, []).append(node)
    return [
        (function, node)
        for function in functions
        for node in by_arn.get(function.role, ())
        if node.origin.path == function.path or not made_up(function.role)
    ]


def _rewritten(node: Node, runs: list[tuple[Function, Node]]) -> Iterator[Step]:
    """Yield the roles of the functions whose code the principal may replace."""
    ways = [way for way in node.ways if UPDATE_CODE in way.actions]
    for function, target in runs if ways else ():
        if target.id == node.id:
            continue
        together = function.path == node.origin.path
        for way in ways:
            if any(
                covers(text, function.arn, together=together)
                and not way.denies(UPDATE_CODE, met(text, function.arn), function.arn if together else None)
                for text in way.resources
            ):
                how = f"replace the code of the function `{function.name}`, which runs as"
                conditional = way.statement.conditional or function.conditional
                arn = _concrete(function.arn)
                yield Step(target, how, UPDATE_CODE, arn, way.statement.origin, conditional)
                break


def _concrete(arn: str) -> str:
    return "" if UNRESOLVED in arn else arn
