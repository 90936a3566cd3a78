"""A service role trusts Bedrock on behalf of any account.

## What it does
Finds trust statements for Bedrock service principals without conditions on `aws:SourceAccount` and
`aws:SourceArn`. The finding is a note when one of the two conditions is present. A condition with the value
`*` or with a negated operator does not count. Each statement is judged alone.

## Why is this bad?
Without the conditions, somebody in another account who knows the role's ARN can make Bedrock use the role for
a resource of theirs (the confused deputy problem). One statement without them is enough, also beside a
statement that has them.

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

## Known limits
Whether the account in a condition is the right one is not known. Trusts of services that are not Bedrock's
are not judged.

## References
- https://docs.aws.amazon.com/bedrock/latest/userguide/cross-service-confused-deputy-prevention.html
- https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.iam import matches
from constructs_lib.review.rules.authoring import Rule, Run, bedrock_services, has_key, listing, who

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.iam import Statement
    from constructs_lib.review.rules.authoring import Facts, Finding

__all__ = ["RULE", "check"]

RULE = Rule(
    "BP402",
    "confused-deputy",
    "warning",
    "a service role trusts Bedrock on behalf of any account",
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
        # A bare `*` matches every caller and a negated operator all but a few, so neither counts.
        tests = [
            test
            for test in statement.conditions
            if all(value.strip("*") for value in test.values) and not _is_negated(test.operator)
        ]
        missing = [key for key in _BOTH if not has_key(tests, key)]
        if not missing:
            continue
        needed = f"{'conditions' if len(missing) > 1 else 'a condition'} on {listing(missing)}"
        yield RULE.finding(
            facts,
            statement.origin,
            f"{who(facts)} trusts {listing(services)} without {needed}",
            f"add {needed} to the trust statement",
            key=(*services, *missing),
            severity="note" if len(missing) == 1 else None,
            conditional=statement.conditional or facts.principal.conditional,
        )


def _is_negated(operator: str) -> bool:
    name = operator.lower().rpartition(":")[2]
    return "not" in name or name == "null"


def _assumes(statement: Statement) -> bool:
    if statement.actions is None:
        return True
    return any(matches(text, "sts:AssumeRole", ignore_case=True) for text in statement.actions)
