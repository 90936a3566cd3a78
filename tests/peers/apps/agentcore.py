"""An app on the AgentCore L2s of aws-cdk-lib, with one caller role per grant that they offer.

Nothing in it widens a permission by hand; what the review finds is what the package's own grants emit.
"""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_iam as iam

__all__ = ["build"]

IMAGE = "111122223333.dkr.ecr.us-east-1.amazonaws.com/agent:1"


def build(app: cdk.App) -> cdk.Stack:
    """Add the one stack ``Peer`` to ``app``."""
    stack = cdk.Stack(app, "Peer", env=cdk.Environment(account="111122223333", region="us-east-1"))
    _runtime(stack)
    _memory_and_gateway(stack)
    _tools(stack)
    return stack


def _caller(stack: cdk.Stack, name: str) -> iam.Role:
    return iam.Role(stack, name, assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))


def _runtime(stack: cdk.Stack) -> None:
    artifact = agentcore.AgentRuntimeArtifact.from_image_uri(IMAGE)
    runtime = agentcore.Runtime(stack, "Runtime", runtime_name="peer", agent_runtime_artifact=artifact)
    runtime.grant_invoke(_caller(stack, "RuntimeCaller"))
    runtime.grant_invoke_runtime_for_user(_caller(stack, "RuntimeUserCaller"))


def _memory_and_gateway(stack: cdk.Stack) -> None:
    memory = agentcore.Memory(stack, "Memory", memory_name="peer")
    memory.grant_read(_caller(stack, "MemoryReader"))
    memory.grant_write(_caller(stack, "MemoryWriter"))
    memory.grant_full_access(_caller(stack, "MemoryOwner"))
    gateway = agentcore.Gateway(stack, "Gateway", gateway_name="peer")
    gateway.grant_invoke(_caller(stack, "GatewayCaller"))
    everything = _caller(stack, "GatewayOwner")
    gateway.grant_invoke(everything)
    gateway.grant_manage(everything)


def _tools(stack: cdk.Stack) -> None:
    browser = agentcore.BrowserCustom(stack, "Browser", browser_custom_name="peer")
    browser.grant_use(_caller(stack, "BrowserUser"))
    interpreter = agentcore.CodeInterpreterCustom(stack, "Interpreter", code_interpreter_custom_name="peer")
    interpreter.grant_use(_caller(stack, "InterpreterUser"))
    reader = _caller(stack, "InterpreterReader")
    interpreter.grant_use(reader)
    interpreter.grant_read(reader)
