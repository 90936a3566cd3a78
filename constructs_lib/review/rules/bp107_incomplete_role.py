"""A role that should be proven is known in part only.

## What it does
With `--strict`, reports each app or deploy role of which the input leaves something open: a managed policy
that is defined elsewhere, an action that a parameter decides. Without `--strict` the report lists what is
open under the principal's `incomplete`, and nothing is reported.

## Why is this bad?
What isn't known can't be proven: the policy that is attached by ARN may hold the other plane.

## Example
```json
{"Type": "AWS::IAM::Role", "Properties": {"ManagedPolicyArns": ["arn:aws:iam::111122223333:policy/shared"]}}
```

## Use instead
Define the policy in the same assembly, or give the review the account's export
(`aws iam get-account-authorization-details`), where everything is resolved.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
- https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.iam import Origin
from constructs_lib.review.rules._base import Rule, Run, who

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.review.facts import Facts
    from constructs_lib.review.model import Finding

__all__ = ["RULE", "check"]

RULE = Rule(
    "BP107", "incomplete-role", "error", "a role that should be proven is known in part only", __name__
)


def check(facts: Facts, run: Run) -> Iterator[Finding]:
    """Yield one finding per role; only a strict run asks."""
    if not run.options.strict or facts.kind not in {"app", "deploy"}:
        return
    gaps = facts.incomplete()
    if gaps:
        path = facts.principal.origin.path
        more = f" and {len(gaps) - 1} more" if len(gaps) > 1 else ""
        yield RULE.finding(
            facts,
            Origin(path, gaps[0].pointer),
            f"{facts.kind} {who(facts)} is known in part only: {gaps[0].why}{more}",
            "define what it refers to in the same assembly, or review the account's export",
            key=sorted({gap.why for gap in gaps}),
            related=(Origin(path, gap.pointer) for gap in gaps[1:]),
        )
