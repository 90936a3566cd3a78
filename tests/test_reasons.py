"""Whatever silences a checker, skips a test or swallows an error says why, where it stands."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from typing import TYPE_CHECKING

import pytest

from tests.test_project import ROOT, tracked

if TYPE_CHECKING:
    from collections.abc import Iterator

# An ignore, and what follows its codes: a reason of its own, not a finger that points elsewhere.
_IGNORE = re.compile(
    r"(?:noqa|type:\s*ignore)\b(?:: ?[A-Z]+\d+(?:, ?[A-Z]+\d+)*|\[[\w, -]+\])?\s*(?:[-#]+\s*)?(.*)"
)
SAMPLES = ROOT / "tests/code/samples"
"""Code as other people write it, which the scan reads and nobody runs."""
_ELSEWHERE = re.compile(r"\bsee\b|\babove\b|\bbelow\b|likewise|ditto|^same\b", re.IGNORECASE)
_LOSSY = {"ignore", "replace"}
_SAY_WHY_FIRST = {"pytest.skip", "pytest.xfail", "pytest.mark.skip"}
_SKIPS = {*_SAY_WHY_FIRST, "pytest.importorskip", "pytest.mark.skipif", "pytest.mark.xfail"}
_SWALLOWED = re.compile(r"\|\| *(?:true|:)(?![\w-])|continue-on-error: *true")
"""How a script, a recipe or a step of a pipeline goes on after a fault."""
_SCRIPTS = {"Makefile", "run"}


def _comments(text: str) -> dict[int, str]:
    """Return the comments of a module by line."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    # `#>` is what a sample of code expects at that line, and no reason.
    return {
        token.start[0]: token.string
        for token in tokens
        if token.type == tokenize.COMMENT and not token.string.startswith("#>")
    }


def _bare_ignores(comments: dict[int, str]) -> Iterator[int]:
    for line, comment in comments.items():
        match = _IGNORE.search(comment)
        if match and (len(match[1].split()) < 2 or _ELSEWHERE.search(match[1])):
            yield line


def _is_silent(handler: ast.ExceptHandler) -> bool:
    """Whether a handler neither raises nor hands on what it caught."""
    inner = [node for statement in handler.body for node in ast.walk(statement)]
    raises = any(isinstance(node, ast.Raise) for node in inner)
    return not raises and not any(isinstance(node, ast.Name) and node.id == handler.name for node in inner)


def _dotted(node: ast.expr | None) -> str:
    """Return a name with its dots, such as `pytest.mark.skip`, as far as it is one."""
    match node:
        case ast.Attribute(value=value, attr=attr):
            return f"{_dotted(value)}.{attr}"
        case ast.Name(id=name):
            return name
        case _:
            return ""


def _swallowing(tree: ast.AST) -> Iterator[tuple[int, int]]:
    """Yield the lines of what swallows an error: silent or broad handlers, calls that ignore faults."""
    nodes = [*ast.walk(tree)]
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    for node in nodes:
        match node:
            case ast.ExceptHandler():
                broad = node.type is None or _dotted(node.type) in {"Exception", "BaseException"}
                if broad or _is_silent(node):
                    yield node.lineno, node.body[-1].end_lineno or node.lineno
            case ast.Call() if _dotted(node.func).endswith("suppress"):
                yield node.lineno, node.lineno
            case ast.Call(args=[ast.Constant(value="ignore"), *_]):  # warnings.simplefilter
                yield node.lineno, node.lineno
            case ast.Call() | ast.Attribute() if id(node) not in called and _is_bare_skip(node):
                yield node.lineno, node.lineno
            case ast.keyword(arg="ignore_errors" | "errors", value=ast.Constant(value=value)):
                if value is True or value in _LOSSY:
                    yield node.value.lineno, node.value.lineno


def _is_bare_skip(node: ast.Call | ast.Attribute) -> bool:
    """Whether a node skips a test, or lets it fail, and gives no reason of its own."""
    called = node.func if isinstance(node, ast.Call) else node
    name = _dotted(called)
    if name not in _SKIPS:
        return False
    if isinstance(node, ast.Attribute):
        return name.startswith("pytest.mark.") and name != "pytest.mark.skipif"
    given = {one.arg for one in node.keywords} & {"reason", "msg"}
    return not given and not (name in _SAY_WHY_FIRST and node.args)


