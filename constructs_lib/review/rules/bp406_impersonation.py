"""A principal speaks for any user.

## What it does
Finds principals that may call an action whose user is a parameter:
`bedrock-agentcore:InvokeAgentRuntimeForUser` and the actions that end in `ForUserId`. Nothing is reported
where a condition on `bedrock-agentcore:userid` names the users, for patterns of a whole service, which other
rules report, and for `GetWorkloadAccessTokenForUserId` in a service role, where AWS documents it.

## Why is this bad?
The caller chooses the user, and AgentCore does not check that the user agreed. Whoever controls the
application acts with the tokens of every user that it names. AWS recommends the calls that take the user's
own token.

## Example
```json
{"Effect": "Allow", "Action": "bedrock-agentcore:InvokeAgentRuntimeForUser",
 "Resource": "arn:aws:bedrock-agentcore:us-east-1:111122223333:runtime/chat-AbCdEf1234"}
```

## Use instead
Pass the user's own token, and allow the call that takes it:
```json
{"Effect": "Allow", "Action": "bedrock-agentcore:InvokeAgentRuntime",
 "Resource": "arn:aws:bedrock-agentcore:us-east-1:111122223333:runtime/chat-AbCdEf1234"}
```

## Known limits
Whether the caller checks the user by other means is not known.

## References
- https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-permissions.html
- https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/get-workload-access-token.html
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from constructs_lib.iam import NO_ACTIONS, ActionSet, actions_matching, names_of, tables
from constructs_lib.review.rules.authoring import (
    Rule,
    Run,
    has_key,
    listing,
    origins,
    passes_named_values_only,
    who,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.review.rules.authoring import Facts, Finding, Held

__all__ = ["RULE", "check"]

RULE = Rule("BP406", "impersonation", "note", "a principal speaks for any user", __name__)

_FOR_USER = re.compile(r"ForUser(?:Id)?$")
# https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-permissions.html
_DOCUMENTED = "bedrock-agentcore:GetWorkloadAccessTokenForUserId"
_USER = "bedrock-agentcore:userid"


def check(facts: Facts, _run: Run) -> Iterator[Finding]:
    """Yield the finding at the first statement that allows it."""
    if not facts.mask & _for_users():
        return
    known = actions_matching(_DOCUMENTED) if facts.kind == "service" else NO_ACTIONS
    found = [
        (held, mask) for held in facts.held if (mask := _named(held) & ~known) and not _names_users(held)
    ]
    if not found:
        return
    mask = NO_ACTIONS
    for _, more in found:
        mask |= more
    names = names_of(mask)
    yield RULE.finding(
        facts,
        found[0][0].statement.origin,
        f"{who(facts)} may call {listing(names)} and so speaks for any user",
        "use the calls that take the user's own token",
        key=names,
        related=origins(held for held, _ in found),
        conditional=facts.only_conditional(mask),
        policy=found[0][0].policy,
    )


@cache
def _for_users() -> ActionSet:
    mask = NO_ACTIONS
    for name in tables().names:
        if _FOR_USER.search(name):
            mask |= actions_matching(name)
    return mask


def _named(held: Held) -> ActionSet:
    """Return the actions for users that a statement allows by more than a whole service."""
    mask = NO_ACTIONS
    for pattern in held.statement.actions or ():
        if pattern.rpartition(":")[2].strip("*"):
            mask |= actions_matching(pattern)
    return mask & held.mask & _for_users()


def _names_users(held: Held) -> bool:
    return any(has_key((test,), _USER) and passes_named_values_only(test) for test in held.conditions)
