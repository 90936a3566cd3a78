"""Explain an error: gather what it says, recognise the cause, name the one change that repairs it."""

from __future__ import annotations

import re
from dataclasses import replace
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Final

from constructs_lib.catalogue import action, find, model_of_profile, models, operations
from constructs_lib.explain.causes import cause_of_code, cause_of_message, cause_of_words
from constructs_lib.explain.clients import client_line, find_client_fault
from constructs_lib.explain.denial import find_denial
from constructs_lib.explain.evidence import LONGEST, gather
from constructs_lib.explain.model import Explanation, Remedy
from constructs_lib.explain.parameters import find_unknown_parameter
from constructs_lib.explain.relevance import concerns
from constructs_lib.explain.remedies import grant_line, operation_name, runs_model, statement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from constructs_lib.catalogue import FoundationModel, Operation
    from constructs_lib.explain.causes import Cause
    from constructs_lib.explain.clients import ClientFault
    from constructs_lib.explain.denial import Denial
    from constructs_lib.explain.evidence import Evidence
    from constructs_lib.explain.parameters import UnknownParameter

__all__ = ["explain"]

_DENIED = "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html"
_PREREQUISITES = "https://docs.aws.amazon.com/bedrock/latest/userguide/getting-started-api.html"
_PASSING = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html"

_UPGRADES = {
    "python": "Upgrade boto3 and botocore together; in Lambda bring your own in the bundle or a layer.",
    "cli": "Upgrade the AWS CLI.",
}
_UPGRADE_LINES = {"python": "pip install --upgrade boto3 botocore", "cli": "aws --version"}
_ELSEWHERE = {
    "scp": (
        "scp",
        "a service control policy of the organization",
        (
            "The account can't repair it: ask those who manage the organization's policies for an exemption "
            "of this "
            "action, Region or role. A cross-Region profile calls its other Regions too, so a Region deny "
            "must admit "
            "all of them (for a global profile `aws:RequestedRegion` is `unspecified`)."
        ),
    ),
    "rcp": (
        "rcp",
        "a resource control policy of the organization",
        (
            "Ask those who manage the organization's policies: the policy protects the resource from this "
            "caller."
        ),
    ),
    "boundary": (
        "boundary",
        "the role's permissions boundary",
        (
            "No policy of the role can help. If the action belongs to the role's task, let the owner of the "
            "boundary "
            "widen it; a control action belongs into another role."
        ),
    ),
    "endpoint-policy": (
        "endpoint-policy",
        "the policy of the VPC endpoint that carried the request",
        (
            "Let the endpoint's policy allow this action on this resource for this role; the role's own "
            "policy is "
            "another condition of the call."
        ),
    ),
    "session-policy": (
        "session-policy",
        "the session policy that was passed when the role was assumed",
        (
            "Change what the caller passes as `Policy` or `PolicyArns` to AssumeRole: a session has what "
            "both the "
            "role and the session policy allow."
        ),
    ),
    "resource-policy": (
        "resource-policy",
        "the resource's own policy",
        (
            "Let the owner of the resource name this principal in the resource's policy; across accounts the "
            "role's "
            "policy must allow the action too."
        ),
    ),
    "trust": (
        "trust",
        "the trust policy of the role that was to be assumed",
        (
            "Let the role's trust policy name the caller, and check its conditions (`aws:SourceAccount`, "
            "`aws:SourceArn`, `sts:ExternalId`)."
        ),
    ),
}
"""By what AWS blames: the kind, the policy in words, what to do."""


