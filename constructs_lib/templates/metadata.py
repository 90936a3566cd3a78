"""What the CDK writes about constructs beside the templates: paths, logical ids, acknowledgements."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.templates.model import NAMESPACE
from constructs_lib.templates.scope import mapping

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Metadata", "join", "read_metadata", "read_suppressed", "safe"]

_REPORT: Final = "validation-report.json"


@dataclass(slots=True)
class Metadata:
    """What the CDK wrote about the constructs of one stack."""

    logical_ids: list[tuple[str, str]] = field(default_factory=list)  # construct path, logical id
    templates: dict[str, str] = field(default_factory=dict)  # construct path -> template file
    acknowledged: list[tuple[str, str, str]] = field(default_factory=list)


def join(folder: str, name: str) -> str:
    """Return the path of a file of the assembly, as findings show it."""
    return str(PurePosixPath(folder) / name) if folder != "." else f"./{name}"


def safe(name: object) -> str | None:
    """Return a file name that stays inside its folder."""
    if not isinstance(name, str) or not name or name.startswith(("/", "\\")):
        return None
    return None if ".." in PurePosixPath(name).parts else name


def read_metadata(artifact: dict[str, Any], folder: str, load: Callable[[str], Any]) -> Metadata:
    """Read a stack's metadata, which stands in the manifest or in a file beside it."""
    entries = dict(mapping(artifact.get("metadata")))
    extra = safe(artifact.get("additionalMetadataFile"))
    if extra is not None:
        # Paths and acknowledgements are extras; the templates are what is reviewed.
        with suppress(OSError, ValueError):
            entries |= mapping(load(join(folder, extra)))
    result = Metadata()
    for path, items in entries.items():
        for item in items if isinstance(items, list) else []:
            kind, data = mapping(item).get("type"), mapping(item).get("data")
            if kind == "aws:cdk:logicalId" and isinstance(data, str):
                result.logical_ids.append((path.strip("/"), data))
            elif kind == "aws:cdk:templateFile" and isinstance(data, str):
                result.templates[path.strip("/")] = data
            elif kind == "aws:cdk:acknowledged-rules":
                # Of two for the same rule on one construct the CDK takes the later.
                result.acknowledged[:0] = _accepted(path, data)
    return result


def _accepted(path: str, data: object) -> Iterator[tuple[str, str, str]]:
    """Yield the acknowledgements of our rules on one construct; a report says which lack a reason."""
    for rule, reason in mapping(data).items():
        if rule.startswith(NAMESPACE):
            yield path.strip("/"), rule, reason.strip() if isinstance(reason, str) else ""


def read_suppressed(folder: str, load: Callable[[str], Any]) -> Iterator[tuple[str, str, str]]:
    """Yield the acknowledgements on apps and stages: they stand only in the validation report."""
    try:
        report = load(join(folder, _REPORT))
    except (OSError, ValueError):  # only newer CDKs write it, and without it more is reported and not less
        return
    plugins = mapping(report).get("pluginReports")
    for plugin in plugins if isinstance(plugins, list) else []:
        suppressed = mapping(plugin).get("suppressedViolations")
        for item in suppressed if isinstance(suppressed, list) else []:
            # Without a path it was acknowledged on the app and covers everything.
            at = mapping(item).get("acknowledgedAt", "")
            if isinstance(at, str):
                yield from _accepted(
                    at, {str(mapping(item).get("acknowledgedId")): mapping(item).get("reason")}
                )
