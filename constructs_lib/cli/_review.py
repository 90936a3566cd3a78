"""``bedrock-planes review``: read, review, print; exit 0, 1 or 2."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import chdir, nullcontext
from typing import TYPE_CHECKING

from constructs_lib import review
from constructs_lib.cli._files import (
    CallError,
    complain,
    explain_levels,
    read_config,
    read_scps,
    read_text,
    relative_to,
    write,
)
from constructs_lib.review import Options, ReportError, baseline_of
from constructs_lib.review.render import FORMATS, pieces

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from constructs_lib.review import Report
    from constructs_lib.review.render import Detail

__all__ = ["configure", "run"]

_COLUMNS = (60, 200)
_LOG = 110
"""The columns where there is no terminal: a file, a pipe, the log of a CI run."""
_RANK = {"note": 0, "warning": 1, "error": 2, "never": 3}


_EPILOG = """\
examples:
  bedrock-planes review cdk.out
  bedrock-planes review cdk.out --format html --output report.html
  bedrock-planes review template.yaml policies --fail-on warning
  bedrock-planes review account.json --scp scp.json --format markdown
  bedrock-planes review cdk.out --baseline accepted.json --quiet
  bedrock-planes review - <plan.json
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``review``."""
    parser.description = (
        "Review templates, policies, account exports and Terraform plans: what each principal may really do "
        "on the control and data planes of Amazon Bedrock. Exit status: 0 nothing at or above --fail-on, 1 "
        "findings, 2 some input or the call was wrong."
    )
    parser.epilog = _EPILOG
    parser.add_argument(
        "paths",
        nargs="+",
        metavar="PATH",
        help="a cdk.out folder, a CloudFormation or SAM template (JSON or YAML), an IAM policy, the output "
        "of `aws iam get-account-authorization-details`, of `terraform show -json` (plan or state), or of a "
        "command that prints one policy (`aws iam get-policy-version`, `get-role-policy`, `get-user-policy`, "
        "`get-group-policy`, `get-role`, `aws organizations describe-policy`, `aws sso-admin "
        "get-inline-policy-for-permission-set`), a folder of these, or - for standard input",
    )
    parser.add_argument(
        "--format", choices=tuple(FORMATS), default="text", help="how to print (default: text)"
    )
    parser.add_argument("--output", metavar="FILE", help="write to a file instead of standard output")
    parser.add_argument(
        "--root",
        metavar="DIR",
        help="name the files relative to this folder, such as the root of the repository, wherever the "
        "command runs; every PATH must lie below it (default: as the PATHs name them)",
    )
    parser.add_argument(
        "--only-relevant",
        action="store_true",
        help="skip the files that are no template, policy or export, also those that a PATH names, as a hook "
        "of Git names what a commit changes; a damaged one is still a fault",
    )
    parser.add_argument(
        "--fail-on",
        choices=("error", "warning", "note", "never"),
        default="error",
        help="exit with 1 at findings of this severity or above (default: error)",
    )
    parser.add_argument(
        "--strict",
        action="store_true",
        help="control reads at runtime and incomplete app or deploy roles are errors",
    )
    parser.add_argument(
        "--admins",
        choices=("error", "note"),
        default="error",
        help="severity for full administrators (default: error)",
    )
    parser.add_argument(
        "--scp",
        action="append",
        default=[],
        metavar="FILE",
        help="a service control policy that limits every principal, bare or as `aws organizations "
        "describe-policy` prints it; all FILEs are one level, of which one "
        "must allow, and FILEs that only deny are used beside FullAWSAccess",
    )
    parser.add_argument(
        "--scp-level",
        action="append",
        nargs="+",
        default=[],
        metavar="FILE",
        help="the service control policies of one level of the organization; every level must allow. It "
        "takes every FILE behind it, so write PATH before it, or `--` before PATH",
    )
    parser.add_argument(
        "--baseline", metavar="REPORT.json", help="an earlier JSON report whose findings are accepted"
    )
    parser.add_argument(
        "--config",
        metavar="FILE",
        help="TOML configuration (default: [tool.bedrock-planes] of ./pyproject.toml)",
    )
    parser.add_argument(
        "--code",
        action="store_true",
        help="also read the code of the functions in the input (assets of a cdk.out folder, inline code, "
        "CodeUri of SAM) and compare what it calls with what its role may do; nothing is run",
    )
    parser.add_argument(
        "--code-of",
        action="append",
        default=[],
        metavar="NAME=PATH",
        help="the folder of the code that NAME runs: the logical id or construct path of a function, a task "
        "definition, an AgentCore runtime, or of a role; for containers, whose code is not in the input",
    )
    amount = parser.add_mutually_exclusive_group()
    amount.add_argument(
        "--quiet",
        action="store_true",
        help="print the first screen of the text report alone: the answer, the counts, the worst findings",
    )
    amount.add_argument(
        "--verbose",
        action="store_true",
        help="fold and shorten nothing in the text report: every principal, family, name and related place",
    )
    explain_levels(parser)


def run(args: argparse.Namespace) -> int:
    """Review and print; return the exit status."""
    try:
        options = _options(args)
        report = _reviewed(args, options)
        texts = pieces(report, args.format, colour=_colour(args), width=_width(args), detail=_detail(args))
        write(texts, args.output, args.format)
    except CallError as error:
        complain("review", str(error))
        return 2
    faults = [item for item in report.inputs if item.error]
    for item in faults:
        complain("review", f"{item.path}: {item.error}")
    return 2 if faults else _status(report, args.fail_on)


def _reviewed(args: argparse.Namespace, options: Options) -> Report:
    """Review the paths; with ``--root`` from that folder, so that every name is relative to it."""
    paths = args.paths if args.root is None else relative_to(args.root, args.paths)
    with nullcontext() if args.root is None else chdir(args.root):
        return review.review_paths(paths, options, progress=_progress(), only_relevant=args.only_relevant)


def _status(report: Report, fail_on: str) -> int:
    worst = max((_RANK[f.severity] for f in report.findings if f.acknowledged is None), default=-1)
    return 1 if worst >= _RANK[fail_on] else 0


def _options(args: argparse.Namespace) -> Options:
    return Options(
        strict=args.strict,
        admins=args.admins,
        scps=read_scps(args.scp, args.scp_level),
        config=read_config(args.config),
        baseline=_baseline(args.baseline),
        code=args.code,
        code_of=dict(map(_code_of, args.code_of)),
    )


def _code_of(text: str) -> tuple[str, str]:
    """Return the name and the path of ``NAME=PATH``."""
    name, equals, path = text.partition("=")
    if not (name and equals and path):
        raise CallError(f"--code-of takes NAME=PATH, not `{text}`")
    if not os.path.exists(path):  # noqa: PTH110 - it is the user's text
        raise CallError(f"--code-of {text}: there is no such file or folder; check the path")
    return name, path


def _baseline(path: str | None) -> Mapping[str, str]:
    if path is None:
        return {}
    try:
        return baseline_of(read_text(path), path)
    except ReportError as error:
        raise CallError(str(error)) from error


def _colour(args: argparse.Namespace) -> bool:
    """Whether to colour: only what is printed on a terminal (https://no-color.org)."""
    return args.output is None and sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def _width(args: argparse.Namespace) -> int:
    """Return the columns of the terminal within limits, or a fixed width for anything else."""
    if args.output is not None or not sys.stdout.isatty():
        return _LOG
    return min(max(shutil.get_terminal_size().columns, _COLUMNS[0]), _COLUMNS[1])


def _detail(args: argparse.Namespace) -> Detail:
    return "quiet" if args.quiet else "verbose" if args.verbose else "normal"


def _progress() -> bool:
    return sys.stderr.isatty()
