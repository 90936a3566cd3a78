"""A principal may fetch tokens and keys of other agents, or pay from every wallet.

## What it does
Finds AgentCore actions that return credentials and are allowed on `*` or on every resource of an account,
without a condition that limits them: tokens and keys (`GetResourceApiKey`, `GetResourceOauth2Token`,
`GetWorkloadAccessToken`, ...), and `ProcessPayment`, which returns a payment that is ready to be sent.

## Why is this bad?
AgentCore Identity stores the API keys and OAuth tokens of third-party services. Without named ARNs, one
agent's role can read the credentials of every other agent and of their users. A payment manager holds the
wallets and budgets of one team: without its ARN, an agent can spend those of every team.

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

`ProcessPayment` takes the payment manager's ARN; AWS recommends a separate role for it.

## Known limits
Which provider or wallet belongs to which agent is not known: any named ARN counts as a scope.

## References
- https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/scope-credential-provider-access.html
- https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/payments-iam-roles.html
- https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrockagentcore.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib import catalogue
from constructs_lib.iam import names_of, scope_of
from constructs_lib.review.rules.authoring import (
    Rule,
    Run,
    action_sets,
    arn_fault,
    limits_request,
    listing,
    patterns_naming,
    remaining_patterns,
    shown,
    who,
    witness_for,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from constructs_lib.review.rules.authoring import Facts, Finding


__all__ = ["RULE", "check"]

RULE = Rule(
    "BP404",
    "credential-release",
    "warning",
    "a principal may fetch tokens and keys of other agents, or pay from every wallet",
    __name__,
)

_PAYMENT = "bedrock-agentcore:ProcessPayment"


def check(facts: Facts, _run: Run) -> Iterator[Finding]:
    """Yield one finding per statement."""
    if not facts.mask & action_sets().credentials:
        return
    seen: set[int] = set()
    for held in facts.held:
        mask = held.mask & action_sets().credentials
        if not mask or id(held.statement) in seen or limits_request(held.conditions):
            continue
        wide = [
            part for part in remaining_patterns(facts, held, mask) if scope_of(part[0]) in {"any", "account"}
        ]
        wide = [(pattern, bits) for pattern, bits in wide if not arn_fault(pattern)]
        if not wide:
            continue
        pattern, mask = wide[0]
        seen.add(id(held.statement))
        names = names_of(mask)
        tokens = [name for name in names if name != _PAYMENT]
        deeds = [f"fetch tokens and keys ({listing(tokens)})"] if tokens else []
        deeds += [f"pay from every wallet (`{_PAYMENT}`)"] if _PAYMENT in names else []
        covered = "credential provider or workload identity" if tokens else "payment manager"
        yield RULE.finding(
            facts,
            held.statement.origin,
            f"{who(facts)} may {' and '.join(deeds)} on `{pattern}`",
            f"list the ARNs in `Resource`, of the {_taken(names)}",
            key=(*patterns_naming(held.statement, mask), pattern),
            witness=witness_for(facts, held, mask, f"`{shown(pattern)}` covers every {covered}"),
            conditional=held.statement.conditional or facts.principal.conditional,
            policy=held.policy,
        )


def _taken(names: Iterable[str]) -> str:
    """Return the resource types of the actions as messages name them."""
    kinds = {kind.partition(":")[2] for name in names for kind in catalogue.actions()[name].resource_types}
    return f"type{'s' if len(kinds) > 1 else ''} {listing(sorted(kinds), 8)}"
