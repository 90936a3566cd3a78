"""What the review adds to a synthesis: an app of 500 resources with and without ``BedrockPlaneChecks``.

    JSII_NODE=.venv/bin/node .venv/bin/python -m benchmarks.synth_overhead [--runs 7] [--resources 500]

Each run is a process of its own, as ``cdk synth`` starts one; with and without alternate, so that a busy
machine disturbs both alike. Shown are medians: wall time, and CPU time of Python and Node together, which
other work on the machine changes less. A second pair of figures leaves out the start of the interpreters and
the CDK's own validation of the templates: what the plugin takes of the synthesis alone, in a warm process.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LIMIT = 5.0
"""Percent of a synthesis that the plugin may add."""


def build(resources: int, outdir: str, *, checked: bool, builtin: bool = True) -> object:
    """Return an app: a fifth roles that serve requests, a fifth their policies, the rest topics."""
    import aws_cdk as cdk  # noqa: PLC0415 - the parent process measures without it
    from aws_cdk import aws_iam as iam  # noqa: PLC0415 - as above
    from aws_cdk import aws_sns as sns  # noqa: PLC0415 - as above

    app = cdk.App(outdir=outdir, analytics_reporting=False, builtin_cloud_formation_validation=builtin)
    stack = cdk.Stack(app, "Benchmark")
    model = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"
    actions = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]
    for number in range(resources // 5):
        role = iam.Role(stack, f"Role{number}", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        role.add_to_policy(iam.PolicyStatement(actions=actions, resources=[model]))
        for topic in range(3):
            sns.CfnTopic(stack, f"Topic{number}x{topic}")
    if checked:
        from constructs_lib.checks import BedrockPlaneChecks  # noqa: PLC0415 - what is measured

        cdk.Validations.of(app).add_plugins(BedrockPlaneChecks())
    return app


def child(resources: int, *, checked: bool) -> None:
    """Synthesize once; the parent measures the process."""
    with tempfile.TemporaryDirectory() as outdir:
        build(resources, outdir, checked=checked).synth()  # type: ignore[attr-defined] # an App; see build


def warm(resources: int, runs: int) -> None:
    """Print the seconds of each synthesis in this process, without and with the plugin."""
    seconds: dict[str, list[float]] = {"without": [], "with": []}
    for _ in range(runs + 1):
        for name, times in seconds.items():
            with tempfile.TemporaryDirectory() as outdir:
                started = time.perf_counter()
                build(resources, outdir, checked=name == "with", builtin=False).synth()  # type: ignore[attr-defined] # an App; see build
                times.append(time.perf_counter() - started)
    # The first of each loads modules and tables.
    sys.stdout.write(json.dumps({name: times[1:] for name, times in seconds.items()}))


def process(resources: int, name: str) -> tuple[float, float]:
    """Return wall and CPU seconds of one process."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [
        sys.executable,
        "-m",
        "benchmarks.synth_overhead",
        "--child",
        name,
        "--resources",
        str(resources),
    ]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL, env=os.environ)  # noqa: S603 - ourselves
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def line(label: str, without: list[float], checked: list[float]) -> float:
    """Print one comparison of medians and return the percentage added."""
    base, more = statistics.median(without), statistics.median(checked)
    added = 100 * (more - base) / base
    sys.stdout.write(f"{label:<34} {base:7.2f} s without  {more:7.2f} s with  {added:+5.1f} %\n")
    return added


def main() -> int:
    """Measure and print; exit with 1 when the plugin adds more than its limit to the CPU time."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--resources", type=int, default=500)
    parser.add_argument("--child", choices=("with", "without", "warm"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child == "warm":
        warm(args.resources, args.runs)
        return 0
    if args.child:
        child(args.resources, checked=args.child == "with")
        return 0
    process(args.resources, "with")  # fills the caches of the disk
    measured: dict[str, list[tuple[float, float]]] = {"without": [], "with": []}
    for _ in range(args.runs):
        for name, times in measured.items():
            times.append(process(args.resources, name))
    sys.stdout.write(f"{args.resources} resources, {args.runs} runs each, medians\n")
    line("whole process, wall", *([wall for wall, _ in times] for times in measured.values()))
    added = line("whole process, CPU", *([cpu for _, cpu in times] for times in measured.values()))
    command = [sys.executable, "-m", "benchmarks.synth_overhead", "--child", "warm"]
    command += ["--runs", str(args.runs), "--resources", str(args.resources)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 - ourselves
    times = json.loads(output)
    line("warm, without CDK's validation", times["without"], times["with"])
    sys.stdout.write(f"limit: {LIMIT} % of the whole process\n")
    return int(added > LIMIT)


if __name__ == "__main__":
    # ``python -m`` puts the current folder first; the parent's own folder must be the repository.
    sys.path.insert(0, str(Path(__file__).parent.parent))
    raise SystemExit(main())
