"""A data action is allowed on every resource.

## What it does
Finds data actions that take ARNs (other than data reads) and are allowed on `*`, on `arn:*`, or on an ARN
whose resource part starts with `*` and whose account part names no account. Nothing is reported when a
condition of the Allow limits the request: `bedrock:InferenceProfileArn`, `bedrock:ModelArn`,
`bedrock:ProjectArn`, `bedrock:PromptRouterArn`, `aws:ResourceTag/...` or a `bedrock-agentcore:` key. A
resource that the input does not determine is never reported, and neither is what AWS's own read-only policies
(`ReadOnlyAccess`) allow.

## Why is this bad?
The application can call every model, including the most expensive ones and those that nobody approved. It can
query every knowledge base and run every agent of the account, also those of other teams.

## Example
```json
{"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": "*"}
```

## Use instead
```json
{"Effect": "Allow", "Action": "bedrock:InvokeModel",
 "Resource": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"}
```

## Known limits
A resource behind a parameter without a default is open and not reported. A condition that pins the request
counts as a scope, whatever its value.

## References
- https://docs.aws.amazon.com/bedrock/latest/userguide/security_iam_id-based-policy-examples.html
- https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.iam import names_of, scope_of
from constructs_lib.review.rules.authoring import (
    Rule,
    Run,
    listing,
    shown,
    who,
    why_unlimited,
    wide_statements,
    witness_for,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.review.rules.authoring import Facts, Finding


__all__ = ["RULE", "check"]

RULE = Rule("BP201", "unscoped-data-action", "error", "a data action is allowed on every resource", __name__)


def check(facts: Facts, _run: Run) -> Iterator[Finding]:
    """Yield one finding per statement."""
    for row in wide_statements(facts, lambda resource: scope_of(resource) == "any"):
        held, mask, resources = row
        but = f" except {listing(held.piece.excluded, 2)}" if held.piece.excluded else ""
        yield RULE.finding(
            facts,
            held.statement.origin,
            f"{who(facts)} may call {listing(names_of(mask))} on {listing(resources)}{but}",
            f"list the ARNs in `Resource`{why_unlimited(held.conditions)}",
            key=row.key,
            witness=witness_for(facts, held, mask, f"`{shown(resources[0])}` covers every resource"),
            conditional=held.statement.conditional or facts.principal.conditional,
            policy=held.policy,
        )
