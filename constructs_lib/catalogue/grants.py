"""The grants table: what each verb of ours needs in IAM, as data.

The constructs, the docs and the review read this one table. A verb is a list of parts; a part is named
actions on one kind of target. Nothing here knows the CDK: :func:`statements` turns a verb and the ARNs of
its targets into plain statements, and tokens pass through as the texts that they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "GrantPart",
    "GrantStatement",
    "GrantVerb",
    "Target",
    "model_targets",
    "statements",
    "verb",
    "verbs",
]

_GUIDE = "https://docs.aws.amazon.com/bedrock/latest/userguide/"
_REFERENCE = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html"

INVOKE = "bedrock:InvokeModel"
INVOKE_STREAM = "bedrock:InvokeModelWithResponseStream"
_PROFILE_KEY = "bedrock:InferenceProfileArn"


@dataclass(frozen=True, slots=True)
class GrantPart:
    """Named actions on one kind of target.

    ``target`` names the argument that carries the ARNs (``model``, ``knowledge_base``, ``agent_alias``,
    ``guardrail``), or is ``None`` for actions that have no resource type, which IAM takes on ``*`` only.
    ``streaming`` lists what a streaming call needs beside ``actions``, on the same ARNs.
    """

    actions: tuple[str, ...]
    target: str | None
    streaming: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GrantVerb:
    """What one ``grant_*`` method gives, and the AWS page that says so."""

    name: str
    family: str
    parts: tuple[GrantPart, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Target:
    """ARNs that are granted together, with the ``Condition`` block that they need."""

    arns: tuple[str, ...]
    conditions: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class GrantStatement:
    """One Allow statement; conditions map an operator to keys and values."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: Mapping[str, Mapping[str, str]]


@cache
def verbs() -> Mapping[str, GrantVerb]:
    """Return every verb by its name."""
    model = GrantPart((INVOKE,), "model", streaming=(INVOKE_STREAM,))
    table = (
        GrantVerb("converse", "bedrock-runtime", (model,), f"{_GUIDE}inference-prereq.html"),
        GrantVerb("invoke", "bedrock-runtime", (model,), f"{_GUIDE}inference-prereq.html"),
        GrantVerb(
            "apply_guardrail",
            "bedrock-runtime",
            (GrantPart(("bedrock:ApplyGuardrail",), "guardrail"),),
            f"{_GUIDE}guardrails-permissions-invoke.html",
        ),
        GrantVerb(
            "retrieve",
            "bedrock-agent-runtime",
            (GrantPart(("bedrock:Retrieve",), "knowledge_base"),),
            f"{_GUIDE}knowledge-base-prereq-permissions-general.html",
        ),
        GrantVerb(
            # The caller's own permissions are used for the retrieval and for the generation inside. The
            # streaming operation is authorised by the same three actions, so there is nothing to add for it.
            "retrieve_and_generate",
            "bedrock-agent-runtime",
            (
                GrantPart(("bedrock:RetrieveAndGenerate",), None),
                GrantPart(("bedrock:Retrieve",), "knowledge_base"),
                GrantPart((INVOKE,), "model"),
            ),
            f"{_GUIDE}knowledge-base-prereq-permissions-general.html",
        ),
        GrantVerb(
            "invoke_agent",
            "bedrock-agent-runtime",
            (GrantPart(("bedrock:InvokeAgent",), "agent_alias"),),
            _REFERENCE,
        ),
        GrantVerb(
            # Control actions: for an operator role, never for an app role.
            "ingest",
            "bedrock-agent",
            (
                GrantPart(
                    (
                        "bedrock:GetIngestionJob",
                        "bedrock:ListIngestionJobs",
                        "bedrock:StartIngestionJob",
                        "bedrock:StopIngestionJob",
                    ),
                    "knowledge_base",
                ),
            ),
            f"{_GUIDE}knowledge-base-prereq-permissions-general.html",
        ),
    )
    return MappingProxyType({row.name: row for row in table})


def verb(name: str) -> GrantVerb:
    """Return one verb; raise ``KeyError`` with the known names for any other."""
    try:
        return verbs()[name]
    except KeyError:
        known = ", ".join(sorted(verbs()))
        raise KeyError(f"`{name}` is no verb of the grants table; there are: {known}") from None


