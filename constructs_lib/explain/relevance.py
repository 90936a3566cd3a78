"""Whether an error concerns Amazon Bedrock at all, before common words are read as its causes.

"Not found" and "throttled" are said by every service and by every program. An answer about Bedrock to an
error of a table or of a file would send its reader to the wrong place.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from constructs_lib.catalogue import families, find
from constructs_lib.explain.causes import cause_of_code

if TYPE_CHECKING:
    from constructs_lib.explain.causes import Cause
    from constructs_lib.explain.evidence import Evidence

__all__ = ["concerns"]

_SERVICE = re.compile(
    r"software\.amazon\.awssdk\.services\.(?P<java>\w+)|\(Service: (?P<response>\w+)[;,]|"
    r"operation error (?P<go>[\w -]+?): \w|\beventSource\W+(?P<event>[\w-]+)\.amazonaws\.com|"
    r"\bAWS::(?P<resource>\w+)::|@aws-sdk/client-(?P<package>[\w-]+)|"
    r"\b(?P<host>[\w-]+)(?:\.[a-z]{2}(?:-[a-z]+)+-\d)?\.(?:amazonaws\.com|api\.aws)"
)
_OF_BEDROCK = re.compile(
    r"bedrock[- ]?(?:runtime|agent|mantle|data|exception)|\bamazon bedrock\b|arn:[\w-]+:bedrock|"
    r"(?:by|when calling|calls?) bedrock\b|"
    # The reason of a failed ingestion job of a knowledge base.
    r"Call to (?:the )?[\w ]{3,40}did not succeed",
    re.IGNORECASE,
)
_OF_AWS = re.compile(
    r"bedrock|\bAWS\b|\baws |amazon|boto|smithy|arn:|\bKMS\b|ParamValidation|failed to satisfy constraint|"
    r"Parameter validation failed|Unknown parameter in [\w.\[\]]+: |"
    r"guardrail|knowledge ?base|inference ?profile|foundation.?model|\bmodel (?:id|identifier|returned)|"
    r"(?:requested|this) model\b|too many tokens|\bagent (?:alias|id|arn)|"
    # Of credentials: AWS's own names and sentences.
    r"security token|\bSSO\b|(?:locate|load|refresh(?: cached)?) credentials|Credentials?Provider|"
    r"ExpiredToken|UnrecognizedClient|SignatureDoesNotMatch|InvalidSignature|IncompleteSignature|InvalidClientTokenId|"
    r"NoCredential|config profile|make sure your API Key is valid|Invalid API Key format",
    re.IGNORECASE,
)
_OF_THE_PROGRAM = re.compile(
    r"\b(?:KeyError|TypeError|IndexError|NameError|ValueError|AssertionError|RecursionError|ZeroDivisionError|"
    r"UnicodeDecodeError|FileNotFoundError|ModuleNotFoundError|ImportError|PermissionError|JSONDecodeError|"
    r"SyntaxError|ReferenceError|RangeError|NullPointerException|IllegalArgumentException)\b:|"
    r"\bpydantic\w*\b.{0,40}ValidationError|\bvalidation errors? for \w+"
)
_FROM_AWS = re.compile(r"[Aa]n error occurred \(|raised by bedrock|BedrockException|botocore\.|Status ?Code")
_ANYWHERE = frozenset({"model-access", "profile-needed"})
"""Causes whose words only Bedrock says."""


def concerns(evidence: Evidence, cause: Cause, around: str) -> bool:
    """Whether ``cause`` may be said of this error: it is of Bedrock, or nothing tells that it is not.

    Args:
        evidence: What the error says.
        cause: The cause that its words have.
        around: The error with what wraps it, such as a library's exception around AWS's JSON.

    """
    if cause.kind in _ANYWHERE or "specify a region" in evidence.text or "Region is missing" in evidence.text:
        return True
    around = f"{evidence.text} {around}"
    if _OF_THE_PROGRAM.search(around) and not _FROM_AWS.search(around):
        return False
    if evidence.operation and not evidence.client:
        found = find(evidence.operation, suggesting=False)
        named = [*(o.name for o in found.operations), *(a.name.partition(":")[2] for a in found.actions)]
        return _is_of_any_service(cause, evidence.operation) or evidence.operation in named
    return bool(evidence.client or evidence.model or _OF_BEDROCK.search(around)) or _may_be(evidence, around)


def _is_of_any_service(cause: Cause, operation: str) -> bool:
    """Whether a cause is explained alike whichever service was called: credentials, and assuming a role."""
    return cause.kind == "credentials" or (cause.kind == "trust" and operation.startswith("AssumeRole"))


def _may_be(evidence: Evidence, around: str) -> bool:
    """Whether an error that names neither operation nor client is of AWS, and of no other service."""
    named = [next(filter(None, found.groups())) for found in _SERVICE.finditer(evidence.text)]
    if named and not any(_is_bedrocks(name) for name in named):
        return False
    return cause_of_code(evidence.code) is not None or _OF_AWS.search(around) is not None


def _is_bedrocks(name: str) -> bool:
    key = re.sub(r"\W", "", name).lower()
    return "bedrock" in key or key in {(f.service_id or "").lower() for f in families().values()}
