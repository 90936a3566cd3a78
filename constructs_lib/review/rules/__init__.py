"""One module per rule; a new module is found by itself.

A module has a record ``RULE`` and a function ``check`` that yields findings. ``RULE.scope`` says what the
function takes: ``check(facts, run)`` for a principal, ``check(resource, run)`` for a resource, ``check(run)``
for the run, ``check(call)`` for a call in application code. The flagged and the allowed examples are data,
in ``cases/<id>.json``. The author of a rule finds everything that a check uses in
``constructs_lib.review.rules.authoring``.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
from functools import cache
from typing import TYPE_CHECKING, Any

from constructs_lib.review.rules.authoring import Rule, Run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from constructs_lib.review.model import Finding

__all__ = ["Rule", "Run", "cases", "checks", "rules"]


@cache
def checks() -> tuple[tuple[Rule, Callable[..., Iterator[Finding]]], ...]:
    """Return every rule with its check, by id."""
    names = sorted(info.name for info in pkgutil.iter_modules(__path__) if info.name.startswith("bp"))
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    return tuple((module.RULE, module.check) for module in modules)


@cache
def rules() -> tuple[Rule, ...]:
    """Return the records of all rules, by id."""
    return tuple(record for record, _ in checks())


def cases(rule_id: str) -> dict[str, list[dict[str, Any]]]:
    """Return the rule's ``flagged`` and ``allowed`` examples, each with a title and a document."""
    value: dict[str, list[dict[str, Any]]] = json.loads(
        pkgutil.get_data(__name__, f"cases/{rule_id}.json") or b""
    )
    return value
