"""Condition blocks against a request context.

Operators, set operators, ``IfExists``, ``Null`` and policy variables as AWS documents them
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html). A key that the request
doesn't carry fails an operator, holds for a negated one, and holds with ``IfExists`` and ``ForAllValues``.

A review rarely knows every key of a request. With ``partial`` a key that the context lacks is unknown rather
than absent, and so is what depends on it.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import operator as ops
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeAlias

from constructs_lib.iam.automata import Token, accepts, compile_tokens, tokens_of
from constructs_lib.iam.model import UNRESOLVED, Condition
from constructs_lib.iam.patterns import arns_may_overlap

__all__ = ["Context", "Match", "evaluate", "holds", "pattern_matches"]

Context: TypeAlias = Mapping[str, str | Sequence[str]]
"""Condition keys (any letter case) and their values; a sequence is a multivalued key."""


@dataclass(frozen=True, slots=True)
class Match:
    """Whether a condition holds (``None``: the input leaves it open) and why."""

    matched: bool | None
    because: str

    def __bool__(self) -> bool:
        """Only a certain match is true."""
        return self.matched is True


_VARIABLE: Final = re.compile(r"\$\{([^}]*)\}")


def pattern_matches(pattern: str, text: str, context: Context) -> bool:
    """Whether a pattern, its policy variables taken from the context, matches a text.

    What a variable holds is literal, wildcards included. One without value and default matches nothing.
    """
    tokens: list[Token] = []
    position = 0
    for variable in _VARIABLE.finditer(pattern):
        tokens += tokens_of(pattern[position : variable.start()])
        value = _variable(variable.group(1), context)
        if value is None:
            return False
        tokens += [Token(char) for char in value]
        position = variable.end()
    tokens += tokens_of(pattern[position:])
    return accepts(compile_tokens(tuple(tokens)), text)


def _variable(text: str, context: Context) -> str | None:
    """Return the value of ``key`` or ``key, 'default'``; ``*``, ``?`` and ``$`` are the characters."""
    if text in {"*", "?", "$"}:
        return text
    key, _, default = text.partition(",")
    values = _look_up(key.strip(), context)
    if values is not None and len(values) == 1:
        return values[0]
    default = default.strip()
    quoted = len(default) > 1 and default[0] == default[-1] == "'"
    return default[1:-1] if quoted else None


def _look_up(key: str, context: Context) -> tuple[str, ...] | None:
    """Return the values of a key in any letter case, ``None`` when the request doesn't carry it."""
    wanted = key.lower()
    for name, value in context.items():
        if name.lower() == wanted:
            return (value,) if isinstance(value, str) else tuple(value)
    return None


def _expand(text: str, context: Context) -> str | None:
    """Put values in place of policy variables; ``None`` when one has none."""
    values = [_variable(match, context) for match in _VARIABLE.findall(text)]
    if any(value is None for value in values):
        return None
    parts = iter(values)
    return _VARIABLE.sub(lambda _: next(parts) or "", text)


_Test: TypeAlias = Callable[[str, str, Context], bool]


def _string(compare: Callable[[str, str], bool]) -> _Test:
    def test(actual: str, wanted: str, context: Context) -> bool:
        expanded = _expand(wanted, context)
        return expanded is not None and compare(actual, expanded)

    return test


def _like(actual: str, wanted: str, context: Context) -> bool:
    return pattern_matches(wanted, actual, context)


def _arn(actual: str, wanted: str, context: Context) -> bool:
    """Compare the six parts of an ARN one by one, each of which may hold wildcards."""
    # A variable may hold colons, so only the colons outside variables part the pattern.
    ours = re.split(r":(?![^${}]*\})", wanted, maxsplit=5)
    theirs = actual.split(":", 5)
    return len(ours) == len(theirs) and all(
        pattern_matches(one, other, context) for one, other in zip(ours, theirs, strict=True)
    )


def _numeric(compare: Callable[[float, float], bool]) -> _Test:
    def test(actual: str, wanted: str, context: Context) -> bool:  # noqa: ARG001 - numbers take no variables
        try:
            return compare(float(actual), float(wanted))
        except ValueError:  # what is no number satisfies no comparison
            return False

    return test


def _date(compare: Callable[[float, float], bool]) -> _Test:
    def test(actual: str, wanted: str, context: Context) -> bool:  # noqa: ARG001 - dates take no variables
        try:
            return compare(_moment(actual), _moment(wanted))
        except ValueError:  # what is no date satisfies no comparison
            return False

    return test


def _moment(text: str) -> float:
    """Return seconds since the epoch of an ISO 8601 date or of the seconds themselves."""
    try:
        return float(text)
    except ValueError:  # no seconds since the epoch, so a date
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _ip(actual: str, wanted: str, context: Context) -> bool:  # noqa: ARG001 - addresses take no variables
    try:
        return ipaddress.ip_address(actual) in ipaddress.ip_network(wanted, strict=False)
    except ValueError:  # what is no address lies in no network
        return False


