"""Every planted crossing is found through all four doors, at the committed place."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest

from constructs_lib.checks import BedrockPlaneChecks, BedrockPlaneNagPack
from constructs_lib.checks.testing import assert_planes_disjoint
from constructs_lib.cli import main
from tests.checks.crossings import CROSSINGS, EXPECTED, build

if TYPE_CHECKING:
    from collections.abc import Callable

    Place = tuple[str, str, str, str, str]

_SEVERITIES = {"error": "error", "warning": "warning", "info": "note"}


def expected(name: str) -> set[Place]:
    return {(row[0], row[1], row[2], row[3], row[4]) for row in EXPECTED[name]}


def test_every_crossing_has_its_expected_places() -> None:
    assert EXPECTED.keys() == CROSSINGS.keys()
    assert all(any(row[0] == "BP101" and row[1] == "error" for row in rows) for rows in EXPECTED.values())


@pytest.mark.parametrize("name", CROSSINGS)
@pytest.mark.parametrize("door", [BedrockPlaneChecks, BedrockPlaneNagPack], ids=["plugin", "nag pack"])
def test_at_synth(name: str, door: Any, synth: Callable[..., Any], tmp_path: Path) -> None:
    app = build(name, tmp_path)
    cdk.Validations.of(app).add_plugins(door())
    failed, reports, _ = synth(app)
    found = {
        (
            violation["ruleName"].removeprefix("bedrock-planes::"),
            _SEVERITIES[violation["severity"]],
            Path(place["templatePath"]).name,
            place["logicalId"],
            *place["propertyPaths"],
        )
        for report in reports
        for violation in report["violations"]
        for place in [violation["violatingConstructs"][0]["cloudFormationResource"]]
    }
    assert failed
    assert found == expected(name)


@pytest.mark.parametrize("name", CROSSINGS)
def test_in_pytest(name: str, tmp_path: Path) -> None:
    with pytest.raises(AssertionError) as caught:
        assert_planes_disjoint(build(name, tmp_path))
    found = re.findall(r"^(BP\d+) .*\n  at (.*)#/Resources/([^/]*)/(.*)", str(caught.value), re.MULTILINE)
    assert {
        (rule, "error", Path(path).name, logical_id, pointer.replace("/", "."))
        for rule, path, logical_id, pointer in found
    } == {row for row in expected(name) if row[0] == "BP101"}


@pytest.mark.parametrize("name", CROSSINGS)
def test_on_the_command_line(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build(name, tmp_path).synth()
    status = main(["review", str(tmp_path), "--format", "json"])
    report = json.loads(capsys.readouterr().out)
    found = set()
    for finding in report["findings"]:
        _, _, logical_id, *pointer = finding["location"]["pointer"].split("/")
        template = Path(finding["location"]["path"]).name
        found.add((finding["rule"], finding["severity"], template, logical_id, ".".join(pointer)))
    assert status == 1
    assert found == expected(name)
