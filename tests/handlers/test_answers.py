"""The answer to CloudFormation, and what each function is packed with."""

from __future__ import annotations

import io
import json
import urllib.request
from typing import TYPE_CHECKING

import aws_cdk as cdk
import pytest
from aws_cdk import aws_logs as logs

from constructs_lib import InvocationLogging
from constructs_lib.handlers import answers
from tests.cdk import ACCOUNT, REGION

if TYPE_CHECKING:
    from pathlib import Path

EVENT = {
    "ResponseURL": "https://cloudformation.example",
    "StackId": "arn:aws:cloudformation:us-east-1:111122223333:stack/s/1",
    "RequestId": "r",
    "LogicalResourceId": "L",
}


@pytest.mark.parametrize("letter", ["a", "ß", "語", "🙂", '"', "\\", "\n"])
def test_a_reason_of_any_length_and_script_fits(monkeypatch: pytest.MonkeyPatch, letter: str) -> None:
    sent: list[bytes] = []

    def urlopen(request: urllib.request.Request, timeout: float) -> io.BytesIO:
        assert isinstance(request.data, bytes)
        sent.append(request.data)
        return io.BytesIO()

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    answers.send(EVENT, None, "FAILED", letter * 5000, physical_id="p", data={"A": "b"})
    assert 3000 < len(sent[0]) <= 4096
    assert json.loads(sent[0])["Reason"].startswith(letter)


def test_a_function_is_packed_with_its_own_module_and_the_answer(tmp_path: Path) -> None:
    app = cdk.App(outdir=str(tmp_path))
    stack = cdk.Stack(app, "S", env=cdk.Environment(account=ACCOUNT, region=REGION))
    InvocationLogging(stack, "Logging", log_group=logs.LogGroup(stack, "Calls"))
    app.synth()
    [asset] = tmp_path.glob("asset.*")
    assert {path.name for path in asset.rglob("*") if path.is_file()} == {
        "__init__.py",
        "answers.py",
        "invocation_logging.py",
    }
