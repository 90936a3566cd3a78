"""Any spelling finds its operation or action."""

from __future__ import annotations

import time

import botocore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib import catalogue
from constructs_lib.catalogue import find, spellings, suggest
from constructs_lib.catalogue._find import client_of
from constructs_lib.catalogue._spellings import infrastructure, snake_case
from tests.catalogue.sources import PACKAGES, needs_packages


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("converse", "bedrock-runtime.Converse"),
        ("CONVERSE", "bedrock-runtime.Converse"),
        ("bedrock:Converse", "bedrock-runtime.Converse"),
        ("bedrock-runtime:converse", "bedrock-runtime.Converse"),
        ("InvokeModelWithResponseStream", "bedrock-runtime.InvokeModelWithResponseStream"),
        ("invoke_model_with_response_stream", "bedrock-runtime.InvokeModelWithResponseStream"),
        ("invoke-model-with-response-stream", "bedrock-runtime.InvokeModelWithResponseStream"),
        ("aws bedrock-runtime converse-stream", "bedrock-runtime.ConverseStream"),
        ("aws --region us-east-1 bedrock-runtime converse", "bedrock-runtime.Converse"),
        ("aws bedrock-runtime converse --model-id x", "bedrock-runtime.Converse"),
        ("RetrieveAndGenerateCommand", "bedrock-agent-runtime.RetrieveAndGenerate"),
        ("RetrieveAndGenerateCommandInput", "bedrock-agent-runtime.RetrieveAndGenerate"),
        ("ConverseRequest", "bedrock-runtime.Converse"),
        ("client.invoke_model()", "bedrock-runtime.InvokeModel"),
        ("BedrockRuntimeAsyncClient.converseStream", "bedrock-runtime.ConverseStream"),
        ("BedrockRuntimeClient#converse", "bedrock-runtime.Converse"),
        ("bedrock_agent_runtime.retrieve", "bedrock-agent-runtime.Retrieve"),
        ("bedrock-agentcore.list_sessions", "bedrock-agentcore.ListSessions"),
        ("bedrock-agentcore:ListSessions", "bedrock-agentcore.ListSessions"),
        ("createABTest", "bedrock-agentcore.CreateABTest"),
        ("AWS Bedrock-Runtime Converse", "bedrock-runtime.Converse"),
        ("$ aws bedrock-runtime converse", "bedrock-runtime.Converse"),
        ("client.converse(modelId='x', messages=[])", "bedrock-runtime.Converse"),
        ("client.converse(", "bedrock-runtime.Converse"),
        ('boto3.client("bedrock-runtime").converse()', "bedrock-runtime.Converse"),
        (
            'boto3.client("bedrock-agentcore", region_name="x").list_sessions(a=1)',
            "bedrock-agentcore.ListSessions",
        ),
        ('client.get_paginator("list_agents").paginate()', "bedrock-agent.ListAgents"),
        ("await client.send(new ConverseCommand(input))", "bedrock-runtime.Converse"),
        ('ConverseCommand of "@aws-sdk/client-bedrock-runtime"', "bedrock-runtime.Converse"),
        (
            'import { ListSessionsCommand } from "@aws-sdk/client-bedrock-agentcore"',
            "bedrock-agentcore.ListSessions",
        ),
        ("software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest", "bedrock-runtime.Converse"),
        ("Aws::BedrockRuntime::Client#converse", "bedrock-runtime.Converse"),
        ("AmazonBedrockRuntimeClient.ConverseAsync", "bedrock-runtime.Converse"),
        ("retrieve and generate", "bedrock-agent-runtime.RetrieveAndGenerate"),
        ("bedrock-agent-runtime:ListSessions", "bedrock-agent-runtime.ListSessions"),
        ("bedrock-agentcore-control:TagResource", "bedrock-agentcore-control.TagResource"),
        ("bedrock-data-automation:TagResource", "bedrock-data-automation.TagResource"),
        (' "bedrock:InvokeModel",\n', "bedrock-runtime.InvokeModel"),
        ("bedrock: InvokeModel", "bedrock-runtime.InvokeModel"),
        ("bedrok:InvokeModel", "bedrock-runtime.InvokeModel"),
    ],
)
def test_a_spelling_finds_the_operation(text: str, expected: str) -> None:
    assert [f"{o.client}.{o.name}" for o in find(text).operations] == [expected]


@given(st.sampled_from(catalogue.operations()), st.data())
def test_every_operation_is_found_by_each_of_its_spellings(
    operation: catalogue.Operation, data: st.DataObject
) -> None:
    written = spellings(operation)
    text = data.draw(
        st.sampled_from(
            [
                operation.name,
                f"{operation.name}Command",
                f"aws {operation.client} {snake_case(operation.name).replace('_', '-')}",
                f"{operation.client}.{snake_case(operation.name)}",
                written.java,
                written.javascript,
                written.boto3 or operation.name,
                f"{catalogue.families()[operation.family].prefix}:{operation.name}",
            ]
        )
    )
    assert operation in find(text).operations


