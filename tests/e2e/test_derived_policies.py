"""The policies that `deploy-policy` derives are enough for the stacks' life, and each action is needed."""

from __future__ import annotations

import copy
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from constructs_lib.deploy import DeployOptions, deploy_policy
from constructs_lib.iam import Request, decide, parse_document
from constructs_lib.local import LocalAws
from constructs_lib.templates import TemplateSource, read_templates
from tests.e2e.changes import broken, less, rewritten, without_parts
from tests.e2e.deployment import ADMINISTRATORS, ROOT, STACKS, Deployment, DeploymentFailed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from constructs_lib.iam import Policy

SERVICES = ("bedrock", "cloudwatch", "iam", "lambda", "logs", "s3", "s3vectors", "ssm")
EXCEPTIONS = {"iam:UpdateRoleDescription", "s3:ListTagsForResource", "s3:UntagResource"}
"""What the registry lists and the local AWS doesn't ask for; docs/local-aws.md says why."""
LIVE = (
    "iam:DeleteRolePermissionsBoundary",
    "iam:ListRoleTags",
    "iam:UpdateAssumeRolePolicy",
    "lambda:DeleteFunction",
    "lambda:InvokeFunction",
    "lambda:ListTags",
    "lambda:UpdateFunctionCode",
    "logs:DeleteRetentionPolicy",
    "logs:UntagResource",
    "s3:DeleteBucketPolicy",
    "s3:GetInventoryConfiguration",
    "s3:PutBucketTagging",
    "ssm:DeleteParameter",
    "ssm:RemoveTagsFromResource",
)


@pytest.fixture(scope="module")
def documents(assembly: Path) -> list[dict[str, Any]]:
    sources, _ = read_templates([str(assembly)])
    stacks = [one for one in sources if one.stack not in ADMINISTRATORS]
    return list(deploy_policy(stacks, DeployOptions(without_boundary=True)).documents)


def live(deployment: Deployment) -> None:
    """Deploy, update, lose what goes, fail half-way, and destroy, as a pipeline does over the months."""
    deployment.deploy()
    network, control, app = STACKS
    texts = {stack: rewritten(deployment.template(stack)) for stack in (control, app)}
    for stack, template in texts.items():
        deployment.update(stack, template, [{"Key": "other", "Value": "x"}])
    for stack, template in texts.items():
        deployment.update(stack, less(without_parts(template)), [])
    for stack, template in texts.items():
        with pytest.raises(DeploymentFailed, match="is UPDATE_ROLLBACK_COMPLETE") as raised:
            deployment.update(stack, broken(template), [{"Key": "other", "Value": "y"}])
        if "not authorized" in str(raised.value):
            raise raised.value
    deployment.destroy(app, control, network)


@pytest.fixture(scope="module")
def requests(documents: list[dict[str, Any]], assembly: Path) -> Iterator[list[dict[str, Any]]]:
    """What CloudFormation asked for in one life of all stacks with the derived policies alone."""
    with LocalAws() as aws:
        deployment = Deployment(aws, assembly)
        deployment.bootstrap(documents)
        live(deployment)
        yield [one for one in aws.decisions() if "/cfn-execution/" in one["principal"]]


def policies(documents: list[dict[str, Any]], without: str | None = None) -> list[Policy]:
    kept = copy.deepcopy(documents)
    for document in kept:
        for statement in document["Statement"]:
            statement["Action"] = [action for action in statement["Action"] if action != without]
    return [parse_document(one, name="derived", path="", pointer="") for one in kept]


def allowed(one: dict[str, Any], held: list[Policy]) -> bool:
    context = {key: value for key, value in one["context"].items() if value is not None}
    return bool(decide(Request(one["action"], one["resource"], context), held))


def actions(documents: list[dict[str, Any]]) -> list[str]:
    listed = {
        action
        for document in documents
        for statement in document["Statement"]
        if statement["Effect"] == "Allow"
        for action in statement["Action"]
    }
    return sorted(action for action in listed if action.partition(":")[0] in SERVICES)


