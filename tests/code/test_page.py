"""The page on scan shows what the command prints."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from constructs_lib.cli import main
from tests.test_project import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_the_page_shows_what_the_command_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    blocks = re.findall(r"```\w+\n(.*?)```", (ROOT / "docs/scan.md").read_text("utf-8"), re.DOTALL)
    code, printed, grants = blocks
    (tmp_path / "chat.py").write_text(code)
    monkeypatch.chdir(tmp_path)
    assert main(["scan", "chat.py"]) == 1
    assert capsys.readouterr().out == printed
    assert main(["scan", "chat.py", "--grants"]) == 1
    assert capsys.readouterr().out == grants
