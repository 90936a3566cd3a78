"""The error of the constructs costs nothing to import."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("package", ["constructs_lib", "constructs_lib.cdk_support"])
def test_the_error_loads_without_the_cdk(package: str) -> None:
    script = f"import sys; from {package} import PlanesError; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert not {"aws_cdk", "jsii", "constructs"} & set(done.stdout.split())
