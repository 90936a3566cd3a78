"""What an error's text says of itself: its message, code, operation, service, Region and caller.

Errors arrive in the wrappings of boto3, the AWS CLI, the SDKs for JavaScript, Java and Go, CloudTrail,
CloudFormation and logs. Each is unwrapped here into one :class:`Evidence`; what the message means is judged
elsewhere.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from constructs_lib.catalogue import families

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["LONGEST", "Evidence", "gather"]

LONGEST = 20_000
"""Characters of an error that are read; of a longer text the first and last halves of that are."""

_LONGEST_WORD = 2048

_CODE = r"[A-Z]\w*?(?:Exception|Error|Failure|Fault|Denied|Expired|Throttled|Signature|Token|Operation)"
_BOTO = re.compile(r"[Aa]n error occurred \((\w+)\)(?: when calling the (\w+) operation)?")
_GO = re.compile(r"operation error ([\w -]+?): (\w+)")
_JAVA = re.compile(r"software\.amazon\.awssdk\.services\.(\w+)\.model\.(\w+)")
_JAVA_V1 = re.compile(r"\(Service: (\w+)[;,]")
_JS_STACK = re.compile(r"\bde_(\w+?)Command(?:Error)?\b")
_AWS_CLI = re.compile(
    r"\baws\s+(?:--?[\w-]+(?:[ =]\S+)?\s+)*((?:bedrock|agent-registry)[\w-]*)\s+([a-z][a-z0-9-]+)"
)
_HOST = re.compile(
    r"\b((?:bedrock|agent-registry)[\w-]*)\.([a-z]{2}(?:-[a-z]+)+-\d)\.(?:amazonaws\.com|api\.aws)"
)
_ARN_REGION = re.compile(r"\barn:aws[\w-]*:bedrock[\w-]*:([a-z]{2}(?:-[a-z]+)+-\d):")
_REGION_FIELD = re.compile(
    r"""\b(?:aws_?region|region(?:_name)?)["']?\s*[:=]\s*["']?([a-z]{2}(?:-[a-z]+)+-\d)\b""", re.IGNORECASE
)
_NAMED = re.compile(
    rf"""["']?(?:__type|errorCode|errorType|[Cc]ode|name|ErrorType)["']?\s*[:=]\s*["']?(?:[\w.]+#)?({_CODE})\b"""
)
_ANY_CODE = re.compile(rf"(?<![\w.])(?:[\w]+[.#])*({_CODE})\b")
# A member of a response stream, which has the exception's name in lower case:
# https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStreamOutput.html
_OF_STREAM = re.compile(r"""(?<![\w.])([a-z][A-Za-z]{3,60}Exception)["']?\s*:""")
_STATUS = re.compile(r"(?:[Ss]tatus ?[Cc]ode|HTTP|httpStatusCode|http_status_)\D{0,3}(\d{3})\b")
_NOT_CODES = frozenset(
    {
        "ClientError",
        "TypeError",
        "ValueError",
        "RuntimeError",
        "Error",
        "ErrorType",
        "AttributeError",
        "KeyError",
        "APIConnectionError",
        "SdkClientException",
        "EventStreamError",
        "CompletionException",
        "BedrockException",
        "ResponseError",
        "OperationError",
        "HandlerError",
    }
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the text of an error says.

    Attributes:
        text: The whole text, in one line, with straight quotes.
        code: The exception or error code, empty if there is none.
        operation: The operation that was called, empty if the text does not say.
        client: The SDK client as botocore names it, empty if the text does not say.
        region: The Region, empty if the text does not say.
        principal: The ARN of the caller, empty if the text does not say.
        status: The HTTP status, 0 if the text does not say.
        resource_type: The CloudFormation type that failed, empty outside CloudFormation.
        model: The model, profile or ARN of the request, empty if the text does not say.
        message: The sentence of AWS or of the SDK, without what wraps it; empty if it can't be told.

    """

    text: str
    code: str = ""
    operation: str = ""
    client: str = ""
    region: str = ""
    principal: str = ""
    status: int = 0
    resource_type: str = ""
    model: str = ""
    message: str = ""


def gather(text: str) -> Evidence:
    """Return what ``text`` says, whatever wraps it."""
    if len(text) > LONGEST:
        text = text[: LONGEST // 2] + "\n" + text[-LONGEST // 2 :]
    for document in _documents(text):
        found = _from_document(document)
        if found is not None:
            return found
    return _from_text(text)


# ------------------------------------------------------------------------------------------ JSON wrappings


def _documents(text: str) -> Iterator[Mapping[str, Any]]:
    """Return the JSON objects of a text: the whole text, or each line of a log."""
    candidates = [text, *text.splitlines()] if text.lstrip()[:1] in "{[" or "{" in text else []
    for candidate in candidates[:2000]:
        start = candidate.find("{")
        bracket = candidate.find("[")
        if bracket != -1 and (start == -1 or bracket < start) and not candidate[:bracket].strip():
            start = bracket
        if start == -1:
            continue
        try:
            value, _ = json.JSONDecoder().raw_decode(candidate[start:])
        except (ValueError, RecursionError):  # a line of a log that is no JSON
            continue
        yield from _objects(value)


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list):
        for item in value:
            yield from _objects(item)
    elif isinstance(value, dict):
        for key in ("Records", "StackEvents", "Events", "events"):
            if isinstance(value.get(key), list):
                # CloudFormation lists its newest event first; the first failure is the cause of the others.
                items = value[key]
                yield from _objects(items[::-1] if key == "StackEvents" else items)
                return
        for key in ("detail", "CloudTrailEvent"):
            inner = value.get(key)
            if isinstance(inner, str):
                try:
                    inner = json.loads(inner)
                except (ValueError, RecursionError):  # a text in the field, which is read as text
                    inner = None
            if isinstance(inner, dict):
                yield inner
                return
        yield value


def _from_document(document: Mapping[str, Any]) -> Evidence | None:
    """Return the evidence of a CloudTrail event, a CloudFormation event or an error as JSON."""
    if "eventSource" in document and ("errorCode" in document or "errorMessage" in document):
        return _from_cloudtrail(document)
    if "ResourceStatusReason" in document:
        return _from_cloudformation(document)
    message = next(
        (
            document[key]
            for key in ("errorMessage", "message", "Message", "error", "reason", "Reason", "StatusReason")
            if isinstance(document.get(key), (str, dict))
        ),
        None,
    )
    if isinstance(message, dict):
        return _from_document(message)
    if message is None and not any(key in document for key in ("__type", "Output")):
        return None
    # The other fields of a log line count too: the model, the Region, the code.
    whole = json.dumps(document, ensure_ascii=False)
    return _from_text(f"{message or ''} {whole}")


def _from_cloudtrail(event: Mapping[str, Any]) -> Evidence:
    """See https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html."""
    identity = _object(event, "userIdentity")
    issuer = _object(_object(identity, "sessionContext"), "sessionIssuer")
    model = _object(event, "requestParameters").get("modelId")
    message = str(event.get("errorMessage") or "")
    base = _from_text(f"{event.get('errorCode') or ''}: {message}")
    return replace(
        base,
        code=str(event.get("errorCode") or base.code),
        operation=str(event.get("eventName") or ""),
        region=str(event.get("awsRegion") or base.region),
        principal=base.principal or str(identity.get("arn") or issuer.get("arn") or ""),
        model=model if isinstance(model, str) else base.model,
    )


def _object(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    inner = value.get(key)
    return inner if isinstance(inner, dict) else {}


def _from_cloudformation(event: Mapping[str, Any]) -> Evidence | None:
    status = str(event.get("ResourceStatus", "FAILED"))
    reason = str(event.get("ResourceStatusReason") or "")
    if "FAILED" not in status or "cancelled" in reason:
        return None
    return replace(_from_text(reason), resource_type=str(event.get("ResourceType") or ""))


# -------------------------------------------------------------------------------------------- plain texts


def _from_text(text: str) -> Evidence:
    line = _one_line(text)
    code, operation, client = "", "", ""
    if boto := _BOTO.search(line):
        code, operation = boto[1], boto[2] or ""
    if go := _GO.search(line):
        client, operation = _client(go[1]), operation or go[2]
    if java := _JAVA.search(line):
        client, code = client or _client(java[1]), code or java[2]
    elif service := _JAVA_V1.search(line):
        client = client or _client(service[1])
    if not operation and (stack := _JS_STACK.search(line)):
        operation = stack[1]
    if command := _AWS_CLI.search(line):
        client = client or command[1]
        operation = operation or "".join(word.capitalize() for word in command[2].split("-"))
    host = _HOST.search(line)
    client = client or (host[1] if host else "")
    if not code and (named := _NAMED.search(line)):
        code = named[1]
    if not code or code in _NOT_CODES:
        code = next((m[1] for m in _ANY_CODE.finditer(line) if m[1] not in _NOT_CODES), code)
    if (not code or code in _NOT_CODES) and (member := _OF_STREAM.search(line)):
        code = member[1]
    status = _STATUS.search(line)
    stack_event = re.search(r"\b(AWS::[\w:]+)\b", line)
    return Evidence(
        text=line,
        code=code[:1].upper() + code[1:],
        operation=operation,
        client=client if client in {f.client for f in families().values()} else "",
        region=_region(line, host),
        status=int(status[1]) if status else 0,
        resource_type=stack_event[1] if stack_event else "",
        model=_model(line),
        message=_message(line),
    )


# What stands before the message, the particular forms first.
_BEFORE = (
    re.compile(
        r"error occurred \(\w+\)(?: when calling the \w+ operation)?(?: \(reached max retries: \d+\))?: "
    ),
    re.compile(r"[Hh]andler returned message: \W?(?:Invalid request provided: )?"),
    re.compile(r"Parameter validation failed: "),
    re.compile(r"\(message: Optional\(\""),
    re.compile(r"""["'](?:[Mm]essage|errorMessage)["']\s*:\s*["']"""),
    re.compile(rf"(?<![\w.])(?:[\w]+[.#])*{_CODE}: "),
    re.compile(r"(?=Unknown parameter in )"),
)
# What ends it: the SDKs' own additions, a stack trace, the rest of a document, another exception.
_AFTER = re.compile(
    r"""\s\(Service: |\s+at (?:async )?[\w$.<>@/]+(?: \(|[.(/@])|\s\{[\s"]|"""
    r"""["']\s*(?:\)|\}|,\s*["'][\w$]+["']\s*:)|\(SDK Attempt|\s\(RequestToken|\sTraceback \(most|"""
    r"""\sDuring handling|\s(?:File|Logs): |\s'?\$metadata|\\[nt]|\sStack:"""
)
_LONGEST_MESSAGE = 400


def _message(line: str) -> str:
    """Return the sentence of AWS or of the SDK in a line."""
    for before in _BEFORE:
        found = before.search(line)
        if found is None:
            continue
        rest = line[found.end() : found.end() + 4 * _LONGEST_MESSAGE]
        after = _AFTER.search(rest)
        said = (rest[: after.start()] if after else rest).strip()
        said = said.strip("\"'") if said.count('"') % 2 or said.count("'") % 2 else said
        if len(said) > _LONGEST_MESSAGE:
            said = f"{said[:_LONGEST_MESSAGE].rpartition(' ')[0]} ..."
        if " " in said:
            return said
    return ""


def _one_line(text: str) -> str:
    """Return ``text`` in one line: straight quotes, no escapes of JSON, no colours of a terminal."""
    text = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", text)
    text = re.sub(
        r"^[ \t]*[\u2500-\u257f]+", "", text, flags=re.MULTILINE
    )  # the frame around Terraform's errors
    text = re.sub(r"\\{3,}", r"\\", text)
    text = text.translate({0x2019: "'", 0x2018: "'", 0x201C: '"', 0x201D: '"', 0x00A0: " ", 0x2011: "-"})
    for escaped, plain in (
        (r"\\\\n", " "),
        (r"\\n", " "),
        (r"\\+\"", '"'),
        (r"\\+'", "'"),
        (r"\\u2019", "'"),
    ):
        text = re.sub(escaped, plain, text)
    # No name or ARN is longer; what is (an encoded image, say) tells nothing and would take long to search.
    return " ".join(word if len(word) <= _LONGEST_WORD else word[:_LONGEST_WORD] for word in text.split())


def _client(name: str) -> str:
    """Return the client of a name as Java and Go write it: ``Bedrock Runtime``, ``bedrockruntime``."""
    key = re.sub(r"\W", "", name).lower()
    return next(
        (f.client for f in families().values() if f.client and (f.service_id or "").lower() == key), ""
    )


def _region(line: str, host: re.Match[str] | None) -> str:
    if host:
        return host[2]
    for pattern in (_ARN_REGION, _REGION_FIELD):
        if found := pattern.search(line):
            return found[1]
    return ""


_MODEL_ID = re.compile(
    r"\b((?:(?:us|eu|apac|jp|au|ca|in|us-gov|global)\.)?"
    r"(?:amazon|anthropic|meta|mistral|cohere|ai21|stability|deepseek|openai|qwen|writer|twelvelabs|luma|"
    r"google|nvidia|moonshot|minimax|zai)\.[a-z0-9][\w.-]*(?::\d+)?(?::\d+k)?)"
)


def _model(line: str) -> str:
    """Return the first model or profile id in a line, without the full stop of a sentence."""
    for found in _MODEL_ID.finditer(line):
        if ".com" in found[1] or found[1].startswith(("amazon.awssdk", "amazon.awscdk", "amazon.com")):
            continue
        if line[max(0, found.start() - 9) : found.start()].endswith("software."):
            continue
        return found[1].rstrip(".-:")
    return ""
