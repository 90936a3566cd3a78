"""What the catalogue knows of a name, as plain values: the answer of ``bedrock-planes which``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.catalogue._expand import expand
from constructs_lib.catalogue._lookup import (
    action,
    actions,
    client_names,
    decisions,
    operations,
    operations_of,
    resource_types,
)
from constructs_lib.catalogue._model import Plane
from constructs_lib.catalogue._spelling import find, spellings

if TYPE_CHECKING:
    from constructs_lib.catalogue._model import Action, Operation
    from constructs_lib.catalogue._spelling import Found

__all__ = ["answer"]


def answer(text: str) -> dict[str, Any]:
    """Return what ``text`` names, in JSON's types.

    ``notes`` say what is wrong with the text as written; ``entries`` hold one operation or action each;
    ``matches`` the actions of a pattern; ``close`` up to three names when nothing was found.
    """
    if ":" in text and ("*" in text or "?" in text) and " " not in text.strip():
        return _pattern(text.strip())
    found = find(text)
    authorising = {name for operation in found.operations for name in operation.actions}
    entries = [_operation(operation) for operation in found.operations]
    entries += [_lone_action(known) for known in found.actions if known.name not in authorising]
    return {"query": text, "notes": _notes(found), "entries": entries, "close": list(found.close)}


def _pattern(text: str) -> dict[str, Any]:
    matches = [{"name": name, "plane": str(actions()[name].plane)} for name in expand(text)]
    planes = {match["plane"] for match in matches}
    notes = [f"the pattern `{text}` matches no action"] if not matches else []
    if len(planes) > 1:
        notes.append(f"the pattern `{text}` reaches both planes")
    return {"query": text, "notes": notes, "entries": [], "matches": matches, "close": []}


def _notes(found: Found) -> list[str]:
    text = found.text.strip()
    notes = []
    if found.as_action and action(text) is None:
        notes.append(_nonexistent(found, text))
    elif found.misplaced and found.operations:
        clients = " and ".join(sorted({f"`{o.client}`" for o in found.operations}))
        notes.append(f"the client `{found.misplaced}` has no `{found.operations[0].name}`; {clients} has it")
    return notes


def _nonexistent(found: Found, text: str) -> str:
    if found.misplaced in client_names():
        why = f"`{found.misplaced}` is a client's name, not an IAM prefix"
    else:
        why = f"`{text}` does not exist in IAM"
    meant = dict.fromkeys(a.name for a in found.actions)
    if meant:
        return f"{why}; the action is {_listed(meant)}"
    if found.operations:
        needed = dict.fromkeys(name for operation in found.operations for name in operation.actions)
        return f"{why}; the operation {found.operations[0].name} is authorised by {_listed(needed)}"
    for decision in decisions():
        if decision.kind == "meant" and decision.subject.lower() == text.lower():
            return f"{why}: {decision.reason} ({decision.page})"
    return why


def _listed(names: dict[str, None]) -> str:
    return " and ".join(f"`{name}`" for name in names)


def _operation(operation: Operation) -> dict[str, Any]:
    needed = [actions()[name] for name in operation.actions]
    twin = _twin(operation)
    mistakes = [mistake for known in needed for mistake in _mistakes(known)]
    same = f"{needed[0].name.partition(':')[0]}:{operation.name}"
    if same not in operation.actions:
        authorising = " and ".join(f"`{name}`" for name in operation.actions)
        why = f"IAM has no such action; the operation needs {authorising}"
        mistakes.insert(0, {"mistake": f"writing `{same}`", "why": why})
    return {
        "kind": "operation",
        "name": operation.name,
        "plane": str(operation.plane),
        "family": operation.family,
        "client": operation.client,
        "streams": operation.streams,
        "spellings": spellings(operation)._asdict(),
        "actions": [_action(known) for known in needed],
        "streaming_twin": twin and {"operation": twin.name, "actions": list(twin.actions)},
        "mistakes": mistakes,
        "decided": _decided(f"{operation.client}.{operation.name}", *operation.actions),
    }


def _twin(operation: Operation) -> Operation | None:
    """Return the streaming form of an operation in the same client."""
    names = {f"{operation.name}Stream", f"{operation.name}WithResponseStream"}
    return next((o for o in operations() if o.client == operation.client and o.name in names), None)


def _lone_action(known: Action) -> dict[str, Any]:
    return {
        "kind": "action",
        "name": known.name,
        "plane": str(known.plane),
        "family": known.family,
        "operations": [f"{o.client}.{o.name}" for o in operations_of(known.name)],
        "actions": [_action(known)],
        "mistakes": _mistakes(known),
        "decided": _decided(known.name),
    }


def _action(known: Action) -> dict[str, Any]:
    return {
        "name": known.name,
        "plane": str(known.plane),
        "family": known.family,
        "access": str(known.access) if known.plane is Plane.CONTROL else None,
        "data_read": known.data_read,
        "tagging": known.tagging,
        "releases_credential": known.releases_credential,
        "description": known.description,
        "in_reference": known.in_reference,
        "resources": {name: list(resource_types()[name].arns) for name in known.resource_types},
        "condition_keys": list(known.condition_keys),
        "dependent_actions": list(known.dependent_actions),
        "streaming_twin": known.streaming_twin,
        "authorises": [f"{o.client}.{o.name}" for o in operations_of(known.name)],
    }


def _mistakes(known: Action) -> list[dict[str, str]]:
    mistakes = [
        {"mistake": d.value, "why": d.reason, "page": d.page}
        for d in decisions()
        if d.kind == "mistake" and d.subject == known.name
    ]
    if known.in_reference and not known.resource_types and not mistakes:
        why = "IAM takes only `*` for it, so such a statement allows nothing"
        mistakes.append({"mistake": f"granting `{known.name}` on an ARN", "why": why})
    if known.streaming_twin:
        why = f"streaming needs `{known.streaming_twin}` on the same resources"
        mistakes.append({"mistake": f"granting `{known.name}` alone to code that streams", "why": why})
    return mistakes


def _decided(*subjects: str) -> list[dict[str, str]]:
    """Return the hand decisions behind an answer; the mistakes stand apart."""
    kinds = {"action", "operation", "beyond", "credential", "no_credential"}
    return [
        {"subject": d.subject, "says": d.value, "reason": d.reason, "page": d.page}
        for d in decisions()
        if d.subject in subjects and d.kind in kinds
    ]
