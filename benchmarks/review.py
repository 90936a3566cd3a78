"""How fast the review is, beside cfn-lint, cloudsplaining and parliament on the same files in the same run.

    python benchmarks/review.py [--count 1000] [--kilobytes 250] [--peers DIRECTORY]

cloudsplaining and parliament pin versions of their own, so they get an environment of their own:

    python -m venv .cache/peers && .cache/peers/bin/pip install cfn-lint cloudsplaining parliament
    python benchmarks/review.py --peers .cache/peers/bin

cloudsplaining and parliament read policies, not templates: they get the same policy documents, extracted
beforehand. Peers measure a sample, and the figure is per file.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from templates import template, write_batch

_SAMPLE = 3
_SLOW = 600


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=1000, help="templates in the batch (default: 1000)")
    parser.add_argument("--kilobytes", type=int, default=250, help="size of each (default: 250)")
    parser.add_argument("--peers", type=Path, help="folder of the executables of the peers")
    args = parser.parse_args()
    ours = shutil.which(
        "bedrock-planes", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    )
    if ours is None:
        sys.stderr.write("bedrock-planes is not installed; run `make setup`\n")
        return 2
    with tempfile.TemporaryDirectory() as folder:
        _single(ours, Path(folder))
        _batch(ours, Path(folder), args.count, args.kilobytes * 1000)
        _peers(args.peers, Path(folder))
    return 0


def _timed(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, timeout=_SLOW)  # noqa: S603 - the tools measured
    return time.perf_counter() - start


def _say(label: str, text: str) -> None:
    sys.stdout.write(f"{label:<34} {text}\n")
    sys.stdout.flush()


def _single(ours: str, folder: Path) -> None:
    path = folder / "one.template.json"
    path.write_text(json.dumps(template(0, 300)), encoding="utf-8")
    command = [ours, "review", str(path)]
    _timed(command)
    times = [_timed(command) for _ in range(7)]
    _say(
        "one template, 300 resources",
        f"{statistics.median(times):.3f} s, whole process ({path.stat().st_size:,} bytes)",
    )


def _batch(ours: str, folder: Path, count: int, size: int) -> None:
    batch = folder / "batch"
    batch.mkdir()
    total = write_batch(batch, count, size)
    output = folder / "report.json"
    taken = _timed(
        [ours, "review", str(batch), "--format", "json", "--output", str(output), "--fail-on", "never"]
    )
    principals = json.loads(output.read_text(encoding="utf-8"))["summary"]["principals"]
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    _say(
        f"{count} templates of {size // 1000} KB",
        f"{taken:.1f} s: {total / taken / 1e6:.1f} MB/s, {principals / taken:,.0f} principals/s, "
        f"largest process {memory:.0f} MB, {os.cpu_count()} cores",
    )


def _peers(peers: Path | None, folder: Path) -> None:
    """Measure each peer that is there on the first files of the batch."""
    where = os.pathsep.join(
        [*([str(peers)] if peers else []), str(Path(sys.executable).parent), os.environ["PATH"]]
    )
    templates = sorted((folder / "batch").glob("*.json"))[:_SAMPLE]
    policies = _policies(templates, folder)
    tools = {
        "cfn-lint": [["cfn-lint", str(path)] for path in templates],
        "cloudsplaining": [
            ["cloudsplaining", "scan-policy-file", "--input-file", str(path)] for path in policies
        ],
        "parliament": [["parliament", "--file", str(path)] for path in policies],
    }
    for name, commands in tools.items():
        found = shutil.which(name, path=where)
        if found is None:
            _say(name, "not installed (the docstring says how)")
            continue
        times = [_timed([found, *command[1:]]) for command in commands]
        unit = "template" if name == "cfn-lint" else "policy of one template"
        _say(name, f"{statistics.median(times):.1f} s for one {unit}, median of {len(times)}")


def _policies(templates: list[Path], folder: Path) -> list[Path]:
    """Write the statements of each template as one policy document."""
    written = []
    for path in templates:
        body = json.loads(path.read_text(encoding="utf-8"))["Resources"]
        statements = [
            {**statement, "Resource": "*"}
            for item in body.values()
            if item["Type"] == "AWS::IAM::Policy"
            for statement in item["Properties"]["PolicyDocument"]["Statement"]
        ]
        target = folder / f"{path.stem}.policy.json"
        target.write_text(json.dumps({"Version": "2012-10-17", "Statement": statements}), encoding="utf-8")
        written.append(target)
    return written


if __name__ == "__main__":
    sys.exit(main())
