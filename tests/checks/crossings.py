"""Apps with one crossing of the planes planted in each, in all the ways in which one gets into an app.

The role serves requests: it may invoke one model. ``crossings.json`` says what must be found, and where.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import custom_resources as cr

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["CROSSINGS", "EXPECTED", "build"]

MODEL = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"
GUARDRAIL = "arn:aws:bedrock:us-east-1:111122223333:guardrail/gr0000000001"
EXPECTED: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parent / "crossings.json").read_text("utf-8")
)


def build(name: str, outdir: Path | None = None) -> cdk.App:
    """Return an app with the named crossing, not synthesized."""
    app = cdk.App(
        builtin_cloud_formation_validation=False,
        analytics_reporting=False,
        outdir=str(outdir) if outdir else None,
    )
    CROSSINGS[name](_stack(app, "Chat"))
    return app


def _stack(scope: cdk.App, name: str) -> cdk.Stack:
    return cdk.Stack(scope, name, env=cdk.Environment(account="111122223333", region="us-east-1"))


def _data() -> iam.PolicyStatement:
    return iam.PolicyStatement(
        actions=["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"], resources=[MODEL]
    )


def _control() -> iam.PolicyStatement:
    return iam.PolicyStatement(actions=["bedrock:UpdateGuardrail"], resources=[GUARDRAIL])


def _role(stack: cdk.Stack) -> iam.Role:
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    role.add_to_policy(_data())
    return role


def _grant(stack: cdk.Stack) -> None:
    iam.Grant.add_to_principal(
        grantee=_role(stack), actions=["bedrock:UpdateGuardrail"], resource_arns=[GUARDRAIL]
    )


def _managed(stack: cdk.Stack) -> None:
    iam.ManagedPolicy(stack, "Managed", roles=[_role(stack)], statements=[_control()])


def _aws_managed(stack: cdk.Stack) -> None:
    _role(stack).add_managed_policy(iam.ManagedPolicy.from_aws_managed_policy_name("AmazonBedrockFullAccess"))


def _inline(stack: cdk.Stack) -> None:
    policy = iam.PolicyDocument(statements=[_data(), _control()])
    iam.Role(
        stack,
        "Role",
        assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
        inline_policies={"All": policy},
    )


def _second_stack(stack: cdk.Stack) -> None:
    role = _role(stack)
    app = stack.node.root
    assert isinstance(app, cdk.App)
    iam.CfnPolicy(
        _stack(app, "Other"),
        "Policy",
        policy_name="other",
        policy_document=iam.PolicyDocument(statements=[_control()]),
        roles=[role.role_name],
    )


def _nested_stack(stack: cdk.Stack) -> None:
    nested = cdk.NestedStack(stack, "Inner")
    iam.Policy(nested, "Policy", roles=[_role(stack)], statements=[_control()])


def _stage(stack: cdk.Stack) -> None:
    app = stack.node.root
    assert isinstance(app, cdk.App)
    inner = cdk.Stack(cdk.Stage(app, "Prod"), "Chat")
    _role(inner).add_to_policy(_control())


def _escape_hatch(stack: cdk.Stack) -> None:
    resource = _role(stack).node.default_child
    assert isinstance(resource, iam.CfnRole)
    document = iam.PolicyDocument(statements=[_control()])
    resource.add_property_override(
        "Policies", [{"PolicyName": "hatch", "PolicyDocument": stack.resolve(document)}]
    )


def _custom_resources(stack: cdk.Stack) -> None:
    for name, statement in (("Configure", _control()), ("Ask", _data())):
        call = cr.AwsSdkCall(
            service="bedrock", action=name, physical_resource_id=cr.PhysicalResourceId.of(name)
        )
        cr.AwsCustomResource(
            stack,
            name,
            on_create=call,
            install_latest_aws_sdk=False,
            policy=cr.AwsCustomResourcePolicy.from_statements([statement]),
        )


def _imported(stack: cdk.Stack) -> None:
    role = iam.Role.from_role_arn(stack, "Role", "arn:aws:iam::111122223333:role/Elsewhere")
    iam.Policy(stack, "Data", roles=[role], statements=[_data()])
    iam.Policy(stack, "Control", roles=[role], statements=[_control()])


CROSSINGS: dict[str, Callable[[cdk.Stack], None]] = {
    "grant on a foreign role": _grant,
    "managed policy": _managed,
    "AWS managed policy": _aws_managed,
    "inline policy": _inline,
    "second stack": _second_stack,
    "nested stack": _nested_stack,
    "stage": _stage,
    "escape hatch": _escape_hatch,
    "the role that AwsCustomResources share": _custom_resources,
    "imported role": _imported,
}
