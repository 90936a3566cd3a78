"""Statements of the grants table given to a principal, and as JSON for service roles."""

from __future__ import annotations

from functools import reduce
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol, cast, runtime_checkable

from aws_cdk import aws_iam as iam

from constructs_lib.catalogue import verbs as table
from constructs_lib.cdk_support import PlanesError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Targets = Mapping[str, Sequence[table.Target]]
    Values = Mapping[str, Sequence[str]]

__all__ = ["ChecksGrants", "deny", "grant", "statement_json"]

_READ = ("model", "guardrail")
_NO_VALUES: Mapping[str, Sequence[str]] = MappingProxyType({})


@runtime_checkable
class ChecksGrants(Protocol):
    """A role that checks the statements of a grant itself and chooses the policies that get them.

    The statements then need no second look on their way, which would cost three calls into the CDK each.
    """

    def take_grant(self, verb: str, statements: Sequence[Mapping[str, Any]]) -> Sequence[iam.IGrantable]:
        """Refuse what the role may not hold; return what each statement is added to."""
        ...


def grant(
    grantee: iam.IGrantable,
    verb: str,
    targets: Targets,
    *,
    streaming: bool = False,
    values: Values = _NO_VALUES,
    control_reads: bool = False,
) -> iam.Grant:
    """Give a verb of the grants table to any principal and return the combined grant.

    Statements that limit (Deny) are added and not part of the returned grant. With ``control_reads`` the
    reads that AWS documents for callers of the targets are given too, each on the same exact ARN.

    Raises:
        PlanesError: ``control_reads`` finds nothing to read, or a target that is not exact.
    """
    statements = list(table.statements(verb, targets, streaming=streaming, values=values))
    if control_reads:
        statements += _reads(targets)
    listed = [_json(statement) for statement in statements]
    homes = grantee.take_grant(verb, listed) if isinstance(grantee, ChecksGrants) else [grantee] * len(listed)
    made: dict[int, iam.Grant] = {}
    for number, (statement, home) in enumerate(zip(statements, homes, strict=True)):
        if statement.effect == "Deny":
            deny(home, _json(statement))
            continue
        one = iam.Grant.add_to_principal(
            grantee=home,
            actions=list(statement.actions),
            resource_arns=list(statement.resources),
            conditions=_conditions(statement),
        )
        # One policy holds all statements of such a role, or two, so the last grant of each represents all.
        made[number if home is grantee else id(home)] = one
    first, *others = made.values() or (None,)
    # `None` only for a verb that denies and allows nothing, whose method returns nothing either.
    return reduce(iam.Grant.combine, others, cast("iam.Grant", first))


def _reads(targets: Targets) -> list[table.GrantStatement]:
    """Return the control reads of the models and guardrails among the targets."""
    arns = [arn for name in _READ for target in targets.get(name, ()) for arn in target.arns]
    found: dict[str, list[str]] = {}
    for arn in arns:
        read = table.CONTROL_READS.get(arn.split(":", 5)[-1].partition("/")[0])
        if read is not None:
            if "*" in arn or "?" in arn:
                raise PlanesError(
                    f"`control_reads` needs exact ARNs, and `{arn}` is a pattern: name the resource"
                )
            found.setdefault(read, []).append(arn)
    if not found:
        raise PlanesError(
            f"`control_reads` finds nothing to read in `{arns[0]}`: AWS documents a read for "
            f"{', '.join(sorted(table.CONTROL_READS))}, so leave it out, or pass the ARN of such a "
            "resource in place of a value that only the deployment knows"
        )
    return [table.GrantStatement((read,), tuple(on), {}) for read, on in sorted(found.items())]


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
