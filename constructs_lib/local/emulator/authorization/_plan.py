"""Everything that one call must be allowed to do, and one row for each operation with rules of its own.

A row lists every check of a call. The first check is the operation's own; the others are what AWS authorizes
on the caller's behalf (models, guardrails, roles passed on).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ministack.core.responses import get_account_id, get_region

from constructs_lib.local.emulator.authorization._arns import (
    arn,
    foundation_model_arn,
    guardrail_checks,
    model_checks,
    resource_of,
    underlying_models,
)
from constructs_lib.local.emulator.protocol import Check

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.local.emulator.authorization._operations import Call
    from constructs_lib.local.emulator.protocol import Request

__all__ = ["ROWS", "Row", "bedrock_plan", "s3vectors_plan", "strings_of"]

_API = "https://docs.aws.amazon.com/bedrock/latest/APIReference/"
_GUIDE = "https://docs.aws.amazon.com/bedrock/latest/userguide/"
_REFERENCE = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html"


@dataclass(frozen=True, slots=True)
class Row:
    """What one operation is authorized by."""

    operation: str
    checks: Callable[[Call, Request], list[Check]]
    page: str


def strings_of(document: object, *names: str) -> list[str]:
    """Return every string under one of the given member names, at any depth, in document order."""
    if isinstance(document, list):
        return [found for item in document for found in strings_of(item, *names)]
    if not isinstance(document, dict):
        return []
    here = [value for name, value in document.items() if name in names and isinstance(value, str)]
    return here + [found for value in document.values() for found in strings_of(value, *names)]


# ---- bedrock-runtime
def _invoke(action: str) -> Callable[[Call, Request], list[Check]]:
    """Check a model call, with or without a guardrail in body (Converse) or headers (InvokeModel)."""

    def checks(call: Call, request: Request) -> list[Check]:
        model = call.labels.get("modelId") or str(request.document.get("modelId", ""))
        config = request.document.get("guardrailConfig")
        config = config if isinstance(config, dict) else {}
        guardrail, context = guardrail_checks(
            config.get("guardrailIdentifier") or request.headers.get("x-amzn-bedrock-guardrailidentifier"),
            config.get("guardrailVersion") or request.headers.get("x-amzn-bedrock-guardrailversion"),
        )
        project = request.document.get("projectIdentifier") or request.headers.get(
            "x-amzn-bedrock-projectidentifier"
        )
        return [*model_checks(action, model, context, project), *guardrail]

    return checks


def _count_tokens(call: Call, _request: Request) -> list[Check]:
    return model_checks("bedrock:CountTokens", call.labels["modelId"])


def _apply_guardrail(call: Call, _request: Request) -> list[Check]:
    checks, _ = guardrail_checks(call.labels["guardrailIdentifier"], call.labels["guardrailVersion"])
    return checks


# ---- bedrock-agent-runtime
def _on_any(call: Call, _request: Request) -> list[Check]:
    return [Check(f"bedrock:{call.operation}")]


def _retrieve(call: Call, request: Request) -> list[Check]:
    knowledge_base = Check("bedrock:Retrieve", arn(f"knowledge-base/{call.labels['knowledgeBaseId']}"))
    config = request.document.get("retrievalConfiguration")
    return [
        knowledge_base,
        *_reranking(config),
        *_guardrail_of(request.document.get("guardrailConfiguration")),
    ]


def _document_content(call: Call, _request: Request) -> list[Check]:
    """Whoever gets a document must be allowed to retrieve from its knowledge base too."""
    knowledge_base = arn(f"knowledge-base/{call.labels['knowledgeBaseId']}")
    return [Check(f"bedrock:{name}", knowledge_base) for name in ("GetDocumentContent", "Retrieve")]


def _reranking(config: object) -> list[Check]:
    """Reranking inside of a retrieval: Rerank, and InvokeModel on the reranking model."""
    if not strings_of(config, "modelArn"):
        return []
    models = [
        check
        for model in strings_of(config, "modelArn")
        for check in model_checks("bedrock:InvokeModel", model)
    ]
    return [Check("bedrock:Rerank"), *models]


def _guardrail_of(config: object) -> list[Check]:
    if not isinstance(config, dict):
        return []
    return guardrail_checks(config.get("guardrailId"), config.get("guardrailVersion"))[0]


def _retrieve_and_generate(_call: Call, request: Request) -> list[Check]:
    """RetrieveAndGenerate takes only `*`; Retrieve and the generation model are checked on their own ARNs."""
    checks = [Check("bedrock:RetrieveAndGenerate")]
    outer = request.document.get("retrieveAndGenerateConfiguration")
    outer = outer if isinstance(outer, dict) else {}
    for name in ("knowledgeBaseConfiguration", "externalSourcesConfiguration"):
        config = outer.get(name)
        if not isinstance(config, dict):
            continue
        if config.get("knowledgeBaseId"):
            checks.append(Check("bedrock:Retrieve", arn(f"knowledge-base/{config['knowledgeBaseId']}")))
        generation = config.get("generationConfiguration")
        generation = generation if isinstance(generation, dict) else {}
        guardrail = generation.get("guardrailConfiguration")
        guardrail = guardrail if isinstance(guardrail, dict) else {}
        guarded, _ = guardrail_checks(guardrail.get("guardrailId"), guardrail.get("guardrailVersion"))
        if config.get("modelArn"):
            # The inner InvokeModel has no bedrock:GuardrailIdentifier (guardrails-permissions-id says so).
            checks += model_checks("bedrock:InvokeModel", str(config["modelArn"]))
        checks += [*guarded, *_reranking(config.get("retrievalConfiguration"))]
    return checks


def _rerank(_call: Call, request: Request) -> list[Check]:
    return _reranking(request.document.get("rerankingConfiguration")) or [Check("bedrock:Rerank")]


def _inline_agent(_call: Call, request: Request) -> list[Check]:
    name = request.document.get("agentName")
    return [Check("bedrock:InvokeInlineAgent", "*", {"bedrock:inlineagentname": name} if name else {})]


def _flow_execution(call: Call, _request: Request) -> list[Check]:
    """Flow executions are authorized on the flow, its alias and, once there is one, the execution."""
    flow = call.labels["flowIdentifier"].rsplit("/", 1)[-1]
    resources = [f"flow/{flow}"]
    if "flowAliasIdentifier" in call.labels:
        resources.append(f"flow/{flow}/alias/{call.labels['flowAliasIdentifier'].rsplit('/', 1)[-1]}")
    if "executionIdentifier" in call.labels:
        resources.append(f"{resources[-1]}/execution/{call.labels['executionIdentifier'].rsplit('/', 1)[-1]}")
    return [Check(f"bedrock:{call.operation}", arn(resource)) for resource in resources]


# ---- bedrock-agent
def _agent_knowledge_base(call: Call, request: Request) -> list[Check]:
    """Check an agent's association with a knowledge base, which is authorized on both."""
    knowledge_base = call.labels.get("knowledgeBaseId") or request.document.get("knowledgeBaseId", "*")
    action = f"bedrock:{call.operation}"
    return [
        Check(action, arn(f"agent/{call.labels['agentId']}")),
        Check(action, arn(f"knowledge-base/{knowledge_base}")),
    ]


