"""Finding operations and actions by any spelling that people use for them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from constructs_lib.catalogue._lookup import (
    action,
    actions,
    cloudformation_types,
    decisions,
    families,
    operations,
    operations_of,
    prefixes,
)
from constructs_lib.catalogue._spellings import infrastructure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.catalogue._types import Action, Family, Operation

__all__ = ["Found", "bare", "client_of", "find", "suggest"]

# What the SDKs append to an operation's name: ConverseCommand, ConverseCommandInput, ConverseRequest, ...
_ENDINGS = ("command", "commandinput", "commandoutput", "request", "response", "input", "output", "async")
_LONGEST = 1000
"""Characters of a text that are read: no name is longer, and a huge text must not take long."""

_COLON = re.compile(r"\s*:\s*(?!:)")
_MADE_CLIENT = re.compile(r"""\bclient\(\s*["']([\w-]+)["'][^()]*\)""")
_PAGINATOR = re.compile(r"""\bget_paginator\(\s*["'](\w+)["'].*""", re.DOTALL)
_IMPORT = re.compile(r"""(\w+)[\s}]+(?:of|from)\s+["']@aws-sdk/client-([\w-]+)""")
_CONSTRUCTOR = re.compile(r"\bnew\s+([\w.]+)")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Found:
    """What a text names.

    Attributes:
        text: The text as it was given.
        actions: The IAM actions of that name.
        operations: The operations of that name. When the text also names an IAM prefix or a client that has
            the name, ``actions`` and ``operations`` hold only what belongs to it.
        as_action: Whether the text is written as an IAM action (``prefix:Name``).
        misplaced: The client or prefix in the text when it does not have that name (the answers are then
            those of other clients), or when it is used as an IAM prefix and is none.
        close: Up to three similar names when nothing was found.

    """

    text: str
    actions: tuple[Action, ...]
    operations: tuple[Operation, ...]
    as_action: bool
    misplaced: str | None
    close: tuple[str, ...]


class _Spelled(NamedTuple):
    """A spelling in parts: client or prefix (may be empty), name, and whether a colon joins them."""

    qualifier: str
    name: str
    as_action: bool


# A client that is made and called in one expression: the client, the operation.
_CHAINS = (
    re.compile(r"\bnew (?:\w+\.)?(\w+)\([^()]*\)\.send\(\s*new (?:\w+\.)?(\w+Command)\b"),
    re.compile(r"\bnew (?:\w+\.)?([A-Z]\w+)\([^()]*\)\.(\w+)\("),
    re.compile(
        r"\b([A-Z]\w+Client)\.(?:create\(\)|builder\(\)(?:\.\w+\([^()]*(?:\(\))?\))*?\.build\(\))\.(\w+)\("
    ),
    re.compile(r"\b(\w+)\.New(?:FromConfig)?\([^()]*\)\.([A-Z]\w+)"),
    re.compile(r"\bclient\(\s*(?:service_name\s*=\s*)?[\"']([\w-]+)[\"'][^()]*\)\.(\w+)"),
)


def find(text: str, *, suggesting: bool = True) -> Found:
    """Return what ``text`` names, however it is spelled.

    Understood are ``converse``, ``bedrock:Converse``, ``aws bedrock-runtime converse-stream --region ...``,
    ``client.invoke_model(modelId=...)``, ``boto3.client("bedrock-runtime").converse()``,
    ``bedrock-runtime.Converse``, ``new ConverseCommand(input)``, ``ConverseRequest``,
    ``BedrockRuntimeClient.converse``, ``new BedrockRuntimeClient({}).send(new ConverseCommand({}))``,
    ``bedrockruntime.NewFromConfig(cfg).Converse(ctx, in)``, ``AWS::Bedrock::Guardrail``,
    ``aws_bedrock_guardrail``, ``bedrock.CfnGuardrail(self, "G")`` and the like, in any letter case, with or
    without quotes.

    Args:
        text: The spelling; its first 1,000 characters are read.
        suggesting: Whether to look for similar names when nothing is found.

    """
    resource = _resource(bare(text))
    if built := _operations_by_resource().get(resource):
        return Found(text, (), built, False, None, ())
    if maker := _actions_by_type().get(resource):
        return Found(text, (maker,), (), False, None, ())
    spelled = _split(text)
    if _is_foreign(spelled):
        return Found(text, (), (), spelled.as_action, None, ())
    named, same = _of_that_name(spelled)
    services = _services(spelled.qualifier) if spelled.as_action else frozenset()
    own = tuple(o for o in named if _belongs(o, spelled))
    own_actions = tuple(a for a in same if a.name.partition(":")[0] in services)
    fits = bool(own or own_actions)
    misplaced = spelled.qualifier if (named or same) and _is_misplaced(spelled, fits) else None
    if fits:
        named, same = own or tuple(o for o in named if families()[o.family].prefix in services), own_actions
    close = () if named or same or not suggesting else suggest(text)
    return Found(text, same, named, spelled.as_action, misplaced, close)


def _of_that_name(spelled: _Spelled) -> tuple[tuple[Operation, ...], tuple[Action, ...]]:
    """Return the operations and the actions of that name, of whichever client or prefix."""
    name = spelled.name
    named, same = _first(_operations_by_key(), name), _first(_actions_by_key(), name)
    if name[:1].isupper() and name.endswith("Command") and not spelled.as_action:
        # InvokeAgentRuntimeCommand is an operation and JavaScript's class for InvokeAgentRuntime as well.
        meant = _key(name.removesuffix("Command"))
        named = tuple(dict.fromkeys((*named, *_operations_by_key().get(meant, ()))))
        same = tuple(dict.fromkeys((*same, *_actions_by_key().get(meant, ()))))
    return named, same


def _is_misplaced(spelled: _Spelled, fits: bool) -> bool:
    """Whether the qualifier is one of Bedrock's, but not of that name, or written as a prefix and none."""
    if _qualifier_key(spelled.qualifier) not in _known_qualifiers():
        return False
    return not fits or (spelled.as_action and spelled.qualifier not in prefixes())


# -------------------------------------------------------------------------------- splitting what people type


def bare(text: str) -> str:
    """Return ``text`` without what is often copied along: quotes, commas, a shell prompt, white space."""
    return text[:_LONGEST].strip(" \t\r\n\"'`,;$")


_L1 = re.compile(r"(?:.*=\s*)?(?:new )?(?:([\w.]+)\.)?(?:New)?(Cfn[A-Z]\w+)(?:[.#]\w+)*(?:\(.*)?", re.DOTALL)
"""An L1 class of the CDK in any of its languages, perhaps with its module, and how it is made."""
_BLOCK = re.compile(
    r"""["']?Type["']?\s*[:=]\s*["']?([\w:]+)|(?:resource|data)\s*["'](\w+)["'].*""", re.DOTALL
)
"""The type's line of a CloudFormation template, or the head of a Terraform block."""


def _resource(text: str) -> str:
    """Return the type, the Terraform resource or the L1 class that a text names, in lower case.

    A class keeps its module's name, since other services have classes of the same name.
    """
    if block := _BLOCK.fullmatch(text):
        return str(block[1] or block[2]).lower()
    made = _L1.fullmatch(text)
    if made is None:
        return text.lower()
    module = (made[1] or "").lower().rpartition(".")[2].removeprefix("aws").removeprefix("_")
    return f"{module}.{made[2]}".lower().removeprefix(".")


def _split(text: str) -> _Spelled:
    """Split a spelling into its parts."""
    text = bare(text)
    if imported := _IMPORT.search(text):
        return _Spelled(imported[2], imported[1], False)
    for chain in _CHAINS:
        if made := chain.search(text):
            return _Spelled(made[1], made[2], False)
    if made := _CONSTRUCTOR.search(text):
        text = made[1]
    text = _PAGINATOR.sub(r"\1", _MADE_CLIENT.sub(r"\1", text)).partition("(")[0]
    words = _COLON.sub(":", text).split()
    if len(words) > 1:
        return _Spelled(*_command(words), False)
    text = words[0] if words else ""
    prefix, colon, name = text.partition(":")
    if colon and not name.startswith(":"):
        return _Spelled(prefix.lower(), name, True)
    before, _, name = re.sub(r"::|#|->|/", ".", text).rpartition(".")
    return _Spelled(before.rpartition(".")[2], name, False)


def _command(words: list[str]) -> tuple[str, str]:
    """Return the service and the operation of a CLI command, skipping options between them.

    Words with no client among them (``invoke model``) are one name written with spaces.
    """
    clients = {family.client for family in families().values()}
    at = next((i for i, word in enumerate(words) if word.lower() in clients), None)
    if at is None:
        return ("aws", "") if words[0].lower() == "aws" else ("", "".join(words))
    verbs = [word for word in words[at + 1 :] if not word.startswith("-")]
    return words[at].lower(), verbs[0] if verbs else ""


# ----------------------------------------------------------------------------------- names and qualifiers


def _key(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


@cache
def _operations_by_key() -> Mapping[str, tuple[Operation, ...]]:
    table: dict[str, list[Operation]] = {}
    for operation in operations():
        table.setdefault(_key(operation.name), []).append(operation)
    return {key: tuple(found) for key, found in table.items()}


@cache
def _actions_by_key() -> Mapping[str, tuple[Action, ...]]:
    table: dict[str, list[Action]] = {}
    for known in actions().values():
        table.setdefault(_key(known.name.partition(":")[2]), []).append(known)
    return {key: tuple(found) for key, found in table.items()}


def _first(table: Mapping[str, tuple[_T, ...]], name: str) -> tuple[_T, ...]:
    """Return the entry of the name, or of the name without what an SDK appends to it."""
    key = _key(name)
    keys = [key, *(key.removesuffix(ending) for ending in _ENDINGS if key.endswith(ending))]
    return next((table[k] for k in keys if k in table), ())


@cache
def _operations_by_resource() -> Mapping[str, tuple[Operation, ...]]:
    """Return the writing operations by CloudFormation type, Terraform resource and L1 class, lower case."""
    table: dict[str, list[Operation]] = {}
    for operation in operations():
        built = infrastructure(operation)
        for name in {*_spellings(built.cloudformation or ""), built.terraform or ""} - {""}:
            table.setdefault(name.lower(), []).append(operation)
    for name, maker in cloudformation_types().items():
        for spelled in _spellings(name):
            table.setdefault(spelled, list(operations_of(maker)))
    return {name: tuple(found) for name, found in table.items() if found}


@cache
def _actions_by_type() -> Mapping[str, Action]:
    """Return the action that makes each CloudFormation type that no client makes, by lower-case name."""
    makers = {name: action(maker) for name, maker in cloudformation_types().items()}
    alone = {name: maker for name, maker in makers.items() if maker and not operations_of(maker.name)}
    return {spelled: maker for name, maker in alone.items() for spelled in _spellings(name)}


def _spellings(type_name: str) -> set[str]:
    """Return a CloudFormation type and its L1 class with and without the module, in lower case."""
    _, _, rest = type_name.lower().partition("::")
    service, _, name = rest.partition("::")
    return {type_name.lower(), f"cfn{name}", f"{service}.cfn{name}"} if name else set()


def _belongs(operation: Operation, spelled: _Spelled) -> bool:
    """Whether the client's name or class, or the IAM prefix, in the text is the operation's."""
    if spelled.as_action and spelled.qualifier in prefixes():
        return spelled.qualifier == families()[operation.family].prefix
    return _qualifier_key(spelled.qualifier) == _key(operation.client)


def _services(qualifier: str) -> frozenset[str]:
    """Return the IAM prefix that ``qualifier`` is or whose family it names, or nothing."""
    if qualifier in prefixes():
        return frozenset((qualifier,))
    return frozenset((families()[qualifier].prefix,)) if qualifier in families() else frozenset()


def _is_foreign(spelled: _Spelled) -> bool:
    """Whether a text written as an IAM action names another service, not a misspelt Bedrock prefix."""
    qualifier = spelled.qualifier
    if not spelled.as_action or not qualifier or _qualifier_key(qualifier) in _known_qualifiers():
        return False
    import difflib  # noqa: PLC0415  # costs 3 ms that only an unknown prefix needs to pay

    known = (*prefixes(), *families())
    return not difflib.get_close_matches(qualifier, known, 1, 0.7)


def _qualifier_key(qualifier: str) -> str:
    return re.sub(r"(async)?client$", "", _key(qualifier))


def client_of(text: str) -> Family | None:
    """Return the family when ``text`` is nothing but its name or its client's class, else ``None``."""
    qualifier, name, _ = _split(text)
    key = _qualifier_key(name or qualifier).removeprefix("client")
    return next((f for f in families().values() if key in (_key(f.name), _key(f.service_id or f.name))), None)


@cache
def _known_qualifiers() -> frozenset[str]:
    return frozenset(_key(name) for name in (*prefixes(), *families()))


def suggest(text: str, count: int = 3) -> tuple[str, ...]:
    """Return the names to write instead of ``text``, the likeliest first.

    For an operation without an action of its own these are the actions that authorise it
    (``bedrock:Converse`` -> ``bedrock:InvokeModel``), for a client's name as prefix the action with the IAM
    prefix (``bedrock-runtime:InvokeModel`` -> ``bedrock:InvokeModel``), else names that look alike. For an
    action of another service there are none.

    Args:
        text: What somebody wrote, in any spelling.
        count: The most names to return.

    """
    spelled = _split(text)
    if _is_foreign(spelled):
        return ()
    qualifier, name, as_action = spelled
    if as_action:
        known = find(text, suggesting=False)
        if known.actions or known.operations:
            meant = [a.name for a in known.actions] or [a for o in known.operations for a in o.actions]
            return tuple(dict.fromkeys(meant))[:count]
        for decision in decisions():
            if decision.kind == "meant" and decision.subject.lower() == f"{qualifier}:{name}".lower():
                return tuple(decision.value.split())[:count]
    return _look_alikes(qualifier if as_action else "", name, count)


def _look_alikes(prefix: str, name: str, count: int) -> tuple[str, ...]:
    import difflib  # noqa: PLC0415  # costs 3 ms that only a misspelling needs to pay

    known: dict[str, str] = {}
    for full in actions():
        service, _, short = full.partition(":")
        if prefix not in prefixes() or service == prefix:
            known.setdefault(_key(short), full)
    if not prefix:
        known |= {key: found[0].name for key, found in _operations_by_key().items()}
    wanted = _key(name)
    near = difflib.get_close_matches(wanted, known, n=count, cutoff=0.5)
    # A part of a name (`tag`, `oauth2`) is too short to look like the whole.
    holding = sorted((key for key in known if len(wanted) > 2 and wanted in key), key=len)
    return tuple(known[key] for key in dict.fromkeys((*near, *holding)))[:count]
