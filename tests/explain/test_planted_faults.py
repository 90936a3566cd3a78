"""The local AWS denies a planted fault; the explanation names it, and what it prints repairs the call."""

from __future__ import annotations

import contextlib
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from constructs_lib.explain import explain
from constructs_lib.local.pytest_fixtures import local_aws, local_aws_server
from tests.explain.faults import (
    ACCOUNT,
    CLIENT_FAULTS,
    CONVERSE,
    FAULTS,
    MODEL_ARN,
    PROJECT,
    Fault,
    allow,
    policy,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from constructs_lib.explain import Explanation
    from constructs_lib.local import LocalAws

__all__ = ["local_aws", "local_aws_server"]

INVOKE = "bedrock:InvokeModel"
TRUST = policy(
    {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        "Action": "sts:AssumeRole",
    }
)


def _role(aws: LocalAws, name: str, *held: dict[str, Any], trust: object = TRUST, **more: str) -> str:
    iam = aws.client("iam")
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust), **more)["Role"]
    _hold(aws, name, "held", *held)
    return str(role["Arn"])


def _hold(aws: LocalAws, role: str, name: str, *statements: object) -> None:
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    aws.client("iam").put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=document)


def _export(aws: LocalAws, role: str, folder: Path, boundary: str = "") -> str:
    """Write what `aws iam get-account-authorization-details` prints, of one role."""
    details = aws.client("iam").get_account_authorization_details()
    [mine] = [one for one in details["RoleDetailList"] if one["RoleName"] == role]
    if boundary:  # the local AWS leaves it out of its answer
        kind = "PermissionsBoundaryPolicy"
        mine["PermissionsBoundary"] = {"PermissionsBoundaryType": kind, "PermissionsBoundaryArn": boundary}
    kept = {**details, "RoleDetailList": [mine]}
    del kept["ResponseMetadata"]
    path = folder / "account.json"
    path.write_text(json.dumps(kept, default=str, indent=1))
    return str(path)


def _denied(call: Callable[[], Any]) -> str:
    """Return the text of a call's denial as boto3 prints it, empty when it got past authorization."""
    try:
        answer = call()
        for member in ("stream", "body", "completion"):
            if member in answer:
                list(answer[member])  # to its end, so that the connection can be used again
    except ClientError as error:
        if error.response["Error"]["Code"] in {"AccessDenied", "AccessDeniedException"}:
            return f"botocore.errorfactory.AccessDeniedException: {error}"
    return ""


def _named(found: Explanation, *, nearest: bool = True) -> str:
    """Return why the nearest statement does not match."""
    assert (found.nearest is not None) is nearest
    return found.nearest.why if found.nearest else ""


def test_there_are_thirty() -> None:
    assert len(FAULTS) + len(CLIENT_FAULTS) >= 30
    assert len({fault.id for fault in FAULTS}) == len(FAULTS)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.id)
def test_the_printed_statement_repairs_the_call(local_aws: LocalAws, fault: Fault, tmp_path: Path) -> None:
    name = re.sub(r"\W", "-", fault.id)
    role = _role(local_aws, name, *fault.held)
    client = local_aws.client(fault.client, role_arn=role)

    def call() -> Any:
        return getattr(client, fault.method)(**fault.arguments)

    text = _denied(call)
    assert fault.text in text if fault.asked[1] else f"perform: {fault.asked[0]} on resource: " in text
    found = explain(text, [_export(local_aws, name, tmp_path)])
    assert (found.kind, found.action) == (fault.kind, fault.asked[0])
    assert fault.why in _named(found, nearest=bool(fault.why))
    _hold(local_aws, name, "remedy", found.remedy.statement)
    assert _denied(call) == ""


@pytest.mark.parametrize(("client", "method", "arguments"), CLIENT_FAULTS)
def test_the_printed_client_has_the_method(
    local_aws: LocalAws, client: str, method: str, arguments: dict[str, Any]
) -> None:
    with pytest.raises(AttributeError) as raised:
        getattr(local_aws.client(client), method)
    found = explain(f"AttributeError: {raised.value}")
    assert found.kind == "wrong-client"
    printed = re.fullmatch(r'boto3\.client\("([\w-]+)"\)\.(\w+)\(\)', found.remedy.code or "")
    assert printed is not None
    right = local_aws.client(printed[1])
    # The operation is the client's; what it is asked for need not exist.
    with contextlib.suppress(right.exceptions.ResourceNotFoundException):
        getattr(right, printed[2])(**arguments)


# --------------------------------------------------------------- policies that are not the caller's own
def test_a_boundary(local_aws: LocalAws, tmp_path: Path) -> None:
    iam = local_aws.client("iam")
    narrow, wide = policy(allow("bedrock:Retrieve")), allow("bedrock:*")
    boundary = iam.create_policy(PolicyName="narrow", PolicyDocument=json.dumps(narrow))["Policy"]["Arn"]
    role = _role(local_aws, "bounded", wide, PermissionsBoundary=boundary)
    client = local_aws.client("bedrock-runtime", role_arn=role)
    text = _denied(lambda: client.converse(**CONVERSE))
    found = explain(text, [_export(local_aws, "bounded", tmp_path, boundary)])
    assert (found.kind, found.action, found.remedy.statement) == ("boundary", INVOKE, None)
    assert "it allows `bedrock:Retrieve`" in _named(found)
    widened = policy(*narrow["Statement"], allow(str(found.action), [str(found.resource), PROJECT]))
    iam.create_policy_version(PolicyArn=boundary, PolicyDocument=json.dumps(widened), SetAsDefault=True)
    assert _denied(lambda: client.converse(**CONVERSE)) == ""


