"""Model invocation logging, the account's one setting for it, as a resource of a stack."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from constructs_lib.cdk_support import (
    PlanesError,
    add_to_resource_policy,
    allow_given_role,
    ask_owner,
    bucket_arn_of,
    bucket_key_of,
    bucket_name_of,
    check_length,
    check_path,
    check_pattern,
    check_value,
    handler_function,
    has_attribute,
    is_token,
    service_role,
    with_explained_calls,
)
from constructs_lib.platform.alarms import alarm_on_any

if TYPE_CHECKING:
    from aws_cdk import aws_sns as sns
    from aws_cdk.interfaces import aws_s3 as s3_refs
    from constructs import IConstruct, IDependable

    from constructs_lib.cdk_support import HandlerFunction

__all__ = ["OWNER_PARAMETER", "FormerLogging", "InvocationLogging", "OnDelete"]

# Fixed, so that a construct which is renamed or moved within its stack stays the same resource.
_SETTING_ID = "BedrockInvocationLogging"
_OWNER_ID = "BedrockInvocationLoggingOwner"
_LOOK_ID = "BedrockInvocationLoggingLook"
_FORMER_ID = "BedrockInvocationLoggingFormer"
# As in the handler, which the CDK's side doesn't import because it needs boto3.
_LOOK_TYPE = "Custom::BedrockInvocationLoggingLook"
# Above what the handler's retries take, far below CloudFormation's own hour.
_SERVICE_TIMEOUT = cdk.Duration.minutes(5)
# https://docs.aws.amazon.com/bedrock/latest/userguide/monitoring-runtime-metrics.html
_UNDELIVERED = {
    "cloudWatchConfig": "ModelInvocationLogsCloudWatchDeliveryFailure",
    "s3Config": "ModelInvocationLogsS3DeliveryFailure",
    "largeDataDeliveryS3Config": "ModelInvocationLargeDataS3DeliveryFailure",
}
# AWS's page names the dimension so, and not what its value is called: both readings are watched.
_ALL_MODELS: tuple[dict[str, str], ...] = ({}, {"ModelId": "Across all model IDs"})
# CloudFormation makes a parameter of this name once in an account and Region: a second owner fails there.
OWNER_PARAMETER = "/bedrock-planes/invocation-logging/owner"


class OnDelete(Enum):
    """What becomes of the account's invocation logging when the construct is deleted."""

    RESTORE = "RESTORE"
    """The former setting is put back; without one, logging is off as it was before."""
    SWITCH_OFF = "SWITCH_OFF"
    """Logging is off, also where there was a former setting."""


@with_explained_calls
@dataclass(frozen=True, kw_only=True)
class FormerLogging:
    """The invocation logging that the account has before the stack, so that it can be put back.

    If it isn't known, deploy without it: the deployment fails, changes nothing, and its reason holds this
    value, ready to be pasted.

    Args:
        log_group_name: The log group in CloudWatch Logs. Default: none.
        role_arn: The role with which Bedrock writes there; needed with ``log_group_name``. The handler may
            pass it to Bedrock, because putting the setting back needs ``iam:PassRole``. Default: none.
        large_data_bucket_name: The bucket for what CloudWatch Logs doesn't take. Default: none.
        large_data_key_prefix: The prefix there. Default: none.
        bucket_name: The bucket of the logs in Amazon S3. Default: none.
        key_prefix: The prefix there. Default: none.
        text: Whether text was logged. Default: yes.
        image: Whether images were logged. Default: yes.
        embedding: Whether embeddings were logged. Default: yes.
        video: Whether videos were logged. Default: yes.
        audio: Whether audio was logged. Default: yes.

    Raises:
        PlanesError: No destination, or one without the other part that it needs.

    Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_LoggingConfig.html

    """

    log_group_name: str | None = None
    role_arn: str | None = None
    large_data_bucket_name: str | None = None
    large_data_key_prefix: str | None = None
    bucket_name: str | None = None
    key_prefix: str | None = None
    text: bool = True
    image: bool = True
    embedding: bool = True
    video: bool = True
    audio: bool = True

    def __post_init__(self) -> None:
        """Check the combination of values."""
        if self.log_group_name is None and self.bucket_name is None:
            raise PlanesError(
                "`takeover` names no destination: give `log_group_name` and `role_arn`, or `bucket_name`"
            )
        if (self.log_group_name is None) != (self.role_arn is None):
            raise PlanesError(
                "`takeover` needs `log_group_name` and `role_arn` together: give both or neither"
            )
        if self.large_data_bucket_name is not None and self.log_group_name is None:
            raise PlanesError(
                "`takeover` has `large_data_bucket_name` without `log_group_name`: give both or neither"
            )
        check_pattern(
            "takeover.role_arn",
            self.role_arn,
            r"arn:[\w-]+:iam::\d{12}:role/.+",
            "pass the role's ARN, such as arn:aws:iam::111122223333:role/BedrockLogs",
        )

    def to_config(self) -> dict[str, Any]:
        """Return the setting as the API takes it."""
        config = _flags(self)
        if self.bucket_name is not None:
            config["s3Config"] = _s3_config(self.bucket_name, self.key_prefix)
        if self.log_group_name is not None:
            cloud_watch: dict[str, Any] = {"logGroupName": self.log_group_name, "roleArn": self.role_arn}
            if self.large_data_bucket_name is not None:
                cloud_watch["largeDataDeliveryS3Config"] = _s3_config(
                    self.large_data_bucket_name, self.large_data_key_prefix
                )
            config["cloudWatchConfig"] = cloud_watch
        return config


