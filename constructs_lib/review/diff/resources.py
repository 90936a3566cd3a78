"""Compare the resources of two deployments: what is replaced, what is lost with it, which names collide.

CloudFormation makes the new resource of a replacement first and deletes the old one afterwards, unless
``UpdateReplacePolicy`` keeps it; so a name that doesn't change is taken when the new one is made. A resource
that leaves the template is deleted, unless ``DeletionPolicy`` keeps it.

Which properties can't be changed in place says the schema of the resource type (``createOnlyProperties``).

Sources:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatereplacepolicy.html
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
    https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
"""

from __future__ import annotations

import posixpath
import tomllib
from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from constructs_lib.catalogue import handlers
from constructs_lib.iam import UNRESOLVED
from constructs_lib.review.diff.guardrail_versions import NewVersion, NewVersions, VersionCount
from constructs_lib.review.diff.values import (
    ABSENT,
    PART,
    At,
    Difference,
    Parts,
    Place,
    Reference,
    Values,
    references,
)
from constructs_lib.templates import deployed_together, mapping, texts

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

    from constructs_lib.templates import Scope, TemplateSource

__all__ = ["Collision", "OutputChange", "ResourceEffect", "compare_resources"]

_OURS: Final = ("AWS::Bedrock", "AWS::S3Vectors::", "AWS::OpenSearchServerless::")
_Change: TypeAlias = Literal["replaced", "removed", "added", "unexported", "refused"]
_KEPT: Final = frozenset(("Retain", "RetainExceptOnCreate", "Snapshot"))
_CUSTOM: Final = ("Custom::", "AWS::CloudFormation::CustomResource")
_LASTING: Final = ("Arn", "Id", "Name", "Identifier", "Endpoint", "Url")
"""How the attributes end that an update in place leaves as they are."""
_ID_LOST: Final = "its id and ARN, which callers may hold"
_ID_HELP: Final = "deploy again what holds them"


@dataclass(frozen=True, slots=True)
class Collision:
    """A name that is taken when the deployment makes the resource.

    Attributes:
        name: The name.
        holder: Id of the resource that has it.
        certain: Whether AWS is sure to refuse it.
        why: One sentence.

    """

    name: str
    holder: str
    certain: bool
    why: str


@dataclass(frozen=True, slots=True)
class OutputChange:
    """An output that has another value after the deployment.

    Attributes:
        stack: The stack, or the template's file.
        output: The output's name in the template.
        export: The name of its export, ``None`` if it has none.
        imported_by: The stacks of the old side that import it: CloudFormation refuses to change it then.
        read_by: The stacks of the old side that read it weakly: they keep the old value until they are
            deployed again.
        gone: Whether the export is there no longer, rather than changed.

    """

    stack: str
    output: str
    export: str | None = None
    imported_by: tuple[str, ...] = ()
    read_by: tuple[str, ...] = ()
    gone: bool = False


@dataclass(frozen=True, slots=True)
class ResourceEffect:
    """What a deployment does to a resource beside changing it in place.

    Attributes:
        change: ``replaced``, ``removed``, ``added`` (listed for its name alone), ``unexported`` (listed
            because a stack imports an export that goes), or ``refused``: another type under the same logical
            id.
        certain: Whether it is sure to happen; else ``why`` of a property says what it depends on.
        type: The resource type.
        name: The logical id.
        construct_path: As the CDK has it.
        old: ``path#LogicalId`` before, ``None`` for an added one.
        new: The same after, ``None`` for a removed one.
        properties: What can't be changed in place and differs.
        kept: Whether the old one stays in the account; ``None`` where that isn't documented.
        lost: What goes with it; ``None`` where nothing does.
        help: What to do.
        collision: A name that is taken, or ``None``.
        outputs: The outputs that have another value afterwards.
        version: How many versions the guardrail has once this one is made, or ``None`` for anything else.

    """

    change: _Change
    certain: bool
    type: str
    name: str
    construct_path: str | None
    old: str | None
    new: str | None
    properties: tuple[Difference, ...] = ()
    kept: bool | None = False
    lost: str | None = None
    help: str = ""
    collision: Collision | None = None
    outputs: tuple[OutputChange, ...] = ()
    version: NewVersion | None = None

    @property
    def makes(self) -> bool:
        """Whether a resource is made, whatever becomes of the old one."""
        moved = self.new is not None and self.new.rpartition("#")[2] != self.name
        return self.change in {"replaced", "added"} or (self.change == "removed" and moved)

    @property
    def fails(self) -> bool | None:
        """Whether the deployment fails for it; ``None`` where that isn't certain."""
        if self.change == "refused":
            return True
        if self.version is not None and self.version.fails:
            return True if self.certain else None
        is_imported = any(one.imported_by for one in self.outputs)
        if self.collision is None and not is_imported:
            return False
        is_sure = is_imported or (self.collision is not None and self.collision.certain)
        return True if self.certain and is_sure else None

    @property
    def losing(self) -> bool:
        """Whether something may be lost, or the deployment may fail."""
        return self.fails is not False or self.lost is not None


