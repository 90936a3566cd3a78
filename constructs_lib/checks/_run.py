"""One run of the review inside a synthesis: the one function behind plugin and pack."""

from __future__ import annotations

import contextlib
import importlib
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import aws_cdk as cdk

from constructs_lib.cdk_support import assembly_of
from constructs_lib.checks._places import Places, read_places
from constructs_lib.checks._violations import Shown, fault, is_configured, violation
from constructs_lib.review import summarize
from constructs_lib.templates import Acknowledgement

if TYPE_CHECKING:
    from types import ModuleType

    from constructs import IConstruct

    from constructs_lib.checks._options import CheckOptions
    from constructs_lib.review import Finding, PrincipalReport, Report

__all__ = ["Checker"]


class Checker:
    """Reviews what the CDK hands to a validation plugin and tells each finding once per synthesis."""

    def __init__(self, options: CheckOptions) -> None:
        self._options = options
        # Python mostly waits for Node while an app is built, so loading the review then takes no time of its
        # own. Not a daemon: an interpreter that ends in the middle of an import may crash.
        Thread(target=_warm, name="bedrock-planes", daemon=False).start()
        self._synthesis: tuple[str, int] | None = None
        self._told: set[Finding] = set()

    def validate(self, context: cdk.IPolicyValidationContext) -> cdk.PolicyValidationPluginReport:
        """Return the findings as the CDK takes them. Whatever goes wrong becomes a fatal violation.

        The CDK CLI passes over an exception in a plugin in silence, and exits with 0.
        """
        try:
            violations = self._violations(context)
        except Exception as error:  # noqa: BLE001 - see the docstring: an exception would pass the synth
            violations = [fault(f"the review of the Bedrock planes failed: {_line(error)}")]
        failed = any(item.severity in {"error", "fatal"} for item in violations)
        return cdk.PolicyValidationPluginReport(success=not failed, violations=violations)

    def _violations(self, context: cdk.IPolicyValidationContext) -> list[cdk.PolicyViolation]:
        stacks = {Path(stack.template_path): stack.stack_construct_path for stack in context.stack_templates}
        root = assembly_of(stacks)
        report = _engine().review_folder(_shown_path(root), self._options.review)
        faults = [fault(f"cannot review `{item.path}`: {item.error}") for item in report.inputs if item.error]
        places = Places()
        if report.findings:
            places = read_places({path.parent for path in stacks}, context.app_construct, stacks.values())
        owners = {item.id: _owner(item, places) for item in report.principals} if report.findings else {}
        shown = [Shown(item, owners.get(item.principal or ""), places, stacks) for item in report.findings]
        if self._options.report is not None:
            _write(root / self._options.report, _with_acknowledgements(report, shown, self._options.config))
        # Each look at the construct tree crosses to JavaScript, so an app without findings pays for none.
        new = self._not_told(shown, context.app_construct) if shown else []
        return [*faults, *(violation(item, places, self._options.config) for item in new)]

    def _not_told(self, shown: list[Shown], app: IConstruct) -> list[Shown]:
        """Leave out what this object told in the same synthesis, when app and stage both register it.

        Each synthesis writes the app's manifest anew, also one that takes a stage's templates as they are.
        """
        outdir = getattr(app, "outdir", None)
        synthesis = (outdir, (Path(outdir) / "manifest.json").stat().st_mtime_ns) if outdir else None
        if synthesis is None or synthesis != self._synthesis:
            self._told = set()
        self._synthesis = synthesis
        new = [item for item in shown if item.finding not in self._told]
        self._told.update(item.finding for item in shown)
        return new


def _engine() -> ModuleType:
    return importlib.import_module("constructs_lib.checks._engine")


def _warm() -> None:
    """Load the review, in a thread of its own while the app is built."""
    with contextlib.suppress(Exception):  # it goes wrong again in `validate`, which reports it
        _engine().warm()


def _owner(principal: PrincipalReport, places: Places) -> str | None:
    """Return the path of a principal's own resource, which what is acknowledged on the L1 covers too."""
    path, _, logical_id = principal.id.rpartition("#")
    return places.construct(Path(path), logical_id) or principal.construct_path


def _shown_path(folder: Path) -> str:
    """Return the folder as a user at the command line would name it."""
    here = Path.cwd()
    return str(folder.relative_to(here)) if folder.is_relative_to(here) else str(folder)


def _with_acknowledgements(report: Report, shown: list[Shown], config: str | None) -> Report:
    """Return the report with the acknowledgements that the CDK applies, those of apps and stages included.

    What the readers found may be older: the ``validation-report.json`` of the synthesis before this one.
    """
    findings = tuple(
        item.finding
        if is_configured(item.finding, config)
        else replace(item.finding, acknowledged=_acknowledgement(item))
        for item in shown
    )
    return replace(report, findings=findings, summary=summarize(len(report.principals), findings))


def _acknowledgement(item: Shown) -> Acknowledgement | None:
    accepted = item.accepted
    if accepted is None or not accepted.reason.strip():
        return None
    return Acknowledgement(item.rule, accepted.reason.strip(), accepted.at or "/")


def _write(path: Path, report: Report) -> None:
    path.write_text(_engine().to_json(report), encoding="utf-8")


def _line(error: Exception) -> str:
    """Return an exception in one line, with the place where it was raised."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    where = f" ({Path(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno})" if frame else ""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}{where}"
