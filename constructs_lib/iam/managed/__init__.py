"""AWS managed policies, known by name or ARN.

Shipped is the part of each that touches Amazon Bedrock, changes IAM, passes or assumes roles, or runs code as
a role, as AWS published it on the date that :func:`source` returns; the names of all others are known as
harmless to Bedrock. ``make facts`` renews the data.
"""

from __future__ import annotations

import gzip
import json
import pkgutil
import re
from dataclasses import dataclass
from enum import Enum
from functools import cache, lru_cache
from typing import Final, Literal

from constructs_lib.iam.documents import parse_document
from constructs_lib.iam.model import Origin, Policy
from constructs_lib.lazily import exports

TYPE_CHECKING = False  # as typing's, so that the two lines below are the same to a checker
if TYPE_CHECKING:
    from constructs_lib.iam.managed.extract import differences, write

__all__ = ["HARMLESS", "Harmless", "Source", "differences", "lookup", "source", "write"]

# Only who renews the data needs these.
__getattr__, __dir__ = exports(__name__, {"extract": ("differences", "write")})


class Harmless(Enum):
    """The type of :data:`HARMLESS`."""

    HARMLESS = "harmless"


HARMLESS: Final = Harmless.HARMLESS
"""An AWS managed policy that neither touches Bedrock nor helps to reach who does."""

# The account part of an AWS managed policy is `aws`; partition and path may be anything, unresolved included.
_ARN: Final = re.compile(r"arn:[^:]*:iam::aws:policy/(?:.*/)?([^/]+)")


@dataclass(frozen=True, slots=True)
class Source:
    """Where the data comes from: the version of moto, and the date of the latest change to a policy in it."""

    moto: str
    date: str


@dataclass(frozen=True, slots=True)
class _Data:
    source: Source
    harmless: frozenset[str]
    rows: dict[str, str]


@cache
def _data() -> _Data:
    # `importlib.resources` asks the same loader, after twenty imports that a review doesn't need.
    packed = pkgutil.get_data(__name__, "policies.json.gz") or b""
    head, harmless, *lines = gzip.decompress(packed).decode().splitlines()
    # Each row stays text until it is asked for.
    rows = dict(line.split(" ", 1) for line in lines)
    return _Data(Source(**json.loads(head)), frozenset(harmless.split(" ")), rows)


def source() -> Source:
    """Return where the data comes from."""
    return _data().source


@lru_cache(maxsize=4096)
def lookup(arn_or_name: str) -> Policy | Literal[Harmless.HARMLESS] | None:
    """Return the part of an AWS managed policy that matters for Bedrock.

    Args:
        arn_or_name: Its ARN in any partition, or its bare name as SAM takes it.

    Returns:
        the policy, reduced to what matters; ``HARMLESS`` for any other AWS managed policy; ``None`` for what
        is no AWS managed policy, and for one that the data doesn't list: it may be newer, or deprecated, and
        may then allow anything.

    """
    found = _ARN.fullmatch(arn_or_name)
    name = found.group(1) if found else arn_or_name
    data = _data()
    if name in data.rows:
        return _policy(name, data.rows[name])
    if name in data.harmless:
        return HARMLESS
    return None


def _policy(name: str, row: str) -> Policy:
    """Build the policy; its origin is its ARN in the commercial partition."""
    record = json.loads(row)
    arn = f"arn:aws:iam::aws:policy{record['path']}{name}"
    policy = parse_document({"Statement": record["statements"]}, name=name, path=arn, pointer="")
    return Policy(name, policy.statements, Origin(arn, ""))
