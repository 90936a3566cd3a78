# ruff: noqa: SLF001 - ministack has no public seams; the guard watches those used here
"""The ARNs that AWS evaluates for a call: models and what is behind them, guardrails, the path's resource.

Pages:
https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html
https://docs.aws.amazon.com/bedrock/latest/userguide/geographic-cross-region-inference.html
https://docs.aws.amazon.com/bedrock/latest/userguide/global-cross-region-inference.html
https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-permissions-id.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import bedrock, bedrock_agent

from constructs_lib.local.emulator.protocol import Check

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.local.emulator.authorization._operations import Call

__all__ = [
    "arn",
    "foundation_model_arn",
    "guardrail_checks",
    "model_checks",
    "resource_of",
    "underlying_models",
]

GEOGRAPHIES: dict[str, tuple[str, ...]] = {
    "us": ("us-east-1", "us-east-2", "us-west-2"),
    "eu": ("eu-central-1", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-3"),
    "apac": (
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-northeast-3",
        "ap-south-1",
        "ap-south-2",
        "ap-southeast-1",
        "ap-southeast-2",
        "ap-southeast-4",
    ),
    "jp": ("ap-northeast-1", "ap-northeast-3"),
    "au": ("ap-southeast-2", "ap-southeast-4"),
    "ca": ("ca-central-1", "ca-west-1"),
    "in": ("ap-south-1", "ap-south-2"),
    "us-gov": ("us-gov-east-1", "us-gov-west-1"),
}
"""The Regions that a geographic profile may route to. AWS lists them per model and source Region; these are
the widest sets, and a caller needs the model in all of them:
https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html"""

_PROFILE_KEY = "bedrock:inferenceprofilearn"


def arn(resource: str, *, region: str | None = None, account: str | None = None) -> str:
    """Return a Bedrock ARN in the caller's Region and account by default."""
    region = get_region() if region is None else region
    account = get_account_id() if account is None else account
    return f"arn:aws:bedrock:{region}:{account}:{resource}"


def foundation_model_arn(model_id: str, region: str | None = None) -> str:
    """Return the ARN of a foundation model: AWS's own, so without account."""
    return arn(f"foundation-model/{model_id}", region=region, account="")


def model_checks(
    action: str, model: str, context: dict[str, Any] | None = None, project: str | None = None
) -> list[Check]:
    """Return the checks for `action` on a model id or ARN, on everything behind it and on the project.

    A call belongs to the project that it names, and to the account's default project without one:
    https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
    """
    project = project or "default"
    owner = project if project.startswith("arn:") else arn(f"project/{project}")
    run = action.startswith("bedrock:InvokeModel")
    found = _target_checks(action, model, context or {})
    return [*found, *([Check(action, owner, context or {})] if run else [])]


def _target_checks(action: str, model: str, context: dict[str, Any]) -> list[Check]:
    if not model.startswith("arn:"):
        return _checks_of_id(action, model, context)
    kind, _, name = model.split(":", 5)[5].partition("/")
    if kind == "inference-profile":
        return _checks_of_id(action, name, context)
    if kind == "application-inference-profile":
        return [Check(action, model, context), *_behind_application_profile(action, model, name, context)]
    if kind == "prompt":
        return _checks_of_prompt(action, model, name, context)
    return [Check(action, model, context)]


def _checks_of_id(action: str, model_id: str, context: dict[str, Any]) -> list[Check]:
    geography, _, base = model_id.partition(".")
    if geography == "global":
        profile = arn(f"inference-profile/{model_id}")
        behind = {**context, _PROFILE_KEY: profile}
        return [
            Check(action, profile, context),
            Check(action, foundation_model_arn(base), behind),
            # The model without Region, in a request whose aws:RequestedRegion is the word `unspecified`.
            Check(action, foundation_model_arn(base, ""), {**behind, "aws:requestedregion": "unspecified"}),
        ]
    if geography in GEOGRAPHIES:
        profile = arn(f"inference-profile/{model_id}")
        behind = {**context, _PROFILE_KEY: profile}
        regions = GEOGRAPHIES[geography]
        return [
            Check(action, profile, context),
            *(Check(action, foundation_model_arn(base, region), behind) for region in regions),
        ]
    return [Check(action, foundation_model_arn(model_id), context)]


def _behind_application_profile(action: str, profile: str, name: str, context: dict[str, Any]) -> list[Check]:
    """Return an application profile's models, each conditioned on the profile that was called."""
    record = bedrock._inference_profiles_apps.get(name) or {}
    behind = {**context, _PROFILE_KEY: profile}
    return [Check(action, model["ModelArn"], behind) for model in record.get("Models", [])]


def _checks_of_prompt(action: str, prompt: str, name: str, context: dict[str, Any]) -> list[Check]:
    """Return a managed prompt's checks: RenderPrompt on it, and the action on its default variant's model.

    https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-management-prereq.html
    """
    store = bedrock_agent._prompt_versions if ":" in name else bedrock_agent._prompts
    record = store.get(name.replace(":", "/")) or {}
    checks = [Check("bedrock:RenderPrompt", prompt, context)]
    for variant in record.get("Variants") or []:
        if variant.get("name") == record.get("DefaultVariant") and variant.get("modelId"):
            checks += _target_checks(action, variant["modelId"], context)
    return checks


def underlying_models(models: Iterable[str]) -> list[str]:
    """Return the ARNs named by ids or ARNs, without what is behind them."""
    return [model if model.startswith("arn:") else foundation_model_arn(model) for model in models]


