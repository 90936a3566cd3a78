"""The check of the finished templates, for what a role of ours can't refuse when it happens.

It sees everything that an app, deploy or operator role holds in the end: overrides on the L1, policies that
name the role as text, in nested stacks, other Regions and other stages, statements that are changed after
they were added, and the boundary. The templates are read by the reader of the review, and each statement is
judged by the role itself, as when it is given. The construct tree has the roles, so erasing the mark in the
template hides nothing.

What is seen and forbidden has severity ``fatal`` and can't be acknowledged. What can't be seen, such as an
action behind a parameter or a customer's policy by ARN, is an error that can be. Everything else is left to
``BedrockPlaneChecks``.
"""

from __future__ import annotations

import contextlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, Literal, Protocol

import aws_cdk as cdk
import jsii

from constructs_lib.catalogue.verbs import CONTROL_READS
from constructs_lib.cdk_support import PlanesError, as_list, assembly_of
from constructs_lib.data_plane.boundary import cuts_admitted_by
from constructs_lib.data_plane.changed_by_calls import changes_of
from constructs_lib.data_plane.limits import limits_from_mark
from constructs_lib.data_plane.quotas import size_findings
from constructs_lib.data_plane.refusals import refusals
from constructs_lib.iam import (
    ASSUME_ROLE,
    ESCALATIONS,
    PASS_ROLE,
    UNRESOLVED,
    Origin,
    Policy,
    foreign_actions,
    names_of,
)
from constructs_lib.review import admitted_by, admitted_outside
from constructs_lib.templates import NAMESPACE, read

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from aws_cdk import aws_iam
    from constructs import Construct, IConstruct

    from constructs_lib.iam import Statement
    from constructs_lib.templates import Model, Principal

    Key = tuple[str, str]

__all__ = ["HeldFinding", "check_finished_templates", "findings", "reported_on_roles", "roles_of"]

_ROLE = NAMESPACE + "ROLE"
_BOUNDARY = NAMESPACE + "BP109"
_UNSEEN = NAMESPACE + "BP107"
_REGISTERED = "bedrock-planes:role-check"
_STATEMENT = re.compile(r".*/PolicyDocument/Statement(/\d+)?")
_IAM_CHANGES = {name for name in (*ESCALATIONS, PASS_ROLE) if name.startswith("iam:")}


class CheckedConstruct(Protocol):
    """A construct that judges what its role holds: ``AppRole``, ``ExistingAppRole``, and the others."""

    checked_kind: str
    boundary_mark: Mapping[str, Any] | None

    @property
    def checked_resource(self) -> aws_iam.CfnRole | None:
        """The role's resource."""

    def refusal_of(self, statement: Mapping[str, Any]) -> str | None:
        """Return why the role may not hold a statement, ``None`` if it may."""


@dataclass(frozen=True, slots=True)
class _Judged:
    """A role of ours, its kind, what judges a statement (IAM's JSON), and whether its boundary is ours."""

    role: Principal
    kind: str
    refusal_of: Callable[[Mapping[str, Any]], str | None]
    own_boundary: bool


@dataclass(frozen=True, slots=True, order=True)
class HeldFinding:
    """What a role holds and may not, or what can't be seen, with the place."""

    template: Path
    logical_id: str
    place: str
    message: str
    rule: str = _ROLE
    severity: Literal["fatal", "error"] = "fatal"


def check_finished_templates(scope: Construct) -> None:
    """Register the check on the root of the app, once: a stage's plugin sees its own templates only."""
    root = scope.node.root
    if not isinstance(root, cdk.Stage):
        return
    # The mark is in the root's own construct metadata, so it lives as long as the root does.
    if any(entry.type == _REGISTERED for entry in root.node.metadata):
        return
    root.node.add_metadata(_REGISTERED, "registered")
    cdk.Validations.of(root).add_plugins(_TemplateCheck())
    # While an app is built, Python mostly waits for Node, so loading the review then costs no extra time.
    # Not a daemon: an interpreter that exits in the middle of an import may crash.
    Thread(target=_load_review, name="bedrock-planes-roles", daemon=False).start()


