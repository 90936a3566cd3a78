"""An app role and a deploy role hold actions of one family.

## What it does
Compares every app role of the run with every deploy role: when both hold data or control-write actions of one
family, the finding sits on the app role and names the deploy role.

## Why is this bad?
The families are what keeps the two roles apart: `bedrock-runtime` and `bedrock-agent-runtime` belong to the
application, `bedrock` and `bedrock-agent` to the deployment. A family that both hold is a hole in that wall,
even while each role alone still looks clean.

## Example
```json
{"AppRole": ["bedrock:InvokeModel"], "DeployRole": ["bedrock:CreateAgent", "bedrock:InvokeModel"]}
```

## Use instead
Take the family's actions from the role on whose plane it is not.

## References
- https://docs.aws.amazon.com/wellarchitected/latest/security-pillar/sec_permissions_least_privileges.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.iam import names_of
from constructs_lib.review.planes import action_sets
from constructs_lib.review.rules._base import Rule, Run
from constructs_lib.review.wording import listing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.review.model import Finding

__all__ = ["RULE", "check"]

RULE = Rule(
    "BP103",
    "shared-family",
    "error",
    "an app role and a deploy role hold actions of one family",
    __name__,
    "run",
)


def check(run: Run) -> Iterator[Finding]:
    """Yield one finding per app role, deploy role and family."""
    deploys = [node for node in run.nodes if node.kind == "deploy" and node.held]
    for app in run.nodes:
        if app.kind != "app" or not app.held:
            continue
        for deploy in deploys:
            for family, _, mask in action_sets().families:
                if not (app.held & mask and deploy.held & mask):
                    continue
                yield RULE.finding(
                    app,
                    app.origin,
                    f"{app.label} and deploy {deploy.label} both hold actions of `{family}`: "
                    f"{listing(names_of(app.held & mask), 2)} here, "
                    f"{listing(names_of(deploy.held & mask), 2)} there",
                    f"take the actions of `{family}` from the role on whose plane it is not",
                    key=(deploy.name, family),
                    related=(deploy.origin,),
                    conditional=app.conditional or deploy.conditional,
                )
