"""Guardrails that an account or an organization enforces: exact templates, refusals, what callers need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from constructs_lib import (
    AppRole,
    ContentGuarding,
    EnforcedGuardrail,
    Guardrail,
    GuardrailVersion,
    OrganizationGuardrail,
    PlanesError,
)
from tests.cdk import ACCOUNT, REGION, Stack, arn, resources, template
from tests.control_plane.guardrail_example import POLICY_ARN
from tests.control_plane.soundness import deployed_by, findings, valid

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from constructs import Construct


def version(scope: Construct, **props: Any) -> GuardrailVersion:
    return Guardrail(scope, "G", words=["w"], **props).create_version()


def test_an_enforced_guardrail_needs_a_version_and_nothing_else() -> None:
    stack = Stack()
    EnforcedGuardrail(stack, "E", guardrail=version(stack))
    found = template(stack)
    [enforced] = resources(found, "AWS::Bedrock::EnforcedGuardrailConfiguration").values()
    [guardrail] = resources(found, "AWS::Bedrock::Guardrail")
    [number] = resources(found, "AWS::Bedrock::GuardrailVersion")
    assert enforced["Properties"] == {
        "GuardrailIdentifier": {"Fn::GetAtt": [guardrail, "GuardrailId"]},
        "GuardrailVersion": {"Fn::GetAtt": [number, "Version"]},
        "ModelEnforcement": {"IncludedModels": ["ALL"], "ExcludedModels": []},
    }


def test_every_prop_of_an_enforced_guardrail_is_a_property() -> None:
    stack = Stack()
    EnforcedGuardrail(
        stack,
        "E",
        guardrail=GuardrailVersion.from_guardrail_version_attributes(
            stack, "V", guardrail_id="abcdef123456", version="3"
        ),
        included_models=["amazon.nova-lite-v1:0"],
        excluded_models=["amazon.titan-embed-text-v2:0"],
        messages=ContentGuarding.COMPREHENSIVE,
        system=ContentGuarding.SELECTIVE,
    )
    [enforced] = resources(template(stack), "AWS::Bedrock::EnforcedGuardrailConfiguration").values()
    assert enforced["Properties"] == {
        "GuardrailIdentifier": "abcdef123456",
        "GuardrailVersion": "3",
        "ModelEnforcement": {
            "IncludedModels": ["amazon.nova-lite-v1:0"],
            "ExcludedModels": ["amazon.titan-embed-text-v2:0"],
        },
        "SelectiveContentGuarding": {"Messages": "COMPREHENSIVE", "System": "SELECTIVE"},
    }


def test_callers_are_granted_the_guardrail_and_its_profile() -> None:
    stack = Stack(minimize=False)
    enforced = EnforcedGuardrail(stack, "E", guardrail=version(stack, cross_region="us"))
    enforced.grant_call(iam.User(stack, "U"))
    found = template(stack)
    [policy] = resources(found, "AWS::IAM::Policy").values()
    [statement] = policy["Properties"]["PolicyDocument"]["Statement"]
    [guardrail] = resources(found, "AWS::Bedrock::Guardrail")
    profile = "guardrail-profile/us.guardrail.v1:0"
    head = f":bedrock:{REGION}:{ACCOUNT}:guardrail/"
    own = ["arn:", {"Ref": "AWS::Partition"}, head, {"Fn::GetAtt": [guardrail, "GuardrailId"]}]
    assert statement == {
        "Effect": "Allow",
        "Action": "bedrock:ApplyGuardrail",
        "Resource": [
            {"Fn::Join": ["", own]},
            arn(f"bedrock:us-east-1:{ACCOUNT}:{profile}"),
            arn(f"bedrock:us-east-2:{ACCOUNT}:{profile}"),
            arn(f"bedrock:us-west-2:{ACCOUNT}:{profile}"),
        ],
    }
    assert stack.resolve(enforced.caller_statements())[0]["Action"] == ["bedrock:ApplyGuardrail"]


def test_an_organization_enforces_by_its_policy_type() -> None:
    stack = Stack()
    OrganizationGuardrail(
        stack,
        "O",
        guardrail=GuardrailVersion.from_guardrail_version_attributes(
            stack, "V", guardrail_id="abcdef123456", version="3"
        ),
        targets=["r-ab12", "ou-ab12-cdef3456", "444455556666"],
        policy_name="baseline",
        description="Every account",
        excluded_models=["amazon.titan-embed-text-v2:0"],
        messages=ContentGuarding.COMPREHENSIVE,
    )
    [policy] = resources(template(stack), "AWS::Organizations::Policy").values()
    assert policy["Properties"] == {
        "Name": "baseline",
        "Description": "Every account",
        "Type": "BEDROCK_POLICY",
        "TargetIds": ["r-ab12", "ou-ab12-cdef3456", "444455556666"],
        "Content": {
            "bedrock": {
                "guardrail_inference": {
                    REGION: {
                        "config_1": {
                            "identifier": {
                                "@@assign": arn(f"bedrock:{REGION}:{ACCOUNT}:guardrail/abcdef123456:3")
                            },
                            "model_enforcement": {
                                "included_models": {"@@assign": ["ALL"]},
                                "excluded_models": {"@@assign": ["amazon.titan-embed-text-v2:0"]},
                            },
                            "selective_content_guarding": {"messages": {"@@assign": "comprehensive"}},
                        }
                    }
                }
            }
        },
    }


def test_cloudformation_takes_both_and_the_review_finds_nothing(tmp_path: Path) -> None:
    def build(stack: cdk.Stack) -> None:
        guardrail = Guardrail(stack, "G", words=["w"])
        guardrail.share_with_organization("o-a1b2c3d4e5")
        enforced = EnforcedGuardrail(stack, "E", guardrail=guardrail.create_version())
        OrganizationGuardrail(stack, "O", guardrail=guardrail.create_version("V2"), targets=["r-ab12"])
        role = AppRole(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        role.grants.converse("amazon.nova-lite-v1:0", streaming=True)
        enforced.grant_call(role)

    found = valid(build, tmp_path)
    verdicts, rules = findings(tmp_path)
    assert set(verdicts.values()) == {"data"}
    assert rules == set()
    wanted = {
        *("bedrock:PutEnforcedGuardrailConfiguration", "bedrock:ListEnforcedGuardrailsConfiguration"),
        *("bedrock:DeleteEnforcedGuardrailConfiguration", "organizations:CreatePolicy"),
        *("organizations:AttachPolicy", "organizations:UpdatePolicy", "organizations:DeletePolicy"),
    }
    assert deployed_by(found, wanted) == set()


DRAFT: dict[str, str] = {"guardrail_id": "abcdef123456", "version": "DRAFT"}
WRONG: dict[str, tuple[Callable[[cdk.Stack], object], str]] = {
    "the draft": (
        lambda s: EnforcedGuardrail(
            s,
            "E",
            guardrail=GuardrailVersion.from_guardrail_version_attributes(s, "V", **DRAFT),
        ),
        "`guardrail` is the draft, and AWS enforces numbered versions only",
    ),
    "an ARN of a model": (
        lambda s: EnforcedGuardrail(
            s,
            "E",
            guardrail=version(s),
            excluded_models=["arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"],
        ),
        "`excluded_models` has the value `arn:.*: pass ids of models, such as `amazon.nova-lite-v1:0`",
    ),
    "no model": (
        lambda s: EnforcedGuardrail(s, "E", guardrail=version(s), included_models=[]),
        "`included_models` is empty, so nothing would be guarded",
    ),
    "a text for an enum": (
        lambda s: EnforcedGuardrail(s, "E", guardrail=version(s), messages="ALL"),  # type: ignore[arg-type]  # the refusal is the subject
        "`messages` has the value `ALL`: pass one of `ContentGuarding.SELECTIVE`",
    ),
    "reasoning policies in an organization": (
        lambda s: OrganizationGuardrail(
            s, "O", guardrail=version(s, automated_reasoning_policies=[POLICY_ARN])
        ),
        "`guardrail` has Automated Reasoning policies, which AWS doesn't enforce in an organization",
    ),
    "a target by name": (
        lambda s: OrganizationGuardrail(s, "O", guardrail=version(s), targets=["Sandbox"]),
        "`targets` has the value `Sandbox`: pass ids such as `r-ab12`",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_value_is_named_with_the_remedy(case: str) -> None:
    make, message = WRONG[case]
    with pytest.raises(PlanesError, match=message):
        make(Stack())


def test_a_stack_without_a_region_is_refused() -> None:
    stack = cdk.Stack(cdk.App(analytics_reporting=False), "S")
    with pytest.raises(PlanesError, match="the stack of `S/O` has no fixed Region, and the policy names it"):
        OrganizationGuardrail(stack, "O", guardrail=version(stack))


def test_an_import_is_a_reference() -> None:
    made = EnforcedGuardrail.from_config_id(Stack(), "E", "abc123")
    assert made.enforced_guardrail_configuration_ref.config_id == "abc123"
    where = f"arn:aws:organizations::{ACCOUNT}:policy/o-a1b2c3d4e5/bedrock_policy/p-abcd1234"
    found = OrganizationGuardrail.from_policy_arn(Stack(), "O", where).policy_ref
    assert (found.policy_arn, found.policy_id) == (where, "p-abcd1234")