def explain(text: str, paths: Sequence[str] = ()) -> Explanation:
    """Explain an error.

    Args:
        text: The error as people have it: of boto3, the AWS CLI, an SDK, CloudTrail, CloudFormation, a log.
        paths: Templates, policies or account exports with the caller's permissions, as ``review`` reads them;
            without any the nearest statement is not looked for.

    Returns:
        The explanation; its kind is ``unknown`` when nothing that is known fits.

    """
    evidence = gather(text)
    denial = find_denial(evidence.text)
    if denial is not None and not denial.action.startswith("aws-marketplace:"):
        return _with_nearest(_denied(evidence, denial), paths)
    fault = find_client_fault(evidence.text, evidence.operation)
    if fault is not None:
        return _client_fault(evidence, fault)
    cause = cause_of_message(evidence.text) or cause_of_code(evidence.code) or cause_of_words(evidence.text)
    if cause is not None and concerns(evidence, cause, text[:LONGEST]):
        return _from_cause(evidence, cause)
    if "AccessDenied" in evidence.code or evidence.status == 403 or _made_by(evidence):
        return _with_nearest(_bare_denial(evidence), paths)
    return _at_least(
        evidence,
        "unknown",
        "This text has nothing that is known of an error of Amazon Bedrock.",
        Remedy(
            "Give the whole message, with the exception's name and the operation; the CloudTrail event "
            "of the "
            "call says most."
        ),
    )


# -------------------------------------------------------------------------------------------- denied actions


def _denied(evidence: Evidence, denial: Denial) -> Explanation:
    known = action(denial.action)
    name = known.name if known else denial.action
    operation = operation_name(name, evidence.operation)
    found = _operation(operation, evidence.client)
    base = Explanation(
        kind="missing-action",
        cause="",
        plane=str(known.plane) if known else None,
        client=(found.client if found else None) or evidence.client or None,
        operation=operation or None,
        action=name,
        resource=denial.resource or None,
        region=_region_of(denial.resource) or evidence.region or None,
        principal=denial.principal or evidence.principal or None,
        page=_DENIED,
    )
    where = _shown(base)
    if denial.explicit and denial.blamed in {"identity", ""}:
        named = denial.policy or "the caller's own policies"
        return replace(
            base,
            kind="explicit-deny",
            cause=f"A Deny in {named} refuses {where}.",
            remedy=Remedy(
                "Find the statement with Effect Deny that matches, and narrow it if the call is meant to "
                "be allowed; "
                "an Allow never outweighs it. A Deny that demands a guardrail, a service tier or a "
                "project is met "
                "by passing what it demands in the request."
            ),
        )
    if denial.blamed in _ELSEWHERE and not (name.startswith("kms:") and denial.blamed == "resource-policy"):
        kind, policy, advice = _ELSEWHERE[denial.blamed]
        named = f" ({denial.policy})" if denial.policy else ""
        verb = "has a Deny that refuses" if denial.explicit else "does not allow"
        text = policy[0].upper() + policy[1:]
        return replace(base, kind=kind, cause=f"{text}{named} {verb} {where}.", remedy=Remedy(advice))
    return _missing(evidence, base, where)


def _missing(evidence: Evidence, base: Explanation, where: str) -> Explanation:
    """Explain an action that no policy of the caller allows."""
    name, resource = base.action or "", base.resource or ""
    added = statement(name, resource, _called_region(base, evidence), _account_of(base.principal or ""))
    if name == "iam:PassRole":
        return replace(
            base,
            kind="pass-role",
            cause=f"The caller hands the role {resource or '(not named)'} to a service and may not.",
            remedy=Remedy(
                "Add this to the role that deploys or configures, with `iam:PassedToService` of the "
                "service that "
                "takes the role (for Bedrock `bedrock.amazonaws.com`, for AgentCore "
                "`bedrock-agentcore.amazonaws.com`); an application's role passes none.",
                {**added, "Condition": {"StringEquals": {"iam:PassedToService": _service_of(evidence)}}},
            ),
            page=_PASSING,
        )
    if name == "sts:AssumeRole":
        return replace(
            base,
            kind="trust",
            cause=f"The caller may not assume {resource or 'the role'}: its own policy, the role's trust "
            "policy, or "
            "both do not allow it.",
            remedy=Remedy(
                "The role's trust policy must name the caller (or the service, with `aws:SourceAccount` and "
                "`aws:SourceArn`), and across accounts the caller's policy must allow `sts:AssumeRole` "
                "on the role.",
                added,
            ),
        )
    if name.startswith("kms:"):
        return replace(
            base,
            kind="kms",
            cause=f"The key of what is read or written may not be used: {where} is not allowed.",
            remedy=Remedy(
                "Allow the action on the key's ARN in the role's policy, and let the key's policy admit "
                "the role or "
                "the account; `apply_guardrail(..., key=...)` and other grants add it for their own key.",
                added,
            ),
        )
    grant = grant_line(name, resource, base.operation or "", evidence.model if _is_model(resource) else "")
    return replace(
        base,
        cause=f"No policy of the caller allows {where}.",
        remedy=Remedy(_advice(base, evidence), added, grant),
    )