@with_explained_calls
class InvocationLogging(Construct):
    """Logs the model calls of this account and Region to CloudWatch Logs, Amazon S3, or both.

    There is one such setting in an account and Region and no CloudFormation type for it, so a Lambda function
    of the stack sets it. A setting that exists already is never overwritten unless ``takeover`` declares it:
    the deployment fails, and its reason holds the value to paste. The declared one is put back when this
    construct is deleted, or the deletion fails and says why. A setting that somebody else makes later is left
    alone, also when it is the declared one, and shown in ``in_force``. A change in the moment between the
    handler's last look and its write can't be excluded: the API has no conditional write.

    The setting has one owner in an account and Region: a second construct is an error at synth, and a second
    stack fails at deployment, because the parameter ``/bedrock-planes/invocation-logging/owner`` exists.

    Only calls through ``bedrock-runtime`` are logged, not those through ``bedrock-mantle``.

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
        audio: Log audio. Default: yes.
        takeover: The setting that the account has now, to be replaced and put back later. It can be added
            or changed in an update; if that is rolled back, the setting is in force again. It stays in the
            code as long as the construct: an update that removes it is refused while this stack's logging is
            in force, unless ``on_delete`` is ``OnDelete.SWITCH_OFF``. Default: there is none; if there is
            one, the deployment fails and changes nothing.
        on_delete: What becomes of the setting with this construct. Default: ``OnDelete.RESTORE``.
        role: What Bedrock assumes to write to ``log_group``, which gets the permission; one that can't be
            changed is warned about with it. Its trust lets Bedrock assume it. Default: one is made where
            there is a ``log_group``.
        role_path: The IAM path of the roles that are made; another one replaces them. The deploy role then
            needs it in its ``role_paths``. Default: ``/bedrock-planes/service/``.
        topic: The topic that the alarm for logs that don't arrive notifies. Default: the alarm is only seen
            in CloudWatch.

    At least one of ``log_group`` and ``bucket`` is needed.

    Attributes:
        role: What Bedrock assumes to write to CloudWatch Logs, or ``None``.
        handler_role: The role of the function that sets the setting.
        in_force: Whose setting is in force since the last deployment: ``ours``, ``none``, or ``former`` (what
            ``takeover`` declares) or ``foreign``, both with the setting. A string that is known at
            deployment.
        undelivered: The alarm that fires when Bedrock can't deliver logs to a destination: its role, bucket
            or key was changed, and calls go on without a log.

    Raises:
        PlanesError: A prop is wrong, a destination is of another account or Region, or the account and
            Region have such a construct already.

    Sources: https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html,
    https://docs.aws.amazon.com/bedrock/latest/userguide/monitoring-runtime-metrics.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        log_group: logs.ILogGroup | None = None,
        bucket: s3_refs.IBucketRef | None = None,
        key_prefix: str | None = None,
        large_data: bool | None = None,
        text: bool = True,
        image: bool = True,
        embedding: bool = True,
        video: bool = True,
        audio: bool = True,
        takeover: FormerLogging | None = None,
        on_delete: OnDelete = OnDelete.RESTORE,
        role: iam.IRole | None = None,
        role_path: str | None = None,
        topic: sns.ITopic | None = None,
    ) -> None:
        if log_group is None and bucket is None:
            raise PlanesError("`log_group` and `bucket` are both missing: give at least one destination")
        if large_data and (log_group is None or bucket is None):
            raise PlanesError(
                "`large_data` is True and needs both `log_group` and `bucket`: give both or leave it out"
            )
        _check_given(role, log_group)
        check_length("key_prefix", key_prefix, 1, 1024)
        check_path("role_path", role_path)
        _check_types(takeover, on_delete)
        for prop, destination in (("log_group", log_group), ("bucket", bucket)):
            _check_place(scope, prop, destination)
        _check_single(scope)
        super().__init__(scope, construct_id)
        config: dict[str, Any] = {
            "textDataDeliveryEnabled": text,
            "imageDataDeliveryEnabled": image,
            "embeddingDataDeliveryEnabled": embedding,
            "videoDataDeliveryEnabled": video,
            "audioDataDeliveryEnabled": audio,
        }
        self.role: iam.IRole | None = role
        first: list[IDependable] = []
        bucket_config = _bucket_config(bucket, key_prefix) if bucket is not None else None
        if bucket_config is not None:
            config["s3Config"] = bucket_config
        if log_group is not None:
            statements = [_write(self, log_group)]
            if role is not None:
                first = allow_given_role(self, role, statements, "invocation logging")
            self.role = role or service_role(
                self,
                "ServiceRole",
                source="*",
                description="Bedrock writes model invocation logs",
                path=role_path,
                statements=statements,
            )
            config["cloudWatchConfig"] = {
                "logGroupName": log_group.log_group_name,
                "roleArn": self.role.role_arn,
            }
            if bucket_config is not None and large_data is not False:
                config["cloudWatchConfig"]["largeDataDeliveryS3Config"] = bucket_config
        handler = self._handler(role_path)
        self.handler_role = handler.role
        former = {"FormerConfig": cdk.Stack.of(self).to_json_string(takeover.to_config())} if takeover else {}
        # Whether no other setting can be equal to this one by chance.
        made = (log_group if role is not None else self.role, bucket)
        is_unique = any(_is_made_here(one) for one in made)
        version = _version(self, takeover, None if is_unique else config)
        look = self._look(
            version,
            handler,
            former if is_unique else {**former, "LoggingConfig": cdk.Stack.of(self).to_json_string(config)},
        )
        setting = cdk.CustomResource(
            self,
            "Resource",
            resource_type="Custom::BedrockInvocationLogging",
            service_token=handler.function.function_arn,
            service_timeout=_SERVICE_TIMEOUT,
            properties={
                "LoggingConfig": cdk.Stack.of(self).to_json_string(config),
                "OnDelete": on_delete.value,
                "IsUnique": str(is_unique).lower(),
                "Look": look.ref,
                **former,
            },
        )
        _fix_logical_id(setting, _SETTING_ID)
        self.in_force = setting.get_att_string("InForce")
        self.undelivered = _undelivered(self, config, topic)
        owner = ssm.CfnParameter(
            self,
            "Owner",
            name=OWNER_PARAMETER,
            type="String",
            value=cdk.Aws.STACK_ID,
            description="The stack that sets the model invocation logging of this account and Region",
        )
        owner.override_logical_id(_OWNER_ID)
        setting.node.add_dependency(owner)
        # The handler must keep its permissions until the setting is gone, and Bedrock tests the destinations.
        setting.node.add_dependency(self.handler_role, *first)
        if takeover is not None and takeover.role_arn is not None:
            setting.node.add_dependency(self._let_pass(takeover.role_arn, version))
        if bucket is not None:
            self._open_bucket(bucket, key_prefix, setting)

    def _handler(self, path: str | None) -> HandlerFunction:
        """Make the handler's function with a role of its own, which can do this one thing."""
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
            }
        ]
        if self.role is not None:
            statements.append(_pass(self.role.role_arn))
        return handler_function(
            self,
            "invocation_logging",
            statements=statements,
            description="Sets the account's model invocation logging",
            role_description="Sets and removes the account's model invocation logging",
            path=path,
        )

    def _look(self, version: str, handler: HandlerFunction, properties: dict[str, str]) -> cdk.CustomResource:
        """Make the resource that notes what is in force before the setting is touched.

        Each declaration has its own, so CloudFormation makes it before it updates the setting, and deletes
        the one of the other declaration after that, or after a rollback.

        Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-monitor-stack.html
        """
        look = cdk.CustomResource(
            self,
            "Look",
            resource_type=_LOOK_TYPE,
            service_token=handler.function.function_arn,
            service_timeout=_SERVICE_TIMEOUT,
            properties=properties,
        )
        _fix_logical_id(look, f"{_LOOK_ID}{version}")
        # Before the permission is there, the look fails and with it the creation.
        look.node.add_dependency(self.handler_role)
        return look

    def _let_pass(self, role_arn: str, version: str) -> iam.CfnRolePolicy:
        """Let the handler pass the former setting's role.

        It is a resource for each declaration: a rollback, which has to put the former setting back, deletes
        it at its end, and would take a statement in the role's own policy away before.
        """
        policy = iam.CfnRolePolicy(
            self,
            "Former",
            policy_name=f"Former{version}",
            role_name=self.handler_role.role_name,
            policy_document={"Version": "2012-10-17", "Statement": [_pass(role_arn)]},
        )
        policy.override_logical_id(f"{_FORMER_ID}{version}")
        return policy

    def _open_bucket(
        self, bucket: s3_refs.IBucketRef, key_prefix: str | None, setting: cdk.CustomResource
    ) -> None:
        """Let Bedrock write the logs of this account and Region, and nothing else, into the bucket."""
        stack = cdk.Stack.of(self)
        conditions = {
            "StringEquals": {"aws:SourceAccount": stack.account},
            "ArnLike": {"aws:SourceArn": f"arn:{stack.partition}:bedrock:{stack.region}:{stack.account}:*"},
        }
        service = iam.ServicePrincipal("bedrock.amazonaws.com")
        start = f"{key_prefix}/" if key_prefix else ""
        statement = iam.PolicyStatement(
            sid="AmazonBedrockLogsWrite",
            principals=[service],
            actions=["s3:PutObject"],
            resources=[
                f"{bucket_arn_of(bucket)}/{start}AWSLogs/{stack.account}/BedrockModelInvocationLogs/*"
            ],
            conditions=conditions,
        )
        written = add_to_resource_policy(bucket, statement)
        if written.policy_dependable is not None:
            setting.node.add_dependency(written.policy_dependable)
        if not written.statement_added:
            _ask_owner(self, f"the policy of the bucket `{bucket.node.path}`", statement)
        key_statement = iam.PolicyStatement(
            principals=[service],
            actions=["kms:GenerateDataKey"],
            resources=["*"],
            conditions=conditions,
        )
        key = bucket_key_of(bucket)
        if isinstance(key, str):
            _ask_owner(self, f"the policy of the key `{key}`", key_statement)
        elif key is not None and not add_to_resource_policy(key, key_statement).statement_added:
            _ask_owner(self, f"the policy of the key `{key.node.path}`", key_statement)


