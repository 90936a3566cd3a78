"""A principal may fetch other people's tokens and keys.

## What it does
Finds AgentCore actions that hand out credentials (`GetResourceApiKey`, `GetResourceOauth2Token`,
`GetWorkloadAccessToken`, ...) allowed on `*` or on everything of an account, without a condition that pins
them.

## Why is this bad?
AgentCore Identity keeps the API keys and OAuth tokens of third-party services. Unscoped, one agent's role
reads the credentials of every other agent and of the users behind them.

## Example
```json
{"Effect": "Allow", "Action": "bedrock-agentcore:GetResourceApiKey", "Resource": "*"}
```

## Use instead
```json
{"Effect": "Allow", "Action": "bedrock-agentcore:GetResourceApiKey", "Resource": [
 "arn:aws:bedrock-agentcore:us-east-1:111122223333:token-vault/default",
 "arn:aws:bedrock-agentcore:us-east-1:111122223333:token-vault/default/apikeycredentialprovider/search",
 "arn:aws:bedrock-agentcore:us-east-1:111122223333:workload-identity-directory/default",
 "arn:aws:bedrock-agentcore:us-east-1:111122223333:workload-identity-directory/default/workload-identity/chat"]}
```

## References
- https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/scope-credential-provider-access.html
- https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrockagentcore.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.policy._tables import names_of
from constructs_lib.policy.scope import scope_of
from constructs_lib.review._masks import masks
from constructs_lib.review.rules._base import Rule, Run, listing, who
from constructs_lib.review.rules._scopes import is_pinned
from constructs_lib.review.rules._witness import witness_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.review.facts import Facts
    from constructs_lib.review.model import Finding

__all__ = ["RULE", "check"]

RULE = Rule(
    "BP404", "credential-release", "warning", "a principal may fetch other people's tokens and keys", __name__
)


def check(facts: Facts, _run: Run) -> Iterator[Finding]:
    """Yield one finding per statement."""
    if not facts.mask & masks().credentials:
        return
    seen: set[int] = set()
    for held in facts.held:
        mask = held.mask & masks().credentials
        if not mask or id(held.statement) in seen:
            continue
        if scope_of(held.resource) not in {"any", "account"} or is_pinned(held.conditions):
            continue
        seen.add(id(held.statement))
        yield RULE.finding(
            facts,
            held.statement.origin,
            f"{who(facts)} may fetch credentials ({listing(names_of(mask))}) on `{held.resource}`",
            "name the token vault, the credential provider and the workload identity in `Resource`",
            key=(*sorted(held.statement.actions or ("NotAction",)), held.resource),
            witness=witness_of(facts, held, mask, f"`{held.resource}` covers every credential provider"),
            conditional=held.statement.conditional or facts.principal.conditional,
        )
