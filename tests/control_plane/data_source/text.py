"""Templates with their references as text."""

from __future__ import annotations

from typing import Any


def as_text(value: Any) -> Any:
    """Return the value with ``Ref``, ``Fn::GetAtt`` and ``Fn::Join`` rendered as ``${...}`` in text."""
    if isinstance(value, dict):
        if set(value) == {"Ref"}:
            return "aws" if value["Ref"] == "AWS::Partition" else f"${{{value['Ref']}}}"
        if set(value) == {"Fn::GetAtt"}:
            return f"${{{'.'.join(value['Fn::GetAtt'])}}}"
        if set(value) == {"Fn::Join"}:
            separator, joined = value["Fn::Join"]
            return separator.join(as_text(part) for part in joined)
        return {name: as_text(part) for name, part in value.items()}
    return [as_text(part) for part in value] if isinstance(value, list) else value