@cache
def _losses() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files("constructs_lib.review.diff").joinpath("losses.toml").read_text("utf-8"))


def compare_resources(
    old: Sequence[TemplateSource],
    new: Sequence[TemplateSource],
    *,
    guardrail_versions: Sequence[VersionCount] = (),
) -> list[ResourceEffect]:
    """Return what deploying ``new`` over ``old`` replaces, deletes or can't make, of Bedrock and its stores.

    Stacks are the same if name, account and Region are, as far as they are known; templates outside an
    assembly if their file name is, or if each side has one alone. A stack that ``new`` hasn't got stays
    deployed, so nothing of it is deleted.

    Args:
        old: The templates that are deployed.
        new: The templates that are to be deployed.
        guardrail_versions: How many versions guardrails have. Default: nobody knows.

    Raises:
        CountError: A count is of a guardrail that no template has.

    """
    with deployed_together(old) as before, deployed_together(new) as after:
        effects = _Comparison(before, after).effects()
        versions = NewVersions(before, after, guardrail_versions)
        for scope, name in versions.added({one.new for one in effects}):
            kind, path = str(scope.resources[name].get("Type")), scope.construct_path(name)
            effects.append(ResourceEffect("added", True, kind, name, path, None, scope.id_of(name)))
        numbered = (replace(one, version=versions.number(one.new) if one.makes else None) for one in effects)
        return sorted(numbered, key=_order)


def _order(effect: ResourceEffect) -> tuple[str, str, str, str]:
    return (effect.construct_path or effect.name, effect.name, effect.old or "", effect.new or "")


_Status: TypeAlias = "tuple[bool, str] | None"
"""Whether a resource is another one afterwards: surely or maybe, and why; ``None`` for the same one."""


@dataclass(slots=True)
class _Pair:
    """A template of both sides."""

    before: Place
    after: Place


@dataclass(slots=True)
class _Found:
    """What is known of one resource of a pair."""

    status: _Status = None
    refused: bool = False
    touched: bool = False
    differences: list[Difference] = field(default_factory=list)


