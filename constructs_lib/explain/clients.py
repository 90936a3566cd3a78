"""Errors that say that a client does not have an operation: the wrong client, or an SDK that is too old.

Which of the two it is depends on the catalogue: a client that has the operation today, and did not when it
was installed, is old.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_lib.catalogue import families, find, spellings

if TYPE_CHECKING:
    from constructs_lib.catalogue import Operation

__all__ = ["BOTO_CLASSES", "ClientFault", "client_line", "find_client_fault"]

BOTO_CLASSES = {
    "Bedrock": "bedrock",
    "AgentsforBedrock": "bedrock-agent",
    "DataAutomationforBedrock": "bedrock-data-automation",
    "BedrockAgentCoreControl": "bedrock-agentcore-control",
    "AgentRegistryControl": "agent-registry-control",
    "BedrockRuntime": "bedrock-runtime",
    "AgentsforBedrockRuntime": "bedrock-agent-runtime",
    "RuntimeforBedrockDataAutomation": "bedrock-data-automation-runtime",
    "BedrockAgentCore": "bedrock-agentcore",
    "AgentRegistry": "agent-registry",
}
"""botocore's classes of clients, which it names after the service's full name."""

_JS_PACKAGE = r"""@aws-sdk/client-((?:bedrock|agent-registry)[\w-]*)"""
_SHAPES: tuple[tuple[str, str, str], ...] = (
    # language, pattern, which group is which: (c)lient, (o)peration
    ("python", r"'(?P<boto>\w+)' object has no attribute '(?P<operation>[\w-]+)'", ""),
    ("python", r"(?P<boto>\w+) has no attribute (?P<operation>invoke_\w+|converse\w*|retrieve\w*)\b", ""),
    (
        "javascript",
        (
            rf"{_JS_PACKAGE}['\"]?.{{0,40}}?(?:does not provide an export named|has no exported "
            r"member)\W+(?P<operation>\w+)"
        ),
        "package",
    ),
    (
        "javascript",
        (
            rf"(?:No matching export|[Ee]xport)\W.{{0,40}}?['\"](?P<operation>\w+)['\"].{{0,60}}?(?:was "
            rf")?not found in\W+{_JS_PACKAGE}"
        ),
        "package",
    ),
    (
        "javascript",
        (
            r"No matching export in .{0,80}?client-(?P<jsdir>bedrock[\w-]*)/.{0,80}?for "
            r"import\W+(?P<operation>\w+)"
        ),
        "",
    ),
    (
        "javascript",
        (
            r"\b[\w$]*?client_?(?P<js>[Bb]edrock[A-Za-z_]*?)(?:_*\d+)?\."
            r"(?P<operation>\w+?)Command\d* is not a constructor"
        ),
        "",
    ),
    ("javascript", r"\b(?P<operation>\w+?)Command\d* is not a constructor", ""),
    ("javascript", r"\b(?:[\w$]+\.)+(?P<operation>\w+) is not a function", ""),
    ("typescript", r"Property '(?P<operation>\w+)' does not exist on type '(?P<js>\w+?)(?:Client)?'", ""),
    (
        "javascript",
        r"Argument of type '(?P<operation>\w+)Command' is not assignable to parameter of type 'Command<",
        "",
    ),
    (
        "java",
        (
            r"[Tt]he method (?P<operation>\w+)\(.{0,200}?\) is undefined for the type "
            r"(?P<java>\w+?)(?:Async)?Client"
        ),
        "",
    ),
    (
        "java",
        (
            r"cannot find symbol.{0,200}?method (?P<operation>\w+)\(.{0,300}?of type (?:[a-z]\w*\.){0,9}"
            r"(?P<java>\w+?)(?:Async)?Client"
        ),
        "",
    ),
    (
        "java",
        (
            r"cannot find symbol.{0,200}?class (?P<operation>\w+?)(?:Request|Response).{0,200}?package "
            r"software\.amazon\.awssdk\.services\.(?P<javapackage>\w+)"
        ),
        "",
    ),
    (
        "java",
        r"NoSuchMethodError.{0,200}?services\.\w+\.(?P<java>\w+?)(?:Async)?Client[.#](?P<operation>\w+)",
        "",
    ),
    (
        "go",
        r"\.(?P<operation>[A-Z]\w+) undefined \(type \*?(?P<go>\w+)\.Client has no (?:field or )?method",
        "",
    ),
    ("go", r"undefined: (?P<go>bedrock\w*)\.(?P<operation>\w+?)(?:Input|Output)\b", ""),
    (
        "csharp",
        (
            r"'(?:IAmazon|Amazon)(?P<java>\w+?)(?:Client)?' does not contain a definition for "
            r"'(?P<operation>\w+?)(?:Async)?'"
        ),
        "",
    ),
    ("ruby", r"undefined method [`'](?P<operation>\w+)' for .{0,20}?Aws::(?P<java>\w+)::Client", ""),
)
_PATTERNS = [(language, re.compile(pattern)) for language, pattern, _ in _SHAPES]
_CLI_CHOICE = re.compile(r"[Ii]nvalid choice|Found invalid choice|valid choices are")
_CLI_COMMAND = re.compile(
    r"\baws\s+(?:--?[\w-]+(?:[ "
    r"=]\S+)?\s+)*(?P<client>(?:bedrock|agent-registry)[\w-]*)\s+(?P<operation>[a-z][a-z-]+)"
)
_CLI_NAMED = re.compile(r"[Ii]nvalid choice:? ['\"](?P<name>[\w-]+)['\"]")
_UNKNOWN_SERVICE = re.compile(r"Unknown service: '(?P<client>[\w-]+)'")
_UNKNOWN_OPERATION = re.compile(
    r"UnknownOperation(?:Exception)?\b|operation is not recognized by the service", re.IGNORECASE
)
_PATH = re.compile(
    r"/(?:(?P<model>model/[^/\s]+/)(?P<verb>converse-stream|converse|invoke-with-response-stream|invoke)\b|"
    r"(?P<retrieve>knowledgebases/\w+/retrieve)\b|(?P<agent>agents/\w+/agentAliases/\w+/sessions/))"
)
_VERBS = {
    "converse": "Converse",
    "converse-stream": "ConverseStream",
    "invoke": "InvokeModel",
    "invoke-with-response-stream": "InvokeModelWithResponseStream",
}


@dataclass(frozen=True, slots=True)
class ClientFault:
    """A client that lacks an operation, as an error says it.

    Attributes:
        language: ``python``, ``javascript``, ``typescript``, ``java``, ``go``, ``csharp``, ``ruby`` or
            ``cli``.
        client: The client in the error, empty if it does not say.
        name: The operation as the error writes it, empty if it does not say.
        operations: The operations of that name, of whichever client.
        close: Similar names, when there is none.

    """

    language: str
    client: str
    name: str
    operations: tuple[Operation, ...]
    close: tuple[str, ...] = ()

    @property
    def is_old(self) -> bool:
        """Whether the client has the operation today."""
        return any(o.client == self.client for o in self.operations)


def find_client_fault(line: str, operation: str = "") -> ClientFault | None:
    """Return the fault of a client in a text of one line, ``None`` without one.

    Args:
        line: The text.
        operation: The operation that something else in the error names.

    """
    for language, pattern in _PATTERNS:
        for found in pattern.finditer(line):
            fault = _fault(language, found)
            if fault is not None:
                return fault
    if service := _UNKNOWN_SERVICE.search(line):
        client = service["client"].lower()
        return ClientFault("python", client, "", ()) if client in _clients() else None
    if _CLI_CHOICE.search(line) and "argument" in line:
        return _cli_fault(line)
    if _UNKNOWN_OPERATION.search(line):
        name = operation or _by_path(line)
        known = find(name).operations if name else ()
        return ClientFault("javascript", "", name, known)
    return None


def _fault(language: str, found: re.Match[str]) -> ClientFault | None:
    groups = found.groupdict()
    client = _client(groups, found)
    if language in {"python", "java", "go", "csharp", "ruby", "typescript"} and not client:
        return None
    name = found["operation"]
    # JavaScript's classes are the operation's name with an ending.
    known = find(re.sub(r"Command(?:Input|Output)?$", "", name), suggesting=False).operations
    if not known and language == "javascript" and not client:
        return None
    close = () if known else find(name).close
    if not known and not close:
        return ClientFault(language, client, name, ())
    return ClientFault(language, client, name, known, close)


def _client(groups: dict[str, str | None], found: re.Match[str]) -> str:
    """Return botocore's name of the client in a match, empty if it is none of Bedrock's."""
    if boto := groups.get("boto"):
        return BOTO_CLASSES.get(boto, "")
    written = groups.get("java") or groups.get("go") or groups.get("javapackage") or groups.get("js")
    if written:
        key = re.sub(r"[\W_]", "", written).lower()
        return next(
            (f.client for f in families().values() if f.client and (f.service_id or "").lower() == key), ""
        )
    if directory := groups.get("jsdir"):
        return directory if directory in _clients() else ""
    package = next((g for g in found.groups() if g in _clients()), "")
    return package or ""


def _clients() -> frozenset[str]:
    return frozenset(f.client for f in families().values() if f.client)


def _cli_fault(line: str) -> ClientFault | None:
    command, named = _CLI_COMMAND.search(line), _CLI_NAMED.search(line)
    if command is None:
        service = named["name"] if named else ""
        if service in _clients():
            return ClientFault("cli", service, "", ())
        known = find(service).operations if service else ()
        return ClientFault("cli", "", service, known) if known else None
    name = command["operation"]
    found = find(name)
    return ClientFault("cli", command["client"], name, found.operations, found.close)


def _by_path(line: str) -> str:
    """Return the operation of a REST path in a text."""
    path = _PATH.search(line)
    if path is None:
        return ""
    if path["verb"]:
        return _VERBS[path["verb"]]
    return "Retrieve" if path["retrieve"] else "InvokeAgent"


def client_line(operation: Operation, language: str) -> str:
    """Return the line that makes the right client and calls the operation, in a language."""
    spelled = spellings(operation)
    name, client = operation.name, operation.client
    service = families()[operation.family].service_id or ""
    package = service.lower()
    method = (spelled.boto3 or f".{name}()").rpartition(".")[2]
    javascript = (
        f'import {{ {service}Client, {name}Command }} from "@aws-sdk/client-{client}"; '
        f"await new {service}Client({{}}).send(new {name}Command(input))"
    )
    lines = {
        "cli": spelled.cli,
        "javascript": javascript,
        "typescript": javascript,
        "java": spelled.java,
        "go": f"{package}.NewFromConfig(cfg).{name}(ctx, &{package}.{name}Input{{}})",
        "csharp": f"await new Amazon{service}Client().{name}Async(request)",
        "ruby": f"Aws::{service}::Client.new.{method}",
    }
    return lines.get(language) or spelled.boto3 or javascript
