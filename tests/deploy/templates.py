"""Short templates for the tests, and their policies."""

from __future__ import annotations

from typing import Any

from constructs_lib.deploy import DeployOptions, DeployPolicy, deploy_policy
from constructs_lib.templates import TemplateSource

__all__ = ["ACCOUNT", "REGION", "TRUST", "actions", "derive", "role", "source", "statement_for"]

ACCOUNT = "111122223333"
REGION = "eu-west-1"
TRUST = {
    "Statement": {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
}


def role(**properties: Any) -> dict[str, Any]:
    """Return a role that Lambda assumes."""
    return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST, **properties}}


def source(resources: dict[str, Any], *, stack: str | None = "App", **sections: Any) -> TemplateSource:
    """Return a template of a stack."""
    body = {"Resources": resources, **sections}
    return TemplateSource("app.json", body, stack=stack, account=ACCOUNT, region=REGION)


def derive(
    resources: dict[str, Any],
    *,
    stack: str | None = "App",
    options: DeployOptions | None = None,
    **sections: Any,
) -> DeployPolicy:
    """Return the policy of a template; roles need no boundary unless the options say so."""
    chosen = options or DeployOptions(without_boundary=True)
    return deploy_policy([source(resources, stack=stack, **sections)], chosen)


def actions(policy: DeployPolicy) -> set[str]:
    """Return all actions that a policy allows."""
    return {name for one in policy.statements if one.effect == "Allow" for name in one.actions}


def statement_for(policy: DeployPolicy, action: str) -> dict[str, Any]:
    """Return the one statement that has an action, as JSON without its Sid and other actions."""
    (found,) = (one for one in policy.statements if action in one.actions)
    return {key: value for key, value in found.as_json().items() if key not in {"Sid", "Action", "Effect"}}
