"""Recorded permission changes give exactly the expected difference."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from constructs_lib.review import review
from constructs_lib.review.diff import compare, render
from constructs_lib.templates import read_document

CHANGES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "changes.yaml").read_text("utf-8"))


def document(statements: list[dict[str, Any]]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **item} for item in statements]}


def template(roles: dict[str, Any]) -> dict[str, Any]:
    """Wrap roles, as ``changes.yaml`` writes them, into a template."""
    resources: dict[str, Any] = {"Knowledge": {"Type": "AWS::Bedrock::KnowledgeBase", "Properties": {}}}
    for name, role in roles.items():
        about = role if isinstance(role, dict) else {"statements": role}
        properties: dict[str, Any] = {"AssumeRolePolicyDocument": document([])}
        if about["statements"]:
            properties["Policies"] = [{"PolicyName": "p", "PolicyDocument": document(about["statements"])}]
        if "managed" in about:
            properties["ManagedPolicyArns"] = about["managed"]
        if "boundary" in about:
            resources[f"{name}Boundary"] = {
                "Type": "AWS::IAM::ManagedPolicy",
                "Properties": {"PolicyDocument": document(about["boundary"])},
            }
            properties["PermissionsBoundary"] = {"Ref": f"{name}Boundary"}
        if "attached" in about:
            resources[f"{name}Policy"] = {
                "Type": "AWS::IAM::Policy",
                "Properties": {
                    "PolicyName": "p",
                    "Roles": [{"Ref": name}],
                    "PolicyDocument": document(about["attached"]),
                },
            }
        resources[name] = {"Type": "AWS::IAM::Role", "Properties": properties}
        if "mark" in about:
            resources[name]["Metadata"] = {"bedrock-planes:role": {"kind": about["mark"]}}
    return {"Resources": resources}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: str(change["name"]))
def test_a_recorded_change(change: dict[str, Any]) -> None:
    sides = [review(read_document(template(change[side]), "App.template.json")) for side in ("old", "new")]
    diff = compare(*(side.principals for side in sides))
    assert render(diff, "text") == change["text"]
    assert diff.widening is ("WIDER" in change["text"])


def test_there_are_at_least_twenty() -> None:
    assert len(CHANGES) >= 20
    assert len({change["name"] for change in CHANGES}) == len(CHANGES)
