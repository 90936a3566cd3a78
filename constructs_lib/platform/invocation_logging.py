"""Model invocation logging, the account's one setting for it, as a resource of a stack."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from constructs_lib.cdk_support import PlanesError, check_length, mark_role, service_role

if TYPE_CHECKING:
    from aws_cdk import aws_s3 as s3

__all__ = ["InvocationLogging"]

_HANDLERS = Path(__file__).parent.parent / "handlers"


class InvocationLogging(Construct):
    """Logs every model invocation of the account in this Region to CloudWatch Logs, Amazon S3, or both.

    There is one such setting in an account and Region and no CloudFormation type for it, so a Lambda function
    of the stack sets it. A setting that exists already is replaced, and put back when this construct is
    deleted; a setting that somebody else makes later is kept.

    Args:
        log_group: Where the logs go in CloudWatch Logs. Default: not there.
        bucket: Where the logs go in Amazon S3, in the same account and Region; its policy (and its key's)
            is extended by what Bedrock needs. Default: not there.
        key_prefix: Prefix of the objects. Default: none.
        large_data: Whether bodies above 100 KB and binary data, which CloudWatch Logs doesn't take, go to
            the bucket too. Default: yes where both destinations are given.
        text: Log text. Default: yes.
        image: Log images. Default: yes.
        embedding: Log embeddings. Default: yes.
        video: Log videos. Default: yes.

    At least one of ``log_group`` and ``bucket`` is needed. Attributes: ``role`` (what Bedrock assumes to
    write to CloudWatch Logs, or ``None``), ``handler_role``.

    Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        log_group: logs.ILogGroup | None = None,
        bucket: s3.IBucket | None = None,
        key_prefix: str | None = None,
        large_data: bool | None = None,
        text: bool = True,
        image: bool = True,
        embedding: bool = True,
        video: bool = True,
    ) -> None:
        if log_group is None and bucket is None:
            raise PlanesError("`log_group` and `bucket` are both missing: give at least one destination")
        if large_data and (log_group is None or bucket is None):
            raise PlanesError(
                "`large_data` is True and needs both `log_group` and `bucket`: give both or leave it out"
            )
        check_length("key_prefix", key_prefix, 1, 1024)
        super().__init__(scope, construct_id)
        config: dict[str, Any] = {
            "textDataDeliveryEnabled": text,
            "imageDataDeliveryEnabled": image,
            "embeddingDataDeliveryEnabled": embedding,
            "videoDataDeliveryEnabled": video,
        }
        self.role: iam.Role | None = None
        bucket_config = _bucket_config(bucket, key_prefix) if bucket is not None else None
        if bucket_config is not None:
            config["s3Config"] = bucket_config
        if log_group is not None:
            self.role = _log_role(self, log_group)
            config["cloudWatchConfig"] = {
                "logGroupName": log_group.log_group_name,
                "roleArn": self.role.role_arn,
            }
            if bucket_config is not None and large_data is not False:
                config["cloudWatchConfig"]["largeDataDeliveryS3Config"] = bucket_config
        function = self._function()
        setting = cdk.CustomResource(
            self,
            "Resource",
            resource_type="Custom::BedrockInvocationLogging",
            service_token=function.function_arn,
            # Above what the handler's retries take, far below CloudFormation's own hour.
            service_timeout=cdk.Duration.minutes(5),
            properties={"LoggingConfig": cdk.Stack.of(self).to_json_string(config)},
        )
        # The handler must keep its permissions until the setting is gone, and Bedrock tests the destinations.
        setting.node.add_dependency(self.handler_role)
        if bucket is not None:
            self._open_bucket(bucket, key_prefix, setting)

    def _function(self) -> lambda_.Function:
        """Make the handler's function with a role of its own, which can do this one thing."""
        group = logs.LogGroup(
            self,
            "HandlerLogs",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        self.handler_role = iam.Role(
            self,
            "HandlerRole",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description="Sets and removes the account's model invocation logging",
            inline_policies={"Handler": iam.PolicyDocument.from_json(self._handler_policy(group))},
        )
        mark_role(self.handler_role, "deploy")
        return lambda_.Function(
            self,
            "Handler",
            runtime=lambda_.Runtime.PYTHON_3_14,
            handler="invocation_logging.handler",
            code=lambda_.Code.from_asset(
                str(_HANDLERS), exclude=["*", "!invocation_logging.py"], ignore_mode=cdk.IgnoreMode.GIT
            ),
            role=self.handler_role.without_policy_updates(),
            timeout=cdk.Duration.minutes(3),
            log_group=group,
            description="Sets the account's model invocation logging",
        )

    def _handler_policy(self, group: logs.ILogGroup) -> dict[str, Any]:
        statements: list[dict[str, Any]] = [
            {
                # No resource type exists for the setting: IAM takes these actions on * only.
                "Effect": "Allow",
                "Action": [
                    "bedrock:DeleteModelInvocationLoggingConfiguration",
                    "bedrock:GetModelInvocationLoggingConfiguration",
                    "bedrock:PutModelInvocationLoggingConfiguration",
                ],
                "Resource": "*",
            },
            {
                "Effect": "Allow",
                "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                "Resource": group.log_group_arn,
            },
        ]
        if self.role is not None:
            statements.append(
                {
                    "Effect": "Allow",
                    "Action": "iam:PassRole",
                    "Resource": self.role.role_arn,
                    "Condition": {"StringEquals": {"iam:PassedToService": "bedrock.amazonaws.com"}},
                }
            )
        return {"Version": "2012-10-17", "Statement": statements}

    def _open_bucket(self, bucket: s3.IBucket, key_prefix: str | None, setting: cdk.CustomResource) -> None:
        """Let Bedrock write the logs of this account and Region, and nothing else, into the bucket."""
        stack = cdk.Stack.of(self)
        conditions = {
            "StringEquals": {"aws:SourceAccount": stack.account},
            "ArnLike": {"aws:SourceArn": f"arn:{stack.partition}:bedrock:{stack.region}:{stack.account}:*"},
        }
        service = iam.ServicePrincipal("bedrock.amazonaws.com")
        start = f"{key_prefix}/" if key_prefix else ""
        written = bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AmazonBedrockLogsWrite",
                principals=[service],
                actions=["s3:PutObject"],
                resources=[
                    bucket.arn_for_objects(f"{start}AWSLogs/{stack.account}/BedrockModelInvocationLogs/*")
                ],
                conditions=conditions,
            )
        )
        if written.policy_dependable is not None:
            setting.node.add_dependency(written.policy_dependable)
        if bucket.encryption_key is not None:
            bucket.encryption_key.add_to_resource_policy(
                iam.PolicyStatement(
                    principals=[service],
                    actions=["kms:GenerateDataKey"],
                    resources=["*"],
                    conditions=conditions,
                )
            )


def _bucket_config(bucket: s3.IBucket, key_prefix: str | None) -> dict[str, str]:
    return {"bucketName": bucket.bucket_name, **({"keyPrefix": key_prefix} if key_prefix else {})}


def _log_role(scope: Construct, log_group: logs.ILogGroup) -> iam.Role:
    """Make the role that Bedrock assumes to write to CloudWatch Logs: one stream of one group."""
    stack = cdk.Stack.of(scope)
    stream = (
        f"arn:{stack.partition}:logs:{stack.region}:{stack.account}:log-group:{log_group.log_group_name}"
        ":log-stream:aws/bedrock/modelinvocations"
    )
    return service_role(
        scope,
        "ServiceRole",
        source="*",
        description="Bedrock writes model invocation logs",
        statements=[
            {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": stream}
        ],
    )
