"""Embedding models as knowledge bases take them: the length and the type of their vectors."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from constructs_lib import catalogue
from constructs_lib.cdk_support import PlanesError, is_token
from constructs_lib.grants import Model

if TYPE_CHECKING:
    from constructs_lib.grants import ModelLike

__all__ = ["DEFAULT_EMBEDDING_MODEL", "Embedding", "VectorDataType"]

DEFAULT_EMBEDDING_MODEL = "amazon.titan-embed-text-v2:0"

_SUPPORTED = "https://docs.aws.amazon.com/bedrock/latest/userguide/knowledge-base-supported.html"

# The models whose vectors may be binary. Source: _SUPPORTED (supported vector types).
_BINARY = frozenset(
    {"amazon.titan-embed-text-v2:0", "cohere.embed-english-v3", "cohere.embed-multilingual-v3"}
)
# Of these a knowledge base takes another default than the model alone has. Source: _SUPPORTED (dimensions).
_DEFAULT_DIMENSION = {"amazon.nova-2-multimodal-embeddings-v1:0": 1024}

# They embed images, audio and video as they are, which needs a bucket for what is processed.
# https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_VectorKnowledgeBaseConfiguration.html
_MULTIMODAL = ("amazon.nova-2-multimodal-embeddings", "twelvelabs.marengo-embed")

# Marengo 3.0 is for managed knowledge bases only, earlier ones are for none.
# https://docs.aws.amazon.com/bedrock/latest/userguide/kb-managed-native-multimodal.html
_MANAGED_ONLY = "twelvelabs.marengo-embed-3-0-v1:0"
_FOR_NONE = "twelvelabs.marengo-embed-2-7-v1:0"

# The page demands 1024 dimensions and 32-bit floating-point numbers of every model of one's own.
# https://docs.aws.amazon.com/bedrock/latest/userguide/kb-managed-create.html (embedding model options)
_MANAGED_DIMENSION = 1024
_MANAGED = frozenset(
    {
        "amazon.nova-2-multimodal-embeddings-v1:0",
        "amazon.titan-embed-text-v2:0",
        "cohere.embed-english-v3",
        "cohere.embed-multilingual-v3",
        "cohere.embed-v4:0",
        _MANAGED_ONLY,
    }
)

_LONGEST = 4096

_ARN_OF_TOKENS = re.compile(r"^arn:.*:[a-z-]+/[\w.:-]+$")


class VectorDataType(Enum):
    """How the numbers of a vector are stored."""

    FLOAT32 = "FLOAT32"
    """32-bit floating-point numbers; every store and model."""
    BINARY = "BINARY"
    """One bit each: 32 times smaller and less exact; OpenSearch and some models only."""


@dataclass(frozen=True, slots=True)
class Embedding:
    """An embedding model with the vectors that it makes for a knowledge base.

    Attributes:
        model: The model, as the caller gave it.
        model_id: The id of the foundation model; empty where only the deployment knows it.
        dimension: The length of a vector; ``None`` where it is not known.
        given_dimension: The length that the caller chose, which is passed to the model.
        data_type: What the caller chose; ``None`` for the model's default, which is floating-point.
        multimodal: Whether the model embeds images, audio and video as they are.
    """

    model: ModelLike
    model_id: str
    dimension: int | None
    given_dimension: int | None
    data_type: VectorDataType | None
    multimodal: bool

    @property
    def binary(self) -> bool:
        """Whether the vectors are binary."""
        return self.data_type is VectorDataType.BINARY

    @classmethod
    def of_vector(cls, model: ModelLike, dimension: int | None, data_type: object) -> Embedding:
        """Check a model for a knowledge base with a vector store.

        Raises:
            PlanesError: The model, the dimension or the data type doesn't fit.
        """
        name = _check_model(model)
        if name == _MANAGED_ONLY:
            raise PlanesError(
                f"`embedding_model` is `{name}`, which only managed knowledge bases take: use "
                "`KnowledgeBaseType.managed(embedding_model=..., multimodal_storage=...)` "
                "(https://docs.aws.amazon.com/bedrock/latest/userguide/kb-managed-native-multimodal.html)"
            )
        chosen = _data_type(data_type)
        if chosen is VectorDataType.BINARY and _is_known(name) and name not in _BINARY:
            raise PlanesError(
                f"`data_type` is BINARY, and `{name}` makes floating-point vectors only: leave it out, or "
                f"use one of {', '.join(f'`{one}`' for one in sorted(_BINARY))}"
            )
        return cls(model, name, _dimension(name, dimension), dimension, chosen, _is_multimodal(name))

    @classmethod
    def of_managed(cls, model: ModelLike, dimension: int | None) -> Embedding:
        """Check a model of one's own for a managed knowledge base.

        Raises:
            PlanesError: The model or the dimension doesn't fit.
        """
        name = _check_model(model)
        if _is_known(name) and name not in _MANAGED:
            raise PlanesError(
                f"`embedding_model` is `{name}`, which managed knowledge bases don't take: leave it out for "
                f"the managed model, or use one of {', '.join(f'`{one}`' for one in sorted(_MANAGED))} "
                "(https://docs.aws.amazon.com/bedrock/latest/userguide/kb-managed-create.html)"
            )
        offered = catalogue.embedding_dimensions(name)
        size = _MANAGED_DIMENSION if not offered or _MANAGED_DIMENSION in offered else offered[0]
        if dimension is not None and dimension != size:
            raise PlanesError(
                f"`dimension` has the value `{dimension}`: a managed knowledge base takes {size} of "
                f"`{name or model}`, so leave it out"
            )
        return cls(model, name, size, size, VectorDataType.FLOAT32, _is_multimodal(name))

    def settings(self) -> dict[str, Any] | None:
        """Return ``bedrockEmbeddingModelConfiguration``; ``None`` where the model's defaults stand."""
        # The dimension is passed to the model only where the caller chose one: not every model takes it.
        chosen: dict[str, Any] = {}
        if self.given_dimension is not None:
            chosen["dimensions"] = self.given_dimension
        if self.data_type is not None:
            chosen["embeddingDataType"] = self.data_type.value
        # The one default that a knowledge base doesn't share with the model has to be said.
        if not chosen and self.model_id in _DEFAULT_DIMENSION:
            chosen["dimensions"] = self.dimension
        return chosen or None

    def needs_dimension(self, prop: str = "dimension") -> int:
        """Return the dimension for a store that is made for this model.

        Raises:
            PlanesError: The catalogue doesn't know the model, and the caller didn't give it.
        """
        if self.dimension is None:
            raise PlanesError(
                f"`{prop}` is missing and the catalogue doesn't know the embedding model "
                f"`{self.model_id or self.model}`: give the length of the vectors that it makes"
            )
        return self.dimension


