from __future__ import annotations

import pytest

from constructs_lib.iam.model import UNRESOLVED as U
from constructs_lib.iam.scope import Scope, names_account, scope_of, types_of

CASES: list[tuple[str, Scope]] = [
    ("*", "any"),
    ("**", "any"),
    ("arn:*", "any"),
    ("arn:aws:bedrock:*", "any"),
    ("arn:aws:bedrock:*:*:*", "any"),
    ("arn:*:bedrock:*", "any"),
    ("*:bedrock:*", "any"),
    ("arn:*:knowledge-base/*", "type"),
    ("arn:aws:bedrock:us-east-1::*", "any"),
    ("arn:aws:bedrock:us-east-1:*:*/x", "any"),
    ("arn:aws:bedrock:us-east-1:111122223333:*", "account"),
    (f"arn:{U}:bedrock:{U}:{U}:*", "account"),
    ("arn:aws:bedrock:*::foundation-model/*", "type"),
    ("arn:aws:bedrock:*:foundation-model/*", "type"),
    ("arn:aws:bedrock:*::foundation-model*", "type"),
    ("arn:aws:bedrock:*:111122223333:f*", "type"),
    ("arn:aws:bedrock:*:*:agent-alias/*/*", "type"),
    ("arn:aws:bedrock:*:*:agent-alias/A/*", "some"),
    ("arn:aws:bedrock:*::foundation-model/anthropic.*", "some"),
    (f"arn:aws:bedrock:*:*:agent-alias/A{U}/*", "some"),
    ("arn:aws:bedrock:*:111122223333:knowledge-base/A", "exact"),
    ("arn:aws:bedrock:*:prompt/A:1", "exact"),
    (U, "open"),
    (f"{U}/*", "open"),
    (f"{U}:*", "open"),
    (f"arn:aws:bedrock:*:*:{U}", "open"),
    (f"arn:aws:bedrock:*:*:knowledge-base/{U}", "open"),
    ("arn:aws:bedrock:*:*:knowledge-base/${aws:PrincipalTag/kb}", "open"),
    ("no ARN", "exact"),
    ("", "exact"),
]


@pytest.mark.parametrize(("pattern", "expected"), CASES)
def test_scopes(pattern: str, expected: Scope) -> None:
    assert scope_of(pattern) == expected


@pytest.mark.parametrize(
    ("segment", "expected"),
    [("111122223333", True), (U, True), ("aws", True), ("", False), ("*", False), ("1*", False)],
)
def test_naming_an_account(segment: str, expected: bool) -> None:
    assert names_account(segment) is expected


TYPES: list[tuple[str, set[str]]] = [
    ("arn:aws:bedrock:us-east-1:111122223333:flow/F", {"bedrock:flow"}),
    ("arn:aws:bedrock:us-east-1:111122223333:flow/F/alias/A", {"bedrock:flow-alias"}),
    ("arn:aws:bedrock:us-east-1:111122223333:prompt/P", {"bedrock:prompt"}),
    ("arn:aws:bedrock:us-east-1:111122223333:prompt/P:1", {"bedrock:prompt-version"}),
    ("arn:aws:bedrock:us-east-1:111122223333:prompt/P*", {"bedrock:prompt", "bedrock:prompt-version"}),
    ("arn:aws:bedrock:us-east-1::knowledge-base/K", set()),
    ("arn:*:s3:*", set()),
    ("arn:aws:s3*:*:*:*", set()),
    ("arn:aws:bedrock:us-east-1:111122223333:knowledge-base/", set()),
    ("arn:aws:bedrock::111122223333:system-tool/T", {"bedrock:system-tool"}),
    ("arn:aws:bedrock-runtime:us-east-1::foundation-model/m", set()),
    (f"arn:{U}:bedrock:{U}::foundation-model/m", {"bedrock:foundation-model"}),
    (
        "arn:aws:bedrock-agentcore:*:*:runtime/R/*",
        {"bedrock-agentcore:runtime-endpoint"},
    ),
    ("arn:aws:bedrock-agentcore:us-east-1:aws:browser/aws.browser.v1", {"bedrock-agentcore:browser"}),
    ("arn:aws:bedrock-agentcore:us-east-1:111122223333:browser/b", set()),
    ("arn:aws:b?drock:*:*:session/*", {"bedrock:session"}),
]


@pytest.mark.parametrize(("pattern", "expected"), TYPES)
def test_resource_types_of_a_pattern(pattern: str, expected: set[str]) -> None:
    assert types_of(pattern) == expected
