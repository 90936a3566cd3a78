"""What a prompt says: its variants as frozen values that know AWS's limits and write the L1's structures.

Sources:
    https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_CreatePrompt.html
    https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-management-create.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from aws_cdk import aws_bedrock as bedrock

from constructs_lib.cdk_support import (
    PlanesError,
    bucket_name_of,
    check_count,
    check_given_list,
    check_items,
    check_json,
    check_length,
    check_number,
    check_once,
    check_pattern,
    check_value,
    has_attribute,
    is_token,
    with_explained_calls,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk.interfaces import aws_bedrock as refs
    from aws_cdk.interfaces import aws_s3 as s3_refs

    from constructs_lib.grants import ModelLike

__all__ = [
    "CachePoint",
    "ChatMessage",
    "PromptInference",
    "PromptTool",
    "PromptVariant",
    "ToolChoice",
    "check_name_of",
]

_L1 = bedrock.CfnPrompt
_VARIABLE = re.compile(r"\{\{\s*([0-9a-zA-Z_-]+)\s*\}\}")
_BRACES = re.compile(r"\{\{([^{}\n]{0,200})\}\}")
_NAME = r"([0-9a-zA-Z][_-]?){1,100}"
_METADATA = r"[a-zA-Z0-9\s._:/=+@-]*"
# https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_PromptVariant.html (modelId)
_MODEL = (
    r"(arn:aws(-[^:]{1,12})?:(bedrock|sagemaker):[a-z0-9-]{1,20}:([0-9]{12})?:([a-z-]+/)?)?"
    r"([a-zA-Z0-9.-]{1,63}){0,2}(([:][a-z0-9-]{1,63}){0,2})?(/[a-z0-9]{1,12})?"
)
_TOOL = r"[a-zA-Z][a-zA-Z0-9_]{0,63}"


@with_explained_calls
@dataclass(frozen=True)
class CachePoint:
    """A place up to which the model may keep what it read.

    Source: https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
    """

    def to_config(self) -> bedrock.CfnPrompt.CachePointBlockProperty:
        """Return the L1's structure."""
        return _L1.CachePointBlockProperty(type="default")


@with_explained_calls
@dataclass(frozen=True, kw_only=True)
class PromptInference:
    """How the model answers.

    Args:
        max_tokens: 0 to 512,000. Default: the model's.
        temperature: 0 to 1. Default: the model's.
        top_p: 0 to 1. Default: the model's.
        stop_sequences: At most 4. Default: none.

    Raises:
        PlanesError: A value that AWS doesn't take.

    Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_PromptModelInferenceConfiguration.html

    """

    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    stop_sequences: Sequence[str] = ()

    def __post_init__(self) -> None:
        """Check the numbers."""
        if self.max_tokens is not None:
            check_count("max_tokens", self.max_tokens, 0, 512_000)
        for prop in ("temperature", "top_p"):
            value = getattr(self, prop)
            if value is not None:
                check_number(prop, value, 0, 1)
        check_items("stop_sequences", self.stop_sequences, str, "texts", most=4)
        if "" in self.stop_sequences:
            raise PlanesError("`stop_sequences` has an empty text, which stops at once: leave it out")

    def to_config(self) -> bedrock.CfnPrompt.PromptInferenceConfigurationProperty:
        """Return the L1's structure."""
        return _L1.PromptInferenceConfigurationProperty(
            text=_L1.PromptModelInferenceConfigurationProperty(
                max_tokens=self.max_tokens,
                temperature=self.temperature,
                top_p=self.top_p,
                stop_sequences=list(self.stop_sequences) or None,
            )
        )


@with_explained_calls
@dataclass(frozen=True)
class ChatMessage:
    """A message of a chat; the factories name its role.

    Args:
        role: ``user`` or ``assistant``.
        content: Texts and cache points.

    Raises:
        PlanesError: Another role, or no content.

    """

    role: Literal["user", "assistant"]
    content: Sequence[str | CachePoint]

    def __post_init__(self) -> None:
        """Check the role and the content."""
        check_pattern("role", self.role, "user|assistant", "use `user` or `assistant`")
        check_items("content", self.content, (str, CachePoint), "texts and `CachePoint()`")
        if not self.content:
            raise PlanesError("`content` is empty: a message has a text or a `CachePoint()`")
        _check_parts("content", self.content)

    @staticmethod
    def user(*content: str | CachePoint) -> ChatMessage:
        """Say what the user writes."""
        return ChatMessage("user", content)

    @staticmethod
    def assistant(*content: str | CachePoint) -> ChatMessage:
        """Say what the model answers."""
        return ChatMessage("assistant", content)

    def to_config(self) -> bedrock.CfnPrompt.MessageProperty:
        """Return the L1's structure."""
        return _L1.MessageProperty(
            role=self.role,
            content=[
                _L1.ContentBlockProperty(text=part)
                if isinstance(part, str)
                else _L1.ContentBlockProperty(cache_point=part.to_config())
                for part in self.content
            ],
        )


