"""Draw who reaches which plane, as SVG: for ``bedrock-planes draw`` and for the HTML page.

One row for each principal: what it may configure on the left, what it may run on the right, and the lines of
a principal that reaches both in red. The layout depends on the report alone, so the same input gives the same
bytes.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, NamedTuple

from constructs_lib.inert import one_line
from constructs_lib.review.render.shared import alike, clip, crossing, headline, names_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from constructs_lib.review.model import Finding, PrincipalReport, Report

__all__ = ["draw"]

_WIDTH = 1000
_LINE = 17
_GAP = 12
_TOP = 64
_FOLD = 40
"""From this number of principals on, those that may do as much share a row."""
_ROWS = 60
"""A longer drawing can't be read; the report has the others."""
_RESOURCES = 2
_STYLE = """
.bp-page{fill:#fff}.bp-t{font:13px system-ui,"Segoe UI",Helvetica,Arial,sans-serif;fill:#1f2933}
.bp-h{font-size:17px;font-weight:600}.bp-b{font-weight:600}.bp-s{font-size:12px;fill:#52606d}
.bp-c{fill:#eef4ff;stroke:#3b6fd4}.bp-d{fill:#eafaf3;stroke:#15803d}.bp-p{fill:#f5f7fa;stroke:#6b7785}
.bp-lc{stroke:#3b6fd4}.bp-ld{stroke:#15803d}.bp-lx{stroke:#b42318;stroke-width:3}.bp-x{stroke:#b42318;stroke-width:2.5}
.bp-r{fill:#b42318;font-weight:600}.bp-l{fill:none;stroke-width:2}.bp-far{stroke-dasharray:3 5}
@media(prefers-color-scheme:dark){.bp-page{fill:#0d1117}.bp-t{fill:#e6edf3}.bp-s{fill:#9fb0c0}
.bp-c{fill:#111d33;stroke:#6ea0ff}.bp-d{fill:#0f231b;stroke:#3fcf95}.bp-p{fill:#161b22;stroke:#8a97a6}
.bp-lc{stroke:#6ea0ff}.bp-ld{stroke:#3fcf95}.bp-lx{stroke:#ff7b72}.bp-x{stroke:#ff7b72}.bp-r{fill:#ff7b72}}
""".strip().replace("\n", "")


class _Column(NamedTuple):
    left: int
    width: int
    letters: int


_CONTROL, _PRINCIPAL, _DATA = _Column(16, 290, 42), _Column(346, 308, 31), _Column(694, 290, 42)


def draw(report: Report) -> str:
    """Return the SVG, with a title, a description in words, and a final newline."""
    rows, left_out = _rows(report)
    names, crossed = names_of(report), crossing(report)
    parts: list[str] = []
    top = _TOP
    for principal, others in rows:
        row = _Row(principal, len(others), names[principal.id], crossed.get(principal.id), top)
        parts += row.lines()
        top += row.height + _GAP
    if left_out:
        parts.append(
            _text(500, top + 14, f"and {left_out} more principals, in the report", "bp-s", middle=True)
        )
        top += 30
    if not rows:
        parts.append(_text(500, top + 14, "No principal reaches Amazon Bedrock.", "bp-s", middle=True))
        top += 30
    answer, height = headline(report), top + 8
    heads = (
        _text(_CONTROL.left, 52, "Control plane: who configures", "bp-b"),
        _text(_PRINCIPAL.left, 52, "Roles, users and policies", "bp-b"),
        _text(_DATA.left, 52, "Data plane: who runs", "bp-b"),
    )
    lines = (
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" '
            'aria-labelledby="planes-title planes-desc">'
        ),
        f'<title id="planes-title">{_shown(answer)}</title>',
        f'<desc id="planes-desc">{_shown(_description(rows, names, crossed))}</desc>',
        f"<style>{_STYLE}</style>",
        f'<rect class="bp-page" width="{_WIDTH}" height="{height}"/>',
        _text(_CONTROL.left, 26, answer, "bp-h bp-r" if crossed else "bp-h"),
        *heads,
        *parts,
        "</svg>",
    )
    return "\n".join(lines) + "\n"


def _rows(report: Report) -> tuple[list[tuple[PrincipalReport, list[PrincipalReport]]], int]:
    """Return the principals to draw, crossings first, each with those alike; and how many are left out."""
    crossed, names = crossing(report), names_of(report)
    drawn = [principal for principal in report.principals if principal.families or principal.id in crossed]
    drawn.sort(key=lambda item: (item.id not in crossed, names[item.id], item.id))
    if len(drawn) <= _FOLD:
        return [(principal, []) for principal in drawn], 0
    # Those that cross and those that don't are never one row, whatever they hold.
    rows = alike(item for item in drawn if item.id in crossed)
    rows += alike(item for item in drawn if item.id not in crossed)
    return rows[:_ROWS], sum(1 + len(others) for _, others in rows[_ROWS:])


