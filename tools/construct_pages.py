"""The pages of the public classes, from their source: docstrings, signatures and the examples of the guides.

The source is read and not imported, so that ``make docs`` starts no Node.js.
"""

from __future__ import annotations

import ast
import itertools
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import constructs_lib

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["construct_pages"]

_ROOT = Path(__file__).resolve().parents[1]
_DOCS = _ROOT / "docs"
_ROOMS = {
    "data_plane": "Data plane: roles that run",
    "grants": "Data plane: roles that run",
    "control_plane": "Control plane: resources that configure",
    "platform": "Platform: deployment, operation, network, audit",
    "cdk_support": "Platform: deployment, operation, network, audit",
}
_SECTION = re.compile(r"^(Args|Attributes|Returns|Raises|Example|Examples|Yields):\n", re.MULTILINE)
_ENTRY = re.compile(r"^ {4}(\*{0,2}\w+)(?: \([^)]*\))?: (.*?)(?=^ {0,4}\S|\Z)", re.MULTILINE | re.DOTALL)
_CONSTRUCT = 2
"""The level of the headings on the page of a construct."""
_INNER = {"CheckedRole"}
"""Bases whose members serve the check of the finished template, beside those of the CDK's role."""
_PROPERTIES = {"property", "cached_property"}
_ROLE = re.compile(r":(?:class|meth|attr|func|data|mod):`~?([^`]+)`")


@dataclass(frozen=True)
class _Class:
    """A public class and where it is defined."""

    name: str
    room: str
    node: ast.ClassDef
    bases: tuple[ast.ClassDef, ...] = ()
    """The classes of this project that it inherits from, the nearest first."""

    @property
    def doc(self) -> str:
        return ast.get_docstring(self.node) or ""

    @property
    def initializer(self) -> ast.FunctionDef | None:
        return next((m for m in _methods(self.node) if m.name == "__init__"), None)

    @property
    def is_construct(self) -> bool:
        """Whether it is made with a scope and an id, which values are not."""
        made = self.initializer
        return made is not None and [a.arg for a in made.args.args[1:2]] == ["scope"]


def construct_pages() -> dict[str, str]:
    """Return the pages by their path below ``docs``: a page for each construct, one for all values."""
    classes = _classes()
    constructs = [c for c in classes if c.is_construct]
    return {
        "constructs/README.md": _index(constructs),
        "constructs/values.md": _values([c for c in classes if not c.is_construct]),
        **{f"constructs/{c.name}.md": _page(c) for c in constructs},
    }


@cache
def _classes() -> tuple[_Class, ...]:
    public = set(constructs_lib.__all__)
    rooms: dict[str, str] = {}
    nodes: dict[str, list[ast.ClassDef]] = {}
    for room in _ROOMS:
        for path in sorted((_ROOT / "constructs_lib" / room).rglob("*.py")):
            for node in ast.parse(path.read_text("utf-8")).body:
                if isinstance(node, ast.ClassDef):
                    nodes.setdefault(node.name, []).append(node)
                    rooms[node.name] = room
    found = {
        name: _Class(name, rooms[name], nodes[name][-1], tuple(_bases(nodes[name][-1], nodes)))
        for name in public & nodes.keys()
    }
    missing = public - found.keys()
    if missing:
        raise LookupError(
            f"no class for the public {', '.join(sorted(missing))}: name its folder in `_ROOMS`"
        )
    return tuple(found[name] for name in sorted(found))


def _bases(node: ast.ClassDef, nodes: dict[str, list[ast.ClassDef]]) -> Iterator[ast.ClassDef]:
    for base in node.bases:
        name = ast.unparse(base)
        if name not in nodes or name in _INNER:
            continue
        if len(nodes[name]) > 1:
            raise LookupError(f"`{node.name}` inherits from `{name}`, and that many classes have this name")
        yield nodes[name][0]
        yield from _bases(nodes[name][0], nodes)


def _methods(node: ast.ClassDef) -> Iterator[ast.FunctionDef]:
    return (m for m in node.body if isinstance(m, ast.FunctionDef))


def _decorators(method: ast.FunctionDef) -> set[str]:
    return {ast.unparse(d).split("(")[0].rpartition(".")[2] for d in method.decorator_list}