@with_explained_calls
@dataclass(frozen=True, kw_only=True)
class PromptTool:
    """A tool that the model may ask for.

    Args:
        name: A letter, then at most 63 letters, digits and ``_``.
        input_schema: The JSON schema of its input.
        description: What it does. Default: none.

    Raises:
        PlanesError: A value that AWS doesn't take.

    Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_ToolSpecification.html

    """

    name: str
    input_schema: Mapping[str, Any]
    description: str | None = None

    def __post_init__(self) -> None:
        """Check the name and the schema."""
        check_items("name", [self.name], str, "a text")
        check_pattern("name", self.name, _TOOL, "use a letter, then letters, digits and _, 64 in all")
        if self.description == "":
            raise PlanesError(f"`description` of the tool `{self.name}` is empty: write it, or leave it out")
        check_json("input_schema", self.input_schema)
        if self.input_schema.get("type", "object") != "object":
            raise PlanesError(
                f"`input_schema` of the tool `{self.name}` has the type `{self.input_schema['type']}`: pass "
                'that of an object, `{"type": "object"}` with `properties`'
            )

    def to_config(self) -> bedrock.CfnPrompt.ToolProperty:
        """Return the L1's structure."""
        return _L1.ToolProperty(
            tool_spec=_L1.ToolSpecificationProperty(
                name=self.name,
                description=self.description,
                input_schema=_L1.ToolInputSchemaProperty(json=dict(self.input_schema)),
            )
        )


@with_explained_calls
@dataclass(frozen=True)
class ToolChoice:
    """Which tool the model asks for; made by the factories.

    Args:
        kind: ``auto``, ``any`` or ``tool``.
        name: The tool, for ``tool``.

    """

    kind: Literal["auto", "any", "tool"]
    name: str | None = None

    def __post_init__(self) -> None:
        """Check the kind and the name."""
        check_value("kind", self.kind, "str")
        check_pattern("kind", self.kind, "auto|any|tool", "use `.auto()`, `.any()` or `.tool(name)`")
        if (self.name is None) is (self.kind == "tool"):
            raise PlanesError("`name` belongs to `ToolChoice.tool(name)`, and to none of the others")

    @staticmethod
    def auto() -> ToolChoice:
        """Let the model choose whether it asks for a tool, and for which."""
        return ToolChoice("auto")

    @staticmethod
    def any() -> ToolChoice:
        """Make the model ask for a tool, whichever."""
        return ToolChoice("any")

    @staticmethod
    def tool(name: str) -> ToolChoice:
        """Make the model ask for this tool."""
        return ToolChoice("tool", name)

    def to_config(self) -> bedrock.CfnPrompt.ToolChoiceProperty:
        """Return the L1's structure."""
        if self.kind == "tool":
            return _L1.ToolChoiceProperty(tool=_L1.SpecificToolChoiceProperty(name=self.name or ""))
        return _L1.ToolChoiceProperty(**{self.kind: {}})


