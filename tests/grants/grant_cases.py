"""Every grant: what it emits, a request that it allows, and the nearest that it doesn't."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib import DataPlaneGrants

__all__ = ["CASES", "Case", "Request"]

Request = tuple[str, str, dict[str, str]]
"""Action, resource, context."""

B = "arn:aws:bedrock:us-east-1:111122223333:"
C = "arn:aws:bedrock-agentcore:us-east-1:111122223333:"
REGISTRY = "arn:aws:agent-registry:us-east-1:111122223333:registry/"
NOVA = "amazon.nova-lite-v1:0"
GPT = "arn:aws:bedrock:us-east-1::foundation-model/openai.gpt-oss-120b-1:0"
WEB_SEARCH = "arn:aws:bedrock-agentcore:us-east-1:aws:tool/web-search.v1"
BOTH = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]
EVENTS = [f"bedrock-agentcore:{name}" for name in ("CreateEvent", "DeleteEvent", "GetEvent", "ListEvents")]
SEARCH = ["bedrock-agentcore:ListMemoryRecords", "bedrock-agentcore:RetrieveMemoryRecords"]
RECORDS = [
    "bedrock-agentcore:BatchCreateMemoryRecords",
    "bedrock-agentcore:BatchDeleteMemoryRecords",
    "bedrock-agentcore:DeleteMemoryRecord",
]
LOGS = "arn:aws:logs:us-east-1:111122223333:log-group:"
READ_LOGS = ["logs:FilterLogEvents", "logs:GetLogEvents", "logs:GetQueryResults", "logs:StartQuery"]
PROJECT = {"Action": "bedrock:InvokeModel", "Resource": f"{B}project/default"}
STREAMED_PROJECT = {"Action": BOTH, "Resource": f"{B}project/default"}


@dataclass(frozen=True)
class Case:
    """One use of one verb; statements are without Effect where that is Allow."""

    verb: str
    name: str
    give: Callable[[DataPlaneGrants], object]
    statements: list[dict[str, Any]]
    allowed: Request
    denied: Request


def limited(grants: DataPlaneGrants) -> None:
    """Give a model and leave two service tiers."""
    grants.converse(NOVA)
    grants.limit_service_tiers("default", "flex")


CASES = [
    Case(
        "converse",
        "converse on a foundation model",
        lambda g: g.converse(NOVA),
        [
            {
                "Action": "bedrock:InvokeModel",
                "Resource": f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}",
            },
            PROJECT,
        ],
        ("bedrock:InvokeModel", f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}", {}),
        ("bedrock:InvokeModelWithResponseStream", f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}", {}),
    ),
    Case(
        "converse",
        "converse with streaming",
        lambda g: g.converse(NOVA, streaming=True),
        [
            {"Action": BOTH, "Resource": f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}"},
            STREAMED_PROJECT,
        ],
        ("bedrock:InvokeModelWithResponseStream", f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}", {}),
        ("bedrock:InvokeModelWithResponseStream", f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}x", {}),
    ),
    Case(
        "invoke",
        "invoke",
        lambda g: g.invoke(NOVA),
        [
            {
                "Action": "bedrock:InvokeModel",
                "Resource": f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}",
            },
            PROJECT,
        ],
        ("bedrock:InvokeModel", f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}", {}),
        ("bedrock:InvokeModelWithResponseStream", f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}", {}),
    ),
    Case(
        "invoke",
        "invoke with streaming",
        lambda g: g.invoke(NOVA, streaming=True),
        [
            {"Action": BOTH, "Resource": f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}"},
            STREAMED_PROJECT,
        ],
        ("bedrock:InvokeModelWithResponseStream", f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}", {}),
        ("bedrock:InvokeModelWithResponseStream", f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}x", {}),
    ),
    Case(
        "converse",
        "provisioned throughput",
        lambda g: g.converse(f"{B}provisioned-model/abc"),
        [{"Action": "bedrock:InvokeModel", "Resource": f"{B}provisioned-model/abc"}, PROJECT],
        ("bedrock:InvokeModel", f"{B}provisioned-model/abc", {}),
        ("bedrock:InvokeModel", f"{B}provisioned-model/abcx", {}),
    ),
    Case(
        "converse",
        "an imported model",
        lambda g: g.converse(f"{B}imported-model/abc"),
        [{"Action": "bedrock:InvokeModel", "Resource": f"{B}imported-model/abc"}, PROJECT],
        ("bedrock:InvokeModel", f"{B}imported-model/abc", {}),
        ("bedrock:InvokeModel", f"{B}imported-model/abcx", {}),
    ),
    Case(
        "converse",
        "a custom model's deployment",
        lambda g: g.converse(f"{B}custom-model-deployment/abc"),
        [{"Action": "bedrock:InvokeModel", "Resource": f"{B}custom-model-deployment/abc"}, PROJECT],
        ("bedrock:InvokeModel", f"{B}custom-model-deployment/abc", {}),
        ("bedrock:InvokeModel", f"{B}custom-model-deployment/abcx", {}),
    ),
    Case(
        "converse",
        "a geographic profile",
        lambda g: g.converse(f"us.{NOVA}", streaming=True),
        [
            {"Action": BOTH, "Resource": f"{B}inference-profile/us.{NOVA}"},
            {
                "Action": BOTH,
                "Condition": {
                    "StringEquals": {"bedrock:InferenceProfileArn": f"{B}inference-profile/us.{NOVA}"}
                },
                "Resource": [
                    f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}",
                    f"arn:aws:bedrock:us-east-2::foundation-model/{NOVA}",
                    f"arn:aws:bedrock:us-west-2::foundation-model/{NOVA}",
                ],
            },
            STREAMED_PROJECT,
        ],
        (
            "bedrock:InvokeModelWithResponseStream",
            f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}",
            {"bedrock:InferenceProfileArn": f"{B}inference-profile/us.{NOVA}"},
        ),
        (
            "bedrock:InvokeModelWithResponseStream",
            f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}",
            {"bedrock:InferenceProfileArn": f"{B}inference-profile/us.{NOVA}x"},
        ),
    ),
    Case(
        "converse",
        "a global profile",
        lambda g: g.converse("global.amazon.nova-2-lite-v1:0", streaming=True),
        [
            {
                "Action": BOTH,
                "Condition": {"StringEquals": {"aws:RequestedRegion": "us-east-1"}},
                "Resource": f"{B}inference-profile/global.amazon.nova-2-lite-v1:0",
            },
            {
                "Action": BOTH,
                "Condition": {
                    "StringEquals": {
                        "aws:RequestedRegion": "us-east-1",
                        "bedrock:InferenceProfileArn": f"{B}inference-profile/global.amazon.nova-2-lite-v1:0",
                    }
                },
                "Resource": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-2-lite-v1:0",
            },
            {
                "Action": BOTH,
                "Condition": {
                    "StringEquals": {
                        "aws:RequestedRegion": "unspecified",
                        "bedrock:InferenceProfileArn": f"{B}inference-profile/global.amazon.nova-2-lite-v1:0",
                    }
                },
                "Resource": "arn:aws:bedrock:::foundation-model/amazon.nova-2-lite-v1:0",
            },
            STREAMED_PROJECT,
        ],
        (
            "bedrock:InvokeModelWithResponseStream",
            f"{B}inference-profile/global.amazon.nova-2-lite-v1:0",
            {"aws:RequestedRegion": "us-east-1"},
        ),
        (
            "bedrock:InvokeModelWithResponseStream",
            f"{B}inference-profile/global.amazon.nova-2-lite-v1:0",
            {"aws:RequestedRegion": "us-east-1x"},
        ),
    ),
    Case(
        "converse",
        "an application profile that copies a system profile",
        lambda g: g.converse(f"{B}application-inference-profile/abc", behind=[f"us.{NOVA}"], streaming=True),
        [
            {"Action": BOTH, "Resource": f"{B}application-inference-profile/abc"},
            {
                "Action": BOTH,
                "Condition": {
                    "StringEquals": {"bedrock:InferenceProfileArn": f"{B}application-inference-profile/abc"}
                },
                "Resource": [
                    f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}",
                    f"arn:aws:bedrock:us-east-2::foundation-model/{NOVA}",
                    f"arn:aws:bedrock:us-west-2::foundation-model/{NOVA}",
                ],
            },
            STREAMED_PROJECT,
        ],
        (
            "bedrock:InvokeModelWithResponseStream",
            f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}",
            {"bedrock:InferenceProfileArn": f"{B}application-inference-profile/abc"},
        ),
        (
            "bedrock:InvokeModelWithResponseStream",
            f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}",
            {"bedrock:InferenceProfileArn": f"{B}application-inference-profile/abcx"},
        ),
    ),
    Case(
        "converse",
        "an application profile that copies a model",
        lambda g: g.converse(f"{B}application-inference-profile/abc", behind=[NOVA]),
        [
            {"Action": "bedrock:InvokeModel", "Resource": f"{B}application-inference-profile/abc"},
            {
                "Action": "bedrock:InvokeModel",
                "Condition": {
                    "StringEquals": {"bedrock:InferenceProfileArn": f"{B}application-inference-profile/abc"}
                },
                "Resource": f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}",
            },
            PROJECT,
        ],
        (
            "bedrock:InvokeModel",
            f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}",
            {"bedrock:InferenceProfileArn": f"{B}application-inference-profile/abc"},
        ),
        (
            "bedrock:InvokeModel",
            f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}",
            {"bedrock:InferenceProfileArn": f"{B}application-inference-profile/abcx"},
        ),
    ),
    Case(
        "converse",
        "a prompt router",
        lambda g: g.converse(f"{B}prompt-router/abc", behind=[f"us.{NOVA}", "amazon.nova-micro-v1:0"]),
        [
            {"Action": "bedrock:InvokeModel", "Resource": f"{B}prompt-router/abc"},
            {
                "Action": "bedrock:InvokeModel",
                "Condition": {"StringEquals": {"bedrock:PromptRouterArn": f"{B}prompt-router/abc"}},
                "Resource": [
                    f"{B}inference-profile/us.{NOVA}",
                    "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0",
                ],
            },
            {
                "Action": "bedrock:InvokeModel",
                "Condition": {
                    "StringEquals": {"bedrock:InferenceProfileArn": f"{B}inference-profile/us.{NOVA}"}
                },
                "Resource": [
                    f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}",
                    f"arn:aws:bedrock:us-east-2::foundation-model/{NOVA}",
                    f"arn:aws:bedrock:us-west-2::foundation-model/{NOVA}",
                ],
            },
            PROJECT,
        ],
        (
            "bedrock:InvokeModel",
            f"{B}inference-profile/us.{NOVA}",
            {"bedrock:PromptRouterArn": f"{B}prompt-router/abc"},
        ),
        (
            "bedrock:InvokeModel",
            f"{B}inference-profile/us.{NOVA}",
            {"bedrock:PromptRouterArn": f"{B}prompt-router/abcx"},
        ),
    ),
    Case(
        "converse",
        "a default prompt router",
        lambda g: g.converse(
            f"{B}default-prompt-router/amazon.nova:1", behind=["amazon.nova-micro-v1:0"], streaming=True
        ),
        [
            {"Action": BOTH, "Resource": f"{B}default-prompt-router/amazon.nova:1"},
            {
                "Action": BOTH,
                "Condition": {
                    "StringEquals": {"bedrock:PromptRouterArn": f"{B}default-prompt-router/amazon.nova:1"}
                },
                "Resource": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0",
            },
            STREAMED_PROJECT,
        ],
        (
            "bedrock:InvokeModelWithResponseStream",
            "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0",
            {"bedrock:PromptRouterArn": f"{B}default-prompt-router/amazon.nova:1"},
        ),
        (
            "bedrock:InvokeModelWithResponseStream",
            "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0",
            {"bedrock:PromptRouterArn": f"{B}default-prompt-router/amazon.nova:1x"},
        ),
    ),
    Case(
        "converse",
        "a Marketplace endpoint",
        lambda g: g.converse("arn:aws:sagemaker:us-east-1:111122223333:endpoint/e", streaming=True),
        [
            {"Action": BOTH, "Resource": f"{B}marketplace/model-endpoint/all-access"},
            {
                "Action": ["sagemaker:InvokeEndpoint", "sagemaker:InvokeEndpointWithResponseStream"],
                "Condition": {
                    "StringEquals": {
                        "aws:CalledViaLast": "bedrock.amazonaws.com",
                        "aws:ResourceTag/sagemaker-sdk:bedrock": "compatible",
                    }
                },
                "Resource": "arn:aws:sagemaker:us-east-1:111122223333:endpoint/e",
            },
            STREAMED_PROJECT,
        ],
        (
            "sagemaker:InvokeEndpointWithResponseStream",
            "arn:aws:sagemaker:us-east-1:111122223333:endpoint/e",
            {
                "aws:CalledViaLast": "bedrock.amazonaws.com",
                "aws:ResourceTag/sagemaker-sdk:bedrock": "compatible",
            },
        ),
        (
            "sagemaker:InvokeEndpointWithResponseStream",
            "arn:aws:sagemaker:us-east-1:111122223333:endpoint/e",
            {
                "aws:CalledViaLast": "bedrock.amazonaws.com",
                "aws:ResourceTag/sagemaker-sdk:bedrock": "compatiblex",
            },
        ),
    ),
    Case(
        "invoke_bidirectional",
        "bidirectional",
        lambda g: g.invoke_bidirectional("amazon.nova-2-sonic-v1:0"),
        [
            {
                "Action": "bedrock:InvokeModel",
                "Resource": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-2-sonic-v1:0",
            },
            PROJECT,
        ],
        ("bedrock:InvokeModel", "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-2-sonic-v1:0", {}),
        (
            "bedrock:InvokeModelWithResponseStream",
            "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-2-sonic-v1:0",
            {},
        ),
    ),
    Case(
        "count_tokens",
        "count tokens",
        lambda g: g.count_tokens(NOVA),
        [
            {
                "Action": "bedrock:CountTokens",
                "Resource": f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}",
            }
        ],
        ("bedrock:CountTokens", f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}", {}),
        ("bedrock:CountTokens", f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}x", {}),
    ),
    Case(
        "invoke_async",
        "async invoke",
        lambda g: g.invoke_async("amazon.nova-lite-v1:0", output="videos", prefix="out/"),
        [
            {
                "Action": "bedrock:InvokeModel",
                "Resource": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0",
            },
            PROJECT,
            {"Action": "s3:PutObject", "Resource": "arn:aws:s3:::videos/out/*"},
            {"Action": "bedrock:GetAsyncInvoke", "Resource": f"{B}async-invoke/*"},
            {"Action": "bedrock:ListAsyncInvokes", "Resource": "*"},
        ],
        (
            "bedrock:InvokeModel",
            "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0",
            {},
        ),
        (
            "bedrock:InvokeModelWithResponseStream",
            "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0",
            {},
        ),
    ),
    Case(
        "responses",
        "responses",
        lambda g: g.responses("openai.gpt-oss-120b-1:0"),
        [
            {
                "Action": "bedrock:InvokeModel",
                "Resource": "arn:aws:bedrock:us-east-1::foundation-model/openai.gpt-oss-120b-1:0",
            },
            PROJECT,
            {
                "Action": ["bedrock:CancelInvoke", "bedrock:DeleteInvoke", "bedrock:GetInvoke"],
                "Resource": f"{B}project/default",
            },
        ],
        ("bedrock:InvokeModel", "arn:aws:bedrock:us-east-1::foundation-model/openai.gpt-oss-120b-1:0", {}),
        (
            "bedrock:InvokeModelWithResponseStream",
            "arn:aws:bedrock:us-east-1::foundation-model/openai.gpt-oss-120b-1:0",
            {},
        ),
    ),
    Case(
        "responses",
        "responses with streaming in a project",
        lambda g: g.responses("openai.gpt-oss-120b-1:0", streaming=True, project="team"),
        [
            {
                "Action": BOTH,
                "Resource": "arn:aws:bedrock:us-east-1::foundation-model/openai.gpt-oss-120b-1:0",
            },
            {"Action": BOTH, "Resource": f"{B}project/team"},
            {
                "Action": ["bedrock:CancelInvoke", "bedrock:DeleteInvoke", "bedrock:GetInvoke"],
                "Resource": f"{B}project/team",
            },
        ],
        (
            "bedrock:InvokeModelWithResponseStream",
            "arn:aws:bedrock:us-east-1::foundation-model/openai.gpt-oss-120b-1:0",
            {},
        ),
        (
            "bedrock:InvokeModelWithResponseStream",
            "arn:aws:bedrock:us-east-1::foundation-model/openai.gpt-oss-120b-1:0x",
            {},
        ),
    ),
    Case(
        "converse",
        "a profile in a project of one's own",
        lambda g: g.converse(f"us.{NOVA}", project="proj_1"),
        [
            {"Action": "bedrock:InvokeModel", "Resource": f"{B}inference-profile/us.{NOVA}"},
            {
                "Action": "bedrock:InvokeModel",
                "Condition": {
                    "StringEquals": {"bedrock:InferenceProfileArn": f"{B}inference-profile/us.{NOVA}"}
                },
                "Resource": [
                    f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}",
                    f"arn:aws:bedrock:us-east-2::foundation-model/{NOVA}",
                    f"arn:aws:bedrock:us-west-2::foundation-model/{NOVA}",
                ],
            },
            {"Action": "bedrock:InvokeModel", "Resource": f"{B}project/proj_1"},
        ],
        ("bedrock:InvokeModel", f"{B}project/proj_1", {}),
        ("bedrock:InvokeModel", f"{B}project/default", {}),
    ),
    Case(
        "render_prompt",
        "a prompt in all versions",
        lambda g: g.render_prompt("PROMPT1234"),
        [
            {
                "Action": "bedrock:RenderPrompt",
                "Resource": [f"{B}prompt/PROMPT1234", f"{B}prompt/PROMPT1234:*"],
            }
        ],
        ("bedrock:RenderPrompt", f"{B}prompt/PROMPT1234", {}),
        ("bedrock:RenderPrompt", f"{B}prompt/PROMPT1234x", {}),
    ),
    Case(
        "render_prompt",
        "a prompt in one version",
        lambda g: g.render_prompt("PROMPT1234", version="1"),
        [{"Action": "bedrock:RenderPrompt", "Resource": f"{B}prompt/PROMPT1234:1"}],
        ("bedrock:RenderPrompt", f"{B}prompt/PROMPT1234:1", {}),
        ("bedrock:RenderPrompt", f"{B}prompt/PROMPT1234:1x", {}),
    ),
    Case(
        "render_prompt",
        "the draft of a prompt",
        lambda g: g.render_prompt("PROMPT1234", version="DRAFT"),
        [{"Action": "bedrock:RenderPrompt", "Resource": f"{B}prompt/PROMPT1234"}],
        ("bedrock:RenderPrompt", f"{B}prompt/PROMPT1234", {}),
        ("bedrock:RenderPrompt", f"{B}prompt/PROMPT1234x", {}),
    ),
    Case(
        "render_prompt",
        "a prompt version's ARN",
        lambda g: g.render_prompt(f"{B}prompt/PROMPT1234:2"),
        [{"Action": "bedrock:RenderPrompt", "Resource": f"{B}prompt/PROMPT1234:2"}],
        ("bedrock:RenderPrompt", f"{B}prompt/PROMPT1234:2", {}),
        ("bedrock:RenderPrompt", f"{B}prompt/PROMPT1234:2x", {}),
    ),
    Case(
        "system_tool",
        "a system tool",
        lambda g: g.system_tool("amazon.nova_grounding"),
        [
            {
                "Action": "bedrock:InvokeTool",
                "Resource": "arn:aws:bedrock::111122223333:system-tool/amazon.nova_grounding",
            }
        ],
        ("bedrock:InvokeTool", "arn:aws:bedrock::111122223333:system-tool/amazon.nova_grounding", {}),
        ("bedrock:InvokeTool", "arn:aws:bedrock::111122223333:system-tool/amazon.nova_groundingx", {}),
    ),
    Case(
        "mantle",
        "mantle",
        lambda g: g.mantle(),
        [
            {
                "Action": ["bedrock-mantle:CountTokens", "bedrock-mantle:CreateInference"],
                "Resource": "arn:aws:bedrock-mantle:us-east-1:111122223333:project/default",
            },
            {
                "Action": [
                    "bedrock-mantle:CancelInference",
                    "bedrock-mantle:DeleteInference",
                    "bedrock-mantle:GetInference",
                    "bedrock-mantle:GetModel",
                    "bedrock-mantle:ListModels",
                ],
                "Resource": "arn:aws:bedrock-mantle:us-east-1:111122223333:project/default",
            },
        ],
        (
            "bedrock-mantle:CreateInference",
            "arn:aws:bedrock-mantle:us-east-1:111122223333:project/default",
            {},
        ),
        (
            "bedrock-mantle:CreateInference",
            "arn:aws:bedrock-mantle:us-east-1:111122223333:project/defaultx",
            {},
        ),
    ),
    Case(
        "mantle",
        "mantle with one model",
        lambda g: g.mantle("team", models=["openai.gpt-oss-120b"]),
        [
            {
                "Action": ["bedrock-mantle:CountTokens", "bedrock-mantle:CreateInference"],
                "Condition": {"StringEquals": {"bedrock-mantle:Model": "openai.gpt-oss-120b"}},
                "Resource": "arn:aws:bedrock-mantle:us-east-1:111122223333:project/team",
            },
            {
                "Action": [
                    "bedrock-mantle:CancelInference",
                    "bedrock-mantle:DeleteInference",
                    "bedrock-mantle:GetInference",
                    "bedrock-mantle:GetModel",
                    "bedrock-mantle:ListModels",
                ],
                "Resource": "arn:aws:bedrock-mantle:us-east-1:111122223333:project/team",
            },
        ],
        (
            "bedrock-mantle:CreateInference",
            "arn:aws:bedrock-mantle:us-east-1:111122223333:project/team",
            {"bedrock-mantle:Model": "openai.gpt-oss-120b"},
        ),
        (
            "bedrock-mantle:CreateInference",
            "arn:aws:bedrock-mantle:us-east-1:111122223333:project/team",
            {"bedrock-mantle:Model": "openai.gpt-oss-120bx"},
        ),
    ),
    Case(
        "mantle_files",
        "mantle files",
        lambda g: g.mantle_files("team"),
        [
            {
                "Action": [
                    "bedrock-mantle:CreateFile",
                    "bedrock-mantle:DeleteFile",
                    "bedrock-mantle:GetFile",
                    "bedrock-mantle:ListFiles",
                ],
                "Resource": "arn:aws:bedrock-mantle:us-east-1:111122223333:project/team",
            }
        ],
        ("bedrock-mantle:ListFiles", "arn:aws:bedrock-mantle:us-east-1:111122223333:project/team", {}),
        ("bedrock-mantle:ListFiles", "arn:aws:bedrock-mantle:us-east-1:111122223333:project/teamx", {}),
    ),
    Case(
        "web_search",
        "web search",
        lambda g: g.web_search(),
        [
            {
                "Action": ["bedrock-websearch:InvokeFetch", "bedrock-websearch:InvokeSearch"],
                "Resource": "arn:aws:bedrock-websearch:us-east-1:aws:tool/*",
            }
        ],
        ("bedrock-websearch:InvokeSearch", "arn:aws:bedrock-websearch:us-east-1:aws:tool/id1", {}),
        ("bedrock-websearch:InvokeSearch", "arn:aws:bedrock-websearch:us-west-2:aws:tool/id1", {}),
    ),
    Case(
        "external_web_access",
        "web search outside",
        lambda g: g.web_search(external=True),
        [
            {
                "Action": ["bedrock-websearch:InvokeFetch", "bedrock-websearch:InvokeSearch"],
                "Resource": "arn:aws:bedrock-websearch:us-east-1:aws:tool/*",
            },
            {"Action": "bedrock-websearch:ExternalWebAccess", "Resource": "*"},
        ],
        ("bedrock-websearch:InvokeSearch", "arn:aws:bedrock-websearch:us-east-1:aws:tool/id1", {}),
        ("bedrock-websearch:InvokeSearch", "arn:aws:bedrock-websearch:us-west-2:aws:tool/id1", {}),
    ),
    Case(
        "apply_guardrail",
        "apply a guardrail",
        lambda g: g.apply_guardrail("abcdef123456"),
        [{"Action": "bedrock:ApplyGuardrail", "Resource": f"{B}guardrail/abcdef123456"}],
        ("bedrock:ApplyGuardrail", f"{B}guardrail/abcdef123456", {}),
        ("bedrock:ApplyGuardrail", f"{B}guardrail/abcdef123456x", {}),
    ),
    Case(
        "apply_guardrail",
        "apply an encrypted guardrail across Regions",
        lambda g: g.apply_guardrail(
            "abcdef123456", profile="us.guardrail.v1:0", key="arn:aws:kms:us-east-1:111122223333:key/k"
        ),
        [
            {
                "Action": "bedrock:ApplyGuardrail",
                "Resource": [
                    f"{B}guardrail/abcdef123456",
                    f"{B}guardrail-profile/us.guardrail.v1:0",
                    "arn:aws:bedrock:us-east-2:111122223333:guardrail-profile/us.guardrail.v1:0",
                    "arn:aws:bedrock:us-west-2:111122223333:guardrail-profile/us.guardrail.v1:0",
                ],
            },
            {"Action": "kms:Decrypt", "Resource": "arn:aws:kms:us-east-1:111122223333:key/k"},
        ],
        ("bedrock:ApplyGuardrail", f"{B}guardrail/abcdef123456", {}),
        ("bedrock:ApplyGuardrail", f"{B}guardrail/abcdef123456x", {}),
    ),
    Case(
        "enforced_guardrail",
        "an enforced guardrail of another account",
        lambda g: g.enforced_guardrail(
            "arn:aws:bedrock:us-east-1:444455556666:guardrail/org123456789", profile="us.guardrail.v1:0"
        ),
        [
            {
                "Action": "bedrock:ApplyGuardrail",
                "Resource": [
                    "arn:aws:bedrock:us-east-1:444455556666:guardrail/org123456789",
                    "arn:aws:bedrock:us-east-1:444455556666:guardrail-profile/us.guardrail.v1:0",
                    "arn:aws:bedrock:us-east-2:444455556666:guardrail-profile/us.guardrail.v1:0",
                    "arn:aws:bedrock:us-west-2:444455556666:guardrail-profile/us.guardrail.v1:0",
                ],
            }
        ],
        ("bedrock:ApplyGuardrail", "arn:aws:bedrock:us-east-1:444455556666:guardrail/org123456789", {}),
        ("bedrock:ApplyGuardrail", "arn:aws:bedrock:us-east-1:444455556666:guardrail/org123456789x", {}),
    ),
    Case(
        "require_guardrail",
        "require a guardrail in any version",
        lambda g: (g.converse(NOVA), g.require_guardrail("abcdef123456")),
        [
            {
                "Action": "bedrock:InvokeModel",
                "Resource": f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}",
            },
            PROJECT,
            {
                "Action": BOTH,
                "Condition": {
                    "StringNotLike": {"bedrock:GuardrailIdentifier": f"{B}guardrail/abcdef123456:*"}
                },
                "Effect": "Deny",
                "Resource": "*",
            },
            {"Action": "bedrock:ApplyGuardrail", "Resource": f"{B}guardrail/abcdef123456"},
        ],
        (
            "bedrock:InvokeModel",
            f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}",
            {"bedrock:GuardrailIdentifier": f"{B}guardrail/abcdef123456:7"},
        ),
        (
            "bedrock:InvokeModel",
            f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}",
            {"bedrock:GuardrailIdentifier": "arn:aws:bedrock:us-east-1:211122223333:guardrail/abcdef123456"},
        ),
    ),
    Case(
        "require_guardrail",
        "require a guardrail in one version",
        lambda g: (g.converse(NOVA), g.require_guardrail("abcdef123456", version="1")),
        [
            {
                "Action": "bedrock:InvokeModel",
                "Resource": f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}",
            },
            PROJECT,
            {
                "Action": BOTH,
                "Condition": {
                    "StringNotEquals": {"bedrock:GuardrailIdentifier": f"{B}guardrail/abcdef123456:1"}
                },
                "Effect": "Deny",
                "Resource": "*",
            },
            {"Action": "bedrock:ApplyGuardrail", "Resource": f"{B}guardrail/abcdef123456"},
        ],
        (
            "bedrock:InvokeModel",
            f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}",
            {"bedrock:GuardrailIdentifier": f"{B}guardrail/abcdef123456:1"},
        ),
        (
            "bedrock:InvokeModel",
            f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}",
            {"bedrock:GuardrailIdentifier": f"{B}guardrail/abcdef123456:2"},
        ),
    ),
    Case(
        "limit_service_tiers",
        "limit service tiers",
        limited,
        [
            {
                "Action": "bedrock:InvokeModel",
                "Resource": f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}",
            },
            PROJECT,
            {
                "Action": BOTH,
                "Condition": {"StringEquals": {"bedrock:ServiceTier": ["priority", "reserved"]}},
                "Effect": "Deny",
                "Resource": "*",
            },
        ],
        (
            "bedrock:InvokeModel",
            f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}",
            {"bedrock:ServiceTier": "default"},
        ),
        (
            "bedrock:InvokeModel",
            f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}",
            {"bedrock:ServiceTier": "priority"},
        ),
    ),
    Case(
        "guardrail_checks",
        "guardrail checks",
        lambda g: g.guardrail_checks(),
        [{"Action": "bedrock:InvokeGuardrailChecks", "Resource": "*"}],
        ("bedrock:InvokeGuardrailChecks", "*", {}),
        ("bedrock:ApplyGuardrail", "*", {}),
    ),
    Case(
        "automated_reasoning",
        "automated reasoning",
        lambda g: g.automated_reasoning("abcdef123456"),
        [
            {
                "Action": "bedrock:InvokeAutomatedReasoningPolicy",
                "Resource": f"{B}automated-reasoning-policy/abcdef123456",
            }
        ],
        ("bedrock:InvokeAutomatedReasoningPolicy", f"{B}automated-reasoning-policy/abcdef123456", {}),
        ("bedrock:InvokeAutomatedReasoningPolicy", f"{B}automated-reasoning-policy/abcdef123456x", {}),
    ),
    Case(
        "retrieve",
        "retrieve",
        lambda g: g.retrieve("KB12345678"),
        [{"Action": "bedrock:Retrieve", "Resource": f"{B}knowledge-base/KB12345678"}],
        ("bedrock:Retrieve", f"{B}knowledge-base/KB12345678", {}),
        ("bedrock:Retrieve", f"{B}knowledge-base/KB12345678x", {}),
    ),
    Case(
        "retrieve_and_generate",
        "retrieve and generate",
        lambda g: g.retrieve_and_generate("KB12345678", f"us.{NOVA}"),
        [
            {"Action": "bedrock:RetrieveAndGenerate", "Resource": "*"},
            {"Action": "bedrock:Retrieve", "Resource": f"{B}knowledge-base/KB12345678"},
            {"Action": "bedrock:InvokeModel", "Resource": f"{B}inference-profile/us.{NOVA}"},
            {
                "Action": "bedrock:InvokeModel",
                "Condition": {
                    "StringEquals": {"bedrock:InferenceProfileArn": f"{B}inference-profile/us.{NOVA}"}
                },
                "Resource": [
                    f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}",
                    f"arn:aws:bedrock:us-east-2::foundation-model/{NOVA}",
                    f"arn:aws:bedrock:us-west-2::foundation-model/{NOVA}",
                ],
            },
            PROJECT,
        ],
        (
            "bedrock:InvokeModel",
            f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}",
            {"bedrock:InferenceProfileArn": f"{B}inference-profile/us.{NOVA}"},
        ),
        (
            "bedrock:InvokeModel",
            f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}",
            {"bedrock:InferenceProfileArn": f"{B}inference-profile/us.{NOVA}x"},
        ),
    ),
    Case(
        "rerank",
        "rerank",
        lambda g: g.rerank("cohere.rerank-v3-5:0"),
        [
            {"Action": "bedrock:Rerank", "Resource": "*"},
            {
                "Action": "bedrock:InvokeModel",
                "Resource": "arn:aws:bedrock:us-east-1::foundation-model/cohere.rerank-v3-5:0",
            },
            PROJECT,
        ],
        ("bedrock:InvokeModel", "arn:aws:bedrock:us-east-1::foundation-model/cohere.rerank-v3-5:0", {}),
        (
            "bedrock:InvokeModelWithResponseStream",
            "arn:aws:bedrock:us-east-1::foundation-model/cohere.rerank-v3-5:0",
            {},
        ),
    ),
    Case(
        "agentic_retrieve",
        "agentic retrieve",
        lambda g: g.agentic_retrieve("KB12345678", "KB22345678"),
        [
            {"Action": "bedrock:AgenticRetrieveStream", "Resource": "*"},
            {
                "Action": "bedrock:Retrieve",
                "Resource": [f"{B}knowledge-base/KB12345678", f"{B}knowledge-base/KB22345678"],
            },
        ],
        ("bedrock:Retrieve", f"{B}knowledge-base/KB12345678", {}),
        ("bedrock:Retrieve", f"{B}knowledge-base/KB12345678x", {}),
    ),
    Case(
        "agentic_retrieve",
        "agentic retrieve with a model",
        lambda g: g.agentic_retrieve("KB12345678", model=NOVA),
        [
            {"Action": "bedrock:AgenticRetrieveStream", "Resource": "*"},
            {"Action": "bedrock:Retrieve", "Resource": f"{B}knowledge-base/KB12345678"},
            {
                "Action": "bedrock:InvokeModel",
                "Resource": f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}",
            },
            PROJECT,
        ],
        ("bedrock:Retrieve", f"{B}knowledge-base/KB12345678", {}),
        ("bedrock:Retrieve", f"{B}knowledge-base/KB12345678x", {}),
    ),
    Case(
        "generate_query",
        "generate query",
        lambda g: g.generate_query(),
        [{"Action": "bedrock:GenerateQuery", "Resource": "*"}],
        ("bedrock:GenerateQuery", "*", {}),
        ("bedrock:Retrieve", "*", {}),
    ),
    Case(
        "document_content",
        "document content",
        lambda g: g.document_content("KB12345678"),
        [
            {
                "Action": ["bedrock:GetDocumentContent", "bedrock:Retrieve"],
                "Resource": f"{B}knowledge-base/KB12345678",
            }
        ],
        ("bedrock:GetDocumentContent", f"{B}knowledge-base/KB12345678", {}),
        ("bedrock:GetDocumentContent", f"{B}knowledge-base/KB12345679", {}),
    ),
    Case(
        "document_acl",
        "document access",
        lambda g: g.document_acl(),
        [{"Action": ["bedrock:CheckIngestedDocumentAcl", "bedrock:GetIngestedDocumentAcl"], "Resource": "*"}],
        ("bedrock:GetIngestedDocumentAcl", "*", {}),
        ("bedrock:GetDocumentContent", "*", {}),
    ),
    Case(
        "optimize_prompt",
        "optimize a prompt",
        lambda g: g.optimize_prompt(),
        [{"Action": "bedrock:OptimizePrompt", "Resource": "*"}],
        ("bedrock:OptimizePrompt", "*", {}),
        ("bedrock:RenderPrompt", "*", {}),
    ),
    Case(
        "invoke_agent",
        "invoke an agent",
        lambda g: g.invoke_agent("AGENT12345/ALIAS12345"),
        [{"Action": "bedrock:InvokeAgent", "Resource": f"{B}agent-alias/AGENT12345/ALIAS12345"}],
        ("bedrock:InvokeAgent", f"{B}agent-alias/AGENT12345/ALIAS12345", {}),
        ("bedrock:InvokeAgent", f"{B}agent-alias/AGENT12345/ALIAS12345x", {}),
    ),
    Case(
        "invoke_agent",
        "invoke an agent with a key",
        lambda g: g.invoke_agent("AGENT12345/ALIAS12345", key="arn:aws:kms:us-east-1:111122223333:key/k"),
        [
            {"Action": "bedrock:InvokeAgent", "Resource": f"{B}agent-alias/AGENT12345/ALIAS12345"},
            {
                "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
                "Resource": "arn:aws:kms:us-east-1:111122223333:key/k",
            },
        ],
        ("kms:GenerateDataKey", "arn:aws:kms:us-east-1:111122223333:key/k", {}),
        ("kms:GenerateDataKey", "arn:aws:kms:us-east-1:111122223333:key/other", {}),
    ),
    Case(
        "agent_memory",
        "an agent's memory",
        lambda g: g.agent_memory("AGENT12345/ALIAS12345"),
        [
            {
                "Action": ["bedrock:DeleteAgentMemory", "bedrock:GetAgentMemory"],
                "Resource": f"{B}agent-alias/AGENT12345/ALIAS12345",
            }
        ],
        ("bedrock:GetAgentMemory", f"{B}agent-alias/AGENT12345/ALIAS12345", {}),
        ("bedrock:GetAgentMemory", f"{B}agent-alias/AGENT12345/ALIAS12345x", {}),
    ),
    Case(
        "inline_agent",
        "an inline agent",
        lambda g: g.inline_agent(NOVA),
        [
            {"Action": "bedrock:InvokeInlineAgent", "Resource": "*"},
            {
                "Action": "bedrock:InvokeModel",
                "Resource": f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}",
            },
            PROJECT,
        ],
        ("bedrock:InvokeModel", f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}", {}),
        ("bedrock:InvokeModelWithResponseStream", f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}", {}),
    ),
    Case(
        "inline_agent",
        "a named inline agent",
        lambda g: g.inline_agent(
            NOVA, agent_names=["helper"], knowledge_bases=["KB12345678"], streaming=True
        ),
        [
            {
                "Action": "bedrock:InvokeInlineAgent",
                "Condition": {"StringEquals": {"bedrock:InlineAgentName": "helper"}},
                "Resource": "*",
            },
            {"Action": BOTH, "Resource": f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}"},
            STREAMED_PROJECT,
            {"Action": "bedrock:Retrieve", "Resource": f"{B}knowledge-base/KB12345678"},
        ],
        ("bedrock:InvokeModelWithResponseStream", f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}", {}),
        ("bedrock:InvokeModelWithResponseStream", f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}x", {}),
    ),
    Case(
        "invoke_flow",
        "invoke a flow",
        lambda g: g.invoke_flow("FLOW123456/ALIAS12345"),
        [{"Action": "bedrock:InvokeFlow", "Resource": f"{B}flow/FLOW123456/alias/ALIAS12345"}],
        ("bedrock:InvokeFlow", f"{B}flow/FLOW123456/alias/ALIAS12345", {}),
        ("bedrock:InvokeFlow", f"{B}flow/FLOW123456/alias/ALIAS12345x", {}),
    ),
    Case(
        "flow_executions",
        "flow executions",
        lambda g: g.flow_executions("FLOW123456/ALIAS12345"),
        [
            {
                "Action": ["bedrock:ListFlowExecutions", "bedrock:StartFlowExecution"],
                "Resource": [f"{B}flow/FLOW123456", f"{B}flow/FLOW123456/alias/ALIAS12345"],
            },
            {
                "Action": [
                    "bedrock:GetExecutionFlowSnapshot",
                    "bedrock:GetFlowExecution",
                    "bedrock:ListFlowExecutionEvents",
                    "bedrock:StopFlowExecution",
                ],
                "Resource": [
                    f"{B}flow/FLOW123456",
                    f"{B}flow/FLOW123456/alias/ALIAS12345",
                    f"{B}flow/FLOW123456/alias/ALIAS12345/execution/*",
                ],
            },
        ],
        ("bedrock:StartFlowExecution", f"{B}flow/FLOW123456", {}),
        ("bedrock:StartFlowExecution", f"{B}flow/FLOW123456x", {}),
    ),
    Case(
        "sessions",
        "sessions",
        lambda g: g.sessions(),
        [
            {"Action": ["bedrock:CreateSession", "bedrock:ListSessions"], "Resource": "*"},
            {
                "Action": [
                    "bedrock:CreateInvocation",
                    "bedrock:DeleteSession",
                    "bedrock:EndSession",
                    "bedrock:GetInvocationStep",
                    "bedrock:GetSession",
                    "bedrock:ListInvocationSteps",
                    "bedrock:ListInvocations",
                    "bedrock:PutInvocationStep",
                    "bedrock:UpdateSession",
                ],
                "Resource": f"{B}session/*",
            },
        ],
        ("bedrock:UpdateSession", f"{B}session/id1", {}),
        ("bedrock:UpdateSession", "arn:aws:bedrock:us-west-2:111122223333:session/id1", {}),
    ),
    Case(
        "sessions",
        "one session",
        lambda g: g.sessions("5f9c"),
        [
            {"Action": ["bedrock:CreateSession", "bedrock:ListSessions"], "Resource": "*"},
            {
                "Action": [
                    "bedrock:CreateInvocation",
                    "bedrock:DeleteSession",
                    "bedrock:EndSession",
                    "bedrock:GetInvocationStep",
                    "bedrock:GetSession",
                    "bedrock:ListInvocationSteps",
                    "bedrock:ListInvocations",
                    "bedrock:PutInvocationStep",
                    "bedrock:UpdateSession",
                ],
                "Resource": f"{B}session/5f9c",
            },
        ],
        ("bedrock:UpdateSession", f"{B}session/5f9c", {}),
        ("bedrock:UpdateSession", f"{B}session/5f9cx", {}),
    ),
    Case(
        "data_automation",
        "data automation",
        lambda g: g.data_automation("p123", files="docs"),
        [
            {
                "Action": "bedrock:InvokeDataAutomation",
                "Resource": [
                    f"{B}data-automation-project/p123",
                    f"{B}data-automation-profile/us.data-automation-v1",
                    "arn:aws:bedrock:us-east-2:111122223333:data-automation-profile/us.data-automation-v1",
                    "arn:aws:bedrock:us-west-1:111122223333:data-automation-profile/us.data-automation-v1",
                    "arn:aws:bedrock:us-west-2:111122223333:data-automation-profile/us.data-automation-v1",
                ],
            },
            {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::docs/*"},
        ],
        ("bedrock:InvokeDataAutomation", f"{B}data-automation-project/p123", {}),
        ("bedrock:InvokeDataAutomation", f"{B}data-automation-project/p123x", {}),
    ),
    Case(
        "data_automation_async",
        "data automation in the background",
        lambda g: g.data_automation_async(
            "p123", input="docs", output="out", output_prefix="r/", blueprints=["b123"]
        ),
        [
            {
                "Action": "bedrock:InvokeDataAutomationAsync",
                "Resource": [
                    f"{B}data-automation-project/p123",
                    f"{B}blueprint/b123",
                    f"{B}data-automation-profile/us.data-automation-v1",
                    "arn:aws:bedrock:us-east-2:111122223333:data-automation-profile/us.data-automation-v1",
                    "arn:aws:bedrock:us-west-1:111122223333:data-automation-profile/us.data-automation-v1",
                    "arn:aws:bedrock:us-west-2:111122223333:data-automation-profile/us.data-automation-v1",
                ],
            },
            {"Action": "bedrock:GetDataAutomationStatus", "Resource": f"{B}data-automation-invocation/*"},
            {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::docs/*"},
            {"Action": "s3:PutObject", "Resource": "arn:aws:s3:::out/r/*"},
        ],
        ("bedrock:InvokeDataAutomationAsync", f"{B}data-automation-project/p123", {}),
        ("bedrock:InvokeDataAutomationAsync", f"{B}data-automation-project/p123x", {}),
    ),
    Case(
        "invoke_harness",
        "a harness",
        lambda g: g.invoke_harness("h-1"),
        [
            {
                "Action": ["bedrock-agentcore:InvokeAgentRuntime", "bedrock-agentcore:InvokeHarness"],
                "Resource": f"{C}harness/h-1",
            }
        ],
        ("bedrock-agentcore:InvokeHarness", f"{C}harness/h-1", {}),
        ("bedrock-agentcore:InvokeHarness", f"{C}harness/h-1x", {}),
    ),
    Case(
        "invoke_harness",
        "a harness's endpoint",
        lambda g: g.invoke_harness("h-1", endpoint="live"),
        [
            {
                "Action": ["bedrock-agentcore:InvokeAgentRuntime", "bedrock-agentcore:InvokeHarness"],
                "Resource": f"{C}harness/h-1",
            },
            {
                "Action": "bedrock-agentcore:InvokeHarness",
                "Resource": f"{C}harness/h-1/harness-endpoint/live",
            },
        ],
        ("bedrock-agentcore:InvokeHarness", f"{C}harness/h-1", {}),
        ("bedrock-agentcore:InvokeHarness", f"{C}harness/h-1x", {}),
    ),
    Case(
        "invoke_runtime",
        "a runtime",
        lambda g: g.invoke_runtime("r-1"),
        [
            {
                "Action": "bedrock-agentcore:InvokeAgentRuntime",
                "Resource": [f"{C}runtime/r-1", f"{C}runtime/r-1/runtime-endpoint/DEFAULT"],
            }
        ],
        ("bedrock-agentcore:InvokeAgentRuntime", f"{C}runtime/r-1", {}),
        ("bedrock-agentcore:InvokeAgentRuntime", f"{C}runtime/r-1x", {}),
    ),
    Case(
        "invoke_runtime_for_user",
        "a runtime for a user",
        lambda g: g.invoke_runtime_for_user("r-1", endpoint="live"),
        [
            {
                "Action": "bedrock-agentcore:InvokeAgentRuntimeForUser",
                "Resource": [f"{C}runtime/r-1", f"{C}runtime/r-1/runtime-endpoint/live"],
            }
        ],
        ("bedrock-agentcore:InvokeAgentRuntimeForUser", f"{C}runtime/r-1", {}),
        ("bedrock-agentcore:InvokeAgentRuntimeForUser", f"{C}runtime/r-1x", {}),
    ),
    Case(
        "runtime_websocket",
        "a runtime over a WebSocket",
        lambda g: g.runtime_websocket("r-1"),
        [
            {
                "Action": "bedrock-agentcore:InvokeAgentRuntimeWithWebSocketStream",
                "Resource": [f"{C}runtime/r-1", f"{C}runtime/r-1/runtime-endpoint/DEFAULT"],
            }
        ],
        ("bedrock-agentcore:InvokeAgentRuntimeWithWebSocketStream", f"{C}runtime/r-1", {}),
        ("bedrock-agentcore:InvokeAgentRuntimeWithWebSocketStream", f"{C}runtime/r-1x", {}),
    ),
    Case(
        "runtime_command",
        "commands in a runtime",
        lambda g: g.runtime_command("r-1"),
        [
            {
                "Action": "bedrock-agentcore:InvokeAgentRuntimeCommand",
                "Resource": [f"{C}runtime/r-1", f"{C}runtime/r-1/runtime-endpoint/DEFAULT"],
            }
        ],
        ("bedrock-agentcore:InvokeAgentRuntimeCommand", f"{C}runtime/r-1", {}),
        ("bedrock-agentcore:InvokeAgentRuntimeCommand", f"{C}runtime/r-1x", {}),
    ),
    Case(
        "stop_runtime_session",
        "stop a runtime's session",
        lambda g: g.stop_runtime_session("r-1"),
        [
            {
                "Action": "bedrock-agentcore:StopRuntimeSession",
                "Resource": [f"{C}runtime/r-1", f"{C}runtime/r-1/runtime-endpoint/DEFAULT"],
            }
        ],
        ("bedrock-agentcore:StopRuntimeSession", f"{C}runtime/r-1", {}),
        ("bedrock-agentcore:StopRuntimeSession", f"{C}runtime/r-1x", {}),
    ),
    Case(
        "agent_card",
        "an agent's card",
        lambda g: g.agent_card("r-1"),
        [
            {
                "Action": "bedrock-agentcore:GetAgentCard",
                "Resource": [f"{C}runtime/r-1", f"{C}runtime/r-1/runtime-endpoint/DEFAULT"],
            }
        ],
        ("bedrock-agentcore:GetAgentCard", f"{C}runtime/r-1", {}),
        ("bedrock-agentcore:GetAgentCard", f"{C}runtime/r-1x", {}),
    ),
    Case(
        "invoke_gateway",
        "a gateway",
        lambda g: g.invoke_gateway("g-1"),
        [{"Action": "bedrock-agentcore:InvokeGateway", "Resource": f"{C}gateway/g-1"}],
        ("bedrock-agentcore:InvokeGateway", f"{C}gateway/g-1", {}),
        ("bedrock-agentcore:InvokeGateway", f"{C}gateway/g-1x", {}),
    ),
    Case(
        "memory_events",
        "memory events of actors",
        lambda g: g.memory_events("m-1", actors=["alice", "bob"]),
        [
            {
                "Action": EVENTS,
                "Condition": {"StringEquals": {"bedrock-agentcore:actorId": ["alice", "bob"]}},
                "Resource": f"{C}memory/m-1",
            },
            {
                "Action": "bedrock-agentcore:ListSessions",
                "Condition": {"StringEquals": {"bedrock-agentcore:actorId": ["alice", "bob"]}},
                "Resource": f"{C}memory/m-1",
            },
        ],
        ("bedrock-agentcore:ListSessions", f"{C}memory/m-1", {"bedrock-agentcore:actorId": "alice"}),
        ("bedrock-agentcore:ListSessions", f"{C}memory/m-1", {"bedrock-agentcore:actorId": "alicex"}),
    ),
    Case(
        "memory_events",
        "memory events of one session",
        lambda g: g.memory_events("m-1", actors=["alice"], sessions=["s-1"]),
        [
            {
                "Action": EVENTS,
                "Condition": {
                    "StringEquals": {
                        "bedrock-agentcore:actorId": "alice",
                        "bedrock-agentcore:sessionId": "s-1",
                    }
                },
                "Resource": f"{C}memory/m-1",
            },
            {
                "Action": "bedrock-agentcore:ListSessions",
                "Condition": {"StringEquals": {"bedrock-agentcore:actorId": "alice"}},
                "Resource": f"{C}memory/m-1",
            },
        ],
        (
            "bedrock-agentcore:CreateEvent",
            f"{C}memory/m-1",
            {"bedrock-agentcore:actorId": "alice", "bedrock-agentcore:sessionId": "s-1"},
        ),
        (
            "bedrock-agentcore:CreateEvent",
            f"{C}memory/m-1",
            {"bedrock-agentcore:actorId": "alice", "bedrock-agentcore:sessionId": "s-2"},
        ),
    ),
    Case(
        "memory_actors",
        "memory actors",
        lambda g: g.memory_actors("m-1"),
        [{"Action": "bedrock-agentcore:ListActors", "Resource": f"{C}memory/m-1"}],
        ("bedrock-agentcore:ListActors", f"{C}memory/m-1", {}),
        ("bedrock-agentcore:ListActors", f"{C}memory/m-1x", {}),
    ),
    Case(
        "memory_retrieve",
        "memory retrieval in a namespace",
        lambda g: g.memory_retrieve("m-1", namespaces=["/facts"]),
        [
            {
                "Action": action,
                "Condition": {"StringEquals": {"bedrock-agentcore:namespace": "/facts"}},
                "Resource": f"{C}memory/m-1",
            }
            for action in ("bedrock-agentcore:GetMemoryRecord", SEARCH)
        ],
        (
            "bedrock-agentcore:RetrieveMemoryRecords",
            f"{C}memory/m-1",
            {"bedrock-agentcore:namespace": "/facts"},
        ),
        (
            "bedrock-agentcore:RetrieveMemoryRecords",
            f"{C}memory/m-1",
            {"bedrock-agentcore:namespace": "/factsx"},
        ),
    ),
    Case(
        "memory_retrieve",
        "memory retrieval below a path, of one strategy",
        lambda g: g.memory_retrieve("m-1", namespace_paths=["/actors/alice/"], strategies=["s-1"]),
        [
            {
                "Action": "bedrock-agentcore:GetMemoryRecord",
                "Condition": {"StringLike": {"bedrock-agentcore:namespace": "/actors/alice/*"}},
                "Resource": f"{C}memory/m-1",
            },
            {
                "Action": SEARCH,
                "Condition": {
                    "StringEquals": {"bedrock-agentcore:strategyId": "s-1"},
                    "StringLike": {"bedrock-agentcore:namespacePath": "/actors/alice/*"},
                },
                "Resource": f"{C}memory/m-1",
            },
        ],
        (
            "bedrock-agentcore:ListMemoryRecords",
            f"{C}memory/m-1",
            {
                "bedrock-agentcore:namespacePath": "/actors/alice/facts/",
                "bedrock-agentcore:strategyId": "s-1",
            },
        ),
        (
            "bedrock-agentcore:ListMemoryRecords",
            f"{C}memory/m-1",
            {
                "bedrock-agentcore:namespacePath": "/actors/alicex/facts/",
                "bedrock-agentcore:strategyId": "s-1",
            },
        ),
    ),
    Case(
        "memory_records",
        "memory records",
        lambda g: g.memory_records("m-1"),
        [
            {"Action": RECORDS, "Resource": f"{C}memory/m-1"},
            {"Action": "bedrock-agentcore:BatchUpdateMemoryRecords", "Resource": f"{C}memory/m-1"},
        ],
        ("bedrock-agentcore:DeleteMemoryRecord", f"{C}memory/m-1", {}),
        ("bedrock-agentcore:DeleteMemoryRecord", f"{C}memory/m-1x", {}),
    ),
    Case(
        "memory_records",
        "memory records of one namespace",
        lambda g: g.memory_records("m-1", namespaces=["/facts"]),
        [
            {
                "Action": RECORDS,
                "Condition": {"StringEquals": {"bedrock-agentcore:namespace": "/facts"}},
                "Resource": f"{C}memory/m-1",
            },
            {
                "Action": "bedrock-agentcore:BatchUpdateMemoryRecords",
                "Condition": {
                    "StringEquals": {
                        "bedrock-agentcore:namespace": "/facts",
                        "bedrock-agentcore:sourceNamespace": "/facts",
                    }
                },
                "Resource": f"{C}memory/m-1",
            },
        ],
        (
            "bedrock-agentcore:BatchUpdateMemoryRecords",
            f"{C}memory/m-1",
            {"bedrock-agentcore:namespace": "/facts", "bedrock-agentcore:sourceNamespace": "/facts"},
        ),
        (
            "bedrock-agentcore:BatchUpdateMemoryRecords",
            f"{C}memory/m-1",
            {"bedrock-agentcore:namespace": "/facts", "bedrock-agentcore:sourceNamespace": "/others"},
        ),
    ),
    Case(
        "memory_expiry",
        "when memory records expire",
        lambda g: g.memory_expiry("m-1"),
        [
            {
                "Action": "bedrock-agentcore:UpdateMemoryRecordExpirySpecification",
                "Resource": f"{C}memory/m-1",
            }
        ],
        ("bedrock-agentcore:UpdateMemoryRecordExpirySpecification", f"{C}memory/m-1", {}),
        ("bedrock-agentcore:UpdateMemoryRecordExpirySpecification", f"{C}memory/m-1x", {}),
    ),
    Case(
        "use_browser",
        "AWS's browser",
        lambda g: g.use_browser(),
        [
            {
                "Action": [
                    "bedrock-agentcore:ConnectBrowserAutomationStream",
                    "bedrock-agentcore:ConnectBrowserLiveViewStream",
                    "bedrock-agentcore:GetBrowserSession",
                    "bedrock-agentcore:ListBrowserSessions",
                    "bedrock-agentcore:StartBrowserSession",
                    "bedrock-agentcore:StopBrowserSession",
                    "bedrock-agentcore:UpdateBrowserStream",
                ],
                "Resource": "arn:aws:bedrock-agentcore:us-east-1:aws:browser/aws.browser.v1",
            },
        ],
        (
            "bedrock-agentcore:UpdateBrowserStream",
            "arn:aws:bedrock-agentcore:us-east-1:aws:browser/aws.browser.v1",
            {},
        ),
        (
            "bedrock-agentcore:UpdateBrowserStream",
            "arn:aws:bedrock-agentcore:us-east-1:aws:browser/aws.browser.v1x",
            {},
        ),
    ),
    Case(
        "use_browser",
        "a browser of one's own",
        lambda g: g.use_browser("b-1"),
        [
            {
                "Action": [
                    "bedrock-agentcore:ConnectBrowserAutomationStream",
                    "bedrock-agentcore:ConnectBrowserLiveViewStream",
                    "bedrock-agentcore:GetBrowserSession",
                    "bedrock-agentcore:ListBrowserSessions",
                    "bedrock-agentcore:StartBrowserSession",
                    "bedrock-agentcore:StopBrowserSession",
                    "bedrock-agentcore:UpdateBrowserStream",
                ],
                "Resource": f"{C}browser-custom/b-1",
            },
        ],
        ("bedrock-agentcore:UpdateBrowserStream", f"{C}browser-custom/b-1", {}),
        ("bedrock-agentcore:UpdateBrowserStream", f"{C}browser-custom/b-1x", {}),
    ),
    Case(
        "use_code_interpreter",
        "AWS's code interpreter",
        lambda g: g.use_code_interpreter(),
        [
            {
                "Action": [
                    "bedrock-agentcore:GetCodeInterpreterSession",
                    "bedrock-agentcore:InvokeCodeInterpreter",
                    "bedrock-agentcore:ListCodeInterpreterSessions",
                    "bedrock-agentcore:StartCodeInterpreterSession",
                    "bedrock-agentcore:StopCodeInterpreterSession",
                ],
                "Resource": "arn:aws:bedrock-agentcore:us-east-1:aws:code-interpreter/aws.codeinterpreter.v1",
            }
        ],
        (
            "bedrock-agentcore:StopCodeInterpreterSession",
            "arn:aws:bedrock-agentcore:us-east-1:aws:code-interpreter/aws.codeinterpreter.v1",
            {},
        ),
        (
            "bedrock-agentcore:StopCodeInterpreterSession",
            "arn:aws:bedrock-agentcore:us-east-1:aws:code-interpreter/aws.codeinterpreter.v1x",
            {},
        ),
    ),
    Case(
        "use_code_interpreter",
        "a code interpreter of one's own",
        lambda g: g.use_code_interpreter("c-1"),
        [
            {
                "Action": [
                    "bedrock-agentcore:GetCodeInterpreterSession",
                    "bedrock-agentcore:InvokeCodeInterpreter",
                    "bedrock-agentcore:ListCodeInterpreterSessions",
                    "bedrock-agentcore:StartCodeInterpreterSession",
                    "bedrock-agentcore:StopCodeInterpreterSession",
                ],
                "Resource": f"{C}code-interpreter-custom/c-1",
            }
        ],
        ("bedrock-agentcore:StopCodeInterpreterSession", f"{C}code-interpreter-custom/c-1", {}),
        ("bedrock-agentcore:StopCodeInterpreterSession", f"{C}code-interpreter-custom/c-1x", {}),
    ),
    Case(
        "agentcore_web_search",
        "AgentCore's web search",
        lambda g: g.agentcore_web_search(),
        [{"Action": "bedrock-agentcore:InvokeWebSearch", "Resource": WEB_SEARCH}],
        ("bedrock-agentcore:InvokeWebSearch", WEB_SEARCH, {}),
        ("bedrock-agentcore:InvokeWebSearch", f"{C}tool/web-search.v1", {}),
    ),
    Case(
        "workload_token",
        "a workload token",
        lambda g: g.workload_token("agent"),
        [
            {
                "Action": "bedrock-agentcore:GetWorkloadAccessToken",
                "Resource": [
                    f"{C}workload-identity-directory/default",
                    f"{C}workload-identity-directory/default/workload-identity/agent",
                ],
            }
        ],
        ("bedrock-agentcore:GetWorkloadAccessToken", f"{C}workload-identity-directory/default", {}),
        ("bedrock-agentcore:GetWorkloadAccessToken", f"{C}workload-identity-directory/defaultx", {}),
    ),
    Case(
        "workload_token_for_jwt",
        "a workload token for a JWT",
        lambda g: g.workload_token_for_jwt("agent"),
        [
            {
                "Action": "bedrock-agentcore:GetWorkloadAccessTokenForJWT",
                "Resource": [
                    f"{C}workload-identity-directory/default",
                    f"{C}workload-identity-directory/default/workload-identity/agent",
                ],
            }
        ],
        ("bedrock-agentcore:GetWorkloadAccessTokenForJWT", f"{C}workload-identity-directory/default", {}),
        ("bedrock-agentcore:GetWorkloadAccessTokenForJWT", f"{C}workload-identity-directory/defaultx", {}),
    ),
    Case(
        "workload_token_for_user_id",
        "a workload token for user ids",
        lambda g: g.workload_token_for_user_id("agent", users=["alice"]),
        [
            {
                "Action": "bedrock-agentcore:GetWorkloadAccessTokenForUserId",
                "Condition": {"StringEquals": {"bedrock-agentcore:userid": "alice"}},
                "Resource": [
                    f"{C}workload-identity-directory/default",
                    f"{C}workload-identity-directory/default/workload-identity/agent",
                ],
            }
        ],
        (
            "bedrock-agentcore:GetWorkloadAccessTokenForUserId",
            f"{C}workload-identity-directory/default",
            {"bedrock-agentcore:userid": "alice"},
        ),
        (
            "bedrock-agentcore:GetWorkloadAccessTokenForUserId",
            f"{C}workload-identity-directory/default",
            {"bedrock-agentcore:userid": "alicex"},
        ),
    ),
    Case(
        "oauth2_token",
        "an OAuth 2.0 token",
        lambda g: g.oauth2_token("github", "agent"),
        [
            {
                "Action": [
                    "bedrock-agentcore:CompleteResourceTokenAuth",
                    "bedrock-agentcore:GetResourceOauth2Token",
                ],
                "Resource": [
                    f"{C}token-vault/default",
                    f"{C}token-vault/default/oauth2credentialprovider/github",
                    f"{C}workload-identity-directory/default",
                    f"{C}workload-identity-directory/default/workload-identity/agent",
                ],
            }
        ],
        ("bedrock-agentcore:GetResourceOauth2Token", f"{C}token-vault/default", {}),
        ("bedrock-agentcore:GetResourceOauth2Token", f"{C}token-vault/defaultx", {}),
    ),
    Case(
        "api_key",
        "an API key",
        lambda g: g.api_key("key", "agent"),
        [
            {
                "Action": "bedrock-agentcore:GetResourceApiKey",
                "Resource": [
                    f"{C}token-vault/default",
                    f"{C}token-vault/default/apikeycredentialprovider/key",
                    f"{C}workload-identity-directory/default",
                    f"{C}workload-identity-directory/default/workload-identity/agent",
                ],
            }
        ],
        ("bedrock-agentcore:GetResourceApiKey", f"{C}token-vault/default", {}),
        ("bedrock-agentcore:GetResourceApiKey", f"{C}token-vault/defaultx", {}),
    ),
    Case(
        "memory_ingest",
        "content for a memory, of one actor",
        lambda g: g.memory_ingest("m-1", actors=["alice"]),
        [
            {
                "Action": "bedrock-agentcore:IngestData",
                "Condition": {"StringEquals": {"bedrock-agentcore:actorId": "alice"}},
                "Resource": f"{C}memory/m-1",
            }
        ],
        ("bedrock-agentcore:IngestData", f"{C}memory/m-1", {"bedrock-agentcore:actorId": "alice"}),
        ("bedrock-agentcore:IngestData", f"{C}memory/m-1", {"bedrock-agentcore:actorId": "alicex"}),
    ),
    Case(
        "memory_extraction",
        "extraction jobs of a memory",
        lambda g: g.memory_extraction("m-1"),
        [
            {"Action": "bedrock-agentcore:ListMemoryExtractionJobs", "Resource": f"{C}memory/m-1"},
            {"Action": "bedrock-agentcore:StartMemoryExtractionJob", "Resource": f"{C}memory/m-1"},
        ],
        ("bedrock-agentcore:StartMemoryExtractionJob", f"{C}memory/m-1", {}),
        ("bedrock-agentcore:StartMemoryExtractionJob", f"{C}memory/m-1x", {}),
    ),
    Case(
        "memory_extraction",
        "extraction jobs of one strategy",
        lambda g: g.memory_extraction("m-1", strategies=["s-1"]),
        [
            {"Action": "bedrock-agentcore:ListMemoryExtractionJobs", "Resource": f"{C}memory/m-1"},
            {
                "Action": "bedrock-agentcore:StartMemoryExtractionJob",
                "Condition": {"StringEquals": {"bedrock-agentcore:strategyId": "s-1"}},
                "Resource": f"{C}memory/m-1",
            },
        ],
        (
            "bedrock-agentcore:StartMemoryExtractionJob",
            f"{C}memory/m-1",
            {"bedrock-agentcore:strategyId": "s-1"},
        ),
        (
            "bedrock-agentcore:StartMemoryExtractionJob",
            f"{C}memory/m-1",
            {"bedrock-agentcore:strategyId": "s-2"},
        ),
    ),
    Case(
        "use_browser_profile",
        "a browser's profile",
        lambda g: g.use_browser_profile("p-1", browser="b-1"),
        [
            {
                "Action": [
                    "bedrock-agentcore:SaveBrowserSessionProfile",
                    "bedrock-agentcore:StartBrowserSession",
                ],
                "Resource": [f"{C}browser-custom/b-1", f"{C}browser-profile/p-1"],
            }
        ],
        ("bedrock-agentcore:SaveBrowserSessionProfile", f"{C}browser-profile/p-1", {}),
        ("bedrock-agentcore:SaveBrowserSessionProfile", f"{C}browser-profile/p-1x", {}),
    ),
    Case(
        "evaluate",
        "an evaluator on demand",
        lambda g: g.evaluate("e-1"),
        [{"Action": "bedrock-agentcore:Evaluate", "Resource": f"{C}evaluator/e-1"}],
        ("bedrock-agentcore:Evaluate", f"{C}evaluator/e-1", {}),
        ("bedrock-agentcore:Evaluate", f"{C}evaluator/e-1x", {}),
    ),
    Case(
        "pay",
        "payments within sessions of others",
        lambda g: g.pay("pm-1"),
        [
            {
                "Action": [
                    "bedrock-agentcore:GetPaymentInstrument",
                    "bedrock-agentcore:GetPaymentInstrumentBalance",
                    "bedrock-agentcore:GetPaymentSession",
                    "bedrock-agentcore:ListPaymentInstruments",
                    "bedrock-agentcore:ListPaymentSessions",
                    "bedrock-agentcore:ProcessPayment",
                ],
                "Resource": f"{C}payment-manager/pm-1",
            }
        ],
        ("bedrock-agentcore:ProcessPayment", f"{C}payment-manager/pm-1", {}),
        ("bedrock-agentcore:CreatePaymentSession", f"{C}payment-manager/pm-1", {}),
    ),
    Case(
        "search_registry",
        "the records of a registry",
        lambda g: g.search_registry("r-1"),
        [
            {
                "Action": [
                    "agent-registry:ListDiscoverableRegistryRecords",
                    "agent-registry:SearchDiscoverableRegistryRecords",
                ],
                "Resource": f"{REGISTRY}r-1",
            },
            {"Action": "agent-registry:GetDiscoverableRegistryRecord", "Resource": f"{REGISTRY}r-1/record/*"},
        ],
        ("agent-registry:GetDiscoverableRegistryRecord", f"{REGISTRY}r-1/record/x", {}),
        ("agent-registry:GetDiscoverableRegistryRecord", f"{REGISTRY}r-1x/record/x", {}),
    ),
    Case(
        "search_registry",
        "one record of a registry",
        lambda g: g.search_registry("r-1", records=["x"]),
        [
            {
                "Action": [
                    "agent-registry:ListDiscoverableRegistryRecords",
                    "agent-registry:SearchDiscoverableRegistryRecords",
                ],
                "Resource": f"{REGISTRY}r-1",
            },
            {"Action": "agent-registry:GetDiscoverableRegistryRecord", "Resource": f"{REGISTRY}r-1/record/x"},
        ],
        ("agent-registry:GetDiscoverableRegistryRecord", f"{REGISTRY}r-1/record/x", {}),
        ("agent-registry:GetDiscoverableRegistryRecord", f"{REGISTRY}r-1/record/xy", {}),
    ),
    Case(
        "registry_mcp",
        "a registry's MCP server",
        lambda g: g.registry_mcp("r-1"),
        [{"Action": "agent-registry:InvokeRegistryMcp", "Resource": f"{REGISTRY}r-1"}],
        ("agent-registry:InvokeRegistryMcp", f"{REGISTRY}r-1", {}),
        ("agent-registry:InvokeRegistryMcp", f"{REGISTRY}r-1x", {}),
    ),
    Case(
        "memory_ingest",
        "content for a memory, of one session",
        lambda g: g.memory_ingest("m-1", sessions=["s-1"]),
        [
            {
                "Action": "bedrock-agentcore:IngestData",
                "Condition": {"StringEquals": {"bedrock-agentcore:sessionId": "s-1"}},
                "Resource": f"{C}memory/m-1",
            }
        ],
        ("bedrock-agentcore:IngestData", f"{C}memory/m-1", {"bedrock-agentcore:sessionId": "s-1"}),
        ("bedrock-agentcore:IngestData", f"{C}memory/m-1", {}),
    ),
    Case(
        "memory_extraction",
        "extraction jobs of one session",
        lambda g: g.memory_extraction("m-1", actors=["alice"], sessions=["s-1"]),
        [
            {"Action": "bedrock-agentcore:ListMemoryExtractionJobs", "Resource": f"{C}memory/m-1"},
            {
                "Action": "bedrock-agentcore:StartMemoryExtractionJob",
                "Condition": {
                    "StringEquals": {
                        "bedrock-agentcore:actorId": "alice",
                        "bedrock-agentcore:sessionId": "s-1",
                    }
                },
                "Resource": f"{C}memory/m-1",
            },
        ],
        (
            "bedrock-agentcore:StartMemoryExtractionJob",
            f"{C}memory/m-1",
            {"bedrock-agentcore:actorId": "alice", "bedrock-agentcore:sessionId": "s-1"},
        ),
        (
            "bedrock-agentcore:StartMemoryExtractionJob",
            f"{C}memory/m-1",
            {"bedrock-agentcore:actorId": "bob", "bedrock-agentcore:sessionId": "s-1"},
        ),
    ),
    Case(
        "runtime_websocket_for_user",
        "a runtime over a WebSocket for a user",
        lambda g: g.runtime_websocket_for_user("r-1"),
        [
            {
                "Action": "bedrock-agentcore:InvokeAgentRuntimeWithWebSocketStreamForUser",
                "Resource": [f"{C}runtime/r-1", f"{C}runtime/r-1/runtime-endpoint/DEFAULT"],
            }
        ],
        ("bedrock-agentcore:InvokeAgentRuntimeWithWebSocketStreamForUser", f"{C}runtime/r-1", {}),
        ("bedrock-agentcore:InvokeAgentRuntimeWithWebSocketStream", f"{C}runtime/r-1", {}),
    ),
    Case(
        "workload_token_for_jwt",
        "a workload token for a JWT of one issuer and client",
        lambda g: g.workload_token_for_jwt("agent", issuers=["https://idp.test"], clients=["web"]),
        [
            {
                "Action": "bedrock-agentcore:GetWorkloadAccessTokenForJWT",
                "Condition": {
                    "StringEquals": {
                        "bedrock-agentcore:InboundJwtClaim/iss": "https://idp.test",
                        "bedrock-agentcore:InboundJwtClaim/client_id": "web",
                    }
                },
                "Resource": [
                    f"{C}workload-identity-directory/default",
                    f"{C}workload-identity-directory/default/workload-identity/agent",
                ],
            }
        ],
        (
            "bedrock-agentcore:GetWorkloadAccessTokenForJWT",
            f"{C}workload-identity-directory/default",
            {
                "bedrock-agentcore:InboundJwtClaim/iss": "https://idp.test",
                "bedrock-agentcore:InboundJwtClaim/client_id": "web",
            },
        ),
        (
            "bedrock-agentcore:GetWorkloadAccessTokenForJWT",
            f"{C}workload-identity-directory/default",
            {
                "bedrock-agentcore:InboundJwtClaim/iss": "https://idp.test.example",
                "bedrock-agentcore:InboundJwtClaim/client_id": "web",
            },
        ),
    ),
    Case(
        "browser_actions",
        "what goes on below a browser's sessions",
        lambda g: g.browser_actions(),
        [{"Action": "bedrock-agentcore:InvokeBrowser", "Resource": "*"}],
        (
            "bedrock-agentcore:InvokeBrowser",
            "arn:aws:bedrock-agentcore:us-east-1:aws:browser/aws.browser.v1",
            {},
        ),
        ("bedrock-agentcore:StartBrowserSession", f"{C}browser-custom/b-1", {}),
    ),
    Case(
        "manage_payments",
        "sessions of payments without paying",
        lambda g: g.manage_payments("pm-1"),
        [
            {
                "Action": [
                    "bedrock-agentcore:CreatePaymentInstrument",
                    "bedrock-agentcore:CreatePaymentSession",
                    "bedrock-agentcore:DeletePaymentInstrument",
                    "bedrock-agentcore:DeletePaymentSession",
                    "bedrock-agentcore:GetPaymentInstrument",
                    "bedrock-agentcore:GetPaymentInstrumentBalance",
                    "bedrock-agentcore:GetPaymentSession",
                    "bedrock-agentcore:ListPaymentInstruments",
                    "bedrock-agentcore:ListPaymentSessions",
                ],
                "Resource": f"{C}payment-manager/pm-1",
            },
            {"Action": "bedrock-agentcore:ProcessPayment", "Effect": "Deny", "Resource": "*"},
        ],
        ("bedrock-agentcore:CreatePaymentSession", f"{C}payment-manager/pm-1", {}),
        ("bedrock-agentcore:ProcessPayment", f"{C}payment-manager/pm-1", {}),
    ),
    Case(
        "payment_token",
        "a token for payments",
        lambda g: g.payment_token("wallet", "agent"),
        [
            {
                "Action": "bedrock-agentcore:GetResourcePaymentToken",
                "Resource": [
                    f"{C}token-vault/default",
                    f"{C}token-vault/default/paymentcredentialprovider/wallet",
                    f"{C}workload-identity-directory/default",
                    f"{C}workload-identity-directory/default/workload-identity/agent",
                ],
            }
        ],
        (
            "bedrock-agentcore:GetResourcePaymentToken",
            f"{C}token-vault/default/paymentcredentialprovider/wallet",
            {},
        ),
        (
            "bedrock-agentcore:GetResourcePaymentToken",
            f"{C}token-vault/default/paymentcredentialprovider/wallets",
            {},
        ),
    ),
    Case(
        "batch_evaluation",
        "batch evaluation",
        lambda g: g.batch_evaluation(),
        [
            {
                "Action": [
                    "bedrock-agentcore:DeleteBatchEvaluation",
                    "bedrock-agentcore:GetBatchEvaluation",
                    "bedrock-agentcore:ListBatchEvaluations",
                    "bedrock-agentcore:StartBatchEvaluation",
                    "bedrock-agentcore:StopBatchEvaluation",
                ],
                "Resource": f"{C}batch-evaluate/*",
            },
            {
                "Action": READ_LOGS,
                "Resource": [
                    f"{LOGS}/aws/bedrock-agentcore/runtimes/*",
                    f"{LOGS}/aws/bedrock-agentcore/evaluations/*",
                ],
            },
            {"Action": "logs:DescribeLogGroups", "Resource": "*"},
            {
                "Action": [
                    "logs:CreateLogGroup",
                    "logs:CreateLogStream",
                    "logs:PutLogEvents",
                    "logs:PutRetentionPolicy",
                ],
                "Resource": f"{LOGS}/aws/bedrock-agentcore/evaluations/*",
            },
        ],
        ("bedrock-agentcore:StopBatchEvaluation", f"{C}batch-evaluate/be-1", {}),
        ("logs:PutLogEvents", f"{LOGS}/aws/bedrock-agentcore/runtimes/r:log-stream:s", {}),
    ),
    Case(
        "recommendations",
        "recommendations from one log group",
        lambda g: g.recommendations(log_groups=["/agents/mine"]),
        [
            {
                "Action": [
                    "bedrock-agentcore:DeleteRecommendation",
                    "bedrock-agentcore:GetRecommendation",
                    "bedrock-agentcore:ListRecommendations",
                    "bedrock-agentcore:StartRecommendation",
                ],
                "Resource": f"{C}recommendation/*",
            },
            {"Action": READ_LOGS, "Resource": [f"{LOGS}/agents/mine", f"{LOGS}/agents/mine:*"]},
        ],
        ("logs:StartQuery", f"{LOGS}/agents/mine", {}),
        ("logs:StartQuery", f"{LOGS}/agents/mine2", {}),
    ),
    Case(
        "ab_tests",
        "A/B tests",
        lambda g: g.ab_tests(),
        [
            {
                "Action": [
                    "bedrock-agentcore:CreateABTest",
                    "bedrock-agentcore:DeleteABTest",
                    "bedrock-agentcore:GetABTest",
                    "bedrock-agentcore:ListABTests",
                    "bedrock-agentcore:UpdateABTest",
                ],
                "Resource": f"{C}ab-test/*",
            },
        ],
        ("bedrock-agentcore:UpdateABTest", f"{C}ab-test/t-1", {}),
        (
            "bedrock-agentcore:UpdateABTest",
            "arn:aws:bedrock-agentcore:us-east-1:444455556666:ab-test/t-1",
            {},
        ),
    ),
    Case(
        "insights",
        "insights",
        lambda g: g.insights(),
        [
            {
                "Action": [
                    "bedrock-agentcore:GetAgentInsight",
                    "bedrock-agentcore:ListAgentInsights",
                    "bedrock-agentcore:UpdateAgentInsight",
                ],
                "Resource": "*",
            }
        ],
        ("bedrock-agentcore:UpdateAgentInsight", f"{C}agent-insight/i-1", {}),
        ("bedrock-agentcore:DeleteAgentInsight", f"{C}agent-insight/i-1", {}),
    ),
    Case(
        "dataset_generation",
        "examples for a data set with a key",
        lambda g: g.dataset_generation(key="arn:aws:kms:us-east-1:111122223333:key/k"),
        [
            {
                "Action": [
                    "bedrock-agentcore:DeleteDatasetGeneration",
                    "bedrock-agentcore:GetDatasetGeneration",
                    "bedrock-agentcore:ListDatasetGenerations",
                    "bedrock-agentcore:StartDatasetGeneration",
                ],
                "Resource": "*",
            },
            {"Action": READ_LOGS, "Resource": f"{LOGS}/aws/bedrock-agentcore/runtimes/*"},
            {"Action": "kms:Decrypt", "Resource": "arn:aws:kms:us-east-1:111122223333:key/k"},
        ],
        ("bedrock-agentcore:StartDatasetGeneration", f"{C}dataset/d-1", {}),
        ("bedrock-agentcore:DeleteDataset", f"{C}dataset/d-1", {}),
    ),
    Case(
        "search_public_records",
        "records that others made public",
        lambda g: g.search_public_records(),
        [{"Action": "agent-discovery:SearchPublicRecords", "Resource": "*"}],
        ("agent-discovery:SearchPublicRecords", "*", {}),
        ("agent-registry:SearchDiscoverableRegistryRecords", f"{REGISTRY}r-1", {}),
    ),
]
