"""Configuration: ``[tool.bedrock-planes]`` of a ``pyproject.toml``, or a TOML file of its own.

    [tool.bedrock-planes]
    off = ["BP305"]                      # rules that are not checked

    [tool.bedrock-planes.severity]
    BP202 = "error"                      # error, warning or note

    [tool.bedrock-planes.kinds]          # patterns of a principal's name or construct path, or tag:KEY=VALUE
    app = ["*ChatRole*", "tag:plane=data"]
    deploy = ["cdk-*-cfn-exec-role-*"]

    [[tool.bedrock-planes.acknowledge]]  # listed in the report with the reason, not counted
    rule = "BP101"
    principal = "MigrationRole"          # a pattern too; without it: every principal and resource
    reason = "one-off migration, removed with the stack"
    expires = 2027-03-31                 # optional; counts up to and including that day

A file of its own has the same tables at its top level, without ``tool.bedrock-planes``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, get_args

from constructs_lib.review.model import Severity
from constructs_lib.templates import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from constructs_lib.templates import Principal

__all__ = ["AcknowledgeRule", "Config", "ConfigError", "matches_principal", "parse_config"]

_TABLE = "bedrock-planes"
_KEYS = ("off", "severity", "kinds", "acknowledge")
_ACKNOWLEDGE_KEYS = ("rule", "principal", "reason", "expires")


class ConfigError(ValueError):
    """A configuration with something unknown in it. ``str()`` is one line with the key and the remedy."""


@dataclass(frozen=True, slots=True)
class AcknowledgeRule:
    """One entry of ``acknowledge``: the rule, a pattern of principals, the reason, the last day, the file."""

    rule: str
    principal: str
    reason: str
    expires: date | None
    at: str


@dataclass(frozen=True, slots=True)
class Config:
    """A checked configuration. ``kinds`` are ``(kind, pattern)`` pairs; the first that matches decides."""

    off: frozenset[str] = frozenset()
    severity: Mapping[str, Severity] = field(default_factory=dict)
    kinds: tuple[tuple[Kind, str], ...] = ()
    acknowledge: tuple[AcknowledgeRule, ...] = ()


def parse_config(text: str, path: str, rules: Iterable[str]) -> Config:
    """Read the configuration in a TOML text.

    Args:
        text: The content of the file.
        path: The file's path; messages and acknowledgements name it.
        rules: The ids of all rules.

    Raises:
        ConfigError: The text is not TOML, or something in it is unknown or of the wrong type.

    """
    import tomllib  # noqa: PLC0415 - only runs with a configuration pay for the parser

    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = f"`{path}` is not TOML: {error}; fix it there"
        raise ConfigError(message) from error
    reader = _Reader(path, sorted(rules))
    if "tool" not in document and not path.endswith("pyproject.toml"):
        return reader.config(document)
    return reader.config(reader.own(document.get("tool", {})))


def matches_principal(pattern: str, principal: Principal) -> bool:
    """Whether a pattern of the configuration matches a principal: its name, id, construct path or tags."""
    if pattern.startswith("tag:"):
        key, _, value = pattern[4:].partition("=")
        return fnmatchcase(principal.tags.get(key, ""), value or "*") and key in principal.tags
    names = (principal.name, principal.id, principal.construct_path or principal.name)
    return any(fnmatchcase(name, pattern) for name in names)


class _Reader:
    """Check one table; every error names the file, the key and the remedy."""

    def __init__(self, path: str, rules: Sequence[str]) -> None:
        self._path = path
        self._rules = rules

    def own(self, tool: Any) -> Any:
        """Return our table among those of other tools, or an empty one.

        Raises:
            ConfigError: A table's name is nearly ours, so it was probably meant for us.

        """
        for name in self._table(tool, "tool", None):
            if name != _TABLE and get_close_matches(name, [_TABLE], 1, 0.85):
                raise self._fail(f"unknown table `tool.{name}`", f"did you mean `tool.{_TABLE}`?")
        return tool.get(_TABLE, {})

    def config(self, table: Any) -> Config:
        """Return the configuration in our table."""
        values = self._table(table, f"tool.{_TABLE}", _KEYS)
        off = self._list(values.get("off", []), "off")
        severity = self._table(values.get("severity", {}), "severity", None)
        kinds = self._table(values.get("kinds", {}), "kinds", get_args(Kind))
        return Config(
            off=frozenset(self._rule(item, "off") for item in off),
            severity={
                self._rule(key, "severity"): self._severity(key, value) for key, value in severity.items()
            },
            kinds=tuple((kind, item) for kind in kinds for item in self._list(kinds[kind], f"kinds.{kind}")),  # type: ignore[misc] # the table's keys were checked against Kind
            acknowledge=self._acknowledgements(values.get("acknowledge", [])),
        )

    def _fail(self, what: str, remedy: str) -> ConfigError:
        return ConfigError(f"`{self._path}`: {what}; {remedy}")

    def _near(self, value: str, known: Sequence[str]) -> str:
        near = get_close_matches(value, known, 1, 0.5)
        return (
            f"did you mean `{near[0]}`?" if near else f"it can be {', '.join(f'`{name}`' for name in known)}"
        )

    def _table(self, value: Any, key: str, known: Sequence[str] | None) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self._fail(f"`{key}` is {_kind_of(value)}", "make it a table")
        for name in value:
            if known is not None and name not in known:
                raise self._fail(f"unknown key `{name}` in `{key}`", self._near(name, known))
        return value

    def _list(self, value: Any, key: str) -> list[str]:
        if not isinstance(value, list):
            raise self._fail(f"`{key}` is {_kind_of(value)}", "make it a list of strings")
        for item in value:
            if not isinstance(item, str):
                raise self._fail(f"`{key}` holds {_kind_of(item)}", "make it a list of strings")
        return value

    def _rule(self, value: Any, key: str) -> str:
        name = str(value).rpartition("::")[2].upper()
        if name not in self._rules:
            raise self._fail(
                f"unknown rule `{value}` in `{key}`",
                self._near(name, self._rules) + " (`bedrock-planes rules` lists them)"
                if get_close_matches(name, self._rules, 1, 0.5)
                else "`bedrock-planes rules` lists them",
            )
        return name

    def _severity(self, rule: str, value: Any) -> Severity:
        if value not in get_args(Severity):
            raise self._fail(f"`severity.{rule}` is `{value}`", self._near(str(value), get_args(Severity)))
        return value  # type: ignore[no-any-return] # checked on the line before

    def _acknowledgements(self, value: Any) -> tuple[AcknowledgeRule, ...]:
        if not isinstance(value, list):
            raise self._fail(
                f"`acknowledge` is {_kind_of(value)}", "write `[[tool.bedrock-planes.acknowledge]]`"
            )
        return tuple(self._acknowledgement(item, index) for index, item in enumerate(value))

    def _acknowledgement(self, value: Any, index: int) -> AcknowledgeRule:
        key = f"acknowledge[{index}]"
        entry = self._table(value, key, _ACKNOWLEDGE_KEYS)
        if "rule" not in entry:
            raise self._fail(f"`{key}` names no rule", 'add `rule = "BP101"`')
        reason = entry.get("reason")
        if not isinstance(reason, str) or not reason.strip():
            raise self._fail(f"`{key}` has no reason", 'add `reason = "..."`: an acknowledgement says why')
        principal = entry.get("principal", "*")
        if not isinstance(principal, str):
            raise self._fail(f"`{key}.principal` is {_kind_of(principal)}", "make it a pattern of the name")
        return AcknowledgeRule(
            self._rule(entry["rule"], key),
            principal,
            reason.strip(),
            self._date(entry.get("expires"), key),
            self._path,
        )

    def _date(self, value: Any, key: str) -> date | None:
        if value is None:
            return None
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError) as error:
            raise self._fail(f"`{key}.expires` is `{value}`", "write a date such as 2027-03-31") from error


def _kind_of(value: Any) -> str:
    names = {dict: "a table", list: "a list", str: "a string", int: "a number", bool: "a Boolean"}
    return names.get(type(value), f"a {type(value).__name__}")
