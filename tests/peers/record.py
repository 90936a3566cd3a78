"""Record what the peers make; ``make peers`` runs this.

generative-ai-cdk-constructs pins cdk-nag 2, so it is installed into an environment of its own, whose Python
runs ``python -m tests.peers.record`` from the root of the repository. Of its app with every grant only what
the review reads is kept: template, construct paths, and a manifest that names them. Of the apps in ``rag``
the template is kept.
"""

from __future__ import annotations

import importlib
import json
import re
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import aws_cdk as cdk

__all__ = ["main", "rag_template"]

RECORDED = Path(__file__).parent / "recorded" / "generative_ai"
_RAG = Path(__file__).parent / "recorded" / "rag"
_PACKAGES = ("cdklabs.generative-ai-cdk-constructs", "aws-cdk-lib", "cdk-nag")
_RAG_PACKAGES = ("aws-cdk.aws-bedrock-alpha", "aws-cdk-lib", "cdklabs.generative-ai-cdk-constructs")
_KEPT = ("aws:cdk:logicalId", "aws:cdk:templateFile")


def main() -> None:
    """Synthesize the app and write the recorded files."""
    from tests.peers.apps import generative_ai

    with tempfile.TemporaryDirectory() as outdir:
        app = _app(outdir)
        generative_ai.build(app)
        app.synth()
        folder = Path(outdir)
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
        _write(RECORDED, "Peer.template.json", json.loads((folder / "Peer.template.json").read_text("utf-8")))
        _write(
            RECORDED,
            "Peer.metadata.json",
            _metadata(json.loads((folder / "Peer.metadata.json").read_text("utf-8"))),
        )
    kept = ("type", "environment", "properties", "displayName", "additionalMetadataFile")
    stack = {key: value for key, value in manifest["artifacts"]["Peer"].items() if key in kept}
    stack["properties"] = {"templateFile": stack["properties"]["templateFile"]}
    _write(RECORDED, "manifest.json", {"version": manifest["version"], "artifacts": {"Peer": stack}})
    _write(RECORDED, "versions.json", {name: version(name) for name in _PACKAGES})
    for peer in ("bedrock_alpha_open_search", "generative_ai_open_search", "generative_ai_s3_vectors"):
        _write(_RAG, f"{peer}.template.json", rag_template(peer))
    _write(_RAG, "versions.json", {name: version(name) for name in _RAG_PACKAGES})


def _app(outdir: str) -> cdk.App:
    # Lambda layers are not built: that takes Docker, and the review reads no code.
    return cdk.App(
        outdir=outdir,
        analytics_reporting=False,
        builtin_cloud_formation_validation=False,
        context={"aws:cdk:bundling-stacks": []},
    )


def rag_template(peer: str) -> dict[str, Any]:
    """Synthesize one of the apps in ``rag``."""
    with tempfile.TemporaryDirectory() as outdir:
        app = _app(outdir)
        stack = cdk.Stack(app, "Rag", env=cdk.Environment(account="111122223333", region="us-east-1"))
        importlib.import_module(f"tests.peers.rag.{peer}").build(stack)
        text = json.dumps(app.synth().get_stack_by_name("Rag").template)
    # The hash of a function's code says nothing about the template, and aws-bedrock-alpha gives the same
    # guardrail's version another id at each synthesis.
    text = re.sub(r"\b[0-9a-f]{64}\b", "ASSET", text)
    return dict(json.loads(re.sub(r"(?<=GuardrailVersion)[0-9a-f]{16}[0-9A-F]{8}\b", "HASH", text)))


def _metadata(entries: dict[str, Any]) -> dict[str, Any]:
    """Leave out stack traces, which name the folders of the machine."""
    kept = {path: [item for item in items if item["type"] in _KEPT] for path, items in entries.items()}
    return {path: items for path, items in kept.items() if items}


def _write(folder: Path, name: str, value: object) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
