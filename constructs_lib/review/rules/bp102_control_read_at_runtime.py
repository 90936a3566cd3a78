"""A principal that runs Bedrock may also read its configuration.

## What it does
Finds control reads (`bedrock:GetAgent`, `bedrock:ListGuardrails`) and tagging actions in a principal that
holds data actions. Service roles are left out: AWS documents reads for them. The finding is a note when AWS
documents every read for a data action that the principal holds, on exact ARNs (`GetInferenceProfile` beside
`InvokeModel` on that profile). With `--strict` the warning becomes an error.

## Why is this bad?
The configuration shows an attacker the instructions of agents, the denied topics of guardrails and the
buckets behind knowledge bases. Applications rarely need it; most roles hold it because of `bedrock:Get*`
beside `bedrock:Invoke*`. Tags can decide about access, so changing tags at runtime can widen access.

## Example
```json
{"Effect": "Allow", "Action": ["bedrock:InvokeModel", "bedrock:ListAgents"], "Resource": "*"}
```

## Use instead
Pass ids and ARNs to the application as configuration, and leave the reads to the deploy role. Where the SDK
needs a read, grant it on the exact ARN.

## Known limits
Which reads an SDK makes by itself is not known: a read that AWS documents for callers is a note, every other
one a warning.

## References
- https://docs.aws.amazon.com/bedrock/latest/userguide/inference-prereq.html
- https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-permissions-invoke.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.iam import UNRESOLVED, ActionSet, covers, may_overlap, names_of
from constructs_lib.review.rules.authoring import (
    Rule,
    Run,
    action_sets,
    listing,
    origins,
    patterns_giving,
    split_by_plane,
    who,
    witness_for,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.review.rules.authoring import Facts, Finding, Held


__all__ = ["RULE", "check"]

RULE = Rule(
    "BP102",
    "control-read-at-runtime",
    "warning",
    "a principal that runs Bedrock may read its configuration",
    __name__,
)

_INVOKE = ("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream")
# Each control read with the data actions for which AWS documents it, on the same resource.
_DOCUMENTED = {
    "bedrock:GetInferenceProfile": _INVOKE,
    "bedrock:GetCustomModel": _INVOKE,
    "bedrock:GetCustomModelDeployment": _INVOKE,
    "bedrock:GetImportedModel": _INVOKE,
    "bedrock:GetProvisionedModelThroughput": _INVOKE,
    "bedrock:GetGuardrail": ("bedrock:ApplyGuardrail", *_INVOKE),
}


def check(facts: Facts, _run: Run) -> Iterator[Finding]:
    """Yield one finding per principal, at the first statement with a read."""
    read, data, tagging = facts.planes.control_read, facts.planes.data, facts.planes.tagging
    if facts.kind == "service" or not data or not (read or tagging):
        return
    if all(facts.is_audit(held) for held in facts.held if held.mask & data):
        return  # an auditor runs nothing
    found = [held for held in facts.held if _bits(held)]
    first = next((held for held in found if not held.statement.conditional), found[0])
    documented = not tagging and all(_is_documented(facts, held) for held in found)
    reads = names_of(read | tagging)
    yield RULE.finding(
        facts,
        first.statement.origin,
        f"{who(facts)} may run Bedrock{_deeds(read, tagging)} ({listing(reads)})",
        _help(read, documented=documented),
        key=patterns_giving(facts, read | tagging),
        severity="note" if documented else None,
        related=origins(found),
        witness=witness_for(facts, first, read | tagging, "the principal also holds data actions"),
        conditional=all(held.statement.conditional for held in found) or facts.only_conditional(data),
        policy=first.policy if all(held.policy is first.policy for held in found) else None,
    )


def _deeds(read: ActionSet, tagging: ActionSet) -> str:
    """Return what the principal may do beside running Bedrock."""
    if not read:
        return " and tag its resources"
    if tagging & action_sets().tagging_write:
        return ", read its configuration and tag its resources"
    return " and read its configuration"


def _help(read: ActionSet, *, documented: bool) -> str:
    if documented:
        return "AWS documents this read beside these actions: remove it if the application works without it"
    if not read:
        return "leave the tags of Bedrock's resources to the deploy role"
    return "pass ids and ARNs to the application, and leave these actions to the deploy role"


def _bits(held: Held) -> ActionSet:
    planes = split_by_plane(held.mask, held.resource)
    return planes.control_read | planes.tagging


def _is_documented(facts: Facts, held: Held) -> bool:
    """Whether AWS documents each of these reads for a data action held, on the same single resource."""
    for name in names_of(_bits(held)):
        beside = _DOCUMENTED.get(name)
        if beside is None or "*" in held.resource or "?" in held.resource:
            return False
        if name == "bedrock:GetGuardrail":
            if not any(facts.allows(action) for action in beside):
                return False
        elif not any(
            _same(other.resource, held.resource) for action in beside for other in facts.holds(action)
        ):
            return False
    return True


def _same(granted: str, read: str) -> bool:
    """Whether a data action covers the resource that is read; a custom model runs through its deployment."""
    if UNRESOLVED in granted or UNRESOLVED in read:
        return may_overlap(granted, read)
    return covers(granted, read) or ("custom-model" in read and "custom-model" in granted)
