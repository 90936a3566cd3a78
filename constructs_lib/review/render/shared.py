"""What several output formats show in the same way."""

from __future__ import annotations

import json
from collections import Counter
from itertools import takewhile
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal, NamedTuple

from constructs_lib.review.model import SEVERITY_RANK

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from constructs_lib.review.model import Finding, Fix, Location, PrincipalReport, Report

__all__ = [
    "CORE_FAMILIES",
    "CROSSINGS",
    "Detail",
    "Group",
    "Worst",
    "alike",
    "cell",
    "clip",
    "crossing",
    "families_of",
    "grouped",
    "headline",
    "labels_of",
    "names_of",
    "place",
    "remark_lines",
    "shown_principals",
    "state_of",
    "statement_lines",
    "summary_line",
    "total",
    "unread_lines",
    "verdict_line",
    "worst_of",
]

Detail = Literal["quiet", "normal", "verbose"]
"""How much the text says: the answer alone, the findings, or all that is known."""
CROSSINGS = frozenset({"BP101", "BP105"})
"""The rules whose findings say that one principal reaches both planes, itself or by a chain of roles."""

# How messages begin that name their principal.
_NAMED = ("role `", "user `", "group `", "permission set `", "the role `")
CORE_FAMILIES = ("bedrock", "bedrock-agent", "bedrock-runtime", "bedrock-agent-runtime")


def families_of(principals: Iterable[PrincipalReport]) -> tuple[str, ...]:
    """Return the families that any of the principals touches, the core four first."""
    used = {name for principal in principals for name in principal.families}
    return (*(name for name in CORE_FAMILIES if name in used), *sorted(used - set(CORE_FAMILIES)))


def shown_principals(report: Report) -> tuple[PrincipalReport, ...]:
    """Return the principals that touch Bedrock, have a finding or are incomplete."""
    named = {finding.principal for finding in report.findings}
    return tuple(p for p in report.principals if p.families or p.id in named or p.incomplete)


def labels_of(report: Report) -> dict[str, str]:
    """Return how to show each principal, by id: its name, with the file where another one has the same name.

    Of the files' paths only what tells them apart is shown; of principals of one file, the part of the id.
    """
    by_name: dict[str, list[str]] = {}
    for principal in report.principals:
        by_name.setdefault(principal.name, []).append(principal.id)
    labels = {}
    for name, ids in by_name.items():
        if len(ids) == 1:
            labels[ids[0]] = name
            continue
        paths = [PurePosixPath(item.partition("#")[0]).parts for item in ids]
        heads = zip(*(path[:-1] for path in paths), strict=False)
        same = sum(1 for _ in takewhile(lambda parts: len(set(parts)) == 1, heads))
        counts = Counter(paths)
        for item, path in zip(ids, paths, strict=True):
            ours = path[same:] if counts[path] == 1 else (item.partition("#")[2],)
            labels[item] = f"{name} ({'/'.join(ours)})"
    return labels


def names_of(report: Report) -> dict[str, str]:
    """Return the name by which people know each principal, by id: its construct path, or else its label.

    The path is left out where two principals have the same one, as two Regions of one stack do.
    """
    labels = labels_of(report)
    paths = {p.id: (p.construct_path or "").removesuffix("/Resource") for p in report.principals}
    counts = Counter(paths.values())
    return {item: path if path and counts[path] == 1 else labels[item] for item, path in paths.items()}


def crossing(report: Report) -> dict[str, Finding]:
    """Return the finding that shows how each principal reaches both planes, by id, unless acknowledged."""
    found: dict[str, Finding] = {}
    for finding in report.findings:
        if finding.rule in CROSSINGS and finding.principal and not finding.acknowledged:
            found.setdefault(finding.principal, finding)
    return found


