"""A Bedrock resource policy gives access to other accounts.

## What it does
Finds resource policies (of guardrails, knowledge bases, AgentCore runtimes and gateways) that allow the
principal `*` without a condition on an organization or account (error), or that name another account (note).
It also finds data principals that may write resource policies (error).

## Why is this bad?
A resource policy gives access without an identity policy in the owner's account: `*` gives it to every AWS
account.

## Example
```json
{"Effect": "Allow", "Principal": "*", "Action": "bedrock:ApplyGuardrail", "Resource": "*"}
```

## Use instead
```json
{"Effect": "Allow", "Principal": "*", "Action": "bedrock:ApplyGuardrail", "Resource": "*",
 "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-example1234"}}}
```

## Known limits
Policies that were put by a call of the API are not in a template, and are not seen.

## References
- https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-resource-based-policies.html
- https://docs.aws.amazon.com/bedrock/latest/userguide/kb-managed-cross-account.html
- https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/resource-based-policies.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from constructs_lib.iam import NO_ACTIONS, UNRESOLVED, actions_matching
from constructs_lib.review.rules.authoring import (
    Facts,
    Rule,
    Run,
    has_key,
    listing,
    origins,
    passes_named_values_only,
    policy_of,
    who,
    witness_for,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.iam import Condition, Statement
    from constructs_lib.review.rules.authoring import Finding
    from constructs_lib.templates import Resource

__all__ = ["RULE", "check"]

RULE = Rule(
    "BP403",
    "open-resource-policy",
    "error",
    "a Bedrock resource policy gives access to other accounts",
    __name__,
    "both",
)

_PROPERTIES = {
    "AWS::Bedrock::ResourcePolicy": "PolicyDocument",
    "AWS::Bedrock::KnowledgeBasePolicy": "PolicyDocument",
    "AWS::BedrockAgentCore::ResourcePolicy": "Policy",
}
# Keys that name the caller's account. aws:ResourceAccount names the resource's account, so it limits nobody.
_BOUNDS = (
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalAccount",
    "aws:SourceAccount",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
)
_ARNS = ("aws:PrincipalArn", "aws:SourceArn")
_WRITES = (
    *("bedrock:PutResourcePolicy", "bedrock-agentcore:PutResourcePolicy"),
    "agent-registry:PutResourcePolicy",
)
_ACCOUNT_OF_ARN = re.compile(rf"arn:[^:]*:[^:]*:[^:]*:(?:\d{{12}}|{UNRESOLVED}):")
_ACCOUNT = re.compile(r"(?:arn:[^:]*:(?:iam|sts)::)?(\d{12})(?::|$)")


def check(subject: Facts | Resource, _run: Run) -> Iterator[Finding]:
    """Yield findings on open policies and on data principals that may write them."""
    if isinstance(subject, Facts):
        yield from _writers(subject)
    elif subject.type in _PROPERTIES:
        policy = policy_of(subject, _PROPERTIES[subject.type])
        for statement in policy.statements if policy else ():
            if statement.effect == "Allow":
                yield from _statement(subject, statement)


def _statement(resource: Resource, statement: Statement) -> Iterator[Finding]:
    values = [value for kind, value in statement.principals or () if kind == "AWS"]
    everyone = "*" in values or (statement.principals is None and statement.not_principals is not None)
    if everyone and not any(_bounds(test) for test in statement.conditions):
        yield RULE.finding(
            resource,
            statement.origin,
            f"the resource policy `{resource.logical_id}` allows every AWS account to call "
            f"{_actions(statement)}",
            "list the principals, or add a condition on `aws:PrincipalOrgID`",
            key=("everyone", *sorted(statement.actions or ())),
            conditional=resource.conditional or statement.conditional,
        )
    own = resource.environment.partition("/")[0]
    foreign = sorted({found.group(1) for value in values if (found := _ACCOUNT.match(value))} - {own})
    if foreign:
        noun = "the account" if len(foreign) == 1 else "the accounts"
        yield RULE.finding(
            resource,
            statement.origin,
            f"the resource policy `{resource.logical_id}` gives access to {noun} {listing(foreign)}",
            "check that this access is intended",
            key=("account", *foreign),
            severity="note",
            conditional=resource.conditional or statement.conditional,
        )


def _actions(statement: Statement) -> str:
    if statement.actions is None:
        return f"everything except {listing(statement.not_actions or ())}"
    return listing(statement.actions)


def _bounds(test: Condition) -> bool:
    """Whether a condition keeps other accounts out; `IfExists` passes callers without the key."""
    if not passes_named_values_only(test):
        return False
    if has_key((test,), *_ARNS):
        return all(_ACCOUNT_OF_ARN.match(value) for value in test.values)
    return has_key((test,), *_BOUNDS)


def _writers(facts: Facts) -> Iterator[Finding]:
    mask = NO_ACTIONS
    for name in _WRITES:
        mask |= actions_matching(name) & facts.mask
    if not mask or not facts.planes.data:
        return
    held = facts.first(mask)
    if held is not None:
        names = [name for name in _WRITES if facts.allows(name)]
        yield RULE.finding(
            facts,
            held.statement.origin,
            f"{who(facts)} may run Bedrock and write resource policies ({listing(names)})",
            "leave resource policies to the deployment: they can give access to other accounts",
            key=("writer",),
            related=origins(item for item in facts.held if item.mask & mask),
            witness=witness_for(facts, held, mask, "a resource policy can give access to any account"),
            conditional=facts.only_conditional(mask),
            policy=held.policy,
        )
