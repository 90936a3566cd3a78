"""Rows of the families that run models: ``bedrock-runtime``, ``bedrock-mantle``, ``bedrock-websearch``."""

from __future__ import annotations

from constructs_lib.catalogue.verbs._types import GrantPart, GrantVerb, When

__all__ = ["CALL", "INVOKE", "INVOKE_STREAM", "PLAIN_CALL", "rows"]

_GUIDE = "https://docs.aws.amazon.com/bedrock/latest/userguide/"
_API = "https://docs.aws.amazon.com/bedrock/latest/APIReference/"
_REFERENCE = "https://docs.aws.amazon.com/service-authorization/latest/reference/"

INVOKE = "bedrock:InvokeModel"
INVOKE_STREAM = "bedrock:InvokeModelWithResponseStream"

# A call is checked on the model and on its project, which is the account's default if it names none.
# Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
CALL = (
    GrantPart((INVOKE,), "model", streaming=(INVOKE_STREAM,)),
    GrantPart((INVOKE,), "project", streaming=(INVOKE_STREAM,)),
)
"""A model call, which may stream."""
PLAIN_CALL = (GrantPart((INVOKE,), "model"), GrantPart((INVOKE,), "project"))
"""A model call that the plain action authorises."""

_APPLY = ("bedrock:ApplyGuardrail",)
_DECRYPT = GrantPart(("kms:Decrypt",), "key", optional=True)
# https://docs.aws.amazon.com/bedrock/latest/userguide/guardrail-automated-reasoning-permissions.html
_REASON = GrantPart(("bedrock:InvokeAutomatedReasoningPolicy",), "policy", optional=True)


def rows() -> tuple[GrantVerb, ...]:
    """Return the rows in the order of the documentation."""
    return (*_calls(), *_around_calls(), *_guardrails(), *_other_endpoints())


def _calls() -> tuple[GrantVerb, ...]:
    family = "bedrock-runtime"
    return (
        GrantVerb(
            "converse",
            family,
            CALL,
            f"{_GUIDE}inference-prereq.html",
            "`Converse`, and with streaming `ConverseStream`",
        ),
        GrantVerb(
            "invoke",
            family,
            CALL,
            f"{_GUIDE}inference-prereq.html",
            "`InvokeModel`, and with streaming `InvokeModelWithResponseStream`",
        ),
        GrantVerb(
            # It streams, but AWS authorises it as the call that doesn't.
            "invoke_bidirectional",
            family,
            PLAIN_CALL,
            f"{_API}API_runtime_InvokeModelWithBidirectionalStream.html",
            "`InvokeModelWithBidirectionalStream`",
        ),
        GrantVerb(
            "count_tokens",
            family,
            (GrantPart(("bedrock:CountTokens",), "model"),),
            f"{_API}API_runtime_CountTokens.html",
            "`CountTokens`, which takes foundation models only",
            kinds=("foundation-model",),
        ),
        GrantVerb(
            # The id of an invocation is not known before it starts.
            "invoke_async",
            family,
            (
                *PLAIN_CALL,
                GrantPart(("s3:PutObject",), "output"),
                GrantPart(("bedrock:GetAsyncInvoke",), "async_invoke"),
                GrantPart(("bedrock:ListAsyncInvokes",), None),
            ),
            f"{_API}API_runtime_StartAsyncInvoke.html",
            "`StartAsyncInvoke` with its output in S3, `GetAsyncInvoke`, `ListAsyncInvokes`",
        ),
        GrantVerb(
            "responses",
            family,
            (
                *CALL,
                GrantPart(("bedrock:CancelInvoke", "bedrock:DeleteInvoke", "bedrock:GetInvoke"), "project"),
            ),
            f"{_GUIDE}inference.html",
            "the OpenAI-compatible Responses and Chat Completions APIs of the `bedrock-runtime` endpoint",
        ),
    )