def _prompt(call: Call, request: Request) -> list[Check]:
    prompt = call.labels.get("promptIdentifier") or str(request.query.get("promptIdentifier", [""])[0])
    version = request.query.get("promptVersion", [""])[0]
    resource = prompt if prompt.startswith("arn:") else arn(f"prompt/{prompt}") if prompt else "*"
    numbered = version and version != "DRAFT" and ":" not in resource.rsplit("/", 1)[-1]
    return [Check(f"bedrock:{call.operation}", f"{resource}:{version}" if numbered else resource)]


# ---- bedrock
def _tagging(call: Call, request: Request) -> list[Check]:
    resource = call.labels.get("resourceArn") or request.document.get("resourceARN") or "*"
    return [Check(f"bedrock:{call.operation}", str(resource))]


def _named_in_body(*names: str, kind: str = "") -> Callable[[Call, Request], list[Check]]:
    """Check the action on every ARN (or id of a `kind`) that the body names, besides the path's."""

    def checks(call: Call, request: Request) -> list[Check]:
        named = strings_of(request.document, *names)
        arns = (
            [x if x.startswith("arn:") else arn(f"{kind}/{x}") for x in named]
            if kind
            else underlying_models(named)
        )
        in_path = resource_of(call)
        found = [*([in_path] if in_path != "*" else []), *dict.fromkeys(arns)]
        return [Check(f"bedrock:{call.operation}", resource) for resource in found or ["*"]]

    return checks


