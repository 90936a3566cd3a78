"""What AWS authorizes for each call, decided before the call is dispatched.

Written by hand from AWS's pages and independent of the project's catalogue, so that a test against this
server can't prove the catalogue with itself.
"""

from constructs_lib.local.emulator.authorization._arns import arn, guardrail_checks, model_checks
from constructs_lib.local.emulator.authorization._decisions import (
    BEDROCK,
    denial,
    lets_service,
    refusal,
    session_of,
    trusts,
)
from constructs_lib.local.emulator.authorization._enforcement import boundary_keys, install, role_arn
from constructs_lib.local.emulator.authorization._operations import Call, operation_of
from constructs_lib.local.emulator.authorization._plan import bedrock_plan, s3vectors_plan
from constructs_lib.local.emulator.authorization._trail import record

__all__ = [
    "BEDROCK",
    "Call",
    "arn",
    "bedrock_plan",
    "boundary_keys",
    "denial",
    "guardrail_checks",
    "install",
    "lets_service",
    "model_checks",
    "operation_of",
    "record",
    "refusal",
    "role_arn",
    "s3vectors_plan",
    "session_of",
    "trusts",
]
