"""The CDK app: five stacks that keep the two planes of Amazon Bedrock apart.

Context: ``account``, ``region``, ``prefix``, ``model``, ``large-model``, ``prompt-cache``,
``embedding-model``, ``agents-classic``, ``assumable-by``, ``app-assumable-by``, ``former-logging``,
``alarm-email``, ``termination-protection``. docs/deploy.md says what each of them changes.
"""

from __future__ import annotations

import sys

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks

from constructs_lib import PlanesError
from constructs_lib.checks import BedrockPlaneChecks
from stacks import (
    AppStack,
    AuditStack,
    ControlPlaneStack,
    DeployRoleStack,
    NetworkStack,
    Settings,
    SettingsError,
)

__all__ = ["build"]


def build(app: cdk.App) -> None:
    """Add the stacks to an app; raise ``SettingsError`` for a wrong context value."""
    settings = Settings.from_context(app.node)
    deploy_role = DeployRoleStack(app, settings=settings)
    audit = AuditStack(app, settings=settings)
    network = NetworkStack(app, settings=settings)
    control_plane = ControlPlaneStack(app, settings=settings)
    for stack in (network, control_plane):
        # They are deployed and destroyed with the policies of this one, so it comes first and goes last.
        stack.add_stack_dependency(deploy_role)
    # Its alarms notify the topic of the audit stack, read from a parameter.
    control_plane.add_stack_dependency(audit)
    application = AppStack(app, settings=settings, network=network)
    # It reads the parameters that the control plane publishes, which no reference between the two shows.
    application.add_stack_dependency(control_plane)


def main() -> int:
    """Synthesize and return the exit status."""
    app = cdk.App()
    try:
        build(app)
    except (SettingsError, PlanesError) as error:
        print(f"app.py: {error}", file=sys.stderr)  # noqa: T201 - the one line that the user reads
        return 2
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(), BedrockPlaneChecks(strict=True))
    try:
        app.synth()
    except RuntimeError as error:
        # The findings are on standard error; what a construct says of its own state is only here.
        text = str(error)
        if not text.startswith("ValidationFailed"):
            raise
        print(f"app.py: {text.partition(': ')[2]}", file=sys.stderr)  # noqa: T201 - what the user reads last
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
