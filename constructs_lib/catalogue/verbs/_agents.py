"""Rows of ``bedrock-agent-runtime``, and what an operator role needs of ``bedrock-agent``."""

from __future__ import annotations

from dataclasses import replace

from constructs_lib.catalogue.verbs._inference import CALL, PLAIN_CALL
from constructs_lib.catalogue.verbs._types import GrantPart, GrantVerb, When

__all__ = ["rows"]

_GUIDE = "https://docs.aws.amazon.com/bedrock/latest/userguide/"
_API = "https://docs.aws.amazon.com/bedrock/latest/APIReference/"
_REFERENCE = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_bedrock.html"
_FAMILY = "bedrock-agent-runtime"
_KNOWLEDGE_BASES = f"{_GUIDE}knowledge-base-prereq-permissions-general.html"
_RETRIEVE = GrantPart(("bedrock:Retrieve",), "knowledge_base")
_FLOW_EXECUTION = (
    "GetExecutionFlowSnapshot",
    "GetFlowExecution",
    "ListFlowExecutionEvents",
    "StopFlowExecution",
)
_SESSION = (
    "CreateInvocation",
    "DeleteSession",
    "EndSession",
    "GetInvocationStep",
    "GetSession",
    "ListInvocationSteps",
    "ListInvocations",
    "PutInvocationStep",
    "UpdateSession",
)


def _bedrock(*names: str) -> tuple[str, ...]:
    return tuple(f"bedrock:{name}" for name in names)


def rows() -> tuple[GrantVerb, ...]:
    """Return the rows in the order of the documentation."""
    return (*_retrieval(), *_agents(), *_flows(), *_sessions(), *_operator())


def _retrieval() -> tuple[GrantVerb, ...]:
    return (
        GrantVerb("retrieve", _FAMILY, (_RETRIEVE,), _KNOWLEDGE_BASES, "`Retrieve` on one knowledge base"),
        GrantVerb(
            # The caller's own permissions are used for the retrieval and for the generation inside. The
            # streaming operation is authorised by the same three actions, so there is nothing to add for it.
            "retrieve_and_generate",
            _FAMILY,
            (
                GrantPart(_bedrock("RetrieveAndGenerate"), None),
                _RETRIEVE,
                *PLAIN_CALL,
            ),
            _KNOWLEDGE_BASES,
            "`RetrieveAndGenerate` and `RetrieveAndGenerateStream` with one generation model",
            inner_calls=True,
        ),
        GrantVerb(
            "rerank",
            _FAMILY,
            (GrantPart(_bedrock("Rerank"), None), *PLAIN_CALL),
            f"{_GUIDE}rerank-prereq.html",
            "`Rerank` with one reranking model, by itself and inside a retrieval",
            inner_calls=True,
        ),
        GrantVerb(
            "agentic_retrieve",
            _FAMILY,
            (
                GrantPart(_bedrock("AgenticRetrieveStream"), None),
                _RETRIEVE,
                *(replace(part, optional=True) for part in PLAIN_CALL),
            ),
            f"{_API}API_agent-runtime_AgenticRetrieveStream.html",
            "`AgenticRetrieveStream` over knowledge bases, with a model of the caller's choice if named",
            inner_calls=True,
        ),
        GrantVerb(
            "generate_query",
            _FAMILY,
            (GrantPart(_bedrock("GenerateQuery"), None),),
            f"{_API}API_agent-runtime_GenerateQuery.html",
            "`GenerateQuery`: turn a question into SQL",
        ),
        GrantVerb(
            "document_content",
            _FAMILY,
            (GrantPart(_bedrock("GetDocumentContent", "Retrieve"), "knowledge_base"),),
            f"{_GUIDE}kb-test-get-document-content.html",
            "`GetDocumentContent` and the `Retrieve` that it needs: whole documents of a knowledge base",
        ),
        GrantVerb(
            "document_acl",
            _FAMILY,
            (GrantPart(_bedrock("CheckIngestedDocumentAcl", "GetIngestedDocumentAcl"), None),),
            _REFERENCE,
            "who may see an ingested document",
        ),
        GrantVerb(
            "optimize_prompt",
            _FAMILY,
            (GrantPart(_bedrock("OptimizePrompt"), None),),
            f"{_GUIDE}prompt-management-optimize.html",
            "`OptimizePrompt`",
        ),
    )


def _agents() -> tuple[GrantVerb, ...]:
    return (
        GrantVerb(
            "invoke_agent",
            _FAMILY,
            (
                GrantPart(_bedrock("InvokeAgent"), "agent_alias"),
                # https://docs.aws.amazon.com/bedrock/latest/userguide/encryption-agents.html (the caller too)
                GrantPart(("kms:Decrypt", "kms:GenerateDataKey"), "key", optional=True),
            ),
            _REFERENCE,
            "`InvokeAgent` on one alias; a statement on the agent's ARN allows nothing",
            inner_calls=True,
        ),
        GrantVerb(
            "agent_memory",
            _FAMILY,
            (GrantPart(_bedrock("DeleteAgentMemory", "GetAgentMemory"), "agent_alias"),),
            _REFERENCE,
            "what an agent remembers: read and delete",
        ),
        GrantVerb(
            # An inline agent runs with its caller's permissions.
            "inline_agent",
            _FAMILY,
            (
                GrantPart(
                    _bedrock("InvokeInlineAgent"),
                    None,
                    when=(When("StringEquals", "bedrock:InlineAgentName", "agent_names"),),
                ),
                *CALL,
                GrantPart(("bedrock:Retrieve",), "knowledge_base", optional=True),
            ),
            f"{_GUIDE}inline-agent-prereq.html",
            "`InvokeInlineAgent` (only those named, if names are given), with its model and knowledge bases",
            inner_calls=True,
        ),
    )


