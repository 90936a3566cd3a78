"""A flow from its definition, with the role that its nodes need, its versions and its aliases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_bedrock as bedrock
from aws_cdk.interfaces import aws_bedrock as refs

from constructs_lib import grants as _grants
from constructs_lib.cdk_support import (
    PlanesError,
    allow_given_role,
    check_arn,
    check_key_arn,
    check_length,
    check_name,
    check_path,
    check_pattern,
    check_role,
    check_tags,
    key_arn_of,
    service_role,
    with_explained_calls,
)
from constructs_lib.control_plane.fingerprint import RecordingFlow, fingerprint, version_by_content
from constructs_lib.control_plane.flow_definition import read_definition
from constructs_lib.control_plane.flow_permissions import flow_statements
from constructs_lib.control_plane.flow_values import FlowConcurrency, FlowDefinitionObject
from constructs_lib.control_plane.naming import path_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from aws_cdk import aws_iam as iam
    from aws_cdk.interfaces import aws_kms as kms_refs
    from constructs import Construct

    from constructs_lib.grants import ModelLike

__all__ = ["Flow", "FlowAlias", "FlowAliasBase", "FlowBase", "FlowVersion", "FlowVersionBase"]

# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-bedrock-flow.html
_SUBSTITUTIONS = 500


@jsii.implements(refs.IFlowRef)
class FlowBase(cdk.Resource):
    """What a flow of this app and an imported one have in common."""

    flow_arn: str
    flow_id: str

    @property
    def flow_ref(self) -> refs.FlowReference:
        """The reference that other libraries' constructs take."""
        return refs.FlowReference(flow_arn=self.flow_arn)


@with_explained_calls
class Flow(FlowBase):
    """A flow, checked before it is deployed as Bedrock checks it after.

    Nothing is create-only. Callers invoke an alias, never the flow: see :meth:`create_alias`.

    Args:
        definition: The path of a JSON or YAML file with ``nodes`` and ``connections`` as the API has them
            (``aws bedrock-agent get-flow``), or a dictionary of them; or a :class:`FlowDefinitionObject` for
            one in Amazon S3, which can't be checked here.
        substitutions: What stands for ``${NAME}`` in the definition, such as the ARN of an alias of this app.
            For a definition in Amazon S3 CloudFormation replaces them: 500 at most, of letters and digits.
            Default: nothing is replaced.
        flow_name: 1-100 letters, digits, ``-`` and ``_``, unique in the account and Region. Default:
            made of the construct's path.
        description: 1-200 characters. Default: none.
        prompt_models: The models that prompts of Prompt management in the flow call, which their ARNs don't
            say, for the service role. Default: none.
        encryption_key: The key that encrypts the flow. Default: a key that AWS owns.
        role: The execution role, which gets what the nodes need; one that can't be changed is warned about
            with it. What the nodes of a definition in Amazon S3 need isn't known here: such a flow needs a
            role that may do it. Default: a service role with what the nodes need.
        role_path: The IAM path of the service role; another one replaces the role. The deploy role then needs
            it in its ``role_paths``. Default: ``/bedrock-planes/service/``.
        tags: Keys and values. Default: those of the stack.
        test_alias_tags: Keys and values of the alias ``TSTALIASID``, with which the draft is tried. Default:
            none.

    Attributes:
        flow_arn: Its ARN.
        flow_id: Its id.
        role: The execution role.

    Raises:
        PlanesError: A prop is wrong, or the definition is not sound.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-bedrock-flow.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        definition: str | Path | Mapping[str, Any] | FlowDefinitionObject,
        substitutions: Mapping[str, str] | None = None,
        flow_name: str | None = None,
        description: str | None = None,
        prompt_models: Sequence[ModelLike] = (),
        encryption_key: kms_refs.IKeyRef | None = None,
        role: iam.IRole | None = None,
        role_path: str | None = None,
        tags: Mapping[str, str] | None = None,
        test_alias_tags: Mapping[str, str] | None = None,
    ) -> None:
        if flow_name is not None:
            check_name("flow_name", flow_name)
        check_length("description", description, 1, 200)
        check_path("role_path", role_path)
        check_role(role, role_path)
        if isinstance(prompt_models, str):
            raise PlanesError(f"`prompt_models` has the value `{prompt_models}`: pass a list with the models")
        check_tags(tags)
        check_tags(test_alias_tags, "test_alias_tags")
        read = None
        if isinstance(definition, FlowDefinitionObject):
            _check_unread(role, prompt_models, substitutions or {})
        else:
            read = read_definition(definition, substitutions or {})
        super().__init__(scope, construct_id)
        key_arn = key_arn_of(encryption_key)
        if key_arn is not None:
            check_key_arn("encryption_key", key_arn)
        statements = flow_statements(self, read, prompt_models, key_arn) if read else []
        self.role: iam.IRole = role or service_role(
            self,
            "ServiceRole",
            source="flow/*",
            description="Bedrock runs the nodes of a flow with it",
            path=role_path,
            statements=statements,
        )
        self._l1 = RecordingFlow(
            self,
            "Resource",
            name=flow_name or path_name(self, 100),
            description=description,
            execution_role_arn=self.role.role_arn,
            customer_encryption_key_arn=key_arn,
            definition=dict(read.value) if read else None,
            definition_s3_location=(
                definition.to_config() if isinstance(definition, FlowDefinitionObject) else None
            ),
            definition_substitutions=dict(substitutions) if substitutions and not read else None,
            tags=dict(tags) if tags else None,
            test_alias_tags=dict(test_alias_tags) if test_alias_tags else None,
        )
        if role is not None:
            # Bedrock prepares the flow when it is created, so the role's policies come first.
            self._l1.node.add_dependency(*allow_given_role(self, role, statements, "flow"))
        self.flow_arn: str = self._l1.attr_arn
        self.flow_id: str = self._l1.attr_id

    def fingerprint(self) -> str:
        """Return a short hash of everything that the service sees of this flow, without its tags."""
        return fingerprint(self._l1)

    def create_version(self, construct_id: str = "Version", *, description: str | None = None) -> FlowVersion:
        """Make a version of the flow as it is at the end of the synthesis."""
        return FlowVersion(self, construct_id, flow=self, description=description)

    def create_alias(
        self,
        construct_id: str = "Alias",
        *,
        flow_alias_name: str,
        version: FlowVersionBase | None = None,
        description: str | None = None,
        concurrency: FlowConcurrency | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> FlowAlias:
        """Make a :class:`FlowAlias`. Default: on a version of the flow as it is when the synthesis ends."""
        chosen = version or FlowVersion(self, f"{construct_id}Version", flow=self)
        return FlowAlias(
            self,
            construct_id,
            flow=self,
            version=chosen,
            flow_alias_name=flow_alias_name,
            description=description,
            concurrency=concurrency,
            tags=tags,
        )

    @staticmethod
    def from_flow_arn(scope: Construct, construct_id: str, flow_arn: str) -> FlowBase:
        """Refer to a flow that exists; callers are granted its alias, not the flow."""
        [found] = check_arn("flow_arn", flow_arn, "flow", "ABCDEF1234")
        imported = FlowBase(scope, construct_id, environment_from_arn=flow_arn)
        imported.flow_arn = flow_arn
        imported.flow_id = found
        return imported


@jsii.implements(refs.IFlowVersionRef)
class FlowVersionBase(cdk.Resource):
    """What a version of a flow of this app and an imported one have in common."""

    flow_arn: str
    version: str

    @property
    def flow_version_ref(self) -> refs.FlowVersionReference:
        """The reference that other libraries' constructs take."""
        return refs.FlowVersionReference(flow_arn=self.flow_arn, version=self.version)


