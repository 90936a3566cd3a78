"""Read Go, by tree-sitter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.code import _tree as t
from constructs_lib.code._grammars import field, line_of, named, parse, text

if TYPE_CHECKING:
    from tree_sitter import Node

__all__ = ["read_go"]


def read_go(source: str) -> list[t.Node]:
    """Return a file in the scan's small language; a struct is a class, with the methods of its type.

    Raises:
        RecursionError: The text nests too deeply.

    """
    children = named(parse(source, "go"))
    imports = [made for node in children if node.type == "import_declaration" for made in _imports(node)]
    methods: dict[str, list[t.Node]] = {}
    for node in children:
        if node.type == "method_declaration":
            methods.setdefault(_receiver(node), []).append(_method(node))
    types = [
        made
        for node in children
        if node.type == "type_declaration"
        for spec in named(node)
        for made in _type_spec(spec, methods)
    ]
    functions: list[t.Node] = [_function(node) for node in children if node.type == "function_declaration"]
    variables = [
        made
        for node in children
        if node.type in {"var_declaration", "const_declaration"}
        for made in _statement(node)
    ]
    return [*imports, *types, *functions, *variables]


def _imports(node: Node) -> list[t.Node]:
    specs = [
        spec for child in named(node) for spec in ([child] if child.type == "import_spec" else named(child))
    ]
    made: list[t.Node] = []
    for spec in specs:
        path = text(field(spec, "path")).strip('"`')
        name = text(field(spec, "name")) or path.rpartition("/")[2]
        made.append(t.Import(name, path))
    return made


def _receiver(node: Node) -> str:
    group = field(node, "receiver")
    kinds = [field(item, "type") for item in named(group)] if group is not None else []
    return text(kinds[0]).lstrip("*").partition("[")[0] if kinds else ""


def _method(node: Node) -> t.Function:
    made = _function(node)
    group = field(node, "receiver")
    names = [text(field(item, "name")) for item in named(group)] if group is not None else []
    made.parameters.insert(0, t.Parameter(names[0] if names else ""))
    made.binds_self = True
    return made


def _type_spec(spec: Node, methods: dict[str, list[t.Node]]) -> list[t.Node]:
    name, kind = text(field(spec, "name")), field(spec, "type")
    if kind is None or kind.type == "interface_type":
        return []
    if kind.type != "struct_type":
        return [t.Assign(t.Name(name), _type(kind), declares=True)]
    fields: list[tuple[str, t.Expression | None, t.Expression | None]] = []
    bases: list[t.Expression] = []
    for group in named(kind):
        for item in named(group):
            declared_node = field(item, "type")
            declared = _type(declared_node) if declared_node is not None else None
            names = [text(child) for child in item.children_by_field_name("name")]
            fields += [(one, None, declared) for one in names]
            if not names and declared is not None:  # embedded: its methods are the struct's
                bases.append(declared)
                fields.append((text(declared_node).lstrip("*").rpartition(".")[2], None, declared))
    return [t.ClassDef(name, bases, methods.get(name, []), fields, line_of(spec), is_record=True)]


def _function(node: Node) -> t.Function:
    group, body, result = field(node, "parameters"), field(node, "body"), field(node, "result")
    parameters: list[t.Parameter] = []
    for item in named(group) if group is not None else []:
        kind = field(item, "type")
        declared = _type(kind) if kind is not None else None
        parameters += [t.Parameter(text(name), type=declared) for name in item.children_by_field_name("name")]
    returns = _type(result) if result is not None else None
    made = _body(body) if body is not None else []
    return t.Function(text(field(node, "name")), parameters, made, line_of(node), returns=returns)


def _type(node: Node) -> t.Expression:
    match node.type:
        case "type_identifier":
            return t.Name(text(node))
        case "qualified_type":
            return t.Attribute(t.Name(text(field(node, "package"))), text(field(node, "name")))
        case "pointer_type" | "parenthesized_type":
            return _type(named(node)[0]) if named(node) else t.Other([])
        case "slice_type" | "array_type" | "map_type" | "channel_type":
            inner = field(node, "element") or field(node, "value")
            return t.Sequence([_type(inner)]) if inner is not None else t.Other([])
        case "parameter_list":  # several results: the first is what matters
            kinds = [field(item, "type") for item in named(node)]
            return _type(kinds[0]) if kinds and kinds[0] is not None else t.Other([])
    return t.Other([])


def _body(node: Node) -> list[t.Node]:
    return [made for child in named(node) for made in _statement(child)]


def _part(node: Node | None) -> list[t.Node]:
    return _statement(node) if node is not None else []


def _values(node: Node | None) -> list[t.Expression]:
    if node is None:
        return []
    return (
        [_expression(child) for child in named(node)]
        if node.type == "expression_list"
        else [_expression(node)]
    )


def _statement(node: Node) -> list[t.Node]:  # noqa: C901, PLR0911 - one case for each kind of statement
    match node.type:
        case "statement_list":
            return _body(node)
        case "block":
            return [t.Block(_body(node))]
        case "short_var_declaration" | "assignment_statement":
            declares = node.type == "short_var_declaration"
            return _assignments(
                _values(field(node, "left")), _values(field(node, "right")), declares=declares
            )
        case "var_declaration" | "const_declaration":
            return [made for child in named(node) for made in _statement(child)]
        case "var_spec_list":
            return _body(node)
        case "var_spec" | "const_spec":
            kind = field(node, "type")
            declared = _type(kind) if kind is not None else None
            names: list[t.Expression] = [t.Name(text(n)) for n in node.children_by_field_name("name")]
            values = _values(field(node, "value"))
            if not values:
                return [t.Assign(name, None, declares=True, type=declared) for name in names]
            return _assignments(names, values, declares=True)
        case "if_statement":
            bodies = [_part(field(node, "consequence")), _part(field(node, "alternative"))]
            head = _part(field(node, "initializer"))
            test = field(node, "condition")
            tests: list[t.Node] = [_expression(test)] if test is not None else []
            return [t.Block([*head, *tests, t.Branches(bodies, is_complete=True)])]
        case "for_statement":
            return [t.Block(_for(node))]
        case "expression_switch_statement" | "type_switch_statement" | "select_statement":
            head = [made for name in ("initializer", "value") for made in _part(field(node, name))]
            cases = [_body(child) for child in named(node) if child.type.endswith("_case")]
            return [t.Block([*head, t.Branches([*cases, []])])]
        case "return_statement":
            values = [value for child in named(node) for value in _values(child)]
            return [t.Return(values[0] if len(values) == 1 else t.Sequence(values))]
        case "expression_statement" | "go_statement" | "defer_statement":
            return [_expression(child) for child in named(node)]
    return [_expression(node)]


def _assignments(left: list[t.Expression], right: list[t.Expression], *, declares: bool) -> list[t.Node]:
    if (
        len(left) == 2 and len(right) == 1 and isinstance(right[0], t.Index)
    ):  # ``client, ok := clients[name]``
        right = [right[0], t.Other([])]
    if len(left) == len(right):
        return [t.Assign(a, b, declares=declares) for a, b in zip(left, right, strict=True)]
    return [t.Assign(t.Sequence(left), right[0], declares=declares)] if right else []


def _for(node: Node) -> list[t.Node]:
    body = _part(field(node, "body"))
    for child in named(node):
        if child.type == "range_clause":
            left = _values(field(child, "left"))
            target: t.Expression = left[-1] if left else t.Other([])
            items = field(child, "right")
            return [t.Loop(target, _expression(items) if items is not None else t.Other([]), body)]
        if child.type == "for_clause":
            return [*_part(field(child, "initializer")), t.Branches([body])]
    tests: list[t.Node] = [_expression(child) for child in named(node) if child.type != "block"]
    return [*tests, t.Branches([body])]


def _expression(node: Node) -> t.Expression:  # noqa: C901, PLR0911, PLR0912 - one case for each kind of expression
    match node.type:
        case "identifier" | "type_identifier" | "package_identifier":
            return t.Name(text(node))
        case "interpreted_string_literal" | "raw_string_literal":
            return t.Constant(text(node)[1:-1])
        case "true" | "false":
            return t.Constant(node.type == "true")
        case "nil":
            return t.Constant(None)
        case "int_literal":
            return t.Constant(int(text(node))) if text(node).isdecimal() else t.Other([])
        case "selector_expression":
            operand = field(node, "operand")
            owner = _expression(operand) if operand is not None else t.Other([])
            return t.Attribute(owner, text(field(node, "field")))
        case "qualified_type":
            return _type(node)
        case "call_expression":
            function, group = field(node, "function"), field(node, "arguments")
            at = field(function, "field") if function is not None else None
            made = _expression(function) if function is not None else t.Other([])
            arguments = [_expression(item) for item in named(group)] if group is not None else []
            return t.Call(made, arguments, line_of(at or node))
        case "unary_expression":
            operand = field(node, "operand")
            made_of = _expression(operand) if operand is not None else t.Other([])
            return t.Index(made_of, t.Other([])) if text(field(node, "operator")) == "<-" else made_of
        case "parenthesized_expression" | "literal_element" if named(node):
            return _expression(named(node)[0])
        case "type_assertion_expression":
            kind = field(node, "type")
            return t.Call(t.Name("\0as"), [], 0) if kind is None else t.Other([])
        case "composite_literal":
            return _literal(node)
        case "func_literal":
            made_function = _function(node)
            made_function.name = ""
            return made_function
        case "index_expression":
            owner_node, key = field(node, "operand"), field(node, "index")
            if owner_node is not None and key is not None:
                return t.Index(_expression(owner_node), _expression(key))
        case "binary_expression":
            sides = [_expression(child) for child in named(node)]
            return t.Text(sides) if text(field(node, "operator")) == "+" else t.Other([*sides])
    return t.Other([made for child in named(node) for made in _statement(child)])


def _literal(node: Node) -> t.Expression:
    kind, body = field(node, "type"), field(node, "body")
    pairs: list[tuple[str | None, t.Expression]] = []
    plain: list[t.Expression] = []
    keys: list[tuple[t.Expression | None, t.Expression]] = []
    for item in named(body) if body is not None else []:
        if item.type == "keyed_element":
            key, value = named(item)[0], _expression(named(item)[-1])
            pairs.append((text(key), value))
            keys.append((_expression(key), value))
        else:
            plain.append(_expression(item))
    if kind is not None and kind.type in {"type_identifier", "qualified_type"}:
        return t.Call(_type(kind), plain, line_of(node), pairs, makes=True)
    return t.Mapping(keys) if keys else t.Sequence(plain)
