"""What roles that configure Bedrock may do with other roles: never become, or pass on, any app role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.cdk_support import ROLE_PATHS, PlanesError, as_list, is_token
from constructs_lib.iam import ASSUME_ROLE, PASS_ROLE, matches, may_overlap

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["refuse_app_roles"]

_APP_ROLES = f"role{ROLE_PATHS['app']}*"
_WITH = {
    ASSUME_ROLE: "with `sts:AssumeRole` it could become an app role, which runs models",
    "sts:AssumeRoot": "with `sts:AssumeRoot` it could become the root user of an account",
    PASS_ROLE: "with `iam:PassRole` it could run code as an app role, which runs models",
}


def refuse_app_roles(
    kind: str, path: str, pattern: str, statement: Mapping[str, Any], *, passes: bool
) -> None:
    """Refuse to assume a role, or to pass one on, that may lie under the path of app roles.

    Args:
        kind: The kind of the role, for the message.
        path: The path of the role's construct.
        pattern: One action or pattern of the statement.
        statement: The statement, as IAM's JSON. A resource that isn't known yet is left to the check of the
            finished template.
        passes: Whether passing is refused too: a deploy role passes the roles that it makes.

    Raises:
        PlanesError: The pattern means such an action on a resource that may be an app role.
    """
    meant = [
        name for name in _WITH if (passes or name != PASS_ROLE) and matches(pattern, name, ignore_case=True)
    ]
    if not meant:
        return
    for resource in as_list(statement.get("Resource", "*")):
        if isinstance(resource, str) and not is_token(resource) and _may_be_app_role(resource):
            raise PlanesError(
                f"the {kind} role `{path}` can't hold `{pattern}` on `{resource}`: {_WITH[meant[0]]}; name "
                f"the roles, none of them under `{ROLE_PATHS['app']}`"
            )


def _may_be_app_role(arn: str) -> bool:
    """Whether a resource of a statement may be a role under the path of app roles, in any account."""
    parts = arn.split(":", 5)
    if len(parts) < 6:
        return "*" in arn or "?" in arn
    return may_overlap(parts[5], _APP_ROLES)
