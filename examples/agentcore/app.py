"""An AgentCore runtime, and the role of an application that may call it and nothing else.

Run it with ``cdk synth --app "python -m examples.agentcore.app"`` from the root of the repository.
"""

import aws_cdk as cdk
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs

from constructs_lib import AppRole, InvocationLogging
from constructs_lib.checks import BedrockPlaneChecks

app = cdk.App()
stack = cdk.Stack(app, "Assistant", env=cdk.Environment(account="111122223333", region="us-east-1"))

# The agent's code in a container; AWS's own construct makes its execution role.
runtime = agentcore.Runtime(
    stack,
    "Runtime",
    runtime_name="assistant",
    agent_runtime_artifact=agentcore.AgentRuntimeArtifact.from_image_uri(
        "111122223333.dkr.ecr.us-east-1.amazonaws.com/assistant:1"
    ),
)

cdk.Validations.of(runtime).acknowledge(
    cdk.Acknowledgment(
        id="bedrock-planes::BP202",
        reason="the CDK's execution role may use every workload identity of the account's default directory, "
        "because AgentCore chooses the name of this runtime's",
    )
)

# One setting per account and Region: what the agent asks of models is logged.
InvocationLogging(
    stack, "Logging", log_group=logs.LogGroup(stack, "Logs", retention=logs.RetentionDays.ONE_MONTH)
)

# The application in front of it: it calls the agent, and holds no other action of Bedrock.
role = AppRole(
    stack,
    "AppRole",
    assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
    families=["bedrock-agentcore"],
)
role.grants.invoke_runtime(runtime)

# The synthesis fails where a principal crosses the planes.
cdk.Validations.of(app).add_plugins(BedrockPlaneChecks())

app.synth()
