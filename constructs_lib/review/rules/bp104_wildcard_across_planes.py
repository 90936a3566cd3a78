"""One action pattern matches control writes and data actions.

## What it does
Finds action patterns in Allow statements (`bedrock:*`, `bedrock:*Agent*`) that match both control writes and
data actions. An action counts if the statement's resources include one that it accepts, and if no
unconditional Deny removes it. It also counts when a permissions boundary removes it, because the pattern asks
for it.

## Why is this bad?
Such a pattern is on both planes, and it grows with the service: AWS adds actions to Bedrock every month, and
each new action that matches is allowed on the day it appears.

## Example
```json
{"Effect": "Allow", "Action": "bedrock:*", "Resource": "*"}
```

## Use instead
List the actions by name. `bedrock-planes which NAME` prints the actions that an operation needs.

## Known limits
A pattern is judged by the actions of this release's catalogue; what AWS adds to it later is not seen before
the catalogue is renewed.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.iam import (
    NO_ACTIONS,
    ActionSet,
    Denials,
    actions_matching,
    allow_items,
    names_of,
    subtract,
)
from constructs_lib.review.rules.authoring import Rule, Run, action_sets, listing, who

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.iam import Statement
    from constructs_lib.review.rules.authoring import Facts, Finding

__all__ = ["RULE", "check"]

RULE = Rule(
    "BP104",
    "wildcard-across-planes",
    "warning",
    "one action pattern matches control writes and data",
    __name__,
)


_NONE = Denials(NO_ACTIONS, ())


def check(facts: Facts, _run: Run) -> Iterator[Finding]:
    """Yield one finding per statement and pattern."""
    if not facts.mask:
        return
    for policy, statement in facts.statements:
        if statement.effect == "Deny":
            continue
        for pattern in statement.actions or ():
            if "*" not in pattern and "?" not in pattern:
                continue
            reached = actions_matching(pattern) & _reachable(statement)
            if _crosses(reached):
                reached &= _reachable(statement, facts.effective.denials)
            writes, data = reached & action_sets().control_write, reached & action_sets().data
            if _crosses(reached):
                yield RULE.finding(
                    facts,
                    statement.origin,
                    f"{who(facts)} uses the pattern `{pattern}`, "
                    f"which matches control writes ({listing(names_of(writes), 2)}) "
                    f"and data actions ({listing(names_of(data), 2)})",
                    "list the actions of one plane by name",
                    key=(pattern.lower(), *sorted(statement.resources or ())),
                    conditional=statement.conditional or facts.principal.conditional,
                    policy=policy,
                )


def _crosses(mask: ActionSet) -> bool:
    return bool(mask & action_sets().control_write and mask & action_sets().data)


def _reachable(statement: Statement, denials: Denials = _NONE) -> ActionSet:
    """Return the actions that the statement's resources can hold and that no Deny removes."""
    items = allow_items(statement.actions, None, statement.resources, statement.not_resources)
    mask = NO_ACTIONS
    for item in subtract(items, denials):
        mask |= item.mask
    return mask
