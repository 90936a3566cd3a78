"""The role of an application: it runs models and never configures them."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, Never

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from constructs_lib.cdk_support import (
    CheckedRole,
    Facade,
    PlanesError,
    agentcore_telemetry,
    agentcore_trust,
    as_list,
    check_length,
    check_trust,
    check_types,
    check_value,
    resource_of,
    role_path,
    with_explained_calls,
)
from constructs_lib.data_plane.acknowledged import acknowledge_harmless, policies_for
from constructs_lib.data_plane.boundary import DataPlaneBoundary, SharedBoundary
from constructs_lib.data_plane.existing_role import ExistingAppRole
from constructs_lib.data_plane.limits import (
    limits_document,
    limits_of,
    mark_checked,
    requiring_guardrail,
    with_session_tags,
)
from constructs_lib.data_plane.refusals import (
    check_document,
    check_managed,
    check_scope,
    patterns_with_reasons,
    refuse,
)
from constructs_lib.data_plane.template_check import check_finished_templates
from constructs_lib.grants import required_guardrail_values
from constructs_lib.grants.facades import DataPlaneGrants, other_tiers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk.interfaces import aws_bedrock as refs
    from constructs import Construct

__all__ = ["AppRole"]

# Each makes grants go nowhere, or elsewhere.
_OPTIONS_OF_THE_CDK = ("add_grants_to_resources", "default_policy_name", "mutable")
_PROPS_OF_IMPORTS = ("families", "allowed_regions", "control_reads", "allow_type_wide")


@with_explained_calls
class AppRole(CheckedRole):
    """A role that holds runtime actions of Bedrock on the resources named, and nothing that configures.

    It takes permissions of other services as any role does. What is refused, with the action, its plane and
    its family in the message: every Bedrock action that is not on the data plane, ``NotAction``, changes to
    IAM, ``iam:PassRole``, and assuming roles that are not named. What can't be seen at once (a policy that
    names the role as an attribute, an override on the L1) is an error of the synthesis that can't be
    acknowledged away, and so is a policy that outgrows IAM's limits.

    Args:
        assumed_by: Who runs the application, such as ``iam.ServicePrincipal("lambda.amazonaws.com")``.
        description: Default: none.
        role_name: Default: CloudFormation generates one.
        path: The role's IAM path, such as ``/team/chat/``; another one replaces the role. The deploy role
            then needs it in its ``role_paths``. Default: ``/bedrock-planes/app/``.
        inline_policies: Checked like everything else. Default: none.
        managed_policies: Policies of this app, or AWS managed policies for the runtime of an application
            (such as ``service-role/AWSLambdaBasicExecutionRole``). Default: none.
        assumable_roles: ARNs of other roles that the application may assume. Default: none.
        allow_type_wide: ``(ARN pattern, reason)`` of each pattern that opens every resource of a type, such
            as ``arn:aws:bedrock:us-east-1::foundation-model/*``, or ``*``; a data action on any other is
            refused. Default: none.
        families: The only families of Bedrock that it uses, such as ``bedrock-runtime``; actions of the
            others are refused and cut by the boundary. Default: every family of the data plane.
        control_reads: Whether it may hold the control reads that AWS documents for callers, each on exact
            ARNs (``GetInferenceProfile`` on a profile, ``GetGuardrail`` on a guardrail), because its SDK
            makes them. Grants give them where they are called with ``control_reads`` too. Default: no.
        required_guardrail: ``(guardrail, version)``: model calls without it are denied. The version is a
            number, ``DRAFT``, or ``None`` for any number. Default: none is required.
        required_vpc_endpoints: Ids of the interface endpoints that Bedrock must be called through. Calls
            that AWS makes on the role's behalf stay possible. Default: calls come from anywhere.
        allowed_regions: The only Regions that may answer. Default: all.
        service_tiers: The only service tiers that model calls may use. Default: all.
        session_tags: Keys of the tags that whoever assumes the role must set, and no others, for
            conditions on ``aws:PrincipalTag``. Default: tags can't be set.
        permissions_boundary: In place of the boundary of the role's own stack: the one that the deploy
            role's stack shares (:meth:`DataPlaneBoundary.from_deploy_stack`), which neither the deploy role
            nor a template that it deploys can change, or, as a stated choice, any other. Default: the
            stack's :class:`DataPlaneBoundary`.
        enforce_boundary: Whether the boundary also displaces one that the app or an organization's context
            applies to all its roles: a stated choice. Default: such a boundary is respected.
        max_session_duration: 1 to 12 hours. Default: 1 hour.

    Attributes:
        grants: What an application may be given, verb by verb.

    Raises:
        PlanesError: It refuses a prop or a permission.
    """

    grants: DataPlaneGrants = Facade(DataPlaneGrants)  # type: ignore[assignment]  # hides the CDK's facade on purpose

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        assumed_by: iam.IPrincipal,
        description: str | None = None,
        role_name: str | None = None,
        path: str | None = None,
        inline_policies: Mapping[str, iam.PolicyDocument] | None = None,
        managed_policies: Sequence[iam.IManagedPolicy] | None = None,
        assumable_roles: Sequence[str] = (),
        allow_type_wide: Sequence[tuple[str, str]] = (),
        families: Sequence[str] | None = None,
        control_reads: bool = False,
        required_guardrail: tuple[str | refs.IGuardrailRef, str | None] | None = None,
        required_vpc_endpoints: Sequence[str] = (),
        allowed_regions: Sequence[str] | None = None,
        service_tiers: Sequence[str] = (),
        session_tags: Sequence[str] = (),
        permissions_boundary: iam.IManagedPolicy | None = None,
        enforce_boundary: bool = False,
        max_session_duration: cdk.Duration | None = None,
    ) -> None:
        check_types(AppRole.__init__, locals())
        check_length("description", description, 0, 1000)
        check_length("role_name", role_name, 1, 64)
        _check_pair(required_guardrail)
        self._path = f"{scope.node.path}/{construct_id}"
        self._limits = limits_of(
            families,
            allowed_regions,
            guardrail=required_guardrail is not None,
            control_reads=control_reads,
        )
        self._policy: iam.Policy | None = None
        self._given: set[str] = set()
        self._granted: frozenset[str] = frozenset()
        self._type_wide = patterns_with_reasons(allow_type_wide)
        for document in (inline_policies or {}).values():
            self._check_document(document)
        for policy in managed_policies or ():
            self._check_managed(policy)
        for role in assumable_roles:
            self._check({"Action": "sts:AssumeRole", "Resource": role})
        if assumable_roles:
            _refuse_marked(self._path, scope, assumable_roles)
        guardrail = required_guardrail_values(scope, *required_guardrail) if required_guardrail else {}
        denied = limits_document(
            vpc_endpoints=required_vpc_endpoints,
            regions=allowed_regions or (),
            other_tiers=other_tiers(service_tiers) if service_tiers else (),
            guardrail=guardrail,
        )
        super().__init__(
            scope,
            construct_id,
            assumed_by=with_session_tags(assumed_by, session_tags),
            description=description,
            role_name=role_name,
            path=role_path("app", path),
            inline_policies={**(inline_policies or {}), **({"Limits": denied} if denied else {})} or None,
            managed_policies=list(managed_policies or ()),
            max_session_duration=max_session_duration,
            permissions_boundary=permissions_boundary,
        )
        acknowledge_harmless(self, managed_policies or ())
        check_trust(self)
        self._resource = resource_of(self)
        self._bound(permissions_boundary, assumable_roles, families, enforce=enforce_boundary)
        mark_checked(self._resource, self._limits, self.boundary_mark)
        check_finished_templates(self)
        if assumable_roles:
            self.add_to_policy(
                iam.PolicyStatement(actions=["sts:AssumeRole"], resources=list(assumable_roles))
            )
        if required_guardrail is not None:
            self.grants.apply_guardrail(required_guardrail[0])

    def _bound(
        self,
        boundary: iam.IManagedPolicy | None,
        assumable_roles: Sequence[str],
        families: Sequence[str] | None,
        *,
        enforce: bool,
    ) -> None:
        """Set the boundary; one that is applied to all roles of an app wins unless this one is enforced."""
        reads = self._limits.control_reads
        if isinstance(boundary, SharedBoundary):
            if reads and not boundary.control_reads:
                raise PlanesError(
                    f"the app role `{self._path}` can't have `control_reads` under the boundary that it "
                    "shares, which cuts them: give the shared boundary `control_reads=True`, where it is "
                    "made and where it is taken, or leave `permissions_boundary` to the role"
                )
            for role in assumable_roles:
                if role not in boundary.assumable_roles:
                    raise PlanesError(
                        f"the app role `{self._path}` can't assume `{role}` under the boundary that it "
                        "shares, which denies it: name the role in `assumable_roles` of the shared boundary, "
                        "where it is made and where it is taken, or leave `permissions_boundary` to the role"
                    )
        if boundary is None:
            boundary = (
                DataPlaneBoundary(
                    self,
                    "Boundary",
                    assumable_roles=assumable_roles,
                    families=families,
                    control_reads=reads,
                )
                if assumable_roles or families is not None or reads
                else DataPlaneBoundary.of(self)
            )
            self._resource.permissions_boundary = boundary.managed_policy_arn
        self.boundary_mark = (
            boundary.mark if isinstance(boundary, (DataPlaneBoundary, SharedBoundary)) else None
        )
        if enforce:
            iam.PermissionsBoundary.of(self).apply(boundary)

    def _check(self, statement: Mapping[str, Any]) -> None:
        refuse(self._path, statement, self._limits)

    @property
    def checked_resource(self) -> iam.CfnRole:
        """The role's resource, kept: each role is asked for it in every synthesis."""
        return self._resource

    def take_grant(self, verb: str, statements: Sequence[Mapping[str, Any]]) -> list[iam.IGrantable]:
        """Check the statements of a grant, and return where each goes: the role's policy, once it exists.

        Stars that IAM demands have a policy of their own, see :mod:`constructs_lib.data_plane.acknowledged`.
        """
        for statement in statements:
            self._check(statement)
            # A grant on what comes to be at runtime (`session/*`) is as narrow as it can be.
            self._granted |= {arn for arn in as_list(statement.get("Resource")) if arn != "*"}
        self._given.add(verb)
        if self._policy is None:
            found = self.node.try_find_child("DefaultPolicy")
            self._policy = found if isinstance(found, iam.Policy) else None
        return policies_for(self, self, statements, self._policy or self)

    def add_managed_policy(self, policy: iam.IManagedPolicy) -> None:
        """Check and attach a managed policy."""
        super().add_managed_policy(policy)
        acknowledge_harmless(self, [policy])

    def require_guardrail(self) -> None:
        """Take note that model calls must name a guardrail; refuse it when a grant before can't."""
        self._limits = requiring_guardrail(self._path, self._limits, self._given)
        mark_checked(self._resource, self._limits, self.boundary_mark)

    def _check_managed(self, policy: iam.IManagedPolicy) -> None:
        check_managed(self._path, policy, self._limits, self._type_wide)

    def _check_document(self, document: iam.PolicyDocument) -> None:
        check_document(self._path, document, self._limits, self._type_wide)

    def _check_given(self, statement: Mapping[str, Any]) -> None:
        self._check(statement)
        check_scope(self._path, statement, self._type_wide | self._granted)

    @staticmethod
    def for_agentcore(
        scope: Construct,
        construct_id: str,
        *,
        description: str | None = None,
        role_name: str | None = None,
        path: str | None = None,
        inline_policies: Mapping[str, iam.PolicyDocument] | None = None,
        assumable_roles: Sequence[str] = (),
        allow_type_wide: Sequence[tuple[str, str]] = (),
        families: Sequence[str] | None = None,
        control_reads: bool = False,
        required_guardrail: tuple[str | refs.IGuardrailRef, str | None] | None = None,
        allowed_regions: Sequence[str] | None = None,
        permissions_boundary: iam.IManagedPolicy | None = None,
        telemetry: bool = True,
    ) -> AppRole:
        """Make the execution role of an AgentCore runtime, harness, browser or code interpreter.

        It trusts AgentCore for resources of this account and Region only. Code of one's own runs with it, so
        it is an app role. The props are those of :class:`AppRole`.

        Args:
            scope: The scope.
            construct_id: The id.
            description: As for :class:`AppRole`.
            role_name: As for :class:`AppRole`.
            path: As for :class:`AppRole`.
            inline_policies: As for :class:`AppRole`.
            assumable_roles: As for :class:`AppRole`.
            allow_type_wide: As for :class:`AppRole`.
            families: As for :class:`AppRole`.
            control_reads: As for :class:`AppRole`.
            required_guardrail: As for :class:`AppRole`.
            allowed_regions: As for :class:`AppRole`.
            permissions_boundary: As for :class:`AppRole`.
            telemetry: Whether it may write the logs, metrics and traces of what AgentCore runs with it.
                Default: yes.

        Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-permissions.html
        """
        check_types(AppRole.for_agentcore, locals())
        policies = dict(inline_policies or {})
        if telemetry:
            policies["Telemetry"] = agentcore_telemetry(scope)
        return AppRole(
            scope,
            construct_id,
            assumed_by=agentcore_trust(scope),
            description=description,
            role_name=role_name,
            path=path,
            inline_policies=policies,
            assumable_roles=assumable_roles,
            allow_type_wide=allow_type_wide,
            families=families,
            control_reads=control_reads,
            required_guardrail=required_guardrail,
            allowed_regions=allowed_regions,
            permissions_boundary=permissions_boundary,
        )

    @staticmethod
    def from_role_arn(  # type: ignore[override]  # what the CDK returns here would take any permission
        scope: Construct,
        construct_id: str,
        role_arn: str,
        *,
        families: Sequence[str] | None = None,
        allowed_regions: Sequence[str] | None = None,
        control_reads: bool = False,
        allow_type_wide: Sequence[tuple[str, str]] = (),
        **options: Never,
    ) -> ExistingAppRole:
        """Import a role by its ARN and treat it as :meth:`from_role` does; the CDK's options are refused.

        The name of a role with a path can't be taken from an ARN that is a token, which the CDK says of
        ``iam.Role.from_role_arn``: use :meth:`from_role_name` for it.
        """
        _refuse_options("from_role_arn", options)
        check_value("role_arn", role_arn, "str")
        role = iam.Role.from_role_arn(scope, f"{construct_id}Import", role_arn)
        return AppRole.from_role(
            scope,
            construct_id,
            role,
            families=families,
            allowed_regions=allowed_regions,
            control_reads=control_reads,
            allow_type_wide=allow_type_wide,
        )

    @staticmethod
    def from_role_name(  # type: ignore[override]  # what the CDK returns here would take any permission
        scope: Construct,
        construct_id: str,
        role_name: str,
        *,
        families: Sequence[str] | None = None,
        allowed_regions: Sequence[str] | None = None,
        control_reads: bool = False,
        allow_type_wide: Sequence[tuple[str, str]] = (),
        **options: Never,
    ) -> ExistingAppRole:
        """Import a role of this account by its name; see :meth:`from_role_arn`."""
        _refuse_options("from_role_name", options)
        check_value("role_name", role_name, "str")
        role = iam.Role.from_role_name(scope, f"{construct_id}Import", role_name)
        return AppRole.from_role(
            scope,
            construct_id,
            role,
            families=families,
            allowed_regions=allowed_regions,
            control_reads=control_reads,
            allow_type_wide=allow_type_wide,
        )

    @staticmethod
    def from_lookup(  # type: ignore[override]  # what the CDK returns here would take any permission
        scope: Construct,
        construct_id: str,
        *,
        role_name: str,
        families: Sequence[str] | None = None,
        allowed_regions: Sequence[str] | None = None,
        control_reads: bool = False,
        allow_type_wide: Sequence[tuple[str, str]] = (),
        **options: Never,
    ) -> ExistingAppRole:
        """Look a role of this account up by its name; see :meth:`from_role_arn`."""
        _refuse_options("from_lookup", options)
        check_value("role_name", role_name, "str")
        role = iam.Role.from_lookup(scope, f"{construct_id}Import", role_name=role_name)
        return AppRole.from_role(
            scope,
            construct_id,
            role,
            families=families,
            allowed_regions=allowed_regions,
            control_reads=control_reads,
            allow_type_wide=allow_type_wide,
        )

    @staticmethod
    def from_role(
        scope: Construct,
        construct_id: str,
        role: iam.IRole,
        *,
        families: Sequence[str] | None = None,
        allowed_regions: Sequence[str] | None = None,
        control_reads: bool = False,
        allow_type_wide: Sequence[tuple[str, str]] = (),
        enforce_boundary: bool = False,
    ) -> ExistingAppRole:
        """Treat a role that exists as the role of an application; see :class:`ExistingAppRole`."""
        return ExistingAppRole(
            scope,
            construct_id,
            role,
            families=families,
            allowed_regions=allowed_regions,
            control_reads=control_reads,
            allow_type_wide=allow_type_wide,
            enforce_boundary=enforce_boundary,
        )


def _refuse_options(factory: str, options: Mapping[str, Any]) -> None:
    """Refuse what the CDK's factory takes, with the reason, and any other name as a wrong name."""
    for name in sorted(options):
        if name in _OPTIONS_OF_THE_CDK:
            raise PlanesError(
                f"`AppRole.{factory}` takes no `{name}`: what is granted to an app role must reach it; leave "
                "it out, or use `iam.Role` for a role that is only named"
            )
        near = difflib.get_close_matches(name, _PROPS_OF_IMPORTS, 1)
        props = ", ".join(f"`{prop}`" for prop in _PROPS_OF_IMPORTS)
        remedy = f"did you mean `{near[0]}`?" if near else f"it has {props}"
        raise PlanesError(f"`AppRole.{factory}` has no prop `{name}`: {remedy}")


def _check_pair(guardrail: Any) -> None:
    if guardrail is not None and not (
        isinstance(guardrail, tuple | list)
        and len(guardrail) == 2
        and (guardrail[1] is None or isinstance(guardrail[1], str))
    ):
        raise PlanesError(
            f"`required_guardrail` has the value `{guardrail!r}`: pass the guardrail with "
            'its version, `(guardrail, "1")`, or `(guardrail, None)` for any numbered version'
        )


def _refuse_marked(path: str, scope: Construct, roles: Sequence[str]) -> None:
    """Refuse to name a role of this app that deploys or operates."""
    for other in scope.node.root.node.find_all():
        if isinstance(other, CheckedRole) and not isinstance(other, AppRole) and other.role_arn in roles:
            raise PlanesError(
                f"the app role `{path}` can't assume `{other.node.path}`, which configures Bedrock: an "
                "application that becomes it holds both planes; leave it out of `assumable_roles`"
            )
