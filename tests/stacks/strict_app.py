"""An app with one app role per verb of the grants table and per managed policy that it may hold.

Run as ``python strict_app.py`` under the CDK CLI.
"""

from __future__ import annotations

import sys
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from cdk_nag import AwsSolutionsChecks

sys.path.insert(0, str(Path(__file__).parents[2]))

from constructs_lib import AppRole
from constructs_lib.data_plane.refusals import HARMLESS_POLICIES
from tests.grants.grant_cases import CASES

__all__ = ["build"]


def build(app: cdk.App) -> None:
    """Fill the app: nothing in it is acknowledged here."""
    stack = cdk.Stack(app, "S", env=cdk.Environment(account="111122223333", region="us-east-1"))
    service = iam.ServicePrincipal("lambda.amazonaws.com")
    for number, case in enumerate(CASES):
        case.give(AppRole(stack, f"Verb{number}", assumed_by=service).grants)
    for number, name in enumerate(sorted(HARMLESS_POLICIES)):
        policy = iam.ManagedPolicy.from_aws_managed_policy_name(name)
        if number % 2:
            AppRole(stack, f"Managed{number}", assumed_by=service, managed_policies=[policy])
        else:
            AppRole(stack, f"Managed{number}", assumed_by=service).add_managed_policy(policy)
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks())


if __name__ == "__main__":
    made = cdk.App()
    build(made)
    made.synth()
