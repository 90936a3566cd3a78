"""A chat whose answers appear as the model writes them, and a role that may do that and nothing else.

Run it with ``cdk synth`` in this folder.
"""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs

from constructs_lib import AppRole, ContentFilter, DeployRole, Guardrail, InvocationLogging, Model
from constructs_lib.checks import BedrockPlaneChecks

# AWS's own profile: a call is answered in one of several Regions of the US.
MODEL = Model.of("amazon.nova-lite-v1:0").cross_region("us")

app = cdk.App()
env = cdk.Environment(account="111122223333", region="us-east-1")
chat = cdk.Stack(app, "Chat", env=env)

guardrail = Guardrail(
    chat,
    "Guardrail",
    content_filters=[ContentFilter.prompt_attack(), ContentFilter.hate(), ContentFilter.insults()],
)
version = guardrail.create_version("Version")

# Who chats may run one model, streaming, under this guardrail only. Name your users in place of the account.
role = AppRole(chat, "AppRole", assumed_by=iam.AccountRootPrincipal())
role.grants.converse(MODEL, streaming=True)
role.grants.require_guardrail(guardrail)

cdk.CfnOutput(chat, "AppRoleArn", value=role.role_arn)
cdk.CfnOutput(chat, "ModelId", value="us.amazon.nova-lite-v1:0")
cdk.CfnOutput(chat, "GuardrailId", value=guardrail.guardrail_id)
cdk.CfnOutput(chat, "GuardrailVersion", value=version.version)

# What an administrator deploys, and once: the logging of the account, and what CloudFormation may do.
account = cdk.Stack(app, "Account", env=env)
InvocationLogging(
    account, "Logging", log_group=logs.LogGroup(account, "Logs", retention=logs.RetentionDays.ONE_MONTH)
)
deploy = DeployRole(account, "DeployRole", deploys=[chat], without_boundary=True)
# For `cdk bootstrap --cloudformation-execution-policies`.
cdk.CfnOutput(account, "ExecutionPolicyArns", value=cdk.Fn.join(",", deploy.policy_arns))

# The synthesis fails where a principal crosses the planes.
cdk.Validations.of(app).add_plugins(BedrockPlaneChecks())

app.synth()
