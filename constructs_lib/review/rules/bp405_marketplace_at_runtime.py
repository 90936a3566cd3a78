"""A principal that runs models may subscribe to them.

## What it does
Finds principals with data actions that may call `aws-marketplace:Subscribe` or `aws-marketplace:Unsubscribe`,
by a pattern of that prefix. Service roles and administrators are left out.

## Why is this bad?
The first call of a model that is sold through AWS Marketplace subscribes the account to it, with its price
and its terms, for everybody. That is a decision of the control plane; a role that serves requests needs it at
most once and then keeps it.

## Example
```json
[{"Effect": "Allow", "Action": "bedrock:InvokeModel",
  "Resource": "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-6"},
 {"Effect": "Allow", "Action": ["aws-marketplace:Subscribe", "aws-marketplace:ViewSubscriptions"],
  "Resource": "*"}]
```

## Use instead
Subscribe once, with a role of the control plane (`OperatorRole(...).grants.model_access()`, as the page
[model access](../model-access.md) shows), and leave the application the call:
```json
{"Effect": "Allow", "Action": "bedrock:InvokeModel",
 "Resource": "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-6"}
```

## Known limits
Patterns of that prefix alone count: a `NotAction`, a `*` and AWS managed policies are not reported. Private
offers and model access by the console are not seen.

## References
- https://docs.aws.amazon.com/bedrock/latest/userguide/model-access.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.iam import matches, remembered
from constructs_lib.review.rules.authoring import Rule, Run, listing, who

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.iam import Statement
    from constructs_lib.review.rules.authoring import Facts, Finding

__all__ = ["RULE", "check"]

RULE = Rule(
    "BP405",
    "marketplace-at-runtime",
    "warning",
    "a principal that runs models may subscribe to them",
    __name__,
)

_PREFIX = "aws-marketplace"
_ACTIONS = (f"{_PREFIX}:Subscribe", f"{_PREFIX}:Unsubscribe")


def check(facts: Facts, _run: Run) -> Iterator[Finding]:
    """Yield the finding at the first statement that allows it."""
    if facts.kind == "service" or not facts.planes.data:
        return
    named: dict[str, list[Statement]] = {}
    for statement in facts.written:
        for action in _named(statement.actions or ()) if statement.effect == "Allow" else ():
            named.setdefault(action, []).append(statement)
    held = {action: named[action] for action in _ACTIONS if action in named and facts.permits(action, "*")}
    if not held:
        return
    statements = list({id(s): s for found in held.values() for s in found}.values())
    yield RULE.finding(
        facts,
        statements[0].origin,
        f"{who(facts)} may run Bedrock and call {listing(held)}",
        "subscribe once with a role of the control plane, and remove the action here",
        key=tuple(held),
        related=[statement.origin for statement in statements],
        conditional=all(statement.conditional for statement in statements) or facts.principal.conditional,
    )


@remembered(4096)
def _named(patterns: tuple[str, ...]) -> tuple[str, ...]:
    """Return the actions that patterns of their own prefix name."""
    own = [text for text in patterns if text.partition(":")[0].lower() == _PREFIX]
    return tuple(
        action for action in _ACTIONS if any(matches(text, action, ignore_case=True) for text in own)
    )
