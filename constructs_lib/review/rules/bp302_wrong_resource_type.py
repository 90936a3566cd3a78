"""An action is used with resources of a type that it does not accept.

## What it does
Finds actions in Allow statements whose resources can never be of a type that the action accepts, and ARNs
that no action of their statement accepts: ARNs of Bedrock, and in a statement on Bedrock alone also ARNs of
other services. The finding is a warning when another statement of the principal allows the action, and for a
dead ARN beside a good one. A bare id or name is always an error: IAM refuses the policy. An action pattern
is reported when none of the actions that it matches accepts the resources. A resource that the input does not
determine is never reported.

## Why is this bad?
The statement allows nothing: the call is denied although the policy looks right. `InvokeAgent` takes an agent
alias, not an agent; `InvokeModel` takes a provisioned model or a deployment, not a custom model.

## Example
```json
{"Effect": "Allow", "Action": "bedrock:InvokeAgent",
 "Resource": "arn:aws:bedrock:us-east-1:111122223333:agent/AGENT12345"}
```

## Use instead
```json
{"Effect": "Allow", "Action": "bedrock:InvokeAgent",
 "Resource": "arn:aws:bedrock:us-east-1:111122223333:agent-alias/AGENT12345/ALIAS12345"}
```

## Known limits
Which resource types an action accepts is what the service authorization reference says, with the corrections
that AWS's guides ask for. Actions newer than the reference are not judged.

## References
- https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html
- https://docs.aws.amazon.com/bedrock/latest/userguide/security_iam_id-based-policy-examples-agent.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from constructs_lib import catalogue
from constructs_lib.iam import NO_ACTIONS, UNRESOLVED, actions_accepting, actions_matching
from constructs_lib.review.rules.authoring import (
    Rule,
    Run,
    arn_fault,
    inert_statements,
    listing,
    names_in,
    who,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from constructs_lib.iam import Statement
    from constructs_lib.review.rules.authoring import Facts, Finding

__all__ = ["RULE", "check"]

RULE = Rule(
    "BP302",
    "wrong-resource-type",
    "error",
    "an action is used with resources that it does not accept",
    __name__,
)


_COMMON = frozenset({"bedrock:foundation-model", "bedrock:inference-profile"})
_ARN_LIKE = re.compile(rf"\s*arn:|a?r?n?[*?$]|.*{UNRESOLVED}", re.DOTALL)


def check(facts: Facts, _run: Run) -> Iterator[Finding]:
    """Yield one finding per statement and severity, then one on the resources that no action accepts."""
    whole: set[int] = set()
    for statement in facts.written:
        if bare := _bare(statement):
            whole.add(id(statement))
            yield RULE.finding(
                facts,
                statement.origin,
                f"{who(facts)} has {listing(bare)} as a resource, which is no ARN: IAM refuses the policy",
                _no_arn(bare),
                key=("bare", *bare),
                conditional=statement.conditional or facts.principal.conditional,
            )
    for row in inert_statements(facts, "wrong-resource-type"):
        resources = row.statement.resources or ()
        if set(resources) <= set(_bare(row.statement)):
            continue
        whole.add(id(row.statement))
        if all((fault := arn_fault(text)) and not fault.is_placeholder for text in resources):
            continue  # BP304 reports them
        yield RULE.finding(
            facts,
            row.statement.origin,
            f"{who(facts)} allows {listing(row.names)} on {listing(resources)}, which "
            f"{'the action does' if len(row.names) == 1 else 'these actions do'} not accept",
            _no_arn(resources)
            or f"use ARNs of a type that `{row.names[0]}` accepts: {_accepted(row.actions[0])}",
            key=(*row.names, *sorted(resources)),
            severity="warning" if row.elsewhere else None,
            conditional=row.statement.conditional or facts.principal.conditional,
        )
    for statement in facts.written if facts.mask else ():
        unused = _unused(statement) if id(statement) not in whole else ()
        if unused:
            yield RULE.finding(
                facts,
                statement.origin,
                f"{who(facts)} lists {listing(unused)}, which no action of the statement accepts",
                f"remove it, or use ARNs of a type that `{_first(statement)}` accepts: "
                f"{_accepted(_first(statement))}",
                key=("resource", *unused),
                severity="warning",
                conditional=statement.conditional or facts.principal.conditional,
            )


def _bare(statement: Statement) -> tuple[str, ...]:
    """Return the resources of a statement on Bedrock that are no ARNs; IAM takes `*` and ARNs alone."""
    found = [
        text
        for texts in (statement.resources, statement.not_resources)
        for text in texts or ()
        if text and not text.startswith("arn:") and not _ARN_LIKE.match(text)
    ]
    if not found or not any(p.strip("*") and actions_matching(p) for p in names_in(statement)):
        return ()
    return tuple(dict.fromkeys(found))


def _unused(statement: Statement) -> tuple[str, ...]:
    """Return the ARNs that none of the statement's actions accepts; those of others if all are Bedrock's."""
    if statement.effect == "Deny" or statement.actions is None or len(statement.resources or ()) < 2:
        return ()
    mask = NO_ACTIONS
    for pattern in statement.actions:
        if UNRESOLVED in pattern:
            return ()
        mask |= actions_matching(pattern)
    is_bedrock_alone = all(
        pattern.partition(":")[0].lower() in catalogue.prefixes() for pattern in statement.actions
    )
    return tuple(
        text
        for text in statement.resources or ()
        if mask and text.strip("*") and not actions_accepting(text) & mask
        if _is_bedrock(text) or (is_bedrock_alone and _is_of_one_service(text))
        if not arn_fault(text)
    )


def _is_bedrock(text: str) -> bool:
    parts = text.split(":", 5)
    return len(parts) == 6 and parts[2].startswith("bedrock")


def _is_of_one_service(text: str) -> bool:
    """Whether a pattern is an ARN whose service is written out."""
    parts = text.split(":", 5)
    return len(parts) == 6 and parts[0] == "arn" and parts[2].replace("-", "").isalnum()


def _first(statement: Statement) -> str:
    """Return the statement's first action that takes ARNs."""
    for name, action in catalogue.actions().items():
        if action.resource_types and any(
            actions_matching(p) & actions_matching(name) for p in statement.actions or ()
        ):
            return name
    return (statement.actions or ("",))[0]


def _no_arn(resources: Iterable[str]) -> str:
    """Return the help for resources none of which can be an ARN, empty if one can."""
    if any(_ARN_LIKE.match(text) for text in resources):
        return ""
    return f"write ARNs (`arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`) instead of {listing(resources)}"


def _accepted(name: str) -> str:
    """Return the resource types of an action as ARNs spell them, the most common ones first."""
    action = catalogue.action(name)
    kinds = sorted(action.resource_types if action else (), key=lambda kind: kind not in _COMMON)
    return listing((kind.partition(":")[2] for kind in kinds), 6) if kinds else "other resources"
