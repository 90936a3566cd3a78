"""Review the subject of an assertion: anything that can be synthesized or read."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, TypeAlias

import aws_cdk as cdk
from aws_cdk import assertions

from constructs_lib.cdk_support import PlanesError
from constructs_lib.checks.app import is_failed_validation
from constructs_lib.checks.options import check_options
from constructs_lib.review import review
from constructs_lib.templates import read, read_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from constructs import IConstruct

    from constructs_lib.iam import Statement
    from constructs_lib.review import Finding, Location, PrincipalReport, Report
    from constructs_lib.templates import Kind, Model, Principal

__all__ = ["Reviewed", "Subject", "review_subject"]

Subject: TypeAlias = assertions.Template | cdk.Stack | cdk.Stage | str | Path


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A report with its model, and the principals that the assertion is about."""

    report: Report
    model: Model
    principals: tuple[PrincipalReport, ...]

    @property
    def findings(self) -> Iterator[Finding]:
        """The findings on these principals."""
        ours = {principal.id for principal in self.principals}
        yield from (finding for finding in self.report.findings if finding.principal in ours)

    def principal(self, wanted: str | IConstruct) -> tuple[PrincipalReport, Principal]:
        """Return one principal by construct, construct path, name or id; a text may be a pattern.

        Raises:
            AssertionError: Not exactly one matches.
            PlanesError: It is neither a text nor a construct.

        """
        if not isinstance(wanted, str) and not hasattr(wanted, "node"):
            raise PlanesError(f"`principal` has the value `{wanted}`: pass a role, or its path, name or id")
        pattern = wanted if isinstance(wanted, str) else wanted.node.path
        found = [item for item in self.principals if _is_meant(item, pattern)]
        if len(found) != 1:
            listed = ", ".join(f"`{item.construct_path or item.name}`" for item in found or self.principals)
            how = f"{len(found)} principals match" if found else "no principal matches"
            message = f"{how} `{pattern}`: {'choose one of' if found else 'there are'} {listed or 'none'}"
            raise AssertionError(message)
        behind = next(item for item in self.model.principals if item.id == found[0].id)
        return found[0], behind

    def statement(self, location: Location) -> Statement | None:
        """Return the policy statement at a location."""
        for principal in self.model.principals:
            others = (policy for policy in (principal.boundary, principal.trust) if policy is not None)
            for policy in (*principal.policies, *others):
                for statement in policy.statements:
                    if (statement.origin.path, statement.origin.pointer) == (location.path, location.pointer):
                        return statement
        return None


def _is_meant(principal: PrincipalReport, pattern: str) -> bool:
    path = principal.construct_path or ""
    # The path of a role is that of its construct; its resource is the child below.
    names = (principal.name, principal.id, path, path.removesuffix("/Resource"))
    return any(fnmatchcase(name, pattern) for name in names)


def review_subject(
    subject: Subject,
    *,
    strict: bool = False,
    off: Iterable[str] = (),
    kinds: Mapping[Kind, Iterable[str]] | None = None,
) -> Reviewed:
    """Review a subject, and synthesize it first if needed.

    Raises:
        AssertionError: An input could not be read, so nothing can be asserted about it.
        ValueError: A rule or kind is unknown.

    """
    options = check_options(strict=strict, off=off, kinds=kinds).review
    model = _model(subject)
    faults = [f"`{item.path}`: {item.error}" for item in model.inputs if item.error]
    if faults:
        raise AssertionError("cannot be reviewed: " + "; ".join(faults))
    report = review(model, options)
    principals = report.principals
    if isinstance(subject, cdk.Stack):
        principals = tuple(item for item in principals if _is_in(item, subject))
    return Reviewed(report, model, principals)


def _model(subject: Subject) -> Model:
    if isinstance(subject, assertions.Template):
        return read_document(subject.to_json(), "Template")
    if isinstance(subject, cdk.Stage):
        return read([_synthesized(subject)])
    if isinstance(subject, cdk.Stack):
        stage = cdk.Stage.of(subject)
        if stage is None:
            message = f"the stack `{subject.node.path}` has no app: make it in one, or give its template"
            raise ValueError(message)
        return read([_synthesized(stage)])
    return read([str(subject)])


def _synthesized(stage: cdk.Stage) -> str:
    """Return the folder of a stage's assembly, whatever its own plugins find."""
    try:
        return stage.synth().directory
    except RuntimeError as error:
        if not is_failed_validation(error):
            raise
        return stage.outdir


def _is_in(principal: PrincipalReport, stack: cdk.Stack) -> bool:
    if principal.construct_path is not None:
        return principal.construct_path.startswith(stack.node.path + "/")
    return PurePosixPath(principal.id.rpartition("#")[0]).name == stack.template_file
