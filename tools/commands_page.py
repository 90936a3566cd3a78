"""The page of the commands, from their parsers."""

from __future__ import annotations

import argparse
import importlib
import re

from constructs_lib.cli import COMMANDS

__all__ = ["commands_page"]


def commands_page() -> str:
    """Return one section for each command: what it does, its arguments, its examples."""
    parts = [
        "<!-- Generated from the parsers of the commands by `make docs`. -->",
        "# Commands",
        "`bedrock-planes COMMAND --help` prints the same.",
        "Exit status: 0 fine, 1 something found, 2 a wrong call or an input that can't be read.",
    ]
    for name, (module, summary) in COMMANDS.items():
        parser = argparse.ArgumentParser(prog=f"bedrock-planes {name}")
        importlib.import_module(f"constructs_lib.cli.{module}").configure(parser)
        parts += [f"## {name}", _sentence(parser.description or summary), *_arguments(parser)]
        if parser.epilog:
            parts.append(f"```text\n{parser.epilog.strip()}\n```")
    return "\n\n".join(parts) + "\n"


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return _plain(f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}")


def _arguments(parser: argparse.ArgumentParser) -> list[str]:
    rows = []
    for action in parser._actions:  # noqa: SLF001 - argparse has no public list of a parser's arguments
        if isinstance(action, argparse._HelpAction):  # noqa: SLF001 - each command has --help
            continue
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - the commands of a command
            rows += [(f"{choice.dest}", choice.help or "") for choice in action._choices_actions]  # noqa: SLF001 - their help is nowhere else
            continue
        rows.append((_name(action), (action.help or "") % _values(action)))
    if not rows:
        return []
    lines = [f"| `{name}` | {_plain(text)} |" for name, text in rows]
    return ["\n".join(("| argument | meaning |", "|---|---|", *lines))]


def _values(action: argparse.Action) -> dict[str, object]:
    return {**vars(action), "prog": "bedrock-planes"}


def _name(action: argparse.Action) -> str:
    value = action.metavar or (
        "\\|".join(map(str, action.choices)) if action.choices else action.dest.upper()
    )
    value = " ".join(value) if isinstance(value, tuple) else value
    if not action.option_strings:
        return value
    return ", ".join(action.option_strings) + ("" if action.nargs == 0 else f" {value}")


def _plain(text: str) -> str:
    text = re.sub(r"(?<!\\)\|", r"\\|", " ".join(text.split()))
    return text.replace("<", "&lt;")