def test_a_deny_of_the_callers_own(local_aws: LocalAws, tmp_path: Path) -> None:
    role = _role(local_aws, "denied", allow("bedrock:*"))
    _hold(local_aws, "denied", "guard", {"Effect": "Deny", "Action": INVOKE, "Resource": MODEL_ARN})
    client = local_aws.client("bedrock-runtime", role_arn=role)
    found = explain(_denied(lambda: client.converse(**CONVERSE)), [_export(local_aws, "denied", tmp_path)])
    assert found.kind == "explicit-deny"
    assert "this Deny matches" in _named(found)
    local_aws.client("iam").delete_role_policy(RoleName="denied", PolicyName="guard")
    assert _denied(lambda: client.converse(**CONVERSE)) == ""


def test_a_service_control_policy(local_aws: LocalAws, tmp_path: Path) -> None:
    role = _role(local_aws, "member", allow("bedrock:*"))
    organizations = local_aws.client("organizations")
    root = organizations.list_roots()["Roots"][0]["Id"]
    content = json.dumps(policy({"Effect": "Deny", "Action": "bedrock:Invoke*", "Resource": "*"}))
    made = organizations.create_policy(
        Name="scp", Description="d", Type="SERVICE_CONTROL_POLICY", Content=content
    )
    scp = made["Policy"]["PolicySummary"]["Id"]
    client = local_aws.client("bedrock-runtime", role_arn=role)
    organizations.attach_policy(PolicyId=scp, TargetId=root)
    try:
        text = _denied(lambda: client.converse(**CONVERSE))
    finally:
        organizations.detach_policy(PolicyId=scp, TargetId=root)
    found = explain(text, [_export(local_aws, "member", tmp_path)])
    assert (found.kind, found.remedy.statement) == ("scp", None)
    assert "allows the request" in _named(found)
    assert _denied(lambda: client.converse(**CONVERSE)) == ""


def test_an_endpoint_policy(local_aws: LocalAws) -> None:
    ec2 = local_aws.client("ec2")
    closed = policy({**allow("bedrock:Retrieve"), "Principal": "*"})
    made = ec2.create_vpc_endpoint(
        VpcId=ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"],
        ServiceName="com.amazonaws.us-east-1.bedrock-runtime",
        VpcEndpointType="Interface",
        PolicyDocument=json.dumps(closed),
    )
    endpoint = made["VpcEndpoint"]["VpcEndpointId"]
    role = _role(local_aws, "inside", allow("bedrock:*"))
    client = local_aws.client("bedrock-runtime", role_arn=role, vpc_endpoint_id=endpoint)
    found = explain(_denied(lambda: client.converse(**CONVERSE)))
    assert (found.kind, found.action, found.remedy.statement) == ("endpoint-policy", INVOKE, None)
    opened = {**allow(str(found.action), [str(found.resource), PROJECT]), "Principal": "*"}
    ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, PolicyDocument=json.dumps(policy(opened)))
    assert _denied(lambda: client.converse(**CONVERSE)) == ""


def test_a_session_policy(local_aws: LocalAws) -> None:
    role = _role(local_aws, "session", allow("bedrock:*"))

    def client(*statements: dict[str, Any]) -> Any:
        answer = local_aws.client("sts").assume_role(
            RoleArn=role, RoleSessionName="narrow", Policy=json.dumps(policy(*statements))
        )["Credentials"]
        credentials = {
            "aws_access_key_id": answer["AccessKeyId"],
            "aws_secret_access_key": answer["SecretAccessKey"],
            "aws_session_token": answer["SessionToken"],
        }
        return local_aws.client("bedrock-runtime", credentials=credentials)

    narrow = client(allow("bedrock:Retrieve"))
    found = explain(_denied(lambda: narrow.converse(**CONVERSE)))
    assert (found.kind, found.action, found.remedy.statement) == ("session-policy", INVOKE, None)
    wide = client(allow(str(found.action), [str(found.resource), PROJECT]))
    assert _denied(lambda: wide.converse(**CONVERSE)) == ""


def test_a_trust_policy(local_aws: LocalAws) -> None:
    stranger = json.loads(json.dumps(TRUST).replace(ACCOUNT, "444455556666"))
    caller = _role(local_aws, "caller", allow("sts:AssumeRole"))
    target = _role(local_aws, "target", allow("bedrock:*"), trust=stranger)
    sts = local_aws.client("sts", role_arn=caller)

    def call() -> Any:
        return sts.assume_role(RoleArn=target, RoleSessionName="session")

    found = explain(_denied(call))
    assert (found.kind, found.action, found.resource) == ("trust", "sts:AssumeRole", target)
    local_aws.client("iam").update_assume_role_policy(RoleName="target", PolicyDocument=json.dumps(TRUST))
    assert _denied(call) == ""
