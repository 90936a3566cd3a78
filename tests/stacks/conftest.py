"""The stacks, synthesized once by app.py for all tests of this folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Synthesis:
    """One run of app.py."""

    folder: Path
    status: int
    error: str

    def template(self, stack: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / f"{stack}.template.json").read_text("utf-8"))
        return found

    @property
    def templates(self) -> dict[str, dict[str, Any]]:
        return {
            path.name.removesuffix(".template.json"): json.loads(path.read_text("utf-8"))
            for path in sorted(self.folder.glob("*.template.json"))
        }


def run(
    folder: Path,
    *,
    validate: bool,
    environment: dict[str, str] | None = None,
    script: str | None = None,
    context: Mapping[str, Any] = MappingProxyType({}),
) -> Synthesis:
    """Run app.py, or a script beside it, as the CDK CLI does: with cdk.json's context and this one."""
    flags = json.loads((ROOT / "cdk.json").read_text("utf-8"))["context"]
    inherited = {
        k: v for k, v in os.environ.items() if not k.startswith(("CDK_DEFAULT", "CDK_CONTEXT", "AWS_"))
    }
    done = subprocess.run(
        [sys.executable, *(["-c", script] if script else [str(ROOT / "app.py")])],
        cwd=ROOT,
        env={
            **inherited,
            "CDK_OUTDIR": str(folder),
            "CDK_CONTEXT_JSON": json.dumps({**flags, **context}),
            **({} if validate else {"CDK_VALIDATION": "false"}),
            **(environment or {}),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    return Synthesis(folder, done.returncode, done.stderr)


@pytest.fixture(scope="session")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    """Agents included, for a named account, validated by CloudFormation's rules and cdk-nag."""
    return run(
        tmp_path_factory.mktemp("everything") / "out",
        validate=True,
        context={"agents-classic": "true", "account": "111122223333", "region": "us-east-1"},
    )


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    """No context at all, as a plain `python app.py`."""
    return run(tmp_path_factory.mktemp("plain") / "out", validate=True)
