"""Each type and store of a knowledge base: the exact template, valid for AWS, and its service role."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest

from constructs_lib.review import Options, review_paths
from tests.cdk import ACCOUNT, REGION
from tests.control_plane.knowledge_bases import CASES

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion


def synthesized(case: str, folder: Path) -> dict[str, Any]:
    """Synthesize a case with CloudFormation's validation as errors, and return the template."""
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
    CASES[case](stack)
    text = json.dumps(app.synth().get_stack_by_name("S").template)
    # The hash of a handler's source says nothing about the template.
    return dict(json.loads(re.sub(r"\b[0-9a-f]{64}\.zip", "ASSET.zip", text)))


@pytest.mark.parametrize("case", CASES)
def test_a_type_and_store_make_exactly_this_and_its_role_stays_on_the_data_plane(
    case: str, snapshot: SnapshotAssertion, tmp_path: Path
) -> None:
    found = synthesized(case, tmp_path)
    kept = {name: r for name, r in found["Resources"].items() if r["Type"] != "AWS::CDK::Metadata"}
    assert kept == snapshot
    report = review_paths([str(tmp_path)], Options())
    services = [one for one in report.principals if one.kind == "service"]
    assert [one.verdict for one in services] in (["data"], ["none"])
    assert [(one.rule, one.message) for one in report.findings if one.severity != "note"] == []
