"""Product code that no door reaches doesn't exist: tests are no reason to keep it.

The doors are what users call: the public names, the command, the handlers, the local AWS, the stacks and the
examples. From there each name in reached code leads to the definition that it is bound to, and an attribute
that can't be bound leads to every method of that name. So a name in common hides a dead method, and nothing
that is reached is reported.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.source import modules, planted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.source import Import, Module, Modules

_DOORS = (
    "constructs_lib",
    "constructs_lib.checks",
    "constructs_lib.checks.testing",
    "constructs_lib.cli",
    "constructs_lib.local",
    "constructs_lib.local.pytest_fixtures",
    "tools.site",  # the hooks that mkdocs.yml names
)
"""Packages and modules whose ``__all__`` users import."""
_ENTRIES = (
    "constructs_lib.handlers.",
    "constructs_lib.local.emulator.lambda_modules.",
    "stacks.",
    "examples.",
    "app",
)
"""What templates, inline code and command lines name: the public names of these modules."""
_ALLOWED = {
    "constructs_lib.review.rules.authoring.records.SECTIONS": "the headings of a rule's page, for its author",
}
"""What is kept although no door reaches it: the definition, and why."""

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class Key(NamedTuple):
    """A definition: its module and its dotted name there, empty for the module's own statements."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass
class Code:
    """A definition, or the top-level statements of a module, without the definitions inside."""

    module: Module
    nodes: list[ast.AST]
    line: int = 0
    owner: Key | None = None
    bases: list[ast.expr] = field(default_factory=list)
    is_class: bool = False


