"""An action is used with an ARN, but takes no resource.

## What it does
Finds actions without resource types (`RetrieveAndGenerate`, `Rerank`, `InvokeInlineAgent`, `ListAgents`) in
Allow statements whose `Resource` is not `*`. The finding is a warning when another statement of the principal
allows the action.

## Why is this bad?
IAM matches such an action only with `*`, so the statement allows nothing and the call is denied.

## Example
```json
{"Effect": "Allow", "Action": ["bedrock:Retrieve", "bedrock:RetrieveAndGenerate"],
 "Resource": "arn:aws:bedrock:us-east-1:111122223333:knowledge-base/KB12345678"}
```

## Use instead
Write two statements: `bedrock:Retrieve` on the ARN, and `bedrock:RetrieveAndGenerate` on `*`.

## Known limits
It follows the service authorization reference; for an action that the SDK alone documents nothing is
reported.

## References
- https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html
- https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.review.rules.authoring import Rule, Run, corrected, inert_statements, listing, who

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.review.rules.authoring import Facts, Finding, Fix, InertStatement


__all__ = ["RULE", "check"]

RULE = Rule(
    "BP303",
    "arn-on-resourceless-action",
    "error",
    "an action is used with an ARN, but takes no resource",
    __name__,
)


def check(facts: Facts, _run: Run) -> Iterator[Finding]:
    """Yield one finding per statement and severity."""
    for row in inert_statements(facts, "arn-on-resourceless"):
        resources = row.statement.resources or ()
        yield RULE.finding(
            facts,
            row.statement.origin,
            f"{who(facts)} allows {listing(row.names)} on {listing(resources)}, but "
            f"{'this action takes' if len(row.names) == 1 else 'these actions take'} only `*`",
            f'move {listing(row.names)} to a statement with `"Resource": "*"`',
            key=(*row.names, *sorted(resources)),
            severity="warning" if row.elsewhere else None,
            conditional=row.statement.conditional or facts.principal.conditional,
            fix=_fix(row),
        )


def _fix(row: InertStatement) -> Fix | None:
    """Return the statement on `*`, if none of its actions takes an ARN."""
    if set(row.statement.actions or ()) - set(row.names):
        return None
    return corrected(row.statement, resources=("*",))
