"""A principal that runs Bedrock may change IAM.

## What it does
Finds actions in a principal with data actions that change IAM policies, trust, permissions boundaries or
credentials (`iam:PutRolePolicy`, `iam:UpdateAssumeRolePolicy`, `iam:CreateAccessKey`, ...).

## Why is this bad?
Such a principal holds whatever it likes: it can write itself the control plane, or open a way around every
other rule here.

## Example
```json
{"Effect": "Allow", "Action": ["bedrock:InvokeModel", "iam:PutRolePolicy"], "Resource": "*"}
```

## Use instead
Leave IAM to the deployment. An application that must create roles does so in a separate principal with a
permissions boundary as a condition (`iam:PermissionsBoundary`).

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
- https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.policy._model import UNRESOLVED
from constructs_lib.review._outside import ESCALATIONS
from constructs_lib.review.model import Witness
from constructs_lib.review.rules._base import Rule, Run, listing, who

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.review._outside import Outside
    from constructs_lib.review.facts import Facts
    from constructs_lib.review.model import Finding

__all__ = ["RULE", "check"]

RULE = Rule("BP106", "self-escalation", "error", "a principal that runs Bedrock may change IAM", __name__)


def check(facts: Facts, _run: Run) -> Iterator[Finding]:
    """Yield one finding per statement."""
    if not facts.planes[2]:
        return
    for item in facts.outside_with(*ESCALATIONS):
        names = sorted(item.actions.intersection(ESCALATIONS))
        yield RULE.finding(
            facts,
            item.statement.origin,
            f"{who(facts)} runs Bedrock and may change IAM ({listing(names)})",
            "leave IAM policies, trust, boundaries and credentials to the deployment",
            key=(*sorted(item.statement.actions or ()), *sorted(item.resources)),
            witness=_witness(item, names[0]),
            conditional=item.statement.conditional or facts.principal.conditional,
        )


def _witness(item: Outside, action: str) -> Witness | None:
    resource = item.resources[0]
    if UNRESOLVED in resource:
        return None
    return Witness(action, resource, "it changes what a principal may do")
