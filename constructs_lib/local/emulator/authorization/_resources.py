"""The general rule: an operation is authorized by the action of its name, on the resource in its path.

Page for all of it: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html
What is authorized otherwise is a row in `_rows`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.local.emulator.authorization._models import arn, foundation_model_arn

if TYPE_CHECKING:
    from constructs_lib.local.emulator.authorization._operations import Call

__all__ = ["resource_of"]

_ID_ROUTES: tuple[tuple[str, str], ...] = (
    # (start of the route, form of the ARN); the first that fits decides, so the longer ones stand first.
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
    """Put the labels into the form; a label that is an ARN itself stands for all that precedes it."""
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
