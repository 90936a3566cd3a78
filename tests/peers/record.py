"""Record the assembly of the peer that can't share our environment; ``make peers`` runs this.

generative-ai-cdk-constructs pins cdk-nag 2, so it is installed into an environment of its own, whose Python
runs ``python -m tests.peers.record`` from the root of the repository. Only what the review reads is kept:
template, construct paths, and a manifest that names them.
"""

from __future__ import annotations

import json
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import aws_cdk as cdk

__all__ = ["main"]

RECORDED = Path(__file__).parent / "recorded" / "generative_ai"
_PACKAGES = ("cdklabs.generative-ai-cdk-constructs", "aws-cdk-lib", "cdk-nag")
_KEPT = ("aws:cdk:logicalId", "aws:cdk:templateFile")


def main() -> None:
    """Synthesize the app and write the recorded files."""
    from tests.peers.apps import generative_ai

    with tempfile.TemporaryDirectory() as outdir:
        # Lambda layers are not built: that takes Docker, and the review reads no code.
        app = cdk.App(
            outdir=outdir,
            analytics_reporting=False,
            builtin_cloud_formation_validation=False,
            context={"aws:cdk:bundling-stacks": []},
        )
        generative_ai.build(app)
        app.synth()
        folder = Path(outdir)
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
        _write("Peer.template.json", json.loads((folder / "Peer.template.json").read_text("utf-8")))
        _write(
            "Peer.metadata.json", _metadata(json.loads((folder / "Peer.metadata.json").read_text("utf-8")))
        )
    kept = ("type", "environment", "properties", "displayName", "additionalMetadataFile")
    stack = {key: value for key, value in manifest["artifacts"]["Peer"].items() if key in kept}
    stack["properties"] = {"templateFile": stack["properties"]["templateFile"]}
    _write("manifest.json", {"version": manifest["version"], "artifacts": {"Peer": stack}})
    _write("versions.json", {name: version(name) for name in _PACKAGES})


def _metadata(entries: dict[str, Any]) -> dict[str, Any]:
    """Leave out stack traces, which name the folders of the machine."""
    kept = {path: [item for item in items if item["type"] in _KEPT] for path, items in entries.items()}
    return {path: items for path, items in kept.items() if items}


def _write(name: str, value: object) -> None:
    RECORDED.mkdir(parents=True, exist_ok=True)
    (RECORDED / name).write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
