"""The same app on this library and on its peers: what is recorded is right, and the page says it."""

from __future__ import annotations

import json
from importlib.metadata import version

import pytest

from tests.peers.rag import table
from tests.peers.record import rag_template

PEERS = [name for name in table.APPS if not name.startswith("ours_")]
OURS = [name for name in table.APPS if name.startswith("ours_")]
VERSIONS = json.loads((table.RECORDED / "versions.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def figures() -> dict[str, table.Figures]:
    return {name: table.figures(name) for name in table.APPS}


def test_the_page_has_the_table_and_the_versions() -> None:
    page = table.PAGE.read_text("utf-8")
    assert table.page_with(table.table(), page) == page, (
        "run `make peers`, or `python -m tests.peers.rag.table`"
    )
    assert all(f"{name} {number}" in page for name, number in VERSIONS.items())


@pytest.mark.parametrize("name", PEERS)
def test_each_peer_is_recorded(name: str) -> None:
    assert (table.RECORDED / f"{name}.template.json").exists()


def test_what_is_recorded_of_the_alpha_module_is_what_it_makes() -> None:
    name = "bedrock_alpha_open_search"
    assert version("aws-cdk.aws-bedrock-alpha") == VERSIONS["aws-cdk.aws-bedrock-alpha"]
    assert version("aws-cdk-lib") == VERSIONS["aws-cdk-lib"]
    assert rag_template(name) == json.loads((table.RECORDED / f"{name}.template.json").read_text("utf-8"))


@pytest.mark.parametrize("name", OURS)
def test_ours_has_no_wildcard_and_no_finding(name: str, figures: dict[str, table.Figures]) -> None:
    ours = figures[name]
    assert (ours.wildcards, ours.errors, ours.warnings) == (0, 0, 0)
    # RetrieveAndGenerate takes no ARN.
    assert ours.stars == 1


@pytest.mark.parametrize("name", OURS)
def test_ours_takes_the_least_code(name: str, figures: dict[str, table.Figures]) -> None:
    store = table.APPS[name][0]
    others = [figures[peer].lines for peer in PEERS if table.APPS[peer][0] == store]
    assert others
    assert figures[name].lines < min(others)
