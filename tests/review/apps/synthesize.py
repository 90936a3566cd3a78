"""Renew the templates of this folder: what real CDK apps look like, one stack per shape.

    python -m tests.review.apps.synthesize

The bootstrap template comes from the CDK CLI (``cdk bootstrap --show-template``). Asset hashes are
zeros, so that a newer CDK changes little.
"""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import aws_cdk as cdk

_HERE = Path(__file__).parent / "templates"
_ENV = {"account": "111122223333", "region": "us-east-1"}
_MODEL = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"


def _stacks() -> dict[str, Callable[[cdk.Stack], None]]:  # noqa: C901, PLR0915 - one list of stacks
    """Return the name of each stack with what fills it."""
    import aws_cdk as cdk
    from aws_cdk import aws_codebuild as codebuild
    from aws_cdk import aws_codepipeline as codepipeline
    from aws_cdk import aws_codepipeline_actions as actions
    from aws_cdk import aws_dynamodb as dynamodb
    from aws_cdk import aws_ec2 as ec2
    from aws_cdk import aws_ecs as ecs
    from aws_cdk import aws_events as events
    from aws_cdk import aws_events_targets as targets
    from aws_cdk import aws_iam as iam
    from aws_cdk import aws_lambda as lambda_
    from aws_cdk import aws_logs as logs
    from aws_cdk import aws_s3 as s3
    from aws_cdk import aws_sqs as sqs
    from aws_cdk import aws_stepfunctions as sfn
    from aws_cdk import aws_stepfunctions_tasks as tasks
    from aws_cdk import custom_resources as cr

    code = lambda_.Code.from_inline("def handler(event, context): pass")

    def function(stack: cdk.Stack, name: str = "Function", **props: Any) -> lambda_.Function:
        return lambda_.Function(
            stack, name, code=code, handler="index.handler", runtime=lambda_.Runtime.PYTHON_3_13, **props
        )

    def invoke(*resources: str) -> iam.PolicyStatement:
        return iam.PolicyStatement(
            actions=["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
            resources=list(resources),
        )

    def provider(stack: cdk.Stack) -> None:
        handler = function(stack, "Handler")
        cdk.CustomResource(
            stack,
            "Resource",
            service_token=cr.Provider(stack, "Provider", on_event_handler=handler).service_token,
        )

    def sdk_call(service: str, action: str) -> Callable[[cdk.Stack], None]:
        def build(stack: cdk.Stack) -> None:
            call = cr.AwsSdkCall(
                service=service,
                action=action,
                physical_resource_id=cr.PhysicalResourceId.of("call"),
                parameters={},
            )
            policy = cr.AwsCustomResourcePolicy.from_sdk_calls(resources=["*"])
            cr.AwsCustomResource(stack, "Call", on_update=call, policy=policy, install_latest_aws_sdk=False)

        return build

    def auto_delete(stack: cdk.Stack) -> None:
        s3.Bucket(stack, "Bucket", removal_policy=cdk.RemovalPolicy.DESTROY, auto_delete_objects=True)

    def notifications(stack: cdk.Stack) -> None:
        bucket = s3.Bucket(stack, "Bucket")
        from aws_cdk import aws_s3_notifications as s3n

        bucket.add_event_notification(s3.EventType.OBJECT_CREATED, s3n.LambdaDestination(function(stack)))

    def grants(stack: cdk.Stack) -> None:
        handler = function(stack)
        s3.Bucket(stack, "Bucket").grant_read_write(handler)
        dynamodb.Table(
            stack, "Table", partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
        ).grant_read_write_data(handler)
        sqs.Queue(stack, "Queue").grant_send_messages(handler)

    def pipeline(stack: cdk.Stack) -> None:
        from aws_cdk import pipelines

        source = pipelines.CodePipelineSource.s3(s3.Bucket(stack, "Source"), "app.zip")
        synth = pipelines.ShellStep("Synth", input=source, commands=["npx cdk synth"])
        pipelines.CodePipeline(stack, "Pipeline", synth=synth)

    def code_pipeline(stack: cdk.Stack) -> None:
        artifact = codepipeline.Artifact()
        pipe = codepipeline.Pipeline(stack, "Pipeline")
        bucket = s3.Bucket(stack, "Source", versioned=True)
        pipe.add_stage(
            stage_name="Source",
            actions=[
                actions.S3SourceAction(action_name="S3", bucket=bucket, bucket_key="app.zip", output=artifact)
            ],
        )
        project = codebuild.PipelineProject(stack, "Project")
        pipe.add_stage(
            stage_name="Build",
            actions=[actions.CodeBuildAction(action_name="Build", input=artifact, project=project)],
        )

    def machine(stack: cdk.Stack) -> None:
        model = _BedrockModel(stack)
        task = tasks.BedrockInvokeModel(stack, "Invoke", model=model, body=sfn.TaskInput.from_object({}))
        sfn.StateMachine(stack, "Machine", definition_body=sfn.DefinitionBody.from_chainable(task))

    def _BedrockModel(stack: cdk.Stack) -> Any:  # noqa: N802 - stands for the CDK's class of that name
        from aws_cdk import aws_bedrock as bedrock

        return bedrock.FoundationModel.from_foundation_model_id(
            stack, "Model", bedrock.FoundationModelIdentifier("amazon.nova-lite-v1:0")
        )

    def ecs_task(stack: cdk.Stack) -> None:
        task = ecs.FargateTaskDefinition(stack, "Task")
        task.add_container(
            "app",
            image=ecs.ContainerImage.from_registry("nginx"),
            logging=ecs.LogDrivers.aws_logs(stream_prefix="app"),
        )
        task.task_role.add_to_principal_policy(invoke(_MODEL))

    def cross_account(stack: cdk.Stack) -> None:
        role = iam.Role(stack, "Reader", assumed_by=iam.AccountPrincipal("444455556666"))
        role.add_to_policy(iam.PolicyStatement(actions=["s3:GetObject"], resources=["arn:aws:s3:::shared/*"]))
        caller = function(stack, "Caller")
        caller.add_to_role_policy(
            iam.PolicyStatement(
                actions=["sts:AssumeRole"], resources=["arn:aws:iam::444455556666:role/Reader"]
            )
        )

    def administrator(stack: cdk.Stack) -> None:
        iam.Role(
            stack,
            "Administrator",
            assumed_by=iam.AccountRootPrincipal(),
            managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name("AdministratorAccess")],
        )

    def read_only(stack: cdk.Stack) -> None:
        iam.Role(
            stack,
            "Auditor",
            assumed_by=iam.AccountRootPrincipal(),
            managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name("SecurityAudit")],
        )

    def github(stack: cdk.Stack) -> None:
        oidc = iam.CfnOIDCProvider(
            stack,
            "GitHub",
            url="https://token.actions.githubusercontent.com",
            client_id_list=["sts.amazonaws.com"],
        )
        role = iam.Role(stack, "Deploy", assumed_by=iam.WebIdentityPrincipal(oidc.attr_arn))
        role.add_to_policy(
            iam.PolicyStatement(
                actions=["sts:AssumeRole"],
                resources=["arn:aws:iam::*:role/cdk-*"],
                conditions={
                    "StringEquals": {
                        "aws:ResourceTag/aws-cdk:bootstrap-role": ["deploy", "lookup", "file-publishing"]
                    }
                },
            )
        )

    def service_role(stack: cdk.Stack) -> None:
        from aws_cdk import aws_bedrock as bedrock

        trust = iam.PrincipalWithConditions(
            iam.ServicePrincipal("bedrock.amazonaws.com"),
            {
                "StringEquals": {"aws:SourceAccount": stack.account},
                "ArnLike": {"aws:SourceArn": f"arn:aws:bedrock:{stack.region}:{stack.account}:agent/*"},
            },
        )
        role = iam.Role(stack, "AgentRole", assumed_by=trust)
        role.add_to_policy(invoke(_MODEL))
        bedrock.CfnAgent(
            stack,
            "Agent",
            agent_name="chat",
            agent_resource_role_arn=role.role_arn,
            foundation_model="amazon.nova-lite-v1:0",
        )

    def ingestion(stack: cdk.Stack) -> None:
        handler = function(stack)
        events.Rule(
            stack,
            "Nightly",
            schedule=events.Schedule.rate(cdk.Duration.days(1)),
            targets=[targets.LambdaFunction(handler)],
        )
        handler.add_to_role_policy(
            iam.PolicyStatement(
                actions=["bedrock:StartIngestionJob", "bedrock:GetIngestionJob"],
                resources=["arn:aws:bedrock:us-east-1:111122223333:knowledge-base/KB12345678"],
            )
        )

    def chat(stack: cdk.Stack) -> None:
        function(stack).add_to_role_policy(invoke(_MODEL))

    def retrieval(stack: cdk.Stack) -> None:
        handler = function(stack)
        handler.add_to_role_policy(invoke(_MODEL))
        handler.add_to_role_policy(
            iam.PolicyStatement(
                actions=["bedrock:Retrieve"],
                resources=["arn:aws:bedrock:us-east-1:111122223333:knowledge-base/KB12345678"],
            )
        )
        handler.add_to_role_policy(
            iam.PolicyStatement(actions=["bedrock:RetrieveAndGenerate"], resources=["*"])
        )

    def embedding(stack: cdk.Stack) -> None:
        function(stack).add_to_role_policy(
            iam.PolicyStatement(
                actions=["bedrock:InvokeModel"],
                resources=["arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0"],
            )
        )

    def profile(stack: cdk.Stack) -> None:
        handler = function(stack)
        arn = f"arn:aws:bedrock:us-east-1:{stack.account}:inference-profile/us.amazon.nova-lite-v1:0"
        handler.add_to_role_policy(invoke(arn))
        models = invoke("arn:aws:bedrock:*::foundation-model/amazon.nova-lite-v1:0")
        models.add_conditions({"StringLike": {"bedrock:InferenceProfileArn": arn}})
        handler.add_to_role_policy(models)

    def boundary(stack: cdk.Stack) -> None:
        limit = iam.ManagedPolicy(stack, "Boundary", statements=[invoke("*")])
        role = iam.Role(
            stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"), permissions_boundary=limit
        )
        role.add_to_policy(invoke(_MODEL))

    def network(stack: cdk.Stack) -> None:
        vpc = ec2.Vpc(stack, "Vpc", max_azs=2, nat_gateways=0, restrict_default_security_group=True)
        endpoint = vpc.add_interface_endpoint(
            "Runtime", service=ec2.InterfaceVpcEndpointAwsService.BEDROCK_RUNTIME
        )
        statement = invoke("*")
        statement.add_any_principal()
        endpoint.add_to_policy(statement)

    def default_role(stack: cdk.Stack) -> None:
        function(stack)

    def in_vpc(stack: cdk.Stack) -> None:
        function(stack, vpc=ec2.Vpc(stack, "Vpc", max_azs=1, nat_gateways=0))

    def retention(stack: cdk.Stack) -> None:
        logs.LogRetention(stack, "Retention", log_group_name="/app", retention=logs.RetentionDays.ONE_WEEK)

    return {
        "AdministratorRole": administrator,
        "AgentServiceRole": service_role,
        "AutoDeleteObjects": auto_delete,
        "AwsCustomResourceOther": sdk_call("S3", "listBuckets"),
        "AwsCustomResourceControl": sdk_call("bedrock", "putModelInvocationLoggingConfiguration"),
        "BoundaryRole": boundary,
        "BucketNotifications": notifications,
        "CdkPipelines": pipeline,
        "ChatFunction": chat,
        "CodePipeline": code_pipeline,
        "CrossAccountRole": cross_account,
        "EcsTask": ecs_task,
        "EmbeddingFunction": embedding,
        "GitHubDeployRole": github,
        "IngestionSchedule": ingestion,
        "LambdaDefaultRole": default_role,
        "LambdaGrants": grants,
        "LambdaInVpc": in_vpc,
        "LogRetention": retention,
        "ProfileFunction": profile,
        "ProviderFramework": provider,
        "RetrievalFunction": retrieval,
        "SecurityAuditRole": read_only,
        "StateMachine": machine,
        "VpcEndpoint": network,
    }


def main() -> None:
    """Synthesize and write."""
    import aws_cdk as cdk

    with tempfile.TemporaryDirectory() as folder:
        app = cdk.App(outdir=folder, analytics_reporting=False, builtin_cloud_formation_validation=False)
        for name, build in _stacks().items():
            build(
                cdk.Stack(
                    app,
                    name,
                    env=cdk.Environment(**_ENV),
                    synthesizer=cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=False),
                )
            )
        app.synth()
        for path in sorted(Path(folder).glob("*.template.json")):
            _write(path.name.removesuffix(".template.json"), json.loads(path.read_text(encoding="utf-8")))
    shown = subprocess.run(
        ["node_modules/.bin/cdk", "bootstrap", "--show-template", "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    _write("Bootstrap", json.loads(shown.stdout))


def _write(name: str, template: dict[str, Any]) -> None:
    text = json.dumps(template, indent=1)
    text = re.sub(r"[0-9a-f]{64}", "0" * 64, text)
    (_HERE / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