def _description(
    rows: Iterable[tuple[PrincipalReport, list[PrincipalReport]]],
    names: Mapping[str, str],
    crossed: Mapping[str, Finding],
) -> str:
    """Return the drawing in words: one sentence for each row."""
    sentences = ["On the left what each principal may configure, on the right what it may run."]
    for principal, others in rows:
        held = [
            f"{name} ({use.plane}, {_count(len(use.actions))})" for name, use in principal.families.items()
        ]
        more = f" and {len(others)} alike" if others else ""
        both = " It reaches both planes." if principal.id in crossed else ""
        name = clip(names[principal.id], 120)
        sentences.append(f"{name}{more}: {', '.join(held) or 'nothing of its own'}.{both}")
    return " ".join(sentences)


class _Row:
    """One principal between what it may do on either plane."""

    def __init__(
        self, principal: PrincipalReport, others: int, name: str, crossed: Finding | None, top: int
    ) -> None:
        self.top, self.crossed = top, crossed
        self.control = list(_held(principal, "control"))
        self.data = list(_held(principal, "data"))
        unknown = ", not fully known" if principal.incomplete else ""
        more = f" (+{others} alike)" if others else ""
        self.words = [
            clip(name, _PRINCIPAL.letters - len(more)) + more,
            f"{principal.kind}, {principal.verdict}{unknown}",
        ]
        self.height = _LINE * max(len(self.control), len(self.data), 2 + bool(crossed)) + 14

    def lines(self) -> Iterator[str]:
        """Yield the lines to the planes, then the boxes, then what is written in them."""
        yield from self._line(self.control, _PRINCIPAL.left, _CONTROL.left + _CONTROL.width, "bp-lc")
        yield from self._line(self.data, _PRINCIPAL.left + _PRINCIPAL.width, _DATA.left, "bp-ld")
        for column, words, style in ((_CONTROL, self.control, "bp-c"), (_DATA, self.data, "bp-d")):
            if words:
                yield from self._box(column, words, style)
        yield from self._box(_PRINCIPAL, self.words, "bp-p bp-x" if self.crossed else "bp-p")
        if self.crossed:
            how = "through other roles" if self.crossed.rule == "BP105" else "by itself"
            yield _text(
                _PRINCIPAL.left + 10,
                self.top + 20 + 2 * _LINE,
                f"reaches both planes {how} ({self.crossed.rule})",
                "bp-s bp-r",
            )

    def _line(self, held: list[str], start: int, end: int, style: str) -> Iterator[str]:
        """Yield the line to a plane: dashed where another role does what this one does not hold itself."""
        if not held and not self.crossed:
            return
        far = "" if held else " bp-far"
        middle = self.top + self.height // 2
        yield f'<path class="bp-l {"bp-lx" if self.crossed else style}{far}" d="M{start} {middle}H{end}"/>'

    def _box(self, column: _Column, words: list[str], style: str) -> Iterator[str]:
        yield (
            f'<rect class="{style}" x="{column.left}" y="{self.top}" width="{column.width}" '
            f'height="{self.height}" rx="6"/>'
        )
        for number, text in enumerate(words):
            first = number == 0 and column is _PRINCIPAL
            look = "bp-b" if first else "bp-s" if column is _PRINCIPAL or text.startswith("on ") else ""
            yield _text(column.left + 10, self.top + 20 + number * _LINE, clip(text, column.letters), look)


def _held(principal: PrincipalReport, plane: str) -> Iterator[str]:
    """Yield what a principal holds on a plane: each family with its actions, and on what."""
    for name, use in principal.families.items():
        if use.plane != plane:
            continue
        yield f"{name}: {_count(len(use.actions))}"
        resources = [_short(resource) for resource in use.resources]
        more = len(resources) - _RESOURCES
        shown = resources[: _RESOURCES if more > 1 else None]
        yield from (f"on {resource}" for resource in shown)
        if more > 1:
            yield f"on {more} more"


def _count(actions: int) -> str:
    return f"{actions} action{'' if actions == 1 else 's'}"


def _short(resource: str) -> str:
    """Return the part of an ARN that tells it from others of its kind."""
    if resource == "*":
        return "every resource"
    return resource.split(":", 5)[-1] if resource.startswith("arn:") and resource.count(":") > 4 else resource


def _text(x: int, y: int, text: str, style: str, *, middle: bool = False) -> str:
    anchor = ' text-anchor="middle"' if middle else ""
    look = f"bp-t {style}".strip()
    return f'<text class="{look}"{anchor} x="{x}" y="{y}">{_shown(text)}</text>'


def _shown(text: str) -> str:
    return escape(one_line(text), quote=False)
