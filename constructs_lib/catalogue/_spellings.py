"""How an operation is written in each SDK, the CLI, CloudFormation and Terraform."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from constructs_lib.catalogue._lookup import families

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.catalogue._types import Operation

__all__ = ["Infrastructure", "Spellings", "infrastructure", "snake_case", "spellings"]

_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class Spellings(NamedTuple):
    """How one operation is written in each place, ``None`` where it isn't offered."""

    boto3: str | None
    javascript: str
    java: str
    cli: str | None
    cloudformation: str | None
    terraform: str | None


def snake_case(name: str) -> str:
    """Return an operation's name as botocore writes its method (``CreateABTest`` -> ``create_ab_test``)."""
    return _WORD_START.sub("_", name).lower()


def spellings(operation: Operation) -> Spellings:
    """Return how ``operation`` is written in the SDKs, the CLI, CloudFormation and Terraform.

    The AWS CLI offers no event streams, boto3 none in both directions, and Java has event streams on its
    asynchronous client only: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
    """
    client, method = operation.client, snake_case(operation.name)
    stem = families()[operation.family].service_id or ""
    java_client = f"{stem}AsyncClient" if operation.streams else f"{stem}Client"
    built = infrastructure(operation)
    return Spellings(
        boto3=None if operation.bidirectional else f'boto3.client("{client}").{method}()',
        javascript=f'{operation.name}Command of "@aws-sdk/client-{client}"',
        java=f"{stem.lower()}.{java_client}.{operation.name[0].lower()}{operation.name[1:]}()",
        cli=None if operation.streams else f"aws {client} {method.replace('_', '-')}",
        cloudformation=built.cloudformation,
        terraform=built.terraform,
    )


# --------------------------------------------------------------------------- CloudFormation and Terraform


class Infrastructure(NamedTuple):
    """A CloudFormation type and a Terraform resource, each ``None`` where there is none."""

    cloudformation: str | None
    terraform: str | None


# The noun of the operations, the CloudFormation type and the Terraform resource of the AWS provider, "-" for
# none, without their prefixes. From the lists of
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_Bedrock.html, its neighbour
# AWS_BedrockAgentCore.html and https://registry.terraform.io/providers/hashicorp/aws/latest/docs
_TABLE = {
    "bedrock": """
        AutomatedReasoningPolicy AutomatedReasoningPolicy -
        AutomatedReasoningPolicyVersion AutomatedReasoningPolicyVersion -
        EnforcedGuardrailConfiguration EnforcedGuardrailConfiguration enforced_guardrail_configuration
        EvaluationJob - evaluation_job
        FoundationModelAgreement - foundation_model_agreement
        Guardrail Guardrail guardrail
        GuardrailVersion GuardrailVersion guardrail_version
        InferenceProfile ApplicationInferenceProfile inference_profile
        ModelCustomizationJob - custom_model
        ModelInvocationJob - model_invocation_job
        ModelInvocationLoggingConfiguration - model_invocation_logging_configuration
        PromptRouter IntelligentPromptRouter prompt_router
        ProvisionedModelThroughput - provisioned_model_throughput
        ResourcePolicy ResourcePolicy -
        UseCaseForModelAccess - use_case_for_model_access
    """,
    "bedrock-agent": """
        Agent Agent agent
        AgentActionGroup - agent_action_group
        AgentAlias AgentAlias agent_alias
        AgentCollaborator - agent_collaborator
        AgentKnowledgeBase - agent_knowledge_base_association
        DataSource DataSource data_source
        Flow Flow flow
        FlowAlias FlowAlias -
        FlowVersion FlowVersion -
        KnowledgeBase KnowledgeBase knowledge_base
        Prompt Prompt prompt
        PromptVersion PromptVersion -
    """,
    "bedrock-agentcore-control": """
        AgentRuntime Runtime agent_runtime
        AgentRuntimeEndpoint RuntimeEndpoint agent_runtime_endpoint
        ApiKeyCredentialProvider ApiKeyCredentialProvider api_key_credential_provider
        Browser BrowserCustom browser
        BrowserProfile BrowserProfile browser_profile
        CapacityProvider CapacityProvider capacity_provider
        CodeInterpreter CodeInterpreterCustom code_interpreter
        ConfigurationBundle ConfigurationBundle configuration_bundle
        ConsentPortal ConsentPortal consent_portal
        Dataset Dataset dataset
        Evaluator Evaluator evaluator
        Gateway Gateway gateway
        GatewayRateLimit GatewayRateLimit gateway_rate_limit
        GatewayRule GatewayRule gateway_rule
        GatewayTarget GatewayTarget gateway_target
        Harness Harness harness
        HarnessEndpoint HarnessEndpoint harness_endpoint
        Memory Memory memory
        Oauth2CredentialProvider OAuth2CredentialProvider oauth2_credential_provider
        OnlineEvaluationConfig OnlineEvaluationConfig online_evaluation_config
        PaymentConnector PaymentConnector -
        PaymentCredentialProvider PaymentCredentialProvider -
        PaymentManager PaymentManager -
        Policy Policy -
        PolicyEngine PolicyEngine -
        ResourcePolicy ResourcePolicy -
        WorkloadIdentity WorkloadIdentity -
    """,
    "bedrock-data-automation": """
        Blueprint Blueprint -
        DataAutomationLibrary DataAutomationLibrary -
        DataAutomationProject DataAutomationProject -
    """,
}
_PREFIXES = {
    "bedrock": ("AWS::Bedrock::", "aws_bedrock_"),
    "bedrock-agent": ("AWS::Bedrock::", "aws_bedrockagent_"),
    "bedrock-agentcore-control": ("AWS::BedrockAgentCore::", "aws_bedrockagentcore_"),
    "bedrock-data-automation": ("AWS::Bedrock::", "aws_bedrock_"),
}

_WRITES = re.compile(r"(Create|Update|Delete|Put|Associate|Disassociate)(?=[A-Z])")


@cache
def _table() -> Mapping[tuple[str, str], Infrastructure]:
    return {
        (client, noun): Infrastructure(*_full(_PREFIXES[client], names))
        for client, rows in _TABLE.items()
        for noun, *names in (row.split() for row in rows.strip().splitlines())
    }


def _full(prefixes: tuple[str, str], names: list[str]) -> tuple[str | None, ...]:
    return tuple(None if n == "-" else prefix + n for prefix, n in zip(prefixes, names, strict=True))


def infrastructure(operation: Operation) -> Infrastructure:
    """Return what describes the resource that a writing operation creates, changes or deletes."""
    verb = _WRITES.match(operation.name)
    nothing = Infrastructure(None, None)
    return _table().get((operation.client, operation.name[verb.end() :]), nothing) if verb else nothing
