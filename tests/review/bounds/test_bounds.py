"""Every input of up to 100 KB ends within two seconds and 300 MB, and what was too much is said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.iam import forget, within
from constructs_lib.review import review
from constructs_lib.review.bounds import WHY, allowance_of
from constructs_lib.templates import read
from tests.review.bounds._inputs import MAKERS, made

SECONDS = 2.0
SLACK = 2
"""What the sample is allowed beside other tests, which share the processor's caches; the proof runs alone."""
MEGABYTES = 300
_ROOT = Path(__file__).parents[3]
_DOCUMENTS = sorted((_ROOT / "tests/review/apps/templates").rglob("*.json"))


def _run(bound: str, first: int, count: int, slack: int = 1) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "tests.review.bounds._runner", bound, str(first), str(count)]
    # Compiled modules are kept, as they are where the package is installed.
    kept = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    kept["PYTHONPYCACHEPREFIX"] = str(_ROOT / ".cache/bytecode")
    done = subprocess.run(command, cwd=_ROOT, env=kept, capture_output=True, text=True, check=True)
    runs = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(runs) == count
    slowest = max(runs, key=lambda run: run["seconds"])
    largest = max(runs, key=lambda run: run["megabytes"])
    print(  # noqa: T201 - the proof's figures
        f"{bound}: {count} inputs, at most {slowest['seconds']} s (seed {slowest['seed']}) "
        f"and {largest['megabytes']} MB (seed {largest['seed']})"
    )
    return [
        run
        for run in runs
        # A diff reviews two inputs.
        if run["seconds"] > SECONDS * slack * (2 if run["words"][0] == "diff" else 1)
        or run["megabytes"] > MEGABYTES
        or run["status"] not in {0, 1, 2}
        or run["fault"]
    ]


@pytest.mark.parametrize("bound", MAKERS)
def test_a_sample_of_hostile_inputs_stays_within_the_bounds(bound: str) -> None:
    assert _run(bound, 0, 6, SLACK) == []


@pytest.mark.parametrize(
    ("bound", "seed"),
    [
        ("attached", 1_184),  # many stars against many
        ("references", 1_359),  # open parts that may each be a colon of an ARN
        ("references", 1_493),
        ("texts", 1_406),  # long texts of many choices
        ("texts", 1_492),  # a loop that makes more than a template may have
    ],
)
def test_an_input_that_was_too_much_once_stays_within_the_bounds(bound: str, seed: int) -> None:
    assert _run(bound, seed, 1, SLACK) == []


@pytest.mark.prove
@pytest.mark.parametrize("bound", MAKERS)
def test_500_hostile_inputs_stay_within_the_bounds(bound: str) -> None:
    assert _run(bound, 1_000, 500) == []


def test_an_input_depends_on_its_seed_alone() -> None:
    assert all(made(bound, 3) == made(bound, 3) for bound in MAKERS)


def _policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _stars(count: int, names: int) -> list[str]:
    return [f"{'a*' * count}{index}" for index in range(names)]


def test_a_deny_that_is_too_large_to_compare_denies_nothing_and_that_is_said() -> None:
    allow = {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": _stars(60, 40)}
    deny = {"Effect": "Deny", "Action": "bedrock:InvokeModel", "Resource": _stars(60, 40)}
    report = review(read(["-"], stdin=_policy(allow, deny).encode()))
    (principal,) = report.principals
    assert principal.verdict == "data"
    assert [gap.why for gap in principal.incomplete] == [WHY]


def test_a_deny_of_ordinary_size_is_compared_whatever_its_stars() -> None:
    resource = "arn:aws:bedrock:*:*:*-model/*a*b*"
    allow = {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": resource}
    deny = {"Effect": "Deny", "Action": "bedrock:InvokeModel", "Resource": resource}
    (principal,) = review(read(["-"], stdin=_policy(allow, deny).encode())).principals
    assert (principal.verdict, principal.incomplete) == ("none", ())


def test_a_principal_that_is_too_large_hides_no_other_one() -> None:
    def role(resources: list[str]) -> dict[str, Any]:
        statements = [
            {"Effect": effect, "Action": "bedrock:InvokeModel", "Resource": resources}
            for effect in ("Allow", "Deny")
        ]
        policies = [{"PolicyName": "p", "PolicyDocument": {"Statement": statements}}]
        trust: dict[str, Any] = {"Statement": []}
        return {
            "Type": "AWS::IAM::Role",
            "Properties": {"AssumeRolePolicyDocument": trust, "Policies": policies},
        }

    plain = role(["arn:aws:bedrock:us-east-1::foundation-model/a*"])
    body = {"Resources": {"A": plain, "Hostile": role(_stars(60, 40)), "Z": plain}}
    report = review(read(["-"], stdin=json.dumps(body).encode()))
    assert {item.name: (item.verdict, bool(item.incomplete)) for item in report.principals} == {
        "A": ("none", False),
        "Hostile": ("data", True),
        "Z": ("none", False),
    }


def test_what_was_compared_before_changes_no_answer() -> None:
    text = _policy({"Effect": "Allow", "Action": "bedrock:*", "Resource": _stars(40, 30)}).encode()
    forget()
    first = review(read(["-"], stdin=text))
    again = review(read(["-"], stdin=text))
    assert first == again


@pytest.mark.parametrize("path", _DOCUMENTS, ids=lambda path: path.stem)
def test_what_people_write_comes_nowhere_near_the_limit(path: Path) -> None:
    forget()
    with within(60_000) as used:
        report = review(read([str(path)]))
    assert not any(gap.why == WHY for item in report.principals for gap in item.incomplete)
    assert used() < 60_000
    assert allowance_of(read([str(path)]), ())._left is None
