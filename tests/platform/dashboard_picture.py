"""Draws the body of a CloudWatch dashboard as an SVG, for the page: its widgets and what each shows."""

from __future__ import annotations

import textwrap
from html import escape
from typing import Any

__all__ = ["draw"]

_UNIT, _LINE, _PAD = 40, 17, 10
_LETTERS = {"title": 9.0, "line": 7.4}
"""The width of a letter of a title and of a line, with room for wider fonts."""
_STYLE = """<style>
.page { fill: #f4f6f8; } .widget { fill: #ffffff; stroke: #8a97a6; }
.title { font-size: 15px; font-weight: bold; fill: #16202c; } .line { font-size: 13px; fill: #3c4a5a; }
@media (prefers-color-scheme: dark) {
.page { fill: #0d1117; } .widget { fill: #161b22; stroke: #6b7785; }
.title { fill: #e6edf3; } .line { fill: #9fb0c0; }
}
</style>"""


def draw(body: dict[str, Any]) -> str:
    """Return the SVG of a dashboard's body, in the grid of 24 columns that CloudWatch uses."""
    widgets = body["widgets"]
    width = 24 * _UNIT
    rows: dict[int, int] = {}
    for widget in widgets:
        rows[widget["y"]] = max(rows.get(widget["y"], 0), len(_lines(widget)) * _LINE + 2 * _PAD)
    tops, total = {}, 0
    for y in sorted(rows):
        tops[y] = total
        total += rows[y] + _PAD
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{-_PAD} {-_PAD} {width + _PAD} {total + _PAD}"',
        ' role="img" aria-label="The widgets of the dashboard" font-family="sans-serif">',
        _STYLE,
        f'<rect class="page" x="{-_PAD}" y="{-_PAD}" width="{width + _PAD}" height="{total + _PAD}"/>',
    ]
    for widget in widgets:
        left, top = widget["x"] * _UNIT, tops[widget["y"]]
        wide, high = widget["width"] * _UNIT - _PAD, rows[widget["y"]]
        parts.append(f'<rect class="widget" x="{left}" y="{top}" width="{wide}" height="{high}" rx="4"/>')
        for at, (kind, line) in enumerate(_lines(widget)):
            y = top + _PAD + at * _LINE + 13
            parts.append(f'<text class="{kind}" x="{left + _PAD}" y="{y}">{escape(line)}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _lines(widget: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the title of a widget and each metric or part of its query, on lines as wide as the widget."""
    properties = widget["properties"]
    if "query" in properties:
        # Pipes stand at the beginning of lines; within one they are part of an expression.
        whole = [part.strip() for part in properties["query"].replace("\n|", "\n").splitlines()]
    else:
        whole = [f"{metric[-1]['label']}" for metric in properties["metrics"]]
    lines = []
    for kind, text in [("title", properties["title"]), *(("line", text) for text in whole)]:
        letters = int((widget["width"] * _UNIT - 3 * _PAD) / _LETTERS[kind])
        indent = "\u00a0\u00a0" if kind == "line" else ""
        lines += [(kind, line) for line in textwrap.wrap(text, letters, subsequent_indent=indent)]
    return lines
