"""Mark roles with their kind, which the review would otherwise report as ``unknown``."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import aws_cdk as cdk

from constructs_lib.cdk_support import MARK, PlanesError
from constructs_lib.templates import Kind

if TYPE_CHECKING:
    from aws_cdk import aws_iam as iam

__all__ = ["mark_role"]


def mark_role(role: iam.IRole | iam.CfnRole, kind: Kind) -> None:
    """Mark a role that another library made, as ``AppRole`` and ``DeployRole`` mark themselves.

    The mark is metadata in the template (``bedrock-planes:role``); it grants and denies nothing.

    Args:
        role: A role that this app creates.
        kind: ``app`` (serves requests), ``deploy`` (provisions), ``service`` (an AWS service assumes it),
            ``operator`` (people or schedules use it for named control actions) or ``unknown``.

    Raises:
        PlanesError: The kind is unknown, or the role is imported: no template of this app defines it.

    """
    if kind not in get_args(Kind):
        message = f"`kind` is `{kind}`: use one of {', '.join(f'`{name}`' for name in get_args(Kind))}"
        raise PlanesError(message)
    if not hasattr(role, "node"):
        raise PlanesError(f"`role` has the value `{role}`: pass the role")
    resource = role if isinstance(role, cdk.CfnResource) else role.node.default_child
    if not isinstance(resource, cdk.CfnResource):
        message = (
            f"the role `{role.node.path}` is not defined in this app, so no template can have its mark: "
            f"name it in the check's `kinds`, `{{{kind!r}: [...]}}`"
        )
        raise PlanesError(message)
    # Assigning cfn_options.metadata would erase aws:cdk:path.
    resource.add_metadata(MARK, {"kind": kind})