def _noted(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    """Yield what a class says of its attributes: below their annotations, and in its docstring."""
    for one, following in itertools.pairwise(node.body):
        if (
            isinstance(one, ast.AnnAssign)
            and isinstance(one.target, ast.Name)
            and isinstance(following, ast.Expr)
            and isinstance(following.value, ast.Constant)
        ):
            yield one.target.id, str(following.value.value)
    yield from _ENTRY.findall(_split(ast.get_docstring(node) or "")[1].get("Attributes", ""))


# --------------------------------------------------------------------------------------------- the pages
def _index(constructs: list[_Class]) -> str:
    parts = [
        "<!-- Generated from the constructs' source by `make docs`. -->",
        "# Constructs",
        "All are imported from `constructs_lib`. The [values](values.md) are what their props take.",
    ]
    for title in dict.fromkeys(_ROOMS.values()):
        rows = [
            f"| [`{c.name}`]({c.name}.md) | {_cell(_first(c.doc))} |"
            for c in constructs
            if _ROOMS[c.room] == title
        ]
        parts += [f"## {title}", "\n".join(("| construct | what it is |", "|---|---|", *rows))]
    return "\n\n".join(parts) + "\n"


_STACK = " `stack` is the stack of your app, as in [Get started](../get-started.md#2-an-app)."


def _page(construct: _Class) -> str:
    made = construct.initializer
    assert made is not None  # noqa: S101 - `is_construct` says so
    prose, sections = _split(construct.doc)
    parts = [
        "<!-- Generated from the construct's source by `make docs`. -->",
        f"# {construct.name}",
        prose,
        f"```python\nfrom constructs_lib import {construct.name}\n```",
    ]
    example = _example(construct.name)
    if example:
        page, title, code = example
        said = "" if re.search(r"^stack = ", code, re.MULTILINE) else _STACK
        parts += ["## Example", f"From [{title}](../{page}).{said}", f"```python\n{code.strip()}\n```"]
    parts += ["## Props", *_props(made, sections.get("Args", ""))]
    if "Raises" in sections:
        parts += ["## Errors", _clean(sections["Raises"])]
    parts += _members(construct.node, construct.bases)
    parts += _sources(sections)
    return "\n\n".join(p for p in parts if p) + "\n"


def _values(values: list[_Class]) -> str:
    parts = [
        "<!-- Generated from the values' source by `make docs`. -->",
        "# Values",
        "What props and grants of the [constructs](README.md) take. All are imported from `constructs_lib`.",
    ]
    for value in values:
        prose, sections = _split(value.doc)
        parts += [f"## {value.name}", prose]
        entries = sections.get("Args") or sections.get("Attributes") or ""
        if value.initializer is not None:
            parts += _props(value.initializer, entries)
        elif entries:
            rows = [f"| `{name}` | {_cell(text)} |" for name, text in _ENTRY.findall(entries)]
            parts.append("\n".join(("| field | meaning |", "|---|---|", *rows)))
        members = [
            target.id
            for statement in value.node.body
            if isinstance(statement, ast.Assign)
            for target in statement.targets
            if isinstance(target, ast.Name) and target.id.isupper()
        ]
        if members:
            parts.append("One of " + ", ".join(f"`{name}`" for name in members) + ".")
        parts += [*_members(value.node, level=3), *_sources(sections)]
    return "\n\n".join(p for p in parts if p) + "\n"


def _props(made: ast.FunctionDef, documented: str) -> list[str]:
    texts = dict(_ENTRY.findall(documented))
    arguments = made.args
    first = 2 if [a.arg for a in arguments.args[1:2]] == ["scope"] else 0
    plain = arguments.args[1 + first :]
    defaults: list[ast.expr | None] = [None] * (len(plain) - len(arguments.defaults)) + [*arguments.defaults]
    rows = [
        f"| `{argument.arg}` | `{_type(argument.annotation)}` "
        f"| {'**Required.** ' if default is None else ''}{_cell(texts.get(argument.arg, ''))} |"
        for argument, default in [
            *zip(plain, defaults, strict=False),
            *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
        ]
    ]
    if not rows:
        return []
    return ["\n".join(("| prop | type | meaning |", "|---|---|---|", *rows))]


def _members(node: ast.ClassDef, bases: tuple[ast.ClassDef, ...] = (), level: int = 2) -> list[str]:
    groups: dict[str, dict[str, str]] = {"Factories": {}, "Attributes": {}, "Methods": {}}
    # What a class says of a name goes before what its bases say.
    for method in (method for one in (node, *bases) for method in _methods(one)):
        decorators = _decorators(method)
        said = ast.get_docstring(method)
        if method.name.startswith("_") or not said or decorators & {"setter", "overload"}:
            continue
        group, shown = (
            ("Attributes", method.name)
            if decorators & _PROPERTIES
            else ("Factories" if decorators & {"staticmethod", "classmethod"} else "Methods", _call(method))
        )
        if all(name.partition("(")[0] != method.name for name in groups[group]):
            groups[group][shown] = _cell(_split(said)[0])
    if level == _CONSTRUCT:  # of a value they are the fields
        for name, text in (noted for one in (node, *bases) for noted in _noted(one)):
            groups["Attributes"].setdefault(name, _cell(text))
    parts = []
    for title, rows in groups.items():
        if rows:
            lines = (f"| `{name}` | {text} |" for name, text in rows.items())
            parts += [
                f"{'#' * level} {title}" if level == _CONSTRUCT else f"{title}:",
                "\n".join(("| name | meaning |", "|---|---|", *lines)),
            ]
    return parts


# --------------------------------------------------------------------------------------------- their parts
def _call(method: ast.FunctionDef) -> str:
    names = [a.arg for a in method.args.args if a.arg not in ("self", "cls")]
    defaults = len(method.args.defaults)
    shown = [n if i < len(names) - defaults else f"{n}=..." for i, n in enumerate(names)]
    shown += [f"*{method.args.vararg.arg}"] if method.args.vararg else []
    shown += [f"{a.arg}=..." for a in method.args.kwonlyargs]
    return f"{method.name}({', '.join(shown)})"


def _type(annotation: ast.expr | None) -> str:
    text = ast.unparse(annotation) if annotation is not None else "Any"
    return text.replace("|", "\\|").replace(" \\| None", "")


def _split(doc: str) -> tuple[str, dict[str, str]]:
    """Split a docstring into its prose and its sections by heading."""
    pieces = _SECTION.split(doc)
    sections = dict(zip(pieces[1::2], pieces[2::2], strict=True))
    prose = [pieces[0]]
    for name, text in tuple(sections.items()):
        # What isn't indented after the last section belongs to none: paragraphs, and where it comes from.
        body, *rest = re.split(r"\n(?=\S)", text, maxsplit=1)
        for paragraph in "".join(rest).split("\n\n"):
            if paragraph.startswith("Source"):
                sections["Sources"] = paragraph
            else:
                prose.append(paragraph)
        sections[name] = body
    return "\n\n".join(_clean(one) for one in prose if one.strip()), sections


def _sources(sections: Mapping[str, str]) -> list[str]:
    """Return the paragraph with the pages that a docstring names, as a list where it is one."""
    if "Sources" not in sections:
        return []
    first, *listed = sections["Sources"].splitlines()
    if not listed or first.strip() != "Sources:":
        return [_clean(sections["Sources"])]
    return ["\n".join(("Sources:\n", *(f"- {_clean(line)}" for line in listed if line.strip())))]


def _clean(text: str) -> str:
    text = _ROLE.sub(lambda m: f"`{m[1].rpartition('.')[2]}`", text).replace("``", "`")
    text = re.sub(r"`([^`<]+?)\s*<(https?://[^>]+)>`_+", r"[\1](\2)", text)
    text = re.sub(r"(?<![(<\[])(https?://[^\s)>\]]+[^\s)>\].,;:])", r"<\1>", text)
    return text.strip()


def _cell(text: str) -> str:
    return " ".join(_clean(text).split()).replace("|", "\\|")


def _first(doc: str) -> str:
    return doc.partition("\n\n")[0]


@cache
def _blocks() -> tuple[tuple[str, str, str], ...]:
    """Return page, title and code of every Python example; the tests run each."""
    # The blocks of the page about RAG are parts of one app, and none stands alone; those about moving from
    # another library show how to keep what it made.
    guides = [
        p for p in sorted(_DOCS.glob("guides/*.md")) if p.name not in {"rag.md", "from-other-libraries.md"}
    ]
    pages = sorted(p for p in _DOCS.glob("*.md")) + guides
    found = []
    for path in pages:
        text = path.read_text("utf-8")
        title = text.partition("\n")[0].lstrip("# ")
        found += [
            (str(path.relative_to(_DOCS)), title, code)
            for code in re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
        ]
    return tuple(found)


def _example(name: str) -> tuple[str, str, str] | None:
    """Return the shortest example that makes the construct, by itself or by a method of another."""
    makers = {
        method.name
        for c in _classes()
        for method in _methods(c.node)
        if method.returns is not None and ast.unparse(method.returns) == name and c.name != name
    }
    pattern = "|".join((rf"\b{name}(?:\.\w+)?\(", *(rf"\.{maker}\(" for maker in sorted(makers))))
    return min((b for b in _blocks() if re.search(pattern, b[2])), key=lambda b: len(b[2]), default=None)
