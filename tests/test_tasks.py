"""What a newcomer wants to do: each task has a page two clicks from the home page, and what it shows works.

The tasks are those of a first use of the library, by somebody who had only the pages.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import re
import shlex
from typing import TYPE_CHECKING

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_

from constructs_lib import AppRole
from constructs_lib.cli import main
from tests.cdk import Stack
from tests.test_docs import linked
from tests.test_project import ROOT

if TYPE_CHECKING:
    from pathlib import Path

DOCS = ROOT / "docs"
# The page, and the module and function of the test that runs what it shows.
TASKS = {
    "give a function a model, with streaming, through a profile": (
        "guides/model.md",
        "tests.examples.test_guides.test_an_example_of_a_guide_runs",
    ),
    "give an existing role access": (
        "guides/existing-role.md",
        "tests.examples.test_guides.test_an_example_of_a_guide_runs",
    ),
    "answer from documents": (
        "guides/rag.md",
        "tests.examples.test_guides.test_the_blocks_of_the_page_about_rag_are_the_files_of_the_example",
    ),
    "use a guardrail": (
        "guides/guardrail.md",
        "tests.examples.test_guides.test_an_example_of_a_guide_runs",
    ),
    "agents, flows and AgentCore": (
        "from-agents-to-agentcore.md",
        "tests.control_plane.test_pages.test_an_example_runs",
    ),
    "log invocations": ("invocation-logging.md", "tests.platform.test_pages.test_an_example_runs"),
    "stay inside the VPC": ("network.md", "tests.platform.test_pages.test_an_example_runs"),
    "deploy from a pipeline": (
        "pipelines.md",
        "tests.examples.test_pipelines.test_each_app_of_the_page_is_synthesized",
    ),
    "review a pull request, a template, an account": (
        "guides/pull-request.md",
        "tests.test_tasks.test_the_commands_of_the_page_about_pull_requests_tell_a_change",
    ),
    "ask what a name is": ("which.md", "tests.test_tasks.test_a_name_is_answered_as_the_page_shows"),
    "check in pytest, at synth, with acknowledgements": (
        "checks.md",
        "tests.test_tasks.test_what_the_page_about_checks_shows_runs",
    ),
}


def test_the_tasks_are_eleven() -> None:
    assert len(TASKS) == 11


@pytest.mark.parametrize("task", TASKS)
def test_the_page_of_a_task_is_two_clicks_from_the_home_page_and_is_run_by_a_test(task: str) -> None:
    page, test = TASKS[task]
    first = linked(DOCS / "README.md")
    assert DOCS / page in first | {target for one in first for target in linked(one)}
    module, _, name = test.rpartition(".")
    found = importlib.import_module(module)
    assert callable(getattr(found, name))
    source = (ROOT / f"{module.replace('.', '/')}.py").read_text("utf-8")
    assert page in source or (page.startswith("guides/") and '(DOCS / "guides").glob' in source)


# ------------------------------------------------------------------------------ pages that no other test runs
def blocks(page: str, language: str) -> list[str]:
    text = (DOCS / page).read_text("utf-8")
    found: list[str] = re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return found


@pytest.mark.parametrize("block", blocks("which.md", "console"))
def test_a_name_is_answered_as_the_page_shows(block: str, capsys: pytest.CaptureFixture[str]) -> None:
    command, _, shown = block.partition("\n")
    assert command.startswith("$ bedrock-planes ")
    main(shlex.split(command.removeprefix("$ bedrock-planes ").partition(" | ")[0]))
    captured = capsys.readouterr()
    printed = [line.rstrip() for line in (captured.err + captured.out).splitlines()]
    # Remarks go to standard error, without the name of the command on the page.
    printed = [line.removeprefix("bedrock-planes which: ") for line in printed]
    for line in shown.splitlines():
        assert line.rstrip() in printed


def test_the_commands_of_the_page_about_pull_requests_tell_a_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    policy = {"Effect": "Allow", "Action": ["bedrock:InvokeModel"], "Resource": "*"}
    for folder in ("base.out", "cdk.out"):
        (tmp_path / folder).mkdir()
        document = {"Version": "2012-10-17", "Statement": [policy]}
        (tmp_path / folder / "policy.json").write_text(json.dumps(document))
        policy["Action"] = ["bedrock:InvokeModel", "bedrock:CreateGuardrail"]
    page = (DOCS / "guides/pull-request.md").read_text("utf-8")
    commands = re.findall(r"`bedrock-planes ([^`]*cdk\.out[^`]*)`", page)
    commands += re.findall(r"^bedrock-planes (.*)$", page, re.MULTILINE)
    assert len(commands) >= 3
    statuses = {
        command: main(shlex.split(command.replace("../base/cdk.out", "base.out"))) for command in commands
    }
    assert {status for command, status in statuses.items() if command.startswith("review")} == {1}
    assert statuses["diff ../base/cdk.out cdk.out --fail-on widening"] == 1
    assert "bedrock:CreateGuardrail" in capsys.readouterr().out


def test_what_the_page_about_checks_shows_runs() -> None:
    synth, acknowledge, mark, testing = blocks("checks.md", "python")
    stack = Stack()
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    function = lambda_.Function(
        stack,
        "Function",
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler="index.handler",
        code=lambda_.Code.from_inline("def handler(event, context): pass"),
    )
    exec(compile(acknowledge, "checks.md", "exec"), {"cdk": cdk, "role": role})
    exec(compile(mark, "checks.md", "exec"), {"function": function})

    class ChatStack(cdk.Stack):
        def __init__(self, app: cdk.App, name: str) -> None:
            super().__init__(app, name, env=cdk.Environment(account="111122223333", region="us-east-1"))
            self.role = AppRole(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
            self.role.grants.converse("amazon.nova-lite-v1:0")

    class Snapshot:
        def __eq__(self, other: object) -> bool:
            return "kind: app  verdict: data" in str(other)

        __hash__ = None  # type: ignore[assignment] # as syrupy's, it is only compared

    names = {"ChatStack": ChatStack}
    exec(compile(testing, "checks.md", "exec"), names)
    names["test_the_planes_are_apart"](Snapshot())  # type: ignore[arg-type, call-arg] # defined by the page
    with contextlib.redirect_stderr(io.StringIO()):
        exec(compile(synth, "checks.md", "exec"), {})