def _load_review() -> None:
    """Load what the first check would wait for: the readers, the engine and the catalogue's tables."""
    with contextlib.suppress(Exception):  # the check runs into the same fault, and reports it
        read([])
        admitted_by(Policy("nothing", (), Origin("", "")))
        admitted_outside(Policy("nothing", (), Origin("", "")))


@jsii.implements(cdk.IPolicyValidationPlugin)
class _TemplateCheck:
    @property
    def name(self) -> str:
        return "bedrock-planes-roles"

    @property
    def version(self) -> str:
        return "1"

    @property
    def rule_ids(self) -> list[str]:
        return [_ROLE, _BOUNDARY, _UNSEEN]

    def validate(self, context: cdk.IPolicyValidationContext) -> cdk.PolicyValidationPluginReport:
        try:
            templates = [Path(stack.template_path) for stack in context.stack_templates]
            found = findings(templates, roles_of(context.app_construct))
            violations = [_violation(item) for item in found]
        except Exception as error:  # noqa: BLE001 - a crash in a plugin is silent under the CDK CLI
            # A violation without a resource would not fail the synthesis.
            nowhere = cdk.PolicyViolatingResource(construct_path="", locations=[])
            violations = [
                cdk.PolicyViolation(
                    rule_name=_ROLE,
                    description=f"the check of the app, deploy and operator roles failed: {error!r}",
                    severity="fatal",
                    violating_resources=[nowhere],
                )
            ]
        return cdk.PolicyValidationPluginReport(success=not violations, violations=violations)


def _violation(found: HeldFinding) -> cdk.PolicyViolation:
    resource = cdk.PolicyViolatingResource(
        resource_logical_id=found.logical_id, template_path=str(found.template), locations=[found.place]
    )
    where = f"{found.logical_id}/{found.place}".rstrip("/").replace("/", ".")
    return cdk.PolicyViolation(
        rule_name=found.rule,
        description=f"{found.message} [{where}]",
        severity=found.severity,
        violating_resources=[resource],
    )


def roles_of(root: IConstruct) -> dict[Key, list[CheckedConstruct]]:
    """Return the constructs of the app that judge a role, by template file and logical id.

    File names of templates are unique in an app, those of its stages included.
    """
    found: dict[Key, list[CheckedConstruct]] = {}
    # Each call to JavaScript costs up to a millisecond, so each stack is asked once.
    files: dict[cdk.Stack, str] = {}
    for construct in root.node.find_all():
        if not hasattr(construct, "refusal_of"):
            continue
        judge: Any = construct
        resource = judge.checked_resource
        if resource is None:
            continue
        stack = resource.stack
        if stack not in files:
            files[stack] = stack.template_file
        found.setdefault((files[stack], stack.get_logical_id(resource)), []).append(judge)
    return found


def findings(
    templates: Collection[Path], roles: Mapping[Key, list[CheckedConstruct]] | None = None
) -> list[HeldFinding]:
    """Return everything that the roles of ours hold and may not, and what of them can't be seen.

    The whole assembly is read, nested stacks and references from one template to another included.

    Args:
        templates: The templates whose roles are checked, with those of stacks nested in them.
        roles: What judges the roles, by template file and logical id. A role that is not among them is judged
            by the mark of an app role, as a template from elsewhere may have it.

    Raises:
        PlanesError: A template can't be read.
    """
    return sorted({found for _, found in _by_role(templates, roles or {})})


def reported_on_roles(templates: Collection[Path], construct: IConstruct) -> frozenset[tuple[str, str, str]]:
    """Return what this check reports in the app of a construct, so that no other check says it again.

    Returns:
        The rule (``BP107``), the template's file name and the logical id of each role with a finding under
        that rule; nothing where the check is not registered.
    """
    root = construct.node.root
    if not any(entry.type == _REGISTERED for entry in root.node.metadata):
        return frozenset()
    return frozenset(
        (found.rule.removeprefix(NAMESPACE), Path(role.origin.path).name, role.name)
        for role, found in _by_role(templates, roles_of(root))
    )


