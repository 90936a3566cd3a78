"""Draws the body of a CloudWatch dashboard as an SVG, for the page: its widgets and what each shows."""

from __future__ import annotations

from html import escape
from typing import Any

__all__ = ["draw"]

_UNIT, _LINE, _PAD = 56, 15, 10
_HEAD = 26


def draw(body: dict[str, Any]) -> str:
    """Return the SVG of a dashboard's body, in the grid of 24 columns that CloudWatch uses."""
    widgets = body["widgets"]
    width = 24 * _UNIT
    rows: dict[int, int] = {}
    for widget in widgets:
        lines = len(_lines(widget))
        rows[widget["y"]] = max(rows.get(widget["y"], 0), _HEAD + lines * _LINE + 2 * _PAD)
    tops, total = {}, 0
    for y in sorted(rows):
        tops[y] = total
        total += rows[y] + _PAD
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{-_PAD} {-_PAD} {width + _PAD} {total + _PAD}" '
        'role="img" '
        'aria-label="The widgets of the dashboard" font-family="sans-serif">'
    )
    parts = [
        head,
        f'<rect x="{-_PAD}" y="{-_PAD}" width="{width + _PAD}" height="{total + _PAD}" fill="#f4f6f8"/>',
    ]
    for widget in widgets:
        left, top = widget["x"] * _UNIT, tops[widget["y"]]
        wide, high = widget["width"] * _UNIT - _PAD, rows[widget["y"]]
        title = escape(widget["properties"]["title"])
        parts.append(
            f'<rect x="{left}" y="{top}" width="{wide}" height="{high}" rx="4" fill="#fff" stroke="#8a97a6"/>'
        )
        parts.append(
            f'<text x="{left + _PAD}" y="{top + 18}" font-size="14" font-weight="bold" fill="#16202c">'
            f"{title}</text>"
        )
        for at, line in enumerate(_lines(widget)):
            parts.append(
                f'<text x="{left + _PAD}" y="{top + _HEAD + _PAD + (at + 0.6) * _LINE:g}" font-size="11" '
                f'fill="#3c4a5a">{escape(line)}</text>'
            )
    return "\n".join([*parts, "</svg>"]) + "\n"


def _lines(widget: dict[str, Any]) -> list[str]:
    """Return what a widget shows, a line for each metric or each part of its query."""
    properties = widget["properties"]
    if "query" in properties:
        # Pipes stand at the beginning of lines; within one they are part of an expression.
        return [part.strip() for part in properties["query"].replace("\n|", "\n").splitlines()]
    return [f"{metric[-1]['label']}" for metric in properties["metrics"]]
