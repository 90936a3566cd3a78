"""Our evaluator against ministack's, on random cases.

Generated are identity policies, a boundary, layers of SCPs, conditions on global keys and on Bedrock's, and a
request with its context. Left out by construction is what one of the two doesn't model: policy variables
(other tests have them), the current time (ministack takes it from the clock), element names in another letter
case and open parts (ours alone reads them). ministack lets every wildcard match the colon; where that is not
the worst case, it gets a pattern that matches nothing.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from ministack.core import iam_evaluator

from constructs_lib.iam.decision import Request, decide
from constructs_lib.iam.documents import parse_document
from tests.iam.strategies import ACTIONS, RESOURCES

if TYPE_CHECKING:
    from constructs_lib.iam.model import Policy

SEED = 20261123
_OUTCOMES = {"Allow": "allowed", "Deny": "explicit_deny", "ImplicitDeny": "implicit_deny"}


@dataclass
class Case:
    """One case as plain documents."""

    request: tuple[str, str]
    identity: list[dict[str, Any]]
    boundary: dict[str, Any] | None
    layers: list[list[dict[str, Any]]]
    context: dict[str, str | list[str]] = field(default_factory=dict)
    traits: set[str] = field(default_factory=set)


_ROLE = "arn:aws:iam::111122223333:role/r"
_GUARDRAIL = "arn:aws:bedrock:us-east-1:111122223333:guardrail/"
_PROFILE = "arn:aws:bedrock:us-east-1:111122223333:inference-profile/"
# Key -> values that a request may carry. A list is a key with several values; without one it is absent.
_KEYS: dict[str, list[Any]] = {
    "aws:PrincipalArn": [_ROLE],
    "aws:PrincipalAccount": ["111122223333"],
    "aws:RequestedRegion": ["us-east-1", "eu-west-1", "unspecified"],
    "aws:SecureTransport": ["true", "false"],
    "aws:SourceIp": ["203.0.113.7", "198.51.100.20"],
    "aws:SourceVpce": ["vpce-0a1b2c3d", "vpce-9f8e7d6c"],
    "aws:PrincipalOrgID": ["o-example1234", "o-other56789"],
    "aws:PrincipalTag/plane": ["data", "control"],
    "aws:ResourceTag/plane": ["data", "Data"],
    "aws:MultiFactorAuthAge": ["60", "7200"],
    "aws:TokenIssueTime": ["2026-11-23T10:00:00Z", "2026-01-01T00:00:00Z"],
    "aws:ViaAWSService": ["true", "false"],
    "aws:TagKeys": [["plane"], ["plane", "team"]],
    "aws:CalledVia": [["bedrock.amazonaws.com"], ["athena.amazonaws.com", "bedrock.amazonaws.com"]],
    "bedrock:GuardrailIdentifier": [f"{_GUARDRAIL}G", f"{_GUARDRAIL}G:1", f"{_GUARDRAIL}H:2"],
    "bedrock:InferenceProfileArn": [
        f"{_PROFILE}us.amazon.nova-lite-v1:0",
        f"{_PROFILE}eu.amazon.nova-pro-v1:0",
    ],
    "bedrock:BearerTokenType": ["SHORT_TERM", "LONG_TERM"],
    "bedrock:ServiceTier": ["default", "flex"],
}
_ALWAYS = (
    "aws:PrincipalArn",
    "aws:PrincipalAccount",
    "aws:RequestedRegion",
    "aws:SecureTransport",
    "aws:SourceIp",
)
_STRINGS = ("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase")
_LIKES = ("StringLike", "StringNotLike")
_ARNS = ("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike")
_COMPARED = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
_OPERATORS: dict[str, tuple[str, ...]] = {
    "aws:SourceIp": ("IpAddress", "NotIpAddress"),
    "aws:SecureTransport": ("Bool",),
    "aws:ViaAWSService": ("Bool",),
    "aws:MultiFactorAuthAge": tuple(f"Numeric{name}" for name in _COMPARED),
    "aws:TokenIssueTime": tuple(f"Date{name}" for name in _COMPARED),
}
_NETWORKS = ("203.0.113.0/24", "198.51.100.0/28", "203.0.113.7", "0.0.0.0/0")


class Generator:
    """``policy-cases``: random cases around a request, so that statements hit it often enough."""

    name = "policy-cases"

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def case(self) -> Case:
        pick = self.random
        request = (pick.choice(ACTIONS), pick.choice(RESOURCES))
        case = Case(request, [], None, [], self._context())
        case.identity = [self._document(case, 0.25) for _ in range(pick.randint(1, 3))]
        if pick.random() < 0.35:
            case.traits.add("boundary")
            case.boundary = self._document(case, 0.1, wide=True)
        for _ in range(pick.choice((0, 0, 0, 1, 2))):
            case.traits.add("scp")
            case.layers.append([self._document(case, 0.1, wide=True) for _ in range(pick.randint(1, 2))])
        return case

    def _document(self, case: Case, denies: float, *, wide: bool = False) -> dict[str, Any]:
        statements = [self._statement(case, denies) for _ in range(self.random.randint(1, 3))]
        if wide and self.random.random() < 0.6:
            statements.append({"Effect": "Allow", "Action": "*", "Resource": "*"})
        self.random.shuffle(statements)
        single = len(statements) == 1 and self.random.random() < 0.5
        return {"Version": "2012-10-17", "Statement": statements[0] if single else statements}

    def _statement(self, case: Case, denies: float) -> dict[str, Any]:
        pick = self.random
        statement: dict[str, Any] = {"Effect": "Deny" if pick.random() < denies else "Allow"}
        for element, text, pool in (
            ("Action", case.request[0], ACTIONS),
            ("Resource", case.request[1], RESOURCES),
        ):
            negated = pick.random() < 0.12
            texts = [self._pattern(case, text, pool, element) for _ in range(pick.randint(1, 3))]
            if negated:
                case.traits.add(f"Not{element}")
            value = texts[0] if len(texts) == 1 and pick.random() < 0.5 else texts
            statement[f"Not{element}" if negated else element] = value
        if pick.random() < 0.35:
            case.traits.add("condition")
            statement["Condition"] = self._conditions(case)
        return statement

    def _context(self) -> dict[str, str | list[str]]:
        pick = self.random
        return {
            key: pick.choice(values) for key, values in _KEYS.items() if key in _ALWAYS or pick.random() < 0.7
        }

    def _conditions(self, case: Case) -> dict[str, dict[str, list[str] | str]]:
        pick = self.random
        block: dict[str, dict[str, list[str] | str]] = {}
        for _ in range(pick.choice((1, 1, 2))):
            key = pick.choice(list(_KEYS))
            many = isinstance(_KEYS[key][0], list)
            operator = pick.choice(_OPERATORS.get(key, (*_STRINGS, *_LIKES)))
            if key.endswith(("Arn", "Identifier")) and pick.random() < 0.5:
                operator = pick.choice(_ARNS)
            values = [self._wanted(case, key, operator) for _ in range(pick.choice((1, 1, 2)))]
            if many:
                operator = f"{pick.choice(('ForAllValues', 'ForAnyValue'))}:{operator}"
            if pick.random() < 0.2:
                operator += "IfExists"
            elif pick.random() < 0.1:
                operator, values = "Null", [pick.choice(("true", "false"))]
            case.traits.add("bedrock key" if key.startswith("bedrock") else "global key")
            if key not in case.context:
                case.traits.add("absent key")
            spelled = key.lower() if pick.random() < 0.1 else key
            block.setdefault(operator, {})[spelled] = values[0] if len(values) == 1 else values
        return block

    def _wanted(self, case: Case, key: str, operator: str) -> str:
        """Return a value for a condition: often the request's own, with wildcards where they count."""
        pick = self.random
        if "IpAddress" in operator:
            return pick.choice(_NETWORKS)
        value = case.context[key] if key in case.context and pick.random() < 0.5 else pick.choice(_KEYS[key])
        text = pick.choice(value) if isinstance(value, list) else value
        if ("Like" in operator or "Arn" in operator) and pick.random() < 0.5:
            # Of an ARN only the last part gets a wildcard: ministack lets one match the colons, too.
            head, mark, tail = text.rpartition("/") if text.startswith("arn:") else ("", "", text)
            cut = pick.randint(0, len(tail))
            tail = tail[:cut] + (pick.choice("*?") if cut < len(tail) else "*") + tail[cut + 1 :]
            return head + mark + tail
        return str(text)

    def _pattern(self, case: Case, text: str, pool: tuple[str, ...], element: str) -> str:
        """Return the wanted text or another, whole or with parts replaced by wildcards."""
        pick = self.random
        chosen = text if pick.random() < 0.5 else pick.choice(pool)
        kind = pick.random()
        if kind < 0.1:
            return "*"
        if element == "Action" and kind < 0.3:
            chosen = "".join(char.upper() if pick.random() < 0.5 else char.lower() for char in chosen)
        if kind > 0.5:
            case.traits.add("wildcard")
            for _ in range(pick.randint(1, 3)):
                start = pick.randint(0, len(chosen))
                end = min(len(chosen), start + pick.choice((0, 1, 3, 9)))
                chosen = chosen[:start] + pick.choice("**?") + chosen[end:]
        return chosen


