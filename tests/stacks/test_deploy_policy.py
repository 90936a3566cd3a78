"""The policy that the stacks need: derived from their assembly, it fits and holds no data action."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from constructs_lib.catalogue import Plane, actions
from constructs_lib.cli import main

if TYPE_CHECKING:
    import pytest

    from tests.stacks.conftest import Synthesis


def test_the_policies_of_the_stacks_fit_and_hold_no_data_action(
    everything: Synthesis, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["deploy-policy", str(everything.folder), "--without-boundary", "--format", "json"]
    assert main(command) == 0
    found = json.loads(capsys.readouterr().out)
    held = {
        action
        for policy in found["policies"]
        for statement in policy["document"]["Statement"]
        for action in statement["Action"]
    }
    assert len(found["policies"]) <= 10
    assert not [name for name in held if "*" in name]
    assert not [name for name, one in actions().items() if one.plane is Plane.DATA and name in held]
    assert found["withheld"] == []
    assert {one["action"] for one in found["left"] if one["write"] and one["resources"] == ["*"]} == {
        "bedrock:CreateAgent",
        "bedrock:CreateGuardrail",
        "bedrock:CreateKnowledgeBase",
        # Of the saved queries, and of the audit stack, which an administrator deploys.
        "logs:DeleteQueryDefinition",
        "logs:DeleteResourcePolicy",
        "logs:PutQueryDefinition",
        "logs:PutResourcePolicy",
    }
    # The audit stack is covered like all others.
    assert {"cloudtrail:CreateTrail", "events:PutRule", "sns:CreateTopic"} <= held
    assert "lambda:InvokeFunction" in held  # the custom resource of the logging setting
    assert found["bootstrap"].startswith("cdk bootstrap aws://111122223333/us-east-1 ")
