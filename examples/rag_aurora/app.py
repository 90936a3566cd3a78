"""Answers from documents, with the vectors in a table of Aurora PostgreSQL.

Run it with ``cdk synth --app "python -m examples.rag_aurora.app"`` from the root of the repository.
"""

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_rds as rds
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler

from constructs_lib import (
    AppRole,
    Chunking,
    ContentFilter,
    DeployRole,
    DocumentSource,
    Guardrail,
    InvocationLogging,
    KnowledgeBase,
    KnowledgeBaseType,
    OperatorRole,
    VectorStore,
)
from constructs_lib.checks import BedrockPlaneChecks

MODEL = "amazon.nova-lite-v1:0"

app = cdk.App()
env = cdk.Environment(account="111122223333", region="us-east-1")
stack = cdk.Stack(app, "RagAurora", env=env)

# Bedrock and the function that makes the table use the Data API, so nothing else has to reach the cluster.
vpc = ec2.Vpc(
    stack,
    "Vpc",
    availability_zones=["us-east-1a", "us-east-1b"],
    nat_gateways=0,
    subnet_configuration=[
        ec2.SubnetConfiguration(name="Data", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=24)
    ],
)
credentials = rds.DatabaseSecret(stack, "Credentials", username="documents")
cluster = rds.DatabaseCluster(
    stack,
    "Cluster",
    engine=rds.DatabaseClusterEngine.aurora_postgres(version=rds.AuroraPostgresEngineVersion.VER_16_6),
    writer=rds.ClusterInstance.serverless_v2("Writer"),
    serverless_v2_min_capacity=0,  # it pauses while nobody asks
    serverless_v2_max_capacity=2,
    credentials=rds.Credentials.from_secret(credentials),
    vpc=vpc,
    vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
    default_database_name="documents",
    enable_data_api=True,
    storage_encrypted=True,
    removal_policy=cdk.RemovalPolicy.SNAPSHOT,
)

documents = s3.Bucket(stack, "Documents", enforce_ssl=True)
knowledge = KnowledgeBase(
    stack,
    "Knowledge",
    type=KnowledgeBaseType.vector(
        vector_store=VectorStore.aurora(cluster, credentials_secret=credentials, database_name="documents")
    ),
)
knowledge.add_data_source(
    "Source",
    DocumentSource.s3(documents),
    chunking=Chunking.hierarchical(parent_max_tokens=1500, child_max_tokens=300, overlap_tokens=60),
)
knowledge.sync(every=scheduler.ScheduleExpression.rate(cdk.Duration.hours(6)))

guardrail = Guardrail(stack, "Guardrail", content_filters=[ContentFilter.prompt_attack()])

# The application reads no table: it asks the knowledge base, and Bedrock reads as the service role.
role = AppRole(stack, "AppRole", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
role.grants.retrieve(knowledge)
role.grants.retrieve_and_generate(knowledge, MODEL)
role.grants.apply_guardrail(guardrail)
cdk.Validations.of(role).acknowledge(
    cdk.Acknowledgment(
        id="bedrock-planes::BP305",
        reason="the application asks with RetrieveAndGenerate, whose stream needs no further action, and "
        "never calls the model itself",
    )
)

operator = OperatorRole(stack, "Operator", assumed_by=iam.AccountRootPrincipal())
operator.grants.ingest(knowledge)
documents.grant_put(operator)

# What an administrator deploys, and once: the logging of the account, and what CloudFormation may do.
account = cdk.Stack(app, "Account", env=env)
InvocationLogging(
    account, "Logging", log_group=logs.LogGroup(account, "Logs", retention=logs.RetentionDays.ONE_MONTH)
)
deploy = DeployRole(account, "DeployRole", deploys=[stack], without_boundary=True)
# For `cdk bootstrap --cloudformation-execution-policies`.
cdk.CfnOutput(account, "ExecutionPolicyArns", value=cdk.Fn.join(",", deploy.policy_arns))

# The synthesis fails where a principal crosses the planes.
cdk.Validations.of(app).add_plugins(BedrockPlaneChecks())

app.synth()