class _Comparison:
    """One comparison; statuses are worked out when a reference asks for them."""

    def __init__(self, before: list[Scope], after: list[Scope]) -> None:
        self._pairs: dict[str, _Pair] = {}
        self._places: dict[int, Place] = {}
        self._before, self._after = before, after
        self._found: dict[tuple[str, str], _Found] = {}
        self._names: dict[tuple[str, str], dict[tuple[Parts | None, ...], list[tuple[Place, str]]]] = {}
        for ours, theirs in _paired(before, after):
            self._join(ours, theirs, f"{len(self._pairs)}")
        for side, scopes in (("old", before), ("new", after)):
            for number, scope in enumerate(scopes):
                self._places.setdefault(id(scope), Place(scope, f"{side} {number}"))
        self._values = Values(self._places, self._status_of)
        self._readers = _Readers(before, self._places, self._values)

    def _join(self, ours: Scope, theirs: Scope, key: str) -> None:
        """Make the places of two templates and of those nested in them."""
        if key in self._pairs or id(ours) in self._places or id(theirs) in self._places:
            return
        for name in ("account", "region"):  # one stack has one, though only one side may say it
            known = next(
                (one for one in (getattr(theirs, name), getattr(ours, name)) if one != UNRESOLVED), UNRESOLVED
            )
            for scope in (ours, theirs):
                if getattr(scope, name) == UNRESOLVED:
                    setattr(scope, name, known)
        pair = _Pair(Place(ours, key), Place(theirs, key))
        self._pairs[key] = pair
        self._places[id(ours)], self._places[id(theirs)] = pair.before, pair.after
        for logical_id, child in ours.nested.items():
            other = theirs.nested.get(logical_id)
            if other is not None:
                self._join(child, other, f"{key}/{logical_id}")

    def effects(self) -> list[ResourceEffect]:
        """Return the effects, sorted by construct path or logical id."""
        found: list[ResourceEffect] = []
        stores = self._stores()
        for key, pair in self._pairs.items():
            old, new = pair.before.scope.resources, pair.after.scope.resources
            for name in dict.fromkeys((*old, *new)):
                shown = new.get(name) or old[name]
                if not _is_ours(shown) and not _is_ours(old.get(name, {})) and (key, name) not in stores:
                    continue
                effect = self._effect(key, pair, name)
                gone = tuple(self._withdrawn.get((key, name), ()))
                if gone:
                    effect = self._unexported(pair, name, effect, gone)
                if effect is not None:
                    found.append(effect)
        for scope in self._after:  # stacks that are new: their names may be taken
            place = self._places[id(scope)]
            if place.key not in self._pairs:
                for name, resource in scope.resources.items():
                    if _is_ours(resource) and (effect := self._added(place, name)):
                        found.append(effect)
        return sorted(found, key=_order)

    def _effect(self, key: str, pair: _Pair, name: str) -> ResourceEffect | None:
        old, new = pair.before.scope.resources.get(name), pair.after.scope.resources.get(name)
        if old is None:
            return self._added(pair.after, name)
        if new is None:
            return self._removed(pair, name, old)
        found = self._look(key, name)
        if found.refused:
            return _effect_on(
                pair,
                name,
                "refused",
                properties=(Difference("Type", str(old.get("Type")), str(new.get("Type")), certain=True),),
                help="CloudFormation can't change a resource's type: give the new one another logical id",
            )
        conditional = self._values.condition(old, pair.before) != self._values.condition(new, pair.after)
        if found.status is None and conditional:
            return self._conditional(pair, name, old)
        if found.status is None:
            return None
        certain = found.status[0]
        kept = _kept(old, new, "UpdateReplacePolicy")
        row = _row(old, pair.before.scope)
        return _effect_on(
            pair,
            name,
            "replaced",
            certain=certain,
            properties=tuple(found.differences),
            kept=kept,
            lost=None if kept else row["lost"],
            help=row["help"] if kept is not None else f"{row['help']}; {_UNSURE}",
            collision=self._collision(pair.after, name, new, certain=certain),
            outputs=tuple(self._outputs(key, name)),
        )

    def _removed(self, pair: _Pair, name: str, old: Mapping[str, Any]) -> ResourceEffect:
        kept = _kept(old, old, "DeletionPolicy")
        row = _row(old, pair.before.scope)
        path = pair.before.scope.construct_path(name)
        moved = self._moved(pair, path, old) if path else None
        return ResourceEffect(
            "removed",
            old.get("Condition") is None,
            str(old.get("Type")),
            name,
            path,
            _id(pair.before, name),
            moved,
            (
                (
                    Difference(
                        "logical id", name, moved.rpartition("#")[2], certain=True, why="a new one is made"
                    ),
                )
                if moved
                else ()
            ),
            kept,
            None if kept else row["lost"],
            row["help"] if moved else _REMOVED_HELP,
        )

    def _conditional(self, pair: _Pair, name: str, old: Mapping[str, Any]) -> ResourceEffect:
        kept = _kept(old, old, "DeletionPolicy")
        before, after = _text(old), _text(pair.after.scope.resources[name])
        return _effect_on(
            pair,
            name,
            "removed",
            certain=False,
            properties=(
                Difference("Condition", before, after, certain=False, why="it depends on a condition"),
            ),
            kept=kept,
            lost=None if kept else _row(old, pair.before.scope)["lost"],
            help=_REMOVED_HELP,
        )

    def _moved(self, pair: _Pair, path: str, old: Mapping[str, Any]) -> str | None:
        """Return the id of the resource that the same construct makes now under another logical id."""
        for name, resource in pair.after.scope.resources.items():
            is_new = name not in pair.before.scope.resources
            if (
                is_new
                and resource.get("Type") == old.get("Type")
                and pair.after.scope.construct_path(name) == path
            ):
                return _id(pair.after, name)
        return None

    def _added(self, place: Place, name: str) -> ResourceEffect | None:
        """Return the effect of a resource that is new, if its name is taken."""
        resource = place.scope.resources[name]
        collision = self._collision(place, name, resource, certain=True)
        if collision is None:
            return None
        return ResourceEffect(
            "added",
            True,
            str(resource.get("Type")),
            name,
            place.scope.construct_path(name),
            None,
            _id(place, name),
            help="give it another name",
            collision=collision,
        )

    def _status_of(self, reference: Reference) -> _Status:
        """Return whether what a reference of the new side stands for is another value afterwards."""
        pair = self._pairs.get(reference.place)
        if pair is None or reference.name not in pair.before.scope.resources:
            return None
        found = self._look(reference.place, reference.name)
        if found.status is not None:
            return found.status[0], f"`{reference.name}` {'is' if found.status[0] else 'may be'} replaced"
        lasting = not reference.attribute or reference.attribute.endswith(_LASTING)
        kind = str(pair.after.scope.resources.get(reference.name, {}).get("Type", ""))
        if found.touched and (not lasting or kind.startswith(_CUSTOM)):
            return False, f"`{reference}` may have another value after `{reference.name}` is updated"
        return None

    def _look(self, key: str, name: str) -> _Found:
        """Return what is known of a resource that both sides have, worked out once."""
        known = self._found.get((key, name))
        if known is not None:
            return known
        found = self._found[key, name] = _Found()  # of a circle, which CloudFormation refuses
        pair = self._pairs[key]
        old, new = pair.before.scope.resources[name], pair.after.scope.resources.get(name)
        if new is None:
            return found
        kind = new.get("Type")
        before, after = mapping(old.get("Properties")), mapping(new.get("Properties"))
        if old.get("Type") != kind or not isinstance(kind, str):
            found.refused = old.get("Type") != kind
            return found
        found.touched = any(self._values.differences(At(before, pair.before), At(after, pair.after), ""))
        schema = handlers(kind)
        if schema is None:
            if found.touched and _is_ours(new) and not kind.startswith(_CUSTOM):
                found.differences = [
                    Difference("Properties", None, None, certain=False, why=f"no schema of `{kind}` is known")
                ]
                found.status = (False, "")
            return found
        if not found.touched:
            return found
        for path in schema.create_only:
            steps = path.split(".")
            ours, theirs = At(_at(before, steps), pair.before), At(_at(after, steps), pair.after)
            found.differences += self._values.differences(ours, theirs, path)
        if found.differences:
            found.status = (any(one.certain for one in found.differences), "")
        return found

    def _stores(self) -> set[tuple[str, str]]:
        """Return what the knowledge bases of the old side keep their data in, by place and name."""
        found: set[tuple[str, str]] = set()
        for pair in self._pairs.values():
            for resource in pair.before.scope.resources.values():
                if resource.get("Type") == "AWS::Bedrock::KnowledgeBase":
                    properties = mapping(resource.get("Properties"))
                    for part in ("StorageConfiguration", "KnowledgeBaseConfiguration"):
                        found |= set(self._resources_in(properties.get(part), pair.before))
        return {
            (place, name) for place, name in found if place in self._pairs and self._is_store(place, name)
        }

    def _is_store(self, key: str, name: str) -> bool:
        kind = self._pairs[key].before.scope.resources.get(name, {}).get("Type")
        return kind in _STORES

    def _resources_in(self, node: Any, place: Place) -> Iterator[tuple[str, str]]:
        if isinstance(node, list):
            for item in node:
                yield from self._resources_in(item, place)
        elif isinstance(node, dict) and not (len(node) == 1 and next(iter(node)) in _FUNCTIONS):
            for item in node.values():
                yield from self._resources_in(item, place)
        elif isinstance(node, dict):
            for one in references(self._values.parts(node, place)):
                yield one.place, one.name

    def _collision(
        self, place: Place, name: str, resource: Mapping[str, Any], *, certain: bool
    ) -> Collision | None:
        """Return whether the name that a resource is made with is taken by one of the old side."""
        kind = str(resource.get("Type"))
        row = _losses().get(kind, {})
        prop = row.get("name") or _name_property(kind)
        if not isinstance(prop, str):
            return None
        given = _at(mapping(resource.get("Properties")), [prop])
        if given is ABSENT or given is None:
            return None
        within = row.get("within", ())
        wanted = self._names_of(resource, place, prop, within)
        if any(self._status_of(one) for parts in wanted if parts for one in references(parts)):
            return None
        for holder_place, holder in self._holders(kind, prop, within, place).get(wanted, ()):
            is_update = holder == name and holder_place.key == place.key
            stays = is_update or self._stays(holder_place, holder)
            if not is_update and not stays and holder_place.key != place.key:
                certain = False
            unique = bool(row.get("unique"))
            shown = self._values.shown(given, place)
            why = _why(shown, is_update=is_update, unique=unique)
            return Collision(shown, _id(holder_place, holder), certain and unique, why)
        return None

    def _names_of(
        self, resource: Mapping[str, Any], place: Place, prop: str, within: Iterable[str]
    ) -> tuple[Parts | None, ...]:
        """Return the name of a resource, and in what it is unique."""
        properties = mapping(resource.get("Properties"))
        found = [_at(properties, [one]) for one in (prop, *within)]
        return tuple(None if one is ABSENT else self._values.parts(one, place) for one in found)

    def _holders(
        self, kind: str, prop: str, within: Iterable[str], place: Place
    ) -> dict[tuple[Parts | None, ...], list[tuple[Place, str]]]:
        """Return the deployed resources of a type in the same account and Region, by their names."""
        environment = place.scope.environment
        known = self._names.get((kind, environment))
        if known is None:
            known = self._names[kind, environment] = defaultdict(list)
            for scope in self._before:
                there = self._places[id(scope)]
                for name, resource in scope.resources.items() if scope.environment == environment else ():
                    if resource.get("Type") == kind:
                        known[self._names_of(resource, there, prop, within)].append((there, name))
        return known

    def _stays(self, place: Place, name: str) -> bool:
        """Whether a resource of the old side is still there, under its name, after the deployment."""
        pair = self._pairs.get(place.key)
        return pair is None or name in pair.after.scope.resources

    def _unexported(
        self, pair: _Pair, name: str, effect: ResourceEffect | None, gone: tuple[OutputChange, ...]
    ) -> ResourceEffect:
        """Return an effect with the exports of a resource that go while a stack imports them."""
        if effect is not None:
            return replace(effect, outputs=(*effect.outputs, *gone))
        return _effect_on(
            pair,
            name,
            "unexported",
            help="keep the export until no stack imports it: deploy the importing stacks without the import "
            "first",
            outputs=gone,
        )

    @cached_property
    def _withdrawn(self) -> dict[tuple[str, str], list[OutputChange]]:
        """The exports that the new side hasn't got and a stack imports, by place and name of the resource."""
        found: dict[tuple[str, str], list[OutputChange]] = defaultdict(list)
        for pair in self._pairs.values():
            exports = set(_exports(pair.after.scope))
            for output, node in mapping(pair.before.scope.body.get("Outputs")).items():
                importers = self._readers.imports(pair.before, output)
                if not importers:
                    continue
                export = _only(mapping(mapping(node).get("Export")).get("Name"), pair.before.scope)
                if export is None or export in exports:
                    continue
                parts = self._values.parts(mapping(node).get("Value"), pair.before)
                change = OutputChange(_stack(pair.before.scope), output, export, importers, gone=True)
                for one in dict.fromkeys((one.place, one.name) for one in references(parts)):
                    found[one].append(change)
        return found

    @cached_property
    def _carried(self) -> dict[tuple[str, str], list[tuple[_Pair, str, Any]]]:
        """The outputs that both sides have, by place and name of the resources that they are made of."""
        found: dict[tuple[str, str], list[tuple[_Pair, str, Any]]] = defaultdict(list)
        for pair in self._pairs.values():
            old = mapping(pair.before.scope.body.get("Outputs"))
            if pair.after.scope.parent is not None:
                continue
            for output, node in mapping(pair.after.scope.body.get("Outputs")).items():
                if output in old:
                    parts = self._values.parts(mapping(node).get("Value"), pair.after)
                    for one in dict.fromkeys((one.place, one.name) for one in references(parts)):
                        found[one].append((pair, output, node))
        return found

    def _outputs(self, key: str, name: str) -> Iterator[OutputChange]:
        """Yield the outputs, of any template, that have another value because a resource is replaced."""
        for pair, output, node in self._carried.get((key, name), ()):
            yield OutputChange(
                _stack(pair.after.scope),
                output,
                _only(mapping(mapping(node).get("Export")).get("Name"), pair.after.scope),
                self._readers.imports(pair.before, output),
                self._readers.weak(pair.before, output),
            )


