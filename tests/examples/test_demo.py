"""The parts of the demo that need no server: data, table, reasons, proofs, failures."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from constructs_lib import catalogue
from examples.demo import __main__ as command
from examples.demo import calls, report, stacks
from examples.demo.cdk import ROOT, Cdk, tool_environment
from examples.demo.console import Console, DemoError
from examples.demo.documents import documents, ingest
from examples.demo.keep import how_to_use, write_environment
from examples.demo.matrix import MATRIX, Outcome, Row, attempt
from examples.demo.proof import prove
from examples.demo.table import render
from examples.demo.targets import NOTHING, Deployment, Targets

ALLOWED = Outcome("allowed")
DENIED = Outcome(
    "denied", "User: arn:aws:sts::1:assumed-role/App/s is not authorized to perform: bedrock:X because no"
)
DEPLOYMENT = Deployment(
    **{
        field.name: f"the-{field.name}"
        for field in dataclasses.fields(Deployment)
        if field.name != "model_id"
    },
    model_id="amazon.nova-lite-v1:0",
)


def refusal(code: str = "AccessDeniedException", message: str = "no") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "Converse")


def raising(error: Exception) -> Any:
    def call(*_: object, **__: object) -> None:
        raise error

    return call


# ------------------------------------------------------------------------------------------------- the matrix
@pytest.mark.parametrize("row", MATRIX, ids=lambda row: row.title)
def test_the_plane_of_each_row_is_the_catalogues(row: Row) -> None:
    known = [o for o in catalogue.operations() if (o.name, o.client) == (row.operation, row.client)]
    assert [str(operation.plane) for operation in known] == [row.plane]


@pytest.mark.parametrize("row", MATRIX, ids=lambda row: row.title)
def test_no_role_is_expected_on_the_other_plane(row: Row) -> None:
    assert not (row.app and row.plane == "control")
    assert not (row.deploy and row.plane == "data")


def test_the_matrix_tries_each_core_client_both_ways_and_every_call_once() -> None:
    assert {row.client for row in MATRIX} == {
        "bedrock",
        "bedrock-agent",
        "bedrock-runtime",
        "bedrock-agent-runtime",
    }
    assert sorted(row.call.__name__ for row in MATRIX) == sorted(calls.__all__)
    assert len({row.title for row in MATRIX}) == len(MATRIX)


@pytest.mark.parametrize(
    ("call", "outcome"),
    [
        (lambda: None, Outcome("allowed")),
        (raising(refusal()), Outcome("denied", "no")),
        (raising(refusal("AccessDenied")), Outcome("denied", "no")),
        (raising(refusal("ValidationException", "bad")), Outcome("failed", "ValidationException: bad")),
    ],
)
def test_only_iam_denies(call: Any, outcome: Outcome) -> None:
    assert attempt(call) == outcome


def test_a_failed_call_is_never_as_expected() -> None:
    failed = Outcome("failed", "ThrottlingException: slow down")
    assert not failed.meets(allowed=True)
    assert not failed.meets(allowed=False)


def test_the_deploy_role_destroys_only_what_it_made() -> None:
    targets = Targets(DEPLOYMENT, "deploy")
    assert targets.victim("guardrail") == targets.victim("knowledge_base") == NOTHING
    targets.scratch["guardrail"] = "mine"
    assert targets.victim("guardrail") == "mine"
    assert Targets(DEPLOYMENT, "app").victim("knowledge_base") == DEPLOYMENT.knowledge_base_id


def test_the_other_model_is_never_the_granted_one() -> None:
    for model in (
        "amazon.nova-lite-v1:0",
        "amazon.nova-pro-v1:0",
        "anthropic.claude-haiku-4-5-20251001-v1:0",
    ):
        other = dataclasses.replace(DEPLOYMENT, model_id=model).other_model_id
        assert other != model
        assert catalogue.model(other) is not None


# -------------------------------------------------------------------------------------------------- the table
def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert render(("a", "bb"), [("long", ""), ("x", "y")]) == "a     bb\n----  --\nlong\nx     y"


def test_a_ragged_row_is_refused() -> None:
    with pytest.raises(ValueError, match="a row has 1 cells, the header has 2"):
        render(("a", "b"), [("x",)])


def result(app: Outcome, deploy: Outcome) -> report.Result:
    return report.Result(MATRIX[0], app, deploy)


def test_the_table_says_which_cell_surprises_and_what_was_expected() -> None:
    assert report.table([result(ALLOWED, DENIED), result(DENIED, ALLOWED)]).splitlines()[2:] == [
        "Converse   bedrock-runtime  data   allowed   denied       yes",
        "Converse   bedrock-runtime  data   denied    allowed      NO: expected allowed / denied",
    ]
    assert report.surprises([result(ALLOWED, DENIED), result(DENIED, ALLOWED)]) == 2
    assert report.surprises([result(ALLOWED, ALLOWED)]) == 1


def test_reasons_name_the_principal_once_and_quote_the_rest() -> None:
    assert report.reasons([result(DENIED, Outcome("failed", "Oops: gone"))]).splitlines() == [
        "app role. User: arn:aws:sts::1:assumed-role/App/s is not authorized to perform:",
        "  Converse  bedrock:X because no",
        "",
        "deploy role.",
        "  Converse  Oops: gone",
    ]


# -------------------------------------------------------------------------------------------------- the proof
class Iam:
    """Just enough IAM: an inline policy and a boundary, each with or without the statement."""

    def __init__(self, *, boundary: bool) -> None:
        self.inline: str | None = None
        self.policies = {"arn:old": json.dumps({"Version": "2012-10-17", "Statement": [{"Sid": "Old"}]})}
        self.boundary = "arn:old" if boundary else None

    def get_role(self, RoleName: str) -> dict[str, Any]:  # noqa: N803 - boto3's spelling
        limit = {"PermissionsBoundary": {"PermissionsBoundaryArn": self.boundary}} if self.boundary else {}
        return {"Role": limit}

    def put_role_policy(self, PolicyDocument: str, **_: str) -> None:  # noqa: N803 - boto3's spelling
        self.inline = PolicyDocument

    def delete_role_policy(self, **_: str) -> None:
        self.inline = None

    def get_policy(self, **_: str) -> dict[str, Any]:
        return {"Policy": {"DefaultVersionId": "v1"}}

    def get_policy_version(self, PolicyArn: str, **_: str) -> dict[str, Any]:  # noqa: N803 - boto3's spelling
        return {"PolicyVersion": {"Document": json.loads(self.policies[PolicyArn])}}

    def create_policy(self, PolicyDocument: str, **_: str) -> dict[str, Any]:  # noqa: N803 - boto3's spelling
        self.policies["arn:copy"] = PolicyDocument
        return {"Policy": {"Arn": "arn:copy"}}

    def put_role_permissions_boundary(self, PermissionsBoundary: str, **_: str) -> None:  # noqa: N803 - boto3's name
        self.boundary = PermissionsBoundary

    def delete_policy(self, PolicyArn: str) -> None:  # noqa: N803 - boto3's spelling
        del self.policies[PolicyArn]

    def call(self) -> None:
        """Pass when the role and its boundary both hold the statement."""
        if not self.inline or (self.boundary and "bedrock:X" not in self.policies[self.boundary]):
            raise refusal()


@pytest.mark.parametrize("boundary", [False, True])
def test_a_proof_adds_what_is_missing_and_takes_it_away_again(*, boundary: bool) -> None:
    iam = Iam(boundary=boundary)
    proof = prove(iam, "arn:aws:iam::1:role/App", "bedrock:X", "*", iam.call, bounded=boundary)
    assert proof.holds
    assert (proof.identity_only is not None) is boundary
    assert (iam.inline, iam.boundary, list(iam.policies)) == (
        None,
        "arn:old" if boundary else None,
        ["arn:old"],
    )


def test_a_proof_does_not_hold_when_the_statement_changes_nothing() -> None:
    iam = Iam(boundary=False)
    for call in (raising(refusal()), lambda: None):
        assert not prove(iam, "arn:aws:iam::1:role/App", "bedrock:X", "*", call, bounded=False).holds


@pytest.mark.parametrize("boundary", [False, True])
def test_a_proof_does_not_hold_for_a_role_that_is_bounded_otherwise(*, boundary: bool) -> None:
    iam = Iam(boundary=boundary)
    assert not prove(iam, "arn:aws:iam::1:role/App", "bedrock:X", "*", iam.call, bounded=not boundary).holds


def test_a_proof_cleans_up_when_it_is_interrupted() -> None:
    iam = Iam(boundary=True)
    with pytest.raises(KeyboardInterrupt):
        prove(iam, "arn:aws:iam::1:role/App", "bedrock:X", "*", interrupt_third_call(), bounded=True)
    assert (iam.inline, iam.boundary, list(iam.policies)) == (None, "arn:old", ["arn:old"])


def interrupt_third_call() -> Any:
    answers = iter([refusal(), refusal(), KeyboardInterrupt()])

    def call() -> None:
        raise next(answers)

    return call


# ---------------------------------------------------------------------------------------------- the documents
def test_the_documents_are_pages_with_sources_at_aws() -> None:
    pages = documents()
    assert len(pages) >= 10
    for page in pages:
        text = page.read_text("utf-8")
        assert re.match(r"# \S.*\n\n", text), page.name
        _, _, sources = text.partition("\n## Sources\n")
        links = re.findall(r"\]\((.+?)\)", sources)
        assert links, page.name
        assert all(link.startswith("https://docs.aws.amazon.com/") for link in links), page.name


class Ingestion:
    """A bedrock-agent client whose job goes through these states."""

    def __init__(self, *states: dict[str, Any]) -> None:
        self.states = iter(states)

    def start_ingestion_job(self, **_: str) -> dict[str, Any]:
        return {"ingestionJob": {"ingestionJobId": "j", **next(self.states)}}

    get_ingestion_job = start_ingestion_job


def test_ingestion_is_followed_to_its_end() -> None:
    agent = Ingestion(
        {"status": "STARTING"}, {"status": "COMPLETE", "statistics": {"numberOfDocumentsScanned": 2}}
    )
    assert ingest(agent, "kb", "ds") == {"numberOfDocumentsScanned": 2}


def test_a_failed_ingestion_gives_its_reasons() -> None:
    agent = Ingestion({"status": "FAILED", "failureReasons": ["no s3:GetObject", "twice"]})
    with pytest.raises(DemoError, match="ended with FAILED") as caught:
        ingest(agent, "kb", "ds")
    assert caught.value.tail == "no s3:GetObject\ntwice"


# ---------------------------------------------------------------------------------------------- what can fail
def test_a_missing_tool_is_named_with_the_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("examples.demo.cdk.ROOT", tmp_path)
    monkeypatch.setattr("examples.demo.cdk.sys.executable", str(tmp_path / "python"))
    with pytest.raises(DemoError, match=r"Node\.js") as caught:
        tool_environment({"PATH": str(tmp_path)})
    assert caught.value.remedy == "run `make setup`"


def test_a_missing_output_names_stack_and_output() -> None:
    class CloudFormation:
        def describe_stacks(self, StackName: str) -> dict[str, Any]:  # noqa: N803 - boto3's spelling
            return {"Stacks": [{"Outputs": [{"OutputKey": "Other", "OutputValue": "x"}]}]}

    with pytest.raises(
        DemoError, match=r"`BedrockPlanesDeployRole` has no output `DeployRoleArn` \(it has Other\)"
    ):
        stacks.deployment(CloudFormation(), account="1", region="r")


def fake_cdk(folder: Path, script: str) -> Cdk:
    cdk = folder / "cdk"
    cdk.write_text(f"#!/bin/sh\n{script}\n")
    cdk.chmod(0o755)
    return Cdk({"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}, folder, Console())


def test_a_failed_cdk_command_shows_its_last_lines_and_where_all_of_them_are(tmp_path: Path) -> None:
    cdk = fake_cdk(tmp_path, "seq 1 40; echo '\033[31mred\033[0m'; exit 3")
    with pytest.raises(DemoError, match="`cdk deploy` failed with exit status 3") as caught:
        cdk.deploy("S")
    assert caught.value.tail.splitlines() == [*map(str, range(27, 41)), "red"]
    assert "cdk-deploy.log" in caught.value.remedy
    assert (tmp_path / "cdk-deploy.log").read_text().startswith("1\n2\n")


def test_cdk_says_which_stack_is_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fake_cdk(tmp_path, "echo working; echo ' ✅  Network'").deploy()
    said = capsys.readouterr().out
    assert "Network" in said
    assert "working" not in said


def test_an_interrupted_cdk_leaves_no_child(tmp_path: Path) -> None:
    child = tmp_path / "child"
    cdk = fake_cdk(tmp_path, f"sleep 60 & echo $! > {child}; echo ' ✅  S'; wait")
    cdk = dataclasses.replace(cdk, console=InterruptedConsole())
    with pytest.raises(KeyboardInterrupt):
        cdk.deploy()
    pid = int(child.read_text())
    deadline = time.monotonic() + 5
    while _alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _alive(pid)


class InterruptedConsole(Console):
    """Presses Ctrl-C at the first note."""

    def note(self, text: str) -> None:
        raise KeyboardInterrupt


def _alive(pid: int) -> bool:
    with contextlib.suppress(OSError):  # no such process
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


@pytest.mark.parametrize(
    ("error", "status", "says"),
    [
        (
            DemoError("it broke", remedy="fix it", tail="last line"),
            1,
            "FAILED: it broke. To fix it: fix it.",
        ),
        (refusal(message="stop"), 1, "an AWS call of the demo itself failed"),
        (KeyboardInterrupt(), 130, "Interrupted; nothing is still running."),
    ],
)
def test_every_failure_stops_the_server_and_is_told_in_a_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    status: int,
    says: str,
) -> None:
    stopped = []

    class Server:
        endpoint_url, account, region = "https://127.0.0.1:1", "111122223333", "us-east-1"

        def start(self) -> Server:
            return self

        def stop(self) -> None:
            stopped.append(True)

    monkeypatch.setattr(command, "LocalAws", lambda port: Server())
    monkeypatch.setattr(command, "tool_environment", lambda environment: {})
    monkeypatch.setattr(command, "run", raising(error))  # type: ignore[arg-type]  # KeyboardInterrupt is raised too
    before = signal.getsignal(signal.SIGINT)
    try:
        assert command._guarded(Console(), port=0, keep_running=False) == status
    finally:
        signal.signal(signal.SIGINT, before)
    said = capsys.readouterr().out
    assert says in said
    assert "Traceback" not in said
    assert stopped == [True]


def test_a_busy_port_is_one_line() -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-m", "examples.demo", "--port", port],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == ""
    failure = [line for line in done.stdout.splitlines() if "FAILED" in line]
    assert len(failure) == 1
    assert port in failure[0]


# ---------------------------------------------------------------------------------------------------- keeping
def test_the_kept_environment_can_be_sourced(tmp_path: Path) -> None:
    file = tmp_path / "environment.sh"
    write_environment(file, {"AWS_REGION": "us-east-1", "ODD": "it's $HOME"})
    echoed = subprocess.run(
        ["sh", "-c", f'. {file}; printf %s "$AWS_REGION|$ODD"'], capture_output=True, text=True, check=True
    )
    assert echoed.stdout == "us-east-1|it's $HOME"


def test_keeping_says_how_to_use_and_how_to_stop() -> None:
    said = how_to_use(Path("e.sh"), 4711, "https://127.0.0.1:1", {"app": "arn:app"})
    for part in ("source e.sh", "kill 4711", "arn:app", "https://127.0.0.1:1"):
        assert part in said
