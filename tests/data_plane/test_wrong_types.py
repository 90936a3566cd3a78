"""What is passed with a wrong type is refused by a sentence that names it, and what is sound is taken."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3

from constructs_lib import AppRole, PlanesError
from tests.cdk import Stack

if TYPE_CHECKING:
    from collections.abc import Callable

LAMBDA = iam.ServicePrincipal("lambda.amazonaws.com")
NOVA = "amazon.nova-lite-v1:0"
BASIC = "service-role/AWSLambdaBasicExecutionRole"
ROLE = "arn:aws:iam::111122223333:role/x"


class Tier(enum.Enum):
    FLEX = "flex"


class Model(enum.Enum):
    NOVA = "amazon.nova-lite-v1:0"


FROM: Any = AppRole.from_role
FROM_ARN: Any = AppRole.from_role_arn


class TextModel(str, enum.Enum):  # noqa: UP042  # a StrEnum writes its value and is sound
    NOVA = "amazon.nova-lite-v1:0"


class SoundModel(enum.StrEnum):
    NOVA = "amazon.nova-lite-v1:0"


def guardrail(stack: cdk.Stack) -> Any:
    return bedrock.CfnGuardrail(
        stack, "G", name="g", blocked_input_messaging="x", blocked_outputs_messaging="x"
    )


def function(stack: cdk.Stack) -> Any:
    return lambda_.Function(
        stack,
        "F",
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler="a.b",
        code=lambda_.Code.from_inline("x"),
    )


def role(stack: cdk.Stack, **props: Any) -> Any:
    return AppRole(stack, "R", **{"assumed_by": LAMBDA, **props})


WRONG: dict[str, Callable[[cdk.Stack], Any]] = {
    "(assumed_by='lambda.amazonaws.com')": lambda s: role(s, assumed_by="lambda.amazonaws.com"),
    "(assumed_by=function(s))": lambda s: role(s, assumed_by=function(s)),
    "(assumed_by=None)": lambda s: role(s, assumed_by=None),
    "(assumed_by=[LAMBDA])": lambda s: role(s, assumed_by=[LAMBDA]),
    "(description=3)": lambda s: role(s, description=3),
    "(role_name=3)": lambda s: role(s, role_name=3),
    "(inline_policies=iam.PolicyDocument())": lambda s: role(s, inline_policies=iam.PolicyDocument()),
    "(inline_policies=[iam.PolicyDocument()])": lambda s: role(s, inline_policies=[iam.PolicyDocument()]),
    "(inline_policies={'a':{'Statement':[]}})": lambda s: role(s, inline_policies={"a": {"Statement": []}}),
    "(inline_policies={'a':iam.PolicyStatement(actions=['s3:GetObject'],resources=['*'])})": lambda s: role(
        s, inline_policies={"a": iam.PolicyStatement(actions=["s3:GetObject"], resources=["*"])}
    ),
    "(managed_policies=iam.ManagedPolicy.from_aws_managed_policy_name(BASIC))": lambda s: role(
        s, managed_policies=iam.ManagedPolicy.from_aws_managed_policy_name(BASIC)
    ),
    "(managed_policies=BASIC)": lambda s: role(s, managed_policies=BASIC),
    "(managed_policies=[BASIC])": lambda s: role(s, managed_policies=[BASIC]),
    "(assumable_roles=ROLE)": lambda s: role(s, assumable_roles=ROLE),
    "(assumable_roles=[iam.Role.from_role_name(s, 'i','x')])": lambda s: role(
        s, assumable_roles=[iam.Role.from_role_name(s, "i", "x")]
    ),
    "(allow_type_wide='*')": lambda s: role(s, allow_type_wide="*"),
    "(allow_type_wide=('*','because'))": lambda s: role(s, allow_type_wide=("*", "because")),
    "(allow_type_wide={'*':'because'})": lambda s: role(s, allow_type_wide={"*": "because"}),
    "(allow_type_wide=[3])": lambda s: role(s, allow_type_wide=[3]),
    "(families='bedrock-runtime')": lambda s: role(s, families="bedrock-runtime"),
    "(families=[Tier.FLEX])": lambda s: role(s, families=[Tier.FLEX]),
    "(required_guardrail=guardrail(s))": lambda s: role(s, required_guardrail=guardrail(s)),
    "(required_guardrail='abcdef123456')": lambda s: role(s, required_guardrail="abcdef123456"),
    "(required_guardrail='ab')": lambda s: role(s, required_guardrail="ab"),
    "(required_guardrail=('abcdef123456',1))": lambda s: role(s, required_guardrail=("abcdef123456", 1)),
    "(required_guardrail=('abcdef123456','1','x'))": lambda s: role(
        s, required_guardrail=("abcdef123456", "1", "x")
    ),
    "(required_vpc_endpoints='vpce-1')": lambda s: role(s, required_vpc_endpoints="vpce-1"),
    "(allowed_regions='us-east-1')": lambda s: role(s, allowed_regions="us-east-1"),
    "(allowed_regions=[1])": lambda s: role(s, allowed_regions=[1]),
    "(service_tiers=[Tier.FLEX])": lambda s: role(s, service_tiers=[Tier.FLEX]),
    "(service_tiers='flex')": lambda s: role(s, service_tiers="flex"),
    "(assumed_by=iam.AccountRootPrincipal(),session_tags='tenant')": lambda s: role(
        s, assumed_by=iam.AccountRootPrincipal(), session_tags="tenant"
    ),
    "(permissions_boundary='arn:aws:iam::111122223333:policy/x')": lambda s: role(
        s, permissions_boundary="arn:aws:iam::111122223333:policy/x"
    ),
    "(enforce_boundary='yes')": lambda s: role(s, enforce_boundary="yes"),
    "(max_session_duration=3600)": lambda s: role(s, max_session_duration=3600),
    "grants.converse([NOVA])": lambda s: role(s).grants.converse([NOVA]),
    "grants.converse(Model.NOVA)": lambda s: role(s).grants.converse(Model.NOVA),
    "grants.converse(None)": lambda s: role(s).grants.converse(None),
    "grants.converse(3)": lambda s: role(s).grants.converse(3),
    "grants.converse(guardrail(s))": lambda s: role(s).grants.converse(guardrail(s)),
    "grants.converse({'a':1})": lambda s: role(s).grants.converse({"a": 1}),
    "grants.converse(NOVA,behind=NOVA)": lambda s: role(s).grants.converse(NOVA, behind=NOVA),
    "grants.converse(NOVA,streaming='no')": lambda s: role(s).grants.converse(NOVA, streaming="no"),
    "grants.converse(NOVA,project=None)": lambda s: role(s).grants.converse(NOVA, project=None),
    "grants.invoke([NOVA])": lambda s: role(s).grants.invoke([NOVA]),
    "grants.count_tokens([NOVA])": lambda s: role(s).grants.count_tokens([NOVA]),
    "grants.retrieve(['ABCDEF1234'])": lambda s: role(s).grants.retrieve(["ABCDEF1234"]),
    "grants.retrieve(None)": lambda s: role(s).grants.retrieve(None),
    "grants.apply_guardrail(5)": lambda s: role(s).grants.apply_guardrail(5),
    "grants.apply_guardrail(('abcdef123456','1'))": lambda s: role(s).grants.apply_guardrail(
        ("abcdef123456", "1")
    ),
    "grants.apply_guardrail('abcdef123456',key=3)": lambda s: role(s).grants.apply_guardrail(
        "abcdef123456", key=3
    ),
    "a set, which has no order": lambda s: role(s, families={"bedrock-runtime"}),
    "grants.apply_guardrail with a Region for a list": lambda s: role(s).grants.apply_guardrail(
        "abcdef123456", profile="us.guardrail.v1:0", destination_regions="us-east-1"
    ),
    "grants.require_guardrail('abcdef123456',version=1)": lambda s: role(s).grants.require_guardrail(
        "abcdef123456", version=1
    ),
    "grants.invoke_async(NOVA,output=None)": lambda s: role(s).grants.invoke_async(NOVA, output=None),
    "grants.invoke_async(NOVA,output=4)": lambda s: role(s).grants.invoke_async(NOVA, output=4),
    "grants.invoke_async(NOVA,output='b',prefix=None)": lambda s: role(s).grants.invoke_async(
        NOVA, output="b", prefix=None
    ),
    "grants.mantle(models='a.b')": lambda s: role(s).grants.mantle(models="a.b"),
    "grants.mantle(None)": lambda s: role(s).grants.mantle(None),
    "grants.limit_service_tiers(['flex'])": lambda s: role(s).grants.limit_service_tiers(["flex"]),
    "grants.system_tool(None)": lambda s: role(s).grants.system_tool(None),
    "grants.render_prompt('ABCDEF1234',version=1)": lambda s: role(s).grants.render_prompt(
        "ABCDEF1234", version=1
    ),
    "grants.inline_agent(NOVA,agent_names='x')": lambda s: role(s).grants.inline_agent(NOVA, agent_names="x"),
    "grants.inline_agent(NOVA,knowledge_bases='ABCDEF1234')": lambda s: role(s).grants.inline_agent(
        NOVA, knowledge_bases="ABCDEF1234"
    ),
    "grants.agentic_retrieve(['ABCDEF1234'])": lambda s: role(s).grants.agentic_retrieve(["ABCDEF1234"]),
    "grants.memory_events('mem-1234567890',actors='x')": lambda s: role(s).grants.memory_events(
        "mem-1234567890", actors="x"
    ),
    "grants.memory_retrieve('mem-1234567890',namespaces='x')": lambda s: role(s).grants.memory_retrieve(
        "mem-1234567890", namespaces="x"
    ),
    "grants.invoke_runtime('rt-1234567890',endpoint=1)": lambda s: role(s).grants.invoke_runtime(
        "rt-1234567890", endpoint=1
    ),
    "grants.invoke_harness(['x'])": lambda s: role(s).grants.invoke_harness(["x"]),
    "AppRole.from_('A',function(s))": lambda s: FROM(s, "A", function(s)),
    "AppRole.from_('A',ROLE)": lambda s: FROM(s, "A", ROLE),
    "AppRole.from_('A',None)": lambda s: FROM(s, "A", None),
    "AppRole.from_('A',iam.User(s, 'U'))": lambda s: FROM(s, "A", iam.User(s, "U")),
    "AppRole.from_('A',iam.CfnRole(s, 'U',assume_role_policy_document={}))": lambda s: FROM(
        s, "A", iam.CfnRole(s, "U", assume_role_policy_document={})
    ),
    "add_to_policy('bedrock:InvokeModel')": lambda s: role(s).add_to_policy("bedrock:InvokeModel"),
    "add_to_policy({'Action':'s3:GetObject'})": lambda s: role(s).add_to_policy({"Action": "s3:GetObject"}),
    "add_managed_policy('x')": lambda s: role(s).add_managed_policy("x"),
    "attach_inline_policy(iam.PolicyDocument())": lambda s: role(s).attach_inline_policy(
        iam.PolicyDocument()
    ),
    "from_role_arn(3)": lambda s: FROM_ARN(s, "A", 3),
    "converse of an Enum that is a str": lambda s: role(s).grants.converse(TextModel.NOVA),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_value_of_the_wrong_type_is_refused(case: str) -> None:
    stack = Stack()
    with pytest.raises(PlanesError, match=r"has (the|a) value|is not a|`allow_type_wide` has"):
        WRONG[case](stack)


SOUND: dict[str, Callable[[cdk.Stack], Any]] = {
    "a StrEnum's member": lambda s: role(s).grants.converse(SoundModel.NOVA),
    "a dictionary's keys": lambda s: role(s, allowed_regions={"us-east-1": 1}.keys()),
    "a list for a pair": lambda s: role(s, required_guardrail=["abcdef123456", "1"]),
    "a function's role": lambda s: AppRole.from_role(s, "A", function(s).role),
    "an imported policy": lambda s: role(
        s, managed_policies=(iam.ManagedPolicy.from_aws_managed_policy_name(BASIC),)
    ),
    "a principal with conditions": lambda s: role(
        s, assumed_by=LAMBDA.with_conditions({"StringEquals": {"aws:SourceAccount": "111122223333"}})
    ),
    "a composite principal": lambda s: role(
        s, assumed_by=iam.CompositePrincipal(LAMBDA, iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
    ),
    "another role as principal": lambda s: role(s, assumed_by=iam.Role.from_role_arn(s, "I", ROLE)),
    "an imported bucket": lambda s: role(s).grants.invoke_async(
        NOVA, output=s3.Bucket.from_bucket_name(s, "B", "their-bucket")
    ),
    "an imported key": lambda s: role(s).grants.apply_guardrail(
        "abcdef123456",
        key=kms.Key.from_key_arn(
            s, "K", "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
        ),
    ),
    "a token": lambda s: role(s).grants.converse(cdk.CfnParameter(s, "P").value_as_string),
}


@pytest.mark.parametrize("case", SOUND)
def test_a_value_of_the_right_type_is_taken(case: str) -> None:
    SOUND[case](Stack())


@pytest.mark.parametrize(
    ("make", "remedy"),
    [
        (lambda s: AppRole.from_role(s, "A", function(s)), "here its `role`"),
        (lambda s: role(s, assumable_roles=[iam.Role.from_role_name(s, "I", "x")]), "here its `role_arn`"),
        (lambda s: role(s, families="bedrock-runtime"), "here `['bedrock-runtime']`"),
        (lambda s: role(s, required_guardrail=guardrail(s)), "for any numbered version"),
        (lambda s: role(s).grants.converse([NOVA]), "call the grant once for each"),
    ],
)
def test_the_message_says_what_to_pass(make: Callable[[cdk.Stack], Any], remedy: str) -> None:
    with pytest.raises(PlanesError) as raised:
        make(Stack())
    assert remedy in str(raised.value)
