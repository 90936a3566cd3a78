"""An application may invoke models, but nothing records the calls.

## What it does
Reports, once per environment, app roles in an input that configures no model invocation logging. There is no
CloudFormation type for the logging, so a custom resource that configures it counts.

## Why is this bad?
Without invocation logging there is no record of the requests and the answers. It is one setting per account
and Region, and it is off by default.

## Example
A stack with an app role and no custom resource that calls `PutModelInvocationLoggingConfiguration`.

## Use instead
Configure the logging in the stack of the control plane, once per account and Region. If another stack or team
configures it, acknowledge the note.

## Known limits
The logging of the account may be configured elsewhere: only the input is looked at. Calls of `bedrock-mantle`
are not recorded by it in any case.

## References
- https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.review.rules.authoring import Rule, Run, listing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.review.rules.authoring import Finding, Node


__all__ = ["RULE", "check"]

RULE = Rule(
    "BP501",
    "runtime-without-invocation-logging",
    "note",
    "an application may invoke models, but nothing records the calls",
    __name__,
    "run",
    needs_marks=True,
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
            f"{listing(node.name for node in nodes)} may invoke models{where}, "
            "but model invocation logging is not configured",
            "configure model invocation logging, once per account and Region",
            key=(environment,),
            related=(node.origin for node in nodes[1:]),
        )


def _configures_logging(text: str) -> bool:
    return "invocationlogging" in text
