"""The examples of the pages on ``explain`` and ``which`` print what the pages show."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [(ROOT / f"docs/{name}.md").read_text("utf-8") for name in ("explain", "which")]
EXAMPLES = re.findall(r"```console\n\$ (bedrock-planes .*)\n((?:(?!```).*\n)*)```", "".join(PAGES))
MODEL = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"


@pytest.mark.parametrize(("command", "shown"), EXAMPLES, ids=range(len(EXAMPLES)))
def test_an_example_prints_what_the_page_shows(command: str, shown: str, tmp_path: Path) -> None:
    statement = {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": MODEL}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    (tmp_path / "chat.json").write_text(json.dumps(document, indent=1))
    program = Path(sys.executable).with_name("bedrock-planes")
    line = command.replace("bedrock-planes", str(program), 1)
    run = subprocess.run(["bash", "-c", line], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.stderr == ""
    assert run.stdout == shown
