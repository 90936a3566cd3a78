"""What a name is that is no operation and no action: a model, an ARN, a client, a managed policy, a class."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from constructs_lib.catalogue import (
    Plane,
    action,
    actions,
    bare,
    families,
    model_of_profile,
    models,
    nearest,
    operations,
    profile_regions,
    resource_types,
)
from constructs_lib.catalogue.verbs import verbs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from constructs_lib.catalogue import Family, FoundationModel, Operation

__all__ = ["operations_meant", "subject"]

_SIGNATURE = {
    "bedrock": ("create_guardrail", "list_foundation_models", "create_model_invocation_job"),
    "bedrock-agent": ("create_knowledge_base", "start_ingestion_job", "create_agent"),
    "bedrock-runtime": ("converse", "converse_stream", "invoke_model", "apply_guardrail"),
    "bedrock-agent-runtime": ("retrieve", "retrieve_and_generate", "invoke_agent", "invoke_flow", "rerank"),
    "bedrock-agentcore-control": ("create_agent_runtime", "create_gateway", "create_memory"),
    "bedrock-agentcore": ("invoke_agent_runtime", "create_event", "retrieve_memory_records"),
}
"""Operations by which people know a client."""

_MADE = re.compile(
    r"""(?:\w+\.)*client\(\s*(?:service_name\s*=\s*)?["']([\w-]+)["'][^()]*\)$|"""
    r"""new (?:\w+\.)?(\w+)\([^()]*\)$|(\w+)\.(?:create\(\)|builder\(\)|New(?:FromConfig)?\([^()]*\))$"""
)
"""A client as code makes it."""
_PURPOSE = {
    "bedrock": "configures models, guardrails, profiles, jobs and logging",
    "bedrock-agent": "configures agents, knowledge bases, data sources, flows and prompts",
    "bedrock-data-automation": "configures blueprints and projects of data automation",
    "bedrock-agentcore-control": "configures runtimes, gateways, memories, tools and identities of AgentCore",
    "agent-registry-control": "configures the agent registry",
    "bedrock-runtime": "runs models and guardrails",
    "bedrock-agent-runtime": "runs agents and flows, and asks knowledge bases",
    "bedrock-data-automation-runtime": "runs data automation",
    "bedrock-agentcore": "runs what AgentCore hosts: runtimes, memories, tools, tokens",
    "agent-registry": "searches the agent registry",
    "bedrock-mantle": "runs models by the APIs of OpenAI and Anthropic on an endpoint of its own",
    "bedrock-mantle-control": "configures projects of the Mantle endpoint",
    "bedrock-websearch": "searches and fetches the web",
}
_OPENAI = {
    # https://docs.aws.amazon.com/bedrock/latest/userguide/inference.html
    "responses.create": ("responses", ("bedrock:InvokeModel", "bedrock-mantle:CreateInference")),
    "responses.stream": (
        "responses",
        ("bedrock:InvokeModelWithResponseStream", "bedrock-mantle:CreateInference"),
    ),
    "responses.retrieve": ("responses", ("bedrock:GetInvoke", "bedrock-mantle:GetInference")),
    "responses.cancel": ("responses", ("bedrock:CancelInvoke", "bedrock-mantle:CancelInference")),
    "responses.delete": ("responses", ("bedrock:DeleteInvoke", "bedrock-mantle:DeleteInference")),
    "chat.completions.create": ("responses", ("bedrock:InvokeModel", "bedrock-mantle:CreateInference")),
    "messages.create": ("mantle", ("bedrock:InvokeModel", "bedrock-mantle:CreateInference")),
    "messages.count_tokens": ("mantle", ("bedrock:CountTokens", "bedrock-mantle:CountTokens")),
    "models.list": ("mantle", ("bedrock-mantle:ListModels",)),
    "files.create": ("mantle_files", ("bedrock-mantle:CreateFile",)),
}
"""Methods of the OpenAI and Anthropic SDKs: the grant, and the actions on `bedrock-runtime` and on Mantle."""
_OPENAI_PATH = re.compile(
    r"(?:(GET|POST|DELETE) )?(?:https?://[\w.{}-]+)?/?(?:(?:openai|anthropic)/)?"
    r"(?:v1/(responses|messages|models|files)|(?:v1/)?(chat/completions))(/[^?\s]*)?(?:\?\S*)?",
    re.IGNORECASE,
)
"""A path of those APIs, with or without the method and the endpoint.

Source: https://docs.aws.amazon.com/bedrock/latest/userguide/inference-responses-api.html
"""

_CDK_TASKS = {
    # https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_stepfunctions_tasks-readme.html
    "bedrockinvokemodel": "InvokeModel",
    "bedrockcreatemodelcustomizationjob": "CreateModelCustomizationJob",
}
_STATES = re.compile(r"arn:[\w-]*:states:::(aws-sdk:)?(bedrock\w*):(\w+?)(?:\.\w+)*$", re.IGNORECASE)
_POLICY = re.compile(r"arn:[\w-]+:iam::aws:policy/[\w/+=,.@-]+")
_ARN = re.compile(r"arn:([\w-]*):([\w-]+):([\w*-]*):([\w*]*):(.+)")
_ENVIRONMENT = {
    "aws_bearer_token_bedrock": "an API key in the environment, which the SDKs send as a bearer token"
}
_BY_OUTPUT = {
    "EMBEDDING": "invoke",
    "IMAGE": "invoke",
    "VIDEO": "invoke_async",
    "SPEECH": "invoke_bidirectional",
}


def operations_meant(text: str) -> tuple[tuple[Operation, ...], str]:
    """Return the operations of a spelling beyond those of the SDKs, and what it is; empty if it is none.

    Understood are REST paths, the integrations of Step Functions and the CDK's tasks for it.
    """
    name = bare(text)
    if name.startswith(("/", "http://", "https://")) or re.match(
        r"(?:GET|POST|PUT|DELETE|PATCH) /", name, re.IGNORECASE
    ):
        from constructs_lib.catalogue import operations_at_path  # noqa: PLC0415 - reads a file that only paths need

        return operations_at_path(name), "a path of the REST API"
    if states := _STATES.fullmatch(name):
        service, wanted = states[2].lower(), states[3].lower()
        client = "bedrockruntime" if not states[1] and wanted == "invokemodel" else service
        found = tuple(
            o
            for o in operations()
            if o.name.lower() == wanted and (families()[o.family].service_id or "").lower() == client
        )
        return found, "an integration of Step Functions: the state machine's role needs the action"
    task = _CDK_TASKS.get(name.rpartition(".")[2].lower())
    if task is not None:
        found = tuple(o for o in operations() if o.name == task)
        return found, "a task of the CDK for Step Functions: the state machine's role needs the action"
    return (), ""


def subject(text: str) -> tuple[list[dict[str, Any]], list[str]]:
    """Return what a name is, as entries of the answer, and notes about it; both empty if it is not known."""
    name = bare(text)
    for known in (_arn, _managed, _api, _environment, _client, _model, _construct):
        entries, notes = known(name)
        if entries or notes:
            return entries, notes
    return [], []


_Answer = tuple[list[dict[str, Any]], list[str]]


def _entry(
    kind: str, name: str, plane: str | None, what: str, facts: Iterable[tuple[str, str]]
) -> dict[str, Any]:
    shown = [[label, value] for label, value in facts if value]
    return {"kind": kind, "name": name, "plane": plane, "what": what, "facts": shown}


# ------------------------------------------------------------------------------------------------- models


def _model(name: str) -> _Answer:
    profile = model_of_profile(name)
    found = models().get(profile or name)
    if found is None:
        looks = (
            re.fullmatch(r"(?:[\w-]+\.)?[a-z0-9]+\.[\w.:-]+", name) and name.partition(".")[0] in _providers()
        )
        if not (looks or profile or name.startswith("claude-")):
            return [], []
        close = [known for known in models() if name in known][:3] or nearest(name)
        meant = f"; did you mean {', '.join(f'`{one}`' for one in close)}?" if close else ""
        return [], [f"`{name}` is no model or profile of this catalogue{meant}"]
    if profile is not None:
        return [_profile_entry(name, found)], []
    return [_model_entry(found)], []


def _providers() -> frozenset[str]:
    return frozenset(name.partition(".")[0] for name in models())


def _model_entry(found: FoundationModel) -> dict[str, Any]:
    direct = [region for region, kinds in found.inference_types.items() if "ON_DEMAND" in kinds]
    facts = [
        ("life cycle", found.lifecycle.lower()),
        ("called from", _listed(found.regions)),
        ("on demand in", _listed(direct) if direct else "no Region: call it by a profile"),
        *(("profile", f"{profile} from {_listed(sources)}") for profile, sources in found.profiles.items()),
        (
            "Mantle",
            f"{', '.join(found.mantle_apis)} in {_listed(found.mantle_regions)}"
            if found.mantle_regions
            else "",
        ),
        ("ARN", f"arn:aws:bedrock:REGION::foundation-model/{found.id}"),
        ("granted by", f'role.grants.{_verb(found)}("{found.id if direct else _first_profile(found)}")'),
    ]
    return _entry("model", found.id, "data", "a foundation model", facts)


def _profile_entry(name: str, found: FoundationModel) -> dict[str, Any]:
    sources = found.profiles.get(name)
    members = [
        ("from", f"{source}: answered in {_listed(profile_regions(name, source))}")
        for source in sources or ()
    ]
    if name.startswith("global."):
        members = [("called from", _listed(sources or ()))]
    facts = [
        ("model", found.id),
        *(members or [("Regions", "not known to this catalogue")]),
        ("ARN", f"arn:aws:bedrock:REGION:ACCOUNT:inference-profile/{name}"),
        ("needs", "InvokeModel on the profile and on the model in every Region that may answer"),
        ("granted by", f'role.grants.{_verb(found)}("{name}")'),
    ]
    return _entry("profile", name, "data", "a cross-Region inference profile of AWS", facts)


def _first_profile(found: FoundationModel) -> str:
    return next(iter(found.profiles), found.id)


def _verb(found: FoundationModel) -> str:
    if "rerank" in found.id:
        return "rerank"
    return next((_BY_OUTPUT[kind] for kind in found.output_modalities if kind in _BY_OUTPUT), "converse")


# -------------------------------------------------------------------------------------------- ARNs, policies


def _arn(name: str) -> _Answer:
    parts = _ARN.fullmatch(name)
    if parts is None or _POLICY.fullmatch(name):
        return [], []
    _, service, region, account, resource = parts.groups()
    prefixes = {known.partition(":")[0] for known in resource_types()}
    if service not in prefixes:
        client = next((f for f in families().values() if f.client == service), None)
        if client is None:
            return [], []
        right = name.replace(f":{service}:", f":{client.prefix}:", 1)
        return [], [f"`{service}` is a client, and ARNs have the service `{client.prefix}`: write `{right}`"]
    kinds = [
        known.name
        for known in resource_types().values()
        if known.name.startswith(f"{service}:") and any(_fits(form, resource) for form in known.arns)
    ]
    entries = [_resource_entry(name, kind, region, resource) for kind in kinds[:1]]
    notes: list[str] = []
    if service == "bedrock" and resource.startswith("foundation-model/") and account:
        notes.append(
            "the ARN of a foundation model has no account: write "
            "`arn:aws:bedrock:REGION::foundation-model/ID`"
        )
    if resource.startswith("agent/"):
        notes.append("InvokeAgent is checked on the alias, `agent-alias/AGENT/ALIAS`")
    if not entries and not notes:
        notes = [f"no resource type of `{service}` has an ARN of this form"]
    return entries, notes


def _fits(form: str, resource: str) -> bool:
    """Whether a resource is of the form of an ARN in the reference (``${Partition}`` and the like)."""
    tail = form.split(":", 5)[-1]
    pattern = "".join(
        ".+" if part.startswith("${") else re.escape(part) for part in re.split(r"(\$\{\w+\})", tail)
    )
    return re.fullmatch(pattern, resource) is not None


def _resource_entry(name: str, kind: str, region: str, resource: str) -> dict[str, Any]:
    taking = [a for a in actions().values() if kind in a.resource_types]
    data = [a.name for a in taking if a.plane is Plane.DATA]
    control = [a.name for a in taking if a.plane is Plane.CONTROL]
    giving = sorted(
        verb.name
        for verb in verbs().values()
        if any(p.effect == "Allow" and p.target and not set(p.actions).isdisjoint(data) for p in verb.parts)
    )
    model = models().get(resource.partition("/")[2])
    facts = [
        ("resource type", kind),
        ("data actions", _some(data)),
        ("control actions", _some(control)),
        ("granted by", ", ".join(f"grants.{verb}" for verb in giving[:8])),
        ("offered in", "" if model is None or not region else _where(model, region)),
    ]
    plane = "data" if data and not control else ("control" if control and not data else "both")
    return _entry("resource", name, plane, "a resource of Amazon Bedrock", facts)


def _where(model: FoundationModel, region: str) -> str:
    offered = _listed(model.regions)
    return f"{region}" if region in model.regions else f"not in {region}; {offered}"


def _managed(name: str) -> _Answer:
    if not (_POLICY.fullmatch(name) or re.fullmatch(r"(?:Amazon|AWS|Bedrock)\w+", name)):
        return [], []
    from constructs_lib.iam import allowed_actions, names_of  # noqa: PLC0415 - 20 ms that only a policy pays
    from constructs_lib.iam.managed import HARMLESS, lookup  # noqa: PLC0415 - 20 ms that only a policy pays

    found = lookup(name)
    short = name.rpartition("/")[2]
    if found is None:
        unknown = f"`{short}` is no AWS managed policy of this data: newer, deprecated, or not AWS's"
        return [], [unknown] if _POLICY.fullmatch(name) else []
    if found is HARMLESS:
        what = "an AWS managed policy that gives nothing of Amazon Bedrock"
        return [_entry("managed-policy", short, None, what, [])], []
    held: set[str] = set()
    for statement in found.statements:
        if statement.effect == "Allow":
            held |= set(names_of(allowed_actions(statement.actions, statement.not_actions)))
    known = [one for one in map(action, sorted(held)) if one is not None]
    data = [one.name for one in known if one.plane is Plane.DATA and not one.data_read]
    writes = [one.name for one in known if one.plane is Plane.CONTROL and one.access == "write"]
    plane = "both" if data and writes else "data" if data else "control"
    facts = [
        ("data actions", _some(data)),
        ("control writes", _some(writes)),
        ("reads", str(len(known) - len(data) - len(writes))),
        ("mind", "it mixes the planes: an application's role should not hold it" if plane == "both" else ""),
    ]
    return [_entry("managed-policy", short, plane, "an AWS managed policy", facts)], []


# ------------------------------------------------------------------------------- clients, APIs, constructs


def _client(name: str) -> _Answer:
    if made := _MADE.match(name.strip()):  # the call that makes it
        name = next(filter(None, made.groups()))
    plain = name.lower().removesuffix("client").removesuffix("async").removeprefix("@aws-sdk/client-")
    spelled = re.sub(r"[^a-z0-9]", "", plain)
    for family in families().values():
        names = (family.client or family.name, family.service_id)
        if spelled in {re.sub(r"[^a-z0-9]", "", key.lower()) for key in names if key}:
            return [_client_entry(family)], []
    return [], []


def _client_entry(family: Family) -> dict[str, Any]:
    if not family.client:
        return _prefix_entry(family)
    own = [o for o in operations() if o.client == family.client]
    signature = _SIGNATURE.get(family.name) or tuple(o.name for o in own[:4])
    twin = {"bedrock": "bedrock-runtime", "bedrock-agent": "bedrock-agent-runtime"}
    other = twin.get(family.name) or next((k for k, v in twin.items() if v == family.name), "")
    facts = [
        ("purpose", _PURPOSE.get(family.name, "")),
        ("operations", f"{len(own)}, such as {', '.join(signature)}"),
        ("IAM prefix", family.prefix),
        ("other plane", other),
        ("all of them", f"bedrock-planes catalogue list operations --family {family.name}"),
    ]
    return _entry("client", str(family.client), str(family.plane), "a client", facts)


def _prefix_entry(family: Family) -> dict[str, Any]:
    """Return the entry of a family of actions that no SDK has a client for."""
    own = [
        known.name for known in map(action, actions()) if known is not None and known.family == family.name
    ]
    facts = [
        ("purpose", _PURPOSE.get(family.name, "")),
        ("actions", f"{len(own)}, such as {', '.join(own[:4])}"),
        ("IAM prefix", family.prefix),
        ("all of them", f"bedrock-planes catalogue list --family {family.name}"),
    ]
    return _entry("client", family.name, str(family.plane), "an endpoint without a client of the SDKs", facts)


def _api(name: str) -> _Answer:
    method = _method_at(name) or re.sub(r"\(.*", "", name)
    known = next((key for key in _OPENAI if method == key or method.endswith(f".{key}")), None)
    if known is None:
        return [], []
    verb, needed = _OPENAI[known]
    runtime = [one for one in needed if not one.startswith("bedrock-mantle:")]
    mantle = [one for one in needed if one.startswith("bedrock-mantle:")]
    on = "the model and the project (`project/default`)" if "Invoke" in "".join(runtime[:1]) else "the model"
    facts = [
        ("bedrock-runtime", f"{', '.join(runtime)} on {on}" if runtime else "not there"),
        ("bedrock-mantle", f"{', '.join(mantle)} on the project"),
        ("granted by", f"grants.{verb}" + (", grants.mantle" if verb == "responses" else "")),
        ("page", "https://docs.aws.amazon.com/bedrock/latest/userguide/inference.html"),
    ]
    return [_entry("api", known, "data", "a method of the OpenAI or Anthropic SDK", facts)], []


def _method_at(path: str) -> str:
    """Return the SDKs' method that calls a path of their APIs; empty if it is no such path."""
    found = _OPENAI_PATH.fullmatch(path)
    if found is None:
        return ""
    api = (found[2] or found[3]).lower().replace("/", ".")
    tail = (found[4] or "").strip("/")
    by_method = {"GET": "retrieve" if tail else "list", "DELETE": "delete"}
    if tail in {"cancel", "count_tokens"} or tail.endswith("/cancel"):
        call = tail.rpartition("/")[2]
    elif (found[1] or "").upper() in by_method:
        call = by_method[found[1].upper()]
    else:
        call = "retrieve" if tail else "list" if api == "models" else "create"
    return f"{api}.{call}"


def _environment(name: str) -> _Answer:
    what = _ENVIRONMENT.get(name.lower())
    if what is None:
        return [], []
    facts = [
        ("needs", "bedrock:CallWithBearerToken, or bedrock-mantle:CallWithBearerToken"),
        ("rule", "BP401"),
    ]
    return [_entry("environment", name.upper(), "data", what, facts)], []


def _construct(name: str) -> _Answer:
    import constructs_lib  # noqa: PLC0415 - the names alone, which load nothing of the CDK

    names: Mapping[str, str] = {one.lower(): one for one in constructs_lib.__all__}
    short = names.get(name.rpartition(".")[2].lower())
    if short is None or short.endswith("Error"):
        return [], []
    what = "a class of this library: `from constructs_lib import " + short + "`"
    return [_entry("construct", short, None, what, [])], []


# ------------------------------------------------------------------------------------------------- words


def _listed(regions: Iterable[str]) -> str:
    found = sorted(regions)
    return ", ".join(found[:10]) + (f" and {len(found) - 10} more" if len(found) > 10 else "")


def _some(names: list[str]) -> str:
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
