"""Decode the bytes of a file to JSON values: JSON with the C decoder, YAML with libyaml's events.

Nothing here recurses in Python, so a stated limit bounds the nesting and not the interpreter's stack. A file
is refused as a whole when it isn't text, is neither JSON nor YAML, is too large or is nested too deeply. A
key that appears twice in one object is reported, and the last one is read, as most parsers do.
"""

from __future__ import annotations

import codecs
import json
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, Literal

from constructs_lib.iam import UNRESOLVED
from constructs_lib.templates.dynamic_references import close_references
from constructs_lib.templates.faults import MAX_BYTES, MAX_YAML_CHARACTERS, UnreadableError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Decoded", "decode", "first_duplicate", "json_value", "to_text"]

Format = Literal["json", "yaml"]
_JSON_START: Final = re.compile(r'\s*(\{\s*"|\[)')
_LONG_NUMBER: Final = re.compile(r"\d{1000}")
_TAG: Final = re.compile(r"[:,\[]\s*![A-Z]")
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]')
_DYNAMIC_REFERENCE: Final = re.compile(r'\{\{resolve:[^{}"\n]*\}\}')
_ESCAPED: Final = re.compile(r"\\[ux]0*7|resolve:[^{}\"]*\n")
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A decoded file.

    ``fault`` is one line about something wrong in a file that could be read all the same. ``text`` is the
    text of a JSON file, for looking up lines.
    """

    value: Any
    format: Format
    fault: str | None = None
    text: str | None = field(default=None, repr=False)


def to_text(data: bytes, errors: Literal["strict", "replace"] = "strict") -> str:
    """Decode UTF-8, or the encoding that a byte order mark announces (PowerShell's ``>`` writes UTF-16).

    Raises:
        UnreadableError: The bytes are not text, or too many.

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
        text = data.decode(encoding, errors)
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


def json_value(text: str) -> Any:
    """Return the value of a JSON text.

    Raises:
        UnreadableError: It is no JSON, or a key appears twice in one object, so that readers disagree.

    """
    if not text.strip():
        raise UnreadableError("the file is empty", "give a JSON text")
    found = _decode_json(text)
    if found.fault:
        raise UnreadableError(found.fault.partition("; ")[0], "keep one of them")
    return found.value


def decode(text: str, *, yaml_allowed: bool) -> Decoded:
    """Decode a text: as JSON when it begins like JSON, else as YAML where that is allowed.

    A dynamic reference (``{{resolve:ssm:...}}``) becomes an unresolved part of its text: CloudFormation reads
    it at deployment (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html).

    Raises:
        UnreadableError: The text is neither.

    """
    if "resolve:" not in text:
        return _decoded(text, yaml_allowed=yaml_allowed)
    found = _decoded(_DYNAMIC_REFERENCE.sub(UNRESOLVED, text), yaml_allowed=yaml_allowed)  # keeps the lines
    # Escaped braces (`\u007b`) and folded lines are references too, once they are decoded.
    return replace(found, value=close_references(found.value)) if _ESCAPED.search(text) else found


def _decoded(text: str, *, yaml_allowed: bool) -> Decoded:
    start = text.lstrip()[:1]
    if not start:
        raise UnreadableError("the file is empty", "give a template, a policy or an account export")
    if start in "{[":
        try:
            return _decode_json(text)
        except UnreadableError:
            # A YAML flow mapping also begins with a brace; a quoted key means JSON, unless there are tags.
            is_json = _JSON_START.match(text) is not None and _TAG.search(text) is None
            if is_json or not yaml_allowed or len(text) > MAX_YAML_CHARACTERS:
                raise
            return _as_yaml_or_raise(text)
    if not yaml_allowed:
        raise UnreadableError("not JSON", "a JSON file begins with `{`", 1)
    return _decode_yaml(text)


def _as_yaml_or_raise(text: str) -> Decoded:
    """Read flow YAML; raise the JSON decoder's fault when that fails too."""
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
        raise UnreadableError(what, "fix it there", error.lineno) from None
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
    """Return a hook that builds objects and adds the keys that appear twice to ``duplicates``."""

    def build(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(pairs)
        if len(result) != len(pairs):
            seen: set[str] = set()
            duplicates.extend(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]  # add() returns None on purpose
        return result

    return build


def first_duplicate(text: str) -> int | None:
    """Return the line of the first key that appears twice in one object of a valid JSON text."""
    stack: list[set[str] | None] = []
    previous: Any = None
    for token in _TOKEN.finditer(text):
        first = text[token.start()]
        if first == "{":
            stack.append(set())
        elif first == "[":
            stack.append(None)
        elif first in "}]" and stack:
            stack.pop()
        elif first == ":" and previous is not None and stack and (seen := stack[-1]) is not None:
            key = json.loads(previous.group(), strict=False)
            if key in seen:
                return text.count("\n", 0, previous.start()) + 1
            seen.add(key)
        previous = token if first == '"' else None
    return None


def _duplicate(key: str, line: int | None) -> str:
    where = f"line {line}: " if line else ""
    return f"{where}the key `{key[:60]}` appears twice in one object; keep one (the last was reviewed)"


def _decode_yaml(text: str) -> Decoded:
    if len(text) > MAX_YAML_CHARACTERS:
        size = f"{len(text):,} characters of YAML, more than the {MAX_YAML_CHARACTERS:,} that are read"
        raise UnreadableError(size, "split the file or convert it to JSON")
    from constructs_lib.templates.yaml import load  # noqa: PLC0415 - PyYAML only where there is YAML

    value, duplicate = load(text)
    return Decoded(value, "yaml", _duplicate(*duplicate) if duplicate else None)
