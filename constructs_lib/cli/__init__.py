"""The command ``bedrock-planes``.

Each subcommand is one module of this package with ``configure(parser)`` and ``run(args) -> int``.
Only the module of the subcommand that was called is imported, so ``bedrock-planes which`` stays as fast as
the interpreter allows.
"""

from __future__ import annotations

import argparse
import importlib
import io
import os
import sys
from typing import TYPE_CHECKING

from constructs_lib.cli._files import complain
from constructs_lib.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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
_INTERRUPTED = 130
"""Exit status of a program that SIGINT (Ctrl-C) ends: 128 + 2."""
_TRACEBACK = "BEDROCK_PLANES_TRACEBACK"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status: 0 fine, 1 findings, 2 wrong input or call."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if sys.stderr is None:  # closed: nobody listens, and nothing may fail for that
        sys.stderr = io.StringIO()
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
    if sys.stdout is None and not getattr(args, "output", None):
        complain(args.command, "standard output is closed; open it, or name a file where --output is taken")
        return 2
    return _guarded(args.command, lambda: int(runs[args.command](args)))


def _guarded(command: str, run: Callable[[], int]) -> int:
    """Run a command; a user gets a line, whatever happens, and whoever mends it asks for the traceback."""
    try:
        status = run()
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        _drop_output()  # the reader (`| head`) has left
        return _PIPE_CLOSED
    except KeyboardInterrupt:  # the user ended it and needs no traceback
        complain(command, "stopped")
        return _INTERRUPTED
    except Exception as error:  # a user gets a line and no traceback
        if os.environ.get(_TRACEBACK):
            raise
        if isinstance(error, OSError):  # readers and writers of named files tell theirs themselves
            _drop_output()
            where = error.filename or "standard output"
            what = f"{where}: {error.strerror or error}; mend that and run again"
        else:
            what = _own_fault(error)
        complain(command, what)
        return 2
    return status


def _drop_output() -> None:
    """Send what is still to be written nowhere: Python would complain once more when it flushes at exit."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _own_fault(error: Exception) -> str:
    """Return an error that no input should cause in one line, with the place in this program."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_filename.rpartition(os.sep)[2]}:{place.tb_lineno}" if place else "?"
    what = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    return f"a fault of bedrock-planes itself at {where}: {what}; please report it (with {_TRACEBACK}=1)"
