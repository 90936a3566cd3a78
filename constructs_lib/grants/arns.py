"""From what users pass (constructs, ids, ARNs, tokens) to the ARNs of a grant."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import aws_cdk as cdk
from aws_cdk import aws_bedrock as bedrock
from aws_cdk.interfaces import aws_bedrock as refs

from constructs_lib import catalogue
from constructs_lib.catalogue import verbs as table
from constructs_lib.cdk_support import PlanesError, is_token
from constructs_lib.grants.environment import environment_of
from constructs_lib.grants.model_ids import check_model
from constructs_lib.grants.models import HasModel, Model

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs import Construct, IConstruct

__all__ = [
    "KINDS",
    "HasAliasArn",
    "HasGuardrailArn",
    "ModelLike",
    "arn_of",
    "control_read",
    "model_arn",
    "model_id",
    "on_arns",
    "on_call",
    "on_model",
    "on_resources",
    "required_guardrail_values",
]

# What ids and names of the services have, `/` between the parts of some.
_ID = r"[\w.:/-]+"
_TEN = r"[0-9a-zA-Z]{10}"
"""An id that Bedrock makes: a name in its place would make a permission that allows nothing.

Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_GetAgentKnowledgeBase.html
(agents and knowledge bases; the ids of flows, prompts and aliases have the same form)
"""


class HasGuardrailArn(Protocol):
    """A guardrail of a library that doesn't have the CDK's reference interface, as the alpha module's."""

    @property
    def guardrail_arn(self) -> str:
        """The guardrail's ARN."""


class HasAliasArn(Protocol):
    """An agent's alias of a library that doesn't have the CDK's reference interface (the alpha module's)."""

    @property
    def alias_arn(self) -> str:
        """The alias's ARN."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of resource: its part of an ARN, and where constructs keep theirs, the likeliest first."""

    service: str
    resource: str
    paths: tuple[str, ...]
    segments: int = 1
    """How many ids an id has (``AGENT/ALIAS`` has two)."""
    hint: str = ""
    id: str = _ID
    """The pattern of its ids."""


