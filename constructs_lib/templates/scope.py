"""One template with what surrounds it: stack name, environment, parameters, construct paths, siblings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from constructs_lib.iam import UNRESOLVED
from constructs_lib.lazily import lazy
from constructs_lib.templates.model import NAMESPACE, Acknowledgement

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Assembly", "Scope", "mapping", "one_line", "token"]

Element: TypeAlias = tuple[Any, bool, tuple[str, ...]]
"""What a node gives: the value, whether it depends on a choice, and why parts of it are open."""


def mapping(value: object) -> dict[str, Any]:
    """Return a JSON object, or an empty one for anything else: foreign input has any shape."""
    return value if isinstance(value, dict) else {}


def token(step: str) -> str:
    """Escape one step of a JSON pointer (RFC 6901)."""
    return step.replace("~", "~0").replace("/", "~1") if "~" in step or "/" in step else step


def one_line(text: str, limit: int = 300) -> str:
    """Return a message as one line of bounded length, the middle of a long one left out."""
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit * 2 // 3]} ... {line[-limit // 3 :]}"


@dataclass(eq=False)
class Scope:
    """A template being read. ``account``, ``region`` and ``stack`` are ``UNRESOLVED`` when unknown."""

    path: str
    body: dict[str, Any]
    assembly: Assembly
    stack: str = UNRESOLVED
    account: str = UNRESOLVED
    region: str = UNRESOLVED
    construct_paths: Mapping[str, str] = field(default_factory=dict)
    acknowledged: tuple[tuple[str, str, str], ...] = ()  # construct path, rule, reason
    arguments: Mapping[str, Any] = field(default_factory=dict)  # parameters that the parent passes
    parent: Scope | None = None
    conditional: bool = False
    resources: dict[str, dict[str, Any]] = field(default_factory=dict)
    nested: dict[str, Scope] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=dict)  # physical names, cached
    # Known attributes, cached, each with the reason why a part of it is open.
    attributes: dict[tuple[str, str], tuple[list[str], str | None]] = field(default_factory=dict)
    formats: dict[str, str] = field(default_factory=dict)  # attributes' formats, environment filled in
    elements: dict[bytes, Element | None] = field(default_factory=dict)  # statements' resources, by content
    pointers: dict[str, str] = field(default_factory=dict)  # where the resources stand that a loop makes
    synthetic: set[str] = field(default_factory=set)  # ids that SAM adds

    @lazy
    def partition(self) -> str:
        """Return the partition that the Region lies in."""
        if self.region == UNRESOLVED:
            return UNRESOLVED
        for prefix, partition in _PARTITIONS:
            if self.region.startswith(prefix):
                return partition
        return "aws"

    @lazy
    def environment(self) -> str:
        """``account/region`` as far as known, ``unknown`` when nothing is."""
        parts = [part if part != UNRESOLVED else "unknown" for part in (self.account, self.region)]
        return "unknown" if parts == ["unknown", "unknown"] else "/".join(parts)

    def pointer(self, logical_id: str) -> str:
        """Return the JSON pointer of a resource as the file has it."""
        return self.pointers.get(logical_id) or f"/Resources/{token(logical_id)}"

    def full_path(self, logical_id: str) -> str | None:
        """Return the path of a resource's construct, as the CDK spells it."""
        path = self.construct_paths.get(logical_id)
        if path is None:
            path = mapping(mapping(self.resources.get(logical_id)).get("Metadata")).get("aws:cdk:path")
        return path.strip("/") if isinstance(path, str) and path else None

    def construct_path(self, logical_id: str) -> str | None:
        """Return the path of the construct that people know: without the L1's ``/Resource``."""
        path = self.full_path(logical_id)
        return path.removesuffix("/Resource") if path else None

    def acknowledgements(self, logical_id: str) -> tuple[Acknowledgement, ...]:
        """Return what somebody accepted for this resource or a construct above it, the nearest first."""
        if not self.acknowledged:
            return ()
        path = self.full_path(logical_id)
        above = [
            entry
            for entry in self.acknowledged
            if not entry[0] or (path is not None and (path == entry[0] or path.startswith(entry[0] + "/")))
        ]
        above.sort(key=lambda entry: -len(entry[0]))
        return tuple(
            Acknowledgement(rule.removeprefix(NAMESPACE), reason, at or "/") for at, rule, reason in above
        )

    def condition(self, logical_id: str) -> str | None:
        """Return the name of the condition that a resource stands under."""
        name = self.resources[logical_id].get("Condition")
        return name if isinstance(name, str) else None


_PARTITIONS: Final = (
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-isob-", "aws-iso-b"),
    ("us-isof-", "aws-iso-f"),
    ("us-iso-", "aws-iso"),
    ("eu-isoe-", "aws-iso-e"),
    ("eusc-", "aws-eusc"),
)


class Assembly:
    """Templates that are deployed together: they see each other's exports and outputs.

    Args:
        lean: leave out statements that no rule asks about.

    """

    def __init__(self, *, lean: bool = False) -> None:
        self.lean = lean
        self.scopes: list[Scope] = []
        self._exports: dict[str, list[tuple[Scope, Any]]] | None = None

    def close(self) -> None:
        """Let go of the scopes, which know the assembly and each other: no cycle waits for the collector."""
        for scope in self.scopes:
            scope.nested.clear()
        self.scopes.clear()
        self._exports = None

    def exports(self, name: str, asking: Scope) -> tuple[Scope, Any] | None:
        """Return the exporting scope and value node; one in the same account and Region wins."""
        if self._exports is None:
            self._exports = dict(self._collect())
        found = self._exports.get(name, [])
        same = [item for item in found if item[0].environment == asking.environment]
        chosen = same or found
        return chosen[0] if len(chosen) == 1 else None

    def _collect(self) -> Iterator[tuple[str, list[tuple[Scope, Any]]]]:
        from constructs_lib.templates.intrinsics import texts  # noqa: PLC0415 - they need each other

        found: dict[str, list[tuple[Scope, Any]]] = {}
        for scope in self.scopes:
            for output in mapping(scope.body.get("Outputs")).values():
                export = mapping(mapping(output).get("Export")).get("Name")
                if export is None:
                    continue
                for name in texts(export, scope).values:
                    found.setdefault(name, []).append((scope, mapping(output).get("Value")))
        yield from ((name, items) for name, items in found.items() if UNRESOLVED not in name)

    def output(self, stack: str, region: str | None, name: str) -> tuple[Scope, Any] | None:
        """Return the scope and node of an output of a stack of this assembly (``Fn::GetStackOutput``)."""
        for scope in self.scopes:
            if scope.stack == stack and scope.parent is None and region in {None, scope.region}:
                node = mapping(mapping(scope.body.get("Outputs")).get(name))
                if "Value" in node:
                    return scope, node["Value"]
        return None
