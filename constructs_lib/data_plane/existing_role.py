"""A role that something else made, treated as the role of an application."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib.cdk_support import Facade, PlanesError, as_list, check_types, check_value, is_token
from constructs_lib.data_plane.acknowledged import policies_for
from constructs_lib.data_plane.boundary import DataPlaneBoundary
from constructs_lib.data_plane.limits import limits_of, mark_checked, requiring_guardrail
from constructs_lib.data_plane.refusals import check_scope, patterns_with_reasons, refusals, refuse
from constructs_lib.data_plane.template_check import check_finished_templates
from constructs_lib.grants.facades import DataPlaneGrants

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["ExistingAppRole"]


@jsii.implements(iam.IPrincipal)
class ExistingAppRole(Construct):
    """A role that something else made, given data-plane permissions only.

    What is granted through it is checked as an :class:`AppRole` checks it and lands in one policy of this
    construct, which is attached to the role. A role of this app is marked, checked in the finished template,
    and bounded; an imported one can't be: what it holds elsewhere is not seen, and its boundary is its
    owner's. A role of another account, and one that may not be changed (``mutable=False``), are refused: no
    policy of this stack reaches them.

    Args:
        role: A role of this app, or an imported one.
        families: As for :class:`AppRole`. Default: every family of the data plane.
        allowed_regions: The only Regions whose resources may be granted. Default: all.
        control_reads: As for :class:`AppRole`. Default: no.
        allow_type_wide: As for :class:`AppRole`. Default: none.
        enforce_boundary: Whether to replace the boundary of a role of this app. Default: no; a role
            without one gets the stack's :class:`DataPlaneBoundary`.

    Attributes:
        role: The role as it was given.
        grants: What an application may be given, verb by verb.
    """

    checked_kind = "app"
    boundary_mark: Mapping[str, Any] | None = None
    grants: DataPlaneGrants = Facade(DataPlaneGrants)  # type: ignore[assignment]  # made on first use

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        role: iam.IRole,
        *,
        families: Sequence[str] | None = None,
        allowed_regions: Sequence[str] | None = None,
        control_reads: bool = False,
        allow_type_wide: Sequence[tuple[str, str]] = (),
        enforce_boundary: bool = False,
    ) -> None:
        check_types(ExistingAppRole.__init__, locals())
        super().__init__(scope, construct_id)
        self.role = role
        self._path = self.node.path
        self._limits = limits_of(families, allowed_regions, control_reads=control_reads)
        self._given: set[str] = set()
        self._granted: frozenset[str] = frozenset()
        self._type_wide = patterns_with_reasons(allow_type_wide)
        self._policy = self._attached()
        resource = role.node.default_child
        self._resource = (
            resource if isinstance(role, iam.Role) and isinstance(resource, iam.CfnRole) else None
        )
        if self._resource is not None:
            check_finished_templates(self)
            boundary = (
                DataPlaneBoundary(self, "Boundary", control_reads=True)
                if control_reads
                else DataPlaneBoundary.of(self)
            )
            ours = self._resource.permissions_boundary is None
            if ours:
                self._resource.permissions_boundary = boundary.managed_policy_arn
            self.boundary_mark = boundary.mark if ours or enforce_boundary else None
            mark_checked(self._resource, self._limits, self.boundary_mark)
            if enforce_boundary:
                iam.PermissionsBoundary.of(role).apply(boundary)
        elif enforce_boundary:
            raise PlanesError(
                f"`enforce_boundary` can't be kept for `{self._path}`: the role is imported, so its boundary "
                "is set where it is made"
            )

    def _attached(self) -> iam.Policy:
        """Return a policy that is attached to the role; raise :class:`PlanesError` where none can be."""
        here, theirs = cdk.Stack.of(self).account, self.role.principal_account
        if theirs is not None and not is_token(here) and not is_token(theirs) and here != theirs:
            raise PlanesError(
                f"the role of `{self._path}` belongs to the account {theirs}, and a policy of a stack in the "
                f"account {here} can't be attached to it: make the app role in a stack of {theirs}, or let "
                "an app role of this stack assume it with `assumable_roles`"
            )
        policy = iam.Policy(self, "Policy")
        # A role that can't be changed takes the policy without a word and forgets it; a lazy one attaches it
        # when it is made.
        self.role.attach_inline_policy(policy)
        resource = policy.node.default_child
        if (
            not isinstance(self.role, iam.Role | iam.LazyRole)
            and isinstance(resource, iam.CfnPolicy)
            and not cdk.Stack.of(self).resolve(resource.roles)
        ):
            raise PlanesError(
                f"the role of `{self._path}` can't be changed (`mutable=False`, `without_policy_updates`), "
                "so what is granted would be lost: import it with `AppRole.from_role_arn`, or let its owner "
                "add the permissions"
            )
        return policy

    def take_grant(self, verb: str, statements: Sequence[Mapping[str, Any]]) -> list[iam.IGrantable]:
        """Check the statements of a grant, and return where each goes: a policy of this construct."""
        for statement in statements:
            refuse(self._path, statement, self._limits)
            self._granted |= {arn for arn in as_list(statement.get("Resource")) if arn != "*"}
        self._given.add(verb)
        return policies_for(self, self.role, statements, self._policy)

    def refusal_of(self, statement: Mapping[str, Any]) -> str | None:
        """Return why the role may not hold a statement of a finished template, ``None`` if it may."""
        found = refusals(statement, self._limits)
        return "; ".join(refusal.message(self._path) for refusal in found) or None

    @property
    def checked_resource(self) -> iam.CfnRole | None:
        """The role's resource, ``None`` for an imported role."""
        return self._resource

    def require_guardrail(self) -> None:
        """Take note that model calls must name a guardrail; refuse it when a grant before can't."""
        self._limits = requiring_guardrail(self._path, self._limits, self._given)
        if self._resource is not None:
            mark_checked(self._resource, self._limits, self.boundary_mark)

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """The principal that grants of other libraries go to: this, so that they are checked."""
        return self

    @property
    def assume_role_action(self) -> str:
        """The action in a trust policy that names the role."""
        return self.role.assume_role_action

    @property
    def policy_fragment(self) -> iam.PrincipalPolicyFragment:
        """How a resource's policy names the role."""
        return self.role.policy_fragment

    @property
    def principal_account(self) -> str | None:
        """The account of the role, where it is known."""
        return self.role.principal_account

    def add_to_policy(self, statement: iam.PolicyStatement) -> bool:
        """Check and add a statement."""
        return self.add_to_principal_policy(statement).statement_added

    def add_to_principal_policy(self, statement: iam.PolicyStatement) -> iam.AddToPrincipalPolicyResult:
        """Check and add a statement; every grant of every library ends here."""
        check_value("statement", statement, "iam.PolicyStatement")
        written = statement.to_statement_json()
        refuse(self._path, written, self._limits)
        check_scope(self._path, written, self._type_wide | self._granted)
        self._policy.add_statements(statement)
        return iam.AddToPrincipalPolicyResult(statement_added=True, policy_dependable=self._policy)
