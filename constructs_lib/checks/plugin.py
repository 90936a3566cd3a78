"""The validation plugin of the CDK, and the base that it shares with the cdk-nag pack.

A thread loads the review while the app is built: the packages that it needs load their modules on first use,
so nothing here waits for it before the CDK calls ``validate``.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import aws_cdk as cdk
import jsii

from constructs_lib import data_plane, iam, review, templates
from constructs_lib.cdk_support import assembly_of
from constructs_lib.checks.options import check_options, rule_ids
from constructs_lib.checks.violations import Places, Shown, fault, is_configured, read_places, violation
from constructs_lib.review import rules
from constructs_lib.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from constructs import IConstruct

    from constructs_lib.review import Finding, Options, PrincipalReport, Report
    from constructs_lib.templates import Acknowledgement, Kind

__all__ = ["BedrockPlaneChecks", "PluginBase"]

# Rules under which the check that roles of this library register reports too, as errors.
_ALSO_ON_ROLES = {"BP107", "BP109"}


class PluginBase:
    """A validation plugin without its name: options, and one review of the templates per synthesis."""

    def __init__(
        self,
        *,
        strict: bool = False,
        off: Iterable[str] = (),
        kinds: Mapping[Kind, Iterable[str]] | None = None,
        config: str | None = None,
        report: str | None = None,
        code: bool = False,
        code_of: Mapping[str, str] | None = None,
    ) -> None:
        """Check the options, and start to load the review.

        Args:
            strict: Also fail on control reads together with data (BP102), and on app and deploy roles that
                are known in part only (BP107). Without it these pass.
            off: Ids of rules that are not checked. Without it all are.
            kinds: The kinds of principals, by patterns of their name or construct path, or
                ``tag:KEY=VALUE``: ``{"app": ["*/Chat/Role"]}``. Without it only marks and trust policies
                decide.
            config: The path of a TOML file with the configuration of `bedrock-planes review`, such as
                ``pyproject.toml``; ``off`` and ``kinds`` add to it. Without it none is read.
            report: The name of a file for the JSON report, in the folder of the templates. Without it none is
                written.
            code: Also read the code of the functions, from their assets, and compare what it calls of
                Bedrock with what their roles may do (BP602, BP603). Without it no code is read.
            code_of: The folder or file of the code that a resource runs, by its logical id or construct path
                or those of its role, for containers, whose code is not in the assembly; implies ``code``.
                Without it the code of containers is not read.

        Raises:
            ValueError: A rule or kind is unknown, the configuration file is wrong, or a path of ``code_of``
                doesn't exist.

        """
        super().__init__()
        self._options = check_options(
            strict=strict, off=off, kinds=kinds, config=config, report=report, code=code, code_of=code_of
        )
        # While an app is built, Python mostly waits for Node, so loading the review then costs no extra time.
        # Not a daemon: an interpreter that exits in the middle of an import may crash.
        Thread(target=_load_review, name="bedrock-planes", daemon=False).start()
        self._synthesis: tuple[str, int] | None = None
        self._reported: set[Finding] = set()

    @property
    def version(self) -> str:
        """The version of this package."""
        return __version__

    @property
    def rule_ids(self) -> list[str]:
        """The ids of all rules, as acknowledgements name them."""
        return rule_ids()

    def validate(self, context: cdk.IPolicyValidationContext) -> cdk.PolicyValidationPluginReport:
        """Review the templates; the CDK calls this. Every exception becomes a fatal violation.

        The CDK CLI silently ignores an exception in a plugin, and exits with 0.
        """
        try:
            violations = self._violations(context)
        except Exception as error:  # noqa: BLE001 - the CDK CLI ignores it: the synth would pass
            violations = [fault(f"the review of the Bedrock planes failed: {_line(error)}")]
        failed = any(item.severity in {"error", "fatal"} for item in violations)
        return cdk.PolicyValidationPluginReport(success=not failed, violations=violations)

    def _violations(self, context: cdk.IPolicyValidationContext) -> list[cdk.PolicyViolation]:
        stacks = {Path(stack.template_path): stack.stack_construct_path for stack in context.stack_templates}
        root = assembly_of(stacks)
        report = _review_folder(_shown_path(root), self._options.review)
        faults = [fault(f"cannot review `{item.path}`: {item.error}") for item in report.inputs if item.error]
        places = Places()
        if report.findings:
            places = read_places({path.parent for path in stacks}, context.app_construct, stacks.values())
        owners = {item.id: _owner(item, places) for item in report.principals} if report.findings else {}
        shown = [Shown(item, owners.get(item.principal or ""), places, stacks) for item in report.findings]
        if self._options.report is not None:
            _write(root / self._options.report, _with_acknowledgements(report, shown, self._options.config))
        # Each access to the construct tree is a call to JavaScript; an app without findings needs none.
        new = self._not_reported(shown, context.app_construct) if shown else []
        if any(item.finding.rule in _ALSO_ON_ROLES for item in new):
            said = data_plane.reported_on_roles(list(stacks), context.app_construct)
            new = [item for item in new if _subject(item) not in said]
        return [*faults, *(violation(item, places, self._options.config) for item in new)]

    def _not_reported(self, shown: list[Shown], app: IConstruct) -> list[Shown]:
        """Omit findings already reported in the same synthesis, if app and stage both register this object.

        Each synthesis rewrites the app's manifest, even if a stage's templates are reused.
        """
        outdir = getattr(app, "outdir", None)
        synthesis = (outdir, (Path(outdir) / "manifest.json").stat().st_mtime_ns) if outdir else None
        if synthesis is None or synthesis != self._synthesis:
            self._reported = set()
        self._synthesis = synthesis
        new = [item for item in shown if item.finding not in self._reported]
        self._reported.update(item.finding for item in shown)
        return new


@jsii.implements(cdk.IPolicyValidationPlugin)
class BedrockPlaneChecks(PluginBase):
    """Reviews the synthesized templates and fails the synthesis if there is an error.

    ``Validations.of(app).add_plugins(BedrockPlaneChecks())`` on an app reviews all its stages as one
    assembly; on a stage, that stage alone. Warnings and notes are shown and pass. A finding is acknowledged
    with ``Validations.of(construct).acknowledge(Acknowledgment(id="bedrock-planes::BP101", reason="..."))``.
    """

    @property
    def name(self) -> str:
        """The plugin's name in the CDK's report."""
        return "bedrock-planes"


def _review_folder(folder: str, options: Options) -> Report:
    """Review an assembly, with the lines of its findings."""
    return review.review(templates.read([folder]), options, templates.Sources().line_of)


def _load_review() -> None:
    """Load what the first review would wait for: readers, engine, rules and the catalogue's tables."""
    with contextlib.suppress(Exception):  # `validate` runs into the same fault, and reports it
        review.review(templates.read([]), review.Options())
        rules.checks()
        iam.tables()


