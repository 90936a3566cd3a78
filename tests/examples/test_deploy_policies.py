"""The policies that the examples need: few, exact, and without a data action."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from constructs_lib.catalogue import Plane, actions
from constructs_lib.deploy import DeployOptions, DeployPolicy, deploy_policy
from constructs_lib.templates import read_templates

ROOT = Path(__file__).parents[2]
WRITES_ON_STAR: dict[str, set[str]] = {
    "agentcore": {"bedrock-agentcore:CreateAgentRuntime", "vpc-lattice:AssociateViaAWSService"},
    "batch": set(),
    "chat": {"bedrock:CreateGuardrail"},
    "harness": {
        "bedrock-agentcore:CreateAgentRuntime",
        "bedrock-agentcore:CreateHarness",
        "bedrock-agentcore:CreateMemory",
    },
    "minimal": {"bedrock:CreateKnowledgeBase"},
    # The key of the pipeline's artifacts.
    "multi_account": {"bedrock:CreateGuardrail", "bedrock:CreateKnowledgeBase", "kms:CreateKey"},
    "rag": {"bedrock:CreateGuardrail", "bedrock:CreateKnowledgeBase"},
    "rag_aurora": {"bedrock:CreateGuardrail", "bedrock:CreateKnowledgeBase"},
    "somebody_elses": set(),
}
# The others are synthesized by `test_examples`, which asks the same of them.
EXAMPLES = ("agentcore", "minimal", "rag", "rag_aurora")


def test_every_example_is_asked() -> None:
    assert sorted(WRITES_ON_STAR) == sorted(path.parent.name for path in (ROOT / "examples").glob("*/app.py"))


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_policies_of_an_example_fit_and_hold_no_data_action(name: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", f"examples.{name}.app"],
        cwd=ROOT,
        env={**os.environ, "CDK_OUTDIR": str(tmp_path / "out")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert_few_and_exact(name, tmp_path / "out")


def assert_few_and_exact(name: str, folder: Path) -> None:
    policy = derived(folder)
    held = {action for one in policy.statements for action in one.actions}
    assert 1 <= len(policy.policies) <= 10
    assert [action for action in held if re.search(r"[*?]", action)] == []
    assert [one for one in held if one in actions() and actions()[one].plane is Plane.DATA] == []
    assert policy.withheld == ()
    assert {one.action for one in policy.open_writes} == WRITES_ON_STAR[name]
    print(f"{name}: {len(held)} actions, writes left on *: {len(policy.open_writes)}")  # noqa: T201 - asked for


def derived(folder: Path) -> DeployPolicy:
    sources, _ = read_templates([str(folder)])
    return deploy_policy(sources, DeployOptions(without_boundary=True))
