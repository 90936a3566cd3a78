from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from constructs_lib import AppRole, DeployRole, PlanesError
from constructs_lib.data_plane.boundary import boundary_document, fingerprint_of
from tests.cdk import ACCOUNT, Stack, arn, resources, template

if TYPE_CHECKING:
    from collections.abc import Callable

LAMBDA = iam.ServicePrincipal("lambda.amazonaws.com")
NOVA = "amazon.nova-lite-v1:0"
MODEL = arn(f"bedrock:us-east-1::foundation-model/{NOVA}")


def role(stack: cdk.Stack, **props: Any) -> AppRole:
    return AppRole(stack, "R", assumed_by=LAMBDA, **props)


def allow(*actions: str, resources: tuple[str, ...] = ("*",)) -> iam.PolicyStatement:
    return iam.PolicyStatement(actions=list(actions), resources=list(resources))


def statements(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the statements of the role's policies: the usual one, and that of IAM's stars."""
    policies = resources(found, "AWS::IAM::Policy").values()
    return [s for policy in policies for s in policy["Properties"]["PolicyDocument"]["Statement"]]


STREAM = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]
KB = arn(f"bedrock:us-east-1:{ACCOUNT}:knowledge-base/ABCDEF1234")
ALIAS = arn(f"bedrock:us-east-1:{ACCOUNT}:agent-alias/ABCDEF1234/GHIJKL5678")
PROFILE = arn(f"bedrock:us-east-1:{ACCOUNT}:inference-profile/us.{NOVA}")
GLOBAL = arn(f"bedrock:us-east-1:{ACCOUNT}:inference-profile/global.amazon.nova-2-lite-v1:0")
PROJECT = arn(f"bedrock:us-east-1:{ACCOUNT}:project/default")
ON_PROJECT = {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": PROJECT}
PLAIN = {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": MODEL}
RAG = {"Effect": "Allow", "Action": "bedrock:RetrieveAndGenerate", "Resource": "*"}
GRANTS: dict[str, tuple[Callable[[AppRole], object], list[dict[str, Any]]]] = {
    "converse": (lambda r: r.grants.converse(NOVA), [PLAIN, ON_PROJECT]),
    "converse with stream": (
        lambda r: r.grants.converse(NOVA, streaming=True),
        [
            {"Effect": "Allow", "Action": STREAM, "Resource": MODEL},
            {"Effect": "Allow", "Action": STREAM, "Resource": PROJECT},
        ],
    ),
    "invoke": (lambda r: r.grants.invoke(NOVA), [PLAIN, ON_PROJECT]),
    "invoke with stream": (
        lambda r: r.grants.invoke(NOVA, streaming=True),
        [
            {"Effect": "Allow", "Action": STREAM, "Resource": MODEL},
            {"Effect": "Allow", "Action": STREAM, "Resource": PROJECT},
        ],
    ),
    "the CDK's own model": (
        lambda r: r.grants.converse(
            bedrock.FoundationModel.from_foundation_model_id(r, "M", bedrock.FoundationModelIdentifier(NOVA))
        ),
        [PLAIN, ON_PROJECT],
    ),
    "a geographic profile": (
        lambda r: r.grants.converse(f"us.{NOVA}", streaming=True),
        [
            {"Effect": "Allow", "Action": STREAM, "Resource": PROFILE},
            {
                "Effect": "Allow",
                "Action": STREAM,
                "Resource": [
                    arn(f"bedrock:{region}::foundation-model/{NOVA}")
                    for region in ("us-east-1", "us-east-2", "us-west-2")
                ],
                "Condition": {"StringEquals": {"bedrock:InferenceProfileArn": PROFILE}},
            },
            {"Effect": "Allow", "Action": STREAM, "Resource": PROJECT},
        ],
    ),
    "a global profile": (
        lambda r: r.grants.converse("global.amazon.nova-2-lite-v1:0"),
        [
            {
                "Effect": "Allow",
                "Action": "bedrock:InvokeModel",
                "Resource": GLOBAL,
                "Condition": {"StringEquals": {"aws:RequestedRegion": "us-east-1"}},
            },
            {
                "Effect": "Allow",
                "Action": "bedrock:InvokeModel",
                "Resource": arn("bedrock:us-east-1::foundation-model/amazon.nova-2-lite-v1:0"),
                "Condition": {
                    "StringEquals": {
                        "aws:RequestedRegion": "us-east-1",
                        "bedrock:InferenceProfileArn": GLOBAL,
                    }
                },
            },
            {
                "Effect": "Allow",
                "Action": "bedrock:InvokeModel",
                "Resource": arn("bedrock:::foundation-model/amazon.nova-2-lite-v1:0"),
                "Condition": {
                    "StringEquals": {
                        "aws:RequestedRegion": "unspecified",
                        "bedrock:InferenceProfileArn": GLOBAL,
                    }
                },
            },
            ON_PROJECT,
        ],
    ),
    "retrieve": (
        lambda r: r.grants.retrieve("ABCDEF1234"),
        [{"Effect": "Allow", "Action": "bedrock:Retrieve", "Resource": KB}],
    ),
    "retrieve and generate": (
        lambda r: r.grants.retrieve_and_generate("ABCDEF1234", NOVA),
        [RAG, {"Effect": "Allow", "Action": "bedrock:Retrieve", "Resource": KB}, PLAIN, ON_PROJECT],
    ),
    "invoke agent": (
        lambda r: r.grants.invoke_agent("ABCDEF1234/GHIJKL5678"),
        [{"Effect": "Allow", "Action": "bedrock:InvokeAgent", "Resource": ALIAS}],
    ),
    "apply guardrail": (
        lambda r: r.grants.apply_guardrail("abcdef123456"),
        [
            {
                "Effect": "Allow",
                "Action": "bedrock:ApplyGuardrail",
                "Resource": arn(f"bedrock:us-east-1:{ACCOUNT}:guardrail/abcdef123456"),
            }
        ],
    ),
}


@pytest.mark.parametrize("case", GRANTS)
def test_a_grant_is_exact(case: str) -> None:
    give, expected = GRANTS[case]
    # Minimizing merges and reorders; here each statement is to be seen as it was given.
    stack = Stack(minimize=False)
    give(role(stack))
    assert statements(template(stack)) == expected


def test_l1s_are_taken_by_their_reference() -> None:
    stack = Stack()
    alias = bedrock.CfnAgentAlias(stack, "Alias", agent_id="ABCDEF1234", agent_alias_name="live")
    role(stack).grants.invoke_agent(alias)
    assert statements(template(stack)) == [
        {
            "Effect": "Allow",
            "Action": "bedrock:InvokeAgent",
            "Resource": {"Fn::GetAtt": ["Alias", "AgentAliasArn"]},
        }
    ]


def test_a_token_is_taken_as_the_arn() -> None:
    stack = Stack()
    where = cdk.CfnParameter(stack, "Arn").value_as_string
    made = role(stack)
    made.grants.converse(where)
    made.grants.retrieve(where)
    assert [s["Resource"] for s in statements(template(stack))] == [
        [PROJECT, {"Ref": "Arn"}],
        {"Ref": "Arn"},
    ]


BAD_TARGETS: list[tuple[Callable[[AppRole], object], str]] = [
    (
        lambda r: r.grants.invoke_agent("ABCDEF1234"),
        "the permission counts on an alias only, never on the agent",
    ),
    (
        lambda r: r.grants.retrieve("a/b"),
        "`knowledge_base` has the value `a/b`: pass the construct, its ARN or its id of ten letters",
    ),
    *(
        (give, f"has the value `{value}`: pass .*, its ARN or .*(id|ID)")
        for give, value in [
            (lambda r: r.grants.retrieve("answers"), "answers"),
            (lambda r: r.grants.retrieve("KB123456789"), "KB123456789"),
            (lambda r: r.grants.render_prompt("greeting"), "greeting"),
            (lambda r: r.grants.invoke_agent("helper/live"), "helper/live"),
            (lambda r: r.grants.invoke_flow("flow/live"), "flow/live"),
            (lambda r: r.grants.apply_guardrail("My-Guard"), "My-Guard"),
        ]
    ),
    (
        lambda r: r.grants.converse(f"arn:aws:bedrock:us-east-1:{ACCOUNT}:custom-model/a.b/c"),
        "a custom model is called through its deployment or its provisioned throughput",
    ),
    (lambda r: r.grants.converse("arn:aws:s3:::bucket"), "pass a model's id, or the ARN of a model"),
]


@pytest.mark.parametrize(("give", "message"), BAD_TARGETS)
def test_a_target_that_can_not_work_is_refused(give: Callable[[AppRole], object], message: str) -> None:
    with pytest.raises(PlanesError, match=message):
        give(role(Stack()))


def test_an_unknown_model_is_a_warning_on_the_role() -> None:
    stack = Stack()
    role(stack).grants.converse("amazon.nova-lite-v9:0")
    found = cdk.assertions.Annotations.from_stack(stack).find_warning(
        "/S/R",
        cdk.assertions.Match.string_like_regexp(
            "amazon.nova-lite-v9:0.*did you mean `amazon.nova-lite-v1:0`"
        ),
    )
    assert len(found) == 1


# ------------------------------------------------------------ refused at once
CONTROL = (
    "on the control plane, family `bedrock-agent`, and an app role holds data-plane actions only; give it"
)
MESSAGES = {
    "bedrock:CreateAgent": CONTROL,
    "BEDROCK:createagent": CONTROL,
    "bedrock:*": r"family `bedrock-agent`.* among \d+ that it means",
    "*": r"control plane.* among \d+ that it means",
    "bedrock:Get*": "on the control plane",
    "bedrock:TagResource": "on the control plane, family `bedrock`",
    "bedrock:Converse": "`Converse` is an operation without an action; write `bedrock:InvokeModel`",
    "bedrock-runtime:InvokeModel": "the name of an SDK client, not an IAM prefix; write `bedrock:InvokeM",
    "bedrock-agentcore:CreateMemory": "control plane, family `bedrock-agentcore-control`",
    "iam:PassRole": "it changes or passes IAM roles and policies; leave IAM to a DeployRole",
    "iam:*": "it changes or passes IAM",
    "iam:PutRolePolicy": "it changes or passes IAM",
    "sts:AssumeRole": "the application becomes another role; name the roles in `assumable_roles`",
    "sts:*": "the application becomes another role",
}


@pytest.mark.parametrize("action", MESSAGES)
def test_what_an_app_role_may_not_hold(action: str) -> None:
    stack = Stack()
    made = role(stack)
    # An exception that crosses JavaScript keeps its text and loses its class.
    with pytest.raises((PlanesError, RuntimeError), match=MESSAGES[action]) as raised:
        made.add_to_policy(allow(action))
    assert f"the app role `S/R` can't hold `{action}`" in str(raised.value)
    assert resources(template(stack), "AWS::IAM::Policy") == {}


def managed(stack: cdk.Stack) -> iam.ManagedPolicy:
    return iam.ManagedPolicy(stack, "M", statements=[allow("bedrock:CreateAgent")])


def document() -> iam.PolicyDocument:
    return iam.PolicyDocument(statements=[allow("bedrock:CreateAgent")])


DOORS: dict[str, Callable[[cdk.Stack], object]] = {
    "add_to_policy": lambda s: role(s).add_to_policy(allow("bedrock:CreateAgent")),
    "add_to_principal_policy": lambda s: role(s).add_to_principal_policy(allow("bedrock:CreateAgent")),
    "Grant.add_to_principal": lambda s: iam.Grant.add_to_principal(
        grantee=role(s), actions=["bedrock:CreateAgent"], resource_arns=["*"]
    ),
    "NotAction": lambda s: role(s).add_to_policy(iam.PolicyStatement(not_actions=["s3:*"], resources=["*"])),
    "the constructor's inline policies": lambda s: role(s, inline_policies={"P": document()}),
    "the constructor's managed policies": lambda s: role(s, managed_policies=[managed(s)]),
    "add_managed_policy": lambda s: role(s).add_managed_policy(managed(s)),
    "an AWS managed policy": lambda s: role(s).add_managed_policy(
        iam.ManagedPolicy.from_aws_managed_policy_name("AmazonBedrockFullAccess")
    ),
    "attach_inline_policy": lambda s: role(s).attach_inline_policy(
        iam.Policy(s, "P", statements=[allow("bedrock:CreateAgent")])
    ),
    "a policy that is attached to the role": lambda s: iam.Policy(
        s, "P", statements=[allow("bedrock:CreateAgent")]
    ).attach_to_role(role(s)),
    "assumable_roles with a wildcard": lambda s: role(
        s, assumable_roles=["arn:aws:iam::111122223333:role/*"]
    ),
    "grant_pass_role": lambda s: iam.Role(s, "Other", assumed_by=LAMBDA).grant_pass_role(role(s)),
}


@pytest.mark.parametrize("door", DOORS)
def test_every_door_that_can_be_watched_refuses_at_once(door: str) -> None:
    with pytest.raises((PlanesError, RuntimeError), match=r"the app role `S/R` can't (hold|take) "):
        DOORS[door](Stack())


def test_other_services_and_harmless_reads_stay_possible() -> None:
    stack = Stack()
    made = role(
        stack,
        managed_policies=[
            iam.ManagedPolicy.from_aws_managed_policy_name("service-role/AWSLambdaBasicExecutionRole")
        ],
    )
    s3.Bucket(stack, "Bucket").grant_read(made)
    key = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
    dynamodb.Table(stack, "Table", partition_key=key).grant_read_data(made)
    made.add_to_policy(allow("iam:GetRole"))
    made.add_to_policy(iam.PolicyStatement(effect=iam.Effect.DENY, actions=["*"], resources=["*"]))
    assert len(statements(template(stack))) == 4


def test_named_roles_can_be_assumed_and_pass_the_boundary() -> None:
    stack = Stack()
    other = "arn:aws:iam::444455556666:role/Reader"
    role(stack, assumable_roles=[other])
    found = template(stack)
    assert statements(found) == [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": other}]
    [boundary] = resources(found, "AWS::IAM::ManagedPolicy").values()
    assert boundary["Properties"]["PolicyDocument"]["Statement"][2] == {
        "Sid": "NamedRoles",
        "Effect": "Deny",
        "Action": "sts:AssumeRole",
        "NotResource": other,
    }


def test_the_mark_and_the_boundary_are_in_the_template() -> None:
    stack = Stack()
    role(stack)
    AppRole(stack, "Second", assumed_by=LAMBDA)
    found = template(stack)
    [boundary_id] = resources(found, "AWS::IAM::ManagedPolicy")
    for made in resources(found, "AWS::IAM::Role").values():
        assert made["Metadata"]["bedrock-planes:role"] == {
            "kind": "app",
            "checked": True,
            "boundary": {"sha256": fingerprint_of(boundary_document())},
        }
        assert made["Properties"]["PermissionsBoundary"] == {"Ref": boundary_id}


def test_an_organizations_boundary_replaces_ours_where_it_is_given() -> None:
    stack = Stack()
    theirs = iam.ManagedPolicy.from_managed_policy_name(stack, "Theirs", "theirs")
    role(stack, permissions_boundary=theirs)
    [made] = resources(template(stack), "AWS::IAM::Role").values()
    assert made["Properties"]["PermissionsBoundary"] == arn(f"iam::{ACCOUNT}:policy/theirs")


WIDE = {
    "every model": ("bedrock:InvokeModel", "*"),
    "a pattern of actions": ("bedrock:InvokeModel*", "*"),
    "a type": ("bedrock:InvokeModel", "arn:aws:bedrock:us-east-1::foundation-model/*"),
    "a type in any Region": ("bedrock:InvokeModel", "arn:aws:bedrock:*::foundation-model/*"),
    "knowledge bases": ("bedrock:Retrieve", f"arn:aws:bedrock:us-east-1:{ACCOUNT}:knowledge-base/*"),
    "an account": ("bedrock:InvokeAgent", f"arn:aws:bedrock:us-east-1:{ACCOUNT}:*"),
}


@pytest.mark.parametrize(("action", "resource"), WIDE.values(), ids=WIDE)
def test_a_data_action_on_a_whole_type_needs_a_reason(action: str, resource: str) -> None:
    wide = allow(action, resources=(resource,))
    with pytest.raises(ValueError, match="it opens every resource of a type; name the resources, or give"):
        role(Stack()).add_to_policy(wide)
    allowed = role(Stack(), allow_type_wide=[(resource, "the model is chosen at runtime")])
    assert allowed.add_to_policy(wide)


SCOPED = {
    "a model": ("bedrock:InvokeModel", "arn:aws:bedrock:*::foundation-model/anthropic.claude-*"),
    "an action without resources": ("bedrock:RetrieveAndGenerate", "*"),
    "a data read": ("bedrock:ListSessions", "*"),
    "another service": ("s3:GetObject", "*"),
    "a token": ("bedrock:Retrieve", cdk.Fn.import_value("KnowledgeBaseArn")),
}


@pytest.mark.parametrize(("action", "resource"), SCOPED.values(), ids=SCOPED)
def test_what_is_no_whole_type_needs_no_reason(action: str, resource: str) -> None:
    assert role(Stack()).add_to_policy(allow(action, resources=(resource,)))


@pytest.mark.parametrize("given", [["*"], [("*", "")], [("*",)], [("*", 1)]])
def test_a_pattern_without_a_reason_is_refused(given: Any) -> None:
    with pytest.raises(PlanesError, match=r"`allow_type_wide` has .*: give pairs of an ARN pattern and the"):
        role(Stack(), allow_type_wide=given)


OPEN = {"any": iam.AnyPrincipal(), "star": iam.StarPrincipal(), "arn": iam.ArnPrincipal("*")}


@pytest.mark.parametrize("principal", OPEN.values(), ids=OPEN)
def test_a_trust_in_everybody_is_refused_with_what_to_write(principal: iam.IPrincipal) -> None:
    with pytest.raises(PlanesError, match="the role `S/R` can't trust everybody: name the service"):
        AppRole(Stack(), "R", assumed_by=principal)


def test_a_trust_in_an_organization_or_an_account_is_taken() -> None:
    AppRole(Stack(), "R", assumed_by=iam.AccountPrincipal(ACCOUNT))
    AppRole(Stack(), "R", assumed_by=iam.OrganizationPrincipal("o-1234567890"))


def test_a_role_that_configures_can_not_be_assumed() -> None:
    stack = Stack("AcmeRoles")
    deploy = DeployRole(stack, "Deploy", name_prefix="Acme")
    with pytest.raises(PlanesError, match="can't assume `AcmeRoles/Deploy`, which configures Bedrock"):
        role(stack, assumable_roles=[deploy.role_arn])
    other = AppRole(stack, "Other", assumed_by=LAMBDA)
    AppRole(stack, "Fine", assumed_by=LAMBDA, assumable_roles=[other.role_arn])


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:iam::111122223333:policy/AWSXRayDaemonWriteAccess",
        "arn:aws:iam::aws:policy/IAMFullAccess",
        "arn:aws:iam::aws:policy/AdministratorAccess",
        "arn:aws:iam::aws:policy/other/AWSXRayDaemonWriteAccess",
    ],
)
def test_a_policy_that_only_looks_harmless_is_refused(arn: str) -> None:
    stack = Stack()
    policy = iam.ManagedPolicy.from_managed_policy_arn(stack, "P", arn)
    with pytest.raises(ValueError, match="can't take the managed policy"):
        role(stack).add_managed_policy(policy)


@pytest.mark.parametrize("action", [f"aws-marketplace:{name}" for name in ("Subscribe", "*", "Unsub*")])
def test_models_are_not_bought_at_runtime(action: str) -> None:
    with pytest.raises(ValueError, match="with it the application buys models or cancels them; let an admin"):
        role(Stack()).add_to_policy(allow(action))
    assert role(Stack()).add_to_policy(allow("aws-marketplace:MeterUsage"))
