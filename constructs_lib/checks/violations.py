"""Findings as violations of the CDK, placed so that acknowledgements apply to them.

Construct paths and acknowledgements are read from the assembly's own files: each stack's metadata is in the
manifest or in the file of ``additionalMetadataFile``. ``aws:cdk:path`` in templates is no help, since it is
absent when an app runs without the CLI. The acknowledgements on apps and stages, which are in no file of a
fresh assembly, come from the construct tree.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk

from constructs_lib import templates
from constructs_lib.templates import NAMESPACE, mapping

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from constructs import IConstruct

    from constructs_lib.review import Finding

__all__ = ["Accepted", "Places", "Shown", "fault", "is_configured", "read_places", "violation"]

_ACKNOWLEDGED = "aws:cdk:acknowledged-rules"
# Without a severity, any matching acknowledgement would turn the whole report to success.
_SEVERITY = {"error": "error", "warning": "warning", "note": "info"}
_UNEXPLAINED = "-without-reason"


@dataclass(frozen=True, slots=True)
class Accepted:
    """An acknowledgement as the CDK applies it; ``reason`` may be empty, ``at`` is ``""`` for the app."""

    reason: str
    at: str


@dataclass(slots=True)
class Places:
    """Construct paths by template file and logical id, and acknowledgements by rule and construct path."""

    constructs: dict[tuple[str, str], str] = field(default_factory=dict)
    accepted: dict[str, dict[str, str]] = field(default_factory=dict)

    def construct(self, template: Path, logical_id: str) -> str | None:
        """Return the construct path of a resource; file names are unique in an assembly."""
        return self.constructs.get((template.name, logical_id))

    def nearest(self, rule: str, construct_path: str) -> Accepted | None:
        """Return the acknowledgement that the CDK applies: the nearest at or above the construct."""
        paths = self.accepted.get(rule, {})
        path = construct_path.strip("/")
        while path not in paths and path:
            path = path.rpartition("/")[0]
        return Accepted(paths[path], path) if path in paths else None

    def accept(self, construct_path: str, rules: Mapping[str, Any]) -> None:
        """Add the rules acknowledged on one construct; of two for the same rule, the later one counts."""
        for rule, reason in rules.items():
            self.accepted.setdefault(rule, {})[construct_path.strip("/")] = str(reason or "")


def read_places(folders: Iterable[Path], app: IConstruct, stacks: Iterable[str]) -> Places:
    """Read the manifests in ``folders`` and the constructs of ``app`` above the stacks (construct paths)."""
    places = Places()
    for folder in folders:
        manifest = _load(folder / "manifest.json")
        for artifact in manifest.get("artifacts", {}).values():
            if artifact.get("type") == "aws:cloudformation:stack":
                _stack(folder, artifact, places)
    above = {"/".join(path.split("/")[:depth]) for path in stacks for depth in range(len(path.split("/")))}
    for path in sorted(above):
        construct = _find(app, path)
        for entry in construct.node.metadata if construct is not None else ():
            if entry.type == _ACKNOWLEDGED and entry.data:
                places.accept(path, entry.data)
    return places


def _load(path: Path) -> dict[str, Any]:
    value = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return mapping(value)


def _find(app: IConstruct, path: str) -> IConstruct | None:
    found: IConstruct | None = app
    for name in filter(None, path.split("/")):
        found = found and found.node.try_find_child(name)
    return found


def _stack(folder: Path, artifact: dict[str, Any], places: Places) -> None:
    found = templates.read_metadata(artifact, str(folder), lambda path: _load(Path(path)))
    for path, rule, reason in reversed(found.acknowledged):  # there, the one that counts is the first
        places.accept(path, {rule: reason})
    for path, logical_id in found.logical_ids:
        places.constructs[_file_of(path, found.templates), logical_id] = path


def _file_of(path: str, files: Mapping[str, str]) -> str:
    """Return the template file of a construct: that of the nearest stack or nested stack above it."""
    while path and path not in files:
        path = path.rpartition("/")[0]
    return files.get(path, "")


class Shown:
    """A finding with its place in template and constructs; ``owner`` is its principal's construct path."""

    def __init__(
        self, finding: Finding, owner: str | None, places: Places, stacks: Mapping[Path, str]
    ) -> None:
        self.finding = finding
        self.rule = NAMESPACE + finding.rule
        self.template = Path(finding.location.path).absolute()
        parts = [_unescaped(part) for part in finding.location.pointer.split("/")[1:]]
        self.logical_id = parts[1] if len(parts) > 1 and parts[0] == "Resources" else None
        self.property = ".".join(parts[2:]) if self.logical_id else ".".join(parts)
        if not parts and finding.principal and self.template not in stacks:  # a place in application code
            path, _, self.logical_id = finding.principal.rpartition("#")
            self.template = Path(path).absolute()
            self.property = f"{finding.location.path}:{finding.location.line}"
        self.stack = stacks.get(self.template)
        of_resource = places.construct(self.template, self.logical_id) if self.logical_id else None
        self.construct = of_resource or self.stack
        self.owner = owner
        self.accepted = self.accepted_as(self.rule, places)

    def accepted_as(self, rule: str, places: Places) -> Accepted | None:
        """Return the acknowledgement of it under a rule's id, at its own place, else on its principal."""
        at = (places.nearest(rule, path) for path in (self.construct, self.owner) if path is not None)
        return next((accepted for accepted in at if accepted is not None), None)


def violation(shown: Shown, places: Places, config: str | None = None) -> cdk.PolicyViolation:
    """Return one finding as a violation; if the file ``config`` acknowledges it, only as information.

    The CDK itself suppresses acknowledged violations, and lists them with their reason. It also suppresses
    those acknowledged with an empty reason: such a finding gets another rule id, so that it is reported.
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
    """Return the place of a finding: a logical id, to which the CDK adds the construct, or a construct path.

    The construct path is needed if only the acknowledgement on the role applies: it also covers what other
    constructs attach to the role, but these have other places in the construct tree.
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
    """Return a fault of the review itself; a ``fatal`` violation can't be acknowledged."""
    return cdk.PolicyViolation(
        rule_name=NAMESPACE + "REVIEW",
        description=message,
        fix="run `bedrock-planes review cdk.out` for details; remove the check until the fault is fixed",
        severity="fatal",
        violating_resources=[cdk.PolicyViolatingResource(construct_path="", locations=[])],
    )


def _unescaped(part: str) -> str:
    """Return a step of a JSON pointer as it is written in the document (RFC 6901)."""
    return part.replace("~1", "/").replace("~0", "~")
