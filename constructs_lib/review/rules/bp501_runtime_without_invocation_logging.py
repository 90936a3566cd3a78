"""An application invokes models and nothing records what it says to them.

## What it does
Reports, once per environment, inputs with app roles and no model invocation logging anywhere: there is no
CloudFormation type for it, so any custom resource that configures it counts.

## Why is this bad?
Without invocation logging nobody can tell afterwards what was asked and answered. It is one setting per
account and Region and off by default.

## Example
A stack with an app role and no custom resource that calls `PutModelInvocationLoggingConfiguration`.

## Use instead
Configure it in the stack of the control plane, once per account and Region; acknowledge the note where
another stack or team does.

## References
- https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.review.rules._base import Rule, Run
from constructs_lib.review.wording import listing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.review.chains import Node
    from constructs_lib.review.model import Finding

__all__ = ["RULE", "check"]

RULE = Rule(
    "BP501",
    "runtime-without-invocation-logging",
    "note",
    "an application invokes models and nothing records it",
    __name__,
    "run",
)


def check(run: Run) -> Iterator[Finding]:
    """Yield one finding per environment with app roles."""
    if any(_configures_logging(text) for text in run.traces):
        return
    environments: dict[str, list[Node]] = {}
    for node in run.nodes:
        if node.kind == "app":
            environments.setdefault(node.environment, []).append(node)
    for environment, nodes in environments.items():
        where = "" if environment == "unknown" else f" in {environment}"
        yield RULE.finding(
            nodes[0],
            nodes[0].origin,
            f"{listing(node.name for node in nodes)} may invoke models{where} "
            "and no invocation logging is configured",
            "configure model invocation logging once per account and Region",
            key=(environment,),
            related=(node.origin for node in nodes[1:]),
        )


def _configures_logging(text: str) -> bool:
    return "invocationlogging" in text
