"""A policy names an action that does not exist.

## What it does
Finds action names and patterns that match no IAM action, in Allow and in Deny. It looks at names with a
Bedrock prefix, with an SDK client's name as prefix (`bedrock-runtime:`), with a prefix spelled much like one
of these (`bedrock-mantel:`), or with a prefix that contains `bedrock` before the name of an action that
exists (`amazonbedrock:InvokeModel`). White space and look-alike letters in a name count as errors. An action
that is newer than the catalogue is unknown, not nonexistent.

## Why is this bad?
In an Allow the call is denied, and many people then write a wildcard. In a Deny nothing is denied, and nobody
notices. Many operations have no action of their own: `bedrock:InvokeModel` authorises Converse.

## Example
```json
{"Effect": "Allow", "Action": ["bedrock:Converse", "bedrock-runtime:InvokeModel"], "Resource": "*"}
```

## Use instead
Write `bedrock:InvokeModel`. `bedrock-planes which NAME` prints the action that authorises an operation.

## References
- https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html
- https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrockagentcore.html
"""

from __future__ import annotations

import unicodedata
from difflib import get_close_matches
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from constructs_lib import catalogue
from constructs_lib.iam import UNRESOLVED, actions_matching, matches
from constructs_lib.review.rules.authoring import Rule, Run, listing, who

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.catalogue import Decision, Operation
    from constructs_lib.iam import Statement
    from constructs_lib.review.rules.authoring import Facts, Finding

__all__ = ["RULE", "check"]

RULE = Rule("BP301", "nonexistent-action", "error", "a policy names an action that does not exist", __name__)

# From this ratio of `difflib` on, a prefix counts as a misspelling of another. The nearest prefix of another
# service reaches 0.67 (`backup-search` and `bedrock-websearch`).
_LIKE = 0.85
# Cyrillic and Greek letters that look like Latin ones (Unicode Technical Standard 39, confusables).
_LOOK_ALIKES = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u043a\u043c\u0442\u0412\u041c\u0410\u0415\u041e\u0420\u0421\u0422\u0406\u0391\u0392\u0395\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03bf\u0131\u2010\u2011\u2012\u2013\u2014\uff1a",
    "aeopcyxijsdkmtBMAEOPCTIABEIKMNOPToi-----:",
)


def check(facts: Facts, _run: Run) -> Iterator[Finding]:
    """Yield one finding per statement and name."""
    for statement in facts.written:
        for pattern in _wrong(statement.actions, statement.not_actions):
            yield RULE.finding(
                facts,
                statement.origin,
                f"{who(facts)} names `{pattern}`, which does not exist in IAM, so it {_effect(statement)}",
                _meant(pattern),
                key=(statement.effect, pattern),
                conditional=statement.conditional or facts.principal.conditional,
            )


def _effect(statement: Statement) -> str:
    if statement.actions is None:
        return f"excludes nothing from the {statement.effect}"
    return "denies nothing" if statement.effect == "Deny" else "allows nothing"


@lru_cache(maxsize=4096)
def _wrong(actions: tuple[str, ...] | None, not_actions: tuple[str, ...] | None) -> tuple[str, ...]:
    names = dict.fromkeys((*(actions or ()), *(not_actions or ())))
    return tuple(name for name in names if _is_wrong(name))


def _is_wrong(pattern: str) -> bool:
    if ":" not in _plain(pattern) or UNRESOLVED in pattern or actions_matching(pattern):
        return False
    prefix, _, name = _plain(pattern).lower().partition(":")
    if prefix in _prefixes():
        return True
    if any(matches(prefix, real) for real in catalogue.prefixes()):
        return False  # the prefix is a pattern
    return _is_slip(prefix) or ("bedrock" in prefix and _is_known(name))


@lru_cache(maxsize=1024)
def _is_slip(prefix: str) -> bool:
    """Whether a prefix is a misspelling of one of Bedrock's or of a client's name."""
    return bool(get_close_matches(prefix, _prefixes(), 1, _LIKE))


def _is_known(name: str) -> bool:
    """Whether Bedrock has an action of this name; a prefix newer than the catalogue has new names."""
    return bool(actions_matching(f"*:{name}") or _authorising(name))


