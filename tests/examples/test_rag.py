"""The examples of answers from documents: reviewed without a finding, and deployed to the local AWS."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from constructs_lib.local import LocalAws
from constructs_lib.review import Options, review_paths
from examples.demo.cdk import tool_environment
from tests.e2e import use
from tests.e2e.deployment import Deployment
from tests.source import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from constructs_lib.review import Report

EXAMPLES = ("rag", "rag_aurora")
ASKS = {
    "bedrock-runtime": ("bedrock:ApplyGuardrail", "bedrock:InvokeModel"),
    "bedrock-agent-runtime": ("bedrock:Retrieve", "bedrock:RetrieveAndGenerate"),
}
CONVERSES = {
    "bedrock-runtime": (
        "bedrock:ApplyGuardrail",
        "bedrock:InvokeModel",
        "bedrock:InvokeModelWithResponseStream",
    ),
    "bedrock-agent-runtime": ("bedrock:Retrieve",),
}
APPLICATIONS = {
    "rag": {"Rag/AppRole": ASKS, "ManagedRag/AppRole": CONVERSES},
    "rag_aurora": {"RagAurora/AppRole": ASKS},
}


@pytest.fixture(scope="module")
def assemblies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Run each example as a user does; its own checks fail the synthesis where the planes meet."""
    folder = tmp_path_factory.mktemp("examples")
    for name in EXAMPLES:
        done = subprocess.run(
            [sys.executable, "-m", f"examples.{name}.app"],
            cwd=ROOT,
            env={**os.environ, "CDK_OUTDIR": str(folder / name)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    return {name: folder / name for name in EXAMPLES}


@pytest.fixture(scope="module")
def reports(assemblies: dict[str, Path]) -> dict[str, Report]:
    return {name: review_paths([str(folder)], Options(strict=True)) for name, folder in assemblies.items()}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_strict_review_has_nothing_to_say(name: str, reports: dict[str, Report]) -> None:
    report = reports[name]
    standing = [(f.rule, f.message) for f in report.findings if f.acknowledged is None]
    assert standing == []
    assert {f.rule for f in report.findings} == {"BP305"}  # accepted in the example, with the reason
    assert [p.name for p in report.principals if p.incomplete or p.verdict == "mixed"] == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_application_asks_and_does_nothing_else(name: str, reports: dict[str, Report]) -> None:
    held = {
        principal.construct_path: {family: one.actions for family, one in principal.families.items()}
        for principal in reports[name].principals
        if principal.kind == "app"
    }
    assert held == APPLICATIONS[name]


@pytest.fixture(scope="module")
def deployed(assemblies: dict[str, Path]) -> Iterator[Deployment]:
    """The account's stack as an administrator, then the app with the policies that it derives."""
    with LocalAws() as aws:
        made = Deployment(aws, assemblies["rag"], deploy_stack="Account")
        made.bootstrap()
        made.deploy("Rag")
        yield made


def test_a_document_is_put_ingested_and_answers_a_question(deployed: Deployment) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "examples/rag/try_it.py"],
        env=deployed.aws.process_environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout) == {
        "answer": "# Leave\nUp to five days of leave may be carried over to the next year.",
        "sources": [f"s3://{deployed.outputs['DocumentsBucketName']}/leave.md"],
        "intervened": False,
    }


def test_the_application_retrieves_and_can_not_ingest(deployed: Deployment) -> None:
    out = deployed.outputs
    assert len(use.retrieve(deployed, "leave")) == 1
    application = deployed.aws.client("bedrock-agent", role_arn=out["AppRoleArn"])
    with pytest.raises(ClientError, match="AccessDenied"):
        application.start_ingestion_job(
            knowledgeBaseId=out["KnowledgeBaseId"], dataSourceId=out["DataSourceId"]
        )


def test_the_app_goes_away_with_the_policies_that_deployed_it(deployed: Deployment) -> None:
    deployed.destroy("Rag")
    assert deployed.aws.client("bedrock-agent").list_knowledge_bases()["knowledgeBaseSummaries"] == []


@pytest.mark.prove
def test_the_app_with_aurora_is_deployed_finds_a_document_and_goes_with_its_own_policies(
    assemblies: dict[str, Path],
) -> None:
    with LocalAws() as aws:
        made = Deployment(aws, assemblies["rag_aurora"], deploy_stack="Account")
        made.bootstrap()
        made.deploy("RagAurora")
        agent = aws.client("bedrock-agent")
        [base] = [one["knowledgeBaseId"] for one in agent.list_knowledge_bases()["knowledgeBaseSummaries"]]
        [source] = agent.list_data_sources(knowledgeBaseId=base)["dataSourceSummaries"]
        where = {"knowledgeBaseId": base, "dataSourceId": source["dataSourceId"]}
        config = agent.get_data_source(**where)["dataSource"]["dataSourceConfiguration"]
        bucket = config["s3Configuration"]["bucketArn"].rpartition(":")[2]
        aws.client("s3").put_object(Bucket=bucket, Key="leave.md", Body=b"# Leave\nFive days of leave.")
        agent.start_ingestion_job(**where)
        found = aws.client("bedrock-agent-runtime").retrieve(
            knowledgeBaseId=base, retrievalQuery={"text": "leave"}
        )["retrievalResults"]
        assert [one["location"]["s3Location"]["uri"] for one in found] == [f"s3://{bucket}/leave.md"]
        made.destroy("RagAurora")
        assert agent.list_knowledge_bases()["knowledgeBaseSummaries"] == []


def _commands(page: str, heading: str) -> list[str]:
    """Return the commands of the last block without a language under a heading."""
    text = (ROOT / "docs" / page).read_text("utf-8").partition(heading)[2].partition("\n## ")[0]
    last: str = re.findall(r"^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL)[-1]
    return last.splitlines()


def _run(aws: LocalAws, folder: Path, commands: list[str]) -> None:
    (ROOT / ".cache" / "home").mkdir(parents=True, exist_ok=True)
    for command in commands:
        if command.startswith("export PATH"):
            continue  # to what `npm install` has made: here that is the checkout's
        words = command.replace("cdk ", "cdk --no-notices ", 1).replace("ARNS", _policies(aws))
        if words.startswith("cdk --no-notices deploy") and "--require-approval" not in words:
            words += " --require-approval never"  # nobody is here to be asked
        done = subprocess.run(
            ["bash", "-c", words],
            cwd=folder,
            env={
                **tool_environment(aws.process_environment),
                "PYTHONPATH": str(ROOT),
                "CDK_OUTDIR": str(folder / "cdk.out"),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"


def _policies(aws: LocalAws) -> str:
    for stack in aws.client("cloudformation").describe_stacks()["Stacks"]:
        for output in stack.get("Outputs", ()):
            if output["OutputKey"] == "ExecutionPolicyArns":
                return str(output["OutputValue"])
    return ""


@pytest.mark.prove
@pytest.mark.parametrize(
    ("page", "heading", "example", "stack"),
    [
        ("get-started.md", "## 5. Deploy it to a local AWS", "minimal", "Answers"),
        ("guides/rag.md", "## 10. Deploy", "rag", "Rag"),
        ("../examples/README.md", "## Deploy", "chat", "Chat"),
    ],
)
def test_the_commands_of_a_page_deploy_its_app(
    page: str, heading: str, example: str, stack: str, tmp_path: Path
) -> None:
    folder = tmp_path / example
    shutil.copytree(ROOT / "examples" / example, folder)
    with LocalAws() as aws:
        _run(aws, folder, _commands(page, heading))
        [found] = aws.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
        assert found["StackStatus"] == "CREATE_COMPLETE"
