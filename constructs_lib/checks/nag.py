"""The review as a pack of cdk-nag 3, for apps that show all their checks through cdk-nag."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdk_nag import NagPack

from constructs_lib.checks.plugin import PluginBase

if TYPE_CHECKING:
    import aws_cdk as cdk

__all__ = ["BedrockPlaneNagPack"]


class BedrockPlaneNagPack(PluginBase, NagPack):
    """The same findings under the same ids as ``BedrockPlaneChecks``, with the same options; use one of them.

    The pack reviews the finished templates once per synthesis. It doesn't use cdk-nag's own loop over the
    resources, which calls a rule once per resource and drops logical ids, properties and reasons.
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
        """Do nothing: ``validate`` reviews the templates as a whole."""
