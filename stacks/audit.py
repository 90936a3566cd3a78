"""The watch over both planes: the trail, and alarms for calls that cross them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions

from constructs_lib import BedrockTrail, PlaneCrossingAlarms
from stacks.base import PlanesStack

if TYPE_CHECKING:
    from constructs import Construct

    from stacks.settings import Settings

__all__ = ["AuditStack"]


class AuditStack(PlanesStack):
    """The trail, the alarms for crossings of the planes, and the topic that all alarms notify.

    An administrator deploys it, as the stack of the deploy role: who is watched must not hold the watch. So
    its name doesn't begin with the prefix, where the deploy role's permissions on buckets, log groups, roles
    and alarms end, and that role has none on trails, rules and topics.

    Source: https://aws-samples.github.io/aws-iam-permissions-guardrails/guardrails/cloudtrail/guardrails.html
    (IAM-CLOUDTRAIL-1: stopping and deleting trails is for those who own the logging)
    """

    def __init__(self, scope: Construct, *, settings: Settings) -> None:
        super().__init__(
            scope,
            "Audit",
            settings=settings,
            stack_name=settings.audit_stack,
            description="The audit trail of Amazon Bedrock, and alarms for calls across its planes",
            # It stands before the bootstrap stack, as that of the deploy role.
            synthesizer=cdk.LegacyStackSynthesizer(),
            # Without a bucket the CDK CLI passes 51,200 bytes.
            compact=True,
        )
        self.topic = self._topic()
        self.trail = BedrockTrail(self, "Trail")
        self.crossings = PlaneCrossingAlarms(self, "Crossings", topic=self.topic)
        self.publish("alarm-topic-arn", self.topic.topic_arn)
        self.output("AlarmTopicArn", self.topic.topic_arn, "The topic that all alarms notify")
        self.output("TrailArn", self.trail.trail.trail_arn, "The trail")

    def _topic(self) -> sns.Topic:
        """Make the topic, to which the alarms of this account and Region may publish.

        Source: https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html (CloudWatch alarms)
        """
        alarms = f"arn:{self.partition}:cloudwatch:{self.region}:{self.account}:alarm:*"
        topic = sns.Topic(self, "Alarms", display_name=f"Alarms of {self.settings.prefix}", enforce_ssl=True)
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AlarmsPublish",
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[topic.topic_arn],
                conditions={
                    "StringEquals": {"aws:SourceAccount": self.account},
                    "ArnLike": {"aws:SourceArn": alarms},
                },
            )
        )
        if self.settings.alarm_email is not None:
            topic.add_subscription(subscriptions.EmailSubscription(self.settings.alarm_email))
        return topic
