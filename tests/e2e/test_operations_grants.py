"""Each grant of the core clients by boto3 on a deployed role: what it is for, and the nearest beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from botocore.exceptions import ClientError

from constructs_lib import AppRole
from tests.e2e.deployment import Deployment

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib import DataPlaneGrants
    from constructs_lib.local import LocalAws

ACCOUNT, REGION = "111122223333", "us-east-1"
OWN = f"arn:aws:bedrock:{REGION}:{ACCOUNT}"
NOVA, OTHER = "amazon.nova-lite-v1:0", "amazon.nova-pro-v1:0"
ASYNC = f"{OWN}:async-invoke/abcdefghij12"
MESSAGES = [{"role": "user", "content": [{"text": "hello"}]}]
TEXT = [{"text": {"text": "x"}}]
UUID = "11111111-2222-3333-4444-555555555555"
RUNTIME, AGENTS = "bedrock-runtime", "bedrock-agent-runtime"

Call = tuple[str, str, dict[str, Any]]
"""Client, method, arguments."""


def converse(model: str, **more: Any) -> Call:
    return RUNTIME, "converse", {"modelId": model, "messages": MESSAGES, **more}


def guarded(version: str) -> dict[str, Any]:
    return {"guardrailConfig": {"guardrailIdentifier": "abc123", "guardrailVersion": version}}


def retrieve(knowledge_base: str) -> Call:
    return AGENTS, "retrieve", {"knowledgeBaseId": knowledge_base, "retrievalQuery": {"text": "q"}}


def generate(model: str, method: str = "retrieve_and_generate") -> Call:
    arn = f"arn:aws:bedrock:{REGION}::foundation-model/{model}"
    configuration = {"knowledgeBaseId": "KB12345678", "modelArn": arn}
    return (
        AGENTS,
        method,
        {
            "input": {"text": "q"},
            "retrieveAndGenerateConfiguration": {
                "type": "KNOWLEDGE_BASE",
                "knowledgeBaseConfiguration": configuration,
            },
        },
    )


def stream(model: str) -> Call:
    return RUNTIME, "converse_stream", {"modelId": model, "messages": MESSAGES}


def rerank(model: str) -> Call:
    arn = f"arn:aws:bedrock:{REGION}::foundation-model/{model}"
    return (
        AGENTS,
        "rerank",
        {
            "queries": [{"type": "TEXT", "textQuery": {"text": "q"}}],
            "sources": [
                {
                    "type": "INLINE",
                    "inlineDocumentSource": {"type": "TEXT", "textDocument": {"text": "d"}},
                }
            ],
            "rerankingConfiguration": {
                "type": "BEDROCK_RERANKING_MODEL",
                "bedrockRerankingConfiguration": {"modelConfiguration": {"modelArn": arn}},
            },
        },
    )


def agent(alias: str) -> Call:
    found = {"agentId": "AGENT12345", "agentAliasId": alias, "sessionId": "session-1", "inputText": "x"}
    return AGENTS, "invoke_agent", found


def memory(alias: str) -> Call:
    found = {
        "agentId": "AGENT12345",
        "agentAliasId": alias,
        "memoryType": "SESSION_SUMMARY",
        "memoryId": "m-1",
    }
    return AGENTS, "get_agent_memory", found


def inline(**more: Any) -> Call:
    found = {"sessionId": "session-1", "foundationModel": NOVA, "instruction": "x" * 50, "inputText": "x"}
    return AGENTS, "invoke_inline_agent", {**found, **more}


def flow(alias: str) -> Call:
    inputs = [{"nodeName": "In", "nodeOutputName": "document", "content": {"document": "x"}}]
    return (
        AGENTS,
        "invoke_flow",
        {"flowIdentifier": "FLOW123456", "flowAliasIdentifier": alias, "inputs": inputs},
    )


def execution(alias: str) -> Call:
    found = {"flowIdentifier": "FLOW123456", "flowAliasIdentifier": alias, "executionIdentifier": UUID}
    return AGENTS, "get_flow_execution", found


@dataclass(frozen=True)
class Case:
    """A grant, a call that it is for, and the nearest that it isn't."""

    name: str
    give: Callable[[DataPlaneGrants], object]
    allowed: Call
    denied: Call


