"""A project is named for model calls, and the calls are not allowed on it.

## What it does
Finds projects that a policy names for model calls: by an ARN for `bedrock:InvokeModel` or
`bedrock:InvokeModelWithResponseStream`, by a condition on `bedrock:ProjectArn`, or as the exception of a
Deny. It reports a project on which an action is not allowed with which the principal calls models. Streaming
counts only when it is allowed on no project. An absent default project is not reported, and neither are
patterns of projects.

## Why is this bad?
A call with a project is checked on the model or profile and on the project. Without the permission on the
project every call that names it is denied.

## Example
```json
[{"Effect": "Allow", "Action": "bedrock:InvokeModel",
  "Resource": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0",
  "Condition": {"StringEquals": {
    "bedrock:ProjectArn": "arn:aws:bedrock:us-east-1:111122223333:project/proj-a1b2c3"}}}]
```

## Use instead
```json
[{"Effect": "Allow", "Action": "bedrock:InvokeModel",
  "Resource": "arn:aws:bedrock:us-east-1:111122223333:project/proj-a1b2c3"}]
```
beside it.

## Known limits
Projects behind parameters are not compared, and a project that code alone names is not known.

## References
- https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html
- https://docs.aws.amazon.com/bedrock/latest/userguide/security-iam-projects.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.iam import UNRESOLVED, actions_matching, may_overlap, types_of
from constructs_lib.review.rules.authoring import INVOKE, STREAM, Rule, Run, listing, resource_part, who

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.iam import Statement
    from constructs_lib.review.rules.authoring import Facts, Finding

__all__ = ["RULE", "check"]

RULE = Rule(
    "BP206",
    "named-project-without-permission",
    "error",
    "a project is named for model calls that are not allowed on it",
    __name__,
)

_PROJECT = frozenset({"bedrock:project"})
_KEY = "bedrock:projectarn"


def check(facts: Facts, _run: Run) -> Iterator[Finding]:
    """Yield one finding per project."""
    named: dict[str, Statement] = {}
    for statement in facts.written:
        for project in _named(statement) if _may_name(statement) else ():
            named.setdefault(project, statement)
    if not named or not any(map(facts.allows, INVOKE)):
        return
    called = [action for action in INVOKE if _calls_models(facts, action)]
    for project, statement in named.items():
        missing = [action for action in called if _is_missing(facts, action, project)]
        if not missing:
            continue
        yield RULE.finding(
            facts,
            statement.origin,
            f"{who(facts)} names the project `{project}` for model calls, but may not call "
            f"{listing(missing)} on it",
            f"allow {listing(missing)} on `{project}`, in a statement without conditions on the model",
            key=(project, *missing),
            conditional=statement.conditional or facts.principal.conditional,
        )


def _calls_models(facts: Facts, action: str) -> bool:
    """Whether the action is held on something else than projects."""
    return any(types_of(held.resource) != _PROJECT for held in facts.holds(action))


def _is_missing(facts: Facts, action: str, project: str) -> bool:
    allowed = [held.resource for held in facts.holds(action) if "bedrock:project" in types_of(held.resource)]
    if UNRESOLVED in project or "${" in project:
        return not any(may_overlap(text, project) for text in allowed)
    # A principal may stream in one project and not in another.
    if action == STREAM and allowed:
        return False
    return not facts.permits(action, project)


def _may_name(statement: Statement) -> bool:
    """Whether a statement may name a project, which few do: a project has this in its ARN."""
    if statement.conditions:
        return True
    for texts in (statement.resources, statement.not_resources):
        for text in texts or ():
            if ":project/" in text:
                return True
    return False


def _named(statement: Statement) -> Iterator[str]:
    """Yield the projects that a statement on model calls names, patterns left out."""
    is_deny = statement.effect == "Deny"
    resources = (statement.not_resources if is_deny else statement.resources) or ()
    if not _names_model_calls(statement.actions or ()):
        return
    for text in resources:
        if types_of(text) == _PROJECT:
            yield from _literal(text)
    for condition in statement.conditions:
        # A Deny unless the project is this one names it; a Deny of this one means to block it.
        if condition.key.lower() == _KEY and ("Not" in condition.operator) is is_deny:
            for value in condition.values:
                yield from _literal(value)


def _names_model_calls(patterns: tuple[str, ...]) -> bool:
    """Whether a pattern gives model calls, and not by a whole service alone."""
    wanted = actions_matching(INVOKE[0]) | actions_matching(STREAM)
    return any(pattern.strip("*") and actions_matching(pattern) & wanted for pattern in patterns)


def _literal(text: str) -> Iterator[str]:
    identifier = resource_part(text).partition("/")[2]
    if identifier and not any(char in text for char in "*?") and UNRESOLVED not in identifier:
        yield text
