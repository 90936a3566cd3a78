"""A ``cdk.out`` folder: its manifest, stages, stacks, nested stacks, construct paths and acknowledgements.

The manifest's schema: https://github.com/aws/aws-cdk-cli/tree/main/packages/%40aws-cdk/cloud-assembly-schema
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.review.model import Input
from constructs_lib.review.readers.scope import mapping
from constructs_lib.review.readers.templates import TemplateSource, is_template

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["MANIFEST", "AssemblyFiles", "is_manifest", "read_manifest"]

MANIFEST: Final = "manifest.json"
_REPORT: Final = "validation-report.json"
_MAX_STAGES: Final = 20
_NESTED: Final = re.compile(r"(.*)\.NestedStack/[^/]*\.NestedStackResource\Z")
_NAMESPACE: Final = "bedrock-planes::"
_HASH: Final = re.compile(r"([0-9a-f]{64})")


def is_manifest(value: object) -> bool:
    """Whether a decoded value is the manifest of a cloud assembly."""
    return isinstance(value, dict) and isinstance(value.get("artifacts"), dict) and "version" in value


@dataclass(slots=True)
class AssemblyFiles:
    """What an assembly's files gave: templates that are deployed together, and one input per template."""

    inputs: list[Input] = field(default_factory=list)
    sources: list[TemplateSource] = field(default_factory=list)


@dataclass(slots=True)
class _Metadata:
    """What the CDK wrote about the constructs of one stack."""

    logical_ids: list[tuple[str, str]] = field(default_factory=list)  # construct path, logical id
    templates: dict[str, str] = field(default_factory=dict)  # construct path -> template file
    acknowledged: list[tuple[str, str, str]] = field(default_factory=list)


def read_manifest(folder: str, load: Callable[[str], Any]) -> AssemblyFiles:
    """Read the assembly in a folder.

    Args:
        folder: as the user gave it.
        load: decodes a file by path; raises ``ValueError`` or ``OSError`` with a one-line reason.

    """
    files = AssemblyFiles()
    accepted = tuple(dict.fromkeys(_suppressed(folder, load)))
    _stage(folder, load, files, accepted, 0)
    return files


def _join(folder: str, name: str) -> str:
    return str(PurePosixPath(folder) / name) if folder != "." else f"./{name}"


def _safe(name: object) -> str | None:
    """Return a file name that stays inside its folder."""
    if not isinstance(name, str) or not name or name.startswith(("/", "\\")):
        return None
    return None if ".." in PurePosixPath(name).parts else name


def _stage(
    folder: str,
    load: Callable[[str], Any],
    files: AssemblyFiles,
    accepted: tuple[tuple[str, str, str], ...],
    depth: int,
) -> None:
    path = _join(folder, MANIFEST)
    try:
        manifest = load(path)
    except (OSError, ValueError) as error:
        files.inputs.append(Input(path, "cdk-assembly", _line(error)))
        return
    for name, artifact in mapping(mapping(manifest).get("artifacts")).items():
        kind, properties = mapping(artifact).get("type"), mapping(mapping(artifact).get("properties"))
        if kind == "cdk:cloud-assembly" and depth < _MAX_STAGES:
            directory = _safe(properties.get("directoryName"))
            if directory is not None:
                _stage(_join(folder, directory), load, files, accepted, depth + 1)
        elif kind == "aws:cloudformation:stack":
            _stack(folder, name, mapping(artifact), load, files, accepted)


def _stack(
    folder: str,
    name: str,
    artifact: dict[str, Any],
    load: Callable[[str], Any],
    files: AssemblyFiles,
    accepted: tuple[tuple[str, str, str], ...],
) -> None:
    properties = mapping(artifact.get("properties"))
    template = _safe(properties.get("templateFile"))
    if template is None:
        files.inputs.append(
            Input(
                _join(folder, MANIFEST), "cdk-assembly", f"stack `{name}` names no template; synthesize again"
            )
        )
        return
    metadata = _metadata(artifact, folder, load)
    root = artifact.get("displayName") if isinstance(artifact.get("displayName"), str) else name
    stack_path = next((path for path, file in metadata.templates.items() if file == template), str(root))
    account, region = _environment(artifact.get("environment"))
    _templates(
        _Stack(
            folder=folder,
            file=template,
            construct_path=stack_path,
            metadata=metadata,
            accepted=accepted,
            account=account,
            region=region,
            stack=str(properties.get("stackName") or name),
        ),
        load,
        files,
        set(),
    )


