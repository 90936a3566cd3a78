"""How much a resource pattern opens, for the rules about scoping.

:func:`scope_of` puts a pattern into one of these classes, widest first:

=============  ==========================================================================================
``any``        ``*``, ``arn:*``, or a resource part that starts with a wildcard while the account part does
               not name an account (``arn:aws:bedrock:*:*:*``, ``arn:aws:bedrock:us-east-1::*``): BP201
``account``    the same with an account named (``arn:aws:bedrock:*:111122223333:*``): BP202
``type``       everything of one resource type (``foundation-model/*``, ``knowledge-base*``): BP202
``some``       a wildcard further in (``foundation-model/anthropic.*``, ``agent-alias/AGENT/*``)
``exact``      no wildcard in the resource part
``open``       the part that would decide is not determined by the input: never BP201, BP202 or BP302
=============  ==========================================================================================

Region and partition don't count: a wildcard there widens nothing that the classes are about, and neither does
an open part there. An open account part (``${AWS::AccountId}``) names an account. A policy variable
(``${aws:PrincipalTag/project}``) is an open part.
"""

from __future__ import annotations

import re
from typing import Literal

from constructs_lib.iam.action_sets import tables, types_of
from constructs_lib.iam.model import UNRESOLVED
from constructs_lib.iam.patterns import arn_splits, without_variables
from constructs_lib.iam.work import remembered

__all__ = ["Scope", "names_account", "scope_of", "types_of"]

Scope = Literal["any", "account", "type", "some", "exact", "open"]

_WIDEST_FIRST: tuple[Scope, ...] = ("any", "account", "type", "some", "open", "exact")
_WILD = re.compile(r"[*?]")
_OPEN_OR_WILD = re.compile(f"[*?{UNRESOLVED}]")


@remembered(4096)
def scope_of(pattern: str) -> Scope:
    """Classify a resource pattern; the module's docstring has the classes."""
    text = without_variables(pattern)
    if not text.strip("*?"):
        return "any" if text else "exact"
    aligned = len(text.split(":", 5)) == 6
    if UNRESOLVED in text and not aligned:
        return "open"
    found = {_scope_of_resource(parts[5], parts[4]) for parts in arn_splits(text)}
    return next((scope for scope in _WIDEST_FIRST if scope in found), "exact")


def _scope_of_resource(resource: str, account: str) -> Scope:
    """Classify by the resource part, and by the account part where the whole resource part is open."""
    first = _OPEN_OR_WILD.search(resource)
    if first is None:
        return "exact"
    start = resource[: first.start()]
    if not _whole_type(start):
        return "some" if _WILD.search(resource) else "open"
    if first.group() == UNRESOLVED:
        return "open"
    if start:
        return "type"
    return "account" if names_account(account) else "any"


def names_account(segment: str) -> bool:
    """Whether the account segment of an ARN pattern names an account, be it an unresolved one."""
    return bool(segment) and not _WILD.search(segment)


@remembered(4096)
def _whole_type(start: str) -> bool:
    """Whether the text before the first wildcard ends within the literal start of some type's ARN."""
    if "/" not in start:
        return True
    return any(item.head.startswith(start) for group in tables().by_service.values() for item in group)
