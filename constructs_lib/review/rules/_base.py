"""What rules are made of: the record, the run that they look at, and findings."""

from __future__ import annotations

import hashlib
import inspect
import re
import sys
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal, NamedTuple

from constructs_lib.iam import action_mask
from constructs_lib.review.facts import shown
from constructs_lib.review.model import Finding, Location

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.iam import Origin, Outside, Policy
    from constructs_lib.review.chains.graph import Function
    from constructs_lib.review.facts import Facts
    from constructs_lib.review.model import Severity, Verdict, Witness
    from constructs_lib.review.options import Options
    from constructs_lib.templates import Kind, Principal, Resource

__all__ = ["SECTIONS", "Node", "Rule", "Run", "at", "listing", "origins", "who", "written_for"]

SECTIONS = ("What it does", "Why is this bad?", "Example", "Use instead", "References")


class Node(NamedTuple):
    """A principal as rules over the whole run see it: light enough to travel between processes.

    ``principal`` comes without its policies. ``held`` is the set of data and control-write actions, ``ways``
    what it may do to reach other principals, ``administrator`` where it is allowed everything, if so.
    """

    principal: Principal
    kind: Kind
    verdict: Verdict
    data: bool
    control_write: bool
    held: int
    ways: tuple[Outside, ...]
    administrator: Origin | None

    @property
    def id(self) -> str:
        """The principal's id."""
        return self.principal.id

    @property
    def name(self) -> str:
        """The principal's name."""
        return self.principal.name

    @property
    def label(self) -> str:
        """The principal as messages name it."""
        return label(self.principal.type, self.principal.name)

    @property
    def origin(self) -> Origin:
        """Where the principal stands."""
        return self.principal.origin

    @property
    def arn(self) -> str:
        """The principal's ARN."""
        return self.principal.arn

    @property
    def environment(self) -> str:
        """Account and Region as far as known."""
        return self.principal.environment

    @property
    def trust(self) -> Policy | None:
        """The assume-role policy."""
        return self.principal.trust

    @property
    def conditional(self) -> bool:
        """Whether it stands only under a condition of the template."""
        return self.principal.conditional


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
            message += f", by AWS's managed policy `{policy.name}`"
            help_text = f"replace AWS's managed policy `{policy.name}` by one of your own: {help_text}"
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
    return tuple(dict.fromkeys(item.statement.origin for item in items))  # type: ignore[attr-defined] # Held, Outside and Grant all have a statement


def written_for(facts: Facts, mask: int) -> tuple[str, ...]:
    """Return the action patterns that give any action of a mask, for the key of a finding on a principal.

    As written and not expanded: a baseline then knows the finding when AWS adds an action that `bedrock:*`
    covers, and doesn't know it when somebody adds one to the policy.
    """
    statements = {id(held.statement): held.statement for held in facts.held if held.mask & mask}
    found: set[str] = set()
    for statement in statements.values():
        patterns = ("NotAction",) if statement.actions is None else statement.actions
        found.update(p.lower() for p in patterns if statement.actions is None or action_mask(p) & mask)
    return tuple(sorted(found))


def who(facts: Facts) -> str:
    """Return the principal as messages name it."""
    return label(facts.principal.type, facts.principal.name)


def label(kind: str, name: str) -> str:
    """Return a principal's type and name as messages show them."""
    nouns = {"policy": "the policy", "unattached": "the unattached policy", "external": "the role"}
    if kind == "policy":
        return "the policy"
    return f"{nouns.get(kind, kind.replace('-', ' '))} `{name.partition(':')[2] if kind in nouns else name}`"


def listing(names: Iterable[str], limit: int = 3) -> str:
    """Return names in backticks, the first few and how many more."""
    items = [f"`{shown(name)}`" for name in names]
    more = len(items) - limit
    if more > 1:
        items = [*items[:limit], f"{more} more"]
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else "nothing"
