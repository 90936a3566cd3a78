"""The model that a harness answers with."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from constructs_lib import grants as _grants
from constructs_lib.cdk_support import (
    PlanesError,
    check_choice,
    check_json,
    check_length,
    check_number,
    with_explained_calls,
)
from constructs_lib.control_plane.harness.parts import (
    EMPTY,
    L1,
    allow,
    check_whole,
    credential_statements,
    given,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import aws_bedrockagentcore as agentcore
    from aws_cdk.interfaces import aws_bedrockagentcore as refs
    from constructs import Construct

    from constructs_lib.grants import ModelLike

__all__ = ["HarnessApiFormat", "HarnessModel"]


class HarnessApiFormat(Enum):
    """How a harness talks to a model of Bedrock or of OpenAI."""

    CONVERSE_STREAM = "converse_stream"
    """``ConverseStream`` of ``bedrock-runtime``; models of Bedrock only, and their default."""
    RESPONSES = "responses"
    """The Responses API; for models of Bedrock on the endpoint ``bedrock-mantle``."""
    CHAT_COMPLETIONS = "chat_completions"
    """The Chat Completions API; for models of Bedrock on the endpoint ``bedrock-mantle``."""


@with_explained_calls
@dataclass(frozen=True, slots=True)
class HarnessModel:
    """A model of a harness with its settings; made with one of the factories.

    Attributes:
        kind: ``bedrock``, ``open_ai``, ``gemini`` or ``lite_llm``.
        props: What the factory was given.

    Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness-models.html
    """

    kind: str
    props: Mapping[str, Any] = field(default_factory=lambda: EMPTY)

    @staticmethod
    def bedrock(
        model: ModelLike,
        *,
        api_format: HarnessApiFormat | None = None,
        max_tokens: int | None = None,
        temperature: float | None = None,
        top_p: float | None = None,
        additional_params: Mapping[str, Any] | None = None,
    ) -> HarnessModel:
        """Return a model of Bedrock.

        Args:
            model: The model. With ``RESPONSES`` or ``CHAT_COMPLETIONS`` its id on ``bedrock-mantle``, such as
                ``openai.gpt-oss-120b``.
            api_format: How the harness talks to it. Default: ``CONVERSE_STREAM``.
            max_tokens: At least 1, of an answer. Default: the model's.
            temperature: 0 to 2. Default: the model's.
            top_p: 0 to 1. Default: the model's.
            additional_params: JSON that goes to the model as it is. Default: none.

        Raises:
            PlanesError: A number out of its range, or a model that is no id where one is needed.
        """
        check_choice("api_format", api_format, HarnessApiFormat, optional=True)
        mantle = api_format in {HarnessApiFormat.RESPONSES, HarnessApiFormat.CHAT_COMPLETIONS}
        if mantle and not isinstance(model, str):
            raise PlanesError(
                f"`model` has a value of the type `{type(model).__name__}`: pass the id that the endpoint "
                "`bedrock-mantle` knows, such as `openai.gpt-oss-120b`, or leave out `api_format`"
            )
        _check_sampling(max_tokens, temperature, top_p, additional_params)
        return HarnessModel(
            "bedrock",
            {
                "model": model,
                "api_format": api_format,
                "max_tokens": max_tokens,
                "temperature": temperature,
                "top_p": top_p,
                "additional_params": additional_params,
                "mantle": mantle,
            },
        )

    @staticmethod
    def open_ai(
        model_id: str,
        *,
        api_key: str | refs.IApiKeyCredentialProviderRef,
        api_key_secret: str | None = None,
        api_base: str | None = None,
        api_format: HarnessApiFormat | None = None,
        max_tokens: int | None = None,
        temperature: float | None = None,
        top_p: float | None = None,
        additional_params: Mapping[str, Any] | None = None,
    ) -> HarnessModel:
        """Return a model of OpenAI, or behind an endpoint that speaks like it.

        Args:
            model_id: OpenAI's name of the model.
            api_key: The credential provider of AgentCore Identity with the key, or its ARN or name.
            api_key_secret: ARN of the secret with the key, if it is one of your own. Default: the secret that
                AgentCore makes for the provider.
            api_base: The URL of the endpoint. Default: OpenAI's.
            api_format: ``RESPONSES`` or ``CHAT_COMPLETIONS``. Default: AgentCore's.
            max_tokens: At least 1, of an answer. Default: the model's.
            temperature: 0 to 2. Default: the model's.
            top_p: 0 to 1. Default: the model's.
            additional_params: JSON that goes to the model as it is. Default: none.

        Raises:
            PlanesError: A number out of its range, or ``CONVERSE_STREAM``.
        """
        check_choice("api_format", api_format, HarnessApiFormat, optional=True)
        if api_format is HarnessApiFormat.CONVERSE_STREAM:
            raise PlanesError(
                "`api_format` has the value `converse_stream`: OpenAI has `HarnessApiFormat.RESPONSES` and "
                "`HarnessApiFormat.CHAT_COMPLETIONS`"
            )
        check_length("model_id", model_id, 1, 256)
        check_length("api_base", api_base, 1, 16383)
        _check_sampling(max_tokens, temperature, top_p, additional_params)
        return HarnessModel("open_ai", dict(given(locals())))

    @staticmethod
    def gemini(
        model_id: str,
        *,
        api_key: str | refs.IApiKeyCredentialProviderRef,
        api_key_secret: str | None = None,
        max_tokens: int | None = None,
        temperature: float | None = None,
        top_p: float | None = None,
        top_k: int | None = None,
        additional_params: Mapping[str, Any] | None = None,
    ) -> HarnessModel:
        """Return a Gemini model of Google.

        Args:
            model_id: Google's name of the model.
            api_key: As in :meth:`open_ai`.
            api_key_secret: As in :meth:`open_ai`.
            max_tokens: At least 1, of an answer. Default: the model's.
            temperature: 0 to 2. Default: the model's.
            top_p: 0 to 1. Default: the model's.
            top_k: 0 to 500. Default: the model's.
            additional_params: JSON that goes to the model as it is. Default: none.

        Raises:
            PlanesError: A number out of its range.
        """
        check_length("model_id", model_id, 1, 256)
        if top_k is not None:
            check_number("top_k", top_k, 0, 500)
        _check_sampling(max_tokens, temperature, top_p, additional_params)
        return HarnessModel("gemini", dict(given(locals())))

    @staticmethod
    def lite_llm(
        model_id: str,
        *,
        api_key: str | refs.IApiKeyCredentialProviderRef | None = None,
        api_key_secret: str | None = None,
        api_base: str | None = None,
        max_tokens: int | None = None,
        temperature: float | None = None,
        top_p: float | None = None,
        additional_params: Mapping[str, Any] | None = None,
    ) -> HarnessModel:
        """Return a model that LiteLLM reaches.

        Args:
            model_id: LiteLLM's name of the model, such as ``anthropic/claude-sonnet-4-5``.
            api_key: As in :meth:`open_ai`. Default: no key.
            api_key_secret: As in :meth:`open_ai`.
            api_base: The URL of the endpoint. Default: the provider's.
            max_tokens: At least 1, of an answer. Default: the model's.
            temperature: 0 to 2. Default: the model's.
            top_p: 0 to 1. Default: the model's.
            additional_params: JSON that goes to LiteLLM as it is. Default: none.

        Raises:
            PlanesError: A number out of its range, or a secret without its provider.
        """
        check_length("model_id", model_id, 1, 256)
        check_length("api_base", api_base, 1, 16383)
        if api_key_secret is not None and api_key is None:
            raise PlanesError("`api_key_secret` belongs to `api_key`: give the credential provider too")
        _check_sampling(max_tokens, temperature, top_p, additional_params)
        return HarnessModel("lite_llm", dict(given(locals())))

    def statements(self, scope: Construct, harness_name: str) -> list[dict[str, Any]]:
        """Return what the role needs for a model that the grants of Bedrock don't cover."""
        if self.props.get("mantle"):
            project = _grants.environment_of(scope).arn("bedrock-mantle", "project/default")
            short = {"bedrock-mantle:BearerTokenType": "SHORT_TERM"}
            return [
                allow(["bedrock-mantle:CreateInference"], project),
                allow(["bedrock-mantle:CallWithBearerToken"], "*", StringEquals=short),
            ]
        if self.props.get("api_key") is None:
            return []
        return credential_statements(
            scope, harness_name, "api_key_provider", self.props["api_key"], self.props["api_key_secret"]
        )

    def to_config(self, scope: Construct) -> agentcore.CfnHarness.HarnessModelConfigurationProperty:
        """Return the L1's structure."""
        props = self.props
        common = {
            "max_tokens": props["max_tokens"],
            "temperature": props["temperature"],
            "top_p": props["top_p"],
            "additional_params": dict(props["additional_params"]) if props["additional_params"] else None,
        }
        api_format = props["api_format"].value if props.get("api_format") else None
        if self.kind == "bedrock":
            model = props["model"]
            return L1.HarnessModelConfigurationProperty(
                bedrock_model_config=L1.HarnessBedrockModelConfigProperty(
                    model_id=model if props["mantle"] else _grants.model_id(scope, model),
                    api_format=api_format,
                    **common,
                )
            )
        key = props["api_key"]
        key_arn = _grants.arn_of(scope, "api_key_provider", key) if key is not None else None
        if self.kind == "gemini":
            return L1.HarnessModelConfigurationProperty(
                gemini_model_config=L1.HarnessGeminiModelConfigProperty(
                    model_id=props["model_id"], api_key_arn=str(key_arn), top_k=props["top_k"], **common
                )
            )
        if self.kind == "open_ai":
            return L1.HarnessModelConfigurationProperty(
                open_ai_model_config=L1.HarnessOpenAiModelConfigProperty(
                    model_id=props["model_id"],
                    api_key_arn=str(key_arn),
                    api_base=props["api_base"],
                    api_format=api_format,
                    **common,
                )
            )
        return L1.HarnessModelConfigurationProperty(
            lite_llm_model_config=L1.HarnessLiteLlmModelConfigProperty(
                model_id=props["model_id"], api_key_arn=key_arn, api_base=props["api_base"], **common
            )
        )


def _check_sampling(
    max_tokens: int | None, temperature: float | None, top_p: float | None, additional: object
) -> None:
    check_whole("max_tokens", max_tokens)
    if temperature is not None:
        check_number("temperature", temperature, 0, 2)
    if top_p is not None:
        check_number("top_p", top_p, 0, 1)
    if additional is not None and not hasattr(additional, "items"):
        raise PlanesError(f"`additional_params` has the value `{additional!r}`: pass a dictionary")
    if additional is not None:
        check_json("additional_params", additional)
