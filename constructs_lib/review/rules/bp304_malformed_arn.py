"""A Bedrock ARN that no resource can have.

## What it does
Finds ARNs of Bedrock with an account in a foundation model's ARN, an inference profile's id where a model's
belongs (`foundation-model/us.anthropic.claude-...`), an SDK client's name as service
(`arn:aws:bedrock-runtime:`), a partition, Region or account that can't exist, a placeholder that was never
filled in (`<REGION>`, `{account}`, `ACCOUNT_ID`), a Region or account missing where the type has one, or
white space. The Region-less `arn:aws:bedrock:::foundation-model/ID` of global profiles and `system-tool` ARNs
are valid. The rules about scope say nothing about an ARN that is reported here.

## Why is this bad?
An ARN that matches nothing allows nothing (or, in a Deny, denies nothing), silently.

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

## References
- https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
- https://docs.aws.amazon.com/bedrock/latest/userguide/global-cross-region-inference.html
- https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from constructs_lib.review.rules._arns import fault_of
from constructs_lib.review.rules._base import Rule, Run, who

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.review.facts import Facts
    from constructs_lib.review.model import Finding

__all__ = ["RULE", "check"]

RULE = Rule("BP304", "malformed-arn", "error", "a Bedrock ARN that no resource can have", __name__)


def check(facts: Facts, _run: Run) -> Iterator[Finding]:
    """Yield one finding per statement and ARN."""
    for statement in facts.written:
        for arn, fault, remedy in _faults(statement.resources, statement.not_resources):
            yield RULE.finding(
                facts,
                statement.origin,
                f"{who(facts)}: `{arn}` matches nothing: {fault}",
                remedy,
                key=(arn,),
                conditional=statement.conditional or facts.principal.conditional,
            )


@lru_cache(maxsize=4096)
def _faults(
    resources: tuple[str, ...] | None, not_resources: tuple[str, ...] | None
) -> tuple[tuple[str, str, str], ...]:
    found = []
    for arn in dict.fromkeys((*(resources or ()), *(not_resources or ()))):
        fault = fault_of(arn)
        if fault:
            found.append((arn, fault.why, fault.remedy))
    return tuple(found)
