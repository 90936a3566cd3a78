from __future__ import annotations

import pytest
from constructs import Construct

from constructs_lib import DataPlaneBoundary, PlanesError, catalogue
from constructs_lib.catalogue import Plane
from constructs_lib.data_plane.boundary import boundary_document
from constructs_lib.data_plane.quotas import size_of
from constructs_lib.iam import expand
from tests.cdk import Stack

DATA = sorted(name for name, action in catalogue.actions().items() if action.plane is Plane.DATA)


def test_of_bedrock_exactly_the_data_actions_are_allowed_by_name() -> None:
    assert boundary_document() == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "OtherServices",
                "Effect": "Allow",
                "NotAction": [
                    *(f"{prefix}:*" for prefix in catalogue.prefixes()),
                    "iam:*",
                    "sts:AssumeRole",
                    "sts:AssumeRoot",
                ],
                "Resource": "*",
            },
            {
                "Sid": "DataPlane",
                "Effect": "Allow",
                "Action": [*DATA, "iam:Get*", "iam:List*", "iam:Simulate*"],
                "Resource": "*",
            },
        ],
    }


def test_it_fits_into_a_managed_policy() -> None:
    assert size_of(boundary_document()) < 6144


def test_when_names_do_not_fit_patterns_mean_the_same_actions() -> None:
    roles = [f"arn:aws:iam::111122223333:role/a-role-of-another-team-{n}" for n in range(30)]
    document = boundary_document(roles)
    patterns = [p for p in document["Statement"][1]["Action"] if not p.startswith("iam:")]
    assert size_of(document) < 6144
    assert sorted({name for pattern in patterns for name in expand(pattern)}) == DATA


def test_what_does_not_fit_at_all_is_refused_with_the_excess() -> None:
    roles = [f"arn:aws:iam::111122223333:role/a-role-of-another-team-{n}" for n in range(200)]
    with pytest.raises(
        PlanesError, match=r"`assumable_roles` makes the boundary \d+ characters too long: name fewer"
    ):
        boundary_document(roles)


def test_a_stack_has_one_and_a_stranger_in_its_place_is_named() -> None:
    stack = Stack()
    assert DataPlaneBoundary.of(stack).node.path == DataPlaneBoundary.of(stack).node.path
    other = Stack()
    Construct(other, "DataPlaneBoundary")
    with pytest.raises(PlanesError, match="`S/DataPlaneBoundary` is in the way of the boundary"):
        DataPlaneBoundary.of(other)