def _create_inference_profile(call: Call, request: Request) -> list[Check]:
    """On the new profile, and on the model or profile that it copies."""
    source = request.document.get("modelSource")
    source = source.get("copyFrom") if isinstance(source, dict) else None
    resources = [arn("application-inference-profile/*"), *([str(source)] if source else [])]
    return [Check(f"bedrock:{call.operation}", resource) for resource in resources]


def _guardrail_with_profile(call: Call, request: Request) -> list[Check]:
    """Check a cross-Region guardrail on the guardrail profile too."""
    own = resource_of(call)
    config: Any = request.document.get("crossRegionConfig") or {}
    profile = config.get("guardrailProfileIdentifier") if isinstance(config, dict) else None
    found = [own]
    if profile:
        found.append(profile if profile.startswith("arn:") else arn(f"guardrail-profile/{profile}"))
    return [Check(f"bedrock:{call.operation}", resource) for resource in found]


def _from_query(parameter: str, kind: str) -> Callable[[Call, Request], list[Check]]:
    """Check a listing that takes its parent in the query string, and `*` without it."""

    def checks(call: Call, request: Request) -> list[Check]:
        value = request.query.get(parameter)
        value = value[0] if isinstance(value, list) else value
        resource = "*" if not value else value if value.startswith("arn:") else arn(f"{kind}/{value}")
        return [Check(f"bedrock:{call.operation}", resource)]

    return checks


def _model_evaluation(call: Call, request: Request) -> list[Check]:
    models = strings_of(request.document, "modelIdentifier", "modelArn")
    found = [m if m.startswith("arn:") else foundation_model_arn(m) for m in dict.fromkeys(models)]
    return [Check(f"bedrock:{call.operation}", resource) for resource in found or ["*"]]


