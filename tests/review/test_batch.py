"""Several processes give the same report as one."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from constructs_lib.review import Options, batch, to_json

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_processes_do_not_change_the_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for index in range(12):
        statement = {
            "Effect": "Allow",
            "Action": ["bedrock:InvokeModel", f"bedrock:Nothing{index}"],
            "Resource": "*",
        }
        text = json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=1)
        (tmp_path / f"p{index}.json").write_text(text, encoding="utf-8")
    (tmp_path / "broken.json").write_text('{"Version": "2012-10-17", "Statement"', encoding="utf-8")
    (tmp_path / "empty").mkdir()
    # A folder with nothing to review, and a file that lies in another folder of the call.
    paths = [str(tmp_path), str(tmp_path / "empty"), str(tmp_path / "p1.json")]
    one = to_json(batch.review_paths(paths, Options()))
    monkeypatch.setattr(batch, "_PARALLEL_BYTES", 1)
    monkeypatch.setattr(batch, "_CHUNK_BYTES", 1)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0, 1}, raising=False)
    shares = batch._chunks(paths)
    assert len(shares) > 1  # it is worth several processes, or this compares nothing
    assert to_json(batch.review_paths(paths, Options())) == one
    report = json.loads(one)
    assert report["summary"]["principals"] == 12
    faults = {item["path"]: item["error"] for item in report["inputs"] if item["error"]}
    assert faults.keys() == {str(tmp_path / "broken.json"), str(tmp_path / "empty")}
    assert faults[str(tmp_path / "empty")].startswith("nothing to review in this folder; give")
