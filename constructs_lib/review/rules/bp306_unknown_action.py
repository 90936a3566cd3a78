"""A policy names an action that the catalogue does not have.

## What it does
Finds names and patterns under a Bedrock prefix that match no action of this release's catalogue and that
nothing proves wrong (BP301 reports those). The message gives the date of the data. There is one finding per
statement, in policies of every kind.

## Why is this bad?
AWS adds actions every week, so the name may be newer than the catalogue: the review can't tell the plane of
what it allows, and knows the principal in part only (`incomplete`). Or it is a slip that allows nothing. In a
Deny it may guard what AWS has added: keep it unless you know better.

## Example
```json
{"Effect": "Allow", "Action": "bedrock:CreateZephyrPlan", "Resource": "*"}
```

## Use instead
Check the name in the service authorization reference. If AWS has it, update `bedrock-planes`; if not, correct
the name.

## Known limits
Nothing tells whether the name is newer or wrong; names of services that are not Bedrock's are not judged.

## References
- https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html
- https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrockagentcore.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib import catalogue
from constructs_lib.iam import faults_of_names
from constructs_lib.review.rules.authoring import Rule, Run, listing, names_in, statements_with_faulty_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.iam import NameFault
    from constructs_lib.review.rules.authoring import Facts, Finding
    from constructs_lib.templates import Resource

__all__ = ["RULE", "check"]

RULE = Rule(
    "BP306",
    "unknown-action",
    "warning",
    "a policy names an action that the catalogue does not have",
    __name__,
    "every",
)

_SHOWN = 6


def check(subject: Facts | Resource | None, run: Run) -> Iterator[Finding]:
    """Yield one finding per statement."""
    for written in statements_with_faulty_names(subject, run):
        statement = written.statement
        faults = {n: fault for n, fault in faults_of_names(names_in(statement)) if not fault.is_wrong}
        if not faults:
            continue
        many = len(faults) > 1
        yield RULE.finding(
            subject,
            statement.origin,
            f"{written.holder} names {listing(faults, _SHOWN)}, which the catalogue of "
            f"{catalogue.sources().date} does not have: {'they' if many else 'it'} may be newer",
            _help(faults, statement.effect == "Deny"),
            key=(statement.effect, *sorted(name.lower() for name in faults)),
            conditional=written.conditional,
        )


def _help(faults: dict[str, NameFault], is_deny: bool) -> str:
    similar = tuple(dict.fromkeys(name for fault in faults.values() for name in fault.similar))
    hint = f"did you mean {' or '.join(f'`{name}`' for name in similar[:3])}? If not, " if similar else ""
    keep = "; until then keep it, as it may deny what AWS has added" if is_deny else ""
    return (
        f"{hint}check the name in the service authorization reference, and update bedrock-planes if AWS has "
        f"it{keep}"
    )