class _Readers:
    """Which stacks read which outputs of others, by import and weakly."""

    def __init__(self, scopes: list[Scope], places: Mapping[int, Place], values: Values) -> None:
        self._imports: dict[tuple[int, int], set[str]] = defaultdict(set)
        self._weak: dict[tuple[int, int], set[str]] = defaultdict(set)
        for scope in scopes:
            for node in _readings(scope.body):
                found = values.output_behind(node, places[id(scope)])
                if found is not None:
                    kept = self._imports if "Fn::ImportValue" in node else self._weak
                    kept[id(found[0].scope), id(found[1])].add(_stack(scope.root))

    def imports(self, place: Place, output: str) -> tuple[str, ...]:
        """Return the stacks that import an output of the old side."""
        return self._of(self._imports, place, output)

    def weak(self, place: Place, output: str) -> tuple[str, ...]:
        """Return the stacks that read an output of the old side without importing it."""
        return self._of(self._weak, place, output)

    def _of(self, kept: Mapping[tuple[int, int], set[str]], place: Place, output: str) -> tuple[str, ...]:
        value = mapping(mapping(place.scope.body.get("Outputs")).get(output)).get("Value")
        return tuple(sorted(kept.get((id(place.scope), id(value)), ())))


_FUNCTIONS: Final = frozenset(
    (
        "Ref",
        "Fn::GetAtt",
        "Fn::Sub",
        "Fn::Join",
        "Fn::Select",
        "Fn::Split",
        "Fn::ImportValue",
        "Fn::GetStackOutput",
    )
)
_STORES: Final = {
    "AWS::RDS::DBCluster": "every table in it, those with the vectors too",
    "AWS::NeptuneGraph::Graph": "the graph and every vector in it",
    "AWS::OpenSearchService::Domain": "every index in it, and every vector in those",
    "AWS::Kendra::Index": "every document in it",
}
"""Stores of other services that a knowledge base may use, and what goes with them."""
_UNSURE: Final = (
    "`UpdateReplacePolicy` changes along, and AWS doesn't say which of the two counts: deploy it first"
)
_REMOVED_HELP: Final = "keep it with `DeletionPolicy: Retain`, deployed before, if it is still needed"


