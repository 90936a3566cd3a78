"""Read JavaScript and TypeScript, by tree-sitter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.code import _tree as t
from constructs_lib.code._grammars import field, line_of, named, parse, text

if TYPE_CHECKING:
    from tree_sitter import Node

__all__ = ["read_javascript"]

_TRANSPARENT = frozenset(
    [
        "parenthesized_expression",
        "await_expression",
        "as_expression",
        "satisfies_expression",
        "non_null_expression",
        "type_assertion",
        "expression_statement",
        "sequence_expression",
    ]
)
_WRAPPERS = frozenset({"Promise", "Readonly", "Partial", "Required", "NonNullable", "Awaited"})


def read_javascript(source: str, language: str) -> list[t.Node]:
    """Return a module in the scan's small language.

    Args:
        source: The text of the file.
        language: ``javascript``, ``typescript`` or ``tsx``.

    Raises:
        RecursionError: The text nests too deeply.

    """
    return _body(parse(source, language))


def _body(node: Node) -> list[t.Node]:
    """Return the statements of a block; functions come first, as they are known before they are defined."""
    children = named(node)
    functions = [child for child in children if _declares_function(child)]
    others = [child for child in children if not _declares_function(child)]
    return [made for child in (*functions, *others) for made in _statement(child)]


def _declares_function(node: Node) -> bool:
    inner = field(node, "declaration") if node.type == "export_statement" else node
    return inner is not None and inner.type in {"function_declaration", "generator_function_declaration"}


def _statement(node: Node) -> list[t.Node]:  # noqa: C901, PLR0911, PLR0912 - one case for each kind of statement
    match node.type:
        case "import_statement":
            return _import(node)
        case "export_statement":
            return _export(node)
        case "lexical_declaration" | "variable_declaration":
            return [_declarator(child) for child in named(node) if child.type == "variable_declarator"]
        case "function_declaration" | "generator_function_declaration":
            return [_function(node)]
        case "class_declaration" | "abstract_class_declaration":
            return [_class(node)]
        case "interface_declaration":
            return [_interface(node)]
        case "type_alias_declaration":
            value = field(node, "value")
            name = t.Name(text(field(node, "name")))
            return [t.Assign(name, _type(value), declares=True)] if value else []
        case "enum_declaration":
            return _enum(node)
        case "statement_block" | "class_static_block":
            return [t.Block(_body(node))]
        case "if_statement":
            bodies = [_part(field(node, "consequence")), _part(field(node, "alternative"))]
            return [_in_field(node, "condition"), t.Branches(bodies, is_complete=True)]
        case "else_clause":
            return [made for child in named(node) for made in _statement(child)]
        case "for_in_statement":
            left, body = field(node, "left"), _part(field(node, "body"))
            target = _pattern(left) if left else t.Other([])
            return [t.Block([t.Loop(target, _in_field(node, "right"), body)])]
        case "for_statement":
            start = field(node, "initializer")
            head = _statement(start) if start else []
            rest = [_in_field(node, "condition"), _in_field(node, "increment")]
            return [t.Block([*head, t.Branches([[*_part(field(node, "body")), *rest]])])]
        case "while_statement" | "do_statement":
            return [_in_field(node, "condition"), t.Branches([_part(field(node, "body"))])]
        case "try_statement":
            handler, last = field(node, "handler"), field(node, "finalizer")
            caught = _part(field(handler, "body")) if handler else []
            final = [made for child in named(last) for made in _statement(child)] if last else []
            return [*_part(field(node, "body")), t.Branches([caught, []]), *final]
        case "switch_statement":
            group = field(node, "body")
            cases = [
                [made for item in named(case) for made in _statement(item)]
                for case in (named(group) if group is not None else [])
            ]
            return [_in_field(node, "value"), t.Branches([*cases, []])]
        case "return_statement":
            inner = named(node)
            return [t.Return(_expression(inner[0]) if inner else None)]
        case "throw_statement":
            return [t.Return(t.Other([_expression(child) for child in named(node)]))]
        case "labeled_statement":
            return _part(field(node, "body"))
    return [_expression(node)]


def _part(node: Node | None) -> list[t.Node]:
    return _statement(node) if node is not None else []


def _in_field(node: Node, name: str) -> t.Expression:
    inner = field(node, name)
    return _expression(inner) if inner is not None else t.Other([])


def _import(node: Node) -> list[t.Node]:
    module = _string(field(node, "source"))
    made: list[t.Node] = []
    for clause in named(node):
        if clause.type == "import_require_clause":  # import AWS = require("aws-sdk")
            names = [text(child) for child in named(clause) if child.type == "identifier"]
            made += [t.Import(names[0], _string(field(clause, "source")))] if names else []
        if clause.type != "import_clause":
            continue
        for child in named(clause):
            if child.type == "identifier":
                made.append(t.Import(text(child), module, "default"))
            elif child.type == "namespace_import":
                made.append(t.Import(text(named(child)[0]), module))
            else:
                for item in named(child):
                    name = text(field(item, "name"))
                    made.append(t.Import(text(field(item, "alias")) or name, module, name))
    return made


def _export(node: Node) -> list[t.Node]:
    source, value, declared = field(node, "source"), field(node, "value"), field(node, "declaration")
    exports = t.Name("exports")
    if value is not None:
        return [t.Assign(t.Attribute(exports, "default"), _expression(value))]
    if declared is not None:
        made = _statement(declared)
        is_default = any(child.type == "default" for child in node.children)
        name = text(field(declared, "name"))
        if is_default and name:
            made.append(t.Assign(t.Attribute(exports, "default"), t.Name(name)))
        return made
    clauses = [child for child in named(node) if child.type == "export_clause"]
    if source is not None and not clauses:
        spaces = [child for child in named(node) if child.type == "namespace_export"]
        name = text(named(spaces[0])[0]) if spaces else "*"
        return [t.Import(name, _string(source))]
    made = []
    for item in (item for clause in clauses for item in named(clause)):
        name = text(field(item, "name"))
        alias = text(field(item, "alias")) or name
        if source is not None:
            made.append(t.Import(alias, _string(source), name))
        else:
            made.append(t.Assign(t.Attribute(exports, alias), t.Name(name)))
    return made


def _declarator(node: Node) -> t.Node:
    name, value = field(node, "name"), field(node, "value")
    declared = field(node, "type")
    target = _pattern(name) if name is not None else t.Other([])
    made = _expression(value) if value is not None else None
    return t.Assign(target, made, declares=True, type=_annotation(declared))


def _enum(node: Node) -> list[t.Node]:
    body = field(node, "body")
    items: list[tuple[t.Expression | None, t.Expression]] = [
        (t.Constant(text(field(item, "name"))), _in_field(item, "value"))
        for item in (named(body) if body else [])
        if item.type == "enum_assignment"
    ]
    return [t.Assign(t.Name(text(field(node, "name"))), t.Mapping(items), declares=True)]


def _pattern(node: Node) -> t.Expression:  # noqa: C901, PLR0911 - one case for each kind of pattern
    match node.type:
        case "object_pattern":
            items: list[tuple[t.Expression | None, t.Expression]] = []
            for item in named(node):
                if item.type == "pair_pattern":
                    key, value = field(item, "key"), field(item, "value")
                    items.append((_key(key), _pattern(value) if value is not None else t.Other([])))
                elif item.type == "shorthand_property_identifier_pattern":
                    items.append((t.Constant(text(item)), t.Name(text(item))))
                elif item.type == "object_assignment_pattern":
                    left = field(item, "left")
                    inner = t.Assign(t.Name(text(left)), _in_field(item, "right"))
                    items.append((t.Constant(text(left)), inner))
                elif item.type == "rest_pattern":
                    items.append((None, _pattern(named(item)[0])))
            return t.Mapping(items)
        case "array_pattern":
            return t.Sequence([_pattern(item) for item in named(node)])
        case "assignment_pattern":
            left = field(node, "left")
            return t.Assign(_pattern(left) if left else t.Other([]), _in_field(node, "right"))
        case "identifier" | "shorthand_property_identifier_pattern":
            return t.Name(text(node))
        case "rest_pattern":
            return t.Other([_pattern(named(node)[0])], spreads=True)
        case "lexical_declaration" | "variable_declaration":
            names = [field(child, "name") for child in named(node)]
            return _pattern(names[0]) if names and names[0] is not None else t.Other([])
    return _expression(node)


def _key(node: Node | None) -> t.Expression:
    if node is None:
        return t.Other([])
    if node.type in {"property_identifier", "shorthand_property_identifier", "private_property_identifier"}:
        return t.Constant(text(node))
    if node.type == "computed_property_name":
        return _expression(named(node)[0])
    return _expression(node)


def _function(node: Node, name: str | None = None) -> t.Function:
    body = field(node, "body")
    if body is None:
        made: list[t.Node] = []
    elif body.type == "statement_block":
        made = _body(body)
    else:
        made = [t.Return(_expression(body))]
    parameters, stored = _parameters(node)
    decorators: list[t.Expression] = []
    if any(child.type == "get" for child in node.children):
        decorators.append(t.Name("property"))
    returns = _annotation(field(node, "return_type"))
    return t.Function(
        text(field(node, "name")) if name is None else name,
        parameters,
        [*stored, *made],
        line_of(node),
        decorators,
        returns,
    )


def _parameters(node: Node) -> tuple[list[t.Parameter], list[t.Node]]:
    """Return the parameters, and the assignments of those that are fields of the class at once."""
    single = field(node, "parameter")
    if single is not None:
        return [t.Parameter(text(single))], []
    found: list[t.Parameter] = []
    stored: list[t.Node] = []
    group = field(node, "parameters")
    for number, item in enumerate(named(group) if group is not None else []):
        inner = field(item, "pattern") or item
        default_node, declared = field(item, "value"), _annotation(field(item, "type"))
        if inner.type == "assignment_pattern":
            default_node, inner = field(inner, "right"), field(inner, "left") or inner
        default = _expression(default_node) if default_node is not None else None
        if inner.type == "identifier":
            found.append(t.Parameter(text(inner), default, declared))
        elif inner.type == "rest_pattern":
            found.append(t.Parameter(text(named(inner)[0]), kind="rest"))
        else:
            found.append(t.Parameter(f"\0{number}", default, declared, _pattern(inner)))
        if any(child.type in {"accessibility_modifier", "readonly"} for child in item.children):
            stored.append(t.Assign(t.Attribute(t.Name("this"), text(inner)), t.Name(text(inner))))
    return found, stored


def _class(node: Node) -> t.ClassDef:
    heritage = [child for child in named(node) if child.type == "class_heritage"]
    bases: list[t.Expression] = []
    for clause in heritage:
        for item in named(clause):
            if item.type == "extends_clause":
                bases.append(_in_field(item, "value"))
            elif item.type != "implements_clause":
                bases.append(_expression(item))
    body = field(node, "body")
    members: list[t.Node] = []
    fields: list[tuple[str, t.Expression | None, t.Expression | None]] = []
    for item in named(body) if body is not None else []:
        if item.type == "method_definition":
            members.append(_function(item))
        elif item.type in {"public_field_definition", "field_definition"}:
            name = text(field(item, "name") or field(item, "property"))
            value = field(item, "value")
            made = _expression(value) if value is not None else None
            if any(child.type == "static" for child in item.children):
                members.append(t.Assign(t.Name(name), made, declares=True))
            else:
                fields.append((name, made, _annotation(field(item, "type"))))
        elif item.type == "class_static_block":
            members += _statement(item)
    return t.ClassDef(text(field(node, "name")), bases, [*members], fields, line_of(node))


def _interface(node: Node) -> t.ClassDef:
    body = field(node, "body")
    fields: list[tuple[str, t.Expression | None, t.Expression | None]] = [
        (text(field(item, "name")), None, _annotation(field(item, "type")))
        for item in (named(body) if body is not None else [])
        if item.type == "property_signature"
    ]
    return t.ClassDef(text(field(node, "name")), [], [], fields, line_of(node))


def _annotation(node: Node | None) -> t.Expression | None:
    return _type(named(node)[0]) if node is not None and named(node) else None


def _type(node: Node) -> t.Expression:  # noqa: PLR0911 - one case for each kind of type
    match node.type:
        case "type_identifier" | "identifier":
            return t.Name(text(node))
        case "nested_type_identifier":
            return t.Attribute(t.Name(text(field(node, "module"))), text(field(node, "name")))
        case "union_type" | "intersection_type" | "parenthesized_type" | "readonly_type":
            return t.Options([_type(child) for child in named(node)])
        case "object_type":
            items: list[tuple[t.Expression | None, t.Expression]] = [
                (t.Constant(text(field(item, "name"))), _annotation(field(item, "type")) or t.Other([]))
                for item in named(node)
                if item.type == "property_signature"
            ]
            return t.Mapping(items)
        case "generic_type":
            name, inner = field(node, "name"), field(node, "type_arguments")
            if text(name) in _WRAPPERS and inner is not None and named(inner):
                return _type(named(inner)[0])
            return _type(name) if name is not None else t.Other([])
    return t.Other([])


def _string(node: Node | None) -> str:
    if node is None:
        return ""
    return "".join(
        text(child) for child in named(node) if child.type in {"string_fragment", "escape_sequence"}
    )


def _expression(node: Node) -> t.Expression:  # noqa: C901, PLR0911, PLR0912 - one case for each kind of expression
    match node.type:
        case "identifier" | "this" | "super" | "import" | "shorthand_property_identifier":
            return t.Name(text(node))
        case "string":
            return t.Constant(_string(node))
        case "template_string":
            if all(child.type in {"string_fragment", "escape_sequence"} for child in named(node)):
                return t.Constant(_string(node))
            return t.Text(
                [
                    t.Constant(text(child))
                    if child.type == "string_fragment"
                    else _expression(named(child)[0])
                    if child.type == "template_substitution" and named(child)
                    else t.Other([])
                    for child in named(node)
                ]
            )
        case "number":
            return t.Constant(int(text(node))) if text(node).isdecimal() else t.Other([])
        case "true" | "false":
            return t.Constant(node.type == "true")
        case "null" | "undefined":
            return t.Constant(None)
        case "member_expression":
            return t.Attribute(_in_field(node, "object"), text(field(node, "property")))
        case "subscript_expression":
            return t.Index(_in_field(node, "object"), _in_field(node, "index"))
        case "call_expression" | "new_expression":
            return _call(node)
        case "object":
            return t.Mapping([_property(item) for item in named(node)])
        case "array":
            return t.Sequence([_expression(item) for item in named(node)])
        case "ternary_expression":
            options = t.Options([_in_field(node, "consequence"), _in_field(node, "alternative")])
            return t.Index(t.Sequence([options, _in_field(node, "condition")]), t.Constant(0))
        case "binary_expression":
            sides = [_in_field(node, "left"), _in_field(node, "right")]
            operator = text(field(node, "operator"))
            if operator in {"??", "||", "&&"}:
                return t.Options(sides)
            return t.Text(sides) if operator == "+" else t.Other([*sides])
        case "assignment_expression":
            left = field(node, "left")
            target = _pattern(left) if left is not None else t.Other([])
            return t.Assign(target, _in_field(node, "right"))
        case "augmented_assignment_expression":
            target, right = _in_field(node, "left"), _in_field(node, "right")
            if text(field(node, "operator")) in {"??=", "||="}:
                return t.Assign(target, t.Options([target, right]))
            return t.Assign(target, t.Text([target, right]))
        case "arrow_function" | "function_expression" | "generator_function":
            return _function(node, "")
        case "class":
            return _class(node)
        case "yield_expression":
            inner = named(node)
            return t.Return(_expression(inner[0]) if inner else None, ends=False)
    if node.type in _TRANSPARENT:
        inner = named(node)
        if node.type == "sequence_expression" and len(inner) > 1:  # (0, client.send)(...)
            return t.Index(t.Sequence([_expression(child) for child in inner]), t.Constant(-1))
        return _expression(inner[0]) if inner else t.Other([])
    return t.Other([made for child in named(node) for made in _statement(child)])


def _property(node: Node) -> tuple[t.Expression | None, t.Expression]:
    match node.type:
        case "pair":
            return _key(field(node, "key")), _in_field(node, "value")
        case "shorthand_property_identifier":
            return t.Constant(text(node)), t.Name(text(node))
        case "method_definition":
            return _key(field(node, "name")), _function(node, "")
    return None, _expression(node)


def _call(node: Node) -> t.Expression:
    function = field(node, "function") or field(node, "constructor")
    group = field(node, "arguments")
    if function is None:
        return t.Other([])
    at = field(function, "property") if function.type == "member_expression" else None
    arguments = [_expression(item) for item in named(group)] if group is not None else []
    makes = node.type == "new_expression"
    return t.Call(_expression(function), arguments, line_of(at or node), makes=makes)
