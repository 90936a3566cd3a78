"""What an application may be given, verb by verb."""

from __future__ import annotations

from constructs_lib.lazily import exports

TYPE_CHECKING = False  # as typing's, without the cost of importing typing
if TYPE_CHECKING:
    from constructs_lib.grants.facades.data_plane import DataPlaneGrants
    from constructs_lib.grants.facades.model_calls import other_tiers

__all__ = ["DataPlaneGrants", "other_tiers"]

__getattr__, __dir__ = exports(
    __name__, {"data_plane": ("DataPlaneGrants",), "model_calls": ("other_tiers",)}
)
