"""What the catalogue knows of a name, as plain values: the answer of ``bedrock-planes which``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.catalogue import (
    Plane,
    action,
    actions,
    bare,
    client_names,
    client_of,
    decisions,
    families,
    find,
    operations,
    operations_of,
    prefixes,
    resource_types,
    sources,
    spellings,
)
from constructs_lib.catalogue.verbs import NOT_GRANTED, verbs

if TYPE_CHECKING:
    from constructs_lib.catalogue import Action, Found, Operation

__all__ = ["answer"]

_REFERENCE = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_{}.html"
"""The page of an IAM prefix in the service authorization reference."""


def answer(text: str) -> dict[str, Any]:
    """Return what ``text`` names, in JSON's types.

    ``notes`` say what is wrong with the text as written; ``entries`` hold one operation or action each;
    ``matches`` the actions of a pattern; ``family`` the family that is all the text says; ``close`` up to
    three names when nothing was found.
    """
    if _may_be_path(text):
        from constructs_lib.cli._subjects import operations_meant  # noqa: PLC0415 - what other names needn't load

        meant, what = operations_meant(text)
        if meant:
            entries = list(map(_operation, meant))
            return {"query": text, "notes": [f"`{bare(text)}` is {what}"], "entries": entries, "close": []}
    pattern = bare(text)
    if ("*" in pattern or "?" in pattern) and not any(c in pattern for c in " ()"):
        return _pattern(text, pattern)
    found = find(text)
    authorising = {name for operation in found.operations for name in operation.actions}
    entries = [_operation(operation) for operation in found.operations]
    entries += [_lone_action(known) for known in found.actions if known.name not in authorising]
    if not entries:
        from constructs_lib.cli._subjects import subject  # noqa: PLC0415 - what operations needn't load

        subjects, remarks = subject(text)
        if subjects or remarks:
            return {"query": text, "notes": remarks, "entries": subjects, "close": []}
    if not entries and (family := client_of(text)):
        table = "operations " if family.client else ""
        shown = f"`bedrock-planes catalogue list {table}--family {family.name}` shows what it has"
        kind = "client" if family.client else "family of actions"
        notes = [f"`{family.name}` is a {kind}, not an operation or action; {shown}"]
        return {"query": text, "notes": notes, "entries": [], "family": family.name, "close": []}
    notes = _notes(found)
    if not entries and not notes and bare(text)[:1].isalpha():
        notes = [f"the catalogue is of {sources().date}; a newer name is unknown to it"]
    return {"query": text, "notes": notes, "entries": entries, "close": _close(found)}


def _may_be_path(text: str) -> bool:
    """Whether a text may be a REST path, an integration of Step Functions or a task of the CDK for it."""
    return "/" in text or ":states:" in text or "bedrock" in text.lower()


def _close(found: Found) -> list[str]:
    """Return the similar names, first those with the same noun: another verb, another prefix."""
    if not (found.as_action and found.close):
        return list(found.close)
    from constructs_lib.iam import fault_of_name  # noqa: PLC0415 - costs 20 ms that only such a name pays

    fault = fault_of_name(bare(found.text))
    return list(fault.similar if fault and fault.similar else found.close)


def _pattern(text: str, pattern: str) -> dict[str, Any]:
    """Answer a pattern with the actions that it matches in an Allow."""
    from constructs_lib.iam import expansion  # noqa: PLC0415 - costs 20 ms that only a pattern needs to pay

    service, colon, name = pattern.partition(":")
    found = expansion(pattern)
    notes = []
    if not found.documented:
        notes.append(
            f"IAM does not document a wildcard outside the action's name, as in `{pattern}`: take it to "
            "match in an Allow and not to match in a Deny"
        )
    if not colon and not found.in_allow and (bare_name := expansion(f"*:{pattern}")).in_allow:
        # A name without its prefix, as people write it: `Invoke*`.
        found = bare_name
        notes = [f"IAM needs a prefix before `{pattern}`; these are its matches under every prefix"]
    matches = [{"name": name, "plane": str(actions()[name].plane)} for name in found.in_allow]
    if not matches:
        nothing = f"matches no action of Amazon Bedrock in the catalogue of {sources().date}"
        notes.insert(0, f"the pattern `{pattern}` {nothing}")
    close = []
    if service.lower() in client_names():
        notes.insert(0, f"`{service}` is a client's name, not an IAM prefix")
        right = f"{families()[service.lower()].prefix}:{name}"
        close = [right] if expansion(right).in_allow else []
    if len({match["plane"] for match in matches}) > 1:
        notes.append(f"the pattern `{pattern}` matches actions of both planes")
    return {"query": text, "notes": notes, "entries": [], "matches": matches, "close": close}


def _notes(found: Found) -> list[str]:
    text = bare(found.text)
    if found.as_action:
        return [_nonexistent(found, text)] if action(text) is None else []
    if not found.misplaced or not found.operations:
        return []
    clients = sorted({f"`{o.client}`" for o in found.operations})
    have = "has it" if len(clients) == 1 else "have it"
    return [
        f"the client `{found.misplaced}` has no `{found.operations[0].name}`; {' and '.join(clients)} {have}"
    ]


def _nonexistent(found: Found, text: str) -> str:
    from constructs_lib.iam import fault_of_name  # noqa: PLC0415 - costs 20 ms that only such a name pays

    prefix = text.partition(":")[0].strip()
    fault = fault_of_name(text)
    if fault is not None and not fault.is_wrong:
        same = dict.fromkeys(known.name for known in found.actions)
        return f"{fault.why}; the action of that name is {_listed(same)}" if same else fault.why
    if found.misplaced in client_names():
        why = f"`{found.misplaced}` is a client's name, not an IAM prefix"
    elif not prefix or prefix.lower() in prefixes():
        why = f"`{text}` does not exist in IAM"
    else:
        why = f"`{prefix}` is not an IAM prefix of Amazon Bedrock"
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
        page = _page("operation", f"{operation.client}.{operation.name}")
        mistakes.insert(0, {"mistake": f"writing `{same}`", "why": why, "page": page})
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
        "verbs": _verbs(known.name),
        "not_granted": NOT_GRANTED.get(known.name),
        "authorises": [f"{o.client}.{o.name}" for o in operations_of(known.name)],
    }


def _verbs(name: str) -> list[str]:
    """Return the grants that give an action."""
    return sorted(
        verb.name
        for verb in verbs().values()
        if any(part.effect == "Allow" and name in (*part.actions, *part.streaming) for part in verb.parts)
    )


def _mistakes(known: Action) -> list[dict[str, str]]:
    mistakes = [
        {"mistake": d.value, "why": d.reason, "page": d.page}
        for d in decisions()
        if d.kind == "mistake" and d.subject == known.name
    ]
    if known.in_reference and not known.resource_types and not mistakes:
        why = "IAM takes only `*` for it, so such a statement allows nothing"
        page = _REFERENCE.format(known.name.partition(":")[0])
        mistakes.append({"mistake": f"granting `{known.name}` on an ARN", "why": why, "page": page})
    if known.streaming_twin:
        why = f"streaming needs `{known.streaming_twin}` on the same resources"
        wrong = f"granting `{known.name}` alone to code that streams"
        mistakes.append({"mistake": wrong, "why": why, "page": _page("twin", known.name)})
    return mistakes


def _page(kind: str, subject: str) -> str:
    """Return the AWS page behind the decision of that kind about a subject."""
    return next(d.page for d in decisions() if (d.kind, d.subject) == (kind, subject))


def _decided(*subjects: str) -> list[dict[str, str]]:
    """Return the hand decisions behind an answer, without those about mistakes."""
    kinds = {"action", "operation", "beyond", "credential", "no_credential"}
    return [
        {"subject": d.subject, "says": d.value, "reason": d.reason, "page": d.page}
        for d in decisions()
        if d.subject in subjects and d.kind in kinds
    ]
