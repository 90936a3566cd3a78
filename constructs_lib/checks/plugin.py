"""The review as a validation plugin of the CDK."""

from __future__ import annotations

import aws_cdk as cdk
import jsii

from constructs_lib.checks._door import Door

__all__ = ["BedrockPlaneChecks"]


@jsii.implements(cdk.IPolicyValidationPlugin)
class BedrockPlaneChecks(Door):
    """Reviews the synthesized templates and fails the synthesis while an error stands.

    ``Validations.of(app).add_plugins(BedrockPlaneChecks())`` on an app reviews all its stages as one
    assembly; on a stage, that stage alone. Warnings and notes are shown and pass. A finding is acknowledged
    with ``Validations.of(construct).acknowledge(Acknowledgment(id="bedrock-planes::BP101", reason="..."))``.
    """

    @property
    def name(self) -> str:
        """The plugin's name in the CDK's report."""
        return "bedrock-planes"
