"""What the execution role of a flow needs: for each node exactly what AWS documents for its type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk

from constructs_lib import grants as _grants

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs import Construct

    from constructs_lib.control_plane.flow_definition import FlowDefinition
    from constructs_lib.grants import ModelLike

__all__ = ["flow_statements"]


def flow_statements(
    scope: Construct, definition: FlowDefinition, prompt_models: Sequence[ModelLike], key_arn: str | None
) -> list[dict[str, Any]]:
    """Return the statements, each once, in the order of the nodes.

    Source: https://docs.aws.amazon.com/bedrock/latest/userguide/flows-permissions.html
    """
    found: list[dict[str, Any]] = []
    has_managed_prompt = False
    for node in definition.nodes():
        own: Mapping[str, Any] = next(iter(node.get("configuration", {}).values()), {})
        make = _STATEMENTS.get(node["type"])
        made = make(scope, own) if make is not None else []
        has_managed_prompt |= node["type"] == "Prompt" and "resource" in own["sourceConfiguration"]
        found += [one for one in made if one not in found]
    for model in prompt_models:
        found += [one for one in _call(scope, model, "prompt_models") if one not in found]
    if has_managed_prompt and not prompt_models:
        cdk.Annotations.of(scope).add_warning_v2(
            "bedrock-planes:prompt-models",
            "the flow renders a prompt of Prompt management, whose ARN doesn't say which model it calls: "
            "name the model in `prompt_models`",
        )
    if key_arn is not None:
        found.append(_allow(["kms:Decrypt", "kms:GenerateDataKey"], key_arn, _own_account(scope)))
    return found


def _call(scope: Construct, model: ModelLike, prop: str = "modelId") -> list[dict[str, Any]]:
    made = _grants.statement_json("invoke", _grants.on_call(scope, model, prop))
    arn = _grants.model_id(scope, model)
    if ":provisioned-model/" in arn:
        # The page lists the read beside the call.
        made.append(_allow(["bedrock:GetProvisionedModelThroughput"], arn, None))
    return made


def _prompt(scope: Construct, own: Mapping[str, Any]) -> list[dict[str, Any]]:
    source = own["sourceConfiguration"]
    made = (
        _call(scope, source["inline"]["modelId"])
        if "inline" in source
        else _grants.statement_json(
            "render_prompt", {"prompt": _grants.on_arns(source["resource"]["promptArn"])}
        )
    )
    return made + _guardrail(scope, own)


def _knowledge_base(scope: Construct, own: Mapping[str, Any]) -> list[dict[str, Any]]:
    target = {"knowledge_base": _grants.on_resources(scope, "knowledge_base", own["knowledgeBaseId"])}
    made = _grants.statement_json("retrieve", target)
    if own.get("modelId"):
        made += _call(scope, own["modelId"])
    reranking = own.get("rerankingConfiguration", {}).get("bedrockRerankingConfiguration", {})
    if arn := reranking.get("modelConfiguration", {}).get("modelArn"):
        targets = _grants.on_call(scope, arn, "modelArn", verb="rerank")
        made += _grants.statement_json("rerank", targets)
    return made + _guardrail(scope, own)


def _guardrail(scope: Construct, own: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = own.get("guardrailConfiguration", {}).get("guardrailIdentifier")
    if not found:
        return []
    target = {"guardrail": _grants.on_resources(scope, "guardrail", found)}
    return _grants.statement_json("apply_guardrail", target)


def _agent(scope: Construct, own: Mapping[str, Any]) -> list[dict[str, Any]]:
    target = {"agent_alias": _grants.on_resources(scope, "agent_alias", own["agentAliasArn"])}
    return _grants.statement_json("invoke_agent", target)


def _lambda(_: Construct, own: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [_allow(["lambda:InvokeFunction"], own["lambdaArn"], None)]


def _lex(_: Construct, own: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [_allow(["lex:RecognizeUtterance"], own["botAliasArn"], None)]


def _storage(scope: Construct, own: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [_allow(["s3:PutObject"], _objects(scope, own), _own_account(scope))]


def _retrieval(scope: Construct, own: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [_allow(["s3:GetObject"], _objects(scope, own), _own_account(scope))]


_STATEMENTS = {
    "Agent": _agent,
    "KnowledgeBase": _knowledge_base,
    "LambdaFunction": _lambda,
    "Lex": _lex,
    "Prompt": _prompt,
    "Retrieval": _retrieval,
    "Storage": _storage,
}


def _objects(scope: Construct, own: Mapping[str, Any]) -> str:
    name = own["serviceConfiguration"]["s3"]["bucketName"]
    return f"arn:{_grants.environment_of(scope).partition}:s3:::{name}/*"


def _own_account(scope: Construct) -> dict[str, Any]:
    return {"StringEquals": {"aws:ResourceAccount": cdk.Stack.of(scope).account}}


def _allow(actions: list[str], resource: str, condition: Mapping[str, Any] | None) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": "Allow", "Action": actions, "Resource": resource}
    return {**statement, "Condition": condition} if condition else statement
