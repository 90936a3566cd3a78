"""The weekly check of the facts, as GitHub and GitLab run it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]


def _steps(file: str) -> tuple[dict[Any, Any], str]:
    """Return a workflow and all that it runs."""
    workflow = yaml.safe_load((ROOT / file).read_text("utf-8"))
    if "jobs" in workflow:
        return workflow, "\n".join(step.get("run", "") for step in workflow["jobs"]["check"]["steps"])
    return workflow, "\n".join(workflow["facts"]["script"])


@pytest.mark.parametrize("file", [".github/workflows/facts.yml", ".gitlab/facts.yml"])
def test_it_runs_the_check_and_opens_an_issue_when_something_differs(file: str) -> None:
    _, run = _steps(file)
    assert "make --silent facts-check" in run
    assert "The facts about AWS have changed" in run
    assert run.rstrip().endswith(("exit 1", "fi"))


def test_on_github_it_runs_each_week_with_no_more_than_it_needs() -> None:
    workflow, _ = _steps(".github/workflows/facts.yml")
    # YAML 1.1 reads the key `on` as true.
    [schedule] = workflow[True]["schedule"]
    assert schedule["cron"].split()[2:] == ["*", "*", "1"]
    assert workflow["permissions"] == {"contents": "read", "issues": "write"}
