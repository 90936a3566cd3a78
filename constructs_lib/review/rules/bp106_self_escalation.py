"""A principal that runs Bedrock may change IAM.

## What it does
Finds principals with data actions that may also change IAM policies, trust policies, permissions boundaries
or credentials (`iam:PutRolePolicy`, `iam:UpdateAssumeRolePolicy`, `iam:CreateAccessKey`, ...), identity
providers, permission sets and group members of IAM Identity Center, or policies of the organization. Only
resources that the action accepts count: `iam:*` on the objects of a bucket changes nothing.

## Why is this bad?
Such a principal can give itself any permission, including the control plane, and so get around every other
rule.

## Example
```json
{"Effect": "Allow", "Action": ["bedrock:InvokeModel", "iam:PutRolePolicy"], "Resource": "*"}
```

## Use instead
Leave IAM to the deployment. If an application must create roles, give that to a separate principal, with a
condition that requires a permissions boundary (`iam:PermissionsBoundary`).

## Known limits
Only actions of IAM itself count. Roles that are reached by other services are BP105's.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
- https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.iam import ESCALATIONS
from constructs_lib.review.rules.authoring import (
    Rule,
    Run,
    Witness,
    accepted_resources,
    example_resource,
    listing,
    patterns_naming,
    who,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.review.rules.authoring import Facts, Finding


__all__ = ["RULE", "check"]

RULE = Rule("BP106", "self-escalation", "error", "a principal that runs Bedrock may change IAM", __name__)

# Actions that readers recognise at once; without one, the first in alphabetical order is shown.
_TELLING = ("iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:PutUserPolicy", "iam:CreateAccessKey")


def check(facts: Facts, _run: Run) -> Iterator[Finding]:
    """Yield one finding per statement."""
    if not facts.planes.data:
        return
    for item in facts.outside_with(*ESCALATIONS):
        targets = {
            name: accepted_resources(item, name) for name in sorted(item.actions.intersection(ESCALATIONS))
        }
        names = [name for name, resources in targets.items() if resources]
        if not names:
            continue
        telling = next((name for name in _TELLING if name in names), names[0])
        yield RULE.finding(
            facts,
            item.statement.origin,
            f"{who(facts)} may run Bedrock and change IAM ({listing(names)})",
            "leave changes of policies, trust policies, boundaries and credentials to the deployment",
            key=(
                *patterns_naming(item.statement, names=names),
                *sorted({resource for name in names for resource in targets[name]}),
            ),
            witness=_witness(targets[telling], telling),
            conditional=item.statement.conditional or facts.principal.conditional,
            policy=item.policy,
        )


def _witness(resources: tuple[str, ...], action: str) -> Witness | None:
    found = next(filter(None, (example_resource(resource, action) for resource in resources)), None)
    return Witness(action, found, "the action can give a principal more permissions") if found else None
