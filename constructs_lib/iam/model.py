"""A policy as values: frozen, normalised in shape, faithful in content.

Every text (action, resource, condition value, principal) is a plain ``str``. Where a template leaves a part
open, the text holds the one character :data:`UNRESOLVED` at that place: it matches anything, and nothing may
be concluded from it. Plain strings keep matching fast and cacheable.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["UNRESOLVED", "Condition", "Effect", "Origin", "Policy", "Statement"]

UNRESOLVED = "\ufffc"
"""Stands for a part of a text that the input does not determine (U+FFFC, never valid in IAM)."""

Effect = Literal["Allow", "Deny"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where something is in the input: the path as the user gave it, and an RFC 6901 JSON pointer."""

    path: str
    pointer: str


@dataclass(frozen=True, slots=True)
class Condition:
    """One operator and key of a ``Condition`` block; spelled as in the document."""

    operator: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. Of each pair (``actions``/``not_actions``, ...) at most one is not ``None``.

    ``conditional`` says that the statement depends on an ``Fn::If`` or a template's ``Condition``.
    ``principals`` are ``(kind, value)`` pairs: ``("Service", "lambda.amazonaws.com")``, ``("AWS", "*")``.
    ``unresolved`` gives the reasons behind each :data:`UNRESOLVED` in it.
    """

    effect: Effect
    actions: tuple[str, ...] | None
    not_actions: tuple[str, ...] | None
    resources: tuple[str, ...] | None
    not_resources: tuple[str, ...] | None
    principals: tuple[tuple[str, str], ...] | None
    not_principals: tuple[tuple[str, str], ...] | None
    conditions: tuple[Condition, ...]
    sid: str | None
    conditional: bool
    unresolved: tuple[str, ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy document with the name that the input gives it."""

    name: str
    statements: tuple[Statement, ...]
    origin: Origin
