"""Read a ``cdk.out`` folder: manifest, stages, stacks, nested stacks, construct paths and acknowledgements.

The manifest's schema: https://github.com/aws/aws-cdk-cli/tree/main/packages/%40aws-cdk/cloud-assembly-schema
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.templates.cloudformation import TemplateSource, is_template
from constructs_lib.templates.faults import line_of_fault
from constructs_lib.templates.model import NAMESPACE, Input
from constructs_lib.templates.scope import mapping

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["MANIFEST", "AssemblyFiles", "Metadata", "is_manifest", "read_manifest", "read_metadata"]

MANIFEST: Final = "manifest.json"
_REPORT: Final = "validation-report.json"
_MAX_STAGES: Final = 20
_NESTED: Final = re.compile(r"(.*)\.NestedStack/[^/]*\.NestedStackResource\Z")
_HASH: Final = re.compile(r"([0-9a-f]{64})")


def is_manifest(value: object) -> bool:
    """Whether a decoded value is the manifest of a cloud assembly."""
    return isinstance(value, dict) and isinstance(value.get("artifacts"), dict) and "version" in value


@dataclass(slots=True)
class Metadata:
    """The metadata that the CDK writes about the constructs of one stack."""

    logical_ids: list[tuple[str, str]] = field(default_factory=list)  # construct path, logical id
    templates: dict[str, str] = field(default_factory=dict)  # construct path -> template file
    acknowledged: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass(slots=True)
class AssemblyFiles:
    """The templates of an assembly, which are deployed together, and one input for each."""

    inputs: list[Input] = field(default_factory=list)
    sources: list[TemplateSource] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Stack:
    """One template to read: a stack's, or one nested in it."""

    folder: str
    file: str
    construct_path: str
    metadata: Metadata
    account: str | None
    region: str | None
    name: str | None


def read_manifest(folder: str, load: Callable[[str], Any]) -> AssemblyFiles:
    """Read the assembly in a folder.

    Args:
        folder: The folder, as the user gave it.
        load: Decodes a file by path; raises ``ValueError`` or ``OSError`` with a one-line reason.

    """
    reader = _Reader(load, tuple(dict.fromkeys(_read_suppressed(folder, load))))
    reader.stage(folder, 0)
    return reader.files


@dataclass(slots=True)
class _Reader:
    """Reads one assembly; ``accepted`` are the acknowledgements on its app and stages."""

    load: Callable[[str], Any]
    accepted: tuple[tuple[str, str, str], ...]
    files: AssemblyFiles = field(default_factory=AssemblyFiles)

    def note(self, path: str, error: Exception | str | None) -> None:
        text = error if isinstance(error, str) or error is None else line_of_fault(error)
        self.files.inputs.append(Input(path, "cdk-assembly", text))

    def stage(self, folder: str, depth: int) -> None:
        """Read a stage: the stacks of its manifest and the stages in it."""
        path = _join(folder, MANIFEST)
        try:
            manifest = self.load(path)
        except (OSError, ValueError) as error:
            self.note(path, error)
            return
        for name, artifact in mapping(mapping(manifest).get("artifacts")).items():
            kind, properties = mapping(artifact).get("type"), mapping(mapping(artifact).get("properties"))
            if kind == "cdk:cloud-assembly" and depth < _MAX_STAGES:
                directory = _safe(properties.get("directoryName"))
                if directory is not None:
                    self.stage(_join(folder, directory), depth + 1)
            elif kind == "aws:cloudformation:stack":
                self.stack(folder, name, mapping(artifact))

    def stack(self, folder: str, name: str, artifact: dict[str, Any]) -> None:
        """Read a stack's template, with its data from the manifest and the metadata."""
        properties = mapping(artifact.get("properties"))
        template = _safe(properties.get("templateFile"))
        if template is None:
            self.note(_join(folder, MANIFEST), f"stack `{name}` has no `templateFile`; run `cdk synth` again")
            return
        metadata = read_metadata(artifact, folder, self.load)
        shown = artifact.get("displayName")
        own = (path for path, file in metadata.templates.items() if file == template)
        account, region = _environment(artifact.get("environment"))
        stack = _Stack(
            folder=folder,
            file=template,
            construct_path=next(own, shown if isinstance(shown, str) else name),
            metadata=metadata,
            account=account,
            region=region,
            name=str(properties.get("stackName") or name),
        )
        self.template(stack, set())

    def template(self, stack: _Stack, seen: set[str]) -> None:
        """Read one template and those nested in it."""
        path = _join(stack.folder, stack.file)
        seen.add(stack.file)
        try:
            body = self.load(path)
        except (OSError, ValueError) as error:
            self.note(path, error)
            return
        if not is_template(body):
            # A stack without resources is a template too.
            is_empty = isinstance(body, dict) and "Resources" not in body
            self.note(path, None if is_empty else "not a CloudFormation template; run `cdk synth` again")
            return
        self.note(path, None)
        ids = _ids(stack)
        nested = dict(_nested(body, stack, ids, self.load))
        self.files.sources.append(
            TemplateSource(
                path=path,
                body=body,
                stack=stack.name,
                account=stack.account,
                region=stack.region,
                construct_paths=ids,
                acknowledged=tuple(dict.fromkeys((*stack.metadata.acknowledged, *self.accepted))),
                nested={logical_id: _join(stack.folder, file) for logical_id, (file, _) in nested.items()},
            )
        )
        for file, construct_path in nested.values():
            if file not in seen:
                self.template(replace(stack, file=file, construct_path=construct_path, name=None), seen)


