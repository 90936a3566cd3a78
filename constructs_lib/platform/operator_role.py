"""The role of people and schedules that run named control actions on named resources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from aws_cdk import aws_iam as iam

from constructs_lib import catalogue
from constructs_lib import grants as _grants
from constructs_lib.catalogue import Plane
from constructs_lib.cdk_support import (
    CheckedRole,
    Facade,
    PlanesError,
    as_list,
    check_length,
    check_pattern,
    check_trust,
    check_types,
    is_token,
    mark_role,
    role_path,
    with_explained_calls,
)
from constructs_lib.data_plane import check_finished_templates
from constructs_lib.iam import ESCALATIONS, expand, fault_of_name, foreign_actions
from constructs_lib.platform.aws_managed import check_aws_managed
from constructs_lib.platform.other_roles import refuse_app_roles

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import aws_cdk as cdk
    from aws_cdk.interfaces import aws_bedrock as refs
    from constructs import Construct

    from constructs_lib.grants import ModelLike

__all__ = ["OperatorGrants", "OperatorRole"]


class HasJob(Protocol):
    """What a job does."""

    @property
    def kind(self) -> str:
        """The kind of the job."""

    @property
    def models(self) -> tuple[ModelLike, ...]:
        """The models that it calls or starts from."""


class RunsJobs(Protocol):
    """The service role of a kind of job."""

    @property
    def job(self) -> HasJob:
        """What the jobs do."""

    @property
    def role_arn(self) -> str:
        """The ARN that the start of a job names."""


# By the kind of the job: the verb, and the resource type of the job.
_JOBS: Mapping[str, tuple[str, str]] = {
    "batch-inference": ("run_batch_inference", "model-invocation-job"),
    "customization": ("customize_models", "model-customization-job"),
    "import": ("import_models", "model-import-job"),
    "evaluation": ("evaluate_models", "evaluation-job"),
}
# The start of a batch is checked on the job too, that of the others on the model alone.
# Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html
_CHECKED_ON_JOB = frozenset({"batch-inference"})


@with_explained_calls
class OperatorGrants:
    """Grants to an operator: named control actions on named resources."""

    def __init__(self, role: iam.Role) -> None:
        self._role = role

    def ingest(self, knowledge_base: str | refs.IKnowledgeBaseRef) -> iam.Grant:
        """Allow to start, follow, list and stop the ingestion jobs of one knowledge base."""
        targets = {"knowledge_base": _grants.on_resources(self._role, "knowledge_base", knowledge_base)}
        return _grants.grant(self._role, "ingest", targets)

    def ingest_documents(self, knowledge_base: str | refs.IKnowledgeBaseRef) -> iam.Grant:
        """Allow to ingest, read, list and delete documents of one knowledge base directly, without a sync.

        It is for data sources of the types Custom and S3. AWS's policy for it includes ``StartIngestionJob``,
        so the role may start a sync too. It may neither follow nor stop one: that is :meth:`ingest`. A
        document that is read from a bucket is read by the knowledge base's service role.

        Args:
            knowledge_base: The knowledge base, or its id.

        Sources:
            https://docs.aws.amazon.com/bedrock/latest/userguide/kb-direct-ingestion-prereq.html
            https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_IngestKnowledgeBaseDocuments.html
        """
        targets = {"knowledge_base": _grants.on_resources(self._role, "knowledge_base", knowledge_base)}
        return _grants.grant(self._role, "ingest_documents", targets)

    def run_jobs(self, job_role: RunsJobs) -> iam.Grant:
        """Allow to start, follow, list and stop the jobs of one job role, and to pass that role to Bedrock.

        Args:
            job_role: The role of the jobs, a ``JobRole``: its kind says which jobs, its models on what.

        Raises:
            PlanesError: It is no job role.
        """
        kind = str(getattr(getattr(job_role, "job", None), "kind", None))
        if kind not in _JOBS:
            raise PlanesError(
                f"`job_role` has a value of the type `{type(job_role).__name__}`: pass a `JobRole`"
            )
        verb, resource = _JOBS[kind]
        own = _grants.environment_of(self._role).arn("bedrock", f"{resource}/*")
        models = [
            arn
            for model in job_role.job.models
            for target in _grants.on_model(self._role, model)
            for arn in target.arns
            if ":foundation-model/" in arn or is_token(arn)
        ]
        targets = {
            "start": _grants.on_arns(*dict.fromkeys(models), *([own] if kind in _CHECKED_ON_JOB else [])),
            "job": _grants.on_arns(own),
            "role": _grants.on_arns(job_role.role_arn),
        }
        return _grants.grant(self._role, verb, targets)

    def model_access(self, product_ids: Sequence[str] | None = None) -> iam.Grant:
        """Allow to accept the agreements of models and to send the form that Anthropic asks for once.

        Deleting the role revokes nothing: an agreement stays until somebody deletes it.

        Args:
            product_ids: The products of AWS Marketplace that may be subscribed to, such as
                ``prod-exampleid``. Default: all, so all models.

        Raises:
            PlanesError: The list is empty or has no product ids.

        Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-access.html
        """
        products = [product_ids] if isinstance(product_ids, str) else product_ids
        if products is not None and not products:
            raise PlanesError("`product_ids` names no product: give ids, or leave it out for all")
        for product in products or ():
            check_pattern("product_ids", product, r"[\w-]+", "give ids such as prod-exampleid")
        subscribe = iam.PolicyStatement(
            actions=["aws-marketplace:Subscribe"],
            resources=["*"],
            conditions={"ForAnyValue:StringEquals": {"aws-marketplace:ProductId": [*products]}}
            if products
            else None,
        )
        see = iam.PolicyStatement(
            actions=["aws-marketplace:Unsubscribe", "aws-marketplace:ViewSubscriptions"], resources=["*"]
        )
        given = _grants.grant(self._role, "model_access", {})
        for statement in (subscribe, see):
            self._role.add_to_principal_policy(statement)
        return given


@with_explained_calls
class OperatorRole(CheckedRole):
    """A role for operation: it syncs a data source, and neither builds nor runs anything.

    Bedrock statements are taken only with named control actions on named resources; wildcards and data-plane
    actions are refused, and so is assuming or passing on a role that may lie under the path of app roles.
    Other services' permissions are taken as any role takes them.

    Args:
        assumed_by: Who operates, such as a schedule or a group's role.
        description: Default: none.
        role_name: Default: CloudFormation generates one.
        path: The role's IAM path, such as ``/team/chat/``; another one replaces the role. The deploy role
            then needs it in its ``role_paths``. Default: ``/bedrock-planes/operator/``.
        max_session_duration: 1 to 12 hours. Default: 1 hour.

    Attributes:
        grants: What an operator may be given, verb by verb.

    Raises:
        PlanesError: It refuses a prop or a permission.
    """

    grants: OperatorGrants = Facade(OperatorGrants)  # type: ignore[assignment]  # hides the CDK's facade on purpose

    checked_kind = "operator"

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        assumed_by: iam.IPrincipal,
        description: str | None = None,
        role_name: str | None = None,
        path: str | None = None,
        max_session_duration: cdk.Duration | None = None,
    ) -> None:
        check_types(OperatorRole.__init__, locals())
        check_length("description", description, 0, 1000)
        check_length("role_name", role_name, 1, 64)
        self._path = f"{scope.node.path}/{construct_id}"
        super().__init__(
            scope,
            construct_id,
            assumed_by=assumed_by,
            description=description,
            role_name=role_name,
            path=role_path("operator", path),
            max_session_duration=max_session_duration,
        )
        check_trust(self)
        mark_role(self, "operator")
        check_finished_templates(self)

    def _check_managed(self, policy: iam.IManagedPolicy) -> None:
        super()._check_managed(policy)
        check_aws_managed("operator", self._path, policy, self._check)

    def _check(self, statement: Mapping[str, Any]) -> None:
        _refuse(self._path, statement)


# Changes of policies, trust, boundaries and credentials.
_IAM_CHANGES = {name for name in ESCALATIONS if name.startswith("iam:")}


def _refuse(path: str, statement: Mapping[str, Any]) -> None:
    if statement.get("Effect", "Allow") != "Allow":
        return
    if "NotAction" in statement:
        raise PlanesError(f"the operator role `{path}` can't hold a `NotAction`: list the actions it needs")
    resources = as_list(statement.get("Resource"))
    for pattern in as_list(statement.get("Action")):
        if not isinstance(pattern, str):
            continue
        if fault := fault_of_name(pattern):
            raise PlanesError(
                f"the operator role `{path}` can't hold `{pattern}`, whose plane is unknown: {fault.why}; "
                f"{fault.remedy}"
            )
        _refuse_iam(path, pattern)
        refuse_app_roles("operator", path, pattern, statement, passes=True)
        meant = expand(pattern)
        if not meant:
            continue
        if len(meant) > 1 or "*" in pattern:
            raise PlanesError(
                f"the operator role `{path}` can't hold `{pattern}`, which means {len(meant)} "
                "Bedrock actions: name them"
            )
        action = catalogue.actions()[meant[0]]
        if action.plane is Plane.DATA:
            raise PlanesError(
                f"the operator role `{path}` can't hold `{pattern}`: it is on the data plane, family "
                f"`{action.family}`; give it to an AppRole"
            )
        if action.resource_types and "*" in resources:
            raise PlanesError(
                f"the operator role `{path}` can't hold `{pattern}` on `*`: name the resources it operates on"
            )


def _refuse_iam(path: str, pattern: str) -> None:
    """Refuse an action that changes who may do what."""
    changes = sorted(foreign_actions("Allow", (pattern,), None) & _IAM_CHANGES)
    if changes:
        raise PlanesError(
            f"the operator role `{path}` can't hold `{pattern}`: with `{changes[0]}` it could give itself "
            "any permission; leave changes of IAM to a DeployRole"
        )