@with_explained_calls
@dataclass(frozen=True, kw_only=True)
class PromptVariant:
    """One way of saying a prompt; the factories ``text``, ``text_from_s3`` and ``chat`` make it.

    Args:
        name: 1-100 letters, digits and single ``-`` or ``_``.
        template: The L1's structure of its text or chat.
        variables: The names in ``{{...}}`` that a call fills in.
        model: Id or ARN of the model, a construct of one, or an inference profile. Default: the call or the
            flow names it.
        agent: The alias of an agent that answers in place of a model. Default: none.
        inference: How the model answers. Default: the model's own settings.
        model_fields: Fields of this model beyond those of ``inference``. Default: none.
        metadata: Keys and values of the variant. Default: none.

    Raises:
        PlanesError: A value that AWS doesn't take, or variables that are not those of the text.

    Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_PromptVariant.html

    """

    name: str
    template: bedrock.CfnPrompt.PromptTemplateConfigurationProperty
    variables: Sequence[str] = ()
    model: ModelLike | None = None
    agent: refs.IAgentAliasRef | None = None
    inference: PromptInference | None = None
    model_fields: Mapping[str, Any] | None = None
    metadata: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        """Check the names and that one thing answers."""
        check_name_of("name", self.name)
        if not isinstance(self.template, _L1.PromptTemplateConfigurationProperty):
            raise PlanesError(
                f"`template` of the variant `{self.name}` is a {type(self.template).__name__}: make the "
                "variant with `PromptVariant.text(...)`, `.chat(...)` or `.text_from_s3(...)`"
            )
        check_items("variables", self.variables, str, "names", most=20)
        for variable in self.variables:
            check_name_of("variables", variable)
        check_once("variables", self.variables)
        if self.model is not None and self.agent is not None:
            raise PlanesError(
                f"the variant `{self.name}` has `model` and `agent`: one of them answers, so give one"
            )
        if not isinstance(self.inference, (PromptInference, type(None))):
            raise PlanesError(
                f"`inference` of the variant `{self.name}` is a {type(self.inference).__name__}: pass a "
                "`PromptInference(...)`"
            )
        if isinstance(self.model, str):
            check_pattern("model", self.model, _MODEL, "pass the id or the ARN of a model or of a profile")
        if self.agent is not None and not has_attribute(self.agent, "agent_alias_ref"):
            raise PlanesError(
                f"`agent` of the variant `{self.name}` is a {type(self.agent).__name__}: pass an "
                "`AgentAlias`, or `AgentAlias.from_agent_alias_arn(...)` for one that exists"
            )
        if self.model_fields is not None:
            check_json("model_fields", self.model_fields)
        _check_metadata(self.metadata)

    @staticmethod
    def text(
        name: str,
        *,
        text: str,
        variables: Sequence[str] | None = None,
        cache_point: CachePoint | None = None,
        model: ModelLike | None = None,
        agent: refs.IAgentAliasRef | None = None,
        inference: PromptInference | None = None,
        model_fields: Mapping[str, Any] | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> PromptVariant:
        """Say the prompt in one text.

        Args:
            name: The variant's name.
            text: 1-200,000 characters; ``{{name}}`` is a variable.
            variables: The variables. Default: those in the text.
            cache_point: Whether the model may keep the text. Default: no.
            model: As for the class.
            agent: As for the class.
            inference: As for the class.
            model_fields: As for the class.
            metadata: As for the class.
        """
        check_items("text", [text], str, "a text")
        check_length("text", text, 1, 200_000)
        check_items("cache_point", [cache_point], (CachePoint, type(None)), "`CachePoint()`")
        found = _variables(name, [text], variables)
        template = _L1.PromptTemplateConfigurationProperty(
            text=_L1.TextPromptTemplateConfigurationProperty(
                text=text,
                input_variables=_inputs(found),
                cache_point=cache_point.to_config() if cache_point else None,
            )
        )
        return PromptVariant(
            name=name,
            template=template,
            variables=found,
            model=model,
            agent=agent,
            inference=inference,
            model_fields=model_fields,
            metadata=metadata,
        )

    @staticmethod
    def text_from_s3(
        name: str,
        *,
        bucket: s3_refs.IBucketRef,
        key: str,
        object_version: str | None = None,
        variables: Sequence[str] = (),
        model: ModelLike | None = None,
        agent: refs.IAgentAliasRef | None = None,
        inference: PromptInference | None = None,
        model_fields: Mapping[str, Any] | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> PromptVariant:
        """Say the prompt in a text that CloudFormation reads from Amazon S3.

        Nothing of it is known here, so its variables can't be checked, and a new object under the same key is
        no new content: give ``object_version``, or a new key.

        Args:
            name: The variant's name.
            bucket: The bucket, which the deploying role must be able to read.
            key: The key of the object.
            object_version: The version of the object. Default: the newest.
            variables: The variables in the text. Default: none.
            model: As for the class.
            agent: As for the class.
            inference: As for the class.
            model_fields: As for the class.
            metadata: As for the class.
        """
        check_value("bucket", bucket, "s3_refs.IBucketRef")
        check_value("key", key, "str")
        check_length("key", key, 1, 1024)
        check_length("object_version", object_version, 1, 1024)
        check_given_list("variables", variables)
        check_items("variables", variables, str, "names")
        template = _L1.PromptTemplateConfigurationProperty(
            text=_L1.TextPromptTemplateConfigurationProperty(
                text_s3_location=_L1.TextS3LocationProperty(
                    bucket=bucket_name_of(bucket), key=key, version=object_version
                ),
                input_variables=_inputs(variables),
            )
        )
        return PromptVariant(
            name=name,
            template=template,
            variables=variables,
            model=model,
            agent=agent,
            inference=inference,
            model_fields=model_fields,
            metadata=metadata,
        )

    @staticmethod
    def chat(
        name: str,
        *,
        messages: Sequence[ChatMessage],
        system: Sequence[str | CachePoint] = (),
        tools: Sequence[PromptTool | CachePoint] = (),
        tool_choice: ToolChoice | None = None,
        variables: Sequence[str] | None = None,
        model: ModelLike | None = None,
        agent: refs.IAgentAliasRef | None = None,
        inference: PromptInference | None = None,
        model_fields: Mapping[str, Any] | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> PromptVariant:
        """Say the prompt in a chat.

        Args:
            name: The variant's name.
            messages: The messages, the first of the user, as ``Converse`` asks; ``{{name}}`` in a text is a
                variable. With none the call brings them.
            system: The system prompt, as texts and cache points. Default: none.
            tools: Tools that the model may ask for, and cache points. Default: none.
            tool_choice: Which tool the model asks for. Default: the model's choice.
            variables: The variables. Default: those in the texts.
            model: As for the class.
            agent: As for the class.
            inference: As for the class.
            model_fields: As for the class.
            metadata: As for the class.
        """
        check_items("messages", messages, ChatMessage, "`ChatMessage.user(...)` and `.assistant(...)`")
        check_items("system", system, (str, CachePoint), "texts and `CachePoint()`")
        check_items("tools", tools, (PromptTool, CachePoint), "`PromptTool(...)` and `CachePoint()`")
        _check_parts("system", system)
        _check_chat(name, messages, system, tools)
        _check_choice(name, tools, tool_choice)
        parts = [*system, *(part for message in messages for part in message.content)]
        found = _variables(name, [part for part in parts if isinstance(part, str)], variables)
        template = _L1.PromptTemplateConfigurationProperty(
            chat=_L1.ChatPromptTemplateConfigurationProperty(
                messages=[message.to_config() for message in messages],
                system=[
                    _L1.SystemContentBlockProperty(text=part)
                    if isinstance(part, str)
                    else _L1.SystemContentBlockProperty(cache_point=part.to_config())
                    for part in system
                ]
                or None,
                input_variables=_inputs(found),
                tool_configuration=_tools(tools, tool_choice),
            )
        )
        return PromptVariant(
            name=name,
            template=template,
            variables=found,
            model=model,
            agent=agent,
            inference=inference,
            model_fields=model_fields,
            metadata=metadata,
        )

    def to_config(self, model: str | None) -> bedrock.CfnPrompt.PromptVariantProperty:
        """Return the L1's structure; ``model`` is what the service calls the variant's model."""
        return _L1.PromptVariantProperty(
            name=self.name,
            template_type="TEXT" if self.template.text else "CHAT",
            template_configuration=self.template,
            model_id=model,
            gen_ai_resource=(
                _L1.PromptGenAiResourceProperty(
                    agent=_L1.PromptAgentResourceProperty(
                        agent_identifier=self.agent.agent_alias_ref.agent_alias_arn
                    )
                )
                if self.agent
                else None
            ),
            inference_configuration=self.inference.to_config() if self.inference else None,
            additional_model_request_fields=dict(self.model_fields) if self.model_fields else None,
            metadata=[
                _L1.PromptMetadataEntryProperty(key=key, value=value)
                for key, value in (self.metadata or {}).items()
            ]
            or None,
        )


def check_name_of(prop: str, value: str) -> None:
    """Raise :class:`PlanesError` unless the text is a name of a prompt, variant or variable."""
    check_items(prop, [value], str, "a text")
    check_pattern(prop, value, _NAME, "use 1-100 letters, digits and single - or _")


def _check_metadata(metadata: Mapping[str, str] | None) -> None:
    """Refuse what is no metadata of a variant.

    Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_PromptMetadataEntry.html
    """
    if metadata is None:
        return
    if not hasattr(metadata, "items"):
        raise PlanesError(f"`metadata` has the value `{metadata!r}`: pass a dictionary of texts")
    check_items("metadata", list(metadata), str, "texts", most=50)
    for key, value in metadata.items():
        check_items("metadata", [value], str, "texts")
        check_length("metadata", key, 1, 128)
        check_length("metadata", value, 1, 1024)
        for text in (key, value):
            check_pattern("metadata", text, _METADATA, "use letters from a to z, digits and ._:/=+@-")


def _check_parts(prop: str, parts: Sequence[str | CachePoint]) -> None:
    """Refuse an empty text.

    Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_SystemContentBlock.html
    """
    if "" in parts:
        raise PlanesError(f"`{prop}` has an empty text, which AWS doesn't take: write one, or leave it out")


def _check_chat(
    variant: str,
    messages: Sequence[ChatMessage],
    system: Sequence[str | CachePoint],
    tools: Sequence[PromptTool | CachePoint],
) -> None:
    """Refuse a chat that ``Converse`` refuses when it is used.

    Its error is "A conversation must start with a user message"
    (https://github.com/langgenius/dify/issues/12340). A cache point keeps what is before it
    (https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html): tools, then the system prompt,
    then the messages.
    """
    if messages and messages[0].role != "user":
        raise PlanesError(
            f"`messages` of the variant `{variant}` begin with the assistant's, and models take a chat that "
            "the user begins: put a `ChatMessage.user(...)` first"
        )
    parts = [*tools, *system, *(part for message in messages for part in message.content)]
    if parts and isinstance(parts[0], CachePoint):
        raise PlanesError(
            f"the variant `{variant}` begins with a `CachePoint()`, before which there is nothing to keep: "
            "put it behind a tool or a text"
        )
    check_once("tools", [tool.name for tool in tools if isinstance(tool, PromptTool)])


def _check_braces(variant: str, texts: Sequence[str]) -> None:
    """Refuse double braces around what is no name: no call could fill them in."""
    for text in texts:
        for inside in _BRACES.findall(text) if not is_token(text) else ():
            if re.fullmatch(_NAME, inside.strip()) is None:
                raise PlanesError(
                    f"the text of the variant `{variant}` has `{{{{{inside}}}}}`, which is no variable: use "
                    "1-100 letters, digits and single - or _ between double braces"
                )


def _variables(variant: str, texts: Sequence[str], given: Sequence[str] | None) -> Sequence[str]:
    """Return the variables of the texts; refuse given ones that are not those."""
    _check_braces(variant, texts)
    found = list(dict.fromkeys(name for text in texts for name in _VARIABLE.findall(text)))
    if given is None:
        return found
    check_items("variables", given, str, "names")
    for name in given:
        if name not in found and not any(is_token(text) for text in texts):
            raise PlanesError(
                f"`variables` of the variant `{variant}` has `{name}`, which the text lacks: write "
                f"`{{{{{name}}}}}` in the text, or leave it out"
            )
    for name in found:
        if name not in given:
            raise PlanesError(
                f"`variables` of the variant `{variant}` lacks `{name}`, which is in the text: add it, or "
                "leave `variables` out"
            )
    return list(given)


def _inputs(names: Sequence[str]) -> list[bedrock.CfnPrompt.PromptInputVariableProperty] | None:
    return [_L1.PromptInputVariableProperty(name=name) for name in names] or None


def _check_choice(variant: str, tools: Sequence[PromptTool | CachePoint], choice: ToolChoice | None) -> None:
    if choice is None:
        return
    check_items("tool_choice", [choice], ToolChoice, "a `ToolChoice`, such as `.auto()`")
    names = [tool.name for tool in tools if isinstance(tool, PromptTool)]
    if not names:
        raise PlanesError(
            f"`tool_choice` of the variant `{variant}` is given without `tools`: give both or neither"
        )
    if choice.kind == "tool" and choice.name not in names:
        raise PlanesError(
            f"`tool_choice` of the variant `{variant}` names `{choice.name}`, which is none of its tools "
            f"{', '.join(f'`{name}`' for name in names)}"
        )


def _tools(
    tools: Sequence[PromptTool | CachePoint], choice: ToolChoice | None
) -> bedrock.CfnPrompt.ToolConfigurationProperty | None:
    if not tools:
        return None
    return _L1.ToolConfigurationProperty(
        tools=[
            tool.to_config()
            if isinstance(tool, PromptTool)
            else _L1.ToolProperty(cache_point=tool.to_config())
            for tool in tools
        ],
        tool_choice=choice.to_config() if choice else None,
    )