def _check_model(model: ModelLike) -> str:
    """Return the id of the foundation model behind what the caller gave; refuse one that makes no vectors."""
    if isinstance(model, Model):
        text = model.id
    else:
        text = model if isinstance(model, str) else str(getattr(model, "model_arn", ""))
    if model in (None, ""):
        raise PlanesError(
            f"`embedding_model` has the value `{model}`: pass a model's id such as "
            f"`{DEFAULT_EMBEDDING_MODEL}`, or leave it out"
        )
    if not text or (is_token(text) and not _ARN_OF_TOKENS.search(text)):
        # A construct of another library: `on_call` reads its ARN, or says what it needs.
        return ""
    # Of an ARN the partition, the Region and the account may be tokens.
    name = text.rpartition("/")[2]
    name = catalogue.model_of_profile(name) or name
    known = catalogue.model(name)
    if known is not None and "EMBEDDING" not in known.output_modalities:
        raise PlanesError(
            f"`embedding_model` is `{name}`, which makes no embeddings: use one that {_SUPPORTED} lists, "
            f"such as `{DEFAULT_EMBEDDING_MODEL}`"
        )
    if name == _FOR_NONE:
        raise PlanesError(
            f"`embedding_model` is `{name}`, which no knowledge base takes: use one that {_SUPPORTED} lists, "
            f"such as `{DEFAULT_EMBEDDING_MODEL}`"
        )
    return name


def _is_known(name: str) -> bool:
    return catalogue.model(name) is not None


def _is_multimodal(name: str) -> bool:
    return name.startswith(_MULTIMODAL)


def _data_type(given: object) -> VectorDataType | None:
    if given is None or isinstance(given, VectorDataType):
        return given
    raise PlanesError(
        f"`data_type` has the value `{given}`: pass `VectorDataType.FLOAT32` or `VectorDataType.BINARY`"
    )


def _dimension(name: str, wanted: object) -> int | None:
    offered = catalogue.embedding_dimensions(name)
    if wanted is None:
        return _DEFAULT_DIMENSION.get(name) or (offered[0] if offered else None)
    if isinstance(wanted, bool) or not isinstance(wanted, int):
        raise PlanesError(f"`dimension` has the value `{wanted}`: pass a whole number")
    if offered and wanted not in offered:
        raise PlanesError(
            f"`dimension` has the value `{wanted}`, and `{name}` makes "
            f"{', '.join(map(str, offered))}: choose one of these"
        )
    if not 1 <= wanted <= _LONGEST:
        raise PlanesError(f"`dimension` has the value `{wanted}`: a knowledge base takes 1 to {_LONGEST}")
    return wanted
