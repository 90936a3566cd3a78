"""The work of a scan grows with the code, not with the calls of what is no part of Bedrock."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from benchmarks.code import write_assembly
from constructs_lib.code import scan
from constructs_lib.code._machine import Machine
from constructs_lib.review import Options
from constructs_lib.review.batch import review_paths

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

_HEAD = 'import boto3\n\nruntime = boto3.client("bedrock-runtime")\n\n\ndef wide(text):\n'
_CALLER = """

def ask_{0}(text):
    wide("{0}")
    return runtime.converse(modelId="amazon.nova-lite-v1:0", messages=[text])
"""


def _steps(folder: Path, monkeypatch: pytest.MonkeyPatch, callers: int) -> int:
    """Return how many nodes are evaluated where all functions call one that has nothing of Bedrock."""
    path = folder / f"app_{callers}.py"
    body = "".join(f"    part_{n} = text.replace('{n}', '')\n" for n in range(40))
    path.write_text(_HEAD + body + "".join(map(_CALLER.format, range(callers))), encoding="utf-8")
    steps = 0
    evaluate = Machine.evaluate

    def counted(self: Machine, *args: object) -> object:
        nonlocal steps
        steps += 1
        return evaluate(self, *args)  # type: ignore[arg-type] # handed on as they are

    with monkeypatch.context() as patched:
        patched.setattr(Machine, "evaluate", counted)
        found = scan([str(path)])
    assert len(found.calls) == callers
    return steps


def test_what_gives_nothing_is_not_followed_for_each_caller(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few, many = (_steps(tmp_path, monkeypatch, callers) for callers in (20, 60))
    assert (many - few) / 40 < 60, "a caller takes the steps of its own body, not those of the helper"


def test_what_makes_clients_is_followed_for_each_caller(tmp_path: Path) -> None:
    calls = [
        ("bedrock-runtime", "converse"),
        ("bedrock", "list_guardrails"),
        ("bedrock-agent", "list_agents"),
        ("bedrock-agent-runtime", "retrieve"),
    ] * 10
    body = "".join(f"    part_{n} = name.replace('{n}', '')\n" for n in range(40))
    text = f"import boto3\n\n\ndef make(name):\n{body}    return boto3.client(name)\n"
    for number, (client, method) in enumerate(calls):
        text += f"\n\ndef ask_{number}():\n    make('{client}').{method}()\n"
    path = tmp_path / "app.py"
    path.write_text(text, "utf-8")
    found = [(call.client, call.right) for call in scan([str(path)]).calls]
    assert found == [(client, None) for client, _ in calls]


def test_the_asset_of_the_measurement_is_read_as_a_functions_own_code(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "index.py").write_text(_HEAD + "    pass\n" + _CALLER.format(0), encoding="utf-8")
    size = write_assembly(tmp_path / "cdk.out", tmp_path / "app")
    report = review_paths([str(tmp_path / "cdk.out")], Options(code=True))
    assert size == (tmp_path / "app" / "index.py").stat().st_size
    assert [finding.rule for finding in report.findings].count("BP602") == 1


def test_lists_that_double_in_a_loop_stay_short(tmp_path: Path) -> None:
    rows = "".join(f"    rows = [*rows, *rows, {n}]\n    held = [held, held, rows]\n" for n in range(40))
    call = "    runtime.converse(modelId='amazon.nova-lite-v1:0', messages=held)\n"
    text = f"{_HEAD}    rows, held = [text], []\n{rows}{call}"
    path = tmp_path / "app.py"
    path.write_text(text, "utf-8")
    started = time.process_time()
    assert [call.operation for call in scan([str(path)]).calls] == ["Converse"]
    assert time.process_time() - started < 5, "it would take hours"


def test_calls_of_one_line_have_one_order(tmp_path: Path) -> None:
    regions = ["us-east-1", "us-east-2", "us-west-2", "eu-west-1", "eu-west-2", "eu-central-1", "sa-east-1"]
    calls = [f"boto3.client('bedrock', region_name='{region}').list_guardrails()" for region in regions]
    path = tmp_path / "app.py"
    path.write_text(f"import boto3\n\n{'; '.join(calls)}\n", "utf-8")
    assert [call.region for call in scan([str(path)]).calls] == sorted(regions)
