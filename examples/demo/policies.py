"""What CloudFormation may do: the policies that `bedrock-planes deploy-policy` derives from the stacks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from constructs_lib.deploy import DeployError, DeployOptions, deploy_policy
from constructs_lib.templates import read_templates
from examples.demo.console import DemoError

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from constructs_lib.deploy import DeployPolicy

__all__ = ["derive", "make"]


def derive(assembly: Path, *, but: Collection[str]) -> DeployPolicy:
    """Derive the policies of all stacks of an assembly but those that an administrator deploys.

    Raises:
        DemoError: A stack has something of which nothing says what it needs.
    """
    templates, _ = read_templates([str(assembly)])
    try:
        # The service roles have no boundary; docs/deploy-policy.md says what that means.
        options = DeployOptions(without_boundary=True)
        return deploy_policy([one for one in templates if one.stack not in but], options)
    except DeployError as error:
        raise DemoError(str(error), remedy="see docs/deploy-policy.md") from error


def make(iam: Any, policy: DeployPolicy) -> list[str]:
    """Make the managed policies; return their ARNs."""
    made = [
        iam.create_policy(PolicyName=f"CdkDeploy-{number}", PolicyDocument=json.dumps(document))
        for number, document in enumerate(policy.documents, 1)
    ]
    return [one["Policy"]["Arn"] for one in made]
