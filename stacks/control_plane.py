"""Everything that the control plane configures, with the role that operates it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns

from constructs_lib import (
    Agent,
    BedrockDashboard,
    BedrockQueries,
    ContentFilter,
    DocumentSource,
    Guardrail,
    InvocationLogging,
    KnowledgeBase,
    KnowledgeBaseType,
    ManagedWordList,
    OperatorRole,
)
from stacks.base import PlanesStack, acknowledge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct

    from stacks.settings import Settings

__all__ = ["ControlPlaneStack"]

_INSTRUCTION = (
    "You answer questions about the two planes of Amazon Bedrock from the knowledge base. "
    "Say so when it does not hold the answer."
)
# How long prompts and answers are kept, in CloudWatch Logs and in the bucket.
_RETENTION, _RETENTION_DAYS = logs.RetentionDays.SIX_MONTHS, 180
_USE = "Documents about the control plane and the data plane of Amazon Bedrock. Use them for every question."


class ControlPlaneStack(PlanesStack):
    """Invocation logging and what it shows, a guardrail, a knowledge base, and perhaps an agent."""

    def __init__(self, scope: Construct, *, settings: Settings) -> None:
        super().__init__(
            scope,
            "ControlPlane",
            settings=settings,
            description="What the control plane of Amazon Bedrock configures",
        )
        topic = sns.Topic.from_topic_arn(self, "AlarmTopic", self.shared("alarm-topic-arn"))
        self._usage(self._logging(topic), topic)
        self._guardrail()
        self._knowledge_base()
        if settings.agents_classic:
            self._agent()
        self._operator()

    def _bucket(
        self, construct_id: str, why_no_access_log: str, rules: Sequence[s3.LifecycleRule] = ()
    ) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            construct_id,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            versioned=True,
            lifecycle_rules=list(rules) or None,
            # Documents and logs outlive the stack; the name is generated, so a new deployment doesn't
            # collide.
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )
        acknowledge(bucket, "AwsSolutions::AwsSolutions-S1", why_no_access_log)
        return bucket

    def _logging(self, topic: sns.ITopic) -> logs.LogGroup:
        bucket = self._bucket(
            "InvocationLogs",
            "This bucket holds logs itself, written by Bedrock alone; a log of its access would need a "
            "third one.",
            [_expiry()],
        )
        group = logs.LogGroup(
            self,
            "InvocationLogGroup",
            retention=_RETENTION,
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )
        logging = InvocationLogging(
            self,
            "InvocationLogging",
            log_group=group,
            bucket=bucket,
            takeover=self.settings.former_logging,
            topic=topic,
        )
        acknowledge(
            logging.handler_role,
            "AwsSolutions::AwsSolutions-IAM5[Resource::*]",
            "The account's logging setting has no ARN: IAM takes its three actions on * only.",
        )
        self.output(
            "InvocationLoggingInForce",
            logging.in_force,
            "Whose logging setting was in force at the deployment",
        )
        return group

    def _usage(self, group: logs.ILogGroup, topic: sns.ITopic) -> None:
        """Show what the models are used for, and let throttling alarm."""
        BedrockDashboard(
            self,
            "Usage",
            models=[model for model in self.settings.models if model],
            log_group=group,
            # Dashboards belong to the account and not to a Region, so the name says the Region.
            dashboard_name=f"{self.settings.stack_prefix}-usage-{self.region}",
            topic=topic,
        )
        BedrockQueries(self, "Queries", log_group=group, folder=self.settings.stack_prefix)

    def _guardrail(self) -> None:
        name = f"{self.settings.prefix}-guardrail"
        self.guardrail = Guardrail(
            self,
            "Guardrail",
            guardrail_name=name,
            description="Keeps harmful content and prompt attacks out",
            blocked_input_messaging="This question can't be answered here.",
            blocked_outputs_messaging="The answer was withheld.",
            content_filters=[
                ContentFilter.hate(),
                ContentFilter.insults(),
                ContentFilter.sexual(),
                ContentFilter.misconduct(),
                ContentFilter.violence(),
                ContentFilter.prompt_attack(),
            ],
            managed_word_lists=[ManagedWordList()],
        )
        self.version = self.guardrail.create_version()
        self.publish("guardrail-arn", self.guardrail.guardrail_arn)
        self.publish("guardrail-id", self.guardrail.guardrail_id)
        self.publish("guardrail-version", self.version.version)
        self.output("GuardrailId", self.guardrail.guardrail_id, "The guardrail")
        self.output(
            "GuardrailVersion", self.version.version, "The version of the guardrail's present content"
        )

    def _knowledge_base(self) -> None:
        self.documents = self._bucket(
            "Documents",
            "Who reads and writes the documents is recorded by CloudTrail data events where an account "
            "wants that.",
        )
        self.knowledge_base = KnowledgeBase(
            self,
            "KnowledgeBase",
            knowledge_base_name=f"{self.settings.prefix}-documents",
            description="The documents that the application answers from",
            type=KnowledgeBaseType.vector(embedding_model=self.settings.embedding_model),
        )
        self.data_source = self.knowledge_base.add_data_source(
            "DataSource", DocumentSource.s3(self.documents), description="The documents that the bucket holds"
        )
        acknowledge(
            self.data_source,
            f"AwsSolutions::AwsSolutions-IAM5[Resource::<{self._id(self.documents)}.Arn>/*]",
            "The knowledge base reads every document of the bucket, which holds nothing else.",
        )
        self.publish("knowledge-base-arn", self.knowledge_base.knowledge_base_arn)
        self.publish("knowledge-base-id", self.knowledge_base.knowledge_base_id)
        self.output("KnowledgeBaseId", self.knowledge_base.knowledge_base_id, "The knowledge base")
        self.output("DataSourceId", self.data_source.data_source_id, "The data source to ingest from")
        self.output("DocumentsBucketName", self.documents.bucket_name, "Where the documents go")

    def _agent(self) -> None:
        self.agent = Agent(
            self,
            "Agent",
            agent_name=f"{self.settings.prefix}-agent",
            foundation_model=self.settings.model,
            instruction=_INSTRUCTION,
            knowledge_bases=[(self.knowledge_base, _USE)],
            guardrail=self.version,
            streaming=True,
        )
        alias = self.agent.create_alias(agent_alias_name="live")
        self.publish("agent-alias-arn", alias.agent_alias_arn)
        self.output("AgentId", self.agent.agent_id, "The agent")
        self.output("AgentAliasId", alias.agent_alias_id, "The alias that the application calls")

    def _operator(self) -> None:
        role = OperatorRole(
            self,
            "OperatorRole",
            assumed_by=self.settings.principal("scheduler.amazonaws.com", self.settings.assumable_by),
            description="Publishes documents and ingests them",
        )
        role.grants.ingest(self.knowledge_base)
        role.add_to_policy(
            iam.PolicyStatement(actions=["s3:ListBucket"], resources=[self.documents.bucket_arn])
        )
        role.add_to_policy(
            iam.PolicyStatement(
                actions=["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
                resources=[self.documents.arn_for_objects("*")],
            )
        )
        acknowledge(
            role,
            f"AwsSolutions::AwsSolutions-IAM5[Resource::<{self._id(self.documents)}.Arn>/*]",
            "The operator publishes any document of the bucket, which holds nothing else.",
        )
        self.output("OperatorRoleArn", role.role_arn, "The role that publishes documents and ingests them")

    def _id(self, construct: Construct) -> str:
        resource = construct.node.default_child
        return (
            str(self.resolve(self.get_logical_id(resource))) if isinstance(resource, cdk.CfnElement) else ""
        )


def _expiry() -> s3.LifecycleRule:
    """Return the rule that keeps logs in a bucket with versions as long as CloudWatch Logs does.

    What expires becomes an old version first, and a week is left to get back what was deleted or written over
    by mistake. The delete markers that remain go by the same rule.

    Sources: https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-expire-general-considerations.html
    and https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
    """
    return s3.LifecycleRule(
        id="Retention",
        expiration=cdk.Duration.days(_RETENTION_DAYS),
        noncurrent_version_expiration=cdk.Duration.days(7),
        abort_incomplete_multipart_upload_after=cdk.Duration.days(7),
    )
