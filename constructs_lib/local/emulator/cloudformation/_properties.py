"""AWS's resource schemas: what a template may say and what a handler calls; the API's parameters.

https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
"""

from __future__ import annotations

import functools
import importlib.util
import json
from pathlib import Path
from typing import Any

import jsonschema

__all__ = ["api_value", "attributes", "identifier", "permissions", "schema", "validated"]

_REGION = "us-east-1"  # the Region with all types
_SHOWN_ERRORS = 5
_SHOWN_CHARACTERS = 200


@functools.cache
def _folder() -> Path:
    spec = importlib.util.find_spec("cfnlint")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError(
            "cfn-lint, whose resource schemas the local AWS reads, is missing: "
            "pip install 'bedrock-planes[local]'"
        )
    return Path(spec.submodule_search_locations[0]) / "data" / "schemas"


@functools.cache
def _index() -> dict[str, str]:
    index: dict[str, str] = json.loads((_folder() / "providers" / f"{_REGION}.json").read_text())
    return index


@functools.cache
def schema(type_name: str) -> dict[str, Any]:
    """Return the schema of a resource type; raises KeyError for an unknown one."""
    document: dict[str, Any] = json.loads(
        (_folder() / "resources" / f"{_index()[type_name]}.json").read_text()
    )
    return document


def identifier(type_name: str) -> list[str]:
    """Return the names of the properties that identify a resource, in order."""
    return [pointer.rpartition("/")[2] for pointer in schema(type_name)["primaryIdentifier"]]


def attributes(type_name: str) -> list[str]:
    """Return the names of the top-level properties that only AWS sets (Fn::GetAtt)."""
    pointers = schema(type_name).get("readOnlyProperties") or []
    return [pointer.rpartition("/")[2] for pointer in pointers if pointer.count("/") == 2]


def permissions(type_name: str, verb: str) -> list[str]:
    """Return what AWS's own handler of the type needs for create, read, update or delete."""
    handlers = schema(type_name).get("handlers") or {}
    return list((handlers.get(verb) or {}).get("permissions") or [])


def validated(type_name: str, properties: dict[str, Any]) -> dict[str, Any]:
    """Return the properties with scalars of the schema's types, as CloudFormation coerces them.

    Raises ValueError in CloudFormation's words when they don't fit the schema.
    """
    document = schema(type_name)
    given: dict[str, Any] = _coerced(document, properties, document)
    forbidden = sorted(set(attributes(type_name)) & set(given))
    if forbidden:
        raise ValueError(f"Encountered unsupported property {forbidden[0]}")
    errors = [
        f"#/{'/'.join(map(str, error.absolute_path))}: {error.message[:_SHOWN_CHARACTERS]}"
        for error in jsonschema.Draft7Validator(document).iter_errors(given)
    ]
    if errors:
        raise ValueError(f"Model validation failed ({'; '.join(errors[:_SHOWN_ERRORS])})")
    return given


def _coerced(part: Any, value: Any, root: dict[str, Any]) -> Any:
    part = part if isinstance(part, dict) else {}
    while "$ref" in part:
        part = root["definitions"][part["$ref"].rpartition("/")[2]]
    if isinstance(value, dict):
        members = part.get("properties", {})
        return {name: _coerced(members.get(name), item, root) for name, item in value.items()}
    if isinstance(value, list):
        return [_coerced(part.get("items"), item, root) for item in value]
    return _coerced_scalar(part.get("type"), value)


def _coerced_scalar(kind: object, value: Any) -> Any:
    if isinstance(value, str) and kind in ("integer", "number"):
        try:
            return int(value) if kind == "integer" else float(value)
        except ValueError:
            return value  # the validator says what is wrong with it
    if isinstance(value, str) and kind == "boolean" and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if kind == "string" and isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return value


def api_value(shape: Any, value: Any, *, strict: bool = True, where: str = "") -> Any:
    """Return `value` as the API takes it; the names match but for their case.

    `strict` refuses members that the API doesn't have; otherwise they are dropped. Raises ValueError.
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
