"""The hooks of the documentation site, which ``mkdocs.yml`` names.

The pages are written for a reader of the repository, so they link to files outside ``docs``. Some of these
become pages of the site; a link to any other becomes the path of the file.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from posixpath import normpath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

__all__ = ["on_files", "on_page_content", "on_page_markdown", "relinked"]

_ROOT = Path(__file__).resolve().parents[1]
_ADOPTED = {
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "CHANGELOG.md": "changelog.md",
    "README.md": "README.md",
}
"""Files of the root and the page that each is on the site; the README's place is the home page's."""
_WEIGHTS = {"guides": 4, "decisions": 0.5, "changelog.md": 0.5}
"""How much the words of a page count in a search, by folder or page: who searches wants to do something."""
_CELL = re.compile(r"<t[dh][^>]*>.*?</t[dh]>", re.DOTALL)
_LINK = re.compile(r"(?<!!)\[([^\]]*)\]\((?!https?://|#|mailto:)([^)#\s]+)(#[^)\s]*)?\)")


def on_files(files: Files, config: MkDocsConfig, **_: Any) -> Files:
    """Add the files of the root that are pages of the site."""
    from mkdocs.structure.files import File  # noqa: PLC0415 - it is only where the site is built

    for name, page in _ADOPTED.items():
        if name != page:
            files.append(File.generated(config, page, content=(_ROOT / name).read_text("utf-8")))
    return files


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Return the page's text with links that work on the site; say how much its words count in a search."""
    if (folder := page.file.src_uri.partition("/")[0]) in _WEIGHTS:
        page.meta["search"] = {"boost": _WEIGHTS[folder]}
    return relinked(markdown, page.file.src_uri)


def on_page_content(html: str, **_: Any) -> str:
    r"""Return the page with each pipe in the cells of its tables as it was meant.

    GitHub reads ``\|`` in the code of a cell as a pipe, Python-Markdown as a backslash and a pipe.
    """
    return _CELL.sub(lambda cell: cell[0].replace("\\|", "|"), html)


def relinked(markdown: str, page: str) -> str:
    """Return the text of a page with each link that leaves ``docs`` replaced.

    Args:
        markdown: The text.
        page: The page's path on the site, such as ``guides/rag.md``.
    """
    source = next((name for name, path in _ADOPTED.items() if path == page != "README.md"), f"docs/{page}")

    def replace(match: re.Match[str]) -> str:
        text, path, anchor = match[1], match[2], match[3] or ""
        target = normpath(str(PurePosixPath(source).parent / path))
        if target in _ADOPTED:
            target = f"docs/{_ADOPTED[target]}"
        if target.startswith("docs/") and (target.endswith(".md") or "/img/" in target):
            return f"[{text}]({_relative(target.removeprefix('docs/'), page)}{anchor})"
        if target.startswith("docs/") and (_ROOT / target / "README.md").is_file():
            return f"[{text}]({_relative(target.removeprefix('docs/') + '/README.md', page)}{anchor})"
        return text if target in text else f"{text} (`{target}`)"

    return _LINK.sub(replace, markdown)


def _relative(target: str, page: str) -> str:
    up = len(PurePosixPath(page).parent.parts)
    return "../" * up + target
