"""Read policy documents that are files of their own, bare or as the AWS command line prints them."""

from __future__ import annotations

import json
import re
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from constructs_lib.iam import (
    UNRESOLVED,
    DocumentError,
    Origin,
    Policy,
    Statement,
    parse_document,
    parse_statement,
)
from constructs_lib.templates.faults import one_line
from constructs_lib.templates.model import Principal
from constructs_lib.templates.positions import STDIN
from constructs_lib.templates.scope import mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["document_in", "is_answer", "is_policy", "read_policy"]


# Where the commands of the AWS CLI print a policy.
_ANSWERS: Final = (
    # https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html, and for users and groups
    ("PolicyDocument",),
    # https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicyVersion.html
    ("PolicyVersion", "Document"),
    # https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html
    ("Role", "AssumeRolePolicyDocument"),
    # https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribePolicy.html
    ("Policy", "Content"),
    # https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_GetInlinePolicyForPermissionSet.html
    ("InlinePolicy",),
)


def _body(value: Any) -> tuple[Any, str] | None:
    """Return the document and its pointer, bare or inside the output of a command.

    The commands are in ``_ANSWERS``.
    """
    if not isinstance(value, dict):
        return None
    keys = {key.lower(): key for key in value if isinstance(key, str)}
    if "statement" in keys:
        return value, ""
    for *outer, last in _ANSWERS:
        holder = value
        for key in outer:
            holder = mapping(holder.get(key))
        document = holder.get(last)
        if document and isinstance(document, str | dict):
            return document, "/" + "/".join((*outer, last))
    return None


def is_answer(value: object) -> bool:
    """Whether a decoded value is a policy inside the output of a command of the AWS CLI."""
    body = _body(value)
    return body is not None and bool(body[1])


def document_in(text: str) -> tuple[str, str]:
    """Return the policy document inside the output of a command of the AWS CLI, and its pointer.

    Any other text is returned as it is, for the parser to judge.
    """
    try:
        body = _body(json.loads(text))
    except (ValueError, RecursionError):  # the parser of policies says what is wrong
        body = None
    if body is None or not body[1]:
        return text, ""
    document, pointer = body
    return document if isinstance(document, str) else json.dumps(document), pointer


def _is_statement(value: Any) -> bool:
    keys = {key.lower() for key in value if isinstance(key, str)} if isinstance(value, dict) else set()
    return "effect" in keys and ("action" in keys or "notaction" in keys)


def _bare_statements(value: Any) -> list[tuple[Any, str]]:
    """Return the statements of a value that is a statement or a list of them, with pointers."""
    if _is_statement(value):
        return [(value, "")]
    if isinstance(value, list) and value and all(map(_is_statement, value)):
        return [(item, f"/{index}") for index, item in enumerate(value)]
    return []


def is_policy(value: object) -> bool:
    """Whether a decoded value is a policy document, a statement, or a list of statements."""
    return _body(value) is not None or bool(_bare_statements(value))


def read_policy(value: Any, path: str) -> tuple[Principal, tuple[str, str] | None]:
    """Return the one principal of a policy document, and pointer and fault of its first invalid statement."""
    body, base = _body(value) or (None, "")
    if isinstance(body, str) and body.lstrip()[:1] == "%":
        body = unquote(body)
    faults: list[tuple[str, str]] = []
    bare = _bare_statements(value) if body is None else None
    statements = tuple(_statements(body, base, path, faults) if bare is None else _parsed(bare, path, faults))
    policy = Policy("policy", statements, Origin(path, base))
    is_trust = bool(statements) and all(_is_trust(item) for item in statements)
    principal = Principal(
        id=f"{path}#policy",
        name=_name(path),
        type="policy",
        arn=UNRESOLVED,
        origin=Origin(path, base),
        policies=() if is_trust else (policy,),
        trust=policy if is_trust else None,
    )
    return principal, (faults[0] if faults else None)


# `chat.prod.json` and `chat.dev.json` are two policies, `chat.policy.json` is one.
_ENDINGS: Final = re.compile(r"(?<=.)(\.(json|ya?ml|policy|template|txt))+\Z", re.IGNORECASE)


def _name(path: str) -> str:
    """Return the name of the one principal of a file: the file's, without the endings that say its format."""
    if path == STDIN:
        return "policy"
    name = PurePath(path).name
    return _ENDINGS.sub("", name) or name


def _is_trust(statement: Statement) -> bool:
    """Whether a statement belongs to a trust policy: it names principals that may assume the role."""
    named = statement.principals is not None or statement.not_principals is not None
    actions = statement.actions or ()
    return named and bool(actions) and all(text.lower().startswith("sts:") for text in actions)


def _statements(body: Any, base: str, path: str, faults: list[tuple[str, str]]) -> Iterator[Statement]:
    """Yield the valid statements, and add the fault of each other one to ``faults``."""
    key = next((key for key in body if key.lower() == "statement"), None) if isinstance(body, dict) else None
    node = body[key] if key is not None else None
    if not isinstance(node, list):
        try:
            yield from parse_document(body, name="policy", path=path, pointer=base).statements
        except DocumentError as error:
            faults.append((error.pointer, one_line(f"{error.what}; {error.remedy}")))
        return
    yield from _parsed([(item, f"{base}/{key}/{index}") for index, item in enumerate(node)], path, faults)


def _parsed(items: list[tuple[Any, str]], path: str, faults: list[tuple[str, str]]) -> Iterator[Statement]:
    for item, pointer in items:
        # One bad statement must not hide the others.
        try:
            yield parse_statement(item, path=path, pointer=pointer)
        except DocumentError as error:
            faults.append((error.pointer, one_line(f"{error.what}; {error.remedy}")))
