"""What a harness remembers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from constructs_lib import grants as _grants
from constructs_lib.cdk_support import (
    PlanesError,
    check_count,
    check_items,
    check_number,
    check_once,
    check_pattern,
    check_value,
    key_arn_of,
    with_explained_calls,
)
from constructs_lib.control_plane.harness.parts import EMPTY, L1, check_whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import aws_cdk as cdk
    from aws_cdk import aws_bedrockagentcore as agentcore
    from aws_cdk.interfaces import aws_bedrockagentcore as refs
    from aws_cdk.interfaces import aws_kms as kms_refs
    from constructs import Construct


__all__ = ["HarnessMemory", "MemoryRetrieval"]

_STRATEGIES = ("SEMANTIC", "SUMMARIZATION", "USER_PREFERENCE", "EPISODIC")


@with_explained_calls
@dataclass(frozen=True, slots=True)
class HarnessMemory:
    """What a harness remembers; made with one of the factories.

    Attributes:
        kind: ``none``, ``managed`` or ``existing``.
        props: What the factory was given.

    """

    kind: str
    props: Mapping[str, Any] = field(default_factory=lambda: EMPTY)

    @staticmethod
    def none() -> HarnessMemory:
        """Return no memory: each session begins anew."""
        return HarnessMemory("none")

    @staticmethod
    def managed(
        *,
        strategies: Sequence[str] = (),
        event_expiry: cdk.Duration | None = None,
        encryption_key: str | kms_refs.IKeyRef | None = None,
    ) -> HarnessMemory:
        """Return a memory that AgentCore makes and deletes with the harness.

        Args:
            strategies: ``SEMANTIC``, ``SUMMARIZATION``, ``USER_PREFERENCE``, ``EPISODIC``. Default: the first
                two.
            event_expiry: 3 to 365 days. Default: 30 days.
            encryption_key: The KMS key, or its ARN. Another one replaces the harness, whose name must
                change then. Default: a key that AWS owns.

        Raises:
            PlanesError: A strategy or an expiry that AgentCore doesn't take.
        """
        check_items("strategies", strategies, str, "texts")
        for strategy in strategies:
            if strategy not in _STRATEGIES:
                raise PlanesError(f"`strategies` has the value `{strategy}`: use {', '.join(_STRATEGIES)}")
        check_once("strategies", strategies)
        check_value("event_expiry", event_expiry, "cdk.Duration | None")
        key_arn = key_arn_of(encryption_key)
        check_pattern(
            "encryption_key",
            key_arn,
            r"arn:[\w-]+:kms:[\w-]+:\d{12}:key/\S+",
            "pass a key, or the ARN of one",
        )
        days = event_expiry.to_days() if event_expiry is not None else None
        if days is not None and not 3 <= days <= 365:
            raise PlanesError(f"`event_expiry` is {days:g} days: AgentCore keeps events 3 to 365 days")
        return HarnessMemory("managed", {"strategies": list(strategies), "days": days, "key_arn": key_arn})

    @staticmethod
    def existing(
        memory: str | refs.IMemoryRef,
        *,
        actor_id: str | None = None,
        messages_count: int | None = None,
        retrieval: Mapping[str, MemoryRetrieval] | None = None,
    ) -> HarnessMemory:
        """Return a memory of one's own.

        Args:
            memory: The memory, its ARN or its id.
            actor_id: Whose events it are. Default: the actor that a call names.
            messages_count: How many messages of a session are loaded. Default: AgentCore's.
            retrieval: By namespace, what is taken from the long-term memory. Default: AgentCore's.

        Raises:
            PlanesError: A value of ``retrieval`` is no ``MemoryRetrieval``.
        """
        check_items("retrieval", list((retrieval or {}).values()), MemoryRetrieval, "`MemoryRetrieval(...)`")
        if actor_id == "":
            raise PlanesError("`actor_id` is empty: name whose events they are, or leave it out")
        if messages_count is not None:
            check_count("messages_count", messages_count, 1)
        return HarnessMemory(
            "existing",
            {
                "memory": memory,
                "actor_id": actor_id,
                "messages_count": messages_count,
                "retrieval": dict(retrieval or {}),
            },
        )

    def to_config(self, scope: Construct) -> agentcore.CfnHarness.HarnessMemoryConfigurationProperty:
        """Return the L1's structure."""
        if self.kind == "none":
            return L1.HarnessMemoryConfigurationProperty(disabled={})
        props = self.props
        if self.kind == "managed":
            return L1.HarnessMemoryConfigurationProperty(
                managed_memory_configuration=L1.HarnessManagedMemoryConfigurationProperty(
                    strategies=props["strategies"] or None,
                    event_expiry_duration=props["days"],
                    encryption_key_arn=props["key_arn"],
                )
            )
        return L1.HarnessMemoryConfigurationProperty(
            agent_core_memory_configuration=L1.HarnessAgentCoreMemoryConfigurationProperty(
                arn=_grants.arn_of(scope, "memory", props["memory"]),
                actor_id=props["actor_id"],
                messages_count=props["messages_count"],
                retrieval_config={name: one.to_config() for name, one in props["retrieval"].items()} or None,
            )
        )


@with_explained_calls
@dataclass(frozen=True, slots=True)
class MemoryRetrieval:
    """What is taken from the long-term memory of a namespace.

    Attributes:
        top_k: At most so many records. Default: AgentCore's.
        relevance_score: At least this score, 0 to 1. Default: AgentCore's.
        strategy_id: Of this strategy only. Default: of all.

    Raises:
        PlanesError: A number out of its range.

    Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness-memory.html
    """

    top_k: int | None = None
    relevance_score: float | None = None
    strategy_id: str | None = None

    def __post_init__(self) -> None:
        """Check the numbers."""
        check_whole("top_k", self.top_k)
        if self.relevance_score is not None:
            check_number("relevance_score", self.relevance_score, 0, 1)

    def to_config(self) -> agentcore.CfnHarness.HarnessAgentCoreMemoryRetrievalConfigProperty:
        """Return the L1's structure."""
        return L1.HarnessAgentCoreMemoryRetrievalConfigProperty(
            top_k=self.top_k, relevance_score=self.relevance_score, strategy_id=self.strategy_id
        )
