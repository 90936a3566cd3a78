"""JSON as text is what `json` writes, whatever a policy holds."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.review import Options, review
from constructs_lib.review.json_text import indented
from constructs_lib.review.render import render
from constructs_lib.templates import read_document

VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
HOSTILE = '"a"\\: {\n'


@given(VALUES)
def test_it_is_the_text_of_json(value: Any) -> None:
    assert indented(value) == json.dumps(value, indent=2, ensure_ascii=False)


def test_a_condition_key_cannot_break_a_report() -> None:
    statement = {
        "Effect": "Allow",
        "Action": "bedrock:InvokeModel",
        "Resource": "arn:aws:bedrock:us-east-1::foundation-model/*",
        "Condition": {HOSTILE: {HOSTILE: HOSTILE}, "StringEquals": {HOSTILE: "v"}},
    }
    report = review(read_document({"Version": "2012-10-17", "Statement": [statement]}), Options())
    assert any(finding.fix for finding in report.findings)
    for form in ("json", "sarif"):
        json.loads(render(report, form))
