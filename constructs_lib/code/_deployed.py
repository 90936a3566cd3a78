"""The code that functions run: find it in the input, leave out other people's, and read the rest.

A function's code is its asset in a cloud assembly (by the hash in ``S3Key``), inline text, or the folder that
SAM's ``CodeUri`` names. Sources:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-code.html
https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
https://packaging.python.org/en/latest/specifications/recording-installed-packages/ (``RECORD``)
https://tc39.es/ecma426/ (source maps)
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile, ZipFile

from constructs_lib.code._languages import language_of
from constructs_lib.code._scan import scan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.code._model import ApiCall, Scan
    from constructs_lib.templates import Model, Principal, Resource

__all__ = ["DeployedCode", "deployed_code"]

_ROLES = {
    "AWS::Lambda::Function": "Role",
    "AWS::Serverless::Function": "Role",
    "AWS::BedrockAgentCore::Runtime": "RoleArn",
    "AWS::ECS::TaskDefinition": "TaskRoleArn",
}
_FUNCTIONS = frozenset({"AWS::Lambda::Function", "AWS::Serverless::Function"})
_HASH = re.compile(r"[0-9a-f]{64}")
_LARGEST = 300_000_000
"""Bytes of a zip's code files that are unpacked; a function's package has at most 250 MB."""
_OTHERS = frozenset({"node_modules", "site-packages", "__pycache__", "vendor", "dist-packages"})
_SCRIPTS = (".js", ".mjs", ".cjs")
_OF_AWS = re.compile(
    r"(?:^|/)(?:boto3|botocore|s3transfer|aws_cdk|mypy_boto3\w*|types_boto3\w*|moto|@aws-sdk|@smithy)/"
)
# Tests that are packaged with a function don't run in it.
_TESTS = re.compile(
    r"(?:^|/)(?:tests?/|__tests__/|conftest\.py$|test_[^/]*\.py$|[^/]*_test\.(?:py|go)$)|\.(?:test|spec)\."
)
_BEDROCK = re.compile(rb"bedrock", re.IGNORECASE)
# Libraries that call Bedrock in ways that a scan follows in part; their pages list Bedrock as a provider.
_FRAMEWORKS = re.compile(
    rb"langchain|langgraph|litellm|strands|llama_index|crewai|haystack|dspy|mem0|instructor|pydantic_ai|"
    rb"AnthropicBedrock|anthropic-ai/bedrock|@ai-sdk/amazon-bedrock|semantic_kernel|autogen|agno"
)
_INLINED = re.compile(r"^(?:// |\s*/\*+ )(?P<path>[\w@./-]+\.(?:[cm]?[jt]sx?|json))(?: \*/)?\s*$")
_MAP = re.compile(r"//# sourceMappingURL=(\S+)\s*\Z")


@dataclass(frozen=True, slots=True)
class DeployedCode:
    """The code that one resource runs as one principal, and what it calls.

    Attributes:
        name: The logical id of the resource.
        principal: The id of the principal.
        calls: The calls of Bedrock in the application's own code.
        unread: What was not read: paths, each with the reason.
        has_libraries: Whether it uses libraries that may call Bedrock themselves.
        given_as: The name under which the user gave the code; empty if it was found.
        size: The bytes of code that were looked at.

    """

    name: str
    principal: str
    calls: tuple[ApiCall, ...]
    unread: tuple[tuple[str, str], ...] = ()
    has_libraries: bool = False
    given_as: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class _Code:
    """What is known of one package of code."""

    calls: tuple[ApiCall, ...] = ()
    unread: tuple[tuple[str, str], ...] = ()
    has_libraries: bool = False
    size: int = 0


def deployed_code(model: Model, code_of: Mapping[str, str]) -> list[DeployedCode]:
    """Return the code of what runs as a role of the model.

    Args:
        model: What was read from the input.
        code_of: Paths of code by logical id, name or construct path.

    """
    reader = _Reader(model)
    found = []
    for resource in model.resources:
        role = resource.properties.get(_ROLES.get(resource.type, ""))
        given = _given(code_of, resource.logical_id, resource.construct_path)
        if given is None and resource.type not in _FUNCTIONS:
            continue
        for principal in reader.principals(resource, role):
            code = reader.of_path(code_of[given]) if given else reader.of_function(resource)
            found.append(_deployed(resource.logical_id, principal, code, given or ""))
    for item in model.principals:
        given = _given(code_of, item.name, item.construct_path)
        if given is not None:
            found.append(_deployed(item.name, item.id, reader.of_path(code_of[given]), given))
    return found


def _deployed(name: str, principal: str, code: _Code, given: str) -> DeployedCode:
    return DeployedCode(name, principal, code.calls, code.unread, code.has_libraries, given, code.size)


def _given(code_of: Mapping[str, str], *names: str | None) -> str | None:
    return next((name for name in names if name is not None and name in code_of), None)


class _Reader:
    """Reads each package once."""

    def __init__(self, model: Model) -> None:
        self._known: dict[tuple[str, str], _Code] = {}
        self._by_arn: dict[tuple[str, str], list[Principal]] = {}
        for item in model.principals:
            self._by_arn.setdefault((item.origin.path, item.arn), []).append(item)
            self._by_arn.setdefault(("", item.arn.rpartition("/")[2]), []).append(item)

    def principals(self, resource: Resource, role: Any) -> Iterator[str]:
        """Yield the ids of the principals that a resource runs as."""
        for text in role if isinstance(role, list) else [role]:
            if not isinstance(text, str):
                continue
            own = self._by_arn.get((resource.origin.path, text))
            named = self._by_arn.get(("", text.rpartition("/")[2])) or ()
            for item in own or (named if len(named) == 1 else ()):
                yield item.id

    def of_function(self, resource: Resource) -> _Code:
        """Return the code of a function."""
        where = f"{resource.origin.path}#{resource.logical_id}"
        properties = resource.properties
        inline = _inline(properties)
        if inline is not None:
            code = self._inline(where, inline, str(properties.get("Runtime", "")))
        else:
            path = _package(resource)
            if path is None:
                return _Code(unread=((where, _WHY_UNKNOWN),))
            code = self.of_path(path)
        if properties.get("Layers"):
            why = "not read: the code in its layers; their permissions are not judged as unused"
            code = replace(code, unread=(*code.unread, (where, why)))
        return code

    def _inline(self, where: str, text: str, runtime: str) -> _Code:
        ending = ".js" if runtime.startswith("nodejs") else ".py"
        with TemporaryDirectory() as folder:
            Path(folder, f"index{ending}").write_text(text, "utf-8")
            return _read(folder, where)

    def of_path(self, path: str) -> _Code:
        """Return the code in a folder, a zip or a file."""
        key = (os.path.realpath(path), "")
        if key not in self._known:
            self._known[key] = _read_zip(path) if _is_zip(path) else _read(path, path)
        return self._known[key]


_WHY_UNKNOWN = (
    "not read: its code is not in the input (a container, or an object in Amazon S3); "
    "give it with `--code-of NAME=PATH`"
)


def _inline(properties: Mapping[str, Any]) -> str | None:
    code = properties.get("Code")
    text = code.get("ZipFile") if isinstance(code, Mapping) else properties.get("InlineCode")
    return text if isinstance(text, str) else None


def _package(resource: Resource) -> str | None:
    """Return the path of a function's package."""
    folder = Path(resource.origin.path).parent
    code = resource.properties.get("Code", resource.properties.get("CodeUri"))
    if isinstance(code, str) and "://" not in code and (folder / code).exists():
        return str(folder / code)
    key = code.get("S3Key", code.get("Key")) if isinstance(code, Mapping) else code
    if not isinstance(key, str):
        return None
    return next(_assets(folder, key), None)


