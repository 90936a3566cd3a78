"""The error that every construct raises; importing it loads neither ``aws_cdk`` nor Node.js."""

from __future__ import annotations

import re

__all__ = ["PlanesError"]

_SHOWN = 120
_OBJECT = re.compile(r"<(?:generator object )?(?:[\w.<>]*\.)?<?(\w+)>?(?: object)? at 0x[0-9a-f]+>")
_FUNCTION = re.compile(r"<(?:function|bound method) (?:[\w.<>]*\.)?([\w<>]+)[^`]*? at 0x[0-9a-f]+>+")
_TYPE_IS_SAID = re.compile(r"has the value `\w+\(\.\.\.\)`(?= of the type)")


class PlanesError(ValueError):
    """A prop is wrong or a permission is refused; the message names the thing and the remedy.

    Args:
        message: What is said. What stands in backticks is kept on one line, a value is shortened, and an
            object has the name of its class in place of its address in memory.
    """

    def __init__(self, message: str) -> None:
        named = _FUNCTION.sub(r"\1", _OBJECT.sub(r"\1(...)", message))
        super().__init__(_in_short(_TYPE_IS_SAID.sub("has a value", named)))


def _in_short(message: str) -> str:
    parts = message.split("`")
    if len(parts) % 2 == 0:  # a value has a backtick of its own, so nobody knows what stands in them
        return message
    for at in range(1, len(parts), 2):
        part = parts[at].replace("\r", "\\r").replace("\n", "\\n")
        # Other long texts are remedies, such as a statement to add.
        is_value = parts[at - 1].endswith("has the value ") or not re.search(r"\s", part)
        parts[at] = f"{part[: _SHOWN - 3]}..." if is_value and len(part) > _SHOWN else part
    return "`".join(parts)
