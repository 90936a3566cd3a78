"""The pages of the rules, from their modules and their cases."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from constructs_lib.review.rules import cases, rules

if TYPE_CHECKING:
    from constructs_lib.review.rules import Rule

__all__ = ["rule_page", "rules_index"]


def rules_index() -> str:
    """Return the table of all rules."""
    rows = [f"| [{r.id}]({r.id}.md) | {r.name} | {r.severity} | {r.summary} |" for r in rules()]
    head = [
        "# The rules",
        "",
        "Generated from the rules' modules by `make docs`.",
        "",
        "| id | name | severity | finds |",
        "|---|---|---|---|",
    ]
    return "\n".join((*head, *rows)) + "\n"


def rule_page(rule: Rule) -> str:
    """Return the page of one rule."""
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
    if "code" in case:
        return f"<details><summary>{title}</summary>\n\n```python\n{case['code']}```\n\n</details>"
    document = json.dumps(case["document"], indent=1)
    return f"<details><summary>{title}{options}</summary>\n\n```json\n{document}\n```\n\n</details>"
