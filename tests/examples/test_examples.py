"""Each example stands alone: run in its own folder as its README says, reviewed, used on the local AWS."""

from __future__ import annotations

import functools
import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from constructs_lib.local import LocalAws
from constructs_lib.review import Options, review_paths
from tests.e2e.deployment import Deployment
from tests.examples import test_deploy_policies
from tests.source import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from constructs_lib.review import Report

    Synthesize = Callable[[str, str], Path]

EXAMPLES = ("chat", "harness", "batch", "multi_account")
FOLDERS = sorted(path.parent.name for path in (ROOT / "examples").glob("*/cdk.json"))

CHAT = {
    "bedrock-runtime": (
        "bedrock:ApplyGuardrail",
        "bedrock:InvokeModel",
        "bedrock:InvokeModelWithResponseStream",
    )
}
ANSWERS = {**CHAT, "bedrock-agent-runtime": ("bedrock:Retrieve",)}
# What the applications and the operators hold of Bedrock, whole.
HELD = {
    "chat": {"Chat/AppRole": CHAT},
    "harness": {
        "Assistant/AppRole": {
            "bedrock-agentcore": ("bedrock-agentcore:InvokeAgentRuntime", "bedrock-agentcore:InvokeHarness")
        }
    },
    "batch": {
        "Batch/Operator": {
            "bedrock": (
                "bedrock:CreateModelInvocationJob",
                "bedrock:GetModelInvocationJob",
                "bedrock:ListModelInvocationJobs",
                "bedrock:StopModelInvocationJob",
            )
        }
    },
    "multi_account": {"Production/Answers/AppRole": ANSWERS, "Staging/Answers/AppRole": ANSWERS},
}
ACKNOWLEDGED = {"harness": ["BP503"]}
# What the app of somebody else is there for, with its code.
FOUND = {
    ("BP101", "Answers"),
    ("BP102", "Answers"),
    ("BP104", "Answers"),
    ("BP201", "Answers"),
    ("BP401", "Answers"),
    ("BP403", "Answers"),
    ("BP603", "Answers"),
    ("BP302", "Cases"),
    ("BP602", "Cases"),
    ("BP301", "Chat"),
    ("BP602", "Chat"),
}


