"""The review as a pack of cdk-nag 3, for apps that show all their checks through cdk-nag."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdk_nag import NagPack

from constructs_lib import __version__
from constructs_lib.checks._options import check_options, rule_ids
from constructs_lib.checks._run import Checker

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import aws_cdk as cdk

    from constructs_lib.review.model import Kind

__all__ = ["BedrockPlaneNagPack"]


class BedrockPlaneNagPack(NagPack):
    """The same findings under the same ids as ``BedrockPlaneChecks``; use one of the two.

    The pack reviews the finished templates once per synthesis. cdk-nag's own walk over the resources is left
    out: it would ask once per resource, and drop logical ids, properties and reasons.
    """

    def __init__(
        self,
        *,
        strict: bool = False,
        off: Iterable[str] = (),
        kinds: Mapping[Kind, Iterable[str]] | None = None,
        config: str | None = None,
        report: str | None = None,
    ) -> None:
        """Set the pack up; the options are those of ``BedrockPlaneChecks``.

        Raises:
            ValueError: an unknown rule or kind, or a wrong configuration file.

        """
        super().__init__()
        self._pack_name = "BedrockPlanes"
        self._checker = Checker(
            check_options(strict=strict, off=off, kinds=kinds, config=config, report=report)
        )

    @property
    def name(self) -> str:
        """The pack's name in the CDK's report."""
        return "BedrockPlanes"

    @property
    def version(self) -> str:
        """The version of this package."""
        return __version__

    @property
    def rule_ids(self) -> list[str]:
        """The ids of all rules, as acknowledgements name them."""
        return rule_ids()

    def _check_resource(self, node: cdk.CfnResource) -> None:
        """Do nothing: ``validate`` looks at the templates as a whole."""

    def validate(self, context: cdk.IPolicyValidationContext) -> cdk.PolicyValidationPluginReport:
        """Review the templates; the CDK calls this."""
        return self._checker.validate(context)
