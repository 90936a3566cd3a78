"""From CloudFormation's properties to the API's parameters, along botocore's shapes."""

from __future__ import annotations

from typing import Any

__all__ = ["api_value"]


def api_value(shape: Any, value: Any, *, strict: bool = True, where: str = "") -> Any:
    """Return `value` as the API takes it; the names match but for their case.

    `strict` refuses members that the API doesn't have; otherwise they are left out. Raises ValueError.
    """
    kind = shape.type_name
    if kind == "structure" and isinstance(value, dict):
        return (
            value if shape.metadata.get("document") else _structure(shape, value, strict=strict, where=where)
        )
    if kind == "map" and isinstance(value, list):
        return {tag["Key"]: tag["Value"] for tag in value}
    if kind == "map" and isinstance(value, dict):
        return {k: api_value(shape.value, v, strict=strict, where=f"{where}.{k}") for k, v in value.items()}
    if kind == "list" and isinstance(value, dict) and shape.name.lower().startswith("tag"):
        return [{"key": k, "value": v} for k, v in value.items()]
    if kind == "list" and isinstance(value, list):
        return [api_value(shape.member, item, strict=strict, where=where) for item in value]
    return _scalar(kind, value)


def _structure(shape: Any, value: dict[str, Any], *, strict: bool, where: str) -> dict[str, Any]:
    names = {name.lower(): name for name in shape.members}
    out = {}
    for key, item in value.items():
        name = names.get(key.lower())
        if name is not None:
            out[name] = api_value(shape.members[name], item, strict=strict, where=f"{where}.{key}")
        elif strict:
            raise ValueError(f"{where}.{key}: no such member in {shape.name}")
    return out


def _scalar(kind: str, value: Any) -> Any:
    if kind in ("integer", "long") and isinstance(value, str):
        return int(value)
    if kind in ("float", "double") and isinstance(value, (str, int)):
        return float(value)
    if kind == "boolean" and isinstance(value, str):
        return value.lower() == "true"
    if kind == "string" and isinstance(value, bool):
        return str(value).lower()
    if kind == "string" and isinstance(value, (int, float)):
        return str(value)
    return value
