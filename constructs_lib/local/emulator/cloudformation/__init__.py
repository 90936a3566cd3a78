"""CloudFormation types that ministack lacks, driven by the registry schemas that cfn-lint ships."""

from constructs_lib.local.emulator.cloudformation import (
    _agentcore_types,
    _conditions,
    _execution_role,
    _exports,
    _first_deployment,
    _handler_permissions,
    _handlers,
    _open_search_types,
    _other_types,
)
from constructs_lib.local.emulator.cloudformation._execution_role import client_of_role, remember

__all__ = ["client_of_role", "install", "remember", "reset"]


def install() -> None:
    """Register the types and correct ministack's own."""
    _conditions.install()
    _exports.install()
    _handlers.install()
    _open_search_types.install()
    _other_types.install()
    _agentcore_types.install()
    _handler_permissions.install()
    _first_deployment.install()


def reset() -> None:
    """Forget stacks and their owners."""
    _execution_role.reset()
    _handlers.reset()
    _agentcore_types.reset()
    _handler_permissions.reset()
    _first_deployment.reset()
