"""``bedrock-planes draw``: who reaches which plane, as SVG; exit 0 or 2."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from constructs_lib import review
from constructs_lib.cli._files import CallError, complain, explain_levels, read_config, read_scps, write
from constructs_lib.review import Options
from constructs_lib.review.render import drawn

if TYPE_CHECKING:
    import argparse

__all__ = ["configure", "run"]


_EPILOG = """\
examples:
  bedrock-planes draw cdk.out --output planes.svg
  bedrock-planes draw account.json --scp scp.json --output planes.svg
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``draw``."""
    parser.description = (
        "Draw the roles of templates, policies or exports between what they may configure and what they may "
        "run, with those that reach both planes in red. The drawing is an SVG in light and dark; the same "
        "input gives the same bytes. Exit status: 0 drawn, 2 some input or the call was wrong."
    )
    parser.epilog = _EPILOG
    parser.add_argument(
        "paths", nargs="+", metavar="PATH", help="anything that `bedrock-planes review` reads"
    )
    parser.add_argument("--output", metavar="FILE", help="write to a file instead of standard output")
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
    explain_levels(parser)


def run(args: argparse.Namespace) -> int:
    """Review and draw; return the exit status."""
    try:
        options = Options(config=read_config(args.config), scps=read_scps(args.scp, args.scp_level))
        report = review.review_paths(args.paths, options, progress=sys.stderr.isatty())
        write([drawn(report)], args.output, "html")
    except CallError as error:
        complain("draw", str(error))
        return 2
    faults = [item for item in report.inputs if item.error]
    for item in faults:
        complain("draw", f"{item.path}: {item.error}")
    return 2 if faults else 0