def guardrail_checks(identifier: str | None, version: str | None) -> tuple[list[Check], dict[str, Any]]:
    """Return the ApplyGuardrail check of a call with a guardrail, and the condition key that it sets.

    The key bedrock:GuardrailIdentifier holds the ARN, with `:VERSION` behind it for a numbered version.
    """
    if not identifier:
        return [], {}
    guardrail = identifier if identifier.startswith("arn:") else arn(f"guardrail/{identifier}")
    numbered = guardrail if not version or version == "DRAFT" else f"{guardrail}:{version}"
    return [Check("bedrock:ApplyGuardrail", guardrail)], {"bedrock:guardrailidentifier": numbered}


_ID_ROUTES: tuple[tuple[str, str], ...] = (
    # (start of the route, form of the ARN); the first that fits decides, so the longer ones come first.
    ("/agents/{agentId}/agentaliases/{agentAliasId}", "agent-alias/{agentId}/{agentAliasId}"),
    ("/agents/{agentId}/agentAliases/{agentAliasId}", "agent-alias/{agentId}/{agentAliasId}"),
    ("/agents/{agentId}", "agent/{agentId}"),
    ("/knowledgebases/{knowledgeBaseId}", "knowledge-base/{knowledgeBaseId}"),
    ("/flows/{flowIdentifier}/aliases/{aliasIdentifier}", "flow/{flowIdentifier}/alias/{aliasIdentifier}"),
    (
        "/flows/{flowIdentifier}/aliases/{flowAliasIdentifier}",
        "flow/{flowIdentifier}/alias/{flowAliasIdentifier}",
    ),
    ("/flows/{flowIdentifier}", "flow/{flowIdentifier}"),
    ("/prompts/{promptIdentifier}", "prompt/{promptIdentifier}"),
    ("/sessions/{sessionIdentifier}", "session/{sessionIdentifier}"),
    ("/guardrails/{guardrailIdentifier}", "guardrail/{guardrailIdentifier}"),
    ("/guardrail/{guardrailIdentifier}", "guardrail/{guardrailIdentifier}"),
    ("/custom-models/{modelIdentifier}", "custom-model/{modelIdentifier}"),
    ("/imported-models/{modelIdentifier}", "imported-model/{modelIdentifier}"),
    ("/provisioned-model-throughput/{provisionedModelId}", "provisioned-model/{provisionedModelId}"),
    (
        "/model-customization/custom-model-deployments/{customModelDeploymentIdentifier}",
        "custom-model-deployment/{customModelDeploymentIdentifier}",
    ),
    ("/prompt-routers/{promptRouterArn}", "prompt-router/{promptRouterArn}"),
    ("/automated-reasoning-policies/{policyArn}", "automated-reasoning-policy/{policyArn}"),
    (
        "/advanced-prompt-optimization-jobs/{jobIdentifier}",
        "advanced-prompt-optimization-job/{jobIdentifier}",
    ),
    ("/evaluation-jobs/{jobIdentifier}", "evaluation-job/{jobIdentifier}"),
    ("/evaluation-job/{jobIdentifier}", "evaluation-job/{jobIdentifier}"),
    ("/model-copy-jobs/{jobArn}", "model-copy-job/{jobArn}"),
    ("/model-customization-jobs/{jobIdentifier}", "model-customization-job/{jobIdentifier}"),
    ("/model-import-jobs/{jobIdentifier}", "model-import-job/{jobIdentifier}"),
    ("/model-invocation-job/{jobIdentifier}", "model-invocation-job/{jobIdentifier}"),
    ("/resource-policy/{resourceArn}", "{resourceArn}"),
    ("/resourcepolicy/{resourceArn}", "{resourceArn}"),
    ("/tags/{resourceArn}", "{resourceArn}"),
    ("/async-invoke/{invocationArn}", "async-invoke/{invocationArn}"),
)


def resource_of(call: Call) -> str:
    """Return the ARN of the resource that the path of `call` names, or `*` where it names none."""
    if call.route.startswith("/marketplace-model/endpoints/{"):
        # All endpoints share this one ARN in IAM.
        return arn("marketplace/model-endpoint/all-access")
    if call.route.startswith("/foundation-models/{"):
        model = call.labels["modelIdentifier"]
        return model if model.startswith("arn:") else foundation_model_arn(model)
    if call.route.startswith("/inference-profiles/{"):
        return _inference_profile(call.labels["inferenceProfileIdentifier"])
    for start, form in _ID_ROUTES:
        if call.route == start or call.route.startswith(f"{start}/"):
            return _fill(form, call.labels)
    return "*"


def _fill(form: str, labels: dict[str, str]) -> str:
    """Put the labels into the form; a label that is an ARN replaces all that precedes it."""
    built = form
    for name, value in labels.items():
        if f"{{{name}}}" not in built:
            continue
        head, _, tail = built.partition(f"{{{name}}}")
        built = (value if value.startswith("arn:") else head + value) + tail
    return built if built.startswith("arn:") else arn(built)


def _inference_profile(identifier: str) -> str:
    if identifier.startswith("arn:"):
        return identifier
    # The ids of AWS's own profiles are model ids with a geography in front, so they hold a dot.
    kind = "inference-profile" if "." in identifier else "application-inference-profile"
    return arn(f"{kind}/{identifier}")