def _flows() -> tuple[GrantVerb, ...]:
    return (
        GrantVerb(
            "invoke_flow",
            _FAMILY,
            (GrantPart(_bedrock("InvokeFlow"), "flow_alias"),),
            _REFERENCE,
            "`InvokeFlow` on one alias; a statement on the flow's ARN allows nothing",
        ),
        GrantVerb(
            # Each call is checked on the flow, its alias and, where there is one, the execution.
            "flow_executions",
            _FAMILY,
            (
                GrantPart(_bedrock("ListFlowExecutions", "StartFlowExecution"), "flow_and_alias"),
                GrantPart(_bedrock(*_FLOW_EXECUTION), "flow_executions"),
            ),
            _REFERENCE,
            "asynchronous executions of a flow: start, follow, list and stop",
        ),
    )


def _sessions() -> tuple[GrantVerb, ...]:
    return (
        GrantVerb(
            # The id of a session is not known before it begins.
            "sessions",
            _FAMILY,
            (
                GrantPart(_bedrock("CreateSession", "ListSessions"), None),
                GrantPart(
                    _bedrock(*_SESSION),
                    "session",
                ),
            ),
            f"{_GUIDE}sessions.html",
            "sessions with their invocations and steps: create, use, end and delete",
        ),
    )


def _operator() -> tuple[GrantVerb, ...]:
    return (
        GrantVerb(
            # Control actions: for an operator role, never for an app role.
            "ingest",
            "bedrock-agent",
            (
                GrantPart(
                    _bedrock("GetIngestionJob", "ListIngestionJobs", "StartIngestionJob", "StopIngestionJob"),
                    "knowledge_base",
                ),
            ),
            _KNOWLEDGE_BASES,
            "ingestion jobs of a knowledge base (control plane: for an operator role)",
        ),
        GrantVerb(
            # AWS asks for StartIngestionJob too, though no job is started.
            "ingest_documents",
            "bedrock-agent",
            (
                GrantPart(
                    _bedrock(
                        "DeleteKnowledgeBaseDocuments",
                        "GetKnowledgeBaseDocuments",
                        "IngestKnowledgeBaseDocuments",
                        "ListKnowledgeBaseDocuments",
                        "StartIngestionJob",
                    ),
                    "knowledge_base",
                ),
            ),
            f"{_GUIDE}kb-direct-ingestion-prereq.html",
            "documents of a knowledge base, one by one, without a job (control plane: for an operator role)",
        ),
        GrantVerb(
            # Control actions that IAM takes on * only: for the role that sets an account up.
            "model_access",
            "bedrock",
            (
                GrantPart(
                    _bedrock(
                        "CreateFoundationModelAgreement",
                        "GetFoundationModelAvailability",
                        "GetUseCaseForModelAccess",
                        "ListFoundationModelAgreementOffers",
                        "PutUseCaseForModelAccess",
                    ),
                    None,
                ),
            ),
            f"{_GUIDE}model-access.html",
            "agreements for models of AWS Marketplace and the form of Anthropic (control plane: for an "
            "operator role)",
        ),
        _jobs(
            "run_batch_inference",
            "ModelInvocationJob",
            ("Get", "Stop"),
            f"{_GUIDE}batch-inference-permissions.html",
            "jobs of batch inference on one model: start, follow, list and stop",
        ),
        _jobs(
            "customize_models",
            "ModelCustomizationJob",
            ("Get", "Stop"),
            f"{_GUIDE}custom-model-job-permissions.html",
            "jobs that make custom models of one model: start, follow, list and stop",
        ),
        _jobs(
            "import_models",
            "ModelImportJob",
            ("Get",),
            f"{_GUIDE}model-import-iam-role.html",
            "jobs that import models: start, follow and list",
        ),
        _jobs(
            "evaluate_models",
            "EvaluationJob",
            ("Get", "Stop"),
            f"{_GUIDE}model-evaluation-security.html",
            "jobs that evaluate models: start, follow, list and stop",
        ),
    )


def _jobs(name: str, job: str, on_job: tuple[str, ...], page: str, summary: str) -> GrantVerb:
    """Return the verb of a kind of job: whoever starts one also passes its role to Bedrock."""
    # IAM checks the start of an import on no resource, the others on the model that they start from.
    start = GrantPart(_bedrock(f"Create{job}"), None if job == "ModelImportJob" else "start")
    return GrantVerb(
        name,
        "bedrock",
        (
            start,
            GrantPart(_bedrock(*(f"{verb}{job}" for verb in on_job)), "job"),
            GrantPart(_bedrock(f"List{job}s"), None),
            GrantPart(
                ("iam:PassRole",),
                "role",
                when=(When("StringEquals", "iam:PassedToService", always="bedrock.amazonaws.com"),),
            ),
        ),
        page,
        f"{summary} (control plane: for an operator role)",
    )