def _is_ours(resource: Mapping[str, Any]) -> bool:
    return str(resource.get("Type", "")).startswith(_OURS)


def _kept(old: Mapping[str, Any], new: Mapping[str, Any], policy: str) -> bool | None:
    """Return whether a policy keeps the old resource; ``None`` where the two sides disagree."""
    found = [one.get(policy, "Delete") for one in (old, new)]
    if not all(isinstance(one, str) for one in found):
        return None
    kept = {one in _KEPT for one in found}
    return kept.pop() if len(kept) == 1 else None


def _row(resource: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
    """Return what is lost with a resource, and what to do."""
    kind = str(resource.get("Type"))
    if kind in _STORES:
        return {"lost": _STORES[kind], "help": "ingest the data sources again after the deployment"}
    row = _losses().get(kind)
    if row is None:
        return {"lost": _ID_LOST, "help": _ID_HELP}
    for other in row.get("instead", ()):
        node = _at(mapping(resource.get("Properties")), other["property"].split("."))
        if node is not ABSENT and texts(node, scope).values == [other["is"]]:
            return {**row, **other}
    return row


@cache
def _name_property(kind: str) -> str | None:
    """Return the create-only property that names a resource of a type without a row."""
    schema = handlers(kind)
    names = [
        path for path in (schema.create_only if schema else ()) if path.endswith("Name") and "." not in path
    ]
    return min(names, key=len) if names else None


def _at(node: Any, steps: Sequence[str]) -> Any:
    """Return what is at a path, also below ``Fn::If``; of another function on the way it is a part."""
    for number, step in enumerate(steps):
        if not isinstance(node, dict):
            return ABSENT
        branches = node.get("Fn::If") if len(node) == 1 else None
        if isinstance(branches, list) and len(branches) == 3:
            below = [_at(one, steps[number:]) for one in branches[1:]]
            if all(one is ABSENT for one in below):
                return ABSENT
            return {
                "Fn::If": [branches[0], *({"Ref": "AWS::NoValue"} if one is ABSENT else one for one in below)]
            }
        if len(node) == 1 and (name := next(iter(node))) and (name == "Ref" or str(name).startswith("Fn::")):
            return ABSENT if node == {"Ref": "AWS::NoValue"} else {PART: [node, list(steps[number:])]}
        if step not in node:
            return ABSENT
        node = node[step]
    return node


def _why(name: str, *, is_update: bool, unique: bool) -> str:
    taken = "the old one still has it" if is_update else "another one has it"
    if unique:
        return f"the name `{name}` is taken when the new one is made: {taken}; give it another name"
    return f"the name `{name}` may be taken when the new one is made: {taken}; give it another name"


def _effect_on(
    pair: _Pair, name: str, change: _Change, *, certain: bool = True, **more: Any
) -> ResourceEffect:
    """Return an effect on a resource of a pair: as it is after the deployment, or was where it is gone."""
    scope = (pair.after if name in pair.after.scope.resources else pair.before).scope
    kind, path = str(scope.resources[name].get("Type")), scope.construct_path(name)
    return ResourceEffect(
        change, certain, kind, name, path, _id(pair.before, name), _id(pair.after, name), **more
    )


def _id(place: Place, name: str) -> str:
    return place.scope.id_of(name)


def _text(resource: Mapping[str, Any]) -> str | None:
    found = resource.get("Condition")
    return found if isinstance(found, str) else None


def _stack(scope: Scope) -> str:
    return scope.stack if UNRESOLVED not in scope.stack else posixpath.basename(scope.path)


def _only(node: Any, scope: Scope) -> str | None:
    found = texts(node, scope).values if node is not None else []
    return found[0].replace(UNRESOLVED, "?") if len(found) == 1 else None


def _exports(scope: Scope) -> Iterator[str | None]:
    for node in mapping(scope.body.get("Outputs")).values():
        yield _only(mapping(mapping(node).get("Export")).get("Name"), scope)


def _readings(node: Any) -> Iterator[dict[str, Any]]:
    """Yield the imports and weak references in a template."""
    todo = [node]
    while todo:
        one = todo.pop()
        if isinstance(one, list):
            todo += one
        elif isinstance(one, dict):
            if len(one) == 1 and ("Fn::ImportValue" in one or "Fn::GetStackOutput" in one):
                yield one
            todo += one.values()


def _paired(before: list[Scope], after: list[Scope]) -> Iterator[tuple[Scope, Scope]]:
    """Yield the templates of both sides that are one stack: by one key after another, where it is unique."""
    # The template of a StackSet is part of another one's file, and comes with it.
    olds = [scope for scope in before if scope.parent is None and not scope.base]
    news = [scope for scope in after if scope.parent is None and not scope.base]
    keys: tuple[Callable[[Scope], Hashable], ...] = (
        lambda scope: (scope.stack, scope.account, scope.region, posixpath.basename(scope.path)),
        lambda scope: (scope.stack, scope.account, scope.region) if UNRESOLVED not in scope.stack else None,
        lambda scope: scope.stack if UNRESOLVED not in scope.stack else None,
        lambda scope: posixpath.basename(scope.path),
    )
    for key in keys:
        first, second = _unique(olds, key), _unique(news, key)
        for shared in [one for one in first if one in second]:
            ours, theirs = first[shared], second[shared]
            if _may_be_one(ours, theirs):
                olds.remove(ours)
                news.remove(theirs)
                yield ours, theirs
    # Two files that are compared by hand may have any names.
    if len(olds) == len(news) == 1 and UNRESOLVED in olds[0].stack and _may_be_one(olds[0], news[0]):
        yield olds[0], news[0]


def _may_be_one(ours: Scope, theirs: Scope) -> bool:
    return all(
        UNRESOLVED in (mine, other) or mine == other
        for mine, other in ((ours.account, theirs.account), (ours.region, theirs.region))
    )


def _unique(scopes: list[Scope], key: Callable[[Scope], Hashable]) -> dict[Hashable, Scope]:
    groups: dict[Hashable, list[Scope]] = defaultdict(list)
    for scope in scopes:
        groups[key(scope)].append(scope)
    return {value: group[0] for value, group in groups.items() if value is not None and len(group) == 1}
