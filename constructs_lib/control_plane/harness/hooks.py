"""What a harness calls before and after its own steps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from constructs_lib.cdk_support import (
    PlanesError,
    check_number,
    check_pattern,
    with_explained_calls,
)
from constructs_lib.control_plane.harness.parts import EMPTY, L1, allow, check_has, given

if TYPE_CHECKING:
    from collections.abc import Mapping

    import aws_cdk as cdk
    from aws_cdk import aws_bedrockagentcore as agentcore
    from aws_cdk import aws_events as events
    from aws_cdk import aws_lambda as lambda_
    from aws_cdk import aws_sns as sns


__all__ = ["HarnessHook", "HarnessHookTarget"]


@with_explained_calls
@dataclass(frozen=True, slots=True)
class HarnessHookTarget:
    """Who is told of a step of the agent; made with one of the factories.

    Attributes:
        kind: ``function``, ``topic`` or ``event_bus``.
        props: What the factory was given.

    Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness-lifecycle-hooks.html
    """

    kind: str
    props: Mapping[str, Any] = field(default_factory=lambda: EMPTY)

    @staticmethod
    def function(
        function: lambda_.IFunction, *, timeout: cdk.Duration | None = None, allow_on_failure: bool = False
    ) -> HarnessHookTarget:
        """Return a Lambda function that allows or denies the step.

        Args:
            function: The function.
            timeout: 1 to 900 seconds. Default: 60 seconds.
            allow_on_failure: Whether the step goes on where the function fails or is late. Default: it is
                denied.

        Raises:
            PlanesError: No function, or a timeout out of its range.
        """
        check_has("function", function, "function_arn", "a function such as `lambda_.Function`")
        if timeout is not None:
            check_number("timeout", timeout.to_seconds(), 1, 900)
        return HarnessHookTarget("function", dict(given(locals())))

    @staticmethod
    def topic(topic: sns.ITopic) -> HarnessHookTarget:
        """Return an SNS topic, which is told and can't deny."""
        check_has("topic", topic, "topic_arn", "a topic such as `sns.Topic`")
        return HarnessHookTarget("topic", {"topic": topic})

    @staticmethod
    def event_bus(event_bus: events.IEventBus) -> HarnessHookTarget:
        """Return an event bus of EventBridge, which is told and can't deny."""
        check_has("event_bus", event_bus, "event_bus_arn", "an event bus such as `events.EventBus`")
        return HarnessHookTarget("event_bus", {"event_bus": event_bus})

    def statements(self) -> list[dict[str, Any]]:
        """Return what the role needs to call the target."""
        if self.kind == "function":
            return [allow(["lambda:InvokeFunction"], self.props["function"].function_arn)]
        if self.kind == "event_bus":
            return [allow(["events:PutEvents"], self.props["event_bus"].event_bus_arn)]
        topic = self.props["topic"]
        found = [allow(["sns:Publish"], topic.topic_arn)]
        key = getattr(topic, "master_key", None)
        if key is not None:
            found.append(allow(["kms:Decrypt", "kms:GenerateDataKey"], key.key_arn))
        return found

    def to_config(self) -> agentcore.CfnHarness.HarnessHookTargetProperty:
        """Return the L1's structure."""
        props = self.props
        if self.kind == "topic":
            arn = props["topic"].topic_arn
            return L1.HarnessHookTargetProperty(sns=L1.HarnessHookSnsTargetProperty(arn=arn))
        if self.kind == "event_bus":
            arn = props["event_bus"].event_bus_arn
            return L1.HarnessHookTargetProperty(event_bridge=L1.HarnessHookEventBridgeTargetProperty(arn=arn))
        timeout = props["timeout"]
        return L1.HarnessHookTargetProperty(
            lambda_=L1.HarnessHookLambdaTargetProperty(
                arn=props["function"].function_arn,
                failure_mode="allow" if props["allow_on_failure"] else None,
                timeout_seconds=timeout.to_seconds() if timeout is not None else None,
            )
        )


@with_explained_calls
@dataclass(frozen=True, slots=True)
class HarnessHook:
    """A call at a step of the agent; made with one of the factories.

    Attributes:
        event: ``before_invocation``, ``after_invocation``, ``before_tool_call`` or ``after_tool_call``.
        name: 1-64 letters, digits, ``-`` and ``_``; its own in the harness.
        target: Who is called.

    Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness-lifecycle-hooks.html
    """

    event: str
    name: str
    target: HarnessHookTarget

    def __post_init__(self) -> None:
        """Check name and target."""
        check_pattern("name", self.name, r"[a-zA-Z0-9_-]{1,64}", "use 1-64 letters, digits, - and _")
        if not isinstance(self.target, HarnessHookTarget):
            raise PlanesError(
                f"`target` has a value of the type `{type(self.target).__name__}`: pass "
                "`HarnessHookTarget.function(...)`, `.topic(...)` or `.event_bus(...)`"
            )

    @staticmethod
    def before_invocation(name: str, target: HarnessHookTarget) -> HarnessHook:
        """Return a call before the agent starts; a function that denies stops the invocation."""
        return HarnessHook("before_invocation", name, target)

    @staticmethod
    def after_invocation(name: str, target: HarnessHookTarget) -> HarnessHook:
        """Return a call after the agent has ended."""
        return HarnessHook("after_invocation", name, target)

    @staticmethod
    def before_tool_call(name: str, target: HarnessHookTarget) -> HarnessHook:
        """Return a call before a tool is used; a function that denies skips the tool."""
        return HarnessHook("before_tool_call", name, target)

    @staticmethod
    def after_tool_call(name: str, target: HarnessHookTarget) -> HarnessHook:
        """Return a call after a tool was used; a function that denies stops the invocation."""
        return HarnessHook("after_tool_call", name, target)

    def to_config(self) -> agentcore.CfnHarness.HarnessHookProperty:
        """Return the L1's structure."""
        make = {
            "before_invocation": L1.HarnessBeforeInvocationHookProperty,
            "after_invocation": L1.HarnessAfterInvocationHookProperty,
            "before_tool_call": L1.HarnessBeforeToolCallHookProperty,
            "after_tool_call": L1.HarnessAfterToolCallHookProperty,
        }[self.event]
        hook: Any = {self.event: make(name=self.name, target=self.target.to_config())}
        return L1.HarnessHookProperty(**hook)
