"""What the README shows is true: its picture is a picture, its example runs, its links and commands exist."""

from __future__ import annotations

import json
import math
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib import catalogue
from constructs_lib.cli import COMMANDS, main

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")
SVG = "{http://www.w3.org/2000/svg}"


PICTURES = pytest.mark.parametrize("picture", ["planes.svg", "architecture.svg"])


@PICTURES
def test_the_picture_is_well_formed_scales_and_describes_itself(picture: str) -> None:
    root = ET.parse(ROOT / "docs/img" / picture).getroot()
    assert root.tag == f"{SVG}svg"
    assert "viewBox" in root.attrib
    assert root.attrib["aria-labelledby"].split() == [
        root.find(f"{SVG}title").attrib["id"],  # type: ignore[union-attr]  # found, or the test fails as it should
        root.find(f"{SVG}desc").attrib["id"],  # type: ignore[union-attr]  # found, or the test fails as it should
    ]
    page = {"planes.svg": "README.md", "architecture.svg": "docs/architecture.md"}[picture]
    assert f"img/{picture}" in (ROOT / page).read_text("utf-8")


@PICTURES
def test_the_picture_has_a_light_and_a_dark_dress_for_every_class_it_wears(picture: str) -> None:
    root = ET.parse(ROOT / "docs/img" / picture).getroot()
    style = root.findtext(f"{SVG}style") or ""
    light, _, dark = style.partition("@media (prefers-color-scheme: dark)")
    worn = {name for node in root.iter() for name in node.attrib.get("class", "").split()}
    coloured = {name for name in worn if re.search(rf"\.{name}\b[^}}]*#[0-9a-f]{{6}}", light)}
    assert {name for name in coloured if not re.search(rf"\.{name}\b[^}}]*#[0-9a-f]{{6}}", dark)} == set()
    assert {name for name in worn if f".{name} " not in style and f".{name}," not in style} == set()


def test_local_links_lead_somewhere() -> None:
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", README) + re.findall(r'src="([^"]+)"', README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_make_targets_named_in_the_readme_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:`|^)make ([a-z-]+)\b", README, re.MULTILINE))
    assert named
    assert named - targets == set()


# ------------------------------------------------------------------------------------------------ the example
def code_blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def test_the_example_is_the_file_in_examples_without_its_comments() -> None:
    [shown] = code_blocks("python")
    written = (ROOT / "examples/minimal/app.py").read_text("utf-8").split('"""', 2)[2].splitlines()
    lines = [line for line in written if line and not line.startswith("#")]
    assert [line for line in shown.splitlines() if line] == lines


def test_what_a_reader_needs_first_comes_before_the_first_heading() -> None:
    """In this order: what it is, the picture, the installation, a few lines of code, two commands, links."""
    first = README.partition("\n## ")[0]
    parts = [first.index(part) for part in ("Amazon Bedrock has", "<img", "pip install", "```python")]
    parts += [first.index("bedrock-planes review cdk.out"), first.index("docs/get-started.md")]
    assert parts == sorted(parts)
    assert height(first) <= 1000


def height(text: str) -> float:
    """Return how high a text is on GitHub, in pixels: 830 wide, letters of 16 px, and 13.6 px in code."""
    total = 0.0
    for block in re.findall(r"^```(?:.|\n)*?^```$|^.+$", text, re.MULTILINE):
        if block.startswith("# "):
            total += 32 + 67
        elif picture := re.fullmatch(r'<img src="([^"]+)" width="(\d+)"[^>]*>', block):
            _, _, wide, high = ET.parse(ROOT / picture[1]).getroot().attrib["viewBox"].split()
            total += int(picture[2]) * int(high) / int(wide)
        elif block.startswith("```"):
            total += (len(block.splitlines()) - 2) * 19.7 + 48
        else:
            total += math.ceil(len(re.sub(r"\]\([^)]*\)", "", block)) / 98) * 24 + 16
    return total


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the README's own text, as a reader would who pastes it into a file."""
    folder = tmp_path_factory.mktemp("readme")
    (folder / "app.py").write_text(code_blocks("python")[0], "utf-8")
    done = subprocess.run(
        [sys.executable, "app.py"],
        cwd=folder,
        env={**os.environ, "CDK_OUTDIR": str(folder / "cdk.out")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder / "cdk.out"


@pytest.fixture(scope="module")
def template(assembly: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((assembly / "Answers.template.json").read_text("utf-8"))
    return read


def actions(template: dict[str, Any], logical_id: str) -> Iterator[str]:
    """The Bedrock actions of the role with this beginning of its logical id."""
    for resource in template["Resources"].values():
        if resource["Type"] != "AWS::IAM::Policy":
            continue
        if any(role["Ref"].startswith(logical_id) for role in resource["Properties"]["Roles"]):
            for statement in resource["Properties"]["PolicyDocument"]["Statement"]:
                named = statement["Action"]
                yield from [named] if isinstance(named, str) else named


def test_the_example_grants_what_it_says(template: dict[str, Any]) -> None:
    assert sorted(set(actions(template, "AppRole"))) == [
        "bedrock:InvokeModel",
        "bedrock:InvokeModelWithResponseStream",
        "bedrock:Retrieve",
    ]
    planes = {str(catalogue.actions()[name].plane) for name in actions(template, "AppRole")}
    assert planes == {"data"}


def test_the_example_makes_what_it_says(template: dict[str, Any]) -> None:
    types = {resource["Type"] for resource in template["Resources"].values()}
    assert {"AWS::Bedrock::KnowledgeBase", "AWS::Bedrock::DataSource", "AWS::S3Vectors::Index"} <= types
    role = next(
        r
        for i, r in template["Resources"].items()
        if i.startswith("AppRole") and r["Type"] == "AWS::IAM::Role"
    )
    assert "PermissionsBoundary" in role["Properties"]


def test_get_started_shows_the_review_of_the_example(
    assembly: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (ROOT / "docs/get-started.md").read_text("utf-8")
    shown = re.findall(r"^```text\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)[0]
    assert main(["review", str(assembly)]) == 0
    assert shown in capsys.readouterr().out


# ----------------------------------------------------------------------------------------------- the commands
def test_subcommands_named_in_the_readme_exist() -> None:
    named = set(re.findall(r"\bbedrock-planes ([a-z]+)\b", README))
    assert named
    assert named - set(COMMANDS) == set()
