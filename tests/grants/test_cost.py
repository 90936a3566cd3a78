"""What grants cost: calls into the CDK, and time in the number of roles."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from jsii._kernel.providers import process

from constructs_lib import AppRole
from tests.cdk import Stack

if TYPE_CHECKING:
    from collections.abc import Callable

LAMBDA = iam.ServicePrincipal("lambda.amazonaws.com")
ROOT = Path(__file__).resolve().parents[2]
NOVA = "amazon.nova-lite-v1:0"
# Twenty grants as an application has them; the calls of each, once the role has its policy.
GRANTS: tuple[Callable[[AppRole], object], ...] = (
    lambda r: r.grants.converse(NOVA, streaming=True),
    lambda r: r.grants.invoke(NOVA),
    lambda r: r.grants.converse(f"us.{NOVA}", streaming=True),
    lambda r: r.grants.converse("global.amazon.nova-2-lite-v1:0"),
    lambda r: r.grants.count_tokens(NOVA),
    lambda r: r.grants.invoke_async(NOVA, output="arn:aws:s3:::videos"),
    lambda r: r.grants.responses("openai.gpt-oss-120b-1:0", streaming=True),
    lambda r: r.grants.render_prompt("PROMPT1234", version="1"),
    lambda r: r.grants.apply_guardrail("abcdef123456"),
    lambda r: r.grants.retrieve("KB12345678"),
    lambda r: r.grants.retrieve_and_generate("KB12345678", f"us.{NOVA}"),
    lambda r: r.grants.rerank("amazon.rerank-v1:0"),
    lambda r: r.grants.invoke_agent("AGENT12345/ALIAS12345"),
    lambda r: r.grants.invoke_flow("FLOW123456/ALIAS12345"),
    lambda r: r.grants.flow_executions("FLOW123456/ALIAS12345"),
    lambda r: r.grants.sessions(),
    lambda r: r.grants.data_automation("p123"),
    lambda r: r.grants.invoke_harness("h-1"),
    lambda r: r.grants.memory_events("m-1"),
    lambda r: r.grants.oauth2_token("github", "agent"),
)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Count the messages to the CDK's process."""
    sent: list[object] = []
    original = process._NodeProcess.send

    def send(self: process._NodeProcess, *arguments: object) -> object:
        sent.append(arguments[0])
        return original(self, *arguments)  # type: ignore[arg-type]  # what came in is passed on

    monkeypatch.setattr(process._NodeProcess, "send", send)
    return sent


def test_a_grant_costs_at_most_six_calls_into_the_cdk(calls: list[object]) -> None:
    role = AppRole(Stack(), "R", assumed_by=LAMBDA)
    role.grants.guardrail_checks()  # makes the policy, and asks where the stack is
    role.grants.retrieve("KB12345678")
    role.grants.data_automation("p123", files="docs")  # makes the policy of IAM's stars
    costs = []
    for give in GRANTS:
        calls.clear()
        give(role)
        costs.append(len(calls))
    # The sixth combines the two policies of a verb that needs a star too.
    assert max(costs) <= 6, costs


def test_twenty_grants_of_a_new_role_cost_at_most_six_calls_each(calls: list[object]) -> None:
    role = AppRole(Stack(), "R", assumed_by=LAMBDA)
    calls.clear()
    for give in GRANTS:
        give(role)
    assert len(calls) <= 5 * len(GRANTS)


def synthesize(roles: int) -> None:
    """Synthesize an app of so many roles with twenty grants each."""
    app = cdk.App(builtin_cloud_formation_validation=False, analytics_reporting=False)
    for number in range(roles):
        # A template takes 500 resources; a role has two.
        if number % 100 == 0:
            stack = cdk.Stack(
                app, f"S{number}", env=cdk.Environment(account="111122223333", region="us-east-1")
            )
        role = AppRole(stack, f"R{number}", assumed_by=LAMBDA)
        for give in GRANTS:
            give(role)
    app.synth()


def _seconds(roles: int) -> float:
    """Measure the processor's time of Python and of the CDK's Node process.

    Both end with the process that starts them, so the operating system has added them up. Time on
    the clock would measure what else the machine does.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [
            sys.executable,
            "-c",
            f"from tests.grants.test_cost import synthesize; synthesize({roles})",
        ],
        check=True,
        cwd=ROOT,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@pytest.mark.prove
def test_time_is_linear_in_the_number_of_roles() -> None:
    start, half, whole = _seconds(0), _seconds(200), _seconds(400)
    ratio = (whole - start) / (half - start)
    # -s shows it: make prove prints figures.
    sys.stdout.write(
        f"\nseconds of CPU: 200 app roles with 20 grants {half:.1f}; 400 {whole:.1f};"
        f" ratio without the start {ratio:.2f}\n"
    )
    assert ratio < 2.2
