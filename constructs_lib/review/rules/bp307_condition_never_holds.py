"""A condition that no request satisfies, so the statement allows nothing.

## What it does
Finds conditions of an Allow that no request satisfies, and conditions of a Deny that every request
satisfies, in every kind of policy. A key that the action's requests don't have (a misspelt one, one of
another service or of another action) makes `StringEquals`, `StringLike`, `ForAnyValue` and `"Null": "false"`
false, and negated operators, `IfExists`, `ForAllValues` and `"Null": "true"` true. `StringEquals` takes `*`
as a character, so it never holds where every value has one; `StringLike` and `ArnEquals` take wildcards. The
finding is a warning where only some actions of the statement are hit, and where the key may be newer than the
data of this release.

## Why is this bad?
IAM accepts such a policy. Every call is denied, and the usual way out is to remove the condition and with it
the limit. A Deny that always holds denies what it was to let through.

## Example
```json
{"Effect": "Allow", "Action": "bedrock:InvokeModel",
 "Resource": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0",
 "Condition": {"StringEquals":
   {"bedrock:InferenceProfileArn": "arn:aws:bedrock:*:111122223333:inference-profile/*"}}}
```

## Use instead
```json
{"Effect": "Allow", "Action": "bedrock:InvokeModel",
 "Resource": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0",
 "Condition": {"StringLike":
   {"bedrock:InferenceProfileArn": "arn:aws:bedrock:*:111122223333:inference-profile/*"}}}
```

## Known limits
Values are compared with each other and with what AWS documents for a key, not with an account's resources.
Keys of other services are not judged.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
- https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib import catalogue
from constructs_lib.iam import allowed_actions, denied_actions, names_of
from constructs_lib.review.rules.authoring import (
    Facts,
    Rule,
    Run,
    condition_fault,
    contradictions,
    corrected,
    every_statement,
    listing,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.iam import Condition, Statement
    from constructs_lib.review.rules.authoring import ConditionFault, Finding, Fix, WrittenStatement
    from constructs_lib.templates import Resource

__all__ = ["RULE", "check"]

RULE = Rule(
    "BP307",
    "condition-never-holds",
    "error",
    "a condition that no request satisfies, or in a Deny every one",
    __name__,
    "every",
)


def check(subject: Facts | Resource | None, run: Run) -> Iterator[Finding]:
    """Yield one finding per statement and condition."""
    if isinstance(subject, Facts) and not _may_have_some(subject):
        return
    for item in every_statement(subject, run):
        statement = item.statement
        if not statement.conditions:
            continue
        actions, is_all_ours = _actions_of(statement)
        wanted = "never" if statement.effect == "Allow" else "always"
        faults = list(_faults(statement, actions, wanted))
        if wanted == "always" and len({id(fault[0]) for fault in faults}) < len(statement.conditions):
            continue  # another condition of the Deny still decides
        for condition, fault, hit in faults:
            is_whole = is_all_ours and len(hit) == len(actions)
            yield _finding(subject, item, condition, fault, hit, is_whole=is_whole)


def _may_have_some(facts: Facts) -> bool:
    """Whether a statement of the principal has conditions, which few do."""
    trust = facts.principal.trust
    return facts.has_conditions or (trust is not None and any(s.conditions for s in trust.statements))


def _actions_of(statement: Statement) -> tuple[tuple[str, ...], bool]:
    """Return the actions of Bedrock that a statement names, and whether it names no others.

    A statement of other services alone has one action, the empty one, of which the keys are not known.
    """
    find = allowed_actions if statement.effect == "Allow" else denied_actions
    names = names_of(find(statement.actions, statement.not_actions))
    prefixes = {*catalogue.prefixes(), *catalogue.client_names()}
    ours = statement.actions is not None and all(
        text.partition(":")[0].lower() in prefixes for text in statement.actions
    )
    return (names, ours) if names else (("",), True)


def _is_of_others(statement: Statement) -> bool:
    """Whether a statement covers Bedrock by a pattern for all services alone, so its keys may be theirs."""
    return not any(text.partition(":")[0].lower() in catalogue.prefixes() for text in statement.actions or ())


def _faults(
    statement: Statement, actions: tuple[str, ...], wanted: str
) -> Iterator[tuple[Condition, ConditionFault, tuple[str, ...]]]:
    is_of_others = _is_of_others(statement)
    ours = tuple(f"{prefix}:" for prefix in catalogue.prefixes())
    for condition in statement.conditions:
        is_theirs = is_of_others and not condition.key.lower().startswith(ours)
        found = {action: condition_fault(condition, "" if is_theirs else action) for action in actions}
        hit = tuple(name for name, fault in found.items() if fault is not None and fault.holds == wanted)
        if hit:
            fault = found[hit[0]]
            assert fault is not None  # noqa: S101 - it was hit
            yield condition, fault, hit
    if wanted == "never":
        for condition, fault in contradictions(statement.conditions):
            yield condition, fault, actions


def _finding(
    subject: Facts | Resource | None,
    item: WrittenStatement,
    condition: Condition,
    fault: ConditionFault,
    hit: tuple[str, ...],
    *,
    is_whole: bool,
) -> Finding:
    names = f" {listing(hit)}" if hit != ("",) else ""
    verb = f"allows{names or ' something'} on a condition that no request satisfies"
    statement = item.statement
    if statement.effect == "Deny":
        verb = f"denies{names or ' something'} on a condition that every request satisfies"
    return RULE.finding(
        subject,
        statement.origin,
        f"{item.holder} {verb}, `{condition.operator}` on `{condition.key}`: {fault.why}",
        fault.remedy,
        key=(condition.operator, condition.key, *condition.values),
        severity=None if is_whole and fault.is_certain else "warning",
        conditional=item.conditional,
        fix=_fix(statement, condition, fault),
    )


def _fix(statement: Statement, condition: Condition, fault: ConditionFault) -> Fix | None:
    """Return the statement with the condition that was meant, if that is certain."""
    if fault.meant is None:
        return None
    tests = [fault.meant if test is condition else test for test in statement.conditions]
    return corrected(statement, conditions=tests)
