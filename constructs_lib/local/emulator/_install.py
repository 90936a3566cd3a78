# ruff: noqa: SLF001 - ministack has no public seams; _guard watches those used here
"""Put everything of this package into ministack, once, before it serves."""

from __future__ import annotations

import sys
import types
from typing import TYPE_CHECKING, Any

from ministack import app

from constructs_lib.local.emulator import _dispatch, s3vectors
from constructs_lib.local.emulator import bedrock as bedrock_behaviour
from constructs_lib.local.emulator import cloudformation as cloudformation_types
from constructs_lib.local.emulator._request import raw_path_of_request
from constructs_lib.local.emulator.authorization import _limits

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["application"]


def application() -> Callable[..., Any]:
    """Return the patched ASGI application."""
    _limits.install()
    cloudformation_types.install()
    _dispatch.install()
    _register("bedrock_planes", _reset)

    async def serve(scope: dict[str, Any], receive: object, send: object) -> None:
        if scope["type"] == "http":
            raw_path_of_request.set((scope.get("raw_path") or b"").decode("latin-1"))
        await app.app(scope, receive, send)

    return serve


def _reset() -> None:
    s3vectors.reset()
    bedrock_behaviour.reset()
    cloudformation_types.reset()


def _register(name: str, reset: Callable[[], None]) -> None:
    """Enter a module into ministack's registry, so that its reset calls ours."""
    module: Any = types.ModuleType(f"ministack.services.{name}")
    module.reset = reset
    module.get_state = lambda: None
    module.load_persisted_state = lambda _state: None
    sys.modules[module.__name__] = module
    app._loaded_modules[name] = module
    app.SERVICE_REGISTRY[name] = {"module": name}
