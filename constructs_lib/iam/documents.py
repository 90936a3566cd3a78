"""Policy documents in all their spellings, read into the frozen values of the policy model.

Lenient in reading, exact in meaning: a list or a single value, one statement or many, any letter case of the
element names, JSON text or a ready value. The grammar is AWS's
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html). Where a template leaves a
part open, the caller passes ``UNRESOLVED`` inside a string or in place of any element.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from constructs_lib.iam.model import UNRESOLVED, Condition, Effect, Origin, Policy, Statement

__all__ = ["DocumentError", "parse_document", "parse_statement"]

_ELEMENTS: Final = {
    name.lower(): name
    for name in (
        *("Sid", "Effect", "Action", "NotAction", "Resource", "NotResource"),
        *("Principal", "NotPrincipal", "Condition"),
    )
}
_KINDS: Final = {name.lower(): name for name in ("AWS", "Service", "Federated", "CanonicalUser")}
_EFFECTS: Final[dict[str, Effect]] = {"allow": "Allow", "deny": "Deny"}
_OPEN: Final = (UNRESOLVED,)


class DocumentError(ValueError):
    """A value that is not a policy. ``str()`` is one line: the place, what is wrong and how to fix it."""

    def __init__(self, pointer: str, what: str, remedy: str) -> None:
        super().__init__(f"{pointer or '/'}: {what}; {remedy}")
        self.pointer = pointer
        self.what = what
        self.remedy = remedy


def parse_document(
    document: object,
    *,
    name: str,
    path: str,
    pointer: str,
    conditional: bool = False,
    unresolved: Iterable[str] = (),
) -> Policy:
    """Read one policy document.

    Args:
        document: A JSON object, or its text (``str``), as ``json.loads`` gives it; ``UNRESOLVED`` for a
            document that the input doesn't determine at all.
        name: The name that the input gives the policy.
        path: The input's path, for origins.
        pointer: RFC 6901 pointer of the document in the input.
        conditional: Whether the document depends on a condition of the template.
        unresolved: The reasons behind open parts; they go to each statement that has one.

    Raises:
        DocumentError: When the value is no policy document.

    """
    if document == UNRESOLVED:
        document = {"Statement": UNRESOLVED}
    if isinstance(document, str):
        document = _parse_json(document, pointer)
    if not isinstance(document, Mapping):
        raise DocumentError(
            pointer, f"a policy is a JSON object, got {_kind(document)}", "give the policy document"
        )
    key = next((key for key in document if isinstance(key, str) and key.lower() == "statement"), None)
    if key is None:
        raise DocumentError(pointer, "`Statement` is missing", "add a list of statements")
    body = document[key]
    at = f"{pointer}/{key}"
    reasons = tuple(unresolved)
    items = _flatten(body, at) if isinstance(body, list | tuple) else [(body, at)]
    statements = tuple(
        parse_statement(item, path=path, pointer=where, conditional=conditional, unresolved=reasons)
        for item, where in items
    )
    return Policy(name, statements, Origin(path, pointer))


def parse_statement(
    statement: object, *, path: str, pointer: str, conditional: bool = False, unresolved: Iterable[str] = ()
) -> Statement:
    """Read one statement; arguments and errors as in :func:`parse_document`."""
    if statement == UNRESOLVED:
        statement = {"Effect": "Allow", "Action": UNRESOLVED, "Resource": UNRESOLVED}
    parts = _elements(statement, pointer)
    _check(parts, pointer)
    texts = {
        name: _texts(parts, name, pointer) for name in ("Action", "NotAction", "Resource", "NotResource")
    }
    principals = {name: _principals(parts, name, pointer) for name in ("Principal", "NotPrincipal")}
    sid = parts.get("Sid", ("", None))[1]
    result = Statement(
        effect=_effect(parts, pointer),
        actions=texts["Action"],
        not_actions=texts["NotAction"],
        resources=texts["Resource"],
        not_resources=texts["NotResource"],
        principals=principals["Principal"],
        not_principals=principals["NotPrincipal"],
        conditions=_conditions(parts, pointer),
        sid=sid if isinstance(sid, str) and sid else None,
        conditional=conditional,
        unresolved=(),
        origin=Origin(path, pointer),
    )
    return _with_reasons(result, tuple(unresolved))


def _with_reasons(statement: Statement, reasons: tuple[str, ...]) -> Statement:
    """Attach the reasons to a statement that has an open part."""
    texts = [
        *(text for group in _text_groups(statement) for text in group or ()),
        *(
            text
            for group in (statement.principals, statement.not_principals)
            for pair in group or ()
            for text in pair
        ),
        *(text for c in statement.conditions for text in (c.operator, c.key, *c.values)),
    ]
    if not reasons or not any(UNRESOLVED in text for text in texts):
        return statement
    return replace(statement, unresolved=reasons)


def _text_groups(statement: Statement) -> tuple[tuple[str, ...] | None, ...]:
    return (statement.actions, statement.not_actions, statement.resources, statement.not_resources)


def _parse_json(text: str, pointer: str) -> object:
    """Read JSON text."""
    try:
        return json.loads(text)
    except RecursionError:
        raise DocumentError(pointer, "the policy text nests too deeply", "flatten it") from None
    except ValueError as error:
        raise DocumentError(pointer, f"the policy text is not JSON ({error})", "give a JSON object") from None


def _elements(statement: object, pointer: str) -> dict[str, tuple[str, object]]:
    """Return the elements by their proper name, each with its spelling and value, unknown ones left out."""
    if not isinstance(statement, Mapping):
        raise DocumentError(
            pointer, f"a statement is a JSON object, got {_kind(statement)}", "write an object"
        )
    parts: dict[str, tuple[str, object]] = {}
    for key, value in statement.items():
        name = _ELEMENTS.get(key.lower()) if isinstance(key, str) else None
        if name in parts:
            raise DocumentError(
                pointer, f"`{name}` is given twice (`{parts[name][0]}`, `{key}`)", "keep one of them"
            )
        if name is not None:
            parts[name] = (key, value)
    return parts


def _check(parts: Mapping[str, tuple[str, object]], pointer: str) -> None:
    """Refuse a statement that IAM refuses as a whole: no action, or an element together with its opposite."""
    for name in ("Action", "Resource", "Principal"):
        if name in parts and f"Not{name}" in parts:
            raise DocumentError(pointer, f"`{name}` and `Not{name}` exclude each other", "keep one of them")
    if "Action" not in parts and "NotAction" not in parts:
        raise DocumentError(pointer, "`Action` is missing", "name the actions")


def _effect(parts: Mapping[str, tuple[str, object]], pointer: str) -> Effect:
    """Return the effect. IAM wants `Allow` or `Deny` exactly; other letter cases are read as these."""
    if "Effect" not in parts:
        raise DocumentError(pointer, "`Effect` is missing", "write `Allow` or `Deny`")
    value = parts["Effect"][1]
    if value == UNRESOLVED:
        return "Allow"  # the worst case
    effect = _EFFECTS.get(value.lower()) if isinstance(value, str) else None
    if effect is None:
        raise DocumentError(
            f"{pointer}/{parts['Effect'][0]}", f"unknown effect `{value}`", "write `Allow` or `Deny`"
        )
    return effect


def _texts(parts: Mapping[str, tuple[str, object]], name: str, pointer: str) -> tuple[str, ...] | None:
    """Return an element's strings, ``None`` when it is absent."""
    if name not in parts:
        return None
    key, value = parts[name]
    return tuple(_strings(value, f"{pointer}/{key}", name))


