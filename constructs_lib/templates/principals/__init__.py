"""The principals of templates: roles, users, groups and permission sets, with everything attached to them."""

from __future__ import annotations

from constructs_lib.lazily import exports

TYPE_CHECKING = False  # as typing's, without the cost of importing typing
if TYPE_CHECKING:
    from constructs_lib.templates.principals.managed_policies import (
        CustomerPolicies,
        CustomerPolicy,
        aws_managed,
        is_aws_managed,
    )
    from constructs_lib.templates.principals.reader import read_principals
    from constructs_lib.templates.principals.registry import Draft

__all__ = [
    "CustomerPolicies",
    "CustomerPolicy",
    "Draft",
    "aws_managed",
    "is_aws_managed",
    "read_principals",
]

__getattr__, __dir__ = exports(
    __name__,
    {
        "managed_policies": ("CustomerPolicies", "CustomerPolicy", "aws_managed", "is_aws_managed"),
        "reader": ("read_principals",),
        "registry": ("Draft",),
    },
)
