"""Finding operations and actions from any spelling."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from constructs_lib.catalogue._infrastructure import infrastructure
from constructs_lib.catalogue._lookup import actions, decisions, families, operations, prefixes
from constructs_lib.catalogue._parts import bare, parts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.catalogue._model import Action, Family, Operation

__all__ = ["Found", "client_of", "find", "suggest"]

# What the SDKs hang on an operation's name: ConverseCommand, ConverseCommandInput, ConverseRequest, ...
_ENDINGS = ("command", "commandinput", "commandoutput", "request", "response", "input", "output", "async")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Found:
    """What a text names.

    ``actions`` are the IAM actions of that very name, ``operations`` the operations of that name; of these,
    when the text names an IAM prefix or a client, those that belong to it. ``as_action`` says that the text
    is written as an IAM action (``prefix:Name``). ``misplaced`` is the client or prefix in the text when it
    does not have that name (the answers are then those of other clients), or is no prefix of IAM's but stands
    where one should. ``close`` has up to three names when nothing was found.
    """

    text: str
    actions: tuple[Action, ...]
    operations: tuple[Operation, ...]
    as_action: bool
    misplaced: str | None
    close: tuple[str, ...]


def find(text: str, *, suggesting: bool = True) -> Found:
    """Return what ``text`` names, however it is spelled.

    Understood are ``converse``, ``bedrock:Converse``, ``aws bedrock-runtime converse-stream --region ...``,
    ``client.invoke_model(modelId=...)``, ``boto3.client("bedrock-runtime").converse()``,
    ``bedrock-runtime.Converse``, ``new ConverseCommand(input)``, ``ConverseRequest``,
    ``BedrockRuntimeClient.converse``, ``AWS::Bedrock::Guardrail``, ``aws_bedrock_guardrail``,
    ``CfnGuardrail`` and the like, in any letter case, with or without quotes; the first 1,000 characters
    count. ``suggesting`` fills ``close``.
    """
    qualifier, name, as_action = parts(text)
    if _is_foreign(qualifier, as_action):
        return Found(text, (), (), as_action, None, ())
    if built := _operations_by_resource().get(bare(text).lower()):
        return Found(text, (), built, False, None, ())
    named, same = _first(_operations_by_key(), name), _first(_actions_by_key(), name)
    if name[:1].isupper() and name.endswith("Command") and not as_action:
        # InvokeAgentRuntimeCommand is an operation and JavaScript's class for InvokeAgentRuntime as well.
        meant = _key(name.removesuffix("Command"))
        named = tuple(dict.fromkeys((*named, *_operations_by_key().get(meant, ()))))
        same = tuple(dict.fromkeys((*same, *_actions_by_key().get(meant, ()))))
    services = _services(qualifier) if as_action else frozenset()
    own = tuple(o for o in named if _belongs(o, qualifier, as_action))
    own_actions = tuple(a for a in same if a.name.partition(":")[0] in services)
    misplaced = None
    if (named or same) and _qualifier_key(qualifier) in _known_qualifiers():
        fits = own or own_actions
        misplaced = None if fits and not (as_action and qualifier not in prefixes()) else qualifier
    if own or own_actions:
        named, same = own or tuple(o for o in named if families()[o.family].prefix in services), own_actions
    close = () if named or same or not suggesting else suggest(text)
    return Found(text, same, named, as_action, misplaced, close)


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
    """Return what stands under the name, or under the name without what an SDK hangs on it."""
    key = _key(name)
    keys = [key, *(key.removesuffix(ending) for ending in _ENDINGS if key.endswith(ending))]
    return next((table[k] for k in keys if k in table), ())


@cache
def _operations_by_resource() -> Mapping[str, tuple[Operation, ...]]:
    """Return the writing operations by CloudFormation type, Terraform resource and L1 class, lower case."""
    table: dict[str, list[Operation]] = {}
    for operation in operations():
        built = infrastructure(operation)
        names = {built.cloudformation, built.terraform}
        names.add(built.cloudformation and f"Cfn{built.cloudformation.rpartition(':')[2]}")
        for name in names - {None}:
            table.setdefault(str(name).lower(), []).append(operation)
    return {name: tuple(found) for name, found in table.items()}


def _belongs(operation: Operation, qualifier: str, as_action: bool) -> bool:
    """Tell whether the client's name or class, or the IAM prefix, in the text fits the operation."""
    if as_action and qualifier in prefixes():
        return qualifier == families()[operation.family].prefix
    return _qualifier_key(qualifier) == _key(operation.client)


def _services(qualifier: str) -> frozenset[str]:
    """Return the IAM prefix that a prefix or a family's name stands for, if it is one."""
    if qualifier in prefixes():
        return frozenset((qualifier,))
    return frozenset((families()[qualifier].prefix,)) if qualifier in families() else frozenset()


def _is_foreign(qualifier: str, as_action: bool) -> bool:
    """Tell whether a text written as an IAM action is of another service, not a misspelt Bedrock prefix."""
    if not as_action or not qualifier or _qualifier_key(qualifier) in _known_qualifiers():
        return False
    import difflib  # noqa: PLC0415  # costs 3 ms that only an unknown prefix needs to pay

    known = (*prefixes(), *families())
    return not difflib.get_close_matches(qualifier, known, 1, 0.7)


def _qualifier_key(qualifier: str) -> str:
    return re.sub(r"(async)?client$", "", _key(qualifier))


def client_of(text: str) -> Family | None:
    """Return the family whose name or client class is all that ``text`` says, else ``None``."""
    qualifier, name, _ = parts(text)
    key = _qualifier_key(name or qualifier).removeprefix("client")
    return next((f for f in families().values() if key in (_key(f.name), _key(f.service_id or f.name))), None)


@cache
def _known_qualifiers() -> frozenset[str]:
    return frozenset(_key(name) for name in (*prefixes(), *families()))


def suggest(text: str, count: int = 3) -> tuple[str, ...]:
    """Return the names that ``text`` probably means, the likeliest first: what to write instead.

    For an operation without an action of its own these are the actions that authorise it
    (``bedrock:Converse`` -> ``bedrock:InvokeModel``), for a client's name as prefix the action with the IAM
    prefix (``bedrock-runtime:InvokeModel`` -> ``bedrock:InvokeModel``), else names that look alike. An
    action of another service means none of Bedrock's.
    """
    qualifier, name, as_action = parts(text)
    if _is_foreign(qualifier, as_action):
        return ()
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
    # A part of a name (`tag`, `oauth2`) is unlike the whole by its length.
    holding = sorted((key for key in known if len(wanted) > 2 and wanted in key), key=len)
    return tuple(known[key] for key in dict.fromkeys((*near, *holding)))[:count]
