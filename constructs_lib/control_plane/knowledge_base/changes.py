"""What starts a sync when documents change: S3, EventBridge, a queue that gathers, a function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.cdk_support import PlanesError, bucket_name_of, handler_function

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_stepfunctions as sfn
    from aws_cdk.interfaces import aws_s3 as s3_refs

__all__ = ["Changes", "check_window"]

_SHORTEST, _LONGEST = 300, 900  # seconds
_TIMEOUT = 30  # seconds of the function


def check_window(window: object) -> None:
    """Refuse what is no length of time from 5 to 15 minutes.

    SQS drops a message that is the same as one of the last 5 minutes, and delays one for 15 minutes at most.
    A window within lets no change go unnoticed: one whose message is dropped came before the sync begins.

    Sources:
        https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html
        https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-delay-queues.html
    """
    remedy = "pass a time from 5 to 15 minutes for which changes are gathered, such as"
    example = "`cdk.Duration.minutes(5)`"
    if window is not None and not isinstance(window, cdk.Duration):
        raise PlanesError(f"`on_change` has the value `{window}`: {remedy} {example}")
    if isinstance(window, cdk.Duration) and not window.is_unresolved():
        seconds = window.to_seconds(integral=False)
        if not _SHORTEST <= seconds <= _LONGEST or seconds != int(seconds):
            raise PlanesError(f"`on_change` is {seconds:g} seconds: {remedy} {example}")


class Changes(Construct):
    """Starts a state machine some minutes after an object of the buckets changed, one execution at a time.

    Attributes:
        function: What starts the state machine.

    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        machine: sfn.CfnStateMachine,
        window: cdk.Duration,
        role_path: str | None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._watched: list[tuple[s3_refs.IBucketRef, tuple[str, ...]]] = []
        queue = sqs.CfnQueue(
            self,
            "Queue",
            fifo_queue=True,
            # EventBridge asks for it, and all events are one message, so it also gathers:
            # https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_SqsParameters.html
            content_based_deduplication=True,
            delay_seconds=window.to_seconds(),
            # https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
            visibility_timeout=6 * _TIMEOUT,
            sqs_managed_sse_enabled=True,
        )
        cdk.Validations.of(queue).acknowledge(
            cdk.Acknowledgment(
                id="AwsSolutions::AwsSolutions-SQS3",
                reason="A message says only that documents changed, and the sync after the next change reads "
                "them all: there is nothing to keep, and the alarm of the sync tells of failures.",
            )
        )
        rule = self._rule(queue)
        self._let_in(queue, rule)
        statements = [
            _allow(["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"], queue.attr_arn),
            _allow(["states:ListExecutions", "states:StartExecution"], machine.attr_arn),
        ]
        made = handler_function(
            self,
            "knowledge_base_changes",
            statements=statements,
            description="Syncs a knowledge base after documents changed",
            role_description="Starts the sync of a knowledge base after documents changed",
            path=role_path,
            kind="operator",
            timeout=cdk.Duration.seconds(_TIMEOUT),
        )
        made.function.add_environment("MACHINE", machine.attr_arn)
        self.function = made.function
        lambda_.CfnEventSourceMapping(
            self,
            "Messages",
            event_source_arn=queue.attr_arn,
            function_name=made.function.function_arn,
            function_response_types=["ReportBatchItemFailures"],
        )

    @property
    def watched(self) -> Sequence[tuple[s3_refs.IBucketRef, tuple[str, ...]]]:
        """The buckets, each with the prefixes that count."""
        return self._watched

    def watch(self, bucket: s3_refs.IBucketRef, prefixes: tuple[str, ...]) -> None:
        """Watch a bucket, and let it tell EventBridge of its objects, or say who has to."""
        if all(one is not bucket for one, _ in self._watched):
            self._let_tell(bucket)
        self._watched.append((bucket, prefixes))

    def _let_tell(self, bucket: s3_refs.IBucketRef) -> None:
        if isinstance(bucket, s3.Bucket):
            bucket.enable_event_bridge_notification()
            return
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-event-notifications-eventbridge.html
        cdk.Annotations.of(self).add_warning_v2(
            "bedrock-planes:bucket-notifications",
            f"the bucket `{bucket_name_of(bucket)}` isn't an `s3.Bucket` of this app: a change starts a sync "
            'only if it sends its events to EventBridge; its owner sets `"NotificationConfiguration": '
            '{"EventBridgeConfiguration": {"EventBridgeEnabled": true}}` on it. '
            "The events of another account's bucket have to be forwarded to the default bus of this one",
        )

    def _rule(self, queue: sqs.CfnQueue) -> events.CfnRule:
        return events.CfnRule(
            self,
            "Rule",
            description="Documents of a knowledge base changed",
            event_pattern=cdk.Lazy.uncached_any(_Pattern(self)),
            targets=[
                events.CfnRule.TargetProperty(
                    arn=queue.attr_arn,
                    id="Queue",
                    input='{"changed":true}',
                    sqs_parameters=events.CfnRule.SqsParametersProperty(message_group_id="changes"),
                )
            ],
        )

    def _let_in(self, queue: sqs.CfnQueue, rule: events.CfnRule) -> None:
        # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
        statement = {
            **_allow(["sqs:SendMessage"], queue.attr_arn),
            "Principal": {"Service": "events.amazonaws.com"},
            "Condition": {"ArnEquals": {"aws:SourceArn": rule.attr_arn}},
        }
        # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html
        encrypted = {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "sqs:*",
            "Resource": queue.attr_arn,
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        sqs.CfnQueuePolicy(
            self,
            "QueuePolicy",
            queues=[queue.ref],
            policy_document={"Version": "2012-10-17", "Statement": [statement, encrypted]},
        )


@jsii.implements(cdk.IAnyProducer)
class _Pattern:
    """The pattern of the events, once all buckets are known.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
    """

    def __init__(self, changes: Changes) -> None:
        self._changes = changes

    def produce(self, *_context: Any) -> dict[str, Any]:
        details: list[dict[str, Any]] = []
        for bucket, prefixes in self._changes.watched:
            detail: dict[str, Any] = {"bucket": {"name": [bucket_name_of(bucket)]}}
            if prefixes:
                detail["object"] = {"key": [{"prefix": one} for one in prefixes]}
            if detail not in details:
                details.append(detail)
        return {
            "source": ["aws.s3"],
            "detail-type": ["Object Created", "Object Deleted"],
            "detail": details[0] if len(details) == 1 else {"$or": details},
        }


def _allow(actions: list[str], resource: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resource}