def _subject(item: Shown) -> tuple[str, str, str]:
    """Return the rule, the template's file name and the logical id of the principal of a finding."""
    path, _, logical_id = (item.finding.principal or "").rpartition("#")
    return (item.finding.rule, Path(path).name, logical_id)


def _owner(principal: PrincipalReport, places: Places) -> str | None:
    """Return the path of a principal's own resource, so that an acknowledgement on the L1 counts too."""
    path, _, logical_id = principal.id.rpartition("#")
    return places.construct(Path(path), logical_id) or principal.construct_path


def _shown_path(folder: Path) -> str:
    """Return the folder as a user at the command line would name it."""
    here = Path.cwd()
    return str(folder.relative_to(here)) if folder.is_relative_to(here) else str(folder)


def _with_acknowledgements(report: Report, shown: list[Shown], config: str | None) -> Report:
    """Return the report with the acknowledgements that the CDK applies, including those on apps and stages.

    Those that the readers found may be older: from the ``validation-report.json`` of the previous synthesis.
    """
    findings = tuple(
        item.finding
        if is_configured(item.finding, config)
        else replace(item.finding, acknowledged=_acknowledgement(item))
        for item in shown
    )
    return replace(report, findings=findings, summary=review.summarize(len(report.principals), findings))


def _acknowledgement(item: Shown) -> Acknowledgement | None:
    accepted = item.accepted
    if accepted is None or not accepted.reason.strip():
        return None
    return templates.Acknowledgement(item.rule, accepted.reason.strip(), accepted.at or "/")


def _write(path: Path, report: Report) -> None:
    path.write_text(review.to_json(report), encoding="utf-8")


def _line(error: Exception) -> str:
    """Return an exception as one line, with the place where it was raised."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    where = f" ({Path(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno})" if frame else ""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}{where}"
