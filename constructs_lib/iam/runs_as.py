"""What runs as a role already, and the actions that make it serve the caller without ``iam:PassRole``.

Two tables. :data:`RUNS_AS` has the resources of a template that have a role: a principal that may do one of a
row's actions on the resource acts with the role's permissions. :data:`RUNS_AS_SERVICE_ROLE` has the services
of which no template shows what has which role (a stack and its service role): there every role that trusts
the service counts.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["RUNS_AS", "RUNS_AS_SERVICE_ROLE", "STARTS", "RunsAs", "RunsAsServiceRole"]


class RunsAs(NamedTuple):
    """A type of resource that runs as a role.

    Attributes:
        type: The CloudFormation type.
        role: The path of the property with the role: its ARN, its name, or an instance profile.
        arn: The ARN that the actions take: ``{NAME}`` is an attribute or a property of the resource. What
            follows is not known before something runs (the id of a task) is `*`.
        actions: Each of them is enough.
        how: What the caller does, as messages say it; ``{}`` is the resource's name.
        page: The page of AWS that says so.
        invokes: Whether the actions only start what the owner wrote. Deployments often may do that.
        qualifier: What an ARN of a version, an alias or an endpoint has behind that of the resource.

    """

    type: str
    role: str
    arn: str
    actions: tuple[str, ...]
    how: str
    page: str
    invokes: bool = False
    qualifier: str = ""


_API = "https://docs.aws.amazon.com/"
_CORE = _API + "bedrock-agentcore/latest/devguide/"

# A layer or a handler of the caller's choice runs as the role that the function keeps.
_FUNCTION = (
    RunsAs(
        "AWS::Lambda::Function",
        "Role",
        "{Arn}",
        ("lambda:UpdateFunctionCode",),
        "replace the code of the function `{}`",
        _API + "lambda/latest/dg/lambda-intro-execution-role.html",
    ),
    RunsAs(
        "AWS::Lambda::Function",
        "Role",
        "{Arn}",
        ("lambda:UpdateFunctionConfiguration",),
        "change the layers and the settings of the function `{}`",
        _API + "lambda/latest/api/API_UpdateFunctionConfiguration.html",
    ),
    RunsAs(
        "AWS::Lambda::Function",
        "Role",
        "{Arn}",
        ("lambda:InvokeFunction", "lambda:InvokeAsync"),
        "invoke the function `{}`",
        _API + "lambda/latest/dg/lambda-intro-execution-role.html",
        invokes=True,
        qualifier=":*",  # https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html
    ),
    RunsAs(
        "AWS::Lambda::Function",
        "Role",
        "{Arn}",
        ("lambda:InvokeFunctionUrl",),
        "call the URL of the function `{}`",
        _API + "lambda/latest/dg/urls-auth.html",
        invokes=True,
        qualifier=":*",
    ),
)
_STATE_MACHINE = RunsAs(
    "AWS::StepFunctions::StateMachine",
    "RoleArn",
    "{Arn}",
    ("states:StartExecution", "states:StartSyncExecution"),
    "start the state machine `{}`",
    _API + "step-functions/latest/dg/procedure-create-iam-role.html",
    invokes=True,
    qualifier=":*",  # https://docs.aws.amazon.com/step-functions/latest/dg/auth-version-alias.html
)
# A new definition keeps the role unless the request names another one.
_DEFINITION = RunsAs(
    "AWS::StepFunctions::StateMachine",
    "RoleArn",
    "{Arn}",
    ("states:UpdateStateMachine",),
    "change the definition of the state machine `{}`",
    _API + "step-functions/latest/apireference/API_UpdateStateMachine.html",
)

RUNS_AS: tuple[RunsAs, ...] = (
    *_FUNCTION,
    *(row._replace(type="AWS::Serverless::Function") for row in _FUNCTION),
    _STATE_MACHINE,
    _DEFINITION,
    *(
        row._replace(type="AWS::Serverless::StateMachine", role="Role")
        for row in (_STATE_MACHINE, _DEFINITION)
    ),
    RunsAs(
        "AWS::CodeBuild::Project",
        "ServiceRole",
        "{Arn}",
        # buildspecOverride replaces the commands of the project.
        ("codebuild:StartBuild", "codebuild:StartBuildBatch"),
        "start a build of the project `{}` with commands of its own",
        _API + "codebuild/latest/APIReference/API_StartBuild.html",
        invokes=True,
    ),
    RunsAs(
        "AWS::CodeBuild::Project",
        "ServiceRole",
        "{Arn}",
        # The commands change and the role stays.
        ("codebuild:UpdateProject",),
        "change the commands of the project `{}`",
        _API + "codebuild/latest/APIReference/API_UpdateProject.html",
    ),
    RunsAs(
        "AWS::CodeBuild::Project",
        "ServiceRole",
        "{Arn}",
        ("codebuild:StartSandbox",),
        "run commands in a sandbox of the project `{}`",
        _API + "codebuild/latest/APIReference/API_StartSandbox.html",
    ),
    RunsAs(
        "AWS::Glue::DevEndpoint",
        "RoleArn",
        "arn:*:glue:*:*:devEndpoint/{EndpointName}",
        # Whoever adds a public key can log in.
        ("glue:UpdateDevEndpoint",),
        "log in to the development endpoint `{}`",
        _API + "glue/latest/webapi/API_UpdateDevEndpoint.html",
    ),
    RunsAs(
        "AWS::Glue::Job",
        "Role",
        "{Arn}",
        # Arguments of the run replace those of the job, the places of scripts and libraries among them.
        ("glue:StartJobRun",),
        "start the job `{}` with arguments of its own",
        _API + "glue/latest/dg/aws-glue-programming-etl-glue-arguments.html",
        invokes=True,
    ),
    RunsAs(
        "AWS::Batch::JobDefinition",
        "ContainerProperties.JobRoleArn",
        "arn:*:batch:*:*:job-definition/*",
        ("batch:SubmitJob",),
        "submit a job of the definition `{}` with a command of its own",
        _API + "batch/latest/APIReference/API_ContainerOverrides.html",
        invokes=True,
    ),
    RunsAs(
        "AWS::ECS::TaskDefinition",
        "TaskRoleArn",
        "arn:*:ecs:*:*:task/*",
        ("ecs:ExecuteCommand",),
        "run commands in the containers of the task definition `{}`",
        _API + "AmazonECS/latest/developerguide/ecs-exec.html",
    ),
    *(
        RunsAs(
            kind,
            role,
            "{Arn}",
            actions,
            how,
            page,
        )
        for actions, how, page in (
            (
                ("ssm:SendCommand", "ssm:StartSession"),
                "run commands on the instance `{}`",
                _API + "systems-manager/latest/userguide/setup-instance-permissions.html",
            ),
            (
                ("ssm:CreateAssociation",),
                "have State Manager run commands on the instance `{}`",
                _API + "systems-manager/latest/APIReference/API_CreateAssociation.html",
            ),
            (
                (
                    "ec2-instance-connect:SendSSHPublicKey",
                    "ec2-instance-connect:SendSerialConsoleSSHPublicKey",
                ),
                "log in to the instance `{}`",
                _API + "ec2-instance-connect/latest/APIReference/API_SendSSHPublicKey.html",
            ),
        )
        for kind, role in (
            ("AWS::EC2::Instance", "IamInstanceProfile"),
            ("AWS::EC2::LaunchTemplate", "LaunchTemplateData.IamInstanceProfile"),
        )
    ),
    RunsAs(
        "AWS::SageMaker::NotebookInstance",
        "RoleArn",
        "{Arn}",
        ("sagemaker:CreatePresignedNotebookInstanceUrl",),
        "open the notebook `{}`",
        _API + "sagemaker/latest/APIReference/API_CreatePresignedNotebookInstanceUrl.html",
    ),
    RunsAs(
        "AWS::SageMaker::UserProfile",
        "UserSettings.ExecutionRole",
        "arn:*:sagemaker:*:*:user-profile/{DomainId}/{UserProfileName}",
        ("sagemaker:CreatePresignedDomainUrl",),
        "open SageMaker Studio as the user profile `{}`",
        _API + "sagemaker/latest/APIReference/API_CreatePresignedDomainUrl.html",
    ),
    RunsAs(
        "AWS::SageMaker::Domain",
        "DefaultUserSettings.ExecutionRole",
        "arn:*:sagemaker:*:*:user-profile/*",
        ("sagemaker:CreatePresignedDomainUrl",),
        "open SageMaker Studio in the domain `{}`",
        _API + "sagemaker/latest/APIReference/API_CreatePresignedDomainUrl.html",
    ),
    RunsAs(
        "AWS::EKS::PodIdentityAssociation",
        "RoleArn",
        "arn:*:eks:*:*:access-entry/{ClusterName}/*",
        # A user of the cluster without rights gets those of an administrator.
        ("eks:AssociateAccessPolicy",),
        "become an administrator of the cluster of the pod identity `{}`",
        _API + "eks/latest/userguide/access-policies.html",
    ),
    RunsAs(
        "AWS::EKS::PodIdentityAssociation",
        "RoleArn",
        "arn:*:eks:*:*:cluster/{ClusterName}",
        # An access entry makes a principal a user of the cluster, who can run pods as a service account.
        ("eks:CreateAccessEntry",),
        "become a user of the cluster of the pod identity `{}`",
        _API + "eks/latest/userguide/access-entries.html",
    ),
    RunsAs(
        "AWS::BedrockAgentCore::CodeInterpreterCustom",
        "ExecutionRoleArn",
        "{CodeInterpreterArn}",
        ("bedrock-agentcore:InvokeCodeInterpreter",),
        "run code in the code interpreter `{}`",
        _CORE + "security-credentials-management.html",
    ),
    RunsAs(
        "AWS::BedrockAgentCore::BrowserCustom",
        "ExecutionRoleArn",
        "{BrowserArn}",
        (
            "bedrock-agentcore:InvokeBrowser",
            "bedrock-agentcore:ConnectBrowserAutomationStream",
            "bedrock-agentcore:ConnectBrowserLiveViewStream",
        ),
        "steer the browser `{}`",
        _CORE + "security-credentials-management.html",
    ),
    RunsAs(
        "AWS::BedrockAgentCore::Runtime",
        "RoleArn",
        "{AgentRuntimeArn}",
        ("bedrock-agentcore:InvokeAgentRuntimeCommand",),
        "run commands in the runtime `{}`",
        _CORE + "runtime-execute-command.html",
        qualifier="/runtime-endpoint/*",
    ),
    RunsAs(
        "AWS::BedrockAgentCore::Runtime",
        "RoleArn",
        "{AgentRuntimeArn}",
        ("bedrock-agentcore:InvokeAgentRuntimeCommandShell",),
        "open a shell in the runtime `{}`",
        _CORE + "runtime-get-started-command-shell.html",
        qualifier="/runtime-endpoint/*",
    ),
    RunsAs(
        "AWS::BedrockAgentCore::Gateway",
        "RoleArn",
        "{GatewayArn}",
        ("bedrock-agentcore:InvokeGateway",),
        "call the tools of the gateway `{}`",
        _CORE + "gateway-prerequisites-permissions.html",
        invokes=True,
    ),
    RunsAs(
        "AWS::ApiGateway::Method",
        "Integration.Credentials",
        "arn:*:execute-api:*:*:{RestApiId}/*",
        ("execute-api:Invoke",),
        "call the method `{}`, whose integration uses a role,",
        _API + "apigateway/latest/api/API_Integration.html",
        invokes=True,
    ),
    RunsAs(
        "AWS::ApiGatewayV2::Integration",
        "CredentialsArn",
        "arn:*:execute-api:*:*:{ApiId}/*",
        ("execute-api:Invoke",),
        "call the API of the integration `{}`",
        _API + "apigatewayv2/latest/api-reference/apis-apiid-integrations.html",
        invokes=True,
    ),
    RunsAs(
        "AWS::AppSync::DataSource",
        "ServiceRoleArn",
        "arn:*:appsync:*:*:apis/{ApiId}/*",
        ("appsync:GraphQL",),
        "query the data source `{}`",
        _API + "appsync/latest/APIReference/API_DataSource.html",
        invokes=True,
    ),
)


class RunsAsServiceRole(NamedTuple):
    """A service that keeps a role for resources that are not in the input.

    Attributes:
        service: The service principal that the role trusts.
        arn: The ARNs that the actions take.
        actions: Each of them is enough.
        how: What the caller does, as messages say it.
        page: The page of AWS that says so.

    """

    service: str
    arn: str
    actions: tuple[str, ...]
    how: str
    page: str


RUNS_AS_SERVICE_ROLE: tuple[RunsAsServiceRole, ...] = (
    RunsAsServiceRole(
        "cloudformation.amazonaws.com",
        "arn:*:cloudformation:*:*:stack/*",
        # "CloudFormation uses this role even if the users don't have permission to pass it".
        ("cloudformation:UpdateStack", "cloudformation:CreateChangeSet"),
        "update a stack that has as its service role",
        _API + "AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html",
    ),
    RunsAsServiceRole(
        "cloudformation.amazonaws.com",
        "arn:*:cloudformation:*:*:stackset/*",
        ("cloudformation:UpdateStackSet", "cloudformation:CreateStackInstances"),
        "update a StackSet that has as its administration role",
        _API + "AWSCloudFormation/latest/APIReference/API_UpdateStackSet.html",
    ),
    RunsAsServiceRole(
        "pods.eks.amazonaws.com",
        "arn:*:eks:*:*:cluster/*",
        ("eks:CreateAccessEntry",),
        "become a user of a cluster whose pods run as",
        _API + "eks/latest/userguide/access-entries.html",
    ),
    RunsAsServiceRole(
        "rolesanywhere.amazonaws.com",
        "arn:*:rolesanywhere:*:*:trust-anchor/*",
        ("rolesanywhere:CreateTrustAnchor", "rolesanywhere:UpdateTrustAnchor"),
        "trust certificates of its own, with which to become",
        _API + "rolesanywhere/latest/userguide/trust-model.html",
    ),
)

STARTS = frozenset(action for row in RUNS_AS for action in row.actions).union(
    *(row.actions for row in RUNS_AS_SERVICE_ROLE)
)
"""The actions of both tables."""
