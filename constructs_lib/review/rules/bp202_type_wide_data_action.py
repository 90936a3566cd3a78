"""A data action is allowed on every resource of a type, or of the account.

## What it does
Finds data actions (data reads aside) allowed on `foundation-model/*`, `knowledge-base/*` and the like, or on
everything in a named account (`arn:aws:bedrock:us-east-1:111122223333:*`). Conditions that silence BP201
silence it too. Sessions, which get their id when they begin, and AWS's own tools can't be listed and don't
count.

## Why is this bad?
The next knowledge base that somebody creates in the account is readable by this application on the same day.

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

## References
- https://docs.aws.amazon.com/bedrock/latest/userguide/security_iam_id-based-policy-examples.html
- https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.policy._tables import names_of
from constructs_lib.policy.scope import scope_of, types_of
from constructs_lib.review._masks import masks, plane_bits
from constructs_lib.review.rules._base import Rule, Run, listing, who
from constructs_lib.review.rules._scopes import is_pinned
from constructs_lib.review.rules._witness import witness_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.review.facts import Facts, Held
    from constructs_lib.review.model import Finding

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
    if not facts.mask:
        return
    rows: dict[int, tuple[Held, int, list[str]]] = {}
    for held in facts.held:
        mask = plane_bits(held.mask, held.resource)[2] & masks().on_arns
        if (
            not mask
            or scope_of(held.resource) not in {"type", "account"}
            or is_pinned(held.conditions)
            or _nobody_can_list(held.resource)
            or facts.is_audit(held)
        ):
            continue
        first, sum_mask, resources = rows.get(id(held.statement), (held, 0, []))
        rows[id(held.statement)] = (first, sum_mask | mask, [*resources, held.resource])
    for held, mask, resources in rows.values():
        yield RULE.finding(
            facts,
            held.statement.origin,
            f"{who(facts)} may call {listing(names_of(mask))} on all of {listing(resources)}",
            "list the ARNs in `Resource`",
            key=(*sorted(held.statement.actions or ("NotAction",)), *sorted(resources)),
            witness=witness_of(
                facts, held, mask, f"{listing(resources, 1)} covers resources that nobody named"
            ),
            conditional=held.statement.conditional or facts.principal.conditional,
        )


def _nobody_can_list(resource: str) -> bool:
    """Whether the resources begin at run time (sessions) or are AWS's own tools."""
    types = types_of(resource)
    parts = resource.split(":", 5)
    return bool(types) and (types <= masks().data_types or (len(parts) == 6 and parts[4] == "aws"))