def _undelivered(scope: Construct, config: dict[str, Any], topic: sns.ITopic | None) -> cloudwatch.Alarm:
    parts = {**config, **config.get("cloudWatchConfig", {})}
    names = [metric for part, metric in _UNDELIVERED.items() if part in parts]
    metrics = [
        cloudwatch.Metric(
            namespace="AWS/Bedrock",
            metric_name=name,
            dimensions_map=dimensions,
            statistic="Sum",
            period=cdk.Duration.minutes(5),
        )
        for name in names
        for dimensions in _ALL_MODELS
    ]
    said = "Bedrock can't deliver the logs of model calls"
    return alarm_on_any(scope, "Undelivered", metrics, said, "undelivered", topic)


def _pass(role_arn: str) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Action": "iam:PassRole",
        "Resource": role_arn,
        "Condition": {"StringEquals": {"iam:PassedToService": "bedrock.amazonaws.com"}},
    }


def _version(scope: Construct, takeover: FormerLogging | None, config: dict[str, Any] | None) -> str:
    """Return what the logical ids of a declaration end with: another one makes other resources."""
    declared = [takeover.to_config() if takeover else None, config]
    text = json.dumps(cdk.Stack.of(scope).resolve(declared), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:8].upper()


def _bucket_config(bucket: s3_refs.IBucketRef, key_prefix: str | None) -> dict[str, str]:
    return _s3_config(bucket_name_of(bucket), key_prefix)


