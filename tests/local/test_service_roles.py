"""Ingestion, retrieval and agents over real documents, and service roles that lack a permission."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.local.conftest import Stacks, outputs
from tests.local.templates import (
    AGENT_STATEMENTS,
    ALL_OUTPUTS,
    KNOWLEDGE_BASE_STATEMENTS,
    MODEL,
    MODEL_ARN,
    agent_resources,
    guardrail_resources,
    knowledge_base_resources,
    policy,
    template,
)

if TYPE_CHECKING:
    from constructs_lib.local import LocalAws

_REFUNDS = "# Refunds\n\nThe refund policy gives customers 30 days. Shipping back is free."
_PLANES = "# Planes\n\nThe control plane configures resources. The data plane runs models."


class World:
    """The deployed knowledge base, guardrail and agent, with two ingested documents."""

    def __init__(self, aws: LocalAws, stacks: Stacks) -> None:
        self.aws, self.stacks = aws, stacks
        resources = {**knowledge_base_resources(), **guardrail_resources(), **agent_resources()}
        stack = stacks.create("world", template(resources, ALL_OUTPUTS))
        assert stack["StackStatus"] == "CREATE_COMPLETE", stacks.failures("world")
        self.ids = outputs(stack)
        self.agent, self.runtime = aws.client("bedrock-agent"), aws.client("bedrock-agent-runtime")
        self.iam, self.s3 = aws.client("iam"), aws.client("s3")
        self.put("refunds.md", _REFUNDS, team="sales", year=2026)
        self.put("planes.md", _PLANES, team="platform", year=2025)

    def put(self, key: str, text: str, **attributes: Any) -> None:
        self.s3.put_object(Bucket=self.ids["Bucket"], Key=key, Body=text.encode())
        metadata = json.dumps({"metadataAttributes": attributes}).encode()
        self.s3.put_object(Bucket=self.ids["Bucket"], Key=f"{key}.metadata.json", Body=metadata)

    def ingest(self) -> dict[str, Any]:
        names = {"knowledgeBaseId": self.ids["KnowledgeBaseId"], "dataSourceId": self.ids["DataSourceId"]}
        job = self.agent.start_ingestion_job(**names)["ingestionJob"]
        assert job["status"] == "STARTING"
        found: dict[str, Any] = self.agent.get_ingestion_job(**names, ingestionJobId=job["ingestionJobId"])
        return dict(found["ingestionJob"])

    def retrieve(self, text: str, **search: Any) -> list[dict[str, Any]]:
        answer = self.runtime.retrieve(
            knowledgeBaseId=self.ids["KnowledgeBaseId"],
            retrievalQuery={"text": text},
            retrievalConfiguration={"vectorSearchConfiguration": search},
        )
        return list(answer["retrievalResults"])

    def ask(self, text: str) -> list[dict[str, Any]]:
        answer = self.runtime.invoke_agent(
            agentId=self.ids["AgentId"], agentAliasId=self.ids["AliasId"], sessionId="session", inputText=text
        )
        return list(answer["completion"])

    def set_policy(self, role: str, statements: list[dict[str, Any]]) -> None:
        """Give a service role exactly these statements, with the stack's references put in."""
        resolved = json.dumps(policy(*statements))
        for attribute, value in (
            ('{"Fn::GetAtt": ["Index", "IndexArn"]}', self.ids["IndexArn"]),
            ('{"Fn::GetAtt": ["Documents", "Arn"]}', f"arn:aws:s3:::{self.ids['Bucket']}"),
            ('{"Fn::Sub": "${Documents.Arn}/*"}', f"arn:aws:s3:::{self.ids['Bucket']}/*"),
            ('{"Fn::GetAtt": ["KnowledgeBase", "KnowledgeBaseArn"]}', self.ids["KnowledgeBaseArn"]),
            ('{"Fn::GetAtt": ["Guardrail", "GuardrailArn"]}', self.ids["GuardrailArn"]),
        ):
            resolved = resolved.replace(attribute, json.dumps(value))
        self.iam.put_role_policy(RoleName=self.ids[role], PolicyName="inline", PolicyDocument=resolved)


