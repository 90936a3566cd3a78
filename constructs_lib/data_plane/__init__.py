"""The roles of applications and what limits them."""

from __future__ import annotations

from constructs_lib.lazily import exports

TYPE_CHECKING = False  # as typing's, without the cost of importing typing
if TYPE_CHECKING:
    from constructs_lib.data_plane.app_role import AppRole
    from constructs_lib.data_plane.boundary import DataPlaneBoundary
    from constructs_lib.data_plane.existing_role import ExistingAppRole
    from constructs_lib.data_plane.refusals import HARMLESS_POLICIES
    from constructs_lib.data_plane.template_check import check_finished_templates, reported_on_roles

__all__ = [
    "HARMLESS_POLICIES",
    "AppRole",
    "DataPlaneBoundary",
    "ExistingAppRole",
    "check_finished_templates",
    "reported_on_roles",
]

__getattr__, __dir__ = exports(
    __name__,
    {
        "app_role": ("AppRole",),
        "boundary": ("DataPlaneBoundary",),
        "existing_role": ("ExistingAppRole",),
        "refusals": ("HARMLESS_POLICIES",),
        "template_check": ("check_finished_templates", "reported_on_roles"),
    },
)
