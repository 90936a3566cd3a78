"""Splitting what people type into a client or prefix and a name."""

from __future__ import annotations

import re

from constructs_lib.catalogue._lookup import families

__all__ = ["bare", "parts"]

_LONGEST = 1000
"""Characters of a text that are looked at: no name is longer, and a text is no reason to wait."""

_COLON = re.compile(r"\s*:\s*(?!:)")
_MADE_CLIENT = re.compile(r"""\bclient\(\s*["']([\w-]+)["'][^()]*\)""")
_PAGINATOR = re.compile(r"""\bget_paginator\(\s*["'](\w+)["'].*""", re.DOTALL)
_IMPORT = re.compile(r"""(\w+)[\s}]+(?:of|from)\s+["']@aws-sdk/client-([\w-]+)""")
_CONSTRUCTOR = re.compile(r"\bnew\s+([\w.]+)")


def bare(text: str) -> str:
    """Return a text without what it was copied with: quotes, a comma, a shell's prompt, white space."""
    return text[:_LONGEST].strip(" \t\r\n\"'`,;$")


def parts(text: str) -> tuple[str, str, bool]:
    """Split a spelling into client or prefix (may be empty), name, and whether it has an action's colon."""
    text = bare(text)
    if imported := _IMPORT.search(text):
        return imported[2], imported[1], False
    if made := _CONSTRUCTOR.search(text):
        text = made[1]
    text = _PAGINATOR.sub(r"\1", _MADE_CLIENT.sub(r"\1", text)).partition("(")[0]
    words = _COLON.sub(":", text).split()
    if len(words) > 1:
        return (*_command(words), False)
    text = words[0] if words else ""
    prefix, colon, name = text.partition(":")
    if colon and not name.startswith(":"):
        return prefix.lower(), name, True
    before, _, name = re.sub(r"::|#|->|/", ".", text).rpartition(".")
    return before.rpartition(".")[2], name, False


def _command(words: list[str]) -> tuple[str, str]:
    """Return service and verb of a CLI command, whatever options stand between them, else one name.

    Words without a client among them (``invoke model``) are one name that somebody has spaced out.
    """
    clients = {family.client for family in families().values()}
    at = next((i for i, word in enumerate(words) if word.lower() in clients), None)
    if at is None:
        return ("aws", "") if words[0].lower() == "aws" else ("", "".join(words))
    verbs = [word for word in words[at + 1 :] if not word.startswith("-")]
    return words[at].lower(), verbs[0] if verbs else ""
