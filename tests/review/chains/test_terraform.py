"""What runs as a role in a plan of Terraform leads to that role as it does in a template."""

from __future__ import annotations

import json
from typing import Any

import pytest

from constructs_lib.review import review
from constructs_lib.templates import read_document

_ROLE = "arn:aws:iam::111122223333:role/"
_CORE = "arn:aws:bedrock-agentcore:us-east-1:111122223333:"
# Type, attribute of the role, further values, action, a resource that has it, one that hasn't.
_WAYS = [
    (
        "aws_lambda_function",
        "role",
        {"function_name": "deployer", "arn": "arn:aws:lambda:us-east-1:111122223333:function:deployer"},
        "lambda:InvokeFunction",
        "arn:aws:lambda:us-east-1:111122223333:function:deployer:live",
        "arn:aws:lambda:us-east-1:111122223333:function:reader",
    ),
    (
        "aws_lambda_function",
        "role",
        {"function_name": "deployer"},  # before the apply the ARN is not known
        "lambda:UpdateFunctionCode",
        "arn:aws:lambda:us-east-1:111122223333:function:deployer",
        "arn:aws:lambda:us-east-1:111122223333:function:reader",
    ),
    (
        "aws_sfn_state_machine",
        "role_arn",
        {"name": "deploy"},
        "states:StartExecution",
        "arn:aws:states:us-east-1:111122223333:stateMachine:deploy",
        "arn:aws:states:us-east-1:111122223333:stateMachine:read",
    ),
    (
        "aws_codebuild_project",
        "service_role",
        {"name": "deploy"},
        "codebuild:StartBuild",
        "arn:aws:codebuild:us-east-1:111122223333:project/deploy",
        "arn:aws:codebuild:us-east-1:111122223333:project/docs",
    ),
    (
        "aws_eks_pod_identity_association",
        "role_arn",
        {"cluster_name": "main"},
        "eks:CreateAccessEntry",
        "arn:aws:eks:us-east-1:111122223333:cluster/main",
        "arn:aws:eks:us-east-1:111122223333:nodegroup/main/a/b",
    ),
    (
        "aws_bedrockagentcore_code_interpreter",
        "execution_role_arn",
        {"code_interpreter_arn": f"{_CORE}code-interpreter-custom/deploy-AbCdEf1234"},
        "bedrock-agentcore:InvokeCodeInterpreter",
        f"{_CORE}code-interpreter-custom/deploy-AbCdEf1234",
        f"{_CORE}code-interpreter-custom/read-AbCdEf1234",
    ),
]


def _role(name: str, *statements: dict[str, Any]) -> dict[str, Any]:
    trust = {
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ]
    }
    values = {
        "name": name,
        "arn": _ROLE + name,
        "assume_role_policy": json.dumps(trust),
        "inline_policy": [{"name": "p", "policy": json.dumps({"Statement": list(statements)})}],
    }
    return {"address": f"aws_iam_role.{name}", "type": "aws_iam_role", "name": name, "values": values}


def _chains(kind: str, values: dict[str, Any], action: str, resource: str) -> list[str]:
    invoke = {
        "Effect": "Allow",
        "Action": "bedrock:InvokeModel",
        "Resource": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0",
    }
    resources = [
        _role("app", invoke, {"Effect": "Allow", "Action": action, "Resource": resource}),
        _role("admin", {"Effect": "Allow", "Action": "bedrock:CreateGuardrail", "Resource": "*"}),
        {"address": f"{kind}.it", "type": kind, "name": "it", "values": values},
    ]
    plan = {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "planned_values": {"root_module": {"resources": resources}},
    }
    return [
        item.message for item in review(read_document(plan, "plan.json")).findings if item.rule == "BP105"
    ]


@pytest.mark.parametrize("way", _WAYS, ids=lambda way: f"{way[0]}-{way[3]}")
def test_what_runs_as_a_role_leads_to_it(way: tuple[str, str, dict[str, Any], str, str, str]) -> None:
    kind, role, values, action, has, hasnt = way
    given = {**values, role: _ROLE + "admin"}
    (message,) = _chains(kind, given, action, has)
    assert "role `app` may run Bedrock and can become role `admin`" in message
    assert _chains(kind, given, action, "*")
    assert _chains(kind, given, action, hasnt) == []
    assert _chains(kind, {**values, role: _ROLE + "reader"}, action, has) == []


def test_a_role_that_the_plan_makes_is_found_by_its_reference() -> None:
    invoke = [
        {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": "*"},
        {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"},
    ]
    app = _role("app", *invoke)
    admin = _role("admin", {"Effect": "Allow", "Action": "bedrock:CreateGuardrail", "Resource": "*"})
    function = {
        "address": "aws_lambda_function.it",
        "type": "aws_lambda_function",
        "name": "it",
        "values": {"function_name": "deployer"},
    }
    plan = {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "planned_values": {"root_module": {"resources": [app, admin, function]}},
        "configuration": {
            "root_module": {
                "resources": [
                    {
                        "address": "aws_lambda_function.it",
                        "expressions": {
                            "role": {"references": ["aws_iam_role.admin.arn", "aws_iam_role.admin"]}
                        },
                    }
                ]
            }
        },
    }
    findings = review(read_document(plan, "plan.json")).findings
    assert [item.message for item in findings if item.rule == "BP105"]
