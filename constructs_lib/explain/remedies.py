"""The permission that is missing: as an IAM statement and as a line of this library's grants."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from constructs_lib.catalogue import Plane, action, model_of_profile, operations_of, profile_regions
from constructs_lib.catalogue.verbs import verbs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.catalogue.verbs import GrantVerb

__all__ = ["grant_line", "operation_name", "runs_model", "statement"]

_INVOKE = "bedrock:InvokeModel"
_STREAM = "bedrock:InvokeModelWithResponseStream"
_RESOURCE = re.compile(r"arn:[\w-]+:([\w-]+):([\w-]*):(\d*):(.+)")
_MODEL = re.compile(
    r"arn:[\w-]+:bedrock:[^:]*:[^:]*:(?:foundation-model|(?:application-)?inference-profile|provisioned-model"
    r"|imported-model|custom-model-deployment|(?:default-)?prompt-router|marketplace/model-endpoint)/.+"
)
_ARGUMENTS = (
    # the resource part of an ARN, the target of a verb's part, the argument in a grant's line
    (re.compile(r"foundation-model/(.+)"), "model", '"{}"'),
    (re.compile(r"inference-profile/(.+)"), "model", '"{}"'),
    (
        re.compile(
            r"(?:application-inference-profile|provisioned-model|imported-model|custom-model-deployment|prompt-router|default-prompt-router)/.+"
        ),
        "model",
        '"{arn}"',
    ),
    (re.compile(r"knowledge-base/(\w+)"), "knowledge_base", '"{}"'),
    (re.compile(r"agent-alias/(\w+/\w+)"), "agent_alias", '"{}"'),
    (re.compile(r"flow/(\w+)/alias/(\w+)"), "flow_alias", '"{}/{}"'),
    (re.compile(r"guardrail/(\w+)"), "guardrail", '"{}"'),
    (re.compile(r"prompt/(\w+)(?::(\w+))?"), "prompt", '"{}"'),
    (re.compile(r"runtime/([^/]+).*"), "runtime", '"{}"'),
    (re.compile(r"gateway/(.+)"), "gateway", '"{}"'),
    (re.compile(r"memory/([^/]+).*"), "memory", '"{}"'),
    (re.compile(r"harness/([^/]+).*"), "harness", '"{}"'),
    (re.compile(r"code-interpreter(?:-custom)?/(.+)"), "code_interpreter", '"{}"'),
    (re.compile(r"browser(?:-custom)?/(.+)"), "browser", '"{}"'),
)


def operation_name(action_name: str, operation: str) -> str:
    """Return the operation of a denied action: the one named, or the only one that the action authorises."""
    if operation:
        return operation
    found = operations_of(action_name)
    if len(found) == 1:
        return found[0].name
    name = action_name.partition(":")[2]
    return name if any(o.name == name for o in found) else ""


def runs_model(action_name: str, resource: str) -> bool:
    """Whether a request runs a model, so that AWS checks the action on a project too.

    https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
    """
    return action_name in {_INVOKE, _STREAM} and _MODEL.fullmatch(resource) is not None


def statement(action_name: str, resource: str, region: str = "", account: str = "") -> Mapping[str, Any]:
    """Return the least statement that allows an action on a resource, with all that the same call asks for.

    A profile's models are opened in the Regions that may answer:
    https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html

    Args:
        action_name: The IAM action.
        resource: The ARN in AWS's message; may be empty or ``*``.
        region: The Region that is called; without it the project of a model call is left out.
        account: The caller's account; without it the project of a model call is left out.

    """
    known = action(action_name)
    name = known.name if known else action_name
    takes_none = known is not None and known.in_reference and not known.resource_types
    resources: list[str] = ["*"] if takes_none or not resource else [resource]
    if not takes_none and resource:
        resources += _behind_profile(resource)
    if region and account and runs_model(name, resource):
        resources.append(f"arn:{resource.split(':')[1]}:bedrock:{region}:{account}:project/default")
    return {
        "Effect": "Allow",
        "Action": name,
        "Resource": resources[0] if len(resources) == 1 else resources,
    }


def _behind_profile(resource: str) -> list[str]:
    """Return the model ARNs that a call through a system profile needs."""
    parts = _RESOURCE.fullmatch(resource)
    if parts is None or not parts[4].startswith("inference-profile/"):
        return []
    profile = parts[4].partition("/")[2]
    model = model_of_profile(profile)
    if model is None:
        return []
    partition = resource.split(":")[1]
    regions = profile_regions(profile, parts[2]) or profile_regions(profile)
    arns = [f"arn:{partition}:bedrock:{region}::foundation-model/{model}" for region in regions]
    if profile.startswith("global."):
        own = f"arn:{partition}:bedrock:{parts[2]}::foundation-model/{model}"
        return [own, f"arn:{partition}:bedrock:::foundation-model/{model}"]
    return arns or [f"arn:{partition}:bedrock:*::foundation-model/{model}"]


def grant_line(action_name: str, resource: str, operation: str, model: str = "") -> str | None:
    """Return the call of ``role.grants`` that gives an action on a resource, ``None`` if there is none.

    Args:
        action_name: The IAM action.
        resource: The ARN in AWS's message; may be empty or ``*``.
        operation: The operation, which chooses between verbs that give the same action.
        model: The model or profile of the request, which wins over the resource: a call through a profile
            is denied on the model behind it, and the grant is of the profile.

    """
    known = action(action_name)
    if known is None or known.plane is not Plane.DATA:
        return None
    verb = _verb(known.name, operation, resource)
    if verb is None:
        return None
    part = next(p for p in verb.parts if known.name in (*p.actions, *p.streaming))
    streaming = known.name in part.streaming and known.name not in part.actions
    streaming = streaming or operation.endswith(("ConverseStream", "WithResponseStream"))
    arguments = _arguments(verb, resource, model)
    if verb.name == "render_prompt" and (version := re.search(r":prompt/\w+:(\w+)$", resource)):
        arguments.append(f'version="{version[1]}"')
    if project := _named_project(resource):
        arguments.append(f'project="{project}"')
    if streaming and any(p.streaming for p in verb.parts):
        arguments.append("streaming=True")
    return f"role.grants.{verb.name}({', '.join(arguments)})"


def _targets(verb: GrantVerb) -> list[str]:
    """Return what a verb's caller has to name, in the order of its method's arguments."""
    implied = {
        "project",
        "async_invoke",
        "key",
        "output",
        "input",
        "profile",
        "invocation",
        "session",
        "flow_executions",
    }
    found = dict.fromkeys(p.target for p in verb.parts if p.target and not p.optional)
    return [
        target
        for target in found
        if target not in implied and verb.name not in {"data_automation", "data_automation_async"}
    ]


def _argument(target: str, resource: str, model: str) -> str:
    if target == "model" and model:
        return f'"{model}"'
    parts = _RESOURCE.fullmatch(resource)
    if parts is not None:
        for pattern, kind, text in _ARGUMENTS:
            found = pattern.fullmatch(parts[4])
            if kind == target and found:
                groups = [group or "" for group in found.groups()]
                return text.format(*groups, arn=resource)
    return "..."


def _named_project(resource: str) -> str:
    """Return the project in a project's ARN, empty for the account's default."""
    found = re.search(r":project/([\w-]+)$", resource)
    return found[1] if found and found[1] != "default" else ""


def _verb(name: str, operation: str, resource: str) -> GrantVerb | None:
    having = [
        verb
        for verb in verbs().values()
        if any(p.effect == "Allow" and name in (*p.actions, *p.streaming) for p in verb.parts)
    ]
    if not having:
        return None
    if name in {_INVOKE, _STREAM}:
        wanted = {
            "Converse": "converse",
            "ConverseStream": "converse",
            "StartAsyncInvoke": "invoke_async",
            "InvokeModelWithBidirectionalStream": "invoke_bidirectional",
            "RetrieveAndGenerate": "retrieve_and_generate",
            "RetrieveAndGenerateStream": "retrieve_and_generate",
            "Rerank": "rerank",
            "InvokeInlineAgent": "inline_agent",
        }.get(operation, "invoke" if operation.startswith("InvokeModel") else "converse")
        return next(verb for verb in having if verb.name == wanted)
    # The verb whose target is the resource, and of these the one that gives least else.
    return min(
        having, key=lambda v: ("..." in _arguments(v, resource, ""), sum(len(p.actions) for p in v.parts))
    )


def _arguments(verb: GrantVerb, resource: str, model: str) -> list[str]:
    return [_argument(target, resource, model) for target in _targets(verb)]
