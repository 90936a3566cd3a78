"""Batch inference: Bedrock's role for the jobs, and an operator who starts them and runs no model.

Run it with ``cdk synth`` in this folder.
"""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3

from constructs_lib import DeployRole, InvocationLogging, Job, JobRole, Model, OperatorRole
from constructs_lib.checks import BedrockPlaneChecks

app = cdk.App()
env = cdk.Environment(account="111122223333", region="us-east-1")
batch = cdk.Stack(app, "Batch", env=env)

bucket = s3.Bucket(batch, "Prompts", enforce_ssl=True)

# Bedrock reads below `in/` and writes below `out/` with this role.
jobs = JobRole(
    batch,
    "Jobs",
    job=Job.batch_inference(
        model=Model.of("amazon.nova-lite-v1:0"),
        input_bucket=bucket,
        output_bucket=bucket,
        input_prefix="in/",
        output_prefix="out/",
    ),
)

# Who runs batches puts prompts, starts jobs with that one role, and fetches the answers.
operator = OperatorRole(batch, "Operator", assumed_by=iam.AccountRootPrincipal())
operator.grants.run_jobs(jobs)
bucket.grant_put(operator, "in/*")
bucket.grant_read(operator, "out/*")

cdk.CfnOutput(batch, "OperatorRoleArn", value=operator.role_arn)
cdk.CfnOutput(batch, "JobRoleArn", value=jobs.role_arn)
cdk.CfnOutput(batch, "BucketName", value=bucket.bucket_name)

# What an administrator deploys, and once: the logging of the account, and what CloudFormation may do.
account = cdk.Stack(app, "Account", env=env)
InvocationLogging(
    account, "Logging", log_group=logs.LogGroup(account, "Logs", retention=logs.RetentionDays.ONE_MONTH)
)
deploy = DeployRole(account, "DeployRole", deploys=[batch], without_boundary=True)
# For `cdk bootstrap --cloudformation-execution-policies`.
cdk.CfnOutput(account, "ExecutionPolicyArns", value=cdk.Fn.join(",", deploy.policy_arns))

# The synthesis fails where a principal crosses the planes.
cdk.Validations.of(app).add_plugins(BedrockPlaneChecks())

app.synth()
