"""Conditions that no request satisfies, or that every request does.

What a request carries is in the service authorization reference: the keys of the action, and of the resource
types that it accepts
(https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html).
An operator on a key that the request doesn't carry, and the values that an operator can match, are as in
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html; the
evaluator of ``constructs_lib.iam`` says what becomes of them.
"""

from __future__ import annotations

import re
from dataclasses import replace
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from constructs_lib import catalogue
from constructs_lib.iam import UNRESOLVED, Condition, evaluate, may_overlap, remembered, types_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["ConditionFault", "condition_fault", "contradictions"]

Always = Literal["never", "always"]

_WILD = re.compile(r"[*?]")
_VARIABLE = re.compile(r"\$\{")
_EQUALS = frozenset(
    {"stringequals", "stringequalsignorecase", "stringnotequals", "stringnotequalsignorecase"}
)
_POSITIVE = frozenset({"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike"})
# Keys whose values are written by the caller and may hold any character.
_FREE_TEXT = frozenset({"aws:useragent", "aws:referer"})
# Keys that come from how the caller signed in, and stay with its session:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html. Those of web
# identities begin with the name of the provider, which has a dot.
_OF_SESSIONS = frozenset({"aws", "saml", "sts"})
# Each key with the resource types whose ARN is its value:
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html
_ARN_KEYS = {
    "bedrock:inferenceprofilearn": ("bedrock:inference-profile", "bedrock:application-inference-profile"),
    "bedrock:promptrouterarn": ("bedrock:prompt-router", "bedrock:default-prompt-router"),
}


class ConditionFault(NamedTuple):
    """Why a condition always has one answer.

    Attributes:
        holds: The answer: for no request, or for every one.
        why: The reason, as a clause.
        remedy: What to write, as a clause.
        is_certain: Whether it is wrong whatever AWS added after the data of this release.
        meant: The condition to write instead, if that is certain.

    """

    holds: Always
    why: str
    remedy: str
    is_certain: bool = True
    meant: Condition | None = None


@remembered(4096)
def condition_fault(condition: Condition, action: str) -> ConditionFault | None:
    """Return why a condition always has one answer in requests of an action, ``None`` if it hasn't.

    Args:
        condition: The condition.
        action: The full name of an action of the catalogue, or empty for an action of another service, of
            which the keys are not known.

    """
    if any(UNRESOLVED in text for text in (condition.operator, condition.key, *condition.values)):
        return None
    return _value_fault(condition) or _global_key_fault(condition) or _key_fault(condition, action)


def _global_key_fault(condition: Condition) -> ConditionFault | None:
    """Find a key with the prefix of the global ones that none of them has."""
    prefix, _, name = condition.key.partition(":")
    if prefix.lower() != "aws" or _is_global(condition.key):
        return None
    holds = _without_the_key(condition)
    if holds is None:
        return None
    ours = (key for key in _known().values() if key.partition(":")[2].lower() == name.lower())
    meant = next(ours, "") or _meant_globally(name)
    if meant:
        return _misspelt(condition, holds, meant)
    return _newer(condition.key, holds)


def _is_global(key: str) -> bool:
    start, slash, name = key.lower().partition("/")
    known = catalogue.global_condition_keys()
    return f"{start}/" in known if slash and name else start in known


def _meant_globally(name: str) -> str:
    """Return the global key that a misspelt one means: a name without its tag, or nearly the same."""
    word, _, rest = name.partition("/")
    known = {key.partition(":")[2]: key for key in catalogue.global_condition_keys().values()}
    by_letters = {re.sub(r"[^a-z0-9/]", "", key.lower()): key for key in known}
    wanted = re.sub(r"[^a-z0-9]", "", word.lower())
    for candidate in (f"{wanted}/", wanted, *get_close_matches(wanted, by_letters, 1, 0.85)):
        if candidate in by_letters:
            found = known[by_letters[candidate]]
            return f"{found}{rest or 'KEY'}" if found.endswith("/") else found
    return ""


def _without_the_key(condition: Condition) -> Always | None:
    """Return what a condition comes to in every request, none of which carries its key."""
    answer = evaluate(condition, {}).matched
    return None if answer is None else "always" if answer else "never"


def _misspelt(condition: Condition, holds: Always, key: str) -> ConditionFault:
    meant = None if key.endswith("/KEY") or "${" in key else replace(condition, key=key)
    return ConditionFault(holds, f"there is no key `{condition.key}`", f"write `{key}`", meant=meant)


def _newer(key: str, holds: Always) -> ConditionFault:
    why = f"the key `{key}` is not in the data of this release ({catalogue.sources().date})"
    return ConditionFault(holds, why, "check the key's name in AWS's reference", is_certain=False)


def _key_fault(condition: Condition, action: str) -> ConditionFault | None:
    """Find a key that requests of the action don't carry: one of Bedrock's, or of another service."""
    prefix, _, name = condition.key.partition(":")
    if not action or prefix.lower() in _OF_SESSIONS or "." in prefix or _is_global(condition.key):
        return None
    if _carries(action, condition.key):
        return None
    holds = _without_the_key(condition)
    if holds is None:
        return None
    ours = prefix.lower() in {*catalogue.prefixes(), *catalogue.client_names()} or not name
    meant = _meant(condition.key, action)
    if condition.key.lower() in _known() or not (ours or meant):
        why = f"requests of `{action}` don't have the key `{condition.key}`"
        return ConditionFault(
            holds, why, "move the condition to a statement of the actions that have the key", is_certain=ours
        )
    if meant:
        return _misspelt(condition, holds, meant)
    return _newer(condition.key, holds)


