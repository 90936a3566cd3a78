"""Turns the answers into the table, the reasons and the verdict."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from examples.demo.table import render

if TYPE_CHECKING:
    from collections.abc import Sequence

    from examples.demo.matrix import Outcome, Row

__all__ = ["Result", "reasons", "surprises", "table"]

HEADER = ("operation", "client", "plane", "app role", "deploy role", "as expected?")

_WHO = re.compile(r"^(User: \S+ is not authorized to perform:) ")


@dataclass(frozen=True, slots=True)
class Result:
    """A row of the matrix with what both roles were answered."""

    row: Row
    app: Outcome
    deploy: Outcome

    @property
    def as_expected(self) -> bool:
        """Whether both cells are as the matrix says."""
        return self.app.meets(allowed=self.row.app) and self.deploy.meets(allowed=self.row.deploy)


def table(results: Sequence[Result]) -> str:
    """Render the matrix as one table."""
    return render(HEADER, [_line(result) for result in results])


def surprises(results: Sequence[Result]) -> int:
    """How many cells are not as expected."""
    return sum(
        (not result.app.meets(allowed=result.row.app)) + (not result.deploy.meets(allowed=result.row.deploy))
        for result in results
    )


def reasons(results: Sequence[Result]) -> str:
    """Why calls were denied, in AWS's words; each role's name is once above its reasons."""
    blocks = []
    for name, outcomes in (
        ("app role", [(result.row.title, result.app) for result in results]),
        ("deploy role", [(result.row.title, result.deploy) for result in results]),
    ):
        said = [(title, outcome) for title, outcome in outcomes if outcome.verdict != "allowed"]
        width = max((len(title) for title, _ in said), default=0)
        who = next((match[1] for _, outcome in said if (match := _WHO.match(outcome.reason))), "")
        lines = [
            f"  {title.ljust(width)}  {outcome.reason.removeprefix(who).strip()}" for title, outcome in said
        ]
        blocks.append("\n".join([f"{name}. {who}".rstrip(), *lines]))
    return "\n\n".join(blocks)


def _line(result: Result) -> tuple[str, ...]:
    row = result.row
    expected = f"NO: expected {_word(row.app)} / {_word(row.deploy)}"
    return (
        row.title,
        row.client,
        row.plane,
        result.app.verdict,
        result.deploy.verdict,
        "yes" if result.as_expected else expected,
    )


def _word(allowed: bool) -> str:
    return "allowed" if allowed else "denied"
