"""The drawing is well formed, the same every time, and red where a principal reaches both planes."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from itertools import pairwise
from typing import Any

import pytest

from constructs_lib.review import Report, review
from constructs_lib.review.render import drawn
from constructs_lib.templates import read_document

_SVG = "{http://www.w3.org/2000/svg}"


def _report(roles: dict[str, list[str]]) -> Report:
    resources: dict[str, Any] = {}
    for name, actions in roles.items():
        statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
        policy = {"PolicyName": "p", "PolicyDocument": {"Statement": [statement]}}
        properties = {"AssumeRolePolicyDocument": {"Statement": []}, "Policies": [policy]}
        resources[name] = {"Type": "AWS::IAM::Role", "Properties": properties}
    return review(read_document({"Resources": resources}, "t.json"))


_DATA, _MIXED = ["bedrock:InvokeModel"], ["bedrock:InvokeModel", "bedrock:CreateGuardrail"]


def _texts(svg: str) -> list[str]:
    return [node.text or "" for node in ET.fromstring(svg).iter(f"{_SVG}text")]


def _crossings(svg: str) -> int:
    return sum("bp-x" in node.get("class", "").split() for node in ET.fromstring(svg).iter(f"{_SVG}rect"))


def test_only_who_reaches_both_planes_is_red() -> None:
    assert _crossings(drawn(_report({"A": _DATA, "B": _MIXED}))) == 1
    assert _crossings(drawn(_report({"A": _DATA, "B": ["bedrock:CreateGuardrail"]}))) == 0


def test_it_has_a_title_and_says_in_words_what_it_shows() -> None:
    root = ET.fromstring(drawn(_report({"A": _DATA, "B": _MIXED})))
    assert root.get("role") == "img"
    ids = [node.get("id") for tag in ("title", "desc") for node in root.iter(f"{_SVG}{tag}")]
    assert " ".join(map(str, ids)) == root.get("aria-labelledby")
    assert "not kept apart" in (root.findtext(f"{_SVG}title") or "")
    assert "A: bedrock-runtime (data, 1 action)." in (root.findtext(f"{_SVG}desc") or "")


def test_the_same_input_gives_the_same_bytes_in_any_order() -> None:
    roles = {"A": _DATA, "B": _MIXED, "C": _MIXED}
    assert drawn(_report(roles)) == drawn(_report(dict(reversed(roles.items()))))


def test_thirty_principals_have_a_row_each_and_no_two_rows_overlap() -> None:
    svg = drawn(_report({f"Role{n:02}": _DATA if n % 3 else _MIXED for n in range(30)}))
    assert all(f"Role{n:02}" in _texts(svg) for n in range(30))
    boxes = [node for node in ET.fromstring(svg).iter(f"{_SVG}rect") if node.get("x") == "366"]
    edges = [(int(node.get("y", "")), int(node.get("height", ""))) for node in boxes]
    assert all(y + height < below for (y, height), (below, _) in pairwise(edges))


def test_hundreds_fold_but_never_hide_a_crossing() -> None:
    svg = drawn(_report({f"Role{n:03}": _DATA if n else _MIXED for n in range(300)}))
    assert _crossings(svg) == 1
    assert "Role001 (+298 alike)" in _texts(svg)


@pytest.mark.parametrize(
    "name",
    ["<script>x</script>", "\"&'", "\u202eowned", "x" * 2000, "a ##[error]b", "::error::x", "a\x1b[2J"],
)
def test_a_hostile_name_is_text(name: str) -> None:
    svg = drawn(_report({name: _MIXED}))
    tags = {node.tag.removeprefix(_SVG) for node in ET.fromstring(svg).iter()}
    assert tags == {"svg", "title", "desc", "style", "rect", "path", "text"}
    assert not any(line.startswith("::") or "##[" in line for line in svg.splitlines())
    assert "\u202e" not in svg
    assert max(map(len, _texts(svg))) <= 100
