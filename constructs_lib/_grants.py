"""The grants table applied with the CDK: for any ``iam.IGrantable``, and as statements for service roles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from constructs_lib import catalogue
from constructs_lib._cdk import PlanesError, check_model, is_token
from constructs_lib.catalogue import grants as table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_bedrock as bedrock
    from aws_cdk.interfaces import aws_bedrock as refs
    from constructs import Construct, IConstruct

    ModelLike = str | bedrock.IModel
    """A model's id, a system inference profile's id, an ARN, or anything with ``model_arn``."""

__all__ = [
    "agent_alias_arn",
    "grant",
    "guardrail_arn",
    "knowledge_base_arn",
    "model_arn",
    "model_targets",
    "statement_json",
    "target",
]


def target(arn: str) -> tuple[table.Target, ...]:
    """Return one ARN as the target of a grant."""
    return (table.Target((arn,)),)


def model_targets(scope: Construct, model: ModelLike, prop: str = "model") -> tuple[table.Target, ...]:
    """Return what IAM evaluates for a call of ``model`` from the stack of ``scope``.

    Warns on ``scope`` about an id that the catalogue doesn't know; raises :class:`PlanesError` for an ARN
    that can't be granted alone.
    """
    name = model if isinstance(model, str) else model.model_arn
    check_model(scope, prop, name)
    stack = cdk.Stack.of(scope)
    try:
        return table.model_targets(
            name,
            partition=stack.partition,
            region=stack.region,
            account=stack.account,
            geographies=_geographies(name, stack.region),
        )
    except ValueError as error:
        raise PlanesError(f"`{prop}`: {error}") from None


def _geographies(model: str, region: str) -> Mapping[str, Sequence[str]]:
    """Return the profile prefixes; the member Regions only of this profile, and only where they are known."""
    known: dict[str, Sequence[str]] = dict.fromkeys(catalogue.geographies(), ())
    prefix = model.rpartition("/")[2].partition(".")[0]
    if prefix in known and prefix != "global" and not is_token(region):
        known[prefix] = catalogue.profile_regions(model.rpartition("/")[2], region)
    return known


def model_arn(scope: Construct, model: ModelLike) -> str:
    """Return the ARN that Bedrock's own configuration takes for a model or a profile."""
    return model_targets(scope, model)[0].arns[0]


def _arn_of(scope: IConstruct, value: str, kind: str, prop: str) -> str:
    if value.startswith("arn:") or is_token(value):
        return value
    if "/" in value.removeprefix(f"{kind}/") and kind != "agent-alias":
        raise PlanesError(f"`{prop}` has the value `{value}`: pass the construct, its id or its ARN")
    stack = cdk.Stack.of(scope)
    return f"arn:{stack.partition}:bedrock:{stack.region}:{stack.account}:{kind}/{value}"


def knowledge_base_arn(scope: Construct, knowledge_base: str | refs.IKnowledgeBaseRef) -> str:
    """Return the ARN of a knowledge base given as construct, ARN, id, or a token that stands for its ARN."""
    if isinstance(knowledge_base, str):
        return _arn_of(scope, knowledge_base, "knowledge-base", "knowledge_base")
    return knowledge_base.knowledge_base_ref.knowledge_base_arn


def guardrail_arn(scope: Construct, guardrail: str | refs.IGuardrailRef) -> str:
    """Return the ARN of a guardrail given as construct, ARN, id, or a token that stands for its ARN."""
    if isinstance(guardrail, str):
        return _arn_of(scope, guardrail, "guardrail", "guardrail")
    return guardrail.guardrail_ref.guardrail_arn


def agent_alias_arn(scope: Construct, agent_alias: str | refs.IAgentAliasRef) -> str:
    """Return the ARN of an agent's alias given as construct, ARN, ``AGENT/ALIAS``, or a token for its ARN."""
    if not isinstance(agent_alias, str):
        return agent_alias.agent_alias_ref.agent_alias_arn
    if not agent_alias.startswith("arn:") and not is_token(agent_alias) and agent_alias.count("/") != 1:
        raise PlanesError(
            f"`agent_alias` has the value `{agent_alias}`: pass the alias, its ARN or `AGENT_ID/ALIAS_ID`; "
            "the permission counts on an alias only, never on the agent"
        )
    return _arn_of(scope, agent_alias, "agent-alias", "agent_alias")


def grant(
    grantee: iam.IGrantable,
    verb: str,
    targets: Mapping[str, Sequence[table.Target]],
    *,
    streaming: bool = False,
) -> iam.Grant:
    """Give a verb of the grants table to any principal and return the combined grant."""
    made: iam.Grant | None = None
    for statement in table.statements(verb, targets, streaming=streaming):
        one = iam.Grant.add_to_principal(
            grantee=grantee,
            actions=list(statement.actions),
            resource_arns=list(statement.resources),
            conditions=_conditions(statement),
        )
        made = one if made is None else made.combine(one)
    return cast("iam.Grant", made)


def statement_json(
    verb: str, targets: Mapping[str, Sequence[table.Target]], *, streaming: bool = False
) -> list[dict[str, Any]]:
    """Return a verb's statements as IAM's JSON, for the inline policy of a service role."""
    return [
        {
            "Effect": "Allow",
            "Action": list(statement.actions),
            "Resource": list(statement.resources),
            **({"Condition": _conditions(statement)} if statement.conditions else {}),
        }
        for statement in table.statements(verb, targets, streaming=streaming)
    ]


def _conditions(statement: table.GrantStatement) -> dict[str, dict[str, str]] | None:
    return {op: dict(keys) for op, keys in statement.conditions.items()} or None
