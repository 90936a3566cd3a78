"""``bedrock-planes which NAME...``: what an operation, an action or a client method is and needs."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING, Any

from constructs_lib.cli._answer import answer
from constructs_lib.cli._files import say, warn
from constructs_lib.inert import one_line

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

__all__ = ["configure", "run"]

_EPILOG = """\
examples:
  bedrock-planes which converse
  bedrock-planes which bedrock:Converse RetrieveAndGenerateCommand
  bedrock-planes which aws bedrock-runtime converse-stream
  bedrock-planes which 'aws bedrock-runtime converse --model-id ...' AWS::Bedrock::Guardrail
  bedrock-planes which 'bedrock:Invoke*' us.amazon.nova-lite-v1:0 AmazonBedrockFullAccess
  bedrock-planes which 'POST /model/{modelId}/converse' arn:aws:states:::bedrock:invokeModel responses.create
"""
_LONGEST = 400
"""Characters of a name or note that a message repeats."""
_LABELS = {
    "boto3": "boto3",
    "javascript": "JavaScript",
    "java": "Java",
    "cli": "CLI",
    "cloudformation": "CloudFormation",
    "terraform": "Terraform",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``which``."""
    parser.description = "Say which plane a name is on, who offers it and what IAM needs for it."
    parser.epilog = _EPILOG
    parser.add_argument("names", metavar="NAME", nargs="+", help="a name in any spelling")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")


def run(args: argparse.Namespace) -> int:
    """Print an answer for each name; 0 when all were found, 2 when one was not."""
    answers = [answer(name) for name in _joined(args.names)]
    if args.format == "json":
        document = {"schema": "bedrock-planes/which/1", "answers": answers}
        say([json.dumps(document, indent=2) + "\n"], form="json")
    else:
        say(["\n".join("\n".join(_text(one)) + "\n" for one in answers if _is_found(one))])
    lost = [one for one in answers if not _is_found(one)]
    for one in lost:
        warn(_lost(one))
    return 2 if lost else 0


def _joined(names: list[str]) -> list[str]:
    """Join ``aws SERVICE VERB ...``, which a shell splits, to one name."""
    return [" ".join(names)] if names[0].lower() == "aws" else names


def _is_found(one: dict[str, Any]) -> bool:
    return bool(one["entries"] or one.get("matches"))


def _lost(one: dict[str, Any]) -> str:
    if "family" in one:
        return str(one["notes"][0])
    notes = f" ({'; '.join(map(_short, one['notes']))})" if one["notes"] else ""
    query = f"`{_short(one['query'])}` is unknown{notes}"
    if one["close"]:
        return f"{query}; did you mean {', '.join(f'`{name}`' for name in one['close'])}?"
    return f"{query}; `bedrock-planes catalogue list` shows every name"


def _short(text: str) -> str:
    """Return ``text`` for a message: cut to a maximum length, without control characters."""
    return one_line(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}...", "?")


def _text(one: dict[str, Any]) -> Iterator[str]:
    for note in one["notes"]:
        yield _wrapped("", f"{_short(note)}.")
    for plane in ("control", "data"):
        names = [match["name"] for match in one.get("matches", ()) if match["plane"] == plane]
        if names:
            yield f"{plane} plane, {len(names)} actions:"
            yield from (f"  {name}" for name in names)
    for entry in one["entries"]:
        yield from _subject(entry) if "facts" in entry else _entry(entry)


def _subject(entry: dict[str, Any]) -> Iterator[str]:
    plane = {"both": "both planes, ", None: ""}.get(entry["plane"], f"{entry['plane']} plane, ")
    yield f"{entry['name']}: {plane}{entry['what']}"
    yield from (_wrapped(label, text) for label, text in entry["facts"])


def _entry(entry: dict[str, Any]) -> Iterator[str]:
    where = f"operation of the client {entry['client']}" if "client" in entry else "IAM action"
    yield f"{entry['name']}: {entry['plane']} plane, {where}, family {entry['family']}"
    for key, spelled in entry.get("spellings", {}).items():
        if spelled:
            yield _wrapped(_LABELS[key], spelled)
        elif key in {"boto3", "cli"}:
            yield _wrapped(_LABELS[key], "not offered, because it streams")
    for known in entry["actions"]:
        yield from _action(known)
    if twin := entry.get("streaming_twin"):
        yield _wrapped("streaming", f"{twin['operation']}, authorised by {', '.join(twin['actions'])}")
    for mistake in entry["mistakes"]:
        page = f" ({mistake['page']})" if "page" in mistake else ""
        yield _wrapped("mistake", f"{mistake['mistake']}: {mistake['why']}{page}")
    for decided in entry["decided"]:
        yield _wrapped("because", f"{decided['reason']} ({decided['page']})")


def _action(known: dict[str, Any]) -> Iterator[str]:
    kind = "data read" if known["data_read"] else " ".join(filter(None, (known["plane"], known["access"])))
    extras = [kind]
    extras += ["tagging"] if known["tagging"] else []
    extras += ["releases a credential"] if known["releases_credential"] else []
    extras += [] if known["in_reference"] else ["too new for the service authorization reference"]
    yield _wrapped("IAM action", f"{known['name']} ({', '.join(extras)})")
    if known["description"]:
        yield _wrapped("", f"grants permission to {known['description']}")
    if known["resources"]:
        for arns in known["resources"].values():
            yield from (f"{'':18}{arn}" for arn in arns)
    elif known["in_reference"]:
        yield f"{'':18}takes only the resource *"
    if known["condition_keys"]:
        yield _wrapped("conditions", ", ".join(known["condition_keys"]))
    if known["verbs"]:
        yield _wrapped("granted by", ", ".join(f"grants.{name}" for name in known["verbs"]))
    elif known["not_granted"]:
        yield _wrapped("no grant", f"it {known['not_granted']}")
    if known["dependent_actions"]:
        yield _wrapped("needs as well", ", ".join(known["dependent_actions"]))
    if len(known["authorises"]) > 1:
        yield _wrapped("authorises", ", ".join(known["authorises"]))


def _wrapped(label: str, text: str) -> str:
    indent = "" if not label and not text.startswith("grants") else f"  {label:<16}"
    rest = " " * 18 if indent else ""
    return textwrap.fill(
        text,
        110,
        initial_indent=indent,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
