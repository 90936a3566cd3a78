from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase
from typing import Any

import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs

from constructs_lib import DeployRole, InvocationLogging, PlanesError, catalogue
from constructs_lib.catalogue import Plane
from constructs_lib.data_plane.quotas import size_of
from constructs_lib.iam import Request, decide, parse_document
from tests.cdk import ACCOUNT, Stack, arn, resources, template

ROLES = [
    arn(f"iam::{ACCOUNT}:role/{path}Acme*")
    for path in ("", *(f"bedrock-planes/{kind}/" for kind in ("app", "operator", "service")))
]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    stack = Stack("AcmeDeployRole")
    DeployRole(stack, "R", name_prefix="Acme", agents_classic=True)
    return template(stack)


def policies(found: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    return {
        name.removeprefix("R").removesuffix(name[-8:]): policy["Properties"]["PolicyDocument"]["Statement"]
        for name, policy in resources(found, "AWS::IAM::ManagedPolicy").items()
    }


def here(service: str, rest: str) -> dict[str, Any]:
    return arn(f"{service}:us-east-1:{ACCOUNT}:{rest}")


def test_bedrock_is_configured_exactly_so(found: dict[str, Any]) -> None:
    kinds = ("agent-alias/*", "agent/*", "guardrail/*", "knowledge-base/*")
    assert policies(found)["BedrockPolicy"] == [
        {
            "Sid": "Create",
            "Effect": "Allow",
            "Action": ["bedrock:CreateAgent", "bedrock:CreateGuardrail", "bedrock:CreateKnowledgeBase"],
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:RequestedRegion": "us-east-1"}},
        },
        {
            "Sid": "Guardrails",
            "Effect": "Allow",
            "Action": [
                "bedrock:CreateGuardrailVersion",
                "bedrock:DeleteGuardrail",
                "bedrock:GetGuardrail",
                "bedrock:UpdateGuardrail",
            ],
            "Resource": here("bedrock", "guardrail/*"),
        },
        {
            "Sid": "KnowledgeBases",
            "Effect": "Allow",
            "Action": [
                "bedrock:CreateDataSource",
                "bedrock:DeleteDataSource",
                "bedrock:DeleteKnowledgeBase",
                "bedrock:GetDataSource",
                "bedrock:GetKnowledgeBase",
                "bedrock:ListDataSources",
                "bedrock:UpdateDataSource",
                "bedrock:UpdateKnowledgeBase",
            ],
            "Resource": here("bedrock", "knowledge-base/*"),
        },
        {
            "Sid": "Tags",
            "Effect": "Allow",
            "Action": ["bedrock:ListTagsForResource", "bedrock:TagResource", "bedrock:UntagResource"],
            "Resource": [here("bedrock", kind) for kind in kinds],
        },
        {
            "Sid": "Vectors",
            "Effect": "Allow",
            "Action": [
                "s3vectors:CreateIndex",
                "s3vectors:CreateVectorBucket",
                "s3vectors:DeleteIndex",
                "s3vectors:DeleteVectorBucket",
                "s3vectors:GetIndex",
                "s3vectors:GetVectorBucket",
                "s3vectors:ListTagsForResource",
                "s3vectors:TagResource",
                "s3vectors:UntagResource",
            ],
            "Resource": here("s3vectors", "bucket/acme*"),
        },
        {
            "Sid": "Agents",
            "Effect": "Allow",
            "Action": [
                "bedrock:AssociateAgentKnowledgeBase",
                "bedrock:CreateAgentAlias",
                "bedrock:DeleteAgent",
                "bedrock:DisassociateAgentKnowledgeBase",
                "bedrock:GetAgent",
                "bedrock:GetAgentKnowledgeBase",
                "bedrock:ListAgentActionGroups",
                "bedrock:ListAgentCollaborators",
                "bedrock:ListAgentKnowledgeBases",
                "bedrock:PrepareAgent",
                "bedrock:UpdateAgent",
                "bedrock:UpdateAgentKnowledgeBase",
            ],
            "Resource": [here("bedrock", "agent/*"), here("bedrock", "knowledge-base/*")],
        },
        {
            "Sid": "AgentAliases",
            "Effect": "Allow",
            "Action": ["bedrock:DeleteAgentAlias", "bedrock:GetAgentAlias", "bedrock:UpdateAgentAlias"],
            "Resource": here("bedrock", "agent-alias/*"),
        },
        {
            "Sid": "PassRoles",
            "Effect": "Allow",
            "Action": "iam:PassRole",
            "Resource": ROLES,
            "Condition": {
                "StringEquals": {"iam:PassedToService": ["bedrock.amazonaws.com", "lambda.amazonaws.com"]}
            },
        },
    ]


def test_the_role_itself_holds_the_accounts_settings(found: dict[str, Any]) -> None:
    [role] = resources(found, "AWS::IAM::Role").values()
    assert role["Metadata"]["bedrock-planes:role"] == {"kind": "deploy"}
    assert [p["PolicyDocument"]["Statement"] for p in role["Properties"]["Policies"]] == [
        [
            {
                "Effect": "Allow",
                "Action": [
                    "bedrock:DeleteModelInvocationLoggingConfiguration",
                    "bedrock:GetModelInvocationLoggingConfiguration",
                    "bedrock:ListFoundationModels",
                    "bedrock:PutModelInvocationLoggingConfiguration",
                ],
                "Resource": "*",
            }
        ]
    ]


def test_every_bedrock_action_is_a_named_control_action(found: dict[str, Any]) -> None:
    named = [
        action
        for statements in policies(found).values()
        for statement in statements
        for action in listed(statement["Action"])
        if action.startswith("bedrock")
    ]
    assert named
    for action in named:
        known = catalogue.action(action)
        assert known is not None
        assert known.plane is Plane.CONTROL


def test_actions_stand_on_resource_types_that_they_take(found: dict[str, Any]) -> None:
    for statement in policies(found)["BedrockPolicy"]:
        for action in listed(statement["Action"]):
            known = catalogue.action(action)
            if known is None or statement["Sid"] == "Create":
                continue
            texts = [json.dumps(r) for r in listed(statement["Resource"])]
            kinds = {t.removeprefix("bedrock:") for t in known.resource_types}
            assert any(f":{kind}/" in text for kind in kinds for text in texts), action


def test_it_can_never_touch_itself(found: dict[str, Any]) -> None:
    deny = [s for s in policies(found)["FoundationPolicy"] if s["Effect"] == "Deny"]
    assert deny == [
        {
            "Sid": "NotItself",
            "Effect": "Deny",
            "Action": "iam:*",
            "Resource": [
                arn(f"iam::{ACCOUNT}:policy/AcmeDeployRole*"),
                arn(f"iam::{ACCOUNT}:role/AcmeDeployRole*"),
                arn(f"iam::{ACCOUNT}:role/bedrock-planes/deploy/*"),
                arn(f"iam::{ACCOUNT}:role/bedrock-planes/deploy/AcmeDeployRole*"),
            ],
        }
    ]


def may(found: dict[str, Any], action: str, resource: str, **context: str) -> bool:
    """Return whether CloudFormation may do it with the policies."""
    text = (
        json.dumps([{"Statement": statements} for statements in policies(found).values()])
        .replace('{"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, "', '"arn:aws')
        .replace('"]]}', '"')
    )
    held = [
        parse_document(document, name=f"p{n}", path=f"{n}.json", pointer="")
        for n, document in enumerate(json.loads(text))
    ]
    return bool(decide(Request(action, resource, context), held))


AT = f"arn:aws:iam::{ACCOUNT}:role"


@pytest.mark.parametrize(
    ("role", "mine"),
    [
        ("bedrock-planes/app/AcmeChat-R", True),
        ("bedrock-planes/operator/AcmeChat-R", True),
        ("bedrock-planes/service/AcmeChat-R", True),
        ("AcmeChat-CustomS3AutoDelete", True),
        ("bedrock-planes/app/OtherChat-R", False),
        ("bedrock-planes/deploy/AcmeDeployRole-R", False),
        ("bedrock-planes/deploy/AcmeMore-R", False),
        ("AcmeDeployRole-R", False),
        ("team/AcmeChat-R", False),
        ("OtherChat-R", False),
    ],
)
def test_it_makes_and_passes_the_roles_of_its_stacks_and_no_others(
    found: dict[str, Any], role: str, *, mine: bool
) -> None:
    passed = {"iam:PassedToService": "bedrock.amazonaws.com"}
    assert may(found, "iam:CreateRole", f"{AT}/{role}") is mine
    assert may(found, "iam:PutRolePolicy", f"{AT}/{role}") is mine
    assert may(found, "iam:PassRole", f"{AT}/{role}", **passed) is mine


def test_other_paths_of_roles_are_given_to_it_and_its_own_stays_out_of_reach() -> None:
    stack = Stack("AcmeDeployRole")
    DeployRole(stack, "R", name_prefix="Acme", path="/team/", role_paths=["/team/", "/team/chat/", "/"])
    found = template(stack)
    [role] = resources(found, "AWS::IAM::Role").values()
    assert role["Properties"]["Path"] == "/team/"
    assert may(found, "iam:CreateRole", f"{AT}/team/chat/AcmeChat-R")
    assert may(found, "iam:CreateRole", f"{AT}/team/AcmeChat-R")
    assert not may(found, "iam:CreateRole", f"{AT}/team/AcmeDeployRole-R")
    assert not may(found, "iam:CreateRole", f"{AT}/teams/AcmeChat-R")


@pytest.mark.parametrize("action", ["iam:AttachRolePolicy", "iam:DetachRolePolicy"])
@pytest.mark.parametrize(
    ("policy", "harmless"),
    [
        ("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole", True),
        ("arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess", True),
        ("arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole", False),
        ("arn:aws:iam::aws:policy/AdministratorAccess", False),
        ("arn:aws:iam::aws:policy/AmazonBedrockFullAccess", False),
        (f"arn:aws:iam::{ACCOUNT}:policy/service-role/AWSLambdaBasicExecutionRole", False),
        (f"arn:aws:iam::{ACCOUNT}:policy/AcmeChat", False),
    ],
)
def test_it_attaches_harmless_policies_of_aws_and_no_others(
    found: dict[str, Any], action: str, policy: str, *, harmless: bool
) -> None:
    with_policy = {"iam:PolicyARN": policy}
    assert may(found, action, f"{AT}/bedrock-planes/app/AcmeChat-R", **with_policy) is harmless
    assert not may(found, action, f"{AT}/bedrock-planes/app/OtherChat-R", **with_policy)
    assert not may(found, action, f"{AT}/bedrock-planes/deploy/AcmeDeployRole-R", **with_policy)
    assert not may(found, action, f"{AT}/bedrock-planes/app/AcmeChat-R")


@pytest.mark.parametrize("prefix", ["bed", "bedrock"])
def test_a_prefix_that_begins_the_path_of_all_roles_is_refused(prefix: str) -> None:
    with pytest.raises(PlanesError, match=f"`name_prefix` has the value `{prefix}`, with which the IAM path"):
        DeployRole(Stack("AcmeDeployRole"), "R", name_prefix=prefix)
    DeployRole(Stack("AcmeDeployRole"), "R", name_prefix="bedrocks")


def test_it_invokes_handlers_and_providers_and_no_function_of_an_application(found: dict[str, Any]) -> None:
    statements = [s for held in policies(found).values() for s in held]
    [invoke] = [s for s in statements if "lambda:InvokeFunction" in listed(s["Action"])]
    assert listed(invoke["Action"]) == ["lambda:InvokeFunction"]
    patterns = [json.dumps(r).rpartition(":function:")[2].rstrip('"]}') for r in invoke["Resource"]]
    runs = {
        "AcmeControl-BedrockPlanesHandler1A2B3C4D-AbCdEfGhIjKl": True,
        "AcmeWeb-CustomS3AutoDeleteObjectsCustom-AbCdEfGhIjKl": True,
        "AcmeWeb-AWS679f53fac002430cb0da5b7982bd-AbCdEfGhIjKl": True,
        "AcmeWeb-SeedframeworkonEvent1A2B3C4D-AbCdEfGhIjKl": True,
        "AcmeApp-Ask1A2B3C4D-AbCdEfGhIjKl": False,
        "AcmeApp-CustomGreeter1A2B3C4D-AbCdEfGhIjKl": False,
        "AcmeApp-Handler1A2B3C4D-AbCdEfGhIjKl": False,
    }
    assert {name: any(fnmatchcase(name, p) for p in patterns) for name in runs} == runs


FUNCTION = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:"


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("lambda:InvokeFunction", "*"),
        ("lambda:InvokeFunction", f"{FUNCTION}Acme*"),
        ("lambda:invokefunction", f"{FUNCTION}AcmeApp-Ask1A2B3C4D-AbCdEfGhIjKl"),
        ("lambda:*", f"{FUNCTION}Acme*"),
        ("lambda:InvokeFunctionUrl", f"{FUNCTION}AcmeApp-*"),
        ("lambda:InvokeAsync", f"{FUNCTION}AWS679f53fac002430cb0da5"),
    ],
)
def test_it_refuses_to_run_functions_of_an_application(action: str, resource: str) -> None:
    role = DeployRole(Stack("AcmeDeployRole"), "R", name_prefix="Acme")
    with pytest.raises(PlanesError, match="a function of the application runs models with its own role"):
        role.add_to_policy(iam.PolicyStatement(actions=[action], resources=[resource]))


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("lambda:InvokeFunction", f"{FUNCTION}AcmeWeb-AWS679f53fac002430cb0da5b7982bd-AbCdEfGhIjKl"),
        ("lambda:InvokeFunction", f"{FUNCTION}Acme*-*frameworkonEvent*"),
        ("lambda:GetFunction", "*"),
        ("lambda:Update*", f"{FUNCTION}Acme*"),
    ],
)
def test_it_takes_what_deploys_functions_and_calls_providers(action: str, resource: str) -> None:
    role = DeployRole(Stack("AcmeDeployRole"), "R", name_prefix="Acme")
    role.add_to_policy(iam.PolicyStatement(actions=[action], resources=[resource]))