def _by_role(
    templates: Collection[Path], roles: Mapping[Key, list[CheckedConstruct]]
) -> Iterator[tuple[Principal, HeldFinding]]:
    model = read([str(assembly_of(templates))])
    faults = [f"`{item.path}`: {item.error}" for item in model.inputs if item.error is not None]
    if faults:
        raise PlanesError("; ".join(faults))
    folders = {path.parent for path in templates}
    bodies = _Bodies()
    for principal in model.principals:
        if principal.type == "role" and Path(principal.origin.path).parent in folders:
            for judged in _judged(principal, roles):
                for found in _findings_of(judged, model, bodies):
                    yield principal, found


def _judged(role: Principal, roles: Mapping[Key, list[CheckedConstruct]]) -> Iterator[_Judged]:
    """Yield the role with each construct that judges it, else with its mark."""
    judges = roles.get((Path(role.origin.path).name, role.name), ())
    for judge in judges:
        yield _Judged(role, judge.checked_kind, judge.refusal_of, judge.boundary_mark is not None)
    limits = limits_from_mark(role.mark_details)
    if judges or limits is None:
        return

    def refusal_of(statement: Mapping[str, Any]) -> str | None:
        return "; ".join(item.message(role.name) for item in refusals(statement, limits)) or None

    yield _Judged(role, "app", refusal_of, "boundary" in role.mark_details)


def _findings_of(judged: _Judged, model: Model, bodies: _Bodies) -> Iterator[HeldFinding]:
    role = judged.role
    holders = [role, *_same_elsewhere(role, model)]
    documents = {}
    for policy in (policy for holder in holders for policy in holder.policies):
        yield from _refused(judged, policy)
        document = _document(policy, bodies)
        if document is not None:
            path, logical_id, _ = _split(policy.origin.path, policy.origin.pointer)
            documents[policy.origin] = (
                bodies.at(str(path), f"/Resources/{logical_id}")["Type"],
                document,
            )
    for holder in holders:
        yield from _unseen(judged, holder, bodies)
    yield from _handed_on(judged, model, bodies)
    yield from _changed(judged, model)
    if judged.kind != "app":
        return
    path, logical_id, _ = _split(role.origin.path, role.origin.pointer)
    for message, severity in _boundary_faults(judged):
        yield HeldFinding(path, logical_id, "Properties/PermissionsBoundary", message, _BOUNDARY, severity)
    properties = bodies.at(role.origin.path, f"{role.origin.pointer}/Properties") or {}
    attached = as_list(properties.get("ManagedPolicyArns"))
    for message in size_findings(logical_id, list(documents.values()), len(attached)):
        yield HeldFinding(path, logical_id, "Properties", message)


def _same_elsewhere(role: Principal, model: Model) -> Iterator[Principal]:
    """Yield the role as other stages name it: their templates are deployed apart, IAM is not."""
    account, name = _account_and_name(role.arn)
    if UNRESOLVED in name:
        return
    for other in model.principals:
        if other.type == "external" and ":role/" in other.arn:
            elsewhere, named = _account_and_name(other.arn)
            if named == name and (elsewhere == account or UNRESOLVED in (elsewhere, account)):
                yield other


def _account_and_name(arn: str) -> tuple[str, str]:
    parts = arn.split(":", 5)
    return (parts[4] if len(parts) == 6 else UNRESOLVED, arn.rpartition("/")[2])


def _refused(judged: _Judged, policy: Policy) -> Iterator[HeldFinding]:
    for statement in policy.statements:
        message = judged.refusal_of(_as_json(statement))
        if message is not None:
            yield HeldFinding(*_split(statement.origin.path, statement.origin.pointer), message)