def _top_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of a module, those below an ``if`` or ``try`` too."""
    for statement in body:
        match statement:
            case ast.If(test=test):
                yield ast.Expr(test)
                yield from _top_level([*statement.body, *statement.orelse])
            case ast.Try():
                yield from _top_level(statement.body)
            case _:
                yield statement


def _defined(module: Module, node: _Definition, prefix: str) -> Iterator[tuple[Key, Code]]:
    key = Key(module.name, prefix + node.name)
    owner = Key(module.name, prefix[:-1]) if prefix else None
    if not isinstance(node, ast.ClassDef):
        yield key, Code(module, [node], node.lineno, owner)
        return
    inner = [child for child in node.body if isinstance(child, _Definition)]
    rest = [child for child in node.body if not isinstance(child, _Definition)]
    keywords: list[ast.AST] = [*node.decorator_list, *node.bases, *node.keywords]
    yield key, Code(module, [*keywords, *rest], node.lineno, owner, node.bases, is_class=True)
    for child in inner:
        yield from _defined(module, child, f"{prefix}{node.name}.")


class Reach:
    """What the doors of a source tree reach."""

    def __init__(self, source: Modules) -> None:
        self.modules = source

    @cached_property
    def codes(self) -> dict[Key, Code]:
        """Return all definitions, assignments at the top level (by name) and what modules do besides."""
        found: dict[Key, Code] = {}
        for module in self.modules.values():
            loose = found[Key(module.name, "")] = Code(module, [])
            for statement in _top_level(module.tree.body):
                match statement:
                    case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                        found.update(_defined(module, statement, ""))
                    case ast.Assign(targets=[ast.Name(id="__all__")]) | ast.Import() | ast.ImportFrom():
                        pass
                    case ast.Assign(
                        targets=[ast.Tuple()], value=ast.Call(func=ast.Name(id="exports") as helper)
                    ):
                        loose.nodes.append(helper)  # what it lists is reached where it is used
                    case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                        found[Key(module.name, name)] = Code(module, [statement], statement.lineno)
                    case _:
                        loose.nodes.append(statement)
        return found

    def _home(self, module: str, name: str) -> Key | str | None:
        """Return what a name of a module is: a definition, a module (as text), or nothing of ours."""
        if Key(module, name) in self.codes:
            return Key(module, name)
        if f"{module}.{name}" in self.modules:
            return f"{module}.{name}"
        bound = self.bound.get(module, {}).get(name)
        if bound is None or bound.module not in self.modules:
            return None
        return self._home(bound.module, bound.name) if bound.name else bound.module

    @cached_property
    def bound(self) -> dict[str, dict[str, Import]]:
        """Return the imports of each module, those inside functions too, by the name that they bind."""
        return {
            name: {found.alias: found for found in module.imports} for name, module in self.modules.items()
        }

    @cached_property
    def members(self) -> dict[str, list[Key]]:
        """Return what an attribute may be, by its name: methods, and functions of modules loaded by name."""
        loaders = {n for n, m in self.modules.items() if any(i.module == "importlib" for i in m.imports)}
        found = {i for module in self.modules.values() for i in module.imports}
        imported = {i.module for i in found} | {f"{i.module}.{i.name}" for i in found}
        by_name = {n for n in self.modules if n.rpartition(".")[0] in loaders and n not in imported}
        result: dict[str, list[Key]] = defaultdict(list)
        for key, code in self.codes.items():
            if code.owner is not None or key.module in by_name:
                result[key.name.rpartition(".")[2]].append(key)
        return result

    def _referred(self, code: Code) -> Iterator[Key]:
        """Yield the definitions that a piece of code may reach."""
        for root in code.nodes:
            for node in ast.walk(root):
                match node:
                    case ast.Name(id=name):
                        found = self._home(code.module.name, name)
                        if isinstance(found, Key):
                            yield found
                    case ast.Attribute(value=value, attr=name):
                        holder = self._module_of(value, code.module.name)
                        found = self._home(holder, name) if holder else None
                        if isinstance(found, Key):
                            yield found
                        elif holder is None:
                            yield from self.members[name]
                    case ast.Call(
                        func=ast.Name(id="getattr" | "hasattr"), args=[_, ast.Constant(value=str(name)), *_]
                    ):
                        yield from self.members[name]

    def _module_of(self, value: ast.expr, module: str) -> str | None:
        """Return the module of ours that an expression names."""
        match value:
            case ast.Name(id=name):
                found = self._home(module, name)
            case ast.Attribute(value=inner, attr=name):
                holder = self._module_of(inner, module)
                found = self._home(holder, name) if holder else None
            case _:
                return None
        return found if isinstance(found, str) else None

    def _of_class(self, key: Key) -> Iterator[Key]:
        """Yield what a class brings: protocol methods, what its body names, overrides of what others call."""
        code = self.codes[key]
        named = {n.id for root in code.nodes for n in ast.walk(root) if isinstance(n, ast.Name)}
        implements = "jsii" in named
        foreign = implements or len(self._own_bases(code)) < len(code.bases)
        for member in self._methods(key):
            name = member.name.rpartition(".")[2]
            if foreign or name in named or (name.startswith("__") and name.endswith("__")):
                yield member

    def _own_bases(self, code: Code) -> list[Key]:
        """Return the bases of a class that are classes of ours."""
        found = [self._home(code.module.name, ast.unparse(base).partition("[")[0]) for base in code.bases]
        return [base for base in found if isinstance(base, Key) and self.codes[base].is_class]

    @cached_property
    def _owned(self) -> dict[Key, list[Key]]:
        found: dict[Key, list[Key]] = defaultdict(list)
        for key, code in self.codes.items():
            if code.owner is not None:
                found[code.owner].append(key)
        return found

    def _methods(self, key: Key) -> list[Key]:
        return self._owned.get(key, [])

    def _public(self, key: Key, seen: set[Key]) -> Iterator[Key]:
        """Yield what users reach with a public name: its methods, its bases, and what they return."""
        if key in seen or key not in self.codes:
            return
        seen.add(key)
        yield key
        code = self.codes[key]
        for base in self._own_bases(code):
            yield from self._public(base, seen)
        for member in self._methods(key):
            if not member.name.rpartition(".")[2].startswith("_"):
                yield from self._public(member, seen)
        for node in code.nodes:
            if isinstance(node, ast.FunctionDef) and node.returns is not None:
                for name in (n.id for n in ast.walk(node.returns) if isinstance(n, ast.Name)):
                    found = self._home(code.module.name, name)
                    if isinstance(found, Key):
                        yield from self._public(found, seen)

    def _doors(self) -> set[Key]:
        seen: set[Key] = set()
        doors = {key for key in self.codes if not key.name}
        for door in self.modules.keys() & set(_DOORS):
            for name in self.modules[door].exported:
                found = self._home(door, name)
                if isinstance(found, Key):
                    doors |= set(self._public(found, seen))
        for key in self.codes:
            entry = f"{key.module}.".startswith(_ENTRIES) and not key.name.startswith("_")
            if entry or key.name in {"__getattr__", "__dir__"}:
                doors.add(key)
        return doors

    def unreached(self) -> list[str]:
        """Return the definitions that no door reaches, with their places."""
        reached: set[Key] = set()
        waiting = sorted(self._doors())
        while waiting:
            key = waiting.pop()
            if key in reached:
                continue
            reached.add(key)
            code = self.codes[key]
            waiting += self._referred(code)
            waiting += self._of_class(key)
        return [
            f"{code.module.at(code.line)} {key.name}"
            for key, code in self.codes.items()
            if key not in reached and str(key) not in _ALLOWED
        ]


def test_no_product_code_is_out_of_reach_of_the_doors() -> None:
    assert Reach(modules()).unreached() == []


def test_what_is_allowed_is_there_and_has_a_reason() -> None:
    names = {str(key) for key in Reach(modules()).codes}
    assert [name for name, why in _ALLOWED.items() if name not in names or len(why.split()) < 3] == []


_HEAD = "from constructs_lib.iam import engine\n__all__ = ['Door']\n"


@pytest.mark.parametrize(
    ("door", "engine", "expected"),
    [
        ("def Door(): engine.used()", "def used(): helper()\ndef helper(): ...", []),
        ("def Door(): ...", "def used(): helper()\ndef helper(): ...", ["1 used", "2 helper"]),
        ("class Door:\n def run(self): engine.used()", "def used(): ...\nSPARE = 1", ["2 SPARE"]),
        ("class Door:\n def _own(self): engine.used()", "def used(): ...", ["4 Door._own", "1 used"]),
        ("def Door(a): a.go()\nengine.A()", "class A:\n def go(self): ...\n def no(self): ...", ["3 A.no"]),
        ("def Door() -> engine.A: ...", "class A:\n def __len__(self): ...", []),
        ("def Door(): engine.V()", "import ast\nclass V(ast.NodeVisitor):\n def visit_If(self, n): ...", []),
    ],
)
def test_dead_code_is_seen(door: str, engine: str, expected: list[str]) -> None:
    source = planted(
        {
            "constructs_lib/__init__.py": _HEAD + door,
            "constructs_lib/iam/__init__.py": "",
            "constructs_lib/iam/engine.py": engine,
        }
    )
    assert [line.partition(":")[2] for line in Reach(source).unreached()] == expected
