"""The role of an application: it runs models and never configures them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from constructs_lib._cdk import Facade, PlanesError, is_token, mark_role
from constructs_lib._guard import refusals
from constructs_lib.data_plane._synth_guard import guard_stage
from constructs_lib.data_plane.boundary import DataPlaneBoundary
from constructs_lib.data_plane.grants import DataPlaneGrants

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs import Construct

__all__ = ["AppRole"]

# AWS managed policies for the runtime of an application that touch neither Bedrock nor IAM.
# Source: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
_HARMLESS = frozenset(
    {
        "service-role/AWSLambdaBasicExecutionRole",
        "service-role/AWSLambdaVPCAccessExecutionRole",
        "service-role/AWSLambdaSQSQueueExecutionRole",
        "service-role/AmazonECSTaskExecutionRolePolicy",
        "AmazonSSMManagedInstanceCore",
        "AWSXRayDaemonWriteAccess",
        "CloudWatchAgentServerPolicy",
        "CloudWatchLambdaInsightsExecutionRolePolicy",
    }
)


class AppRole(iam.Role):
    """A role that holds runtime actions of Bedrock on the resources named, and nothing that configures.

    It takes permissions of other services as any role does. What is refused, with the action, its plane and
    its family in the message: every Bedrock action that is not on the data plane, ``NotAction``, changes to
    IAM, ``iam:PassRole``, and assuming roles that are not named. What can't be seen at once (a policy that
    names the role as an attribute, an override on the L1) is an error of the synthesis that can't be
    acknowledged away.

    :param assumed_by: Who runs the application, such as ``iam.ServicePrincipal("lambda.amazonaws.com")``.
    :param description: Default: none.
    :param role_name: Default: CloudFormation generates one.
    :param inline_policies: Checked like everything else. Default: none.
    :param managed_policies: Policies of this app, or AWS managed policies for the runtime of an application
        (such as ``service-role/AWSLambdaBasicExecutionRole``). Default: none.
    :param assumable_roles: ARNs of other roles that the application may assume. Default: none.
    :param permissions_boundary: Replaces the boundary that keeps the role on the data plane: a stated choice,
        for an organization that has its own. Default: the stack's :class:`DataPlaneBoundary`.
    :param max_session_duration: 1 to 12 hours. Default: 1 hour.

    Attributes: ``grants``, the facade of what an application may be given.

    Raises :class:`~constructs_lib.PlanesError` for whatever it refuses.
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
        inline_policies: Mapping[str, iam.PolicyDocument] | None = None,
        managed_policies: Sequence[iam.IManagedPolicy] | None = None,
        assumable_roles: Sequence[str] = (),
        permissions_boundary: iam.IManagedPolicy | None = None,
        max_session_duration: cdk.Duration | None = None,
    ) -> None:
        path = f"{scope.node.path}/{construct_id}"
        for document in (inline_policies or {}).values():
            _check_document(path, document)
        for policy in managed_policies or ():
            _check_managed(path, policy)
        for role in assumable_roles:
            _refuse(path, {"Action": "sts:AssumeRole", "Resource": role})
        self._path = path
        super().__init__(
            scope,
            construct_id,
            assumed_by=assumed_by,
            description=description,
            role_name=role_name,
            inline_policies=inline_policies,
            managed_policies=list(managed_policies or ()),
            permissions_boundary=permissions_boundary,
            max_session_duration=max_session_duration,
        )
        if permissions_boundary is None:
            boundary = (
                DataPlaneBoundary(self, "Boundary", assumable_roles=assumable_roles)
                if assumable_roles
                else DataPlaneBoundary.of(self)
            )
            iam.PermissionsBoundary.of(self).apply(boundary)
        mark_role(self, "app")
        guard_stage(self)
        if assumable_roles:
            self.add_to_policy(
                iam.PolicyStatement(actions=["sts:AssumeRole"], resources=list(assumable_roles))
            )

    def add_to_principal_policy(self, statement: iam.PolicyStatement) -> iam.AddToPrincipalPolicyResult:
        """Check and add a statement; every grant of every library ends here."""
        _refuse(self._path, statement.to_statement_json())
        return super().add_to_principal_policy(statement)

    def add_to_policy(self, statement: iam.PolicyStatement) -> bool:
        """Check and add a statement."""
        return self.add_to_principal_policy(statement).statement_added

    def add_managed_policy(self, policy: iam.IManagedPolicy) -> None:
        """Check and attach a managed policy."""
        _check_managed(self._path, policy)
        super().add_managed_policy(policy)

    def attach_inline_policy(self, policy: iam.Policy) -> None:
        """Check and attach a policy of this app."""
        _check_document(self._path, policy.document)
        super().attach_inline_policy(policy)


def _refuse(path: str, statement: Mapping[str, Any]) -> None:
    found = refusals(statement)
    if found:
        raise PlanesError("; ".join(refusal.message(path) for refusal in found))


def _check_document(path: str, document: iam.PolicyDocument) -> None:
    # The CDK renders a document without statements (a default policy a moment after its birth) as nothing.
    for statement in (document.to_json() or {}).get("Statement", ()):
        _refuse(path, statement)


def _check_managed(path: str, policy: iam.IManagedPolicy) -> None:
    """Check a managed policy of this app by its content, an AWS managed policy by its name."""
    if isinstance(policy, iam.ManagedPolicy):
        _check_document(path, policy.document)
        return
    arn = policy.managed_policy_arn
    name = arn.partition(":policy/")[2]
    if name in _HARMLESS:
        return
    shown = name if name and not is_token(name) else "a policy from elsewhere"
    raise PlanesError(
        f"the app role `{path}` can't take the managed policy `{shown}`: what it allows can't be seen "
        f"here, or is "
        "more than an application needs; write the statements that it needs with `add_to_policy`, or "
        "use a grant"
    )
