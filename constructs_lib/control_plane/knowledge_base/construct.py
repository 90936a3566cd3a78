"""A knowledge base of any type."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from constructs_lib import grants as _grants
from constructs_lib.cdk_support import (
    PlanesError,
    check_arn,
    check_choice,
    check_length,
    check_name,
    check_path,
    check_pattern,
    check_role,
    is_token,
    keep_stack,
    resource_of,
    service_role,
    stack_of,
    with_explained_calls,
)
from constructs_lib.control_plane.fingerprint import (
    FingerprintedName,
    RecordingKnowledgeBase,
    at_the_end,
    create_only_fingerprint,
    plain_fingerprint,
    rough_fingerprint,
)
from constructs_lib.control_plane.knowledge_base.base import KnowledgeBaseBase
from constructs_lib.control_plane.knowledge_base.log_delivery import deliver_logs
from constructs_lib.control_plane.knowledge_base.parts import Context, policy_document
from constructs_lib.control_plane.knowledge_base.types import KnowledgeBaseType
from constructs_lib.control_plane.replacement import (
    OnReplace,
    followed,
    keep_removed,
    keep_replaced,
    refer_weakly,
    resources_below,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk.interfaces import aws_kinesisfirehose as firehose_refs
    from aws_cdk.interfaces import aws_kms as kms_refs
    from aws_cdk.interfaces import aws_logs as logs_refs
    from aws_cdk.interfaces import aws_s3 as s3_refs
    from constructs import Construct

    from constructs_lib.grants import ModelLike

__all__ = ["KnowledgeBase"]

# Of the 100 characters of a name the fingerprint and the hyphen before it take 9.
_LONGEST_STEM = 90
_ARN_EXAMPLE = "ABCDEF1234"


@with_explained_calls
class KnowledgeBase(KnowledgeBaseBase):
    """A knowledge base; alone it embeds with Titan Text Embeddings V2 into an S3 vector index that it makes.

    An update of the name, the description, the tags, the role, the rerank models, the log delivery and the
    hints of an SQL knowledge base happens in place. Anything else of ``type`` replaces the knowledge base:
    the new one has another id and is empty until the next ingestion. A generated name changes along, so that
    it doesn't collide with the old one's; a given name does collide ("already exists"), so change it too.

    Args:
        type: What it is: vector, managed, Kendra or SQL. Default: ``KnowledgeBaseType.vector()``.
        knowledge_base_name: Name in Bedrock, 1-100 letters, digits, ``-`` and ``_``, unique in the account
            and Region. Default: one from the path in the app, with a fingerprint of what can't change.
        description: At most 200 characters. Default: none.
        role: A service role of one's own, which must trust ``bedrock.amazonaws.com``; a policy with what the
            knowledge base needs is attached to it. Default: one is made.
        role_path: The IAM path of the service role that is made; another one replaces the role. The deploy
            role then needs it in its ``role_paths``. Default: ``/bedrock-planes/service/``.
        encryption_key: The KMS key that encrypts what a managed knowledge base keeps, or the vector store
            that a vector one makes. Default: AWS's own keys.
        rerank_models: The models that callers of ``Retrieve`` may rerank with, called by the service role.
            Default: none.
        log_delivery: Log groups, buckets and Firehose streams to which the logs of ingestion go, of any
            library, L1s and imported ones too. Default: none.
        tags: Tags of the knowledge base. Default: those of the stack only.
        removal_policy: What becomes of the knowledge base, and of the store that it makes, when the construct
            goes. What retains them retains the service role that is made, its permissions and the data
            sources too, so that the knowledge base still answers. Default: they are deleted, since a new
            ingestion makes them again from the documents.
        on_replace: What becomes of the old knowledge base when an update replaces it. ``OnReplace.KEEP``
            keeps it with its store, its data sources and its permissions, outside the stack and at AWS's
            price, until you delete them; other stacks refer to the id and the ARN weakly, so they use the old
            one until they are deployed again. Default: ``OnReplace.DELETE``; a stack that imports the id or
            the ARN then blocks the update ("Export ... cannot be updated as it is in use").

    Attributes:
        knowledge_base_id: Its id.
        knowledge_base_arn: Its ARN.
        created_at: When it was made.
        failure_reasons: Why it failed, a list that is known at deployment.
        status: Its state at deployment.
        updated_at: When it was last changed.
        role: The service role.
        policy: The policy that the knowledge base attaches to the role.
        type_name: ``VECTOR``, ``MANAGED``, ``KENDRA`` or ``SQL``.
        owns_store: Whether its data goes with it.
        removal_policy: What becomes of it when the construct goes.
        keeps_replaced: Whether the old one stays when an update replaces it.
        grants: Grants on it.

    Raises:
        PlanesError: A prop is wrong.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-bedrock-knowledgebase.html
    """

    role: iam.IRole
    _l1: RecordingKnowledgeBase

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        type: KnowledgeBaseType | None = None,  # noqa: A002 - CloudFormation's name
        knowledge_base_name: str | None = None,
        description: str | None = None,
        role: iam.IRole | None = None,
        role_path: str | None = None,
        encryption_key: kms_refs.IKeyRef | None = None,
        rerank_models: Sequence[ModelLike] = (),
        log_delivery: Sequence[
            logs_refs.ILogGroupRef | s3_refs.IBucketRef | firehose_refs.IDeliveryStreamRef
        ] = (),
        tags: Mapping[str, str] | None = None,
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.DESTROY,
        on_replace: OnReplace = OnReplace.DELETE,
    ) -> None:
        kind = _kind(type)
        check_choice("on_replace", on_replace, OnReplace)
        # Known before anything asks for the id.
        self.keeps_replaced: bool = on_replace is OnReplace.KEEP
        if knowledge_base_name is not None:
            check_name("knowledge_base_name", knowledge_base_name)
        check_length("description", description, 1, 200)
        check_path("role_path", role_path)
        check_role(role, role_path)
        _check_list("rerank_models", rerank_models)
        _check_list("log_delivery", log_delivery)
        kind.check(encrypted=encryption_key is not None)
        super().__init__(scope, construct_id)
        keep_stack(self, scope)
        self.type_name: str | None = kind.name
        given = knowledge_base_name
        self.role = role if role is not None else self._make_role(given or construct_id, role_path)
        context = Context(self, self.role.role_arn, encryption_key, removal_policy)
        own, store = kind.bind(context)
        parts = [own, store] if store is not None else [own]
        self._referred = [resource for part in parts for resource in part.referred]
        self.owns_store: bool = any(part.owns_store for part in parts)
        # A name that is given is unique too, and costs no call of the CDK.
        stem = given if given is not None and not is_token(given) else None
        stem = stem or cdk.Names.unique_resource_name(self, max_length=_LONGEST_STEM, separator="-")
        self._stem = f"{stem}-"
        configurations = [own.configuration, store.configuration if store is not None else None]
        content = _create_only_content(self, *configurations)
        known = plain_fingerprint([content, {}], self) if not self._referred else None
        self._written = f"{self._stem}{known or rough_fingerprint(content)}"
        self.policy = self._attach(
            role,
            [statement for part in parts for statement in part.statements] + _rerank(self, rerank_models),
        )
        # A token where the name isn't known yet; a synthesis resolves it three times.
        self._name = FingerprintedName(self._stem, self.fingerprint) if known is None and not given else None
        self._named = given is not None
        self._settled = given is not None and known is not None
        self._l1 = RecordingKnowledgeBase(
            self,
            "Resource",
            name=given or (self._name.name() if self._name is not None else self._written),
            description=description,
            role_arn=context.role_arn,
            knowledge_base_configuration=own.configuration,
            storage_configuration=configurations[1],
        )
        self._l1.apply_removal_policy(removal_policy)
        self.removal_policy = removal_policy
        if role is None and removal_policy is not cdk.RemovalPolicy.DESTROY:
            keep_removed(removal_policy, [resource_of(cast("iam.Role", self.role)), self.policy])
        for key, value in (tags or {}).items():
            cdk.Tags.of(self._l1).add(key, value)
        # Creating the knowledge base calls the model and the store as the service role, and deleting a data
        # source deletes its vectors as that role.
        self._l1.add_resource_dependency(self.policy)
        for part in parts:
            if part.dependencies:
                self._l1.node.add_dependency(*part.dependencies)
        at_the_end(self, self._settle)
        if self.keeps_replaced:
            keep_replaced([*resources_below(self), *self._referred])
            refer_weakly(self._l1)
        for number, destination in enumerate(log_delivery, start=1):
            deliver_logs(self, f"Logs{number}", destination, self._stem[:-1], self.fingerprint)

    @cached_property
    def knowledge_base_id(self) -> str:  # type: ignore[override]  # asked of the CDK on first use; only imports are given it
        """Its id."""
        return self._followed(self._l1.attr_knowledge_base_id)

    @cached_property
    def knowledge_base_arn(self) -> str:  # type: ignore[override]  # asked of the CDK on first use; only imports are given it
        """Its ARN."""
        return self._followed(self._l1.attr_knowledge_base_arn)

    def _followed(self, attribute: str) -> str:
        return followed(self._l1, attribute, self.fingerprint) if self.keeps_replaced else attribute

    @cached_property
    def created_at(self) -> str:
        """When it was made."""
        return self._l1.attr_created_at

    @cached_property
    def failure_reasons(self) -> list[str]:
        """Why it failed, a list that is known at deployment."""
        return self._l1.attr_failure_reasons

    @cached_property
    def status(self) -> str:
        """Its state at deployment."""
        return self._l1.attr_status

    @cached_property
    def updated_at(self) -> str:
        """When it was last changed."""
        return self._l1.attr_updated_at

    def fingerprint(self) -> str:
        """Return a short hash of what replaces this knowledge base when it changes.

        It covers the create-only properties of the knowledge base and of the resources of this app that it
        refers to. What a parameter or an import stands for can't be seen.
        """
        props = self._l1._cfn_properties  # noqa: SLF001 - the rendered props have no public name
        content = _create_only_content(
            self, props["knowledgeBaseConfiguration"], props.get("storageConfiguration")
        )
        overrides = {
            path: value
            for path, value in self._l1.overrides.items()
            if path.startswith(("Properties.KnowledgeBaseConfiguration", "Properties.StorageConfiguration"))
        }
        if not self._referred and (known := plain_fingerprint([content, overrides], self)) is not None:
            return known
        return create_only_fingerprint([content, overrides], self, self._referred)

    def _settle(self) -> None:
        """Write the names that follow from what is final."""
        if self._settled and self._l1.is_as_made:
            return  # the fingerprint is that of what was given, and asking the CDK costs
        found = self.fingerprint()
        if self._name is not None:
            self._name.settle(found)
        before, self._written = self._written, f"{self._stem}{found}"
        if before == self._written:
            return
        # Somebody may have given them names of their own.
        if self.policy.policy_name == before:
            self.policy.policy_name = self._written
        if self._name is None and not self._named and self._l1.name == before:
            self._l1.name = self._written

    def _make_role(self, name: str, path: str | None) -> iam.Role:
        return service_role(
            self,
            "ServiceRole",
            source="knowledge-base/*",
            description=f"Bedrock ingests and retrieves for {name}"[:1000],
            path=path,
            statements=[],
        )

    def _attach(self, role: iam.IRole | None, statements: list[dict[str, Any]]) -> iam.CfnRolePolicy:
        # A policy of its own, whose name gets the fingerprint at the end: when the store is replaced the role
        # has the old policy beside the new one until the old data sources are deleted, vectors and all, in
        # the clean-up.
        return iam.CfnRolePolicy(
            self,
            "ServicePolicy",
            # Of our own role the resource is at hand, and its name is what it refers to.
            role_name=self.role.role_name
            if role is not None
            else resource_of(cast("iam.Role", self.role)).ref,
            policy_name=self._written,
            policy_document=policy_document(statements),
        )

    @staticmethod
    def from_knowledge_base_arn(
        scope: Construct, construct_id: str, knowledge_base_arn: str
    ) -> KnowledgeBaseBase:
        """Refer to a knowledge base that exists; grants work on it, its service role is not known."""
        return KnowledgeBase.from_knowledge_base_attributes(
            scope, construct_id, knowledge_base_arn=knowledge_base_arn
        )

    @staticmethod
    def from_knowledge_base_id(
        scope: Construct, construct_id: str, knowledge_base_id: str
    ) -> KnowledgeBaseBase:
        """Refer to a knowledge base that exists in this account and Region."""
        check_pattern(
            "knowledge_base_id", knowledge_base_id, r"[0-9a-zA-Z]{10}", f"pass an id such as {_ARN_EXAMPLE}"
        )
        stack = cdk.Stack.of(scope)
        imported = KnowledgeBaseBase(scope, construct_id)
        imported.knowledge_base_id = knowledge_base_id
        imported.knowledge_base_arn = (
            f"arn:{stack.partition}:bedrock:{stack.region}:{stack.account}:knowledge-base/{knowledge_base_id}"
        )
        return imported

    @staticmethod
    def from_knowledge_base_attributes(
        scope: Construct,
        construct_id: str,
        *,
        knowledge_base_arn: str,
        role: iam.IRole | None = None,
        type_name: str | None = None,
    ) -> KnowledgeBaseBase:
        """Refer to a knowledge base that exists, with what else is known of it.

        Args:
            scope: Where the reference is made.
            construct_id: Its id.
            knowledge_base_arn: Its ARN.
            role: Its service role, which data sources extend. Default: not known.
            type_name: ``VECTOR``, ``MANAGED``, ``KENDRA`` or ``SQL``. Default: not known, so nothing is
                refused for its sake.
        """
        [found] = check_arn("knowledge_base_arn", knowledge_base_arn, "knowledge-base", _ARN_EXAMPLE)
        check_pattern(
            "type_name", type_name, "VECTOR|MANAGED|KENDRA|SQL", "pass VECTOR, MANAGED, KENDRA or SQL"
        )
        imported = KnowledgeBaseBase(scope, construct_id, environment_from_arn=knowledge_base_arn)
        imported.knowledge_base_arn = knowledge_base_arn
        imported.knowledge_base_id = found
        imported.role = role
        imported.type_name = type_name
        return imported


def _kind(given: object) -> KnowledgeBaseType:
    if given is None:
        return KnowledgeBaseType.vector()
    if not isinstance(given, KnowledgeBaseType):
        raise PlanesError(
            f"`type` has the value `{given}`: pass one of `KnowledgeBaseType`, such as "
            "`KnowledgeBaseType.vector(...)` or `KnowledgeBaseType.managed()`"
        )
    return given


def _check_list(prop: str, given: object) -> None:
    if isinstance(given, str) or not hasattr(given, "__iter__"):
        raise PlanesError(f"`{prop}` has the value `{given}`: pass a list, also for one")


def _rerank(scope: Construct, models: Sequence[ModelLike]) -> list[dict[str, Any]]:
    """Return what reranking inside ``Retrieve`` needs.

    Source: https://docs.aws.amazon.com/bedrock/latest/userguide/rerank-prereq.html (for the service role)
    """
    found: list[dict[str, Any]] = []
    for model in models:
        targets = _grants.on_call(scope, model, "rerank_models", verb="rerank")
        found += [one for one in _grants.statement_json("rerank", targets) if one not in found]
    return found


def _create_only_content(scope: Construct, configuration: Any, storage: Any) -> list[Any]:
    """Return what can't change of a knowledge base; ``None`` and an absent property are one."""
    return [_create_only(scope, configuration), storage]


def _create_only(scope: Construct, configuration: Any) -> Any:
    """Return the configuration without what is updated in place: timeout and hints of an SQL one."""
    if isinstance(configuration, dict) and configuration.get("sqlKnowledgeBaseConfiguration") is None:
        return configuration
    configuration = stack_of(scope).resolve(configuration)
    sql = configuration.get("sqlKnowledgeBaseConfiguration")
    if sql is None:
        return configuration
    redshift = {
        name: value
        for name, value in sql["redshiftConfiguration"].items()
        if name != "queryGenerationConfiguration"
    }
    return {**configuration, "sqlKnowledgeBaseConfiguration": {**sql, "redshiftConfiguration": redshift}}
