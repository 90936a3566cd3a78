"""The HTML report in headless Chromium: what a reviewer does with it, in both themes, on a phone and a desk.

The browser is Debian's package ``chromium``; ``.ci/run`` installs it and then requires these tests by
``BEDROCK_PLANES_BROWSER=required``.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.review import Report, review
from constructs_lib.review.render import render
from constructs_lib.templates import read, read_document
from tests.review.render.test_html import HOSTILE, role
from tests.stacks.conftest import run

if TYPE_CHECKING:
    from collections.abc import Callable

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
ROOT = Path(__file__).parents[2]
VISIT = Path(__file__).with_name("visit.mjs")

pytestmark = pytest.mark.skipif(
    BROWSER is None and os.environ.get("BEDROCK_PLANES_BROWSER") != "required",
    reason="needs Debian's package `chromium`, which `.ci/run` installs",
)


def _many(_folder: Path) -> Report:
    resources = {}
    for number in range(500):
        model = f"arn:aws:bedrock:us-east-1:111122223333:provisioned-model/m{number % 7}"
        resources[f"Role{number}"] = role(["bedrock:InvokeModel", "bedrock:GetGuardrail"], [model])
    return review(read_document({"Resources": resources}, "t.json"))


def _hostile(_folder: Path) -> Report:
    resources = {name: role(["bedrock:InvokeModel", "bedrock:UpdateGuardrail"], ["*"]) for name in HOSTILE}
    return review(read_document({"Resources": resources}, "t.json"))


def _stacks(folder: Path) -> Report:
    assert run(folder / "cdk.out", validate=False).status == 0
    return review(read([str(folder / "cdk.out")]))


def node() -> str:
    """Return the Node.js that drives the browser."""
    return os.environ.get("JSII_NODE") or shutil.which("node") or "node"


def _visit(page: str, folder: Path) -> dict[str, Any]:
    assert BROWSER is not None
    path = folder / "report.html"
    path.write_text(page, encoding="utf-8")
    done = subprocess.run(
        [node(), str(VISIT), BROWSER, str(path), "-", "wide-light,narrow-dark"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    ("make", "has_findings"),
    [(_stacks, False), (_many, True), (_hostile, True)],
    ids=["stacks", "500", "hostile"],
)
def test_a_reviewer_can_use_the_page(
    make: Callable[[Path], Report], has_findings: bool, tmp_path: Path
) -> None:
    report = make(tmp_path)
    found = _visit(render(report, "html"), tmp_path)
    assert (found["console"], found["requests"]) == ([], [])
    assert found["overflow"] == []
    assert found["violations"] == []
    steps = found["steps"]
    assert bool(report.findings) is has_findings
    shown, errors, nothing = (steps[name] for name in ("all", "errors", "nothing"))
    for text, visible in (shown, errors, nothing):
        assert text == f"{visible} finding{'' if visible == 1 else 's'} shown"
    assert (errors[1] <= shown[1], nothing[1]) == (True, 0)
    if has_findings:
        assert shown[1] > 0
        assert steps["skip"] == "Skip to the details"
        assert steps["followed"] == ["ARTICLE", True]
        assert steps["linked"]
        assert steps["inSight"]
