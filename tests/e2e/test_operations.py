"""All operations of the four core clients, as an app role and as the deploy role: denied or not, and why.

The catalogue knows a newer botocore than the one that the local AWS runs on: what that one doesn't have is
decided by the evaluator, from the same policies.

What counts is AccessDenied, which is decided before a call is served: an operation that the local AWS doesn't
serve, or that its bodiless request makes fail, was still let through.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import botocore.session
import pytest
from aws_cdk import aws_iam as iam
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session

from constructs_lib import AppRole, DeployRole, catalogue
from constructs_lib.catalogue import Plane
from constructs_lib.iam import effective, parse_document
from tests.e2e.deployment import Deployment
from tests.iam.build import actions_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.local import LocalAws

CLIENTS = ("bedrock", "bedrock-agent", "bedrock-runtime", "bedrock-agent-runtime")
ACCOUNT, REGION = "111122223333", "us-east-1"
OWN = f"arn:aws:bedrock:{REGION}:{ACCOUNT}"
ID = "id12345678"
MODEL = "amazon.nova-lite-v1:0"


@dataclass(frozen=True)
class Call:
    """One operation as an HTTP request on the resources that the app role may use."""

    client: str
    operation: str
    method: str
    path: str
    body: bytes

    @property
    def name(self) -> str:
        return f"{self.client}.{self.operation}"

    @property
    def actions(self) -> tuple[str, ...]:
        return _known()[self.name].actions


@cache
def _known() -> dict[str, catalogue.Operation]:
    return {f"{o.client}.{o.name}": o for o in catalogue.operations() if o.client in CLIENTS}


# What a path names beside plain ids.
_LABELS = {
    "modelId": MODEL,
    "modelIdentifier": MODEL,
    "resourceArn": f"{OWN}:knowledge-base/{ID}",
    "invocationArn": f"{OWN}:async-invoke/{ID}",
}
_RAG = {
    "input": {"text": "q"},
    "retrieveAndGenerateConfiguration": {
        "type": "KNOWLEDGE_BASE",
        "knowledgeBaseConfiguration": {
            "knowledgeBaseId": ID,
            "modelArn": f"arn:aws:bedrock:{REGION}::foundation-model/{MODEL}",
        },
    },
}
_TAGGED = {"resourceARN": _LABELS["resourceArn"]}
_BODIES: dict[str, dict[str, Any]] = {
    "StartAsyncInvoke": {"modelId": MODEL},
    "RetrieveAndGenerate": _RAG,
    "RetrieveAndGenerateStream": _RAG,
    # These name the resource in the body or in the path, as their client has it.
    "ListTagsForResource": _TAGGED,
    "TagResource": _TAGGED,
    "UntagResource": _TAGGED,
}


@cache
def calls() -> tuple[Call, ...]:
    """Return every operation that botocore knows of the four clients."""
    session = botocore.session.get_session()
    found = []
    for client in CLIENTS:
        model = session.get_service_model(client)
        for name in model.operation_names:
            http = model.operation_model(name).http
            path = re.sub(
                r"\{(\w+)\+?\}",
                lambda label: re.sub(r"[:/]", lambda sign: f"%{ord(sign[0]):02X}", _LABELS.get(label[1], ID)),
                http["requestUri"].partition("?")[0],
            )
            body = json.dumps(_BODIES.get(name, {})).encode()
            found.append(Call(client, name, http["method"], path, body))
    return tuple(found)


def later() -> set[str]:
    """Return the operations that the local AWS's botocore doesn't have yet."""
    return set(_known()) - {call.name for call in calls()}


def test_the_catalogue_knows_every_operation() -> None:
    assert {call.name for call in calls()} <= set(_known())
    assert len(calls()) > 225
    # boto3 has no method for the bidirectional stream; here it is a request like the others.
    assert [o.name for o in _known().values() if o.bidirectional] == ["InvokeModelWithBidirectionalStream"]


@pytest.fixture(scope="module")
def roles(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Deploy one app role with every grant of the core families, and one deploy role; return their ARNs."""
    folder = tmp_path_factory.mktemp("roles")
    app = cdk.App(outdir=str(folder), builtin_cloud_formation_validation=False, analytics_reporting=False)
    stack = cdk.Stack(
        app,
        "Roles",
        env=cdk.Environment(account=ACCOUNT, region=REGION),
        synthesizer=cdk.LegacyStackSynthesizer(),
    )
    role = AppRole(stack, "App", role_name="app", assumed_by=iam.AccountRootPrincipal())
    _give_everything(role)
    deploy = DeployRole(
        stack, "Deploy", assumed_by=iam.AccountRootPrincipal(), name_prefix="Roles", agents_classic=True
    )
    cdk.CfnOutput(stack, "AppRoleArn", value=role.role_arn)
    cdk.CfnOutput(stack, "DeployRoleArn", value=deploy.role_arn)
    app.synth()
    aws.reset()
    deployment = Deployment(aws, folder)
    deployment._create("Roles", deployment.template("Roles"), role=None)
    return {"app": deployment.outputs["AppRoleArn"], "deploy": deployment.outputs["DeployRoleArn"]}


