"""The sentences of the SDK's documentation that speak of permissions.

The change that mattered most so far came as one sentence ("... on both the inference target and the
project"), with no new name. So these sentences are kept, and a renewal says which of them changed.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["permission_sentences"]

_SPEAKS = re.compile(r"\b[Pp]ermissions?\b|\bIAM (?:action|polic)|\b[a-z0-9-]+:[A-Z][A-Za-z]+\b")
_BLOCK_END = re.compile(r"</(?:p|li|note|important|dd|dt|title)>")
_TAG = re.compile(r"<[^>]+>")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")


def permission_sentences(client: str, service: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the sentences about permissions by the place that has them, sorted.

    Args:
        client: botocore's name of the client.
        service: Its service model.

    Returns:
        for ``bedrock-runtime.Converse`` (an operation), ``bedrock-agent.Agent`` (a shape) and
        ``bedrock-agent.Agent.roleArn`` (a member of a shape) what its documentation says of permissions.

    """
    found = {place: _sentences(text) for place, text in _places(client, service)}
    return {place: found[place] for place in sorted(found) if found[place]}


def _places(client: str, service: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    # An operation and a shape may have the same name: the operation's documentation is the one that counts.
    for name, shape in service["shapes"].items():
        yield f"{client}.{name}", shape.get("documentation", "")
        for member, described in shape.get("members", {}).items():
            yield f"{client}.{name}.{member}", described.get("documentation", "")
    for name, operation in service["operations"].items():
        yield f"{client}.{name}", operation.get("documentation", "")


def _sentences(text: str) -> list[str]:
    """Return the sentences about permissions in a documentation text, which is HTML."""
    marked = re.sub(r"\s+", " ", text.replace("<code>", "`").replace("</code>", "`"))
    plain = html.unescape(_TAG.sub("", _BLOCK_END.sub("\n", marked)))
    sentences = (re.sub(r"\s+", " ", sentence).strip() for sentence in _SENTENCE_END.split(plain))
    return [sentence for sentence in sentences if _SPEAKS.search(sentence)]
