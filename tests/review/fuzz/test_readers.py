"""Whatever bytes come in, the readers answer with a model: a fault is one line, never an exception."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from constructs_lib.templates import STDIN, Sources, read
from tests.review.fuzz._mutate import mutated

if TYPE_CHECKING:
    from constructs_lib.templates import Model

SEED = 20_261_123


def _check(data: bytes) -> bool:
    """Read the bytes and say whether they parsed."""
    model = read([STDIN], stdin=data)
    assert model.inputs
    for item in model.inputs:
        if item.error is not None:
            assert "\n" not in item.error
            assert len(item.error) < 600
            assert "please report" not in item.error, data
    _check_places(model, data)
    return model.inputs[0].kind is not None


def _check_places(model: Model, data: bytes) -> None:
    """Every place that is handed on has a line in the input."""
    sources = Sources({STDIN: data})
    origins = [principal.origin for principal in model.principals]
    origins += [item.origin for p in model.principals for policy in p.policies for item in policy.statements]
    origins += [resource.origin for resource in model.resources]
    for origin in origins:
        assert (sources.line_of(origin.path, origin.pointer) or 0) > 0
    for principal in model.principals:
        hash((principal.id, principal.arn, principal.name, principal.policies, principal.incomplete))


def _run(count: int, seed: int) -> tuple[int, int]:
    random_ = random.Random(seed)
    return count, sum(_check(mutated(random_)) for _ in range(count))


def test_a_sample_of_mutated_documents_never_raises() -> None:
    count, parsed = _run(1_500, SEED)
    assert parsed >= count / 2


@pytest.mark.prove
@pytest.mark.parametrize("part", range(4))
def test_100_000_mutated_documents_never_raise(part: int) -> None:
    count, parsed = _run(25_000, SEED + 1 + part)
    print(f"readers fuzz: seed {SEED + 1 + part}, {count} documents, {parsed} parsed")  # noqa: T201 the proof's figures
    assert parsed >= count / 2


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=20)
    | st.sampled_from(["*", "Allow", "AWS::IAM::Role"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["Ref", "Fn::If", "Fn::Sub", "Fn::GetAtt", "Statement", "Effect", "Action", "Policies"]
            )
            | st.text(max_size=8),
            inner,
            max_size=4,
        )
    ),
    max_leaves=25,
)
_ROLE = st.fixed_dictionaries({"Type": st.just("AWS::IAM::Role"), "Properties": _JSON})


# Deep values are slow to draw and often too large, which the health checks would call a fault.
@settings(
    max_examples=150, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
@given(st.dictionaries(st.text(max_size=8), _ROLE | _JSON, max_size=4))
def test_any_resources_are_read(resources: object) -> None:
    _check(json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}).encode())


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_answered(data: bytes) -> None:
    _check(data)