def _advice(base: Explanation, evidence: Evidence) -> str:
    name, resource = base.action or "", base.resource or ""
    texts = ["Add this statement to the caller's policy."]
    if evidence.resource_type and base.plane != "data":
        texts = [
            (
                f"CloudFormation lacks it for `{evidence.resource_type}`: `bedrock-planes deploy-policy` "
                "derives all that the template needs."
            )
        ]
    elif base.plane == "control":
        texts = [
            (
                "It is an action of the control plane: it belongs to a deploy or operator role. If the "
                "application "
                "calls it, let a pipeline call it instead; only reads that AWS documents for a call may be "
                "given to "
                "an application, on exact ARNs (`control_reads=True`)."
            )
        ]
    if name.endswith("WithResponseStream"):
        texts.append(
            "Streaming is an action of its own: `streaming=True` gives it on every ARN of the plain call."
        )
    if ":project/" in resource or runs_model(name, resource):
        texts.append(
            "A model call is checked on the model and on its project (`project=`, else `project/default`)."
        )
    if ":inference-profile/" in resource or "application-inference-profile/" in resource:
        texts.append("A profile needs its own ARN and the models in every Region that it may choose.")
    elif "foundation-model/" in resource and evidence.model and model_of_profile(evidence.model):
        texts.append("The call went through a profile: grant the profile, and its models come along.")
    if "agent-alias/" in resource:
        texts.append("IAM checks `agent-alias/AGENT/ALIAS`; a statement on `agent/` allows nothing.")
    if name == "bedrock:ApplyGuardrail":
        texts.append("A guardrail in a model call is applied by its own action.")
    texts += [_service_role(base.principal or "")]
    return " ".join(text for text in texts if text)


def _service_role(principal: str) -> str:
    """Say so when the caller is not the application but a role that a service of AWS assumed."""
    lowered = principal.lower()
    if "executionrolefor" in lowered or "bedrockagent" in lowered or "docinsights" in lowered:
        return "The caller is a service role of Bedrock: it is that role's policy that lacks the statement."
    return ""


def _bare_denial(evidence: Evidence) -> Explanation:
    """Explain a denial whose message names neither action nor resource."""
    found = _operation(evidence.operation, evidence.client) or _made_by(evidence)
    if found is None:
        return _at_least(
            evidence,
            "unknown",
            "AWS denied the request and does not say which action or policy decided.",
            Remedy(
                "Look up the call in CloudTrail: its event names the action, the resource and the caller."
            ),
            page=_DENIED,
        )
    name = found.actions[0]
    advice = (
        "Check the caller's policy for these actions on the resource of the request, then Denies, the "
        "boundary and the organization's policies; the CloudTrail event says which."
    )
    if evidence.resource_type:
        advice = (
            f"CloudFormation could not make `{evidence.resource_type}`. `bedrock-planes deploy-policy` "
            "derives what its execution role needs, `iam:PassRole` and the key's actions included. If that "
            "role has it all, the resource's own service role lacked its policy when it was checked: let the "
            "resource depend on the policy. The CloudTrail event says which."
        )
    return Explanation(
        "missing-action",
        f"AWS denied {found.name} without saying which policy decided; the operation needs "
        f"{' and '.join(f'`{one}`' for one in found.actions)}.",
        Remedy(
            advice,
            statement(name, ""),
            grant_line(name, "", found.name, evidence.model),
        ),
        plane=str(found.plane),
        client=found.client,
        operation=found.name,
        action=name,
        region=evidence.region or None,
        principal=evidence.principal or None,
        page=_DENIED,
    )


