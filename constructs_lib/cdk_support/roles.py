"""Roles: checks of what they are given, their kind in the template, and the roles of Bedrock itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from constructs_lib.cdk_support.environment import environment_of, stack_of
from constructs_lib.cdk_support.errors import PlanesError
from constructs_lib.cdk_support.paths import role_path
from constructs_lib.cdk_support.types import check_value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from constructs import Construct, IDependable

__all__ = [
    "MARK",
    "CheckedRole",
    "Facade",
    "add_to_given_role",
    "allow_given_role",
    "as_list",
    "bedrock_trust",
    "check_role",
    "check_trust",
    "mark_role",
    "resource_of",
    "service_role",
]

MARK = "bedrock-planes:role"
"""The key in a role's template metadata; it holds ``{"kind": "app" | "deploy" | "service" | "operator"}``."""

_BEDROCK = "bedrock.amazonaws.com"
_TRUST, _RESOURCE = "_bedrock_planes_trust", "_bedrock_planes_resource"


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


def as_list(value: Any) -> list[Any]:
    """Return IAM's scalar-or-list as a list."""
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]


class CheckedRole(iam.Role):
    """A role that looks at each statement before it takes it.

    Every grant of every library ends in ``add_to_principal_policy``; ``add_to_policy`` is overridden too so
    that its refusal is raised here and not in JavaScript, where it would lose its class.
    """

    # For the check of the finished templates: the kind, and the mark of a data-plane boundary, if it has one.
    checked_kind: str = "app"
    boundary_mark: Mapping[str, Any] | None = None

    def _check(self, statement: Mapping[str, Any]) -> None:
        """Raise :class:`PlanesError` when the role may not hold the statement, given as IAM's JSON."""
        raise NotImplementedError

    def refusal_of(self, statement: Mapping[str, Any]) -> str | None:
        """Return why the role may not hold a statement of a finished template, ``None`` if it may."""
        try:
            self._check(statement)
        except PlanesError as error:
            return str(error)
        return None

    @property
    def checked_resource(self) -> iam.CfnRole | None:
        """The role's resource, whose logical id finds the role again in the finished template."""
        return resource_of(self)

    def _check_given(self, statement: Mapping[str, Any]) -> None:
        """Raise :class:`PlanesError` when the role may not be given the statement."""
        self._check(statement)

    def _check_managed(self, policy: iam.IManagedPolicy) -> None:
        """Raise :class:`PlanesError` when the role may not hold the managed policy."""
        if isinstance(policy, iam.ManagedPolicy):
            self._check_document(policy.document)

    def _check_document(self, document: iam.PolicyDocument) -> None:
        # The CDK renders a document without statements as nothing.
        for statement in (document.to_json() or {}).get("Statement", ()):
            self._check(statement)

    def add_managed_policy(self, policy: iam.IManagedPolicy) -> None:
        """Check and attach a managed policy."""
        check_value("policy", policy, "iam.IManagedPolicy")
        self._check_managed(policy)
        super().add_managed_policy(policy)

    def attach_inline_policy(self, policy: iam.Policy) -> None:
        """Check and attach a policy of this app."""
        check_value("policy", policy, "iam.Policy")
        self._check_document(policy.document)
        super().attach_inline_policy(policy)

    def add_to_principal_policy(self, statement: iam.PolicyStatement) -> iam.AddToPrincipalPolicyResult:
        """Check and add a statement."""
        check_value("statement", statement, "iam.PolicyStatement")
        self._check_given(statement.to_statement_json())
        return super().add_to_principal_policy(statement)

    def add_to_policy(self, statement: iam.PolicyStatement) -> bool:
        """Check and add a statement."""
        return self.add_to_principal_policy(statement).statement_added


def check_trust(role: iam.Role) -> None:
    """Raise :class:`PlanesError` when a role's trust lets anybody become it.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """
    document = role.assume_role_policy
    for statement in as_list((document.to_json() or {}).get("Statement") if document else None):
        if statement.get("Effect", "Allow") != "Allow" or statement.get("Condition"):
            continue
        principal = statement.get("Principal")
        named = as_list(principal.get("AWS")) if isinstance(principal, dict) else [principal]
        if "NotPrincipal" in statement or "*" in named:
            raise PlanesError(
                f"the role `{role.node.path}` can't trust everybody: name the service or the role that takes "
                'it, such as `iam.ServicePrincipal("lambda.amazonaws.com")`, or add a condition such as '
                "`aws:PrincipalOrgID`"
            )


def mark_role(role: iam.Role, kind: str) -> None:
    """Write the role's kind into the template, where the review reads it.

    Metadata is added to the L1: assigning ``cfn_options.metadata`` would erase ``aws:cdk:path``.
    """
    resource_of(role).add_metadata(MARK, {"kind": kind})