def statements(
    name: str, targets: Mapping[str, Sequence[Target]], *, streaming: bool = False
) -> tuple[GrantStatement, ...]:
    """Return the statements that a verb gives on these targets, in the table's order.

    ``targets`` has one entry for each target that the verb's parts name. Raises ``KeyError`` when one is
    missing.
    """
    found: list[GrantStatement] = []
    for part in verb(name).parts:
        actions = part.actions + (part.streaming if streaming else ())
        if part.target is None:
            found.append(GrantStatement(actions, ("*",), MappingProxyType({})))
            continue
        found += [
            GrantStatement(
                actions,
                target.arns,
                MappingProxyType({op: MappingProxyType(dict(keys)) for op, keys in target.conditions}),
            )
            for target in targets[part.target]
        ]
    return tuple(found)


_MODEL_ARN = re.compile(
    # Partition, Region and account may be tokens, which hold no colon.
    r"arn:[^:]+:bedrock:[^:]*:[^:]*:"
    r"(?P<kind>foundation-model|provisioned-model|imported-model|custom-model-deployment|inference-profile"
    r"|application-inference-profile|custom-model|prompt-router|default-prompt-router)/(?P<id>.+)"
)
# What InvokeModel takes by its ARN alone: nothing else is evaluated for the call.
_PLAIN_KINDS = frozenset(
    {"foundation-model", "provisioned-model", "imported-model", "custom-model-deployment"}
)
_REMEDIES = {
    "custom-model": "a custom model is called through its deployment or its provisioned throughput: "
    "pass that ARN",
    "application-inference-profile": "the call also needs the models that the profile routes to: pass "
    "the model's id "
    "or a system profile's id",
    "prompt-router": "the call also needs the models that the router chooses from: pass the model's id",
    "default-prompt-router": "the call also needs the models that the router chooses from: pass the "
    "model's id",
}


def model_targets(
    model: str, *, partition: str, region: str, account: str, geographies: Mapping[str, Sequence[str]]
) -> tuple[Target, ...]:
    """Return the ARNs that IAM evaluates when ``model`` is called, each with its condition.

    ``model`` is a model's id, a system inference profile's id (``us.amazon.nova-lite-v1:0``), or an ARN; a
    text of any other form (a CDK token) is taken as the ARN of something that ``bedrock:InvokeModel`` takes
    directly. ``geographies`` maps the profile prefixes to the member Regions as far as they are known
    (empty: all Regions).

    Raises ``ValueError`` for an ARN that can't be granted alone, with the reason.
    Source: https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html and
    https://docs.aws.amazon.com/bedrock/latest/userguide/global-cross-region-inference.html
    """
    if model.startswith("arn:"):
        match = _MODEL_ARN.fullmatch(model)
        if match is None or match["kind"] in _REMEDIES:
            remedy = _REMEDIES[match["kind"]] if match else "pass a model's id, or the ARN of a model"
            raise ValueError(f"`{model}` can't be granted: {remedy}")
        if match["kind"] in _PLAIN_KINDS:
            return (Target((model,)),)
        model = match["id"]
    elif "${Token[" in model:
        return (Target((model,)),)
    prefix, _, base = model.partition(".")
    arn = f"arn:{partition}:bedrock"
    if prefix not in geographies or not base:
        return (Target((f"{arn}:{region}::foundation-model/{model}",)),)
    profile = f"{arn}:{region}:{account}:inference-profile/{model}"
    if prefix == "global":
        return _global_targets(arn, profile, region, base)
    around = (("StringEquals", ((_PROFILE_KEY, profile),)),)
    regions = sorted(geographies[prefix]) or ["*"]
    members = tuple(f"{arn}:{member}::foundation-model/{base}" for member in regions)
    return (Target((profile,)), Target(members, around))


def _global_targets(arn: str, profile: str, region: str, base: str) -> tuple[Target, ...]:
    """Return the three statements that AWS documents for a global profile."""
    requested = "aws:RequestedRegion"
    return (
        Target((profile,), (("StringEquals", ((requested, region),)),)),
        Target(
            (f"{arn}:{region}::foundation-model/{base}",),
            (("StringEquals", ((requested, region), (_PROFILE_KEY, profile))),),
        ),
        Target(
            (f"{arn}:::foundation-model/{base}",),
            (("StringEquals", ((requested, "unspecified"), (_PROFILE_KEY, profile))),),
        ),
    )
