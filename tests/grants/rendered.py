"""An app role's statements with the pseudo parameters of a known environment filled in."""

from __future__ import annotations

import json
from typing import Any

from tests.cdk import ACCOUNT, REGION, Stack, resources, template

__all__ = ["in_order", "plain", "statements_of"]

_PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "AWS::URLSuffix": "amazonaws.com",
}


def plain(value: Any) -> Any:
    """Return a value of a template with its joins and pseudo parameters resolved, others as `{Name}`."""
    if isinstance(value, list):
        return [plain(one) for one in value]
    if not isinstance(value, dict):
        return value
    match value:
        case {"Ref": name}:
            found = _PSEUDO.get(name, f"{{{name}}}")
        case {"Fn::GetAtt": parts}:
            found = f"{{{'.'.join(parts)}}}"
        case {"Fn::Select": [index, {"Fn::Split": [_, whole]}]}:
            found = f"{plain(whole)}[{index}]"
        case {"Fn::Join": [separator, parts]}:
            found = separator.join(plain(part) for part in parts)
        case _:
            return {key: plain(inner) for key, inner in value.items()}
    return found


def statements_of(stack: Stack) -> list[dict[str, Any]]:
    """Return the statements of all AWS::IAM::Policy resources, without Effect where it is Allow."""
    found = [
        plain(statement)
        for policy in resources(template(stack), "AWS::IAM::Policy").values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
    ]
    return [{k: v for k, v in one.items() if (k, v) != ("Effect", "Allow")} for one in found]


def in_order(statements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return statements in the order of their texts, for roles with several policies."""
    return sorted(statements, key=lambda one: json.dumps(one, sort_keys=True))
