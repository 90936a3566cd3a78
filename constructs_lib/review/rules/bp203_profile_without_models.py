"""An inference profile is granted without its models.

## What it does
Finds principals that hold `InvokeModel` or `InvokeModelWithResponseStream` on an inference profile and do not
hold the same action on the profile's foundation model.

## Why is this bad?
Bedrock checks the permission on the profile and on the model behind it, in each Region that may answer.
Without the model's ARN every call is denied, and many people then write `Resource: "*"`.

## Example
```json
{"Effect": "Allow", "Action": "bedrock:InvokeModel",
 "Resource": "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.amazon.nova-lite-v1:0"}
```

## Use instead
Also allow the model in the profile's Regions, with a condition on the profile:
```json
{"Effect": "Allow", "Action": "bedrock:InvokeModel",
 "Resource": "arn:aws:bedrock:*::foundation-model/amazon.nova-lite-v1:0",
 "Condition": {"StringLike": {"bedrock:InferenceProfileArn":
   "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.amazon.nova-lite-v1:0"}}}
```

## References
- https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html
- https://docs.aws.amazon.com/bedrock/latest/userguide/global-cross-region-inference.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.iam import UNRESOLVED
from constructs_lib.review.rules.authoring import (
    INVOKE,
    Rule,
    Run,
    allows_model,
    held_profiles,
    listing,
    model_of_profile,
    who,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.review.rules.authoring import Facts, Finding, Held


__all__ = ["RULE", "check"]

RULE = Rule(
    "BP203", "profile-without-models", "error", "an inference profile is granted without its models", __name__
)


def check(facts: Facts, _run: Run) -> Iterator[Finding]:
    """Yield one finding per statement and profile."""
    missing: dict[tuple[int, str], tuple[Held, list[str]]] = {}
    for action in INVOKE:
        held_all = tuple(facts.holds(action))
        models = {other.resource for other in held_all if allows_model(other.resource, "")}
        for held in held_profiles(held_all):
            model = model_of_profile(held.resource)
            if any(allows_model(resource, model) for resource in models):
                continue
            missing.setdefault((id(held.statement), held.resource), (held, []))[1].append(action)
    for held, actions in missing.values():
        model = model_of_profile(held.resource)
        wanted = f"`foundation-model/{model}`" if model else "its foundation models"
        yield RULE.finding(
            facts,
            held.statement.origin,
            f"{who(facts)} may call {listing(actions)} on the profile `{held.resource}`, "
            f"but not on {wanted}, so the calls are denied",
            f"also allow {listing(actions)} on `arn:aws:bedrock:*::foundation-model/{model or 'MODEL'}`, "
            "with a condition on `bedrock:InferenceProfileArn`",
            key=(held.resource.replace(UNRESOLVED, "?"), *actions),
            conditional=held.statement.conditional or facts.principal.conditional,
        )
