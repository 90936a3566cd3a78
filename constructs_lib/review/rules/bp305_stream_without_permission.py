"""A principal may invoke models, but not stream from them.

## What it does
Finds principals that may effectively call `bedrock:InvokeModel` and not
`bedrock:InvokeModelWithResponseStream`. Nothing is reported when every resource is an embedding, image,
video, rerank or speech model, an asynchronous invocation or a project, or when only Step Functions,
EventBridge, Scheduler or Bedrock may assume the role: these do not stream. An agent's role does: a streamed
InvokeAgent streams from the model with the permissions of that role.

## Why is this bad?
ConverseStream and InvokeModelWithResponseStream need another permission than Converse and InvokeModel. The
first chat interface that streams fails with AccessDenied, often in production and not in the tests.

## Example
```json
{"Effect": "Allow", "Action": "bedrock:InvokeModel",
 "Resource": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"}
```

## Use instead
```json
{"Effect": "Allow", "Action": ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
 "Resource": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"}
```
If nothing streams, turn the rule off in the configuration.

## Known limits
Whether the application streams is not known: the finding is a note. Roles that only Bedrock may assume are
left out, as are models that can't stream.

## References
- https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
- https://docs.aws.amazon.com/bedrock/latest/userguide/inference-prereq.html
- https://docs.aws.amazon.com/bedrock/latest/userguide/agents-invoke-agent.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.iam import actions_matching, denied_actions
from constructs_lib.review.rules.authoring import (
    INVOKE,
    STREAM,
    Rule,
    Run,
    cannot_stream,
    corrected,
    origins,
    resource_part,
    who,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.iam import Statement
    from constructs_lib.review.rules.authoring import Facts, Finding, Fix


__all__ = ["RULE", "check"]

RULE = Rule(
    "BP305",
    "stream-without-permission",
    "note",
    "a principal may invoke models, but not stream from them",
    __name__,
)

_NEVER_STREAM = ("states.", "events.", "scheduler.", "bedrock.")


def check(facts: Facts, run: Run) -> Iterator[Finding]:
    """Yield the finding at the first statement that allows InvokeModel."""
    if not facts.allows(INVOKE[0]) or facts.allows(STREAM):
        return
    held = [item for item in facts.holds(INVOKE[0]) if not cannot_stream(item.resource)]
    if not held or (_never_streams(facts) and not _is_of_an_agent(facts, run)):
        return
    yield RULE.finding(
        facts,
        held[0].statement.origin,
        f"{who(facts)} may call `{INVOKE[0]}`, but not `{STREAM}`: Converse works, ConverseStream is denied",
        f"also allow `{STREAM}` on the same resources, or turn the rule off if nothing streams",
        key=(),
        related=origins(held),
        conditional=all(item.statement.conditional for item in held) or facts.principal.conditional,
        fix=_fix(facts, held[0].statement),
    )


def _fix(facts: Facts, statement: Statement) -> Fix | None:
    """Return the statement with streaming, if it lists its actions, is the user's own, and no Deny is met."""
    flag = actions_matching(STREAM)
    denied = any(
        other.effect == "Deny" and denied_actions(other.actions, other.not_actions) & flag
        for _, other in facts.statements
    )
    if denied or statement.actions is None or statement not in facts.written:
        return None
    return corrected(statement, actions=(*statement.actions, STREAM))


def _is_of_an_agent(facts: Facts, run: Run) -> bool:
    """Whether an agent uses the role: its trust names agents, or an agent beside it names the role."""
    trust = facts.principal.trust
    for statement in trust.statements if trust else ():
        for condition in statement.conditions:
            if condition.key.lower() == "aws:sourcearn" and any(
                resource_part(value).startswith("agent/") for value in condition.values
            ):
                return True
    return any(
        resource.type == "AWS::Bedrock::Agent"
        and resource.properties.get("AgentResourceRoleArn") == facts.principal.arn
        for resource in run.resources
    )


def _never_streams(facts: Facts) -> bool:
    """Whether only services that don't stream may assume the role."""
    trust = facts.principal.trust
    trusted = [
        pair
        for s in (trust.statements if trust else ())
        if s.effect == "Allow"
        for pair in s.principals or ()
    ]
    return bool(trusted) and all(
        kind == "Service" and value.lower().startswith(_NEVER_STREAM) for kind, value in trusted
    )