CASES = [
    Case("converse", lambda g: g.converse(NOVA), converse(NOVA), stream(NOVA)),
    Case("stream", lambda g: g.converse(NOVA, streaming=True), stream(NOVA), stream(OTHER)),
    Case("profile", lambda g: g.converse(f"us.{NOVA}"), converse(f"us.{NOVA}"), converse(NOVA)),
    Case(
        "global",
        lambda g: g.converse("global.amazon.nova-2-lite-v1:0"),
        converse("global.amazon.nova-2-lite-v1:0"),
        converse("amazon.nova-2-lite-v1:0"),
    ),
    Case(
        "invoke",
        lambda g: g.invoke(NOVA),
        (RUNTIME, "invoke_model", {"modelId": NOVA, "body": b"{}"}),
        (RUNTIME, "invoke_model_with_response_stream", {"modelId": NOVA, "body": b"{}"}),
    ),
    Case(
        "provisioned",
        lambda g: g.converse(f"{OWN}:provisioned-model/abc"),
        converse(f"{OWN}:provisioned-model/abc"),
        converse(f"{OWN}:provisioned-model/abd"),
    ),
    Case(
        "count",
        lambda g: g.count_tokens(NOVA),
        (RUNTIME, "count_tokens", {"modelId": NOVA, "input": {"converse": {"messages": MESSAGES}}}),
        (RUNTIME, "count_tokens", {"modelId": OTHER, "input": {"converse": {"messages": MESSAGES}}}),
    ),
    Case(
        "async",
        lambda g: g.invoke_async(NOVA, output="out"),
        (RUNTIME, "get_async_invoke", {"invocationArn": ASYNC}),
        stream(NOVA),
    ),
    Case(
        "async-start",
        lambda g: g.invoke_async(NOVA, output="out"),
        (
            RUNTIME,
            "start_async_invoke",
            {
                "modelId": NOVA,
                "modelInput": {},
                "outputDataConfig": {"s3OutputDataConfig": {"s3Uri": "s3://out/"}},
            },
        ),
        converse(OTHER),
    ),
    Case(
        "guardrail",
        lambda g: g.apply_guardrail("abc123"),
        (
            RUNTIME,
            "apply_guardrail",
            {
                "guardrailIdentifier": "abc123",
                "guardrailVersion": "1",
                "source": "INPUT",
                "content": TEXT,
            },
        ),
        (
            RUNTIME,
            "apply_guardrail",
            {
                "guardrailIdentifier": "abc124",
                "guardrailVersion": "1",
                "source": "INPUT",
                "content": TEXT,
            },
        ),
    ),
    Case(
        "require",
        lambda g: (g.converse(NOVA), g.require_guardrail("abc123", version="1")),
        converse(NOVA, **guarded("1")),
        converse(NOVA, **guarded("2")),
    ),
    Case(
        "require-any",
        lambda g: (g.converse(NOVA), g.require_guardrail("abc123")),
        converse(NOVA, **guarded("2")),
        converse(NOVA),
    ),
    Case("retrieve", lambda g: g.retrieve("KB12345678"), retrieve("KB12345678"), retrieve("KB22345678")),
    Case(
        "generate",
        lambda g: g.retrieve_and_generate("KB12345678", NOVA),
        generate(NOVA),
        generate(OTHER),
    ),
    Case(
        "generate-stream",
        lambda g: g.retrieve_and_generate("KB12345678", NOVA),
        generate(NOVA, "retrieve_and_generate_stream"),
        generate(OTHER, "retrieve_and_generate_stream"),
    ),
    Case(
        "rerank",
        lambda g: g.rerank("amazon.rerank-v1:0"),
        rerank("amazon.rerank-v1:0"),
        rerank("cohere.rerank-v3-5:0"),
    ),
    Case(
        "agent", lambda g: g.invoke_agent("AGENT12345/ALIAS12345"), agent("ALIAS12345"), agent("TSTALIASID")
    ),
    Case(
        "memory", lambda g: g.agent_memory("AGENT12345/ALIAS12345"), memory("ALIAS12345"), agent("ALIAS12345")
    ),
    Case("inline", lambda g: g.inline_agent(NOVA), inline(), agent("ALIAS12345")),
    Case(
        "inline-named",
        lambda g: g.inline_agent(NOVA, agent_names=["helper"]),
        inline(agentName="helper"),
        inline(agentName="other"),
    ),
    Case("flow", lambda g: g.invoke_flow("FLOW123456/ALIAS12345"), flow("ALIAS12345"), flow("OTHER12345")),
    Case(
        "executions",
        lambda g: g.flow_executions("FLOW123456/ALIAS12345"),
        execution("ALIAS12345"),
        execution("OTHER12345"),
    ),
    Case(
        "sessions",
        lambda g: g.sessions(UUID),
        (AGENTS, "get_session", {"sessionIdentifier": UUID}),
        (AGENTS, "get_session", {"sessionIdentifier": UUID.replace("1", "2")}),
    ),
]


@pytest.fixture(scope="module")
def roles(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Deploy one app role for each case; return their ARNs by name."""
    folder = tmp_path_factory.mktemp("roles")
    app = cdk.App(outdir=str(folder), builtin_cloud_formation_validation=False, analytics_reporting=False)
    stack = cdk.Stack(
        app,
        "Roles",
        env=cdk.Environment(account=ACCOUNT, region=REGION),
        synthesizer=cdk.LegacyStackSynthesizer(),
    )
    for number, case in enumerate(CASES):
        role = AppRole(stack, f"R{number}", role_name=case.name, assumed_by=iam.AccountRootPrincipal())
        case.give(role.grants)
    app.synth()
    aws.reset()
    deployment = Deployment(aws, folder)
    deployment._create("Roles", deployment.template("Roles"), role=None)
    return {case.name: f"arn:aws:iam::{ACCOUNT}:role/{case.name}" for case in CASES}


def denial(aws: LocalAws, role: str, call: Call) -> str | None:
    """Return the sentence of an AccessDenied, or None when the call was let through."""
    client, method, arguments = call
    try:
        answer = getattr(aws.client(client, role_arn=role), method)(**arguments)
        for member in ("stream", "body", "completion", "responseStream"):
            if hasattr(answer.get(member), "close"):
                answer[member].close()
    except ClientError as error:  # any other fault is found behind IAM, which has let the call through
        if error.response["Error"]["Code"] == "AccessDeniedException":
            return str(error.response["Error"]["Message"])
    return None


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_deployed_role_may_do_what_it_was_given_and_not_the_nearest_thing_beside_it(
    aws: LocalAws, roles: dict[str, str], case: Case
) -> None:
    assert denial(aws, roles[case.name], case.allowed) is None
    refused = denial(aws, roles[case.name], case.denied)
    assert refused is not None
    assert "identity-based policy" in refused
