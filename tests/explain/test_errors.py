"""Every error text of the table gets its answer."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from constructs_lib.explain import KINDS, explain, mask

if TYPE_CHECKING:
    from collections.abc import Callable

ERRORS = tomllib.loads((Path(__file__).parent / "data" / "errors.toml").read_text())["error"]


@pytest.mark.parametrize("case", ERRORS, ids=lambda case: f"{case['kind']}: {case['text'][:40]}")
def test_an_error_is_explained(case: dict[str, object]) -> None:
    document = explain(str(case["text"])).document()
    assert document["kind"] == case["kind"], document["cause"]
    if "action" in case:
        assert document["action"] == case["action"]
    # As the judge of the shared cases reads it: the quotes of JSON in texts are plain.
    shown = json.dumps(document, ensure_ascii=False).replace('\\"', '"')
    for part in case.get("says", ()):  # type: ignore[attr-defined]  # a table of TOML
        assert part in shown


def test_the_table_has_many_kinds() -> None:
    kinds = {case["kind"] for case in ERRORS}
    assert len(ERRORS) >= 60
    assert len(kinds) >= 20
    assert kinds <= set(KINDS)


def test_the_marketplace_message_never_leads_to_a_permission() -> None:
    who = "User: arn:aws:iam::111122223333:role/App"
    text = f"{who} is not authorized to perform: aws-marketplace:Subscribe on resource: *"
    document = explain(text).document()
    assert document["kind"] == "model-access"
    assert document["remedy"]["statement"] is document["remedy"]["grant"] is None


@pytest.mark.parametrize("policy", ["permissions boundary", "service control policy", "VPC endpoint policy"])
@pytest.mark.parametrize(
    "wording", ["because no {} allows the bedrock:InvokeModel action", "with an explicit deny in a {}"]
)
def test_a_denial_by_another_policy_offers_no_statement(policy: str, wording: str) -> None:
    text = (
        "User: arn:aws:iam::111122223333:role/App is not authorized to perform: bedrock:InvokeModel on "
        "resource: arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0 "
        f"{wording.format(policy)}"
    )
    document = explain(text).document()
    assert document["kind"] in {"boundary", "scp", "endpoint-policy"}
    assert document["remedy"]["statement"] is None


@pytest.mark.parametrize(
    "wrap",
    [
        lambda text: json.dumps({"errorMessage": text, "errorType": "ClientError", "requestId": "1"}),
        lambda text: f"2026-11-01T10:00:00Z 3f1c ERROR handler failed: {text}",
        lambda text: json.dumps({"level": "ERROR", "message": text, "function": "chat"}),
    ],
    ids=["lambda", "log line", "structured log"],
)
def test_a_log_around_an_error_changes_nothing(wrap: Callable[[str], str]) -> None:
    for text in (str(case["text"]) for case in ERRORS):
        plain, wrapped = explain(text), explain(wrap(text))
        assert (wrapped.kind, wrapped.action) == (plain.kind, plain.action), text


def test_account_numbers_can_be_masked() -> None:
    text = next(case["text"] for case in ERRORS if "knowledge-base/FLYBLH8XV1" in case["text"])
    shown = json.dumps(mask(explain(text).document()))
    assert "111122223333" in json.dumps(explain(text).document())
    assert "111122223333" not in shown
    assert "20240307" in json.dumps(mask({"id": "anthropic.claude-3-haiku-20240307-v1:0"}))
