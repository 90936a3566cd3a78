"""EventBridge patterns that recognize calls across the planes, exact by the catalogue."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from constructs_lib import catalogue
from constructs_lib.catalogue import Plane
from constructs_lib.cdk_support import PlanesError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["EVENT_SOURCES", "alarming_changes", "control_calls", "data_calls", "event_names"]

MAX_PATTERN = 2_048
"""Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html (event pattern size)"""

# Which families share an event source. CloudTrail's names are operations, those of mantle are actions.
# Sources: https://docs.aws.amazon.com/bedrock/latest/userguide/logging-using-cloudtrail.html,
# https://docs.aws.amazon.com/bedrock/latest/userguide/logging-cloudtrail-mantle.html,
# https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/understanding-gateway-cloudtrail-log-entries.html,
# https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/registry-cloudtrail-integration.html
EVENT_SOURCES = {
    "bedrock.amazonaws.com": (
        "bedrock",
        "bedrock-agent",
        "bedrock-agent-runtime",
        "bedrock-data-automation",
        "bedrock-data-automation-runtime",
        "bedrock-runtime",
    ),
    "bedrock-agentcore.amazonaws.com": ("bedrock-agentcore", "bedrock-agentcore-control"),
    "bedrock-mantle.amazonaws.com": ("bedrock-mantle", "bedrock-mantle-control"),
    "agent-registry.amazonaws.com": ("agent-registry", "agent-registry-control"),
}
"""The event sources of Bedrock in CloudTrail with the families behind each.

AWS documents none for ``agent-discovery`` and ``bedrock-websearch``.
"""

# On both planes: what is tagged decides, and an event's name doesn't say it.
_EITHER = frozenset({"ListTagsForResource", "TagResource", "UntagResource"})
# An action that is checked beside that of the call, so it is no event.
_NO_EVENT = frozenset({"CallWithBearerToken"})


def event_names(source: str, plane: Plane) -> tuple[str, ...]:
    """Return the event names of one source that are on one plane only, sorted."""
    families = EVENT_SOURCES[source]
    operations = {o.name for o in catalogue.operations() if o.family in families and o.plane is plane}
    actions = {
        a.name.partition(":")[2]
        for a in catalogue.actions().values()
        if a.family in families and a.plane is plane
    }
    # AgentCore has actions without a client, such as InvokeGateway, and CloudTrail has events of them.
    found = operations | (actions if source != "bedrock.amazonaws.com" else set())
    return tuple(sorted(found - _EITHER - _NO_EVENT))


def control_calls(issuers: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield an id and a pattern for each source: these roles called the control plane, denied or not.

    Everything but the names of the data plane, which are fewer, and which a newer API adds more slowly.
    """
    for source in EVENT_SOURCES:
        known = [*event_names(source, Plane.DATA), *sorted(_EITHER)]
        pattern = _pattern(source, issuers, [{"anything-but": known}])
        if _size(pattern) > MAX_PATTERN:
            control = event_names(source, Plane.CONTROL)
            begins = _beginnings(known, control)
            pattern = _pattern(source, issuers, [{"anything-but": {"prefix": begins}}])
            # A whole name can be the beginning of one of the other plane, which a second rule names.
            missed = [name for name in control if name.startswith(tuple(begins))]
            if missed:
                yield f"{source}1", _checked(_pattern(source, issuers, missed))
        yield source, _checked(pattern)


def data_calls(issuers: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield an id and a pattern for each source: these roles called the data plane, denied or not.

    A list of names that is too long for one rule becomes several.
    """
    for source in EVENT_SOURCES:
        names = [*event_names(source, Plane.DATA)]
        parts = 1
        while True:
            size = -(-len(names) // parts)
            patterns = [_pattern(source, issuers, names[at : at + size]) for at in range(0, len(names), size)]
            if all(_size(pattern) <= MAX_PATTERN for pattern in patterns) or size == 1:
                break
            parts += 1
        for number, pattern in enumerate(patterns):
            yield f"{source}{number or ''}", _checked(pattern)


def alarming_changes(boundaries: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return the patterns of changes that weaken what the planes rest on, by what they are.

    Args:
        boundaries: What the ARNs of the permissions boundaries look like, with ``*`` as wildcard.
    """
    # https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html
    logging = ["DeleteModelInvocationLoggingConfiguration", "PutModelInvocationLoggingConfiguration"]
    # https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_Operations.html
    trail = ["DeleteTrail", "PutEventSelectors", "StopLogging", "UpdateTrail"]
    # https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html
    edits = ["CreatePolicyVersion", "DeletePolicy", "DeletePolicyVersion", "SetDefaultPolicyVersion"]
    moves = ["DeleteRolePermissionsBoundary", "PutRolePermissionsBoundary"]
    # https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys-how.html (long-term keys)
    keys = ["CreateServiceSpecificCredential", "ResetServiceSpecificCredential"]
    wildcards = [{"wildcard": text} for text in boundaries]
    return {
        "LoggingChanged": {"detail": {"eventSource": ["bedrock.amazonaws.com"], "eventName": logging}},
        "TrailChanged": {"detail": {"eventSource": ["cloudtrail.amazonaws.com"], "eventName": trail}},
        "BoundaryEdited": {
            "detail": {
                "eventSource": ["iam.amazonaws.com"],
                "$or": [
                    {"eventName": moves},
                    {"eventName": edits, "requestParameters": {"policyArn": wildcards}},
                ],
            }
        },
        "LongTermKey": {
            "detail": {
                "eventSource": ["iam.amazonaws.com"],
                "$or": [
                    {"eventName": keys[:1], "requestParameters": {"serviceName": ["bedrock.amazonaws.com"]}},
                    # Its request has no service name, so keys of other services count too.
                    {"eventName": keys[1:]},
                ],
            }
        },
    }


def _beginnings(names: Sequence[str], others: Sequence[str]) -> list[str]:
    """Return beginnings of two words or more that the names have and none of the others.

    A name keeps its whole length unless it shares a beginning with another one.
    """
    found = set()
    for name in names:
        words = re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*", name)
        cuts = ["".join(words[:count]) for count in range(2, len(words))]
        shared = [
            cut
            for cut in cuts
            if sum(n.startswith(cut) for n in names) > 1 and not any(o.startswith(cut) for o in others)
        ]
        found.add(shared[0] if shared else name)
    return sorted(f for f in found if not any(f != g and f.startswith(g) for g in found))


def _pattern(source: str, issuers: Sequence[str], names: list[Any]) -> dict[str, Any]:
    arns = [{"prefix": text[:-1]} if text.endswith("*") else text for text in issuers]
    return {
        "detail": {
            "eventSource": [source],
            "eventName": names,
            "userIdentity": {"sessionContext": {"sessionIssuer": {"arn": arns}}},
        }
    }


def _size(pattern: dict[str, Any]) -> int:
    return len(json.dumps(pattern, separators=(",", ":")))


def _checked(pattern: dict[str, Any]) -> dict[str, Any]:
    if _size(pattern) > MAX_PATTERN:
        raise PlanesError(
            f"a pattern for {pattern['detail']['eventSource'][0]} has {_size(pattern):,} characters, and "
            f"EventBridge takes {MAX_PATTERN:,}: name fewer roles, or a path that they share"
        )
    return pattern
