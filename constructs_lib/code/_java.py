"""Read Java, by tree-sitter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.code import _tree as t
from constructs_lib.code._apis import classes_of_java
from constructs_lib.code._grammars import field, line_of, named, parse, text

if TYPE_CHECKING:
    from tree_sitter import Node

__all__ = ["read_java"]

_CONTAINERS = frozenset(
    [
        "Collection",
        "ConcurrentHashMap",
        "ConcurrentMap",
        "Deque",
        "HashMap",
        "Iterable",
        "Iterator",
        "LinkedHashMap",
        "List",
        "ArrayList",
        "Map",
        "Queue",
        "Set",
        "SortedMap",
        "Stream",
        "TreeMap",
    ]
)
"""Types of the library whose last argument is the type of what they hold."""
_HOLDERS = frozenset(
    [
        "AtomicReference",
        "Callable",
        "CompletableFuture",
        "CompletionStage",
        "Future",
        "Instance",
        "Lazy",
        "Mono",
        "ObjectFactory",
        "ObjectProvider",
        "Optional",
        "Provider",
        "Supplier",
        "ThreadLocal",
        "Uni",
    ]
)
"""Types whose first argument is the type of the one thing that they hold."""
_MOCKED = frozenset({"@Mock", "@MockBean", "@MockitoBean", "@Spy", "@SpyBean", "@MockitoSpyBean"})
"""Annotations of fields that hold a mock."""
_CLASSES = frozenset({"class_declaration", "record_declaration", "interface_declaration", "enum_declaration"})


def read_java(source: str) -> list[t.Node]:
    """Return a file in the scan's small language.

    Raises:
        RecursionError: The text nests too deeply.

    """
    made: list[t.Node] = []
    for node in named(parse(source, "java")):
        if node.type == "import_declaration":
            made += _import(node)
        elif node.type in _CLASSES:
            made.append(_class(node))
    return _bases_first(made)


def _bases_first(nodes: list[t.Node]) -> list[t.Node]:
    """Return nodes with each class after those that it extends, since Java takes them in any order."""
    classes = [node for node in nodes if isinstance(node, t.ClassDef)]
    by_name = {node.name: node for node in classes}
    found: list[t.Node] = [node for node in nodes if not isinstance(node, t.ClassDef)]
    taken: set[int] = set()

    def take(node: t.ClassDef) -> None:
        if id(node) in taken:
            return
        taken.add(id(node))
        for base in node.bases:
            if isinstance(base, t.Name) and base.id in by_name:
                take(by_name[base.id])
        found.append(node)

    for node in classes:
        take(node)
    return found


def _import(node: Node) -> list[t.Node]:
    names = [text(child) for child in named(node) if child.type in {"scoped_identifier", "identifier"}]
    module = names[0] if names else ""
    if any(child.type == "asterisk" for child in node.children):
        return [t.Import(name, module, name) for name in classes_of_java(module)]
    package, _, name = module.rpartition(".")
    return [t.Import(name, package, name)]


def _class(node: Node) -> t.ClassDef:
    base = field(node, "superclass")
    bases = [_type(child) for child in named(base)] if base is not None else []
    members: list[t.Node] = []
    fields: list[tuple[str, t.Expression | None, t.Expression | None]] = []
    group = field(node, "parameters")
    if group is not None:  # a record
        fields += [(p.name, None, p.type) for p in _parameters(group)]
    body = field(node, "body")
    for item in _members(body) if body is not None else []:
        match item.type:
            case "field_declaration":
                kind = field(item, "type")
                marks = {word for c in item.children if c.type == "modifiers" for word in text(c).split()}
                is_static = "static" in marks
                for one in (child for child in named(item) if child.type == "variable_declarator"):
                    value = field(one, "value")
                    made = _expression(value) if value is not None else None
                    declared = _type(kind) if kind is not None else None
                    if marks & _MOCKED:
                        made = t.Call(t.Name("mock"), [], line_of(item))
                    if is_static:
                        members.append(
                            t.Assign(t.Name(text(field(one, "name"))), made, declares=True, type=declared)
                        )
                    else:
                        fields.append((text(field(one, "name")), made, declared))
            case "method_declaration" | "constructor_declaration" | "compact_constructor_declaration":
                members.append(_method(item))
            case "static_initializer" | "block":
                members += _statement(item)
        if item.type in _CLASSES:
            members.append(_class(item))
    name = text(field(node, "name"))
    members = _bases_first(members)
    return t.ClassDef(name, bases, members, fields, line_of(node), is_record=group is not None)


def _anonymous(base: t.Expression, body: Node, line: int) -> t.ClassDef:
    """Return a class that is written where its one instance is made."""
    members: list[t.Node] = [_method(item) for item in named(body) if item.type == "method_declaration"]
    return t.ClassDef("", [base], members, [], line)


def _members(body: Node) -> list[Node]:
    """Return the members of a body, those of an enum below its constants too."""
    return [
        item
        for child in named(body)
        for item in (named(child) if child.type == "enum_body_declarations" else [child])
    ]


def _method(node: Node) -> t.Function:
    group, body, kind = field(node, "parameters"), field(node, "body"), field(node, "type")
    name = "<init>" if node.type != "method_declaration" else text(field(node, "name"))
    return t.Function(
        name,
        _parameters(group) if group is not None else [],
        _body(body) if body is not None else [],
        line_of(node),
        returns=_type(kind) if kind is not None else None,
    )


def _parameters(group: Node) -> list[t.Parameter]:
    found = []
    for item in named(group):
        if item.type == "identifier":
            found.append(t.Parameter(text(item)))
        elif field(item, "name") is not None:
            kind = field(item, "type")
            declared = _type(kind) if kind is not None else None
            found.append(t.Parameter(text(field(item, "name")), type=declared))
    return found


def _type(node: Node) -> t.Expression:
    match node.type:
        case "type_identifier" | "identifier":
            return t.Name(text(node))
        case "scoped_type_identifier":
            return _dotted(text(node))
        case "generic_type":
            inner = named(node)
            if text(inner[0]) in _HOLDERS and len(inner) > 1:
                arguments = named(inner[1])
                return _type(arguments[0]) if arguments else t.Other([])
            if text(inner[0]) in _CONTAINERS and len(inner) > 1 and (arguments := named(inner[1])):
                return t.Sequence([_type(arguments[-1])])
            return _type(inner[0])
    return t.Other([])


def _dotted(path: str) -> t.Expression:
    first, *others = path.split(".")
    made: t.Expression = t.Name(first)
    for name in others:
        made = t.Attribute(made, name)
    return made


def _body(node: Node) -> list[t.Node]:
    return [made for child in named(node) for made in _statement(child)]


def _part(node: Node | None) -> list[t.Node]:
    return _statement(node) if node is not None else []


def _in_field(node: Node, name: str) -> t.Expression:
    inner = field(node, name)
    return _expression(inner) if inner is not None else t.Other([])


def _statement(node: Node) -> list[t.Node]:  # noqa: C901, PLR0911 - one case for each kind of statement
    match node.type:
        case "block" | "static_initializer" | "synchronized_statement":
            return [t.Block(_body(node))]
        case "local_variable_declaration":
            kind = field(node, "type")
            declared = _type(kind) if kind is not None and text(kind) != "var" else None
            made: list[t.Node] = []
            for one in (child for child in named(node) if child.type == "variable_declarator"):
                value = field(one, "value")
                target = t.Name(text(field(one, "name")))
                inner = _expression(value) if value is not None else None
                made.append(t.Assign(target, inner, declares=True, type=declared))
            return made
        case "if_statement":
            bodies = [_part(field(node, "consequence")), _part(field(node, "alternative"))]
            return [_in_field(node, "condition"), t.Branches(bodies, is_complete=True)]
        case "enhanced_for_statement":
            target = t.Name(text(field(node, "name")))
            return [t.Block([t.Loop(target, _in_field(node, "value"), _part(field(node, "body")))])]
        case "for_statement":
            head = _part(field(node, "init"))
            return [t.Block([*head, _in_field(node, "condition"), t.Branches([_part(field(node, "body"))])])]
        case "while_statement" | "do_statement":
            return [_in_field(node, "condition"), t.Branches([_part(field(node, "body"))])]
        case "try_statement" | "try_with_resources_statement":
            return [t.Block(_try(node))]
        case "return_statement":
            inner_nodes = named(node)
            return [t.Return(_expression(inner_nodes[0]) if inner_nodes else None)]
        case "throw_statement":
            return [t.Return(t.Other([_expression(child) for child in named(node)]))]
        case "expression_statement":
            return [_expression(child) for child in named(node)]
        case "class_declaration" | "record_declaration":
            return [_class(node)]
    return [_expression(node)]


def _try(node: Node) -> list[t.Node]:
    made: list[t.Node] = []
    resources = field(node, "resources")
    for item in named(resources) if resources is not None else []:
        kind = field(item, "type")
        declared = _type(kind) if kind is not None and text(kind) != "var" else None
        target = t.Name(text(field(item, "name")))
        made.append(t.Assign(target, _in_field(item, "value"), declares=True, type=declared))
    made += _part(field(node, "body"))
    for item in named(node):
        if item.type == "catch_clause":
            made.append(t.Branches([_part(field(item, "body")), []]))
        elif item.type == "finally_clause":
            made += _body(item)
    return made


def _expression(node: Node) -> t.Expression:  # noqa: C901, PLR0911, PLR0912 - one case for each kind of expression
    match node.type:
        case "identifier" | "this" | "super" | "type_identifier":
            return t.Name(text(node))
        case "string_literal":
            return t.Constant("".join(text(child) for child in named(node)))
        case "true" | "false":
            return t.Constant(node.type == "true")
        case "null_literal":
            return t.Constant(None)
        case "decimal_integer_literal":
            return t.Constant(int(text(node))) if text(node).isdecimal() else t.Other([])
        case "field_access" | "scoped_identifier":
            return t.Attribute(_in_field(node, "object"), text(field(node, "field")))
        case "method_invocation":
            return _call(node)
        case "object_creation_expression":
            kind, group = field(node, "type"), field(node, "arguments")
            arguments = [_expression(item) for item in named(group)] if group is not None else []
            function = _type(kind) if kind is not None else t.Other([])
            body = [child for child in named(node) if child.type == "class_body"]
            if body:  # an anonymous class
                function = _anonymous(function, body[0], line_of(node))
            return t.Call(function, arguments, line_of(node), makes=True)
        case "explicit_constructor_invocation":
            group = field(node, "arguments")
            arguments = [_expression(item) for item in named(group)] if group is not None else []
            name = text(field(node, "constructor"))
            return t.Call(t.Attribute(t.Name(name), "<init>"), arguments, line_of(node))
        case "assignment_expression":
            return t.Assign(_in_field(node, "left"), _in_field(node, "right"))
        case "lambda_expression":
            group, body_node = field(node, "parameters"), field(node, "body")
            if group is not None and group.type == "identifier":
                parameters = [t.Parameter(text(group))]
            else:
                parameters = _parameters(group) if group is not None else []
            if body_node is None:
                return t.Function("", parameters, [], line_of(node))
            is_block = body_node.type == "block"
            inside: list[t.Node] = [*_body(body_node)] if is_block else [t.Return(_expression(body_node))]
            return t.Function("", parameters, inside, line_of(node))
        case "method_reference":
            inner = named(node)
            if len(inner) > 1:
                return t.Attribute(_expression(inner[0]), text(inner[-1]))
        case "ternary_expression":
            options = t.Options([_in_field(node, "consequence"), _in_field(node, "alternative")])
            return t.Index(t.Sequence([options, _in_field(node, "condition")]), t.Constant(0))
        case "binary_expression" if text(field(node, "operator")) == "+":
            return t.Text([_in_field(node, "left"), _in_field(node, "right")])
        case "parenthesized_expression" if named(node):
            return _expression(named(node)[0])
        case "cast_expression":
            return _in_field(node, "value")
    return t.Other([made for child in named(node) for made in _statement(child)])


def _call(node: Node) -> t.Call:
    owner, name, group = field(node, "object"), field(node, "name"), field(node, "arguments")
    arguments = [_expression(item) for item in named(group)] if group is not None else []
    function: t.Expression = t.Name(text(name))
    if owner is not None:
        function = t.Attribute(_expression(owner), text(name))
    return t.Call(function, arguments, line_of(name or node))
