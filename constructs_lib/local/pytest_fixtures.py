"""Pytest fixtures: one local AWS per session (per worker under xdist), emptied for each module.

In a `conftest.py`: `pytest_plugins = ["constructs_lib.local.pytest_fixtures"]`, or import them by name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from constructs_lib.local import LocalAws

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["local_aws", "local_aws_server"]


@pytest.fixture(scope="session")
def local_aws_server() -> Iterator[LocalAws]:
    """Start one server for all tests of this process; what they make in it stays."""
    with LocalAws() as aws:
        yield aws


@pytest.fixture(scope="module")
def local_aws(local_aws_server: LocalAws) -> LocalAws:
    """Return the session's server, empty at the start of each module."""
    local_aws_server.reset()
    return local_aws_server
