"""What an app role denies itself: endpoints, Regions, tiers, a guardrail; and tags of its sessions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from aws_cdk import aws_iam as iam

from constructs_lib import catalogue
from constructs_lib.catalogue import Plane
from constructs_lib.catalogue import verbs as table
from constructs_lib.cdk_support import MARK, PlanesError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence, Set


__all__ = [
    "NO_LIMITS",
    "RoleLimits",
    "limits_document",
    "limits_from_mark",
    "limits_of",
    "mark_checked",
    "requiring_guardrail",
    "with_session_tags",
]

_INVOKE = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]


@dataclass(frozen=True, slots=True)
class RoleLimits:
    """What one app role holds less than any app role may.

    ``families`` are the only families of Bedrock that it uses (``None``: all of the data plane).
    ``guardrail`` is true when its model calls must name a guardrail, which those that AWS makes inside other
    calls don't. ``regions`` are the only Regions that may answer it (``None``: all). ``control_reads`` is the
    one thing that it may hold more: the control reads that AWS documents for callers, on exact ARNs.
    """

    families: frozenset[str] | None = None
    guardrail: bool = False
    regions: frozenset[str] | None = None
    control_reads: bool = False


NO_LIMITS = RoleLimits()


def limits_of(
    families: Sequence[str] | None,
    regions: Sequence[str] | None,
    *,
    guardrail: bool = False,
    control_reads: bool = False,
) -> RoleLimits:
    """Return the limits; raise :class:`PlanesError` for a family that is not on the data plane."""
    data = sorted(name for name, family in catalogue.families().items() if family.plane is Plane.DATA)
    for name in families or ():
        if name not in data:
            raise PlanesError(
                f"`families` has `{name}`, which is not a family of the data plane: use {', '.join(data)}"
            )
    for region in regions or ():
        if not region or "*" in region:
            raise PlanesError(f"`allowed_regions` has `{region}`: name Regions such as us-east-1")
    for name, given in (("families", families), ("allowed_regions", regions)):
        if given is not None and not given:
            raise PlanesError(f"`{name}` is empty, so nothing would remain: name some, or omit it")
    return RoleLimits(
        frozenset(families) if families is not None else None,
        guardrail,
        frozenset(regions) if regions is not None else None,
        control_reads,
    )


def requiring_guardrail(path: str, limits: RoleLimits, given: Set[str]) -> RoleLimits:
    """Return the limits with a guardrail required; refuse it when a verb given before makes calls without."""
    inner = sorted(name for name in given if table.verb(name).inner_calls)
    if inner:
        raise PlanesError(
            f"the app role `{path}` can't require a guardrail: it holds `{inner[0]}`, and the model calls "
            "that AWS makes inside it carry no guardrail; use another role for one of them"
        )
    return replace(limits, guardrail=True)


def mark_checked(role: iam.CfnRole, limits: RoleLimits, boundary: Mapping[str, Any] | None = None) -> None:
    """Mark an app role of ours, with its limits, for the check of the finished templates.

    ``boundary`` has the name, where it is known, and the document's fingerprint (``sha256``) of a data-plane
    boundary: the review, which can't read an imported boundary, then knows what it admits.
    A role that is only marked as one (``checks.mark_role``, or a template) is judged by the review alone.
    """
    bounded = {"boundary": dict(boundary)} if boundary is not None else {}
    # Metadata is added: assigning cfn_options.metadata would erase aws:cdk:path.
    role.add_metadata(MARK, {"kind": "app", "checked": True, **_as_mark(limits), **bounded})


def _as_mark(limits: RoleLimits) -> dict[str, Any]:
    return {
        **({"families": sorted(limits.families)} if limits.families is not None else {}),
        **({"control_reads": True} if limits.control_reads else {}),
        **({"guardrail": True} if limits.guardrail else {}),
        **({"regions": sorted(limits.regions)} if limits.regions is not None else {}),
    }


def limits_from_mark(mark: Mapping[str, Any]) -> RoleLimits | None:
    """Read the limits back from a template; ``None`` says that the role is not for us to check."""
    if mark.get("kind") != "app" or mark.get("checked") is not True:
        return None
    families, regions = mark.get("families"), mark.get("regions")
    return RoleLimits(
        frozenset(families) if families is not None else None,
        mark.get("guardrail") is True,
        frozenset(regions) if regions is not None else None,
        mark.get("control_reads") is True,
    )


def limits_document(
    *,
    vpc_endpoints: Sequence[str],
    regions: Sequence[str],
    other_tiers: Sequence[str],
    guardrail: Mapping[str, Sequence[str]],
) -> iam.PolicyDocument | None:
    """Return the Deny statements of a role, which no later grant can undo.

    A call that AWS makes on the role's behalf (the model call inside RetrieveAndGenerate) comes through no
    endpoint of the caller and says so with ``aws:ViaAWSService``.
    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    everything = [f"{prefix}:*" for prefix in sorted(catalogue.prefixes())]
    statements: list[dict[str, Any]] = []
    if vpc_endpoints:
        conditions: dict[str, Any] = {
            "StringNotEquals": {"aws:SourceVpce": list(vpc_endpoints)},
            "BoolIfExists": {"aws:ViaAWSService": "false"},
        }
        statements.append(_deny("OnlyThroughEndpoints", everything, conditions))
    if regions:
        statements.append(
            _deny("OnlyInRegions", everything, {"StringNotEquals": {"aws:RequestedRegion": list(regions)}})
        )
    if other_tiers:
        statements.append(
            _deny("OnlyOnTiers", _INVOKE, {"StringEquals": {"bedrock:ServiceTier": list(other_tiers)}})
        )
    if guardrail:
        statements.append(_deny("OnlyWithGuardrail", _INVOKE, _guardrail_condition(guardrail)))
    if not statements:
        return None
    return iam.PolicyDocument.from_json({"Version": "2012-10-17", "Statement": statements})


def _guardrail_condition(guardrail: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    key = "bedrock:GuardrailIdentifier"
    if exact := guardrail.get("guardrail_version"):
        return {"StringNotEquals": {key: exact[0]}}
    return {"StringNotLike": {key: guardrail["any_guardrail_version"][0]}}


def _deny(sid: str, actions: Sequence[str], conditions: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "Sid": sid,
        "Effect": "Deny",
        "Action": list(actions),
        "Resource": "*",
        "Condition": dict(conditions),
    }


def with_session_tags(principal: iam.IPrincipal, keys: Sequence[str]) -> iam.IPrincipal:
    """Return the principal with the duty to set exactly these tags on its session.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
    """
    if not keys:
        return principal
    if isinstance(principal, iam.ServicePrincipal):
        raise PlanesError(
            f"`session_tags` can't be asked of `{principal.service}`: AWS services set no session tags; let "
            "a broker assume the role"
        )
    conditions = {
        "Null": {f"aws:RequestTag/{key}": "false" for key in keys},
        "ForAllValues:StringEquals": {"aws:TagKeys": list(keys)},
    }
    return iam.PrincipalWithConditions(iam.SessionTagsPrincipal(principal), conditions)
