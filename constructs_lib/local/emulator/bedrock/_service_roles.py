# ruff: noqa: SLF001 - ministack has no public seams; the guard watches those used here
"""The service roles of Bedrock's resources: who is assumed, and what each step asks of it.

Knowledge bases: https://docs.aws.amazon.com/bedrock/latest/userguide/kb-permissions.html
Agents: https://docs.aws.amazon.com/bedrock/latest/userguide/agents-permissions.html
Logging: https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import s3

from constructs_lib.local.emulator.authorization import BEDROCK, arn, model_checks, refusal, trusts
from constructs_lib.local.emulator.bedrock._stores import missing
from constructs_lib.local.emulator.protocol import AwsError, Check

if TYPE_CHECKING:
    from constructs_lib.local.emulator.authorization import Call
    from constructs_lib.local.emulator.protocol import Request

__all__ = [
    "check_agent",
    "check_knowledge_base",
    "check_logging",
    "embedding_model",
    "knowledge_base_trusted",
]

# A new resource's id, for the aws:SourceArn of the call that makes it.
_NEW_ID = "0000000000"


def embedding_model(configuration: dict[str, Any] | None) -> str:
    """Return the embedding model's ARN, empty where the configuration names none."""
    known = configuration or {}
    kinds = ("vectorKnowledgeBaseConfiguration", "managedKnowledgeBaseConfiguration")
    return next((str(known[kind].get("embeddingModelArn", "")) for kind in kinds if known.get(kind)), "")


def knowledge_base_trusted(role: str, knowledge_base_id: str = _NEW_ID) -> bool:
    """Whether Bedrock can assume a knowledge base's role."""
    return trusts(role, BEDROCK, arn(f"knowledge-base/{knowledge_base_id}"))


def check_knowledge_base(_call: Call, request: Request) -> None:
    """Refuse a knowledge base whose role Bedrock can't assume, or that can't use its model or its index."""
    document = request.document
    role = str(document.get("roleArn", ""))
    if not knowledge_base_trusted(role):
        raise AwsError(
            "ValidationException",
            "Bedrock Knowledge Base was unable to assume the given role. Provide the proper permissions and "
            "retry the request.",
        )
    model = embedding_model(document.get("knowledgeBaseConfiguration"))
    if model and (sentence := refusal(role, *model_checks("bedrock:InvokeModel", model))):
        raise AwsError(
            "ValidationException",
            f"Knowledge base role {role} is not able to call specified bedrock embedding model {model}: "
            f"{sentence}",
        )
    if sentence := missing(document.get("storageConfiguration"), role):
        raise AwsError(
            "ValidationException", f"The knowledge base storage configuration provided is invalid: {sentence}"
        )


def check_agent(_call: Call, request: Request) -> None:
    """Refuse an agent whose role Bedrock can't assume or that can't call its model."""
    role = request.document.get("agentResourceRoleArn")
    if not role:
        return
    if not trusts(role, BEDROCK, arn(f"agent/{_NEW_ID}")):
        raise AwsError("ValidationException", f"Amazon Bedrock is not able to assume the role {role}")
    model = request.document.get("foundationModel")
    if model and (sentence := refusal(role, *model_checks("bedrock:InvokeModel", model))):
        raise AwsError("AccessDeniedException", sentence)


def check_logging(_call: Call, request: Request) -> None:
    """Refuse invocation logging whose role or bucket policy doesn't let Bedrock write."""
    config = request.document.get("loggingConfig") or {}
    group = (config.get("cloudWatchConfig") or {}).get("logGroupName")
    role = (config.get("cloudWatchConfig") or {}).get("roleArn", "")
    if group:
        stream = (
            f"arn:aws:logs:{get_region()}:{get_account_id()}:log-group:{group}"
            ":log-stream:aws/bedrock/modelinvocations"
        )
        needed = (Check("logs:CreateLogStream", stream), Check("logs:PutLogEvents", stream))
        if not trusts(role, BEDROCK, arn("*")) or (refusal(role, *needed)):
            raise AwsError(
                "ValidationException",
                f"Failed to validate permissions for log group: {group}, with role: {role}. "
                "Verify the IAM role permissions are correct.",
            )
    for destination in (
        config.get("s3Config"),
        (config.get("cloudWatchConfig") or {}).get("largeDataDeliveryS3Config"),
    ):
        if destination and destination.get("bucketName"):
            _check_bucket(destination["bucketName"], destination.get("keyPrefix"))


def _check_bucket(bucket: str, prefix: str | None) -> None:
    account = get_account_id()
    start = f"{prefix.strip('/')}/" if prefix else ""
    folder = f"{start}AWSLogs/{account}/BedrockModelInvocationLogs/{get_region()}"
    target = f"arn:aws:s3:::{bucket}/{folder}/amazon-bedrock-logs-permission-check"
    context = iam_evaluator.EvalContext(
        principal_arn=BEDROCK,
        principal_type="AWSService",
        principal_account=account,
        action="s3:PutObject",
        resource_arn=target,
        region=get_region(),
        secure_transport=True,
        service_context={"aws:sourceaccount": account, "aws:sourcearn": arn("*")},
    )
    policy = s3._bucket_policies.get(bucket)
    if iam_evaluator.evaluate_resource_policy(policy, context, service=BEDROCK).decision != "Allow":
        raise AwsError(
            "ValidationException",
            f"Failed to validate permissions for S3 bucket: {bucket}. Verify the bucket policy lets "
            f"{BEDROCK} write to it.",
        )
