"""Write what the cases render to, and read the difference.

python -m tests.control_plane.data_source.golden
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk

from tests.cdk import ACCOUNT, REGION
from tests.control_plane.data_source.cases import CASES
from tests.control_plane.data_source.text import as_text

if TYPE_CHECKING:
    from collections.abc import Mapping

GOLDEN = Path(__file__).parent / "golden.json"

# CloudFormation's own checks of templates, as errors.
STRICT = {
    "@aws-cdk/core:validateAgainstDefaultRules": True,
    "@aws-cdk/core:strictCfnValidateErrors": True,
}


def templates() -> dict[str, dict[str, Any]]:
    """Synthesize a stack for each case, with CloudFormation's validation; return the templates by case."""
    app = cdk.App(analytics_reporting=False, context=STRICT)
    stacks = {}
    for at, (name, make) in enumerate(CASES.items()):
        stacks[name] = cdk.Stack(app, f"Case{at}", env=cdk.Environment(account=ACCOUNT, region=REGION))
        make(stacks[name])
    assembly = app.synth()
    return {name: assembly.get_stack_by_name(stack.stack_name).template for name, stack in stacks.items()}


def parts(template: Mapping[str, Any]) -> dict[str, Any]:
    """Return the properties of the data source and what its service role is given, ARNs as text."""
    resources = template["Resources"].values()
    [properties] = [r["Properties"] for r in resources if r["Type"] == "AWS::Bedrock::DataSource"]
    statements = [
        statement
        for name, r in template["Resources"].items()
        if r["Type"] == "AWS::IAM::Policy" and "Source" in name
        for statement in r["Properties"]["PolicyDocument"]["Statement"]
    ]
    return {"properties": as_text(properties), "statements": as_text(statements)}


if __name__ == "__main__":
    found = {name: parts(template) for name, template in templates().items()}
    GOLDEN.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
