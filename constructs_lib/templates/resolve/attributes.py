"""The values of ``Ref`` and ``Fn::GetAtt`` of a resource, as far as they are known before deployment.

Formats come from the ``pattern`` of each attribute in CloudFormation's resource schemas
(https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html) and, for other
services, from the service authorization reference. ``{p}``, ``{r}``, ``{a}`` mean partition, Region and
account, ``{n}`` the physical name, ``?`` a part that is known after deployment only.
"""

from __future__ import annotations

from typing import Final

__all__ = ["ATTRIBUTES", "NAMES", "REF_ATTRIBUTE", "service_of"]

_BEDROCK = "arn:{p}:bedrock:{r}:{a}:"
_CORE = "arn:{p}:bedrock-agentcore:{r}:{a}:"

# By type: attribute -> format. Attributes that are not ARNs (ids, versions) are `?` by default.
ATTRIBUTES: Final[dict[str, dict[str, str]]] = {
    "AWS::Bedrock::Agent": {"AgentArn": _BEDROCK + "agent/?", "AgentVersion": "DRAFT"},
    "AWS::Bedrock::AgentAlias": {"AgentAliasArn": _BEDROCK + "agent-alias/?/?"},
    "AWS::Bedrock::ApplicationInferenceProfile": {
        "InferenceProfileArn": _BEDROCK + "application-inference-profile/?",
    },
    "AWS::Bedrock::AutomatedReasoningPolicy": {"PolicyArn": _BEDROCK + "automated-reasoning-policy/?"},
    "AWS::Bedrock::AutomatedReasoningPolicyVersion": {"PolicyArn": _BEDROCK + "automated-reasoning-policy/?"},
    "AWS::Bedrock::Blueprint": {"BlueprintArn": _BEDROCK + "blueprint/?"},
    "AWS::Bedrock::DataAutomationLibrary": {"LibraryArn": _BEDROCK + "data-automation-library/?"},
    "AWS::Bedrock::DataAutomationProject": {"ProjectArn": _BEDROCK + "data-automation-project/?"},
    "AWS::Bedrock::EnforcedGuardrailConfiguration": {"GuardrailArn": _BEDROCK + "guardrail/?"},
    "AWS::Bedrock::Flow": {"Arn": _BEDROCK + "flow/?", "Version": "DRAFT"},
    "AWS::Bedrock::FlowAlias": {"Arn": _BEDROCK + "flow/?/alias/?", "FlowArn": _BEDROCK + "flow/?"},
    "AWS::Bedrock::FlowVersion": {"FlowArn": _BEDROCK + "flow/?"},
    "AWS::Bedrock::Guardrail": {"GuardrailArn": _BEDROCK + "guardrail/?"},
    "AWS::Bedrock::GuardrailVersion": {"GuardrailArn": _BEDROCK + "guardrail/?"},
    "AWS::Bedrock::IntelligentPromptRouter": {"PromptRouterArn": _BEDROCK + "prompt-router/?"},
    "AWS::Bedrock::KnowledgeBase": {"KnowledgeBaseArn": _BEDROCK + "knowledge-base/?"},
    "AWS::Bedrock::Prompt": {"Arn": _BEDROCK + "prompt/?", "Version": "DRAFT"},
    "AWS::Bedrock::PromptVersion": {"Arn": _BEDROCK + "prompt/?:?", "PromptArn": _BEDROCK + "prompt/?"},
    "AWS::Bedrock::RetrievalInstruction": {"Arn": _BEDROCK + "retrieval-instruction/?"},
    "AWS::Bedrock::Session": {"SessionArn": _BEDROCK + "session/?"},
    "AWS::BedrockAgentCore::ApiKeyCredentialProvider": {
        "CredentialProviderArn": _CORE + "token-vault/?/apikeycredentialprovider/?",
    },
    "AWS::BedrockAgentCore::BrowserCustom": {"BrowserArn": _CORE + "browser-custom/?"},
    "AWS::BedrockAgentCore::BrowserProfile": {"ProfileArn": _CORE + "browser-profile/?"},
    "AWS::BedrockAgentCore::CapacityProvider": {"Arn": _CORE + "capacity-provider/?"},
    "AWS::BedrockAgentCore::CodeInterpreterCustom": {
        "CodeInterpreterArn": _CORE + "code-interpreter-custom/?",
    },
    "AWS::BedrockAgentCore::ConfigurationBundle": {"BundleArn": _CORE + "configuration-bundle/?"},
    "AWS::BedrockAgentCore::ConsentPortal": {"ConsentPortalArn": _CORE + "consent-portal/?"},
    "AWS::BedrockAgentCore::Dataset": {"DatasetArn": _CORE + "dataset/?"},
    "AWS::BedrockAgentCore::Evaluator": {"EvaluatorArn": _CORE + "evaluator/?"},
    "AWS::BedrockAgentCore::Gateway": {"GatewayArn": _CORE + "gateway/?"},
    "AWS::BedrockAgentCore::GatewayRule": {"GatewayArn": _CORE + "gateway/?"},
    "AWS::BedrockAgentCore::GatewayTarget": {"GatewayArn": _CORE + "gateway/?"},
    "AWS::BedrockAgentCore::Harness": {"Arn": _CORE + "harness/?", "AgentRuntimeArn": _CORE + "runtime/?"},
    "AWS::BedrockAgentCore::HarnessEndpoint": {"Arn": _CORE + "harness/?/harness-endpoint/?"},
    "AWS::BedrockAgentCore::Memory": {"MemoryArn": _CORE + "memory/?"},
    "AWS::BedrockAgentCore::OAuth2CredentialProvider": {
        "CredentialProviderArn": _CORE + "token-vault/?/oauth2credentialprovider/?",
    },
    "AWS::BedrockAgentCore::OnlineEvaluationConfig": {
        "OnlineEvaluationConfigArn": _CORE + "online-evaluation-config/?",
    },
    "AWS::BedrockAgentCore::PaymentConnector": {
        "PaymentConnectorArn": _CORE + "payment-manager/?/connector/?"
    },
    "AWS::BedrockAgentCore::PaymentCredentialProvider": {
        "CredentialProviderArn": _CORE + "token-vault/?/paymentcredentialprovider/?",
    },
    "AWS::BedrockAgentCore::PaymentManager": {"PaymentManagerArn": _CORE + "payment-manager/?"},
    "AWS::BedrockAgentCore::Policy": {"PolicyArn": _CORE + "policy-engine/?/policy/?"},
    "AWS::BedrockAgentCore::PolicyEngine": {"PolicyEngineArn": _CORE + "policy-engine/?"},
    "AWS::BedrockAgentCore::Runtime": {"AgentRuntimeArn": _CORE + "runtime/?", "AgentRuntimeVersion": "?"},
    "AWS::BedrockAgentCore::RuntimeEndpoint": {
        "AgentRuntimeEndpointArn": _CORE + "runtime/?/runtime-endpoint/?",
        "AgentRuntimeArn": _CORE + "runtime/?",
    },
    "AWS::BedrockAgentCore::WorkloadIdentity": {
        "WorkloadIdentityArn": _CORE + "workload-identity-directory/?/workload-identity/{n}",
    },
    "AWS::BedrockMantle::Project": {"Arn": "arn:{p}:bedrock-mantle:{r}:{a}:project/?"},
    "AWS::CodeBuild::Project": {"Arn": "arn:{p}:codebuild:{r}:{a}:project/{n}"},
    "AWS::DynamoDB::Table": {"Arn": "arn:{p}:dynamodb:{r}:{a}:table/{n}"},
    "AWS::EC2::Instance": {"Arn": "arn:{p}:ec2:{r}:{a}:instance/?"},
    "AWS::EC2::LaunchTemplate": {
        "Arn": "arn:{p}:ec2:{r}:{a}:instance/?"
    },  # of the instances that it launches
    "AWS::ECR::Repository": {"Arn": "arn:{p}:ecr:{r}:{a}:repository/{n}"},
    "AWS::Glue::Job": {"Arn": "arn:{p}:glue:{r}:{a}:job/{n}"},
    "AWS::IAM::Group": {"Arn": "arn:{p}:iam::{a}:group{path}{n}"},
    "AWS::IAM::InstanceProfile": {"Arn": "arn:{p}:iam::{a}:instance-profile{path}{n}"},
    "AWS::IAM::ManagedPolicy": {
        "PolicyArn": "arn:{p}:iam::{a}:policy{path}{n}",
        "Arn": "arn:{p}:iam::{a}:policy{path}{n}",
    },
    "AWS::IAM::Role": {"Arn": "arn:{p}:iam::{a}:role{path}{n}"},
    "SAM::FunctionRole": {"Arn": "arn:{p}:iam::{a}:role{path}{n}"},
    "SAM::StateMachineRole": {"Arn": "arn:{p}:iam::{a}:role{path}{n}"},
    "AWS::IAM::User": {"Arn": "arn:{p}:iam::{a}:user{path}{n}"},
    "AWS::KMS::Key": {"Arn": "arn:{p}:kms:{r}:{a}:key/?"},
    "AWS::Lambda::Function": {"Arn": "arn:{p}:lambda:{r}:{a}:function:{n}"},
    # The name is that of the function.
    "AWS::Lambda::Alias": {"AliasArn": "arn:{p}:lambda:{r}:{a}:function:{n}:?"},
    "AWS::Lambda::Version": {"FunctionArn": "arn:{p}:lambda:{r}:{a}:function:{n}:?", "Version": "?"},
    "AWS::StepFunctions::StateMachineAlias": {"Arn": "arn:{p}:states:{r}:{a}:stateMachine:?:?"},
    "AWS::StepFunctions::StateMachineVersion": {"Arn": "arn:{p}:states:{r}:{a}:stateMachine:{n}:?"},
    "AWS::Serverless::Function": {"Arn": "arn:{p}:lambda:{r}:{a}:function:{n}"},
    "AWS::Logs::LogGroup": {"Arn": "arn:{p}:logs:{r}:{a}:log-group:{n}:*"},
    "AWS::OpenSearchServerless::Collection": {"Arn": "arn:{p}:aoss:{r}:{a}:collection/?"},
    "AWS::S3::Bucket": {"Arn": "arn:{p}:s3:::{n}"},
    "AWS::S3Vectors::Index": {"IndexArn": "arn:{p}:s3vectors:{r}:{a}:bucket/?/index/{n}"},
    "AWS::S3Vectors::VectorBucket": {"VectorBucketArn": "arn:{p}:s3vectors:{r}:{a}:bucket/{n}"},
    "AWS::SNS::Topic": {"TopicArn": "arn:{p}:sns:{r}:{a}:{n}"},
    "AWS::SageMaker::NotebookInstance": {"Arn": "arn:{p}:sagemaker:{r}:{a}:notebook-instance/{n}"},
    "AWS::SQS::Queue": {"Arn": "arn:{p}:sqs:{r}:{a}:{n}", "QueueName": "{n}"},
    "AWS::SSO::PermissionSet": {"PermissionSetArn": "arn:{p}:sso:::permissionSet/?/?"},
    "AWS::SecretsManager::Secret": {"Id": "arn:{p}:secretsmanager:{r}:{a}:secret:?"},
    "AWS::StepFunctions::StateMachine": {
        "Arn": "arn:{p}:states:{r}:{a}:stateMachine:{n}",
        "Name": "{n}",
    },
    "AWS::Serverless::StateMachine": {"Arn": "arn:{p}:states:{r}:{a}:stateMachine:{n}", "Name": "{n}"},
}

