"""Unmodified apps on other libraries: what is wrong with their grants is found, and nothing else.

``expected.json`` lists every finding by role, each role's verdict, and by which finding a known fault shows.
A role without findings is one whose grants are right.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest

from constructs_lib.review import review
from constructs_lib.templates import read
from tests.peers.apps import agentcore, bedrock_alpha

if TYPE_CHECKING:
    from constructs_lib.review import Report

HERE = Path(__file__).parent
EXPECTED: dict[str, dict[str, Any]] = json.loads((HERE / "expected.json").read_text("utf-8"))
APPS = {"bedrock_alpha": bedrock_alpha.build, "agentcore": agentcore.build}


@pytest.fixture(scope="module", params=list(EXPECTED))
def peer(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Report]:
    name = str(request.param)
    folder = HERE / "recorded" / name
    if name in APPS:
        folder = tmp_path_factory.mktemp(name)
        app = cdk.App(outdir=str(folder), analytics_reporting=False, builtin_cloud_formation_validation=False)
        APPS[name](app)
        app.synth()
    return name, review(read([str(folder)]))


def test_all_three_are_reviewed() -> None:
    assert EXPECTED.keys() == {"bedrock_alpha", "agentcore", "generative_ai"}


def test_every_input_is_read(peer: tuple[str, Report]) -> None:
    _, report = peer
    assert [item.error for item in report.inputs] == [None]
    # Names that no catalogue has had so far leave a principal incomplete, and nothing else does.
    unknown = {finding.principal for finding in report.findings if finding.rule == "BP306"}
    assert {principal.id for principal in report.principals if principal.incomplete} <= unknown


def test_exactly_the_known_faults_are_found(peer: tuple[str, Report]) -> None:
    name, report = peer
    paths = {principal.id: principal.construct_path for principal in report.principals}
    found: dict[str, set[str]] = {}
    for finding in report.findings:
        path = paths[finding.principal or ""] or ""
        found.setdefault(path.removeprefix("Peer/"), set()).add(f"{finding.rule} {finding.severity}")
    assert {role: sorted(rules) for role, rules in found.items()} == EXPECTED[name]["findings"]


def test_each_fault_names_a_finding_that_shows_it() -> None:
    for name, peer_expected in EXPECTED.items():
        for fault, (role, rule) in peer_expected["faults"].items():
            rules = [text.partition(" ")[0] for text in peer_expected["findings"][role]]
            assert rule in rules, (name, fault)


def test_every_role_has_its_verdict(peer: tuple[str, Report]) -> None:
    # A caller of prompts gets the control read GetPrompt where RenderPrompt was meant, so it is `control`.
    name, report = peer
    verdicts = {(p.construct_path or "").removeprefix("Peer/"): p.verdict for p in report.principals}
    assert verdicts == EXPECTED[name]["verdicts"]
