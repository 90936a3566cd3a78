"""What every construct shares: errors, validation that knows tokens, marks, the roles of Bedrock itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from constructs_lib import catalogue

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from constructs import Construct, IConstruct

__all__ = [
    "MARK",
    "CheckedRole",
    "Facade",
    "PlanesError",
    "bedrock_trust",
    "check_arn",
    "check_length",
    "check_model",
    "check_name",
    "check_pattern",
    "is_token",
    "mark_role",
    "resource_of",
    "service_role",
]

MARK = "bedrock-planes:role"
"""The key in a role's template metadata; it holds ``{"kind": "app" | "deploy" | "service" | "operator"}``."""

_BEDROCK = "bedrock.amazonaws.com"


class PlanesError(ValueError):
    """A prop is wrong or a permission is refused; the message names the thing and the remedy."""


class Facade:
    """Gives a role of ours its own ``grants`` in place of the CDK's.

    It has no ``__set__``: then jsii doesn't take it for an override, and JavaScript, which keeps its own
    ``grants`` for ``grant_pass_role`` and ``grant_assume_role``, never sees ours.
    """

    def __init__(self, make: Callable[[Any], Any]) -> None:
        self._make = make

    def __get__(self, role: object | None, owner: type) -> Any:
        """Return the role's facade, made on first use."""
        if role is None:
            return self
        if "_facade" not in role.__dict__:
            role.__dict__["_facade"] = self._make(role)
        return role.__dict__["_facade"]


class CheckedRole(iam.Role):
    """A role that looks at each statement before it takes it.

    Every grant of every library ends in ``add_to_principal_policy``; ``add_to_policy`` is overridden too so
    that its refusal is raised here and not in JavaScript, where it would lose its class.
    """

    def _check(self, statement: Mapping[str, Any]) -> None:
        """Raise :class:`PlanesError` when the role may not hold the statement, given as IAM's JSON."""
        raise NotImplementedError

    def add_to_principal_policy(self, statement: iam.PolicyStatement) -> iam.AddToPrincipalPolicyResult:
        """Check and add a statement."""
        self._check(statement.to_statement_json())
        return super().add_to_principal_policy(statement)

    def add_to_policy(self, statement: iam.PolicyStatement) -> bool:
        """Check and add a statement."""
        return self.add_to_principal_policy(statement).statement_added


def is_token(value: str) -> bool:
    """Tell a text whose value only the deployment knows; costs no call into the CDK."""
    return "${Token[" in value


def check_length(prop: str, value: str | None, low: int, high: int) -> None:
    """Raise :class:`PlanesError` unless the text has ``low`` to ``high`` characters; tokens pass."""
    if value is not None and not is_token(value) and not low <= len(value) <= high:
        raise PlanesError(
            f"`{prop}` must have {low} to {high} characters, got {len(value)}: shorten or fill it"
        )


def check_pattern(prop: str, value: str | None, pattern: str, remedy: str) -> None:
    """Raise :class:`PlanesError` unless the whole text matches ``pattern``; tokens pass."""
    if value is not None and not is_token(value) and re.fullmatch(pattern, value) is None:
        raise PlanesError(f"`{prop}` has the value `{value}`: {remedy}")


def check_name(value: str) -> None:
    """Raise :class:`PlanesError` unless `name` is one that Bedrock Agents and knowledge bases take.

    Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_CreateKnowledgeBase.html (name)
    """
    check_pattern("name", value, r"([0-9a-zA-Z][_-]?){1,100}", "use 1-100 letters, digits and single - or _")


def check_arn(prop: str, value: str, kind: str, example: str) -> list[str]:
    """Return the parts of the id in a Bedrock ARN of one kind of resource; tokens are split when deployed.

    ``kind`` is the resource type in the ARN (``guardrail``), ``example`` an id for the message of the
    :class:`PlanesError` that another ARN or none at all raises.
    """
    form = rf"arn:[\w-]+:bedrock:[\w-]+:\d{{12}}:{kind}/" + "/".join([r"[\w-]+"] * (1 + example.count("/")))
    check_pattern(
        prop, value, form, f"pass an ARN such as arn:aws:bedrock:us-east-1:111122223333:{kind}/{example}"
    )
    split = cdk.Fn.split("/", value)
    return [cdk.Fn.select(index, split) for index in range(1, 2 + example.count("/"))]


def check_model(scope: IConstruct, prop: str, model: str) -> None:
    """Warn on ``scope`` when the catalogue doesn't know a model's id.

    A warning and not an error: AWS adds models between two releases of the catalogue. ARNs and tokens pass.
    """
    if is_token(model) or model.startswith("arn:"):
        return
    if catalogue.model(catalogue.model_of_profile(model) or model) is not None:
        return
    near = catalogue.nearest(model, 1)
    hint = (
        f"did you mean `{near[0]}`?" if near else "check its spelling in the Bedrock console's model catalog"
    )
    cdk.Annotations.of(scope).add_warning_v2(
        "bedrock-planes:unknown-model",
        f"`{prop}` names the model `{model}`, which the catalogue doesn't know: {hint}",
    )


def mark_role(role: iam.Role, kind: str) -> None:
    """Write the role's kind into the template, where the review reads it.

    Metadata is added to the L1: assigning ``cfn_options.metadata`` would erase ``aws:cdk:path``.
    """
    resource_of(role).add_metadata(MARK, {"kind": kind})


def resource_of(role: iam.Role) -> iam.CfnRole:
    """Return the L1 of a role; raise :class:`PlanesError` where the app's settings leave it without one."""
    resource = role.node.default_child
    if not isinstance(resource, iam.CfnRole):
        raise PlanesError(
            f"the role `{role.node.path}` has no resource in this app, so it can't be marked: take it out of "
            "`iam.Role.customize_roles`"
        )
    return resource


def bedrock_trust(scope: Construct, source: str) -> iam.IPrincipal:
    """Return the Bedrock service as principal, for this account and for the given kind of resource only.

    ``source`` is the resource part of ``aws:SourceArn`` (``knowledge-base/*``). Without the two conditions
    another account's resource could make Bedrock use the role (the confused deputy).
    Source: https://docs.aws.amazon.com/bedrock/latest/userguide/cross-service-confused-deputy-prevention.html
    """
    stack = cdk.Stack.of(scope)
    arn = f"arn:{stack.partition}:bedrock:{stack.region}:{stack.account}:{source}"
    return iam.ServicePrincipal(
        _BEDROCK,
        conditions={"StringEquals": {"aws:SourceAccount": stack.account}, "ArnLike": {"aws:SourceArn": arn}},
    )


def service_role(
    scope: Construct,
    construct_id: str,
    *,
    source: str,
    statements: Sequence[Mapping[str, Any]],
    description: str,
) -> iam.Role:
    """Make the role that Bedrock assumes, with its permissions inline.

    Inline policies are part of the role's own resource, so they exist before anything that refers to the
    role.
    """
    document = iam.PolicyDocument.from_json(
        {"Version": "2012-10-17", "Statement": [dict(s) for s in statements]}
    )
    role = iam.Role(
        scope,
        construct_id,
        assumed_by=bedrock_trust(scope, source),
        description=description,
        inline_policies={"Service": document} if statements else None,
    )
    mark_role(role, "service")
    return role
