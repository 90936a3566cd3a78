"""One app in two accounts, deployed by a pipeline in a third, with a review before each account.

Run it with ``cdk synth`` in this folder.
"""

import aws_cdk as cdk
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import pipelines
from constructs import Construct

from constructs_lib import (
    AppRole,
    ContentFilter,
    DeployRole,
    DocumentSource,
    Guardrail,
    InvocationLogging,
    KnowledgeBase,
    ReviewStep,
)
from constructs_lib.checks import BedrockPlaneChecks

MODEL = "amazon.nova-lite-v1:0"
TOOLING = cdk.Environment(account="111122223333", region="us-east-1")
WORKLOADS = {
    "Staging": cdk.Environment(account="222233334444", region="us-east-1"),
    "Production": cdk.Environment(account="333344445555", region="us-east-1"),
}


class Answers(cdk.Stack):
    """The app: a knowledge base, a guardrail, and the role that asks."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        """Make it where the stage says."""
        super().__init__(scope, construct_id)
        documents = s3.Bucket(self, "Documents", enforce_ssl=True)
        knowledge = KnowledgeBase(self, "Knowledge")
        knowledge.add_data_source("Source", DocumentSource.s3(documents))
        guardrail = Guardrail(self, "Guardrail", content_filters=[ContentFilter.prompt_attack()])
        role = AppRole(self, "AppRole", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
        role.grants.retrieve(knowledge)
        role.grants.converse(MODEL, streaming=True)
        role.grants.require_guardrail(guardrail)


class Foundation(cdk.Stack):
    """What an administrator of a workload account deploys: its logging, and what CloudFormation may do."""

    def __init__(
        self, scope: Construct, construct_id: str, *, deploys: cdk.Stage, env: cdk.Environment
    ) -> None:
        """Derive the policies from the stage, for its account."""
        super().__init__(scope, construct_id, env=env)
        logs_of_calls = logs.LogGroup(self, "Logs", retention=logs.RetentionDays.ONE_MONTH)
        InvocationLogging(self, "Logging", log_group=logs_of_calls)
        deploy = DeployRole(self, "DeployRole", deploys=[deploys], without_boundary=True)
        # For `cdk bootstrap --trust TOOLING --cloudformation-execution-policies`.
        cdk.CfnOutput(self, "ExecutionPolicyArns", value=cdk.Fn.join(",", deploy.policy_arns))


app = cdk.App()
tooling = cdk.Stack(app, "Tooling", env=TOOLING)

# What the pipeline builds is uploaded here by the forge. A connection to GitHub or GitLab goes as well:
# `pipelines.CodePipelineSource.connection("OWNER/REPO", "main", connection_arn=...)`.
uploads = s3.Bucket(tooling, "Uploads", versioned=True, enforce_ssl=True)
pipeline = pipelines.CodePipeline(
    tooling,
    "Pipeline",
    cross_account_keys=True,
    code_build_defaults=pipelines.CodeBuildOptions(
        build_environment=codebuild.BuildEnvironment(build_image=codebuild.LinuxBuildImage.STANDARD_7_0)
    ),
    synth=pipelines.ShellStep(
        "Synth",
        input=pipelines.CodePipelineSource.s3(uploads, "source.zip"),
        # The pipeline changes itself before any stage, so the first review is here.
        commands=["pip install -r requirements.txt", "npx cdk synth", *ReviewStep.synth_commands()],
    ),
)

# ARNs of the foundations' execution policies by workload, once they are deployed.
policies: dict[str, list[str]] = app.node.try_get_context("execution-policies") or {}

for name, env in WORKLOADS.items():
    stage = cdk.Stage(app, name, env=env)
    Answers(stage, "Answers")
    Foundation(app, f"Foundation{name}", deploys=stage, env=env)
    # Before the account: the review, and the whole diff of the permissions with what is deployed there.
    # With the ARNs of the foundation in the context, also what CloudFormation lacks or needn't hold.
    review = ReviewStep(
        f"Review{name}",
        stage=stage,
        cloud_assembly=pipeline.cloud_assembly_file_set,
        policies=policies.get(name, []),
        fail_on="warning",
    )
    gates: list[pipelines.Step] = [review]
    if name == "Production":
        gates.append(review.approval())
    pipeline.add_stage(stage, pre=gates)

# The synthesis fails where a principal crosses the planes.
cdk.Validations.of(app).add_plugins(BedrockPlaneChecks())

app.synth()
