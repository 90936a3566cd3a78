"""The documentation site: in headless Chromium, on a phone and a desk, light and dark.

The packages of the site are in an environment of their own (decision 33), which `make site` makes;
``.ci/run`` calls it, and then requires these tests by ``BEDROCK_PLANES_BROWSER=required``.
"""

from __future__ import annotations

import functools
import http.server
import json
import os
import subprocess
import threading
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import pytest

from tests.browser.test_report import BROWSER, node
from tests.source import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

MKDOCS = ROOT / ".cache/site-env/bin/mkdocs"
REQUIRED = os.environ.get("BEDROCK_PLANES_BROWSER") == "required"

pytestmark = pytest.mark.skipif(
    not MKDOCS.exists() and not REQUIRED,
    reason="needs the packages of the site, which `make site` installs",
)
in_a_browser = pytest.mark.skipif(
    BROWSER is None and not REQUIRED, reason="needs Debian's package `chromium`, which `.ci/run` installs"
)

# One page of each kind: home, code, tables, the generated ones, one from the repository's root.
SAMPLE = (
    "index.html",
    "guides/rag.html",
    "lock-down.html",
    "constructs/Harness.html",
    "rules/BP305.html",
    "changelog.html",
)
TWO_VIEWS = ("wide-light", "narrow-dark")
ALL_VIEWS = (*TWO_VIEWS, "narrow-light", "wide-dark")
FIRST_RESULTS = {
    "guardrail": "guides/guardrail.html",
    "BP305": "rules/BP305.html",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site; a link that leads nowhere fails it."""
    folder = tmp_path_factory.mktemp("site") / "site"
    done = subprocess.run(
        [MKDOCS, "build", "--quiet", "--strict", "--site-dir", folder],
        cwd=ROOT,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("PYTHON")},
            "NO_MKDOCS_2_WARNING": "1",
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def pages(site: Path) -> list[str]:
    return sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))


# ----------------------------------------------------------------------------------------------- in a browser
class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
        """Log nothing: the browser says what it could not get."""


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    handler = functools.partial(_Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        thread.join()


def visit(
    address: str, site: Path, chosen: Sequence[str], views: Sequence[str], words: Iterable[str] = ()
) -> dict[str, Any]:
    assert BROWSER is not None
    listed = site.parent / "pages.json"
    listed.write_text(json.dumps(chosen), "utf-8")
    script = ROOT / "tests/browser/site.mjs"
    done = subprocess.run(
        [node(), script, BROWSER, address, site, listed, ",".join(views), ",".join(SAMPLE), ",".join(words)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120 + 20 * len(chosen) * len(views),
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def assert_usable(address: str, site: Path, chosen: Sequence[str], views: Sequence[str]) -> None:
    found = visit(address, site, chosen, views, FIRST_RESULTS)
    assert sorted(found["visited"]) == sorted(f"{page} {view}" for page in chosen for view in views)
    assert found["scanned"] >= 2 * len(chosen)
    faults = ("console", "requests", "overflow", "violations")
    assert {name: found[name] for name in faults} == {name: [] for name in faults}
    # Once from the server, once from the disk.
    assert found["search"] == [[*result] for result in FIRST_RESULTS.items()] * 2


@in_a_browser
def test_a_reader_can_use_a_page_of_each_kind_and_finds_words(site: Path, address: str) -> None:
    assert_usable(address, site, SAMPLE, TWO_VIEWS)


@in_a_browser
@pytest.mark.prove
def test_a_reader_can_use_every_page(site: Path, address: str) -> None:
    every = pages(site)
    assert len(every) > 150
    assert_usable(address, site, every, ALL_VIEWS)


DAMAGES = {
    '<img src="nothing.png" alt="A picture">': ("requests", "404"),
    '<img src="https://example.com/picture.png" alt="A picture">': ("requests", "example.com"),
    "<script>undefined.name</script>": ("console", "TypeError"),
    '<p style="color: #ccc; background: #fff">Hardly to be read</p>': ("violations", "color-contrast"),
    "<input>": ("violations", "label"),
    '<p style="width: 4000px">Too wide for every screen</p>': ("overflow", "Too wide"),
}


@in_a_browser
def test_what_is_wrong_with_a_page_is_noticed(site: Path, address: str) -> None:
    page = site / "damaged.html"
    text = (site / "planes.html").read_text("utf-8")
    page.write_text(text.replace("</h1>", f"</h1>{''.join(DAMAGES)}", 1), "utf-8")
    try:
        found = visit(address, site, ["damaged.html"], ["wide-light"])
    finally:
        page.unlink()
    unnoticed = {
        damage
        for damage, (where, words) in DAMAGES.items()
        if not any(words in fault for fault in found[where])
    }
    assert unnoticed == set()


# ------------------------------------------------------------------------------------------------ without one
class _Page(HTMLParser):
    """The ids of a page, and what it refers to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.ids |= {found[name] for name in ("id", "name") if name in found}
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        elif tag == "link" and found.get("rel") not in {"canonical", "prev", "next"}:
            self.loads.append(found["href"])
        elif "src" in found:
            self.loads.append(found["src"])


@pytest.fixture(scope="module")
def read(site: Path) -> dict[Path, _Page]:
    return {site / name: _Page((site / name).read_text("utf-8")) for name in pages(site)}


def dead(read: dict[Path, _Page], page: Path, links: Sequence[str]) -> list[str]:
    """Return those links of a page that lead nowhere in the site; addresses elsewhere are not asked."""
    found = []
    for link in links:
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            continue
        target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
        known = read.get(target / "index.html" if target.is_dir() else target)
        missing = not target.exists() or (known is None and target.suffix == ".html")
        if missing or (parts.fragment and known is not None and unquote(parts.fragment) not in known.ids):
            found.append(link)
    return found


def test_no_link_of_the_site_is_dead(read: dict[Path, _Page]) -> None:
    found = {page.name: dead(read, page, one.links + one.loads) for page, one in read.items()}
    # The page for addresses that don't exist is shown at any depth, so its links are absolute.
    assert {name: links for name, links in found.items() if links and name != "404.html"} == {}
    assert sum(len(one.links) for one in read.values()) > 1000


def test_a_dead_link_is_noticed(read: dict[Path, _Page], site: Path) -> None:
    links = [
        "planes.html",
        "planes.html#nowhere",
        "nowhere.html",
        "rules/",
        "https://example.com/nowhere",
        "#no",
    ]
    assert dead(read, site / "index.html", links) == ["planes.html#nowhere", "nowhere.html", "#no"]


def test_no_page_loads_anything_from_elsewhere(read: dict[Path, _Page]) -> None:
    loads = {load for one in read.values() for load in one.loads if urlsplit(load).netloc}
    assert loads == set()
