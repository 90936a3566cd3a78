"""Show what other people wrote where a terminal, a CI runner or a forge would obey it.

Names, paths and ids come from templates of pull requests. A runner takes a line that begins with ``::`` for a
command, and ``##[...]`` or ``##vso[...]`` anywhere in a line; a terminal obeys control characters; a forge
notifies whoever is mentioned with ``@``.

- https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
- https://learn.microsoft.com/en-us/azure/devops/pipelines/scripts/logging-commands
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["markdown_code", "markdown_text", "one_line", "without_commands"]

_LINE_COMMAND: Final = re.compile(r"^((?:\s|\x1b\[[0-9;]*m)*)::", re.MULTILINE)
# ``##teamcity[`` is of the same kind.
_INLINE_COMMAND: Final = re.compile(r"##(?=\w*\[)")
_HASHES: Final = {
    "json": r"#\\u0023",
    "sarif": r"#\\u0023",
    "yaml": r"#\\u0023",
    "python": r"#\\u0023",
    "html": "#&#35;",
}
"""How two hashes are written where a space between them would change the meaning: as an escape."""


_QUOTED: Final = frozenset(("json", "sarif", "github"))
"""Formats in which no line begins with somebody's text: its line breaks are escaped.

The lines of ``github`` are commands themselves.
"""


def one_line(text: str, instead: str = "\N{REPLACEMENT CHARACTER}") -> str:
    """Return a text without line breaks, control characters and characters that hide or turn others."""
    return text if text.isprintable() else "".join(c if c.isprintable() else instead for c in text)


def without_commands(text: str, form: str = "text") -> str:
    """Return a whole output in which no line is a command of a workflow.

    Args:
        text: The output, in lines.
        form: Its format. The strings of ``json``, ``sarif``, ``yaml`` and ``python`` and the text of ``html``
            keep their value.

    """
    if "##" in text:
        text = _INLINE_COMMAND.sub(_HASHES.get(form, "# #"), text)
    if form in _QUOTED or "::" not in text:
        return text
    return _LINE_COMMAND.sub(lambda match: f"{match[1]}: :", text)


def markdown_text(text: str) -> str:
    """Escape what Markdown or HTML would act on, except the text's own backticks.

    A zero-width space keeps names from mentioning people (`@user`), also where a backtick in a name ends the
    code around it.
    """
    parts = re.sub("`+", "`", one_line(text, " ")).replace("@", "@\u200b").split("`")
    if len(parts) % 2 == 0:  # nothing closes the last backtick
        parts[-2:] = [f"{parts[-2]}'{parts[-1]}"]
    for index in range(0, len(parts), 2):
        for char in "\\*_[]<>|#":
            parts[index] = parts[index].replace(char, "\\" + char)
    return without_commands("`".join(parts))


def markdown_code(text: str) -> str:
    """Return inline code whose content cannot end it, break a table row or mention anybody."""
    clean = without_commands(one_line(text, " ")).replace("|", "\\|").replace("@", "@\u200b")
    fence = "`" * (1 + max(map(len, re.findall("`+", clean)), default=0))
    return f"{fence} {clean} {fence}" if "`" in clean else f"`{clean}`"