@cache
def _known() -> dict[str, str]:
    """Return all keys of Bedrock as AWS writes them, by the name in lower case."""
    keys = [key for action in catalogue.actions().values() for key in action.condition_keys]
    keys += [key for kind in catalogue.resource_types().values() for key in kind.condition_keys]
    return {key.lower(): key for key in keys if not key.startswith("aws:")}


@cache
def _keys_of(action: str) -> tuple[str, ...] | None:
    """Return the keys in requests of an action, in lower case; ``None`` where they are not known.

    The reference lists some keys for InvokeModel and not for its streaming twin; AWS's pages use them for
    both (https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html).
    """
    found = catalogue.action(action)
    if found is None or not found.in_reference:
        return None
    twins = [
        other
        for other in catalogue.actions().values()
        if other.streaming_twin == found.name or other.name == found.streaming_twin
    ]
    keys = {key for one in (found, *twins) for key in one.condition_keys}
    keys |= {key for name in found.resource_types for key in catalogue.resource_types()[name].condition_keys}
    return tuple(sorted(key.lower() for key in keys))


def _carries(action: str, key: str) -> bool:
    keys = _keys_of(action)
    name = key.lower()
    if keys is None:
        return True
    return any(
        name == known or ("${" in known and name.startswith(known.partition("${")[0])) for known in keys
    )


def _meant(key: str, action: str) -> str:
    """Return the key that a misspelled one means: with another prefix or ending, or nearly the same."""
    prefix, _, name = key.rpartition(":")
    known = _known()
    own = [known[item] for item in _keys_of(action) or () if item in known]
    for candidates in (own, list(known.values())):
        near = [item for item in candidates if item.partition(":")[2].lower() == name.lower()]
        near += [item for item in candidates if _stem(item) == _stem(key) and _same_service(item, prefix)]
        near += get_close_matches(key, candidates, 1, 0.88)
        if near:
            return near[0]
    return _meant_globally(name) if _is_global(f"aws:{name}") else ""


def _stem(key: str) -> str:
    """Return a key's name without its last word, or without an ending that says that it identifies."""
    name = key.rpartition(":")[2]
    return re.sub(r"(?:Identifier|Id|ID|Arn|ARN|Name|Version)$", "", name).lower()


def _same_service(key: str, prefix: str) -> bool:
    service = key.partition(":")[0]
    return not prefix or prefix.lower() == service or prefix.lower() in catalogue.client_names()


def _value_fault(condition: Condition) -> ConditionFault | None:
    """Find values that no value of the key can match."""
    quantifier, _, operator = condition.operator.lower().rpartition(":")
    if not condition.values or quantifier == "forallvalues" or condition.key.lower() in _FREE_TEXT:
        return None
    optional = operator.endswith("ifexists")
    operator = operator.removesuffix("ifexists")
    negated = "not" in operator
    if optional and not negated:
        return None  # holds without the key
    if quantifier and negated:
        return None  # does not hold without the key
    holds: Always = "always" if negated else "never"
    if operator in _EQUALS and all(_is_wild(value) for value in condition.values):
        like = condition.operator.replace("EqualsIgnoreCase", "Like").replace("Equals", "Like")
        return ConditionFault(
            holds,
            f"`{condition.operator}` takes wildcards as characters, and no value has them",
            f"write `{like}`",
            meant=replace(condition, operator=like),
        )
    kinds = _ARN_KEYS.get(condition.key.lower())
    if kinds and operator in _POSITIVE and not any(_may_be(value, kinds) for value in condition.values):
        return ConditionFault(
            "never",
            f"no value is the ARN of {_noun(kinds[0])}, which `{condition.key}` holds",
            f"write it as `{catalogue.resource_types()[kinds[0]].arns[0]}`",
        )
    return None


def _noun(kind: str) -> str:
    return f"an {kind.partition(':')[2]}".replace("an p", "a p").replace("-", " ")


def _is_wild(value: str) -> bool:
    return _WILD.search(value) is not None and not _VARIABLE.search(value)


def _may_be(value: str, kinds: Sequence[str]) -> bool:
    return bool(_VARIABLE.search(value)) or not types_of(value).isdisjoint(kinds)


def contradictions(conditions: Sequence[Condition]) -> Iterator[tuple[Condition, ConditionFault]]:
    """Yield the conditions that can't hold together with another one of the same statement."""
    absent = {
        condition.key.lower()
        for condition in conditions
        if condition.operator.lower() == "null" and [v.lower() for v in condition.values] == ["true"]
    }
    for condition in conditions:
        if condition.key.lower() in absent and evaluate(condition, {}).matched is False:
            why = f"another condition demands that the request has no `{condition.key}`"
            yield condition, ConditionFault("never", why, "remove one of the two")
        elif condition.operator.lower() in {"stringequals", "stringlike"}:
            yield from _excluded(condition, conditions)


def _excluded(
    condition: Condition, conditions: Sequence[Condition]
) -> Iterator[tuple[Condition, ConditionFault]]:
    """Yield a condition whose values all fail another condition on the same key."""
    if any(_VARIABLE.search(v) or UNRESOLVED in v for v in condition.values):
        return
    for other in conditions:
        if other is condition or other.key.lower() != condition.key.lower():
            continue
        operator = other.operator.lower()
        if any(_VARIABLE.search(v) or UNRESOLVED in v for v in other.values):
            continue
        if operator in {"stringequals", "stringlike"}:
            together = any(may_overlap(one, two) for one in condition.values for two in other.values)
        elif operator in {"stringnotequals", "stringnotlike"} and not any(map(_is_wild, condition.values)):
            together = any(evaluate(other, {other.key: value}).matched for value in condition.values)
        else:
            continue
        if not together:
            why = f"no value passes `{other.operator}` on `{condition.key}` too"
            yield condition, ConditionFault("never", why, "remove one of the two")
            return
