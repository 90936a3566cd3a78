from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_iam as iam

from constructs_lib import PlanesError
from constructs_lib.checks import mark_role


@pytest.fixture
def stack() -> cdk.Stack:
    return cdk.Stack(cdk.App(builtin_cloud_formation_validation=False), "S")


@pytest.mark.parametrize("level", ["l1", "l2"])
def test_the_mark_stands_in_the_template_beside_what_is_there(stack: cdk.Stack, level: str) -> None:
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    resource = role.node.default_child
    assert isinstance(resource, iam.CfnRole)
    resource.add_metadata("other", "kept")
    mark_role(role if level == "l2" else resource, "app")
    (found,) = assertions.Template.from_stack(stack).find_resources("AWS::IAM::Role").values()
    assert found["Metadata"]["bedrock-planes:role"] == {"kind": "app"}
    assert found["Metadata"]["other"] == "kept"


def test_an_imported_role_is_refused_with_the_remedy(stack: cdk.Stack) -> None:
    role = iam.Role.from_role_arn(stack, "Role", "arn:aws:iam::111122223333:role/Elsewhere")
    with pytest.raises(
        PlanesError, match=r"`S/Role` is not defined in this app.*`kinds`, `\{'app': \[...\]\}`"
    ):
        mark_role(role, "app")


def test_an_unknown_kind_is_refused(stack: cdk.Stack) -> None:
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    kind: Any = "application"
    with pytest.raises(PlanesError, match="`kind` is `application`: use one of `app`, `deploy`"):
        mark_role(role, kind)
