"""The parts of the graph of roles: principals, and the resources that run as them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from constructs_lib.iam import RUNS_AS, UNRESOLVED, Origin
from constructs_lib.review.wording import principal_label
from constructs_lib.templates import Principal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from constructs_lib.iam import Denied, ForeignGrant, Policy, RunsAs
    from constructs_lib.review.model import Verdict
    from constructs_lib.templates import Kind, PrincipalType, Resource

__all__ = ["Node", "Runner", "Started", "Use", "runners_of"]


class Node(NamedTuple):
    """A principal as the rules over the whole run use it, small enough to be sent between processes.

    Attributes:
        principal: The principal, without its policies.
        kind: What the principal is for.
        verdict: The plane that its permissions are on.
        data: Whether it holds data actions.
        control_write: Whether it holds control writes.
        held: The set of its data actions and control writes.
        permissions: The statements that can lead it to another principal.
        administrator: Where it is allowed everything, ``None`` unless it is a full administrator.
        accounts: The accounts of the resources that its policies name.
        never_assumed: The Denies that keep it from assuming roles, whatever their trusts allow.

    """

    principal: Principal
    kind: Kind
    verdict: Verdict
    data: bool
    control_write: bool
    held: int
    permissions: tuple[ForeignGrant, ...]
    administrator: Origin | None
    accounts: frozenset[str] = frozenset()
    never_assumed: tuple[Denied, ...] = ()

    @property
    def id(self) -> str:
        """The principal's id."""
        return self.principal.id

    @property
    def name(self) -> str:
        """The principal's name."""
        return self.principal.name

    @property
    def label(self) -> str:
        """The principal as messages name it."""
        return principal_label(self.principal.type, self.principal.name)

    @property
    def origin(self) -> Origin:
        """Where the principal is defined."""
        return self.principal.origin

    @property
    def arn(self) -> str:
        """The principal's ARN."""
        return self.principal.arn

    @property
    def environment(self) -> str:
        """Account and Region as far as known."""
        return self.principal.environment

    @property
    def trust(self) -> Policy | None:
        """The assume-role policy."""
        return self.principal.trust

    @property
    def conditional(self) -> bool:
        """Whether it exists only under a condition of the template."""
        return self.principal.conditional


class Started(NamedTuple):
    """A principal that runs Bedrock and leads to no other one, so only who starts it is a question.

    Most functions of a batch have such a role; it takes little to keep one.

    Attributes:
        id: The principal's id.
        name: Its name.
        type: Its type.
        arn: Its ARN.
        path: The file that defines it.
        pointer: Where in the file.
        conditional: Whether it exists only under a condition of the template.
        kind: What it is for.

    """

    id: str
    name: str
    type: PrincipalType
    arn: str
    path: str
    pointer: str
    conditional: bool
    kind: Kind

    def node(self) -> Node:
        """Return the principal as one of a graph."""
        principal = Principal(
            self.id,
            self.name,
            self.type,
            self.arn,
            Origin(self.path, self.pointer),
            conditional=self.conditional,
        )
        return Node(
            principal,
            self.kind,
            "data",
            data=True,
            control_write=False,
            held=0,
            permissions=(),
            administrator=None,
        )


class Use(NamedTuple):
    """One way of making a resource that runs as a role do something.

    Attributes:
        name: The logical id of the resource.
        arn: What the actions of the way are called on.
        role: The ARN or the name of the role.
        path: The template of the resource.
        conditional: Whether it exists only under a condition of the template.
        way: The row of the table with the actions.

    """

    name: str
    arn: str
    role: str
    path: str
    conditional: bool
    way: RunsAs


class Runner(NamedTuple):
    """A resource of the input that runs as a role; most are of roles that nobody asks about.

    Attributes:
        name: Its logical id.
        role: The ARN or the name of the role.
        path: The template of the resource.
        conditional: Whether it exists only under a condition of the template.
        ways: The ways of making it do something.
        places: The attributes and properties that the ARNs of the ways are made of.

    """

    name: str
    role: str
    path: str
    conditional: bool
    ways: Ways
    places: Mapping[str, str]

    def uses(self) -> Iterator[Use]:
        """Yield each way of making it do something."""
        for way in self.ways.rows:
            arn = _PLACE.sub(lambda found: self.places[found[1]], way.arn)
            yield Use(self.name, arn, self.role, self.path, self.conditional, way)


class Ways(NamedTuple):
    """The rows of the table for one type of resource and one property with the role.

    Attributes:
        role: The path of the property with the role.
        rows: The rows.
        places: The attributes and properties that their ARNs name.
        can_start: Whether a row only starts what the owner wrote.

    """

    role: str
    rows: tuple[RunsAs, ...]
    places: tuple[str, ...]
    can_start: bool


def runners_of(resources: Iterable[Resource]) -> Iterator[Runner]:
    """Yield each resource that runs as a role, once for each role that it may have."""
    listed = [item for item in resources if item.type in _ways() or item.type == _PROFILE]
    profiles: dict[tuple[str, str], list[Any]] = {}
    for item in listed:
        if item.type == _PROFILE:
            name = str(item.properties.get("Arn", "")).rpartition("/")[2]
            profiles.setdefault((item.origin.path, name), []).extend(_list(item.properties.get("Roles")))
    for item in listed:
        for ways in _ways().get(item.type, ()):
            for role in _roles(item, ways.role, profiles):
                places = {name: _text(item.properties.get(name)) for name in ways.places}
                yield Runner(item.logical_id, role, item.origin.path, item.conditional, ways, places)


_PROFILE: Final = "AWS::IAM::InstanceProfile"
_PLACE: Final = re.compile(r"\{(\w+)\}")


@cache
def _ways() -> dict[str, list[Ways]]:
    """Return the rows of the table by type, those with the role in one place together."""
    found: dict[tuple[str, str], list[RunsAs]] = {}
    for row in RUNS_AS:
        found.setdefault((row.type, row.role), []).append(row)
    result: dict[str, list[Ways]] = {}
    for (kind, role), rows in found.items():
        places = dict.fromkeys(name for row in rows for name in _PLACE.findall(row.arn))
        ways = Ways(role, tuple(rows), tuple(places), any(row.invokes for row in rows))
        result.setdefault(kind, []).append(ways)
    return result


def _roles(resource: Resource, way: str, profiles: dict[tuple[str, str], list[Any]]) -> Iterator[str]:
    """Yield the ARNs or names of the roles at a path of properties, through instance profiles."""
    value = resource.properties.get(way)
    if type(value) is str and not way.endswith("IamInstanceProfile"):  # as of most
        if value not in {"", UNRESOLVED}:
            yield value
        return
    found: list[Any] = [resource.properties]
    for key in way.split("."):
        found = [item.get(key) for part in found for item in _list(part) if isinstance(item, Mapping)]
    values = [value for part in found for value in _list(part)]
    if way.endswith("IamInstanceProfile"):
        names = [
            _text(value.get("Name") or value.get("Arn")) if isinstance(value, Mapping) else value
            for value in values
        ]
        keys = [(resource.origin.path, str(name).rpartition("/")[2]) for name in names]
        values = [role for key in keys for role in profiles.get(key, ())]
    yield from (value for value in values if isinstance(value, str) and value not in {"", UNRESOLVED})


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else UNRESOLVED
