"""``bedrock-planes rules``: the rules and what they mean."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from constructs_lib.cli._files import complain, say
from constructs_lib.review.rules import rules

if TYPE_CHECKING:
    import argparse

    from constructs_lib.review.rules import Rule

__all__ = ["configure", "run"]


_EPILOG = """\
examples:
  bedrock-planes rules
  bedrock-planes rules BP101
  bedrock-planes rules mixed-planes
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``rules``."""
    parser.description = "List the rules, or explain one."
    parser.epilog = _EPILOG
    parser.add_argument(
        "rule", nargs="?", metavar="ID", help="a rule's id or name, such as BP101 or mixed-planes"
    )


def run(args: argparse.Namespace) -> int:
    """Print the list or one rule; 2 when there is no such rule."""
    if args.rule is None:
        width = max(len(rule.name) for rule in rules())
        for rule in rules():
            say([f"{rule.id}  {rule.severity:<7}  {rule.name:<{width}}  {rule.summary}\n"])
        return 0
    wanted = args.rule.rpartition("::")[2]
    for rule in rules():
        if wanted.upper() == rule.id or wanted.lower() == rule.name:
            say([_explained(rule)])
            return 0
    known = [text for rule in rules() for text in (rule.id, rule.name)]
    near = get_close_matches(wanted, known, 1, 0.4) or get_close_matches(wanted.upper(), known, 1, 0.4)
    hint = f"did you mean `{near[0]}`?" if near else "`bedrock-planes rules` lists them"
    complain("rules", f"there is no rule `{args.rule}`; {hint}")
    return 2


def _explained(rule: Rule) -> str:
    body = rule.documentation.partition("\n")[2].strip()
    return f"{rule.id} {rule.name} ({rule.severity}): {rule.summary}\n\n{body}\n"