def _binary(actual: str, wanted: str, context: Context) -> bool:  # noqa: ARG001 - bytes take no variables
    try:
        return base64.b64decode(actual, validate=True) == base64.b64decode(wanted, validate=True)
    except binascii.Error:  # what is no Base64 equals nothing
        return False


def _folded(one: str, other: str) -> bool:
    return one.lower() == other.lower()


# Name of the operator -> (test, whether it is negated).
_OPERATORS: Final[dict[str, tuple[_Test, bool]]] = {
    "stringequals": (_string(ops.eq), False),
    "stringnotequals": (_string(ops.eq), True),
    "stringequalsignorecase": (_string(_folded), False),
    "stringnotequalsignorecase": (_string(_folded), True),
    "stringlike": (_like, False),
    "stringnotlike": (_like, True),
    "numericequals": (_numeric(ops.eq), False),
    "numericnotequals": (_numeric(ops.eq), True),
    "numericlessthan": (_numeric(ops.lt), False),
    "numericlessthanequals": (_numeric(ops.le), False),
    "numericgreaterthan": (_numeric(ops.gt), False),
    "numericgreaterthanequals": (_numeric(ops.ge), False),
    "dateequals": (_date(ops.eq), False),
    "datenotequals": (_date(ops.eq), True),
    "datelessthan": (_date(ops.lt), False),
    "datelessthanequals": (_date(ops.le), False),
    "dategreaterthan": (_date(ops.gt), False),
    "dategreaterthanequals": (_date(ops.ge), False),
    "bool": (_string(_folded), False),
    "binaryequals": (_binary, False),
    "ipaddress": (_ip, False),
    "notipaddress": (_ip, True),
    "arnequals": (_arn, False),
    "arnlike": (_arn, False),
    "arnnotequals": (_arn, True),
    "arnnotlike": (_arn, True),
}


def evaluate(condition: Condition, context: Context, *, partial: bool = False) -> Match:
    """Say whether one condition holds; ``None`` when it has an open part or an unknown operator.

    Args:
        condition: The condition.
        context: The keys of the request.
        partial: Whether keys that the context lacks are unknown rather than absent, and its values may be
            open in part. A negated operator holds for such a value unless the condition's value certainly
            matches it: an exemption counts only for a principal that certainly has it.

    """
    label = f"`{condition.operator}` on `{condition.key}`"
    if any(UNRESOLVED in text for text in (condition.operator, condition.key, *condition.values)):
        return Match(None, f"{label} has a part that the input leaves open")
    name = condition.operator.lower()
    actual = _look_up(condition.key, context)
    if name == "null" and not (partial and actual is None):
        absent = any(value.lower() == "true" for value in condition.values)
        return _answer((actual is None) is absent, label)
    every, some = name.startswith("forallvalues:"), name.startswith("foranyvalue:")
    name = name.partition(":")[2] if every or some else name
    optional = name.endswith("ifexists")
    found = _OPERATORS.get(name.removesuffix("ifexists"))
    if found is None or (partial and actual is None):
        return Match(
            None, f"{label}: the {'operator' if name != 'null' and found is None else 'key'} is not known"
        )
    test, negated = found
    if actual is None or (not actual and not every):
        return _answer(optional or every or (negated and not some), label)
    values = condition.values
    if partial:
        found_in = [_compare(test, text, condition, context, negated=negated) for text in actual]
        if None in found_in and some not in found_in:
            return Match(None, f"{label} depends on a part that is not known")
        results = [result is True if some else result is not False for result in found_in]
    else:
        results = [any(test(text, wanted, context) for wanted in values) is not negated for text in actual]
    return _answer(any(results) if some else all(results), label)


def _compare(
    test: _Test, actual: str, condition: Condition, context: Context, *, negated: bool
) -> bool | None:
    """Compare one value of the request with those of a condition, either of them open in part."""
    unknown = False
    for wanted in condition.values:
        if test(actual, wanted, context):
            return not negated
        loose = _VARIABLE.sub("*", wanted)
        has_variable = any(_variable(name, context) is None for name in _VARIABLE.findall(wanted))
        if has_variable or (UNRESOLVED in actual and not negated):
            unknown = unknown or arns_may_overlap(loose, actual)
    return None if unknown else negated


def _answer(held: bool, label: str) -> Match:
    return Match(held, f"{label} {'holds' if held else 'does not hold'}")


def holds(conditions: Sequence[Condition], context: Context, *, partial: bool = False) -> Match:
    """Say whether all conditions hold; one that fails decides, else one that is open.

    Args:
        conditions: The conditions.
        context: The keys of the request.
        partial: Whether keys that the context lacks are unknown, as for :func:`evaluate`.

    """
    results = [evaluate(condition, context, partial=partial) for condition in conditions]
    for wanted in (False, None):
        for result in results:
            if result.matched is wanted:
                return result
    return Match(True, "; ".join(result.because for result in results) or "there is no condition")
