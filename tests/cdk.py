"""What the tests of the constructs share."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk.assertions import Template

__all__ = ["ACCOUNT", "PARTITION", "REGION", "Stack", "arn", "resources", "template"]

ACCOUNT, REGION = "111122223333", "us-east-1"
PARTITION = {"Ref": "AWS::Partition"}


class Stack(cdk.Stack):
    """A stack of an app that skips CloudFormation's validation, which is not the subject."""

    def __init__(self, name: str = "S", *, minimize: bool = True) -> None:
        app = cdk.App(
            builtin_cloud_formation_validation=False,
            analytics_reporting=False,
            context={"@aws-cdk/aws-iam:minimizePolicies": minimize},
        )
        super().__init__(app, name, env=cdk.Environment(account=ACCOUNT, region=REGION))


def template(stack: cdk.Stack) -> dict[str, Any]:
    """Synthesize the app and return the stack's template."""
    return dict(Template.from_stack(stack).to_json())


def resources(found: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    """Return the resources of one type by logical id."""
    return {name: r for name, r in found["Resources"].items() if r["Type"] == kind}


def arn(rest: str) -> dict[str, Any]:
    """Return an ARN as the CDK renders it: the partition is a pseudo parameter."""
    return {"Fn::Join": ["", ["arn:", PARTITION, f":{rest}"]]}
