"""A model as a value: each way to call one gives the grant that its text gives, and nothing else is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_iam as iam

from constructs_lib import Agent, DataPlaneGrants, KnowledgeBase, KnowledgeBaseType, Model, PlanesError
from tests.cdk import ACCOUNT, REGION, Stack, resources, template

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.grants import ModelLike

NOVA = "amazon.nova-lite-v1:0"
HERE = f"arn:aws:bedrock:{REGION}:{ACCOUNT}"
PROFILE = f"{HERE}:application-inference-profile/abcdef123456"
ROUTER = f"{HERE}:prompt-router/abcdef123456"


def statements(model: ModelLike, behind: tuple[ModelLike, ...] = ()) -> Any:
    stack = Stack()
    DataPlaneGrants(iam.User(stack, "U")).invoke(model, streaming=True, behind=behind)
    [policy] = resources(template(stack), "AWS::IAM::Policy").values()
    text = policy["Properties"]["PolicyDocument"]["Statement"]
    return [_sorted(one) for one in _with_partition(text)]


def _sorted(statement: dict[str, Any]) -> dict[str, Any]:
    """Sort the resources: the CDK sorts ARNs with and without a joined partition in different orders."""
    found = statement["Resource"]
    return {**statement, "Resource": sorted(found) if isinstance(found, list) else found}


def _with_partition(value: Any) -> Any:
    """Write joined ARNs as one text, so that those given as text and those made from an id are equal."""
    if isinstance(value, list):
        return [_with_partition(one) for one in value]
    if isinstance(value, dict):
        if list(value) == ["Fn::Join"]:
            return "".join("aws" if one == {"Ref": "AWS::Partition"} else one for one in value["Fn::Join"][1])
        return {key: _with_partition(one) for key, one in value.items()}
    return value


SAME: dict[str, tuple[Model, str, tuple[ModelLike, ...]]] = {
    "a model": (Model.of(NOVA), NOVA, ()),
    "a profile's id": (Model.of(f"us.{NOVA}"), f"us.{NOVA}", ()),
    "a geography": (Model.of(NOVA).cross_region("us"), f"us.{NOVA}", ()),
    "an imported model": (Model.imported("abcdef123456"), f"{HERE}:imported-model/abcdef123456", ()),
    "an imported model's ARN": (
        Model.imported(f"{HERE}:imported-model/abcdef123456"),
        f"{HERE}:imported-model/abcdef123456",
        (),
    ),
    "a custom deployment": (
        Model.custom_deployment("abcdef123456"),
        f"{HERE}:custom-model-deployment/abcdef123456",
        (),
    ),
    "a provisioned model": (
        Model.provisioned("abcdef123456"),
        f"{HERE}:provisioned-model/abcdef123456",
        (),
    ),
    "an endpoint": (
        Model.marketplace("jumpstart-llama"),
        f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:endpoint/jumpstart-llama",
        (),
    ),
    "an application profile": (
        Model.application_profile(PROFILE, behind=[Model.of(NOVA).cross_region("us")]),
        PROFILE,
        (f"us.{NOVA}",),
    ),
    "a router": (Model.prompt_router(ROUTER, behind=[f"us.{NOVA}"]), ROUTER, (f"us.{NOVA}",)),
}


@pytest.mark.parametrize("case", SAME)
def test_a_value_grants_what_its_text_grants(case: str) -> None:
    model, text, behind = SAME[case]
    assert statements(model) == statements(text, behind)


def test_a_token_of_an_endpoint_is_granted_in_the_account_and_region_of_the_stack() -> None:
    granted = statements(Model.marketplace(cdk.Fn.get_att("Endpoint", "Arn").to_string()))
    assert [statement["Resource"] for statement in granted] == [
        [f"{HERE}:marketplace/model-endpoint/all-access", f"{HERE}:project/default"],
        {"Fn::GetAtt": ["Endpoint", "Arn"]},
    ]


def test_an_imported_model_is_granted_by_itself_and_with_the_default_project() -> None:
    calls = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]
    assert statements(Model.imported("abcdef123456")) == [
        {
            "Action": calls,
            "Effect": "Allow",
            "Resource": [f"{HERE}:imported-model/abcdef123456", f"{HERE}:project/default"],
        },
    ]


def test_a_model_in_another_region_is_called_in_the_project_of_that_region() -> None:
    arn = HERE.replace(REGION, "us-west-2")
    [found] = statements(Model.provisioned(f"{arn}:provisioned-model/abcdef123456"))
    assert found["Resource"] == [f"{arn}:project/default", f"{arn}:provisioned-model/abcdef123456"]


REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "a wildcard": (lambda: Model.of("amazon.nova-*"), "name one model; a wildcard"),
    "no text": (lambda: Model.of(""), "name one model"),
    "a number": (lambda: Model.of(3), r"type `int`: pass a text"),  # type: ignore[arg-type]  # the point
    "another tool's spelling": (lambda: Model.of(f"bedrock/{NOVA}"), f"write `{NOVA}`"),
    "a misspelling": (lambda: Model.of("amazon.nova-lit-v1:0"), f"did you mean `{NOVA}`"),
    "no provider": (lambda: Model.of("claude"), "an id is written `PROVIDER.MODEL`"),
    "an unknown geography": (
        lambda: Model.of(NOVA).cross_region("mars"),
        r'`geography` has the value `mars`, and AWS has no such profile of `amazon.nova-lite-v1:0`: choose "',
    ),
    "a geography without the model": (
        lambda: Model.of("amazon.titan-embed-text-v2:0").cross_region("us"),
        "AWS has no such profile .* call it by its id",
    ),
    "a profile's profile": (
        lambda: Model.of(f"us.{NOVA}").cross_region("eu"),
        f"a profile already: start from the id of the model, `{NOVA}`",
    ),
    "an ARN's profile": (
        lambda: Model.of(f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}").cross_region("us"),
        "named by its id has profiles",
    ),
    "a custom model's ARN": (
        lambda: Model.custom_deployment(f"{HERE}:custom-model/abcdef123456"),
        "pass an ARN such as arn:aws:bedrock:us-east-1:111122223333:custom-model-deployment/abcdef123456",
    ),
    "an endpoint of another service": (
        lambda: Model.marketplace(f"{HERE}:endpoint/x"),
        "arn:aws:sagemaker:us-east-1:111122223333:endpoint/",
    ),
    "a wildcard in an id": (lambda: Model.imported("*"), "or its last part"),
    "a profile without models": (
        lambda: Model.application_profile(PROFILE, behind=[]),
        "pass a list with the models",
    ),
    "a text of models": (
        lambda: Model.application_profile(PROFILE, behind=NOVA),
        "pass a list with the models",
    ),
    "a router's ARN as a profile": (
        lambda: Model.application_profile(ROUTER, behind=[NOVA]),
        "application-inference-profile/abcdef123456",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_model_is_refused_where_it_is_written(case: str) -> None:
    make, message = REFUSED[case]
    with pytest.raises(PlanesError, match=message):
        make()


def test_a_model_that_is_newer_than_the_catalogue_is_taken() -> None:
    assert Model.of("amazon.nova-lite-v9:0").cross_region("us").id == "us.amazon.nova-lite-v9:0"


def test_constructs_take_the_value() -> None:
    stack = Stack()
    model = Model.of("amazon.titan-embed-text-v2:0")
    KnowledgeBase(stack, "K", type=KnowledgeBaseType.vector(embedding_model=model))
    Agent(
        stack,
        "A",
        agent_name="a",
        foundation_model=Model.of(NOVA).cross_region("us"),
        instruction="Answer the questions of our customers about orders.",
    )
    found = template(stack)
    [agent] = resources(found, "AWS::Bedrock::Agent").values()
    assert agent["Properties"]["FoundationModel"] == f"us.{NOVA}"
    [index] = resources(found, "AWS::S3Vectors::Index").values()
    assert index["Properties"]["Dimension"] == 1024


def test_references_of_others_are_taken_with_the_models_behind() -> None:
    stack = Stack()
    router = bedrock.CfnIntelligentPromptRouter(
        stack,
        "R",
        prompt_router_name="r",
        fallback_model={"modelArn": f"arn:aws:bedrock:{REGION}::foundation-model/{NOVA}"},
        models=[{"modelArn": f"arn:aws:bedrock:{REGION}::foundation-model/{NOVA}"}],
        routing_criteria={"responseQualityDifference": 10},
    )

    class Reference:
        intelligent_prompt_router_ref = router.intelligent_prompt_router_ref

    reference: Any = Reference()
    user = iam.User(stack, "U")
    with pytest.raises(PlanesError, match="name them in `behind`"):
        DataPlaneGrants(user).invoke(reference)
    DataPlaneGrants(user).invoke(reference, behind=[NOVA])
    [policy] = resources(template(stack), "AWS::IAM::Policy").values()
    [router_and_project, behind] = policy["Properties"]["PolicyDocument"]["Statement"]
    assert {"Ref": "R"} in router_and_project["Resource"]
    condition = {"StringEquals": {"bedrock:PromptRouterArn": {"Ref": "R"}}}
    assert behind["Condition"] == condition
