"""The declaration of a principal or policy in a template, and helpers to read its properties."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from constructs_lib.iam import UNRESOLVED, Policy
from constructs_lib.templates import sam
from constructs_lib.templates.model import Incomplete
from constructs_lib.templates.resolve import ABSENT, texts
from constructs_lib.templates.scope import Scope, mapping, token

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "Declaration",
    "items",
    "made_conditional",
    "pointer_of",
    "policy_name",
    "reference_arn",
    "shown",
    "tags",
    "with_absent",
]


@dataclass(frozen=True, slots=True)
class Declaration:
    """A resource of a template, as it is declared there."""

    scope: Scope
    logical_id: str
    properties: dict[str, Any]
    base: str  # pointer of its properties

    @property
    def condition(self) -> str | None:
        """The name of the resource's ``Condition``."""
        return self.scope.condition(self.logical_id)

    def at(self, *steps: str | int) -> str:
        """Return the pointer of a property."""
        if len(steps) == 1:
            return f"{self.base}/{token(str(steps[0]))}"
        return "/".join([self.base, *[token(str(step)) for step in steps]])

    def incomplete(self, why: str, *steps: str | int) -> Incomplete:
        """Return an entry that a property is not known in full, and why."""
        return Incomplete(self.at(*steps), why)


def pointer_of(scope: Scope, logical_id: str) -> str:
    """Return the pointer of a resource; for a role that SAM adds, that of its function."""
    return scope.pointer(sam.owner(scope, logical_id))


def items(
    node: Any, steps: tuple[str | int, ...], conditional: bool = False, depth: int = 0
) -> Iterator[tuple[Any, tuple[str | int, ...], bool]]:
    """Yield the items of a list, or a single item, with each branch of an ``Fn::If`` as an item of its own.

    Each comes with its path below the property and whether it depends on a condition.
    """
    if node is None or depth > 20:
        return
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from items(item, (*steps, index), conditional, depth + 1)
    elif isinstance(node, dict) and len(node) == 1 and isinstance(both := node.get("Fn::If"), list):
        for index, branch in enumerate(both[1:3], start=1):
            yield from items(branch, (*steps, "Fn::If", index), True, depth + 1)
    else:
        yield node, steps, conditional


def with_absent(node: Any, scope: Scope) -> tuple[list[Any], tuple[str, ...]]:
    """Return the possible values of a node, including ``ABSENT``, and why parts are unresolved.

    A parameter's default doesn't count: whoever deploys may replace it.
    """
    result: list[Any] = []
    reasons: list[str] = []
    for item, _, _ in items(node, ()):
        found = texts(item, scope, defaults=False)
        reasons += found.reasons
        result += found.values or [ABSENT if item == {"Ref": "AWS::NoValue"} else UNRESOLVED]
    return result, tuple(reasons)


def made_conditional(policy: Policy, conditional: bool) -> Policy:
    """Return the policy with all statements conditional if its attachment is."""
    if not conditional or all(item.conditional for item in policy.statements):
        return policy
    return replace(policy, statements=tuple(replace(item, conditional=True) for item in policy.statements))


def policy_name(node: dict[str, Any], declared: Declaration) -> str:
    """Return the name of a policy: its `PolicyName`, else the logical id."""
    value = node.get("PolicyName")
    if isinstance(value, str):
        return value
    found = texts(value, declared.scope).values if value is not None else []
    return shown(found[0]) if found else declared.logical_id


def reference_arn(node: Any) -> Any:
    """Return the ARN of a policy that is referred to by name and path."""
    reference = mapping(node)
    path = reference.get("Path", "/")
    parts = ["arn:", {"Ref": "AWS::Partition"}, ":iam::", {"Ref": "AWS::AccountId"}, ":policy", path]
    return {"Fn::Join": ["", [*parts, reference.get("Name", UNRESOLVED)]]}


def shown(text: str) -> str:
    """Return a text for messages, with `?` for its unresolved parts."""
    return text.replace(UNRESOLVED, "?")[:200]


def tags(declared: Declaration) -> dict[str, str]:
    """Return the tags of a resource, in the notation of CloudFormation or of SAM."""
    listed = declared.properties.get("Tags")
    if isinstance(listed, dict):  # SAM writes them as an object
        listed = [{"Key": key, "Value": value} for key, value in listed.items()]
    result: dict[str, str] = {}
    for tag in listed if isinstance(listed, list) else []:
        key, value = mapping(tag).get("Key"), mapping(tag).get("Value")
        found = texts(value, declared.scope).values if value is not None else []
        if isinstance(key, str):
            result[key] = found[0] if found else ""
    return result
