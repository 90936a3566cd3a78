"""Findings as the CDK takes them: one violation each, placed so that acknowledgements find it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import aws_cdk as cdk

from constructs_lib.templates import NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.checks._places import Accepted, Places
    from constructs_lib.review import Finding

__all__ = ["Shown", "fault", "is_configured", "violation"]

# Without a severity, any matching acknowledgement would turn the whole report to success.
_SEVERITY = {"error": "error", "warning": "warning", "note": "info"}
_UNEXPLAINED = "-without-reason"


class Shown:
    """One finding with its place in templates and constructs; ``owner`` is its principal's construct path."""

    def __init__(
        self, finding: Finding, owner: str | None, places: Places, stacks: Mapping[Path, str]
    ) -> None:
        self.finding = finding
        self.rule = NAMESPACE + finding.rule
        self.template = Path(finding.location.path).absolute()
        parts = [_unescaped(part) for part in finding.location.pointer.split("/")[1:]]
        self.logical_id = parts[1] if len(parts) > 1 and parts[0] == "Resources" else None
        self.property = ".".join(parts[2:]) if self.logical_id else ".".join(parts)
        self.stack = stacks.get(self.template)
        of_resource = places.construct(self.template, self.logical_id) if self.logical_id else None
        self.construct = of_resource or self.stack
        self.owner = owner
        self.accepted = self.accepted_as(self.rule, places)

    def accepted_as(self, rule: str, places: Places) -> Accepted | None:
        """Return what acknowledges it under a rule's id: at its own place, else on its principal."""
        at = (places.nearest(rule, path) for path in (self.construct, self.owner) if path is not None)
        return next((accepted for accepted in at if accepted is not None), None)


def violation(shown: Shown, places: Places, config: str | None = None) -> cdk.PolicyViolation:
    """Return one finding as a violation; one that the file ``config`` acknowledges is only told.

    The CDK itself takes out what is acknowledged and lists it with its reason. It also takes out what is
    acknowledged with an empty reason: such a finding goes under another id, so that it stands.
    """
    finding, rule, message = shown.finding, shown.rule, shown.finding.message
    accepted = shown.accepted
    if accepted is not None and not accepted.reason.strip():
        while (nearest := shown.accepted_as(rule, places)) is not None and not nearest.reason.strip():
            rule += _UNEXPLAINED
        where = f"`{accepted.at}`" if accepted.at else "the app"
        message += f"; the acknowledgement on {where} has no reason, so it does not count: give one"
    severity = _SEVERITY[finding.severity]
    if is_configured(finding, config) and finding.acknowledged is not None:
        severity = "info"
        message += f"; acknowledged in `{config}`: {finding.acknowledged.reason}"
    return cdk.PolicyViolation(
        rule_name=rule,
        description=f"{message} [{shown.property}]" if shown.property else message,
        fix=finding.help,
        severity=severity,
        rule_metadata=_metadata(finding),
        violating_resources=[_resource(shown)],
    )


def is_configured(finding: Finding, config: str | None) -> bool:
    """Whether the configuration file acknowledges a finding, and not a construct."""
    return config is not None and finding.acknowledged is not None and finding.acknowledged.at == config


def _resource(shown: Shown) -> cdk.PolicyViolatingResource:
    """Place it by logical id, so that the CDK adds the construct; by construct where that alone can match.

    The acknowledgement of a role covers what other constructs attach to it, which by its place it wouldn't.
    """
    locations = [shown.property] if shown.property else []
    accepted = shown.accepted
    covered = accepted is not None and _is_below(shown.construct, accepted.at)
    if accepted is not None and accepted.reason.strip() and not covered and shown.owner is not None:
        return cdk.PolicyViolatingResource(construct_path=shown.owner, locations=locations)
    if shown.logical_id is None:
        return cdk.PolicyViolatingResource(construct_path=shown.stack or "", locations=locations)
    return cdk.PolicyViolatingResource(
        resource_logical_id=shown.logical_id, template_path=str(shown.template), locations=locations
    )


def _is_below(path: str | None, above: str) -> bool:
    return path is not None and (not above or path == above or path.startswith(above + "/"))


def _metadata(finding: Finding) -> dict[str, str]:
    values = {"name": finding.name, "principal": finding.principal, "fingerprint": finding.fingerprint}
    if finding.conditional:
        values["conditional"] = "under a condition of the template"
    if finding.witness is not None:
        values["witness"] = (
            f"{finding.witness.action} on {finding.witness.resource}: {finding.witness.because}"
        )
    return {key: value for key, value in values.items() if value}


def fault(message: str) -> cdk.PolicyViolation:
    """Return a fault of the review itself; ``fatal`` can't be acknowledged away."""
    return cdk.PolicyViolation(
        rule_name=NAMESPACE + "REVIEW",
        description=message,
        fix="take the check out until it is mended; `bedrock-planes review cdk.out` may say more",
        severity="fatal",
        violating_resources=[cdk.PolicyViolatingResource(construct_path="", locations=[])],
    )


def _unescaped(part: str) -> str:
    """Return a part of a JSON pointer as it stands in the document (RFC 6901)."""
    return part.replace("~1", "/").replace("~0", "~")
