"""The runtime helper: the distribution that is built, its clients, its errors, its size."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NO_CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_DEFAULT_REGION": "us-east-1",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel and return where it is unpacked, alone."""
    folder = tmp_path_factory.mktemp("runtime")
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--quiet",
            "--no-deps",
            "--no-build-isolation",
            "--no-index",
            "--disable-pip-version-check",
            "--wheel-dir",
            folder,
            ROOT / "runtime",
        ],
        check=True,
    )
    [wheel] = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def _run(built: Path, program: str) -> str:
    """Run a program with the built helper and without this repository on the path."""
    code = f"import sys; sys.path.insert(0, {str(built)!r})\n{program}"
    run = subprocess.run(
        [sys.executable, "-B", "-W", "error", "-c", code],
        cwd=built,
        env={**NO_CREDENTIALS, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_the_distribution_stands_alone(built: Path) -> None:
    loaded = _run(
        built,
        "import bedrock_planes_runtime as r, json\n"
        "r.Clients().bedrock\n"
        "print(json.dumps([r.__file__, sorted(m for m in sys.modules if m.startswith('constructs_lib'))]))",
    )
    where, originals = json.loads(loaded)
    assert where.startswith(str(built))
    assert originals == []


def test_an_operation_of_another_client_names_the_right_one(built: Path) -> None:
    said = _run(
        built,
        "from bedrock_planes_runtime import Clients, WrongClientError\n"
        "clients = Clients()\n"
        "for client, name in ((clients.bedrock, 'converse'), (clients.bedrock_runtime, 'retrieve'),\n"
        "                     (clients.bedrock_agent, 'invoke_agent'), (clients.bedrock_runtime, "
        "'list_guardrails')):\n"
        "    try:\n"
        "        getattr(client, name)\n"
        "    except WrongClientError as error:\n"
        "        print(error.client, error.right, error)\n",
    )
    assert said.splitlines() == [
        (
            "bedrock ('bedrock-runtime',) `bedrock` has no `Converse`; `bedrock-runtime` has it: "
            'boto3.client("bedrock-runtime").converse()'
        ),
        (
            "bedrock-runtime ('bedrock-agent-runtime',) `bedrock-runtime` has no `Retrieve`; "
            "`bedrock-agent-runtime` "
            'has it: boto3.client("bedrock-agent-runtime").retrieve()'
        ),
        (
            "bedrock-agent ('bedrock-agent-runtime',) `bedrock-agent` has no `InvokeAgent`; "
            "`bedrock-agent-runtime` "
            'has it: boto3.client("bedrock-agent-runtime").invoke_agent()'
        ),
        (
            "bedrock-runtime ('bedrock',) `bedrock-runtime` has no `ListGuardrails`; `bedrock` has it: "
            'boto3.client("bedrock").list_guardrails()'
        ),
    ]


def test_boto3_is_not_hidden(built: Path) -> None:
    said = _run(
        built,
        "from bedrock_planes_runtime import Clients\n"
        "client = Clients().bedrock_runtime\n"
        "print(client.converse == client.boto3.converse, client.exceptions is client.boto3.exceptions,\n"
        "      'converse' in dir(client), client.meta.region_name)\n"
        "try:\n"
        "    client.nothing_of_the_sort\n"
        "except AttributeError as error:\n"
        "    print(type(error).__name__, error)\n",
    )
    assert said.splitlines() == [
        "True True True us-east-1",
        "AttributeError 'BedrockRuntime' object has no attribute 'nothing_of_the_sort'",
    ]


def test_retries_and_timeouts_have_sensible_defaults_that_a_config_overrides(built: Path) -> None:
    said = _run(
        built,
        "from botocore.config import Config\n"
        "from bedrock_planes_runtime import Clients\n"
        "for clients in (Clients(), Clients(config=Config(read_timeout=7))):\n"
        "    for client in (clients.bedrock_runtime, clients.bedrock):\n"
        "        config = client.meta.config\n"
        "        print(config.connect_timeout, config.read_timeout, config.retries['mode'],\n"
        "              config.retries['total_max_attempts'])\n",
    )
    assert said.splitlines() == ["5 300 standard 4", "5 60 standard 4", "5 7 standard 4", "5 7 standard 4"]


def test_an_exception_is_explained(built: Path) -> None:
    said = _run(
        built,
        "from botocore.exceptions import ClientError, NoCredentialsError\n"
        "from bedrock_planes_runtime import explain\n"
        "denied = "
        "ClientError({'Error': {'Code': 'AccessDeniedException', 'Message': 'User: arn:aws:iam::111122223333:"
        "role/a is not authorized to perform: bedrock:InvokeModel on resource: "
        "arn:aws:bedrock:us-east-1::foundation-"
        "model/amazon.nova-lite-v1:0 because no identity-based policy allows the bedrock:InvokeModel "
        "action'}}, "
        "'Converse')\n"
        "for error in (denied, NoCredentialsError()):\n"
        "    found = explain(error)\n"
        "    print(found.kind, found.action, found.remedy.grant)\n",
    )
    assert said.splitlines() == [
        'missing-action bedrock:InvokeModel role.grants.converse("amazon.nova-lite-v1:0")',
        "credentials None None",
    ]


def test_it_is_small_enough_for_a_function(built: Path, tmp_path: Path) -> None:
    archive = tmp_path / "function.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for path in sorted((built / "bedrock_planes_runtime").rglob("*")):
            if "__pycache__" not in path.parts:
                packed.write(path, path.relative_to(built))
        packed.write(ROOT / "examples/ask/handler.py", "handler.py")
    assert archive.stat().st_size < 100_000


def test_the_page_prints_what_it_says(built: Path) -> None:
    page = (ROOT / "docs/runtime.md").read_text("utf-8")
    [program] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    [printed] = re.findall(r"```text\n(.*?)```", page, re.DOTALL)
    assert _run(built, program) == printed
