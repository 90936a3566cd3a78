"""An inference profile is granted that can't answer from every Region.

## What it does
Finds principals that hold `InvokeModel` or `InvokeModelWithResponseStream` on an inference profile whose
calls are denied, always or in some Region that may answer: the foundation model's ARN in that Region (for a
`global.` profile also the ARN without a Region) is not granted, is granted on condition of another profile,
or is denied. Denies of service control policies on `aws:RequestedRegion`, `bedrock:InferenceProfileArn` and
`aws:PrincipalArn` count too. A profile in a Region that has no profiles of its geography is reported as well.

## Why is this bad?
Bedrock checks the permission on the profile and on the model behind it, in each Region that may answer. Where
the ARN of one Region is missing, calls fail at random; where all are missing, every call is denied, and many
people then write `Resource: "*"`.

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

## Known limits
The Regions of a profile are those of this release's catalogue. Resource control policies are not read, and a
model that isn't enabled in a Region is not known.

## References
- https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html
- https://docs.aws.amazon.com/bedrock/latest/userguide/geographic-cross-region-inference.html
- https://docs.aws.amazon.com/bedrock/latest/userguide/global-cross-region-inference.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.iam import UNRESOLVED
from constructs_lib.review.rules.authoring import (
    Fix,
    Rule,
    Run,
    has_key,
    listing,
    model_of_profile,
    profile_calls,
    who,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.review.rules.authoring import Facts, Finding, ProfileCall, ProfileGap


__all__ = ["RULE", "check"]

RULE = Rule(
    "BP203",
    "profile-without-models",
    "error",
    "an inference profile is granted that can't answer from every Region",
    __name__,
)
_ALL = 64


def check(facts: Facts, _run: Run) -> Iterator[Finding]:
    """Yield one finding per statement, profile and what it lacks."""
    rows: dict[tuple[int, str, tuple[ProfileGap, ...]], tuple[ProfileCall, list[str]]] = {}
    for call in profile_calls(facts):
        if call.gaps or call.misplaced:
            key = (id(call.held.statement), call.profile, call.gaps)
            rows.setdefault(key, (call, []))[1].append(call.action)
    for call, actions in rows.values():
        if call.misplaced:
            yield _misplaced(facts, call, actions)
        else:
            yield _incomplete(facts, call, actions)


def _misplaced(facts: Facts, call: ProfileCall, actions: list[str]) -> Finding:
    geography = call.profile.rpartition("/")[2].partition(".")[0]
    return RULE.finding(
        facts,
        call.held.statement.origin,
        f"{who(facts)} may call {listing(actions)} on the profile `{call.profile}`, which does not exist: "
        f"`{call.misplaced}` has no `{geography}.` profiles",
        f"write a profile of the geography of `{call.misplaced}`, or a Region with `{geography}.` profiles",
        key=("misplaced", call.profile.replace(UNRESOLVED, "?"), *actions),
        conditional=call.held.statement.conditional or facts.principal.conditional,
    )


def _incomplete(facts: Facts, call: ProfileCall, actions: list[str]) -> Finding:
    missing = [gap for gap in call.gaps if gap.deny is None]
    denied = [gap for gap in call.gaps if gap.deny is not None]
    parts = [f"{who(facts)} may call {listing(actions)} on the profile `{call.held.resource}`"]
    if call.profile != call.held.resource:
        parts = [f"{parts[0]} in a Region such as `{call.profile.split(':')[3]}`"]
    if missing:
        parts.append(f"but not on {_names(missing)}{_why(facts, actions[0], missing)}")
    if denied:
        start = "and" if missing else "but"
        parts.append(f"{start} {_places(denied)} denies it on {_names(denied)}")
    return RULE.finding(
        facts,
        call.held.statement.origin,
        f"{', '.join(parts)}, so {_consequence(call)}",
        _help(actions, missing, denied),
        key=(call.held.resource.replace(UNRESOLVED, "?"), *actions),
        related=[gap.deny.origin for gap in denied if gap.deny is not None],
        conditional=call.held.statement.conditional or facts.principal.conditional,
        fix=_fix(call, actions, missing) if missing else None,
    )


def _names(gaps: Sequence[ProfileGap]) -> str:
    named = [gap.arn for gap in gaps if not gap.arn.endswith(f"/{UNRESOLVED}")]
    return listing(named, _ALL) if named else "its foundation models"


def _why(facts: Facts, action: str, missing: Sequence[ProfileGap]) -> str:
    """Say that a condition is the cause, where the models are granted on a condition."""
    tested = any(has_key(held.conditions, "bedrock:InferenceProfileArn") for held in facts.holds(action))
    if tested and all(facts.permits(action, gap.arn) for gap in missing):
        return " for this profile, as the condition says"
    return ""


def _places(denied: Sequence[ProfileGap]) -> str:
    places = [gap.deny.origin for gap in denied if gap.deny is not None]
    return listing([f"{place.path}#{place.pointer}" for place in dict.fromkeys(places)])


def _consequence(call: ProfileCall) -> str:
    regions = list(dict.fromkeys(gap.region for gap in call.gaps))
    if not all(regions) or call.is_dead:
        return "the calls are denied"
    return f"calls that {listing(regions, _ALL)} would answer are denied"


def _help(actions: Sequence[str], missing: Sequence[ProfileGap], denied: Sequence[ProfileGap]) -> str:
    parts = []
    if denied:
        regions = listing(dict.fromkeys(gap.region or "the Region" for gap in denied), _ALL)
        whom = "the principal" if all(_exempts_principals(gap) for gap in denied) else regions
        parts.append(f"admit {whom} in {_places(denied)} for {listing(actions)}")
    if missing:
        parts.append("add this statement")
    return ", and ".join(parts)


def _exempts_principals(gap: ProfileGap) -> bool:
    """Whether the Deny looks at the principal and not at the Region."""
    conditions = gap.deny.conditions if gap.deny is not None else ()
    return has_key(conditions, "aws:PrincipalArn") and not has_key(conditions, "aws:RequestedRegion")


def _fix(call: ProfileCall, actions: Sequence[str], missing: Sequence[ProfileGap]) -> Fix:
    profile = call.held.resource.replace(UNRESOLVED, "*")
    # Where the Region is open, what is missing depends on it; all models together are right for each.
    arns = [gap.arn for gap in missing] if call.profile == call.held.resource else call.models
    models = [arn.replace(UNRESOLVED, "*") for arn in arns]
    if not model_of_profile(call.held.resource):
        models = [text.replace("/*", "/MODEL") for text in models]
    statement = {
        "Effect": "Allow",
        "Action": list(actions),
        "Resource": models,
        "Condition": {"StringLike": {"bedrock:InferenceProfileArn": profile}},
    }
    return Fix(statement)
