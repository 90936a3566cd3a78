"""Recall and precision on code whose calls were counted by hand.

A comment ``#> CLIENT OPERATION`` (``//>`` in other languages) marks a call of its line, with ``wrong RIGHT``
one on the wrong client.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from constructs_lib.code import scan
from constructs_lib.review import review_code

_FOLDER = Path(__file__).parent / "samples"
_FOLDERS = sorted(path for path in (_FOLDER / "folders").iterdir() if path.is_dir())
"""Packages whose modules hand clients on, so that they are read together."""
_FILES = sorted(p for p in _FOLDER.rglob("*.*") if p.is_file() and _FOLDER / "folders" not in p.parents)
_MARK = re.compile(r"(?:#|//)> (\S+) (\S+)(?: wrong (\S+))?")
_NEAR = 2
"""Lines between a mark and its call: a call may span lines."""


class Call(NamedTuple):
    """A call that a file has."""

    line: int
    client: str
    operation: str
    right: str | None


def _counted(path: Path) -> list[Call]:
    lines = path.read_text("utf-8").splitlines()
    return [
        Call(number, mark[1], mark[2], mark[3])
        for number, line in enumerate(lines, 1)
        for mark in _MARK.finditer(line)
    ]


def _difference(path: Path) -> tuple[list[Call], list[Call], int]:
    """Return what was not found, what was found in excess, and how many calls were right."""
    found = [Call(c.line, c.client, c.operation, c.right) for c in scan([str(path)]).calls]
    missing = []
    for wanted in _counted(path):
        hit = next((c for c in found if c[1:] == wanted[1:] and abs(c.line - wanted.line) <= _NEAR), None)
        if hit is None:
            missing.append(wanted)
        else:
            found.remove(hit)
    return missing, found, len(_counted(path)) - len(missing)


@pytest.mark.parametrize("path", _FILES, ids=lambda path: str(path.relative_to(_FOLDER)))
def test_the_counted_calls_are_found_and_no_others(path: Path) -> None:
    assert _difference(path)[:2] == ([], [])


@pytest.mark.parametrize("folder", _FOLDERS, ids=lambda path: path.name)
def test_clients_are_followed_from_module_to_module(folder: Path) -> None:
    files = sorted(folder.rglob("*.py"))
    counted = [(str(path), *call) for path in files for call in _counted(path)]
    found = [(c.path, c.line, c.client, c.operation, c.right) for c in scan([str(folder)]).calls]
    assert counted
    assert sorted(found) == sorted(counted)


def test_recall_and_precision(capsys: pytest.CaptureFixture[str]) -> None:
    parts = [_difference(path) for path in _FILES]
    right = sum(part[2] for part in parts)
    missing, extra = sum(len(part[0]) for part in parts), sum(len(part[1]) for part in parts)
    recall, precision = right / (right + missing), right / (right + extra)
    counts = f"of {right + missing} calls in {len(_FILES)} files"
    with capsys.disabled():
        sys.stdout.write(f"\nscan: recall {recall:.3f}, precision {precision:.3f} {counts}\n")
    assert len(_FILES) >= 60
    assert min(recall, precision) >= 0.95


@pytest.mark.parametrize("path", _FILES, ids=lambda path: str(path.relative_to(_FOLDER)))
def test_wrong_clients_are_found_and_no_others(path: Path) -> None:
    report = review_code(scan([str(path)]))
    marked = [(call.line, call.right) for call in _counted(path) if call.right]
    found = [(f.location.line, f.message) for f in report.findings if f.rule == "BP601"]
    assert len(found) == len(marked)
    for (line, right), (at, message) in zip(sorted(marked), sorted(found), strict=True):
        assert abs(line - (at or 0)) <= _NEAR
        assert f"it is an operation of `{right}`" in message


def test_all_languages_are_sampled() -> None:
    assert {call.language for path in _FILES for call in scan([str(path)]).calls} == {
        "python",
        "javascript",
        "typescript",
        "java",
        "go",
        "shell",
    }


def test_a_call_belongs_to_the_file_that_holds_it(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(
        "import boto3\nfrom work import ask\n\n\nask(boto3.client('bedrock-runtime'))\n"
    )
    (tmp_path / "work.py").write_text("def ask(client):\n    return client.converse(modelId='m')\n")
    found = scan([str(tmp_path)])
    assert [(call.path, call.line) for call in found.calls] == [(str(tmp_path / "work.py"), 2)]
    assert found.unresolved == ()


def test_a_client_is_followed_through_classes_of_other_files(tmp_path: Path) -> None:
    (tmp_path / "core.py").write_text(
        "import boto3\n"
        "def client(name):\n"
        "    return boto3.client(name)\n"
        "class Base:\n"
        "    service = 'bedrock'\n"
        "    def connection(self):\n"
        "        return client(self.service)\n"
        "    def do(self, operation, **request):\n"
        "        return getattr(self.connection(), operation)(**request)\n"
        "def apply(function, **request):\n"
        "    return function(**request)\n"
    )
    (tmp_path / "use.py").write_text(
        "import core\n"
        "from core import Base as B, apply\n"
        "class Agent(B):\n"
        "    service = 'bedrock-agent-runtime'\n"
        "    def go(self, query):\n"
        "        return self.do('retrieve', knowledgeBaseId='KB', retrievalQuery=query)\n"
        "def main():\n"
        "    Agent().go('x')\n"
        "    apply(core.client('bedrock-runtime').converse, modelId='m')\n"
    )
    found = scan([str(tmp_path)]).calls
    use = str(tmp_path / "use.py")  # where the operations are named
    assert [(call.path, call.line, call.operation, call.resource or call.model) for call in found] == [
        (use, 6, "Retrieve", "KB"),
        (use, 9, "Converse", "m"),
    ]


_HELPERS = {
    "a.py": "import boto3\n"
    "def retry(call, **request):\n"
    "    return again(call, **request)\n"
    "def again(call, **request):\n"
    "    return call(**request)\n"
    "def named(client, operation, **request):\n"
    "    return getattr(client, operation)(**request)\n"
    "def safe(call):\n"
    "    def inner(**request):\n"
    "        return call(**request)\n"
    "    return inner\n"
    "runtime = boto3.client('bedrock-runtime')\n"
    "retry(runtime.converse, modelId='m')\n"
    "retry(runtime.converse, modelId='m')\n"
    "named(runtime, 'count_tokens', modelId='m')\n"
    "safe(runtime.invoke_model)(modelId='m')\n",
    "a.ts": "import { BedrockRuntimeClient, ConverseCommand, CountTokensCommand, InvokeModelCommand }"
    " from '@aws-sdk/client-bedrock-runtime';\n"
    "const client = new BedrockRuntimeClient({});\n"
    "const send = (c: any) => inner(c);\n"
    "\n"
    "\n"
    "const inner = async (c: any) => client.send(c);\n"
    "\n"
    "\n"
    "\n"
    "\n"
    "\n"
    "\n"
    "await send(new ConverseCommand({ modelId: 'm' }));\n"
    "await send(new ConverseCommand({ modelId: 'm' }));\n"
    "await send(new CountTokensCommand({ modelId: 'm' }));\n"
    "await inner(new InvokeModelCommand({ modelId: 'm' }));\n",
    "a.go": "package a\n"
    'import "github.com/aws/aws-sdk-go-v2/service/bedrockruntime"\n'
    "func retry[I, O any](fn func(*I) (*O, error), in *I) (*O, error) {\n"
    "\treturn fn(in)\n"
    "}\n"
    "\n"
    "\n"
    "\n"
    "\n"
    "\n"
    "\n"
    "func run(c *bedrockruntime.Client) {\n"
    "\tretry(c.Converse, nil)\n"
    "\tretry(c.Converse, nil)\n"
    "\tretry(c.CountTokens, nil)\n"
    "\tretry(c.InvokeModel, nil)\n"
    "}\n",
    "a.sh": 'run() { again "$@"; }\n'
    'again() { until "$@"; do sleep 1; done; }\n'
    'rt() { aws bedrock-runtime "$@"; }\n' + "\n" * 9 + "run aws bedrock-runtime converse --model-id m\n"
    "run aws bedrock-runtime converse --model-id m\n"
    "rt count-tokens --model-id m\n"
    "run rt invoke-model --model-id m out\n",
}


@pytest.mark.parametrize("name", _HELPERS)
def test_a_call_through_a_helper_has_the_line_that_names_its_operation(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(_HELPERS[name])
    found = scan([str(tmp_path / name)])
    operations = ("Converse", "Converse", "CountTokens", "InvokeModel")
    assert [call.line for call in found.calls] == [13, 14, 15, 16]
    assert tuple(call.operation for call in found.calls) == operations
    assert found.unresolved == ()


def test_a_command_that_a_helper_of_another_file_sends_is_one_call(tmp_path: Path) -> None:
    (tmp_path / "send.js").write_text("export const send = (client, command) => client.send(command);\n")
    (tmp_path / "app.js").write_text(
        "import { BedrockRuntimeClient, ConverseCommand } from '@aws-sdk/client-bedrock-runtime';\n"
        "import { send } from './send.js';\n"
        "send(new BedrockRuntimeClient({}), new ConverseCommand({ modelId: 'm' }));\n"
    )
    found = scan([str(tmp_path)])
    assert [(call.path, call.line) for call in found.calls] == [(str(tmp_path / "app.js"), 3)]


def test_an_uncalled_function_runs_for_what_it_sets(tmp_path: Path) -> None:
    """No word of Bedrock is in `choose`, and nothing calls it; still it says which model is asked."""
    (tmp_path / "app.py").write_text(
        "import boto3\n"
        "class App:\n"
        "    def __init__(self):\n"
        "        self.runtime = boto3.client('bedrock-runtime')\n"
        "        self.model = None\n"
        "    def choose(self):\n"
        "        self.model = 'amazon.nova-lite-v1:0'\n"
        "    def ask(self):\n"
        "        return self.runtime.converse(modelId=self.model)\n"
    )
    assert [call.model for call in scan([str(tmp_path)]).calls] == ["amazon.nova-lite-v1:0"]


def test_helpers_that_explode_leave_room_for_the_rest(tmp_path: Path) -> None:
    """A function without a word of Bedrock is followed for few steps, whoever calls it how often."""
    calls = "\n".join(f"    x = clean(clean({{'k{n}': [x, x, clean(x)]}}))" for n in range(200))
    (tmp_path / "app.py").write_text(
        "import boto3\n"
        "def clean(value):\n"
        "    if isinstance(value, dict):\n"
        "        return {key: clean(item) for key, item in value.items()}\n"
        "    return [clean(item) for item in value]\n"
        "def ask(x):\n"
        f"{calls}\n"
        "    return boto3.client('bedrock-runtime').converse(modelId='m', messages=x)\n"
    )
    found = scan([str(tmp_path)])
    assert ([call.operation for call in found.calls], found.unresolved) == (["Converse"], ())


def test_a_long_helper_that_is_given_a_method_is_followed(tmp_path: Path) -> None:
    lines = "\n".join(f"    a{n} = [b, {{'k': [b, {n}]}}, (b, b)]" for n in range(300))
    (tmp_path / "app.py").write_text(
        "import boto3\n"
        f"def prove(b, call):\n{lines}\n    return attempt(call)\n"
        "def attempt(call):\n    return call()\n"
        "def main():\n"
        "    runtime = boto3.client('bedrock-runtime')\n"
        "    prove(1, lambda: runtime.converse(modelId='m'))\n"
        "    prove(2, runtime.list_foundation_models)\n"
    )
    found = {(call.operation, call.right) for call in scan([str(tmp_path)]).calls}
    assert found == {("Converse", None), ("ListFoundationModels", "bedrock")}


def test_the_request_of_a_paginator_is_that_of_paginate(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(
        "import boto3\n"
        "pages = boto3.client('bedrock-agent-runtime').get_paginator('retrieve')\n"
        "pages.paginate(knowledgeBaseId='KB', retrievalQuery={})\n"
    )
    assert [(c.line, c.resource) for c in scan([str(tmp_path)]).calls] == [(2, "KB")]
