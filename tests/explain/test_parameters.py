"""The parameters that an SDK refuses: newer than it, misspelt, or of another operation."""

from __future__ import annotations

import botocore.session
import pytest

from constructs_lib.explain import explain
from constructs_lib.explain.parameters import INNER, MEMBERS

_CONVERSE = "modelId, messages, system, inferenceConfig, toolConfig, guardrailConfig"


def test_the_parameters_are_those_of_botocore() -> None:
    session = botocore.session.get_session()
    clients = [session.get_service_model(name) for name in ("bedrock-runtime", "bedrock-agent-runtime")]
    shapes = {
        name: model.operation_model(name).input_shape for model in clients for name in model.operation_names
    }
    assert {name: " ".join(sorted(shapes[name].members)) for name in MEMBERS} == MEMBERS


def test_the_inner_names_are_those_of_botocore() -> None:
    model = botocore.session.get_session().get_service_model("bedrock-runtime")
    names = {name for shape in model.shape_names for name in getattr(model.shape_for(shape), "members", ())}
    assert names >= INNER
    assert {"cachePoint", "maxTokens", "reasoningContent", "toolSpec"} <= INNER


@pytest.mark.parametrize(
    ("place", "name", "listed", "kind", "says"),
    [
        ("input", "performanceConfig", _CONVERSE, "sdk-too-old", "pip install --upgrade"),
        ("input", "promptVariables", _CONVERSE, "sdk-too-old", "AWS has it"),
        ("input", "model_id", _CONVERSE, "validation", "Write `modelId`"),
        ("input", "message", _CONVERSE, "validation", "Write `messages`"),
        ("input", "max_tokens", _CONVERSE, "validation", "no parameter `max_tokens`"),
        ("input", "messages", "body, contentType, accept, modelId", "validation", "of `Converse`"),
        ("inferenceConfig", "max_tokens", "maxTokens, temperature, topP", "validation", "Write `maxTokens`"),
        ("messages[0].content[1]", "cachePoint", "text, image, toolUse", "sdk-too-old", "cachePoint"),
        ("toolConfig.tools[0]", "functions", "toolSpec", "validation", "names that the message lists"),
    ],
)
def test_a_refused_parameter_is_new_or_wrong(
    place: str, name: str, listed: str, kind: str, says: str
) -> None:
    text = f'Parameter validation failed:\nUnknown parameter in {place}: "{name}", must be one of: {listed}'
    found = explain(text).document()
    assert found["kind"] == kind
    assert says in str(found)


def test_a_parameter_of_an_operation_without_a_list_may_be_new() -> None:
    text = (
        "An error occurred (ParamValidation) when calling the CreateGuardrail operation: "
        'Parameter validation failed: Unknown parameter in input: "crossRegionConfig", must be one of: name'
    )
    assert explain(text).kind == "sdk-too-old"


_SAID = "Validation failed: use fewer."
_CALLING = "An error occurred (ValidationException) when calling the Converse operation"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"Traceback:\n  File a.py\n{_CALLING}: ", ""),
        (f"{_CALLING} (reached max retries: 4): ", ""),
        ("ValidationException: ", "\n    at de_ConverseError (/a/client-bedrock-runtime/index.js:1:1) {"),
        ("ValidationException: ", "\n    at async ask (/a/@aws-sdk/client-bedrock-runtime/index.js:1:1)"),
        (
            "software.amazon.awssdk.services.bedrockruntime.model.ValidationException: ",
            " (Service: BedrockRuntime, Status Code: 400, Request ID: a) (SDK Attempt Count: 1)",
        ),
        (
            "operation error Bedrock Runtime: Converse, StatusCode: 400, ValidationException: ",
            "",
        ),
        (
            'Resource handler returned message: "',
            ' (Service: BedrockAgent, Status Code: 400, Request ID: a)" (RequestToken: b)',
        ),
        ('litellm.BadRequestError: BedrockException - {"message":"', '","type":"a"}'),
        (f'{{"level":"ERROR","message":"{_CALLING}: ', '","service":"chat"}'),
    ],
)
def test_the_answer_repeats_awss_sentence_without_its_wrapping(before: str, after: str) -> None:
    found = explain(f"{before}{_SAID}{after}")
    assert (found.kind, found.message) == ("validation", _SAID)
