"""How documents are parsed, split, transformed and enriched while they are ingested."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from constructs_lib import catalogue
from constructs_lib import grants as _grants
from constructs_lib.catalogue import verbs
from constructs_lib.cdk_support import (
    PlanesError,
    bucket_arn_of,
    bucket_key_of,
    bucket_name_of,
    check_length,
    is_token,
    key_arn_of,
    with_explained_calls,
)
from constructs_lib.control_plane.data_source.access import check_region
from constructs_lib.control_plane.data_source.checks import check_attributes, check_bool, check_number
from constructs_lib.control_plane.data_source.model import Bound, KnowledgeBaseFacts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import aws_lambda as lambda_
    from aws_cdk.interfaces import aws_s3 as s3_refs
    from constructs import Construct

    from constructs_lib.grants import ModelLike

__all__ = ["Chunking", "Enrichment", "Parsing", "Transformation"]

_MOST_TOKENS = 8192


@with_explained_calls
@dataclass(frozen=True, slots=True)
class Chunking:
    """How documents are split into the chunks that a query finds. Another one replaces the data source.

    Source: https://docs.aws.amazon.com/bedrock/latest/userguide/kb-chunking.html; the limits are those of
    https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_ChunkingConfiguration.html
    """

    strategy: str
    configuration: Mapping[str, Any]

    @classmethod
    def fixed(cls, *, max_tokens: int = 300, overlap_percentage: int = 20) -> Chunking:
        """Split into chunks of about one size.

        Args:
            max_tokens: Tokens of a chunk at most, 1 to 8192. Default: 300.
            overlap_percentage: What neighbouring chunks share, 1 to 99 percent. Default: 20.

        Raises:
            PlanesError: A number is outside its limits.
        """
        check_number("max_tokens", max_tokens, 1, _MOST_TOKENS, "tokens")
        check_number("overlap_percentage", overlap_percentage, 1, 99, "percent")
        return cls(
            "FIXED_SIZE",
            {
                "fixedSizeChunkingConfiguration": {
                    "maxTokens": max_tokens,
                    "overlapPercentage": overlap_percentage,
                }
            },
        )

    @classmethod
    def hierarchical(
        cls, *, parent_max_tokens: int = 1500, child_max_tokens: int = 300, overlap_tokens: int = 60
    ) -> Chunking:
        """Split into small chunks that are searched, inside large ones that are returned.

        AWS advises against it on S3 Vectors: above 8,000 tokens for both together, the chunk's metadata may
        not fit into a vector.

        Args:
            parent_max_tokens: Tokens of a large chunk at most, 1 to 8192. Default: 1500.
            child_max_tokens: Tokens of a small chunk at most, fewer than of a large one. Default: 300.
            overlap_tokens: Tokens that neighbours share, 1 or more and fewer than a small chunk has.
                Default: 60.

        Raises:
            PlanesError: A number is outside its limits, or not smaller than the next one.
        """
        check_number("parent_max_tokens", parent_max_tokens, 1, _MOST_TOKENS, "tokens")
        check_number("child_max_tokens", child_max_tokens, 1, _MOST_TOKENS, "tokens")
        check_number("overlap_tokens", overlap_tokens, 1, None, "tokens")
        if child_max_tokens >= parent_max_tokens:
            raise PlanesError(
                f"`child_max_tokens` has the value `{child_max_tokens}` and `parent_max_tokens` "
                f"`{parent_max_tokens}`: a child is part of a parent, so make it smaller"
            )
        if overlap_tokens >= child_max_tokens:
            raise PlanesError(
                f"`overlap_tokens` has the value `{overlap_tokens}` and `child_max_tokens` "
                f"`{child_max_tokens}`: make the overlap smaller than a child"
            )
        levels = [{"maxTokens": parent_max_tokens}, {"maxTokens": child_max_tokens}]
        return cls(
            "HIERARCHICAL",
            {
                "hierarchicalChunkingConfiguration": {
                    "levelConfigurations": levels,
                    "overlapTokens": overlap_tokens,
                }
            },
        )

    @classmethod
    def semantic(
        cls, *, max_tokens: int = 300, buffer_size: int = 0, breakpoint_percentile_threshold: int = 95
    ) -> Chunking:
        """Split where the meaning changes; a model decides, which costs more.

        Args:
            max_tokens: Tokens of a chunk at most, 1 to 8192. Default: 300.
            buffer_size: Sentences before and after that are embedded with each sentence, 0 or 1. Default: 0.
            breakpoint_percentile_threshold: How unlike sentences have to be for a split, 50 to 99; the
                higher, the fewer chunks. Default: 95.

        Raises:
            PlanesError: A number is outside its limits.
        """
        check_number("max_tokens", max_tokens, 1, _MOST_TOKENS, "tokens")
        check_number("buffer_size", buffer_size, 0, 1, "sentences")
        check_number("breakpoint_percentile_threshold", breakpoint_percentile_threshold, 50, 99, "percent")
        return cls(
            "SEMANTIC",
            {
                "semanticChunkingConfiguration": {
                    "maxTokens": max_tokens,
                    "bufferSize": buffer_size,
                    "breakpointPercentileThreshold": breakpoint_percentile_threshold,
                }
            },
        )

    @classmethod
    def none(cls) -> Chunking:
        """Don't split: each document is one chunk."""
        return cls("NONE", {})

    def bind(self, scope: Construct, facts: KnowledgeBaseFacts) -> Bound:
        """Return the configuration.

        Raises:
            PlanesError: The knowledge base can't split that way.
        """
        del scope
        if facts.managed_embedding:
            raise PlanesError(
                "`chunking` is given, and the knowledge base uses the service's own embedding model, which "
                "splits documents itself: leave `chunking` out, or choose an embedding model"
            )
        if facts.type == "MANAGED" and self.strategy == "SEMANTIC":
            raise PlanesError(
                "`chunking` is `Chunking.semantic(...)`, which managed knowledge bases don't have: use "
                "`Chunking.fixed(...)`"
            )
        return Bound({"chunkingStrategy": self.strategy, **self.configuration})