def _assets(folder: Path, key: str) -> Iterator[str]:
    """Yield the asset that has an object's key, by the manifests of assets, and by its name."""
    match = _HASH.search(key)
    for manifest in sorted(folder.glob("*.assets.json")):
        try:
            files = json.loads(manifest.read_text("utf-8")).get("files", {})
        except (OSError, ValueError, AttributeError):  # the name of the asset may still be found below
            continue
        for name, item in files.items():
            keys = {str(place.get("objectKey")) for place in item.get("destinations", {}).values()}
            source = str(item.get("source", {}).get("path", ""))
            is_meant = key in keys or (match is not None and name.startswith(match[0]))
            if is_meant and source and PurePosixPath(source).parts.count("..") < 2:
                path = folder / source
                if path.exists():
                    yield str(path)
    if match is not None:
        for base in (folder, folder.parent):
            yield from (str(path) for path in sorted(base.glob(f"asset.{match[0]}*")))


def _is_zip(path: str) -> bool:
    return path.endswith((".zip", ".jar", ".whl")) and Path(path).is_file()


def _read_zip(path: str) -> _Code:
    """Return the code in a zip, whose files of code are unpacked for it."""
    try:
        with ZipFile(path) as archive, TemporaryDirectory() as folder:
            items = [item for item in archive.infolist() if _is_wanted(item.filename)]
            if sum(item.file_size for item in items) > _LARGEST:
                return _Code(unread=((path, "not read: it unpacks to more than 300 MB"),))
            for item in items:
                archive.extract(item, folder)
            return _read(folder, path)
    except (OSError, BadZipFile, RuntimeError, NotImplementedError) as error:  # damaged or encrypted
        return _Code(unread=((path, f"not read: not a zip that can be unpacked ({error})"),))


