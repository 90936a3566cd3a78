"""Our evaluator against ministack's, on random condition-free cases.

Generated are identity policies, a boundary, layers of SCPs and a request. Left out by construction is what
one of the two doesn't model: conditions and policy variables (other tests have them), element names in
another letter case and open parts (ours alone reads them). ministack lets every wildcard match the colon;
where that is not the worst case, it gets a pattern that matches nothing.
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
    traits: set[str] = field(default_factory=set)


class Generator:
    """``policy-cases``: random cases around a request, so that statements hit it often enough."""

    name = "policy-cases"

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def case(self) -> Case:
        pick = self.random
        request = (pick.choice(ACTIONS), pick.choice(RESOURCES))
        case = Case(request, [], None, [])
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
        return statement

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
        Request(*case.request, context={}),
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
    context = evaluator.EvalContext(
        principal_arn="arn:aws:iam::111122223333:role/r",
        principal_type="AssumedRole",
        principal_account="111122223333",
        action=action,
        resource_arn=resource,
        region="us-east-1",
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
    for trait in ("NotAction", "NotResource", "wildcard", "boundary", "scp"):
        assert traits[trait] >= count / 20, traits


def test_a_sample_is_decided_as_ministack_does() -> None:
    _compare(3_000)


@pytest.mark.prove
def test_a_hundred_thousand_cases_are_decided_as_ministack_does() -> None:
    _compare(100_000)
