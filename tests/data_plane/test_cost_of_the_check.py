"""The check of the finished templates costs little: it runs in every synthesis of every app with a role."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from constructs_lib import AppRole
from constructs_lib.data_plane import template_check

ROOT = Path(__file__).resolve().parents[2]
LAMBDA = iam.ServicePrincipal("lambda.amazonaws.com")
NOVA = "amazon.nova-lite-v1:0"
ROLES = 20
LIMIT = 0.15
"""Seconds for an app of twenty roles."""


def synthesize() -> None:
    """Synthesize an app once, and print what its one check takes: of the processor, and on the clock."""
    check: Any = template_check._TemplateCheck
    validate = check.validate

    def timed(self: object, context: object) -> object:
        processor, clock = time.process_time(), time.perf_counter()
        report = validate(self, context)
        sys.stdout.write(f"{time.process_time() - processor} {time.perf_counter() - clock}\n")
        return report

    check.validate = timed
    with TemporaryDirectory() as folder:
        app = cdk.App(outdir=folder, builtin_cloud_formation_validation=False, analytics_reporting=False)
        stack = cdk.Stack(app, "S", env=cdk.Environment(account="111122223333", region="us-east-1"))
        for number in range(ROLES):
            role = AppRole(stack, f"R{number}", assumed_by=LAMBDA)
            role.grants.converse(NOVA, streaming=True)
            role.grants.retrieve("KB12345678")
            role.grants.apply_guardrail("abcdef123456")
        app.synth()


def least(runs: int) -> tuple[float, float]:
    """Return the least of some processes, as ``cdk synth`` starts one: other work only ever adds."""
    found = []
    for _ in range(runs):
        done = subprocess.run(
            [sys.executable, "-c", "from tests.data_plane.test_cost_of_the_check import *; synthesize()"],
            check=True,
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        processor, clock = map(float, done.stdout.split()[-2:])
        found.append((processor, clock))
    return min(each[0] for each in found), min(each[1] for each in found)


def test_the_check_of_twenty_roles_takes_little_of_the_processor() -> None:
    """Twice the limit is a fault on any machine."""
    processor, _ = least(1)
    assert processor < 2 * LIMIT


@pytest.mark.prove
def test_the_check_of_twenty_roles_takes_less_than_the_limit() -> None:
    processor, clock = least(5)
    shown = f"{processor * 1000:.0f} ms of the processor, {clock * 1000:.0f} ms in all"
    sys.stdout.write(f"\ncheck of {ROLES} roles: {shown}\n")  # make prove prints figures
    assert processor < LIMIT
