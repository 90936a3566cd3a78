"""The role that configures Bedrock and never runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from constructs_lib.catalogue import Plane, actions
from constructs_lib.cdk_support import (
    ROLE_PATHS,
    CheckedRole,
    PlanesError,
    as_list,
    check_path,
    check_pattern,
    check_trust,
    check_types,
    is_token,
    mark_role,
    role_path,
)
from constructs_lib.data_plane import check_finished_templates
from constructs_lib.iam import UNRESOLVED, expand, fault_of_name, matches
from constructs_lib.platform.aws_managed import check_aws_managed
from constructs_lib.platform.deploy_policies import (
    Scope,
    bedrock_statements,
    foundation_statements,
    is_handler,
    network_statements,
)
from constructs_lib.platform.deployer import Deployer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs import Construct

__all__ = ["DeployRole"]

# A pipeline checks that a model is available and reads or changes the account's one logging setting;
# CloudFormation does neither, so these are not in the policies that it deploys with. None of them has a
# resource type.
_SETTINGS = (
    "bedrock:DeleteModelInvocationLoggingConfiguration",
    "bedrock:GetModelInvocationLoggingConfiguration",
    "bedrock:ListFoundationModels",
    "bedrock:PutModelInvocationLoggingConfiguration",
)


# Ways to run a function, which then acts with its own role.
# Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
_RUNS = ("lambda:InvokeAsync", "lambda:InvokeFunction", "lambda:InvokeFunctionUrl")


class DeployRole(CheckedRole):
    """A role, and managed policies, with what CloudFormation calls to deploy the constructs of this library.

    The policies hold control-plane actions of Bedrock and what the constructs need beside it, in one account
    and Region, on names that begin with ``name_prefix``; no runtime action, and nothing on the deploy role
    itself. Give :attr:`policy_arns` to ``cdk bootstrap --cloudformation-execution-policies`` in place of
    AdministratorAccess. The role holds the same policies and, for a pipeline, the account's Bedrock settings.

    It does not restrain someone who may deploy any template with it: creating roles is among its permissions,
    so such a template can make a role under ``name_prefix`` that holds more. An account that must prevent it
    adds a service control policy, or a boundary on the execution role, which denies ``iam:CreateRole`` and
    ``iam:PutRolePolicy`` unless ``iam:PermissionsBoundary`` is a boundary of the account's choice.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html

    Args:
        name_prefix: How the names of the stacks begin that are deployed with it, 3-30 letters and digits
            with a letter first; CloudFormation makes the names of roles, buckets and functions from it.
        parameter_prefix: First part of the names of the SSM parameters that the stacks share values with.
            Default: ``name_prefix`` in lower case.
        assumed_by: Who else may take the role, such as a pipeline. Default: CloudFormation alone.
        deployer: The pipeline that may take the role: ``Deployer.github(...)`` and its siblings name it with
            the audience and the subject that its provider asks for. Default: none.
        agents_classic: Whether Agents Classic are deployed too. Default: no.
        network: Whether VPCs and endpoints are deployed too. Default: yes.
        path: The role's IAM path; another one replaces the role. Default: ``/bedrock-planes/deploy/``.
        role_paths: The IAM paths of roles that the stacks make, beside ``/`` and this library's own: what the
            props ``path`` and ``role_path`` of their constructs say. Default: none.

    Attributes:
        policies: The managed policies.
        policy_arns: Their ARNs.

    Raises:
        PlanesError: A prop is wrong.
    """

    checked_kind = "deploy"

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name_prefix: str,
        parameter_prefix: str | None = None,
        assumed_by: iam.IPrincipal | None = None,
        deployer: Deployer | None = None,
        agents_classic: bool = False,
        network: bool = True,
        path: str | None = None,
        role_paths: Sequence[str] = (),
    ) -> None:
        check_types(DeployRole.__init__, locals())
        check_pattern(
            "name_prefix",
            name_prefix,
            r"[A-Za-z][A-Za-z0-9]{2,29}",
            "use 3-30 letters and digits, a letter first",
        )
        if any(each.startswith(f"/{name_prefix}") for each in ROLE_PATHS.values()):
            raise PlanesError(
                f"`name_prefix` has the value `{name_prefix}`, with which the IAM path `/bedrock-planes/` "
                "begins: the role would reach the roles of all other deployments; choose another prefix"
            )
        for each in role_paths:
            check_path("role_paths", each)
        check_pattern(
            "parameter_prefix",
            parameter_prefix,
            r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*",
            "use letters, digits, `_`, `.` and `-`, with `/` between the parts and not before the first",
        )
        stack = cdk.Stack.of(scope)
        where = Scope(
            partition=stack.partition,
            region=stack.region,
            account=stack.account,
            prefix=name_prefix,
            parameters=parameter_prefix or name_prefix.lower(),
            itself=stack.stack_name,
            path=role_path("deploy", path),
            role_paths=tuple(role_paths),
        )
        documents = {
            "BedrockPolicy": bedrock_statements(where, agents=agents_classic),
            "FoundationPolicy": foundation_statements(where),
            **({"NetworkPolicy": network_statements(where)} if network else {}),
        }
        self._path = f"{scope.node.path}/{construct_id}"
        for statements in documents.values():
            for statement in statements:
                self._check(statement)
        principals: list[iam.IPrincipal] = [iam.ServicePrincipal("cloudformation.amazonaws.com")]
        if assumed_by is not None:
            principals.append(assumed_by)
        if deployer is not None:
            principals.append(_bound(scope, deployer))
        super().__init__(
            scope,
            construct_id,
            assumed_by=iam.CompositePrincipal(*principals) if len(principals) > 1 else principals[0],
            description="Configures Amazon Bedrock and never runs it",
            path=where.path,
            inline_policies={
                "Settings": _document([{"Effect": "Allow", "Action": list(_SETTINGS), "Resource": "*"}])
            },
        )
        check_trust(self)
        mark_role(self, "deploy")
        check_finished_templates(self)
        self.policies = [
            iam.ManagedPolicy(self, name, document=_document(statements))
            for name, statements in documents.items()
        ]
        for policy in self.policies:
            super().add_managed_policy(policy)

    @property
    def policy_arns(self) -> list[str]:
        """The ARNs for ``cdk bootstrap --cloudformation-execution-policies``, joined with commas."""
        return [policy.managed_policy_arn for policy in self.policies]

    def _check_managed(self, policy: iam.IManagedPolicy) -> None:
        super()._check_managed(policy)
        check_aws_managed("deploy", self._path, policy, self._check)

    def _check(self, statement: Mapping[str, Any]) -> None:
        _refuse(self._path, statement)


def _bound(scope: Construct, deployer: Deployer) -> iam.IPrincipal:
    if not isinstance(deployer, Deployer):
        raise PlanesError(
            f"`deployer` has the type `{type(deployer).__name__}`: pass `Deployer.github(...)`, "
            "`.gitlab(...)`, `.bitbucket(...)`, `.codebuild()` or `.principal(...)`"
        )
    return deployer.bind(scope)


def _document(statements: list[dict[str, Any]]) -> iam.PolicyDocument:
    return iam.PolicyDocument.from_json({"Version": "2012-10-17", "Statement": statements})


def _refuse(path: str, statement: Mapping[str, Any]) -> None:
    """Refuse every Allow statement that means an action of the data plane, or an unknown one."""
    if statement.get("Effect", "Allow") != "Allow":
        return
    if "NotAction" in statement:
        raise PlanesError(f"the deploy role `{path}` can't hold a `NotAction`: list the actions it needs")
    for pattern in as_list(statement.get("Action")):
        if not isinstance(pattern, str):
            continue
        if fault := fault_of_name(pattern):
            raise PlanesError(
                f"the deploy role `{path}` can't hold `{pattern}`, whose plane is unknown: {fault.why}; "
                f"{fault.remedy}"
            )
        meant = [actions()[name] for name in expand(pattern)]
        data = [action for action in meant if action.plane is Plane.DATA]
        if data:
            raise PlanesError(
                f"the deploy role `{path}` can't hold `{pattern}`: `{data[0].name}` is on the data plane, "
                f"family `{data[0].family}`; give it to an AppRole"
            )
        if any(matches(pattern, name, ignore_case=True) for name in _RUNS):
            _refuse_running(path, pattern, as_list(statement.get("Resource", "*")))


def _refuse_running(path: str, pattern: str, resources: list[Any]) -> None:
    """Refuse to run functions of the application; what isn't known yet is seen in the finished template."""
    for resource in resources:
        known = isinstance(resource, str) and not is_token(resource)
        if known and UNRESOLVED in resource and ":function:" not in resource:
            continue
        if known and not is_handler(resource):
            raise PlanesError(
                f"the deploy role `{path}` can't hold `{pattern}` on `{resource}`: a function of the "
                "application runs models with its own role; name the functions behind custom resources, such "
                "as `arn:aws:lambda:us-east-1:111122223333:function:Acme*-AWS679f53fac002430cb0da5*`"
            )