ROWS: dict[str, Row] = {
    row.operation: row
    for row in (
        # The Converse API and the like have no action of their own.
        Row("bedrock-runtime:Converse", _invoke("bedrock:InvokeModel"), f"{_API}API_runtime_Converse.html"),
        Row(
            "bedrock-runtime:ConverseStream",
            _invoke("bedrock:InvokeModelWithResponseStream"),
            f"{_API}API_runtime_ConverseStream.html",
        ),
        Row(
            "bedrock-runtime:InvokeModel",
            _invoke("bedrock:InvokeModel"),
            f"{_API}API_runtime_InvokeModel.html",
        ),
        Row(
            "bedrock-runtime:InvokeModelWithResponseStream",
            _invoke("bedrock:InvokeModelWithResponseStream"),
            f"{_API}API_runtime_InvokeModelWithResponseStream.html",
        ),
        Row(
            # Streams both ways, and is authorized by the plain action.
            "bedrock-runtime:InvokeModelWithBidirectionalStream",
            _invoke("bedrock:InvokeModel"),
            f"{_API}API_runtime_InvokeModelWithBidirectionalStream.html",
        ),
        Row(
            "bedrock-runtime:StartAsyncInvoke",
            _invoke("bedrock:InvokeModel"),
            f"{_API}API_runtime_StartAsyncInvoke.html",
        ),
        Row("bedrock-runtime:CountTokens", _count_tokens, f"{_API}API_runtime_CountTokens.html"),
        Row("bedrock-runtime:ApplyGuardrail", _apply_guardrail, f"{_API}API_runtime_ApplyGuardrail.html"),
        Row("bedrock-agent-runtime:Retrieve", _retrieve, f"{_GUIDE}rerank-prereq.html"),
        Row(
            "bedrock-agent-runtime:RetrieveAndGenerate",
            _retrieve_and_generate,
            f"{_GUIDE}knowledge-base-prereq-permissions-general.html",
        ),
        Row(
            "bedrock-agent-runtime:RetrieveAndGenerateStream",
            _retrieve_and_generate,
            f"{_API}API_agent-runtime_RetrieveAndGenerateStream.html",
        ),
        Row("bedrock-agent-runtime:Rerank", _rerank, f"{_GUIDE}rerank-prereq.html"),
        Row("bedrock-agent-runtime:InvokeInlineAgent", _inline_agent, f"{_GUIDE}inline-agent-prereq.html"),
        Row(
            "bedrock-agent-runtime:GetDocumentContent",
            _document_content,
            f"{_GUIDE}kb-test-get-document-content.html",
        ),
        # These name a knowledge base in their path and take no resource in IAM.
        Row("bedrock-agent-runtime:CheckIngestedDocumentAcl", _on_any, _REFERENCE),
        Row("bedrock-agent-runtime:GetIngestedDocumentAcl", _on_any, _REFERENCE),
        *(
            Row(f"bedrock-agent-runtime:{name}", _flow_execution, _REFERENCE)
            for name in (
                "StartFlowExecution",
                "StopFlowExecution",
                "GetFlowExecution",
                "GetExecutionFlowSnapshot",
                "ListFlowExecutionEvents",
                "ListFlowExecutions",
            )
        ),
        *(
            Row(f"bedrock-agent:{name}AgentKnowledgeBase", _agent_knowledge_base, _REFERENCE)
            for name in ("Associate", "Disassociate", "Get", "Update")
        ),
        Row("bedrock-agent:GetPrompt", _prompt, _REFERENCE),
        Row("bedrock-agent:DeletePrompt", _prompt, _REFERENCE),
        Row("bedrock-agent:ListPrompts", _from_query("promptIdentifier", "prompt"), _REFERENCE),
        *(
            Row(f"bedrock:{name}", _tagging, f"{_API}API_{name}.html")
            for name in ("TagResource", "UntagResource", "ListTagsForResource")
        ),
        Row("bedrock:PutResourcePolicy", _named_in_body("resourceArn"), f"{_API}API_PutResourcePolicy.html"),
        Row("bedrock:ListGuardrails", _from_query("guardrailIdentifier", "guardrail"), _REFERENCE),
        Row(
            "bedrock:ListAutomatedReasoningPolicies",
            _from_query("policyArn", "automated-reasoning-policy"),
            _REFERENCE,
        ),
        Row(
            "bedrock:CreateGuardrail", _guardrail_with_profile, f"{_GUIDE}guardrail-profiles-permissions.html"
        ),
        Row(
            "bedrock:UpdateGuardrail", _guardrail_with_profile, f"{_GUIDE}guardrail-profiles-permissions.html"
        ),
        Row(
            "bedrock:CreateInferenceProfile",
            _create_inference_profile,
            f"{_GUIDE}inference-profiles-prereq.html",
        ),
        Row("bedrock:CreateCustomModelDeployment", _named_in_body("modelArn"), _REFERENCE),
        Row("bedrock:UpdateCustomModelDeployment", _named_in_body("modelArn"), _REFERENCE),
        Row("bedrock:CreateModelCopyJob", _named_in_body("sourceModelArn"), _REFERENCE),
        Row("bedrock:CreateModelCustomizationJob", _named_in_body("baseModelIdentifier"), _REFERENCE),
        Row(
            "bedrock:CreateModelInvocationJob",
            _named_in_body("modelId"),
            f"{_GUIDE}batch-inference-prereq.html",
        ),
        Row("bedrock:CreatePromptRouter", _named_in_body("modelArn"), _REFERENCE),
        Row("bedrock:CreateProvisionedModelThroughput", _named_in_body("modelId"), _REFERENCE),
        Row("bedrock:UpdateProvisionedModelThroughput", _named_in_body("desiredModelId"), _REFERENCE),
        Row("bedrock:CreateEvaluationJob", _model_evaluation, _REFERENCE),
        Row("bedrock:CreateAdvancedPromptOptimizationJob", _named_in_body("modelId", "modelArn"), _REFERENCE),
        Row(
            "bedrock:BatchDeleteEvaluationJob",
            lambda call, request: [
                Check(f"bedrock:{call.operation}", x if x.startswith("arn:") else arn(f"evaluation-job/{x}"))
                for x in request.document.get("jobIdentifiers") or ["*"]
            ],
            _REFERENCE,
        ),
        Row(
            "bedrock:BatchDeleteAdvancedPromptOptimizationJob",
            lambda call, request: [
                Check(
                    f"bedrock:{call.operation}",
                    x if x.startswith("arn:") else arn(f"advanced-prompt-optimization-job/{x}"),
                )
                for x in request.document.get("jobIdentifiers") or ["*"]
            ],
            _REFERENCE,
        ),
    )
}
"""By `client:Operation`. What has no row follows the general rule of `_resources`."""


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
