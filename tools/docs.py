"""Generate the reference pages below ``docs``: ``make docs``."""

from __future__ import annotations

import sys
from pathlib import Path

from constructs_lib.catalogue.generation import actions_page
from constructs_lib.review.rules import rules
from tools.commands_page import commands_page
from tools.construct_pages import construct_pages
from tools.events_page import events_page
from tools.grants_page import grants_page
from tools.rule_pages import rule_page, rules_index

__all__ = ["generated", "stale"]

_DOCS = Path(__file__).resolve().parents[1] / "docs"
_FOLDERS = ("constructs", "rules")
"""Folders in which every page is generated."""


def generated() -> dict[str, str]:
    """Return the text of every generated page by its path below ``docs``."""
    return {
        "actions.md": actions_page(),
        "audit-events.md": events_page(),
        "commands.md": commands_page(),
        "grants.md": grants_page(),
        "rules/README.md": rules_index(),
        **construct_pages(),
        **{f"rules/{rule.id}.md": rule_page(rule) for rule in rules()},
    }


def stale() -> list[str]:
    """Return the pages whose text differs from what is generated, and those that nothing generates."""
    pages = generated()
    whole = (path for folder in _FOLDERS for path in (_DOCS / folder).glob("*.md"))
    committed = {
        **{name: _DOCS / name for name in pages},
        **{path.relative_to(_DOCS).as_posix(): path for path in whole},
    }
    texts = {name: path.read_text("utf-8") for name, path in committed.items() if path.is_file()}
    return sorted(name for name in texts.keys() | pages.keys() if texts.get(name) != pages.get(name))


def main() -> None:
    """Write the pages that are stale and name them."""
    pages = generated()
    for name in stale():
        path = _DOCS / name
        if name in pages:
            path.parent.mkdir(exist_ok=True)
            path.write_text(pages[name], encoding="utf-8")
        else:
            path.unlink()
        sys.stdout.write(f"docs/{name}\n")


if __name__ == "__main__":
    main()
