"""A Bedrock service role trusts Bedrock on anybody's behalf.

## What it does
Finds trust statements for Bedrock service principals without the conditions `aws:SourceAccount` and
`aws:SourceArn`; it is a note when one of the two is there. A value of `*` counts as none. Each statement
counts for itself.

## Why is this bad?
Without the conditions Bedrock may use the role for a resource in somebody else's account who has learned the
role's ARN (the confused deputy problem). A second statement without them opens what the first one closed.

## Example
```json
{"Effect": "Allow", "Principal": {"Service": "bedrock.amazonaws.com"}, "Action": "sts:AssumeRole"}
```

## Use instead
```json
{"Effect": "Allow", "Principal": {"Service": "bedrock.amazonaws.com"}, "Action": "sts:AssumeRole",
 "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"},
               "ArnLike": {"aws:SourceArn": "arn:aws:bedrock:us-east-1:111122223333:knowledge-base/*"}}}
```

## References
- https://docs.aws.amazon.com/bedrock/latest/userguide/cross-service-confused-deputy-prevention.html
- https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.iam import matches
from constructs_lib.review.facts import has_key
from constructs_lib.review.kinds import bedrock_services
from constructs_lib.review.rules._base import Rule, Run, who
from constructs_lib.review.wording import listing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.iam import Statement
    from constructs_lib.review.facts import Facts
    from constructs_lib.review.model import Finding

__all__ = ["RULE", "check"]

RULE = Rule(
    "BP402",
    "confused-deputy",
    "warning",
    "a Bedrock service role trusts Bedrock on anybody's behalf",
    __name__,
)

_BOTH = ("aws:SourceAccount", "aws:SourceArn")


def check(facts: Facts, _run: Run) -> Iterator[Finding]:
    """Yield one finding per trust statement."""
    trust = facts.principal.trust
    for statement in trust.statements if trust else ():
        services = bedrock_services(statement)
        if statement.effect == "Deny" or not services or not _assumes(statement):
            continue
        # A bare `*` lets everybody pass, so it is no condition.
        tests = [test for test in statement.conditions if any(value.strip("*") for value in test.values)]
        missing = [key for key in _BOTH if not has_key(tests, key)]
        if not missing:
            continue
        yield RULE.finding(
            facts,
            statement.origin,
            f"{who(facts)} trusts {listing(services)} without {listing(missing)}",
            f"add the condition{'s' if len(missing) > 1 else ''} {listing(missing)} to the trust statement",
            key=(*services, *missing),
            severity="note" if len(missing) == 1 else None,
            conditional=statement.conditional or facts.principal.conditional,
        )


def _assumes(statement: Statement) -> bool:
    if statement.actions is None:
        return True
    return any(matches(text, "sts:AssumeRole", ignore_case=True) for text in statement.actions)
