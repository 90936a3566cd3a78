"""Renew the templates of this folder: ten CDK apps as people write them, one stack each.

    python -m tests.deploy.apps.synthesize

Asset hashes are zeros, so that a newer CDK changes little.
"""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import aws_cdk as cdk

_HERE = Path(__file__).parent / "templates"
_ENV = {"account": "111122223333", "region": "us-east-1"}


def _stacks() -> dict[str, Callable[[cdk.Stack], None]]:  # noqa: C901, PLR0915 - one list of stacks
    """Return the name of each stack with what fills it."""
    import aws_cdk as cdk
    from aws_cdk import aws_apigateway as apigateway
    from aws_cdk import aws_bedrock_alpha as bedrock_alpha
    from aws_cdk import aws_bedrockagentcore as agentcore
    from aws_cdk import aws_cloudfront as cloudfront
    from aws_cdk import aws_cloudfront_origins as origins
    from aws_cdk import aws_cloudwatch as cloudwatch
    from aws_cdk import aws_dynamodb as dynamodb
    from aws_cdk import aws_ec2 as ec2
    from aws_cdk import aws_ecs as ecs
    from aws_cdk import aws_ecs_patterns as patterns
    from aws_cdk import aws_events as events
    from aws_cdk import aws_events_targets as targets
    from aws_cdk import aws_iam as iam
    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_lambda as lambda_
    from aws_cdk import aws_lambda_event_sources as sources
    from aws_cdk import aws_logs as logs
    from aws_cdk import aws_rds as rds
    from aws_cdk import aws_s3 as s3
    from aws_cdk import aws_sns as sns
    from aws_cdk import aws_sns_subscriptions as subscriptions
    from aws_cdk import aws_sqs as sqs
    from aws_cdk import aws_stepfunctions as sfn
    from aws_cdk import aws_stepfunctions_tasks as tasks
    from aws_cdk import pipelines

    code = lambda_.Code.from_inline("def handler(event, context): pass")
    destroy = cdk.RemovalPolicy.DESTROY

    def function(stack: cdk.Stack, name: str = "Function", **props: Any) -> lambda_.Function:
        return lambda_.Function(
            stack, name, code=code, handler="index.handler", runtime=lambda_.Runtime.PYTHON_3_13, **props
        )

    def table(stack: cdk.Stack) -> dynamodb.Table:
        key = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
        return dynamodb.Table(
            stack,
            "Table",
            partition_key=key,
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            removal_policy=destroy,
        )

    def rest_api(stack: cdk.Stack) -> None:
        handler = function(stack)
        table(stack).grant_read_write_data(handler)
        apigateway.LambdaRestApi(stack, "Api", handler=handler)

    def web_service(stack: cdk.Stack) -> None:
        patterns.ApplicationLoadBalancedFargateService(
            stack,
            "Service",
            vpc=ec2.Vpc(stack, "Vpc", max_azs=2),
            task_image_options=patterns.ApplicationLoadBalancedTaskImageOptions(
                image=ecs.ContainerImage.from_registry("nginx")
            ),
        )

    def workflow(stack: cdk.Stack) -> None:
        step = tasks.LambdaInvoke(stack, "Step", lambda_function=function(stack))
        machine = sfn.StateMachine(
            stack,
            "Machine",
            definition_body=sfn.DefinitionBody.from_chainable(step),
            logs=sfn.LogOptions(
                destination=logs.LogGroup(
                    stack, "Log", retention=logs.RetentionDays.ONE_MONTH, removal_policy=destroy
                )
            ),
        )
        events.Rule(
            stack,
            "Nightly",
            schedule=events.Schedule.rate(cdk.Duration.days(1)),
            targets=[targets.SfnStateMachine(machine)],
        )

    def queue_worker(stack: cdk.Stack) -> None:
        dead = sqs.Queue(stack, "Dead")
        queue = sqs.Queue(
            stack, "Queue", dead_letter_queue=sqs.DeadLetterQueue(max_receive_count=3, queue=dead)
        )
        topic = sns.Topic(stack, "Topic")
        topic.add_subscription(subscriptions.SqsSubscription(queue))
        worker = function(stack, reserved_concurrent_executions=5)
        worker.add_event_source(sources.SqsEventSource(queue))
        cloudwatch.Alarm(
            stack,
            "Alarm",
            metric=dead.metric_approximate_number_of_messages_visible(),
            threshold=1,
            evaluation_periods=1,
        )

    def rag(stack: cdk.Stack) -> None:
        documents = s3.Bucket(
            stack,
            "Documents",
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            removal_policy=destroy,
            auto_delete_objects=True,
        )
        handler = function(stack)
        documents.grant_read(handler)
        guardrail = bedrock_alpha.Guardrail(stack, "Guardrail", guardrail_name="answers")
        guardrail.grant_apply(handler)
        agent = bedrock_alpha.Agent(
            stack,
            "Agent",
            foundation_model=bedrock_alpha.BedrockFoundationModel.AMAZON_NOVA_LITE_V1,
            instruction="Answer questions about the documents, briefly and only from what they say.",
            guardrail=guardrail,
        )
        agent.grant_invoke(handler)

    def agents(stack: cdk.Stack) -> None:
        memory = agentcore.Memory(stack, "Memory", memory_name="notes")
        gateway = agentcore.Gateway(stack, "Gateway", gateway_name="tools")
        del gateway
        role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("bedrock-agentcore.amazonaws.com"))
        memory.grant_read(role)
        agentcore.CfnRuntime(
            stack,
            "Runtime",
            agent_runtime_name="assistant",
            role_arn=role.role_arn,
            network_configuration=agentcore.CfnRuntime.NetworkConfigurationProperty(network_mode="PUBLIC"),
            agent_runtime_artifact=agentcore.CfnRuntime.AgentRuntimeArtifactProperty(
                container_configuration=agentcore.CfnRuntime.ContainerConfigurationProperty(
                    container_uri="111122223333.dkr.ecr.us-east-1.amazonaws.com/agent:1"
                )
            ),
        )

    def pipeline(stack: cdk.Stack) -> None:
        source = pipelines.CodePipelineSource.s3(s3.Bucket(stack, "Source"), "app.zip")
        synth = pipelines.ShellStep("Synth", input=source, commands=["npx cdk synth"])
        pipelines.CodePipeline(stack, "Pipeline", synth=synth)

    def website(stack: cdk.Stack) -> None:
        bucket = s3.Bucket(stack, "Site", versioned=True)
        cloudfront.Distribution(
            stack,
            "Distribution",
            default_behavior=cloudfront.BehaviorOptions(
                origin=origins.S3BucketOrigin.with_origin_access_control(bucket)
            ),
        )

    def database(stack: cdk.Stack) -> None:
        rds.DatabaseCluster(
            stack,
            "Database",
            engine=rds.DatabaseClusterEngine.aurora_postgres(
                version=rds.AuroraPostgresEngineVersion.VER_16_4
            ),
            writer=rds.ClusterInstance.serverless_v2("Writer"),
            vpc=ec2.Vpc(stack, "Vpc", max_azs=2, nat_gateways=0),
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
            storage_encryption_key=kms.Key(stack, "Key", enable_key_rotation=True),
        )

    def knowledge(stack: cdk.Stack) -> None:
        from constructs_lib import DocumentSource, KnowledgeBase

        bucket = s3.Bucket(stack, "Documents", removal_policy=destroy)
        base = KnowledgeBase(stack, "Knowledge", knowledge_base_name="answers", description="Answers")
        base.add_data_source("Source", DocumentSource.s3(bucket))

    return {
        "AgentCore": agents,
        "Database": database,
        "Pipeline": pipeline,
        "QueueWorker": queue_worker,
        "Rag": rag,
        "RestApi": rest_api,
        "WebService": web_service,
        "Website": website,
        "Workflow": workflow,
        "Knowledge": knowledge,
    }


def main() -> None:
    """Synthesize and write."""
    import aws_cdk as cdk

    with tempfile.TemporaryDirectory() as folder:
        app = cdk.App(outdir=folder, analytics_reporting=False, builtin_cloud_formation_validation=False)
        for name, build in _stacks().items():
            build(cdk.Stack(app, name, env=cdk.Environment(**_ENV)))
        app.synth()
        for path in sorted(Path(folder).glob("*.template.json")):
            text = json.dumps(json.loads(path.read_text(encoding="utf-8")), indent=1)
            text = re.sub(r"[0-9a-f]{64}", "0" * 64, text)
            (_HERE / path.name.replace(".template", "")).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
