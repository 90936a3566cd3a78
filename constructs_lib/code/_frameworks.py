"""Entry points of Python frameworks that name a model of Bedrock, and the operation that they call.

Read from the packages themselves: langchain-aws 1.9 (``chat_models/bedrock_converse.py``,
``llms/bedrock.py``, ``embeddings/bedrock.py``), litellm 1.110 (``main.py``),
strands-agents 1.62 (``models/bedrock.py``), llama-index-llms-bedrock-converse 0.15.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from constructs_lib.code._values import text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.code._values import Arguments

__all__ = ["PACKAGES", "ModelCall", "is_entry_point", "model_call"]


class ModelCall(NamedTuple):
    """What an entry point calls."""

    operation: str
    model: str | None
    region: str | None
    client: str = "bedrock-runtime"
    knowledge_base: str | None = None


_LANGCHAIN = ("langchain_aws", "langchain_community")
_CLASSES: Mapping[str, str] = {
    "ChatBedrockConverse": "Converse",
    "ChatBedrock": "InvokeModel",
    "BedrockLLM": "InvokeModel",
    "BedrockChat": "InvokeModel",
    "Bedrock": "InvokeModel",
    "BedrockEmbeddings": "InvokeModel",
}
"""Classes of langchain-aws and langchain-community."""
_LLAMA: Mapping[str, str] = {
    "BedrockConverse": "Converse",
    "Bedrock": "InvokeModel",
    "BedrockEmbedding": "InvokeModel",
}
_LITELLM: Mapping[str, str] = {
    "completion": "Converse",
    "acompletion": "Converse",
    "text_completion": "Converse",
    "atext_completion": "Converse",
    "embedding": "InvokeModel",
    "aembedding": "InvokeModel",
}
PACKAGES = frozenset((*_LANGCHAIN, "langchain", "llama_index", "litellm", "strands", "crewai"))
_NAMES = frozenset(
    (
        *_CLASSES,
        *_LLAMA,
        *_LITELLM,
        "AmazonKnowledgeBasesRetriever",
        "BedrockRerank",
        "BedrockModel",
        "Agent",
        "LLM",
    )
)
_STREAMS = {"Converse": "ConverseStream", "InvokeModel": "InvokeModelWithResponseStream"}


def is_entry_point(path: str) -> bool:
    """Whether a path is an entry point of a framework, or one of the modules that have them."""
    package, _, rest = path.partition(".")
    return package in PACKAGES and (rest.rpartition(".")[2] in _NAMES or rest.rpartition(".")[2].islower())


def model_call(path: str, arguments: Arguments) -> ModelCall | None:  # noqa: PLR0911 - one return for each framework
    """Return what a call of a framework's function or class calls, if it names a model of Bedrock."""
    package, _, rest = path.partition(".")
    name = rest.rpartition(".")[2]
    named = text_of(arguments.get(None, "model_id", "model", "model_name", "base_model_id"))
    region = text_of(arguments.get(None, "region_name", "aws_region_name", "region"))
    streams = arguments.get(None, "stream", "streaming")
    if package in _LANGCHAIN:
        return _langchain(name, named, region, arguments, is_streaming=True in streams)
    if package == "langchain" and name == "init_chat_model":
        model = text_of(arguments.get(0, "model")) or ""
        provider = text_of(arguments.get(1, "model_provider")) or ""
        before, colon, after = model.partition(":")
        if colon and before in {"bedrock", "bedrock_converse"}:
            provider, model = before, after
        if provider in {"bedrock", "bedrock_converse"}:
            return _made("Converse" if provider == "bedrock_converse" else "InvokeModel", model, region)
        return None
    if package == "llama_index" and name in _LLAMA:
        return _made(_LLAMA[name], named, region)
    if package == "litellm" and name in _LITELLM:
        return _litellm(name, text_of(arguments.get(0, "model")), region, is_streaming=True in streams)
    if package == "strands":
        return _strands(name, arguments, region)
    if package == "crewai" and name == "LLM":
        return _litellm(
            "completion", text_of(arguments.get(0, "model")), region, is_streaming=True in streams
        )
    return None


def _made(
    operation: str, model: str | None, region: str | None, *, is_streaming: bool = False
) -> ModelCall | None:
    if not model:
        return None
    return ModelCall(_STREAMS[operation] if is_streaming else operation, model, region)


def _langchain(
    name: str, model: str | None, region: str | None, arguments: Arguments, *, is_streaming: bool
) -> ModelCall | None:
    """Return the call of a class of langchain-aws; a retriever asks a knowledge base."""
    if name == "AmazonKnowledgeBasesRetriever":
        base = text_of(arguments.get(None, "knowledge_base_id"))
        return ModelCall("Retrieve", None, region, "bedrock-agent-runtime", base)
    if name == "BedrockRerank":
        model = text_of(arguments.get(None, "model_arn"))
        return ModelCall("Rerank", model, region, "bedrock-agent-runtime")
    operation = _CLASSES.get(name)
    if operation is None:
        return None
    uses_converse = True in arguments.get(None, "beta_use_converse_api") or "nova" in (model or "")
    if name == "ChatBedrock" and uses_converse:
        operation = "Converse"
    return _made(operation, model, region, is_streaming=is_streaming)


def _litellm(name: str, model: str | None, region: str | None, *, is_streaming: bool) -> ModelCall | None:
    """Return the call of litellm: the prefix of the model's name chooses provider and API.

    https://docs.litellm.ai/docs/providers/bedrock
    """
    provider, _, rest = (model or "").partition("/")
    if provider != "bedrock" or not rest:
        return None
    operation = _LITELLM[name]
    route, slash, inner = rest.partition("/")
    if slash and route in {"converse", "invoke"}:
        operation, rest = ("Converse" if route == "converse" else "InvokeModel"), inner
    elif slash and route in {"converse_like", "agent", "agentcore"}:
        return None
    return _made(operation, rest, region, is_streaming=is_streaming)


def _strands(name: str, arguments: Arguments, region: str | None) -> ModelCall | None:
    """Return the call of Strands, which streams unless it is told not to.

    https://strandsagents.com/latest/documentation/docs/user-guide/concepts/model-providers/amazon-bedrock/
    """
    if name == "BedrockModel":
        plain = False in arguments.get(None, "streaming")
        model = text_of(arguments.get(None, "model_id"))
        return _made("Converse" if plain else "ConverseStream", model, region)
    if name == "Agent":
        return _made("ConverseStream", text_of(arguments.get(0, "model")), region)
    return None