def _strings(value: object, pointer: str, name: str) -> Iterator[str]:
    """Yield the strings of one value or a list of them."""
    if isinstance(value, str):
        yield value
        return
    if not isinstance(value, list | tuple):
        raise DocumentError(pointer, f"`{name}` is a string or a list, got {_kind(value)}", "write strings")
    for item, where in _flatten(value, pointer):
        if not isinstance(item, str):
            raise DocumentError(where, f"`{name}` holds strings, got {_kind(item)}", "write a string")
        yield item


def _flatten(items: Iterable[object], pointer: str) -> list[tuple[object, str]]:
    """Return list items with their pointers, lists within lists (left by ``Fn::If``) taken apart."""
    result: list[tuple[object, str]] = []
    todo = [(item, f"{pointer}/{index}") for index, item in enumerate(items)][::-1]
    while todo:
        item, where = todo.pop()
        if isinstance(item, list | tuple):
            todo.extend([(inner, f"{where}/{index}") for index, inner in enumerate(item)][::-1])
        else:
            result.append((item, where))
    return result


def _principals(
    parts: Mapping[str, tuple[str, object]], name: str, pointer: str
) -> tuple[tuple[str, str], ...] | None:
    """Return (kind, value) pairs; ``"*"`` is everyone, which IAM also spells ``{"AWS": "*"}``."""
    if name not in parts:
        return None
    key, value = parts[name]
    at = f"{pointer}/{key}"
    if isinstance(value, str):
        return (("AWS", value),)
    if not isinstance(value, Mapping):
        raise DocumentError(at, f"`{name}` is `*` or an object, got {_kind(value)}", 'write {"Service": ...}')
    pairs: list[tuple[str, str]] = []
    for kind, entry in value.items():
        proper = _KINDS.get(str(kind).lower(), str(kind))
        # People write account ids as numbers, too.
        listed = [str(entry)] if isinstance(entry, int) and not isinstance(entry, bool) else entry
        pairs += [(proper, text) for text in _strings(listed, f"{at}/{kind}", name)]
    return tuple(pairs)


def _conditions(parts: Mapping[str, tuple[str, object]], pointer: str) -> tuple[Condition, ...]:
    """Return the conditions in the document's order."""
    key, block = parts.get("Condition", ("", None))
    if block is None:
        return ()
    if block == UNRESOLVED:
        return (Condition(UNRESOLVED, UNRESOLVED, _OPEN),)
    at = f"{pointer}/{key}"
    conditions: list[Condition] = []
    for operator, keys in _mapping(block, at).items():
        if keys == UNRESOLVED:
            conditions.append(Condition(str(operator), UNRESOLVED, _OPEN))
            continue
        for name, values in _mapping(keys, f"{at}/{operator}").items():
            texts = tuple(_values(values, f"{at}/{operator}/{name}"))
            conditions.append(Condition(str(operator), str(name), texts))
    return tuple(conditions)


def _mapping(value: object, pointer: str) -> Mapping[object, object]:
    if not isinstance(value, Mapping):
        raise DocumentError(
            pointer, f"a condition is an object, got {_kind(value)}", "write operator, key and value"
        )
    return value


def _values(value: object, pointer: str) -> Iterator[str]:
    """Yield condition values as text; JSON's numbers and booleans need no quotation marks."""
    items = _flatten(value, pointer) if isinstance(value, list | tuple) else [(value, pointer)]
    for item, where in items:
        if isinstance(item, bool):
            yield "true" if item else "false"
        elif isinstance(item, str | int | float):
            yield str(item)
        else:
            raise DocumentError(where, f"a condition value is a string, got {_kind(item)}", "write a string")


def _kind(value: object) -> str:
    """Name a value's JSON type."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list | tuple):
        return "a list"
    return "a string" if isinstance(value, str) else "a number"
