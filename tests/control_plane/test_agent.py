from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms

from constructs_lib import (
    Agent,
    AgentAlias,
    ApplicationInferenceProfile,
    AppRole,
    DataPlaneGrants,
    Guardrail,
    GuardrailVersion,
    KnowledgeBase,
    Model,
    PlanesError,
)
from tests.cdk import ACCOUNT, PARTITION, Stack, arn, resources, template
from tests.control_plane.guardrail_example import KEY_ARN
from tests.control_plane.soundness import deployed_by, findings, valid

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

INSTRUCTION = "Answer questions about the two planes of Amazon Bedrock."
NOVA = "amazon.nova-lite-v1:0"
PROJECT = arn(f"bedrock:us-east-1:{ACCOUNT}:project/default")


def agent(stack: cdk.Stack, **props: Any) -> Agent:
    return Agent(
        stack, "A", **{"agent_name": "a", "foundation_model": NOVA, "instruction": INSTRUCTION, **props}
    )


def full(stack: cdk.Stack, **props: Any) -> Agent:
    words = bedrock.CfnGuardrail.WordPolicyConfigProperty(
        words_config=[bedrock.CfnGuardrail.WordConfigProperty(text="x")]
    )
    guardrail = Guardrail(
        stack,
        "G",
        guardrail_name="g",
        blocked_input_messaging="n",
        blocked_outputs_messaging="n",
        word_policy_config=words,
    )
    return agent(
        stack,
        knowledge_bases=[(KnowledgeBase(stack, "Kb", knowledge_base_name="docs"), "For everything")],
        guardrail=guardrail.create_version(),
        **props,
    )


