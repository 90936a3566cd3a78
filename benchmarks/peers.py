"""cfn-lint, cloudsplaining and parliament on the files that the review was measured on.

cfn-lint reads templates and comes with the development packages. cloudsplaining and parliament pin versions
of their own, so the benchmark installs them, as ``peers.txt`` pins them, into an environment under
``.cache/bench-peers``. They read policies, not templates: each gets the policy documents of a template as one
document, intrinsics replaced by ``*``, extracted before its clock starts.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

from benchmarks.measure import measured, say

__all__ = ["compare"]

_ROOT = Path(__file__).resolve().parent.parent
_PINS = Path(__file__).with_name("peers.txt")


def compare(templates: list[Path], folder: Path) -> None:
    """Measure each peer on the templates, one process a file, and print seconds per file."""
    policies = [_policy(path, folder) for path in templates]
    found = shutil.which("cfn-lint", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if found is None:
        say("cfn-lint", "not installed; run `make setup`")
    else:
        _measure("cfn-lint", [[found, str(path)] for path in templates], templates, "template")
    home = _installed()
    calls = {"cloudsplaining": ["scan-policy-file", "--input-file"], "parliament": ["--file"]}
    for name, arguments in calls.items():
        if home is None:
            say(name, "could not be installed (no package index?)")
            continue
        runs = [[str(home / "bin" / name), *arguments, str(path)] for path in policies]
        _measure(name, runs, policies, "policies of a template")


def _measure(name: str, commands: list[list[str]], files: list[Path], unit: str) -> None:
    results = [measured(command) for command in commands]
    wall = statistics.median(result.wall for result in results)
    cpu = statistics.median(result.cpu for result in results)
    size = statistics.mean(path.stat().st_size for path in files)
    say(
        name,
        f"{wall:.2f} s wall, {cpu:.2f} s CPU per file ({unit}, {size / 1000:.0f} KB): "
        f"{size / cpu / 1e6:.3f} MB per second of CPU, median of {len(files)}",
    )


def _installed() -> Path | None:
    """Return the environment of the peers, made when it isn't there or its pins have changed."""
    home = _ROOT / ".cache" / "bench-peers"
    mark = home / "pins.txt"
    pins = _PINS.read_text(encoding="utf-8")
    if mark.is_file() and mark.read_text(encoding="utf-8") == pins:
        return home
    venv.create(home, clear=True, with_pip=True)
    pip = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run([*pip, "--no-deps", "-r", str(_PINS)], check=False, capture_output=True)  # noqa: S603 - pinned packages
    if done.returncode:
        return None
    mark.write_text(pins, encoding="utf-8")
    return home


def _policy(path: Path, folder: Path) -> Path:
    """Write the statements of a template's policies as one policy document."""
    resources = json.loads(path.read_text(encoding="utf-8"))["Resources"]
    statements = [
        {**statement, "Resource": _plain(statement["Resource"])}
        for item in resources.values()
        if item["Type"] == "AWS::IAM::Policy"
        for statement in item["Properties"]["PolicyDocument"]["Statement"]
    ]
    target = folder / f"{path.stem}.policy.json"
    target.write_text(json.dumps({"Version": "2012-10-17", "Statement": statements}), encoding="utf-8")
    return target


def _plain(node: Any) -> str:
    """Return a resource with what only a template's reader can resolve replaced by ``*``."""
    if isinstance(node, str):
        return node
    joined = node.get("Fn::Join", ["", []])[1]
    if "Fn::Sub" in node:
        return str(node["Fn::Sub"]).replace("${AWS::Partition}", "aws").replace("${AWS::Region}", "us-east-1")
    tail = "".join(part if isinstance(part, str) else "*" for part in joined)
    return f"arn:aws:s3:::{tail}" if joined else "arn:aws:sqs:us-east-1:111122223333:*"