def test_the_stacks_live_with_the_derived_policies_alone(
    requests: list[dict[str, Any]], documents: list[dict[str, Any]]
) -> None:
    held = policies(documents)
    assert len(requests) > 500
    assert [one for one in requests if not one["allowed"]] == []
    # Two engines decide alike: the one of the local AWS, and the project's.
    assert [one for one in requests if not allowed(one, held)] == []


def test_each_action_is_needed(requests: list[dict[str, Any]], documents: list[dict[str, Any]]) -> None:
    every = actions(documents)
    unneeded = {
        action
        for action in every
        if all(allowed(one, policies(documents, action)) for one in requests if one["action"] == action)
    }
    assert unneeded == EXCEPTIONS
    shares = Counter(action.partition(":")[0] for action in every)
    excepted = Counter(action.partition(":")[0] for action in unneeded)
    for service, count in sorted(shares.items()):
        print(f"{service}: {count - excepted[service]} of {count} actions are needed")  # noqa: T201 - asked for
        assert excepted[service] < count / 10
    page = (ROOT / "docs/local-aws.md").read_text("utf-8")
    assert [action for action in EXCEPTIONS if f"`{action}`" not in page] == []


def less_by(aws: LocalAws, assembly: Path, documents: list[dict[str, Any]], action: str) -> Deployment:
    kept = copy.deepcopy(documents)
    for document in kept:
        for statement in document["Statement"]:
            statement["Action"] = [one for one in statement["Action"] if one != action]
        document["Statement"] = [statement for statement in document["Statement"] if statement["Action"]]
    aws.reset()
    deployment = Deployment(aws, assembly)
    deployment.bootstrap(kept)
    return deployment


@pytest.mark.parametrize(
    "action",
    [
        pytest.param(action, marks=[] if action == "s3:GetInventoryConfiguration" else [pytest.mark.prove])
        for action in LIVE
    ],
)
def test_without_an_action_a_deployment_fails_and_names_it(
    aws: LocalAws, assembly: Path, documents: list[dict[str, Any]], action: str
) -> None:
    deployment = less_by(aws, assembly, documents, action)
    with pytest.raises(DeploymentFailed, match=f"not authorized to perform: {action} "):
        live(deployment)


# ------------------------------------------------------------ behind a boundary
ACCOUNT = "111122223333"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/Fence"
NOVA = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"


def role(**properties: Any) -> dict[str, Any]:
    """A role that runs models and trusts the pipeline."""
    trusted = [f"arn:aws:iam::{ACCOUNT}:role/pipeline", f"arn:aws:iam::{ACCOUNT}:root"]
    statement = {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": NOVA}
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {
                "Statement": [
                    {"Effect": "Allow", "Principal": {"AWS": trusted}, "Action": "sts:AssumeRole"},
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "lambda.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    },
                ]
            },
            "Policies": [{"PolicyName": "run", "PolicyDocument": {"Statement": [statement]}}],
            **properties,
        },
    }


def function() -> dict[str, Any]:
    code = {"ZipFile": "def handler(event, context):\n    return None\n"}
    properties = {
        "Role": {"Fn::GetAtt": ["Sneaky", "Arn"]},
        "Handler": "index.handler",
        "Runtime": "python3.13",
        "Code": code,
    }
    return {"Type": "AWS::Lambda::Function", "Properties": properties}


