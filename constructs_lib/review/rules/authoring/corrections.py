"""The corrected form of a statement, ready to paste."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from constructs_lib import catalogue
from constructs_lib.iam import UNRESOLVED, names_of, types_of
from constructs_lib.review.model import Fix

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from constructs_lib.iam import ActionSet, Condition, Statement

__all__ = ["corrected", "named_arns"]

_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")


def corrected(
    statement: Statement,
    *,
    actions: Sequence[str] | None = None,
    resources: Sequence[str] | None = None,
    conditions: Iterable[Condition] | None = None,
) -> Fix | None:
    """Return the fix that replaces a statement; ``None`` if parts of it are known after deployment alone.

    Args:
        statement: The statement.
        actions: The actions of the corrected statement; those of the statement by default.
        resources: Its resources; those of the statement by default.
        conditions: Its conditions; those of the statement by default.

    """
    value: dict[str, Any] = {"Sid": statement.sid} if statement.sid else {}
    value["Effect"] = statement.effect
    for name, pairs in (("Principal", statement.principals), ("NotPrincipal", statement.not_principals)):
        if pairs is not None:
            value[name] = _principals(pairs)
    for name, texts in (
        ("Action", statement.actions if actions is None else actions),
        ("NotAction", statement.not_actions),
        ("Resource", statement.resources if resources is None else resources),
        ("NotResource", statement.not_resources),
    ):
        if texts is not None:
            value[name] = _one_or_all(texts)
    tests: dict[str, dict[str, Any]] = {}
    for test in statement.conditions if conditions is None else conditions:
        block = tests.setdefault(test.operator, {})
        if test.key in block:
            return None  # two blocks that differ in letter case; the corrected one would lose a test
        block[test.key] = _one_or_all(test.values)
    if tests:
        value["Condition"] = tests
    return None if UNRESOLVED in str(value) else Fix(value, statement.origin.pointer)


def _one_or_all(texts: Sequence[str]) -> str | list[str]:
    return texts[0] if len(texts) == 1 else list(texts)


def _principals(pairs: Sequence[tuple[str, str]]) -> str | dict[str, Any]:
    if list(pairs) == [("AWS", "*")]:
        return "*"
    kinds: dict[str, list[str]] = {}
    for kind, text in pairs:
        kinds.setdefault(kind, []).append(text)
    return {kind: _one_or_all(texts) for kind, texts in kinds.items()}


_PARTS: Final = 6
"""Parts of an ARN."""


@lru_cache(maxsize=1024)
def named_arns(pattern: str, mask: ActionSet) -> tuple[str, ...]:
    """Return the ARNs to write instead of a wide pattern, with a placeholder such as `<KnowledgeBaseId>`.

    Args:
        pattern: The pattern; partition, Region and account are kept where it names them.
        mask: The actions that it is used with; their resource types that the pattern covers are returned.

    """
    covered = types_of(pattern)
    known = catalogue.actions()
    types = {name for action in names_of(mask) for name in known[action].resource_types} & covered
    ours = pattern.split(":", 5)
    if len(ours) < _PARTS:  # a wildcard spans the parts that are left out, as in `arn:aws:bedrock:*`
        ours = ["*" if "*" in part or "?" in part else part for part in ours] + ["*"] * (_PARTS - len(ours))
    found = []
    for kind in sorted(types):
        theirs = _PLACEHOLDER.sub(r"<\1>", catalogue.resource_types()[kind].arns[0]).split(":", 5)
        head = [one if one.strip("*") else other for one, other in zip(ours[1:5], theirs[1:5], strict=False)]
        # The Region and the account of a model's ARN may be empty.
        head = [given if other else "" for given, other in zip(head, theirs[1:5], strict=True)]
        found.append(":".join(("arn", *head, theirs[5])))
    return tuple(found)
