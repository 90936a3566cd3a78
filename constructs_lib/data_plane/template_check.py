"""The check of the finished templates, for what an app role can't refuse when it happens.

It sees a policy that names the role as an attribute, an override on the L1, and a statement that is changed
after it was added. Severity ``fatal``: such a finding can't be acknowledged away.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import jsii

from constructs_lib.cdk_support import MARK, PlanesError, as_list, assembly_of
from constructs_lib.data_plane.limits import limits_from_mark
from constructs_lib.data_plane.quotas import size_findings
from constructs_lib.data_plane.refusals import refusals
from constructs_lib.templates import read

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from constructs import Construct

    from constructs_lib.data_plane.limits import RoleLimits
    from constructs_lib.iam import Policy, Statement
    from constructs_lib.templates import Principal

    Finding = tuple[Path, str, str, str]

__all__ = ["findings", "guard_stage"]

_RULE = "APP-ROLE"
_REGISTERED = "bedrock-planes:app-role-check"
_STATEMENT = re.compile(r".*/PolicyDocument/Statement(/\d+)?")


def guard_stage(scope: Construct) -> None:
    """Register the check on the stage of ``scope``, once."""
    stage = cdk.Stage.of(scope)
    # The mark is in the stage's own construct metadata, so it lives as long as the stage does.
    if stage is None or any(entry.type == _REGISTERED for entry in stage.node.metadata):
        return
    stage.node.add_metadata(_REGISTERED, "registered")
    cdk.Validations.of(stage).add_plugins(_SynthGuard())


@jsii.implements(cdk.IPolicyValidationPlugin)
class _SynthGuard:
    @property
    def name(self) -> str:
        return "bedrock-planes-app-role"

    @property
    def version(self) -> str:
        return "1"

    @property
    def rule_ids(self) -> list[str]:
        return [_RULE]

    def validate(self, context: cdk.IPolicyValidationContext) -> cdk.PolicyValidationPluginReport:
        try:
            found = findings([Path(stack.template_path) for stack in context.stack_templates])
        except Exception as error:  # noqa: BLE001 - a crash in a plugin is silent under the CDK CLI
            # A violation without a resource would not fail the synthesis.
            nowhere = cdk.PolicyViolatingResource(construct_path="", locations=[])
            return _report([_violation(f"the check of the app roles failed: {error!r}", [nowhere])])
        return _report(
            [
                _violation(
                    message,
                    [
                        cdk.PolicyViolatingResource(
                            resource_logical_id=logical_id, template_path=str(path), locations=[pointer]
                        )
                    ],
                )
                for path, logical_id, pointer, message in found
            ]
        )


def _report(violations: list[cdk.PolicyViolation]) -> cdk.PolicyValidationPluginReport:
    return cdk.PolicyValidationPluginReport(success=not violations, violations=violations)


def _violation(message: str, resources: list[cdk.PolicyViolatingResource]) -> cdk.PolicyViolation:
    return cdk.PolicyViolation(
        rule_name=_RULE, description=message, severity="fatal", violating_resources=resources
    )


def findings(templates: Collection[Path]) -> list[Finding]:
    """Return ``(template, logical id, place, message)`` of everything that an app role holds and may not.

    The whole assembly is read, nested stacks and references from one template to another included.

    Args:
        templates: The templates whose app roles are checked, with those of stacks nested in them.

    Raises:
        PlanesError: A template can't be read.
    """
    model = read([str(assembly_of(templates))])
    faults = [f"`{item.path}`: {item.error}" for item in model.inputs if item.error is not None]
    if faults:
        raise PlanesError("; ".join(faults))
    folders = {path.parent for path in templates}
    bodies = _Bodies()
    found: set[Finding] = set()
    for role in model.principals:
        if role.mark == "app" and Path(role.origin.path).parent in folders:
            found.update(_findings_of(role, bodies))
    return sorted(found)


def _findings_of(role: Principal, bodies: _Bodies) -> Iterator[Finding]:
    resource = bodies.at(role.origin.path, role.origin.pointer)
    limits = limits_from_mark(resource.get("Metadata", {}).get(MARK, {}))
    if limits is None:
        return
    path, logical_id, _ = _split(role.origin.path, role.origin.pointer)
    documents = {}
    for policy in role.policies:
        yield from _refused(logical_id, policy, limits)
        document = _document(policy, bodies)
        if document is not None:
            holder, holder_id, _ = _split(policy.origin.path, policy.origin.pointer)
            kind = bodies.at(str(holder), f"/Resources/{holder_id}")["Type"]
            documents[policy.origin] = (kind, document)
    yield from _refused_unread(role, logical_id, limits, bodies)
    attached = as_list(resource.get("Properties", {}).get("ManagedPolicyArns"))
    for message in size_findings(logical_id, list(documents.values()), len(attached)):
        yield path, logical_id, "Properties", message


def _refused(role: str, policy: Policy, limits: RoleLimits) -> Iterator[Finding]:
    for statement in policy.statements:
        for refusal in refusals(_as_json(statement), limits):
            yield *_split(statement.origin.path, statement.origin.pointer), refusal.message(role)


def _refused_unread(role: Principal, name: str, limits: RoleLimits, bodies: _Bodies) -> Iterator[Finding]:
    """Judge as written what the reader leaves out, such as a statement without ``Effect``.

    IAM refuses such a statement, and so does this check if the rest of it crosses the planes.
    """
    for gap in role.incomplete:
        found = _STATEMENT.match(gap.pointer)
        statement = bodies.at(role.origin.path, found[0]) if found else None
        if found and isinstance(statement, dict):
            for refusal in refusals(statement, limits):
                yield *_split(role.origin.path, found[0]), refusal.message(name)


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
    return {"Effect": statement.effect, **actions, "Resource": statement.resources}


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