# Types whose Ref is the ARN (or another attribute above) rather than the physical name or an id.
REF_ATTRIBUTE: Final[dict[str, str]] = {
    "AWS::Bedrock::AutomatedReasoningPolicy": "PolicyArn",
    "AWS::Bedrock::Blueprint": "BlueprintArn",
    "AWS::Bedrock::DataAutomationLibrary": "LibraryArn",
    "AWS::Bedrock::DataAutomationProject": "ProjectArn",
    "AWS::Bedrock::Flow": "Arn",
    "AWS::Bedrock::Guardrail": "GuardrailArn",
    "AWS::Bedrock::IntelligentPromptRouter": "PromptRouterArn",
    "AWS::Bedrock::Prompt": "Arn",
    "AWS::Bedrock::PromptVersion": "Arn",
    "AWS::Bedrock::RetrievalInstruction": "Arn",
    "AWS::Bedrock::Session": "SessionArn",
    "AWS::BedrockAgentCore::ApiKeyCredentialProvider": "CredentialProviderArn",
    "AWS::BedrockAgentCore::CapacityProvider": "Arn",
    "AWS::BedrockAgentCore::ConfigurationBundle": "BundleArn",
    "AWS::BedrockAgentCore::ConsentPortal": "ConsentPortalArn",
    "AWS::BedrockAgentCore::Dataset": "DatasetArn",
    "AWS::BedrockAgentCore::Evaluator": "EvaluatorArn",
    "AWS::BedrockAgentCore::Harness": "Arn",
    "AWS::BedrockAgentCore::HarnessEndpoint": "Arn",
    "AWS::BedrockAgentCore::Memory": "MemoryArn",
    "AWS::BedrockAgentCore::OAuth2CredentialProvider": "CredentialProviderArn",
    "AWS::BedrockAgentCore::OnlineEvaluationConfig": "OnlineEvaluationConfigArn",
    "AWS::BedrockAgentCore::PaymentConnector": "PaymentConnectorArn",
    "AWS::BedrockAgentCore::PaymentCredentialProvider": "CredentialProviderArn",
    "AWS::BedrockAgentCore::PaymentManager": "PaymentManagerArn",
    "AWS::BedrockAgentCore::Policy": "PolicyArn",
    "AWS::BedrockAgentCore::PolicyEngine": "PolicyEngineArn",
    "AWS::BedrockAgentCore::RuntimeEndpoint": "AgentRuntimeEndpointArn",
    "AWS::BedrockMantle::Project": "Arn",
    "AWS::IAM::ManagedPolicy": "PolicyArn",
    "AWS::Lambda::Alias": "AliasArn",
    "AWS::Lambda::Version": "FunctionArn",
    "AWS::StepFunctions::StateMachineAlias": "Arn",
    "AWS::StepFunctions::StateMachineVersion": "Arn",
    "AWS::SNS::Topic": "TopicArn",
    "AWS::SageMaker::NotebookInstance": "Arn",
    "AWS::SecretsManager::Secret": "Id",
    "AWS::StepFunctions::StateMachine": "Arn",
    "AWS::Serverless::StateMachine": "Arn",
}

