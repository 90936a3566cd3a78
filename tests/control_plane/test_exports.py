"""What every exported construct has: factories for what exists, references, documented defaults."""

from __future__ import annotations

import inspect
import re

import pytest
from constructs import Construct

import constructs_lib

CONSTRUCTS = sorted(
    name
    for name in constructs_lib.__all__
    if inspect.isclass(getattr(constructs_lib, name)) and issubclass(getattr(constructs_lib, name), Construct)
)

# These bundle several resources, so there is nothing that one ARN could refer to. A policy is nothing
# that others refer to, and of a job's role they take `role`.
BUNDLES = {
    "BedrockDashboard",
    "BedrockQueries",
    "BedrockTrail",
    "BedrockVpcEndpoints",
    "InvocationLogging",
    "JobRole",
    "KnowledgeBaseSync",
    "PlaneCrossingAlarms",
    "ResourcePolicy",
}

# A factory's parameters beside scope and construct id, and the reference that the construct implements.
FACTORIES = {
    "Agent": ("from_agent_arn", "agent_ref"),
    "AgentAlias": ("from_agent_alias_arn", "agent_alias_ref"),
    "AppRole": ("from_role_arn", "role_ref"),
    "ApplicationInferenceProfile": ("from_inference_profile_arn", "application_inference_profile_ref"),
    "BedrockMantleProject": ("from_project_arn", "project_ref"),
    "DataSource": ("from_data_source_attributes", "data_source_ref"),
    "DataPlaneBoundary": ("from_managed_policy_arn", "managed_policy_ref"),
    "DeployRole": ("from_role_arn", "role_ref"),
    "Flow": ("from_flow_arn", "flow_ref"),
    "FlowAlias": ("from_flow_alias_arn", "flow_alias_ref"),
    "FlowVersion": ("from_flow_version_attributes", "flow_version_ref"),
    "EnforcedGuardrail": ("from_config_id", "enforced_guardrail_configuration_ref"),
    "Guardrail": ("from_guardrail_arn", "guardrail_ref"),
    "GuardrailVersion": ("from_guardrail_version_attributes", "guardrail_version_ref"),
    "Harness": ("from_harness_arn", "harness_ref"),
    "HarnessEndpoint": ("from_harness_endpoint_arn", "harness_endpoint_ref"),
    "KnowledgeBasePolicy": ("", "knowledge_base_policy_ref"),
    "VectorBucket": ("from_vector_bucket_arn", "vector_bucket_ref"),
    "VectorBucketPolicy": ("", "vector_bucket_policy_ref"),
    "VectorIndex": ("from_vector_index_arn", "index_ref"),
    "KnowledgeBase": ("from_knowledge_base_arn", "knowledge_base_ref"),
    "OrganizationGuardrail": ("from_policy_arn", "policy_ref"),
    "Prompt": ("from_prompt_arn", "prompt_ref"),
    "PromptRouter": ("from_prompt_router_arn", "intelligent_prompt_router_ref"),
    "OperatorRole": ("from_role_arn", "role_ref"),
    "PromptVersion": ("from_prompt_version_arn", "prompt_version_ref"),
}


def test_every_construct_is_in_the_table() -> None:
    assert {*CONSTRUCTS} == {*FACTORIES} | BUNDLES


@pytest.mark.parametrize("name", sorted(FACTORIES))
def test_a_construct_refers_to_what_exists_and_can_be_referred_to(name: str) -> None:
    construct = getattr(constructs_lib, name)
    factory, reference = FACTORIES[name]
    if factory:  # a policy that exists is nothing that others refer to
        assert callable(getattr(construct, factory))
        assert [*inspect.signature(getattr(construct, factory)).parameters][:1] == ["scope"]
    assert isinstance(inspect.getattr_static(construct, reference), property)


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_every_prop_is_documented_and_every_optional_one_says_what_happens_without_it(name: str) -> None:
    construct = getattr(constructs_lib, name)
    text = inspect.getdoc(construct) or ""
    section = re.search(r"^Args:\n(.*?)(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL)
    entry = r"^ {4}(\w+): (.*?)(?=^ {4}\S|\Z)"
    documented = dict(re.findall(entry, section[1] if section else "", re.MULTILINE | re.DOTALL))
    props = {
        prop: parameter
        for prop, parameter in inspect.signature(construct.__init__).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    }
    assert [*documented] == [*props]
    for prop, parameter in props.items():
        optional = parameter.default is not inspect.Parameter.empty
        assert ("Default:" in documented[prop]) == optional, prop


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_the_prop_for_the_physical_name_says_of_what(name: str) -> None:
    """As in the CDK: ``guardrail_name``, ``role_name``; not ``name`` here and ``harness_name`` there."""
    assert "name" not in inspect.signature(getattr(constructs_lib, name).__init__).parameters