def test_the_service_role_holds_what_the_agent_uses_and_no_stream() -> None:
    stack = Stack()
    made = full(stack)
    found = template(stack)
    role_id = stack.get_logical_id(made.role.node.default_child)  # type: ignore[arg-type]  # it is the L1
    role = found["Resources"][role_id]
    [kb_id] = resources(found, "AWS::Bedrock::KnowledgeBase")
    [guardrail_id] = resources(found, "AWS::Bedrock::Guardrail")
    assert role["Metadata"]["bedrock-planes:role"] == {"kind": "service"}
    assert role["Properties"]["Policies"][0]["PolicyDocument"]["Statement"] == [
        {
            "Effect": "Allow",
            "Action": "bedrock:InvokeModel",
            "Resource": [PROJECT, arn(f"bedrock:us-east-1::foundation-model/{NOVA}")],
        },
        {
            "Effect": "Allow",
            "Action": "bedrock:Retrieve",
            "Resource": {"Fn::GetAtt": [kb_id, "KnowledgeBaseArn"]},
        },
        {
            "Effect": "Allow",
            "Action": "bedrock:ApplyGuardrail",
            "Resource": {
                "Fn::Join": [
                    "",
                    [
                        "arn:",
                        PARTITION,
                        f":bedrock:us-east-1:{ACCOUNT}:guardrail/",
                        {"Fn::GetAtt": [guardrail_id, "GuardrailId"]},
                    ],
                ]
            },
        },
    ]
    condition = role["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]
    assert condition == {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnLike": {"aws:SourceArn": arn(f"bedrock:us-east-1:{ACCOUNT}:agent/*")},
    }


def test_the_permissions_are_part_of_the_role_that_the_agent_waits_for() -> None:
    # Bedrock checks the role when the agent is created, so no policy may come after it.
    stack = Stack()
    made = full(stack, encryption_key=kms.Key.from_key_arn(stack, "Key", KEY_ARN))
    found = template(stack)
    role_id = stack.get_logical_id(made.role.node.default_child)  # type: ignore[arg-type]  # it is the L1
    [resource] = resources(found, "AWS::Bedrock::Agent").values()
    assert resource["Properties"]["AgentResourceRoleArn"] == {"Fn::GetAtt": [role_id, "Arn"]}
    attached = [one["Properties"]["Roles"] for one in resources(found, "AWS::IAM::Policy").values()]
    assert [{"Ref": role_id}] not in attached
    assert found["Resources"][role_id]["Properties"]["Policies"]


def test_the_agent_is_prepared_so_that_its_alias_has_a_version_to_name() -> None:
    stack = Stack()
    agent(stack)
    [made] = resources(template(stack), "AWS::Bedrock::Agent").values()
    assert made["Properties"]["AutoPrepare"] is True


def test_streaming_adds_the_streaming_action_on_the_same_arn() -> None:
    stack = Stack()
    agent(stack, streaming=True)
    [role] = resources(template(stack), "AWS::IAM::Role").values()
    assert role["Properties"]["Policies"][0]["PolicyDocument"]["Statement"] == [
        {
            "Effect": "Allow",
            "Action": ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
            "Resource": [PROJECT, arn(f"bedrock:us-east-1::foundation-model/{NOVA}")],
        },
    ]


def test_a_profile_gives_its_models_only_through_the_profile() -> None:
    stack = Stack()
    agent(stack, foundation_model=f"us.{NOVA}")
    [role] = resources(template(stack), "AWS::IAM::Role").values()
    profile = arn(f"bedrock:us-east-1:{ACCOUNT}:inference-profile/us.{NOVA}")
    assert role["Properties"]["Policies"][0]["PolicyDocument"]["Statement"] == [
        {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": [profile, PROJECT]},
        {
            "Effect": "Allow",
            "Action": "bedrock:InvokeModel",
            "Resource": [
                arn(f"bedrock:{region}::foundation-model/{NOVA}")
                for region in ("us-east-1", "us-east-2", "us-west-2")
            ],
            "Condition": {"StringEquals": {"bedrock:InferenceProfileArn": profile}},
        },
        {"Effect": "Allow", "Action": "bedrock:GetInferenceProfile", "Resource": profile},
    ]


PROVISIONED = f"arn:aws:bedrock:us-east-1:{ACCOUNT}:provisioned-model/abcdef123456"


def reads_of(model: Any) -> list[Any]:
    """Return the control reads of the role of an agent on a model, each with its resource."""
    stack = Stack()
    agent(stack, foundation_model=model(stack) if callable(model) else model)
    found = template(stack)
    [role] = [
        one
        for one in resources(found, "AWS::IAM::Role").values()
        if one["Metadata"]["bedrock-planes:role"]["kind"] == "service"
    ]
    return [
        [one["Action"], one["Resource"]]
        for one in role["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
        if "bedrock:Get" in str(one["Action"])
    ]


def test_the_role_reads_what_aws_documents_on_the_one_resource_and_nothing_for_a_model() -> None:
    assert reads_of(NOVA) == []
    assert reads_of(Model.custom_deployment("abcdef123456")) == []
    assert reads_of(PROVISIONED) == [["bedrock:GetProvisionedModelThroughput", PROVISIONED]]
    [[action, resource]] = reads_of(lambda s: ApplicationInferenceProfile(s, "P", model=NOVA))
    assert action == "bedrock:GetInferenceProfile"
    assert list(resource) == ["Fn::GetAtt"]


def test_a_key_is_opened_to_the_role_and_to_who_calls_the_agent() -> None:
    stack = Stack()
    made = agent(stack, encryption_key=kms.Key.from_key_arn(stack, "Key", KEY_ARN), tags={"team": "chat"})
    alias = made.create_alias(agent_alias_name="live", tags={"team": "chat"})
    alias.grant_invoke(iam.User(stack, "User"))
    DataPlaneGrants(iam.User(stack, "Other")).invoke_agent(alias)
    found = template(stack)
    [resource] = resources(found, "AWS::Bedrock::Agent").values()
    assert resource["Properties"]["CustomerEncryptionKeyArn"] == KEY_ARN
    assert resource["Properties"]["Tags"] == {"team": "chat"}
    [live] = resources(found, "AWS::Bedrock::AgentAlias").values()
    assert live["Properties"]["Tags"] == {"team": "chat"}
    [role] = resources(found, "AWS::IAM::Role").values()
    use = {"Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": KEY_ARN}
    assert role["Properties"]["Policies"][0]["PolicyDocument"]["Statement"][-1] == use
    policies = resources(found, "AWS::IAM::Policy").values()
    statements = [one["Properties"]["PolicyDocument"]["Statement"] for one in policies]
    assert (
        statements
        == [
            [
                {
                    "Effect": "Allow",
                    "Action": "bedrock:InvokeAgent",
                    "Resource": stack.resolve(alias.agent_alias_arn),
                },
                use,
            ]
        ]
        * 2
    )


@pytest.mark.parametrize("complete", [False, True])
def test_cloudformation_takes_it_and_the_review_finds_nothing(complete: bool, tmp_path: Path) -> None:
    def build(stack: cdk.Stack) -> None:
        if not complete:
            agent(stack).create_alias(agent_alias_name="live")
            return
        key = kms.Key.from_key_arn(stack, "Key", KEY_ARN)
        made = full(stack, foundation_model=f"us.{NOVA}", encryption_key=key, streaming=True)
        role = AppRole(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        made.create_alias(agent_alias_name="live").grant_invoke(role)

    found = valid(build, tmp_path)
    verdicts, rules = findings(tmp_path)
    assert set(verdicts.values()) == {"data"}
    assert rules == set()
    wanted = {"bedrock:CreateAgent", "bedrock:PrepareAgent", "bedrock:CreateAgentAlias", "iam:PassRole"}
    keyed = {"kms:Decrypt", "kms:GenerateDataKey"}
    assert deployed_by(found, wanted | (keyed if complete else set())) == set()


def test_what_cloudformation_knows_of_an_agent_is_an_attribute() -> None:
    stack = Stack()
    made = agent(stack)
    alias = made.create_alias(agent_alias_name="live")
    names = ("agent_status", "agent_version", "created_at", "prepared_at", "updated_at")
    shown = [stack.resolve(getattr(made, name))["Fn::GetAtt"][1] for name in names]
    assert shown == ["AgentStatus", "AgentVersion", "CreatedAt", "PreparedAt", "UpdatedAt"]
    shown = [
        stack.resolve(getattr(alias, name))["Fn::GetAtt"][1]
        for name in ("agent_alias_status", "created_at", "updated_at")
    ]
    assert shown == ["AgentAliasStatus", "CreatedAt", "UpdatedAt"]


def alias_of(change: Callable[[Agent], object] = lambda a: None, **props: Any) -> tuple[str, str]:
    """Return the logical id and the description of the alias of an agent."""
    stack = Stack()
    made = agent(stack, **props)
    made.create_alias(agent_alias_name="live")
    change(made)
    [(logical_id, resource)] = resources(template(stack), "AWS::Bedrock::AgentAlias").items()
    return logical_id, resource["Properties"]["Description"]


def l1(made: Agent) -> bedrock.CfnAgent:
    child = made.node.default_child
    assert isinstance(child, bedrock.CfnAgent)
    return child


CONTENT: dict[str, tuple[Callable[[Agent], object], dict[str, Any]]] = {
    "a prop": (lambda a: None, {"instruction": INSTRUCTION + " Be brief."}),
    "an L1 setter": (lambda a: setattr(l1(a), "instruction", INSTRUCTION + " Be brief."), {}),
    "an override": (lambda a: l1(a).add_property_override("OrchestrationType", "DEFAULT"), {}),
    "a deleted property": (lambda a: l1(a).add_property_deletion_override("IdleSessionTTLInSeconds"), {}),
    "a description": (lambda a: None, {"description": "changed"}),
    "another model": (lambda a: None, {"foundation_model": "amazon.nova-pro-v1:0"}),
}
UNRELATED: dict[str, Callable[[Agent], object]] = {
    "a tag": lambda a: cdk.Tags.of(a).add("owner", "me"),
    "a tag of the stack": lambda a: cdk.Tags.of(a.stack).add("owner", "me"),
    "another resource": lambda a: iam.User(a.stack, "Other"),
    "an output": lambda a: cdk.CfnOutput(a.stack, "Out", value=a.agent_arn),
    "the stack's description": lambda a: setattr(a.stack.template_options, "description", "other"),
    "a grant to somebody": lambda a: iam.Grant.add_to_principal(
        grantee=iam.User(a.stack, "Reader"), actions=["s3:GetObject"], resource_arns=["arn:aws:s3:::b/k"]
    ),
}


@pytest.mark.parametrize("case", CONTENT)
def test_the_alias_keeps_its_logical_id_and_changes_with_the_agent(case: str) -> None:
    first, (change, props) = alias_of(), CONTENT[case]
    other = alias_of(change, **props)
    assert first[0] == other[0]
    assert first[1] != other[1]


@pytest.mark.parametrize("case", UNRELATED)
def test_what_does_not_touch_the_agent_leaves_the_alias_alone(case: str) -> None:
    assert alias_of(UNRELATED[case]) == alias_of()


def test_the_permission_to_call_is_on_the_alias() -> None:
    stack = Stack()
    alias = agent(stack).create_alias(agent_alias_name="live")
    alias.grant_invoke(iam.User(stack, "User"))
    found = template(stack)
    [alias_id] = resources(found, "AWS::Bedrock::AgentAlias")
    [policy] = resources(found, "AWS::IAM::Policy").values()
    assert policy["Properties"]["PolicyDocument"]["Statement"] == [
        {
            "Effect": "Allow",
            "Action": "bedrock:InvokeAgent",
            "Resource": {"Fn::GetAtt": [alias_id, "AgentAliasArn"]},
        }
    ]


def test_memory_is_granted_on_the_alias_too() -> None:
    stack = Stack()
    agent(stack).create_alias(agent_alias_name="live").grant_memory(iam.User(stack, "User"))
    found = template(stack)
    [alias_id] = resources(found, "AWS::Bedrock::AgentAlias")
    [policy] = resources(found, "AWS::IAM::Policy").values()
    assert policy["Properties"]["PolicyDocument"]["Statement"] == [
        {
            "Effect": "Allow",
            "Action": ["bedrock:DeleteAgentMemory", "bedrock:GetAgentMemory"],
            "Resource": {"Fn::GetAtt": [alias_id, "AgentAliasArn"]},
        }
    ]


def test_an_imported_agent_is_a_reference() -> None:
    stack = Stack()
    where = f"arn:aws:bedrock:us-east-1:{ACCOUNT}:agent/ABCDEF1234"
    found = Agent.from_agent_arn(stack, "Imported", where).agent_ref
    assert [found.agent_id, found.agent_arn] == ["ABCDEF1234", where]
    with pytest.raises(PlanesError, match=r"`agent_arn` has the value `ABCDEF1234`: pass an ARN such as"):
        Agent.from_agent_arn(stack, "B", "ABCDEF1234")


def test_the_guardrail_may_be_imported() -> None:
    stack = Stack()
    version = GuardrailVersion.from_guardrail_version_attributes(
        stack, "Version", guardrail_id="abcdef123456", version="3"
    )
    agent(stack, guardrail=version)
    found = template(stack)
    [made] = resources(found, "AWS::Bedrock::Agent").values()
    assert made["Properties"]["GuardrailConfiguration"] == {
        "GuardrailIdentifier": "abcdef123456",
        "GuardrailVersion": "3",
    }
    [role] = resources(found, "AWS::IAM::Role").values()
    assert role["Properties"]["Policies"][0]["PolicyDocument"]["Statement"][-1] == {
        "Effect": "Allow",
        "Action": "bedrock:ApplyGuardrail",
        "Resource": arn(f"bedrock:us-east-1:{ACCOUNT}:guardrail/abcdef123456"),
    }


def test_an_imported_alias_is_a_reference() -> None:
    stack = Stack()
    where = f"arn:aws:bedrock:us-east-1:{ACCOUNT}:agent-alias/ABCDEF1234/GHIJKL5678"
    found = AgentAlias.from_agent_alias_arn(stack, "Alias", where).agent_alias_ref
    assert stack.resolve([found.agent_id, found.agent_alias_id, found.agent_alias_arn]) == [
        "ABCDEF1234",
        "GHIJKL5678",
        where,
    ]
    with pytest.raises(PlanesError, match=r"`agent_alias_arn` has the value .*: pass an ARN such as"):
        AgentAlias.from_agent_alias_arn(stack, "B", f"arn:aws:bedrock:us-east-1:{ACCOUNT}:agent/ABCDEF1234")


WRONG = [
    ({"agent_name": "-"}, "`agent_name` has the value `-`: use 1-100 letters"),
    ({"idle_session_ttl": cdk.Duration.seconds(59)}, "`idle_session_ttl` is 59 s: .* 60 to 5,400 s"),
    ({"idle_session_ttl": cdk.Duration.hours(2)}, "`idle_session_ttl` is 7200 s: .* 60 to 5,400 s"),
    ({"instruction": "short"}, "`instruction` must have 40 to 4000 characters, got 5"),
    ({"instruction": "x" * 4001}, "`instruction` must have 40 to 4000 characters, got 4001"),
    (
        {"foundation_model": f"arn:aws:bedrock:us-east-1:{ACCOUNT}:application-inference-profile/x"},
        "`foundation_model`: .*the models that the profile routes to",
    ),
]


@pytest.mark.parametrize(("props", "message"), WRONG)
def test_a_wrong_prop_is_named_with_the_remedy(props: dict[str, Any], message: str) -> None:
    with pytest.raises(PlanesError, match=message):
        agent(Stack(), **props)
