"""A guardrail is required and can't be applied.

## What it does
Finds principals that may invoke models only with a guardrail (a condition on `bedrock:GuardrailIdentifier` in
each Allow, or in a Deny) and may not call `bedrock:ApplyGuardrail` on it. Finds principals that may apply a
guardrail of the same template that evaluates across Regions, without the ARNs of its guardrail profile. A
warning says that a required guardrail is used with `RetrieveAndGenerate` or `InvokeAgent`, whose inner calls
lack it.

## Why is this bad?
Bedrock checks `ApplyGuardrail` with the permissions of the caller, for a guardrail across Regions also on its
profile in each Region that may evaluate. Without it every call is denied.

## Example
```json
{"Effect": "Allow", "Action": "bedrock:InvokeModel",
 "Resource": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0",
 "Condition": {"StringEquals": {"bedrock:GuardrailIdentifier":
   "arn:aws:bedrock:us-east-1:111122223333:guardrail/abcdefghijkl:1"}}}
```

## Use instead
Also allow the guardrail, and where it has a profile the profile in each of its Regions:
```json
{"Effect": "Allow", "Action": "bedrock:ApplyGuardrail",
 "Resource": "arn:aws:bedrock:us-east-1:111122223333:guardrail/abcdefghijkl"}
```

## Known limits
A guardrail in another account has a resource policy that is not in the input. Regions are those that AWS
documents for the guardrail profile.

## References
- https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-permissions-id.html
- https://docs.aws.amazon.com/bedrock/latest/userguide/guardrail-profiles-permissions.html
- https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-cross-region-support.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from constructs_lib.iam import UNRESOLVED, Request, actions_matching, decide, denied_actions, types_of
from constructs_lib.review.rules.authoring import (
    INVOKE,
    Fix,
    Rule,
    Run,
    has_key,
    listing,
    origins,
    passes_named_values_only,
    resource_part,
    who,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.iam import Condition, Origin, Statement
    from constructs_lib.review.rules.authoring import Facts, Finding, Held

__all__ = ["RULE", "check"]

RULE = Rule(
    "BP504", "guardrail-grant-incomplete", "error", "a guardrail is required and can't be applied", __name__
)

_KEY = "bedrock:GuardrailIdentifier"
_APPLY = "bedrock:ApplyGuardrail"
_INNER = ("bedrock:RetrieveAndGenerate", "bedrock:InvokeAgent")
_GUARDRAIL = "AWS::Bedrock::Guardrail"
_REGION = re.compile(r"[a-z0-9-]+")


def check(facts: Facts, run: Run) -> Iterator[Finding]:
    """Yield what a required guardrail lacks, and what a guardrail across Regions lacks."""
    if facts.has_conditions:
        mask = (actions_matching(INVOKE[0]) | actions_matching(INVOKE[1])) & facts.mask
        invokes = [held for held in facts.held if held.mask & mask]
        values = _required(facts, invokes) if invokes else None
        if values is not None:
            yield from _unapplied(facts, invokes, values)
            yield from _inner_calls(facts, invokes)
    if facts.allows(_APPLY):
        yield from _without_profile(facts, run)


def _required(facts: Facts, invokes: Sequence[Held]) -> tuple[str, ...] | None:
    """Return the guardrails of which one is required, ``None`` if calls without one pass."""
    found = [_demanded(held.conditions) for held in invokes]
    if all(found):
        return tuple(dict.fromkeys(value for values in found for value in values))
    mask = invokes[0].mask
    for held in invokes:
        mask |= held.mask
    for statement in _denies(facts):
        tests = [test for test in statement.conditions if has_key((test,), _KEY)]
        if not tests or len(tests) < len(statement.conditions):
            continue
        denied = denied_actions(statement.actions, statement.not_actions)
        if all(denied & actions_matching(action) or not facts.allows(action) for action in INVOKE):
            if tests[0].operator.lower() in {
                "stringnotequals",
                "stringnotlike",
                "arnnotequals",
                "arnnotlike",
            }:
                return tests[0].values
            if tests[0].operator.lower() == "null" and [v.lower() for v in tests[0].values] == ["true"]:
                return ("*",)
    return None


def _denies(facts: Facts) -> Iterator[Statement]:
    """Yield the Denies on a principal: its own, those of its boundary and of service control policies."""
    boundary = (facts.principal.boundary,) if facts.principal.boundary else ()
    limits = (*boundary, *(policy for level in facts.scps for policy in level))
    own = (statement for _, statement in facts.statements)
    for statement in (*own, *(statement for policy in limits for statement in policy.statements)):
        if statement.effect == "Deny":
            yield statement


def _demanded(conditions: Sequence[Condition]) -> tuple[str, ...]:
    """Return the guardrails of which the conditions of an Allow demand one, ``*`` for any, empty for none."""
    tests = [test for test in conditions if has_key((test,), _KEY)]
    named = tuple(value for test in tests if passes_named_values_only(test) for value in test.values)
    return named or (("*",) if any(_demands_any(test) for test in tests) else ())


def _demands_any(test: Condition) -> bool:
    """Whether a condition passes every request that names a guardrail, and none that doesn't.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    """
    quantifier, _, operator = test.operator.lower().rpartition(":")
    if quantifier == "forallvalues":
        return False
    if operator == "null":
        return all(value.lower() == "false" for value in test.values)
    return operator in {"stringlike", "arnlike", "arnequals"} and "*" in test.values