def _unseen(judged: _Judged, holder: Principal, bodies: _Bodies) -> Iterator[HeldFinding]:
    """Yield what is not known of the policies; what is not known of trust and boundary is the review's.

    A statement that IAM refuses, such as one without ``Effect``, is judged as it is written.
    """
    for policy in holder.policies:
        for statement in policy.statements:
            opened = [action for action in statement.actions or () if _may_change_iam(action)]
            if opened and statement.effect == "Allow":
                why = "an action of IAM or STS is not known: " + "; ".join(statement.unresolved[:3])
                yield _unknown(judged, statement.origin.path, statement.origin.pointer, why.rstrip(": "))
    for gap in holder.incomplete:
        if "/AssumeRolePolicyDocument" in gap.pointer or "/PermissionsBoundary" in gap.pointer:
            continue
        written = _STATEMENT.match(gap.pointer)
        body = bodies.at(holder.origin.path, written[0]) if written else None
        message = judged.refusal_of(body) if written and isinstance(body, dict) else None
        if written and message is not None:
            yield HeldFinding(*_split(holder.origin.path, written[0]), message)
        else:
            yield _unknown(judged, holder.origin.path, gap.pointer, gap.why)


def _handed_on(judged: _Judged, model: Model, bodies: _Bodies) -> Iterator[HeldFinding]:
    """Yield what isn't read and is given the role's name, with which it can attach policies.

    Its ARN alone is what any service takes that uses the role, so that is not reported.
    """
    role = judged.role
    name = _account_and_name(role.arn)[1]
    for source in model.inputs:
        for gap in source.incomplete:
            path, logical_id, place = _split(source.path, gap.pointer)
            if place or not gap.pointer.startswith("/Resources/") or path.suffix != ".json":
                continue
            body = bodies.at(source.path, f"{gap.pointer}/Properties")
            same = Path(role.origin.path) == path
            if _names(body, role.name if same else None, name if UNRESOLVED not in name else None):
                yield _unknown(
                    judged, source.path, gap.pointer, f"`{logical_id}` is given its name, and {gap.why}"
                )


def _names(value: Any, logical_id: str | None, name: str | None) -> bool:
    """Whether a value has the name of a role in it: a reference to it, part of its ARN, or the text."""
    if isinstance(value, list):
        return any(_names(each, logical_id, name) for each in value)
    if not isinstance(value, dict):
        return value is not None and value == name
    if logical_id is not None and len(value) == 1:
        [(key, inner)] = value.items()
        if key == "Ref":
            return bool(inner == logical_id)
        if key == "Fn::Split":
            return json.dumps({"Fn::GetAtt": [logical_id, "Arn"]}) in json.dumps(inner)
        if key == "Fn::Sub":
            text = inner[0] if isinstance(inner, list) and inner else inner
            return f"${{{logical_id}}}" in str(text) or _names(inner, None, name)
    return any(_names(each, logical_id, name) for each in value.values())


def _may_change_iam(action: str) -> bool:
    head, mark, _ = action.lower().partition(UNRESOLVED)
    return bool(mark) and head.startswith(("iam:", "sts:"))


def _unknown(judged: _Judged, path: str, pointer: str, why: str) -> HeldFinding:
    message = (
        f"what the {judged.kind} role `{judged.role.construct_path or judged.role.name}` holds can't be seen "
        f"in full: {why}; write it out, or acknowledge `{_UNSEEN}` with the reason"
    )
    path_, logical_id, place = _split(path, pointer)
    return HeldFinding(path_, logical_id, place, message, _UNSEEN, "error")


def _changed(judged: _Judged, model: Model) -> Iterator[HeldFinding]:
    """Yield the calls of IAM, made by custom resources, that change the role beside the templates."""
    name = judged.role.construct_path or judged.role.name
    for change in changes_of(judged.role, model):
        place = _split(change.origin.path, change.origin.pointer)
        if change.certain:
            yield HeldFinding(
                *place,
                f"the {judged.kind} role `{name}` can't be changed by a call of `{change.action}` in a "
                "custom resource, which no check sees: give the role what it needs in the app, with its "
                "grants",
            )
        else:
            why = f"a custom resource calls `{change.action}`, and on what is not known"
            yield _unknown(judged, change.origin.path, change.origin.pointer, why)


