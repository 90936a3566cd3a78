"""Functions behind custom resources: each has a role and a log group of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs

from constructs_lib.cdk_support.paths import role_path
from constructs_lib.cdk_support.roles import mark_role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs import Construct

__all__ = ["HANDLER_ID", "HandlerFunction", "handler_function"]

_LIBRARY = Path(__file__).parent.parent
_PACKED = ("handlers", "handlers/__init__.py", "handlers/answers.py")
"""What every function is packed with: the package, and how a custom resource answers."""

HANDLER_ID = "BedrockPlanesHandler"
"""How the logical ids of this library's handlers begin."""


@dataclass(frozen=True)
class HandlerFunction:
    """A function behind a custom resource, and its role."""

    function: lambda_.Function
    role: iam.Role


def handler_function(
    scope: Construct,
    module: str,
    *,
    statements: Sequence[Mapping[str, Any]],
    description: str,
    role_description: str,
    path: str | None = None,
    timeout: cdk.Duration | None = None,
    kind: str = "deploy",
) -> HandlerFunction:
    """Make the function of a module of ``constructs_lib/handlers``, with a role that can do this one thing.

    Args:
        scope: Gets the children ``Handler``, ``HandlerRole`` and ``HandlerLogs``.
        module: The module's name; its function is ``handler``.
        statements: The role's permissions beside writing its log.
        description: What the function does.
        role_description: What the role is for.
        path: The IAM path of the role. Default: ``/bedrock-planes/service/``, for an operator
            ``/bedrock-planes/operator/``.
        timeout: How long the function may run, at most 15 minutes. Default: 3 minutes.
        kind: What the review takes the role for, ``deploy`` or ``operator``.

    """
    group = logs.LogGroup(
        scope,
        "HandlerLogs",
        retention=logs.RetentionDays.ONE_MONTH,
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )
    writing = {
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": group.log_group_arn,
    }
    own = [dict(statement) for statement in statements]
    document = {"Version": "2012-10-17", "Statement": [*own[:1], writing, *own[1:]]}
    role = iam.Role(
        scope,
        "HandlerRole",
        assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
        description=role_description,
        path=role_path("operator" if kind == "operator" else "service", path),
        inline_policies={"Handler": iam.PolicyDocument.from_json(document)},
    )
    mark_role(role, kind)
    function = lambda_.Function(
        scope,
        "Handler",
        runtime=lambda_.Runtime.PYTHON_3_14,
        handler=f"handlers.{module}.handler",
        code=lambda_.Code.from_asset(
            str(_LIBRARY),
            exclude=["*", *(f"!{name}" for name in (*_PACKED, f"handlers/{module}.py"))],
            ignore_mode=cdk.IgnoreMode.GIT,
        ),
        role=role.without_policy_updates(),
        timeout=timeout or cdk.Duration.minutes(3),
        # A request that comes again after its stack has moved on would be served anew.
        retry_attempts=0,
        log_group=group,
        description=description,
    )
    # CloudFormation makes the function's name from the logical id, and the deploy role may invoke by it.
    resource = function.node.default_child
    if isinstance(resource, lambda_.CfnFunction):
        resource.override_logical_id(f"{HANDLER_ID}{function.node.addr[-8:].upper()}")
    return HandlerFunction(function, role)