def test_the_handler_of_this_library_has_a_name_that_the_role_invokes() -> None:
    stack = Stack("AcmeControl")
    InvocationLogging(stack, "AnyName", log_group=logs.LogGroup(stack, "Group"))
    [name] = resources(template(stack), "AWS::Lambda::Function")
    assert re.fullmatch(r"BedrockPlanesHandler[0-9A-F]{8}", name)


def test_a_boundary_can_be_put_on_and_never_taken_off(found: dict[str, Any]) -> None:
    actions = {a for statements in policies(found).values() for s in statements for a in listed(s["Action"])}
    [put] = [s for s in policies(found)["FoundationPolicy"] if s["Sid"] == "Boundaries"]
    assert listed(put["Action"]) == ["iam:PutRolePermissionsBoundary"]
    # Only a boundary of the deployment's own, whose policy the deploy role makes.
    names = ("Acme*", "AcmeDeployRole-DataPlaneBoundary-*")
    boundaries = [arn(f"iam::{ACCOUNT}:policy/{name}") for name in names]
    assert put["Condition"] == {"ArnLike": {"iam:PermissionsBoundary": boundaries}}
    assert "iam:DeleteRolePermissionsBoundary" not in actions
    assert not [a for a in actions if "*" in a and a != "iam:*"]