def _with_nearest(explanation: Explanation, paths: Sequence[str]) -> Explanation:
    if not paths or explanation.action is None:
        return explanation
    from constructs_lib.explain.nearest import look_in  # noqa: PLC0415 - reads templates, which only `--in` needs

    found = look_in(paths, explanation.principal or "", explanation.action, explanation.resource or "")
    text = f"{explanation.remedy.text} Policies: {found.note}."
    if found.allowed and explanation.kind == "missing-action":
        text += (
            " They allow the request, so what is deployed differs from this input, or another policy (a "
            "boundary, an "
            "SCP, an endpoint policy) decides."
        )
    return replace(explanation, nearest=found.nearest, remedy=replace(explanation.remedy, text=text))


# ---------------------------------------------------------------------------------------------- clients


def _client_fault(evidence: Evidence, fault: ClientFault) -> Explanation:
    found = next((o for o in fault.operations if o.client == fault.client), None)
    found = found or (fault.operations[0] if fault.operations else None)
    if fault.client and not fault.name:
        return Explanation(
            "sdk-too-old",
            f"The installed SDK or CLI does not know the client `{fault.client}`, which AWS has.",
            Remedy(
                _UPGRADES.get(fault.language, "Upgrade the SDK."), code=_UPGRADE_LINES.get(fault.language)
            ),
            plane=_plane_of_client(fault.client),
            client=fault.client,
            region=evidence.region or None,
            page=_PREREQUISITES,
        )
    if found is None:
        return _no_such_operation(evidence, fault)
    base = Explanation(
        "wrong-client",
        "",
        plane=str(found.plane),
        client=found.client,
        operation=found.name,
        action=found.actions[0],
        region=evidence.region or None,
        page=_PREREQUISITES,
    )
    line = client_line(found, fault.language)
    if fault.language == "cli" and found.streams:
        return replace(
            base,
            kind="validation",
            cause=f"The AWS CLI has no `{found.name}`: it offers no operation that streams.",
            remedy=Remedy("Use the operation without stream, or an SDK.", code=client_line(found, "python")),
        )
    if fault.is_old:
        return replace(
            base,
            kind="sdk-too-old",
            cause=f"`{found.client}` is the right client and has `{found.name}`; the installed SDK is "
            "older than it.",
            remedy=Remedy(
                f"{_UPGRADES.get(fault.language, 'Upgrade the SDK.')} No client needs to change.",
                code=_UPGRADE_LINES.get(fault.language, line),
            ),
        )
    asked = f"`{fault.client}`" if fault.client else "The client that was called"
    others = " or ".join(f"`{name}`" for name in dict.fromkeys(o.client for o in fault.operations))
    return replace(
        base,
        cause=f"{asked} has no `{found.name}`: it is an operation of {others}, on the {found.plane} plane.",
        remedy=Remedy(f"Call it on the client {others}.", code=line),
    )


def _no_such_operation(evidence: Evidence, fault: ClientFault) -> Explanation:
    meant = _meant(fault)
    if meant is None:
        named = f"`{fault.name}`" if fault.name else "the operation of the request"
        kind, why = "unknown", f"no client of Bedrock has {named}"
        if not fault.name:
            kind = "wrong-client"
            why = (
                "the endpoint does not know the operation of the request: a client of another service sent it"
            )
        return Explanation(
            kind,
            why[0].upper() + why[1:] + ".",
            Remedy(
                "Check the client: models are called on `bedrock-runtime`, agents and knowledge bases on "
                "`bedrock-agent-runtime`; `bedrock` and `bedrock-agent` configure. `bedrock-planes which "
                "NAME` "
                "finds the client of an operation."
            ),
            client=fault.client or None,
            region=evidence.region or None,
            page=_PREREQUISITES,
        )
    same = meant.client == fault.client
    return Explanation(
        "validation" if same else "wrong-client",
        f"`{fault.client or 'The client'}` has no `{fault.name}`; meant may be `{meant.name}` of "
        f"`{meant.client}`.",
        Remedy("Write the operation as the SDK has it.", code=client_line(meant, fault.language)),
        plane=str(meant.plane),
        client=meant.client,
        operation=meant.name,
        region=evidence.region or None,
        page=_PREREQUISITES,
    )


