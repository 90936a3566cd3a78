"""An application may invoke models without a guardrail.

## What it does
Finds principals of kind `app` that may invoke models without a condition on `bedrock:GuardrailIdentifier` (in
the Allow, or in a Deny) that requires a guardrail. Nothing is reported for a principal that also holds
`RetrieveAndGenerate` or `InvokeAgent`: their inner calls use no guardrail, so such a condition would deny
them. Embedding and rerank models take no guardrail.

## Why is this bad?
The guardrail is a parameter of the call: whoever controls the application's code or configuration can leave
it out. With the condition, Bedrock denies calls without it.

## Example
```json
{"Effect": "Allow", "Action": "bedrock:InvokeModel",
 "Resource": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"}
```

## Use instead
Add this condition to the same statement:
```json
{"StringEquals": {"bedrock:GuardrailIdentifier":
  "arn:aws:bedrock:us-east-1:111122223333:guardrail/GR12345678:1"}}
```

## Known limits
A guardrail that the account or the organization enforces is not in the input; acknowledge the finding with it
as the reason.

## References
- https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-permissions-id.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.iam import ActionSet, actions_matching, denied_actions
from constructs_lib.review.rules.authoring import (
    INVOKE,
    Rule,
    Run,
    has_key,
    listing,
    origins,
    takes_no_guardrail,
    who,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.review.rules.authoring import Facts, Finding


__all__ = ["RULE", "check"]

RULE = Rule(
    "BP503",
    "invoke-without-guardrail",
    "note",
    "an application may invoke models without a guardrail",
    __name__,
    needs_marks=True,
)

_KEY = "bedrock:GuardrailIdentifier"
_INCOMPATIBLE = ("bedrock:RetrieveAndGenerate", "bedrock:InvokeAgent")


def check(facts: Facts, _run: Run) -> Iterator[Finding]:
    """Yield the finding at the first statement without the condition."""
    if facts.kind != "app" or any(facts.allows(action) for action in _INCOMPATIBLE):
        return
    mask = (actions_matching(INVOKE[0]) | actions_matching(INVOKE[1])) & facts.mask
    if not mask or _denies_without(facts, mask):
        return
    open_to_all = [
        held
        for held in facts.held
        if held.mask & mask and not has_key(held.conditions, _KEY) and not takes_no_guardrail(held.resource)
    ]
    if not open_to_all:
        return
    names = [action for action in INVOKE if facts.allows(action)]
    yield RULE.finding(
        facts,
        open_to_all[0].statement.origin,
        f"{who(facts)} may call {listing(names)} without a guardrail",
        f"add a condition on `{_KEY}` to the statement",
        key=(),
        related=origins(open_to_all),
        conditional=facts.only_conditional(mask),
    )


def _denies_without(facts: Facts, mask: ActionSet) -> bool:
    """Whether a Deny refuses calls without the guardrail."""
    return any(
        statement.effect == "Deny"
        and has_key(statement.conditions, _KEY)
        and denied_actions(statement.actions or (), None) & mask
        for _, statement in facts.statements
    )
