"""Which principal can become which: assumed roles, and roles passed to something that runs as them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from constructs_lib.policy import matching
from constructs_lib.policy._model import UNRESOLVED
from constructs_lib.review._outside import ASSUME_ROLE, PASS_ROLE, RUNNERS, UPDATE_CODE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from constructs_lib.policy._model import Origin, Statement
    from constructs_lib.review._outside import Outside
    from constructs_lib.review.model import Resource
    from constructs_lib.review.rules._base import Node

__all__ = ["Function", "Step", "functions_of", "made_up", "reaches", "steps_from"]


class Step(NamedTuple):
    """One way from a principal to a role. ``resource`` is concrete or empty."""

    target: Node
    how: str
    action: str
    resource: str
    origin: Origin
    conditional: bool


class Function(NamedTuple):
    """A Lambda function of the input and a role that it runs as."""

    name: str
    arn: str
    role: str
    path: str
    conditional: bool


def functions_of(resource: Resource) -> Iterator[Function]:
    """Yield a Lambda function with each role that it may have."""
    if resource.type not in {"AWS::Lambda::Function", "AWS::Serverless::Function"}:
        return
    roles = resource.properties.get("Role")
    for role in roles if isinstance(roles, list) else [roles]:
        if isinstance(role, str) and role.startswith("arn:"):
            arn = str(resource.properties.get("Arn", ""))
            yield Function(resource.logical_id, arn, role, resource.origin.path, resource.conditional)


def steps_from(nodes: Iterable[Node], functions: Iterable[Function] = ()) -> dict[str, list[Step]]:
    """Return the steps by the id of the principal that can take them."""
    nodes = list(nodes)
    runs = _running(nodes, functions)
    # Most roles trust services alone: they can be passed and not assumed.
    assumable = _Assumable([node for node in nodes if node.trust is not None])
    table: dict[str, list[Step]] = {}
    for node in nodes:
        steps = [*assumable.steps(node), *_passed(node, nodes), *_rewritten(node, runs)]
        if steps:
            table[node.id] = steps
    return table


def reaches(pattern: str, target: Node, source: Node) -> bool:
    """Whether a resource pattern of one principal means the role that is another.

    Partition and account may be open on either side; the role's name must be covered for certain: an open
    name in the pattern is some other role unless it is spelled as the role's own. A name that CloudFormation
    makes up for a stack of unknown name means a role of the same template.
    """
    return _covers(pattern, target.arn, together=source.origin.path == target.origin.path)


def _covers(pattern: str, arn: str, *, together: bool) -> bool:
    if pattern.strip("*") == "" and pattern:
        return True
    ours, theirs = pattern.split(":", 5), arn.split(":", 5)
    if len(ours) < 6 or len(theirs) < 6:
        return matching.matches(pattern, arn)
    if not matching.matches(ours[5], theirs[5]):
        return False
    if made_up(ours[5]) and not together:
        return False
    return all(matching.may_overlap(one, other) for one, other in zip(ours[:5], theirs[:5], strict=True))


def made_up(resource: str) -> bool:
    """Whether a name is one that CloudFormation makes up for a stack of unknown name."""
    return f"/{UNRESOLVED}" in resource or f":{UNRESOLVED}" in resource


class _Assumable:
    """The roles whose trust admits principals of accounts, found by whom they name."""

    def __init__(self, targets: list[Node]) -> None:
        self._by_name: dict[str, list[tuple[Node, Statement, str]]] = {}
        self._wide: list[tuple[Node, Statement, str]] = []
        for target in targets:
            for statement in target.trust.statements if target.trust else ():
                for kind, value in statement.principals or ():
                    if kind == "AWS" and _admits_assume(statement):
                        self._add(target, statement, value)

    def _add(self, target: Node, statement: Statement, value: str) -> None:
        name = value.split(":", 5)[-1]
        if "/" in name and "*" not in name:
            self._by_name.setdefault(name, []).append((target, statement, value))
        else:
            self._wide.append((target, statement, value))

    def steps(self, node: Node) -> Iterator[Step]:
        """Yield the roles that a principal may assume, each once."""
        seen = {node.id}
        ways = [way for way in node.ways if ASSUME_ROLE in way.actions]
        named = self._by_name.get(node.arn.split(":", 5)[-1], ())
        for target, statement, value in named:
            if target.id in seen or not _names(value, node, target):
                continue
            step = _direct(node, target, statement) or _by_way(node, target, statement, ways)
            if step is not None:
                seen.add(target.id)
                yield step
        for target, statement, value in self._wide if ways else ():
            if target.id in seen or not _names_account(value, node, target):
                continue
            step = _by_way(node, target, statement, ways)
            if step is not None:
                seen.add(target.id)
                yield step


def _direct(node: Node, target: Node, statement: Statement) -> Step | None:
    """Return the step that needs no permission: the trust names a principal of the same account."""
    if _account(node.arn) != _account(target.arn):
        return None
    how = "assume (its trust names the caller)"
    return Step(target, how, ASSUME_ROLE, _concrete(target.arn), statement.origin, statement.conditional)


def _by_way(node: Node, target: Node, statement: Statement, ways: list[Outside]) -> Step | None:
    for way in ways:
        if any(reaches(text, target, node) for text in way.resources):
            conditional = way.statement.conditional or statement.conditional
            return Step(
                target, "assume", ASSUME_ROLE, _concrete(target.arn), way.statement.origin, conditional
            )
    return None


def _passed(node: Node, nodes: list[Node]) -> Iterator[Step]:
    passes = [way for way in node.ways if PASS_ROLE in way.actions]
    if not passes:
        return
    held: dict[str, str] = {}
    for service, actions in RUNNERS.items():
        found = next((a for a in actions if any(a in way.actions for way in node.ways)), None)
        if found is not None:
            held[service] = found
    for target in nodes if held else ():
        if target.id == node.id or target.trust is None:
            continue
        for way in passes:
            if not any(reaches(text, target, node) for text in way.resources):
                continue
            runner = next((s for s in held if _may_pass_to(way, s) and _trusts_service(target, s)), None)
            if runner is not None:
                how = f"pass to {runner} with {held[runner]} and run as"
                resource = _concrete(target.arn)
                yield Step(target, how, PASS_ROLE, resource, way.statement.origin, way.statement.conditional)
                break


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
            if any(_covers(text, function.arn, together=together) for text in way.resources):
                how = f"replace the code of the function `{function.name}`, which runs as"
                conditional = way.statement.conditional or function.conditional
                arn = _concrete(function.arn)
                yield Step(target, how, UPDATE_CODE, arn, way.statement.origin, conditional)
                break


def _concrete(arn: str) -> str:
    return "" if UNRESOLVED in arn else arn


def _admits_assume(statement: Statement) -> bool:
    if statement.effect != "Allow" or statement.actions is None:
        return False
    return any(matching.matches(text, ASSUME_ROLE, ignore_case=True) for text in statement.actions)


def _names(value: str, node: Node, target: Node) -> bool:
    """Whether a principal of a trust is this one; ``target`` is the role whose trust it is."""
    ours, theirs = value.split(":", 5), node.arn.split(":", 5)
    if len(ours) < 6 or len(theirs) < 6:
        return value == node.arn
    if f"/{UNRESOLVED}" in ours[5] and node.origin.path != target.origin.path:
        return False
    return all(matching.may_overlap(one, other) for one, other in zip(ours[:5], theirs[:5], strict=True))


def _names_account(value: str, node: Node, target: Node) -> bool:
    """Whether a principal of a trust is everyone or the principal's account."""
    if value == "*":
        return True
    named = value if ":" not in value else _account(value) if value.endswith(":root") else None
    if named is None:
        return False
    if UNRESOLVED not in named:
        return named == _account(node.arn)
    # An account that is open on both sides is the stack's own (`AWS::AccountId`), if it is one deployment.
    return _account(node.arn) in {UNRESOLVED, _account(target.arn)} and _together(node, target)


