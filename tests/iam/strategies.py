"""Random policies over few names, so that statements meet often."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from constructs_lib.iam.model import UNRESOLVED
from tests.iam.build import KB, MODEL, policy

__all__ = ["ACTIONS", "ALLOWS", "DENIES", "RESOURCES", "STATEMENTS", "policies"]

ACTIONS = (
    "bedrock:InvokeModel",
    "bedrock:InvokeModelWithResponseStream",
    "bedrock:Retrieve",
    "bedrock:RetrieveAndGenerate",
    "bedrock:InvokeAgent",
    "bedrock:GetKnowledgeBase",
    "bedrock:ListAgents",
    "bedrock:TagResource",
    "bedrock:InvokeFlow",
    "bedrock:GetFlow",
    "bedrock-agentcore:InvokeAgentRuntime",
    "bedrock-agentcore:CreateMemory",
)
ACCOUNT = "arn:aws:bedrock:us-east-1:111122223333"
RESOURCES = (
    "*",
    KB,
    f"{ACCOUNT}:knowledge-base/OTHER",
    MODEL,
    "arn:aws:bedrock:::foundation-model/amazon.nova-lite-v1:0",
    f"{ACCOUNT}:agent/A",
    f"{ACCOUNT}:agent-alias/A/B",
    f"{ACCOUNT}:flow/F",
    f"{ACCOUNT}:flow/F/alias/G",
    f"{ACCOUNT}:prompt/P",
    f"{ACCOUNT}:prompt/P:1",
    "arn:aws:bedrock-agentcore:us-east-1:111122223333:runtime/R",
    "arn:aws:bedrock-agentcore:us-east-1:111122223333:runtime/R/runtime-endpoint/E",
)
_ACTION_PATTERNS = (
    *ACTIONS,
    "*",
    "bedrock:*",
    "BEDROCK:invoke*",
    "bedrock:*Model*",
    "bedrock:Ge?*",
    "*:Retrieve*",
    "bedrock*Agent",
    UNRESOLVED,
)
_RESOURCE_PATTERNS = (
    *RESOURCES,
    "arn:aws:bedrock:*",
    "arn:aws:bedrock:*:*:knowledge-base/*",
    "arn:aws:bedrock:*:foundation-model/*",
    f"arn:{UNRESOLVED}:bedrock:{UNRESOLVED}:{UNRESOLVED}:agent*/*",
    f"{ACCOUNT}:*",
    f"{ACCOUNT}:flow/F/*",
    f"{ACCOUNT}:{UNRESOLVED}",
    f"{ACCOUNT}:knowledge-base/K*",
    f"{ACCOUNT}:knowledge-base/*8",
    UNRESOLVED,
)
_CONDITION = {"Bool": {"aws:SecureTransport": "true"}}


@st.composite
def _statements(draw: st.DrawFn, effects: tuple[str, ...]) -> dict[str, Any]:
    effect = draw(st.sampled_from(effects))
    actions = draw(st.lists(st.sampled_from(_ACTION_PATTERNS), min_size=1, max_size=3))
    resources = draw(st.lists(st.sampled_from(_RESOURCE_PATTERNS), min_size=1, max_size=3))
    statement: dict[str, Any] = {
        "Effect": effect,
        draw(st.sampled_from(("Action", "Action", "Action", "NotAction"))): actions,
        draw(st.sampled_from(("Resource", "Resource", "Resource", "NotResource"))): resources,
    }
    if draw(st.integers(0, 4)) == 0:
        statement["Condition"] = _CONDITION
    return statement


STATEMENTS = _statements(("Allow", "Allow", "Deny"))
ALLOWS = _statements(("Allow",))
DENIES = _statements(("Deny",))


def policies(size: int = 4) -> st.SearchStrategy[Any]:
    """Return a strategy for policies of up to ``size`` statements."""
    return st.lists(STATEMENTS, min_size=1, max_size=size).map(lambda items: policy(*items))
