"""Run a program of the small language, with what each expression may be worth.

A module runs from its first statement to its last, as the interpreter would. What nothing in it calls (the
functions and methods that others call) runs after it, with the defaults and the declared types of its
parameters, and once more when all are known. So a client is followed through variables, parameters,
attributes, dicts, closures and results. Of the branches of an ``if`` each is taken.

A call has the line on which its operation is named: a helper that is given a method, a command or the name of
an operation (``retry(client.converse)``) calls what its caller names, and has one line for many operations.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Final

from constructs_lib.code import _tree as t
from constructs_lib.code._apis import named
from constructs_lib.code._relevance import Relevance
from constructs_lib.code._values import (
    UNKNOWN,
    Arguments,
    Callee,
    Class,
    Client,
    Command,
    External,
    Instance,
    Map,
    Method,
    Parent,
    Partial,
    Procedure,
    Scope,
    Several,
    Site,
    Value,
    is_nothing,
    join,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from constructs_lib.code._recorder import Recorder
    from constructs_lib.code._sdk import Loader, Sdk

__all__ = ["Machine", "TooComplex"]

_STEPS = 5_000
"""Evaluations for one file, and one more for each ``_BYTES``. Ordinary files take one for 5 bytes."""
_BYTES = 3
_MOST_STEPS = 100_000
_ALONE_STEPS = 10_000
"""Evaluations for one function that nothing calls, so that none takes those of the others."""
_HELPER_STEPS = 300
"""Evaluations in one function without a word of Bedrock, while one that nothing calls runs."""
_CALLED_STEPS = 500
"""Evaluations in any other function that is called without a client; it runs alone if they are too few."""
_BARREN_STEPS = 400
"""Evaluations in all calls of one function, if none calls Bedrock, or gives or keeps what may call it."""
_SPREAD = 100
"""Elements of a list that another list takes over: in a loop they may double each time."""
_DEPTH = 12
"""Calls inside of calls that are followed."""
_ROUNDS = 5
"""Times that functions are looked for which what ran before made relevant."""
_INSTANCES = 4
"""Instances of one class whose methods run."""


class TooComplex(Exception):  # noqa: N818 - it is a limit, not an error of the program
    """The limit of steps is reached."""


class Machine:
    """One file's run."""

    def __init__(self, sdk: Sdk, recorder: Recorder, loader: Loader, text: str) -> None:
        self.sdk = sdk
        self.recorder = recorder
        self.loader = loader
        self.module = Scope(recorder=recorder)
        self.exported: dict[str, Value] = {}
        self._steps = 0
        self._most = self._limit = self._share = min(_STEPS + len(text) // _BYTES, _MOST_STEPS)
        self.is_cut = False
        """Whether a function was left because it took too many steps."""
        self._guards = 0
        self._depth = 0
        self._active: list[int] = []
        self._scopes: list[Scope] = []
        self._procedures: dict[int, Procedure] = {}
        self._classes: dict[int, Class] = {}
        self._instances: dict[tuple[int, int, tuple[Client, ...]], Instance] = {}
        self._ran: set[int] = set()
        self._cache: dict[object, tuple[object, Value]] = {}
        self.replaced: set[tuple[Client, str]] = set()
        self._kept: dict[str, Value] = {}
        self._spent: dict[int, int] = {}
        self._spent_in_all: dict[int, int] = {}
        self._fruitful: set[int] = set()
        self._apart = 0
        self._is_alone = False
        self._relevance = Relevance(_lines_of(text), sdk.is_entry)

    # ------------------------------------------------------------------------------------------- the run

    def run(self, nodes: list[t.Node]) -> None:
        """Run a module, then what nothing in it calls.

        Raises:
            TooComplex: The limit of steps is reached; what was found until then stays.
            RecursionError: The program nests too deeply.

        """
        self.execute(nodes, self.module)
        later: list[Procedure] = []
        for _ in range(_ROUNDS):  # functions define functions, and set what others read
            found = [p for p in self._relevant() if id(p.node) not in self._ran]
            if not found:
                break
            for procedure in found:
                if id(procedure.node) not in self._ran:
                    later.append(procedure)
                    self._run_alone(procedure)
        self.recorder.forget(id(procedure.node) for procedure in later)
        self._cache.clear()
        self._spent_in_all.clear()
        for procedure in later:
            self._run_alone(procedure)

    def _relevant(self) -> list[Procedure]:
        """Return the functions that Bedrock may be called through, as far as is known by now."""
        variables: dict[str, Value] = {}
        for holder in self._holders():
            for name, value in holder.items():
                variables[name] = join((variables.get(name, UNKNOWN), value))
        self._relevance.find(self._procedures.values(), variables)
        return [procedure for procedure in self._procedures.values() if procedure.node.is_relevant]

    def _holders(self) -> list[dict[str, Value]]:
        """Return the variables and attributes that outlive a function."""
        found = [self.module.variables]
        found += [made.members for made in self._classes.values()]
        found += [instance.attributes for instance in self._instances.values()]
        found.append({name.rpartition(".")[2]: value for name, value in self._kept.items()})
        return found

    def _run_alone(self, procedure: Procedure) -> None:
        """Run a function that nothing calls, for a share of the steps."""
        guards = self._guards
        self._spent.clear()
        self._is_alone = True
        self._limit = self._share = min(self._steps + _ALONE_STEPS, self._most)
        try:
            self._call_alone(procedure)
        except TooComplex:
            if self._share == self._most:
                raise
            self.is_cut = True
            self._guards = guards
        finally:
            self._is_alone = False
            self._limit = self._share = self._most

    def _call_alone(self, procedure: Procedure) -> None:
        owner = procedure.owner
        if owner is None or procedure.receiver:
            self._invoke(procedure, Arguments(), alone=True)
            return
        kinds = self.sdk.decorators(procedure.node)
        if procedure.node.binds_self and ("staticmethod" in kinds or procedure.node.name == "__new__"):
            receiver = None if "staticmethod" in kinds else owner
            self._invoke(procedure.of(receiver), Arguments(), alone=True)
            return
        instances = owner.instances[:_INSTANCES] or [self._instance_of(owner, None, Arguments(), alone=True)]
        for instance in instances:
            self._invoke(procedure.of(instance), Arguments(), alone=True)

    def execute(self, nodes: Iterable[t.Node], scope: Scope) -> bool:
        """Run statements; return whether the function ended."""
        for node in nodes:
            if type(node) not in _STATEMENTS:
                self.evaluate(node, scope)
            elif self._statement(node, scope):
                return True
        return False

    def _statement(self, node: t.Node, scope: Scope) -> bool:
        """Run one that may end its function; return whether it did."""
        match node:
            case t.Branches():
                return self._branch(node, scope)
            case t.Block(body=body):
                inner = replace(scope, parent=scope, is_function=False, variables={}, in_class=None)
                return self.execute(body, inner)
            case t.Loop():
                self._loop(node, scope)
            case t.Import():
                self._import(node, scope)
            case t.Return():
                self.evaluate(node, scope)
                return node.ends
        return False

    def _import(self, node: t.Import, scope: Scope) -> None:
        if "*" not in {node.name, node.path}:
            scope.variables[node.name] = self.loader(node.module, node.path)
            return
        for module in self.loader(node.module, ""):
            if isinstance(module, Map):
                scope.variables |= module.items
            elif isinstance(module, Class):
                scope.variables |= module.members

    def _branch(self, node: t.Branches, scope: Scope) -> bool:
        """Run each body from the same state, and join what they leave; return whether all ended."""
        chain = list(_to_function(scope))
        before = [dict(one.variables) for one in chain]
        ends: list[list[dict[str, Value]]] = [] if node.is_complete else [before]
        order, scope.keeps_order = scope.keeps_order, False
        for number, body in enumerate(node.bodies):
            if not body:
                ends.append(before)
                continue
            for one, state in zip(chain, before, strict=True):
                one.variables = dict(state)
            self._guards += node.guarded and number == 0
            ended = self.execute(body, scope)
            self._guards -= node.guarded and number == 0
            if not ended:
                ends.append([one.variables for one in chain])
        scope.keeps_order = order
        for index, one in enumerate(chain):
            states = [state[index] for state in ends] or [before[index]]
            one.variables = _merged(states)
        return not ends

    def _loop(self, node: t.Loop, scope: Scope) -> None:
        """Run a body for each element that is known, or once."""
        items = self.elements(self.evaluate(node.items, scope)) or [UNKNOWN]
        once = t.Branches([node.body])
        for item in items[:_DEPTH]:
            self._bind(node.target, item, scope, declares=False)
            self._branch(once, scope)

    def elements(self, value: Value) -> list[Value]:
        """Return what iterating over a value gives."""
        found: list[Value] = []
        for item in value:
            if isinstance(item, Several):
                found += item.items
            elif isinstance(item, Map) and self.sdk.maps_give_values:
                found += [*item.items.values(), *([item.rest] if item.rest else [])]
            elif isinstance(item, Map):
                found += [(key,) for key in item.items]
            elif isinstance(item, Client):  # no client can be iterated: it is what a generator yields
                found.append((item,))
            elif isinstance(item, Instance) and self._of_class(item.made_of, "__iter__"):
                given = self.call(self._of_instance(item, "__iter__"), Arguments(), None)
                found += self.elements(tuple(one for one in given if not isinstance(one, Instance)))
        return found

    # ------------------------------------------------------------------------------------- expressions

    def evaluate(self, node: t.Node, scope: Scope) -> Value:
        """Return what an expression may be worth."""
        self._steps += 1
        if self._steps > self._limit:
            raise TooComplex
        kind = type(node)
        if kind is t.Name:  # these two are more than half of all
            return self.lookup(node.id, scope)  # type: ignore[union-attr] # it is a name
        if kind is t.Constant:
            return (node.value,)  # type: ignore[union-attr] # it is a literal
        return self._EVALUATIONS[kind](self, node, scope)

    def _attribute_of(self, node: t.Attribute, scope: Scope) -> Value:
        return self._or_kept(self.attribute(self.evaluate(node.owner, scope), node.name), node)

    def _item_of(self, node: t.Index, scope: Scope) -> Value:
        owner = self.evaluate(node.owner, scope)
        return self._or_kept(self.index(owner, self.evaluate(node.key, scope)), node)

    def _sequence(self, node: t.Sequence, scope: Scope) -> Value:
        return (Several(self._items(node.items, scope)),)

    def _items(self, nodes: Iterable[t.Expression], scope: Scope) -> list[Value]:
        """Return the values of items, of which some may be spread."""
        found: list[Value] = []
        for node in nodes:
            if type(node) is t.Other and node.spreads:
                value = self.evaluate(node.parts[0], scope)
                found += self.elements(value)[:_SPREAD] or ([value] if value else [])
            else:
                found.append(self.evaluate(node, scope))
        return found

    def _options(self, node: t.Options, scope: Scope) -> Value:
        return join([self.evaluate(item, scope) for item in node.items])

    def _return(self, node: t.Return, scope: Scope) -> Value:
        found = self.evaluate(node.value, scope) if node.value else (None,)
        _function_of(scope).results.append(found)
        return UNKNOWN

    def _parts(self, node: t.Other, scope: Scope) -> Value:
        self.execute(node.parts, scope)
        return UNKNOWN

    def _inner_statement(self, node: t.Node, scope: Scope) -> Value:
        self.execute([node], scope)
        return UNKNOWN

    def _or_kept(self, value: Value, node: t.Node) -> Value:
        """Return what was kept on an object of a library (``app.state.client``), if that is all there is."""
        if self._kept and all(isinstance(item, External) for item in value):
            return self._kept.get(_last_names(node), value)
        return value

    def _keep(self, target: t.Node, owner: Value, value: Value) -> None:
        """Keep what is stored on an object of a library, by the last two names of the place."""
        name = _last_names(target)
        if name and value and all(isinstance(item, External) for item in owner):
            self._kept[name] = join((self._kept.get(name, UNKNOWN), value))

    def lookup(self, name: str, scope: Scope) -> Value:
        """Return what a name means in a scope."""
        here: Scope | None = scope
        while here is not None:
            found = here.variables.get(name)
            if found is not None:
                return found
            here = here.parent
        if name == self.sdk.this:
            return scope.receiver
        if name == "super":
            return parent_in(scope)
        if self.sdk.has_implicit_this:
            for receiver in self._receivers(scope):
                if member := self.attribute(receiver, name):
                    return member
        return self.sdk.builtin(name)

    def _receivers(self, scope: Scope) -> Iterator[Value]:
        """Yield the instance of a method, then those of the functions and classes around it."""
        yield self._receiver(scope)
        here: Scope | None = scope.parent
        last = scope.receiver
        while here is not None:
            if here.receiver and here.receiver != last:
                last = here.receiver
                yield last
            here = here.parent
        inside = _class_of(scope)
        while inside is not None and (inside := inside.within) is not None:
            yield tuple(inside.instances[:_INSTANCES]) or (inside,)

    def _receiver(self, scope: Scope) -> Value:
        """Return the instance of a method, or the class of a static one."""
        owner = _class_of(scope)
        return scope.receiver or ((owner,) if owner is not None else UNKNOWN)

    def _text(self, node: t.Text, scope: Scope) -> Value:
        """Return a text whose unknown parts are marked."""
        texts, known = "", False
        values = [self.evaluate(part, scope) for part in node.parts]
        for value in values:
            simple = [item for item in value if isinstance(item, str | int | float)]
            known = known or bool(simple)
            texts += str(simple[0]) if len(simple) == 1 and len(value) == 1 else "\0"
        if len(node.parts) == 2 and any(isinstance(item, Several) for value in values for item in value):
            return (Several([one for value in values for one in self.elements(value)[:_SPREAD]]),)
        return (texts,) if known else UNKNOWN

    def _mapping(self, node: t.Mapping, scope: Scope) -> Value:
        made = Map()
        for key, item in node.items:
            value = self.evaluate(item, scope)
            if key is None:
                for other in value:
                    if isinstance(other, Map):
                        made.items.update(other.items)
                        made.rest = join((made.rest, other.rest))
                continue
            name = text_of(self.evaluate(key, scope))
            if name is None:
                made.rest = join((made.rest, value))
            else:
                made.items[name] = value
        return (made,)

    def index(self, owner: Value, key: Value) -> Value:
        """Return ``owner[key]``."""
        found: list[Value] = []
        for item in owner:
            if isinstance(item, Map):
                names = [one for one in key if isinstance(one, str)]
                if not names:
                    found += [*item.items.values(), item.rest]
                else:
                    found += [item.items.get(name, item.rest) for name in names]
            elif isinstance(item, Several):
                at = key[0] if len(key) == 1 and isinstance(key[0], int) else None
                if at is not None:
                    found += item.items[at : at + 1] if at >= 0 else item.items[at:][:1]
                else:
                    found += item.items
            elif isinstance(item, Instance) and (text_of(key) or "") in item.attributes:
                found.append(item.attributes[text_of(key) or ""])
            elif isinstance(item, Instance) and (getter := self._getter(item)):
                found.append(self.call(getter, Arguments([key]), None))
            elif isinstance(item, Instance | Client | External) and (name := text_of(key)):
                found.append(self.attribute((item,), name))
        return join(found)

    def _getter(self, item: Instance) -> Value:
        """Return the method that gives the elements of an instance, if its class has one."""
        names = ("__getitem__", "__missing__")
        return next((self._of_instance(item, n) for n in names if self._of_class(item.made_of, n)), UNKNOWN)

    # ------------------------------------------------------------------------------------- attributes

    def attribute(self, owner: Value, name: str) -> Value:
        """Return ``owner.name``."""
        if len(owner) == 1:
            return self._attribute(owner[0], name)
        return join([self._attribute(item, name) for item in owner]) if owner else UNKNOWN

    def _attribute(self, item: object, name: str) -> Value:
        match item:
            case Instance():
                return self._of_instance(item, name)
            case Class():
                found = self._of_class(item, name)
                return self._of_this_class(found, item) if found is not None else UNKNOWN
            case Parent():
                return self._of_parent(item, name)
            case Map() if name in item.items and self.sdk.maps_are_objects:
                return item.items[name]
        return self.sdk.member(self, item, name)

    def _of_instance(self, item: Instance, name: str) -> Value:
        if name in item.attributes:
            return item.attributes[name]
        if name == "__dict__":
            return (Map(item.attributes),)
        found = self._of_class(item.made_of, name)
        if found is None:
            if "__getattr__" in item.made_of.members:
                getter = self._bound(self._of_class(item.made_of, "__getattr__") or UNKNOWN, item)
                return self.call(getter, Arguments([(name,)]), None)
            return self.attribute(item.library, name)
        return self._bound(found, item)

    def _of_parent(self, item: Parent, name: str) -> Value:
        for base in item.owner.bases:
            for one in base:
                found = self._of_class(one, name) if isinstance(one, Class) else None
                if found is not None:
                    return self._bound(found, item.instance)
        return self.attribute(item.instance.library, name)

    def _of_class(self, item: Class, name: str, depth: int = 0) -> Value | None:
        if name in item.members:
            return item.members[name]
        for base in item.bases if depth < _DEPTH else ():
            for one in base:
                found = self._of_class(one, name, depth + 1) if isinstance(one, Class) else None
                if found is not None:
                    return found
        return None

    def _of_this_class(self, value: Value, owner: Class) -> Value:
        """Return class members as the class has them: class methods bound to it."""
        return tuple(
            item.of(owner)
            if isinstance(item, Procedure)
            and not item.receiver
            and item.owner is not None
            and "classmethod" in self.sdk.decorators(item.node)
            else item
            for item in value
        )

    def _bound(self, value: Value, instance: Instance) -> Value:
        """Return class members as an instance has them: methods bound, properties read."""
        found: list[Value] = []
        for item in value:
            if isinstance(item, Procedure) and item.owner is not None and not item.receiver:
                kinds = self.sdk.decorators(item.node)
                receiver: object = instance
                if "staticmethod" in kinds:
                    receiver = None
                elif "classmethod" in kinds:
                    receiver = instance.made_of
                bound = item.of(receiver)
                is_property = bool(kinds & {"property", "cached_property"})
                found.append(self._invoke(bound, Arguments()) if is_property else (bound,))
            elif isinstance(item, Instance) and self._of_class(item.made_of, "__get__"):  # a descriptor
                getter = self._of_instance(item, "__get__")
                found.append(self.call(getter, Arguments([(instance,), (instance.made_of,)]), None))
            else:
                found.append((item,))
        return join(found)

    # ------------------------------------------------------------------------------------- assignments

    def _assign(self, node: t.Assign, scope: Scope) -> Value:
        if node.value is not None:
            value = self.evaluate(node.value, scope)
        else:
            value = UNKNOWN
            if node.type is None and not node.declares:
                return UNKNOWN
        if node.type is not None and is_nothing(value):
            value = join((value, self.declared(node.type, scope)))
        self._bind(node.target, value, scope, declares=node.declares)
        return value

    def declared(self, node: t.Expression, scope: Scope) -> Value:
        """Return what has the declared type."""
        return self._of_type(self.evaluate(node, scope))

    def _of_type(self, kinds: Value) -> Value:
        found: list[Value] = []
        for item in kinds:
            if isinstance(item, Class):
                found.append((self._instance_of(item, None, Arguments(), alone=True),))
            elif isinstance(item, External):
                found.append(self.sdk.declared(item))
            elif isinstance(item, Client):  # what a framework gives, written beside the type
                found.append((item,))
            elif isinstance(item, Map):
                members = {name: self._of_type(value) for name, value in item.items.items()}
                rest = self._of_type(item.rest)
                found.append((Map(members, rest=rest),) if rest or any(members.values()) else UNKNOWN)
            elif isinstance(item, Several):
                elements = [self._of_type(value) for value in item.items]
                found.append((Several(elements),) if any(elements) else UNKNOWN)
        return join(found)

    def _bind(  # noqa: C901 - one case for each kind of target
        self, target: t.Node, value: Value, scope: Scope, *, declares: bool
    ) -> None:
        match target:
            case t.Name(id=name):
                self._store(name, value, scope, declares=declares)
            case t.Attribute(owner=owner, name=name):
                holder = self.evaluate(owner, scope)
                self._set(holder, name, value, scope)
                self._keep(target, holder, value)
            case t.Index(owner=owner, key=key):
                name_of = text_of(self.evaluate(key, scope))
                holder = self.evaluate(owner, scope)
                self._keep(target, holder, value)
                for item in holder:
                    if isinstance(item, Map) and name_of is None:
                        item.rest = join((item.rest, value))
                    elif isinstance(item, Map) and name_of is not None:
                        item.items[name_of] = value
                    elif isinstance(item, Instance) and name_of and "__setitem__" not in item.made_of.members:
                        item.attributes[name_of] = value
            case t.Sequence(items=items):
                self._unpack(items, value, scope, declares=declares)
            case t.Mapping(items=pairs):
                for key_node, item in pairs:
                    key_text = text_of(self.evaluate(key_node, scope)) if key_node else None
                    part = value if key_node is None else UNKNOWN  # what the other names leave
                    if key_text is not None:
                        part = self.attribute(value, key_text)
                    self._bind(item, part, scope, declares=declares)
            case t.Assign(target=inner, value=default):  # a pattern with a default
                fallback = self.evaluate(default, scope) if default and not value else UNKNOWN
                self._bind(inner, value or fallback, scope, declares=declares)

    def _row(self, item: object) -> list[Value] | None:
        """Return the elements of what can be unpacked: a list, or a tuple with names."""
        match item:
            case Several(items=row):
                return row
            case Map(kind="names", items=named):
                return list(named.values())
            case Instance(made_of=made_of, attributes=named) if made_of.node.is_record:
                return [named.get(name, UNKNOWN) for name, _, _ in made_of.node.fields]
        return None

    def _unpack(self, targets: list[t.Expression], value: Value, scope: Scope, *, declares: bool) -> None:
        """Bind each target to the element at its place, a starred one to those between the others."""
        rows = [row for row in map(self._row, value) if row is not None]
        after = 0
        for number, target in enumerate(targets):
            if isinstance(target, t.Other) and target.spreads:
                after = len(targets) - number - 1
                rest = tuple(Several(row[number : len(row) - after]) for row in rows)
                self._bind(target.parts[0], rest, scope, declares=declares)
                continue
            place = number - len(targets) if after else number
            parts = [row[place] for row in rows if -len(row) <= place < len(row)]
            self._bind(target, join(parts), scope, declares=declares)

    def _store(self, name: str, value: Value, scope: Scope, *, declares: bool) -> None:
        function = _function_of(scope)
        if name in function.outer:
            if self._relevance.carries((value,)):
                self._count_as_fruitful()
            home = function.parent
            while home is not None and home.parent is not None and name not in home.variables:
                home = home.parent
            if home is not None:
                old = home.variables.get(name, UNKNOWN)
                home.variables[name] = join((value, [item for item in old if item is not None]))  # type: ignore[arg-type] # any iterable is joined
            return
        if not declares and self.sdk.declares_variables:
            here: Scope | None = scope
            inside = True
            while here is not None:
                if name in here.variables:
                    old = here.variables[name]
                    known = tuple(item for item in old if item is not None)
                    here.variables[name] = value if inside else join((value, known))
                    return
                inside = inside and not here.is_function
                here = here.parent
        (scope if declares or not self.sdk.declares_variables else function).variables[name] = value

    def _set(self, owner: Value, name: str, value: Value, scope: Scope) -> None:
        if self._active and self._relevance.carries((value,)):
            self._count_as_fruitful()
        function = _function_of(scope)
        for item in owner:
            if isinstance(item, Instance):
                old = item.attributes.get(name, UNKNOWN)
                keeps = function.keeps_order and scope.keeps_order
                item.attributes[name] = (
                    value if keeps else join((value, tuple(one for one in old if one is not None)))
                )
            elif isinstance(item, Class):
                old = item.members.get(name, UNKNOWN)
                item.members[name] = join((value, tuple(one for one in old if one is not None)))
            elif isinstance(item, Map):
                item.items[name] = value
            elif isinstance(item, Client):
                self.replaced.add((item, name))
            elif isinstance(item, External) and item.path in {"module.exports", "exports", "module"}:
                self._export(name, value, item.path)

    def _export(self, name: str, value: Value, owner: str) -> None:
        if owner == "module":
            for item in value:
                if isinstance(item, Map):
                    self.exported |= item.items
            self.exported["default"] = value
        else:
            self.exported[name] = value

    def _enter(self, node: t.Enter, scope: Scope) -> Value:
        found: list[Value] = []
        for item in self.evaluate(node.value, scope):
            entered = UNKNOWN
            if isinstance(item, Instance):
                for name in ("__enter__", "__aenter__"):
                    if self._of_class(item.made_of, name) is not None:
                        entered = self.call(self._of_instance(item, name), Arguments(), None)
            found.append(entered or (item,))
        return join(found)

    # ------------------------------------------------------------------------------ functions, classes

    def _define(self, node: t.Function, scope: Scope) -> Value:
        procedure = Procedure(node, scope)
        self._procedures[id(node)] = procedure
        for decorator in node.decorators:
            self.evaluate(decorator, scope)
        if node.name:
            procedure.owner = scope.in_class if scope.in_class and scope.is_function is False else None
            scope.variables[node.name] = (procedure,)
        elif node.binds_self and scope.in_class and not scope.is_function:
            procedure.owner = scope.in_class
        return (procedure,)

    def _define_class(self, node: t.ClassDef, scope: Scope) -> Value:
        made = self._classes.get(id(node))
        if made is None:
            made = self._classes[id(node)] = Class(node, scope, [], within=_class_of(scope))
        made.bases = [self.evaluate(base, scope) for base in node.bases]
        inner = Scope(scope, is_function=False, in_class=made)
        self.execute(node.body, inner)
        made.members = inner.variables
        if node.name:
            scope.variables[node.name] = (made,)
        # A method's free names are not those of its class.
        inner.variables = {}
        inner.in_class = None
        self._tell_bases(made, node, scope)
        return (made,)

    def _tell_bases(self, made: Class, node: t.ClassDef, scope: Scope) -> None:
        """Run ``__init_subclass__`` of the bases of a class."""
        given = {name: self.evaluate(value, scope) for name, value in node.named}
        for base in made.bases:
            for item in base:
                found = self._of_class(item, "__init_subclass__") if isinstance(item, Class) else None
                for maker in found or UNKNOWN:
                    if isinstance(maker, Procedure):
                        self._invoke(replace(maker, receiver=(made,)), Arguments([], given))

    def _instance_of(
        self, made_of: Class, call: t.Call | None, arguments: Arguments, *, alone: bool = False
    ) -> Instance:
        given = (*arguments.plain, *arguments.named.values())
        clients = tuple(item for value in given for item in value if type(item) is Client)
        key = (id(call), id(made_of), clients)  # what is made in one place for several clients is several
        instance = self._instances.get(key)
        if instance is None:
            instance = self._instances[key] = Instance(made_of)
            if not alone:
                made_of.instances.append(instance)
        elif alone:
            return instance
        self._prepare(instance, made_of, arguments, 0)
        made_of.newest = instance
        for name, receiver in (("__new__", made_of), (self.sdk.constructor, instance)):
            for maker in self._of_class(made_of, name) or UNKNOWN:
                if isinstance(maker, Procedure):
                    self._invoke(maker.of(receiver), arguments, alone=alone)
        for name in self.sdk.after_constructor:
            for item in self._of_class(made_of, name) or UNKNOWN:
                if isinstance(item, Procedure):
                    self._invoke(item.of(instance), Arguments())
        return instance

    def _prepare(self, instance: Instance, made_of: Class, arguments: Arguments, depth: int) -> None:
        """Give an instance what its classes declare, and what a library's base class makes."""
        for base in made_of.bases if depth < _DEPTH else ():
            for item in base:
                if isinstance(item, Class):
                    self._prepare(instance, item, arguments, depth + 1)
                elif isinstance(item, External):
                    instance.library = self.sdk.call(self, item, arguments, None)
        scope = replace(
            made_of.scope, parent=made_of.scope, receiver=(instance,), variables={}, is_function=False
        )
        for position, (name, default, declared) in enumerate(made_of.node.fields):
            value = arguments.get(position, name) if made_of.node.is_record else UNKNOWN
            if not value and default is not None:
                value = self.sdk.field_default(self, default, scope)
            if is_nothing(value) and declared is not None:
                value = join((value, self.declared(declared, scope)))
            if value:
                instance.attributes[name] = value

    # ------------------------------------------------------------------------------------------- calls

    def _call(self, node: t.Call, scope: Scope) -> Value:
        owner: Value = UNKNOWN
        if isinstance(node.function, t.Attribute):
            owner = self.evaluate(node.function.owner, scope)
            functions = self.attribute(owner, node.function.name)
        else:
            functions = self.evaluate(node.function, scope)
        arguments = Arguments(self._items(node.arguments, scope))
        for name, item in node.named:
            value = self.evaluate(item, scope)
            if name is not None:
                arguments.named[name] = value
                continue
            for other in value:
                if isinstance(other, Map):
                    arguments.named |= {key: found for key, found in other.items.items() if found}
        found = self.sdk.special(self, node, Callee(owner, functions), arguments, scope)
        if found is not None:
            return found
        return self.call(functions, arguments, node, owner)

    def call(
        self, functions: Value, arguments: Arguments, node: t.Call | None, owner: Value = UNKNOWN
    ) -> Value:
        """Return what a call gives, and record what it calls of Bedrock."""
        if not functions:
            return self._call_unknown(arguments, node, owner)
        results: list[Value] = []
        methods = [
            item
            for item in functions
            if type(item) is Method and (item.client, item.name) not in self.replaced
        ]
        other = any(type(item) in _OWN for item in functions)
        if methods and node is not None:
            self._record(methods, arguments, node, is_certain=not other and not self._guards)
            results += [self.sdk.result(self, method, arguments, node) for method in methods]
        for item in functions:
            kind = type(item)
            if kind is External:
                results.append(self.sdk.call(self, item, arguments, node))
            elif kind is Procedure:
                results.append(self._invoke(item, arguments, site=node))
            elif kind is Class:
                results.append((self._instance_of(item, node, arguments),))
            elif kind is Partial:
                given = item.arguments
                whole = Arguments([*given.plain, *arguments.plain], {**given.named, **arguments.named})
                results.append(self.call(item.function, whole, node))
            elif kind is Instance:
                results.append(self.call(self._of_instance(item, "__call__"), arguments, node))
        if node is not None and not other:
            self._passed_on(functions, arguments, node)
        return join(results)

    def _call_unknown(self, arguments: Arguments, node: t.Call | None, owner: Value) -> Value:
        """Return what a call of something unknown gives, which may call a method that it is given."""
        if node is None:
            return UNKNOWN
        self._passed_on(UNKNOWN, arguments, node)
        return self.sdk.unknown(self, node, owner, arguments)

    def _passed_on(self, functions: Value, arguments: Arguments, node: t.Call) -> None:
        """Record methods of a client that are given to something that will call them."""
        if not any(type(item) in _CALLED_LATER for value in arguments.plain for item in value):
            return
        if any(isinstance(item, External) and self.sdk.only_looks(item) for item in functions):
            return
        for number, value in enumerate(arguments.plain):
            for item in value:
                if not isinstance(item, Method | Partial):
                    continue
                rest = Arguments(arguments.plain[number + 1 :], arguments.named)
                if isinstance(item, Method):
                    self._record([item], rest, node, is_certain=not self._guards)
                else:
                    self.call((item,), rest, node)

    def _record(self, methods: list[Method], arguments: Arguments, node: t.Call, *, is_certain: bool) -> None:
        """Record a call of methods, each where it is named."""
        self._count_as_fruitful()
        if isinstance(node.function, t.Attribute) and node.function.name == methods[0].name:
            self.recorder.called(methods, arguments, node, self.running, is_certain=is_certain)
            return
        by_site: dict[int, tuple[Site, list[Method]]] = {}
        for method in methods:
            site = self.site_of((method, method.name), node)
            by_site.setdefault(id(site.node), (site, []))[1].append(method)
        for site, named_there in by_site.values():
            site.recorder.called(named_there, arguments, site.node, self.running, is_certain=is_certain)

    def site_of(self, operations: tuple[object, ...], node: t.Call) -> Site:
        """Return where the operation of a call is named: the call itself, or that of a helper which makes it.

        Args:
            operations: What a helper may have been given for it.
            node: The call.

        """
        here = self._scopes[-1] if self._scopes else None
        while here is not None:
            for operation in operations:
                if operation in here.sites:
                    self.recorder.settle(node)
                    return here.sites[operation]
            here = here.parent
        return Site(node, self.recorder)

    def _sites(self, arguments: Arguments, site: t.Call | None) -> dict[object, Site]:
        """Return where the operations are named that a function is given."""
        if site is None:
            return {}
        found: dict[object, Site] = {}
        for value in (*arguments.plain, *arguments.named.values()):
            if value and any(type(item) in _NAMES_OPERATION for item in value):
                for item in _operations_in(value):
                    found[item] = self.site_of((item,), site)
        return found

    def _count_as_fruitful(self) -> None:
        """Remember that what runs calls Bedrock or keeps a client, so that each call of it is followed."""
        self._fruitful.update(self._active)

    @property
    def running(self) -> int:
        """The function that runs."""
        return self._active[-1] if self._active else 0

    def _invoke(
        self, procedure: Procedure, arguments: Arguments, *, alone: bool = False, site: t.Call | None = None
    ) -> Value:
        node = procedure.node
        node.prepare()
        if self._depth >= _DEPTH or self._active.count(id(node)) > 1:
            return UNKNOWN
        sites = self._sites(arguments, site)
        key = (
            id(node),
            id(procedure.scope),
            _key(procedure.receiver),
            tuple(map(_key, arguments.plain)),
            tuple((name, _key(value)) for name, value in sorted(arguments.named.items())),
            alone,
            tuple(id(one.node) for one in sites.values()),
        )
        if key in self._cache and node.name != self.sdk.constructor:
            return self._cache[key][1]
        most = None
        given = (*arguments.plain, *arguments.named.values())
        if self._is_alone and not alone and not self._relevance.carries(given):
            most = _HELPER_STEPS if node.is_helper else _CALLED_STEPS
            if self._spent.get(id(node), 0) > most:
                return UNKNOWN
            if (
                self._spent_in_all.get(id(node), 0) > _BARREN_STEPS
                and id(node) not in self._fruitful
                and not sites
            ):
                return UNKNOWN
        self._ran.add(id(node))
        scope = Scope(procedure.scope, outer=frozenset(node.globals), sites=sites)
        scope.receiver = procedure.receiver or procedure.scope.receiver
        scope.in_class = procedure.owner or _class_of(procedure.scope)
        scope.keeps_order = node.name == self.sdk.constructor or not procedure.receiver
        self._take_arguments(procedure, arguments, scope, alone=alone)
        self._depth += 1
        self._guards += node.guarded
        self._active.append(id(node))
        self._scopes.append(scope)
        recorder, self.recorder = self.recorder, _recorder_of(procedure.scope) or self.recorder
        try:
            self._execute_bounded(node, scope, most)
        finally:
            self._depth -= 1
            self._guards -= node.guarded
            self._active.pop()
            self._scopes.pop()
            self.recorder = recorder
        result = _gathered(scope.results) if node.gathers else join(scope.results)
        if self._relevance.carries((result,)):
            self._fruitful.add(id(node))
        if is_nothing(result) and node.returns is not None:
            result = self.declared(node.returns, procedure.scope)
        # The arguments are kept, since their ids are in the key.
        self._cache[key] = ((procedure, arguments), result)
        return result

    def _execute_bounded(self, node: t.Function, scope: Scope, most: int | None) -> None:
        """Run a function for the steps that it may take; one that only helps others has no more than they."""
        limit, start, apart, guards = self._limit, self._steps, self._apart, self._guards
        is_helper = most == _HELPER_STEPS
        self._limit = self._share
        if most is not None:
            self._limit = min(
                limit if is_helper else self._share, start + most - self._spent.get(id(node), 0)
            )
        try:
            self.execute(node.body, scope)
        except TooComplex:
            if most is None or self._steps > self._share:
                raise
            self._guards = guards
            if not is_helper:
                self._ran.discard(id(node))  # so that it runs once more, alone
        finally:
            used = self._steps - start
            if most is not None:
                self._spent_in_all[id(node)] = self._spent_in_all.get(id(node), 0) + used
            self._spent[id(node)] = self._spent.get(id(node), 0) + used - (self._apart - apart)
            if not is_helper and limit < self._share:
                self._apart = apart + used
                limit += used
            self._limit = limit

    def _take_arguments(  # noqa: C901 - one case for each kind of parameter
        self, procedure: Procedure, arguments: Arguments, scope: Scope, *, alone: bool
    ) -> None:
        plain = list(arguments.plain)
        node = procedure.node
        if node.binds_self and procedure.receiver and procedure.receiver != (None,):
            plain.insert(0, procedure.receiver)
        used: set[str] = set()
        for parameter in node.parameters:
            if parameter.kind == "rest":
                scope.variables[parameter.name] = (Several(plain),)
                plain = []
                continue
            if parameter.kind == "keywords":
                rest = {key: value for key, value in arguments.named.items() if key not in used}
                scope.variables[parameter.name] = (Map(rest),)
                continue
            value: Value = UNKNOWN
            given = False
            if parameter.name in arguments.named:
                value, given = arguments.named[parameter.name], True
                used.add(parameter.name)
            elif plain and parameter.kind == "plain":
                value, given = plain.pop(0), True
            if not given and parameter.default is not None:
                value = self.evaluate(parameter.default, procedure.scope)
            if is_nothing(value) and parameter.type is not None:
                value = join((value, self.declared(parameter.type, procedure.scope)))
            if alone and is_nothing(value):
                value = join((value, self.sdk.injected(self, parameter.name)))
            scope.variables[parameter.name] = value
            if parameter.pattern is not None:
                self._bind(parameter.pattern, value, scope, declares=True)

    _EVALUATIONS: ClassVar[dict[type, Callable[[Machine, Any, Scope], Value]]] = {
        t.Attribute: _attribute_of,
        t.Call: _call,
        t.Text: _text,
        t.Index: _item_of,
        t.Mapping: _mapping,
        t.Sequence: _sequence,
        t.Options: _options,
        t.Assign: _assign,
        t.Function: _define,
        t.ClassDef: _define_class,
        t.Enter: _enter,
        t.Return: _return,
        t.Other: _parts,
        t.Branches: _inner_statement,
        t.Loop: _inner_statement,
        t.Block: _inner_statement,
        t.Import: _inner_statement,
    }
    """What evaluates each kind of node; a table, since choosing by patterns took most of a scan's time."""


_STATEMENTS: Final = frozenset((t.Branches, t.Block, t.Loop, t.Import, t.Return))
_OWN: Final = frozenset((Procedure, Class, Instance))
"""What is called that the scanned code defines."""
_NAMES_OPERATION: Final = frozenset((Method, Command, Partial, Several, str))
"""What may bring the name of an operation."""
_CALLED_LATER: Final = frozenset((Method, Partial))
"""What something unknown that is given it may call."""


def _lines_of(text: str) -> list[str]:
    """Return the lines of a text, as Python's parser and tree-sitter count them."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _operations_in(value: Value, depth: int = 0) -> Iterator[object]:
    """Yield the methods, the commands and the names of operations that a value brings."""
    for item in value:
        match item:
            case Method() | Command():
                yield item
            case str() if named(item):
                yield item
            case Partial(function=function):
                yield from _operations_in(function, depth)
            case Several(items=values) if depth == 0:
                for one in values:
                    yield from _operations_in(one, depth + 1)


def _merged(states: list[dict[str, Value]]) -> dict[str, Value]:
    """Return variables that are what any of the states has; most are the same in all."""
    first, *others = states
    for state in others:
        differing = [n for n, value in state.items() if first.get(n, UNKNOWN) is not value]
        if differing:
            first = {**first, **{n: join((first.get(n, UNKNOWN), state.get(n, UNKNOWN))) for n in differing}}
    return first


def _function_of(scope: Scope) -> Scope:
    """Return the scope of the function, or of the module, that a scope is in."""
    here = scope
    while not here.is_function and here.parent is not None:
        here = here.parent
    return here


def _to_function(scope: Scope) -> Iterator[Scope]:
    """Yield a scope and those around it, up to its function or module."""
    here: Scope | None = scope
    while here is not None:
        yield here
        if here.is_function:
            return
        here = here.parent


def _gathered(results: list[Value]) -> Value:
    """Return the items that a comprehension yields one by one as one list or mapping."""
    items = [item for value in results for item in value]
    if any(isinstance(item, Map) for item in items):
        made = Map()
        for item in items:
            if isinstance(item, Map):
                made.items |= item.items
                made.rest = join((made.rest, item.rest))
        return (made,)
    return (Several([one for item in items if isinstance(item, Several) for one in item.items]),)


def _recorder_of(scope: Scope) -> Recorder | None:
    """Return what takes the calls of the module that a scope is in."""
    here = scope
    while here.parent is not None:
        here = here.parent
    recorder: Recorder | None = here.recorder
    return recorder


def _last_names(node: t.Node) -> str:
    """Return the last two names of a place such as ``request.app.state.client``, empty if it has none."""
    if isinstance(node, t.Attribute):
        name: object = node.name
    elif isinstance(node, t.Index) and isinstance(node.key, t.Constant):
        name = node.key.value
    else:
        return ""
    match node.owner:
        case t.Attribute(name=owner) | t.Name(id=owner) if owner not in {"self", "this", "cls"}:
            return f"{owner}.{name}"
    return ""


def parent_in(scope: Scope) -> Value:
    """Return what ``super`` means in a method."""
    owner = _class_of(scope)
    here: Scope | None = scope
    while here is not None and not here.receiver:
        here = here.parent
    receiver = here.receiver if here is not None else UNKNOWN
    return tuple(Parent(item, owner) for item in receiver if isinstance(item, Instance) and owner)


def _class_of(scope: Scope) -> Class | None:
    here: Scope | None = scope
    while here is not None:
        if here.in_class is not None:
            return here.in_class
        here = here.parent
    return None


def _key(value: Value) -> tuple[object, ...]:
    return tuple(
        item if isinstance(item, str | int | float | Client | External | type(None)) else id(item)
        for item in value
    )
