"""One deployment for each module, on a local AWS of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from constructs_lib.local import LocalAws
from tests.e2e.deployment import Deployment, synthesize

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stacks with agents, for the local account."""
    return synthesize(tmp_path_factory.mktemp("assembly") / "out", "111122223333", "us-east-1")


@pytest.fixture(scope="module")
def aws() -> Iterator[LocalAws]:
    """A server of this module's own: these tests empty it."""
    with LocalAws() as server:
        yield server


@pytest.fixture
def fresh(aws: LocalAws, assembly: Path) -> Deployment:
    """An empty account with the deploy role and the bootstrap."""
    aws.reset()
    made = Deployment(aws, assembly)
    made.bootstrap()
    return made