def test_every_policy_fits_into_a_managed_policy(found: dict[str, Any]) -> None:
    for name, policy in resources(found, "AWS::IAM::ManagedPolicy").items():
        assert size_of(policy["Properties"]["PolicyDocument"]) < 6144, name


def test_without_agents_and_network_their_actions_are_left_out() -> None:
    stack = Stack("AcmeDeployRole")
    made = DeployRole(stack, "R", name_prefix="Acme", network=False)
    text = json.dumps(template(stack))
    assert "agent/" not in text
    assert "agent-alias/" not in text
    assert "ec2:" not in text
    assert len(made.policy_arns) == 3


REFUSED = [
    (
        {"actions": ["bedrock:InvokeModel"], "resources": ["*"]},
        "data plane, family `bedrock-runtime`; give it to an AppRole",
    ),
    ({"actions": ["bedrock:*"], "resources": ["*"]}, r"`bedrock:\*`: `bedrock:\w+` is on the data plane"),
    ({"actions": ["*"], "resources": ["*"]}, r"`\*`: `[\w:-]+` is on the data plane"),
    ({"not_actions": ["s3:*"], "resources": ["*"]}, "`NotAction`: list the actions it needs"),
    (
        {"actions": ["bedrock:CreateZephyr"], "resources": ["*"]},
        r"`bedrock:CreateZephyr`, whose plane is unknown: the catalogue of [\d-]+ doesn't have it",
    ),
    ({"actions": ["bedrock:Converse"], "resources": ["*"]}, "write `bedrock:InvokeModel`"),
]


