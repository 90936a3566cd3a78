"""The role that configures Bedrock and never runs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam

from constructs_lib.catalogue import Plane, actions
from constructs_lib.cdk_support import (
    ROLE_PATHS,
    CheckedRole,
    PlanesError,
    as_list,
    check_given_list,
    check_path,
    check_pattern,
    check_trust,
    check_types,
    is_token,
    mark_role,
    role_path,
    with_explained_calls,
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
    usage_statements,
)
from constructs_lib.platform.deployer import Deployer
from constructs_lib.platform.derived_policies import (
    DerivedPolicies,
    check_arns,
    check_deploys,
    check_widening,
    stack_statement,
)
from constructs_lib.platform.other_roles import refuse_app_roles

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


@with_explained_calls
class DeployRole(CheckedRole):
    """A role, and managed policies, with what CloudFormation calls to deploy stacks.

    Name the stacks or stages with ``deploys``, and the policies are derived from their finished templates:
    what CloudFormation calls for exactly these resources, as ``bedrock-planes deploy-policy`` derives it, and
    nothing on the role itself and its policies. There are two uses. The *policies* are for
    ``cdk bootstrap --cloudformation-execution-policies``, in place of AdministratorAccess; the pipeline then
    assumes the roles of the bootstrap, and not this one. The *role* is for a pipeline that doesn't use the
    bootstrap's roles: it holds the same policies and CloudFormation's actions on the stacks named.

    Without ``deploys``, say how the names of the stacks begin with ``name_prefix``, and the policies are
    fixed lists for stacks that don't exist yet: guardrails and their versions, knowledge bases on S3 Vectors
    with their data sources, and Agents Classic, all without keys of one's own; with the roles, buckets,
    functions, parameters, dashboards, alarms and saved queries beside them, in one account and Region, on
    names that begin with ``name_prefix`` (saved queries have none); no runtime action, and nothing on the
    deploy role itself. Prompts, flows, enforced guardrails, resource
    policies, models, harnesses, other stores and keys need ``deploys``. The role holds the same policies and,
    for a pipeline, the account's Bedrock settings.

    With ``name_prefix`` or ``without_boundary`` it does not restrain someone who may deploy any template with
    it: creating roles is among its permissions, so such a template can make a role that holds more. Name a
    ``boundary``, or add a service control policy which denies ``iam:CreateRole`` and ``iam:PutRolePolicy``
    unless ``iam:PermissionsBoundary`` is a boundary of the account's choice.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html

    Args:
        deploys: The stacks and stages that are deployed with it, none of which holds the role. It costs one
            more synthesis, with its validations. Default: those that ``name_prefix`` says; exactly one of the
            two is needed.
        types: Resource types to deploy beside those of the templates, such as ``AWS::SQS::Queue``, in each
            stack and with any property, for what comes before the policies are deployed again. Default: none.
            This and the next four go with ``deploys`` only.
        boundary: The permissions boundary of every role and user that the stacks make, which the policies
            don't let anybody change: a managed policy, its name or its ARN. Default: none, and then stacks
            that make roles are refused unless ``without_boundary``.
        without_boundary: Accept that a template can make a role with any permission. Default: no.
        service_tokens: The ARNs of functions and topics outside the stacks that their custom resources and
            macros use. Default: none.
        asset_key: ARN of the KMS key of the bootstrap's bucket. Default: it has none of its own.
        name_prefix: How the names of the stacks begin that are deployed with it, 3-30 letters and digits
            with a letter first; CloudFormation makes the names of roles, buckets and functions from it. The
            props below except ``assumed_by``, ``deployer`` and ``path`` go with it only. Default: none, with
            ``deploys``.
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
        policies: The managed policies; with ``deploys`` none before the templates are finished.
        policy_arns: Their ARNs; with ``deploys`` a list that only the finished template has, for an output or
            ``Fn.join``.

    Raises:
        PlanesError: A prop is wrong.
    """

    checked_kind = "deploy"

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        deploys: Sequence[cdk.Stack | cdk.Stage] | None = None,
        types: Sequence[str] = (),
        boundary: str | iam.IManagedPolicy | None = None,
        without_boundary: bool = False,
        service_tokens: Sequence[str] = (),
        asset_key: str | None = None,
        name_prefix: str | None = None,
        parameter_prefix: str | None = None,
        assumed_by: iam.IPrincipal | None = None,
        deployer: Deployer | None = None,
        agents_classic: bool = False,
        network: bool = True,
        path: str | None = None,
        role_paths: Sequence[str] = (),
    ) -> None:
        check_types(DeployRole.__init__, locals())
        self._path = f"{scope.node.path}/{construct_id}"
        self.policies: list[iam.ManagedPolicy] = []
        self._derived: DerivedPolicies | None = None
        principal = _principal(scope, assumed_by, deployer)
        if deploys is not None:
            _check_apart(
                "deploys",
                name_prefix=name_prefix,
                parameter_prefix=parameter_prefix,
                agents_classic=agents_classic,
                network=not network,
                role_paths=role_paths,
            )
            self._derive(
                scope,
                construct_id,
                principal,
                _Derivation(
                    tuple(deploys), tuple(types), boundary, without_boundary, tuple(service_tokens), asset_key
                ),
                path,
            )
            return
        _check_apart(
            "name_prefix",
            types=types,
            boundary=boundary,
            without_boundary=without_boundary,
            service_tokens=service_tokens,
            asset_key=asset_key,
        )
        if name_prefix is None:
            raise PlanesError(
                "give `deploys`, the stacks that are deployed with the role, or `name_prefix`, how their "
                "names begin"
            )
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
        check_given_list("role_paths", role_paths)
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
            "UsagePolicy": usage_statements(where),
            **({"NetworkPolicy": network_statements(where)} if network else {}),
        }
        for statements in documents.values():
            for statement in statements:
                self._check(statement)
        super().__init__(
            scope,
            construct_id,
            assumed_by=principal,
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

    def _derive(
        self,
        scope: Construct,
        construct_id: str,
        principal: iam.IPrincipal,
        chosen: _Derivation,
        path: str | None,
    ) -> None:
        """Make the role without its policies, which follow when the templates are finished."""
        stack = cdk.Stack.of(scope)
        check_deploys(stack, chosen.deploys)
        check_widening(chosen.types)
        check_arns(chosen.boundary, chosen.service_tokens, chosen.asset_key)
        if chosen.boundary is not None and chosen.without_boundary:
            raise PlanesError("`boundary` and `without_boundary` exclude each other: give one")
        where = role_path("deploy", path)
        super().__init__(
            scope,
            construct_id,
            assumed_by=principal,
            description="Deploys stacks that configure Amazon Bedrock, and never runs it",
            path=where,
            inline_policies={"Stacks": _document([stack_statement(stack, chosen.deploys)])},
        )
        check_trust(self)
        mark_role(self, "deploy")
        check_finished_templates(self)
        self._derived = DerivedPolicies(
            self,
            chosen.deploys,
            chosen.types,
            chosen.boundary,
            chosen.without_boundary,
            chosen.service_tokens,
            chosen.asset_key,
            path=where,
            attach=super().add_managed_policy,
            policies=self.policies,
        )
        self._derived.install()

    @property
    def policy_arns(self) -> list[str]:
        """The ARNs for ``cdk bootstrap --cloudformation-execution-policies``, to be joined with commas."""
        if self._derived is not None:
            return cdk.Lazy.uncached_list(_Arns(self.policies))
        return [policy.managed_policy_arn for policy in self.policies]

    def _check_managed(self, policy: iam.IManagedPolicy) -> None:
        super()._check_managed(policy)
        check_aws_managed("deploy", self._path, policy, self._check)

    def _check(self, statement: Mapping[str, Any]) -> None:
        _refuse(self._path, statement)


@dataclass(frozen=True, slots=True)
class _Derivation:
    """What the policies are derived from."""

    deploys: tuple[cdk.Stack | cdk.Stage, ...]
    types: tuple[str, ...]
    boundary: str | iam.IManagedPolicy | None
    without_boundary: bool
    service_tokens: tuple[str, ...]
    asset_key: str | None


@jsii.implements(cdk.IListProducer)
class _Arns:
    """The ARNs of policies that are made later; jsii takes no dataclass."""

    def __init__(self, policies: list[iam.ManagedPolicy]) -> None:
        self.policies = policies

    def produce(self, _context: cdk.IResolveContext) -> list[str]:
        return [policy.managed_policy_arn for policy in self.policies]


def _check_apart(prop: str, **others: Any) -> None:
    """Refuse props that don't go with the one that says what is deployed."""
    for name, value in others.items():
        if value:
            raise PlanesError(
                f"`{name}` doesn't go with `{prop}`: "
                + (
                    "what is deployed is in the templates; leave it out"
                    if prop == "deploys"
                    else "the policies are derived only with `deploys`; give that, or leave it out"
                )
            )


def _principal(
    scope: Construct, assumed_by: iam.IPrincipal | None, deployer: Deployer | None
) -> iam.IPrincipal:
    principals: list[iam.IPrincipal] = [iam.ServicePrincipal("cloudformation.amazonaws.com")]
    if assumed_by is not None:
        principals.append(assumed_by)
    if deployer is not None:
        principals.append(_bound(scope, deployer))
    return iam.CompositePrincipal(*principals) if len(principals) > 1 else principals[0]


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
        refuse_app_roles("deploy", path, pattern, statement, passes=False)


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
