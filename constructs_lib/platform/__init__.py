"""Constructs around the resources: roles that deploy and operate, logging, network."""

from __future__ import annotations

from constructs_lib.lazily import exports

TYPE_CHECKING = False  # as typing's, without the cost of importing typing
if TYPE_CHECKING:
    from constructs_lib.platform.audit import DATA_EVENT_TYPES, BedrockTrail, PlaneCrossingAlarms
    from constructs_lib.platform.deploy_role import DeployRole
    from constructs_lib.platform.deployer import Deployer
    from constructs_lib.platform.endpoints import BedrockVpcEndpoints
    from constructs_lib.platform.event_patterns import EVENT_SOURCES, alarming_changes, event_names
    from constructs_lib.platform.invocation_logging import FormerLogging, InvocationLogging, OnDelete
    from constructs_lib.platform.operator_role import OperatorGrants, OperatorRole
    from constructs_lib.platform.review_step import ReviewStep
    from constructs_lib.platform.usage import BedrockDashboard, BedrockQueries

__all__ = [
    "DATA_EVENT_TYPES",
    "EVENT_SOURCES",
    "BedrockDashboard",
    "BedrockQueries",
    "BedrockTrail",
    "BedrockVpcEndpoints",
    "DeployRole",
    "Deployer",
    "FormerLogging",
    "InvocationLogging",
    "OnDelete",
    "OperatorGrants",
    "OperatorRole",
    "PlaneCrossingAlarms",
    "ReviewStep",
    "alarming_changes",
    "event_names",
]

__getattr__, __dir__ = exports(
    __name__,
    {
        "audit": ("DATA_EVENT_TYPES", "BedrockTrail", "PlaneCrossingAlarms"),
        "deploy_role": ("DeployRole",),
        "deployer": ("Deployer",),
        "endpoints": ("BedrockVpcEndpoints",),
        "event_patterns": ("EVENT_SOURCES", "alarming_changes", "event_names"),
        "invocation_logging": ("FormerLogging", "InvocationLogging", "OnDelete"),
        "operator_role": ("OperatorGrants", "OperatorRole"),
        "review_step": ("ReviewStep",),
        "usage": ("BedrockDashboard", "BedrockQueries"),
    },
)
