"""The page holds together: its links lead somewhere, names stay names, and it stays small and quick."""

from __future__ import annotations

import base64
import hashlib
import re
import time
import zlib
from html.parser import HTMLParser
from typing import Any

import pytest

from constructs_lib.review import Report, review
from constructs_lib.review.render import render
from constructs_lib.templates import read_document

_VOID = {"meta", "input", "path", "rect"}
HOSTILE = (
    "<script>alert(1)</script>",
    "\"' onmouseover=x",
    "\u202eowned\u2066",
    "\u05d0\u05d1/role\u05d2",
    "x" * 2000,
    "</article></main>",
    "a`b",
    "${x}",
)


class _Elements(HTMLParser):
    """The elements of a page, and whether every one is closed in its turn."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            assert self.open.pop() == tag

    def of(self, name: str) -> list[str]:
        return [value for _, attributes in self.found if (value := attributes.get(name)) is not None]


def role(actions: list[str], resource: list[str]) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": actions, "Resource": resource}
    properties = {
        "AssumeRolePolicyDocument": {"Statement": []},
        "Policies": [{"PolicyName": "p", "PolicyDocument": {"Statement": [statement]}}],
    }
    return {"Type": "AWS::IAM::Role", "Properties": properties}


def _report(names: tuple[str, ...], *, each: bool = False) -> Report:
    resources = {}
    for number, name in enumerate(names):
        guardrail = f"arn:aws:bedrock:us-east-1:111122223333:guardrail/g{number}"
        on = [guardrail, "arn:aws:bedrock:us-east-1::foundation-model/*"] if each else ["*"]
        actions = ["bedrock:InvokeModel", "bedrock:UpdateGuardrail", "bedrock:GetGuardrail"]
        resources[name] = role(actions, on)
    return review(read_document({"Resources": resources}, "t.json"))


def _unpacked(page: str) -> str:
    """Return a page with its packed part in place, as its script makes it."""
    match = re.search(r'<noscript>.*?<script type="text/plain" id="packed">([^<]*)</script>', page, re.DOTALL)
    assert match
    return page.replace(match[0], zlib.decompress(base64.b64decode(match[1])).decode())


def _assert_sound(page: str) -> None:
    elements = _Elements(page)
    assert elements.open == []
    ids = elements.of("id")
    assert len(ids) == len(set(ids))
    targets = {link[1:] for link in elements.of("href") if link.startswith("#")}
    targets |= {name for value in elements.of("aria-labelledby") for name in value.split()}
    assert targets <= set(ids)
    assert not [tag for tag, _ in elements.found if tag in {"img", "iframe", "link", "object"}]
    assert all(link.startswith(("#", "https://")) for link in elements.of("href"))
    assert not any(name.startswith("on") for _, attributes in elements.found for name in attributes)
    assert [tag for tag, _ in elements.found].count("script") == 1


def test_hostile_names_stay_names() -> None:
    page = render(_report(HOSTILE, each=True), "html")
    _assert_sound(page)
    assert "\u202e" not in page
    assert "\u2066" not in page
    assert "<bdi>\u05d0\u05d1/role" in page


def test_the_first_screen_answers_in_plain_html() -> None:
    page = render(_report(("A",)), "html")
    head = page.partition("</header>")[0]
    assert "The planes are not kept apart: one principal reaches both (BP101)." in head
    assert '<a href="#f-' in head


def test_no_script_but_the_pages_own_may_run() -> None:
    page = render(_report(("A",)), "html")
    script = page.rpartition("<script>")[2].partition("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page
    assert "default-src 'none'" in page


def test_every_region_that_scrolls_takes_the_focus_and_has_a_name() -> None:
    elements = _Elements(render(_report(("A", "B")), "html"))
    scrolling = [attributes for _, attributes in elements.found if attributes.get("class") == "scroll"]
    assert len(scrolling) == 2
    assert all(item["tabindex"] == "0" and item["role"] == "region" for item in scrolling)
    # The sections around them have names of their own.
    assert len({item["aria-label"] for item in scrolling}) == 2


@pytest.mark.parametrize("each", [False, True], ids=["alike", "all different"])
def test_the_page_of_500_principals_is_small_and_quick(*, each: bool) -> None:
    report = _report(tuple(f"Role{n}" for n in range(500)), each=each)
    start = time.perf_counter()
    page = render(report, "html")
    # Less than 1 s on a machine that does nothing else; this one may run other tests.
    assert time.perf_counter() - start < 3
    assert len(page.encode()) <= 150_000 + 400 * 500 + 150 * len(report.findings)
    _assert_sound(_unpacked(page) if 'id="packed"' in page else page)


def test_a_page_that_is_too_large_is_packed_and_unpacks_to_the_same() -> None:
    report = _report(tuple(f"{'long' * 400}{n}" for n in range(300)), each=True)
    page = render(report, "html")
    assert 'id="packed"' in page
    assert "not kept apart" in page.partition("</header>")[0]
    whole = _unpacked(page)
    _assert_sound(whole)
    assert whole.count("<article id=") >= 300
