"""A model can be called without its inference profile.

## What it does
Finds foundation models that a principal may call directly although it also holds an inference profile of the
same model: the statement on the model has no condition on `bedrock:InferenceProfileArn`. A profile that
can't answer is BP203, and a model that a wide pattern opens is BP202.

## Why is this bad?
A profile is used for its quota, its Regions and its cost tags. Without the condition, calls can use the model
directly and skip all three.

## Example
```json
{"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": [
 "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.amazon.nova-lite-v1:0",
 "arn:aws:bedrock:*::foundation-model/amazon.nova-lite-v1:0"]}
```

## Use instead
Write two statements, and give the one on the model this condition:
```json
{"StringLike": {"bedrock:InferenceProfileArn":
  "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.amazon.nova-lite-v1:0"}}
```

## Known limits
It is not reported where the models behind a profile are not known, as for an application inference profile in
another account.

## References
- https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.iam import types_of
from constructs_lib.review.rules.authoring import (
    INVOKE,
    Rule,
    Run,
    allows_model,
    arn_fault,
    has_key,
    is_type_wide,
    listing,
    model_of_profile,
    profile_calls,
    who,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.review.rules.authoring import Facts, Finding, Held


__all__ = ["RULE", "check"]

RULE = Rule(
    "BP204", "model-around-profile", "note", "a model can be called without its inference profile", __name__
)


def check(facts: Facts, _run: Run) -> Iterator[Finding]:
    """Yield one finding per statement that allows a profile's model without the condition."""
    rows: dict[int, tuple[Held, dict[str, None], dict[str, None]]] = {}
    for action in INVOKE:
        profiles = [call.held for call in profile_calls(facts) if call.action == action and call.is_complete]
        for held in facts.holds(action) if profiles else ():
            if types_of(held.resource) != {"bedrock:foundation-model"} or arn_fault(held.resource):
                continue
            if is_type_wide(held.resource):  # BP202
                continue
            if has_key(held.conditions, "bedrock:InferenceProfileArn"):
                continue
            meant = [profile.resource for profile in profiles if _is_meant(profile, held)]
            if meant:
                row = rows.setdefault(id(held.statement), (held, {}, {}))
                row[1][held.resource] = None
                row[2].update(dict.fromkeys(meant))
    for held, models, profile_arns in rows.values():
        yield RULE.finding(
            facts,
            held.statement.origin,
            f"{who(facts)} may call {listing(models)} directly, without {listing(profile_arns, 2)}",
            "move the models to a statement with a condition on `bedrock:InferenceProfileArn`",
            key=(*sorted(models), *sorted(profile_arns)),
            conditional=held.statement.conditional or facts.principal.conditional,
        )


def _is_meant(profile: Held, held: Held) -> bool:
    """Whether the model belongs to the profile: it is the profile's own model, or in the same statement."""
    model = model_of_profile(profile.resource)
    if model:
        return allows_model(held.resource, model)
    return profile.statement is held.statement