def _s3_config(bucket_name: str, key_prefix: str | None) -> dict[str, str]:
    return {"bucketName": bucket_name, **({"keyPrefix": key_prefix} if key_prefix else {})}


def _flags(logged: FormerLogging) -> dict[str, Any]:
    kinds = ("text", "image", "embedding", "video", "audio")
    return {f"{kind}DataDeliveryEnabled": getattr(logged, kind) for kind in kinds}


def _check_types(takeover: object, on_delete: object) -> None:
    if takeover is not None and not isinstance(takeover, FormerLogging):
        raise PlanesError(
            f"`takeover` is a {type(takeover).__name__}: pass a `FormerLogging(...)`, or nothing where the "
            "account has no invocation logging"
        )
    if not isinstance(on_delete, OnDelete):
        raise PlanesError(f"`on_delete` is `{on_delete}`: pass `OnDelete.RESTORE` or `OnDelete.SWITCH_OFF`")


def _check_given(role: iam.IRole | None, log_group: logs.ILogGroup | None) -> None:
    check_value("role", role, "iam.IRole | None")
    if role is not None and log_group is None:
        raise PlanesError(
            "`role` is given and `log_group` is missing: Bedrock writes to a bucket without a role, so give "
            "both or leave the role out"
        )


def _check_place(
    scope: Construct, prop: str, destination: logs.ILogGroup | s3_refs.IBucketRef | None
) -> None:
    """Raise :class:`PlanesError` for a destination that is known to be of another account or Region.

    Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html (the same
    account and Region)
    """
    stack = cdk.Stack.of(scope)
    if destination is None:
        return
    for part, here, there in (
        ("account", stack.account, destination.env.account),
        ("Region", stack.region, destination.env.region),
    ):
        if here != there and not is_token(here) and not is_token(there):
            raise PlanesError(
                f"`{prop}` is of the {part} {there} and the stack of {here}: Bedrock logs to the same "
                "account and Region only. Give one of this stack's, and replicate the bucket or subscribe to "
                "the log group for a central one"
            )