def _ids(stack: _Stack) -> dict[str, str]:
    """Return logical id -> construct path of one template; nested stacks have ids of their own."""
    others = [path for path in stack.metadata.templates if path != stack.construct_path]
    inner = [path for path in others if path.startswith(stack.construct_path + "/")]
    is_root = stack.construct_path not in others and not any(
        stack.construct_path.startswith(path + "/") for path in others
    )
    result: dict[str, str] = {}
    for path, logical_id in stack.metadata.logical_ids:
        below = path.startswith(stack.construct_path + "/") or is_root
        if below and not any(path.startswith(other + "/") for other in inner):
            result[logical_id] = path
    return result


def _nested(
    body: dict[str, Any], stack: _Stack, ids: dict[str, str], load: Callable[[str], Any]
) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield logical id -> (file, construct path) of the nested stacks of a template."""
    assets: dict[str, str] | None = None
    for logical_id, resource in mapping(body.get("Resources")).items():
        if mapping(resource).get("Type") != "AWS::CloudFormation::Stack":
            continue
        metadata = mapping(mapping(resource).get("Metadata"))
        full = ids.get(logical_id) or str(metadata.get("aws:cdk:path", ""))
        match = _NESTED.match(full.strip("/"))
        path = match.group(1) if match else full
        file = _safe(metadata.get("aws:asset:path")) or stack.metadata.templates.get(path)
        if file is None:
            assets = _assets(stack, load) if assets is None else assets
            url = str(mapping(mapping(resource).get("Properties")).get("TemplateURL", ""))
            found = _HASH.search(url)
            file = assets.get(found.group(1)) if found else None
        if file is not None and _safe(file) is not None:
            yield logical_id, (file, path)


def _assets(stack: _Stack, load: Callable[[str], Any]) -> dict[str, str]:
    """Return asset hash -> file of the templates in the stack's asset manifest."""
    name = stack.file.removesuffix(".template.json").removesuffix(".nested")
    try:
        manifest = load(_join(stack.folder, f"{name}.assets.json"))
    except (OSError, ValueError):  # without it nested stacks are unknown, and the report says so
        return {}
    found: dict[str, str] = {}
    for key, item in mapping(mapping(manifest).get("files")).items():
        path = _safe(mapping(mapping(item).get("source")).get("path"))
        if path is not None and path.endswith(".template.json"):
            found[key.split("-")[0]] = path
            for destination in mapping(mapping(item).get("destinations")).values():
                match = _HASH.search(str(mapping(destination).get("objectKey", "")))
                if match:
                    found[match.group(1)] = path
    return found


def _environment(value: object) -> tuple[str | None, str | None]:
    """Return account and Region of ``aws://ACCOUNT/REGION``."""
    parts = str(value or "").removeprefix("aws://").split("/")
    account = parts[0] if re.fullmatch(r"\d{12}", parts[0]) else None
    region = parts[1] if len(parts) > 1 and not parts[1].startswith("unknown") else None
    return account, region or None


def _join(folder: str, name: str) -> str:
    """Return the path of a file of the assembly, as findings show it."""
    return str(PurePosixPath(folder) / name) if folder != "." else f"./{name}"


def _safe(name: object) -> str | None:
    """Return a file name if it stays inside its folder, else ``None``."""
    if not isinstance(name, str) or not name or name.startswith(("/", "\\")):
        return None
    return None if ".." in PurePosixPath(name).parts else name


def read_metadata(artifact: dict[str, Any], folder: str, load: Callable[[str], Any]) -> Metadata:
    """Read a stack's metadata, which is in the manifest or in a file beside it."""
    entries = dict(mapping(artifact.get("metadata")))
    extra = _safe(artifact.get("additionalMetadataFile"))
    if extra is not None:
        # Paths and acknowledgements are extras; the templates are what is reviewed.
        with suppress(OSError, ValueError):
            entries |= mapping(load(_join(folder, extra)))
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
    """Yield the acknowledgements of our rules on one construct; the report says which have no reason."""
    for rule, reason in mapping(data).items():
        if rule.startswith(NAMESPACE):
            yield path.strip("/"), rule, reason.strip() if isinstance(reason, str) else ""


def _read_suppressed(folder: str, load: Callable[[str], Any]) -> Iterator[tuple[str, str, str]]:
    """Yield the acknowledgements on apps and stages: only the validation report has them."""
    try:
        report = load(_join(folder, _REPORT))
    except (OSError, ValueError):  # only newer CDKs write it; without it more is reported, not less
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