# Type -> the property with its physical name, which is also its Ref unless REF_ATTRIBUTE has the type.
NAMES: Final[dict[str, str]] = {
    "AWS::BedrockAgentCore::WorkloadIdentity": "Name",
    "AWS::CodeBuild::Project": "Name",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::ECR::Repository": "RepositoryName",
    "AWS::Glue::Job": "Name",
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "SAM::FunctionRole": "RoleName",
    "SAM::StateMachineRole": "RoleName",
    "AWS::IAM::User": "UserName",
    "AWS::Lambda::Alias": "FunctionName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Lambda::Version": "FunctionName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::S3Vectors::Index": "IndexName",
    "AWS::S3Vectors::VectorBucket": "VectorBucketName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::SageMaker::NotebookInstance": "NotebookInstanceName",
    "AWS::SecretsManager::Secret": "Name",
    "AWS::Serverless::Function": "FunctionName",
    "AWS::Serverless::StateMachine": "Name",
    "AWS::StepFunctions::StateMachine": "StateMachineName",
    "AWS::StepFunctions::StateMachineVersion": "StateMachineArn",
}

_SERVICES: Final = {"opensearchserverless": "aoss", "stepfunctions": "states", "serverless": "lambda"}


def service_of(resource_type: str) -> str | None:
    """Return the service segment of a type's ARNs; ``None`` for custom and third-party types.

    It is the namespace in lower case, which is enough to see that an ARN is not Bedrock's; the few services
    with another segment are in ``_SERVICES``.
    """
    parts = resource_type.split("::")
    if len(parts) != 3 or parts[0] != "AWS" or parts[1] == "CloudFormation":
        return None
    name = parts[1].lower()
    if name == "bedrockagentcore":
        return "bedrock-agentcore"
    if name == "bedrockmantle":
        return "bedrock-mantle"
    return _SERVICES.get(name, name)