def resource_of(role: iam.Role) -> iam.CfnRole:
    """Return the L1 of a role; raise :class:`PlanesError` where the app's settings leave it without one."""
    kept = role.__dict__.get(_RESOURCE)
    if isinstance(kept, iam.CfnRole):
        return kept
    resource = role.node.default_child
    if not isinstance(resource, iam.CfnRole):
        raise PlanesError(
            f"the role `{role.node.path}` has no resource in this app, so it can't be marked: take it out of "
            "`iam.Role.customize_roles`"
        )
    role.__dict__[_RESOURCE] = resource
    return resource


def bedrock_trust(scope: Construct, source: str) -> iam.IPrincipal:
    """Return the Bedrock service as principal, for this account and for the given kind of resource only.

    ``source`` is the resource part of ``aws:SourceArn`` (``knowledge-base/*``). Without the two conditions
    another account's resource could make Bedrock use the role (the confused deputy).
    Source: https://docs.aws.amazon.com/bedrock/latest/userguide/cross-service-confused-deputy-prevention.html
    """
    # One principal serves all roles of a stack: a role only reads it.
    kept: dict[str, iam.IPrincipal] = stack_of(scope).__dict__.setdefault(_TRUST, {})
    if source not in kept:
        here = environment_of(scope)
        account, arn = {"aws:SourceAccount": here.account}, {"aws:SourceArn": here.arn("bedrock", source)}
        conditions = {"StringEquals": account, "ArnLike": arn}
        kept[source] = iam.ServicePrincipal(_BEDROCK, conditions=conditions)
    return kept[source]


def service_role(
    scope: Construct,
    construct_id: str,
    *,
    source: str,
    statements: Sequence[Mapping[str, Any]],
    description: str,
    path: str | None = None,
) -> iam.Role:
    """Make the role that Bedrock assumes, with its permissions inline.

    Inline policies are part of the role's own resource, so they exist before anything that refers to the
    role. ``path`` is the prop ``role_path`` of the construct. Default: ``/bedrock-planes/service/``.
    """
    inline = None
    if statements:
        document = {"Version": "2012-10-17", "Statement": [dict(s) for s in statements]}
        inline = {"Service": iam.PolicyDocument.from_json(document)}
    role = iam.Role(
        scope,
        construct_id,
        assumed_by=bedrock_trust(scope, source),
        description=description,
        inline_policies=inline,
        path=role_path("service", path, "role_path"),
    )
    mark_role(role, "service")
    return role


def check_role(role: object, path: str | None) -> None:
    """Raise :class:`PlanesError` unless ``role`` is a role or ``None``, and ``role_path`` of the one made."""
    check_value("role", role, "iam.IRole | None")
    if role is not None and path is not None:
        raise PlanesError("`role` and `role_path` are both given: the path is of the role that is made")


def allow_given_role(
    scope: Construct, role: iam.IRole, statements: Sequence[Mapping[str, Any]], what: str
) -> list[IDependable]:
    """Give a role that was passed in what a construct needs; return what has to exist before it is used.

    The policy of a role of this app is in the scope of the construct: in the role's own stack it would refer
    back to what the construct's stack makes.

    Args:
        scope: The construct.
        role: The role.
        statements: What the construct needs.
        what: What the construct is, for the warning about a role that can't be changed, such as ``agent``.
    """
    if isinstance(role, iam.Role) and statements:
        policy = iam.Policy(
            scope,
            "ServicePolicy",
            statements=[iam.PolicyStatement.from_json(dict(one)) for one in statements],
        )
        # Called on the role: a refusal of ours would lose its class in JavaScript.
        role.attach_inline_policy(policy)
        return [role, policy]
    for statement in statements:
        add_to_given_role(scope, role, statement, what)
    return [role]


def add_to_given_role(scope: Construct, role: iam.IRole, statement: Mapping[str, Any], what: str) -> None:
    """Add a statement to a role that was passed in, or attach a warning with what its owner has to add."""
    added = role.add_to_principal_policy(iam.PolicyStatement.from_json(dict(statement)))
    # An imported role that can't be changed says that it took the statement, and makes no policy.
    taken = added.statement_added and (
        isinstance(role, iam.Role) or any(isinstance(one, iam.Policy) for one in role.node.find_all())
    )
    if not taken:
        shown = json.dumps(cdk.Stack.of(scope).resolve(dict(statement)), sort_keys=True)
        cdk.Annotations.of(scope).add_warning_v2(
            f"bedrock-planes:role-not-changed:{'-'.join(as_list(statement['Action']))}",
            f"the role of the {what} `{scope.node.path}` is imported and can't be changed here: it needs "
            f"the statement {shown}",
        )
