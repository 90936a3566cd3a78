"""``bedrock-planes diff``: what changed in permissions and what the deployment loses; exit 0, 1 or 2."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from constructs_lib.cli._files import (
    CallError,
    complain,
    explain_levels,
    read_config,
    read_scps,
    read_stdin,
    read_text,
    text_of,
    write,
)
from constructs_lib.review import Options, ReportError, is_report, load_report, review
from constructs_lib.review.diff import (
    FORMATS,
    CountError,
    compare,
    compare_resources,
    limits_of,
    read_version_count,
    render,
)
from constructs_lib.templates import UnreadableError, read, read_templates, to_text

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from constructs_lib.review import PrincipalReport
    from constructs_lib.review.diff import Diff, Limits, ResourceEffect
    from constructs_lib.templates import TemplateSource

__all__ = ["configure", "run"]


class _Side(NamedTuple):
    """One side of the comparison: its principals, the faults found while reading it, and its templates.

    ``templates`` and ``limits`` are ``None`` for a stored report, which has none.
    """

    principals: Sequence[PrincipalReport]
    faults: Sequence[str]
    templates: Sequence[TemplateSource] | None = None
    limits: Mapping[str, Limits] | None = None


_EPILOG = """\
examples:
  bedrock-planes diff deployed-cdk.out cdk.out
  bedrock-planes diff accepted.json cdk.out --fail-on widening --format markdown --output changes.md
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``diff``."""
    parser.description = (
        "Show what changed in permissions: principals added and removed, actions gained and lost per family, "
        "resources widened and narrowed, verdicts. For two cdk.out folders or templates also what the "
        "deployment does to Bedrock's resources and their stores: which are replaced or deleted, what is "
        "lost with them, which names are taken. Each side is a JSON report of `bedrock-planes review`, or "
        "anything that `review` reads. Exit status: 0 no change that --fail-on names, 1 such a change, "
        "2 some input or the call was wrong."
    )
    parser.epilog = _EPILOG
    for name, which in (("old", "before the change"), ("new", "after the change")):
        parser.add_argument(name, metavar=name.upper(), help=f"report or input {which}; - is standard input")
    parser.add_argument(
        "--format", choices=tuple(FORMATS), default="text", help="how to print (default: text)"
    )
    parser.add_argument("--output", metavar="FILE", help="write to a file instead of standard output")
    parser.add_argument(
        "--fail-on",
        choices=("widening", "loss", "any", "never"),
        default="never",
        help="exit with 1 when a principal may do more than before; when the deployment may lose something "
        "or fail; at any change (default: never)",
    )
    parser.add_argument(
        "--scp", action="append", default=[], metavar="FILE", help="a service control policy, as in `review`"
    )
    parser.add_argument(
        "--scp-level",
        action="append",
        nargs="+",
        default=[],
        metavar="FILE",
        help="the policies of one level, as in `review`",
    )
    parser.add_argument("--config", metavar="FILE", help="TOML configuration, as in `review`")
    parser.add_argument(
        "--guardrail-versions",
        action="append",
        default=[],
        metavar="FILE",
        help="the answer of `aws bedrock list-guardrails --guardrail-identifier ID`: the versions of a "
        "guardrail, of which AWS allows 20 (default: it is said how to count them)",
    )
    explain_levels(parser)


def run(args: argparse.Namespace) -> int:
    """Compare and print; return the exit status."""
    if args.old == args.new == "-":
        complain("diff", "both sides are standard input; give one of them as a file")
        return 2
    try:
        options = Options(config=read_config(args.config), scps=read_scps(args.scp, args.scp_level))
        old, new = _side(args.old, options), _side(args.new, options)
        resources = _resources(old, new, args.guardrail_versions)
        limits = None if old.limits is None or new.limits is None else (old.limits, new.limits)
        diff = compare(
            old.principals,
            new.principals,
            old_name=args.old,
            new_name=args.new,
            resources=resources,
            limits=limits,
        )
        write([render(diff, args.format)], args.output, args.format)
    except CallError as error:
        complain("diff", str(error))
        return 2
    faults = [*old.faults, *new.faults]
    for fault in faults:
        complain("diff", fault)
    return 2 if faults else _status(diff, args.fail_on)


def _status(diff: Diff, fail_on: str) -> int:
    named = {
        "widening": diff.widening,
        "loss": diff.losing or diff.resources is None,
        "any": bool(diff.principals or diff.resources),
        "never": False,
    }
    return int(named[fail_on])


def _resources(old: _Side, new: _Side, counted: Sequence[str]) -> Sequence[ResourceEffect] | None:
    """Return what the deployment does to resources; ``None`` where only a report says what there was."""
    if old.templates is not None and new.templates is not None:
        try:
            counts = [read_version_count(read_text(path), path) for path in counted]
            return compare_resources(old.templates, new.templates, guardrail_versions=counts)
        except CountError as error:
            raise CallError(str(error)) from error
    if counted:
        message = (
            "--guardrail-versions needs the cdk.out folder or template of both sides, and one is a report"
        )
        raise CallError(message)
    return None if old.templates == new.templates or old.templates or new.templates else ()


def _side(path: str, options: Options) -> _Side:
    """Read one side: a stored report, or an input that is reviewed now."""
    data = read_stdin() if path == "-" else None
    stored = _stored(path, data)
    if stored is not None:
        return stored
    model = read([path], stdin=data)
    report = review(model, options)
    limits = {principal.id: limits_of(principal) for principal in model.principals}
    faults = [f"{item.path}: {item.error}" for item in report.inputs if item.error]
    # What of it is no template, such as a policy, is among the faults already or has no resources.
    return _Side(report.principals, faults, read_templates([path], stdin=data)[0], limits)


def _stored(path: str, data: bytes | None) -> _Side | None:
    """Return the content of a stored report, or ``None`` when it is an input to review."""
    if data is None and not Path(path).is_file():
        return None
    head = data if data is not None else _head(path)
    try:
        if not is_report(to_text(head[:400], "replace")):
            return None
    except UnreadableError:  # the review says what is wrong with it
        return None
    text = read_text(path) if data is None else text_of(data, path)
    try:
        return _Side(*load_report(text, path))
    except ReportError as error:
        raise CallError(str(error)) from error


def _head(path: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            return file.read(400)
    except OSError as error:
        message = f"{path}: {error.strerror or error}; check the path"
        raise CallError(message) from error
