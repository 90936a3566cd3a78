"""The command ``bedrock-planes``.

Each subcommand is one module of this package with ``configure(parser)`` and ``run(args) -> int``.
Only the module of the subcommand that was called is imported, so that ``bedrock-planes which`` starts fast.
"""

from __future__ import annotations

import importlib
import io
import os
import sys
from typing import TYPE_CHECKING

from constructs_lib.cli._files import Parser, complain, drop_output
from constructs_lib.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["COMMANDS", "main"]

COMMANDS: dict[str, tuple[str, str]] = {
    "review": ("_review", "what each principal may really do on which plane, with findings"),
    "diff": ("_diff", "what changed in permissions between two assemblies or reports"),
    "draw": ("_draw", "who reaches which plane, as an SVG for your documentation"),
    "deploy-policy": ("_deploy_policy", "the least CloudFormation execution policy of templates"),
    "scan": ("_scan", "the calls of Bedrock in application code, and those on the wrong client"),
    "which": (
        "_which",
        "an operation, action, client, model, ARN, REST path or managed policy, in any spelling",
    ),
    "explain": ("_explain", "what an error means in plane, permission, ARN and Region, and what repairs it"),
    "rules": ("_rules", "the rules and what they mean"),
    "catalogue": ("_catalogue", "list, export, verify and update the table of Bedrock actions"),
}
"""Module and one-line help of each subcommand, in the order of the help text."""

_EPILOG = """\
examples:
  bedrock-planes review cdk.out
  bedrock-planes which converse-stream
  bedrock-planes explain "'Bedrock' object has no attribute 'converse'"

`bedrock-planes COMMAND --help` explains a command, with more examples.
exit status: 0 fine, 1 something found, 2 a wrong call or an input that can't be read
"""
_PIPE_CLOSED = 141
"""Exit status of a program that SIGPIPE ends: 128 + 13, as shells count."""
_INTERRUPTED = 130
"""Exit status of a program that SIGINT (Ctrl-C) ends: 128 + 2."""
_TRACEBACK = "BEDROCK_PLANES_TRACEBACK"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status: 0 fine, 1 findings, 2 wrong input or call."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if sys.stderr is None:  # closed: messages go nowhere, and writing one must not fail
        sys.stderr = io.StringIO()
    parser = Parser(
        prog="bedrock-planes",
        description="Keep the control plane and the data plane of Amazon Bedrock apart.",
        epilog=_EPILOG,
    )
    parser.add_argument("--version", action="version", version=f"bedrock-planes {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    called = next((a for a in arguments if a in COMMANDS), None)
    runs = {}
    for name, (module_name, help_text) in COMMANDS.items():
        sub = commands.add_parser(name, help=help_text)
        if name == called:
            module = importlib.import_module(f"{__name__}.{module_name}")
            module.configure(sub)
            runs[name] = module.run
    args = parser.parse_args(arguments)
    if sys.stdout is None and not getattr(args, "output", None):
        complain(
            args.command,
            "standard output is closed; open it, or pass --output where it is taken",
        )
        return 2
    return _guarded(args.command, lambda: int(runs[args.command](args)))


def _guarded(command: str, run: Callable[[], int]) -> int:
    """Run a command; print any error as one line, or as a traceback if the environment asks for it."""
    try:
        status = run()
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        drop_output()  # the reader (`| head`) has left
        return _PIPE_CLOSED
    except KeyboardInterrupt:  # the user ended it and needs no traceback
        complain(command, "stopped")
        return _INTERRUPTED
    except Exception as error:  # an error that nothing foresaw is one line too
        if os.environ.get(_TRACEBACK):
            raise
        if isinstance(error, OSError):  # named files report their own
            drop_output()
            where = error.filename or "standard output"
            what = f"{where}: {error.strerror or error}; fix that and run again"
        else:
            what = _internal_error(error)
        complain(command, what)
        return 2
    return status


def _internal_error(error: Exception) -> str:
    """Describe an error that no input should cause, with its place in this program, in one line."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_filename.rpartition(os.sep)[2]}:{place.tb_lineno}" if place else "?"
    what = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    return f"internal error at {where}: {what}; set {_TRACEBACK}=1 for the traceback and report it"
