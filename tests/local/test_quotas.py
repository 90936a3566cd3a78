"""Names that AWS keeps unique, and the quota of guardrail versions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.local.templates import MODEL_ARN, allow, policy

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.local import LocalAws

_BUCKET = {"type": "S3", "s3Configuration": {"bucketArn": "arn:aws:s3:::documents"}}
_GUARDRAIL = {"blockedInputMessaging": "x", "blockedOutputsMessaging": "y"}


@pytest.fixture
def service_role(local_aws: LocalAws) -> str:
    iam = local_aws.client("iam")
    local_aws.reset()
    trust = {"Effect": "Allow", "Principal": {"Service": "bedrock.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = iam.create_role(RoleName="service", AssumeRolePolicyDocument=json.dumps(policy(trust)))["Role"]
    everything = json.dumps(policy(allow("*")))
    iam.put_role_policy(RoleName="service", PolicyName="p", PolicyDocument=everything)
    return str(role["Arn"])


def _knowledge_base(role: str) -> dict[str, Any]:
    vector = {"embeddingModelArn": MODEL_ARN}
    configuration = {"type": "VECTOR", "vectorKnowledgeBaseConfiguration": vector}
    return {"roleArn": role, "knowledgeBaseConfiguration": configuration}


class _Type:
    """How to make, rename and delete one type of resource."""

    def __init__(self, aws: LocalAws, role: str, kind: str) -> None:
        client = aws.client("bedrock" if kind == "guardrail" else "bedrock-agent")
        knowledge_base = _knowledge_base(role)
        parent = {}
        if kind == "data_source":
            made = client.create_knowledge_base(name="parent", **knowledge_base)
            parent = {"knowledgeBaseId": made["knowledgeBase"]["knowledgeBaseId"]}
        self.parameters: dict[str, Any] = {
            "agent": {"agentResourceRoleArn": role, "foundationModel": "amazon.nova-lite-v1:0"},
            "data_source": {**parent, "dataSourceConfiguration": _BUCKET},
            "flow": {"executionRoleArn": role},
            "guardrail": _GUARDRAIL,
            "knowledge_base": knowledge_base,
            "prompt": {},
        }[kind]
        self.identifier, self.member = {
            "agent": ("agentId", "agentId"),
            "data_source": ("dataSourceId", "dataSourceId"),
            "flow": ("flowIdentifier", "id"),
            "guardrail": ("guardrailIdentifier", "guardrailId"),
            "knowledge_base": ("knowledgeBaseId", "knowledgeBaseId"),
            "prompt": ("promptIdentifier", "id"),
        }[kind]
        self.name = "agentName" if kind == "agent" else "name"
        self.wrapper = {"agent": "agent", "data_source": "dataSource", "knowledge_base": "knowledgeBase"}.get(
            kind
        )
        self._create = getattr(client, f"create_{kind}")
        self._update = getattr(client, f"update_{kind}")
        self._delete = getattr(client, f"delete_{kind}")
        self._parent = parent

    def create(self, name: str) -> dict[str, Any]:
        """Return what identifies the new resource."""
        answer = self._create(**{self.name: name}, **self.parameters)
        made = answer[self.wrapper] if self.wrapper else answer
        return {self.identifier: made[self.member], **self._parent}

    def rename(self, identity: dict[str, Any], name: str) -> None:
        self._update(**{**self.parameters, **identity, self.name: name})

    def delete(self, identity: dict[str, Any]) -> None:
        self._delete(**identity)


@pytest.mark.parametrize("kind", ["agent", "data_source", "flow", "guardrail", "knowledge_base", "prompt"])
def test_a_name_is_taken_until_its_resource_is_deleted(
    local_aws: LocalAws, service_role: str, kind: str
) -> None:
    resources = _Type(local_aws, service_role, kind)
    first = resources.create("taken")

    def conflict(call: Callable[..., Any], *arguments: Any) -> None:
        with pytest.raises(ClientError, match="taken already exists") as caught:
            call(*arguments)
        assert caught.value.response["Error"]["Code"] == "ConflictException"
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 409

    conflict(resources.create, "taken")
    second = resources.create("free")
    conflict(resources.rename, second, "taken")
    resources.rename(first, "taken")  # its own name is no conflict
    resources.delete(first)
    resources.rename(second, "taken")


def test_two_knowledge_bases_may_have_data_sources_of_one_name(
    local_aws: LocalAws, service_role: str
) -> None:
    client = local_aws.client("bedrock-agent")
    for name in ("one", "two"):
        made = client.create_knowledge_base(name=name, **_knowledge_base(service_role))["knowledgeBase"]
        client.create_data_source(
            knowledgeBaseId=made["knowledgeBaseId"], name="documents", dataSourceConfiguration=_BUCKET
        )


def test_a_guardrail_has_at_most_twenty_versions(local_aws: LocalAws, service_role: str) -> None:
    assert service_role
    client = local_aws.client("bedrock")
    guardrail = client.create_guardrail(name="versions", **_GUARDRAIL)["guardrailId"]
    other = client.create_guardrail(name="others", **_GUARDRAIL)["guardrailId"]
    for number in range(1, 21):
        assert client.create_guardrail_version(guardrailIdentifier=guardrail)["version"] == str(number)
    with pytest.raises(client.exceptions.ServiceQuotaExceededException, match="exceeds the limit of 20"):
        client.create_guardrail_version(guardrailIdentifier=guardrail)
    client.create_guardrail_version(guardrailIdentifier=other)
    client.delete_guardrail(guardrailIdentifier=guardrail, guardrailVersion="1")
    assert client.create_guardrail_version(guardrailIdentifier=guardrail)["version"] == "21"
