"""The command ``bedrock-planes``.

Each subcommand is one module of this package with ``HELP``, ``configure(parser)`` and ``run(args) -> int``.
Only the module of the subcommand that was called is imported, so ``bedrock-planes which`` stays as fast as
the interpreter allows.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from typing import TYPE_CHECKING

from constructs_lib import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]

# name -> (module, one-line help); in the order of the help text
_COMMANDS: dict[str, tuple[str, str]] = {
    "review": ("_review", "what each principal may really do on which plane, with findings"),
    "diff": ("_diff", "what changed in permissions between two assemblies or reports"),
    "which": ("_which", "an operation, action, client method or CLI verb, in any of its spellings"),
    "rules": ("_rules", "the rules and what they mean"),
    "catalogue": ("_catalogue", "list, export, verify and update the table of Bedrock actions"),
}

_PIPE_CLOSED = 141
"""Exit status of a program that SIGPIPE ends: 128 + 13, as shells count."""


_TRACEBACK = "BEDROCK_PLANES_TRACEBACK"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status: 0 fine, 1 findings, 2 wrong input or call."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(
        prog="bedrock-planes",
        description="Keep the control plane and the data plane of Amazon Bedrock apart.",
        epilog="`bedrock-planes COMMAND --help` explains a command.",
    )
    parser.add_argument("--version", action="version", version=f"bedrock-planes {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    called = next((a for a in arguments if a in _COMMANDS), None)
    runs = {}
    for name, (module_name, help_text) in _COMMANDS.items():
        sub = commands.add_parser(name, help=help_text)
        if name == called:
            module = importlib.import_module(f"{__name__}.{module_name}")
            module.configure(sub)
            runs[name] = module.run
    args = parser.parse_args(arguments)
    try:
        status = int(runs[args.command](args))
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader (`| head`) has left. Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _PIPE_CLOSED
    except (
        Exception
    ) as error:  # a user gets a line, whatever happens; whoever mends it asks for the traceback
        if os.environ.get(_TRACEBACK):
            raise
        sys.stderr.write(f"bedrock-planes {args.command}: {_own_fault(error)}\n")
        return 2
    return status


def _own_fault(error: Exception) -> str:
    """Return an error that no input should cause in one line, with the place in this program."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_filename.rpartition(os.sep)[2]}:{place.tb_lineno}" if place else "?"
    what = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    return f"a fault of bedrock-planes itself at {where}: {what}; please report it (with {_TRACEBACK}=1)"
