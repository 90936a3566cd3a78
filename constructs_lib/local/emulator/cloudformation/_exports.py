# ruff: noqa: SLF001 - ministack has no public seams; the guard watches those used here
"""An export that another stack imports can't change and can't go.

"You can't modify or remove an output value that is referenced by another stack":
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-importvalue.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ministack.services import cloudformation
from ministack.services.cloudformation import handlers, stacks

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["install"]


def install() -> None:
    """Look at the exports that are in use whenever a stack's outputs are resolved."""
    stacks._resolve_stack_outputs = _looking(stacks._resolve_stack_outputs)


def _looking(stock: Callable[..., Any]) -> Callable[..., Any]:
    def resolve(*given: Any) -> Any:
        outputs, exports = stock(*given)
        stack_name = given[-2]
        before = cloudformation._stacks.get(stack_name, {}).get("Outputs", [])
        for name in [one["ExportName"] for one in before if one.get("ExportName")]:
            known = cloudformation._exports.get(name, {}).get("Value")
            found = exports.get(name)
            if found is not None and found["Value"] == known:
                continue
            user = _user_of(name, stack_name)
            if user is not None:
                what = "deleted" if found is None else "updated"
                raise ValueError(f"Export {name} cannot be {what} as it is in use by {user}")
        return outputs, exports

    return resolve


def _user_of(export: str, owner: str) -> str | None:
    """Return the name of a stack that imports an export, if there is one."""
    for name, stack in cloudformation._stacks.items():
        is_there = stack.get("StackStatus") != "DELETE_COMPLETE"
        if name != owner and is_there and export in handlers._imported_export_names(stack, name):
            return str(name)
    return None
