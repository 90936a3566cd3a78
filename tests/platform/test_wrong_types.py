"""A value of the wrong type is one sentence that names the prop, the value and what to pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import aws_iam as iam

from constructs_lib import DeployRole, OperatorRole, PlanesError
from tests.cdk import Stack

if TYPE_CHECKING:
    from collections.abc import Callable

LAMBDA = iam.ServicePrincipal("lambda.amazonaws.com")

CASES = [
    (DeployRole, {"name_prefix": 5}, "`name_prefix` has the value `5` of the type `int`: pass a text"),
    (DeployRole, {"name_prefix": None}, "give `deploys`, the stacks that are deployed"),
    (DeployRole, {"parameter_prefix": 1}, "`parameter_prefix` has the value `1`"),
    (DeployRole, {"assumed_by": "lambda.amazonaws.com"}, "`assumed_by` .* pass a principal such as"),
    (DeployRole, {"assumed_by": [LAMBDA]}, "`assumed_by` .* of the type `list`: pass a principal"),
    (DeployRole, {"agents_classic": "yes"}, "`agents_classic` .* pass `True` or `False`"),
    (DeployRole, {"role_paths": "/x/"}, r"`role_paths` .* pass a list, here `\['/x/'\]`"),
    (DeployRole, {"role_paths": [5]}, "`role_paths` has the value `5`"),
    (DeployRole, {"path": 5}, "`path` has the value `5`"),
    (OperatorRole, {"assumed_by": None}, "`assumed_by` has the value `None`"),
    (OperatorRole, {"role_name": ["a"]}, r"`role_name` has the value `\['a'\]` of the type `list`"),
    (OperatorRole, {"max_session_duration": 3600}, "`max_session_duration` .* pass a `cdk.Duration`"),
]
DOORS: dict[str, tuple[Callable[[Any], object], str]] = {
    "add_to_policy": (lambda r: r.add_to_policy({"Effect": "Allow"}), "`statement` has the value"),
    "add_to_principal_policy": (lambda r: r.add_to_principal_policy(None), "`statement` has the value"),
    "add_managed_policy": (lambda r: r.add_managed_policy("arn:x"), "`policy` .* pass a managed policy"),
    "attach_inline_policy": (lambda r: r.attach_inline_policy("x"), "`policy` .* pass an `iam.Policy`"),
}
DEFAULTS: dict[Any, dict[str, Any]] = {
    DeployRole: {"name_prefix": "Acme"},
    OperatorRole: {"assumed_by": LAMBDA},
}


@pytest.mark.parametrize(("role", "props", "says"), CASES)
def test_a_prop_of_the_wrong_type_is_refused(role: Any, props: dict[str, Any], says: str) -> None:
    with pytest.raises(PlanesError, match=says):
        role(Stack("AcmeDeployRole"), "R", **{**DEFAULTS[role], **props})


@pytest.mark.parametrize("role", DEFAULTS)
@pytest.mark.parametrize(("give", "says"), DOORS.values(), ids=DOORS)
def test_a_door_refuses_what_is_no_policy(role: Any, give: Callable[[Any], object], says: str) -> None:
    with pytest.raises(PlanesError, match=says):
        give(role(Stack("AcmeDeployRole"), "R", **DEFAULTS[role]))