def _boundary_faults(judged: _Judged) -> Iterator[tuple[str, Literal["fatal", "error"]]]:
    """Yield what is wrong with the boundary; one that is only not in the input is the review's."""
    role = judged.role
    name = f"the app role `{role.construct_path or role.name}`"
    remedy = "leave the boundary as `AppRole` sets it, or give `permissions_boundary`"
    boundary = role.boundary
    if boundary is None:
        unread = role.unread_boundary
        if not unread:
            yield f"{name} has no permissions boundary, or one that may be absent: {remedy}", "fatal"
        elif judged.own_boundary and not role.knows_boundary and not _is_named(unread):
            message = f"{name} has a boundary that can't be seen (`{unread}`), in place of its own: {remedy}"
            yield f"{message}, or acknowledge `{_BOUNDARY}` with the reason", "error"
        return
    admitted = admitted_by(boundary)
    found = list(names_of(admitted.control_write))
    if judged.own_boundary:
        opted = CONTROL_READS.values() if role.mark_details.get("control_reads") is True else ()
        found += [name for name in names_of(admitted.control_read) if name not in opted]
        for item in admitted_outside(boundary):
            found += sorted(item.actions & _IAM_CHANGES)
        found += cuts_admitted_by(boundary)
        if _admits_every_role(boundary):
            found.append(ASSUME_ROLE)
    if found:
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        yield (
            (f"{name} has the boundary `{boundary.name}`, which admits `{found[0]}`{more}: {remedy}"),
            "fatal",
        )


def _is_named(arn: str) -> bool:
    """Whether an ARN names a customer's policy, at least in part: a name may end with the Region."""
    return ":iam::aws:" not in arn and arn.rpartition("/")[2].strip(f"?{UNRESOLVED}") != ""


def _admits_every_role(boundary: Policy) -> bool:
    """Whether a boundary admits assuming roles by a wildcard, and no Deny leaves the named roles only."""
    about = [
        statement
        for statement in boundary.statements
        if ASSUME_ROLE in foreign_actions(statement.effect, statement.actions, statement.not_actions)
    ]
    named_only = any(
        statement.effect == "Deny"
        and not statement.conditions
        and not statement.conditional
        and (statement.not_resources is not None or "*" in (statement.resources or ()))
        for statement in about
    )
    return not named_only and any(
        statement.effect == "Allow"
        and (statement.not_resources is not None or any("*" in each for each in statement.resources or ()))
        for statement in about
    )


def _document(policy: Policy, bodies: _Bodies) -> dict[str, Any] | None:
    """Return a document as it is written, ``None`` for a managed policy of AWS, which has none here."""
    if not policy.origin.pointer.endswith("/PolicyDocument"):
        return None
    document = bodies.at(policy.origin.path, policy.origin.pointer)
    return document if isinstance(document, dict) else None


def _as_json(statement: Statement) -> dict[str, Any]:
    """Return the parts of a statement that a refusal depends on, as IAM's JSON."""
    actions = (
        {"Action": statement.actions}
        if statement.not_actions is None
        else {"NotAction": statement.not_actions}
    )
    resources = statement.resources if statement.not_resources is None else ("*",)
    return {"Effect": statement.effect, **actions, "Resource": resources}


def _split(path: str, pointer: str) -> tuple[Path, str, str]:
    """Return the template, the logical id of the resource, and the place in that resource."""
    logical_id, _, place = pointer.removeprefix("/Resources/").partition("/")
    return Path(path), logical_id, place


class _Bodies:
    """The templates as they are written, each decoded when it is first asked for."""

    def __init__(self) -> None:
        self._decoded: dict[str, Any] = {}

    def at(self, path: str, pointer: str) -> Any:
        """Return the value at an RFC 6901 pointer, ``None`` where the template has none."""
        if path not in self._decoded:
            self._decoded[path] = json.loads(Path(path).read_text("utf-8"))
        value = self._decoded[path]
        for step in pointer.split("/")[1:]:
            key = step.replace("~1", "/").replace("~0", "~")
            try:
                value = value[int(key)] if isinstance(value, list) else value[key]
            except (LookupError, TypeError, ValueError):  # the pointer leads into another template
                return None
        return value
