"""A principal may pass every role of the account to every service.

## What it does
Finds `iam:PassRole` that is allowed on `*`, or on all roles of an account, without a condition on
`iam:PassedToService`.

## Why is this bad?
Whoever creates an agent, a knowledge base or a function passes a role to it. With PassRole on `*` the
deployment can pass an administrator's role, and the agent then acts with its permissions.

## Example
```json
{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}
```

## Use instead
```json
{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::111122223333:role/KnowledgeBaseRole",
 "Condition": {"StringEquals": {"iam:PassedToService": "bedrock.amazonaws.com"}}}
```

## Known limits
Whether a passed role is trusted by the service that gets it is not judged here; BP105 follows that.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.iam import PASS_ROLE
from constructs_lib.review.rules.authoring import (
    Rule,
    Run,
    Witness,
    accepted_resources,
    example_resource,
    has_key,
    listing,
    patterns_naming,
    shown,
    who,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.review.rules.authoring import Facts, Finding


__all__ = ["RULE", "check"]

RULE = Rule(
    "BP205", "unscoped-pass-role", "warning", "a principal may pass every role to every service", __name__
)


def check(facts: Facts, _run: Run) -> Iterator[Finding]:
    """Yield one finding per statement."""
    for item in facts.outside_with(PASS_ROLE):
        wide = sorted({text for text in accepted_resources(item, PASS_ROLE) if _is_every_role(text)})
        if not wide or has_key(item.conditions, "iam:PassedToService"):
            continue
        example = example_resource(wide[0], PASS_ROLE)
        yield RULE.finding(
            facts,
            item.statement.origin,
            f"{who(facts)} may pass every role ({listing(wide)}) to every service",
            "list the roles in `Resource`, and add a condition on `iam:PassedToService`",
            key=(*patterns_naming(item.statement, names=(PASS_ROLE,)), *wide),
            witness=Witness(PASS_ROLE, example, f"`{shown(wide[0])}` covers every role") if example else None,
            conditional=item.statement.conditional or facts.principal.conditional,
            policy=item.policy,
        )


def _is_every_role(pattern: str) -> bool:
    """Whether a pattern covers at least all roles of an account."""
    if pattern.strip("*") == "":
        return bool(pattern)
    if not pattern.startswith("arn:"):
        return False
    parts = pattern.split(":", 5)
    if len(parts) < 6:
        return pattern.endswith("*")
    return parts[5].strip("*") == "" or parts[5] in {"role/*", "role*", "role/**"}
