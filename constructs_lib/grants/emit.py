"""Statements of the grants table given to a principal, and as JSON for service roles."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol, cast, runtime_checkable

from aws_cdk import aws_iam as iam

from constructs_lib.catalogue import verbs as table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Targets = Mapping[str, Sequence[table.Target]]
    Values = Mapping[str, Sequence[str]]

__all__ = ["ChecksGrants", "deny", "grant", "statement_json"]

_NO_VALUES: Mapping[str, Sequence[str]] = MappingProxyType({})


@runtime_checkable
class ChecksGrants(Protocol):
    """A role that checks the statements of a grant itself and chooses the policy that gets them.

    The statements then need no second look on their way, which would cost three calls into the CDK each.
    """

    def take_grant(self, verb: str, statements: Sequence[Mapping[str, Any]]) -> iam.IGrantable:
        """Refuse what the role may not hold; return what the statements are added to."""
        ...


def grant(
    grantee: iam.IGrantable,
    verb: str,
    targets: Targets,
    *,
    streaming: bool = False,
    values: Values = _NO_VALUES,
) -> iam.Grant:
    """Give a verb of the grants table to any principal and return the combined grant.

    Statements that limit (Deny) are added and not part of the returned grant.
    """
    statements = table.statements(verb, targets, streaming=streaming, values=values)
    listed = [_json(statement) for statement in statements]
    home = grantee.take_grant(verb, listed) if isinstance(grantee, ChecksGrants) else grantee
    made: iam.Grant | None = None
    for statement in statements:
        if statement.effect == "Deny":
            deny(home, _json(statement))
            continue
        one = iam.Grant.add_to_principal(
            grantee=home,
            actions=list(statement.actions),
            resource_arns=list(statement.resources),
            conditions=_conditions(statement),
        )
        # One policy holds all statements of such a role, so the last grant represents all of them.
        made = one if made is None or home is not grantee else made.combine(one)
    # `None` only for a verb that denies and allows nothing, whose method returns nothing either.
    return cast("iam.Grant", made)


def deny(grantee: iam.IGrantable, statement: Mapping[str, Any]) -> None:
    """Add a Deny statement to any principal."""
    grantee.grant_principal.add_to_principal_policy(iam.PolicyStatement.from_json(dict(statement)))


def statement_json(
    verb: str, targets: Targets, *, streaming: bool = False, values: Values = _NO_VALUES
) -> list[dict[str, Any]]:
    """Return a verb's statements as IAM's JSON, for the inline policy of a service role."""
    return [_json(s) for s in table.statements(verb, targets, streaming=streaming, values=values)]


def _json(statement: table.GrantStatement) -> dict[str, Any]:
    conditions = _conditions(statement)
    return {
        "Effect": statement.effect,
        "Action": list(statement.actions),
        "Resource": list(statement.resources),
        **({"Condition": conditions} if conditions else {}),
    }


def _conditions(statement: table.GrantStatement) -> dict[str, dict[str, Any]] | None:
    return {
        operator: {key: value if isinstance(value, str) else list(value) for key, value in keys.items()}
        for operator, keys in statement.conditions.items()
    } or None
