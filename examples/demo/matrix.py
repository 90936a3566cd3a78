"""The matrix as data: each operation with its client and plane, and which of the two roles may call it.

The planes and expectations are written by hand, so that the demo does not prove the library against itself;
a test compares the planes with the catalogue.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from botocore.exceptions import BotoCoreError, ClientError

from examples.demo import calls

if TYPE_CHECKING:
    from collections.abc import Callable

    from examples.demo.targets import Targets

__all__ = ["MATRIX", "Outcome", "Row", "attempt"]

Plane = Literal["control", "data"]
Verdict = Literal["allowed", "denied", "failed"]


@dataclass(frozen=True, slots=True)
class Row:
    """One operation that both roles try.

    ``client`` is boto3's service name, ``operation`` the API's name; ``app`` and ``deploy`` say whether that
    role is expected to be allowed; ``detail`` distinguishes two rows of one operation.
    """

    operation: str
    client: str
    plane: Plane
    app: bool
    deploy: bool
    call: Callable[[Any, Targets], Any]
    detail: str = ""

    @property
    def title(self) -> str:
        """What the table shows."""
        return f"{self.operation} ({self.detail})" if self.detail else self.operation


@dataclass(frozen=True, slots=True)
class Outcome:
    """What AWS answered; ``reason`` is its own message when it did not allow the call."""

    verdict: Verdict
    reason: str = ""

    def meets(self, *, allowed: bool) -> bool:
        """Whether the answer is the expected one; a call that failed for another reason never is."""
        return self.verdict == ("allowed" if allowed else "denied")


def attempt(call: Callable[[], Any]) -> Outcome:
    """Make one call and distinguish a refusal by IAM from any other failure."""
    try:
        call()
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
        denied = code in {"AccessDenied", "AccessDeniedException"}
        return Outcome("denied", message) if denied else Outcome("failed", f"{code}: {message}")
    except BotoCoreError as error:
        return Outcome("failed", f"{type(error).__name__}: {error}")
    return Outcome("allowed")


def _data(client: str, operation: str, call: Callable[[Any, Targets], Any]) -> Row:
    return Row(operation, client, "data", app=True, deploy=False, call=call)


def _control(client: str, operation: str, call: Callable[[Any, Targets], Any]) -> Row:
    return Row(operation, client, "control", app=False, deploy=True, call=call)


MATRIX: tuple[Row, ...] = (
    _data("bedrock-runtime", "Converse", calls.converse),
    _data("bedrock-runtime", "ConverseStream", calls.converse_stream),
    _data("bedrock-runtime", "InvokeModel", calls.invoke_model),
    _data("bedrock-runtime", "InvokeModelWithResponseStream", calls.invoke_model_stream),
    _data("bedrock-runtime", "ApplyGuardrail", calls.apply_guardrail),
    _data("bedrock-agent-runtime", "Retrieve", calls.retrieve),
    _data("bedrock-agent-runtime", "RetrieveAndGenerate", calls.retrieve_and_generate),
    _data("bedrock-agent-runtime", "InvokeAgent", calls.invoke_agent),
    Row(
        "Converse",
        "bedrock-runtime",
        "data",
        app=False,
        deploy=False,
        call=calls.converse_other_model,
        detail="another model",
    ),
    Row(
        "ConverseStream",
        "bedrock-runtime",
        "data",
        app=False,
        deploy=False,
        call=calls.stream_other_model,
        detail="another model",
    ),
    _control("bedrock", "ListFoundationModels", calls.list_foundation_models),
    _control("bedrock", "CreateGuardrail", calls.create_guardrail),
    _control("bedrock", "UpdateGuardrail", calls.update_guardrail),
    _control("bedrock", "CreateGuardrailVersion", calls.create_guardrail_version),
    _control("bedrock", "GetGuardrail", calls.get_guardrail),
    _control("bedrock", "DeleteGuardrail", calls.delete_guardrail),
    _control("bedrock-agent", "CreateKnowledgeBase", calls.create_knowledge_base),
    _control("bedrock-agent", "GetKnowledgeBase", calls.get_knowledge_base),
    _control("bedrock-agent", "DeleteKnowledgeBase", calls.delete_knowledge_base),
    # Publishing documents is the operator's task in daily use: neither deploying nor serving includes it.
    Row(
        "StartIngestionJob",
        "bedrock-agent",
        "control",
        app=False,
        deploy=False,
        call=calls.start_ingestion_job,
        detail="the operator's",
    ),
    _control("bedrock-agent", "UpdateAgent", calls.update_agent),
    # Read, removed, set again: after the last of the three the account's logging is as it was.
    _control("bedrock", "GetModelInvocationLoggingConfiguration", calls.get_logging),
    _control("bedrock", "DeleteModelInvocationLoggingConfiguration", calls.delete_logging),
    _control("bedrock", "PutModelInvocationLoggingConfiguration", calls.put_logging),
)