def _meant(fault: ClientFault) -> Operation | None:
    """Return the operation that a name comes nearest to: one that begins with it, of the same client first.

    A name that begins several operations (``invoke``) means the plainest: a model's before an agent's.
    """
    stem = re.sub(r"[^a-z]", "", fault.name.lower())
    begins = [o for o in operations() if len(stem) > 3 and o.name.lower().startswith(stem)]
    close = begins or [o for name in fault.close for o in find(name, suggesting=False).operations]
    order = {fault.client: 0, "bedrock-runtime": 1, "bedrock-agent-runtime": 2}
    return min(close, key=lambda o: (order.get(o.client, 3), len(o.name)), default=None)


# ----------------------------------------------------------------------------------------- other causes


def _from_cause(evidence: Evidence, cause: Cause) -> Explanation:
    base = _at_least(evidence, cause.kind, cause.cause, Remedy(cause.remedy), cause.page)
    base = replace(base, message=evidence.message or None)
    parameter = find_unknown_parameter(evidence.text, evidence.operation)
    if parameter is not None:
        return _unknown_parameter(base, parameter)
    if cause.kind == "validation" and evidence.code.startswith("ResourceNotFound"):
        base = replace(base, kind="not-found")
    refine = _REFINEMENTS.get(base.kind)
    return refine(evidence, base) if refine is not None else base


def _life_cycle(evidence: Evidence, base: Explanation) -> Explanation:
    found = _known_model(evidence.model)
    return _with_advice(base, _successors(found, evidence.region) if found else "")


def _model_id(evidence: Evidence, base: Explanation) -> Explanation:
    found = _known_model(evidence.model)
    return _model_elsewhere(evidence, base, found) if found and "model identifier" in evidence.text else base


def _inner_call(evidence: Evidence, base: Explanation) -> Explanation:
    """Say what the role of the service needs for the call that failed."""
    named = dict.fromkeys(
        re.findall(r"\b(?:ecr|s3|lambda|logs|aoss|s3vectors|bedrock):[A-Z]\w+", evidence.text)
    )
    if named:
        needed = ", ".join(f"`{name}`" for name in named)
        return _with_advice(base, f"AWS names as needed by that role: {needed}.")
    if "lambda" in evidence.text.lower():
        return _with_advice(
            base,
            "The function's own policy must let `bedrock.amazonaws.com` call it (`lambda:InvokeFunction`, "
            "with `aws:SourceArn` of the agent or flow), and the function must answer in the form that its "
            "caller expects; its log says more.",
        )
    if evidence.code == "RuntimeClientError":
        return replace(
            base,
            remedy=Remedy(
                "The agent's own code or container failed, or did not start: read the runtime's log group in "
                "CloudWatch Logs (`/aws/bedrock-agentcore/runtimes/...`), and check its execution role."
            ),
        )
    if base.operation in {"InvokeAgent", "InvokeInlineAgent"}:
        return _with_advice(
            base,
            "The agent's role needs `bedrock:InvokeModel` and `bedrock:InvokeModelWithResponseStream` on the "
            "agent's model, profile included.",
        )
    return base


def _with_advice(base: Explanation, advice: str) -> Explanation:
    return replace(base, remedy=replace(base.remedy, text=f"{base.remedy.text} {advice}".strip()))


def _unknown_parameter(base: Explanation, parameter: UnknownParameter) -> Explanation:
    """Explain a name that botocore refuses: newer than the SDK, misspelt, or of another operation."""
    name, where = parameter.name, f"`{parameter.operation}`" if parameter.operation else "the operation"
    place = "" if parameter.place == "input" else f" in `{parameter.place}`"
    if parameter.is_new or (parameter.is_new is None and not parameter.meant):
        known = "AWS has it" if parameter.is_new else "AWS may have it by now"
        return replace(
            base,
            kind="sdk-too-old",
            cause=f"The installed SDK does not know `{name}`{place} of {where}; {known}.",
            remedy=Remedy(
                f"{_UPGRADES['python']} If that does not help, the name is wrong.",
                code=_UPGRADE_LINES["python"],
            ),
        )
    advice = "Take the names that the message lists"
    if parameter.meant:
        advice = f"Write `{parameter.meant}`"
    elif parameter.others and parameter.place == "input":
        advice = (
            f"`{name}` is a parameter of {', '.join(f'`{one}`' for one in parameter.others[:3])}: call that"
        )
    return replace(
        base,
        kind="validation",
        cause=f"{where[:1].upper()}{where[1:]} has no parameter `{name}`{place}; the SDK refused it before "
        "it asked AWS.",
        remedy=Remedy(
            f"{advice}; what only one model takes goes into `additionalModelRequestFields`, or into the body "
            "of InvokeModel."
        ),
    )