def _check_single(scope: Construct) -> None:
    """Raise :class:`PlanesError` where the app sets the same account's and Region's logging already."""
    stack = cdk.Stack.of(scope)
    for other in scope.node.root.node.find_all():
        if isinstance(other, InvocationLogging) and _share_setting(stack, cdk.Stack.of(other)):
            raise PlanesError(
                f"`{other.node.path}` sets the invocation logging of this account and Region already, and "
                "there is one setting only: use that construct, or give the stacks different environments"
            )


def _share_setting(one: cdk.Stack, other: cdk.Stack) -> bool:
    if one.node.path == other.node.path:
        return True
    places = (one.account, one.region), (other.account, other.region)
    return places[0] == places[1] and not any(is_token(part) for part in places[0])


def _is_made_here(construct: IConstruct | None) -> bool:
    return construct is not None and (
        has_attribute(construct, "cfn_options") or construct.node.default_child is not None
    )


def _fix_logical_id(setting: cdk.CustomResource, logical_id: str) -> None:
    resource = setting.node.default_child
    if isinstance(resource, cdk.CfnElement):
        resource.override_logical_id(logical_id)


def _ask_owner(scope: IConstruct, place: str, statement: iam.PolicyStatement) -> None:
    """Print the statement that the owner of an imported bucket or key has to add."""
    ask_owner(
        scope, "bedrock-planes:invocation-logging-owner", place, statement, "Bedrock refuses the setting"
    )


def _write(scope: Construct, log_group: logs.ILogGroup) -> dict[str, Any]:
    """Return what Bedrock needs to write to CloudWatch Logs: one stream of one group."""
    stack = cdk.Stack.of(scope)
    stream = (
        f"arn:{stack.partition}:logs:{stack.region}:{stack.account}:log-group:{log_group.log_group_name}"
        ":log-stream:aws/bedrock/modelinvocations"
    )
    return {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": stream}