@with_explained_calls
class FlowVersion(FlowVersionBase):
    """A fixed version of a flow; a change of its content makes a new one and keeps the old.

    A version of a deployment that is rolled back is deleted. Pass ``version`` to another stack through an SSM
    parameter and not as a cross-stack export, which could never change again.

    Args:
        flow: A flow of this app: its content decides when a new version is made.
        description: 1-200 characters. Default: none.

    Attributes:
        flow_arn: The ARN of the flow.
        version: The number of the version.

    Raises:
        PlanesError: A prop is wrong.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-bedrock-flowversion.html
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, flow: Flow, description: str | None = None
    ) -> None:
        check_length("description", description, 1, 200)
        if not isinstance(flow, Flow):
            raise PlanesError(
                f"`flow` has a value of the type `{type(flow).__name__}`: pass a `Flow` of this app, whose "
                "content decides when a new version is made"
            )
        super().__init__(scope, construct_id)
        self._l1 = bedrock.CfnFlowVersion(self, "Resource", flow_arn=flow.flow_arn, description=description)
        version_by_content(self._l1, flow.fingerprint)
        self.flow_arn: str = flow.flow_arn
        self.version: str = self._l1.attr_version

    @staticmethod
    def from_flow_version_attributes(
        scope: Construct, construct_id: str, *, flow_arn: str, version: str
    ) -> FlowVersionBase:
        """Refer to a version that exists; ``version`` is its number, or ``DRAFT`` for the changing draft."""
        check_arn("flow_arn", flow_arn, "flow", "ABCDEF1234")
        check_pattern("version", version, r"[1-9][0-9]{0,4}|DRAFT", "pass a number, or DRAFT")
        imported = FlowVersionBase(scope, construct_id, environment_from_arn=flow_arn)
        imported.flow_arn = flow_arn
        imported.version = version
        return imported


@jsii.implements(refs.IFlowAliasRef)
class FlowAliasBase(cdk.Resource):
    """What an alias of this app and an imported one have in common."""

    flow_alias_arn: str
    flow_arn: str

    @property
    def flow_alias_ref(self) -> refs.FlowAliasReference:
        """The reference that other libraries' constructs take."""
        return refs.FlowAliasReference(flow_alias_arn=self.flow_alias_arn, flow_arn=self.flow_arn)

    def grant_invoke(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow ``InvokeFlow`` on this alias; a permission on the flow would allow nothing (data plane)."""
        return _grants.grant(grantee, "invoke_flow", {"flow_alias": _grants.on_arns(self.flow_alias_arn)})


@with_explained_calls
class FlowAlias(FlowAliasBase):
    """What callers invoke: its id stays while the version behind it changes.

    Args:
        flow: The flow.
        version: The version that answers.
        flow_alias_name: 1-100 letters, digits, ``-`` and ``_``.
        description: 1-200 characters. Default: none.
        concurrency: How nodes run at the same time. Default: AWS's.
        tags: Keys and values. Default: those of the stack.

    Attributes:
        flow_alias_arn: Its ARN.
        flow_alias_id: Its id.
        flow_arn: The ARN of the flow.

    Raises:
        PlanesError: A prop is wrong.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-bedrock-flowalias.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        flow: FlowBase,
        version: FlowVersionBase,
        flow_alias_name: str,
        description: str | None = None,
        concurrency: FlowConcurrency | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        check_name("flow_alias_name", flow_alias_name)
        check_length("description", description, 1, 200)
        check_tags(tags)
        if not isinstance(concurrency, (FlowConcurrency, type(None))):
            raise PlanesError(
                f"`concurrency` has a value of the type `{type(concurrency).__name__}`: pass "
                "`FlowConcurrency.automatic()` or `.manual(...)`"
            )
        for prop, value, wanted in (("flow", flow, FlowBase), ("version", version, FlowVersionBase)):
            if not isinstance(value, wanted):
                raise PlanesError(
                    f"`{prop}` has a value of the type `{type(value).__name__}`: pass a "
                    f"`{wanted.__name__.removesuffix('Base')}`, or its `from_...` for one that exists"
                )
        super().__init__(scope, construct_id)
        self._l1 = bedrock.CfnFlowAlias(
            self,
            "Resource",
            flow_arn=flow.flow_arn,
            name=flow_alias_name,
            description=description,
            routing_configuration=[
                bedrock.CfnFlowAlias.FlowAliasRoutingConfigurationListItemProperty(
                    flow_version=version.version
                )
            ],
            concurrency_configuration=concurrency.to_config() if concurrency else None,
            tags=dict(tags) if tags else None,
        )
        self.flow_alias_arn: str = self._l1.attr_arn
        self.flow_alias_id: str = self._l1.attr_id
        self.flow_arn: str = flow.flow_arn

    @staticmethod
    def from_flow_alias_arn(scope: Construct, construct_id: str, flow_alias_arn: str) -> FlowAliasBase:
        """Refer to an alias that exists."""
        check_arn("flow_alias_arn", flow_alias_arn, "flow", "ABCDEF1234/alias/GHIJKL5678")
        parts = cdk.Fn.split("/", flow_alias_arn)
        imported = FlowAliasBase(scope, construct_id, environment_from_arn=flow_alias_arn)
        imported.flow_alias_arn = flow_alias_arn
        imported.flow_arn = f"{cdk.Fn.select(0, parts)}/{cdk.Fn.select(1, parts)}"
        return imported


def _check_unread(
    role: iam.IRole | None, prompt_models: Sequence[ModelLike], substitutions: Mapping[str, str]
) -> None:
    """Refuse what needs a definition that is known here; CloudFormation replaces the substitutions."""
    if role is None:
        raise PlanesError(
            "`definition` is in Amazon S3, so what its nodes call is not known here: pass a `role` that may "
            "call it, or a file or a dictionary as the `definition`"
        )
    if prompt_models:
        raise PlanesError(
            "`prompt_models` are for the service role, and a `definition` in Amazon S3 needs a `role` of "
            "one's own: give that role the permission, and leave `prompt_models` out"
        )
    if len(substitutions) > _SUBSTITUTIONS:
        raise PlanesError(
            f"`substitutions` has {len(substitutions)} values, and AWS takes {_SUBSTITUTIONS} at most for a "
            "definition in Amazon S3: leave some out"
        )
    for name in substitutions:
        check_pattern("substitutions", name, r"[a-zA-Z0-9]+", "use letters and digits for the name")