@given(st.sampled_from(list(catalogue.actions())))
def test_every_action_is_found_by_its_name(name: str) -> None:
    assert [a.name for a in find(name).actions] == [name]
    assert [a.name for a in find(name.lower()).actions] == [name]


@pytest.mark.parametrize(
    ("text", "client", "names"),
    [
        ("AWS::Bedrock::Guardrail", "bedrock", "CreateGuardrail DeleteGuardrail UpdateGuardrail"),
        ("aws_bedrock_guardrail", "bedrock", "CreateGuardrail DeleteGuardrail UpdateGuardrail"),
        ("CfnGuardrail", "bedrock", "CreateGuardrail DeleteGuardrail UpdateGuardrail"),
        ("aws::bedrock::flowversion", "bedrock-agent", "CreateFlowVersion DeleteFlowVersion"),
        ("AWS::Bedrock::IntelligentPromptRouter", "bedrock", "CreatePromptRouter DeletePromptRouter"),
        ("AWS::BedrockAgentCore::BrowserCustom", "bedrock-agentcore-control", "CreateBrowser DeleteBrowser"),
        ("aws_bedrock_custom_model", "bedrock", "CreateModelCustomizationJob"),
    ],
)
def test_a_resource_finds_the_operations_that_write_it(text: str, client: str, names: str) -> None:
    found = find(text)
    assert [f"{o.client}.{o.name}" for o in found.operations] == [f"{client}.{n}" for n in names.split()]
    assert (found.misplaced, found.as_action) == (None, False)


def test_every_resource_finds_its_operations() -> None:
    for operation in catalogue.operations():
        for name in infrastructure(operation):
            assert name is None or operation in find(name).operations


@pytest.mark.parametrize(
    "text",
    [
        "s3:GetObject",
        "s3:CreateSession",
        "backup:TagResource",
        "arn:aws:bedrock:us-east-1::foundation-model/x",
    ],
)
def test_an_action_of_another_service_is_none_of_bedrocks(text: str) -> None:
    found = find(text)
    assert (found.actions, found.operations, found.close) == ((), (), ())
    assert found.as_action
    assert suggest(text) == ()


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("bedrock-runtime", "bedrock-runtime"),
        ("aws bedrock-agent", "bedrock-agent"),
        ("BedrockAgentCoreControlClient", "bedrock-agentcore-control"),
        ('boto3.client("bedrock")', "bedrock"),
        ("@aws-sdk/client-bedrock-data-automation", "bedrock-data-automation"),
        ("bedrock-mantle-control", "bedrock-mantle-control"),
        ("bedrock:", "bedrock"),
        ("converse", None),
        ("bedrock-runtime.Nope", None),
        ("", None),
        ("%", None),
    ],
)
def test_a_client_alone_is_known_as_one(text: str, family: str | None) -> None:
    found = client_of(text)
    assert (found and found.name) == family


@pytest.mark.parametrize("unit", ["a", "a ", " ", ":", "(", "new ", "client(", "a.", '"', "}", "{} of "])
def test_a_long_text_takes_no_time(unit: str) -> None:
    start = time.process_time()
    find("bedrock:Invoke" + unit * 200_000)
    find(unit * 200_000)
    assert time.process_time() - start < 1


def test_methods_are_named_as_botocore_names_them() -> None:
    for operation in catalogue.operations():
        assert snake_case(operation.name) == botocore.xform_name(operation.name)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("InvokeAgentRuntimeCommand", ["InvokeAgentRuntimeCommand", "InvokeAgentRuntime"]),
        ("InvokeAgentRuntimeCommandCommand", ["InvokeAgentRuntimeCommand"]),
        ("invoke_agent_runtime_command", ["InvokeAgentRuntimeCommand"]),
        ("BedrockAgentCoreClient.invokeAgentRuntimeCommand", ["InvokeAgentRuntimeCommand"]),
        ("bedrock-agentcore:InvokeAgentRuntimeCommand", ["InvokeAgentRuntimeCommand"]),
    ],
)
def test_an_operation_may_be_named_like_another_ones_class(text: str, names: list[str]) -> None:
    assert [o.name for o in find(text).operations] == names


def test_every_spelling_that_is_shown_finds_its_operation() -> None:
    for operation in catalogue.operations():
        for text in (*spellings(operation), f"{operation.name}Command"):
            assert text is None or operation in find(text).operations, text
            assert text is None or find(text).misplaced is None, text


