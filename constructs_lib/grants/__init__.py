"""The grants table applied with the CDK: what stands behind every ``grant_*`` method and every facade.

``targets`` and ``models`` turn constructs, ids and tokens into ARNs, ``_apply`` gives statements to a
principal, ``guard`` says what a role of a given kind may not hold. Control plane and data plane both build
on it.
"""

from constructs_lib.grants._apply import deny, grant, statement_json
from constructs_lib.grants._where import Where, where
from constructs_lib.grants.guard import RoleLimits, as_list, refusals
from constructs_lib.grants.models import ModelLike, model_arn, model_targets
from constructs_lib.grants.targets import (
    arn_of,
    arns_of,
    required_guardrail_values,
    target,
    targets_of,
)

__all__ = [
    "ModelLike",
    "RoleLimits",
    "Where",
    "arn_of",
    "arns_of",
    "as_list",
    "deny",
    "grant",
    "model_arn",
    "model_targets",
    "refusals",
    "required_guardrail_values",
    "statement_json",
    "target",
    "targets_of",
    "where",
]
