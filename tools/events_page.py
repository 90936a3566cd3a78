"""The page of the names that the audit's rules know, each with AWS's page of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib import catalogue
from constructs_lib.catalogue import Plane
from constructs_lib.platform import EVENT_SOURCES, alarming_changes, event_names

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["event_pages", "events_page"]

_DOCS = "https://docs.aws.amazon.com"
# Where AWS lists event names: these pages have been read for them.
_MANTLE = """ArchiveProject CancelFineTuningJob CancelInference CountTokens CreateFile CreateFineTuningJob
    CreateInference CreateProject DeleteFile DeleteInference GetFile GetFineTuningJob GetInference GetProject
    ListFiles ListFineTuningJobs ListProjects UpdateProject"""
_REGISTRY = """CreateRegistry CreateRegistryRecord DeleteRegistry DeleteRegistryRecord GetRegistry
    GetRegistryRecord ListRegistries ListRegistryRecords SubmitRegistryRecordForApproval UpdateRegistry
    UpdateRegistryRecord UpdateRegistryRecordStatus"""
_AGENTCORE_GUIDE = f"{_DOCS}/bedrock-agentcore/latest/devguide"
_LISTS = {
    f"{_DOCS}/bedrock/latest/userguide/logging-cloudtrail-mantle.html": (
        "bedrock-mantle.amazonaws.com",
        _MANTLE,
    ),
    f"{_AGENTCORE_GUIDE}/understanding-gateway-cloudtrail-log-entries.html": (
        "bedrock-agentcore.amazonaws.com",
        "InvokeGateway",
    ),
    f"{_AGENTCORE_GUIDE}/registry-cloudtrail-integration.html": ("agent-registry.amazonaws.com", _REGISTRY),
}
# Otherwise CloudTrail's name is that of the operation, which the API reference has under one of these.
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
_REFERENCES = {
    "agent-registry": "agent-registry/latest/APIReference/API_",
    "agent-registry-control": "agent-registry-control/latest/APIReference/API_",
    "bedrock": "bedrock/latest/APIReference/API_",
    "bedrock-agent": "bedrock/latest/APIReference/API_agent_",
    "bedrock-agent-runtime": "bedrock/latest/APIReference/API_agent-runtime_",
    "bedrock-agentcore": "bedrock-agentcore/latest/APIReference/API_",
    "bedrock-agentcore-control": "bedrock-agentcore-control/latest/APIReference/API_",
    "bedrock-data-automation": "bedrock/latest/APIReference/API_data-automation_",
    "bedrock-data-automation-runtime": "bedrock/latest/APIReference/API_data-automation-runtime_",
    "bedrock-runtime": "bedrock/latest/APIReference/API_runtime_",
}
_OTHERS = {
    "cloudtrail.amazonaws.com": "awscloudtrail/latest/APIReference/API_",
    "iam.amazonaws.com": "IAM/latest/APIReference/API_",
}
_TITLES = {Plane.DATA: "data plane", Plane.CONTROL: "control plane"}

_HEAD = """<!-- Generated from the catalogue by `make docs`. -->

# Event names of the audit

Every name that the rules of [`PlaneCrossingAlarms`](audit.md) know, with AWS's page of it: the page that
lists the event, where there is one; otherwise the operation in the API reference, since CloudTrail names an
event after it; and for actions that no client has, the page that names the action. The addresses in the API
reference follow its pattern, which was looked at for some operations of each service. `TagResource`,
`UntagResource` and `ListTagsForResource` are on both planes and in no rule.
"""


def event_pages() -> dict[tuple[str, str], dict[str, str]]:
    """Return AWS's page of every event name, by event source and plane (or by the alarm of a change)."""
    found = {
        (source, _TITLES[plane]): {name: _page(source, name) for name in event_names(source, plane)}
        for plane in (Plane.DATA, Plane.CONTROL)
        for source in EVENT_SOURCES
    }
    for alarm, pattern in alarming_changes(["*"]).items():
        detail = pattern["detail"]
        [source] = detail["eventSource"]
        parts = detail.get("$or", [detail])
        names = sorted(name for part in parts for name in part["eventName"])
        found[source, f"alarm {alarm}"] = {name: _page(source, name) for name in names}
    return found


def events_page() -> str:
    """Return the text of ``docs/audit-events.md``."""
    return "\n".join([_HEAD, *_sections()])


def _sections() -> Iterator[str]:
    for (source, title), pages in event_pages().items():
        yield f"## `{source}`, {title}\n"
        yield ",\n".join(f"[{name}]({page})" for name, page in sorted(pages.items())) + ".\n"


def _page(source: str, name: str) -> str:
    for page, (of, names) in _LISTS.items():
        if of == source and name in names.split():
            return page
    if source in _OTHERS:
        return f"{_DOCS}/{_OTHERS[source]}{name}.html"
    families = EVENT_SOURCES[source]
    for operation in catalogue.operations():
        if operation.name == name and operation.family in families:
            return f"{_DOCS}/{_REFERENCES[operation.family]}{name}.html"
    prefix = source.partition(".")[0]
    return next(
        d.page for d in catalogue.decisions() if d.kind == "action" and d.subject == f"{prefix}:{name}"
    )