KINDS: Mapping[str, _Kind] = {
    "knowledge_base": _Kind(
        "bedrock",
        "knowledge-base",
        ("knowledge_base_ref.knowledge_base_arn", "knowledge_base_arn"),
        hint="pass the construct, its ARN or its id of ten letters and digits, not its name",
        id=_TEN,
    ),
    "guardrail": _Kind(
        "bedrock",
        "guardrail",
        ("guardrail_ref.guardrail_arn", "guardrail_arn"),
        hint="pass the construct, its ARN or its id of small letters and digits, not its name",
        id="[a-z0-9]+",
    ),
    "agent_alias": _Kind(
        "bedrock",
        "agent-alias",
        ("agent_alias_ref.agent_alias_arn", "alias_arn"),
        2,
        hint="pass the alias, its ARN or `AGENT_ID/ALIAS_ID`; the permission counts on an alias only, never "
        "on the agent",
        id=f"{_TEN}/{_TEN}",
    ),
    "flow_alias": _Kind(
        "bedrock",
        "flow",
        ("flow_alias_ref.flow_alias_arn",),
        2,
        hint="pass the alias, its ARN or `FLOW_ID/ALIAS_ID`; the permission counts on an alias only, never "
        "on the flow",
        id=f"{_TEN}/{_TEN}",
    ),
    "prompt": _Kind(
        "bedrock",
        "prompt",
        ("prompt_version_ref.prompt_version_arn", "prompt_ref.prompt_arn", "prompt_arn"),
        hint="pass the construct, its ARN or its id of ten letters and digits, not its name",
        id=rf"{_TEN}(?::\d{{1,5}})?",
    ),
    "session": _Kind("bedrock", "session", ("session_ref.session_arn",)),
    "policy": _Kind(
        "bedrock",
        "automated-reasoning-policy",
        ("automated_reasoning_policy_ref.policy_arn", "automated_reasoning_policy_version_ref.policy_arn"),
    ),
    "data_automation_project": _Kind(
        "bedrock", "data-automation-project", ("data_automation_project_ref.project_arn",)
    ),
    "blueprint": _Kind("bedrock", "blueprint", ("blueprint_ref.blueprint_arn",)),
    "project": _Kind("bedrock", "project", ()),
    "mantle_project": _Kind("bedrock-mantle", "project", ("project_ref.project_arn",)),
    "harness": _Kind("bedrock-agentcore", "harness", ("harness_ref.harness_arn",)),
    "runtime": _Kind("bedrock-agentcore", "runtime", ("runtime_ref.agent_runtime_arn", "agent_runtime_arn")),
    "gateway": _Kind("bedrock-agentcore", "gateway", ("gateway_ref.gateway_arn", "gateway_arn")),
    "memory": _Kind("bedrock-agentcore", "memory", ("memory_ref.memory_arn", "memory_arn")),
    "browser": _Kind(
        "bedrock-agentcore", "browser-custom", ("browser_custom_ref.browser_arn", "browser_arn")
    ),
    "browser_profile": _Kind("bedrock-agentcore", "browser-profile", ("browser_profile_ref.profile_arn",)),
    "payment_manager": _Kind(
        "bedrock-agentcore", "payment-manager", ("payment_manager_ref.payment_manager_arn",)
    ),
    "payment_provider": _Kind(
        "bedrock-agentcore",
        "token-vault/default/paymentcredentialprovider",
        ("payment_credential_provider_ref.credential_provider_arn", "credential_provider_arn"),
    ),
    "registry": _Kind("agent-registry", "registry", ()),
    "evaluator": _Kind("bedrock-agentcore", "evaluator", ("evaluator_ref.evaluator_arn",)),
    "code_interpreter": _Kind(
        "bedrock-agentcore",
        "code-interpreter-custom",
        ("code_interpreter_custom_ref.code_interpreter_arn", "code_interpreter_arn"),
    ),
    "workload_identity": _Kind(
        "bedrock-agentcore",
        "workload-identity-directory/default/workload-identity",
        ("workload_identity_ref.workload_identity_arn", "workload_identity_arn"),
    ),
    "oauth2_provider": _Kind(
        "bedrock-agentcore",
        "token-vault/default/oauth2credentialprovider",
        ("o_auth2_credential_provider_ref.credential_provider_arn", "credential_provider_arn"),
    ),
    "api_key_provider": _Kind(
        "bedrock-agentcore",
        "token-vault/default/apikeycredentialprovider",
        ("api_key_credential_provider_ref.credential_provider_arn", "credential_provider_arn"),
    ),
}
# AWS's own browser and code interpreter, which every account can use.
_OWNED_BY_AWS = {"browser": "aws.browser.v1", "code_interpreter": "aws.codeinterpreter.v1"}


def on_arns(*arns: str) -> tuple[table.Target, ...]:
    """Return ARNs as the target of a grant."""
    return (table.Target(arns),)


def on_resources(scope: IConstruct, kind: str, *values: Any) -> tuple[table.Target, ...]:
    """Return the ARNs of one or several resources of a kind as the target of a grant."""
    return on_arns(*(arn_of(scope, kind, value) for value in values))


def arn_of(scope: IConstruct, kind: str, value: Any) -> str:
    """Return the ARN of a resource given as construct, ARN, id, or a token of its ARN.

    Raises:
        PlanesError: The value is anything else.
    """
    known = KINDS[kind]
    if not isinstance(value, str):
        return _attribute_of(value, kind, known.paths)
    if is_token(value) and not value.startswith("arn:"):
        return _arn_of_token(scope, kind, value, known)
    if value.startswith("arn:"):
        _check_arn(value, kind, known)
        return value
    if value == _OWNED_BY_AWS.get(kind):
        here = environment_of(scope)
        owned = known.resource.removesuffix("-custom")
        return f"arn:{here.partition}:{known.service}:{here.region}:aws:{owned}/{value}"
    if value.count("/") != known.segments - 1 or re.fullmatch(known.id, value) is None:
        raise _wrong(kind, value, known)
    resource = value if known.segments == 1 or kind != "flow_alias" else value.replace("/", "/alias/")
    return environment_of(scope).arn(known.service, f"{known.resource}/{resource}")