@pytest.fixture(scope="module")
def synthesize(tmp_path_factory: pytest.TempPathFactory) -> Synthesize:
    """Return what runs a file of an example in its folder, with the context of its cdk.json, once."""

    @functools.cache
    def run(example: str, file: str = "app.py") -> Path:
        folder = ROOT / "examples" / example
        out = tmp_path_factory.mktemp(example) / "cdk.out"
        context = json.loads((folder / "cdk.json").read_text("utf-8"))["context"]
        done = subprocess.run(
            [sys.executable, file],
            cwd=folder,
            env={**os.environ, "CDK_OUTDIR": str(out), "CDK_CONTEXT_JSON": json.dumps(context)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return out

    return run


def reviewed(folder: Path, *, code: bool = False) -> Report:
    return review_paths([str(folder)], Options(strict=True, code=code))


# ---------------------------------------------------------------------------------------------- every example
@pytest.mark.parametrize("example", FOLDERS)
def test_an_example_has_what_it_takes_to_stand_alone(example: str) -> None:
    folder = ROOT / "examples" / example
    assert json.loads((folder / "cdk.json").read_text("utf-8"))["app"] == "python app.py"
    page = (folder / "README.md").read_text("utf-8")
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*.*")}
    named = set(re.findall(r"`([\w/]+\.(?:py|json))`|python ([\w/]+\.py)", page))
    assert {name for pair in named for name in pair if name} - files - {"cdk.json"} == set()
    assert f"examples/{example}" in (ROOT / "docs/examples.md").read_text("utf-8")
    assert [
        link for link in re.findall(r"\]\(([^)#:]+)[)#]", page) if not (folder / link).resolve().exists()
    ] == []


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_strict_review_has_nothing_to_say(example: str, synthesize: Synthesize) -> None:
    report = reviewed(synthesize(example, "app.py"))
    standing = [(f.rule, f.message) for f in report.findings if f.acknowledged is None]
    assert standing == []
    assert [f.rule for f in report.findings] == ACKNOWLEDGED.get(example, [])
    assert [p.name for p in report.principals if p.incomplete or p.verdict == "mixed"] == []


@pytest.mark.parametrize("example", EXAMPLES)
def test_its_applications_and_operators_hold_these_actions_and_no_others(
    example: str, synthesize: Synthesize
) -> None:
    held = {
        principal.construct_path: {family: one.actions for family, one in principal.families.items()}
        for principal in reviewed(synthesize(example, "app.py")).principals
        if principal.kind in {"app", "operator"} and principal.construct_path != "Assistant/Orders/Role"
    }
    assert held == HELD[example]


@pytest.mark.parametrize(
    "example", sorted({*test_deploy_policies.WRITES_ON_STAR} - {*test_deploy_policies.EXAMPLES})
)
def test_its_policies_fit_and_hold_no_data_action(example: str, synthesize: Synthesize) -> None:
    test_deploy_policies.assert_few_and_exact(example, synthesize(example, "app.py"))


# ---------------------------------------------------------------------------------- the app of somebody else
def test_the_app_of_somebody_else_has_these_findings(synthesize: Synthesize) -> None:
    report = reviewed(synthesize("somebody_elses", "app.py"), code=True)
    found = {
        (f.rule, match[1])
        for f in report.findings
        if (match := re.search(r"#(\w+)ServiceRole", str(f.principal)))
    }
    assert found == FOUND
    assert {f.rule for f in report.findings} == {rule for rule, _ in FOUND}
    page = (ROOT / "examples/somebody_elses/README.md").read_text("utf-8")
    assert {rule for rule, _ in FOUND} == set(re.findall(r"\bBP\d{3}\b", page))


def test_the_repaired_app_has_none(synthesize: Synthesize) -> None:
    report = reviewed(synthesize("somebody_elses", "repaired.py"), code=True)
    assert [(f.rule, f.message) for f in report.findings] == []
    assert sorted(principal.verdict for principal in report.principals) == ["control", "data", "data", "data"]


def test_neither_knows_of_bedrock_planes() -> None:
    for path in (ROOT / "examples/somebody_elses").glob("[a-z]*.py"):
        assert "constructs_lib" not in path.read_text("utf-8"), path.name


# ------------------------------------------------------------------------------------------ on the local AWS
def deployed(out: Path, stack: str) -> Iterator[Deployment]:
    """Deploy the account's stack as an administrator, then the app with the policies that it derives."""
    with LocalAws() as aws:
        made = Deployment(aws, out, deploy_stack="Account")
        made.bootstrap()
        made.deploy(stack)
        yield made


def script(example: str, file: str, aws: LocalAws, typed: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, file],
        cwd=ROOT / "examples" / example,
        env={**aws.process_environment, "PYTHONPATH": str(ROOT / "runtime/src")},
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture(scope="module")
def chat(synthesize: Synthesize) -> Iterator[Deployment]:
    yield from deployed(synthesize("chat", "app.py"), "Chat")


def test_the_chat_answers_line_by_line(chat: Deployment) -> None:
    done = script("chat", "chat.py", chat.aws, "Hello\nAnd again\n\n")
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.splitlines()
    assert "reply for prompt" in first
    assert second != first


def test_the_chat_says_what_it_lacks(chat: Deployment) -> None:
    iam = chat.aws.client("iam")
    role = chat.outputs["AppRoleArn"].rpartition("/")[2]
    [name] = iam.list_role_policies(RoleName=role)["PolicyNames"]
    document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    iam.delete_role_policy(RoleName=role, PolicyName=name)
    try:
        done = script("chat", "chat.py", chat.aws, "Hello\n")
    finally:
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))
    assert done.returncode == 1
    assert "bedrock:InvokeModelWithResponseStream" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("without", "granted"), [({}, True), ({"guardrailConfig"}, False), ({"modelId"}, False)]
)
def test_the_chat_runs_one_model_under_its_guardrail_only(
    chat: Deployment, without: set[str], granted: bool
) -> None:
    out = chat.outputs
    runtime = chat.aws.client("bedrock-runtime", role_arn=out["AppRoleArn"])
    call: dict[str, Any] = {
        "modelId": out["ModelId"],
        "messages": [{"role": "user", "content": [{"text": "Hello"}]}],
        "guardrailConfig": {
            "guardrailIdentifier": out["GuardrailId"],
            "guardrailVersion": out["GuardrailVersion"],
        },
    }
    asked = {name: value for name, value in call.items() if name not in without}
    asked.setdefault("modelId", "amazon.nova-pro-v1:0")
    if granted:
        assert list(runtime.converse_stream(**asked)["stream"])
    else:
        with pytest.raises(ClientError, match="AccessDenied"):
            runtime.converse_stream(**asked)


