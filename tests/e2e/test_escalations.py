"""What the boundary of an app role cuts of the known escalations, as the app role itself, on the local AWS.

A policy that grants everything is attached to the deployed app role by hand. Each action is called with boto3
as that role, and as a role that differs by the boundary alone: a call that only the app role is refused is
refused by the boundary. What the local AWS does not serve is decided by the evaluator, on the documents that
are in force there.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import botocore.session
import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from constructs_lib import catalogue
from constructs_lib.catalogue import Plane
from constructs_lib.data_plane.boundary import boundary_document
from constructs_lib.iam import Request, decide, parse_document
from tests.e2e.deployment import ROOT, Deployment

if TYPE_CHECKING:
    from pathlib import Path

    from botocore.model import OperationModel, Shape

    from constructs_lib.iam import Policy
    from constructs_lib.local import LocalAws

ESCALATIONS: list[str] = json.loads(
    ROOT.joinpath("tests", "data_plane", "escalations.json").read_text("utf-8")
)["actions"]
DATA = {name for name, action in catalogue.actions().items() if action.plane is Plane.DATA}
EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
OTHER_ROLE = "arn:aws:iam::111122223333:role/other"
# Clients of boto3 whose names are not the prefix of their actions, and an action whose call has another name.
# Source: https://docs.aws.amazon.com/service-authorization/latest/reference/
CLIENTS = {
    "aoss": ("opensearchserverless",),
    "bedrock": ("bedrock", "bedrock-agent"),
    "elasticmapreduce": ("emr",),
    "access-analyzer": ("accessanalyzer",),
    "sso": ("sso-admin",),
    "states": ("stepfunctions",),
}
CALLS = {"lambda:InvokeFunction": ("lambda", "Invoke")}
# What the local AWS answers to a call that it doesn't serve.
NOT_SERVED = {"400", "403", "InvalidAction"}
NO_ROUTE = re.compile(r"No route for|Unsupported \S+ path")
# One call for each pattern of services that the boundary leaves out, and the nearest that it leaves in.
CUT = {
    "account:*": ("account:GetAlternateContact", None),
    "aws-marketplace:*ubscribe": ("aws-marketplace:Unsubscribe", "aws-marketplace:ViewSubscriptions"),
    "cloudformation:*": ("cloudformation:DescribeStacks", None),
    "cloudtrail:*": ("cloudtrail:PutEventSelectors", "cloudtrail-data:PutAuditEvents"),
    "codebuild:*": ("codebuild:CreateProject", "codecommit:GetRepository"),
    "codepipeline:*": ("codepipeline:CreatePipeline", "codedeploy:GetDeployment"),
    "ecs:ExecuteCommand": ("ecs:ExecuteCommand", "ecs:DescribeTasks"),
    "eks:*Access*": ("eks:DisassociateAccessPolicy", "eks:DescribeCluster"),
    "eks:*Pod*": ("eks:UpdatePodIdentityAssociation", "eks:ListClusters"),
    "iam:*": ("iam:CreateUser", "iam:GetRole"),
    "identitystore:*": ("identitystore:CreateUser", None),
    "lambda:UpdateFunction*": ("lambda:UpdateFunctionCode", "lambda:GetFunction"),
    "organizations:*": ("organizations:AttachPolicy", None),
    "rolesanywhere:*": ("rolesanywhere:EnableProfile", None),
    "sagemaker:CreatePresigned*": ("sagemaker:CreatePresignedDomainUrl", "sagemaker:InvokeEndpoint"),
    "servicecatalog:*": ("servicecatalog:ExecuteProvisionedProductPlan", None),
    "ssm:*Association*": ("ssm:UpdateAssociation", "ssm:GetParameters"),
    "ssm:Resume*": ("ssm:ResumeSession", "ssm:DescribeParameters"),
    "ssm:SendCommand": ("ssm:SendCommand", "ssm:ListCommands"),
    "ssm:Start*": ("ssm:StartSession", "ssm:DescribeSessions"),
    "sso-directory:*": ("sso-directory:CreateUser", None),
    "sso:*": ("sso:CreatePermissionSet", None),
    "states:UpdateState*": ("states:UpdateStateMachine", "states:StartExecution"),
    "sts:AssumeRoot": ("sts:AssumeRoot", "sts:GetCallerIdentity"),
}


class Principals:
    """The app role that holds everything beside its boundary, and a role that holds everything."""

    def __init__(self, deployment: Deployment) -> None:
        self.aws = deployment.aws
        self.held = deployment.outputs["AppRoleArn"]
        self.boundary = self._set_up(self.held.rpartition("/")[2])
        self._session = botocore.session.get_session()
        self._available = set(self._session.get_available_services())
        self._clients: dict[tuple[str, str], Any] = {}

    def _set_up(self, app_role: str) -> Policy:
        iam = self.aws.client("iam")
        role = iam.get_role(RoleName=app_role)["Role"]
        trust = json.dumps(role["AssumeRolePolicyDocument"])
        self.free: str = iam.create_role(RoleName="free", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        iam.create_role(RoleName=OTHER_ROLE.rpartition("/")[2], AssumeRolePolicyDocument=trust)
        for name in (app_role, "free"):
            iam.put_role_policy(RoleName=name, PolicyName="by-hand", PolicyDocument=json.dumps(EVERYTHING))
        arn = role["PermissionsBoundary"]["PermissionsBoundaryArn"]
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        found = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
        assert found == boundary_document()
        return parse_document(found, name="boundary", path="", pointer="")

    def operation(self, action: str) -> tuple[str, str] | None:
        """Return the client and the operation of boto3 that an action is needed for, where there is one."""
        prefix, name = action.split(":")
        if action in CALLS:
            return CALLS[action]
        for client in CLIENTS.get(prefix, (prefix,)):
            if client in self._available and name in self._session.get_service_model(client).operation_names:
                return client, name
        return None

    def call(self, role: str, client: str, operation: str) -> tuple[str, str]:
        """Make a call with the least parameters that it takes; return code and text of the answer."""
        if (role, client) not in self._clients:
            self._clients[role, client] = self.aws.client(client, role_arn=role)
        caller = self._clients[role, client]
        model: OperationModel = caller.meta.service_model.operation_model(operation)
        parameters = least(model.input_shape) if model.input_shape else {}
        if operation == "AssumeRole":
            parameters["RoleArn"] = OTHER_ROLE
        try:
            getattr(caller, xform_name(operation))(**parameters)
        except ClientError as error:
            return error.response["Error"]["Code"], str(error)
        return "OK", ""

    def outcome(self, action: str) -> str:
        """Return what comes of an action, and who decided: the local AWS, or the evaluator."""
        found = self.operation(action)
        if found is not None:
            code, text = self.call(self.held, *found)
            without, text_without = self.call(self.free, *found)
            assert f"not authorized to perform: {action}" not in text_without
            if f"not authorized to perform: {action}" in text:
                return "refused"
            if without not in NOT_SERVED and not NO_ROUTE.search(text_without) and code == without:
                return "reached"
        holds = parse_document(EVERYTHING, name="by hand", path="", pointer="")
        resource = OTHER_ROLE if action in ("sts:AssumeRole", "iam:PassRole") else "*"
        allowed = decide(Request(action, resource), [holds], boundary=self.boundary)
        return "reached, by the evaluator" if allowed else "refused, by the evaluator"


def least(shape: Shape, depth: int = 0) -> Any:
    """Return a value of a shape with its required members and nothing else."""
    match shape.type_name:
        case "structure":
            members: list[str] = list(shape.required_members)
            if getattr(shape, "is_tagged_union", False):
                members = [next(iter(shape.members))]
            return {name: least(shape.members[name], depth + 1) for name in members}
        case "list":
            return (
                [least(shape.member, depth + 1)] * max(1, shape.metadata.get("min", 1)) if depth < 9 else []
            )
        case "string":
            return shape.enum[0] if shape.enum else "x" * max(1, shape.metadata.get("min", 1))
        case "integer" | "long":
            return shape.metadata.get("min", 1)
        case "blob":
            return b"x"
        case other:
            return {"boolean": False, "timestamp": 0, "float": 1.0, "double": 1.0}.get(other, {})


@pytest.fixture(scope="module")
def principals(aws: LocalAws, assembly: Path) -> Principals:
    made = Deployment(aws, assembly)
    made.bootstrap()
    made.deploy()
    return Principals(made)


def on_the_page() -> set[str]:
    page = ROOT.joinpath("docs", "boundary.md").read_text("utf-8")
    return set(re.findall(r"`([a-z0-9-]+:[A-Z]\w+)`", page.partition("## What is left open")[2]))


# The local AWS decides at least so many: the rest is not the evaluator's alone.
@pytest.mark.parametrize(
    ("every", "refused", "on_page"), [pytest.param(1, 34, 50, marks=pytest.mark.prove), (12, 3, 2)]
)
def test_each_known_escalation_is_refused_or_on_the_page(
    principals: Principals, every: int, refused: int, on_page: int
) -> None:
    outcomes = {action: principals.outcome(action) for action in ESCALATIONS[::every]}
    reached = {action for action, outcome in outcomes.items() if outcome.startswith("reached")}
    assert sorted(reached - on_the_page() - DATA) == []
    assert sorted((on_the_page() & outcomes.keys()) - reached - {"iam:PassRole", "sts:AssumeRole"}) == []
    where = {**dict.fromkeys(reached, ", on the page"), **dict.fromkeys(reached & DATA, ", data plane")}
    counts = Counter(outcome + where.get(action, "") for action, outcome in outcomes.items())
    for outcome, count in sorted(counts.items()):
        print(f"{count:4} {outcome}")  # noqa: T201 - the counts are asked for
    print(f"{len(outcomes):4} escalations")  # noqa: T201 - the counts are asked for
    assert counts["refused"] >= refused
    assert counts["reached, on the page"] >= on_page


def test_each_pattern_that_is_cut_is_tried() -> None:
    cut = set(boundary_document()["Statement"][0]["NotAction"])
    assert cut - {f"{prefix}:*" for prefix in catalogue.prefixes()} == CUT.keys()


@pytest.mark.parametrize("pattern", CUT)
def test_a_pattern_cuts_its_calls_and_leaves_the_nearest(principals: Principals, pattern: str) -> None:
    refused, left = CUT[pattern]
    assert principals.outcome(refused).startswith("refused")
    if left is not None:
        assert principals.outcome(left).startswith("reached")
