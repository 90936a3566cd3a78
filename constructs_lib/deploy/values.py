"""Templates that are deployed together, and what their values come to as far as the templates say.

A value is a tuple of the texts that it can have; ``*`` stands for a part that only the deployment knows. So
each text is a pattern of IAM.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice, product
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.deploy.model import DeployError
from constructs_lib.deploy.tables import names
from constructs_lib.templates import expanded_resources, mapping

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from constructs_lib.deploy.model import DeployOptions
    from constructs_lib.templates import TemplateSource

__all__ = ["ANY", "Deployed", "Item", "deployments", "leaves"]

ANY: Final = "*"
_MOST: Final = 8
"""More alternatives than this are one: anything."""
_VARIABLE: Final = re.compile(r"\$\{(!?)([^}]*)\}")
_STARS: Final = re.compile(r"\*{2,}")
_RANDOM: Final = 14
"""What a generated name has beside stack and logical id, in characters: two hyphens and 12 at random."""
_PARTITIONS: Final = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
    "eusc-": "aws-eusc",
}


def leaves(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield each value below a node with the names of the properties on the way; a function is one value."""
    if isinstance(node, list):
        for item in node:
            yield from leaves(item, path)
    elif isinstance(node, dict) and not _is_function(node):
        for key, item in node.items():
            yield from leaves(item, (*path, key))
    elif isinstance(node, dict) and "Fn::If" in node:
        branches = node["Fn::If"]
        for item in branches[1:] if isinstance(branches, list) else ():
            yield from leaves(item, path)
    else:
        yield path, node


def _is_function(node: dict[str, Any]) -> bool:
    return len(node) == 1 and (
        next(iter(node)) in {"Ref", "Condition"} or next(iter(node)).startswith("Fn::")
    )


@dataclass(frozen=True, slots=True)
class Item:
    """One resource of a template."""

    at: Deployed
    logical_id: str
    body: Mapping[str, Any]

    @property
    def type(self) -> str:
        """The resource's type, empty if the template has none."""
        found = self.body.get("Type")
        return found if isinstance(found, str) else ""

    @property
    def properties(self) -> dict[str, Any]:
        """The properties as they are in the template."""
        return mapping(self.body.get("Properties"))

    @property
    def id(self) -> str:
        """How explanations name it: ``path#LogicalId``."""
        return f"{self.at.source.path}#{self.logical_id}"

    def names(self) -> tuple[str, ...]:
        """Return the names that the resource can have."""
        row = names().get(self.type, {})
        if url := row.get("url"):
            return tuple(re.sub(r"^https://", "", text) for text in self.at.texts(self.properties.get(url)))
        given = self.properties.get(row.get("property", ""))
        if given is not None:
            return self.at.texts(given)
        if "limit" not in row or not row.get("generated", True):
            return (ANY,)
        return (self.at.generated(row["limit"], lower=row.get("lower", False)),)

    def arns(self) -> tuple[str, ...]:
        """Return the ARNs that the resource can have; none where its type's names are not known."""
        row = names().get(self.type, {})
        found = [
            self.at.arn(form, name, path)
            for name in self.names()
            for path in self._paths(row)
            for form in row.get("arns", ())
        ]
        return tuple(dict.fromkeys(found))

    def _paths(self, row: Mapping[str, Any]) -> tuple[str, ...]:
        path = self.properties.get(row["path"]) if "path" in row else None
        return ("/",) if path is None else self.at.texts(path)

    def changes(self) -> tuple[str, ...]:
        """Return the ARNs of the resource and of those that it is a part or a setting of."""
        found = list(self.arns())
        for name, kind in names().get(self.type, {}).get("via", {}).items():
            node = self.properties.get(name)
            for one in node if isinstance(node, list) else [node] if node is not None else ():
                found += self.at.named(one, kind)
        return tuple(dict.fromkeys(found))