@cache
def _prefixes() -> tuple[str, ...]:
    return (*catalogue.prefixes(), *catalogue.client_names(), "bedrock-mantle-control")


@lru_cache(maxsize=1024)
def _plain(pattern: str) -> str:
    """Return the pattern without white space, invisible and look-alike letters."""
    if pattern.isascii() and not any(char.isspace() for char in pattern):
        return pattern
    text = unicodedata.normalize("NFKC", pattern.translate(_LOOK_ALIKES))
    return "".join(
        char for char in text if not char.isspace() and unicodedata.category(char) not in {"Cf", "Cc", "Mn"}
    )


def _meant(pattern: str) -> str:
    """Return what to write instead, as a clause."""
    plain = _plain(pattern)
    if plain != pattern and actions_matching(plain):
        what = "white space" if pattern.isascii() else "a look-alike letter or white space"
        return f"it contains {what}: write `{plain}`"
    prefix, _, name = plain.partition(":")
    decided = _decided().get(plain.lower())
    if decided:
        return f"{decided.reason}: write {listing(decided.value.split())}"
    for service in _services(prefix.lower()):
        if actions_matching(f"{service}:{name}"):
            return _elsewhere(prefix, service, name)
    authorised = _authorising(name)
    if authorised:
        named = listing(authorised, 2)
        are = "is an operation, not an action" if len(authorised) == 1 else "are operations, not actions"
        actions = dict.fromkeys(action for actions in authorised.values() for action in actions)
        return f"{named} {are}: write {listing(actions)}"
    near = _nearest(prefix.lower(), name)
    return (
        f"did you mean {' or '.join(f'`{item}`' for item in near)}?"
        if near
        else "Bedrock has no action with a similar name: remove it"
    )


def _elsewhere(prefix: str, service: str, name: str) -> str:
    """Return the clause for a name that exists under another prefix."""
    if prefix.lower() in catalogue.prefixes():
        meant = f"write `{service}:{name}` if you mean that"
        return f"`{prefix}` has no action `{name}`, but `{service}` has: {meant}"
    is_client = prefix.lower() in catalogue.client_names()
    what = "the name of an SDK client, not an IAM prefix" if is_client else "not an IAM prefix"
    if not name.strip("*?"):
        return f"`{prefix}` is {what}: list the actions by name, with the prefix `{service}:`"
    return f"`{prefix}` is {what}: write `{service}:{name}`"


def _services(prefix: str) -> tuple[str, ...]:
    """Return the IAM prefixes to try, first the one of the client whose name is most similar."""
    families = catalogue.families()
    homes = [families[name].prefix for name in get_close_matches(prefix, families, 1, 0.6)]
    return tuple(sorted(catalogue.prefixes(), key=lambda item: (item not in homes, item)))


def _authorising(pattern: str) -> dict[str, tuple[str, ...]]:
    """Return the operations that a name or pattern names, with the actions that authorise each."""
    if "*" not in pattern and "?" not in pattern:
        found = _operations().get(pattern.lower())
        return {found.name: found.actions} if found else {}
    return {
        operation.name: operation.actions
        for key, operation in sorted(_operations().items())
        if matches(pattern.lower(), key)
    }


@cache
def _operations() -> dict[str, Operation]:
    return {operation.name.lower(): operation for operation in reversed(catalogue.operations())}


@cache
def _decided() -> dict[str, Decision]:
    """Return what the catalogue decides about names that IAM does not know."""
    return {
        decision.subject.lower(): decision for decision in catalogue.decisions() if decision.kind == "meant"
    }


def _nearest(prefix: str, name: str) -> tuple[str, ...]:
    """Return the actions with the most similar names, those of the prefix before others."""
    names = {action.partition(":")[2].lower(): action for action in reversed(list(catalogue.actions()))}
    own = {key: action for key, action in names.items() if action.startswith(f"{prefix}:")}
    wanted = name.replace("*", "").replace("?", "").lower()
    near = get_close_matches(wanted, own or names, 2, 0.7) or get_close_matches(wanted, names, 2, 0.7)
    return tuple((own if key in own else names)[key] for key in near)
