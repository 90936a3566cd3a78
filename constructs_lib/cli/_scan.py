"""``bedrock-planes scan``: what application code calls of Bedrock; exit 0, 1 or 2, as ``review``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from constructs_lib.cli._files import CallError, complain, read_config, write
from constructs_lib.code import grant_lines, scan
from constructs_lib.inert import markdown_text, one_line
from constructs_lib.review import Options, review_code, to_dict
from constructs_lib.review.render import pieces

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from constructs_lib.code import ApiCall, Scan
    from constructs_lib.review import Report

__all__ = ["configure", "run"]

_RANK = {"note": 0, "warning": 1, "error": 2, "never": 3}


_EPILOG = """\
examples:
  bedrock-planes scan src
  bedrock-planes scan src --grants
  bedrock-planes scan src --format sarif --output calls.sarif --fail-on never
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``scan``."""
    parser.description = (
        "List the calls of Amazon Bedrock in application code (Python; JavaScript, TypeScript, Java, Go and "
        "shell scripts with the extra `code`): client, operation, plane, the IAM actions that it "
        "needs, and calls on the wrong client. Code is read and never run. Exit status: 0 nothing at or "
        "above --fail-on, 1 findings, 2 a path or the call was wrong."
    )
    parser.epilog = _EPILOG
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a file or a folder of code")
    parser.add_argument(
        "--grants",
        action="store_true",
        help="print the lines `role.grants...` that the code needs, instead of the calls",
    )
    parser.add_argument(
        "--format",
        choices=("text", "json", "sarif", "markdown"),
        default="text",
        help="how to print (default: text)",
    )
    parser.add_argument("--output", metavar="FILE", help="write to a file instead of standard output")
    parser.add_argument(
        "--fail-on",
        choices=("error", "warning", "note", "never"),
        default="error",
        help="exit with 1 at findings of this severity or above (default: error)",
    )
    parser.add_argument(
        "--config",
        metavar="FILE",
        help="TOML configuration (default: [tool.bedrock-planes] of ./pyproject.toml)",
    )


def run(args: argparse.Namespace) -> int:
    """Scan and print; return the exit status."""
    if args.grants and args.format != "text":
        complain("scan", "--grants prints lines of Python; leave out --format")
        return 2
    try:
        found = scan(args.paths)
        report = review_code(found, Options(config=read_config(args.config)))
        write(_printed(args, found, report), args.output, args.format)
    except CallError as error:
        complain("scan", str(error))
        return 2
    for path, why in found.errors:
        complain("scan", f"{path}: {why}")
    worst = max((_RANK[f.severity] for f in report.findings if f.acknowledged is None), default=-1)
    return 2 if found.errors else int(worst >= _RANK[args.fail_on])


def _printed(args: argparse.Namespace, found: Scan, report: Report) -> Iterator[str]:
    if args.grants:
        yield from (f"{line}\n" for line in grant_lines(found.calls))
    elif args.format == "json":
        yield json.dumps(_document(found, report), indent=2, ensure_ascii=False) + "\n"
    elif args.format == "sarif":
        yield from pieces(report, "sarif")
    elif args.format == "markdown":
        yield from _markdown(found, report)
    else:
        yield from _text(found, report)


def _document(found: Scan, report: Report) -> dict[str, Any]:
    """Return the scan in JSON's types; findings are as in a review."""
    return {
        "schema": "bedrock-planes/scan/1",
        "calls": [
            {
                "path": call.path,
                "line": call.line,
                "language": call.language,
                "client": call.client,
                "operation": call.operation,
                "plane": call.plane,
                "actions": list(call.actions),
                "model": call.model,
                "resource": call.resource,
                "region": call.region,
                "third_party": call.third_party,
            }
            for call in found.calls
        ],
        "findings": to_dict(report)["findings"],
        "unresolved": [{"path": item.path, "line": item.line, "why": item.why} for item in found.unresolved],
    }


def _text(found: Scan, report: Report) -> Iterator[str]:
    places = [f"{call.path}:{call.line}" for call in found.calls]
    width = min(max(map(len, places), default=0), 50)
    for place, call in zip(places, found.calls, strict=True):
        what = f"{call.plane:<7}  {call.client} {call.operation}{_details(call)}"
        yield one_line(f"{place:<{width}}  {what}") + "\n"
    for finding in report.findings:
        state = "acknowledged" if finding.acknowledged else finding.severity
        place = f"{finding.location.path}:{finding.location.line}"
        yield one_line(f"{place}: {state} {finding.rule} {finding.message}") + "\n"
        yield one_line(f"    help: {finding.help}") + "\n"
    for item in found.unresolved:
        yield one_line(f"{item.path}:{item.line}: unresolved: {item.why}") + "\n"
    yield f"{_summary(found, report)}\n"


def _details(call: ApiCall) -> str:
    parts = [f"needs {', '.join(call.actions)}"]
    parts += [f"on {name}" for name in (call.model, call.resource) if name]
    return f"  ({' '.join(parts)})"


def _summary(found: Scan, report: Report) -> str:
    planes = [call.plane for call in found.calls]
    return (
        f"{_count(found.files, 'file')}, {_count(len(planes), 'call')}: {planes.count('control')} on the "
        f"control plane, {planes.count('data')} on the data plane; {_count(report.summary.errors, 'error')}, "
        f"{len(found.unresolved)} unresolved"
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun if number == 1 else noun + 's'}"


def _markdown(found: Scan, report: Report) -> Iterator[str]:
    """Yield the calls as a table, then the findings as a review shows them."""
    yield f"# Bedrock calls in code\n\n{_summary(found, report)}\n\n"
    if found.calls:
        yield "| place | plane | client | operation | actions | model or resource |\n"
        yield "|---|---|---|---|---|---|\n"
    for call in found.calls:
        names = ", ".join(name for name in (call.model, call.resource) if name)
        cells = (
            f"{call.path}:{call.line}",
            call.plane,
            call.client,
            call.operation,
            ", ".join(call.actions),
            names,
        )
        yield f"| {' | '.join(markdown_text(cell) for cell in cells)} |\n"
    for finding in report.findings:
        place = markdown_text(f"{finding.location.path}:{finding.location.line}")
        says = f"{markdown_text(finding.message)}. {markdown_text(finding.help)}"
        yield f"\n- **{finding.severity} {finding.rule}** {place}: {says}\n"
    for item in found.unresolved:
        yield f"\n- unresolved, {markdown_text(f'{item.path}:{item.line}')}: {markdown_text(item.why)}\n"