def _around_calls() -> tuple[GrantVerb, ...]:
    family = "bedrock-runtime"
    return (
        GrantVerb(
            "render_prompt",
            family,
            (GrantPart(("bedrock:RenderPrompt",), "prompt"), _DECRYPT),
            f"{_GUIDE}prompt-management-prereq.html",
            "use of a managed prompt in a model call, by its ARN",
        ),
        GrantVerb(
            "system_tool",
            family,
            (GrantPart(("bedrock:InvokeTool",), "system_tool"),),
            f"{_REFERENCE}list_bedrock.html",
            "a tool built into a model call, such as Nova grounding",
        ),
        GrantVerb(
            "limit_service_tiers",
            family,
            (
                GrantPart(
                    (INVOKE, INVOKE_STREAM),
                    None,
                    when=(When("StringEquals", "bedrock:ServiceTier", "other_tiers"),),
                    effect="Deny",
                ),
            ),
            f"{_GUIDE}security_iam_id-based-policy-examples-agent.html",
            "denies model calls on every other service tier",
        ),
    )


def _guardrails() -> tuple[GrantVerb, ...]:
    family = "bedrock-runtime"
    return (
        GrantVerb(
            "apply_guardrail",
            family,
            (GrantPart(_APPLY, "guardrail"), _DECRYPT, _REASON),
            f"{_GUIDE}guardrail-profiles-permissions.html",
            "`ApplyGuardrail`, by itself and inside a model call",
        ),
        GrantVerb(
            # The guardrail may be another account's; its own policy must allow the caller then.
            "enforced_guardrail",
            family,
            (GrantPart(_APPLY, "guardrail"), _DECRYPT, _REASON),
            f"{_GUIDE}guardrails-resource-based-policies.html",
            "what callers need for a guardrail that the account or the organization enforces",
        ),
        GrantVerb(
            "require_guardrail",
            family,
            (
                GrantPart(
                    (INVOKE, INVOKE_STREAM),
                    None,
                    when=(
                        When("StringNotEquals", "bedrock:GuardrailIdentifier", "guardrail_version"),
                        When("StringNotLike", "bedrock:GuardrailIdentifier", "any_guardrail_version"),
                    ),
                    effect="Deny",
                ),
                GrantPart(_APPLY, "guardrail"),
                _DECRYPT,
                _REASON,
            ),
            f"{_GUIDE}guardrails-permissions-id.html",
            "denies model calls without this guardrail, and allows applying it",
        ),
        GrantVerb(
            "guardrail_checks",
            family,
            (GrantPart(("bedrock:InvokeGuardrailChecks",), None),),
            f"{_API}API_runtime_InvokeGuardrailChecks.html",
            "`InvokeGuardrailChecks`",
        ),
        GrantVerb(
            "automated_reasoning",
            family,
            (GrantPart(("bedrock:InvokeAutomatedReasoningPolicy",), "policy"),),
            f"{_REFERENCE}list_bedrock.html",
            "an Automated Reasoning policy inside a guardrail",
        ),
    )


def _other_endpoints() -> tuple[GrantVerb, ...]:
    names = ("CancelInference", "DeleteInference", "GetInference")
    model = When("StringEquals", "bedrock-mantle:Model", "models")
    return (
        GrantVerb(
            "mantle",
            "bedrock-mantle",
            (
                GrantPart(
                    ("bedrock-mantle:CountTokens", "bedrock-mantle:CreateInference"), "project", when=(model,)
                ),
                GrantPart(
                    (
                        *(f"bedrock-mantle:{name}" for name in names),
                        "bedrock-mantle:GetModel",
                        "bedrock-mantle:ListModels",
                    ),
                    "project",
                ),
            ),
            f"{_REFERENCE}list_bedrock-mantle.html",
            "inference in a project of the `bedrock-mantle` endpoint",
        ),
        GrantVerb(
            "mantle_files",
            "bedrock-mantle",
            (
                GrantPart(
                    tuple(
                        f"bedrock-mantle:{verb}"
                        for verb in ("CreateFile", "DeleteFile", "GetFile", "ListFiles")
                    ),
                    "project",
                ),
            ),
            f"{_REFERENCE}list_bedrock-mantle.html",
            "files of a project of the `bedrock-mantle` endpoint",
        ),
        GrantVerb(
            "web_search",
            "bedrock-websearch",
            (GrantPart(("bedrock-websearch:InvokeFetch", "bedrock-websearch:InvokeSearch"), "tool"),),
            f"{_GUIDE}security-web-search.html",
            "web search and fetch from Amazon's index and cache",
        ),
        GrantVerb(
            "external_web_access",
            "bedrock-websearch",
            (GrantPart(("bedrock-websearch:ExternalWebAccess",), None),),
            f"{_GUIDE}security-web-search.html",
            "web fetch from outside AWS, in addition to `web_search`",
        ),
    )