def headline(report: Report) -> str:
    """Answer in one sentence whether the planes are kept apart, as far as the input was read."""
    found = crossing(report)
    if found:
        can = "one principal reaches" if len(found) == 1 else f"{len(found)} principals reach"
        shown_by = ", ".join(sorted({finding.rule for finding in found.values()}))
        return f"The planes are not kept apart: {can} both ({shown_by})."
    gaps = sum(bool(principal.incomplete) for principal in report.principals)
    doubts = [f"{_count(gaps, 'principal')} not fully known"] if gaps else []
    unread = sum(bool(item.error or item.incomplete) for item in report.inputs)
    doubts += [f"{_count(unread, 'input')} not fully read"] if unread else []
    accepted = sum(f.rule in CROSSINGS and f.acknowledged is not None for f in report.findings)
    doubts += [f"{_count(accepted, 'crossing')} acknowledged"] if accepted else []
    judged = {f.principal for f in report.findings if f.rule in CROSSINGS}
    mixed = sum(p.verdict == "mixed" and p.id not in judged for p in report.principals)
    # A policy that nobody has, a service role that AWS documents so, or the rule is off.
    doubts += [f"{_count(mixed, 'verdict')} `mixed` without a finding"] if mixed else []
    if not report.principals:
        return "No principal was found: nothing says whether the planes are kept apart."
    if doubts:
        return f"No principal is seen to reach both planes, but {', '.join(doubts)}."
    return "The planes are kept apart: no principal reaches both."


def verdict_line(report: Report) -> str:
    """Return how many principals have each verdict, and how many are not fully known."""
    counts = Counter(principal.verdict for principal in report.principals)
    parts = [f"{counts[name]} {name}" for name in ("mixed", "control", "data", "none") if counts[name]]
    gaps = sum(bool(principal.incomplete) for principal in report.principals)
    return f"verdicts: {', '.join(parts) or 'none'}" + (f"; {gaps} incomplete" if gaps else "")


class Worst(NamedTuple):
    """A finding that a reviewer should see first, and how many other principals have it too."""

    finding: Finding
    others: int


def worst_of(groups: Iterable[Group], limit: int = 5) -> list[Worst]:
    """Return the findings to see first: crossings before other errors, then what most principals share."""
    found = [Worst(finding, len(group.same)) for group in groups for finding in group.findings]
    return sorted((item for item in found if not item.finding.acknowledged), key=_urgency)[:limit]


def _urgency(item: Worst) -> tuple[int, bool, int]:
    rank = SEVERITY_RANK[item.finding.severity]
    return (rank, item.finding.rule not in CROSSINGS, -item.others)


def alike(principals: Iterable[PrincipalReport]) -> list[tuple[PrincipalReport, list[PrincipalReport]]]:
    """Fold principals whose rows of a matrix are the same: the first one, and the others."""
    rows: dict[object, tuple[PrincipalReport, list[PrincipalReport]]] = {}
    for item in principals:
        counts = tuple((name, len(use.actions)) for name, use in item.families.items())
        key = (item.kind, item.verdict, bool(item.incomplete), counts)
        if key in rows:
            rows[key][1].append(item)
        else:
            rows[key] = (item, [])
    return list(rows.values())


def total(principal: PrincipalReport, families: Iterable[str]) -> int:
    """Return how many actions of some families the principal may call."""
    return sum(len(principal.families[name].actions) for name in families if name in principal.families)


def cell(principal: PrincipalReport, family: str) -> str:
    """Return how many actions of a family the principal may call, or a dot for none."""
    use = principal.families.get(family)
    return str(len(use.actions)) if use else "."


def clip(text: str, width: int) -> str:
    """Cut the middle out of a text that is too long: long names differ at their ends."""
    end = width // 2
    return text if len(text) <= width else f"{text[: width - end - 1]}…{text[-end:]}"


class Group(NamedTuple):
    """The findings of one principal (``None``: of resources), and who else has the same ones.

    ``same`` are the others' names as people know them, ``ids`` their ids.
    """

    principal: PrincipalReport | None
    findings: list[Finding]
    same: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()


