"""Application code calls an operation that its role may not call.

## What it does
With `review --code` it reads the code of each function in the input (and what `--code-of` gives) and
compares its calls of Amazon Bedrock with the effective permissions of the function's role: the action that
authorises the operation, and the model, profile, alias, knowledge base or guardrail that the code names,
with the Region that the client is made with. A profile is called in a Region: the model is needed in each
Region that may answer. A guardrail in a model call is applied by `bedrock:ApplyGuardrail`. Nothing is
reported where the code names no resource and the action is allowed on some resource of that Region, or
where the role is known in part only.

## Why is this bad?
The function deploys, and the first request fails with AccessDeniedException. Most often the streaming call
lacks `bedrock:InvokeModelWithResponseStream`, the profile is allowed and the models behind it are not, the
agent's ARN is written in place of its alias's, or the client calls another Region than the ARN names.

## Example
```python
boto3.client("bedrock-runtime").converse_stream(modelId="amazon.nova-lite-v1:0", messages=messages)
```
with a role that allows `bedrock:InvokeModel` alone.

## Use instead
```python
role.grants.converse("amazon.nova-lite-v1:0", streaming=True)
```

## Known limits
Models, resources and Regions that code makes at run time are not compared; calls of third-party code are left
out.

## References
- https://docs.aws.amazon.com/bedrock/latest/userguide/inference-prereq.html
- https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html
- https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from constructs_lib.catalogue import model_of_profile, models
from constructs_lib.iam import UNRESOLVED, Origin, may_overlap
from constructs_lib.review.model import Location
from constructs_lib.review.rules.authoring import Rule, Run, has_key, listing, origins, shown, who

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.code import ApiCall, DeployedCode
    from constructs_lib.review.rules.authoring import Facts, Finding, Held

__all__ = ["RULE", "check"]

RULE = Rule(
    "BP602",
    "call-without-permission",
    "error",
    "application code calls an operation that its role may not call",
    __name__,
)

# The resource type in the ARN of what a request names, by the end of the operation's name or the client.
_TYPES = {
    "InvokeAgent": "agent-alias",
    "InvokeFlow": "flow-alias",
    "Retrieve": "knowledge-base",
    "ApplyGuardrail": "guardrail",
}


def check(facts: Facts, run: Run) -> Iterator[Finding]:
    """Yield a finding for each call that the role of its code may not make."""
    found = run.code.get(facts.principal.id, ())
    if not found or facts.principal.incomplete or facts.administrator is not None:
        return
    for code in found:
        for call in code.calls:
            if call.right is None and not call.third_party:
                yield from _judged(facts, code, call)


def _judged(facts: Facts, code: DeployedCode, call: ApiCall) -> Iterator[Finding]:
    for action, named in _needed(call):
        fault = _fault(facts, call, action, named)
        if fault is None:
            continue
        held = tuple(facts.holds(action))
        finding = RULE.finding(
            facts,
            Origin(call.path, ""),
            f"`{code.name}` calls `{call.operation}` as {who(facts)}, {fault}",
            _help(call, action),
            key=(call.path.rpartition("/")[2], call.operation, action, call.model or call.resource or ""),
            related=origins(held) or (facts.principal.origin,),
        )
        yield replace(finding, location=Location(call.path, "", call.line))
        return


def _help(call: ApiCall, action: str) -> str:
    """Return the grant that gives the call, without the place that its comment names."""
    if call.plane == "control":
        return (
            f"`{call.operation}` is on the control plane: let an operator or deploy role make it, "
            f"or take the call out of the application (`{action}`)"
        )
    from constructs_lib.code import grant_lines  # noqa: PLC0415 - only runs with code need it

    if action not in call.actions:
        return f"allow `{action}` on what the code names"
    line = grant_lines([call])[0].partition("  #")[0]
    return f"grant it: `{line}`" if line.startswith("role.") else f"allow `{action}` on what the code names"


def _needed(call: ApiCall) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the actions that a call needs, each with the ARNs that it is checked on."""
    named = tuple(_named(call))
    yield from ((action, named) for action in call.actions)
    if call.operation in _MODEL_CALLS and call.resource:  # the guardrail that it names
        guardrail = call.resource
        if ":" not in guardrail:
            guardrail = _arn(call.region or UNRESOLVED, UNRESOLVED, f"guardrail/{guardrail}")
        yield "bedrock:ApplyGuardrail", (guardrail,)


