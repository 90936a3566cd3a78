"""The check that app roles register and the review, in one app: what both see is reported once."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from constructs_lib import AppRole
from constructs_lib.checks import BedrockPlaneChecks, BedrockPlaneNagPack

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LAMBDA = iam.ServicePrincipal("lambda.amazonaws.com")
ELSEWHERE = "arn:aws:iam::111122223333:policy/elsewhere"


def l1(role: iam.Role) -> iam.CfnRole:
    child = role.node.default_child
    assert isinstance(child, iam.CfnRole)
    return child


# What is done to a role -> the rule that both know.
SEEN_BY_BOTH: dict[str, tuple[Callable[[iam.CfnRole], None], str]] = {
    "a policy that is elsewhere": (
        lambda r: r.add_property_override("ManagedPolicyArns", [ELSEWHERE]),
        "BP107",
    ),
    "no boundary": (lambda r: r.add_property_deletion_override("PermissionsBoundary"), "BP109"),
    "a wide boundary": (
        lambda r: r.add_property_override("PermissionsBoundary", "arn:aws:iam::aws:policy/PowerUserAccess"),
        "BP109",
    ),
}


def build(
    folder: Path, change: Callable[[iam.CfnRole], None], door: type, order: str, *, staged: bool
) -> Counter[tuple[str, str]]:
    """Return how often each rule is reported on each construct."""
    app = cdk.App(outdir=str(folder), builtin_cloud_formation_validation=False, analytics_reporting=False)
    if order == "review first":
        cdk.Validations.of(app).add_plugins(door(strict=True))
    scope = cdk.Stage(app, "Prod") if staged else app
    stack = cdk.Stack(scope, "S", env=cdk.Environment(account="111122223333", region="us-east-1"))
    change(l1(AppRole(stack, "R", assumed_by=LAMBDA)))
    if order == "role first":
        cdk.Validations.of(app).add_plugins(door(strict=True))
    elif order == "review of the stage":
        cdk.Validations.of(scope).add_plugins(door(strict=True))
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()
    found: Counter[tuple[str, str]] = Counter()
    for report in folder.rglob("validation-report.json"):
        for plugin in json.loads(report.read_text("utf-8"))["pluginReports"]:
            for violation in plugin["violations"]:
                for construct in violation["violatingConstructs"]:
                    found[violation["ruleName"], construct["constructPath"]] += 1
    return found


@pytest.mark.parametrize("door", [BedrockPlaneChecks, BedrockPlaneNagPack], ids=["plugin", "nag pack"])
@pytest.mark.parametrize(
    ("order", "staged"),
    [("role first", False), ("review first", False), ("role first", True), ("review of the stage", True)],
)
@pytest.mark.parametrize("what", SEEN_BY_BOTH)
def test_what_both_see_is_reported_once(
    tmp_path: Path, what: str, order: str, staged: bool, door: type
) -> None:
    change, rule = SEEN_BY_BOTH[what]
    found = build(tmp_path / "out", change, door, order, staged=staged)
    on_role = {name: count for (name, path), count in found.items() if path.endswith("S/R/Resource")}
    assert on_role[f"bedrock-planes::{rule}"] == 1
    assert max(found.values()) == 1, found


def test_what_the_review_alone_sees_stays(tmp_path: Path) -> None:
    """The nearest neighbour: a boundary of an organization, whose document is not in the input."""
    app = cdk.App(
        outdir=str(tmp_path / "out"), builtin_cloud_formation_validation=False, analytics_reporting=False
    )
    cdk.Validations.of(app).add_plugins(BedrockPlaneChecks())
    stack = cdk.Stack(app, "S", env=cdk.Environment(account="111122223333", region="us-east-1"))
    AppRole(
        stack,
        "R",
        assumed_by=LAMBDA,
        permissions_boundary=iam.ManagedPolicy.from_managed_policy_name(stack, "Org", "org"),
    )
    app.synth()
    report = json.loads((tmp_path / "out" / "validation-report.json").read_text("utf-8"))
    rules = [v["ruleName"] for plugin in report["pluginReports"] for v in plugin["violations"]]
    assert "bedrock-planes::BP109" in rules
