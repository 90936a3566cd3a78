"""The rules' pages; ``python -m constructs_lib.review.rules._pages docs/rules`` renews them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from constructs_lib.review.rules import cases, rules

if TYPE_CHECKING:
    from constructs_lib.review.rules._base import Rule

__all__ = ["pages"]


def pages() -> dict[str, str]:
    """Return the text of each page by file name."""
    result = {"README.md": _index()}
    for rule in rules():
        result[f"{rule.id}.md"] = _page(rule)
    return result


def _index() -> str:
    rows = [f"| [{r.id}]({r.id}.md) | {r.name} | {r.severity} | {r.summary} |" for r in rules()]
    head = [
        "# The rules",
        "",
        "Generated from the rules' modules.",
        "",
        "| id | name | severity | finds |",
        "|---|---|---|---|",
    ]
    return "\n".join((*head, *rows)) + "\n"


def _page(rule: Rule) -> str:
    body = rule.documentation.partition("\n")[2].strip()
    examples = cases(rule.id)
    parts = [
        f"# {rule.id} {rule.name}",
        f"Severity: {rule.severity}. {rule.documentation.splitlines()[0]}",
        body,
    ]
    for title, key in (("Flagged", "flagged"), ("Allowed", "allowed")):
        parts.append(f"## {title}")
        parts += [_example(case) for case in examples[key]]
    return "\n\n".join(parts) + "\n"


def _example(case: dict[str, Any]) -> str:
    title = case["title"][:1].upper() + case["title"][1:]
    options = "".join(f" (with `--{name}`)" for name in case.get("options", {}))
    document = json.dumps(case["document"], indent=1)
    return f"<details><summary>{title}{options}</summary>\n\n```json\n{document}\n```\n\n</details>"


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (target / name).write_text(text, encoding="utf-8")
