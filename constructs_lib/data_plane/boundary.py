"""The permissions boundary that keeps a role on the data plane whatever is attached to it later."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from constructs_lib import catalogue
from constructs_lib.catalogue import Plane
from constructs_lib.cdk_support import PlanesError
from constructs_lib.data_plane.quotas import MANAGED_POLICY, size_of
from constructs_lib.iam import compress

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs import Construct

__all__ = ["DataPlaneBoundary", "boundary_document", "fingerprint_of"]

# Reading IAM stays possible, since everything outside Bedrock and self-escalation does.
_IAM_READS = ("iam:Get*", "iam:List*", "iam:Simulate*")


def boundary_document(
    assumable_roles: Sequence[str] = (), families: Sequence[str] | None = None
) -> dict[str, Any]:
    """Return the boundary as an IAM document.

    Allowed are every action of other services, and of Bedrock's services exactly the data actions that the
    catalogue knows, by their full names: an action that AWS adds tomorrow is denied until it is known to be
    safe. Not allowed are changes to IAM and, except for ``assumable_roles``, becoming another role. With
    ``families`` only their data actions are allowed.

    Raises:
        PlanesError: The document outgrows a managed policy.
    """
    data = sorted(
        name
        for name, action in catalogue.actions().items()
        if action.plane is Plane.DATA and (families is None or action.family in families)
    )
    others = [
        *(f"{prefix}:*" for prefix in catalogue.prefixes()),
        "iam:*",
        "sts:AssumeRole",
        "sts:AssumeRoot",
    ]
    statements: list[dict[str, Any]] = [
        {"Sid": "OtherServices", "Effect": "Allow", "NotAction": others, "Resource": "*"},
        {"Sid": "DataPlane", "Effect": "Allow", "Action": [*data, *_IAM_READS], "Resource": "*"},
    ]
    if assumable_roles:
        statements.append(
            {
                "Sid": "NamedRoles",
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Resource": sorted(assumable_roles),
            }
        )
    document = {"Version": "2012-10-17", "Statement": statements}
    if size_of(document) > MANAGED_POLICY:
        # Patterns match exactly the same actions of the catalogue in a third of the space.
        statements[1]["Action"] = [*compress(data), *_IAM_READS]
    if size_of(document) > MANAGED_POLICY:
        raise PlanesError(
            f"`assumable_roles` makes the boundary {size_of(document) - MANAGED_POLICY} characters too long: "
            "name fewer roles"
        )
    return document


def fingerprint_of(document: Mapping[str, Any]) -> str:
    """Return the fingerprint of a boundary's document, the same for any order of its keys."""
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


class DataPlaneBoundary(iam.ManagedPolicy):
    """A managed policy to be used as permissions boundary of application roles.

    It grants nothing by itself: it cuts what other policies grant. See :func:`boundary_document`.

    Args:
        assumable_roles: ARNs of the roles that the application may assume. Default: none.
        families: The only families of Bedrock that are allowed. Default: every family of the data plane.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        assumable_roles: Sequence[str] = (),
        families: Sequence[str] | None = None,
    ) -> None:
        document = boundary_document(assumable_roles, families)
        super().__init__(
            scope,
            construct_id,
            description="Keeps a role on the data plane of Amazon Bedrock",
            document=iam.PolicyDocument.from_json(document),
        )
        # App roles carry it in their marks, so that the review knows the boundary where it is imported.
        self.mark = {"sha256": fingerprint_of(document)}

    @staticmethod
    def of(scope: Construct) -> DataPlaneBoundary:
        """Return the one boundary that the app roles of a stack share, made on first use."""
        stack = cdk.Stack.of(scope)
        found = stack.node.try_find_child("DataPlaneBoundary")
        if found is None:
            return DataPlaneBoundary(stack, "DataPlaneBoundary")
        if not isinstance(found, DataPlaneBoundary):
            raise PlanesError(f"`{found.node.path}` is in the way of the boundary: rename that construct")
        return found