@with_explained_calls
@dataclass(frozen=True, slots=True)
class Parsing:
    """How text is taken out of documents. Another one replaces the data source.

    Source: https://docs.aws.amazon.com/bedrock/latest/userguide/kb-advanced-parsing.html
    """

    strategy: str
    model: ModelLike | None = None
    prompt: str | None = None
    multimodal: bool = False

    @classmethod
    def foundation_model(
        cls, model: ModelLike, *, prompt: str | None = None, multimodal: bool = False
    ) -> Parsing:
        """Let a model read the pages, also tables and figures. The service role may invoke it.

        Args:
            model: Id, ARN or construct of a model or inference profile that reads images.
            prompt: What the model is told, 1 to 10,000 characters. Default: AWS's prompt.
            multimodal: Whether images are kept, for which the knowledge base needs multimodal storage.
                Default: text only.

        Raises:
            PlanesError: The model makes embeddings, or the prompt is too long.
        """
        check_length("prompt", prompt, 1, 10_000)
        check_bool("multimodal", multimodal)
        _check_reader("model", model, images=True)
        return cls("BEDROCK_FOUNDATION_MODEL", model, prompt, multimodal)

    @classmethod
    def data_automation(cls, *, multimodal: bool = False) -> Parsing:
        """Let Bedrock Data Automation read the documents.

        Args:
            multimodal: Whether images, audio and video are parsed too, for which the knowledge base needs
                multimodal storage. Default: text only.
        """
        check_bool("multimodal", multimodal)
        return cls("BEDROCK_DATA_AUTOMATION", multimodal=multimodal)

    @classmethod
    def smart(cls) -> Parsing:
        """Let the service choose, in managed knowledge bases only, where it is the default."""
        return cls("SMART_PARSING")

    @classmethod
    def multimodal_embeddings(cls) -> Parsing:
        """Embed files as they are, in managed knowledge bases with a multimodal embedding model only."""
        return cls("MULTI_MODAL_EMBEDDINGS")

    def bind(self, scope: Construct, facts: KnowledgeBaseFacts) -> Bound:
        """Return the configuration, and what the service role needs for it.

        Raises:
            PlanesError: The knowledge base has other parsers, or no place for images.
        """
        of_managed = self.strategy in {"SMART_PARSING", "MULTI_MODAL_EMBEDDINGS"}
        if facts.type is not None and of_managed != (facts.type == "MANAGED"):
            # https://docs.aws.amazon.com/bedrock/latest/userguide/kb-managed-customize-ingestion.html
            remedy = (
                "use `Parsing.smart()` or `Parsing.multimodal_embeddings()`, or leave it out"
                if facts.type == "MANAGED"
                else "use `Parsing.foundation_model(...)` or `Parsing.data_automation()`, or leave it out"
            )
            raise PlanesError(
                f"`parsing` has the strategy `{self.strategy}`, which knowledge bases of the type "
                f"`{facts.type}` don't have: {remedy}"
            )
        if self.strategy == "MULTI_MODAL_EMBEDDINGS" and facts.managed_embedding:
            raise PlanesError(
                "`parsing` is `Parsing.multimodal_embeddings()`, and the knowledge base uses the service's "
                "own "
                "embedding model, which reads text: choose a multimodal embedding model, or `Parsing.smart()`"
            )
        if self.multimodal and facts.multimodal_storage is False:
            raise PlanesError(
                "`parsing` has `multimodal=True`, and the knowledge base has no multimodal storage, which "
                "can't "
                "be added later: give the knowledge base one, or leave `multimodal` out"
            )
        if self.model is not None:
            return self._with_model(scope, self.model)
        if self.strategy == "BEDROCK_DATA_AUTOMATION":
            return self._with_data_automation(scope)
        return Bound({"parsingStrategy": self.strategy})

    def _with_model(self, scope: Construct, model: ModelLike) -> Bound:
        targets = _grants.on_call(scope, model, "parsing")
        configuration: dict[str, Any] = {"modelArn": targets["model"][0].arns[0]}
        if self.prompt is not None:
            configuration["parsingPrompt"] = {"parsingPromptText": self.prompt}
        if self.multimodal:
            configuration["parsingModality"] = "MULTIMODAL"
        return Bound(
            {"parsingStrategy": self.strategy, "bedrockFoundationModelConfiguration": configuration},
            _grants.statement_json("invoke", targets),
        )

    def _with_data_automation(self, scope: Construct) -> Bound:
        here = _grants.environment_of(scope)
        if is_token(here.region):
            raise PlanesError(
                "`parsing` is `Parsing.data_automation()`, and the Region of the stack is not known: give "
                "the "
                "stack an `env` with a Region, whose Data Automation profile the service role then names"
            )
        try:
            profiles = verbs.data_automation_targets(
                partition=here.partition, region=here.region, account=here.account
            )
        except ValueError as error:
            raise PlanesError(f"`parsing`: {error}") from None
        # Source: https://docs.aws.amazon.com/bedrock/latest/userguide/kb-permissions.html (BDA permissions)
        project = f"arn:{here.partition}:bedrock:{here.region}:aws:data-automation-project/public-rag-default"
        targets = {
            "project": _grants.on_arns(project),
            "profile": profiles,
            "invocation": _grants.on_arns(here.arn("bedrock", "data-automation-invocation/*")),
        }
        configuration = {"parsingModality": "MULTIMODAL"} if self.multimodal else {}
        return Bound(
            {"parsingStrategy": self.strategy, "bedrockDataAutomationConfiguration": configuration},
            _grants.statement_json("data_automation_async", targets),
        )


