"""The audit trail of Bedrock, and alarms for calls that cross the planes."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_cloudtrail as cloudtrail
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from constructs_lib.cdk_support import (
    ROLE_PATHS,
    PlanesError,
    check_given_list,
    check_pattern,
    with_explained_calls,
)
from constructs_lib.platform.alarms import alarm_on_any
from constructs_lib.platform.event_patterns import alarming_changes, control_calls, data_calls

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_sns as sns

__all__ = ["DATA_EVENT_TYPES", "BedrockTrail", "PlaneCrossingAlarms"]

# Sources: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
# and for mantle https://docs.aws.amazon.com/bedrock/latest/userguide/logging-cloudtrail-mantle.html
# and for the Agent Registry https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/registry-cloudtrail-integration.html
DATA_EVENT_TYPES = (
    "AWS::AgentRegistry::Registry",
    "AWS::Bedrock::AdvancedOptimizePromptJob",
    "AWS::Bedrock::AgentAlias",
    "AWS::Bedrock::AsyncInvoke",
    "AWS::Bedrock::AutomatedReasoningPolicy",
    "AWS::Bedrock::AutomatedReasoningPolicyVersion",
    "AWS::Bedrock::Blueprint",
    "AWS::Bedrock::DataAutomationInvocation",
    "AWS::Bedrock::DataAutomationProfile",
    "AWS::Bedrock::DataAutomationProject",
    "AWS::Bedrock::FlowAlias",
    "AWS::Bedrock::FlowExecution",
    "AWS::Bedrock::Guardrail",
    "AWS::Bedrock::InlineAgent",
    "AWS::Bedrock::KnowledgeBase",
    "AWS::Bedrock::Model",
    "AWS::Bedrock::PromptVersion",
    "AWS::Bedrock::Session",
    "AWS::Bedrock::Tool",
    "AWS::BedrockAgentCore::ABTest",
    "AWS::BedrockAgentCore::APIKeyCredentialProvider",
    "AWS::BedrockAgentCore::BatchEvaluate",
    "AWS::BedrockAgentCore::Browser",
    "AWS::BedrockAgentCore::BrowserCustom",
    "AWS::BedrockAgentCore::BrowserProfile",
    "AWS::BedrockAgentCore::CapacityProvider",
    "AWS::BedrockAgentCore::CodeInterpreter",
    "AWS::BedrockAgentCore::CodeInterpreterCustom",
    "AWS::BedrockAgentCore::Evaluator",
    "AWS::BedrockAgentCore::Gateway",
    "AWS::BedrockAgentCore::Memory",
    "AWS::BedrockAgentCore::OAuth2CredentialProvider",
    "AWS::BedrockAgentCore::Payments",
    "AWS::BedrockAgentCore::Policy",
    "AWS::BedrockAgentCore::PolicyEngine",
    "AWS::BedrockAgentCore::Recommendation",
    "AWS::BedrockAgentCore::Registry",
    "AWS::BedrockAgentCore::Runtime",
    "AWS::BedrockAgentCore::RuntimeEndpoint",
    "AWS::BedrockAgentCore::TokenVault",
    "AWS::BedrockAgentCore::WorkloadIdentity",
    "AWS::BedrockAgentCore::WorkloadIdentityDirectory",
    "AWS::BedrockMantle::CustomizedModel",
    "AWS::BedrockMantle::Project",
    "AWS::BedrockMantle::Reservation",
    "AWS::BedrockWebSearch::Tool",
)
"""The resource types of Bedrock whose data events CloudTrail records."""

# Only then does EventBridge get Get, List and Describe calls too.
# Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
_WITH_READS = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"

_GLOBAL_REGION = "us-east-1"


@with_explained_calls
class BedrockTrail(Construct):
    """A trail in CloudTrail with the management events of the account and the data events of Bedrock.

    Calls of models (``InvokeModel``, ``Converse``) are management events, and so are all calls of the control
    plane. Retrievals, guardrails, agents, flows, sessions, AgentCore and inference through ``bedrock-mantle``
    are data events, which cost extra and which no trail has by default.

    Args:
        bucket: Where the trail's files go. Default: a bucket of this construct, which survives it.
        log_group: Where the events go as well, for queries. Default: a log group that keeps them a year.
        data_events: The resource types whose data events are recorded. Default: all of Bedrock's,
            AgentCore's, mantle's and the Agent Registry's that CloudTrail documents.
        excluded_data_events: Those of ``data_events`` that are not recorded. CloudTrail refuses a trail with
            a value that it doesn't take (``InvalidEventSelectorsException``), and AWS doesn't say which
            Regions know which types: name here the type that the error names. Default: none.
        encryption_key: Default: the bucket's own encryption.
        all_regions: Whether the other Regions are recorded too; cross-Region calls are recorded where they
            were made. Default: yes.
        trail_name: Default: CloudFormation makes one.

    Attributes:
        trail: The trail.
        log_group: The log group of the events.

    Raises:
        PlanesError: A resource type is none of CloudFormation's form, there is none, or an excluded one is
            not among them.

    Sources: https://docs.aws.amazon.com/bedrock/latest/userguide/logging-using-cloudtrail.html,
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html,
    https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_PutEventSelectors.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        bucket: s3.IBucket | None = None,
        log_group: logs.ILogGroup | None = None,
        data_events: Sequence[str] = DATA_EVENT_TYPES,
        excluded_data_events: Sequence[str] = (),
        encryption_key: kms.IKey | None = None,
        all_regions: bool = True,
        trail_name: str | None = None,
    ) -> None:
        types = _without(_types(data_events), excluded_data_events)
        super().__init__(scope, construct_id)
        self.log_group = log_group or logs.LogGroup(
            self, "Events", retention=logs.RetentionDays.ONE_YEAR, removal_policy=cdk.RemovalPolicy.RETAIN
        )
        self.trail = cloudtrail.Trail(
            self,
            "Trail",
            bucket=bucket or _bucket(self),
            trail_name=trail_name,
            cloud_watch_log_group=self.log_group,
            send_to_cloud_watch_logs=True,
            encryption_key=encryption_key,
            enable_file_validation=True,
            include_global_service_events=True,
            is_multi_region_trail=all_regions,
        )
        resource = self.trail.node.default_child
        if isinstance(resource, cloudtrail.CfnTrail):
            resource.advanced_event_selectors = [
                _selector("Management events", "Management"),
                # Without a name: 46 of them would not fit into a template that is deployed without a bucket.
                *(_selector(None, "Data", name) for name in types),
            ]
            # A trail has selectors of one kind only, and the CDK writes an empty list of the other.
            resource.add_property_deletion_override("EventSelectors")


