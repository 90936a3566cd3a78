"""An app to run as a process: ``python planted_app.py FOLDER HOW``, by itself or under the CDK CLI."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import aws_cdk as cdk

from constructs_lib import review
from constructs_lib.checks import BedrockPlaneChecks, synth_or_exit
from tests.checks.crossings import build

HOWS = ("crossing", "sound", "broken")


def broken(*_: Any) -> None:
    """Replace the review by one that crashes."""
    raise KeyError("boom")


def main(folder: str, how: str) -> None:
    """Synthesize an app with a planted crossing, with none in force, or with a review that crashes."""
    app = build("inline policy", Path(os.environ.get("CDK_OUTDIR", folder)))
    if how == "broken":
        vars(review)["review"] = broken
    cdk.Validations.of(app).add_plugins(BedrockPlaneChecks(off=["BP101"] if how == "sound" else []))
    synth_or_exit(app)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
