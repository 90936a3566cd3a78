"""Each way of crossing the planes is found by the rule meant for it, on a template that is clean without."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.review import Config, Options, review
from constructs_lib.templates import read_document

if TYPE_CHECKING:
    from constructs_lib.review import Report

_HERE = Path(__file__).parent
_BASE = json.loads((_HERE / "base.json").read_text(encoding="utf-8"))
_MUTATIONS = json.loads((_HERE / "mutations.json").read_text(encoding="utf-8"))


def _mutated(changes: list[dict[str, Any]]) -> dict[str, Any]:
    template: dict[str, Any] = copy.deepcopy(_BASE)
    for change in changes:
        _apply(template, change)
    return template


def _apply(template: dict[str, Any], change: dict[str, Any]) -> None:
    resources = template["Resources"]
    match change["op"]:
        case "statement":
            policy = resources[change["to"]]["Properties"]["Policies"][0]["PolicyDocument"]
            policy["Statement"].append(change["value"])
        case "property":
            properties = resources[change["to"]]["Properties"]
            if (
                change["key"] == "Policies"
                and len(change["value"]) == 1
                and "bedrock:InvokeModel" not in str(change["value"])
            ):
                properties["Policies"] += change["value"]
            else:
                properties[change["key"]] = change["value"]
        case "drop":
            del resources[change["to"]]["Properties"][change["key"]]
        case "resource":
            resources[change["name"]] = change["value"]
        case "parameter":
            template["Parameters"][change["name"]] = change["value"]
        case other:
            raise ValueError(other)


def _review(template: dict[str, Any]) -> Report:
    model = read_document(template, "App.template.json")
    assert [item.error for item in model.inputs] == [None]
    # The base has no boundary (BP109), so that what a mutation adds to the app role is effective.
    return review(model, Options(strict=True, config=Config(off=frozenset({"BP109"}))))


def test_the_base_is_clean() -> None:
    assert [f.message for f in _review(_BASE).findings] == []


@pytest.mark.parametrize("mutation", _MUTATIONS, ids=lambda m: f"{m['rule']}-{m['title']}".replace(" ", "-"))
def test_the_mutation_is_found_by_its_rule(mutation: dict[str, Any]) -> None:
    report = _review(_mutated(mutation["changes"]))
    found = {(f.rule, (f.principal or "").rpartition("#")[2]) for f in report.findings}
    assert (mutation["rule"], mutation["principal"]) in found


def test_there_are_enough_mutations() -> None:
    assert len({mutation["title"] for mutation in _MUTATIONS}) >= 120
