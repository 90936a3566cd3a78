"""Everything that one Bedrock or S3 Vectors call must be allowed to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ministack.core.responses import get_account_id, get_region

from constructs_lib.local.emulator._request import Check
from constructs_lib.local.emulator.authorization._models import arn
from constructs_lib.local.emulator.authorization._resources import resource_of
from constructs_lib.local.emulator.authorization._rows import ROWS, strings_of

if TYPE_CHECKING:
    from constructs_lib.local.emulator._request import Request
    from constructs_lib.local.emulator.authorization._operations import Call

__all__ = ["bedrock_plan", "s3vectors_plan"]

_ROLE_MEMBERS = ("roleArn", "agentResourceRoleArn", "executionRoleArn")

_CREATED_WITH_TAGS: dict[str, str] = {
    # Tags in a creating call need TagResource on the new resource, whose id is not known yet:
    # https://docs.aws.amazon.com/bedrock/latest/userguide/tagging.html
    "CreateGuardrail": "guardrail/*",
    "CreateInferenceProfile": "application-inference-profile/*",
    "CreateAgent": "agent/*",
    "CreateAgentAlias": "agent-alias/*",
    "CreateKnowledgeBase": "knowledge-base/*",
    "CreateFlow": "flow/*",
    "CreateFlowAlias": "flow/*",
    "CreatePrompt": "prompt/*",
    "CreatePromptVersion": "prompt/*",
}


def bedrock_plan(call: Call, request: Request) -> list[Check]:
    """Return the checks of a Bedrock call: its own, tags given at creation, and the roles that it passes on.

    iam:PassRole: https://docs.aws.amazon.com/bedrock/latest/userguide/security-iam-service-with-iam.html
    """
    row = ROWS.get(f"{call.client}:{call.operation}")
    checks = row.checks(call, request) if row else [Check(f"bedrock:{call.operation}", resource_of(call))]
    if call.client not in ("bedrock", "bedrock-agent"):
        return checks
    tags = _tags(request)
    if tags:
        keys = {f"aws:requesttag/{key.lower()}": value for key, value in tags.items()}
        keyed = {"aws:tagkeys": list(tags), **keys}
        checks = [Check(check.action, check.resource, {**check.context, **keyed}) for check in checks]
        if call.operation in _CREATED_WITH_TAGS:
            checks.append(Check("bedrock:TagResource", arn(_CREATED_WITH_TAGS[call.operation]), keyed))
    roles = dict.fromkeys(strings_of(request.document, *_ROLE_MEMBERS))
    return checks + [
        Check("iam:PassRole", role, {"iam:passedtoservice": "bedrock.amazonaws.com"})
        for role in roles
        if role.startswith("arn:")
    ]


def _tags(request: Request) -> dict[str, str]:
    tags = request.document.get("tags")
    if isinstance(tags, dict):
        return {str(key): str(value) for key, value in tags.items()}
    if isinstance(tags, list):
        return {str(tag.get("key")): str(tag.get("value")) for tag in tags if isinstance(tag, dict)}
    return {}


def s3vectors_plan(operation: str, request: Request) -> list[Check]:
    """Return the checks of an S3 Vectors call.

    QueryVectors and ListVectors need GetVectors too when they filter by or return metadata or data:
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_S3VectorBuckets_QueryVectors.html
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_S3VectorBuckets_ListVectors.html
    The others: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3vectors.html
    """
    resource = _vector_resource(operation, request)
    checks = [Check(f"s3vectors:{operation}", resource)]
    document = request.document
    reads_more = document.get("returnData") or document.get("returnMetadata") or document.get("filter")
    if operation in ("QueryVectors", "ListVectors") and reads_more:
        checks.append(Check("s3vectors:GetVectors", resource))
    if operation in ("CreateVectorBucket", "CreateIndex") and _tags(request):
        checks.append(Check("s3vectors:TagResource", resource))
    return checks


def _vector_resource(operation: str, request: Request) -> str:
    document = request.document
    if operation == "ListVectorBuckets":
        return "*"
    for name in ("indexArn", "resourceArn"):
        if isinstance(document.get(name), str):
            return str(document[name])
    bucket = (
        document.get("vectorBucketName") or str(document.get("vectorBucketArn", "")).rpartition("bucket/")[2]
    )
    index = document.get("indexName")
    tail = f"/index/{index}" if index else ""
    return f"arn:aws:s3vectors:{get_region()}:{get_account_id()}:bucket/{bucket}{tail}"
