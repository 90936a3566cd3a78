"""A policy names an action that does not exist.

## What it does
Finds action names and patterns that match nothing for certain, in Allow and in Deny, in policies of every
kind: of principals, permissions boundaries, service control policies, VPC endpoints and resources. Certain
are:

- an operation that another action authorises (`bedrock:Converse`)
- a prefix that IAM doesn't have: a client's name (`bedrock-runtime:`), a Bedrock prefix without `bedrock-`
  (`agentcore:`), or one spelled like these (`bedrock-mantel:`)
- a name of Bedrock's without a prefix, or with another sign than a colon behind it (`bedrock.InvokeModel`)
- white space and look-alike letters
- a name at most two letters away from an action of the same prefix
- names of a committed list, which people write and AWS doesn't have (`bedrock:UseInferenceProfile`)
- in a Deny, a wildcard in the prefix (`b*:InvokeModel`), which IAM documents nowhere

There is one finding per statement and cause. It is a warning when the statement holds what was meant already.
Every other name that the catalogue doesn't have may be newer than the catalogue: BP306 reports it.

## Why is this bad?
In an Allow the call is denied, and many people then write a wildcard. In a Deny nothing is denied, and nobody
notices. Many operations have no action of their own: `bedrock:InvokeModel` authorises Converse.

## Example
```json
{"Effect": "Allow", "Action": ["bedrock:Converse", "bedrock-runtime:InvokeModel"], "Resource": "*"}
```

## Use instead
Write `bedrock:InvokeModel`. `bedrock-planes which NAME` prints the action that authorises an operation.

## Known limits
Names that are newer than the catalogue and resemble an existing one by at most two letters are taken for
slips. An update of the data ends that.

## References
- https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html
- https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrockagentcore.html
- https://docs.aws.amazon.com/bedrock/latest/userguide/inference-prereq.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from constructs_lib.iam import UNRESOLVED, actions_matching, faults_of_names
from constructs_lib.review.rules.authoring import (
    Rule,
    Run,
    corrected,
    listing,
    names_in,
    statements_with_faulty_names,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.iam import Effect, NameFault, Statement
    from constructs_lib.review.rules.authoring import Facts, Finding, Fix, WrittenStatement
    from constructs_lib.templates import Resource

__all__ = ["RULE", "check"]

RULE = Rule(
    "BP301", "nonexistent-action", "error", "a policy names an action that does not exist", __name__, "every"
)

_OTHER: dict[Effect, Effect] = {"Allow": "Deny", "Deny": "Allow"}
_SHOWN = 6


class _Cause(NamedTuple):
    kind: str
    subject: str
    is_superfluous: bool


def check(subject: Facts | Resource | None, run: Run) -> Iterator[Finding]:
    """Yield one finding per statement and cause."""
    for written in statements_with_faulty_names(subject, run):
        causes = _by_cause(written.statement)
        if not causes:
            continue
        wrong = {name: fault for faults in causes.values() for name, fault in faults.items()}
        fix = _fix(wrong, written.statement)
        for cause, faults in causes.items():
            yield _finding(subject, written, cause, faults, fix)


def _finding(
    subject: Facts | Resource | None,
    written: WrittenStatement,
    cause: _Cause,
    faults: dict[str, NameFault],
    fix: Fix | None,
) -> Finding:
    statement = written.statement
    many = len(faults) > 1
    what = f"which {'do' if many else 'does'} not exist in IAM"
    if cause.kind == "grammar":
        what = "with a wildcard in the prefix, which IAM does not document"
    effect = (
        f"so {'they add' if many else 'it adds'} nothing to the statement, which has what was meant already"
        if cause.is_superfluous
        else f"so {'they' if many else 'it'} {_effect(statement, many=many)}"
    )
    return RULE.finding(
        subject,
        statement.origin,
        f"{written.holder} names {listing(faults, _SHOWN)}, {what}, {effect}",
        _help(cause, faults, statement),
        key=(statement.effect, *sorted(name.lower() for name in faults)),
        severity="warning" if cause.is_superfluous else None,
        conditional=written.conditional,
        fix=fix,
    )


def _fix(faults: dict[str, NameFault], statement: Statement) -> Fix | None:
    """Return the statement with the names that were meant, where that is one for each wrong name."""
    if statement.actions is None:
        return None
    names: dict[str, None] = {}
    for name in statement.actions:
        meant = [_beside(one, statement) for one in faults[name].meant] if name in faults else [name]
        if len(meant) != 1 and not (meant and _holds(statement, faults[name])):
            return None
        names.update(dict.fromkeys(meant))
    return corrected(statement, actions=list(names))


def _by_cause(statement: Statement) -> dict[_Cause, dict[str, NameFault]]:
    """Return the wrong names of a statement with their faults, by cause."""
    found: dict[_Cause, dict[str, NameFault]] = {}
    effect = statement.effect if statement.actions is not None else _OTHER[statement.effect]
    for name, fault in faults_of_names(names_in(statement), effect):
        if not fault.is_wrong:
            continue
        # Names without a colon have one cause, whatever their words.
        prefix = name.partition(":")[0].lower() if fault.kind == "prefix" and ":" in name else ""
        cause = _Cause(fault.kind, prefix, _holds(statement, fault))
        found.setdefault(cause, {})[name] = fault
    return found


def _holds(statement: Statement, fault: NameFault) -> bool:
    """Whether the statement names everything that was meant."""
    held = statement.actions if statement.actions is not None else statement.not_actions
    return bool(fault.meant) and all(
        (wanted := actions_matching(meant))
        and any(UNRESOLVED not in text and not wanted & ~actions_matching(text) for text in held or ())
        for meant in fault.meant
    )


def _effect(statement: Statement, *, many: bool) -> str:
    ending = "" if many else "s"
    if statement.actions is None:
        return f"exclude{ending} nothing from the {statement.effect}"
    verb = ("deny" if many else "denies") if statement.effect == "Deny" else f"allow{ending}"
    return f"{verb} nothing"


def _help(cause: _Cause, faults: dict[str, NameFault], statement: Statement) -> str:
    """Return what to write instead, as a clause."""
    whys = "; ".join(dict.fromkeys(fault.why for fault in faults.values()))
    meant = dict.fromkeys(_beside(name, statement) for fault in faults.values() for name in fault.meant)
    if cause.is_superfluous:
        return f"{whys}: remove {'them' if len(faults) > 1 else 'it'} and keep {listing(meant, _SHOWN)}"
    if cause.kind == "grammar":
        return "list the actions by name, each with its prefix"
    return f"{whys}: write {listing(meant, _SHOWN)}" if meant else whys


def _beside(name: str, statement: Statement) -> str:
    """Return an action under the prefix that the statement's resources have, if it has one of that name."""
    short = name.partition(":")[2]
    for text in statement.resources or ():
        service = text.split(":", 3)[2] if text.count(":") > 2 else ""
        if service and service in name.partition(":")[0]:
            return name
        if service.startswith("bedrock") and actions_matching(f"{service}:{short}") and "*" not in name:
            return f"{service}:{short}"
    return name
