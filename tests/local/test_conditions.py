"""Conditions over functions: what the bootstrap's template asks is answered as on AWS."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.local.conftest import Stacks

LIST = {"Ref": "Policies"}
JOINED = {"Fn::Join": ["", LIST]}
CASES: dict[str, tuple[Any, str, bool]] = {
    "an empty list, joined": ({"Fn::Equals": ["", JOINED]}, "", True),
    "a list, joined": ({"Fn::Equals": ["", JOINED]}, "a,b", False),
    "in a negation": ({"Fn::Not": [{"Fn::Equals": ["ab", JOINED]}]}, "a,b", False),
    "in a conjunction": (
        {"Fn::And": [{"Fn::Equals": [JOINED, "ab"]}, {"Fn::Equals": [{"Fn::Sub": "x"}, "x"]}]},
        "a,b",
        True,
    ),
    "one of a list": ({"Fn::Equals": [{"Fn::Select": [1, LIST]}, "b"]}, "a,b", True),
    "a mapping": ({"Fn::Equals": [{"Fn::FindInMap": ["Sizes", "small", "cpu"]}, "1"]}, "", True),
    "the Region": ({"Fn::Equals": [{"Ref": "AWS::Region"}, "us-east-1"]}, "", True),
    "another Region": ({"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}, "", False),
    "another condition": ({"Condition": "Always"}, "", True),
}


@pytest.mark.parametrize("case", CASES)
def test_a_condition_resolves_the_functions_in_it(case: str, stacks: Stacks) -> None:
    condition, policies, holds = CASES[case]
    body = {
        "Parameters": {"Policies": {"Type": "CommaDelimitedList", "Default": ""}},
        "Mappings": {"Sizes": {"small": {"cpu": "1"}}},
        "Conditions": {
            "Asked": condition,
            "Always": {"Fn::Equals": [{"Fn::Join": ["-", ["a", "b"]]}, "a-b"]},
        },
        "Resources": {
            "Topic": {"Type": "AWS::SNS::Topic", "Properties": {}},
        },
        "Outputs": {"Holds": {"Value": {"Fn::If": ["Asked", "yes", "no"]}}},
    }
    given = [{"ParameterKey": "Policies", "ParameterValue": policies}]
    name = f"conditions{[*CASES].index(case)}"
    stack = stacks.create(name, json.dumps(body), Parameters=given)
    assert stack["StackStatus"] == "CREATE_COMPLETE", stacks.failures(name)
    assert stack["Outputs"][0]["OutputValue"] == ("yes" if holds else "no")