def _give_everything(role: AppRole) -> None:
    """Give every verb of the two core families, on the resources that the calls name."""
    grants = role.grants
    grants.converse(MODEL, streaming=True)
    grants.count_tokens(MODEL)
    grants.invoke_async(MODEL, output="arn:aws:s3:::out")
    grants.apply_guardrail(ID)
    grants.guardrail_checks()
    grants.retrieve_and_generate(ID, MODEL)
    grants.rerank("amazon.rerank-v1:0")
    grants.agentic_retrieve(ID)
    grants.generate_query()
    grants.document_content(ID)
    grants.document_acl()
    grants.optimize_prompt()
    grants.invoke_agent(f"{ID}/{ID}")
    grants.agent_memory(f"{ID}/{ID}")
    grants.inline_agent(MODEL)
    grants.invoke_flow(f"{ID}/{ID}")
    grants.flow_executions(f"{ID}/{ID}")
    grants.sessions()


class Sender:
    """Sends signed requests as one role over one connection."""

    def __init__(self, aws: LocalAws, role_arn: str) -> None:
        found = aws.assume(role_arn)
        self._credentials = Credentials(
            found["aws_access_key_id"], found["aws_secret_access_key"], found["aws_session_token"]
        )
        self._url = aws.endpoint_url
        self._session = URLLib3Session(verify=str(aws.server.certificate))

    def denial(self, call: Call) -> str | None:
        """Return the sentence of an AccessDenied, or None when the call was let through."""
        request = AWSRequest(
            call.method,
            f"{self._url}{call.path}",
            headers={"content-type": "application/json"},
            data=call.body if call.method in ("POST", "PUT", "PATCH") else None,
        )
        SigV4Auth(self._credentials, "bedrock", REGION).add_auth(request)
        response = self._session.send(request.prepare())
        text: str = response.content.decode("utf-8", "replace")
        return text if response.status_code == 403 and "not authorized to perform" in text else None

    def close(self) -> None:
        self._session.close()


@pytest.fixture
def senders(aws: LocalAws, roles: dict[str, str]) -> Iterator[dict[str, Sender]]:
    made = {kind: Sender(aws, arn) for kind, arn in roles.items()}
    yield made
    for sender in made.values():
        sender.close()


def _documents(aws: LocalAws, role_arn: str) -> list[dict[str, Any]]:
    """Return the deployed policies of a role, as IAM tells them."""
    client = aws.client("iam")
    name = role_arn.rpartition("/")[2]
    documents = [
        client.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
        for policy in client.list_role_policies(RoleName=name)["PolicyNames"]
    ]
    for policy in client.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
        version = client.get_policy(PolicyArn=policy["PolicyArn"])["Policy"]["DefaultVersionId"]
        found = client.get_policy_version(PolicyArn=policy["PolicyArn"], VersionId=version)
        documents.append(found["PolicyVersion"]["Document"])
    return [json.loads(one) if isinstance(one, str) else one for one in documents]


def _held(documents: list[dict[str, Any]]) -> set[str]:
    """Return the actions that the documents allow by name."""
    return {
        action
        for document in documents
        for statement in document["Statement"]
        if statement["Effect"] == "Allow"
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }


def _evaluated(documents: list[dict[str, Any]]) -> set[str]:
    """Return the later operations that the evaluator lets through, on some resource."""
    policies = [parse_document(one, name="deployed", path="", pointer="") for one in documents]
    allowed = set(actions_of(effective(policies)))
    return {name for name in later() if set(_known()[name].actions) <= allowed}


def wrong(sender: Sender, allowed: set[str]) -> list[str]:
    """Return each call that the local AWS decided otherwise than `allowed` (names of operations) says."""
    found = []
    for call in calls():
        denial = sender.denial(call)
        if (denial is None) is not (call.name in allowed):
            found.append(f"{call.name}: {denial or 'let through'}")
        elif denial is not None and not any(action in denial for action in call.actions):
            found.append(f"{call.name}: denied for another action: {denial}")
    return found


def by_plane() -> set[str]:
    """Return the operations whose actions are all of the data plane."""
    known = catalogue.actions()
    return {
        name
        for name, operation in _known().items()
        if all(known[action].plane is Plane.DATA for action in operation.actions)
    }


def test_the_app_role_runs_every_data_operation_and_no_other(senders: dict[str, Sender]) -> None:
    assert len(by_plane()) > 40
    assert wrong(senders["app"], by_plane()) == []


def test_the_app_role_runs_every_later_data_operation_and_no_other(
    aws: LocalAws, roles: dict[str, str]
) -> None:
    assert _evaluated(_documents(aws, roles["app"])) == by_plane() & later()


def test_the_deploy_role_runs_no_data_operation_and_what_its_policies_list(
    aws: LocalAws, roles: dict[str, str], senders: dict[str, Sender]
) -> None:
    documents = _documents(aws, roles["deploy"])
    held = _held(documents)
    operations = _known().items()
    expected = {name for name, operation in operations if set(operation.actions) <= held} - by_plane()
    assert {"bedrock.CreateGuardrail", "bedrock-agent.CreateAgent"} <= expected
    assert wrong(senders["deploy"], expected) == []
    assert _evaluated(documents) == expected & later()
