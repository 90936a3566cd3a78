"""What the review adds to a synthesis: an app of 500 resources with and without ``BedrockPlaneChecks``.

    JSII_NODE=.venv/bin/node .venv/bin/python -m benchmarks.synth_overhead [--runs 7] [--resources 500]

Each run is a process of its own, as ``cdk synth`` starts one; with and without alternate, so that a busy
machine disturbs both alike. Shown are the least of each: wall time, and CPU time of Python and Node
together, since other work on the machine only ever adds. Then what the plugin itself takes in such a process:
loading it, and reviewing; the limit is for that, since whole processes differ by more from run to run. A last
pair of figures leaves out the start of the interpreters and the CDK's own validation of the templates: a warm
process.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

LIMIT = 5.0
"""Percent of the CPU time of a synthesis that the plugin may take."""


def build(resources: int, outdir: str, *, checked: bool, builtin: bool = True) -> object:
    """Return an app: a fifth roles that serve requests, a fifth their policies, the rest topics."""
    import aws_cdk as cdk  # noqa: PLC0415 - the parent process measures without it
    from aws_cdk import aws_iam as iam  # noqa: PLC0415 - the parent process measures without it
    from aws_cdk import aws_sns as sns  # noqa: PLC0415 - the parent process measures without it

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
        build(resources, outdir, checked=checked).synth()  # type: ignore[attr-defined] # an App, which is imported late


def inside(resources: int) -> None:
    """Print the seconds that loading the plugin and reviewing take in a fresh process."""
    import aws_cdk  # noqa: F401, PLC0415 - not the plugin's cost

    started = time.perf_counter()
    from constructs_lib.checks import BedrockPlaneChecks  # noqa: PLC0415 - what is measured

    BedrockPlaneChecks()
    loading, reviewing = time.perf_counter() - started, 0.0
    validate = BedrockPlaneChecks.validate

    def timed(plugin: BedrockPlaneChecks, context: Any) -> Any:
        nonlocal reviewing
        started = time.perf_counter()
        report = validate(plugin, context)
        reviewing = time.perf_counter() - started
        return report

    vars_of: Any = BedrockPlaneChecks
    vars_of.validate = timed
    child(resources, checked=True)
    sys.stdout.write(json.dumps([loading, reviewing]))


def warm(resources: int, runs: int) -> None:
    """Print the seconds of each synthesis in this process, without and with the plugin."""
    seconds: dict[str, list[float]] = {"without": [], "with": []}
    for _ in range(runs + 1):
        for name, times in seconds.items():
            with tempfile.TemporaryDirectory() as outdir:
                started = time.perf_counter()
                build(resources, outdir, checked=name == "with", builtin=False).synth()  # type: ignore[attr-defined] # an App, which is imported late
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
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL, env=os.environ)  # noqa: S603 - this module
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def line(label: str, without: list[float], checked: list[float]) -> float:
    """Print one comparison and return the percentage added."""
    base, more = min(without), min(checked)
    added = 100 * (more - base) / base
    sys.stdout.write(f"{label:<34} {base:7.2f} s without  {more:7.2f} s with  {added:+5.1f} %\n")
    return added


def main() -> int:
    """Measure and print; exit with 1 when the plugin takes more than its limit of a process."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--resources", type=int, default=500)
    parser.add_argument("--child", choices=("with", "without", "inside", "warm"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    children = {
        "warm": lambda: warm(args.resources, args.runs),
        "inside": lambda: inside(args.resources),
        "with": lambda: child(args.resources, checked=True),
        "without": lambda: child(args.resources, checked=False),
    }
    if args.child:
        children[args.child]()
        return 0
    process(args.resources, "with")  # fills the caches of the disk
    measured: dict[str, list[tuple[float, float]]] = {"without": [], "with": []}
    for _ in range(args.runs):
        for name, times in measured.items():
            times.append(process(args.resources, name))
    sys.stdout.write(f"{args.resources} resources, {args.runs} runs each, the least of each\n")
    line("whole process, wall", *([wall for wall, _ in times] for times in measured.values()))
    line("whole process, CPU", *([cpu for _, cpu in times] for times in measured.values()))
    loading, reviewing = (
        min(times) for times in zip(*(output_of(args, "inside") for _ in range(args.runs)), strict=True)
    )
    share = 100 * (loading + reviewing) / min(cpu for _, cpu in measured["without"])
    sys.stdout.write(
        f"the plugin itself: {loading:.3f} s to load, {reviewing:.3f} s to review  {share:+.1f} %\n"
    )
    times = output_of(args, "warm")
    line("warm, without CDK's validation", times["without"], times["with"])
    sys.stdout.write(f"limit: {LIMIT} % of the whole process\n")
    return int(share > LIMIT)


def output_of(args: argparse.Namespace, name: str) -> Any:
    """Return what a child prints."""
    command = [sys.executable, "-m", "benchmarks.synth_overhead", "--child", name]
    command += ["--runs", str(args.runs), "--resources", str(args.resources)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)  # noqa: S603 - this module


if __name__ == "__main__":
    # ``python -m`` puts the current folder first; the parent's own folder must be the repository.
    sys.path.insert(0, str(Path(__file__).parent.parent))
    raise SystemExit(main())
