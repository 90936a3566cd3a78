"""Read the policy documents of a template: intrinsics are resolved per statement, with each one's pointer."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from constructs_lib.iam import (
    UNRESOLVED,
    DocumentError,
    Origin,
    Policy,
    Statement,
    parse_document,
    parse_statement,
)
from constructs_lib.templates.faults import one_line
from constructs_lib.templates.model import Incomplete
from constructs_lib.templates.principals.fast_path import (
    IRRELEVANT,
    content_without_functions,
    plain_statement,
)
from constructs_lib.templates.resolve import resolve, texts

if TYPE_CHECKING:
    from constructs_lib.templates.resolve import Resolved
    from constructs_lib.templates.scope import Scope

__all__ = ["DocumentReading", "bedrock_may_hide", "read_document"]

TRUST: Final = "trust"
_MAX_DEPTH = 40
# Most roles have one of a few trust policies; those without functions are read once. By content.
_KEPT: Final = 1024
_trusts: dict[bytes, list[tuple[Statement, str]]] = {}


@dataclass(slots=True)
class DocumentReading:
    """What was read of a document, with the scope of its template.

    ``is_trust`` adds the open case to principals that a parameter's default names; ``defaults`` says whether
    such a default counts as the value.
    """

    scope: Scope
    is_trust: bool = False
    defaults: bool = True
    statements: list[Statement] = field(default_factory=list)
    incomplete: list[Incomplete] = field(default_factory=list)


class _Place(NamedTuple):
    """A statement as written, its pointer, and whether it depends on a condition."""

    node: Any
    pointer: str
    conditional: bool


def read_document(
    node: Any, scope: Scope, *, name: str, pointer: str, conditional: bool, defaults: bool = True
) -> tuple[Policy, DocumentReading]:
    """Read a policy document of a template.

    A statement under ``Fn::If`` is conditional, and both branches count. A statement that is not valid makes
    the document incomplete, and the others are read. A parameter's default counts for an Allow; a Deny that
    depends on one is not certain, and a trust that does may name anybody.
    """
    read = DocumentReading(scope, name == TRUST, defaults)
    key = content_without_functions(node) if name == TRUST and not conditional else None
    known = _trusts.get(key) if key is not None else None
    if known is not None:
        read.statements += [_moved(statement, where, scope.path, pointer) for statement, where in known]
    else:
        _document(node, pointer, conditional, read, 0)
        if key is not None and not read.incomplete:
            if len(_trusts) >= _KEPT:
                _trusts.clear()
            _trusts[key] = [(item, item.origin.pointer.removeprefix(pointer)) for item in read.statements]
    return Policy(name, tuple(read.statements), Origin(scope.path, pointer)), read


def _moved(statement: Statement, where: str, path: str, pointer: str) -> Statement:
    """Return a statement with the origin that it has in another document."""
    return Statement(
        statement.effect,
        statement.actions,
        statement.not_actions,
        statement.resources,
        statement.not_resources,
        statement.principals,
        statement.not_principals,
        statement.conditions,
        statement.sid,
        statement.conditional,
        statement.unresolved,
        Origin(path, pointer + where),
    )


def _branches(node: Any, pointer: str) -> list[tuple[Any, str]] | None:
    """Return both branches of an ``Fn::If`` with their pointers, ``None`` for anything else."""
    branches = node.get("Fn::If") if type(node) is dict and len(node) == 1 else None
    if isinstance(branches, list) and len(branches) == 3:
        return [(branch, f"{pointer}/Fn::If/{index}") for index, branch in enumerate(branches) if index]
    return None


def _document(node: Any, pointer: str, conditional: bool, read: DocumentReading, depth: int) -> None:
    branches = _branches(node, pointer)
    if branches is not None and depth < _MAX_DEPTH:
        for branch, where in branches:
            _document(branch, where, True, read, depth + 1)
        return
    key = next((key for key in node if key.lower() == "statement"), None) if isinstance(node, dict) else None
    if key is not None:
        _statements(node[key], f"{pointer}/{key}", conditional, read, depth)
        return
    found = resolve(node, read.scope, defaults=read.defaults)
    for value in found.values:
        if isinstance(value, str) and UNRESOLVED in value and len(value) == 1:
            read.incomplete.append(Incomplete(pointer, _why("the policy", found.reasons)))
            continue
        try:
            policy = parse_document(
                value,
                name="",
                path=read.scope.path,
                pointer=pointer,
                conditional=conditional or found.conditional,
                unresolved=found.reasons,
            )
        except DocumentError as error:
            read.incomplete.append(Incomplete(error.pointer, one_line(f"{error.what}; {error.remedy}")))
        else:
            read.statements += (
                _worst(statement, node, found.assumed, read) for statement in policy.statements
            )


def _statements(node: Any, pointer: str, conditional: bool, read: DocumentReading, depth: int) -> None:
    """Read one statement or a list of them, in nested lists and both branches of an ``Fn::If`` too."""
    if depth > _MAX_DEPTH:
        read.incomplete.append(Incomplete(pointer, "nested too deeply to read"))
        return
    if isinstance(node, list):
        for index, item in enumerate(node):
            _statements(item, f"{pointer}/{index}", conditional, read, depth + 1)
        return
    branches = _branches(node, pointer)
    if branches is not None:
        for branch, where in branches:
            _statements(branch, where, True, read, depth + 1)
        return
    is_plain = type(node) is dict and read.defaults
    plain = plain_statement(node, read.scope, pointer, conditional) if is_plain else None
    if plain is not None:
        if plain is not IRRELEVANT:
            read.statements.append(plain)
        return
    found = resolve(node, read.scope, defaults=read.defaults)
    for value in found.values:
        # A parameter may have a list of statements as its value.
        for item in value if isinstance(value, list) else [value]:
            place = _Place(node, pointer, conditional or found.conditional)
            _statement(item, place, found, read)


def _statement(value: Any, place: _Place, found: Resolved, read: DocumentReading) -> None:
    pointer, reasons = place.pointer, found.reasons
    if value == UNRESOLVED:
        read.incomplete.append(Incomplete(pointer, _why("the statement", reasons)))
        return
    try:
        statement = parse_statement(
            value,
            path=read.scope.path,
            pointer=pointer,
            conditional=place.conditional,
            unresolved=reasons,
        )
    except DocumentError as error:
        read.incomplete.append(Incomplete(error.pointer, one_line(f"{error.what}; {error.remedy}")))
        return
    if statement.resources and "" in statement.resources:
        # No policy deploys with an empty resource: the parameter with the empty default must be given.
        resources = tuple(text or UNRESOLVED for text in statement.resources)
        statement = replace(statement, resources=resources)
    statement = _worst(statement, place.node, found.assumed, read)
    read.statements.append(statement)
    actions = statement.actions or statement.not_actions or ()
    if statement.effect == "Allow" and any(bedrock_may_hide(action) for action in actions):
        read.incomplete.append(Incomplete(pointer, _why("an action", reasons)))


def _worst(statement: Statement, node: Any, assumed: bool, read: DocumentReading) -> Statement:
    """Return a statement that depends on a parameter's default as the worst that a deployment may make it."""
    if not assumed:
        return statement
    if statement.effect == "Deny":
        effect = node.get("Effect", "Deny") if isinstance(node, dict) else UNRESOLVED
        if type(effect) is not str and resolve(effect, read.scope).assumed:
            return replace(statement, effect="Allow", conditional=True)
        return replace(statement, conditional=True)
    principals = node.get("Principal") if isinstance(node, dict) else None
    if read.is_trust and statement.principals is not None and type(principals) is dict:
        return replace(statement, principals=_opened(statement.principals, principals, read.scope))
    return statement


def _opened(
    known: tuple[tuple[str, str], ...], node: dict[str, Any], scope: Scope
) -> tuple[tuple[str, str], ...]:
    """Return the principals of a trust with those that other values of a parameter would name."""
    opened = [
        (kind, text)
        for kind, value in node.items()
        if resolve(value, scope).assumed
        for text in texts(value, scope, defaults=False).values
    ]
    return tuple(dict.fromkeys((*known, *opened)))


def bedrock_may_hide(action: str) -> bool:
    """Whether an action with an unresolved part may be one of Bedrock, going by the text before that part."""
    head, mark, _ = action.partition(UNRESOLVED)
    if not mark:
        return False
    service, colon, _ = head.lower().partition(":")
    if colon:
        return service.startswith("bedrock") or "*" in service or "?" in service
    return "bedrock".startswith(service) or service.startswith("bedrock") or "*" in service


def _why(what: str, reasons: tuple[str, ...]) -> str:
    return f"{what} is not known: {'; '.join(reasons[:3])}" if reasons else f"{what} is not known"
