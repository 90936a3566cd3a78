"""Any text is answered, soon, with a document of the contract."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.explain import KINDS, explain

FRAGMENTS = st.sampled_from(
    [
        "An error occurred (",
        ") when calling the ",
        "is not authorized to perform: ",
        "bedrock:InvokeModel",
        " on resource: ",
        "arn:aws:bedrock:",
        "::",
        '{"',
        "errorMessage",
        '":',
        "}",
        "with an explicit deny in a ",
        "because no ",
        "'Bedrock' object has no attribute '",
        "operation error ",
        "\\",
        '\\"',
        "\n",
        "anthropic.claude-",
        "Invalid choice",
        "aws bedrock ",
    ]
)


@given(st.lists(FRAGMENTS | st.text(max_size=20), max_size=30).map("".join))
def test_any_text_has_an_answer(text: str) -> None:
    document = explain(text).document()
    assert document["kind"] in KINDS
    assert document["cause"]
    json.dumps(document)


@pytest.mark.parametrize(
    "text",
    [
        "a" * 300_000,
        "a." * 150_000,
        "is not authorized to perform: " * 20_000,
        "{" * 100_000,
        '{"message":' * 20_000,
        "An error occurred (" * 20_000,
        "aws " * 100_000,
        "Error" * 60_000,
        "'" * 300_000,
        ":" * 300_000,
        "User: arn:aws:iam::" + "1" * 300_000,
        "\\" * 300_000,
        "anthropic." * 30_000,
        "cannot find symbol " * 15_000,
        "kms " * 70_000,
        "ARN " * 70_000,
    ],
    ids=lambda text: text[:12],
)
def test_a_huge_text_takes_less_than_a_second(text: str) -> None:
    start = time.process_time()
    explain(text)
    assert time.process_time() - start < 1
