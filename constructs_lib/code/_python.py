"""Read Python, by the standard library's ``ast``."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from constructs_lib.code import _tree as t

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["read_python"]

_MAPPINGS = frozenset(
    ("dict", "Dict", "Mapping", "MutableMapping", "defaultdict", "DefaultDict", "OrderedDict")
)
_COLLECTIONS = frozenset(
    ("list", "List", "Sequence", "Iterable", "Iterator", "AsyncIterator", "Generator", "Collection", "deque")
)
_REPLACES = re.compile(r"\bpatch\b|\.setattr\(")


def read_python(text: str) -> list[t.Node]:
    """Return a module of Python in the scan's small language.

    Raises:
        SyntaxError: The text is not Python 3.
        ValueError: The text holds null bytes.
        RecursionError: The text nests too deeply.
        MemoryError: The text nests too deeply for the parser.

    """
    module = ast.parse(text)
    replaces = _REPLACES.search(text) is not None
    if replaces and any(_replaces(part, "boto3") for part in ast.walk(module)):
        return [t.Branches([_body(module.body)], guarded=True, is_complete=True)]
    return _body(module.body)


def _body(statements: Iterable[ast.stmt]) -> list[t.Node]:
    return [node for statement in statements for node in _statement(statement)]


def _statement(node: ast.stmt) -> list[t.Node]:  # noqa: C901, PLR0911, PLR0912 - one case for each kind of statement
    match node:
        case ast.Expr(value=value):
            return [_expression(value)]
        case ast.Assign(targets=targets, value=value):
            first, *others = targets
            made: list[t.Node] = [t.Assign(_expression(first), _expression(value))]
            return [*made, *(t.Assign(_expression(other), _expression(first)) for other in others)]
        case ast.AnnAssign(target=target, value=annotated, annotation=kind):
            declared = t.Assign(_expression(target), _optional(annotated), type=_type(kind))
            return [declared]
        case ast.AugAssign(target=target, value=value):
            both = t.Other([_expression(target), _expression(value)])
            if isinstance(node.op, ast.BitOr):  # a dict that is extended
                both = t.Mapping([(None, _expression(target)), (None, _expression(value))])  # type: ignore[assignment] # another kind of value
            return [t.Assign(_expression(target), both)]
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return [_function(node)]
        case ast.ClassDef():
            return [_class(node)]
        case ast.Return(value=result):
            return [t.Return(_optional(result))]
        case ast.Import(names=names):
            return [
                t.Import(name.asname, name.name)
                if name.asname
                else t.Import(name.name.partition(".")[0], name.name.partition(".")[0])
                for name in names
            ]
        case ast.ImportFrom(names=names):
            module = "." * node.level + (node.module or "")
            return [t.Import(name.asname or name.name, module, name.name) for name in names]
        case ast.If(test=test, body=body, orelse=orelse):
            guarded = _asks_for_method(test)
            branches = t.Branches([_body(body), _body(orelse)], guarded, is_complete=True)
            return [_expression(test), branches]
        case ast.For() | ast.AsyncFor():
            loop = t.Loop(_expression(node.target), _expression(node.iter), _body(node.body))
            return [loop, t.Branches([_body(node.orelse)])]
        case ast.While(test=test, body=body, orelse=orelse):
            return [_expression(test), t.Branches([_body(body)]), t.Branches([_body(orelse)])]
        case ast.With() | ast.AsyncWith():
            entered: list[t.Node] = []
            for item in node.items:
                context = t.Enter(_expression(item.context_expr))
                bound = _optional(item.optional_vars)
                entered.append(t.Assign(bound, context) if bound is not None else context)
            if any(_expects_missing(c) or _replaces(c) for c in (item.context_expr for item in node.items)):
                return [*entered, t.Branches([_body(node.body)], guarded=True)]
            return [*entered, *_body(node.body)]
        case ast.Try() | ast.TryStar():
            handlers = [_body(handler.body) for handler in node.handlers]
            guarded = any(_names_missing(handler.type) for handler in node.handlers)
            tried = [*_body(node.body), *_body(node.orelse)]
            first_body = [t.Branches([tried], guarded=True, is_complete=True)] if guarded else tried
            return [*first_body, t.Branches([*handlers, []]), *_body(node.finalbody)]
        case ast.Match(subject=subject, cases=cases):
            bodies = [[*_captured(case.pattern, subject), *_body(case.body)] for case in cases]
            return [_expression(subject), t.Branches([*bodies, []])]
    parts = [_expression(part) for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)]
    if isinstance(node, ast.Raise):
        return [t.Return(t.Other([*parts]))]
    return [t.Other([*parts])]


def _captured(pattern: ast.pattern, subject: ast.expr) -> list[t.Node]:
    """Return the assignment of a ``case`` that names the whole subject."""
    if isinstance(pattern, ast.MatchAs) and pattern.name:
        return [t.Assign(t.Name(pattern.name), _expression(subject))]
    return []


def _names_missing(kind: ast.expr | None) -> bool:
    """Whether a handler names ``AttributeError``, as code that tries whether a client has a method does."""
    return kind is not None and any(
        isinstance(part, ast.Name) and part.id == "AttributeError" for part in ast.walk(kind)
    )


def _expects_missing(context: ast.expr) -> bool:
    """Whether a ``with`` expects an ``AttributeError`` (``pytest.raises``, ``suppress``)."""
    return isinstance(context, ast.Call) and any(_names_missing(argument) for argument in context.args)


def _replaces(node: ast.AST, what: str = "") -> bool:
    """Whether a node is a call with which a test replaces something that ``what`` is part of the name of."""
    if not isinstance(node, ast.Call):
        return False
    last = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if last not in {"patch", "object", "dict", "multiple", "setattr"}:
        return False
    names = ast.unparse(node.func).split(".")
    replaces = "patch" in names or (names[-1] == "setattr" and len(names) > 1)
    return replaces and any(what in ast.unparse(argument) for argument in node.args[:2])


def _asks_for_method(test: ast.expr) -> bool:
    """Whether a condition asks if a client has a method."""
    return any(
        isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id == "hasattr"
        for part in ast.walk(test)
    )


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef) -> t.Function:
    return t.Function(
        node.name,
        _parameters(node.args),
        [],
        node.lineno,
        [_expression(decorator) for decorator in node.decorator_list],
        _type(node.returns) if node.returns else None,
        binds_self=True,
        end=node.end_lineno or 0,
        later=lambda made: _fill(made, node),
    )


def _fill(made: t.Function, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    """Read what a function needs when it runs."""
    made.guarded = any(map(_replaces, node.decorator_list))
    waiting: list[ast.AST] = [*node.body]
    while waiting:  # its statements, and those of inner functions
        part = waiting.pop()
        kind = type(part)
        if kind in _WITH_VALUES:
            made.guarded = made.guarded or any(map(_replaces, _calls_of(part.value)))  # type: ignore[attr-defined] # these have one
        elif kind in _WITH_NAMES:
            made.globals.update(part.names)  # type: ignore[attr-defined] # these have some
        elif kind not in _WITHOUT_BODIES:
            for name in ("body", "orelse", "finalbody", "handlers", "cases"):
                waiting += getattr(part, name, ())
            for item in getattr(part, "items", ()):
                made.guarded = made.guarded or any(map(_replaces, _calls_of(item.context_expr)))
    made.body = _body(node.body)


_WITH_VALUES = frozenset((ast.Expr, ast.Assign, ast.Return, ast.AnnAssign, ast.AugAssign))
_WITH_NAMES = frozenset((ast.Global, ast.Nonlocal))
_WITHOUT_BODIES = frozenset((ast.Raise, ast.Import, ast.ImportFrom, ast.Pass, ast.Assert, ast.Delete))


def _calls_of(value: ast.expr | None) -> Iterator[ast.Call]:
    """Yield the calls that make up a value: of ``await patch("...").start()`` both."""
    while True:
        if isinstance(value, ast.Await):
            value = value.value
        elif isinstance(value, ast.Call):
            yield value
            if not isinstance(value.func, ast.Attribute):
                return
            value = value.func.value
        else:
            return


def _parameters(arguments: ast.arguments) -> list[t.Parameter]:
    plain = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [None] * (len(plain) - len(arguments.defaults))
    found = [
        _parameter(argument, default)
        for argument, default in zip(plain, [*defaults, *arguments.defaults], strict=True)
    ]
    if arguments.vararg:
        found.append(_parameter(arguments.vararg, None, "rest"))
    found += [
        _parameter(argument, default, "named")
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    ]
    if arguments.kwarg:
        found.append(_parameter(arguments.kwarg, None, "keywords"))
    return found


def _parameter(argument: ast.arg, default: ast.expr | None, kind: str = "plain") -> t.Parameter:
    declared = _type(argument.annotation) if argument.annotation else None
    return t.Parameter(argument.arg, _optional(default), declared, kind=kind)


def _class(node: ast.ClassDef) -> t.ClassDef:
    fields: list[tuple[str, t.Expression | None, t.Expression | None]] = []
    for statement in node.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            value = _optional(statement.value)
            fields.append((statement.target.id, value, _type(statement.annotation)))
    names = {_last_name(decorator) for decorator in node.decorator_list}
    bases = [_expression(base) for base in node.bases]
    is_record = bool(names & {"dataclass", "define", "frozen", "attrs", "s"}) or any(
        isinstance(base, ast.Name) and base.id in {"NamedTuple", "BaseModel", "BaseSettings"}
        for base in node.bases
    )
    given = [(one.arg, _expression(one.value)) for one in node.keywords if one.arg and one.arg != "metaclass"]
    return t.ClassDef(node.name, bases, _body(node.body), fields, node.lineno, is_record, given)


def _type(annotation: ast.expr) -> t.Expression:  # noqa: PLR0911 - one case for each kind of type
    """Return a declared type: what is optional, in quotes or annotated is the type itself."""
    match annotation:
        case ast.Constant(value=str() as quoted):
            try:
                return _type(ast.parse(quoted, mode="eval").body)
            except SyntaxError:  # not a type
                return t.Other([])
        case ast.BinOp(left=left, right=right):
            return t.Options([_type(left), _type(right)])
        case ast.Subscript(value=value, slice=inner):
            if _is_annotated(annotation):
                return _annotated(inner)
            kind = _last_name(value)
            parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            if kind in {"Optional", "Union", "Final", "ClassVar"}:
                return t.Options([_type(part) for part in parts])
            if kind in _MAPPINGS and len(parts) == 2:
                return t.Mapping([(t.Other([]), _type(parts[1]))])
            return t.Sequence([_type(parts[0])]) if kind in _COLLECTIONS else t.Other([])
        case ast.Name() | ast.Attribute():
            return _expression(annotation)
    return t.Other([])


def _is_annotated(node: ast.Subscript) -> bool:
    return _last_name(node.value) == "Annotated"


def _last_name(node: ast.expr) -> str:
    """Return the last name of ``a.b.c`` or of the call of it, empty for anything else."""
    if isinstance(node, ast.Call):
        return _last_name(node.func)
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _annotated(inner: ast.expr) -> t.Expression:
    """Return ``Annotated``: the type, and the calls beside it, such as ``Depends`` of FastAPI."""
    kind, *rest = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    return t.Options([_type(kind), *(_expression(part) for part in rest if isinstance(part, ast.Call))])


def _expression(node: ast.expr) -> t.Expression:  # noqa: C901, PLR0911, PLR0912 - one case for each kind of expression
    match node:
        case ast.Constant(value=value):
            if value is None or isinstance(value, str | int | float | bool):
                return t.Constant(value)
        case ast.Name(id=name):
            return t.Name(name)
        case ast.Attribute(value=owner, attr=name):
            return t.Attribute(_expression(owner), name)
        case ast.Subscript(slice=key) if _is_annotated(node):
            return _annotated(key)
        case ast.Subscript(value=owner, slice=key):
            return t.Index(_expression(owner), _expression(key))
        case ast.Call(ast.Attribute(ast.Constant(str() as form), "format"), args=filling, keywords=[]) if (
            text := _filled(form.split("{}"), filling)
        ):
            return text
        case ast.BinOp(left=ast.Constant(value=str() as form), op=ast.Mod(), right=right):
            filling = right.elts if isinstance(right, ast.Tuple) else [right]
            return _filled(form.split("%s"), filling) or t.Other([_expression(right)])
        case ast.Call(func=function, args=arguments, keywords=keywords):
            return t.Call(
                _expression(function),
                [_expression(argument) for argument in arguments],
                _line_of_call(node),
                [(keyword.arg, _expression(keyword.value)) for keyword in keywords],
            )
        case ast.Dict(keys=keys, values=values):
            items = zip(keys, values, strict=True)
            return t.Mapping([(_optional(key), _expression(value)) for key, value in items])
        case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
            return t.Sequence([_expression(item) for item in items])
        case ast.JoinedStr(values=parts):
            return t.Text([_expression(part) for part in parts])
        case ast.FormattedValue(value=inner) | ast.Await(value=inner):
            return _expression(inner)
        case ast.Starred(value=inner):
            return t.Other([_expression(inner)], spreads=True)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return t.Text([_expression(left), _expression(right)])
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return t.Mapping([(None, _expression(left)), (None, _expression(right))])
        case ast.BoolOp(values=values):
            return t.Options([_expression(value) for value in values])
        case ast.IfExp(test=test, body=body, orelse=orelse):
            options = t.Options([_expression(body), _expression(orelse)])
            return t.Index(t.Sequence([options, t.Other([_expression(test)])]), t.Constant(0))  # the test too
        case ast.NamedExpr(target=target, value=value):
            return t.Assign(_expression(target), _expression(value))
        case ast.Yield(value=result):
            return t.Return(_optional(result), ends=False)
        case ast.Lambda(args=arguments, body=result):
            return t.Function("", _parameters(arguments), [t.Return(_expression(result))], node.lineno)
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
            return _comprehension(node)
    return t.Other([_expression(part) for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)])


def _filled(texts: list[str], items: list[ast.expr]) -> t.Text | None:
    """Return texts with an item between each two, ``None`` if there are not as many items."""
    if len(texts) != len(items) + 1 or any("{" in text or "%" in text for text in texts):
        return None
    parts: list[t.Expression] = [t.Constant(texts[0])]
    for text, item in zip(texts[1:], items, strict=True):
        parts += [_expression(item), t.Constant(text)]
    return t.Text(parts)


def _optional(node: ast.expr | None) -> t.Expression | None:
    return _expression(node) if node is not None else None


def _comprehension(node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> t.Expression:
    """Return a comprehension as a function that is called at once: its names are its own."""
    made: t.Expression
    if isinstance(node, ast.DictComp):
        made = t.Mapping([(_expression(node.key), _expression(node.value))])
    else:
        made = t.Sequence([_expression(node.elt)])
    body: list[t.Node] = [t.Return(made, ends=False)]
    for generator in reversed(node.generators):
        conditions = [_expression(condition) for condition in generator.ifs]
        items = _expression(generator.iter)
        body = [t.Loop(_expression(generator.target), items, [*conditions, *body])]
    return t.Call(t.Function("", [], body, node.lineno, gathers=True), [], node.lineno)


def _line_of_call(node: ast.Call) -> int:
    """Return the line of a call: that of the method's name, since a chain of calls spans lines."""
    if isinstance(node.func, ast.Attribute):
        return node.func.end_lineno or node.lineno
    return node.lineno
