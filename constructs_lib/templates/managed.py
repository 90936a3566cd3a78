"""AWS managed policies by ARN: those that touch Bedrock by their meaning, the others harmless to it."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from constructs_lib.iam import UNRESOLVED, Policy
from constructs_lib.iam.managed import HARMLESS, lookup
from constructs_lib.templates.model import Incomplete

if TYPE_CHECKING:
    from constructs_lib.iam import Origin

__all__ = ["aws_managed", "is_aws_managed", "is_harmless"]

_ARN: Final = re.compile(r"arn:[^:]*:iam::aws:policy/(.+)\Z", re.DOTALL)
_BARE: Final = re.compile(r"[A-Za-z0-9_+=,.@-]+(/[A-Za-z0-9_+=,.@-]+)*\Z")


def is_aws_managed(arn: str) -> bool:
    """Whether this is the ARN of an AWS managed policy, or a bare name, which SAM takes for one."""
    return _ARN.match(arn) is not None or _BARE.match(arn) is not None


@lru_cache(maxsize=4096)
def is_harmless(arn: str) -> bool:
    """Whether this is the ARN of an AWS managed policy that is known to be harmless to Bedrock: most are."""
    match = _ARN.match(arn)
    return match is not None and UNRESOLVED not in match.group(1) and lookup(arn) is HARMLESS


def aws_managed(arn: str, origin: Origin) -> tuple[Policy | None, list[Incomplete]]:
    """Return what an AWS managed policy means for Bedrock, its statements placed where it is attached.

    ``None`` without a reason: the policy is harmless to Bedrock.
    """
    match = _ARN.match(arn)
    name = match.group(1) if match else arn
    if UNRESOLVED in name:
        return None, [Incomplete(origin.pointer, "an AWS managed policy whose name is not known")]
    found = lookup(arn if match else name.rpartition("/")[2])
    if found is None:
        why = f"AWS managed policy `{name[:200]}` is newer than the data here, or doesn't exist"
        return None, [Incomplete(origin.pointer, why)]
    if not isinstance(found, Policy):
        return None, []
    statements = tuple(replace(item, origin=origin) for item in found.statements)
    return Policy(found.name, statements, origin), []