@dataclass(eq=False)
class Deployed:
    """A template of a deployment, in its stack."""

    source: TemplateSource
    all: list[Deployed]
    options: DeployOptions
    parent: Deployed | None = None
    nested_as: str = ""
    resources: dict[str, Item] = field(default_factory=dict)
    children: dict[str, Deployed] = field(default_factory=dict)

    @property
    def account(self) -> str:
        """The account, or any."""
        own = self.source.account or self.options.account
        return own or (self.parent.account if self.parent else ANY)

    @property
    def region(self) -> str:
        """The Region, or any."""
        own = self.source.region or self.options.region
        return own or (self.parent.region if self.parent else ANY)

    @property
    def partition(self) -> str:
        """The partition: of the options, else of the Region."""
        found = (value for prefix, value in _PARTITIONS.items() if self.region.startswith(prefix))
        return self.options.partition or next(found, "aws")

    @property
    def stack(self) -> str:
        """The stack's name as a pattern."""
        if self.parent is not None:
            return f"{self.parent.stack}-{self.nested_as}-*"
        return self.source.stack or self.options.stack or ANY

    def generated(self, limit: int, *, lower: bool) -> str:
        """Return a pattern of the names that CloudFormation makes in this stack.

        A name that would be too long is cut; what survives of the stack's name is at least half of the rest.
        """
        known, _, rest = self.stack.partition("*")
        kept = (limit - _RANDOM) // 2 - 1
        known = known[:kept] if rest or "*" in self.stack or len(known) > kept else f"{known}-"
        return f"{known.lower() if lower else known}*"

    def function(self, logical_id: str) -> str:
        """Return a pattern of the name that CloudFormation makes for one function, and for no other.

        At least the first 24 characters of a logical id are in the name of a function.
        """
        return f"{self.generated(64, lower=False)}{logical_id[:24]}*".replace("-*", "-")

    def arn(self, form: str, name: str, path: str = "/") -> str:
        """Return an ARN of this stack's environment."""
        name = name.lstrip("/") if form.endswith(("parameter/${Name}", "${Path}${Name}")) else name
        text = form
        for variable, value in (
            ("Partition", self.partition),
            ("Region", self.region),
            ("Account", self.account),
            ("Path", path),
            ("Name", name),
        ):
            text = text.replace(f"${{{variable}}}", value)
        return _STARS.sub("*", text)

    def named(self, node: Any, kind: str) -> tuple[str, ...]:
        """Return the ARNs of the resources of a type that a value names: by reference, by name, by ARN."""
        target = self.target(node)
        if target is not None and target.arns():
            return target.arns()
        found: list[str] = []
        for text in self.texts(node):
            name = text.rpartition("/")[2] if text.startswith("https://") else text
            forms = names().get(kind, {}).get("arns", ())
            found += [text] if text.startswith("arn:") else [self.arn(form, name) for form in forms]
        return tuple(dict.fromkeys(found))

    def target(self, node: Any) -> Item | None:  # noqa: PLR0911 - one answer for each way to refer
        """Return the resource of any of the templates that a value refers to."""
        node = mapping(node)
        if isinstance(name := node.get("Ref"), str):
            if name in self.resources:
                return self.resources[name]
            passed = self._passed(name)
            return self.parent.target(passed) if self.parent and passed is not None else None
        if attribute := _attribute(node.get("Fn::GetAtt")):
            name, key = attribute
            if name in self.children and key.startswith("Outputs."):
                child = self.children[name]
                return child.target(child.output(key.removeprefix("Outputs.")))
            return self.resources.get(name)
        if "Fn::ImportValue" in node and (found := self._exported(node["Fn::ImportValue"])):
            other, value = found
            return other.target(value)
        if isinstance(text := node.get("Fn::Sub"), str) and (match := _VARIABLE.fullmatch(text)):
            name, _, key = match.group(2).partition(".")
            return self.target({"Fn::GetAtt": [name, key]} if key else {"Ref": name})
        return None

    def output(self, name: str) -> Any:
        """Return the value of an output."""
        return mapping(mapping(self.source.body.get("Outputs")).get(name)).get("Value")

    def texts(self, node: Any) -> tuple[str, ...]:
        """Return the texts that a value can have, at most a few; ``*`` for what only the deployment knows."""
        found = tuple(dict.fromkeys(_STARS.sub("*", text) for text in islice(self._texts(node), _MOST + 1)))
        return found if 0 < len(found) <= _MOST else (ANY,)

    def _texts(self, node: Any) -> Iterator[str]:  # noqa: C901, PLR0912 - one case for each function
        if isinstance(node, str):
            yield node
        elif isinstance(node, (int, float)):
            yield str(node)
        elif not isinstance(node, dict) or len(node) != 1:
            yield ANY
        else:
            ((function, value),) = node.items()
            match function, value:
                case "Ref", str():
                    yield from self._ref(value)
                case "Fn::If", [_, first, second]:
                    for branch in (first, second):
                        if branch != {"Ref": "AWS::NoValue"}:
                            yield from self.texts(branch)
                case "Fn::Join", [str() as separator, list() as parts]:
                    yield from self._joined(separator, parts)
                case "Fn::Sub", str():
                    yield from self._substituted(value, {})
                case "Fn::Sub", [str() as text, dict() as variables]:
                    yield from self._substituted(text, variables)
                case "Fn::ImportValue", _:
                    found = self._exported(value)
                    yield from found[0].texts(found[1]) if found else (ANY,)
                case "Fn::GetAtt", _ if attribute := _attribute(value):
                    yield from self._attribute(*attribute)
                case _:
                    yield ANY

    def _ref(self, name: str) -> Iterable[str]:
        pseudo = {
            "AWS::Partition": self.partition,
            "AWS::Region": self.region,
            "AWS::AccountId": self.account,
            "AWS::StackName": self.stack,
            "AWS::URLSuffix": "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com",
        }
        if name in pseudo:
            return (pseudo[name],)
        if name in self.resources:
            return self.resources[name].names()
        passed = self._passed(name)
        return self.parent.texts(passed) if self.parent and passed is not None else (ANY,)

    def _passed(self, parameter: str) -> Any:
        """Return what the parent gives a parameter of this nested stack."""
        if self.parent is None:
            return None
        properties = self.parent.resources[self.nested_as].properties
        return mapping(properties.get("Parameters")).get(parameter)

    def _attribute(self, name: str, key: str) -> Iterable[str]:
        if name in self.children and key.startswith("Outputs."):
            child = self.children[name]
            return child.texts(child.output(key.removeprefix("Outputs.")))
        item = self.resources.get(name)
        if item is not None and key.endswith("Arn") and (arns := item.arns()):
            return arns
        return (ANY,)

    def _joined(self, separator: str, parts: list[Any]) -> Iterator[str]:
        for combination in islice(product(*(self.texts(part) for part in parts)), _MOST + 1):
            yield separator.join(combination)

    def _substituted(self, text: str, variables: dict[str, Any]) -> Iterator[str]:
        pieces: list[Any] = []
        end = 0
        for match in _VARIABLE.finditer(text):
            pieces.append(text[end : match.start()])
            end = match.end()
            escaped, name = match.groups()
            if escaped:
                pieces.append(f"${{{name}}}")
            elif name in variables:
                pieces.append(variables[name])
            elif "." in name:
                pieces.append({"Fn::GetAtt": name.split(".", 1)})
            else:
                pieces.append({"Ref": name})
        return self._joined("", [*pieces, text[end:]])

    def _exported(self, name: Any) -> tuple[Deployed, Any] | None:
        """Return the output of one of the templates that exports a name."""
        wanted = self.texts(name)
        for other in self.all:
            for output in mapping(other.source.body.get("Outputs")).values():
                export = mapping(mapping(output).get("Export")).get("Name")
                if export is not None and other.texts(export) == wanted and ANY not in wanted[0]:
                    return other, mapping(output).get("Value")
        return None


