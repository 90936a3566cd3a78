"""The JSON that is written piece by piece equals the JSON that the standard library writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from constructs_lib.review import Options, review
from constructs_lib.review.report import json_pieces, to_dict, to_json
from constructs_lib.templates import read, read_document

if TYPE_CHECKING:
    from constructs_lib.review import Report

_TEMPLATES = sorted((Path(__file__).parent / "apps" / "templates").glob("*.json"))


def _plain(report: Report) -> str:
    return json.dumps(to_dict(report), indent=2, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("path", _TEMPLATES, ids=lambda path: str(path.stem))
def test_the_pieces_are_the_plain_text(path: Path) -> None:
    report = review(read([str(path)]), Options())
    assert to_json(report) == _plain(report)
    assert len(list(json_pieces(report))) > len(report.principals) + len(report.findings)


def test_unusual_characters_and_an_empty_report() -> None:
    trust = {"Statement": {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}}
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust}}
    names = ['a"b', "a\\b", "a\nb", "\u2028", "\x7f", "\u00e9", "\ud800"]
    document = {"Resources": {name: {**role, "Metadata": {"aws:cdk:path": f"S/{name}"}} for name in names}}
    for report in (review(read_document(document)), review(read_document({"Resources": {}}))):
        assert to_json(report) == _plain(report)
