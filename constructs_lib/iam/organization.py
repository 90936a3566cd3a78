"""Service control policies by level of an organization, and the conditional Denies that can't be decided.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html: at each
level (the root, each organizational unit, the account) a policy must allow, and a Deny at any level counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.iam.action_sets import ActionSet, denied_actions
from constructs_lib.iam.conditions import holds
from constructs_lib.iam.model import Origin, Policy, Statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from constructs_lib.iam.conditions import Context
    from constructs_lib.iam.effective_permissions import Layer

__all__ = ["scp_level", "undecided_denies"]

# The policy that AWS Organizations attaches everywhere until somebody replaces it:
# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
_NOWHERE = Origin("", "")
_FULL_ACCESS = Policy(
    "FullAWSAccess",
    (
        Statement(
            effect="Allow",
            actions=("*",),
            not_actions=None,
            resources=("*",),
            not_resources=None,
            principals=None,
            not_principals=None,
            conditions=(),
            sid=None,
            conditional=False,
            unresolved=(),
            origin=_NOWHERE,
        ),
    ),
    _NOWHERE,
)


def scp_level(layer: Layer) -> tuple[Policy, ...]:
    """Return the policies of one level, with ``FullAWSAccess`` where none of them allows anything.

    A level without any Allow would deny everything, so a file that only denies is one of several policies of
    its level, of which the input shows the others not.
    """
    policies = (layer,) if isinstance(layer, Policy) else tuple(layer)
    allows = any(statement.effect == "Allow" for policy in policies for statement in policy.statements)
    return policies if allows else (*policies, _FULL_ACCESS)


def undecided_denies(
    policies: Iterable[Policy],
    mask: ActionSet,
    principal: Context,
    requests: Sequence[tuple[ActionSet, Context]],
) -> Iterator[Origin]:
    """Yield the places of the Denies whose conditions could not be decided, so that nothing was removed.

    Args:
        policies: The policies.
        mask: The actions that matter; a Deny of others is not looked at.
        principal: What is known about every request of the principal, such as ``aws:PrincipalArn``.
        requests: The requests that were decided one by one: their action, and what is known about them.

    """
    for policy in policies:
        for statement in policy.statements:
            if statement.effect != "Deny" or not statement.conditions:
                continue
            denied = denied_actions(statement.actions, statement.not_actions) & mask
            if not denied or holds(statement.conditions, principal, partial=True).matched is False:
                continue
            results = [
                holds(statement.conditions, context, partial=True).matched
                for action, context in requests
                if action & denied
            ]
            if not results or (None in results and True not in results):
                yield statement.origin