def _arn_of_token(scope: IConstruct, kind: str, value: str, known: _Kind) -> str:
    """Return a token as the ARN that it stands for, made from the id where it is an attribute named so."""
    resolved = cdk.Stack.of(scope).resolve(value)
    parts = resolved if isinstance(resolved, dict) else {}
    owner, name = map(str, parts.get("Fn::GetAtt", ("", "")))
    if isinstance(
        cdk.Stack.of(scope).node.try_find_child(str(parts.get("Ref", "AWS::NoValue"))), cdk.CfnParameter
    ):
        cdk.Annotations.of(scope).add_info(
            f"`{kind}` is the parameter `{parts['Ref']}`: its value must be an ARN, an id allows nothing"
        )
    if not name.endswith("Id"):
        return value
    if known.segments > 1 or kind == "prompt":
        raise PlanesError(
            f"`{kind}` is the attribute `{name}` of `{owner}`, and IAM wants an ARN: "
            f"{known.hint or 'pass the construct or its ARN'}"
        )
    return environment_of(scope).arn(known.service, f"{known.resource}/{value}")


def _wrong(kind: str, value: str, known: _Kind) -> PlanesError:
    hint = known.hint or "pass the construct, its id or its ARN"
    return PlanesError(f"`{kind}` has the value `{value}`: {hint}")


def _check_arn(value: str, kind: str, known: _Kind) -> None:
    """Refuse an ARN of another service or resource type: the grant would be inert."""
    parts = value.split(":", 5)
    kinds = {known.resource, known.resource.removesuffix("-custom")}
    fits = (
        len(parts) == 6
        and parts[2] == known.service
        and (is_token(parts[5]) or any(parts[5].startswith(f"{head}/") for head in kinds))
        and (kind != "flow_alias" or "/alias/" in parts[5] or is_token(parts[5]))
    )
    if not fits or "*" in value or "?" in value or _is_misplaced(parts, kind, known):
        raise _wrong(kind, value, known)


def _is_misplaced(parts: Sequence[str], kind: str, known: _Kind) -> bool:
    """Whether the ARN is of a tool of AWS's and the account is one's own, or the other way round."""
    if kind not in _OWNED_BY_AWS or is_token(parts[4]) or is_token(parts[5]):
        return False
    return (parts[4] == "aws") is parts[5].startswith(f"{known.resource}/")


def _attribute_of(value: Any, kind: str, paths: Sequence[str]) -> str:
    """Return what the first of these attribute paths holds; each look costs a call into the CDK."""
    for path in paths:
        first, _, rest = path.partition(".")
        if first not in getattr(value, "__dict__", ()) and not hasattr(type(value), first):
            continue
        found = getattr(value, first)
        return str(getattr(found, rest) if rest else found)
    if isinstance(value, (list, tuple, set, frozenset)):
        raise PlanesError(
            f"`{kind}` has a value of the type `{type(value).__name__}`: pass one, and call the grant "
            "once for each"
        )
    raise PlanesError(
        f"`{kind}` has a value of the type `{type(value).__name__}`, which has none of "
        f"{', '.join(f'`{path}`' for path in paths) or 'the known attributes'}: pass the ARN"
    )


def required_guardrail_values(
    scope: IConstruct, guardrail: Any, version: str | None
) -> dict[str, tuple[str, ...]]:
    """Return the condition's value: the ARN with a number, the bare ARN for the draft, or any number.

    Source: https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-permissions-id.html
    """
    arn = arn_of(scope, "guardrail", guardrail)
    if version is None:
        return {"any_guardrail_version": (f"{arn}:*",)}
    if not is_token(version) and version != "DRAFT" and not version.isdecimal():
        raise PlanesError(
            f"`version` has the value `{version}`: use a number, DRAFT, or leave it out for any"
        )
    return {"guardrail_version": (arn if version == "DRAFT" else f"{arn}:{version}",)}


class HasModelArn(Protocol):
    """A model of the CDK (``bedrock.FoundationModel``, ``bedrock.ProvisionedModel``)."""

    @property
    def model_arn(self) -> str:
        """The model's ARN."""


class HasInvokableArn(Protocol):
    """What the alpha module calls invokable."""

    @property
    def invokable_arn(self) -> str:
        """The ARN of what is called."""


class HasProfileArn(Protocol):
    """An application inference profile of another library."""

    @property
    def inference_profile_arn(self) -> str:
        """The profile's ARN."""


class HasRouterArn(Protocol):
    """A prompt router of another library."""

    @property
    def prompt_router_arn(self) -> str:
        """The router's ARN."""


