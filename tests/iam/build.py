"""Short spellings for the policies that the tests are about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.iam import names_of, parse_document

if TYPE_CHECKING:
    from constructs_lib.iam import Effective, Policy

__all__ = ["KB", "MODEL", "actions_of", "allow", "deny", "policy"]

KB = "arn:aws:bedrock:us-east-1:111122223333:knowledge-base/KB12345678"
MODEL = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def policy(*statements: dict[str, Any], conditional: bool = False) -> Policy:
    return parse_document(
        {"Version": "2012-10-17", "Statement": list(statements)},
        name="test",
        path="test.json",
        pointer="",
        conditional=conditional,
    )


def actions_of(permissions: Effective) -> tuple[str, ...]:
    """Return the names of the effective actions, sorted."""
    return names_of(permissions.mask)