def _policy(document: dict[str, Any]) -> Policy:
    return parse_document(document, name="p", path="p", pointer="")


def _ours(case: Case) -> str:
    return decide(
        Request(*case.request, context=case.context),
        [_policy(document) for document in case.identity],
        boundary=None if case.boundary is None else _policy(case.boundary),
        scps=[[_policy(document) for document in layer] for layer in case.layers],
    ).outcome


def _worst_case(document: dict[str, Any]) -> dict[str, Any]:
    """Return a policy in which wildcards outside the action's name match only where that allows more."""
    statements = document["Statement"]
    return {
        **document,
        "Statement": [
            {
                key: _certain(value) if (statement["Effect"], key) in _CAREFUL else value
                for key, value in statement.items()
            }
            for statement in ([statements] if isinstance(statements, dict) else statements)
        ],
    }


_CAREFUL = {("Deny", "Action"), ("Allow", "NotAction")}


def _certain(value: str | list[str]) -> list[str]:
    texts = [value] if isinstance(value, str) else value
    return [text if text == "*" or re.match(r"[\w-]+:", text) else "none:None" for text in texts]


def _theirs(evaluator: Any, case: Case) -> str:
    action, resource = case.request
    keys = {key.lower(): value for key, value in case.context.items()}
    context = evaluator.EvalContext(
        principal_arn=_ROLE,
        principal_type="AssumedRole",
        principal_account="111122223333",
        action=action,
        resource_arn=resource,
        region=keys["aws:requestedregion"],
        source_ip=keys["aws:sourceip"],
        secure_transport=keys["aws:securetransport"] == "true",
        tag_keys=keys.get("aws:tagkeys"),
        service_context={key: value for key, value in keys.items() if key != "aws:tagkeys"},
    )

    def parse(document: dict[str, Any]) -> Any:
        return evaluator.parse_policy_document(_worst_case(document))

    limits = [[parse(document) for document in layer] for layer in case.layers]
    if case.boundary is not None:
        limits.insert(0, [parse(case.boundary)])
    result = evaluator.evaluate(context, [parse(document) for document in case.identity], *limits)
    return _OUTCOMES[result.decision]


def _compare(count: int) -> None:
    generator = Generator(SEED)
    outcomes: Counter[str] = Counter()
    traits: Counter[str] = Counter()
    for number in range(count):
        case = generator.case()
        ours, theirs = _ours(case), _theirs(iam_evaluator, case)
        assert ours == theirs, (
            f"case {number} of {generator.name} {SEED}: ours {ours}, ministack {theirs}: {case}"
        )
        outcomes[ours] += 1
        traits.update(case.traits)
    summary = f"{dict(outcomes)} {dict(traits)}"
    print(f"\n{generator.name} seed={SEED} cases={count} disagreements=0 {summary}")  # noqa: T201 - the proof's record
    for outcome in _OUTCOMES.values():
        assert outcomes[outcome] >= count / 10, outcomes
    for trait in (
        *("NotAction", "NotResource", "wildcard", "boundary", "scp"),
        *("condition", "global key", "bedrock key", "absent key"),
    ):
        assert traits[trait] >= count / 20, traits


def test_a_sample_is_decided_as_ministack_does() -> None:
    _compare(3_000)


@pytest.mark.prove
def test_a_hundred_thousand_cases_are_decided_as_ministack_does() -> None:
    _compare(100_000)