@pytest.fixture(scope="module")
def batch(synthesize: Synthesize) -> Iterator[Deployment]:
    yield from deployed(synthesize("batch", "app.py"), "Batch")


def test_a_batch_is_run_and_its_answers_are_fetched(batch: Deployment) -> None:
    done = script("batch", "submit.py", batch.aws)
    assert done.returncode == 0, done.stderr
    ids = [line.split()[0] for line in done.stdout.splitlines()]
    assert ids == [f"P{number:07}" for number in range(100)]


def test_the_operator_of_batches_runs_no_model(batch: Deployment) -> None:
    runtime = batch.aws.client("bedrock-runtime", role_arn=batch.outputs["OperatorRoleArn"])
    with pytest.raises(ClientError, match="AccessDenied"):
        runtime.converse(
            modelId="amazon.nova-lite-v1:0", messages=[{"role": "user", "content": [{"text": "Hello"}]}]
        )


def test_the_agent_and_its_endpoint_are_deployed(synthesize: Synthesize) -> None:
    for made in deployed(synthesize("harness", "app.py"), "Assistant"):
        assert made.outputs["Endpoint"] == "live"
        made.destroy("Assistant")


# ------------------------------------------------------------------------------------------- several accounts
def test_each_account_has_policies_of_its_own(synthesize: Synthesize) -> None:
    out = synthesize("multi_account", "app.py")
    accounts = {"Staging": "222233334444", "Production": "333344445555"}
    for name, account in accounts.items():
        text = (out / f"Foundation{name}.template.json").read_text("utf-8")
        assert {found for found in accounts.values() if found in text} == {account}


def test_the_review_stands_before_each_deployment(synthesize: Synthesize) -> None:
    template = json.loads(
        (synthesize("multi_account", "app.py") / "Tooling.template.json").read_text("utf-8")
    )
    [pipeline] = [r for r in template["Resources"].values() if r["Type"] == "AWS::CodePipeline::Pipeline"]
    steps = {
        stage["Name"]: [action["Name"] for action in sorted(stage["Actions"], key=lambda a: a["RunOrder"])]
        for stage in pipeline["Properties"]["Stages"]
    }
    assert steps["Staging"] == ["ReviewStaging", "Answers.Prepare", "Answers.Deploy"]
    assert steps["Production"] == ["ReviewProduction", "Approve", "Answers.Prepare", "Answers.Deploy"]


def test_the_policies_of_an_account_deploy_its_stage(synthesize: Synthesize) -> None:
    out = synthesize("multi_account", "app.py")
    [stage] = (out / "assembly-Staging").glob("*.template.json")
    with LocalAws(account="222233334444") as aws:
        made = Deployment(aws, out, deploy_stack="FoundationStaging")
        made.bootstrap()
        made.assembly = stage.parent
        made.deploy(stage.name.removesuffix(".template.json"))
