"""Bytes to values: JSON through the C decoder, YAML through libyaml's events, faults as one line each.

Nothing here recurses in Python, so that nesting is bounded by a stated limit and not by the interpreter's
stack. A file is refused whole when it isn't text, isn't JSON or YAML, is too large or too deep; a key that
stands twice in one object is reported and the last one is read, as most parsers do.
"""

from __future__ import annotations

import codecs
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from constructs_lib.iam import UNRESOLVED
from constructs_lib.templates.positions import first_duplicate
from constructs_lib.templates.scope import one_line

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_YAML_BYTES",
    "Decoded",
    "UnreadableError",
    "decode",
    "line_of_fault",
    "to_text",
]

MAX_BYTES: Final = 32 * 1024 * 1024
"""Larger files are refused: CloudFormation takes templates up to 1 MB, and exports can be split."""
MAX_YAML_BYTES: Final = 8 * 1024 * 1024
MAX_DEPTH: Final = 200
"""Levels of nesting in YAML; the JSON decoder has a limit of its own (about 1,000)."""

Format = Literal["json", "yaml"]
_JSON_START: Final = re.compile(r'\s*(\{\s*"|\[)')
_LONG_NUMBER: Final = re.compile(r"\d{1000}")
_TAG: Final = re.compile(r"[:,\[]\s*![A-Z]")
_REFERENCE: Final = re.compile(r'\{\{resolve:[^{}"\n]*\}\}')
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class UnreadableError(ValueError):
    """Bytes that can't be read. ``str()`` is one line: where, what and the remedy."""

    def __init__(self, what: str, remedy: str, line: int | None = None) -> None:
        super().__init__(f"{f'line {line}: ' if line else ''}{what}; {remedy}")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A decoded file: ``fault`` is a line about something that was read all the same.

    ``text`` is the text of a template in JSON, for whoever looks up lines.
    """

    value: Any
    format: Format
    fault: str | None = None
    text: str | None = field(default=None, repr=False)


def to_text(data: bytes) -> str:
    """Decode UTF-8, or what a byte order mark announces (PowerShell's ``>`` writes UTF-16).

    Raises:
        UnreadableError: when the bytes are no text or too many.

    """
    if len(data) > MAX_BYTES:
        size = f"{len(data):,} bytes, more than the {MAX_BYTES:,} that are read"
        raise UnreadableError(size, "split the file, or review the stacks one by one")
    encoding = "utf-8"
    for mark, name in _BOMS:
        if data.startswith(mark):
            data, encoding = data[len(mark) :], name
            break
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = f"byte {error.start} is not valid {encoding.upper()}"
        raise UnreadableError(what, "save the file as UTF-8", line) from None
    if (zero := text.find("\0")) >= 0:
        remedy = "give a text file in UTF-8"
        raise UnreadableError(
            "a NUL byte: the file is binary or damaged", remedy, text.count("\n", 0, zero) + 1
        )
    return text


def decode(text: str, *, yaml_allowed: bool) -> Decoded:
    """Decode a text: JSON when it begins like JSON, else YAML where that is allowed.

    A dynamic reference (``{{resolve:ssm:...}}``) is an open part of its text: CloudFormation reads it at
    deployment (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html).

    Raises:
        UnreadableError: when it is neither.

    """
    if "{{resolve:" in text:
        text = _REFERENCE.sub(UNRESOLVED, text)  # no line changes its number
    start = text.lstrip()[:1]
    if not start:
        raise UnreadableError("the file is empty", "give a template, a policy or an account export")
    if start in "{[":
        try:
            return _decode_json(text)
        except UnreadableError:
            # A YAML flow mapping also begins with a brace; a quoted key means JSON, unless there are tags.
            is_json = _JSON_START.match(text) is not None and _TAG.search(text) is None
            if is_json or not yaml_allowed or len(text) > MAX_YAML_BYTES:
                raise
            return _as_yaml_or_raise(text)
    if not yaml_allowed:
        raise UnreadableError("not JSON", "a JSON file begins with `{`", 1)
    return _decode_yaml(text)


def _as_yaml_or_raise(text: str) -> Decoded:
    """Read flow YAML, with the JSON decoder's fault when that fails too: it was meant as JSON."""
    try:
        return _decode_yaml(text)
    except UnreadableError:  # neither; it was meant as JSON, whose fault says more
        return _decode_json(text)


def _decode_json(text: str) -> Decoded:
    duplicates: list[str] = []
    try:
        value = json.loads(text, object_pairs_hook=_pairs_hook(duplicates))
    except json.JSONDecodeError as error:
        what = f"not JSON: {error.msg[:1].lower()}{error.msg[1:]} in column {error.colno}"
        raise UnreadableError(what, "mend it there", error.lineno) from None
    except RecursionError:
        raise UnreadableError("nested too deeply", "flatten the document") from None
    except ValueError:  # the interpreter's limit on digits is the one other refusal
        found = _LONG_NUMBER.search(text)
        line = text.count("\n", 0, found.start()) + 1 if found else None
        raise UnreadableError("a number with thousands of digits", "write it as a text", line) from None
    if not duplicates:
        return Decoded(value, "json", text=text)
    return Decoded(value, "json", _duplicate(duplicates[0], first_duplicate(text)))


def _pairs_hook(duplicates: list[str]) -> Callable[[list[tuple[str, Any]]], dict[str, Any]]:
    """Build objects and note keys that stand twice."""

    def build(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(pairs)
        if len(result) != len(pairs):
            seen: set[str] = set()
            duplicates.extend(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]  # add() returns None on purpose
        return result

    return build


def _duplicate(key: str, line: int | None) -> str:
    where = f"line {line}: " if line else ""
    return f"{where}the key `{key[:60]}` stands twice in one object; keep one (the last was reviewed)"


def _decode_yaml(text: str) -> Decoded:
    if len(text) > MAX_YAML_BYTES:
        size = f"{len(text):,} characters of YAML, more than the {MAX_YAML_BYTES:,} that are read"
        raise UnreadableError(size, "split the file or convert it to JSON")
    from constructs_lib.templates.yaml_events import load  # noqa: PLC0415 - PyYAML only where there is YAML

    value, duplicate = load(text)
    return Decoded(value, "yaml", _duplicate(*duplicate) if duplicate else None)


def line_of_fault(error: Exception) -> str:
    """Return an error as one line for people."""
    if isinstance(error, FileNotFoundError):
        return "no such file; check the path"
    if isinstance(error, PermissionError):
        return "not readable; give read permission"
    if isinstance(error, OSError):
        return f"not readable ({error.strerror or error}); check the path"
    return one_line(str(error))
