"""The options of plugin, pack and assertions, checked when they are given."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from constructs_lib.review import Config, Options, parse_config
from constructs_lib.review.rules import rules
from constructs_lib.templates import NAMESPACE, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["CheckOptions", "check_options", "rule_ids"]


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """Checked options: of the review, the name of the JSON report (``None``: none), the config file."""

    review: Options
    report: str | None = None
    config: str | None = None


def rule_ids() -> list[str]:
    """Return the ids of all rules as the CDK sees them."""
    return [NAMESPACE + rule.id for rule in rules()]


def check_options(
    *,
    strict: bool,
    off: Iterable[str],
    kinds: Mapping[Kind, Iterable[str]] | None,
    config: str | None = None,
    report: str | None = None,
    code: bool = False,
    code_of: Mapping[str, str] | None = None,
) -> CheckOptions:
    """Check the options of a caller, and add them to those of the configuration file.

    Raises:
        ValueError: A rule or kind is unknown, a text is given for a list, the file is wrong, or a path
            of ``code_of`` doesn't exist.

    """
    read = Config() if config is None else parse_config(_file(config), config, [rule.id for rule in rules()])
    merged = replace(
        read,
        off=read.off.union(_rule(value) for value in _texts("off", off)),
        kinds=(*_kinds(kinds or {}), *read.kinds),
    )
    given = dict(code_of or {})
    for name, path in given.items():
        if not Path(path).exists():
            message = f"`code_of` gives `{path}` for `{name}`, which doesn't exist: give a folder or a file"
            raise ValueError(message)
    return CheckOptions(Options(strict=strict, config=merged, code=code, code_of=given), report, config)


def _file(path: str) -> str:
    try:
        return Path(path).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        message = f"`config` is `{path}`, which can't be read ({error}): give the path of a TOML file"
        raise ValueError(message) from error


def _texts(option: str, values: Iterable[str]) -> list[str]:
    if isinstance(values, str):
        message = f"`{option}` is the text `{values}`: write a list, `[{values!r}]`"
        raise ValueError(message)  # noqa: TRY004 - one class for every wrong option
    return list(values)


def _rule(value: str) -> str:
    known = [rule.id for rule in rules()]
    name = value.removeprefix(NAMESPACE).upper()
    if name not in known:
        near = get_close_matches(name, known, 1, 0.5)
        hint = f"did you mean `{near[0]}`?" if near else "`bedrock-planes rules` lists them"
        message = f"`off` names the rule `{value}`, which doesn't exist: {hint}"
        raise ValueError(message)
    return name


def _kinds(kinds: Mapping[Kind, Iterable[str]]) -> Iterable[tuple[Kind, str]]:
    for kind, patterns in kinds.items():
        if kind not in get_args(Kind):
            known = ", ".join(f"`{name}`" for name in get_args(Kind))
            message = f"`kinds` has the key `{kind}`: use one of {known}"
            raise ValueError(message)
        yield from ((kind, pattern) for pattern in _texts(f"kinds[{kind!r}]", patterns))
