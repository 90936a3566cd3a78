"""Render a difference as text, JSON (schema ``bedrock-planes/diff/1``) or Markdown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from constructs_lib.inert import markdown_code, one_line, without_commands
from constructs_lib.review.diff.effect_formats import (
    effect_counts,
    effect_dict,
    effect_lines,
    markdown_resources,
    resource_summary,
)
from constructs_lib.review.json_text import indented

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from constructs_lib.review.diff.changes import Diff, FamilyChange, PrincipalChange, ResourceChange

__all__ = ["FORMATS", "SCHEMA", "render", "to_dict"]

SCHEMA = "bedrock-planes/diff/1"
_LIMIT = 65_000
"""GitHub takes no comment of more than 65,536 characters."""
_SCREEN = 10
"""More changes are summed up first in text; more lines that widen nothing are folded in Markdown."""
_NAMES = 10
_NO_LIMITS = "A report has no conditions, Denies and trusts: these were not compared."
_SIGNS = {"added": "+", "removed": "-", "changed": "~"}


def render(diff: Diff, format_name: str = "text") -> str:
    """Render a difference in one of :data:`FORMATS`.

    Raises:
        KeyError: There is no such format.

    """
    return without_commands(FORMATS[format_name](diff), format_name)


def to_dict(diff: Diff) -> dict[str, Any]:
    """Return the difference as plain values."""
    counts = {
        change: sum(principal.change == change for principal in diff.principals)
        for change in ("added", "removed", "changed")
    }
    return {
        "schema": SCHEMA,
        "old": diff.old,
        "new": diff.new,
        "widening": diff.widening,
        "losing": diff.losing,
        "limits_compared": diff.has_limits,
        "principals": [_principal_dict(principal) for principal in diff.principals],
        "resources": None if diff.resources is None else [effect_dict(one) for one in diff.resources],
        "summary": {
            **counts,
            "widened": sum(principal.widening for principal in diff.principals),
            "resources": effect_counts(diff.resources or ()),
        },
    }


def _principal_dict(principal: PrincipalChange) -> dict[str, Any]:
    return {
        "change": principal.change,
        "name": principal.name,
        "construct_path": principal.construct_path,
        "old": principal.old,
        "new": principal.new,
        "kind": {"old": principal.kind[0], "new": principal.kind[1]},
        "verdict": {"old": principal.verdict[0], "new": principal.verdict[1]},
        "widening": principal.widening,
        "families": {name: _family_dict(family) for name, family in principal.families.items()},
        "incomplete": {"gained": list(principal.unknown_gained), "lost": list(principal.unknown_lost)},
        "limits": {"loosened": list(principal.loosened), "tightened": list(principal.tightened)},
    }


def _family_dict(family: FamilyChange) -> dict[str, Any]:
    return {
        "plane": family.plane,
        "gained": list(family.gained),
        "lost": list(family.lost),
        "widened": [{"pattern": r.pattern, "was": list(r.replaces)} for r in family.widened],
        "narrowed": [{"pattern": r.pattern, "now": list(r.replaces)} for r in family.narrowed],
    }


def _json(diff: Diff) -> str:
    return indented(to_dict(diff)) + "\n"


def _folded(diff: Diff) -> list[tuple[PrincipalChange, list[str]]]:
    """Return each change once, with the names of the other principals that changed in the same way."""
    seen: dict[str, tuple[PrincipalChange, list[str]]] = {}
    for principal in diff.principals:
        same = {**_principal_dict(principal), **dict.fromkeys(("name", "construct_path", "old", "new"))}
        key = json.dumps(same)
        if key in seen:
            seen[key][1].append(_name(principal))
        else:
            seen[key] = (principal, [])
    return list(seen.values())


def _text(diff: Diff) -> str:
    folded = _folded(diff)
    lines: list[str] = []
    if len(folded) > _SCREEN:
        widened = [(principal, others) for principal, others in folded if principal.widening]
        lines += [
            _summary(diff),
            *(f"  {_title(principal)}{_more(others)}" for principal, others in widened),
            "",
        ]
    for principal, others in folded:
        more = f" and {len(others) - _NAMES} more" if len(others) > _NAMES else ""
        changed = [f"  the same for {', '.join(others[:_NAMES])}{more}"] if others else []
        title, *body = _lines(principal, "    ")
        lines += [title, *changed, *body, ""]
    lines = [*map(one_line, lines), _summary(diff)]
    for effect in diff.resources or ():
        lines += ["", *map(one_line, effect_lines(effect))]
    return "\n".join([*lines, *resource_summary(diff.resources)]) + "\n"


def _more(others: list[str]) -> str:
    return f" (+{len(others)} alike)" if others else ""


def _markdown(diff: Diff) -> str:
    """Return a comment: what widens comes first and is in sight; what does not fit is counted."""
    lines = ["# Permission changes", "", _summary(diff), ""]
    room = _LIMIT - sum(map(len, lines))
    folded = sorted(_folded(diff), key=lambda item: not item[0].widening)
    for number, (principal, others) in enumerate(folded):
        entry = _entry(principal, others)
        room -= sum(len(line) + 1 for line in entry)
        if room < 0:
            left = sum(1 + len(more) for _, more in folded[number:])
            lines += [f"The comment is full: {left} more principals are in the other formats.", ""]
            break
        lines += entry
    return "\n".join([*lines, *markdown_resources(diff.resources, room)])


def _entry(principal: PrincipalChange, others: list[str]) -> list[str]:
    title, *body = (one_line(line).replace("@", "@\u200b") for line in _lines(principal, "  "))
    lines = [f"## {markdown_code(_name(principal))}", ""]
    if others:
        shown = ", ".join(markdown_code(name) for name in others[:_NAMES])
        more = f" and {len(others) - _NAMES} more" if len(others) > _NAMES else ""
        lines += [f"The same for {shown}{more}.", ""]
    block = ["```diff", title, *body, "```", ""]
    if len(body) <= _SCREEN or principal.widening:
        return [*lines, *block]
    return [*lines, f"<details><summary>{len(body)} lines</summary>", "", *block, "</details>", ""]


FORMATS: dict[str, Callable[[Diff], str]] = {"text": _text, "json": _json, "markdown": _markdown}
"""The formats by name, each with its renderer."""


def _lines(principal: PrincipalChange, indent: str) -> Iterator[str]:
    """Yield what changed of a principal; each line begins with a sign or two spaces, so none ends a block."""
    yield f"{_SIGNS[principal.change]} {_title(principal)}"
    yield from _body(principal, indent)


def _title(principal: PrincipalChange) -> str:
    """Return name, kind and verdict, with both sides where they differ."""
    title = f"{_name(principal)} ({_sides(principal.kind)}): {_sides(principal.verdict)}"
    return f"{title}  WIDER" if principal.widening else title


def _name(principal: PrincipalChange) -> str:
    return principal.construct_path or principal.name


def _sides(values: tuple[str | None, str | None]) -> str:
    old, new = values
    if old is None or new is None or old == new:
        return str(new if old is None else old)
    return f"{old} -> {new}"


def _body(principal: PrincipalChange, indent: str) -> Iterator[str]:
    """Yield one line per gain or loss; the sign comes first, so that a diff viewer colours it."""
    for name, family in principal.families.items():
        yield f"  {name} ({family.plane})"
        yield from (f"+{indent}{action}" for action in family.gained)
        yield from (f"-{indent}{action}" for action in family.lost)
        yield from (f"+{indent}on {_resource(change, 'was')}" for change in family.widened)
        yield from (f"-{indent}on {_resource(change, 'now')}" for change in family.narrowed)
    if principal.loosened or principal.tightened:
        yield "  limits"
    yield from (f"+{indent}{line}" for line in principal.loosened)
    yield from (f"-{indent}now limited: {line}" for line in principal.tightened)
    if principal.unknown_gained or principal.unknown_lost:
        yield "  unknown"
    yield from (f"+{indent}{why}" for why in principal.unknown_gained)
    yield from (f"-{indent}{why}" for why in principal.unknown_lost)


def _resource(change: ResourceChange, word: str) -> str:
    return f"{change.pattern} ({word} {', '.join(change.replaces)})" if change.replaces else change.pattern


def _summary(diff: Diff) -> str:
    left = "" if diff.has_limits else f" {_NO_LIMITS}"
    if not diff.principals:
        return f"No permission changed.{left}"
    counts = to_dict(diff)["summary"]
    parts = [f"{counts[name]} {name}" for name in ("added", "removed", "changed") if counts[name]]
    return f"Principals: {', '.join(parts)}; {counts['widened']} may do more than before.{left}"
