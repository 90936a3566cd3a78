"""A managed agent of AgentCore, its endpoint, and the role of an application that may ask it.

Run it with ``cdk synth`` in this folder.
"""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs

from constructs_lib import (
    AppRole,
    DeployRole,
    Harness,
    HarnessMemory,
    HarnessTool,
    InvocationLogging,
    Model,
)
from constructs_lib.checks import BedrockPlaneChecks

app = cdk.App()
env = cdk.Environment(account="111122223333", region="us-east-1")
assistant = cdk.Stack(app, "Assistant", env=env)

# The loop, the sandbox of the code and the memory run at AWS. The harness makes a role of its own, because
# the code in its tools runs with it: one model, its own memory, its own logs.
harness = Harness(
    assistant,
    "Orders",
    model=Model.of("amazon.nova-lite-v1:0").cross_region("us"),
    system_prompt="Answer the questions of our customers about their orders.",
    tools=[HarnessTool.code_interpreter()],
    memory=HarnessMemory.managed(),
    max_iterations=10,
)
# What callers name; another version is put live by changing the number.
live = harness.add_endpoint("Live", endpoint_name="live", target_version="1")

cdk.Validations.of(harness).acknowledge(
    cdk.Acknowledgment(
        id="bedrock-planes::BP503",
        reason="a harness has no property for a guardrail; what this account enforces covers its calls",
    )
)

# The application asks through the endpoint. It holds neither the model nor the tools.
role = AppRole(assistant, "AppRole", assumed_by=iam.AccountRootPrincipal(), families=["bedrock-agentcore"])
live.grant_invoke(role)

cdk.CfnOutput(assistant, "AppRoleArn", value=role.role_arn)
cdk.CfnOutput(assistant, "HarnessArn", value=harness.harness_arn)
cdk.CfnOutput(assistant, "Endpoint", value="live")

# What an administrator deploys, and once: the logging of the account, and what CloudFormation may do.
account = cdk.Stack(app, "Account", env=env)
InvocationLogging(
    account, "Logging", log_group=logs.LogGroup(account, "Logs", retention=logs.RetentionDays.ONE_MONTH)
)
deploy = DeployRole(account, "DeployRole", deploys=[assistant], without_boundary=True)
# For `cdk bootstrap --cloudformation-execution-policies`.
cdk.CfnOutput(account, "ExecutionPolicyArns", value=cdk.Fn.join(",", deploy.policy_arns))

# The synthesis fails where a principal crosses the planes.
cdk.Validations.of(app).add_plugins(BedrockPlaneChecks())

app.synth()