def _attribute(value: Any) -> tuple[str, str] | None:
    """Return logical id and attribute of ``Fn::GetAtt``, in either of its spellings."""
    parts = value.split(".", 1) if isinstance(value, str) else value
    if isinstance(parts, list) and len(parts) == 2 and all(isinstance(part, str) for part in parts):
        return parts[0], parts[1]
    return None


def deployments(sources: Iterable[TemplateSource], options: DeployOptions) -> list[Deployed]:
    """Return the templates that are deployed together, each in its stack.

    Raises:
        DeployError: A nested stack's template is not among them.

    """
    listed = list(sources)
    by_path = {source.path: source for source in listed}
    nested = {path for source in listed for path in source.nested.values()}
    found: list[Deployed] = []
    for source in listed:
        if source.path not in nested:
            _enter(source, by_path, found, options)
    return found


def _enter(
    source: TemplateSource,
    by_path: Mapping[str, TemplateSource],
    found: list[Deployed],
    options: DeployOptions,
    **nested: Any,
) -> Deployed:
    """Enter a template and those nested in it; ``nested`` are its parent and its logical id there."""
    made = Deployed(source, found, options, **nested)
    found.append(made)
    made.resources = {key: Item(made, key, body) for key, body in expanded_resources(source).items()}
    for logical_id, item in made.resources.items():
        if item.type in {"AWS::CloudFormation::Stack", "AWS::Serverless::Application"}:
            child = by_path.get(source.nested.get(logical_id, ""))
            if child is None:
                message = (
                    f"{item.id}: the template of this nested stack was not read; give the cdk.out folder "
                    "that has it"
                )
                raise DeployError(message)
            made.children[logical_id] = _enter(
                child, by_path, found, options, parent=made, nested_as=logical_id
            )
    return made
