"""A principal may use or create long-term Bedrock API keys.

## What it does
Finds three things: `CallWithBearerToken` (of `bedrock` and of `bedrock-mantle`) without the condition that
`BearerTokenType` is `SHORT_TERM`, unless a Deny refuses long-term tokens;
`iam:CreateServiceSpecificCredential` where a statement names it; and long-term keys in templates.

## Why is this bad?
A long-term API key is a password that works from anywhere until somebody deletes it, and it has every Bedrock
permission of its user.

## Example
```json
{"Effect": "Allow", "Action": "bedrock:CallWithBearerToken", "Resource": "*"}
```

## Use instead
```json
{"Effect": "Allow", "Action": "bedrock:CallWithBearerToken", "Resource": "*",
 "Condition": {"StringEquals": {"bedrock:BearerTokenType": "SHORT_TERM"}}}
```

## Known limits
Keys that were made outside of the input are not seen, nor who has one.

## References
- https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys-permissions.html
- https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.iam import CREATE_API_KEY, ActionSet, actions_matching, denied_actions
from constructs_lib.review.rules.authoring import (
    Facts,
    Rule,
    Run,
    accepted_resources,
    has_key,
    listing,
    patterns_naming,
    who,
    witness_for,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from constructs_lib.iam import Condition
    from constructs_lib.review.rules.authoring import Finding
    from constructs_lib.templates import Resource

__all__ = ["RULE", "check"]

RULE = Rule(
    "BP401",
    "bearer-token",
    "warning",
    "a principal may use or create long-term Bedrock API keys",
    __name__,
    "both",
)

_ACTIONS = ("bedrock:CallWithBearerToken", "bedrock-mantle:CallWithBearerToken")
_KEYS = ("bedrock:BearerTokenType", "bedrock-mantle:BearerTokenType")


def check(subject: Facts | Resource, _run: Run) -> Iterator[Finding]:
    """Yield findings on who may use and create keys, and on keys in templates."""
    if isinstance(subject, Facts):
        yield from _uses(subject)
        yield from _makes(subject)
    elif subject.type == "AWS::IAM::ServiceSpecificCredential":
        yield from _key(subject)


def _uses(facts: Facts) -> Iterator[Finding]:
    seen: set[int] = set()
    for action, key in zip(_ACTIONS, _KEYS, strict=True):
        flag = actions_matching(action)
        if not facts.mask & flag or _denies_long_term(facts, flag):
            continue
        for held in facts.holds(action):
            if _is_short_term(held.conditions) or id(held.statement) in seen or facts.is_audit(held):
                continue
            seen.add(id(held.statement))
            yield RULE.finding(
                facts,
                held.statement.origin,
                f"{who(facts)} may call Bedrock with long-term API keys (`{action}`)",
                f"add the condition that `{key}` is `SHORT_TERM`, or remove the action",
                key=("use", action, *patterns_naming(held.statement, flag)),
                witness=witness_for(facts, held, flag, "no condition requires a short-term token"),
                conditional=held.statement.conditional or facts.principal.conditional,
                policy=held.policy,
            )


def _is_short_term(conditions: Iterable[Condition]) -> bool:
    return any(
        has_key((test,), *_KEYS)
        and test.operator.lower() in {"stringequals", "stringlike", "stringequalsignorecase"}
        and all(value.upper() == "SHORT_TERM" for value in test.values)
        for test in conditions
    )


def _denies_long_term(facts: Facts, flag: ActionSet) -> bool:
    """Whether a Deny refuses tokens that are not short-term."""
    for _, statement in facts.statements:
        if statement.effect != "Deny" or not denied_actions(statement.actions or (), None) & flag:
            continue
        for test in statement.conditions:
            values = {value.upper() for value in test.values}
            negated = "not" in test.operator.lower()
            if has_key((test,), *_KEYS) and values == ({"SHORT_TERM"} if negated else {"LONG_TERM"}):
                return True
    return False


def _makes(facts: Facts) -> Iterator[Finding]:
    for item in facts.outside_with(CREATE_API_KEY):
        named = [text for text in item.statement.actions or () if "servicespecific" in text.lower()]
        if not named or has_key(item.conditions, "iam:ServiceSpecificCredentialAgeDays"):
            continue
        if not accepted_resources(item, CREATE_API_KEY):
            continue
        services = [c for c in item.conditions if has_key((c,), "iam:ServiceSpecificCredentialServiceName")]
        if any(
            "not" not in c.operator.lower() and not any("bedrock" in v for v in c.values) for c in services
        ):
            continue
        yield RULE.finding(
            facts,
            item.statement.origin,
            f"{who(facts)} may create long-term API keys ({listing(named)})",
            "use short-term keys, or limit the age of keys with a condition on "
            "`iam:ServiceSpecificCredentialAgeDays`",
            key=("make", *sorted(text.lower() for text in named)),
            conditional=item.statement.conditional or facts.principal.conditional,
            policy=item.policy,
        )


def _key(resource: Resource) -> Iterator[Finding]:
    service = str(resource.properties.get("ServiceName", ""))
    if "bedrock" in service:
        yield RULE.finding(
            resource,
            resource.origin,
            f"`{resource.logical_id}` is a long-term API key for Bedrock",
            "use short-term keys, which expire with the session that created them",
            key=("key",),
            conditional=resource.conditional,
        )
