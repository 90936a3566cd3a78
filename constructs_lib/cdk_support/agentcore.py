"""What AgentCore needs of a role that it assumes: the trust, and the telemetry of what it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

if TYPE_CHECKING:
    from constructs import Construct

__all__ = ["agentcore_telemetry", "agentcore_trust"]

_SERVICE = "bedrock-agentcore.amazonaws.com"


def agentcore_trust(scope: Construct) -> iam.IPrincipal:
    """Return AgentCore as principal, on behalf of resources of this account and Region only.

    Without the two conditions another account's resource could make AgentCore use the role (the confused
    deputy). The ARN is not narrower: AgentCore names the harness, or the runtime behind it.
    Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-permissions.html
    """
    stack = cdk.Stack.of(scope)
    arn = f"arn:{stack.partition}:bedrock-agentcore:{stack.region}:{stack.account}:*"
    return iam.ServicePrincipal(
        _SERVICE,
        conditions={"StringEquals": {"aws:SourceAccount": stack.account}, "ArnLike": {"aws:SourceArn": arn}},
    )


def agentcore_telemetry(scope: Construct) -> iam.PolicyDocument:
    """Return what writes the logs, metrics and traces of a runtime or a harness.

    Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness-security.html
    """
    stack = cdk.Stack.of(scope)
    logs = f"arn:{stack.partition}:logs:{stack.region}:{stack.account}:log-group:"
    group = f"{logs}/aws/bedrock-agentcore/runtimes/*"
    return iam.PolicyDocument.from_json(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": ["logs:CreateLogGroup", "logs:DescribeLogStreams"],
                    "Resource": group,
                },
                {"Effect": "Allow", "Action": "logs:DescribeLogGroups", "Resource": f"{logs}*"},
                {
                    "Effect": "Allow",
                    "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                    "Resource": f"{group}:log-stream:*",
                },
                {
                    "Effect": "Allow",
                    "Action": [
                        "xray:GetSamplingRules",
                        "xray:GetSamplingTargets",
                        "xray:PutTelemetryRecords",
                        "xray:PutTraceSegments",
                    ],
                    "Resource": "*",
                },
                {
                    "Effect": "Allow",
                    "Action": "cloudwatch:PutMetricData",
                    "Resource": "*",
                    "Condition": {"StringEquals": {"cloudwatch:namespace": "bedrock-agentcore"}},
                },
            ],
        }
    )
