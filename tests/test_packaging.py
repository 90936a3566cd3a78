"""What is uploaded: the wheel and the sdist, what is in them, and that they work in a clean environment."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.test_project import MACHINE_PATH, ROOT, tracked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SUPPORTED = re.findall(
    r"Programming Language :: Python :: (3\.\d+)", (ROOT / "pyproject.toml").read_text("utf-8")
)


def run(
    arguments: Sequence[str | Path],
    folder: Path,
    environment: Mapping[str, str] | None = None,
    wanted: int = 0,
) -> str:
    """Run a program that must end with the status wanted, and return what it printed."""
    done = subprocess.run(
        arguments, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=900
    )
    assert done.returncode == wanted, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Build both as `make dist` does."""
    folder = tmp_path_factory.mktemp("dist")
    run([sys.executable, "-m", "build", "--no-isolation", "--outdir", folder], ROOT)
    [wheel], [sdist] = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return {"wheel": wheel, "sdist": sdist}


def contents(path: Path) -> dict[str, bytes]:
    """Return the files of a wheel or, below its only folder, of an sdist."""
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    with tarfile.open(path) as archive:
        files = [member for member in archive.getmembers() if member.isfile()]
        return {
            member.name.partition("/")[2]: read.read()
            for member in files
            if (read := archive.extractfile(member)) is not None
        }


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_all_of_the_package_is_in_it_and_nothing_of_a_machine(built: dict[str, Path], kind: str) -> None:
    found = contents(built[kind])
    package = {name for name in found if name.startswith("constructs_lib/")}
    committed = {path.relative_to(ROOT).as_posix() for path in tracked()}
    assert package == {name for name in committed if name.startswith("constructs_lib/")}
    assert {"constructs_lib/py.typed", "constructs_lib/catalogue/catalogue.json"} <= package
    assert any(name.endswith("LICENSE") for name in found)
    # Data is packed too, and holds no paths.
    texts = {name: content.decode(errors="ignore") for name, content in found.items()}
    assert [name for name, text in texts.items() if MACHINE_PATH.search(text)] == []
    # Neither tests nor examples: who wants them has the repository.
    rest = {name.partition("/")[0] for name in found} - {"constructs_lib"}
    if kind == "wheel":
        assert {name.rpartition(".")[2] for name in rest} == {"dist-info"}
    else:
        assert rest == {
            "CHANGELOG.md",
            "LICENSE",
            "PKG-INFO",
            "README.md",
            "SECURITY.md",
            "pyproject.toml",
        } | (
            rest & {".gitignore"}  # hatchling takes it along
        )


def test_the_metadata_says_what_it_needs(built: dict[str, Path]) -> None:
    found = contents(built["wheel"])
    [metadata] = [text.decode() for name, text in found.items() if name.endswith("/METADATA")]
    assert re.findall(r"^Provides-Extra: (.+)$", metadata, re.MULTILINE) == ["code", "local"]
    assert "\nRequires-Python: >=3.11\n" in metadata
    assert "\nLicense-Expression: Apache-2.0\n" in metadata
    assert {"3.11", "3.12", "3.13"} <= {*SUPPORTED}
    [entries] = [text.decode() for name, text in found.items() if name.endswith("/entry_points.txt")]
    assert "bedrock-planes = constructs_lib.cli:main" in entries


def _runs(python: Path) -> bool:
    """Whether it is more than a stub that names the versions there are, as pyenv has them."""
    return not subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode


def interpreters() -> list[str]:
    """Return the supported Pythons that this machine has, by the version in their name."""
    homes = [Path(one) for one in os.environ["PATH"].split(os.pathsep)]
    homes += sorted((Path.home() / ".pyenv/versions").glob("*/bin"))
    if "PYENV_ROOT" in os.environ:
        homes += sorted((Path(os.environ["PYENV_ROOT"]) / "versions").glob("*/bin"))
    found = {}
    for version in SUPPORTED:
        for home in homes:
            python = home / f"python{version}"
            if version not in found and python.exists() and _runs(python):
                found[version] = str(python)
    return [*found.values()]


@pytest.mark.prove
@pytest.mark.parametrize("kind", ["wheel", "sdist"])
@pytest.mark.parametrize("python", interpreters())
def test_it_works_in_a_clean_environment(
    built: dict[str, Path], kind: str, python: str, tmp_path: Path
) -> None:
    run([python, "-m", "venv", tmp_path / "env"], tmp_path)
    programs = tmp_path / "env/bin"
    # Nothing of this environment: neither its packages nor its settings of Python.
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "VIRTUAL", "JSII_NODE"))
    }
    clean |= {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "CDK_OUTDIR": "cdk.out"}
    pip: list[str | Path] = [
        programs / "python",
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]
    # As on the page, with the file in the place of the name: Node.js comes with the second.
    page = (ROOT / "docs/get-started.md").read_text("utf-8")
    [others] = re.findall(r"^pip install bedrock-planes (.+)$", page, re.MULTILINE)
    run([*pip, built[kind], *others.split()], tmp_path, clean)
    assert (programs / "node").exists()
    assert (programs / "npm").exists()

    [example] = re.findall(
        r"^```python\n(.*?)^```$", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL
    )
    (tmp_path / "app.py").write_text(example)
    where = run(
        [programs / "python", "-c", "import constructs_lib; print(constructs_lib.__file__)"], tmp_path, clean
    )
    assert Path(where.strip()).is_relative_to(tmp_path)
    run([programs / "python", "app.py"], tmp_path, clean)
    answer = run([programs / "bedrock-planes", "review", "cdk.out"], tmp_path, clean)
    assert "The planes are kept apart: no principal reaches both." in answer

    crossed = example.replace(
        "app.synth()",
        'role.add_to_policy(iam.PolicyStatement(actions=["bedrock:CreateGuardrail"], resources=["*"]))\n',
    )
    (tmp_path / "crossed.py").write_text(crossed)
    run([programs / "python", "crossed.py"], tmp_path, clean, wanted=1)

    run([*pip, f"{built[kind]}[local]"], tmp_path, clean)
    server = subprocess.Popen(
        [programs / "python", "-m", "constructs_lib.local"],
        cwd=tmp_path,
        env=clean,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    assert "The local AWS serves account" in server.stdout.readline()
    server.send_signal(signal.SIGINT)
    server.communicate(timeout=60)
    assert server.returncode == 0
