"""The hand decisions: each has a reason of its own, an AWS page, and something to decide."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from constructs_lib import catalogue
from constructs_lib.catalogue.generation import (
    DecisionsError,
    _decisions,
    read_data,
    read_decisions,
    read_installed,
    superfluous,
)
from tests.catalogue.sources import PACKAGES, needs_packages

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.catalogue import Decision


@pytest.mark.parametrize("decision", catalogue.decisions(), ids=lambda d: f"{d.kind}-{d.subject}")
def test_each_has_a_reason_and_an_aws_page(decision: Decision) -> None:
    assert len(decision.reason) > 15
    assert decision.page.startswith("https://docs.aws.amazon.com/")
    assert decision.page.endswith(".html")


def test_no_two_planes_are_decided_with_the_same_reason() -> None:
    reasons = Counter(d.reason for d in catalogue.decisions() if d.kind == "action")
    assert [reason for reason, count in reasons.items() if count > 1] == []


def test_nothing_is_decided_twice() -> None:
    subjects = Counter((d.kind, d.subject, d.value) for d in catalogue.decisions())
    assert [subject for subject, count in subjects.items() if count > 1] == []


def test_each_is_about_something_that_exists() -> None:
    operations = {f"{o.client}.{o.name}" for o in catalogue.operations()}
    known = catalogue.actions().keys() | catalogue.resource_types().keys() | operations
    rest = [d for d in catalogue.decisions() if d.kind not in {"meant", "foreign"}]
    lost = [d.subject for d in rest if d.subject not in known]
    assert lost == []


def test_names_that_were_meant_otherwise_do_not_exist() -> None:
    meant = [d for d in catalogue.decisions() if d.kind == "meant"]
    assert meant
    for decision in meant:
        assert catalogue.action(decision.subject) is None
        assert all(catalogue.action(name) for name in decision.value.split())


def test_an_action_is_decided_by_hand_only_where_no_client_or_two_planes_expose_it() -> None:
    assert superfluous(read_data(), read_decisions()) == ()


@needs_packages
def test_each_foreign_name_is_one_that_the_scan_finds() -> None:
    foreign = {d["name"] for d in read_decisions()["foreign"]}
    assert foreign <= read_installed(PACKAGES).candidates


def test_the_file_and_the_committed_data_agree() -> None:
    assert sum(map(len, read_decisions().values())) == len(catalogue.decisions())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[action]", "`decisions.toml` is unreadable: "),
        ("[[actions]]\nname = 'x'", "`decisions.toml` has a table `actions`; a table is one of action, "),
        (
            "[[action]]\nname = 'bedrock:X'",
            "the action `bedrock:X` of `decisions.toml` lacks family, reason, page",
        ),
        (
            "[[twin]]\nreason = 'x'\npage = 'x'",
            "the twin `without a name` of `decisions.toml` lacks action, ",
        ),
        (
            "[[beyond]]\nresource_type = 'r'\nreason = 'x'\npage = 'x'",
            "the beyond `r` of `decisions.toml` lacks action or arn",
        ),
        (
            "[[action]]\nname = 'bedrock:X'\nfamily = 'bedrok'\nreason = 'x'\npage = 'x'",
            "the action `bedrock:X` of `decisions.toml` has the unknown family `bedrok`; choose one of ",
        ),
    ],
)
def test_a_faulty_file_is_named_with_the_fault(
    text: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faulty = tmp_path / "decisions.toml"
    faulty.write_text(text, encoding="utf-8")
    monkeypatch.setattr(_decisions, "FILE", faulty)
    with pytest.raises(DecisionsError) as caught:
        read_decisions.__wrapped__()
    assert str(caught.value).startswith(message)
