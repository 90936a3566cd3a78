"""CloudFormation calls as its execution role: a missing permission is named, and the stack rolls back."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.local.conftest import Stacks, outputs
from tests.local.templates import (
    ACCOUNT,
    AGENT_STATEMENTS,
    ALL_OUTPUTS,
    KNOWLEDGE_BASE_STATEMENTS,
    agent_resources,
    allow,
    guardrail_resources,
    knowledge_base_resources,
    policy,
    template,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.local import LocalAws

_CREATING = [
    # What the handlers of the types in `_all_resources` call at creation, one by one.
    "bedrock:CreateGuardrail",
    "bedrock:GetGuardrail",
    "bedrock:TagResource",
    "bedrock:ListTagsForResource",
    "bedrock:CreateGuardrailVersion",
    "bedrock:CreateKnowledgeBase",
    "bedrock:GetKnowledgeBase",
    "bedrock:CreateDataSource",
    "bedrock:GetDataSource",
    "bedrock:CreateAgent",
    "bedrock:GetAgent",
    "bedrock:AssociateAgentKnowledgeBase",
    "bedrock:GetAgentKnowledgeBase",
    "bedrock:ListAgentActionGroups",
    "bedrock:ListAgentCollaborators",
    "bedrock:ListAgentKnowledgeBases",
    "bedrock:PrepareAgent",
    "bedrock:CreateAgentAlias",
    "bedrock:GetAgentAlias",
    "s3vectors:CreateVectorBucket",
    "s3vectors:GetVectorBucket",
    "s3vectors:CreateIndex",
    "s3vectors:GetIndex",
    "s3vectors:TagResource",
    "iam:PassRole",
]
_ROLLING_BACK = [
    "bedrock:DeleteGuardrail",
    "bedrock:DeleteKnowledgeBase",
    "bedrock:ListDataSources",
    "bedrock:DeleteDataSource",
    "bedrock:DeleteAgent",
    "bedrock:DeleteAgentAlias",
    "s3vectors:DeleteVectorBucket",
    "s3vectors:DeleteIndex",
    "s3vectors:ListTagsForResource",
]

_OF_ROLES = [
    *(f"iam:{name}" for name in ("CreateRole", "DeleteRole", "GetRole", "ListRoleTags")),
    "iam:*RolePolicies",
    "iam:*RolePolicy",
]
"""What the handlers of roles call, iam:PassRole aside, which is in `_CREATING`."""

_NUMBERS = itertools.count()


def _all_resources() -> dict[str, Any]:
    return {**knowledge_base_resources(), **guardrail_resources(), **agent_resources()}


@pytest.fixture
def execution_role(local_aws: LocalAws) -> Callable[[list[str]], str]:
    """A role for CloudFormation with the given actions, besides those of S3 and of roles."""
    iam = local_aws.client("iam")
    trust = policy(
        {
            "Effect": "Allow",
            "Principal": {"Service": "cloudformation.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    )

    def make(actions: list[str]) -> str:
        name = f"execution-{next(_NUMBERS)}"
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
        statement = allow([*actions, "s3:*", *_OF_ROLES])
        iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=json.dumps(policy(statement)))
        return str(arn)

    return make


def test_a_stack_deploys_with_exactly_the_listed_permissions_and_goes_away(
    local_aws: LocalAws, stacks: Stacks, execution_role: Callable[[list[str]], str]
) -> None:
    role = execution_role([*_CREATING, *_ROLLING_BACK])
    stack = stacks.create("whole", template(_all_resources(), ALL_OUTPUTS), RoleARN=role)
    assert stack["StackStatus"] == "CREATE_COMPLETE", stacks.failures("whole")
    made = outputs(stack)
    agent = local_aws.client("bedrock-agent")
    assert (
        agent.get_knowledge_base(knowledgeBaseId=made["KnowledgeBaseId"])["knowledgeBase"]["status"]
        == "ACTIVE"
    )
    assert agent.get_agent(agentId=made["AgentId"])["agent"]["agentStatus"] == "PREPARED"
    alias = agent.get_agent_alias(agentId=made["AgentId"], agentAliasId=made["AliasId"])["agentAlias"]
    assert alias["routingConfiguration"] == [{"agentVersion": "1"}]
    assert made["GuardrailVersion"] == "1"
    stacks.cloudformation.delete_stack(StackName="whole")
    assert stacks.settled("whole", gone=True)["StackStatus"] == "DELETE_COMPLETE"
    assert local_aws.client("bedrock").list_guardrails()["guardrails"] == []
    assert local_aws.client("s3vectors").list_vector_buckets()["vectorBuckets"] == []


def test_an_update_brings_parts_and_tags_of_an_agent_to_what_the_template_lists(
    local_aws: LocalAws, stacks: Stacks
) -> None:
    resources = _all_resources()
    resources["Agent"]["Properties"]["Tags"] = {"kept": "1", "changed": "1", "gone": "1"}
    made = outputs(stacks.create("parts", template(resources, ALL_OUTPUTS)))
    agent = local_aws.client("bedrock-agent")
    draft = {"agentId": made["AgentId"], "agentVersion": "DRAFT"}
    properties = resources["Agent"]["Properties"]
    properties["KnowledgeBases"][0]["Description"] = "other words"
    properties["Tags"] = {"kept": "1", "changed": "2", "new": "1"}
    group = {"ActionGroupName": "tools", "ParentActionGroupSignature": "AMAZON.UserInput"}
    properties["ActionGroups"] = [group]
    resources["AgentAlias"]["Properties"]["Description"] = "other words"
    _update(stacks, "parts", template(resources, ALL_OUTPUTS))
    [base] = agent.list_agent_knowledge_bases(**draft)["agentKnowledgeBaseSummaries"]
    assert base["description"] == "other words"
    assert [
        g["actionGroupName"] for g in agent.list_agent_action_groups(**draft)["actionGroupSummaries"]
    ] == ["tools"]
    arn = agent.get_agent(agentId=made["AgentId"])["agent"]["agentArn"]
    tags = agent.list_tags_for_resource(resourceArn=arn)["tags"]
    assert {k: v for k, v in tags.items() if not k.startswith("aws:")} == {
        "kept": "1",
        "changed": "2",
        "new": "1",
    }
    alias = agent.get_agent_alias(agentId=made["AgentId"], agentAliasId=made["AliasId"])["agentAlias"]
    assert alias["routingConfiguration"] == [{"agentVersion": "2"}]
    properties["KnowledgeBases"], properties["ActionGroups"] = [], []
    _update(stacks, "parts", template(resources, ALL_OUTPUTS))
    assert agent.list_agent_knowledge_bases(**draft)["agentKnowledgeBaseSummaries"] == []
    assert agent.list_agent_action_groups(**draft)["actionGroupSummaries"] == []
    local_aws.reset()


def _update(stacks: Stacks, name: str, body: str) -> None:
    stacks.cloudformation.update_stack(
        StackName=name, TemplateBody=body, Capabilities=["CAPABILITY_NAMED_IAM"]
    )
    assert stacks.settled(name)["StackStatus"] == "UPDATE_COMPLETE", stacks.failures(name)


@pytest.mark.parametrize("missing", _CREATING)
def test_one_missing_permission_fails_and_rolls_back(
    local_aws: LocalAws, stacks: Stacks, execution_role: Callable[[list[str]], str], missing: str
) -> None:
    granted = [action for action in [*_CREATING, *_ROLLING_BACK] if action != missing]
    role = execution_role(granted)
    name = f"without-{missing.replace(':', '-')}"
    stack = stacks.create(name, template(_all_resources()), RoleARN=role)
    reasons = stacks.failures(name)
    assert stack["StackStatus"].startswith("ROLLBACK"), stack["StackStatus"]
    assert f"is not authorized to perform: {missing} on resource: " in reasons
    assert f"assumed-role/{role.rpartition('/')[2]}/AWSCloudFormation" in reasons
    local_aws.reset()


@pytest.mark.parametrize(
    ("resources", "named"),
    [
        (knowledge_base_resources(KNOWLEDGE_BASE_STATEMENTS[1:]), "perform: bedrock:InvokeModel on"),
        (
            knowledge_base_resources([KNOWLEDGE_BASE_STATEMENTS[0], *KNOWLEDGE_BASE_STATEMENTS[2:]]),
            "perform: s3vectors:GetIndex on",
        ),
        (
            {**knowledge_base_resources(), **guardrail_resources(), **agent_resources(AGENT_STATEMENTS[1:])},
            "perform: bedrock:InvokeModel on",
        ),
    ],
    ids=["embedding model", "vector index", "agent's model"],
)
def test_a_service_role_that_lacks_a_permission_fails_the_creation(
    local_aws: LocalAws, stacks: Stacks, resources: dict[str, Any], named: str
) -> None:
    stack = stacks.create("lacking", template(resources))
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert named in stacks.failures("lacking")
    local_aws.reset()


def test_a_role_that_bedrock_may_not_assume_fails_the_creation(local_aws: LocalAws, stacks: Stacks) -> None:
    resources = knowledge_base_resources()
    trust = resources["KnowledgeBaseRole"]["Properties"]["AssumeRolePolicyDocument"]
    other = json.loads(
        json.dumps(trust).replace(f'"aws:SourceAccount": "{ACCOUNT}"', '"aws:SourceAccount": "1"')
    )
    resources["KnowledgeBaseRole"]["Properties"]["AssumeRolePolicyDocument"] = other
    stack = stacks.create("untrusted", template(resources))
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "unable to assume the given role" in stacks.failures("untrusted")
    local_aws.reset()


def test_the_caller_must_be_allowed_to_pass_the_role_to_cloudformation(
    local_aws: LocalAws, role_with: Callable[..., str], execution_role: Callable[[list[str]], str]
) -> None:
    role = execution_role([])
    caller = role_with("deployer", allow("cloudformation:*"))
    client = local_aws.client("cloudformation", role_arn=caller)
    with pytest.raises(ClientError, match="perform: iam:PassRole on resource: "):
        client.create_stack(StackName="passed", TemplateBody=template(guardrail_resources()), RoleARN=role)


def test_without_a_role_cloudformation_calls_as_the_caller(
    local_aws: LocalAws, stacks: Stacks, role_with: Callable[..., str]
) -> None:
    caller = role_with("caller", allow("cloudformation:*"))
    client = local_aws.client("cloudformation", role_arn=caller)
    client.create_stack(StackName="own", TemplateBody=template(guardrail_resources()))
    assert stacks.settled("own")["StackStatus"] == "ROLLBACK_COMPLETE"
    assert (
        "assumed-role/caller/session is not authorized to perform: bedrock:CreateGuardrail"
        in stacks.failures("own")
    )


def test_a_property_that_the_schema_refuses_fails_the_resource(stacks: Stacks) -> None:
    resources = guardrail_resources()
    del resources["Guardrail"]["Properties"]["BlockedInputMessaging"]
    stack = stacks.create("wrong", template(resources))
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "'BlockedInputMessaging' is a required property" in stacks.failures("wrong")


def test_a_role_from_a_template_keeps_its_permissions_boundary(local_aws: LocalAws, stacks: Stacks) -> None:
    trust = policy(
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
    )
    resources = {
        "Boundary": {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {"PolicyDocument": policy(allow("bedrock:ListGuardrails"))},
        },
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": trust,
                "PermissionsBoundary": {"Ref": "Boundary"},
                "Policies": [{"PolicyName": "inline", "PolicyDocument": policy(allow("bedrock:*"))}],
            },
        },
    }
    stack = stacks.create("bounded", template(resources, {"Role": {"Fn::GetAtt": ["Role", "Arn"]}}))
    client = local_aws.client("bedrock", role_arn=outputs(stack)["Role"])
    client.list_guardrails()
    with pytest.raises(
        ClientError, match="because no permissions boundary allows the bedrock:ListFoundationModels"
    ):
        client.list_foundation_models()


def test_an_inline_lambda_answers_a_custom_resource_with_cfnresponse(
    local_aws: LocalAws, stacks: Stacks
) -> None:
    trust = policy(
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    )
    code = (
        "import boto3, cfnresponse\n"
        "def handler(event, context):\n"
        "    try:\n"
        "        who = boto3.client('sts').get_caller_identity()['Arn']\n"
        "        if event['RequestType'] != 'Delete':\n"
        "            boto3.client('bedrock').list_guardrails()\n"
        "        cfnresponse.send(event, context, cfnresponse.SUCCESS, {'Who': who}, 'custom')\n"
        "    except Exception as e:\n"
        "        cfnresponse.send(event, context, cfnresponse.FAILED, {}, 'custom', reason=str(e))\n"
    )

    def resources(*statements: dict[str, Any]) -> dict[str, Any]:
        return {
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "AssumeRolePolicyDocument": trust,
                    "Policies": [{"PolicyName": "inline", "PolicyDocument": policy(*statements)}],
                },
            },
            "Function": {
                "Type": "AWS::Lambda::Function",
                "Properties": {
                    "Runtime": "python3.12",
                    "Handler": "index.handler",
                    "Timeout": 30,
                    "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                    "Code": {"ZipFile": code},
                },
            },
            "Custom": {
                "Type": "Custom::Guardrails",
                "Properties": {"ServiceToken": {"Fn::GetAtt": ["Function", "Arn"]}, "ServiceTimeout": "30"},
            },
        }

    who = {"Who": {"Fn::GetAtt": ["Custom", "Who"]}}
    stack = stacks.create("custom", template(resources(allow("bedrock:ListGuardrails")), who))
    assert stack["StackStatus"] == "CREATE_COMPLETE", stacks.failures("custom")
    assert ":assumed-role/custom-Role-" in outputs(stack)["Who"]
    refused = stacks.create("refused", template(resources(allow("bedrock:GetGuardrail"))))
    assert refused["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "is not authorized to perform: bedrock:ListGuardrails" in stacks.failures("refused")


@pytest.mark.parametrize("missing", ["s3:CreateBucket", "iam:CreateRole"])
def test_what_ministack_makes_in_process_needs_its_permission_too(
    local_aws: LocalAws, stacks: Stacks, missing: str
) -> None:
    local_aws.reset()
    iam = local_aws.client("iam")
    trust = policy(
        {
            "Effect": "Allow",
            "Principal": {"Service": "cloudformation.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    )
    arn = iam.create_role(RoleName="narrow", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    granted = [action for action in ("s3:CreateBucket", "iam:CreateRole") if action != missing]
    others = ["s3:Get*", "s3:ListBucket", "s3:DeleteBucket", "iam:Get*", "iam:List*", "iam:DeleteRole"]
    iam.put_role_policy(
        RoleName="narrow", PolicyName="p", PolicyDocument=json.dumps(policy(allow([*granted, *others])))
    )
    made = knowledge_base_resources()
    resources = {name: made[name] for name in ("Documents", "KnowledgeBaseRole")}
    resources["KnowledgeBaseRole"]["Properties"]["Policies"] = []
    stack = stacks.create("narrow", template(resources), RoleARN=arn)
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert (
        f"assumed-role/narrow/AWSCloudFormation is not authorized to perform: {missing} on"
        in stacks.failures("narrow")
    )
    assert local_aws.client("s3").list_buckets()["Buckets"] == []
    assert [
        role["RoleName"] for role in iam.list_roles()["Roles"] if "KnowledgeBase" in role["RoleName"]
    ] == []


def test_a_log_group_without_a_name_is_named_after_its_stack(stacks: Stacks) -> None:
    group: dict[str, Any] = {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 7}}
    name = {"Name": {"Ref": "Group"}}
    first = outputs(stacks.create("logs", template({"Group": group}, name)))["Name"]
    assert first.startswith("logs-Group-")
    group["Properties"]["RetentionInDays"] = 14
    stacks.cloudformation.update_stack(StackName="logs", TemplateBody=template({"Group": group}, name))
    stack = stacks.settled("logs")
    assert stack["StackStatus"] == "UPDATE_COMPLETE", stacks.failures("logs")
    assert outputs(stack)["Name"] == first
