"""A role may do what nothing in its code calls.

## What it does
With `review --code`, finds actions of the data plane that a role may call and that no call in the code of the
role's functions needs. Nothing is reported where some of the code was not read (a container, a layer, a
minified bundle without a source map, a call that could not be resolved), where libraries in it may call
Amazon Bedrock themselves, or where others than the functions may assume the role. Actions that the service
checks for calls that are made (`bedrock:ApplyGuardrail` beside Converse, `bedrock:Retrieve` beside
RetrieveAndGenerate) count as called.

## Why is this bad?
A permission that nothing needs is open to whoever takes over the function, and hides what it does from the
next reader.

## Example
```json
{"Effect": "Allow", "Action": ["bedrock:InvokeModel", "bedrock:Retrieve"], "Resource": "*"}
```
for a function that only calls `converse`.

## Use instead
```python
role.grants.converse("amazon.nova-lite-v1:0")
```

## Known limits
A permission that is used by code outside of the assembly, such as a container, looks unused unless
`--code-of` gives the code.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege
- https://docs.aws.amazon.com/bedrock/latest/userguide/security_iam_id-based-policy-examples.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.iam import names_of
from constructs_lib.review.rules.authoring import Rule, Run, listing, origins, who

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.code import DeployedCode
    from constructs_lib.review.rules.authoring import Facts, Finding

__all__ = ["RULE", "check"]

RULE = Rule(
    "BP603",
    "permission-without-call",
    "note",
    "a role may do what nothing in its code calls",
    __name__,
)

_MODELS = frozenset({"bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"})
# What the service checks on the caller's role for an action that it calls:
# https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-permissions.html
# https://docs.aws.amazon.com/bedrock/latest/userguide/knowledge-base-prereq-permissions-general.html
# https://docs.aws.amazon.com/bedrock/latest/userguide/rerank-prereq.html
# https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-management-prereq.html
_ALSO = {
    "bedrock:InvokeModel": frozenset({"bedrock:ApplyGuardrail", "bedrock:RenderPrompt"}),
    "bedrock:InvokeModelWithResponseStream": frozenset({"bedrock:ApplyGuardrail", "bedrock:RenderPrompt"}),
    "bedrock:Retrieve": frozenset({"bedrock:ApplyGuardrail"}) | _MODELS,
    "bedrock:RetrieveAndGenerate": frozenset({"bedrock:Retrieve", "bedrock:ApplyGuardrail"}) | _MODELS,
    "bedrock:Rerank": _MODELS,
    "bedrock:InvokeInlineAgent": _MODELS | {"bedrock:Retrieve", "bedrock:ApplyGuardrail"},
    "bedrock-agentcore:InvokeHarness": frozenset({"bedrock-agentcore:InvokeAgentRuntime"}),
}
_RUN_BY = ("lambda.", "bedrock-agentcore.", "ecs-tasks.")


def check(facts: Facts, run: Run) -> Iterator[Finding]:
    """Yield the finding at the first statement that allows an action that nothing calls."""
    code = run.code.get(facts.principal.id, ())
    if not code or not _is_whole(code) or not _runs_only_code(facts) or facts.administrator is not None:
        return
    called = {action for item in code for call in item.calls for action in call.actions}
    called |= {action for item in tuple(called) for action in _ALSO.get(item, ())}
    unused = [name for name in names_of(facts.planes.data) if name not in called]
    if not unused:
        return
    held = [item for item in facts.held if set(item.names) & set(unused)]
    yield RULE.finding(
        facts,
        held[0].statement.origin,
        f"{who(facts)} may call {listing(unused)}, which nothing in the code of "
        f"{listing(dict.fromkeys(item.name for item in code))} calls",
        "take the permission out, or acknowledge it with the reason if something else calls it",
        key=tuple(unused),
        related=origins(held),
        conditional=facts.principal.conditional,
    )


def _is_whole(code: Sequence[DeployedCode]) -> bool:
    """Whether all of the code was read, and nothing else in it can call Bedrock."""
    return not any(item.unread or item.has_libraries for item in code)


def _runs_only_code(facts: Facts) -> bool:
    """Whether nobody else than what runs code may assume the role."""
    trust = facts.principal.trust
    pairs = [pair for statement in (trust.statements if trust else ()) for pair in statement.principals or ()]
    return bool(pairs) and all(
        kind == "Service" and value.lower().startswith(_RUN_BY) for kind, value in pairs
    )
