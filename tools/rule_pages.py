"""The pages of the rules, from their modules and their cases."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from constructs_lib.inert import markdown_text
from constructs_lib.review import Options, review
from constructs_lib.review.rules import cases, rules
from constructs_lib.templates import read_document

if TYPE_CHECKING:
    from constructs_lib.review.rules import Rule

__all__ = ["rule_page", "rules_index"]

_TODAY = date(2026, 1, 1)
"""The day of the examples: a message may count the days to the end of a model's life."""


def rules_index() -> str:
    """Return the table of all rules."""
    rows = [f"| [{r.id}]({r.id}.md) | {r.name} | {r.severity} | {r.summary} |" for r in rules()]
    head = [
        "<!-- Generated from the rules' modules by `make docs`. -->",
        "",
        "# The rules",
        "",
        "What `bedrock-planes review`, `scan` and the checks at `cdk synth` look for. BP1: who holds both",
        "planes or can become somebody who does. BP2: on which resources. BP3: what AWS doesn't know or",
        "refuses. BP4: credentials, trust and sharing. BP5: guardrails, logs and endpoints. BP6: application",
        "code beside its role.",
        "`bedrock-planes rules BP101` prints the page of a rule.",
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
    message = _message(rule, examples["flagged"])
    if message:
        parts += ["## What it says", message]
    for title, key in (("Flagged", "flagged"), ("Allowed", "allowed")):
        parts.append(f"## {title}")
        parts += [_example(case) for case in examples[key]]
    return "\n\n".join(parts) + "\n"


def _message(rule: Rule, flagged: list[dict[str, Any]]) -> str:
    """Return what the review says of the first flagged example, word for word; nothing for one in code."""
    if "code" in flagged[0]:
        return ""
    options = Options(today=_TODAY, **flagged[0].get("options", {}))
    found = review(read_document(flagged[0]["document"], "example.json"), options).findings
    finding = next(item for item in found if item.rule == rule.id)
    lines = (
        "Of the first example below:",
        "",
        f"> {finding.severity}: {markdown_text(finding.message)}",
        ">",
    )
    return "\n".join((*lines, f"> help: {markdown_text(finding.help)}"))


def _example(case: dict[str, Any]) -> str:
    title = case["title"][:1].upper() + case["title"][1:]
    options = "".join(f" (with `--{name}`)" for name in case.get("options", {}))
    if "code" in case:
        return f"<details><summary>{title}</summary>\n\n```python\n{case['code']}```\n\n</details>"
    document = json.dumps(case["document"], indent=1)
    return f"<details><summary>{title}{options}</summary>\n\n```json\n{document}\n```\n\n</details>"
