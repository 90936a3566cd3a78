"""What rules are made of: the record, the run that they look at, and findings."""

from __future__ import annotations

import hashlib
import inspect
import re
import sys
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal

from constructs_lib.iam import ActionSet, actions_matching
from constructs_lib.review.model import Finding, Location
from constructs_lib.review.wording import principal_label, shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.iam import Origin, Policy
    from constructs_lib.review.chains import Function, Node
    from constructs_lib.review.facts import Facts
    from constructs_lib.review.model import Severity, Witness
    from constructs_lib.review.options import Options
    from constructs_lib.templates import Resource

__all__ = ["SECTIONS", "Rule", "Run", "at", "origins", "who", "written_for"]

SECTIONS = ("What it does", "Why is this bad?", "Example", "Use instead", "References")


@dataclass
class Run:
    """One run: its options, principals as nodes, traces of custom resources, and functions with their roles.

    Of unknown kind, only principals with findings, with control writes, or that may become another one are
    among the nodes.
    """

    options: Options
    nodes: list[Node] = field(default_factory=list)
    traces: list[str] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Rule:
    """The record of one rule. ``scope`` says what its ``check`` looks at."""

    id: str
    name: str
    severity: Severity
    summary: str
    module: str
    scope: Literal["principal", "resource", "both", "run"] = "principal"

    @property
    def documentation(self) -> str:
        """The module's docstring without indentation."""
        return inspect.cleandoc(sys.modules[self.module].__doc__ or "")

    def section(self, title: str) -> str:
        """Return the text under one of :data:`SECTIONS`, line breaks of the source undone."""
        parts = re.split(r"^## (.+)$", self.documentation, flags=re.MULTILINE)
        texts = dict(zip(parts[1::2], parts[2::2], strict=True))
        return re.sub(r"(?<=\S)\n(?=\S)", " ", texts.get(title, "").strip())

    def finding(
        self,
        subject: Facts | Node | Resource | None,
        where: Origin,
        message: str,
        help_text: str,
        *,
        key: Iterable[str],
        severity: Severity | None = None,
        related: Iterable[Origin] = (),
        witness: Witness | None = None,
        conditional: bool = False,
        policy: Policy | None = None,
    ) -> Finding:
        """Make a finding.

        Args:
            subject: whom or what it is about.
            where: the place to show.
            message: what is the case, without a final full stop.
            help_text: what to do about it.
            key: what tells this finding from others of the rule on the same subject, free of positions.
            severity: where it isn't the rule's own.
            related: further places.
            witness: a request that proves it.
            conditional: whether it stands only under a condition of the template.
            policy: what gives it; where it is one of AWS's, nobody can mend it but by another in its place.

        """
        if policy is not None and where == policy.origin:
            message += f", through the AWS managed policy `{policy.name}`"
            help_text = (
                f"replace the AWS managed policy `{policy.name}` with policies of your own: {help_text}"
            )
        principal, name, path = _identity(subject, where)
        digest = hashlib.sha256(
            "\0".join((self.id, PurePosixPath(path).name, name, *key)).encode("utf-8", "replace")
        )
        here = at(where)
        places = dict.fromkeys(at(origin) for origin in related)
        places.pop(here, None)
        return Finding(
            rule=self.id,
            name=self.name,
            severity=severity or self.severity,
            principal=principal,
            message=shown(message),
            help=shown(help_text),
            location=here,
            related=tuple(places),
            witness=witness,
            conditional=conditional,
            fingerprint=digest.hexdigest()[:20],
        )


def _identity(subject: Facts | Node | Resource | None, where: Origin) -> tuple[str | None, str, str]:
    """Return the principal's id, the name for the fingerprint, and the path."""
    if subject is None:
        return None, "", where.path
    principal = getattr(subject, "principal", None)
    if principal is not None:
        return principal.id, principal.name, principal.origin.path
    return None, getattr(subject, "logical_id", ""), where.path


def at(origin: Origin) -> Location:
    """Return the location of an origin; its line is looked up when the report is made."""
    return Location(origin.path, origin.pointer, None)


def origins(items: Iterable[object]) -> tuple[Origin, ...]:
    """Return the origins of the statements of things that have one, each once."""
    return tuple(dict.fromkeys(item.statement.origin for item in items))  # type: ignore[attr-defined] # Held, ForeignGrant and Grant all have a statement


def written_for(facts: Facts, mask: ActionSet) -> tuple[str, ...]:
    """Return the action patterns that give any action of a mask, for the key of a finding on a principal.

    As written and not expanded: a baseline then knows the finding when AWS adds an action that `bedrock:*`
    covers, and doesn't know it when somebody adds one to the policy.
    """
    statements = {id(held.statement): held.statement for held in facts.held if held.mask & mask}
    found: set[str] = set()
    for statement in statements.values():
        patterns = ("NotAction",) if statement.actions is None else statement.actions
        found.update(p.lower() for p in patterns if statement.actions is None or actions_matching(p) & mask)
    return tuple(sorted(found))


def who(facts: Facts) -> str:
    """Return the principal as messages name it."""
    return principal_label(facts.principal.type, facts.principal.name)
