"""Which statement of a principal comes nearest to a request, and why it does not allow it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from constructs_lib import templates
from constructs_lib.explain.model import Nearest
from constructs_lib.iam import Request, decide, matches

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from constructs_lib.iam import Policy, Statement
    from constructs_lib.templates import Model, Principal

__all__ = ["Search", "look_in"]

_SUFFIX = re.compile(r"-[A-Za-z0-9]{8,13}$")


class Search(NamedTuple):
    """What was found in the policies that were given.

    Attributes:
        nearest: The nearest statement, ``None`` if the principal has none.
        note: One sentence: which principal was read, or why none was found.
        allowed: Whether the policies that were read allow the request, so that something else denies it.

    """

    nearest: Nearest | None
    note: str
    allowed: bool = False


def look_in(paths: Sequence[str], principal: str, action: str, resource: str) -> Search:
    """Find the caller in templates, policies or an account export, and its nearest statement.

    Args:
        paths: What ``review`` reads too.
        principal: The caller's ARN; may be empty when the input holds a single principal.
        action: The IAM action of the request.
        resource: The resource of the request; empty is read as ``*``.

    """
    model = templates.read(paths)
    faults = [f"{i.path}: {i.error}" for i in model.inputs if i.error]
    found = _principal(model, principal)
    if found is None:
        names = ", ".join(sorted({p.name for p in model.principals})[:8]) or "none"
        whom = (
            f"`{role_name(principal) or principal}`"
            if principal
            else "the caller, which the error does not name,"
        )
        note = f"{whom} is not among the principals of the input ({names})"
        return Search(None, "; ".join([note, *faults]))
    decision = decide(Request(action, resource or "*"), found.policies, boundary=found.boundary)
    note = f"read {found.name} of {found.origin.path}"
    if decision.outcome == "explicit_deny" and decision.statement is not None:
        return Search(_at(decision.statement, "this Deny matches the request"), note)
    if decision:
        text = "allows the request as far as it can be read; a condition or another policy decides"
        return Search(_at(decision.statement, text) if decision.statement else None, note, allowed=True)
    if found.boundary is not None and decide(Request(action, resource or "*"), found.policies):
        in_boundary = _nearest([found.boundary], action, resource)
        return Search(in_boundary, f"{note}; its permissions boundary does not allow the request")
    return Search(_nearest(found.policies, action, resource), note)


def _principal(model: Model, arn: str) -> Principal | None:
    """Return the principal that an ARN names: by ARN, by name, or by the logical id in a generated name."""
    principals = [p for p in model.principals if not p.id.startswith("unattached:")]
    name = role_name(arn)
    for exact in (
        [p for p in principals if arn and p.arn == arn],
        [p for p in principals if name and p.name == name],
    ):
        if len(exact) == 1:
            return exact[0]
    if name:
        alike = [p for p in principals if p.arn.endswith((f"/{name}", f":{name}")) or _generated(name, p)]
        if alike:
            return max(alike, key=lambda p: len(p.name))
    return principals[0] if len(principals) == 1 else None


def _generated(name: str, principal: Principal) -> bool:
    """Whether CloudFormation may have made a name from a logical id: ``Stack-LogicalId-RANDOM``.

    CloudFormation cuts the logical id when the whole would be longer than the type allows.
    """
    stem = _SUFFIX.sub("", name)
    logical = principal.name
    if stem == name or not logical.isalnum():
        return False
    last = stem.rpartition("-")[2]
    return bool(last) and logical.startswith(last) and (last == logical or len(last) >= 12)


def role_name(arn: str) -> str:
    """Return the name of the role or user in an ARN of IAM or of a session."""
    if "assumed-role/" in arn:
        return arn.split("assumed-role/", 1)[1].split("/", maxsplit=1)[0]
    return arn.rpartition("/")[2] if arn.startswith("arn:") else ""


def _nearest(policies: Iterable[Policy], action: str, resource: str) -> Nearest | None:
    ranked = sorted(_candidates(policies, action, resource), key=lambda pair: -pair[0])
    return _at(ranked[0][1], ranked[0][2]) if ranked else None


def _candidates(
    policies: Iterable[Policy], action: str, resource: str
) -> Iterator[tuple[int, Statement, str]]:
    """Return the Allow statements with how near each comes, and why it does not match."""
    prefix = action.partition(":")[0].lower()
    for policy in policies:
        for statement in policy.statements:
            if statement.effect != "Allow":
                continue
            named = _names_action(statement, action)
            on = _names_resource(statement, resource)
            if named and on:
                yield 90, statement, "its condition may not hold for the request"
            elif named:
                yield (
                    70 + _alike(statement.resources or (), resource),
                    statement,
                    _why_resource(statement, resource),
                )
            elif any(text.lower().startswith(f"{prefix}:") for text in statement.actions or ()):
                close = max(
                    (_common(text.lower(), action.lower()) for text in statement.actions or ()), default=0
                )
                yield (30 if on else 10) + min(close, 25), statement, _why_action(statement, action, on=on)


def _names_action(statement: Statement, action: str) -> bool:
    if statement.actions is not None:
        return any(matches(text, action, ignore_case=True) for text in statement.actions)
    return not any(matches(text, action, ignore_case=True) for text in statement.not_actions or ())


def _names_resource(statement: Statement, resource: str) -> bool:
    if statement.not_resources is not None:
        return not any(matches(text, resource) for text in statement.not_resources)
    return statement.resources is None or any(matches(text, resource or "*") for text in statement.resources)


def _why_action(statement: Statement, action: str, *, on: bool) -> str:
    named = ", ".join(f"`{text}`" for text in (statement.actions or ())[:4])
    why = f"it allows {named}, and the request needs `{action}`"
    if action.endswith("WithResponseStream"):
        why += ": streaming is an action of its own"
    return why if on else f"{why}; the resource differs too"


def _why_resource(statement: Statement, resource: str) -> str:
    held = max(statement.resources or ("no resource",), key=lambda text: _likeness(text, resource))
    return f"it is on `{held}`, and the request is for `{resource or '*'}`{_difference(held, resource)}"


def _likeness(held: str, asked: str) -> tuple[bool, bool, int]:
    """Rank an ARN that is held: of the asked type, then of the asked name, then with the longest prefix.

    The prefix alone would choose a project in the asked Region before the same model in another one.
    """
    ours, theirs = held.split(":", 5)[-1], asked.split(":", 5)[-1]
    alike = ours.partition("/")[0] == theirs.partition("/")[0]
    return alike, ours == theirs, _common(held, asked)


def _difference(held: str, asked: str) -> str:
    """Say in words how two ARNs differ, as far as one part decides."""
    ours, theirs = held.split(":", 5), asked.split(":", 5)
    if len(ours) != 6 or len(theirs) != 6:
        return ""
    kinds = ours[5].partition("/")[0], theirs[5].partition("/")[0]
    if kinds[0] != kinds[1]:
        return f": `{kinds[0]}` is another resource type than `{kinds[1]}`"
    if ours[3] != theirs[3]:
        return f": the Region {ours[3] or '(none)'} differs from {theirs[3] or '(none)'}"
    if ours[4] != theirs[4]:
        return f": the account {ours[4] or '(none)'} differs from {theirs[4] or '(none)'}"
    return ": another name" if ours[5] != theirs[5] else ""


def _alike(resources: Sequence[str], resource: str) -> int:
    return min(15, max((_common(text, resource) for text in resources), default=0) // 6)


def _common(one: str, other: str) -> int:
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count


def _at(statement: Statement, why: str) -> Nearest:
    origin = statement.origin
    return Nearest(origin.path, origin.pointer, templates.Sources().line_of(origin.path, origin.pointer), why)
