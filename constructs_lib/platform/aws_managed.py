"""AWS managed policies on the roles that configure Bedrock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import aws_iam as iam

from constructs_lib.cdk_support import PlanesError
from constructs_lib.iam import ESCALATIONS, PASS_ROLE, covers
from constructs_lib.iam.managed import HARMLESS, lookup

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["check_aws_managed"]


def check_aws_managed(
    kind: str, path: str, policy: iam.IManagedPolicy, check: Callable[[Mapping[str, Any]], None]
) -> None:
    """Refuse a managed policy whose content is not known, or is not for a role that configures Bedrock.

    Args:
        kind: The kind of the role, for the message.
        path: The path of the role's construct.
        policy: A policy of this app is left to the caller, who sees its document.
        check: Raises :class:`PlanesError` for a statement that the role may not hold.
    """
    if isinstance(policy, iam.ManagedPolicy):
        return
    arn = policy.managed_policy_arn
    known = lookup(arn) if ":iam::aws:policy/" in arn else None
    if known is HARMLESS:
        return
    if known is None:
        raise PlanesError(
            f"the {kind} role `{path}` can't take the managed policy `{arn}`: what it allows can't be seen "
            "here; write the statements that it needs with `add_to_policy`"
        )
    for statement in known.statements:
        patterns = statement.actions or ()
        changes = [a for a in (*ESCALATIONS, PASS_ROLE) if any(covers(p, a) for p in patterns)]
        if statement.effect == "Allow" and (changes or statement.not_actions is not None):
            raise PlanesError(
                f"the {kind} role `{path}` can't take the managed policy `{arn}`: it allows "
                f"`{changes[0] if changes else 'NotAction'}`, with which the role could give itself any "
                "permission; write the statements that it needs with `add_to_policy`"
            )
        check({"Effect": statement.effect, "Action": statement.actions, "Resource": statement.resources})
