"""More cases of each kind of wrong, superfluous and newer name, answers written before they were tried."""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

import pytest

from constructs_lib.review import review
from constructs_lib.templates import read_document

_NOVA = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"
_RUNTIME = "arn:aws:bedrock-agentcore:us-east-1:111122223333:runtime/x-AbCdEf1234"


class Case(NamedTuple):
    """The statements of a policy, and what the review says of names in it.

    ``findings`` are rule, severity, and a text that the message or the help holds; no other finding of BP301
    and BP306 may be there.
    """

    kind: str
    statements: list[dict[str, Any]]
    findings: tuple[tuple[str, str, str], ...] = ()
    verdict: str | None = None


def _allow(*actions: str, resource: str = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource, **more}


def _deny(*actions: str) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": list(actions), "Resource": "*"}


_RUN = _allow("bedrock:InvokeModel", resource=_NOVA)

CASES = (
    # The registry's actions have a prefix of their own: real names, on their planes.
    Case("a newer prefix", [_RUN, _allow("agent-registry:UpdateRegistry")], (), "mixed"),
    Case("a newer prefix", [_RUN, _allow("agent-registry:GetRegistry")], (), "data"),
    Case("a newer prefix", [_RUN, _allow("agent-registry:*")], (), "mixed"),
    Case("a newer prefix", [_allow("agent-registry:CreateRegistryRecord")], (), "control"),
    Case("a newer prefix", [_allow("agent-registry:InvokeRegistryMcp")], (), "data"),
    Case(
        "a newer prefix",
        [_allow("agent-registry:CreateRegistri")],
        (("BP301", "error", "agent-registry:CreateRegistry"),),
    ),
    # A Bedrock prefix without `bedrock-`, or one that is spelled like one.
    Case(
        "a misspelt prefix",
        [_allow("agentcore:InvokeGateway")],
        (("BP301", "error", "bedrock-agentcore:InvokeGateway"),),
    ),
    Case(
        "a misspelt prefix",
        [_allow("bedrock-agent-core:InvokeAgentRuntime", resource=_RUNTIME)],
        (("BP301", "error", "bedrock-agentcore:InvokeAgentRuntime"),),
    ),
    Case(
        "a misspelt prefix",
        [_allow("bedrockagentcore:InvokeAgentRuntime", resource=_RUNTIME)],
        (("BP301", "error", "bedrock-agentcore:InvokeAgentRuntime"),),
    ),
    Case(
        "a misspelt prefix",
        [_allow("bedrok:InvokeModel", resource=_NOVA)],
        (("BP301", "error", "bedrock:InvokeModel"),),
    ),
    Case(
        "a misspelt prefix",
        [_allow("mantle:CreateInference")],
        (("BP301", "error", "bedrock-mantle:CreateInference"),),
    ),
    Case("a misspelt prefix", [_deny("agentcore:DeleteGateway")], (("BP301", "error", "DeleteGateway"),)),
    # Names under one wrong prefix in one statement are one finding; statements and prefixes count apart.
    Case(
        "one finding per prefix",
        [_allow("bedrock-runtime:InvokeModel", "bedrock-runtime:InvokeModelWithResponseStream")],
        (("BP301", "error", "bedrock:InvokeModel"),),
    ),
    Case(
        "one finding per prefix",
        [_allow("bedrock-agent:GetAgent"), _allow("bedrock-agent:GetFlow")],
        (("BP301", "error", "bedrock:GetAgent"), ("BP301", "error", "bedrock:GetFlow")),
    ),
    Case(
        "one finding per prefix",
        [_allow("bedrock-agent:GetAgent", "bedrock-runtime:InvokeModel", "bedrock-agent:GetFlow")],
        (("BP301", "error", "bedrock:GetAgent"), ("BP301", "error", "bedrock:InvokeModel")),
    ),
    Case(
        "one finding per prefix",
        [_deny("bedrock-agent:DeleteAgent", "bedrock-agent:DeleteFlow", "bedrock-agent:DeletePrompt")],
        (("BP301", "error", "bedrock:DeleteAgent"),),
    ),
    Case(
        "one finding per prefix",
        [_allow("agentcore:GetGateway", "agentcore:ListGateways", "agentcore:GetMemory")],
        (("BP301", "error", "bedrock-agentcore:GetGateway"),),
    ),
    # An operation without an action beside the action that authorises it does nothing, and harms nothing.
    Case(
        "superfluous",
        [_allow("bedrock:InvokeModel", "bedrock:Converse", resource=_NOVA)],
        (("BP301", "warning", "bedrock:Converse"),),
    ),
    Case(
        "superfluous",
        [_allow("bedrock:InvokeModelWithResponseStream", "bedrock:ConverseStream", resource=_NOVA)],
        (("BP301", "warning", "bedrock:ConverseStream"),),
    ),
    Case(
        "superfluous",
        [_allow("bedrock:InvokeModel*", "bedrock:Converse", "bedrock:ConverseStream", resource=_NOVA)],
        (("BP301", "warning", "bedrock:Converse"),),
    ),
    Case(
        "superfluous",
        [_allow("bedrock:InvokeModel", "bedrock:StartAsyncInvoke", resource=_NOVA)],
        (("BP301", "warning", "bedrock:StartAsyncInvoke"),),
    ),
    Case(
        "superfluous",
        [_allow("bedrock:InvokeModel", "bedrock:ConverseStream", resource=_NOVA)],
        (("BP301", "error", "bedrock:InvokeModelWithResponseStream"),),
    ),
    Case(
        "superfluous",
        [_deny("bedrock:InvokeModel", "bedrock:Converse")],
        (("BP301", "warning", "bedrock:Converse"),),
    ),
    # What resembles nothing known may be newer: unknown, and never advised away.
    Case("newer", [_RUN, _allow("bedrock:CreateQuasarIndex")], (("BP306", "warning", "CreateQuasarIndex"),)),
    Case("newer", [_RUN, _deny("bedrock:DeleteQuasarIndex")], (("BP306", "warning", "DeleteQuasarIndex"),)),
    Case("newer", [_allow("bedrock-agentcore:*QuasarLink")], (("BP306", "warning", "*QuasarLink"),)),
    Case("newer", [_allow("bedrock-quasar:GetThing")], (("BP306", "warning", "bedrock-quasar:GetThing"),)),
    Case("newer", [_allow("bedrock:ArchiveKnowledgeBase")], (("BP306", "warning", "ArchiveKnowledgeBase"),)),
    Case(
        "newer",
        [_allow("agent-registry:BorrowQuasar", "bedrock-mantle:LendQuasar")],
        (("BP306", "warning", "BorrowQuasar"),),
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.kind}: {case.statements[-1]['Action']}")
def test_a_name_is_judged_by_its_kind(case: Case) -> None:
    report = review(read_document({"Version": "2012-10-17", "Statement": case.statements}))
    found = [item for item in report.findings if item.rule in {"BP301", "BP306"}]
    assert len(found) == len(case.findings), [item.message for item in found]
    for rule, severity, text in case.findings:
        assert any(
            (item.rule, item.severity) == (rule, severity) and text in f"{item.message} {item.help}"
            for item in found
        ), [(item.rule, item.severity, item.message, item.help) for item in found]
    if any(rule == "BP306" for rule, _, _ in case.findings):
        assert not any("remove" in item.help for item in found)
        assert report.principals[0].incomplete
    if case.verdict is not None:
        assert report.principals[0].verdict == case.verdict


def test_each_kind_has_at_least_five_cases() -> None:
    counts = Counter(case.kind for case in CASES)
    print(counts)  # noqa: T201 - the figures
    assert min(counts.values()) >= 5