@pytest.fixture(scope="module")
def fenced() -> Iterator[LocalAws]:
    """An account with a pipeline whose policies are derived behind the boundary `Fence`."""
    template = {"Resources": {"Sneaky": role(PermissionsBoundary=BOUNDARY), "Work": function()}}
    source = TemplateSource("app.json", template, "Acme", ACCOUNT, "us-east-1")
    policy = deploy_policy([source], DeployOptions(boundary="Fence"))
    trust = {
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {
                    "Service": "cloudformation.amazonaws.com",
                    "AWS": f"arn:aws:iam::{ACCOUNT}:root",
                },
                "Action": "sts:AssumeRole",
            }
        ]
    }
    with LocalAws() as aws:
        iam = aws.client("iam")
        reading = {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
        iam.create_policy(PolicyName="Fence", PolicyDocument=json.dumps(reading))
        for name in ("pipeline", "foreign"):
            iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
        for number, document in enumerate(policy.documents, 1):
            made = iam.create_policy(PolicyName=f"CdkDeploy-{number}", PolicyDocument=json.dumps(document))
            iam.attach_role_policy(RoleName="pipeline", PolicyArn=made["Policy"]["Arn"])
        yield aws


def created(aws: LocalAws, stack: str, resources: dict[str, Any]) -> str:
    """Create a stack as the pipeline; return its status and the reasons of what failed."""
    cloudformation = aws.client("cloudformation")
    cloudformation.create_stack(
        StackName=stack,
        TemplateBody=json.dumps({"Resources": resources}),
        Capabilities=["CAPABILITY_NAMED_IAM"],
        RoleARN=f"arn:aws:iam::{ACCOUNT}:role/pipeline",
    )
    status = "IN_PROGRESS"
    while status.endswith("IN_PROGRESS"):
        status = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
    events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    return "; ".join([status, *(str(one.get("ResourceStatusReason")) for one in events)])


def test_a_role_without_the_boundary_fails_to_deploy(fenced: LocalAws) -> None:
    said = created(fenced, "Acme-1", {"Sneaky": role(), "Work": function()})
    assert said.startswith("ROLLBACK_COMPLETE")
    assert "not authorized to perform: iam:CreateRole on" in said


def test_a_role_with_another_boundary_fails_to_deploy(fenced: LocalAws) -> None:
    other = f"arn:aws:iam::{ACCOUNT}:policy/CdkDeploy-1"
    said = created(fenced, "Acme-2", {"Sneaky": role(PermissionsBoundary=other)})
    assert "not authorized to perform: iam:CreateRole on" in said


def test_the_same_role_behind_the_boundary_deploys_and_runs_nothing(fenced: LocalAws) -> None:
    said = created(fenced, "Acme-3", {"Sneaky": role(PermissionsBoundary=BOUNDARY), "Work": function()})
    assert said.startswith("CREATE_COMPLETE"), said
    [name] = [
        one["RoleName"]
        for one in fenced.client("iam").list_roles()["Roles"]
        if one["RoleName"].startswith("Acme-3-Sneaky")
    ]
    sneaky = fenced.client("bedrock-runtime", role_arn=f"arn:aws:iam::{ACCOUNT}:role/{name}")
    with pytest.raises(ClientError, match="no permissions boundary allows the bedrock:InvokeModel action"):
        sneaky.converse(modelId=NOVA, messages=[{"role": "user", "content": [{"text": "Hello"}]}])


OPEN = json.dumps({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
REFUSED: dict[str, tuple[str, str, dict[str, Any]]] = {
    "runs a model": (
        "bedrock-runtime",
        "converse",
        {"modelId": NOVA, "messages": [{"role": "user", "content": [{"text": "Hello"}]}]},
    ),
    "passes a foreign role": (
        "lambda",
        "create_function",
        {
            "FunctionName": "Acme-Own",
            "Role": f"arn:aws:iam::{ACCOUNT}:role/foreign",
            "Runtime": "python3.13",
            "Handler": "index.handler",
            "Code": {"ZipFile": b"PK"},
        },
    ),
    "rewrites the boundary": (
        "iam",
        "create_policy_version",
        {"PolicyArn": BOUNDARY, "PolicyDocument": OPEN, "SetAsDefault": True},
    ),
    "deletes the boundary": ("iam", "delete_policy", {"PolicyArn": BOUNDARY}),
    "takes the boundary off a role": ("iam", "delete_role_permissions_boundary", {"RoleName": "Acme-3-x"}),
    "gives a role another boundary": (
        "iam",
        "put_role_permissions_boundary",
        {"RoleName": "Acme-3-x", "PermissionsBoundary": f"arn:aws:iam::{ACCOUNT}:policy/CdkDeploy-1"},
    ),
    "makes a user": ("iam", "create_user", {"UserName": "Acme-user"}),
}


@pytest.mark.parametrize("way", REFUSED)
def test_the_pipeline_itself_is_refused(fenced: LocalAws, way: str) -> None:
    service, operation, parameters = REFUSED[way]
    client = fenced.client(service, role_arn=f"arn:aws:iam::{ACCOUNT}:role/pipeline")
    with pytest.raises(ClientError, match="not authorized to perform"):
        getattr(client, operation)(**parameters)
