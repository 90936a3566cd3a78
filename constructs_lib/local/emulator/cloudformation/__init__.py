"""CloudFormation types that ministack lacks, driven by the registry schemas that cfn-lint ships."""

from constructs_lib.local.emulator.cloudformation import (
    _foreign,
    _gaps,
    _provision,
    _recorded,
    execution_role,
)

__all__ = ["install", "reset"]


def install() -> None:
    """Register the types and close the gaps of ministack's own."""
    _provision.install()
    _recorded.install()
    _gaps.install()
    _foreign.install()


def reset() -> None:
    """Forget stacks and their owners."""
    execution_role.reset()
    _provision.reset()
