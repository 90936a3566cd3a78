"""How long a scan of code takes for a megabyte, alone and in a review of the assembly that deploys the code.

    python -m benchmarks.code FOLDER... [--runs 3]

Each folder becomes the asset of a function, as the CDK writes it, and its code counts as the application's
own. To measure a package of PyPI, install it without others: ``pip install --no-deps --target FOLDER NAME``.
The seconds are those of the processor of a whole process, less those of the same command on a function of one
line. They are set beside Python's own ``ast``, which the scan can't do without.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.measure import machine, measured, say
from constructs_lib.code._languages import language_of

_ROLE = {
    "Type": "AWS::IAM::Role",
    "Properties": {
        "AssumeRolePolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": "sts:AssumeRole",
                    "Principal": {"Service": "lambda.amazonaws.com"},
                }
            ],
        }
    },
}


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path, help="folders of code")
    parser.add_argument("--runs", type=int, default=3, help="runs of which the median counts (default: 3)")
    args = parser.parse_args()
    where = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ours = shutil.which("bedrock-planes", path=where)
    if ours is None:
        sys.stderr.write("bedrock-planes is not installed; run `make setup`\n")
        return 2
    say("machine", machine())
    for folder in args.folders:
        with tempfile.TemporaryDirectory() as name:
            _measure(ours, folder, Path(name), args.runs)
    return 0


def _measure(ours: str, folder: Path, work: Path, runs: int) -> None:
    """Measure one folder, and an empty function beside it."""
    size = write_assembly(work / "cdk.out", folder)
    (work / "empty").mkdir()
    (work / "empty" / "index.py").write_text("handler = print\n", encoding="utf-8")
    write_assembly(work / "cdk.empty", work / "empty")
    asset = next((work / "cdk.out").glob("asset.*"))
    review, scan = [], []
    for _ in range(runs):
        whole = measured([ours, "review", str(work / "cdk.out"), "--code"])
        review.append(whole.cpu - measured([ours, "review", str(work / "cdk.empty"), "--code"]).cpu)
        alone = measured([ours, "scan", str(asset)])
        scan.append(alone.cpu - measured([ours, "scan", str(work / "empty")]).cpu)
    seconds = {
        "review --code": statistics.median(review),
        "scan": statistics.median(scan),
        "ast.parse": _parsed(asset),
    }
    parts = [f"{spent / size * 1e6:.2f} s/MB in {what}" for what, spent in seconds.items()]
    say(folder.name, f"{size / 1e6:.2f} MB: {', '.join(parts)}")


def write_assembly(out: Path, code: Path) -> int:
    """Write an assembly with one function that runs a folder of code; return the bytes of code in it."""
    digest = hashlib.sha256(str(code).encode()).hexdigest()
    asset = out / f"asset.{digest}"
    size = 0
    for path in sorted(code.rglob("*")):
        if path.is_file() and language_of(str(path), b"") is not None and "site-packages" not in path.parts:
            target = asset / path.relative_to(code)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
            size += path.stat().st_size
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": "python3.13",
            "Handler": "index.handler",
            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            "Code": {"S3Bucket": "assets", "S3Key": f"{digest}.zip"},
        },
    }
    stack = {"type": "aws:cloudformation:stack", "properties": {"templateFile": "App.template.json"}}
    place = {"here": {"bucketName": "assets", "objectKey": f"{digest}.zip"}}
    file = {"source": {"path": asset.name, "packaging": "zip"}, "destinations": place}
    written = {
        "App.template.json": {"Resources": {"Function": function, "Role": _ROLE}},
        "App.assets.json": {
            "version": "36.0.0",
            "files": {digest: file},
        },
        "manifest.json": {"version": "36.0.0", "artifacts": {"App": stack}},
    }
    for name, content in written.items():
        (out / name).write_text(json.dumps(content), encoding="utf-8")
    return size


def _parsed(folder: Path) -> float:
    """Return the seconds of the processor in which Python parses its files in a folder."""
    texts = [path.read_text("utf-8", "replace") for path in folder.rglob("*.py")]
    start = time.process_time()
    for text in texts:
        try:
            ast.parse(text)
        except (SyntaxError, ValueError):  # the scan leaves it out as well
            continue
    return time.process_time() - start


if __name__ == "__main__":
    sys.exit(main())
