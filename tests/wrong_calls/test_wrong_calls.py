"""A wrong call of anything public is one sentence, at the call or when what it made is used or synthesized.

The calls come from the signatures of `constructs_lib.__all__`: each argument of each constructor, factory and
method is replaced by each kind of wrong value. Every kind is tried on every argument in `make prove`, and
three of them in turn here.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest

import constructs_lib
from constructs_lib import AppRole, PlanesError
from constructs_lib.cdk_support import with_explained_calls
from tests.wrong_calls.api import CALLS, USES, Call, Rooms
from tests.wrong_calls.wrong import WRONG

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

FEWEST = 200
# Neither a traceback nor words of the machinery, nor an address in memory, nor a value of several lines.
NO_SENTENCE = re.compile(r"jsii|typeguard|Traceback|JavaScript|deserialize|at 0x[0-9a-f]{6}|\n(?!  )")
LONGEST = 900


def wrong_calls(call: Call, kinds: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Give the argument and the kind of each wrong call."""
    for parameter in call.parameters:
        if parameter.kind is not parameter.VAR_KEYWORD:
            for kind in kinds:
                yield parameter.name, kind


def fault(call: Call, rooms: Rooms, name: str, kind: str, *, synthesize: bool = False) -> str | None:
    """Return what is no sentence in the error of a wrong call; an empty text if the value is taken."""
    try:
        given = {**call.sound(rooms), name: WRONG[kind](rooms)}
        call.use(rooms, call(rooms, given))
        if synthesize:
            rooms.app.synth()
    except PlanesError as error:
        text = str(error)
        sound = not NO_SENTENCE.search(text) and len(text) <= LONGEST and "`" in text
        return None if sound else f"{call.name}({name}={kind}): {text[:200]}"
    except RuntimeError as error:
        # How the CDK reports what constructs and plugins find at the end, each in a sentence.
        told = synthesize and str(error).startswith("ValidationFailed")
        return None if told else f"{call.name}({name}={kind}): {type(error).__name__}: {str(error)[:200]}"
    except Exception as error:  # noqa: BLE001 - which other error it is, is what is looked for
        return f"{call.name}({name}={kind}): {type(error).__name__}: {str(error)[:200]}"
    return ""


@pytest.mark.parametrize("name", CALLS)
def test_a_sound_call_is_taken(name: str) -> None:
    rooms = Rooms()
    CALLS[name].use(rooms, CALLS[name](rooms, CALLS[name].sound(rooms)))


def test_wrong_values_are_refused_in_a_sentence() -> None:
    kinds = itertools.cycle(WRONG)
    found = []
    for call in CALLS.values():
        rooms = Rooms()
        found += [fault(call, rooms, *wrong) for wrong in wrong_calls(call, [*itertools.islice(kinds, 3)])]
    # Shown by `pytest -rP`.
    print(f"{len(found)} wrong calls of {len(CALLS)} calls")  # noqa: T201 - the number is the answer
    assert [one for one in found if one] == []
    assert len(found) > FEWEST


@pytest.mark.prove
@pytest.mark.parametrize("name", CALLS)
def test_every_wrong_value_is_refused_in_a_sentence_at_the_call_or_at_synth(name: str) -> None:
    call, rooms, found = CALLS[name], Rooms(), []
    for wrong in wrong_calls(call, [*WRONG]):
        error = fault(call, rooms, *wrong)
        if error == "":  # it was taken, as far as the call goes
            error = fault(call, Rooms(), *wrong, synthesize=True)
        found += [error] if error else []
    assert found == []


@pytest.mark.parametrize("name", CALLS)
def test_a_missing_and_an_unknown_argument_are_named(name: str) -> None:
    call, rooms = CALLS[name], Rooms()
    sound = call.sound(rooms)
    with pytest.raises(PlanesError, match=r"(has no prop|takes no) `nonsense`: \w+"):
        call(rooms, {**sound, "nonsense": 1})
    for parameter in call.parameters:
        if parameter.default is parameter.empty and parameter.kind not in {
            parameter.VAR_KEYWORD,
            parameter.VAR_POSITIONAL,
        }:
            left = {key: value for key, value in sound.items() if key != parameter.name}
            with pytest.raises(PlanesError, match=rf"needs `{parameter.name}`: pass it"):
                call(rooms, left)


