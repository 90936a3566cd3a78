from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import aws_cdk as cdk


@pytest.fixture
def synth() -> Callable[[cdk.App], tuple[bool, list[dict[str, Any]], str]]:
    """Synthesize; return whether it failed, the plugin reports, and the text that a user sees."""

    def run(app: cdk.App) -> tuple[bool, list[dict[str, Any]], str]:
        from pathlib import Path

        text = ""
        try:
            app.synth(force=True)
        except RuntimeError as error:
            text = str(error)
            if not text.startswith("ValidationFailed"):
                raise
        return bool(text), _reports(Path(app.outdir)), text

    return run


def _reports(outdir: Path) -> list[dict[str, Any]]:
    path = outdir / "validation-report.json"
    return list(json.loads(path.read_text("utf-8"))["pluginReports"]) if path.exists() else []