def test_a_name_of_several_clients_finds_them_all() -> None:
    assert {o.client for o in find("ListSessions").operations} == {
        "bedrock-agent-runtime",
        "bedrock-agentcore",
    }
    assert [a.name for a in find("CountTokens").actions] == [
        "bedrock-mantle:CountTokens",
        "bedrock:CountTokens",
    ]


@pytest.mark.parametrize(
    ("text", "client"),
    [
        ("aws bedrock converse", "bedrock"),
        ("bedrock-runtime:InvokeModel", "bedrock-runtime"),
        ('boto3.client("bedrock-runtime").list_foundation_models()', "bedrock-runtime"),
        ("bedrock-runtime:CreateAgent", "bedrock-runtime"),
    ],
)
def test_a_client_that_lacks_the_name_is_told(text: str, client: str) -> None:
    found = find(text)
    assert found.misplaced == client
    assert found.operations


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bedrock:Converse", ("bedrock:InvokeModel",)),
        ("bedrock:ConverseStream", ("bedrock:InvokeModelWithResponseStream",)),
        ("bedrock-runtime:InvokeModel", ("bedrock:InvokeModel",)),
        ("bedrock-agent:CreateAgent", ("bedrock:CreateAgent",)),
        ("bedrock:InvokeHarness", ("bedrock-agentcore:InvokeHarness",)),
        ("bedrock:UseInferenceProfile", ("bedrock:InvokeModel",)),
        ("bedrock:InvokeBlueprint", ("bedrock:InvokeDataAutomationAsync", "bedrock:InvokeDataAutomation")),
        ("bedrock-mantle:ListTagsForResources", ("bedrock-mantle:ListTagsForResource",)),
    ],
)
def test_a_wrong_action_suggests_what_was_meant(text: str, expected: tuple[str, ...]) -> None:
    assert suggest(text) == expected


@pytest.mark.parametrize(
    "text", ["bedrock-mantle:CreateInference", "bedrock:InvokeModel", "converse", "x.converse"]
)
def test_a_name_in_its_place_is_not_misplaced(text: str) -> None:
    assert find(text).misplaced is None


def test_a_misspelling_suggests_at_most_three_neighbours() -> None:
    assert suggest("InvokeModle")[0] == "InvokeModel"
    assert suggest("bedrock:InvokeModle")[0] == "bedrock:InvokeModel"
    assert len(suggest("bedrock:ListModel")) == 3


@pytest.mark.parametrize(("part", "whole"), [("oauth2", "GetResourceOauth2Token"), ("tag", "TagResource")])
def test_a_part_of_a_name_suggests_names_that_hold_it(part: str, whole: str) -> None:
    assert whole in suggest(part)


@pytest.mark.parametrize("text", ["", " ", ":", "aws", "::", ".", "()", "bedrock:", "%%%"])
def test_nothing_is_found_in_nothing(text: str) -> None:
    found = find(text)
    assert (found.actions, found.operations) == ((), ())


def test_streams_are_offered_where_the_sdks_offer_them() -> None:
    by_name = {o.name: spellings(o) for o in catalogue.operations()}
    assert by_name["ConverseStream"].cli is None
    assert by_name["ConverseStream"].boto3 == 'boto3.client("bedrock-runtime").converse_stream()'
    assert by_name["InvokeModelWithBidirectionalStream"].boto3 is None
    assert by_name["ConverseStream"].java == "bedrockruntime.BedrockRuntimeAsyncClient.converseStream()"
    assert by_name["Converse"].cli == "aws bedrock-runtime converse"


@needs_packages
def test_the_class_names_are_those_of_the_service_ids() -> None:
    import gzip
    import json

    for family in catalogue.families().values():
        if family.client:
            folder = PACKAGES / "botocore" / "data" / family.client
            raw = next(folder.glob("*/service-2.json.gz")).read_bytes()
            service_id = json.loads(gzip.decompress(raw))["metadata"]["serviceId"]
            assert family.service_id == service_id.replace(" ", "")


def test_the_cloudformation_types_exist() -> None:
    used = {infrastructure(o).cloudformation for o in catalogue.operations()} - {None}
    assert len(used) > 40
    assert used <= catalogue.cloudformation_types().keys()


@pytest.mark.parametrize("name", [n for n in catalogue.cloudformation_types() if "S3Vectors" not in n])
def test_every_cloudformation_type_of_bedrock_is_found_with_what_makes_it(name: str) -> None:
    found = find(name)
    actions = {a.name for a in found.actions} | {a for o in found.operations for a in o.actions}
    assert catalogue.cloudformation_types()[name] in actions


def test_every_row_of_infrastructure_has_its_operations() -> None:
    from constructs_lib.catalogue._spellings import _table

    used = {infrastructure(o) for o in catalogue.operations()}
    assert [row for row in _table().values() if row not in used] == []