def test_every_value_is_used() -> None:
    values: dict[str, Any] = {
        name: cls
        for call in CALLS.values()
        if not hasattr(cls := call.cls, "node") and (name := cls.__name__) not in USES
    }
    # Facades and a step of a pipeline are used by calling them.
    assert {*values} == {
        "DataPlaneGrants",
        "KnowledgeBaseGrants",
        "OperatorGrants",
        "ReviewStep",
        "VectorBucketGrants",
        "VectorIndexGrants",
    }


def test_one_id_is_given_once() -> None:
    rooms = Rooms()
    constructs_lib.KnowledgeBase(rooms.stack, "Same")
    with pytest.raises(PlanesError, match="`AcmeDeployRole` has a construct `Same` already: pass another id"):
        constructs_lib.KnowledgeBase(rooms.stack, "Same")


FLOW: Any = constructs_lib.Flow
GUARDRAIL: Any = constructs_lib.Guardrail
BASE: Any = constructs_lib.KnowledgeBase


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda s: FLOW(s, "F"), "`Flow` needs `definition`: pass it"),
        (
            lambda s: GUARDRAIL(s, "G", wrds=["a"]),
            "`Guardrail` has no prop `wrds`: did you mean `words`?",
        ),
        (
            lambda s: GUARDRAIL(s, "G", words={"a"}),
            "`words` has the value `{'a'}` of the type `set`: pass a list, since a set has no order",
        ),
        (
            lambda s: GUARDRAIL(s, "G", words=cdk.Fn.split(",", cdk.Fn.ref("Words"))),
            (
                "`words` is a list that only the deployment knows: pass a list with its values, each of "
                "which may be a token, such as `cdk.Fn.select(0, ...)`"
            ),
        ),
        (
            lambda _: BASE(object(), "K"),
            "`scope` has a value of the type `object`: pass a construct such as the stack",
        ),
        (lambda s: BASE(s, ""), "`construct_id` has the value ``: pass a name that the app's code knows"),
        (
            lambda s: AppRole.from_role_arn(s, "R", "acme"),
            (
                '`role_arn` has the value `acme`, which the CDK refuses: ARNs must start with "arn:" and '
                "have at least 6 components: acme"
            ),
        ),
        (
            lambda s: GUARDRAIL(s, "G", content_policy_config={"filters": []}),
            (
                "`content_policy_config` has a part that `bedrock.CfnGuardrail.ContentPolicyConfigProperty` "
                "doesn't take: pass a `bedrock.CfnGuardrail.ContentPolicyConfigProperty`"
            ),
        ),
        (
            lambda s: constructs_lib.PromptInference(temperature=float("nan")),
            "`temperature` has the value `nan`: pass a finite number",
        ),
        (
            lambda _: PlanesError("`x` has the value `a\nb" + "c" * 200 + "`: pass y"),
            "`x` has the value `a\\nb" + "c" * 113 + "...`: pass y",
        ),
    ],
)
def test_what_is_said(call: Callable[[cdk.Stack], object], says: str) -> None:
    try:
        error = call(Rooms().stack)
    except PlanesError as raised:
        error = raised
    assert str(error) == says


def test_an_error_of_this_library_is_not_hidden() -> None:
    class Broken:
        def method(self, value: str) -> None:
            raise KeyError(value)

    Broken.__module__ = "constructs_lib.broken"
    with pytest.raises(KeyError, match="acme"):
        with_explained_calls(Broken)().method("acme")


def test_a_policy_without_statements_fails_the_synthesis() -> None:
    rooms = Rooms()
    constructs_lib.VectorBucketPolicy(rooms.stack, "Policy", vector_bucket=rooms.vector_bucket)
    with pytest.raises(RuntimeError, match=r"\[AcmeDeployRole/Policy\] the policy has no statement: add one"):
        rooms.app.synth()