def _is_wanted(name: str) -> bool:
    return not name.endswith("/") and (
        name.endswith((".map", "/RECORD")) or language_of(name, b"") is not None or "." not in Path(name).name
    )


# ---------------------------------------------------------------------------------------------- reading


def _read(root: str, shown: str) -> _Code:
    """Return what the application's own code under a path calls.

    Args:
        root: The folder or file.
        shown: How its place is shown.

    """
    own, others = _sorted(root)
    unread: list[tuple[str, str]] = []
    size = sum(map(_size, (*own, *others)))
    has_libraries = any(_mentions(path, _BEDROCK) for path in others if not _OF_AWS.search(_posix(path)))
    with TemporaryDirectory() as folder:
        paths: list[str] = []
        for path in own:
            has_libraries = has_libraries or _mentions(path, _FRAMEWORKS)
            if path.endswith(_SCRIPTS):
                sources, why = _bundle(path, os.path.relpath(path, root), folder)
                paths += sources
                if why:
                    unread.append((path, why))
            else:
                paths.append(path)
        found = scan(paths)
        roots = ((folder, shown), (root, shown))
        calls = tuple(replace(call, path=_renamed(call.path, roots)) for call in found.calls)
        unread = [(_renamed(path, roots), why) for path, why in (*unread, *_gaps(found))]
    if not own:
        unread.append((shown, "not read: it holds no source code of a language that is read"))
    return _Code(calls, tuple(dict.fromkeys(unread)), has_libraries, size)


def _gaps(found: Scan) -> Iterator[tuple[str, str]]:
    for item in found.unresolved:
        yield item.path, f"line {item.line}: {item.why}"


def _renamed(path: str, roots: tuple[tuple[str, str], ...]) -> str:
    for root, shown in roots:
        if path == root:
            return shown
        if path.startswith(f"{root}{os.sep}"):
            return f"{shown}/{_posix(path[len(root) + 1 :])}"
    return path


def _posix(path: str) -> str:
    return path.replace(os.sep, "/")


def _size(path: str) -> int:
    try:
        return Path(path).stat().st_size
    except OSError:  # the scan says what is wrong with it
        return 0


def _mentions(path: str, words: re.Pattern[bytes]) -> bool:
    try:
        return words.search(Path(path).read_bytes()) is not None
    except OSError:  # the scan says what is wrong with it
        return False


