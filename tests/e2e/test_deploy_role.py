"""What the deploy role can't do on the local AWS, without any fence: run models, and change what it is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.e2e.deployment import Deployment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from constructs_lib.local import LocalAws

NOVA = "amazon.nova-lite-v1:0"
OPEN = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
)
OTHER = "arn:aws:iam::aws:policy/AdministratorAccess"


class Deployed:
    def __init__(self, deployment: Deployment) -> None:
        self.aws, self.outputs = deployment.aws, deployment.outputs
        self.policies = deployment.outputs["ExecutionPolicyArns"].split(",")
        listed = self.aws.client("lambda").list_functions()["Functions"]
        [self.function] = [
            f["FunctionName"] for f in listed if f["FunctionName"].startswith("BedrockPlanesApp-")
        ]

    def call(self, service: str) -> Any:
        return self.aws.client(service, role_arn=self.outputs["DeployRoleArn"])

    def name(self, role: str) -> str:
        return self.outputs[role].rpartition("/")[2]


ESCAPES: dict[str, Callable[[Deployed], Any]] = {
    "runs a model": lambda d: d.call("bedrock-runtime").converse(
        modelId=NOVA, messages=[{"role": "user", "content": [{"text": "Hello"}]}]
    ),
    "asks a knowledge base": lambda d: d.call("bedrock-agent-runtime").retrieve(
        knowledgeBaseId="ABCDEFGHIJ", retrievalQuery={"text": "Hello"}
    ),
    "runs the application's function": lambda d: d.call("lambda").invoke(
        FunctionName=d.function, Payload=b"{}"
    ),
    "runs it asynchronously": lambda d: d.call("lambda").invoke(
        FunctionName=d.function, InvocationType="Event", Payload=b"{}"
    ),
    "lets somebody else run it": lambda d: d.call("lambda").add_permission(
        FunctionName=d.function,
        StatementId="open",
        Action="lambda:InvokeFunction",
        Principal="111122223333",
    ),
    "becomes the app role": lambda d: d.call("sts").assume_role(
        RoleArn=d.outputs["AppRoleArn"], RoleSessionName="deploy"
    ),
    "adds to its own policies": lambda d: d.call("iam").put_role_policy(
        RoleName=d.name("DeployRoleArn"), PolicyName="more", PolicyDocument=OPEN
    ),
    "rewrites its own policy": lambda d: d.call("iam").create_policy_version(
        PolicyArn=d.policies[0], PolicyDocument=OPEN, SetAsDefault=True
    ),
    "opens its own trust": lambda d: d.call("iam").update_assume_role_policy(
        RoleName=d.name("DeployRoleArn"), PolicyDocument=OPEN
    ),
    "takes the boundary off the app role": lambda d: d.call("iam").delete_role_permissions_boundary(
        RoleName=d.name("AppRoleArn")
    ),
    "gives the app role a policy of AWS as boundary": lambda d: d.call("iam").put_role_permissions_boundary(
        RoleName=d.name("AppRoleArn"), PermissionsBoundary=OTHER
    ),
    "attaches a policy of AWS to the app role": lambda d: d.call("iam").attach_role_policy(
        RoleName=d.name("AppRoleArn"), PolicyArn=OTHER
    ),
    "makes a user": lambda d: d.call("iam").create_user(UserName="new"),
}


@pytest.fixture(scope="module")
def deployed(aws: LocalAws, assembly: Path) -> Deployed:
    made = Deployment(aws, assembly)
    made.bootstrap()
    made.deploy()
    return Deployed(made)


@pytest.mark.parametrize("way", ESCAPES)
def test_an_escape_is_refused(deployed: Deployed, way: str) -> None:
    with pytest.raises(ClientError, match="not authorized to perform"):
        ESCAPES[way](deployed)


def test_what_it_is_for_stays(deployed: Deployed) -> None:
    """The nearest neighbours: it changes the function that it can't run, and reads what it configures."""
    deployed.call("lambda").update_function_configuration(FunctionName=deployed.function, Description="new")
    assert deployed.call("bedrock").list_foundation_models()["modelSummaries"]
