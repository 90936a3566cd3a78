"""Answers from documents, twice: with a vector store of one's own, and with a managed knowledge base.

Run it with ``cdk synth --app "python -m examples.rag.app"`` from the root of the repository.
"""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler

from constructs_lib import (
    AppRole,
    ContentFilter,
    DeployRole,
    DocumentSource,
    Guardrail,
    InvocationLogging,
    KnowledgeBase,
    KnowledgeBaseType,
    ManagedSource,
    OperatorRole,
    SyncSchedule,
)
from constructs_lib.checks import BedrockPlaneChecks
from constructs_lib.grants import model_arn

MODEL = "amazon.nova-lite-v1:0"
HERE = Path(__file__).parent

app = cdk.App()
env = cdk.Environment(account="111122223333", region="us-east-1")

# ------------------------------------------------------------------- a vector store of one's own: S3 Vectors
rag = cdk.Stack(app, "Rag", env=env)

documents = s3.Bucket(rag, "Documents", enforce_ssl=True)
knowledge = KnowledgeBase(rag, "Knowledge")
source = knowledge.add_data_source("Source", DocumentSource.s3(documents))
# One ingestion job after the other, every six hours, with an alarm for documents that fail.
knowledge.sync(every=scheduler.ScheduleExpression.rate(cdk.Duration.hours(6)))

guardrail = Guardrail(
    rag,
    "Guardrail",
    content_filters=[ContentFilter.prompt_attack(), ContentFilter.hate()],
)
version = guardrail.create_version("Version")

# The application asks: it runs one model over one knowledge base, and configures nothing.
role = AppRole(rag, "AppRole", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
role.grants.retrieve(knowledge)
role.grants.retrieve_and_generate(knowledge, MODEL)
role.grants.apply_guardrail(guardrail)

cdk.Validations.of(role).acknowledge(
    cdk.Acknowledgment(
        id="bedrock-planes::BP305",
        reason="the function asks with RetrieveAndGenerate, whose stream needs no further action, and never "
        "calls the model itself",
    )
)

log_group = logs.LogGroup(rag, "Logs", retention=logs.RetentionDays.ONE_MONTH)
log_group.grant_write(role)
ask = lambda_.Function(
    rag,
    "Ask",
    runtime=lambda_.Runtime.PYTHON_3_13,
    handler="index.handler",
    code=lambda_.Code.from_asset(str(HERE / "ask")),
    role=role,
    log_group=log_group,
    timeout=cdk.Duration.minutes(1),
    environment={
        "KNOWLEDGE_BASE_ID": knowledge.knowledge_base_id,
        "MODEL_ARN": model_arn(rag, MODEL),
        "GUARDRAIL_ID": guardrail.guardrail_id,
        "GUARDRAIL_VERSION": version.version,
    },
)

# People and pipelines put documents and ingest them: named control actions, and no answer of a model.
operator = OperatorRole(rag, "Operator", assumed_by=iam.AccountRootPrincipal())
operator.grants.ingest(knowledge)
documents.grant_put(operator)

cdk.CfnOutput(rag, "DocumentsBucketName", value=documents.bucket_name)
cdk.CfnOutput(rag, "KnowledgeBaseId", value=knowledge.knowledge_base_id)
cdk.CfnOutput(rag, "DataSourceId", value=source.data_source_id)
cdk.CfnOutput(rag, "OperatorRoleArn", value=operator.role_arn)
cdk.CfnOutput(rag, "AppRoleArn", value=role.role_arn)
cdk.CfnOutput(rag, "FunctionName", value=ask.function_name)

# --------------------------------------------------------------------------------- a managed knowledge base
managed = cdk.Stack(app, "ManagedRag", env=env)

manuals = s3.Bucket(managed, "Manuals", enforce_ssl=True)
answers = KnowledgeBase(managed, "Answers", type=KnowledgeBaseType.managed())
# The service syncs by itself, and there is no vector store to keep.
answers.add_data_source("Source", ManagedSource.s3(manuals), sync_schedule=SyncSchedule.daily())

filters = Guardrail(
    managed,
    "Guardrail",
    content_filters=[ContentFilter.prompt_attack(), ContentFilter.hate()],
)
# AWS answers `Retrieve` on it, and no `RetrieveAndGenerate`: the application writes the prompt, and may run
# the model under the guardrail only.
reader = AppRole(managed, "AppRole", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
reader.grants.retrieve(answers)
reader.grants.converse(MODEL, streaming=True)
reader.grants.require_guardrail(filters)

publisher = OperatorRole(managed, "Operator", assumed_by=iam.AccountRootPrincipal())
publisher.grants.ingest(answers)
manuals.grant_put(publisher)

# ------------------------------------------------------------------ what an administrator deploys, and once
account = cdk.Stack(app, "Account", env=env)

# One setting per account and Region: what is asked of models is logged.
InvocationLogging(
    account, "Logging", log_group=logs.LogGroup(account, "Logs", retention=logs.RetentionDays.ONE_MONTH)
)
# What CloudFormation needs for the two stacks: it configures, and runs no model.
deploy = DeployRole(account, "DeployRole", deploys=[rag, managed], without_boundary=True)
# For `cdk bootstrap --cloudformation-execution-policies`.
cdk.CfnOutput(account, "ExecutionPolicyArns", value=cdk.Fn.join(",", deploy.policy_arns))

# The synthesis fails where a principal crosses the planes.
cdk.Validations.of(app).add_plugins(BedrockPlaneChecks())

app.synth()
