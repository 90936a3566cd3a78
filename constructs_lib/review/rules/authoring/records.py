"""The record of a rule, the run that it judges, and its findings."""

from __future__ import annotations

import hashlib
import inspect
import json
import re
import sys
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal

from constructs_lib.review.model import Finding, Location
from constructs_lib.review.rules.authoring.statements import patterns_naming
from constructs_lib.review.wording import principal_label, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from constructs_lib.code import DeployedCode
    from constructs_lib.iam import ActionSet, Origin, Policy
    from constructs_lib.review.chains import Node, Runner, Started
    from constructs_lib.review.facts import Facts
    from constructs_lib.review.model import Fix, Severity, Witness
    from constructs_lib.review.options import Options
    from constructs_lib.templates import Incomplete, Resource

__all__ = ["SECTIONS", "Rule", "Run", "at", "origins", "patterns_giving", "who"]

SECTIONS = ("What it does", "Why is this bad?", "Example", "Use instead", "Known limits", "References")


@dataclass
class Run:
    """One run of the review, as rules see it.

    Attributes:
        options: The options of the run.
        nodes: The principals. Of those whose kind is unknown, only the ones with findings, with control
            writes, or that may become another principal.
        traces: Texts of custom resources, which show what they configure.
        runners: The resources that run as a role.
        started: The principals that lead to no other one and only can be started; they are no ``nodes``.
        unread: What of the templates was not read, by path.
        resources: For rules about one principal: the resources beside it in its model.
        code: The code that runs as a principal, by the principal's id; empty unless code is read.

    """

    options: Options
    nodes: list[Node] = field(default_factory=list)
    traces: list[str] = field(default_factory=list)
    runners: list[Runner] = field(default_factory=list)
    started: list[Started] = field(default_factory=list)
    unread: dict[str, tuple[Incomplete, ...]] = field(default_factory=dict)
    resources: Sequence[Resource] = ()
    code: Mapping[str, Sequence[DeployedCode]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """The record of one rule.

    Attributes:
        id: The rule's id, which never changes and is never used again.
        name: The pattern that the rule finds, in words joined by hyphens.
        severity: The severity of its findings, unless a finding sets its own.
        summary: What it finds, in one clause.
        module: The ``__name__`` of the rule's module; its docstring is the rule's page.
        scope: What ``check`` takes: the facts of a ``principal``, a ``resource``, ``both`` in turn, the whole
            ``run``, or ``every``: a principal, a resource that carries a policy, and once nothing (``None``),
            for the run. ``code`` takes one call of application code.
        needs_marks: Whether it can only find something about a role that is marked, or that the configuration
            names, as an app or deploy role. A run without one says that the rule found nothing to judge.

    """

    id: str
    name: str
    severity: Severity
    summary: str
    module: str
    scope: Literal["principal", "resource", "both", "run", "every", "code"] = "principal"
    needs_marks: bool = False

    @property
    def documentation(self) -> str:
        """The docstring of the rule's module."""
        return inspect.cleandoc(sys.modules[self.module].__doc__ or "")

    def section(self, title: str) -> str:
        """Return the text under one of :data:`SECTIONS`, with each paragraph on one line."""
        parts = re.split(r"^## (.+)$", self.documentation, flags=re.MULTILINE)
        texts = dict(zip(parts[1::2], parts[2::2], strict=True))
        return re.sub(r"(?<=\S)\n(?=\S)", " ", texts.get(title, "").strip())

    @property
    def references(self) -> tuple[str, ...]:
        """The addresses of the pages that the rule rests on."""
        return tuple(re.findall(r"https://[^\s)>]+", self.section("References")))

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
        fix: Fix | None = None,
    ) -> Finding:
        """Return a finding of this rule.

        Args:
            subject: The principal or resource that the finding is about, ``None`` for none.
            where: The place to show.
            message: What is wrong: first the thing, then the fault, without a final full stop.
            help_text: What to write or change.
            key: What distinguishes the finding from others of the rule on the same subject. It makes the
                fingerprint, so it holds no positions.
            severity: The severity, if it is not the rule's own.
            related: More places that belong to the finding.
            witness: A request that proves the finding.
            conditional: Whether the finding applies only under a condition of the template.
            policy: The policy that holds the statement. If it is an AWS managed policy, which nobody can
                change, the message names it and the help says to replace it.
            fix: The statement that ends the finding. The help shows one that is to be added.

        """
        if policy is not None and where == policy.origin:
            message += f", through the AWS managed policy `{policy.name}`"
            help_text = (
                f"replace the AWS managed policy `{policy.name}` with policies of your own: {help_text}"
            )
            fix = None if fix is not None and fix.replaces else fix
        if fix is not None and not fix.replaces:
            help_text += f": `{json.dumps(fix.statement)}`"
        principal, name, path = _identity(subject, where)
        digest = hashlib.sha256("\0".join((self.id, _file_name(path), name, *key)).encode("utf-8", "replace"))
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
            fix=fix,
        )


@lru_cache(maxsize=256)
def _file_name(path: str) -> str:
    return PurePosixPath(path).name


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
    """Return where the statements of the items are, each place once.

    Args:
        items: Things with a ``statement``, such as :class:`Held`.

    """
    return tuple(dict.fromkeys(item.statement.origin for item in items))  # type: ignore[attr-defined] # Held, ForeignGrant and Grant all have a statement


def patterns_giving(facts: Facts, mask: ActionSet) -> tuple[str, ...]:
    """Return the action patterns that give the principal an action of a set, for a finding's key.

    The patterns are as written and not expanded. So a baseline still matches the finding when AWS adds an
    action that `bedrock:*` covers, and no longer matches it when somebody adds an action to the policy.

    Args:
        facts: The principal.
        mask: The set of actions.

    """
    statements = {id(held.statement): held.statement for held in facts.held if held.mask & mask}
    found = {pattern for statement in statements.values() for pattern in patterns_naming(statement, mask)}
    return tuple(sorted(found))


def who(facts: Facts) -> str:
    """Return the principal as messages name it, such as ``role `AppRole` ``."""
    return principal_label(facts.principal.type, facts.principal.name)
