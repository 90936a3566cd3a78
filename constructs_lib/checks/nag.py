"""The review as a pack of cdk-nag 3, for apps that show all their checks through cdk-nag."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdk_nag import NagPack

from constructs_lib.checks._door import Door

if TYPE_CHECKING:
    import aws_cdk as cdk

__all__ = ["BedrockPlaneNagPack"]


class BedrockPlaneNagPack(Door, NagPack):
    """The same findings under the same ids as ``BedrockPlaneChecks``, with the same options; use one of them.

    The pack reviews the finished templates once per synthesis. cdk-nag's own walk over the resources is left
    out: it would ask once per resource, and drop logical ids, properties and reasons.
    """

    @property
    def name(self) -> str:
        """The pack's name in the CDK's report."""
        return "BedrockPlanes"

    @property
    def read_pack_name(self) -> str:
        """The pack's name for cdk-nag's own tools."""
        return self.name

    def _check_resource(self, node: cdk.CfnResource) -> None:
        """Do nothing: ``validate`` looks at the templates as a whole."""
