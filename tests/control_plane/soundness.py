"""Whether a construct's resources deploy: CloudFormation's validation, the review, and the deploy policy."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk

from constructs_lib.deploy import DeployOptions, deploy_policy
from constructs_lib.review import Options, review_paths
from constructs_lib.templates import TemplateSource
from tests.cdk import ACCOUNT, REGION

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

__all__ = ["deployed_by", "findings", "valid"]


def valid(build: Callable[[cdk.Stack], object], folder: Path) -> dict[str, Any]:
    """Synthesize with CloudFormation's validation as errors and return the template."""
    app = cdk.App(
        outdir=str(folder),
        analytics_reporting=False,
        context={
            "@aws-cdk/core:validateAgainstDefaultRules": True,
            "@aws-cdk/core:strictCfnValidateErrors": True,
            "@aws-cdk/aws-iam:minimizePolicies": True,
        },
    )
    stack = cdk.Stack(app, "S", env=cdk.Environment(account=ACCOUNT, region=REGION))
    build(stack)
    app.synth()
    found: dict[str, Any] = json.loads((folder / "S.template.json").read_text("utf-8"))
    return found


def findings(folder: Path) -> tuple[dict[str, str], set[str]]:
    """Review an assembly: the verdict of each principal, and the rules that find something but notes."""
    report = review_paths([str(folder)], Options())
    rules = {one.rule for one in report.findings if one.severity != "note"}
    return {one.name: one.verdict for one in report.principals}, rules


def deployed_by(template: dict[str, Any], wanted: Collection[str]) -> set[str]:
    """Return which of these actions the derived deploy policy lacks."""
    source = TemplateSource("s.json", template, stack="S", account=ACCOUNT, region=REGION)
    policy = deploy_policy([source], DeployOptions(without_boundary=True))
    held = {name for one in policy.statements if one.effect == "Allow" for name in one.actions}
    return set(wanted) - held
