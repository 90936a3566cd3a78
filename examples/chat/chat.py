"""Chats in the terminal: each part of an answer is printed as it comes.

Run it with ``python chat.py``, as somebody who may assume the app role, once the stack ``Chat`` is deployed.
It needs boto3 and the helper ``bedrock-planes-runtime``. An empty line ends it.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3
from bedrock_planes_runtime import Clients, explain
from botocore.exceptions import ClientError, EventStreamError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Chat", "main"]


@dataclass
class Chat:
    """One conversation.

    Attributes:
        clients: The clients of Amazon Bedrock, with the app role's credentials.
        model_id: A model or an inference profile.
        guardrail: The id and the version of the guardrail that the role requires.
        messages: What has been said.
        intervened: Whether the guardrail has blocked the last question or its answer.

    """

    clients: Clients
    model_id: str
    guardrail: tuple[str, str]
    messages: list[dict[str, Any]] = field(default_factory=list)
    intervened: bool = False

    def ask(self, text: str) -> Iterator[str]:
        """Yield the parts of the answer; what has been answered in full is kept for the next question."""
        question = {"role": "user", "content": [{"text": text}]}
        identifier, version = self.guardrail
        reply = self.clients.bedrock_runtime.converse_stream(
            modelId=self.model_id,
            messages=[*self.messages, question],
            # Each part is shown after the guardrail has seen it.
            guardrailConfig={
                "guardrailIdentifier": identifier,
                "guardrailVersion": version,
                "streamProcessingMode": "sync",
            },
        )
        parts = []
        for event in reply["stream"]:
            if part := event.get("contentBlockDelta", {}).get("delta", {}).get("text"):
                parts.append(part)
                yield part
            if "messageStop" in event:
                self.intervened = event["messageStop"]["stopReason"] == "guardrail_intervened"
        if not self.intervened:
            answer = {"role": "assistant", "content": [{"text": "".join(parts)}]}
            self.messages += [question, answer]


def main() -> None:
    """Assume the app role, and answer line by line."""
    [stack] = boto3.client("cloudformation").describe_stacks(StackName="Chat")["Stacks"]
    out = {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}
    role = boto3.client("sts").assume_role(RoleArn=out["AppRoleArn"], RoleSessionName="chat")
    session = boto3.Session(
        aws_access_key_id=role["Credentials"]["AccessKeyId"],
        aws_secret_access_key=role["Credentials"]["SecretAccessKey"],
        aws_session_token=role["Credentials"]["SessionToken"],
    )
    chat = Chat(Clients(session=session), out["ModelId"], (out["GuardrailId"], out["GuardrailVersion"]))
    for line in sys.stdin:
        if not line.strip():
            break
        try:
            for part in chat.ask(line.strip()):
                sys.stdout.write(part)
                sys.stdout.flush()
        except (ClientError, EventStreamError) as error:
            sys.exit(f"{explain(error)}")
        sys.stdout.write("\n")


if __name__ == "__main__":
    main()
