"""A template with its context: stack, environment, parameters, construct paths, neighbouring templates."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from constructs_lib.iam import UNRESOLVED
from constructs_lib.lazily import lazy
from constructs_lib.templates.model import NAMESPACE, Acknowledgement

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["MAX_MEMBERS", "Assembly", "Element", "Room", "Scope", "mapping", "token"]

Element: TypeAlias = tuple[Any, bool, tuple[str, ...], bool]
"""A resolved element of a statement.

Its value, whether it depends on a choice, why parts are unresolved, and whether it depends on a parameter's
default.
"""


def mapping(value: object) -> dict[str, Any]:
    """Return a JSON object, or an empty one for anything else: input files may hold any shape."""
    return value if isinstance(value, dict) else {}


def macro_name(transform: object) -> str:
    """Return the name of the macro that a `Transform` or `Fn::Transform` calls, shortened, `?` for none."""
    name = transform if isinstance(transform, str) else mapping(transform).get("Name")
    return name[:100] if isinstance(name, str) else "?"


def token(step: str) -> str:
    """Escape one step of a JSON pointer (RFC 6901)."""
    return step.replace("~", "~0").replace("/", "~1") if "~" in step or "/" in step else step


# The quotas of a template hold for what loops make, too:
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
MAX_MEMBERS: Final = 500
_MAX_CHARACTERS: Final = 1_000_000


class Room:
    """What the loops of a template may still make.

    Attributes:
        why_cut: What was left out and why, empty if nothing was.

    """

    def __init__(self) -> None:
        self._left = _MAX_CHARACTERS
        self.why_cut = ""

    def takes(self, size: int) -> bool:
        """Whether there is room for that many characters, which are used then."""
        self._left -= size
        if self._left < 0:
            self.cut()
        return self._left >= 0

    def cut(self) -> None:
        """Note that something is left out."""
        self.why_cut = (
            f"loops that make more than {MAX_MEMBERS} members or {_MAX_CHARACTERS // 1_000_000} MB, which no "
            "template may have"
        )


@dataclass(eq=False)
class Scope:
    """A template being read.

    ``account``, ``region`` and ``stack`` are ``UNRESOLVED`` when unknown. The fields after ``nested`` are
    caches of :mod:`constructs_lib.templates.resolve`, and what loops and SAM add to the resources.
    """

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
    base: str = ""  # pointer of the template in its file, where it is part of another one
    nested_as: str = ""  # logical id of the nested stack in the parent
    is_repeated: bool = False  # whether another nested stack before this one has the same template
    resources: dict[str, dict[str, Any]] = field(default_factory=dict)
    nested: dict[str, Scope] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=dict)  # physical names, cached
    # Values of attributes, cached, each with the reason why a part of it is unresolved.
    attributes: dict[tuple[str, str], tuple[list[str], str | None]] = field(default_factory=dict)
    formats: dict[str, str] = field(
        default_factory=dict
    )  # formats of attributes with the environment filled in, cached
    elements: dict[bytes, Element | None] = field(
        default_factory=dict
    )  # resources of statements, cached by content
    pointers: dict[str, str] = field(default_factory=dict)  # of the resources that a loop makes
    synthetic: set[str] = field(default_factory=set)  # logical ids that SAM adds
    room: Room = field(default_factory=Room)  # of loops

    @lazy
    def partition(self) -> str:
        """Return the partition of the Region."""
        if self.region == UNRESOLVED:
            return UNRESOLVED
        for prefix, partition in _PARTITIONS:
            if self.region.startswith(prefix):
                return partition
        return "aws"

    @property
    def root(self) -> Scope:
        """The outermost template that this one is nested in, or itself."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    @lazy
    def environment(self) -> str:
        """``account/region`` as far as they are known; ``unknown`` when neither is."""
        parts = [part if part != UNRESOLVED else "unknown" for part in (self.account, self.region)]
        return "unknown" if parts == ["unknown", "unknown"] else "/".join(parts)

    @lazy
    def types(self) -> set[str]:
        """Return the types of the resources: in one pass, what most templates don't have."""
        return {kind for item in self.resources.values() if type(kind := item.get("Type")) is str}

    def resources_of(self, types: set[str] | frozenset[str]) -> list[tuple[str, str, dict[str, Any]]]:
        """Return the resources of some types, in the template's order: logical id, type and resource."""
        wanted = self.types & types
        if not wanted:
            return []
        return [
            (logical_id, kind, item)
            for logical_id, item in self.resources.items()
            if type(kind := item.get("Type")) is str and kind in wanted
        ]

    def at(self, pointer: str) -> str:
        """Return the pointer in the file of a pointer in the template."""
        return f"{self.base}{pointer}"

    def pointer(self, logical_id: str) -> str:
        """Return the JSON pointer of a resource as the file has it."""
        return self.base + (self.pointers.get(logical_id) or f"/Resources/{token(logical_id)}")

    def id_of(self, name: str) -> str:
        """Return the id of a principal: file and name, with what the template is part of."""
        outer = self.base.removeprefix("/Resources/").partition("/")[0]
        if self.is_repeated:
            outer = "/".join(filter(None, (*self._stacks(), outer)))
        return f"{self.path}#{outer}/{name}" if outer else f"{self.path}#{name}"

    def _stacks(self) -> list[str]:
        """Return the logical ids of the nested stacks that lead here."""
        scope, result = self, []
        while scope.parent is not None:
            result.append(scope.nested_as)
            scope = scope.parent
        return result[::-1]

    def full_path(self, logical_id: str) -> str | None:
        """Return the path of a resource's construct, as the CDK writes it."""
        path = self.construct_paths.get(logical_id)
        if path is None:
            path = mapping(mapping(self.resources.get(logical_id)).get("Metadata")).get("aws:cdk:path")
        return path.strip("/") if isinstance(path, str) and path else None

    def construct_path(self, logical_id: str) -> str | None:
        """Return the path of the construct that users know: without the L1's ``/Resource``."""
        path = self.full_path(logical_id)
        return path.removesuffix("/Resource") if path else None

    def acknowledgements(self, logical_id: str) -> tuple[Acknowledgement, ...]:
        """Return the acknowledgements on a resource or a construct above it, the nearest first."""
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
        """Return the name of a resource's ``Condition``."""
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
        lean: Leave out statements that no rule asks about.

    """

    def __init__(self, *, lean: bool = False) -> None:
        self.lean = lean
        self.scopes: list[Scope] = []
        # Export name -> (scope, node of the value), cached by `resolve`.
        self.exports: dict[str, list[tuple[Scope, Any]]] | None = None

    def close(self) -> None:
        """Drop the references between scopes and assembly, so that no cycle waits for garbage collection."""
        for scope in self.scopes:
            scope.nested.clear()
        self.scopes.clear()
        self.exports = None

    def output(self, stack: str, region: str | None, name: str) -> tuple[Scope, Any] | None:
        """Return the scope and node of an output of a stack of this assembly (``Fn::GetStackOutput``)."""
        for scope in self.scopes:
            if scope.stack == stack and scope.parent is None and region in {None, scope.region}:
                node = mapping(mapping(scope.body.get("Outputs")).get(name))
                if "Value" in node:
                    return scope, node["Value"]
        return None