def grouped(report: Report) -> list[Group]:
    """Group findings by principal; the principal with the most severe finding first.

    Principals of one app that may do the same and have the same findings are one group.
    """
    groups: dict[str | None, list[Finding]] = {}
    for finding in report.findings:
        groups.setdefault(finding.principal, []).append(finding)
    known = {principal.id: principal for principal in report.principals}
    rows = [Group(known.get(name or ""), sorted(items, key=_severity)) for name, items in groups.items()]
    rows.sort(key=lambda row: (_severity(row[1][0]), row[0] is None, row[0].id if row[0] else ""))
    names = names_of(report)
    folded: dict[object, Group] = {}
    for row in rows:
        key = _likeness(row)
        first = folded.get(key)
        if first is None or row.principal is None:
            folded[key] = row
        else:
            item = row.principal.id
            folded[key] = first._replace(same=(*first.same, names[item]), ids=(*first.ids, item))
    return list(folded.values())


def _likeness(group: Group) -> object:
    """Return what two groups have in common that are shown as one: all but names and places."""
    principal = group.principal
    if principal is None:
        return group.findings[0].principal
    uses = tuple((name, use.actions, use.resources) for name, use in principal.families.items())
    gaps = tuple(item.why for item in principal.incomplete)
    folder = PurePosixPath(group.findings[0].location.path).parent
    return (folder, principal.kind, principal.verdict, uses, gaps, tuple(map(_words, group.findings)))


def _words(finding: Finding) -> object:
    """Return what a finding says, without the principal's name in its first words."""
    rest = finding.message.split("`", 2)[2:] if finding.message.startswith(_NAMED) else [finding.message]
    return (
        finding.rule,
        state_of(finding),
        tuple(rest),
        finding.help,
        finding.conditional,
        finding.acknowledged,
    )


def _severity(finding: Finding) -> tuple[bool, int]:
    return (finding.acknowledged is not None, SEVERITY_RANK[finding.severity])


def place(location: Location) -> str:
    """Return ``path:line`` where there is a line, else ``path#pointer``."""
    if location.line is not None:
        return f"{location.path}:{location.line}"
    return f"{location.path}#{location.pointer}" if location.pointer else location.path


def unread_lines(report: Report) -> list[str]:
    """Return a line for each thing in the input that was not read."""
    return [f"not read in {item.path}: {gap.why}" for item in report.inputs for gap in item.incomplete]


def remark_lines(report: Report) -> list[str]:
    """Return a sentence for each thing that the run as a whole could not see."""
    return [f"{remark[:1].upper()}{remark[1:]}." for remark in report.remarks]


def state_of(finding: Finding) -> str:
    """Return the severity, or ``acknowledged``."""
    return "acknowledged" if finding.acknowledged else finding.severity


def statement_lines(fix: Fix) -> list[str]:
    """Return the corrected statement as JSON, one line each, ready to paste; no line is broken."""
    what = "replace the statement by" if fix.replaces else "add the statement"
    return [f"    {what}", *(f"      {line}" for line in json.dumps(fix.statement, indent=2).splitlines())]


def summary_line(report: Report) -> str:
    """Return the counts in one sentence."""
    summary = report.summary
    parts = [
        _count(summary.principals, "principal"),
        _count(summary.errors, "error"),
        _count(summary.warnings, "warning"),
        _count(summary.notes, "note"),
    ]
    if summary.acknowledged:
        parts.append(f"{summary.acknowledged} acknowledged")
    if summary.conditional_denies:
        denies = _count(summary.conditional_denies, "conditional Deny", "conditional Denies")
        parts.append(f"{denies} not applied")
    faults: Sequence[str] = [item.path for item in report.inputs if item.error]
    if faults:
        parts.append(f"{_count(len(faults), 'input')} not read")
    return ", ".join(parts)


def _count(number: int, noun: str, plural: str = "") -> str:
    return f"{number} {noun if number == 1 else plural or noun + 's'}"