def _unapplied(facts: Facts, invokes: Sequence[Held], values: Sequence[str]) -> Iterator[Finding]:
    arns = [_guardrail(value) for value in values]
    if any(facts.permits(_APPLY, arn) for arn in arns):
        return
    shown = [arn.replace(UNRESOLVED, "*") for arn in arns]
    deny = _deny(facts, arns)
    yield RULE.finding(
        facts,
        invokes[0].statement.origin,
        f"{who(facts)} may invoke models only with the guardrail {listing(shown)}, but may not call "
        f"`{_APPLY}` on it, so every call is denied",
        f"leave {listing(shown)} out of the Deny" if deny else "add this statement",
        key=("apply", *values),
        related=(*origins(invokes), *([deny] if deny else ())),
        conditional=all(held.statement.conditional for held in invokes) or facts.principal.conditional,
        fix=None if deny else Fix({"Effect": "Allow", "Action": _APPLY, "Resource": shown}),
    )


def _deny(facts: Facts, arns: Sequence[str]) -> Origin | None:
    """Return the place of the Deny that keeps a principal from applying all of the guardrails."""
    principal = facts.principal
    decisions = [
        decide(Request(_APPLY, arn), principal.policies, boundary=principal.boundary, scps=facts.scps)
        for arn in arns
    ]
    found = [
        item.statement.origin for item in decisions if item.outcome == "explicit_deny" and item.statement
    ]
    return found[0] if len(found) == len(arns) else None


def _guardrail(value: str) -> str:
    """Return the ARN of the guardrail in a value of the condition, without the version."""
    text = value.replace("*", UNRESOLVED).replace("?", UNRESOLVED)
    text = re.sub(r"\$\{[^}]*\}", UNRESOLVED, text)
    if not text.startswith("arn:") or len(text.split(":", 5)) < 6:
        return f"arn:{UNRESOLVED}:bedrock:{UNRESOLVED}:{UNRESOLVED}:guardrail/{UNRESOLVED}"
    parts = text.split(":", 5)
    return ":".join((*parts[:5], parts[5].partition(":")[0]))


def _inner_calls(facts: Facts, invokes: Sequence[Held]) -> Iterator[Finding]:
    inner = [action for action in _INNER if facts.allows(action)]
    if inner:
        yield RULE.finding(
            facts,
            invokes[0].statement.origin,
            f"{who(facts)} may invoke models only with a guardrail, and may call {listing(inner)}, whose "
            "inner calls use none, so these are denied",
            f"use another role for {listing(inner)}, or remove the condition on `{_KEY}`",
            key=("inner", *inner),
            severity="warning",
            related=origins(held for action in inner for held in facts.holds(action)),
            conditional=facts.principal.conditional,
        )


def _without_profile(facts: Facts, run: Run) -> Iterator[Finding]:
    guardrails = [item for item in run.resources if item.type == _GUARDRAIL]
    profiles = {_profile_of(item.properties.get("CrossRegionConfig")) for item in guardrails}
    if len(profiles) != 1 or "" in profiles:
        return  # no guardrail, none across Regions, or it can't be told which one the principal may apply
    (profile,) = profiles
    held = [item for item in facts.holds(_APPLY) if _is_of_the_stack(item.resource)]
    if not held:
        return
    _, _, _, source, account, _ = held[0].resource.split(":", 5)
    start = f"arn:{'aws-us-gov' if profile.startswith('us-gov.') else 'aws'}:bedrock"
    regions = _evaluating(profile, source) or (UNRESOLVED,)
    arns = [f"{start}:{region}:{account}:guardrail-profile/{profile}" for region in regions]
    missing = [arn for arn in arns if not facts.permits(_APPLY, arn)]
    if missing:
        texts = [arn.replace(UNRESOLVED, "*") for arn in missing]
        yield RULE.finding(
            facts,
            held[0].statement.origin,
            f"{who(facts)} may call `{_APPLY}` on a guardrail that evaluates across Regions, but not on "
            f"{listing(texts, 8)}, so calls are denied",
            "add this statement",
            key=("profile", profile),
            related=[guardrail.origin for guardrail in guardrails],
            conditional=held[0].statement.conditional or facts.principal.conditional,
            fix=Fix({"Effect": "Allow", "Action": _APPLY, "Resource": texts}),
        )


def _profile_of(config: object) -> str:
    """Return the id of the guardrail profile in a guardrail's `CrossRegionConfig`, empty without one."""
    arn = config.get("GuardrailProfileArn") if isinstance(config, dict) else None
    identifier = arn.rpartition("/")[2] if isinstance(arn, str) else ""
    return "" if UNRESOLVED in identifier else identifier


def _evaluating(profile: str, source: str) -> tuple[str, ...]:
    """Return the Regions that may evaluate, those common to all source Regions where that is not known."""
    from constructs_lib.catalogue.verbs import (  # noqa: PLC0415 - only guardrails across Regions need it
        guardrail_profile_regions,
        guardrail_profile_sources,
    )

    sources = guardrail_profile_sources(profile)
    if source in sources:
        return guardrail_profile_regions(profile, source)
    if _REGION.fullmatch(source) or not sources:
        return ()
    return tuple(
        sorted(set.intersection(*(set(guardrail_profile_regions(profile, region)) for region in sources)))
    )


def _is_of_the_stack(resource: str) -> bool:
    """Whether a pattern is the ARN of a guardrail that the deployment makes."""
    return types_of(resource) == {"bedrock:guardrail"} and UNRESOLVED in resource_part(resource)