def _fault(facts: Facts, call: ApiCall, action: str, named: tuple[str, ...]) -> str | None:
    """Return why a call is denied, ``None`` if it may be allowed."""
    held = tuple(facts.holds(action))
    if not held:
        return f"which may not call `{action}`"
    if not named:
        return _outside(held, call, action)
    for arn in named:
        reached = [item for item in held if may_overlap(item.resource, arn)]
        if not reached:
            allowed = listing(dict.fromkeys(shown(item.resource) for item in held[:3]))
            return f"which may call `{action}` on {allowed}, but not on `{shown(arn)}`"
        profile_only = all(has_key(item.conditions, "bedrock:InferenceProfileArn") for item in reached)
        if profile_only and len(named) == 1 and ":foundation-model/" in arn:
            return f"which may call `{action}` on `{shown(arn)}` through an inference profile alone"
    return None


def _outside(held: tuple[Held, ...], call: ApiCall, action: str) -> str | None:
    """Return the fault of a call in a Region that nothing held is in."""
    if call.region is None or any(
        may_overlap(item.resource, _arn(call.region, UNRESOLVED, UNRESOLVED)) for item in held
    ):
        return None
    allowed = listing(dict.fromkeys(shown(item.resource) for item in held[:3]))
    return f"which may call `{action}` on {allowed}, but the client's Region is `{call.region}`"


def _arn(region: str, account: str, resource: str, service: str = "bedrock") -> str:
    return f"arn:{UNRESOLVED}:{service}:{region}:{account}:{resource}"


def _named(call: ApiCall) -> Iterator[str]:
    """Yield the ARNs that a call needs, with what isn't known of them open; none if nothing is named."""
    region = call.region or UNRESOLVED
    if call.model and ":prompt/" in call.model:
        return  # the prompt names the model
    if call.model and call.operation in _MODEL_CALLS:
        yield from _of_model(call.model, region)
    elif call.resource and call.resource.startswith("arn:") and "/" not in call.resource.partition("arn:")[0]:
        yield call.resource.partition("/DEFAULT")[0] + ("*" if call.operation == "InvokeAgentRuntime" else "")
    elif call.resource and call.operation in _TYPES and ":" not in call.resource:
        kind = _TYPES[call.operation]
        if kind.endswith("-alias") and "/" not in call.resource:
            yield _arn(region, UNRESOLVED, f"{kind}/{UNRESOLVED}")
        elif kind == "flow-alias":
            flow, _, alias = call.resource.partition("/")
            yield _arn(region, UNRESOLVED, f"flow/{flow}/alias/{alias}")
        else:
            yield _arn(region, UNRESOLVED, f"{kind}/{call.resource}")


_MODEL_CALLS = frozenset(
    {
        "Converse",
        "ConverseStream",
        "InvokeModel",
        "InvokeModelWithResponseStream",
        "InvokeModelWithBidirectionalStream",
        "StartAsyncInvoke",
    }
)


def _of_model(model: str, region: str) -> Iterator[str]:
    """Yield the ARNs that a call of a model, or of a profile with the model behind it, is checked on."""
    if model.startswith("arn:"):
        yield model
        name = model.rpartition("/")[2]
        behind = model_of_profile(name) if ":inference-profile/" in model else None
    elif behind := model_of_profile(model):
        yield _arn(region, UNRESOLVED, f"inference-profile/{model}")
    elif "." in model:
        yield _arn(region, "", f"foundation-model/{model}")
        return
    if behind:
        yield from (_arn(one, "", f"foundation-model/{behind}") for one in _answering(model, behind, region))


def _answering(profile: str, model: str, region: str) -> tuple[str, ...]:
    """Return the Regions in which a profile may answer, one that isn't known if it isn't known."""
    found = models().get(model)
    known = found.profiles.get(profile, {}).get(region, ()) if found is not None else ()
    return tuple(known) if known and not profile.startswith("global.") else (UNRESOLVED,)
