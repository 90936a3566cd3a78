"""The AgentCore example: it synthesizes, and the review has nothing to say about the application's role."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from constructs_lib.review import review
from constructs_lib.templates import read

if TYPE_CHECKING:
    from constructs_lib.review import Report

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Run the example as a user does, and review what it made."""
    folder = tmp_path_factory.mktemp("agentcore") / "out"
    done = subprocess.run(
        [sys.executable, "-m", "examples.agentcore.app"],
        cwd=ROOT,
        env={**os.environ, "CDK_OUTDIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return review(read([str(folder)]))


def test_the_application_may_call_the_runtime_and_nothing_else(report: Report) -> None:
    [role] = [principal for principal in report.principals if principal.kind == "app"]
    assert role.verdict == "data"
    assert {family: held.actions for family, held in role.families.items()} == {
        "bedrock-agentcore": ("bedrock-agentcore:InvokeAgentRuntime",)
    }
    assert role.incomplete == ()


def test_the_review_is_clean(report: Report) -> None:
    standing = [f for f in report.findings if f.severity != "note" and f.acknowledged is None]
    assert [(f.rule, f.message) for f in standing] == []
    # The CDK's own execution role, accepted in the example with the reason.
    assert [f.rule for f in report.findings if f.acknowledged is not None] == ["BP202"]
    [role] = [principal.id for principal in report.principals if principal.kind == "app"]
    assert [(f.rule, f.message) for f in report.findings if f.principal == role] == []