def _sorted(root: str) -> tuple[list[str], list[str]]:
    """Return the files of code: one's own, and those of other people's packages."""
    if not Path(root).is_dir():
        return [root], []
    own: list[str] = []
    others: list[str] = []
    recorded: set[str] = set()
    for folder, folders, names in os.walk(root):
        folders.sort()
        is_own = not _OTHERS & set(Path(os.path.relpath(folder, root)).parts)
        for name in list(folders):
            if name.endswith(".dist-info"):
                recorded |= _recorded(folder, name)
                folders.remove(name)
            elif name.startswith("."):
                folders.remove(name)
        for name in sorted(names):
            path = os.path.join(folder, name)  # noqa: PTH118 - keeps the path as it is given
            if _is_code(path) and not _TESTS.search(_posix(os.path.relpath(path, root))):
                (own if is_own else others).append(path)
    theirs = {
        path
        for path in own
        if os.path.normpath(path) in recorded or _OF_AWS.search(_posix(os.path.relpath(path, root)))
    }
    return [path for path in own if path not in theirs], [*others, *sorted(theirs)]


def _is_code(path: str) -> bool:
    if "." in Path(path).name:
        return language_of(path, b"") is not None
    try:
        with Path(path).open("rb") as stream:
            return language_of(path, stream.read(200)) is not None
    except OSError:  # a broken link
        return False


def _recorded(folder: str, info: str) -> set[str]:
    """Return the files of an installed package of Python."""
    try:
        lines = Path(folder, info, "RECORD").read_text("utf-8", "replace").splitlines()
    except OSError:  # packages of a system have none
        return set()
    names = (line.rsplit(",", 2)[0].strip('"') for line in lines)
    return {os.path.normpath(os.path.join(folder, name)) for name in names if name}  # noqa: PTH118 - it is not opened


# ---------------------------------------------------------------------------------------------- bundles


def _bundle(path: str, name: str, folder: str) -> tuple[list[str], str]:
    """Return the files to scan for a file of JavaScript, and why it isn't read.

    A bundle is replaced by the application's own sources: those in its source map, or those between the
    comments that esbuild writes before each file.
    """
    try:
        text = Path(path).read_text("utf-8", "replace")
    except OSError as error:
        return [], f"not read: {error.strerror or error}"
    sources = _mapped(path, text)
    if sources is not None:
        return [_written(folder, inner, content) for inner, content in sources], ""
    if _is_minified(text):
        return [], "not read: it is a minified bundle; build it with a source map"
    lines = text.splitlines()
    if any((match := _INLINED.match(line)) and "node_modules/" in match["path"] for line in lines):
        return [_written(folder, name, _own_lines(lines))], ""
    return [path], ""


def _written(folder: str, name: str, content: str) -> str:
    parts = [
        part for part in PurePosixPath(_posix(name)).parts if part not in {"..", "/", "."} and ":" not in part
    ]
    path = Path(folder, *(parts or ["source.js"]))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, "utf-8", "replace")
    return str(path)


def _mapped(path: str, text: str) -> list[tuple[str, str]] | None:
    """Return the application's own sources in a file's source map, ``None`` without one that has them."""
    match = _MAP.search(text[-2_000:]) if "sourceMappingURL=data:" not in text else None
    name = Path(path).name + ".map"
    if match and "/" not in match[1]:
        name = match[1]
    try:
        found = json.loads((Path(path).parent / name).read_text("utf-8"))
        pairs = list(zip(found["sources"], found["sourcesContent"], strict=True))
    except (OSError, ValueError, KeyError, TypeError):  # none, or one that does not hold the sources
        return None
    own = [(s, c) for s, c in pairs if isinstance(s, str) and isinstance(c, str) and "node_modules/" not in s]
    return own or None


def _is_minified(text: str) -> bool:
    """Whether the lines are too long for people: generated code has hundreds of characters a line."""
    return len(text) > 2_000 and len(text) / (text.count("\n") + 1) > 200


def _own_lines(lines: list[str]) -> str:
    """Return a bundle with the lines of other people's packages blank, so that lines keep their numbers."""
    kept = []
    is_own = True
    for line in lines:
        if match := _INLINED.match(line):
            is_own = "node_modules/" not in match["path"]
        kept.append(line if is_own else "")
    return "\n".join(kept)
