"""The command line as one file does what the installed one does, on a Python with nothing installed."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from constructs_lib.cli import COMMANDS, main
from constructs_lib.review.diff import FORMATS as DIFF_FORMATS
from constructs_lib.review.render import FORMATS as REVIEW_FORMATS
from constructs_lib.version import __version__
from tests.source import ROOT
from tools.pyz import build

# `-I -S`: no site-packages, no environment, nothing of the folder that it runs in.
BARE = (sys.executable, "-I", "-S")
RELEASED = ROOT / "release/bedrock-planes.pyz"
ENVIRONMENT = ("--account", "111122223333", "--region", "us-east-1", "--stack", "Chat")
DENIED = (
    "User: arn:aws:sts::111122223333:assumed-role/chat/x is not authorized to perform: bedrock:InvokeModel "
    "on resource: arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0 because no "
    "identity-based policy allows the bedrock:InvokeModel action"
)
YAML = """\
Resources:
  Chat:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]
      ManagedPolicyArns: [!Sub "arn:${AWS::Partition}:iam::aws:policy/AmazonBedrockReadOnly"]
      Policies:
        - PolicyName: both
          PolicyDocument:
            Statement:
              - {Effect: Allow, Action: ["bedrock:InvokeModel", "bedrock:CreateAgent"], Resource: "*"}
"""


@pytest.fixture(scope="module")
def pyz(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("pyz") / "bedrock-planes.pyz"
    file.write_bytes(build())
    return str(file)


@pytest.fixture(autouse=True)
def _inputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("template.yaml").write_text(YAML, "utf-8")
    Path("other.yaml").write_text(YAML.replace(', "bedrock:CreateAgent"', ""), "utf-8")
    Path("broken.json").write_text('{"Statement": [', "utf-8")
    Path("package.json").write_text('{"name": "app"}', "utf-8")


def _run(file: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [*BARE, file, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


CALLS = [
    *(("review", "template.yaml", "--format", name) for name in REVIEW_FORMATS),
    ("review", "template.yaml", "broken.json", "package.json", "--only-relevant"),
    ("review", "other.yaml", "--root", "."),
    *(("diff", "other.yaml", "template.yaml", "--format", name) for name in DIFF_FORMATS),
    ("which", "InvokeModel", "bedrock:Invoke*", "converse", "nosuchthing"),
    ("deploy-policy", "template.yaml", "--without-boundary", *ENVIRONMENT),
    ("explain", DENIED),
    ("rules",),
    ("rules", "BP101"),
    ("catalogue", "list", "models"),
    ("catalogue", "export"),
    ("catalogue", "export", "--format", "markdown"),
]


@pytest.mark.parametrize("call", CALLS, ids=lambda call: " ".join(call)[:60])
def test_it_prints_what_the_installed_command_prints(
    call: tuple[str, ...], pyz: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(call)
    expected = capsys.readouterr()
    run = _run(pyz, *call)
    assert (run.returncode, run.stdout, run.stderr) == (status, expected.out, expected.err)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_it(command: str, pyz: str) -> None:
    run = _run(pyz, command, "--help")
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith(f"usage: bedrock-planes {command}")


def test_what_needs_other_packages_says_so(pyz: str) -> None:
    run = _run(pyz, "catalogue", "verify")
    assert run.returncode == 2
    assert len(run.stderr.splitlines()) == 1
    assert "internal error" not in run.stderr


def test_it_holds_the_pure_packages_and_their_licences(pyz: str) -> None:
    with zipfile.ZipFile(pyz) as archive:
        names = archive.namelist()
    assert names == sorted(names)
    rooms = {
        name.split("/")[1] for name in names if name.startswith("constructs_lib/") and name.count("/") > 1
    }
    assert {"catalogue", "iam", "templates", "review", "cli"} <= rooms
    assert not rooms & {"control_plane", "data_plane", "platform", "checks", "local", "handlers"}
    assert {"LICENSE", "yaml/LICENSE"} <= {*names}


def test_the_same_sources_give_the_same_bytes(pyz: str, tmp_path: Path) -> None:
    again = tmp_path / "again.pyz"
    command = [sys.executable, "-m", "tools.pyz", str(again)]
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL, timeout=60)
    assert again.read_bytes() == Path(pyz).read_bytes()
    assert again.stat().st_mode & 0o111


def test_it_is_small_and_starts_fast(pyz: str) -> None:
    assert Path(pyz).stat().st_size < 1_000_000
    best = 1e9
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        _run(pyz, "which", "converse")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        best = min(best, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert best < 0.3


def test_the_released_file_reviews() -> None:
    assert _run(str(RELEASED), "--version").stdout == f"bedrock-planes {__version__}\n"
    run = _run(str(RELEASED), "review", "template.yaml", "--format", "json")
    found = [(f["rule"], f["location"]["line"]) for f in json.loads(run.stdout)["findings"]]
    assert run.returncode == 1
    assert ("BP101", 11) in found or ("BP101", 12) in found
