"""Trust policies, boundaries and resource policies, each as AWS's page says and in both directions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.local.templates import ACCOUNT, REGION, allow, policy, template

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.local import LocalAws
    from tests.local.conftest import Stacks

_ROOT = f"arn:aws:iam::{ACCOUNT}:root"


def _trust(principal: object, **condition: Any) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return json.dumps(policy({**statement, **({"Condition": condition} if condition else {})}))


def _target(aws: LocalAws, name: str, trust: str) -> str:
    role = aws.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    return str(role)


def _may_assume(aws: LocalAws, caller: str, target: str, **options: str) -> bool:
    client = aws.client("sts", role_arn=caller)
    return _allowed(client.assume_role, RoleArn=target, RoleSessionName="second", **options)


def _allowed(call: Callable[..., Any], **parameters: Any) -> bool:
    try:
        call(**parameters)
    except ClientError as e:
        if e.response["Error"]["Code"].removesuffix("Exception") == "AccessDenied":
            return False
        raise
    return True


def _boundary(aws: LocalAws, name: str, *statements: dict[str, Any]) -> str:
    document = json.dumps(policy(*statements))
    made = aws.client("iam").create_policy(PolicyName=name, PolicyDocument=document)
    return str(made["Policy"]["Arn"])


def test_a_trust_that_names_the_role_is_enough(local_aws: LocalAws, role_with: Callable[..., str]) -> None:
    caller = role_with("named-caller")
    target = _target(local_aws, "named-target", _trust({"AWS": caller}))
    assert _may_assume(local_aws, caller, target)
    assert not _may_assume(local_aws, role_with("unnamed-caller"), target)


def test_a_trust_that_names_the_account_needs_an_identity_policy(
    local_aws: LocalAws, role_with: Callable[..., str]
) -> None:
    target = _target(local_aws, "root-target", _trust({"AWS": _ROOT}))
    assert not _may_assume(local_aws, role_with("root-without"), target)
    assert _may_assume(local_aws, role_with("root-with", allow("sts:AssumeRole", target)), target)
    by_number = _target(local_aws, "number-target", _trust({"AWS": ACCOUNT}))
    assert not _may_assume(local_aws, role_with("number-without"), by_number)


def test_an_identity_policy_without_the_trust_is_not_enough(
    local_aws: LocalAws, role_with: Callable[..., str]
) -> None:
    target = _target(local_aws, "closed-target", _trust({"AWS": role_with("somebody-else")}))
    assert not _may_assume(local_aws, role_with("untrusted", allow("sts:AssumeRole")), target)


def test_a_trust_that_names_the_role_is_cut_by_its_boundary_and_by_a_deny(
    local_aws: LocalAws, role_with: Callable[..., str]
) -> None:
    bounded = role_with("bounded-caller", boundary=_boundary(local_aws, "no-sts", allow("s3:*")))
    assert not _may_assume(local_aws, bounded, _target(local_aws, "bounded-target", _trust({"AWS": bounded})))
    deny = {"Effect": "Deny", "Action": "sts:AssumeRole", "Resource": "*"}
    denied = role_with("denied-caller", deny)
    assert not _may_assume(local_aws, denied, _target(local_aws, "denied-target", _trust({"AWS": denied})))


def test_the_condition_of_a_trust_counts(local_aws: LocalAws, role_with: Callable[..., str]) -> None:
    caller = role_with("external-caller")
    trust = _trust({"AWS": caller}, StringEquals={"sts:ExternalId": "agreed"})
    target = _target(local_aws, "external-target", trust)
    assert _may_assume(local_aws, caller, target, ExternalId="agreed")
    assert not _may_assume(local_aws, caller, target, ExternalId="guessed")
    assert not _may_assume(local_aws, caller, target)


def test_the_boundary_that_a_creation_sets_is_a_condition_key(
    local_aws: LocalAws, role_with: Callable[..., str]
) -> None:
    required = _boundary(local_aws, "required", allow("s3:*"))
    other = _boundary(local_aws, "other", allow("*"))
    actions = [
        "iam:CreateRole",
        "iam:CreateUser",
        "iam:PutRolePermissionsBoundary",
        "iam:PutUserPermissionsBoundary",
    ]
    statement = allow(actions, "*", StringEquals={"iam:PermissionsBoundary": required})
    iam = local_aws.client("iam", role_arn=role_with("creator", statement))
    role = {"RoleName": "made", "AssumeRolePolicyDocument": _trust({"AWS": _ROOT})}
    assert not _allowed(iam.create_role, **role)
    assert not _allowed(iam.create_role, **role, PermissionsBoundary=other)
    assert _allowed(iam.create_role, **role, PermissionsBoundary=required)
    assert not _allowed(iam.put_role_permissions_boundary, RoleName="made", PermissionsBoundary=other)
    assert _allowed(iam.put_role_permissions_boundary, RoleName="made", PermissionsBoundary=required)
    assert not _allowed(iam.create_user, UserName="made")
    assert _allowed(iam.create_user, UserName="made", PermissionsBoundary=required)
    assert not _allowed(iam.put_user_permissions_boundary, UserName="made", PermissionsBoundary=other)
    assert _allowed(iam.put_user_permissions_boundary, UserName="made", PermissionsBoundary=required)


def test_the_boundary_that_a_role_has_is_a_condition_key_of_calls_on_it(
    local_aws: LocalAws, role_with: Callable[..., str]
) -> None:
    boundary = _boundary(local_aws, "of-the-changed", allow("s3:*"))
    role_with("with-boundary", boundary=boundary)
    role_with("without-boundary")
    actions = [
        "iam:PutRolePolicy",
        "iam:DeleteRolePolicy",
        "iam:AttachRolePolicy",
        "iam:DetachRolePolicy",
        "iam:DeleteRolePermissionsBoundary",
        "iam:GetRole",
        "iam:UpdateAssumeRolePolicy",
    ]
    statement = allow(actions, "*", StringEquals={"iam:PermissionsBoundary": boundary})
    iam = local_aws.client("iam", role_arn=role_with("changer", statement))
    document = json.dumps(policy(allow("s3:GetObject")))
    inline = {"PolicyName": "p", "PolicyDocument": document}
    attached = {"PolicyArn": boundary}
    for name, expected in (("without-boundary", False), ("with-boundary", True)):
        assert _allowed(iam.put_role_policy, RoleName=name, **inline) is expected
        assert _allowed(iam.attach_role_policy, RoleName=name, **attached) is expected
        assert _allowed(iam.get_role, RoleName=name) is expected
        trust = _trust({"AWS": _ROOT})
        assert _allowed(iam.update_assume_role_policy, RoleName=name, PolicyDocument=trust) is expected
        if expected:
            assert _allowed(iam.detach_role_policy, RoleName=name, **attached)
            assert _allowed(iam.delete_role_policy, RoleName=name, PolicyName="p")
            assert _allowed(iam.delete_role_permissions_boundary, RoleName=name)
            assert not _allowed(iam.put_role_policy, RoleName=name, **inline)


_SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/{{name}}/session"
_ROLE = f"arn:aws:iam::{ACCOUNT}:role/{{name}}"


@pytest.mark.parametrize(("principal", "passes"), [(_SESSION, True), (_ROLE, False), (_ROOT, False)])
def test_a_bucket_policy_passes_a_boundary_only_for_a_session(
    local_aws: LocalAws, role_with: Callable[..., str], principal: str, passes: bool
) -> None:
    name = f"reader-{principal.count('/')}{passes}".lower()
    bucket = f"bucket-{name}"
    role = role_with(name, boundary=_boundary(local_aws, f"boundary-{name}", allow("sqs:*")))
    s3 = local_aws.client("s3")
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="k", Body=b"v")
    grant = {
        **allow("s3:GetObject", f"arn:aws:s3:::{bucket}/*"),
        "Principal": {"AWS": principal.format(name=name)},
    }
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy(grant)))
    assert _allowed(local_aws.client("s3", role_arn=role).get_object, Bucket=bucket, Key="k") is passes


@pytest.mark.parametrize(
    ("principal", "bounded", "passes"),
    [
        (_SESSION, True, True),
        (_ROLE, True, False),
        (_ROLE, False, True),
        (_ROOT, False, False),
        (_SESSION, False, True),
    ],
)
def test_a_vector_bucket_policy_passes_a_boundary_only_for_a_session(
    local_aws: LocalAws, role_with: Callable[..., str], principal: str, bounded: bool, passes: bool
) -> None:
    name = f"vectors-{principal.count('/')}-{bounded}-{passes}".lower()
    boundary = _boundary(local_aws, f"boundary-{name}", allow("sqs:*")) if bounded else None
    role = role_with(name, boundary=boundary)
    vectors = local_aws.client("s3vectors")
    vectors.create_vector_bucket(vectorBucketName=name)
    arn = f"arn:aws:s3vectors:{REGION}:{ACCOUNT}:bucket/{name}"
    grant = {**allow("s3vectors:GetVectorBucket", arn), "Principal": {"AWS": principal.format(name=name)}}
    vectors.put_vector_bucket_policy(vectorBucketName=name, policy=json.dumps(policy(grant)))
    client = local_aws.client("s3vectors", role_arn=role)
    assert _allowed(client.get_vector_bucket, vectorBucketName=name) is passes


def test_a_session_named_in_a_bucket_policy_does_not_pass_a_service_control_policy(
    local_aws: LocalAws, role_with: Callable[..., str]
) -> None:
    role = role_with("member-reader")
    s3 = local_aws.client("s3")
    s3.create_bucket(Bucket="members")
    s3.put_object(Bucket="members", Key="k", Body=b"v")
    session = _SESSION.format(name="member-reader")
    grant = {**allow("s3:GetObject", "arn:aws:s3:::members/*"), "Principal": {"AWS": session}}
    s3.put_bucket_policy(Bucket="members", Policy=json.dumps(policy(grant)))
    reader = local_aws.client("s3", role_arn=role)
    assert _allowed(reader.get_object, Bucket="members", Key="k")
    organizations = local_aws.client("organizations")
    root = organizations.list_roots()["Roots"][0]["Id"]
    full = "p-FullAWSAccess"
    scp = organizations.create_policy(
        Name="only-queues",
        Description="d",
        Type="SERVICE_CONTROL_POLICY",
        Content=json.dumps(policy(allow("sqs:*"))),
    )["Policy"]["PolicySummary"]["Id"]
    organizations.attach_policy(PolicyId=scp, TargetId=root)
    organizations.detach_policy(PolicyId=full, TargetId=root)
    try:
        assert not _allowed(reader.get_object, Bucket="members", Key="k")
    finally:
        organizations.attach_policy(PolicyId=full, TargetId=root)
        organizations.detach_policy(PolicyId=scp, TargetId=root)


@pytest.mark.parametrize("bounded", [True, False])
def test_a_stack_makes_only_roles_with_the_boundary_that_its_execution_role_requires(
    local_aws: LocalAws, stacks: Stacks, bounded: bool
) -> None:
    name = f"stack-{bounded}".lower()
    boundary = _boundary(local_aws, f"boundary-{name}", allow("s3:*"))
    trust = _trust({"Service": "cloudformation.amazonaws.com"})
    executor = _target(local_aws, f"executor-{name}", trust)
    needed = {"StringEquals": {"iam:PermissionsBoundary": boundary}}
    statements = [
        allow(["iam:CreateRole", "iam:PutRolePolicy"], "*", **needed),
        allow(["iam:DeleteRole", "iam:DeleteRolePolicy", "iam:Get*", "iam:List*"]),
    ]
    local_aws.client("iam").put_role_policy(
        RoleName=f"executor-{name}", PolicyName="p", PolicyDocument=json.dumps(policy(*statements))
    )
    inline = {"PolicyName": "inline", "PolicyDocument": policy(allow("s3:GetObject"))}
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": json.loads(_trust({"AWS": _ROOT})),
            "Policies": [inline],
            **({"PermissionsBoundary": boundary} if bounded else {}),
        },
    }
    more = {
        "Type": "AWS::IAM::Policy",
        "Properties": {
            "PolicyName": "more",
            "PolicyDocument": policy(allow("s3:PutObject")),
            "Roles": [{"Ref": "Role"}],
        },
    }
    stack = stacks.create(name, template({"Role": role, "More": more}), RoleARN=executor)
    if bounded:
        assert stack["StackStatus"] == "CREATE_COMPLETE", stacks.failures(name)
    else:
        assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
        assert "perform: iam:CreateRole on" in stacks.failures(name)
