"""An app role and a deploy role hold actions of one family.

## What it does
Compares every app role of the run with every deploy role. When both hold data actions or control writes of
one family, the finding is reported for the app role and names the deploy role.

## Why is this bad?
The families keep the two roles apart: `bedrock-runtime` and `bedrock-agent-runtime` belong to the
application, `bedrock` and `bedrock-agent` to the deployment. When both roles hold one family, they are no
longer separate, although each role alone looks correct.

## Example
```json
{"AppRole": ["bedrock:InvokeModel"], "DeployRole": ["bedrock:CreateAgent", "bedrock:InvokeModel"]}
```

## Use instead
Remove the family's actions from the role of the other plane: a data family's from the deploy role, a control
family's from the app role.

## Known limits
Only roles that are marked, or that the configuration names, are compared. Two app roles, or an app role and a
role of unknown kind, are not.

## References
- https://docs.aws.amazon.com/wellarchitected/latest/security-pillar/sec_permissions_least_privileges.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.iam import names_of
from constructs_lib.review.rules.authoring import Rule, Run, action_sets, listing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.review.rules.authoring import Finding


__all__ = ["RULE", "check"]

RULE = Rule(
    "BP103",
    "shared-family",
    "error",
    "an app role and a deploy role hold actions of one family",
    __name__,
    "run",
    needs_marks=True,
)


def check(run: Run) -> Iterator[Finding]:
    """Yield one finding per app role, deploy role and family."""
    deploys = [node for node in run.nodes if node.kind == "deploy" and node.held]
    for app in run.nodes:
        if app.kind != "app" or not app.held:
            continue
        for deploy in deploys:
            for family, plane, mask in action_sets().families:
                if not (app.held & mask and deploy.held & mask):
                    continue
                yield RULE.finding(
                    app,
                    app.origin,
                    f"app {app.label} and deploy {deploy.label} both hold actions of the family `{family}`: "
                    f"`{app.name}` holds {listing(names_of(app.held & mask), 2)}, "
                    f"`{deploy.name}` holds {listing(names_of(deploy.held & mask), 2)}",
                    f"`{family}` is on the {plane} plane: "
                    f"remove its actions from {(deploy if plane == 'data' else app).label}",
                    key=(deploy.name, family),
                    related=(deploy.origin,),
                    conditional=app.conditional or deploy.conditional,
                )
