"""A policy names a Bedrock ARN that no resource can have.

## What it does
Finds Bedrock ARNs with one of these faults:

- a foundation model's ARN with an account
- an inference profile's id in place of a model's (`foundation-model/us.anthropic.claude-...`)
- an SDK client's name as service (`arn:aws:bedrock-runtime:`)
- a partition, Region or account that can't exist, or none where the resource type has one
- a placeholder that nobody filled in (`<REGION>`, `{account}`, `ACCOUNT_ID`), `${AWS::Region}` without
  `Fn::Sub` among them (`${aws:username}` and the like are IAM's own variables)
- white space

It is a warning when another ARN of the statement does the work, and for `code-interpreter/*` and `browser/*`
in one's own account, which AWS's guides print.

The ARN without a Region of global profiles (`arn:aws:bedrock:::foundation-model/ID`) and `system-tool` ARNs
are valid. An ARN that is reported here is not reported by the rules about scope (BP201, BP202).

## Why is this bad?
An ARN that matches nothing allows nothing, or denies nothing in a Deny, and IAM reports no error.

## Example
```json
{"Effect": "Allow", "Action": "bedrock:InvokeModel",
 "Resource": "arn:aws:bedrock:us-east-1:111122223333:foundation-model/amazon.nova-lite-v1:0"}
```

## Use instead
```json
{"Effect": "Allow", "Action": "bedrock:InvokeModel",
 "Resource": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"}
```

## Known limits
Whether a resource of that name exists is not known. ARNs of other services are not judged.

## References
- https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
- https://docs.aws.amazon.com/bedrock/latest/userguide/global-cross-region-inference.html
- https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.iam import covers, remembered, types_of, without_variables
from constructs_lib.review.rules.authoring import Rule, Run, arn_fault, who

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.review.rules.authoring import ArnFault, Facts, Finding


__all__ = ["RULE", "check"]

RULE = Rule(
    "BP304", "malformed-arn", "error", "a policy names a Bedrock ARN that no resource can have", __name__
)


def check(facts: Facts, _run: Run) -> Iterator[Finding]:
    """Yield one finding per statement and ARN."""
    for statement in facts.written:
        for arn, fault, is_harmless in _faults(statement.resources, statement.not_resources):
            yield RULE.finding(
                facts,
                statement.origin,
                f"{who(facts)} names `{arn}`, which matches nothing: {fault.why}",
                fault.remedy,
                key=(arn,),
                severity="warning" if is_harmless else None,
                conditional=statement.conditional or facts.principal.conditional,
            )


def _does_it(other: str, faulty: str) -> bool:
    """Whether another ARN works, and for the same resources or some of them."""
    if arn_fault(other) or not types_of(other):
        return False
    ours, theirs = (without_variables(text).split(":", 5)[-1] for text in (faulty, other))
    return bool(ours.strip("*")) and (covers(ours, theirs) or covers(theirs, ours))


@remembered(4096)
def _faults(
    resources: tuple[str, ...] | None, not_resources: tuple[str, ...] | None
) -> tuple[tuple[str, ArnFault, bool], ...]:
    """Return the ARNs with a fault, and whether another of the statement does what is meant."""
    found = []
    for arn in dict.fromkeys((*(resources or ()), *(not_resources or ()))):
        fault = arn_fault(arn)
        if fault:
            others = resources if arn in (resources or ()) else not_resources
            found.append((arn, fault, fault.is_in_guides or any(_does_it(o, arn) for o in others or ())))
    return tuple(found)
