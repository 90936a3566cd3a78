"""Each source, parser, chunking and so on: template, policy, validation, review, coverage."""

from __future__ import annotations

import json
from typing import Any

import pytest

from constructs_lib.review import review
from constructs_lib.templates import read_document
from tests.control_plane.data_source.cases import CASES
from tests.control_plane.data_source.golden import GOLDEN, parts, templates
from tests.control_plane.paths import set_paths
from tests.control_plane.property_paths import KEPT
from tests.source import ROOT

TYPE = "AWS::Bedrock::DataSource"
EXPECTED: dict[str, Any] = json.loads(GOLDEN.read_text("utf-8"))
PAGE = ROOT / "docs" / "data-sources.md"


@pytest.fixture(scope="module")
def synthesized() -> dict[str, dict[str, Any]]:
    """Synthesize all cases at once; an error of CloudFormation's validation fails it."""
    return templates()


def test_every_case_is_kept() -> None:
    assert [*EXPECTED] == [*CASES]


@pytest.mark.parametrize("name", CASES)
def test_a_case_renders_these_properties_and_this_policy(
    name: str, synthesized: dict[str, dict[str, Any]]
) -> None:
    assert parts(synthesized[name]) == EXPECTED[name]


@pytest.mark.parametrize("name", CASES)
def test_the_service_role_stays_on_the_data_plane(name: str, synthesized: dict[str, dict[str, Any]]) -> None:
    report = review(read_document(synthesized[name]))
    verdicts = {p.name: p.verdict for p in report.principals if "Function" not in p.name}
    assert set(verdicts.values()) <= {"data", "none"}, verdicts
    assert [(f.rule, f.message) for f in report.findings] == []


@pytest.mark.parametrize("name", [name for name in CASES if EXPECTED[name]["statements"]])
def test_the_permissions_exist_before_the_data_source(
    name: str, synthesized: dict[str, dict[str, Any]]
) -> None:
    resources = synthesized[name]["Resources"]
    [source] = [r for r in resources.values() if r["Type"] == TYPE]
    assert any(resources[on]["Type"] == "AWS::IAM::Policy" for on in source["DependsOn"])


def coverage() -> tuple[int, int]:
    """Return how many property paths of the schema the cases reach, and how many there are."""
    known = set(json.loads(KEPT.read_text("utf-8"))[TYPE])
    found = {path for case in EXPECTED.values() for path in set_paths(case["properties"])}
    beyond = {path for path in found - known if "/ConnectorParameters/" not in path}
    assert beyond == set()
    return len(known & found), len(known)


def test_the_cases_reach_every_property_of_the_schema_and_the_page_says_how_many() -> None:
    found, known = coverage()
    assert found == known
    assert f"{found} of {known} property paths" in PAGE.read_text("utf-8")
