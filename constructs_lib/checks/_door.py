"""What plugin and pack have in common: their options, and one run of the review behind both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.checks._options import check_options, rule_ids
from constructs_lib.checks._run import Checker
from constructs_lib.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import aws_cdk as cdk

    from constructs_lib.templates import Kind

__all__ = ["Door"]


class Door:
    """What the CDK asks of a validation plugin; the class that is registered adds its name."""

    def __init__(
        self,
        *,
        strict: bool = False,
        off: Iterable[str] = (),
        kinds: Mapping[Kind, Iterable[str]] | None = None,
        config: str | None = None,
        report: str | None = None,
    ) -> None:
        """Set the check up.

        Args:
            strict: also fail on control reads beside data (BP102) and on app and deploy roles that are known
                in part only (BP107). Without it these pass.
            off: ids of rules that are not checked. Without it all are.
            kinds: what principals are for, by patterns of their name or construct path, or
                ``tag:KEY=VALUE``: ``{"app": ["*/Chat/Role"]}``. Without it only marks and trust policies say.
            config: the path of a TOML file with the configuration of `bedrock-planes review`, such as
                ``pyproject.toml``; ``off`` and ``kinds`` add to it. Without it none is read.
            report: the name of a file for the JSON report, beside the templates. Without it none is written.

        Raises:
            ValueError: an unknown rule or kind, or a wrong configuration file.

        """
        super().__init__()
        self._checker = Checker(
            check_options(strict=strict, off=off, kinds=kinds, config=config, report=report)
        )

    @property
    def version(self) -> str:
        """The version of this package."""
        return __version__

    @property
    def rule_ids(self) -> list[str]:
        """The ids of all rules, as acknowledgements name them."""
        return rule_ids()

    def validate(self, context: cdk.IPolicyValidationContext) -> cdk.PolicyValidationPluginReport:
        """Review the templates; the CDK calls this."""
        return self._checker.validate(context)
