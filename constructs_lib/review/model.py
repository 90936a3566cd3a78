"""What readers produce and rules consume: inputs, principals, resources, findings, the report.

The pipeline is ``readers -> Model -> rules -> Report -> renderers``; each stage sees only these values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from constructs_lib.policy._model import Origin, Policy
    from constructs_lib.review.config import Config

__all__ = [
    "NAMESPACE",
    "Acknowledgement",
    "FamilyUse",
    "Finding",
    "Incomplete",
    "Input",
    "Kind",
    "Location",
    "Model",
    "Options",
    "Principal",
    "PrincipalReport",
    "Report",
    "Resource",
    "Severity",
    "Summary",
    "Touches",
    "Verdict",
    "Witness",
    "resource_id",
]

NAMESPACE = "bedrock-planes::"
"""Before each rule's id in everything that the CDK sees: so one acknowledgement serves plugin and pack."""

Kind = Literal["app", "deploy", "service", "operator", "unknown"]
Severity = Literal["error", "warning", "note"]
Verdict = Literal["data", "control", "mixed", "none"]
InputKind = Literal["cdk-assembly", "cfn-template", "iam-policy", "gaad"]
PrincipalType = Literal["role", "user", "group", "permission-set", "policy", "unattached", "external"]


@dataclass(frozen=True, slots=True)
class Input:
    """One file that was read, or the fault that kept it from being read."""

    path: str
    kind: InputKind | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Incomplete:
    """A place where the input does not say everything, and why."""

    pointer: str
    why: str


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A finding that somebody accepted, with the reason. ``expires`` is an ISO date or ``None``."""

    rule: str
    reason: str
    at: str
    expires: str | None = None


@dataclass(frozen=True, slots=True)
class Principal:
    """A role, user or group with everything that attaches to it.

    ``policies`` are identity policies (inline, attached, through groups), ``boundary`` is the permissions
    boundary (``None``: there is none; one that the input doesn't define is ``None`` plus an ``incomplete``
    entry), ``trust`` the assume-role policy. ``arn`` may hold ``UNRESOLVED``. ``environment`` identifies
    account and Region where the input knows them (``"111122223333/us-east-1"``), else ``"unknown"``.
    ``mark`` is the kind that our own constructs wrote into the template's metadata. ``at_policies`` has what
    was accepted for other resources that its policies stand in, by :func:`resource_id`.
    """

    id: str
    name: str
    type: PrincipalType
    arn: str
    origin: Origin
    construct_path: str | None = None
    policies: tuple[Policy, ...] = ()
    boundary: Policy | None = None
    trust: Policy | None = None
    mark: Kind | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    environment: str = "unknown"
    conditional: bool = False
    incomplete: tuple[Incomplete, ...] = ()
    acknowledgements: tuple[Acknowledgement, ...] = ()
    at_policies: Mapping[str, tuple[Acknowledgement, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of a template that is no principal, with its properties resolved as far as they go."""

    type: str
    logical_id: str
    origin: Origin
    properties: Mapping[str, Any]
    construct_path: str | None = None
    environment: str = "unknown"
    conditional: bool = False
    acknowledgements: tuple[Acknowledgement, ...] = ()


@dataclass(frozen=True, slots=True)
class Model:
    """Everything that one run has read."""

    inputs: tuple[Input, ...]
    principals: tuple[Principal, ...]
    resources: tuple[Resource, ...]


def resource_id(path: str, pointer: str) -> str:
    """Return ``path#LogicalId`` of the resource of a template that a pointer leads into."""
    return f"{path}#{pointer.removeprefix('/Resources/').partition('/')[0]}"


@dataclass(frozen=True, slots=True)
class Location:
    """A place in an input; ``line`` counts from 1, ``None`` where the format has no lines."""

    path: str
    pointer: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Witness:
    """A concrete request that the policy allows and should not."""

    action: str
    resource: str
    because: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding of one rule. ``principal`` is a principal's id, or ``None`` for findings on resources."""

    rule: str
    name: str
    severity: Severity
    principal: str | None
    message: str
    help: str
    location: Location
    related: tuple[Location, ...] = ()
    witness: Witness | None = None
    conditional: bool = False
    fingerprint: str = ""
    acknowledged: Acknowledgement | None = None


@dataclass(frozen=True, slots=True)
class Touches:
    """Which kinds of Bedrock action a principal may effectively call."""

    control_write: bool = False
    control_read: bool = False
    data: bool = False
    data_read: bool = False


@dataclass(frozen=True, slots=True)
class FamilyUse:
    """What a principal may call of one family: actions expanded, resources with ``?`` for open parts."""

    plane: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PrincipalReport:
    """One principal as the report shows it. ``families`` is keyed by family name, in the report's order."""

    id: str
    name: str
    construct_path: str | None
    kind: Kind
    verdict: Verdict
    touches: Touches
    families: Mapping[str, FamilyUse]
    incomplete: tuple[Incomplete, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts. Acknowledged findings are counted as acknowledged and as nothing else."""

    principals: int
    errors: int
    warnings: int
    notes: int
    acknowledged: int


@dataclass(frozen=True, slots=True)
class Report:
    """The result of one run, sorted; every output format renders this value."""

    tool: str
    catalogue: Mapping[str, str]
    inputs: tuple[Input, ...]
    principals: tuple[PrincipalReport, ...]
    findings: tuple[Finding, ...]
    summary: Summary


@dataclass(frozen=True, slots=True)
class Options:
    """How to review.

    ``scps`` are layers of service control policies, each of which must allow. ``baseline`` maps fingerprints
    of findings that an earlier report holds to that report's path. ``today`` decides which acknowledgements
    have expired; ``None`` is the current date in UTC.
    """

    strict: bool = False
    admins: Literal["error", "note"] = "error"
    scps: tuple[Policy, ...] = ()
    config: Config | None = None
    baseline: Mapping[str, str] = field(default_factory=dict)
    today: date | None = None