@pytest.fixture
def world(local_aws: LocalAws, stacks: Stacks) -> World:
    local_aws.reset()
    return World(local_aws, Stacks(local_aws))


def _without(statements: list[dict[str, Any]], action: str) -> list[dict[str, Any]]:
    kept = [statement for statement in statements if action not in statement["Action"]]
    assert len(kept) < len(statements)
    return kept


def test_ingestion_retrieval_and_answers_with_citations(world: World) -> None:
    job = world.ingest()
    assert job["status"] == "COMPLETE", job["failureReasons"]
    assert job["statistics"]["numberOfNewDocumentsIndexed"] == 2
    assert job["statistics"]["numberOfMetadataDocumentsScanned"] == 2
    best = world.retrieve("How many days does the refund policy give?")[0]
    assert best["content"]["text"] == _REFUNDS
    assert best["location"]["s3Location"]["uri"] == f"s3://{world.ids['Bucket']}/refunds.md"
    assert best["metadata"]["team"] == "sales"
    configuration = {"knowledgeBaseId": world.ids["KnowledgeBaseId"], "modelArn": MODEL_ARN}
    question = {
        "input": {"text": "How many days does the refund policy give?"},
        "retrieveAndGenerateConfiguration": {
            "type": "KNOWLEDGE_BASE",
            "knowledgeBaseConfiguration": configuration,
        },
    }
    answer = world.runtime.retrieve_and_generate(**question)
    assert answer["output"]["text"] == _REFUNDS
    reference = answer["citations"][0]["retrievedReferences"][0]
    assert reference["location"]["s3Location"]["uri"].endswith("/refunds.md")
    stream = list(world.runtime.retrieve_and_generate_stream(**question)["stream"])
    assert stream[0] == {"output": {"text": answer["output"]["text"]}}


def test_a_filter_selects_by_the_metadata_files(world: World) -> None:
    world.ingest()
    filtered = world.retrieve("plane policy", filter={"equals": {"key": "team", "value": "platform"}})
    assert [result["metadata"]["team"] for result in filtered] == ["platform"]
    newer = world.retrieve("plane policy", filter={"greaterThan": {"key": "year", "value": 2025}})
    assert [result["metadata"]["year"] for result in newer] == [2026]


def test_a_second_ingestion_sees_changes_and_deletions_only(world: World) -> None:
    world.ingest()
    assert world.ingest()["statistics"]["numberOfModifiedDocumentsIndexed"] == 0
    world.put("refunds.md", "Refunds take 14 days now.", team="sales", year=2026)
    world.s3.delete_object(Bucket=world.ids["Bucket"], Key="planes.md")
    statistics = world.ingest()["statistics"]
    assert (statistics["numberOfModifiedDocumentsIndexed"], statistics["numberOfDocumentsDeleted"]) == (1, 1)
    assert [r["content"]["text"] for r in world.retrieve("refunds")] == ["Refunds take 14 days now."]
    assert world.retrieve("data plane") == []


@pytest.mark.parametrize("missing", ["s3:ListBucket", "s3:GetObject", "s3vectors:PutVectors"])
def test_ingestion_fails_with_the_reason(world: World, missing: str) -> None:
    world.set_policy("KnowledgeBaseRole", _without(KNOWLEDGE_BASE_STATEMENTS, missing))
    job = world.ingest()
    assert job["status"] == "FAILED"
    assert f"is not authorized to perform: {missing} on resource: " in job["failureReasons"][0]


def test_deleting_vectors_needs_its_own_permission(world: World) -> None:
    world.ingest()
    world.s3.delete_object(Bucket=world.ids["Bucket"], Key="planes.md")
    world.set_policy("KnowledgeBaseRole", _without(KNOWLEDGE_BASE_STATEMENTS, "s3vectors:DeleteVectors"))
    job = world.ingest()
    assert job["status"] == "FAILED"
    assert "perform: s3vectors:DeleteVectors on" in job["failureReasons"][0]


def test_ingestion_without_the_embedding_model_is_refused_at_once(world: World) -> None:
    world.set_policy("KnowledgeBaseRole", _without(KNOWLEDGE_BASE_STATEMENTS, "bedrock:InvokeModel"))
    with pytest.raises(ClientError, match="is not able to call specified embedding model") as caught:
        world.ingest()
    assert caught.value.response["Error"]["Code"] == "ValidationException"


