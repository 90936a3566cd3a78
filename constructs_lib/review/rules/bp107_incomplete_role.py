"""An app or deploy role is known only in part.

## What it does
With `--strict`, reports each app or deploy role whose permissions the input does not show completely: a
managed policy is defined elsewhere, a parameter decides an action, or a macro, a module or a nested template
that is not in the input may change the role. Without `--strict` the rule reports
nothing, and the report lists what is missing under the principal's or the input's `incomplete`.

## Why is this bad?
The review can't prove what it does not see: a policy that is attached by its ARN may allow the other plane.

## Example
```json
{"Type": "AWS::IAM::Role", "Properties": {"ManagedPolicyArns": ["arn:aws:iam::111122223333:policy/shared"]}}
```

## Use instead
Define the policy in the same assembly, or review the account's export (`aws iam
get-account-authorization-details`), which contains every policy. Give nested templates together with the
template that names them; of a macro's template review the processed one (`aws cloudformation get-template
--template-stage Processed`).

## Known limits
It tells that something is unknown, not whether it matters. What no input names at all, such as a policy
attached by hand, is not known to be missing.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
- https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
- https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-macros.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.iam import Origin
from constructs_lib.review.rules.authoring import Rule, Run, who

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.review.rules.authoring import Facts, Finding


__all__ = ["RULE", "check"]

RULE = Rule(
    "BP107",
    "incomplete-role",
    "error",
    "an app or deploy role is known only in part",
    __name__,
    needs_marks=True,
)


def check(facts: Facts, run: Run) -> Iterator[Finding]:
    """Yield one finding per role, in a strict run."""
    if not run.options.strict or facts.kind not in {"app", "deploy"}:
        return
    path = facts.principal.origin.path
    gaps = (*facts.incomplete(), *run.unread.get(path, ()))
    if gaps:
        more = f" (and {len(gaps) - 1} more)" if len(gaps) > 1 else ""
        yield RULE.finding(
            facts,
            Origin(path, gaps[0].pointer),
            f"{facts.kind} {who(facts)} is known only in part: {gaps[0].why}{more}",
            "define what is missing in the same assembly, or review the account's export",
            key=sorted({gap.why for gap in gaps}),
            related=(Origin(path, gap.pointer) for gap in gaps[1:]),
        )