@dataclass(frozen=True, slots=True)
class _Stack:
    """One template to read: a stack's, or one nested in it."""

    folder: str
    file: str
    construct_path: str
    metadata: _Metadata
    accepted: tuple[tuple[str, str, str], ...]
    account: str | None
    region: str | None
    stack: str | None


def _templates(stack: _Stack, load: Callable[[str], Any], files: AssemblyFiles, seen: set[str]) -> None:
    """Read a stack's template and those nested in it."""
    path = _join(stack.folder, stack.file)
    seen.add(stack.file)
    try:
        body = load(path)
    except (OSError, ValueError) as error:
        files.inputs.append(Input(path, "cdk-assembly", _line(error)))
        return
    if not is_template(body):
        # A stack without resources is a template too.
        fault = (
            None
            if isinstance(body, dict) and "Resources" not in body
            else "not a CloudFormation template; synthesize again"
        )
        files.inputs.append(Input(path, "cdk-assembly", fault))
        return
    files.inputs.append(Input(path, "cdk-assembly", None))
    ids = _ids(stack)
    nested = dict(_nested(body, stack, ids, load))
    files.sources.append(
        TemplateSource(
            path=path,
            body=body,
            stack=stack.stack,
            account=stack.account,
            region=stack.region,
            construct_paths=ids,
            acknowledged=tuple(dict.fromkeys((*stack.metadata.acknowledged, *stack.accepted))),
            nested={logical_id: _join(stack.folder, file) for logical_id, (file, _) in nested.items()},
        )
    )
    for file, construct_path in nested.values():
        if file not in seen:
            inner = _Stack(
                stack.folder,
                file,
                construct_path,
                stack.metadata,
                stack.accepted,
                stack.account,
                stack.region,
                None,
            )
            _templates(inner, load, files, seen)


def _ids(stack: _Stack) -> dict[str, str]:
    """Return logical id -> construct path of one template: nested stacks use ids of their own."""
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
    except (OSError, ValueError):
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
    """Take ``aws://ACCOUNT/REGION`` apart."""
    parts = str(value or "").removeprefix("aws://").split("/")
    account = parts[0] if re.fullmatch(r"\d{12}", parts[0]) else None
    region = parts[1] if len(parts) > 1 and not parts[1].startswith("unknown") else None
    return account, region or None


def _metadata(artifact: dict[str, Any], folder: str, load: Callable[[str], Any]) -> _Metadata:
    """Read a stack's metadata, which stands in the manifest or in a file beside it."""
    entries = dict(mapping(artifact.get("metadata")))
    extra = _safe(artifact.get("additionalMetadataFile"))
    if extra is not None:
        try:
            entries |= mapping(load(_join(folder, extra)))
        except (OSError, ValueError):
            pass  # paths and acknowledgements are extras; the templates are what is reviewed
    result = _Metadata()
    for path, items in entries.items():
        for item in items if isinstance(items, list) else []:
            kind, data = mapping(item).get("type"), mapping(item).get("data")
            if kind == "aws:cdk:logicalId" and isinstance(data, str):
                result.logical_ids.append((path.strip("/"), data))
            elif kind == "aws:cdk:templateFile" and isinstance(data, str):
                result.templates[path.strip("/")] = data
            elif kind == "aws:cdk:acknowledged-rules":
                result.acknowledged += _accepted(path, data)
    return result


def _accepted(path: str, data: object) -> Iterator[tuple[str, str, str]]:
    """Yield the acknowledgements of our rules on one construct; without a reason they don't count."""
    for rule, reason in mapping(data).items():
        if rule.startswith(_NAMESPACE) and isinstance(reason, str) and reason.strip():
            yield path.strip("/"), rule, reason.strip()


def _suppressed(folder: str, load: Callable[[str], Any]) -> Iterator[tuple[str, str, str]]:
    """Yield the acknowledgements on apps and stages: they stand only in the validation report."""
    try:
        report = load(_join(folder, _REPORT))
    except (OSError, ValueError):
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


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
