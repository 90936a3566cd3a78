"""A package is used through its ``__init__``, and no files import each other in a circle."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

import pytest

from tests.source import modules, planted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.source import Import, Modules

_LIBRARY = "constructs_lib"
# What every __init__ is made with, and what makes names harmless in outputs: of no package, so without one.
_HELPERS = (f"{_LIBRARY}.lazily", f"{_LIBRARY}.inert")
_ENGINE = ("catalogue", "iam", "templates", "review", "deploy")


def _package_of(name: str, source: Modules) -> str:
    """Return the public package that a module belongs to: the nearest one without an underscore."""
    package = name if source[name].is_package else name.rpartition(".")[0]
    while package.rpartition(".")[2].startswith("_"):
        package = package.rpartition(".")[0]
    return package


def _target(found: Import, source: Modules) -> tuple[str, str]:
    """Return the module that an import names, and the name in it, empty for the module itself."""
    whole = f"{found.module}.{found.name}"
    return (whole, "") if found.name and whole in source else (found.module, found.name)


def _past_the_init(source: Modules) -> Iterator[str]:
    """Yield the imports that reach into another package past its ``__init__``."""
    for importer in source.values():
        for found in importer.imports:
            target, name = _target(found, source)
            if target not in source or not target.startswith(f"{_LIBRARY}.") or target in _HELPERS:
                continue
            package = _package_of(target, source)
            if f"{importer.name}.".startswith(f"{package}."):
                continue
            if target != package:
                yield f"{importer.at(found.line)} imports {target}; import from {package}"
            elif name and name not in source[package].exported:
                yield f"{importer.at(found.line)}: {name} is not in the __all__ of {package}"


def _from_the_root(source: Modules) -> Iterator[str]:
    """Yield what the engine imports from the root, which names the constructs."""
    rooms = tuple(f"{_LIBRARY}.{room}." for room in _ENGINE)
    for module in source.values():
        for found in module.imports:
            if f"{module.name}.".startswith(rooms) and _target(found, source)[0] == _LIBRARY:
                yield f"{module.at(found.line)}: {found.name}"


def _circle(source: Modules) -> str:
    """Return a circle of files that import each other when they load, or for their types; empty for none."""
    graph = {}
    for module in source.values():
        targets = {_target(found, source)[0] for found in module.imports if not found.late}
        graph[module.name] = targets & source.keys() - {module.name}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return " imports ".join(reversed(error.args[1]))
    return ""


def test_a_package_is_used_through_its_init() -> None:
    assert list(_past_the_init(modules())) == []


def test_the_engine_takes_no_name_from_the_root() -> None:
    assert list(_from_the_root(modules())) == []


def test_no_files_import_each_other_in_a_circle() -> None:
    assert _circle(modules()) == ""


_PLANTED = {
    "constructs_lib/__init__.py": "",
    "constructs_lib/iam/__init__.py": "from constructs_lib.iam._glob import match\n__all__ = ['match']",
    "constructs_lib/iam/_glob.py": "match = other = 1",
    "constructs_lib/review/__init__.py": "",
    "constructs_lib/review/model.py": "",
    "constructs_lib/review/rules/__init__.py": "from constructs_lib.review import model",
}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("from constructs_lib.iam import match", []),
        ("from constructs_lib import iam", []),
        ("from constructs_lib.review import rules", []),
        (
            "from constructs_lib.iam._glob import match",
            ["constructs_lib.iam._glob; import from constructs_lib.iam"],
        ),
        ("if TYPE_CHECKING:\n    from constructs_lib.iam import _glob", ["constructs_lib.iam._glob"]),
        ("def late():\n    import constructs_lib.iam._glob", ["constructs_lib.iam._glob"]),
        ("from constructs_lib.iam import other", ["other is not in the __all__ of constructs_lib.iam"]),
        ("from constructs_lib.review import model", ["constructs_lib.review.model"]),
    ],
)
def test_a_reach_past_an_init_is_seen(line: str, expected: list[str]) -> None:
    found = list(_past_the_init(planted({**_PLANTED, "stacks/app.py": line})))
    assert len(found) == len(expected)
    assert all(part in text for part, text in zip(expected, found, strict=True))


def test_a_name_from_the_root_is_seen() -> None:
    lines = "from constructs_lib import iam\nfrom constructs_lib import __version__"
    source = planted({**_PLANTED, "constructs_lib/review/model.py": lines, "stacks/app.py": lines})
    assert list(_from_the_root(source)) == ["constructs_lib/review/model.py:2: __version__"]


def test_a_circle_is_seen_and_named() -> None:
    assert _circle(planted(_PLANTED)) == ""
    line = "if TYPE_CHECKING:\n    from constructs_lib.review import rules"
    found = _circle(planted({**_PLANTED, "constructs_lib/review/model.py": line}))
    assert found.count(" imports ") == 2
    assert {"constructs_lib.review.model", "constructs_lib.review.rules"} == set(found.split(" imports "))