def _untrusted(evidence: Evidence, base: Explanation) -> Explanation:
    if evidence.operation.startswith("AssumeRole"):
        return base
    return _with_advice(base, f"The service that takes the role here is `{_service_of(evidence)}`.")


@cache
def _bedrocks_regions() -> frozenset[str]:
    """Return the Regions that have a model or a profile."""
    found = {region for model in models().values() for region in model.regions}
    sources = {r for model in models().values() for listed in model.profiles.values() for r in listed}
    return frozenset(found | sources)


def _unreached(evidence: Evidence, base: Explanation) -> Explanation:
    """Explain an endpoint that does not answer: in a Region without Bedrock there is none."""
    if not evidence.region or evidence.region in _bedrocks_regions():
        return base
    near = get_close_matches(evidence.region, sorted(_bedrocks_regions()), 1, 0.8)
    hint = f" Meant may be `{near[0]}`." if near else ""
    return replace(
        base,
        kind="wrong-region",
        cause=f"No model of Amazon Bedrock is offered in `{evidence.region}`, so its endpoint may not exist.",
        remedy=Remedy(
            f"Give the client a Region that has Bedrock (`region_name=`, `AWS_REGION`).{hint} If the Region "
            "is right, check the route to the endpoint."
        ),
    )


_FAILED_TYPE = re.compile(r"[Aa]ccess denied for operation '(AWS::\w+::\w+)'")


def _made_by(evidence: Evidence) -> Operation | None:
    """Return the operation that makes the resource which CloudFormation says was denied."""
    denied = _FAILED_TYPE.search(evidence.text)
    if denied is None:
        return None
    makers = [o for o in find(denied[1], suggesting=False).operations if o.name.startswith(("Create", "Put"))]
    return makers[0] if makers else None


def _profile_needed(evidence: Evidence, base: Explanation) -> Explanation:
    found = _known_model(evidence.model)
    if found is None or not found.profiles:
        named = f" of {evidence.model}" if evidence.model else ""
        command = "`aws bedrock list-inference-profiles` lists them"
        text = f"{base.remedy.text} This catalogue knows no profile{named}: {command}."
        return replace(base, resource=evidence.model or None, remedy=Remedy(text))
    here = [p for p, sources in found.profiles.items() if not evidence.region or evidence.region in sources]
    offered = here or list(found.profiles)
    # A geography keeps the data in it; the global profile may answer from anywhere.
    chosen = next((p for p in offered if not p.startswith("global.")), offered[0])
    lines = "; ".join(f"`{p}` from {_regions(sources)}" for p, sources in sorted(found.profiles.items()))
    streaming = (base.operation or "").endswith("Stream")
    verb = "converse" if (base.operation or "").startswith("Converse") else "invoke"
    extra = ", streaming=True" if streaming else ""
    nowhere = f" None of them can be called from {evidence.region}." if evidence.region and not here else ""
    return replace(
        base,
        resource=found.id,
        remedy=Remedy(
            f"{base.remedy.text} Profiles of it: {lines}.{nowhere}",
            grant=f'role.grants.{verb}("{chosen}"{extra})',
            code=f'modelId="{chosen}"',
        ),
    )


def _model_elsewhere(evidence: Evidence, base: Explanation, found: FoundationModel) -> Explanation:
    """Explain a known model id that AWS calls invalid: another Region, or only through a profile."""
    if evidence.region and evidence.region not in found.regions:
        return replace(
            base,
            kind="wrong-region",
            cause=f"{found.id} is not offered in {evidence.region}.",
            resource=evidence.model,
            remedy=Remedy(f"Call it from {_regions(found.regions)}, or choose a model of {evidence.region}."),
        )
    return replace(
        base,
        resource=evidence.model,
        remedy=Remedy(f"{base.remedy.text} The catalogue knows {found.id} in {_regions(found.regions)}."),
    )