ModelLike: TypeAlias = (
    str
    | Model
    | HasModel
    | refs.IApplicationInferenceProfileRef
    | refs.IIntelligentPromptRouterRef
    | HasModelArn
    | HasInvokableArn
    | HasProfileArn
    | HasRouterArn
)
"""A :class:`Model`, a model's id, a system inference profile's id, an ARN, a token of an ARN, or a construct.

Constructs are this library's profiles and routers, the CDK's models, L1s of application inference profiles
and prompt routers or their references, and the invokables of the alpha module.
"""


def on_model(
    scope: Construct,
    model: ModelLike,
    prop: str = "model",
    *,
    behind: Sequence[ModelLike] = (),
    verb: str = "",
) -> tuple[table.Target, ...]:
    """Return what IAM evaluates for a call of ``model`` from the stack of ``scope``.

    ``behind`` are the models behind an application inference profile or a prompt router, needed only where
    the construct doesn't name them. Warns on ``scope`` about an id that the catalogue doesn't know; raises
    :class:`PlanesError` for an ARN that can't be granted alone, or not for ``verb``.
    """
    name, kind, inside = _model(scope, model, prop)
    inner = [_model(scope, one, "behind")[0] for one in (*inside, *behind)]
    for one in (name, *inner):
        check_model(scope, prop, one, called=one == name)
    here = environment_of(scope)
    try:
        return table.model_targets(
            name,
            partition=here.partition,
            region=here.region,
            account=here.account,
            geographies=_geographies((name, *inner), here.region),
            behind=inner,
            kinds=table.verb(verb).kinds if verb else (),
            kind=kind,
        )
    except ValueError as error:
        raise PlanesError(f"`{prop}`: {error}") from None


# What a project other than the default can be named with: `projectIdentifier` takes nothing else.
# Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
_WITH_PROJECT = frozenset({"foundation-model", "inference-profile"})
_DEFAULT_PROJECT = "default"


def on_call(
    scope: Construct,
    model: ModelLike,
    prop: str = "model",
    *,
    behind: Sequence[ModelLike] = (),
    verb: str = "",
    project: str = _DEFAULT_PROJECT,
) -> dict[str, tuple[table.Target, ...]]:
    """Return all that IAM evaluates for a call of ``model``: what :func:`on_model` returns, and the project.

    The project is in the Region that is called, which the ARN of a model or of a profile names.

    Raises:
        PlanesError: As for :func:`on_model`, or a project is named that the model can't be called in.
    """
    targets = on_model(scope, model, prop, behind=behind, verb=verb)
    arn = arn_of(scope, "project", project)
    if project != _DEFAULT_PROJECT and not arn.endswith(f":project/{_DEFAULT_PROJECT}"):
        _check_project(scope, model, prop, project, behind)
    name = model.id if isinstance(model, Model) else model
    parts = name.split(":") if isinstance(name, str) and name.startswith("arn:") else []
    if len(parts) > 3 and parts[3] and not project.startswith("arn:") and not is_token(project):
        here = environment_of(scope)
        arn = f"arn:{parts[1]}:bedrock:{parts[3]}:{here.account}:project/{project}"
    return {"model": targets, "project": on_arns(arn)}


def _check_project(
    scope: Construct, model: ModelLike, prop: str, project: str, behind: Sequence[ModelLike]
) -> None:
    name, kind, _ = _model(scope, model, prop)
    if kind is None and name.startswith("arn:") and name.count(":") > 4:
        kind = name.split(":", 5)[5].partition("/")[0]
    if (kind is not None and kind not in _WITH_PROJECT) or behind:
        raise PlanesError(
            f"`project` has the value `{project}`, and `{prop}` is a {kind or 'profile or router'}: only "
            "foundation models and the inference profiles that AWS defines can be called in a project of "
            "one's own; leave `project` out"
        )