def _unexplained(text: str) -> list[int]:
    """Return the lines of a module that silence something and don't say why."""
    places = [*_swallowing(ast.parse(text))]
    if not places and not _IGNORE.search(text):
        return []  # to read comments takes longer than all the rest
    comments = _comments(text)
    # A reason stands in the place or on the line before it.
    bare = [first for first, last in places if not any(n in comments for n in range(first - 1, last + 1))]
    return sorted({*_bare_ignores(comments), *bare})


def test_every_ignore_and_every_swallowed_error_says_why() -> None:
    found = []
    for path in tracked():
        if path.suffix == ".py" and path.is_file() and path.parent != SAMPLES:
            lines = _unexplained(path.read_text("utf-8"))
            found += [f"{path.relative_to(ROOT)}:{line}" for line in lines]
    assert found == []


def _unexplained_in_script(lines: list[str]) -> list[int]:
    """Return the lines of a script that go on after a fault, with no comment there or just before."""
    return [
        at
        for at, line in enumerate(lines, 1)
        if _SWALLOWED.search(line) and not any("# " in one for one in lines[max(0, at - 4) : at])
    ]


def test_every_fault_that_a_script_goes_on_after_says_why() -> None:
    found = []
    for path in tracked():
        is_script = path.suffix in {".yml", ".yaml", ".sh", ".py"} or path.name in _SCRIPTS
        if is_script and path.is_file() and SAMPLES not in path.parents and path.name != "test_reasons.py":
            lines = path.read_text("utf-8").splitlines()
            found += [f"{path.relative_to(ROOT)}:{at}" for at in _unexplained_in_script(lines)]
    assert found == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a || true", [1]),
        ("a ||:", [1]),
        ("b: 1\ncontinue-on-error: true", [2]),
        ("# it may be gone\na || true", []),
        ("a || true # it may be gone", []),
        ("# far\nb\nc\nd\na || true", [5]),
        ("a || truely", []),
    ],
)
def test_what_goes_on_without_a_reason_is_seen(text: str, expected: list[int]) -> None:
    assert _unexplained_in_script(text.splitlines()) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("warnings.simplefilter('ignore')", [1]),
        ("warnings.simplefilter('ignore')  # advice of Python's own", []),
        ("pytest.skip()", [1]),
        ("pytest.skip('no browser here')", []),
        ("pytest.importorskip('a')", [1]),
        ("pytest.importorskip('a', reason='an extra')", []),
        ("a = pytest.mark.skipif(b)", [1]),
        ("a = pytest.mark.skipif(b, reason='c')", []),
        ("a = pytest.mark.xfail", [1]),
        ("a = pytest.mark.xfail(reason='c')", []),
        ("a = pytest.mark.skip", [1]),
        ("a = pytest.mark.skip('c')", []),
        ("import a  # noqa: F401", [1]),
        ("import a  # noqa: F401 - as above", [1]),
        ("import a  # noqa: F401 - made above", [1]),
        ("import a  # noqa: F401 - a table; see build", [1]),
        ("import a  # noqa: F401, PLC0415 - slow to load", []),
        ("a = b  # type: ignore[misc]", [1]),
        ("a = b  # type: ignore[misc]  # one colon each", []),
        ("try:\n    a()\nexcept OSError:\n    pass", [3]),
        ("try:\n    a()\nexcept OSError:  # it has ended\n    pass", []),
        ("try:\n    a()\nexcept OSError as e:\n    print(e)", []),
        ("try:\n    a()\nexcept Exception as e:\n    print(e)", [3]),
        ("try:\n    a()\nexcept OSError as e:\n    raise B from e", []),
        ("with suppress(OSError):\n    a()", [1]),
        ("with suppress(OSError):  # closing is all\n    a()", []),
        ("a.read_text(errors='replace')", [1]),
        ("rmtree(a, ignore_errors=True)", [1]),
    ],
)
def test_what_has_no_reason_is_seen(text: str, expected: list[int]) -> None:
    assert _unexplained(text) == expected
