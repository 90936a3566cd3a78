"""What a harness leaves out of a conversation that gets too long."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from constructs_lib.cdk_support import (
    check_length,
    check_number,
    with_explained_calls,
)
from constructs_lib.control_plane.harness.parts import EMPTY, L1, check_whole, given

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import aws_bedrockagentcore as agentcore


__all__ = ["HarnessTruncation"]


@with_explained_calls
@dataclass(frozen=True, slots=True)
class HarnessTruncation:
    """What happens to a conversation that gets too long for the model; made with one of the factories.

    Attributes:
        strategy: ``none``, ``sliding_window`` or ``summarization``.
        props: What the factory was given.

    Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness-operations.html
    """

    strategy: str
    props: Mapping[str, Any] = field(default_factory=lambda: EMPTY)

    @staticmethod
    def none() -> HarnessTruncation:
        """Return nothing: the call fails."""
        return HarnessTruncation("none")

    @staticmethod
    def sliding_window(*, messages_count: int | None = None) -> HarnessTruncation:
        """Return that the newest messages are kept; how many. Default: AgentCore's number."""
        check_whole("messages_count", messages_count)
        return HarnessTruncation("sliding_window", {"messages_count": messages_count})

    @staticmethod
    def summarization(
        *,
        preserve_recent_messages: int | None = None,
        summary_ratio: float | None = None,
        system_prompt: str | None = None,
    ) -> HarnessTruncation:
        """Return that old messages are summarized.

        Args:
            preserve_recent_messages: How many of the newest stay as they are. Default: AgentCore's.
            summary_ratio: Which part is summarized, 0 to 1. Default: AgentCore's.
            system_prompt: How to summarize. Default: AgentCore's.

        Raises:
            PlanesError: A number out of its range.
        """
        check_whole("preserve_recent_messages", preserve_recent_messages)
        if summary_ratio is not None:
            check_number("summary_ratio", summary_ratio, 0, 1)
        check_length("system_prompt", system_prompt, 1, 100_000)
        return HarnessTruncation("summarization", dict(given(locals())))

    def to_config(self) -> agentcore.CfnHarness.HarnessTruncationConfigurationProperty:
        """Return the L1's structure."""
        props, config = self.props, None
        if self.strategy == "sliding_window":
            config = L1.HarnessTruncationStrategyConfigurationProperty(
                sliding_window=L1.HarnessSlidingWindowConfigurationProperty(
                    messages_count=props["messages_count"]
                )
            )
        elif self.strategy == "summarization":
            config = L1.HarnessTruncationStrategyConfigurationProperty(
                summarization=L1.HarnessSummarizationConfigurationProperty(
                    preserve_recent_messages=props["preserve_recent_messages"],
                    summary_ratio=props["summary_ratio"],
                    summarization_system_prompt=props["system_prompt"],
                )
            )
        return L1.HarnessTruncationConfigurationProperty(strategy=self.strategy, config=config)
