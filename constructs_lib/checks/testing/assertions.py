"""The assertions, and their failure messages: the smallest offending statement, the rule and the proof."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from constructs_lib import catalogue
from constructs_lib.cdk_support import PlanesError
from constructs_lib.checks.testing.subject import review_subject
from constructs_lib.iam import UNRESOLVED, Request, decide, expand, is_documented, may_overlap
from constructs_lib.review import Facts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from constructs import IConstruct

    from constructs_lib.checks.testing.subject import Reviewed, Subject
    from constructs_lib.iam import Statement
    from constructs_lib.review import Finding, PrincipalReport, Verdict
    from constructs_lib.templates import Kind

__all__ = ["assert_denied", "assert_planes_disjoint", "assert_verdict"]

_PLANES_CROSS = frozenset({"BP101", "BP103", "BP105", "BP106"})
_VERDICTS = ("data", "control", "mixed", "none")
_VERDICTS_SHOWN = ", ".join(f"`{verdict}`" for verdict in _VERDICTS)
_STRICT = frozenset({"BP102", "BP107"})


def assert_planes_disjoint(
    subject: Subject, *, strict: bool = False, kinds: Mapping[Kind, Iterable[str]] | None = None
) -> None:
    """Assert that no principal acts on both planes, alone, by a shared family or through another role.

    Args:
        subject: A ``Template``, a stack, an app or stage, or a path.
        strict: Also refuse control reads together with data, and app and deploy roles that are known in part
            only.
        kinds: The kinds of principals, as in ``BedrockPlaneChecks``.

    Raises:
        AssertionError: There is a finding of BP101, BP103, BP105 or BP106 (with ``strict`` also of BP102 or
            BP107) that is not acknowledged, or an input could not be read.

    """
    reviewed = review_subject(subject, strict=strict, kinds=kinds)
    rules = _PLANES_CROSS | _STRICT if strict else _PLANES_CROSS
    remaining = [
        finding for finding in reviewed.findings if finding.rule in rules and finding.acknowledged is None
    ]
    lines = [line for finding in remaining for line in ("", *_explain(finding, reviewed))]
    if lines:
        raise AssertionError("\n".join(["the planes are not disjoint:", *lines]))


def assert_verdict(
    subject: Subject,
    principal: str | IConstruct,
    verdict: Verdict,
    *,
    kinds: Mapping[Kind, Iterable[str]] | None = None,
) -> None:
    """Assert which plane a principal is on: ``data``, ``control``, ``mixed`` or ``none``.

    Args:
        subject: A ``Template``, a stack, an app or stage, or a path.
        principal: A role construct, or a construct path, name or id; ``*`` and ``?`` match.
        verdict: The plane.
        kinds: The kinds of principals, as in ``BedrockPlaneChecks``.

    Raises:
        AssertionError: The verdict is another one, or not exactly one principal matches.
        PlanesError: There is no such verdict.

    """
    if verdict not in _VERDICTS:
        raise PlanesError(f"`verdict` has the value `{verdict}`: use one of {_VERDICTS_SHOWN}")
    reviewed = review_subject(subject, kinds=kinds)
    found, _ = reviewed.principal(principal)
    if found.verdict != verdict:
        lines = [
            f"`{found.construct_path or found.name}` has the verdict `{found.verdict}`, not `{verdict}`:"
        ]
        for family, use in found.families.items():
            lines.append(f"  {family} ({use.plane}): {', '.join(use.actions)}")
        for finding in reviewed.findings:
            if finding.principal == found.id and finding.rule in _PLANES_CROSS:
                lines += ["", *_explain(finding, reviewed)]
        raise AssertionError("\n".join(lines))


def assert_denied(
    subject: Subject, principal: str | IConstruct, *actions: str, resource: str | None = None
) -> None:
    """Assert that a principal may call none of the actions, on one resource or on any.

    Conditions on an Allow are assumed to hold, those on a Deny not to.

    Args:
        subject: A ``Template``, a stack, an app or stage, or a path.
        principal: A role construct, or a construct path, name or id; ``*`` and ``?`` match.
        actions: IAM actions (``bedrock:InvokeModel``); with wildcards for those of Bedrock. A wildcard
            outside the action's name, which IAM documents nowhere, matches in the widest sense.
        resource: An ARN. Without it, the actions must be denied on every resource.

    Raises:
        AssertionError: An action is allowed; or the principal is known in part only, so that nothing is
            proved; or not exactly one principal matches.
        ValueError: No action is given, or a Bedrock action doesn't exist.
        PlanesError: An action is no text, or the resource is no ARN, of which nothing would be proved.

    """
    if not actions:
        message = "name at least one action, such as `bedrock:InvokeModel`"
        raise ValueError(message)
    for action in actions:
        if not isinstance(action, str):
            raise PlanesError(f"`actions` has the value `{action}`: pass each action as a text of its own")
    if resource is not None and not str(resource).startswith("arn:"):
        raise PlanesError(f"`resource` has the value `{resource}`: pass an ARN, or nothing for all")
    names = [name for action in actions for name in _expanded(action)]
    reviewed = review_subject(subject)
    found, behind = reviewed.principal(principal)
    facts = Facts(behind, found.kind, ())
    name = found.construct_path or found.name
    allowed = [(action, statement) for action in names for statement in _allowing(facts, action, resource)]
    if allowed:
        lines = [f"`{name}` may call {len({action for action, _ in allowed})} of the denied actions:"]
        for action, statement in allowed:
            lines += [f"  {action}, by {statement.origin.path}#{statement.origin.pointer}"]
            lines += [f"    {_smallest(statement, action, resource)}"]
        raise AssertionError("\n".join(lines))
    if unknown := _unknown(found):
        raise AssertionError("\n".join([f"`{name}` may do more than its policies here show:", *unknown]))


def _expanded(action: str) -> Iterator[str]:
    """Yield the actions that a pattern matches; a name of another service is yielded as it is."""
    prefix, colon, _ = action.partition(":")
    found = expand(action)
    if not found and colon and is_documented(action) and not prefix.lower().startswith("bedrock"):
        yield action
        return
    if not found:
        near = catalogue.suggest(action if colon else f"bedrock:{action}")
        hint = f"did you mean `{near[0]}`?" if near else "`bedrock-planes which` finds its name"
        message = f"no action matches `{action}`: {hint}"
        raise ValueError(message)
    yield from found


def _allowing(facts: Facts, action: str, resource: str | None) -> Iterator[Statement]:
    """Yield the statements that allow an action on a resource, or on any."""
    if catalogue.action(action) is not None and resource is None:
        yield from dict.fromkeys(held.statement for held in facts.holds(action))
        return
    request = Request(action, UNRESOLVED if resource is None else resource)
    decision = decide(request, facts.principal.policies, boundary=facts.principal.boundary)
    if decision and decision.statement is not None:
        yield decision.statement


def _unknown(principal: PrincipalReport) -> list[str]:
    return [f"  {entry.why} ({entry.pointer})" for entry in principal.incomplete]


def _explain(finding: Finding, reviewed: Reviewed) -> Iterator[str]:
    """Yield the lines of one finding."""
    yield f"{finding.rule} {finding.name}: {finding.message}"
    yield f"  at {finding.location.path}#{finding.location.pointer}"
    statement = reviewed.statement(finding.location)
    witness = finding.witness
    if statement is not None:
        wanted = (witness.action, witness.resource) if witness is not None else (None, None)
        yield f"  {_smallest(statement, *wanted)}"
    if witness is not None:
        yield f"  proof: {witness.action} on {witness.resource}, because {witness.because}"
    yield f"  help: {finding.help}"


def _smallest(statement: Statement, action: str | None, resource: str | None) -> str:
    """Return a statement as JSON, cut to the patterns that match an action and a resource."""
    small: dict[str, Any] = {"Sid": statement.sid} if statement.sid else {}
    small["Effect"] = statement.effect
    by_action = _chosen(statement.actions, action, ignore_case=True)
    by_resource = _chosen(statement.resources, resource, ignore_case=False)
    parts = {
        "Action": by_action,
        "NotAction": statement.not_actions,
        "Resource": by_resource,
        "NotResource": statement.not_resources,
        "Principal": [f"{kind}: {value}" for kind, value in statement.principals or ()] or None,
    }
    small |= {key: _one_or_many(values) for key, values in parts.items() if values is not None}
    if statement.conditions:
        small["Condition"] = [f"{item.operator} {item.key}" for item in statement.conditions]
    return json.dumps(small, ensure_ascii=False).replace(UNRESOLVED, "?")


def _chosen(patterns: Sequence[str] | None, wanted: str | None, *, ignore_case: bool) -> Sequence[str] | None:
    """Return the patterns that may match; all if none does, as the match is in another statement then."""
    if patterns is None or wanted is None:
        return patterns
    fold: Callable[[str], str] = str.lower if ignore_case else str
    return [p for p in patterns if may_overlap(fold(p), fold(wanted))] or patterns


def _one_or_many(values: Sequence[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else list(values)
