"""The definition of a flow: read from a file or a dictionary, and checked before anything is deployed."""

from __future__ import annotations

import difflib
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from constructs_lib.cdk_support import PlanesError, is_token
from constructs_lib.control_plane.flow_nodes import ANY, NODE_TYPES
from constructs_lib.control_plane.flow_shapes import (
    CONNECTION,
    CONNECTIONS,
    INPUT,
    NAME,
    NODE_CONFIGURATIONS,
    NODES,
    OUTPUT,
    Items,
    Number,
    Object,
    OneOf,
    Text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from constructs_lib.control_plane.flow_nodes import NodeType
    from constructs_lib.control_plane.flow_shapes import Shape

__all__ = ["FlowDefinition", "read_definition"]

_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_SHOWN = 10

Path_ = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class FlowDefinition:
    """A definition that is sound, with where it came from."""

    value: Mapping[str, Any]
    source: str

    def nodes(self) -> Iterator[Mapping[str, Any]]:
        """Give every node, those inside loops too."""
        yield from _nodes(self.value)


def _nodes(definition: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for node in definition["nodes"]:
        yield node
        if node["type"] == "Loop":
            yield from _nodes(node["configuration"]["loop"]["definition"])


def read_definition(
    definition: str | Path | Mapping[str, Any], substitutions: Mapping[str, str]
) -> FlowDefinition:
    """Read a definition and check it.

    Args:
        definition: The path of a JSON or YAML file, or what is in one: ``nodes`` and ``connections`` as the
            API has them.
        substitutions: What stands for ``${NAME}`` in the texts of the definition.

    Raises:
        PlanesError: It can't be read, or isn't sound: the message has every fault with its line.
    """
    value, lines, source = _load(definition)
    used: set[str] = set()
    value = _substituted(value, substitutions, used)
    if unused := sorted(set(substitutions) - used):
        raise PlanesError(
            f"`substitutions` has `{unused[0]}`, and {source} has no `${{{unused[0]}}}`: correct the name, "
            "or leave it out"
        )
    faults = _Checks(lines)
    faults.definition(value, ())
    if faults.found:
        listed = "\n".join(f"  {one}" for one in faults.found[:_SHOWN])
        more = len(faults.found) - _SHOWN
        rest = f"\n  and {more} more" if more > 0 else ""
        raise PlanesError(f"the flow's definition in {source} has faults to correct:\n{listed}{rest}")
    return FlowDefinition(value, source)


def _load(definition: object) -> tuple[Any, dict[Path_, int], str]:
    """Return the value, the line of each part where it is a file, and what to call it."""
    if isinstance(definition, dict):
        return definition, {}, "`definition`"
    if not isinstance(definition, (str, Path)):
        raise PlanesError(
            f"`definition` has a value of the type `{type(definition).__name__}`: pass the path of a JSON or "
            "YAML file, or a dictionary"
        )
    path = Path(definition)
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise PlanesError(f"`definition` names the file `{path}`, which can't be read: {reason}") from None
    try:
        # JSON is YAML but for tabs between its parts, which YAML has no place for.
        node = yaml.compose(text.replace("\t", " ") if _is_json(text) else text, Loader=yaml.SafeLoader)
        lines: dict[Path_, int] = {}
        value = yaml.safe_load(text) if not _is_json(text) else json.loads(text)
        _mark(node, (), lines)
    except (yaml.YAMLError, RecursionError) as error:
        where = getattr(error, "problem_mark", None)
        at = f" line {where.line + 1}" if where is not None else ""
        problem = getattr(error, "problem", None) or "it is nested too deeply"
        raise PlanesError(f"`definition`: `{path.name}`{at} is neither JSON nor YAML: {problem}") from None
    return value, lines, f"`{path.name}`"


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False  # then it is YAML, or nothing that the caller reads
    return True


def _mark(node: yaml.Node | None, path: Path_, lines: dict[Path_, int]) -> None:
    if node is None:
        return
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            lines[(*path, str(key.value))] = key.start_mark.line + 1
            _mark(value, (*path, str(key.value)), lines)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            _mark(value, (*path, number), lines)


def _substituted(value: Any, substitutions: Mapping[str, str], used: set[str]) -> Any:
    if isinstance(value, dict):
        return {key: _substituted(one, substitutions, used) for key, one in value.items()}
    if isinstance(value, list):
        return [_substituted(one, substitutions, used) for one in value]
    if not isinstance(value, str):
        return value

    def replace(found: re.Match[str]) -> str:
        if found[1] not in substitutions:
            return found[0]
        used.add(found[1])
        return substitutions[found[1]]

    return _PLACEHOLDER.sub(replace, value)


@dataclass(slots=True)
class _Checks:
    """The checks that Bedrock makes of a flow, made before it is deployed.

    Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_FlowValidationDetails.html
    """

    lines: Mapping[Path_, int]
    found: list[str] = field(default_factory=list)

    def fault(self, path: Path_, text: str) -> None:
        """Note a fault at a part of the definition."""
        shown = "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in path).lstrip(".")
        line = next((self.lines[path[:n]] for n in range(len(path), -1, -1) if path[:n] in self.lines), None)
        at = f"line {line}: " if line is not None else ""
        self.found.append(f"{at}`{shown or 'definition'}` {text}")

    def definition(self, value: Any, path: Path_, *, in_loop: bool = False) -> None:
        """Check a definition: the flow's own, or that inside a loop."""
        if not isinstance(value, dict):
            self.fault(path, "is no object: it needs `nodes` and `connections`")
            return
        for key in value:
            if key not in {"nodes", "connections"}:
                self.fault((*path, key), f"is unknown{_meant(key, ('nodes', 'connections'))}")
        before = len(self.found)
        nodes = self._nodes(value.get("nodes"), (*path, "nodes"))
        connections = self._connections(value.get("connections", []), (*path, "connections"), nodes)
        self._ends(nodes, (*path, "nodes"), in_loop=in_loop)
        if len(self.found) == before:
            # Paths mean something only where each connection does.
            self._fulfilled(nodes, connections, (*path, "nodes"))
            self._reachable(nodes, connections, (*path, "nodes"), in_loop=in_loop)

    def _nodes(self, value: Any, path: Path_) -> dict[str, tuple[int, dict[str, Any]]]:
        known: dict[str, tuple[int, dict[str, Any]]] = {}
        if not isinstance(value, list) or not value:
            self.fault(path, "is missing or no list: a flow needs nodes")
            return known
        if len(value) > NODES:
            self.fault(path, f"has {len(value)} entries: Bedrock takes {NODES}")
        for number, node in enumerate(value):
            at = (*path, number)
            if not isinstance(node, dict) or not isinstance(node.get("name"), str):
                self.fault(at, "has no `name`: give the node one")
                continue
            name = node["name"]
            self._fits(name, NAME, (*at, "name"))
            if name in known:
                self.fault((*at, "name"), f"has the value `{name}` as another node has: rename one")
                continue
            if self._node(node, at):
                known[name] = (number, node)
        return known

    def _node(self, node: dict[str, Any], at: Path_) -> bool:
        """Check a node by itself; tell whether its type is known."""
        kind = node.get("type")
        for key in node:
            if key not in {"name", "type", "configuration", "inputs", "outputs"}:
                self.fault((*at, key), "is unknown: a node has name, type, configuration, inputs and outputs")
        if not isinstance(kind, str) or kind not in NODE_TYPES:
            self.fault((*at, "type"), f"has the value `{kind}`{_meant(str(kind), tuple(NODE_TYPES))}")
            return False
        rules = NODE_TYPES[kind]
        configuration = self._configuration(node, rules, at)
        self._ports(node, "inputs", rules, at)
        self._ports(node, "outputs", rules, at)
        if configuration is not None:
            own = (*at, "configuration", rules.key)
            # What one part says of another means something only where each is right.
            if self._fits(configuration, NODE_CONFIGURATIONS[rules.key], own):
                self._special(node, kind, configuration, own)
        return True

    def _configuration(self, node: dict[str, Any], rules: NodeType, at: Path_) -> dict[str, Any] | None:
        value = node.get("configuration", {})
        if not isinstance(value, dict) or any(key != rules.key for key in value):
            self.fault(
                (*at, "configuration"),
                f"must have `{rules.key}` alone for a node of the type `{node['type']}`",
            )
            return None
        own = value.get(rules.key)
        if own is None:
            if rules.is_configured:
                self.fault(at, f"has no `configuration.{rules.key}`, which its type needs")
            return None
        if not isinstance(own, dict):
            self.fault((*at, "configuration", rules.key), "is no object")
            return None
        return own

    def _fits(self, value: Any, shape: Shape, at: Path_) -> bool:
        """Check a part against its shape; tokens pass. Tell whether it fits."""
        before = len(self.found)
        if isinstance(shape, Text):
            self._text(value, shape, at)
        elif isinstance(shape, Number):
            self._number(value, shape, at)
        elif isinstance(shape, Items):
            if not isinstance(value, list):
                self.fault(at, "is no list")
            elif not shape.low <= len(value) <= shape.high:
                self.fault(at, f"has {len(value)} entries: Bedrock takes {shape.low} to {shape.high}")
            else:
                for number, one in enumerate(value):
                    self._fits(one, shape.item, (*at, number))
        elif not isinstance(value, dict):
            self.fault(at, "is no object")
        elif isinstance(shape, OneOf):
            self._one_of(value, shape, at)
        elif isinstance(shape, Object):
            self._object(value, shape, at)
        return len(self.found) == before

    def _object(self, value: dict[str, Any], shape: Object, at: Path_) -> None:
        for key in shape.required:
            if value.get(key) in (None, "", []):
                wanted = shape.fields[key]
                remedy = wanted.remedy if isinstance(wanted, Text) else ""
                self.fault(at, f"has no `{key}`, which it needs{f': {remedy}' if remedy else ''}")
        for key, one in value.items():
            if key not in shape.fields:
                self.fault((*at, key), f"is unknown{_meant(str(key), tuple(shape.fields))}")
            elif one not in (None, "", []) or key not in shape.required:
                self._fits(one, shape.fields[key], (*at, key))

    def _one_of(self, value: dict[str, Any], shape: OneOf, at: Path_) -> None:
        names = " or ".join(f"`{name}`" for name in shape.fields)
        unknown = [key for key in value if key not in shape.fields]
        if unknown:
            self.fault((*at, unknown[0]), f"is unknown{_meant(str(unknown[0]), tuple(shape.fields))}")
        elif len(value) != 1:
            either = "either " if len(shape.fields) > 1 else ""
            self.fault(at, f"needs {either}{names}{', not both' if len(value) > 1 else ''}")
        else:
            [(key, one)] = value.items()
            self._fits(one, shape.fields[key], (*at, key))

    def _text(self, value: Any, shape: Text, at: Path_) -> None:
        if not isinstance(value, str):
            self.fault(
                at, f"has the value `{_shown(value)}` of the type `{type(value).__name__}`: pass a text"
            )
        elif is_token(value):
            return
        elif not value:
            self.fault(at, "is empty")
        elif shape.choices and value not in shape.choices:
            near = difflib.get_close_matches(value, shape.choices, 1, 0.8)
            hint = f"did you mean `{near[0]}`?" if near else f"use {', '.join(shape.choices)}"
            self.fault(at, f"has the value `{_shown(value)}`: {hint}")
        elif shape.pattern is not None and re.fullmatch(shape.pattern, value) is None:
            self.fault(at, f"has the value `{_shown(value)}`: {shape.remedy}")
        elif shape.high is not None and len(value) > shape.high:
            self.fault(at, f"has {len(value)} characters: Bedrock takes {shape.high}")

    def _number(self, value: Any, shape: Number, at: Path_) -> None:
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        # The CDK writes a token in a number as one far below all others.
        if is_number and value < -1e100:
            return
        if is_number and shape.low <= value <= shape.high and not (shape.is_whole and value % 1):
            return
        kind = "a whole number" if shape.is_whole else "a number"
        self.fault(at, f"has the value `{_shown(value)}`: pass {kind} from {shape.low} to {shape.high}")

    def _ports(self, node: dict[str, Any], side: str, rules: NodeType, at: Path_) -> None:
        expected = rules.inputs if side == "inputs" else rules.outputs
        value = node.get(side, [])
        if not isinstance(value, list):
            self.fault((*at, side), "is no list")
            return
        limit = 20 if side == "inputs" else 5
        if node["type"] == "InlineCode" and side == "inputs":
            limit = 5
        if len(value) > limit:
            self.fault((*at, side), f"has {len(value)} entries: Bedrock takes {limit}")
        names: set[str] = set()
        for number, port in enumerate(value):
            where = (*at, side, number)
            if not isinstance(port, dict) or not isinstance(port.get("name"), str):
                self.fault(where, "has no `name`")
                continue
            self._port(port, side, expected, where, names)
        for name in expected or ():
            if name not in names and name not in rules.optional and not _is_alternative(node, side):
                self.fault(at, f"has no {side[:-1]} `{name}`, which its type needs")
        if not expected and expected is not None and value:
            return
        if expected is None and side == "inputs" and not value and node["type"] != "Prompt":
            self.fault(at, "has no inputs: its type needs one at least")

    def _port(
        self,
        port: dict[str, Any],
        side: str,
        expected: Mapping[str, str] | None,
        where: Path_,
        names: set[str],
    ) -> None:
        name, kind = port["name"], port.get("type")
        if name in names:
            self.fault((*where, "name"), f"has the value `{name}` twice")
        names.add(name)
        if expected is not None and name not in expected:
            self.fault((*where, "name"), f"has the value `{name}`{_meant(name, tuple(expected))}")
        elif not self._fits(port, INPUT if side == "inputs" else OUTPUT, where):
            return
        elif expected is not None and expected[name] not in {ANY, kind}:
            self.fault(
                (*where, "type"), f"has the value `{kind}`: `{name}` is of the type `{expected[name]}`"
            )

    def _special(self, node: dict[str, Any], kind: str, own: dict[str, Any], at: Path_) -> None:
        if kind == "Condition":
            self._conditions(own["conditions"], (*at, "conditions"))
        elif kind == "Prompt":
            self._prompt(node, own["sourceConfiguration"], (*at, "sourceConfiguration"))
        elif kind == "Loop":
            self.definition(own["definition"], (*at, "definition"), in_loop=True)
        elif kind == "KnowledgeBase":
            wanted = "outputText" if own.get("modelId") else "retrievalResults"
            names = {port.get("name") for port in node.get("outputs", []) if isinstance(port, dict)}
            if wanted not in names:
                why = "with a `modelId`" if own.get("modelId") else "without a `modelId`"
                self.fault(at, f"needs the output `{wanted}` {why}")

    def _conditions(self, value: list[dict[str, Any]], at: Path_) -> None:
        seen: dict[str, str] = {}
        names = [self._condition(one, (*at, number), seen) for number, one in enumerate(value)]
        for name in sorted({one for one in names if names.count(one) > 1}):
            self.fault(at, f"has `{name}` twice")
        if "default" not in names:
            self.fault(at, "has no condition named `default`: add one, without an expression, as the last")
        elif names[-1] != "default":
            self.fault(at, "has conditions after `default`: they are evaluated in order, so it must be last")

    def _condition(self, one: dict[str, Any], at: Path_, seen: dict[str, str]) -> str:
        """Check a condition and return its name; ``seen`` has the names by expression."""
        name: str = one["name"]
        expression = one.get("expression")
        if name == "default":
            if expression:
                self.fault(at, "is the default, which takes no `expression`")
        elif not expression:
            self.fault(at, f"`{name}` needs an `expression`, such as `amount > 10`")
        elif expression in seen:
            self.fault(at, f"has the expression of `{seen[expression]}`: it is never reached")
        else:
            seen[expression] = name
        return name

    def _prompt(self, node: dict[str, Any], source: dict[str, Any], at: Path_) -> None:
        if "inline" not in source:
            return
        at = (*at, "inline")
        text = source["inline"]["templateConfiguration"]["text"]
        variables = set(_VARIABLE.findall(text["text"]))
        inputs = {port.get("name") for port in node.get("inputs", []) if isinstance(port, dict)}
        for name in sorted(variables - inputs):
            self.fault(at, f"has the variable `{{{{{name}}}}}` in its text, and the node has no such input")
        for name in sorted(str(one) for one in inputs - variables):
            self.fault(at, f"lacks `{{{{{name}}}}}` in its text, which the node has as an input")

    def _connections(
        self, value: Any, path: Path_, nodes: Mapping[str, tuple[int, dict[str, Any]]]
    ) -> list[dict[str, Any]]:
        """Check the connections and return those that are sound."""
        if not isinstance(value, list):
            self.fault(path, "is no list")
            return []
        if len(value) > CONNECTIONS:
            self.fault(path, f"has {len(value)} entries: Bedrock takes {CONNECTIONS}")
        sound: list[dict[str, Any]] = []
        names: set[str] = set()
        ends: set[tuple[Any, ...]] = set()
        for number, one in enumerate(value):
            at = (*path, number)
            if not isinstance(one, dict):
                self.fault(at, "is no object")
                continue
            for name in one:
                if name not in CONNECTION.fields:
                    self.fault((*at, name), f"is unknown{_meant(str(name), tuple(CONNECTION.fields))}")
            self._connection_name(one.get("name"), at, names)
            if not self._has_ends(one, at, nodes):
                continue
            key = self._ends_of_connection(one, at, nodes)
            if key is None:
                continue
            if key in ends:
                self.fault(at, "connects what another connection connects already: remove one")
            ends.add(key)
            sound.append(one)
        return sound

    def _connection_name(self, name: Any, at: Path_, names: set[str]) -> None:
        shape = CONNECTION.fields["name"]
        if not isinstance(name, str):
            self.fault(at, "has no `name`: give the connection one")
        elif not self._fits(name, shape, (*at, "name")):
            return
        elif name in names:
            self.fault((*at, "name"), f"has the value `{name}` as another connection has: rename one")
        else:
            names.add(name)

    def _has_ends(
        self, one: dict[str, Any], at: Path_, nodes: Mapping[str, tuple[int, dict[str, Any]]]
    ) -> bool:
        """Check that the nodes that a connection names exist."""
        before = len(self.found)
        for end in ("source", "target"):
            name = one.get(end)
            if not isinstance(name, str) or name not in nodes:
                hint = _meant(str(name), tuple(nodes))
                self.fault((*at, end), f"names the node `{name}`, which doesn't exist{hint}")
        return len(self.found) == before

    def _ends_of_connection(
        self, one: dict[str, Any], at: Path_, nodes: Mapping[str, tuple[int, dict[str, Any]]]
    ) -> tuple[Any, ...] | None:
        """Check the output, input or condition that a connection names; return what it connects."""
        source, target = nodes[one["source"]][1], nodes[one["target"]][1]
        kind = one.get("type")
        if kind not in ("Data", "Conditional"):
            self.fault((*at, "type"), f"has the value `{kind}`: use Data or Conditional")
            return None
        configuration = one.get("configuration")
        own = configuration.get(kind.lower()) if isinstance(configuration, dict) else None
        if not isinstance(own, dict):
            self.fault(at, f"has no `configuration.{kind.lower()}`, which its type needs")
            return None
        if not self._fits(configuration, CONNECTION.fields["configuration"], (*at, "configuration")):
            return None
        if kind == "Conditional":
            return self._condition_of(one, own, source, at)
        output, wanted = own.get("sourceOutput"), own.get("targetInput")
        # A condition node hands its inputs on: it has conditions in place of outputs.
        given = _ports_of(source, "outputs")
        taken = _ports_of(target, "inputs")
        where = (*at, "configuration", "data")
        if output not in given:
            hint = _meant(str(output), tuple(given))
            self.fault(where, f"names the output `{output}`, which `{one['source']}` doesn't have{hint}")
        elif wanted not in taken:
            hint = _meant(str(wanted), tuple(taken))
            self.fault(where, f"names the input `{wanted}`, which `{one['target']}` doesn't have{hint}")
        elif taken[wanted].get("expression") == "$.data" and not _fit(given[output], taken[wanted]):
            self.fault(
                where,
                f"connects `{output}` of the type `{given[output].get('type')}` with `{wanted}` of the type "
                f"`{taken[wanted].get('type')}`: change one, or the input's expression",
            )
        else:
            return (one["source"], output, one["target"], wanted)
        return None

    def _condition_of(
        self, one: dict[str, Any], own: dict[str, Any], source: dict[str, Any], at: Path_
    ) -> tuple[Any, ...] | None:
        if source["type"] != "Condition":
            self.fault(at, f"is Conditional, and `{one['source']}` is no Condition node: make it Data")
            return None
        names = _conditions_of(source)
        if own.get("condition") not in names:
            hint = _meant(str(own.get("condition")), tuple(names))
            self.fault(
                at, f"names the condition `{own.get('condition')}`, which `{one['source']}` lacks{hint}"
            )
            return None
        return (one["source"], own["condition"], one["target"])

    def _ends(self, nodes: Mapping[str, tuple[int, dict[str, Any]]], path: Path_, *, in_loop: bool) -> None:
        kinds = [node["type"] for _, node in nodes.values()]
        for kind, many in (
            (("LoopInput", False), ("LoopController", False))
            if in_loop
            else (
                ("Input", False),
                ("Output", True),
            )
        ):
            count = kinds.count(kind)
            if count == 0 or (count > 1 and not many):
                self.fault(
                    path,
                    f"has {count} nodes of the type `{kind}`: it needs {'some' if many else 'one'}",
                )
        others = {"Input", "Output"} if in_loop else {"LoopInput", "LoopController"}
        for number, node in nodes.values():
            if node["type"] in others:
                where = "inside a loop" if in_loop else "outside a loop"
                self.fault(
                    (*path, number, "type"), f"has the value `{node['type']}`, which has no place {where}"
                )

    def _fulfilled(
        self,
        nodes: Mapping[str, tuple[int, dict[str, Any]]],
        connections: Sequence[dict[str, Any]],
        path: Path_,
    ) -> None:
        fed = {
            (one["target"], one["configuration"]["data"]["targetInput"])
            for one in connections
            if one["type"] == "Data"
        }
        led = {
            (one["source"], one["configuration"]["conditional"]["condition"])
            for one in connections
            if one["type"] == "Conditional"
        }
        for name, (number, node) in nodes.items():
            for at, port in enumerate(node.get("inputs", [])):
                if (name, port["name"]) not in fed:
                    self.fault(
                        (*path, number, "inputs", at), f"`{port['name']}` has no connection that feeds it"
                    )
            for condition in _conditions_of(node):
                if (name, condition) not in led:
                    self.fault((*path, number), f"`{name}` has no connection for its condition `{condition}`")

    def _reachable(
        self,
        nodes: Mapping[str, tuple[int, dict[str, Any]]],
        connections: Sequence[dict[str, Any]],
        path: Path_,
        *,
        in_loop: bool,
    ) -> None:
        after: dict[str, set[str]] = {name: set() for name in nodes}
        for one in connections:
            after[one["source"]].add(one["target"])
        first = "LoopInput" if in_loop else "Input"
        reached: set[str] = set()
        waiting = [name for name, (_, node) in nodes.items() if node["type"] == first]
        while waiting:
            name = waiting.pop()
            if name not in reached:
                reached.add(name)
                waiting += sorted(after[name])
        for name, (number, _) in nodes.items():
            if name not in reached:
                self.fault((*path, number), f"`{name}` can't be reached from the {first} node: connect it")
        # Take away what leads nowhere and what nothing leads to, until only circles are left.
        left = dict(after)
        while ends := [name for name in left if not left[name] & set(left) or not _leads_to(name, left)]:
            for name in ends:
                del left[name]
        if left:
            number = nodes[min(left)][0]
            names = ", ".join(f"`{name}`" for name in sorted(left))
            self.fault((*path, number), f"is in a circle of connections with {names}: use a Loop node")


def _shown(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _leads_to(name: str, after: Mapping[str, set[str]]) -> bool:
    return any(name in targets for targets in after.values())


def _ports_of(node: Mapping[str, Any], side: str) -> dict[str, Mapping[str, Any]]:
    return {
        port["name"]: port
        for port in node.get(side, [])
        if isinstance(port, dict) and isinstance(port.get("name"), str)
    }


def _conditions_of(node: Mapping[str, Any]) -> list[str]:
    if node["type"] != "Condition":
        return []
    own = node.get("configuration", {}).get("condition")
    listed = own.get("conditions") if isinstance(own, dict) else None
    return [
        one["name"]
        for one in (listed if isinstance(listed, list) else ())
        if isinstance(one, dict) and isinstance(one.get("name"), str)
    ]


def _is_alternative(node: Mapping[str, Any], side: str) -> bool:
    """Whether the outputs are alternatives: a knowledge base gives results, or with a model an answer."""
    return side == "outputs" and node["type"] == "KnowledgeBase"


def _fit(given: Mapping[str, Any], taken: Mapping[str, Any]) -> bool:
    return given.get("type") == taken.get("type")


def _meant(word: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(word, known, 1, 0.6)
    if near:
        return f": did you mean `{near[0]}`?"
    return f": use {', '.join(f'`{one}`' for one in known)}" if known else ""
