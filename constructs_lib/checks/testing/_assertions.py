"""The assertions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib import catalogue
from constructs_lib.checks.testing._explain import explain, smallest
from constructs_lib.checks.testing._subject import review_subject
from constructs_lib.iam import UNRESOLVED, Request, decide, expand, is_documented
from constructs_lib.review import Facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from constructs import IConstruct

    from constructs_lib.checks.testing._subject import Subject
    from constructs_lib.iam import Statement
    from constructs_lib.review import PrincipalReport, Verdict
    from constructs_lib.templates import Kind

__all__ = ["assert_denied", "assert_planes_disjoint", "assert_verdict"]

_PLANES_CROSS = frozenset({"BP101", "BP103", "BP105", "BP106"})
_STRICT = frozenset({"BP102", "BP107"})


def assert_planes_disjoint(
    subject: Subject, *, strict: bool = False, kinds: Mapping[Kind, Iterable[str]] | None = None
) -> None:
    """Assert that no principal acts on both planes, alone, by a shared family or through another role.

    Args:
        subject: a ``Template``, a stack, an app or stage, or a path.
        strict: also refuse control reads beside data, and app and deploy roles that are known in part only.
        kinds: what principals are for, as in ``BedrockPlaneChecks``.

    Raises:
        AssertionError: a finding of the rules BP101, BP103, BP105 or BP106 stands (with ``strict`` also of
            BP102 or BP107) that nobody acknowledged; or an input could not be read.

    """
    reviewed = review_subject(subject, strict=strict, kinds=kinds)
    rules = _PLANES_CROSS | _STRICT if strict else _PLANES_CROSS
    standing = [
        finding for finding in reviewed.findings if finding.rule in rules and finding.acknowledged is None
    ]
    lines = [line for finding in standing for line in ("", *explain(finding, reviewed))]
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
        subject: a ``Template``, a stack, an app or stage, or a path.
        principal: a role construct, or a construct path, name or id; ``*`` and ``?`` match.
        verdict: the plane.
        kinds: what principals are for, as in ``BedrockPlaneChecks``.

    Raises:
        AssertionError: another verdict, no such principal, or several.

    """
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
                lines += ["", *explain(finding, reviewed)]
        raise AssertionError("\n".join(lines))


def assert_denied(
    subject: Subject, principal: str | IConstruct, *actions: str, resource: str | None = None
) -> None:
    """Assert that a principal may call none of the actions, on one resource or on any.

    Conditions on an Allow are assumed to hold, those on a Deny not to.

    Args:
        subject: a ``Template``, a stack, an app or stage, or a path.
        principal: a role construct, or a construct path, name or id; ``*`` and ``?`` match.
        actions: IAM actions (``bedrock:InvokeModel``); with wildcards for those of Bedrock. A wildcard
            outside the action's name, which IAM documents nowhere, matches in the widest sense.
        resource: an ARN. Without it no resource may be reached.

    Raises:
        AssertionError: an action is allowed; or not everything about the principal is known, so that nothing
            is proved; or no such principal.
        ValueError: no action given, or a Bedrock action that doesn't exist.

    """
    if not actions:
        message = "name at least one action, such as `bedrock:InvokeModel`"
        raise ValueError(message)
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
            lines += [f"    {smallest(statement, action, resource)}"]
        raise AssertionError("\n".join(lines))
    if unknown := _unknown(found):
        raise AssertionError("\n".join([f"`{name}` may do more than its policies here show:", *unknown]))


def _expanded(action: str) -> Iterator[str]:
    """Yield the actions that a pattern means; a name outside Bedrock stands for itself."""
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