def _model(scope: IConstruct, model: ModelLike, prop: str) -> tuple[str, str | None, tuple[Any, ...]]:
    """Return the id or ARN, the kind where only the construct has it, and the models behind."""
    if isinstance(model, str):
        return model, None, ()
    if not isinstance(model, Model) and isinstance(found := getattr(model, "model", None), Model):
        model = found
    if isinstance(model, Model):
        here = environment_of(scope)
        name = model.arn(here.partition, here.region, here.account)
        return name, None if name.startswith("arn:") else model.kind, model.behind
    if isinstance(model, bedrock.CfnApplicationInferenceProfile):
        return model.attr_inference_profile_arn, "application-inference-profile", _copied(model)
    if isinstance(model, bedrock.CfnIntelligentPromptRouter):
        return model.attr_prompt_router_arn, "prompt-router", _routed(model)
    return _model_of_others(model, prop)


def _model_of_others(model: Any, prop: str) -> tuple[str, str | None, tuple[Any, ...]]:
    """Recognise constructs of other libraries by their attributes."""
    kind = type(model)
    if hasattr(kind, "routing_endpoints"):
        return str(model.prompt_router_arn), "prompt-router", tuple(model.routing_endpoints or ())
    if hasattr(kind, "inference_profile_model"):
        # The profiles that AWS defines say so in their ARN.
        arn = str(model.inference_profile_arn)
        system = arn.startswith("arn:") and ":inference-profile/" in arn
        return (
            arn,
            None if system else "application-inference-profile",
            (() if system else (model.inference_profile_model,)),
        )
    if hasattr(kind, "inference_profile_arn"):
        return str(model.inference_profile_arn), "application-inference-profile", ()
    if hasattr(model, "application_inference_profile_ref"):
        found = model.application_inference_profile_ref.inference_profile_identifier
        return str(found), "application-inference-profile", ()
    if hasattr(model, "intelligent_prompt_router_ref"):
        return str(model.intelligent_prompt_router_ref.prompt_router_arn), "prompt-router", ()
    return _attribute_of(model, prop, ("model_arn", "invokable_arn")), None, ()


def _copied(profile: bedrock.CfnApplicationInferenceProfile) -> tuple[str, ...]:
    """Return what an L1's profile copies, when it is text."""
    # jsii gives a struct where one was passed, and a mapping where that was.
    source: Any = profile.model_source
    copied = source.get("copyFrom") if isinstance(source, dict) else getattr(source, "copy_from", None)
    return (copied,) if isinstance(copied, str) else ()


def _routed(router: bedrock.CfnIntelligentPromptRouter) -> tuple[str, ...]:
    """Return what an L1's router chooses from, when it is text."""
    listed: list[Any] = [router.fallback_model, *(router.models if isinstance(router.models, list) else ())]
    arns = [
        one.get("modelArn") if isinstance(one, dict) else getattr(one, "model_arn", None) for one in listed
    ]
    return tuple(dict.fromkeys(arn for arn in arns if isinstance(arn, str)))


def _geographies(models: Sequence[str], region: str) -> Mapping[str, Sequence[str]]:
    """Return the profile prefixes; the member Regions only of these profiles and where they are known."""
    known: dict[str, Sequence[str]] = dict.fromkeys(catalogue.geographies(), ())
    for model in models:
        profile = model.rpartition("/")[2]
        prefix = profile.partition(".")[0]
        parts = model.split(":")
        named = model.startswith("arn:") and len(parts) > 3 and not is_token(parts[3])
        # A Region that is a token is the stack's own.
        source = parts[3] if named else region
        if prefix not in known or prefix == "global" or is_token(source):
            continue
        known[prefix] = catalogue.profile_regions(profile, source)
    return known


def model_id(scope: IConstruct, model: ModelLike, prop: str = "model") -> str:
    """Return what names a model in a call: its id where it is named by one, else its ARN.

    Raises:
        PlanesError: The value is no model.
    """
    return _model(scope, model, prop)[0]


def model_arn(scope: Construct, model: ModelLike) -> str:
    """Return the ARN that Bedrock's own configuration takes for a model or a profile."""
    return on_model(scope, model)[0].arns[0]


def control_read(
    scope: IConstruct, model: ModelLike, targets: Sequence[table.Target], prop: str = "model"
) -> tuple[str, str] | None:
    """Return the control read that AWS documents for callers of a model, and its ARN; ``None`` without one.

    ``targets`` are those of :func:`on_model`, the model itself first.
    """
    arn = targets[0].arns[0]
    kind = _model(scope, model, prop)[1] or arn.split(":", 5)[-1].partition("/")[0]
    read = table.CONTROL_READS.get(kind)
    return None if read is None else (read, arn)
