"""The check of the finished templates, for what an app role can't refuse when it happens.

A policy that names the role as an attribute, an override on the L1 and a statement that is changed after it
was added are seen here. Severity ``fatal``: such a finding can't be acknowledged away.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import jsii

from constructs_lib.cdk_support import MARK, as_list
from constructs_lib.data_plane.limits import limits_from_mark
from constructs_lib.data_plane.quotas import size_findings
from constructs_lib.data_plane.refusals import refusals

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from constructs import Construct

__all__ = ["findings", "guard_stage"]

_RULE = "APP-ROLE"
_REGISTERED = "bedrock-planes:app-role-check"
_POLICIES = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy")


def guard_stage(scope: Construct) -> None:
    """Register the check on the stage of ``scope``, once."""
    stage = cdk.Stage.of(scope)
    # The mark stands in the stage's own construct metadata, so it lives as long as the stage does.
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


def findings(paths: Sequence[Path]) -> list[tuple[Path, str, str, str]]:
    """Return ``(template, logical id, place, message)`` of everything that an app role holds and may not.

    The templates of nested stacks lie beside their parents and are read too. References from one template to
    a role of another are followed through exports and ``Fn::GetStackOutput``.
    """
    templates = {path: json.loads(path.read_text("utf-8")) for path in _with_nested(paths)}
    roles = {
        (path, logical_id): limits
        for path, template in templates.items()
        for logical_id, resource in template.get("Resources", {}).items()
        if (limits := limits_from_mark((resource.get("Metadata") or {}).get(MARK, {}))) is not None
    }
    exported = _exports(templates)
    found = []
    held: dict[tuple[Path, str], list[tuple[str, Mapping[str, Any]]]] = {role: [] for role in roles}
    for path, template in templates.items():
        for logical_id, place, document, owners in _documents(path, template, set(roles), exported):
            for role in owners:
                held[role].append((template["Resources"][logical_id]["Type"], document))
            for index, statement in enumerate(as_list(document.get("Statement"))):
                found += [
                    (path, logical_id, f"{place}/Statement/{index}", refusal.message(role[1]))
                    for role in owners
                    for refusal in refusals(statement, roles[role])
                ]
    for (path, logical_id), documents in held.items():
        arns = templates[path]["Resources"][logical_id].get("Properties", {}).get("ManagedPolicyArns", ())
        found += [
            (path, logical_id, "Properties", message)
            for message in size_findings(logical_id, documents, len(as_list(arns)))
        ]
    return sorted(set(found))


def _with_nested(paths: Sequence[Path]) -> list[Path]:
    nested = {found for path in paths for found in path.parent.glob("*.nested.template.json")}
    return sorted({*paths, *nested})


def _exports(templates: Mapping[Path, Mapping[str, Any]]) -> dict[str, tuple[Path, str]]:
    """Return which role an export or an output of a stack means, by ``Export.Name`` and ``stack.output``."""
    found = {}
    for path, template in templates.items():
        stack = path.name.removesuffix(".template.json")
        for name, output in template.get("Outputs", {}).items():
            logical_id = _logical_id(output.get("Value"))
            if logical_id is None:
                continue
            found[f"{stack}.{name}"] = (path, logical_id)
            export = (output.get("Export") or {}).get("Name")
            if isinstance(export, str):
                found[export] = (path, logical_id)
    return found


def _logical_id(value: Any) -> str | None:
    """Return the logical id that a ``Ref`` or ``Fn::GetAtt`` means."""
    if not isinstance(value, dict):
        return None
    if "Ref" in value:
        return str(value["Ref"])
    attribute = value.get("Fn::GetAtt")
    return str(as_list(attribute)[0]).partition(".")[0] if attribute else None


def _documents(
    path: Path,
    template: Mapping[str, Any],
    roles: set[tuple[Path, str]],
    exported: Mapping[str, tuple[Path, str]],
) -> Iterator[tuple[str, str, Mapping[str, Any], list[tuple[Path, str]]]]:
    """Yield each policy document of one template that app roles hold, with those roles."""
    resources = template.get("Resources", {})
    attached: dict[str, list[tuple[Path, str]]] = {}
    for logical_id, resource in resources.items():
        properties = resource.get("Properties", {})
        if (path, logical_id) in roles:
            for index, inline in enumerate(properties.get("Policies", ())):
                place = f"Properties/Policies/{index}/PolicyDocument"
                yield logical_id, place, inline["PolicyDocument"], [(path, logical_id)]
            for arn in properties.get("ManagedPolicyArns", ()):
                if found := _logical_id(arn):
                    attached.setdefault(found, []).append((path, logical_id))
    for logical_id, resource in resources.items():
        if resource.get("Type") not in _POLICIES:
            continue
        properties = resource.get("Properties", {})
        targets = [*as_list(properties.get("Roles")), *as_list(properties.get("RoleName"))]
        named = [role for t in targets if (role := _target(path, t, exported)) in roles and role is not None]
        owners = list(dict.fromkeys((*attached.get(logical_id, ()), *named)))
        if owners:
            yield logical_id, "Properties/PolicyDocument", properties["PolicyDocument"], owners


def _target(path: Path, value: Any, exported: Mapping[str, tuple[Path, str]]) -> tuple[Path, str] | None:
    """Return the role that a policy's ``Roles`` entry means, as far as it can be followed."""
    logical_id = _logical_id(value)
    if logical_id is not None:
        return path, logical_id
    if not isinstance(value, dict):
        return None
    imported = value.get("Fn::ImportValue")
    if isinstance(imported, str):
        return exported.get(imported)
    output = value.get("Fn::GetStackOutput")
    if isinstance(output, dict):
        return exported.get(f"{output.get('StackName')}.{output.get('OutputName')}")
    return None