@pytest.mark.parametrize("missing", ["bedrock:InvokeModel", "s3vectors:QueryVectors", "s3vectors:GetVectors"])
def test_retrieval_quotes_the_service_roles_denial(world: World, missing: str) -> None:
    world.ingest()
    world.set_policy("KnowledgeBaseRole", _without(KNOWLEDGE_BASE_STATEMENTS, missing))
    with pytest.raises(ClientError, match=f"perform: {missing} on resource: ") as caught:
        world.retrieve("refunds")
    assert caught.value.response["Error"]["Code"] == "ValidationException"
    assert f"assumed-role/{world.ids['KnowledgeBaseRole']}/" in caught.value.response["Error"]["Message"]


def test_an_agent_answers_from_its_knowledge_base_and_obeys_its_guardrail(world: World) -> None:
    world.ingest()
    chunk = world.ask("Which plane runs models?")[0]["chunk"]
    assert chunk["bytes"] == _PLANES.encode()
    uri = chunk["attribution"]["citations"][0]["retrievedReferences"][0]["location"]["s3Location"]["uri"]
    assert uri.endswith("/planes.md")
    assert world.ask("say the forbidden word")[0]["chunk"]["bytes"] == b"blocked input"
    assert world.ask("write to a@example.com")[0]["chunk"]["bytes"] == b"blocked input"


@pytest.mark.parametrize("missing", ["bedrock:InvokeModel", "bedrock:Retrieve", "bedrock:ApplyGuardrail"])
def test_an_agent_whose_role_lacks_a_permission_says_so_in_the_stream(world: World, missing: str) -> None:
    world.set_policy("AgentRole", _without(AGENT_STATEMENTS, missing))
    with pytest.raises(ClientError, match=f"perform: {missing} on resource: ") as caught:
        world.ask("Which plane runs models?")
    assert caught.value.response["Error"]["Code"] == "accessDeniedException"


def test_a_guardrail_blocks_words_and_addresses_and_answers_are_deterministic(world: World) -> None:
    client = world.aws.client("bedrock-runtime")
    config = {
        "guardrailIdentifier": world.ids["GuardrailId"],
        "guardrailVersion": world.ids["GuardrailVersion"],
    }

    def say(text: str) -> dict[str, Any]:
        messages = [{"role": "user", "content": [{"text": text}]}]
        answer: dict[str, Any] = client.converse(modelId=MODEL, messages=messages, guardrailConfig=config)
        return answer

    assert say("hello")["stopReason"] == "end_turn"
    assert say("hello")["output"] == say("hello")["output"]
    assert say("a forbidden word")["stopReason"] == "guardrail_intervened"
    assert say("mail a@example.com")["output"]["message"]["content"][0]["text"] == "blocked input"


def test_text_under_a_filterable_key_is_too_long_for_s3_vectors(world: World) -> None:
    vectors = world.aws.client("s3vectors")
    bucket = world.ids["IndexArn"].partition("/index/")[0]
    vectors.create_index(
        vectorBucketArn=bucket, indexName="plain", dataType="float32", dimension=2, distanceMetric="cosine"
    )
    vector = {"key": "k", "data": {"float32": [1.0, 0.0]}, "metadata": {"AMAZON_BEDROCK_TEXT": "x" * 3000}}
    with pytest.raises(ClientError, match="Filterable metadata must have at most 2048 bytes"):
        vectors.put_vectors(indexArn=f"{bucket}/index/plain", vectors=[vector])