def _together(node: Node, target: Node) -> bool:
    """Whether both stand in one folder, as the stacks of an assembly do."""
    return node.origin.path.rpartition("/")[0] == target.origin.path.rpartition("/")[0]


def _account(arn: str) -> str:
    parts = arn.split(":", 5)
    return parts[4] if len(parts) > 4 else ""


def _may_pass_to(way: Outside, service: str) -> bool:
    """Whether `iam:PassedToService` of the statement lets the service have the role."""
    tests = [
        c
        for c in way.conditions
        if c.key.lower() == "iam:passedtoservice" and "not" not in c.operator.lower()
    ]
    return all(
        any(
            UNRESOLVED in value or matching.matches(_commercial(value), service, ignore_case=True)
            for value in test.values
        )
        for test in tests
    )


def _commercial(value: str) -> str:
    """Return a service principal as it is called outside China (``ec2.amazonaws.com.cn``)."""
    return value.removesuffix(".cn")


def _is_service(value: str, service: str) -> bool:
    """Whether a service principal is a service's, in one Region too (``states.us-east-1.amazonaws.com``)."""
    name = _commercial(value.lower())
    return name == service or (
        name.endswith(".amazonaws.com") and name.partition(".")[0] == service.removesuffix(".amazonaws.com")
    )


def _trusts_service(target: Node, service: str) -> bool:
    trust = target.trust
    return trust is not None and any(
        kind == "Service" and (value == "*" or _is_service(value, service))
        for statement in trust.statements
        if statement.effect == "Allow"
        for kind, value in statement.principals or ()
    )
