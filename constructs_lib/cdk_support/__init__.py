"""What every construct shares: the error, the checks of props, and roles that check what they are given."""

from __future__ import annotations

from constructs_lib.lazily import exports

TYPE_CHECKING = False  # as typing's, without the cost of importing typing
if TYPE_CHECKING:
    from constructs_lib.cdk_support.agentcore import agentcore_telemetry, agentcore_trust
    from constructs_lib.cdk_support.assembly import assembly_of
    from constructs_lib.cdk_support.buckets import (
        bucket_arn_of,
        bucket_key_of,
        bucket_name_of,
    )
    from constructs_lib.cdk_support.calls import with_checked_types, with_explained_calls
    from constructs_lib.cdk_support.environment import Environment, environment_of, keep_stack, stack_of
    from constructs_lib.cdk_support.errors import PlanesError
    from constructs_lib.cdk_support.handlers import HANDLER_ID, HandlerFunction, handler_function
    from constructs_lib.cdk_support.keys import grant_key, key_arn_of
    from constructs_lib.cdk_support.owners import add_to_resource_policy, ask_owner
    from constructs_lib.cdk_support.paths import ROLE_PATHS, check_path, role_path
    from constructs_lib.cdk_support.roles import (
        MARK,
        CheckedRole,
        Facade,
        add_to_given_role,
        allow_given_role,
        as_list,
        bedrock_trust,
        check_role,
        check_trust,
        mark_role,
        resource_of,
        service_role,
    )
    from constructs_lib.cdk_support.types import check_types, check_value, has_attribute
    from constructs_lib.cdk_support.validation import (
        check_arn,
        check_choice,
        check_count,
        check_given_list,
        check_items,
        check_json,
        check_key_arn,
        check_length,
        check_name,
        check_number,
        check_once,
        check_pattern,
        check_tags,
        is_token,
    )

__all__ = [
    "HANDLER_ID",
    "MARK",
    "ROLE_PATHS",
    "CheckedRole",
    "Environment",
    "Facade",
    "HandlerFunction",
    "PlanesError",
    "add_to_given_role",
    "add_to_resource_policy",
    "agentcore_telemetry",
    "agentcore_trust",
    "allow_given_role",
    "as_list",
    "ask_owner",
    "assembly_of",
    "bedrock_trust",
    "bucket_arn_of",
    "bucket_key_of",
    "bucket_name_of",
    "check_arn",
    "check_choice",
    "check_count",
    "check_given_list",
    "check_items",
    "check_json",
    "check_key_arn",
    "check_length",
    "check_name",
    "check_number",
    "check_once",
    "check_path",
    "check_pattern",
    "check_role",
    "check_tags",
    "check_trust",
    "check_types",
    "check_value",
    "environment_of",
    "grant_key",
    "handler_function",
    "has_attribute",
    "is_token",
    "keep_stack",
    "key_arn_of",
    "mark_role",
    "resource_of",
    "role_path",
    "service_role",
    "stack_of",
    "with_checked_types",
    "with_explained_calls",
]

__getattr__, __dir__ = exports(
    __name__,
    {
        "agentcore": ("agentcore_telemetry", "agentcore_trust"),
        "assembly": ("assembly_of",),
        "buckets": ("bucket_arn_of", "bucket_key_of", "bucket_name_of"),
        "calls": ("with_checked_types", "with_explained_calls"),
        "environment": ("Environment", "environment_of", "keep_stack", "stack_of"),
        "errors": ("PlanesError",),
        "handlers": ("HANDLER_ID", "HandlerFunction", "handler_function"),
        "keys": ("grant_key", "key_arn_of"),
        "owners": ("add_to_resource_policy", "ask_owner"),
        "paths": ("ROLE_PATHS", "check_path", "role_path"),
        "roles": (
            "MARK",
            "CheckedRole",
            "Facade",
            "add_to_given_role",
            "allow_given_role",
            "as_list",
            "bedrock_trust",
            "check_role",
            "check_trust",
            "mark_role",
            "resource_of",
            "service_role",
        ),
        "types": ("check_types", "check_value", "has_attribute"),
        "validation": (
            "check_arn",
            "check_choice",
            "check_count",
            "check_given_list",
            "check_items",
            "check_json",
            "check_key_arn",
            "check_length",
            "check_name",
            "check_number",
            "check_once",
            "check_pattern",
            "check_tags",
            "is_token",
        ),
    },
)