@with_explained_calls
@dataclass(frozen=True, slots=True)
class Transformation:
    """A function that gets the chunks before they are embedded, to split them again or add metadata.

    Source: https://docs.aws.amazon.com/bedrock/latest/userguide/kb-custom-transformation.html
    """

    run: Any
    bucket: Any
    prefix: str = ""

    @classmethod
    def function(
        cls,
        function: lambda_.IFunction,
        *,
        bucket: s3_refs.IBucketRef,
        prefix: str | None = None,
    ) -> Transformation:
        """Let a Lambda function transform the chunks, which it gets and returns in a bucket.

        The service role may invoke the function and read and write the bucket. The function's own role needs
        the bucket too: ``bucket.grant_read_write(function)``.

        Args:
            function: The function, or a version or alias of it.
            bucket: The bucket for the chunks on their way, in the knowledge base's Region.
            prefix: Where in the bucket, such as ``chunks/``. Default: the whole bucket.

        Raises:
            PlanesError: A value is no function or bucket.
        """
        check_attributes(
            "function", function, ("function_arn",), "pass a function such as `lambda_.Function`"
        )
        check_attributes("bucket", bucket, ("bucket_ref",), "pass a bucket such as `s3.Bucket`")
        check_length("prefix", prefix, 1, 64)
        return cls(function, bucket, prefix or "")

    def bind(self, scope: Construct, facts: KnowledgeBaseFacts) -> Bound:
        """Return the configuration, and what the service role needs for it.

        Raises:
            PlanesError: The knowledge base has no transformations, or the bucket is elsewhere.
        """
        if facts.type == "MANAGED":
            raise PlanesError(
                "`transformation` is given, and managed knowledge bases have none: leave it out, or use a "
                "vector "
                "knowledge base"
            )
        check_region(scope, "transformation", self.bucket)
        arn = str(self.run.function_arn)
        # A version and an alias are called as they are; a function is called as its version $LATEST.
        qualified = any(hasattr(self.run, name) for name in ("alias_name", "edge_arn", "version"))
        functions = [arn] if qualified or arn.count(":") == 7 else [arn, f"{arn}:$LATEST"]
        statements: list[dict[str, Any]] = [
            {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": functions},
            {
                "Effect": "Allow",
                "Action": ["s3:GetObject", "s3:PutObject"],
                "Resource": f"{bucket_arn_of(self.bucket)}/{self.prefix}*",
            },
        ]
        key = bucket_key_of(self.bucket)
        if key is not None:
            via = f"s3.{_grants.environment_of(scope).region}.amazonaws.com"
            statements.append(
                {
                    "Effect": "Allow",
                    "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
                    "Resource": key_arn_of(key),
                    "Condition": {"StringEquals": {"kms:ViaService": via}},
                }
            )
        return Bound(
            {
                "intermediateStorage": {
                    "s3Location": {"uri": f"s3://{bucket_name_of(self.bucket)}/{self.prefix}"}
                },
                "transformations": [
                    {
                        "stepToApply": "POST_CHUNKING",
                        "transformationFunction": {"transformationLambdaConfiguration": {"lambdaArn": arn}},
                    }
                ],
            },
            statements,
        )


@with_explained_calls
@dataclass(frozen=True, slots=True)
class Enrichment:
    """What is added to the chunks for a graph: the entities that a model finds in them.

    Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_ContextEnrichmentConfiguration.html
    """

    model: ModelLike

    @classmethod
    def foundation_model(cls, model: ModelLike) -> Enrichment:
        """Let a model find the entities of each chunk. The service role may invoke it.

        Raises:
            PlanesError: The model makes embeddings.
        """
        _check_reader("model", model)
        return cls(model)

    def bind(self, scope: Construct, facts: KnowledgeBaseFacts) -> Bound:
        """Return the configuration, and what the service role needs for it.

        Raises:
            PlanesError: The store of the knowledge base is no graph.
        """
        if facts.type == "MANAGED" or (facts.store is not None and facts.store != "NEPTUNE_ANALYTICS"):
            raise PlanesError(
                f"`enrichment` is given, and the knowledge base's store is `{facts.store or 'managed'}`: "
                "only "
                "Neptune Analytics keeps entities, so leave it out or use such a store"
            )
        targets = _grants.on_call(scope, self.model, "enrichment")
        return Bound(
            {
                "type": "BEDROCK_FOUNDATION_MODEL",
                "bedrockFoundationModelConfiguration": {
                    "modelArn": targets["model"][0].arns[0],
                    "enrichmentStrategyConfiguration": {"method": "CHUNK_ENTITY_EXTRACTION"},
                },
            },
            _grants.statement_json("invoke", targets),
        )


def _check_reader(prop: str, model: Any, *, images: bool = False) -> None:
    """Raise :class:`PlanesError` for a model that is known to write no text, or to read no images."""
    name = model if isinstance(model, str) else getattr(model, "model_id", "")
    if not isinstance(name, str) or is_token(name):
        return
    bare = name.rpartition("/")[2]
    known = catalogue.model(catalogue.model_of_profile(bare) or bare)
    if known is None:
        return
    why = ""
    if "TEXT" not in known.output_modalities:
        why = "writes no text"
    elif images and "IMAGE" not in known.input_modalities:
        why = "reads no images, which the pages of a document are"
    if why:
        raise PlanesError(
            f"`{prop}` has the value `{bare}`, which {why}: use a model such as `us.amazon.nova-pro-v1:0`"
        )
