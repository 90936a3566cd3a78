"""How fast the review is, beside cfn-lint, cloudsplaining and parliament on the same files in the same run.

    python -m benchmarks.review [--count 1000] [--kilobytes 250] [--sample 3]

Every figure is of whole processes, started by this one. CPU is user and system time of a process and its
workers: on a busy machine it is the figure to compare. MB are millions of bytes of templates as they lie on
the disk. :mod:`benchmarks.templates` says what is in them, :mod:`benchmarks.peers` how the peers are
installed and what they are given.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import Measured, machine, measured, say
from benchmarks.peers import compare
from benchmarks.templates import MIXES, Mix, template, text_of, write_batch


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--count", type=int, default=1000, help="templates in a batch (default: 1000)")
    parser.add_argument("--kilobytes", type=int, default=250, help="size of each (default: 250)")
    parser.add_argument("--sample", type=int, default=3, help="files for each peer (default: 3; 0: no peers)")
    args = parser.parse_args()
    where = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ours = shutil.which("bedrock-planes", path=where)
    if ours is None:
        sys.stderr.write("bedrock-planes is not installed; run `make setup`\n")
        return 2
    say("machine", machine())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _single(ours, folder)
        for mix in MIXES:
            _mix(ours, folder, mix, args.count, args.kilobytes * 1000)
        if args.sample:
            compare(sorted((folder / "app").glob("*.json"))[: args.sample], folder)
    return 0


def _single(ours: str, folder: Path) -> None:
    """Measure one template of 300 resources, text on standard output as a person calls it."""
    for mix in MIXES:
        path = folder / f"one-{mix}.template.json"
        path.write_text(text_of(template(0, 300, mix=mix)), encoding="utf-8")
        command = [ours, "review", str(path)]
        measured(command)
        runs = [measured(command) for _ in range(7)]
        wall, cpu = (statistics.median(run[index] for run in runs) for index in (0, 1))
        size = path.stat().st_size
        say(f"one template, 300 resources ({mix})", f"{wall:.3f} s wall, {cpu:.3f} s CPU ({size:,} bytes)")


def _mix(ours: str, folder: Path, mix: Mix, count: int, size: int) -> None:
    """Measure a batch, and its first half to see whether time grows with the size alone."""
    batch = folder / mix
    total = write_batch(batch, count, size, mix)
    half = folder / f"{mix}-half"
    half.mkdir()
    for path in sorted(batch.glob("*.json"))[: count // 2]:
        (half / path.name).hardlink_to(path)
    first = _batch(ours, folder, half)
    whole = _batch(ours, folder, batch)
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    principals = report["summary"]["principals"]
    say(
        f"{count} templates of {size // 1000} KB ({mix})",
        f"{whole.wall:.1f} s wall, {whole.cpu:.1f} s CPU, {whole.memory:.0f} MB: "
        f"{total / whole.wall / 1e6:.1f} MB/s, {principals / whole.wall:,.0f} principals/s",
    )
    say(
        f"  CPU alone, {mix}",
        f"{total / whole.cpu / 1e6:.1f} MB and {principals / whole.cpu:,.0f} principals per second of CPU; "
        f"{count // 2} templates {first.cpu:.1f} s, {count} {whole.cpu:.1f} s (x{whole.cpu / first.cpu:.2f})",
    )


def _batch(ours: str, folder: Path, batch: Path) -> Measured:
    output = str(folder / "report.json")
    return measured(
        [ours, "review", str(batch), "--format", "json", "--output", output, "--fail-on", "never"]
    )


if __name__ == "__main__":
    sys.exit(main())
