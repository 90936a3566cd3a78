"""A wrong call of a public construct is a sentence, and never an error of Python or jsii."""

from __future__ import annotations

import enum
import inspect
from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

import constructs_lib
from constructs_lib import Model, PlanesError
from tests.cdk import Stack

if TYPE_CHECKING:
    from collections.abc import Callable


class Other(enum.Enum):
    """An enum of nobody."""

    VALUE = "value"


class Thing:
    """An object of nobody."""

    def __repr__(self) -> str:
        return "Thing()"


WRONG: dict[str, Any] = {
    "None": None,
    "int": 7,
    "list": ["a", 7],
    "dict": {"a": 7},
    "object": Thing(),
    "enum": Other.VALUE,
    "empty": "",
    "long": "x" * 5000,
}
LAMBDA = iam.ServicePrincipal("lambda.amazonaws.com")
ARN = "arn:aws:bedrock:us-east-1:111122223333"

FLOW: Any = constructs_lib.Flow
GUARDRAIL: Any = constructs_lib.Guardrail

# What each construct needs at least.
LEAST: dict[str, Callable[[Stack], dict[str, Any]]] = {
    "AppRole": lambda s: {"assumed_by": LAMBDA},
    "ApplicationInferenceProfile": lambda s: {"model": Model.of("amazon.nova-lite-v1:0")},
    "BedrockMantleProject": lambda s: {},
    "DeployRole": lambda s: {"name_prefix": "Acme"},
    "Guardrail": lambda s: {"words": ["aurora"]},
    "KnowledgeBase": lambda s: {},
    "KnowledgeBaseSync": lambda s: {"knowledge_base": constructs_lib.KnowledgeBase(s, "K")},
    "OperatorRole": lambda s: {"assumed_by": LAMBDA},
    "Prompt": lambda s: {},
    "PromptRouter": lambda s: {},
    "VectorBucket": lambda s: {},
    "VectorIndex": lambda s: {"vector_bucket": constructs_lib.VectorBucket(s, "B"), "dimension": 256},
    "VectorBucketPolicy": lambda s: {"vector_bucket": constructs_lib.VectorBucket(s, "B")},
    "DataSource": lambda s: {
        "knowledge_base": constructs_lib.KnowledgeBase(s, "K"),
        "source": constructs_lib.DocumentSource.s3(s3.Bucket(s, "D")),
    },
    "EnforcedGuardrail": lambda s: {
        "guardrail": constructs_lib.Guardrail(s, "G", words=["a"]).create_version()
    },
    "OrganizationGuardrail": lambda s: {},
    "Flow": lambda s: {},
    "Harness": lambda s: {
        "model": "amazon.nova-lite-v1:0",
        "role": constructs_lib.AppRole.for_agentcore(s, "R"),
    },
    "Agent": lambda s: {
        "model": "amazon.nova-lite-v1:0",
        "instruction": "Answer what people ask you, politely.",
    },
    "JobRole": lambda s: {},
    "InvocationLogging": lambda s: {"log_group": logs.LogGroup(s, "L")},
    "BedrockDashboard": lambda s: {},
    "BedrockQueries": lambda s: {"log_group": logs.LogGroup(s, "L")},
    "BedrockTrail": lambda s: {},
    "BedrockVpcEndpoints": lambda s: {},
    "PlaneCrossingAlarms": lambda s: {},
    "DataPlaneBoundary": lambda s: {},
    "KnowledgeBasePolicy": lambda s: {},
    "ResourcePolicy": lambda s: {},
}


def props(name: str) -> list[str]:
    parameters = inspect.signature(getattr(constructs_lib, name).__init__).parameters.values()
    # The structures of the L1 are a way out, which the CDK judges.
    return [
        p.name
        for p in parameters
        if p.kind is inspect.Parameter.KEYWORD_ONLY and not p.name.endswith("_config")
    ]


@pytest.mark.parametrize("name", LEAST)
def test_a_wrong_prop_is_refused_in_a_sentence(name: str) -> None:
    stack = Stack("AcmeDeployRole")
    construct, least = getattr(constructs_lib, name), LEAST[name](stack)
    raw = []
    for prop in props(name):
        for kind, value in WRONG.items():
            try:
                construct(stack, f"{prop}-{kind}", **{**least, prop: value})
            except PlanesError:  # the sentence that a user should see
                continue
            except Exception as error:  # noqa: BLE001 - which other error it is, is what is looked for
                raw.append(f"{prop}={kind}: {type(error).__name__}: {str(error)[:110]}")
    assert raw == []


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda s: FLOW(s, "F"), "`Flow` needs `definition`: pass it"),
        (
            lambda s: GUARDRAIL(s, "G", wrds=["a"]),
            "`Guardrail` has no prop `wrds`: did you mean `words`?",
        ),
    ],
)
def test_a_wrong_name_is_answered_with_the_right_one(call: Callable[[Stack], object], says: str) -> None:
    with pytest.raises(PlanesError) as caught:
        call(Stack())
    assert str(caught.value) == says


# Values that are made by other factories, and facades that constructs make; and those of deployments.
NOT_CALLED = {
    "DataPlaneGrants",
    "Deployer",
    "FormerLogging",
    "KnowledgeBaseGrants",
    "KnowledgeBaseType",
    "OperatorGrants",
    "QueryEngine",
    "ReviewStep",
    "VectorBucketGrants",
    "VectorIndexGrants",
    "VectorStore",
}


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in constructs_lib.__all__
        if inspect.isclass(value := getattr(constructs_lib, name))
        and not issubclass(value, (Construct, enum.Enum, Exception))
        and name not in NOT_CALLED
    ],
)
def test_a_wrong_name_of_a_values_argument_is_answered_too(name: str) -> None:
    value: Any = getattr(constructs_lib, name)
    factories = [
        getattr(value, factory)
        for factory, member in vars(value).items()
        if isinstance(member, (staticmethod, classmethod)) and not factory.startswith("_")
    ]
    for call in (value, *factories):
        with pytest.raises(PlanesError, match="has no prop `nonsense`"):
            call(nonsense=1)
