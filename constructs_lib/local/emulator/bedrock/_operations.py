# ruff: noqa: SLF001 - ministack has no public seams; the guard watches those used here
"""Which operations are checked before, served instead of, or corrected after ministack's own."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from ministack import app
from ministack.services import bedrock, bedrock_agent

from constructs_lib.local.emulator.bedrock import (
    _agents,
    _batch,
    _guardrails,
    _ingestion,
    _jobs,
    _quotas,
    _retrieval,
    _service_roles,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.local.emulator.authorization import Call
    from constructs_lib.local.emulator.protocol import Request, Response

__all__ = ["reset", "serve"]

_KEPT_ARNS = {
    "modelId",
    "modelIdentifier",
    "resourceArn",
    "policyArn",
    "endpointArn",
    "jobArn",
    "promptRouterArn",
}


def _stock_path(call: Call, request: Request) -> str:
    """Return the path with ids in place of ARNs, which ministack's routes can't take."""
    if not any(value.startswith("arn:") for name, value in call.labels.items() if name not in _KEPT_ARNS):
        return request.path
    path = call.route
    for name, value in call.labels.items():
        short = value if name in _KEPT_ARNS else value.rsplit("/", 1)[-1]
        path = path.replace(f"{{{name}}}", short)
    return path


def _without_prefix(store: Any, prefix: str) -> Callable[[Call, Request, Response], Response]:
    """Ids of guardrails and profiles are `[a-z0-9]+`; ministack gives them a prefix with a hyphen."""

    def repair(_call: Call, _request: Request, response: Response) -> Response:
        status, headers, body = response
        found = re.search(rf"{prefix}-([0-9a-f]{{12}})".encode(), body)
        if found is None:
            return response
        old, new = found[0].decode(), found[1].decode()
        record = store.pop(old)
        store[new] = json.loads(json.dumps(record).replace(old, new))
        return status, headers, body.replace(found[0], found[1])

    return repair


def _move_tags(kind: str, prefix: str) -> Callable[[Call, Request, Response], Response]:
    """Tags are kept by ARN, which has just changed."""

    def repair(_call: Call, _request: Request, response: Response) -> Response:
        for resource in [x for x in bedrock._tags if f":{kind}/{prefix}-" in x]:
            bedrock._tags[resource.replace(f"{kind}/{prefix}-", f"{kind}/")] = bedrock._tags.pop(resource)
        return response

    return repair


def _guardrail_wire_names(_call: Call, _request: Request, response: Response) -> Response:
    """GetGuardrail drops the suffix `Config` that CreateGuardrail's members have."""
    status, headers, body = response
    if status != 200:
        return response
    document = json.loads(body)
    for name, value in document.items():
        if name.endswith("Policy") and isinstance(value, dict):
            document[name] = {k.removesuffix("Config"): v for k, v in value.items()}
    return status, headers, json.dumps(document).encode()


def _publish_version(call: Call, request: Request, response: Response) -> Response:
    """Publish a new version of the agent for an alias whose caller names none, and point to it.

    AWS's pages say so of the creation. That an update does the same, whatever it changes, is what maintainers
    of two libraries saw: https://github.com/hashicorp/terraform-provider-aws/pull/42603 and
    https://github.com/awslabs/generative-ai-cdk-constructs/pull/1116
    """
    status, headers, body = response
    if status != 202 or request.document.get("routingConfiguration"):
        return response
    document = json.loads(body)
    alias = document["agentAlias"]
    agent = call.labels["agentId"]
    numbers = [int(key.split("/")[1]) for key in bedrock_agent._agent_versions if key.startswith(f"{agent}/")]
    number = str(1 + max(numbers, default=0))
    draft = bedrock_agent._agents[agent]
    bedrock_agent._agent_versions[f"{agent}/{number}"] = {**draft, "AgentVersion": number, "Version": number}
    record = bedrock_agent._agent_aliases[f"{agent}/{alias['agentAliasId']}"]
    record["RoutingConfiguration"] = [{"agentVersion": number}]
    alias["routingConfiguration"] = [{"agentVersion": number}]
    return status, headers, json.dumps(document).encode()


_BEFORE: dict[str, tuple[Callable[[Call, Request], None], ...]] = {
    "CreateKnowledgeBase": (_service_roles.check_knowledge_base,),
    "UpdateKnowledgeBase": (_service_roles.check_knowledge_base,),
    "CreateAgent": (_service_roles.check_agent,),
    "UpdateAgent": (_service_roles.check_agent,),
    "PutModelInvocationLoggingConfiguration": (_service_roles.check_logging,),
    "StartIngestionJob": (_jobs.check_none_runs,),
    "DeleteDataSource": (_jobs.check_none_runs_of_source,),
    "CreateGuardrailVersion": (_quotas.check_guardrail_versions,),
    "CreateModelInvocationJob": (_batch.check_role,),
}

_INSTEAD: dict[str, Callable[[Call, Request], Response | None]] = {
    "DeleteDataSource": _ingestion.delete_data_source,
    "DeleteEnforcedGuardrailConfiguration": _guardrails.release,
    "DeleteGuardrail": _guardrails.delete_version,
    "DeleteKnowledgeBase": _ingestion.delete_knowledge_base,
    "GetModelInvocationJob": _batch.describe,
    "ListEnforcedGuardrailsConfiguration": _guardrails.enforced,
    "ListGuardrails": _guardrails.list_versions,
    "PutEnforcedGuardrailConfiguration": _guardrails.enforce,
    "StartIngestionJob": _ingestion.start,
    "StopIngestionJob": _jobs.stop,
    "Retrieve": _retrieval.retrieve,
    "RetrieveAndGenerate": _retrieval.retrieve_and_generate,
    "RetrieveAndGenerateStream": _retrieval.retrieve_and_generate_stream,
    "InvokeAgent": _agents.invoke,
}

_AFTER: dict[str, tuple[Callable[[Call, Request, Response], Response], ...]] = {
    "CreateGuardrail": (_without_prefix(bedrock._guardrails, "gr"), _move_tags("guardrail", "gr")),
    "CreateInferenceProfile": (
        _without_prefix(bedrock._inference_profiles_apps, "ip"),
        _move_tags("application-inference-profile", "ip"),
    ),
    "CreateDataSource": (_ingestion.delete_by_default,),
    "CreateModelInvocationJob": (_batch.run,),
    "GetGuardrail": (_guardrail_wire_names,),
    "CreateAgentAlias": (_publish_version,),
    "UpdateAgentAlias": (_publish_version,),
}


async def serve(call: Call, request: Request) -> Response:
    """Serve an authorized call; raises `AwsError` for what the caller did wrong."""
    _jobs.settle()
    if call.operation in _quotas.NAMED_OPERATIONS:
        _quotas.check_name(call, request)
    for check in _BEFORE.get(call.operation, ()):
        check(call, request)
    own = _INSTEAD.get(call.operation)
    if own is not None and (answered := own(call, request)) is not None:
        return answered
    handler = app.SERVICE_HANDLERS[call.client]
    response: Response = await handler(
        request.method, _stock_path(call, request), request.headers, request.body, request.query
    )
    for repair in _AFTER.get(call.operation, ()):
        response = repair(call, request, response)
    return response


def reset() -> None:
    """Forget what is kept beside ministack's stores."""
    _ingestion.reset()
    _jobs.reset()
    _guardrails.reset()