_REFINEMENTS: Final[Mapping[str, Callable[[Evidence, Explanation], Explanation]]] = {
    "inner-call": _inner_call,
    "life-cycle": _life_cycle,
    "network": _unreached,
    "not-found": _model_id,
    "profile-needed": _profile_needed,
    "trust": _untrusted,
    "validation": _model_id,
}
"""What an error's details add to its cause, by kind."""


def _successors(found: FoundationModel, region: str) -> str:
    """Name active models of the same provider and family that the Region offers."""
    stem = found.id.partition("-")[0]
    active = [
        m.id
        for m in models().values()
        if m.id.startswith(stem)
        and m.lifecycle == "ACTIVE"
        and m.runtime
        and (not region or region in m.regions)
        and m.output_modalities == found.output_modalities
    ]
    return f"Active of this provider: {', '.join(active[-6:])}." if active else ""


def _known_model(name: str) -> FoundationModel | None:
    return models().get(model_of_profile(name) or name) if name else None


def _regions(regions: Iterable[str]) -> str:
    listed = sorted(regions)
    return ", ".join(listed[:12]) + (f" and {len(listed) - 12} more" if len(listed) > 12 else "")


# ------------------------------------------------------------------------------------------------- shared


def _at_least(
    evidence: Evidence, kind: str, cause: str, remedy: Remedy, page: str | None = None
) -> Explanation:
    """Return an explanation with what the error says of the call, beside its cause."""
    found = _operation(evidence.operation, evidence.client)
    return Explanation(
        kind,
        cause,
        remedy,
        plane=str(found.plane) if found else _plane_of_client(evidence.client),
        client=(found.client if found else evidence.client) or None,
        operation=evidence.operation or None,
        resource=evidence.model or None,
        region=evidence.region or None,
        principal=evidence.principal or None,
        page=page,
    )


def _operation(name: str, client: str) -> Operation | None:
    """Return the operation of a name, of the client if that is known."""
    if not name:
        return None
    known = [o for o in find(name, suggesting=False).operations if o.name == name]
    return next((o for o in known if o.client == client), known[0] if known else None)


def _plane_of_client(client: str) -> str | None:
    from constructs_lib.catalogue import families  # noqa: PLC0415 - only for errors without an operation

    return next((str(f.plane) for f in families().values() if f.client and f.client == client), None)


def _region_of(resource: str) -> str:
    parts = resource.split(":", 5)
    return parts[3] if len(parts) == 6 and parts[3] not in {"", "*"} else ""


def _called_region(base: Explanation, evidence: Evidence) -> str:
    """Return the Region that was called, empty if the text does not say.

    The Region in the ARN of a model behind a profile is the one that would have answered: it is not taken
    for the Region that was called.
    """
    resource = base.resource or ""
    called = evidence.region or base.region or ""
    through_profile = bool(evidence.model and model_of_profile(evidence.model))
    if through_profile and "foundation-model/" in resource and called == _region_of(resource):
        return ""
    return called


def _account_of(arn: str) -> str:
    """Return the account in the ARN of IAM or of a session, empty if it is not known."""
    parts = arn.split(":", 5)
    return parts[4] if len(parts) == 6 and parts[4].isdecimal() else ""


def _is_model(resource: str) -> bool:
    return "foundation-model/" in resource or "inference-profile/" in resource


def _shown(base: Explanation) -> str:
    on = f" on `{base.resource}`" if base.resource else ""
    return f"`{base.action}`{on}"


def _service_of(evidence: Evidence) -> str:
    called = _operation(evidence.operation, evidence.client)
    client = called.client if called else evidence.client
    agentcore = "agentcore" in client or "BedrockAgentCore" in evidence.resource_type
    return "bedrock-agentcore.amazonaws.com" if agentcore else "bedrock.amazonaws.com"
