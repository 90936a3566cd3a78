"""Importing is nearly free: a name is loaded when it is used, and no more than it needs."""

from __future__ import annotations

import subprocess
import sys

import pytest

import constructs_lib.checks
from constructs_lib.checks import __all__ as names


def loaded_by(statement: str) -> set[str]:
    script = f"import sys; {statement}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_package_alone_loads_no_cdk() -> None:
    assert not loaded_by("import constructs_lib.checks") & {"aws_cdk", "jsii", "cdk_nag", "constructs"}


def test_the_plugin_does_not_load_cdk_nag() -> None:
    assert "cdk_nag" not in loaded_by("from constructs_lib.checks import BedrockPlaneChecks")


def test_the_assertions_do_not_load_cdk_nag() -> None:
    assert "cdk_nag" not in loaded_by("from constructs_lib.checks.testing import assert_denied")


def test_every_public_name_is_there() -> None:
    for name in names:
        assert callable(getattr(constructs_lib.checks, name))


def test_another_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Checks'"):
        constructs_lib.checks.Checks  # noqa: B018 - the access is the test