@with_explained_calls
class PlaneCrossingAlarms(Construct):
    """Rules of EventBridge and alarms for calls that a role of one plane makes on the other, denied or not.

    A denied attempt is what a finding of the review looks like in operation: the policy held, and somebody
    or something tried. EventBridge gets management events, and of data events those that a trail records
    (:class:`BedrockTrail`), so calls to AgentCore and mantle alarm only with one.

    Args:
        data_roles: ARNs of the roles that may only run; a ``*`` at the end stands for every role with that
            beginning. Default: the account's roles below ``/bedrock-planes/app/``.
        control_roles: The same for roles that may only configure. Default: those below
            ``/bedrock-planes/deploy/`` and ``/bedrock-planes/operator/``.
        boundaries: ARNs of the permissions boundaries whose edits alarm, with ``*`` as wildcard. Default:
            ``arn:*:iam::ACCOUNT:policy/*DataPlaneBoundary*`` and those that a role gets or loses.
        topic: The topic that alarms notify. Default: alarms are only seen in CloudWatch.

    Attributes:
        alarms: The alarms by what they are for: ``data-called-control``, ``control-called-data``,
            ``LoggingChanged``, ``TrailChanged``, ``BoundaryEdited``, ``LongTermKey``.
        log_group: The events themselves, for a year.

    Raises:
        PlanesError: A role is not an ARN, or there are too many for a pattern of 2,048 characters.

    Sources: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html,
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html (``TriggeredRules``)
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        data_roles: Sequence[str] | None = None,
        control_roles: Sequence[str] | None = None,
        boundaries: Sequence[str] | None = None,
        topic: sns.ITopic | None = None,
    ) -> None:
        stack = cdk.Stack.of(scope)
        prefix = f"arn:{stack.partition}:iam::{stack.account}:"
        check_given_list("boundaries", boundaries)
        data = _roles("data_roles", data_roles, [f"{prefix}role{ROLE_PATHS['app']}*"])
        control = _roles(
            "control_roles",
            control_roles,
            [f"{prefix}role{ROLE_PATHS[kind]}*" for kind in ("deploy", "operator")],
        )
        edited = list(boundaries) if boundaries is not None else [f"{prefix}policy/*DataPlaneBoundary*"]
        super().__init__(scope, construct_id)
        self._topic = topic
        self.log_group = logs.LogGroup(
            self,
            "Events",
            log_group_name=f"/aws/events/{cdk.Names.unique_resource_name(self, max_length=200)}",
            retention=logs.RetentionDays.ONE_YEAR,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        logs.ResourcePolicy(
            self,
            "MayWrite",
            policy_statements=[_write_statement(self.log_group)],
        )
        single = {name: [(name, pattern)] for name, pattern in alarming_changes(edited).items()}
        self.alarms: Mapping[str, cloudwatch.Alarm] = {
            "data-called-control": self._alarm(
                "DataCalledControl",
                "A role of the data plane called the control plane of Bedrock",
                control_calls(data),
            ),
            "control-called-data": self._alarm(
                "ControlCalledData",
                "A role of the control plane called the data plane of Bedrock",
                data_calls(control),
            ),
            **{name: self._alarm(name, _SAID[name], patterns) for name, patterns in single.items()},
        }
        if not cdk.Token.is_unresolved(stack.region) and stack.region != _GLOBAL_REGION:
            cdk.Annotations.of(self).add_info_v2(
                "bedrock-planes:iam-events",
                f"events of IAM are in {_GLOBAL_REGION} only, so boundary edits and long-term keys don't "
                f"alarm in {stack.region}: add one PlaneCrossingAlarms there",
            )

    def _alarm(
        self, construct_id: str, description: str, patterns: Iterable[tuple[str, dict[str, Any]]]
    ) -> cloudwatch.Alarm:
        """Make the rules of one alarm and the alarm on how often any of them matched."""
        matched: list[cloudwatch.Metric] = []
        for number, (name, pattern) in enumerate(patterns):
            suffix = "".join(word.capitalize() for word in name.partition(".")[0].split("-"))
            rule = events.CfnRule(
                self,
                f"{construct_id}{suffix if suffix.lower() != construct_id.lower() else ''}{number or ''}",
                description=description,
                event_pattern=pattern,
                state=_WITH_READS,
                targets=[
                    events.CfnRule.TargetProperty(
                        id="Log",
                        arn=cdk.Stack.of(self).format_arn(
                            service="logs",
                            resource="log-group",
                            resource_name=self.log_group.log_group_name,
                            arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
                        ),
                    )
                ],
            )
            matched.append(
                cloudwatch.Metric(
                    namespace="AWS/Events",
                    metric_name="TriggeredRules",
                    dimensions_map={"RuleName": rule.ref},
                    statistic="Sum",
                    period=cdk.Duration.minutes(5),
                )
            )
        return alarm_on_any(self, f"{construct_id}Alarm", matched, description, construct_id, self._topic)


_SAID = {
    "LoggingChanged": "The model invocation logging of the account was set or switched off",
    "TrailChanged": "A trail was stopped, changed or deleted",
    "BoundaryEdited": "A permissions boundary was changed, put on a role or taken from one",
    "LongTermKey": "A long-term API key of Bedrock was made",
}


def _types(given: Sequence[str]) -> list[str]:
    check_given_list("data_events", given)
    types = [given] if isinstance(given, str) else [*given]
    if not types:
        raise PlanesError(
            "`data_events` names no resource type: give some, such as AWS::Bedrock::KnowledgeBase, or leave "
            "it out"
        )
    for name in types:
        check_pattern(
            "data_events", name, r"AWS::\w+::\w+", "give resource types such as AWS::Bedrock::KnowledgeBase"
        )
    return [*dict.fromkeys(types)]


def _without(types: list[str], excluded: Sequence[str]) -> list[str]:
    left_out = [excluded] if isinstance(excluded, str) else [*excluded]
    for name in left_out:
        if name not in types:
            close = difflib.get_close_matches(name, types, 1)
            hint = f"did you mean `{close[0]}`" if close else "leave it out"
            raise PlanesError(f"`excluded_data_events` has `{name}`, which isn't recorded anyway: {hint}")
    kept = [name for name in types if name not in left_out]
    if not kept:
        raise PlanesError(
            "`excluded_data_events` leaves no resource type: exclude fewer, or use a trail of the CDK"
        )
    return kept


def _selector(
    name: str | None, category: str, resource_type: str | None = None
) -> cloudtrail.CfnTrail.AdvancedEventSelectorProperty:
    fields = {"eventCategory": category, **({"resources.type": resource_type} if resource_type else {})}
    return cloudtrail.CfnTrail.AdvancedEventSelectorProperty(
        name=name,
        field_selectors=[
            cloudtrail.CfnTrail.AdvancedFieldSelectorProperty(field=field, equal_to=[value])
            for field, value in fields.items()
        ],
    )


def _bucket(scope: Construct) -> s3.Bucket:
    bucket = s3.Bucket(
        scope,
        "Bucket",
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        encryption=s3.BucketEncryption.S3_MANAGED,
        enforce_ssl=True,
        versioned=True,
        removal_policy=cdk.RemovalPolicy.RETAIN,
    )
    cdk.Validations.of(bucket).acknowledge(
        cdk.Acknowledgment(
            id="AwsSolutions::AwsSolutions-S1",
            reason="The trail records changes of the bucket, and its files are validated by their digests; "
            "pass a `bucket` of your own for access logs.",
        )
    )
    return bucket


def _roles(prop: str, given: Sequence[str] | None, default: list[str]) -> list[str]:
    if given is None:
        return default
    roles = [given] if isinstance(given, str) else [*given]
    if not roles:
        raise PlanesError(f"`{prop}` names no role: give ARNs, or leave it out")
    for arn in roles:
        check_pattern(
            prop,
            arn,
            r"arn:[\w-]+:iam::\d{12}:role/[\w+=,.@/-]*\*?",
            "give ARNs of roles, with `*` at the end only, such as arn:aws:iam::111122223333:role/team/*",
        )
    return roles


def _write_statement(group: logs.ILogGroup) -> iam.PolicyStatement:
    """Return what lets EventBridge write the events.

    Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
    """
    return iam.PolicyStatement(
        principals=[
            iam.ServicePrincipal("events.amazonaws.com"),
            iam.ServicePrincipal("delivery.logs.amazonaws.com"),
        ],
        actions=["logs:CreateLogStream", "logs:PutLogEvents"],
        resources=[group.log_group_arn],
    )
