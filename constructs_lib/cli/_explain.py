"""``bedrock-planes explain``: what an error means, and the one change that repairs it."""

from __future__ import annotations

import json
import sys
import textwrap
from typing import TYPE_CHECKING, Any

from constructs_lib.cli._files import CallError, complain, read_stdin, read_text, say, text_of
from constructs_lib.explain import KINDS, explain, mask
from constructs_lib.inert import one_line

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

__all__ = ["configure", "run"]

_EPILOG = """\
examples:
  bedrock-planes explain "AttributeError: 'Bedrock' object has no attribute 'converse'"
  aws bedrock-runtime converse --model-id ... 2>&1 | bedrock-planes explain -
  bedrock-planes explain - --in cdk.out <error.txt
  bedrock-planes explain --file event.json --in account.json --mask --format json

exit status: 0 explained, 1 the cause is not known, 2 the call was wrong
"""
_LABELS = ("plane", "client", "operation", "action", "resource", "region", "principal")
_WIDTH = 110


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``explain``."""
    parser.description = (
        "Explain an error of Amazon Bedrock as people have it: of boto3, the AWS CLI, the SDKs for "
        "JavaScript, "
        "Java and Go, a CloudTrail or CloudFormation event, a log line. It names the plane, permission, "
        "ARN and "
        "Region behind it and the one change that repairs it. Nothing is sent anywhere."
    )
    kinds = textwrap.fill(f"kinds of cause: {', '.join(KINDS)}", 100, break_on_hyphens=False)
    parser.epilog = f"{_EPILOG}\n{kinds}\n"
    parser.add_argument(
        "text",
        metavar="TEXT",
        nargs="*",
        help="the error's text; - (or nothing, in a pipe) is standard input",
    )
    parser.add_argument("--file", metavar="FILE", help="read the error from a file")
    parser.add_argument(
        "--in",
        dest="paths",
        metavar="PATH",
        action="append",
        default=[],
        help="where the caller's policies are: a cdk.out folder, a template, a policy or an account "
        "export; the "
        "statement that comes nearest is named (repeatable)",
    )
    parser.add_argument("--mask", action="store_true", help="replace account numbers in the answer by zeros")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")


def run(args: argparse.Namespace) -> int:
    """Explain and print; return the exit status."""
    try:
        text = _text(args)
    except CallError as error:
        complain("explain", str(error))
        return 2
    document = explain(text, args.paths).document()
    if args.mask:
        document = mask(document)
    if args.format == "json":
        say([json.dumps(document, indent=2, ensure_ascii=False) + "\n"], form="json")
    else:
        say(["\n".join(_lines(document)) + "\n"])
    return 1 if document["kind"] == "unknown" else 0


def _text(args: argparse.Namespace) -> str:
    """Return the error's text from where the call says it is.

    Raises:
        CallError: There is none, or it can't be read.

    """
    if args.file is not None and args.text:
        message = "give the error as TEXT or by --file, not both"
        raise CallError(message)
    if args.file is not None:
        text = read_text(args.file)
    elif args.text and args.text != ["-"]:
        text = " ".join(args.text)
    elif args.text == ["-"] or not sys.stdin.isatty():
        text = text_of(read_stdin(), "standard input")
    else:
        text = ""
    if not text.strip():
        message = "there is no error to explain; pass its text, --file FILE, or - for standard input"
        raise CallError(message)
    return text


def _lines(document: dict[str, Any]) -> Iterator[str]:
    yield _wrapped(f"{document['kind']}: {document['cause']}", "")
    for label in _LABELS:
        if document[label]:
            yield f"  {label:<10}{one_line(str(document[label]), '?')}"
    if document["message"]:
        yield _wrapped(f"AWS says: {document['message']}", "  ")
    remedy = document["remedy"]
    if remedy["text"]:
        yield ""
        yield _wrapped(remedy["text"], "")
    if remedy["code"]:
        yield f"  {one_line(remedy['code'], '?')}"
    if remedy["grant"]:
        yield f"  {one_line(remedy['grant'], '?')}"
    if remedy["statement"]:
        yield textwrap.indent(json.dumps(remedy["statement"], indent=2), "  ")
    if nearest := document["nearest"]:
        at = nearest["location"]
        line = f":{at['line']}" if at["line"] else ""
        yield ""
        yield _wrapped(f"nearest: {at['path']}{line} {at['pointer']}: {nearest['why']}", "")
    if document["page"]:
        yield ""
        yield f"  {document['page']}"


def _wrapped(text: str, indent: str) -> str:
    return textwrap.fill(
        one_line(text, "?"),
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
