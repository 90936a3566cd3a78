"""A Bedrock ARN that no resource can have.

## What it does
Finds ARNs of Bedrock with an account in a foundation model's ARN, an SDK client's name as service
(`arn:aws:bedrock-runtime:`), a partition or Region that can't exist, a Region or account missing where the
resource type has one, or white space. The Region-less `arn:aws:bedrock:::foundation-model/ID` of global
profiles and `system-tool` ARNs are valid.

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
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from constructs_lib import catalogue
from constructs_lib.policy._model import UNRESOLVED
from constructs_lib.policy._tables import types_of
from constructs_lib.review.rules._base import Rule, Run, listing, who

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.review.facts import Facts
    from constructs_lib.review.model import Finding

__all__ = ["RULE", "check", "fault_of"]

RULE = Rule("BP304", "malformed-arn", "error", "a Bedrock ARN that no resource can have", __name__)

_OPEN = re.compile(rf"[*?{UNRESOLVED}]|\$\{{")
_PARTITIONS = {
    "aws": r"(?!cn-|us-gov-|us-iso|eu-iso|eusc-)",
    "aws-cn": "cn-",
    "aws-us-gov": "us-gov-",
    "aws-iso": "us-iso-",
    "aws-iso-b": "us-isob-",
    "aws-iso-e": "eu-isoe-",
    "aws-iso-f": "us-isof-",
    "aws-eusc": "eusc-",
}
_REGION = re.compile(
    r"(?:af|ap|ca|cn|eu|eu-isoe|eusc|il|me|mx|sa|us|us-gov|us-iso|us-isob|us-isof)"
    r"-(?:north|south|east|west|central|northeast|northwest|southeast|southwest|de-east)-[1-9]"
)


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
            found.append((arn, *fault))
    return tuple(found)


@lru_cache(maxsize=4096)
def fault_of(arn: str) -> tuple[str, str] | None:
    """Return what is wrong with an ARN pattern and the remedy; ``None`` for anything that isn't Bedrock's."""
    parts = arn.split(":", 5)
    if parts[0].strip() != "arn" or len(parts) < 3 or not parts[2].strip().startswith("bedrock"):
        return None
    if arn.split() != [arn]:
        return "it holds white space", f"write `{''.join(arn.split())}`"
    if parts[2] in catalogue.client_names():
        service = "bedrock-agentcore" if "agentcore" in parts[2] else "bedrock"
        return f"`{parts[2]}` is a client, not a service", f"write `{service}` for `{parts[2]}`"
    if len(parts) < 6:
        if _OPEN.search(arn):
            return None
        return "it has too few parts", "write arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE"
    return _segments_fault(arn, parts)


def _segments_fault(arn: str, parts: list[str]) -> tuple[str, str] | None:  # noqa: PLR0911 - one per fault
    _, partition, service, region, account, resource = parts
    if not _OPEN.search(partition) and partition not in _PARTITIONS:
        return (
            f"there is no partition `{partition}`",
            f"it can be {', '.join(f'`{name}`' for name in _PARTITIONS)}",
        )
    if region and not _OPEN.search(region):
        if not _REGION.fullmatch(region):
            return f"`{region}` can't be a Region", "write a Region such as `us-east-1`"
        if partition in _PARTITIONS and not re.match(_PARTITIONS[partition], region):
            return f"Region `{region}` is not in partition `{partition}`", "correct one of the two"
    if (
        resource.startswith("foundation-model/")
        and account
        and not set(account) & set("*?")
        and service == "bedrock"
    ):
        named = f"account `{account}`" if UNRESOLVED not in account else "an account"
        return f"a foundation model's ARN holds {named}", f"write `{':'.join((*parts[:4], '', resource))}`"
    meant = types_of(":".join((*parts[:3], "*", "*", resource)))
    if types_of(arn) or service not in _services() or not meant:
        return None
    if not account:
        return "the account is missing", "write the account between the fourth and the fifth colon"
    if not region:
        return "the Region is missing", "write the Region between the third and the fourth colon"
    formats = dict.fromkeys(catalogue.resource_types()[name].arns[0] for name in sorted(meant))
    return "its Region or account is not one that the resource type has", f"write {listing(formats)}"


@cache
def _services() -> frozenset[str]:
    return frozenset(catalogue.prefixes())
