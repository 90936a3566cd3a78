"""Say of each new version of a guardrail how many there are then: AWS allows 20 and refuses the 21st.

The versions that a stack kept are in no template, so their number is known only to AWS. With what
``aws bedrock list-guardrails --guardrail-identifier ID`` answered it is said, and without it how to ask.

Sources:
    https://docs.aws.amazon.com/general/latest/gr/bedrock.html (versions for each guardrail, not adjustable)
    https://docs.aws.amazon.com/bedrock/latest/APIReference/API_ListGuardrails.html
    https://docs.aws.amazon.com/cli/latest/reference/bedrock/list-guardrails.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from constructs_lib.iam import UNRESOLVED
from constructs_lib.templates import UnreadableError, json_value, mapping, texts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from constructs_lib.templates import Scope

__all__ = ["CountError", "NewVersion", "NewVersions", "VersionCount", "read_version_count", "version_lines"]

QUOTA = 20
_VERSION, _ROOM = "AWS::Bedrock::GuardrailVersion", "Custom::BedrockGuardrailVersions"
_LIST = "aws bedrock list-guardrails --guardrail-identifier"


class CountError(ValueError):
    """What was given is no list of a guardrail's versions; ``str()`` is one line with the remedy."""


@dataclass(frozen=True, slots=True)
class VersionCount:
    """How many versions a guardrail has in the account.

    Attributes:
        guardrail: Its id.
        name: Its name.
        region: Its Region.
        account: Its account.
        versions: Their number, without the draft.

    """

    guardrail: str
    name: str
    region: str
    account: str
    versions: int


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A version that the deployment makes of a guardrail that is deployed.

    Attributes:
        guardrail: The guardrail, by construct path, logical id, id or ARN.
        number: How many versions there are once it is made; ``None`` where nobody said how many there were.
        makes_room: Whether the deployment deletes old versions first (``keep``).

    """

    guardrail: str
    number: int | None
    makes_room: bool

    @property
    def fails(self) -> bool:
        """Whether AWS refuses it."""
        return self.number is not None and self.number > QUOTA and not self.makes_room

    @property
    def is_last(self) -> bool:
        """Whether it is the last that AWS allows."""
        return self.number == QUOTA and not self.makes_room


def read_version_count(text: str, where: str) -> VersionCount:
    """Read the answer of ``aws bedrock list-guardrails --guardrail-identifier ID``.

    Args:
        text: The answer as JSON.
        where: What messages call it.

    Raises:
        CountError: It is something else, or one page of several.

    """
    try:
        answer = json_value(text)
    except UnreadableError as error:
        what = str(error).partition(";")[0]
        raise CountError(f"{where}: {what}; give the answer of `{_LIST} ID`") from None
    listed = answer.get("guardrails") if isinstance(answer, dict) else None
    if not isinstance(listed, list) or not all(
        isinstance(one, dict) and {"arn", "name", "version"} <= set(one) for one in listed
    ):
        raise CountError(f"{where}: no list of guardrails; give the answer of `{_LIST} ID --output json`")
    if answer.get("nextToken"):
        raise CountError(f"{where}: one page of several; list them without --no-paginate and --max-items")
    arns = sorted({str(one["arn"]) for one in listed})
    parts = arns[0].split(":", 5) if arns else []
    if len(arns) != 1 or len(parts) != 6:
        raise CountError(f"{where}: lists {len(arns)} guardrails; name one: `{_LIST} ID`")
    numbered = {str(one["version"]) for one in listed if str(one["version"]).isdecimal()}
    return VersionCount(
        parts[5].rpartition("/")[2], str(listed[0]["name"]), parts[3], parts[4], len(numbered)
    )


class NewVersions:
    """The versions of guardrails that a deployment makes; use it while the templates resolve.

    Args:
        before: The scopes of the templates that are deployed.
        after: The scopes of those that are to be deployed.
        counts: How many versions guardrails have.

    Raises:
        CountError: A count is of a guardrail that no template has.

    """

    def __init__(
        self, before: Sequence[Scope], after: Sequence[Scope], counts: Sequence[VersionCount]
    ) -> None:
        self._counts = counts
        self._made = {scope.id_of(name): (scope, name) for scope in after for name in scope.resources}
        self._deployed = {(scope.stack, name) for scope in before for name in scope.resources}
        self._several: dict[tuple[str, str], int] = {}
        for one in counts:
            if not any(_is_of(one, scope, name) for scope, name in self._made.values()):
                raise CountError(
                    f"no template has the guardrail `{one.name}` ({one.guardrail}) of {one.region}, whose "
                    "versions were counted: give the answer for a guardrail of the templates"
                )

    def number(self, resource: str | None) -> NewVersion | None:
        """Return which version of its guardrail a resource is; ``None`` if it is no version.

        Args:
            resource: The id of the resource after the deployment, ``path#LogicalId``.

        """
        scope, name = self._made.get(str(resource), (None, ""))
        if scope is None or scope.resources[name].get("Type") != _VERSION:
            return None
        key, shown, count = _guardrail(scope, name, self._counts)
        several = self._several[key] = self._several.get(key, 0) + 1
        number = count.versions + several if count is not None else None
        return NewVersion(shown, number, _makes_room(scope, name))

    def added(self, known: Collection[str | None]) -> Iterator[tuple[Scope, str]]:
        """Give the versions that are added to guardrails that are deployed, but for those that are known."""
        for id_, (scope, name) in self._made.items():
            is_new = id_ not in known and (scope.stack, name) not in self._deployed
            if not is_new or scope.resources[name].get("Type") != _VERSION:
                continue
            (stack, guardrail), _, count = _guardrail(scope, name, self._counts)
            if (stack, guardrail) in self._deployed or count is not None:
                yield scope, name


def _guardrail(
    scope: Scope, name: str, counts: Sequence[VersionCount]
) -> tuple[tuple[str, str], str, VersionCount | None]:
    """Return which guardrail a version is of: a key, how to call it, and its count if there is one."""
    node = mapping(scope.resources[name].get("Properties")).get("GuardrailIdentifier")
    got = mapping(node).get("Fn::GetAtt", mapping(node).get("Ref"))
    own = got.partition(".")[0] if isinstance(got, str) else got[0] if isinstance(got, list) and got else None
    if own in scope.resources:
        count = next((one for one in counts if _is_of(one, scope, own)), None)
        return (scope.stack, own), scope.construct_path(own) or own, count
    values = texts(node, scope).values
    shown = values[0] if len(values) == 1 and UNRESOLVED not in values[0] else f"of {name}"
    count = next((one for one in counts if one.guardrail == shown.rpartition("/")[2]), None)
    return ("", shown), shown, count


def _is_of(count: VersionCount, scope: Scope, name: str) -> bool:
    """Whether a resource is the guardrail that was counted, or a version of it by its id."""
    resource = scope.resources[name]
    properties = mapping(resource.get("Properties"))
    there = scope.region in {UNRESOLVED, count.region} and scope.account in {UNRESOLVED, count.account}
    if resource.get("Type") == "AWS::Bedrock::Guardrail":
        return there and texts(properties.get("Name"), scope).values == [count.name]
    if resource.get("Type") == _VERSION:
        values = texts(properties.get("GuardrailIdentifier"), scope).values
        return len(values) == 1 and values[0].rpartition("/")[2] == count.guardrail
    return False


def _makes_room(scope: Scope, name: str) -> bool:
    """Whether the version waits for the function that deletes old versions."""
    waits: Any = scope.resources[name].get("DependsOn", [])
    listed = waits if isinstance(waits, list) else [waits]
    return any(mapping(scope.resources.get(str(one))).get("Type") == _ROOM for one in listed)


def version_lines(version: NewVersion, *, kept: bool) -> Iterator[str]:
    """Yield what is to be known of a new version."""
    if version.makes_room:
        yield f"  old versions of `{version.guardrail}` beyond `keep` are deleted before it is made"
        return
    of, room = (
        f"`{version.guardrail}`",
        f"`{_LIST} ID` lists them; delete old ones, or set `keep` on the version",
    )
    if version.fails:
        yield f"-   {of} has {(version.number or 0) - 1} versions, and AWS allows {QUOTA}: {room}"
    elif version.is_last:
        yield f"! the new one is version {QUOTA} of {of}, the last that AWS allows: {room}"
    elif version.number is not None:
        yield f"  {of} then has {version.number} of the {QUOTA} versions that AWS allows"
    else:
        more = "has one version more then" if kept else "has one version more while it is made"
        yield f"  {of} {more}, and AWS refuses the {QUOTA + 1}st: {room}"
        yield "  give what it lists with --guardrail-versions to be told how many there are"