def test_invocation_logging_is_set_read_and_removed_and_its_role_is_checked(world: World) -> None:
    bedrock = world.aws.client("bedrock")
    trust = {"Effect": "Allow", "Principal": {"Service": "bedrock.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = world.iam.create_role(RoleName="logging", AssumeRolePolicyDocument=json.dumps(policy(trust)))[
        "Role"
    ]["Arn"]
    world.aws.client("logs").create_log_group(logGroupName="/bedrock")
    config = {
        "cloudWatchConfig": {"logGroupName": "/bedrock", "roleArn": role},
        "textDataDeliveryEnabled": True,
    }
    with pytest.raises(ClientError, match="Failed to validate permissions for log group: /bedrock"):
        bedrock.put_model_invocation_logging_configuration(loggingConfig=config)
    write = {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "*"}
    world.iam.put_role_policy(RoleName="logging", PolicyName="p", PolicyDocument=json.dumps(policy(write)))
    bedrock.put_model_invocation_logging_configuration(loggingConfig=config)
    found = bedrock.get_model_invocation_logging_configuration()["loggingConfig"]
    assert found["cloudWatchConfig"]["logGroupName"] == "/bedrock"
    bedrock.delete_model_invocation_logging_configuration()
    assert not bedrock.get_model_invocation_logging_configuration().get("loggingConfig")


def _delete_source(world: World) -> str:
    """Delete the data source; returns its status afterwards, or `gone`."""
    names = {"knowledgeBaseId": world.ids["KnowledgeBaseId"], "dataSourceId": world.ids["DataSourceId"]}
    assert world.agent.delete_data_source(**names)["status"] == "DELETING"
    try:
        return str(world.agent.get_data_source(**names)["dataSource"]["status"])
    except world.agent.exceptions.ResourceNotFoundException:  # the other answer
        return "gone"


def _vectors(world: World) -> int:
    return len(world.aws.client("s3vectors").list_vectors(indexArn=world.ids["IndexArn"])["vectors"])


def test_deleting_a_data_source_empties_its_vector_store(world: World) -> None:
    world.ingest()
    assert _vectors(world) == 2
    assert _delete_source(world) == "gone"
    assert _vectors(world) == 0


def test_a_data_source_stays_when_the_service_role_may_not_delete_its_vectors(world: World) -> None:
    world.ingest()
    world.set_policy("KnowledgeBaseRole", _without(KNOWLEDGE_BASE_STATEMENTS, "s3vectors:DeleteVectors"))
    assert _delete_source(world) == "DELETE_UNSUCCESSFUL"
    names = {"knowledgeBaseId": world.ids["KnowledgeBaseId"], "dataSourceId": world.ids["DataSourceId"]}
    source = world.agent.get_data_source(**names)["dataSource"]
    assert "perform: s3vectors:DeleteVectors on" in source["failureReasons"][0]
    assert _vectors(world) == 2
    world.set_policy("KnowledgeBaseRole", KNOWLEDGE_BASE_STATEMENTS)
    assert _delete_source(world) == "gone"


def test_a_data_source_stays_when_its_vector_store_or_role_is_gone(world: World) -> None:
    world.aws.client("s3vectors").delete_index(indexArn=world.ids["IndexArn"])
    assert _delete_source(world) == "DELETE_UNSUCCESSFUL"
    world.iam.delete_role_policy(RoleName=world.ids["KnowledgeBaseRole"], PolicyName="inline")
    world.iam.delete_role(RoleName=world.ids["KnowledgeBaseRole"])
    assert _delete_source(world) == "DELETE_UNSUCCESSFUL"


def test_a_data_source_that_retains_its_data_needs_no_right_on_the_vector_store(world: World) -> None:
    world.ingest()
    names = {"knowledgeBaseId": world.ids["KnowledgeBaseId"], "dataSourceId": world.ids["DataSourceId"]}
    source = world.agent.get_data_source(**names)["dataSource"]
    world.agent.update_data_source(
        **names,
        name=source["name"],
        dataSourceConfiguration=source["dataSourceConfiguration"],
        dataDeletionPolicy="RETAIN",
    )
    world.set_policy("KnowledgeBaseRole", _without(KNOWLEDGE_BASE_STATEMENTS, "s3vectors:DeleteVectors"))
    assert _delete_source(world) == "gone"
    assert _vectors(world) == 2


def test_a_stack_fails_to_delete_a_data_source_whose_vectors_stay(world: World) -> None:
    world.set_policy("KnowledgeBaseRole", _without(KNOWLEDGE_BASE_STATEMENTS, "s3vectors:DeleteVectors"))
    world.stacks.cloudformation.delete_stack(StackName="world")
    assert world.stacks.settled("world")["StackStatus"] == "DELETE_FAILED"
    assert "perform: s3vectors:DeleteVectors on" in world.stacks.failures("world")
