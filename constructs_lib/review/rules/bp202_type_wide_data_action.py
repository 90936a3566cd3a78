"""A data action is allowed on every resource of a type, or of the account.

## What it does
Finds data actions (other than data reads) that are allowed on every resource of a type (`foundation-model/*`,
`knowledge-base/*`) or of a named account (`arn:aws:bedrock:us-east-1:111122223333:*`), or on a pattern that
names less than a provider, a family of models or an environment (`foundation-model/a*`,
`inference-profile/us.*`). `*claude-haiku-4-5*` and `runtime/*-prod` are names. The conditions that limit a
request for BP201 do so here too. Sessions, which get their id when they begin, and AWS's own tools are not
reported, because a policy can't list them.

## Why is this bad?
The application can read every knowledge base that somebody creates in the account later.

## Example
```json
{"Effect": "Allow", "Action": "bedrock:Retrieve",
 "Resource": "arn:aws:bedrock:us-east-1:111122223333:knowledge-base/*"}
```

## Use instead
```json
{"Effect": "Allow", "Action": "bedrock:Retrieve",
 "Resource": "arn:aws:bedrock:us-east-1:111122223333:knowledge-base/KB12345678"}
```

## Known limits
Whether a name in a pattern (`runtime/*-prod`) is a convention of the account is not known: a pattern with a
word of its own is not reported.

## References
- https://docs.aws.amazon.com/bedrock/latest/userguide/security_iam_id-based-policy-examples.html
- https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib import catalogue
from constructs_lib.iam import ActionSet, names_of, types_of
from constructs_lib.review.rules.authoring import (
    Rule,
    Run,
    action_sets,
    corrected,
    is_type_wide,
    listing,
    named_arns,
    shown,
    who,
    why_unlimited,
    wide_statements,
    witness_for,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.iam import Statement
    from constructs_lib.review.rules.authoring import Facts, Finding, Fix


__all__ = ["RULE", "check"]

RULE = Rule(
    "BP202",
    "type-wide-data-action",
    "warning",
    "a data action is allowed on every resource of a type",
    __name__,
)


def check(facts: Facts, _run: Run) -> Iterator[Finding]:
    """Yield one finding per statement."""
    for row in wide_statements(facts, _is_reported):
        held, mask, resources = row
        yield RULE.finding(
            facts,
            held.statement.origin,
            f"{who(facts)} may call {listing(names_of(mask))} on all of {listing(resources)}",
            f"list the ARNs in `Resource`, such as {_format(resources[0], mask)}"
            f"{why_unlimited(held.conditions)}",
            key=row.key,
            witness=witness_for(
                facts, held, mask, f"`{shown(resources[0])}` covers resources that the policy does not name"
            ),
            conditional=held.statement.conditional or facts.principal.conditional,
            policy=held.policy,
            fix=_fix(held.statement, mask, resources),
        )


def _fix(statement: Statement, mask: ActionSet, wide: Sequence[str]) -> Fix | None:
    """Return the statement with named resources instead of the wide patterns."""
    if statement.resources is None or not set(wide) <= set(statement.resources):
        return None
    named = (
        text
        for pattern in statement.resources
        for text in (named_arns(pattern, mask) if pattern in wide else (pattern,))
    )
    return corrected(statement, resources=list(dict.fromkeys(named)))


def _is_reported(resource: str) -> bool:
    return is_type_wide(resource) and not _nobody_can_list(resource)


def _format(resource: str, mask: ActionSet) -> str:
    """Return the ARN format of a type that the first action accepts and the pattern covers."""
    action = catalogue.action(names_of(mask)[0])
    covered = types_of(resource)
    accepted = [name for name in (action.resource_types if action else ()) if name in covered]
    return listing([catalogue.resource_types()[name].arns[0] for name in accepted[:1]])


def _nobody_can_list(resource: str) -> bool:
    """Whether the resources begin at run time (sessions) or are AWS's own tools."""
    types = types_of(resource)
    parts = resource.split(":", 5)
    if not types or len(parts) < 6:
        return False
    # `:::evaluator/Builtin.*`; a model without a Region is one that a global profile may call.
    is_aws_own = parts[4] == "aws" or (parts[3:5] == ["", ""] and types != {"bedrock:foundation-model"})
    return types <= action_sets().data_types or is_aws_own