@pytest.mark.parametrize(("statement", "message"), REFUSED)
def test_what_a_deploy_role_may_not_hold(statement: dict[str, list[str]], message: str) -> None:
    role = DeployRole(Stack("AcmeDeployRole"), "R", name_prefix="Acme")
    with pytest.raises(ValueError, match=f"the deploy role `AcmeDeployRole/R` can't hold .*{message}"):
        role.add_to_policy(iam.PolicyStatement(**statement))  # type: ignore[arg-type]  # the cases are data


def test_control_actions_can_be_added() -> None:
    role = DeployRole(Stack("AcmeDeployRole"), "R", name_prefix="Acme")
    assert role.add_to_policy(iam.PolicyStatement(actions=["bedrock:CreatePrompt"], resources=["*"]))


def test_a_prefix_is_letters_and_digits() -> None:
    with pytest.raises(PlanesError, match="`name_prefix` has the value `a-b`: use 3-30 letters and digits"):
        DeployRole(Stack(), "R", name_prefix="a-b")


@pytest.mark.parametrize("prefix", ["/acme", "*", "acme/", ""])
def test_the_prefix_of_parameters_widens_nothing(prefix: str) -> None:
    with pytest.raises(PlanesError, match=f"`parameter_prefix` has the value `{re.escape(prefix)}`: use"):
        DeployRole(Stack("AcmeDeployRole"), "R", name_prefix="Acme", parameter_prefix=prefix)


def test_parameters_may_lie_deeper() -> None:
    stack = Stack("AcmeDeployRole")
    DeployRole(stack, "R", name_prefix="Acme", parameter_prefix="acme/chat")
    [parameters] = [s for s in policies(template(stack))["FoundationPolicy"] if s["Sid"] == "Parameters"]
    assert parameters["Resource"] == [
        arn(f"ssm:us-east-1:{ACCOUNT}:parameter/acme/chat/*"),
        arn(f"ssm:us-east-1:{ACCOUNT}:parameter/bedrock-planes/invocation-logging/owner"),
    ]
