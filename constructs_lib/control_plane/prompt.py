"""A managed prompt and its versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_iam as iam
from aws_cdk.interfaces import aws_bedrock as refs

from constructs_lib import grants as _grants
from constructs_lib.cdk_support import (
    PlanesError,
    add_to_resource_policy,
    ask_owner,
    check_arn,
    check_items,
    check_key_arn,
    check_length,
    check_tags,
    key_arn_of,
    with_explained_calls,
)
from constructs_lib.control_plane.fingerprint import RecordingPrompt, fingerprint, version_by_content
from constructs_lib.control_plane.naming import path_name
from constructs_lib.control_plane.prompt_variants import PromptVariant, check_name_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk.interfaces import aws_kms as kms_refs
    from constructs import Construct

__all__ = ["Prompt", "PromptBase", "PromptVersion", "PromptVersionBase"]

# https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_CreatePrompt.html (variants)
_VARIANTS = 3


@jsii.implements(refs.IPromptRef)
class PromptBase(cdk.Resource):
    """What a prompt of this app and an imported one have in common."""

    prompt_arn: str
    prompt_id: str
    key_arn: str | None = None

    @property
    def prompt_ref(self) -> refs.PromptReference:
        """The reference that other libraries' constructs take."""
        return refs.PromptReference(prompt_arn=self.prompt_arn)

    def grant_render(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow to use the prompt and all its versions in a model call (data plane).

        The call needs its model too: ``role.grants.converse(...)``.
        """
        return _render(grantee, (self.prompt_arn, f"{self.prompt_arn}:*"), self.key_arn)


@with_explained_calls
class Prompt(PromptBase):
    """A prompt that model calls and flows use by its ARN.

    Nothing replaces it: its name and everything else can be changed in place.

    Args:
        variants: 1 to 3 ways of saying it, of different names.
        prompt_name: 1-100 letters, digits and single ``-`` or ``_``, unique in the account and Region.
            Default: made from the construct's path.
        default_variant: The name of the variant that calls get. Default: the first.
        description: At most 200 characters. Default: none.
        encryption_key: The customer managed key; its policy lets Bedrock use it for prompts of this account,
            and callers are granted its use. Default: AWS's own.
        tags: Keys and values. Default: none beside those of ``cdk.Tags``.

    Attributes:
        prompt_arn: Its ARN.
        prompt_id: Its id.
        draft_version: ``DRAFT``.
        key_arn: The ARN of ``encryption_key``, or ``None``.
        created_at: When it was made, known at deployment.
        updated_at: When it was changed, known at deployment.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-bedrock-prompt.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        variants: Sequence[PromptVariant],
        prompt_name: str | None = None,
        default_variant: str | None = None,
        description: str | None = None,
        encryption_key: kms_refs.IKeyRef | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        if prompt_name is not None:
            check_name_of("prompt_name", prompt_name)
        check_length("description", description, 1, 200)
        check_items("variants", variants, PromptVariant, "`PromptVariant.text(...)`", most=_VARIANTS)
        names = [variant.name for variant in variants]
        if not names:
            raise PlanesError(
                "`variants` is empty, so the prompt says nothing: give one `PromptVariant.text(...)`"
            )
        for one in names:
            if names.count(one) > 1:
                raise PlanesError(f"`variants` has the name `{one}` more than once: name them differently")
        if default_variant is not None and default_variant not in names:
            raise PlanesError(
                f"`default_variant` has the value `{default_variant}`, which is none of the variants: use "
                f"{', '.join(f'`{one}`' for one in names)}"
            )
        super().__init__(scope, construct_id)
        self.key_arn = key_arn_of(encryption_key)
        if encryption_key is not None:
            check_key_arn("encryption_key", key_arn_of(encryption_key))
            _open_key(self, encryption_key)
        self._l1 = RecordingPrompt(
            self,
            "Resource",
            name=prompt_name or path_name(self, 100),
            default_variant=default_variant or names[0],
            description=description,
            customer_encryption_key_arn=self.key_arn,
            variants=[variant.to_config(_model_name(self, variant)) for variant in variants],
            tags=dict(check_tags(tags)) or None,
        )
        self.prompt_arn: str = self._l1.attr_arn
        self.prompt_id: str = self._l1.attr_id
        self.draft_version: str = self._l1.attr_version
        self.created_at: str = self._l1.attr_created_at
        self.updated_at: str = self._l1.attr_updated_at

    def fingerprint(self) -> str:
        """Return a short hash of everything that the service sees of this prompt, without its tags."""
        return fingerprint(self._l1)

    def create_version(
        self, construct_id: str = "Version", *, description: str | None = None
    ) -> PromptVersion:
        """Make a version of the content as it is at the end of the synthesis."""
        return PromptVersion(self, construct_id, prompt=self, description=description)

    @staticmethod
    def from_prompt_arn(
        scope: Construct,
        construct_id: str,
        prompt_arn: str,
        *,
        encryption_key: kms_refs.IKeyRef | None = None,
    ) -> PromptBase:
        """Refer to a prompt that exists, in its account and Region; name its key, if it has one."""
        [found] = check_arn("prompt_arn", prompt_arn, "prompt", "ABCDEF1234")
        imported = PromptBase(scope, construct_id, environment_from_arn=prompt_arn)
        imported.prompt_arn = prompt_arn
        imported.prompt_id = found
        imported.key_arn = key_arn_of(encryption_key)
        return imported


@jsii.implements(refs.IPromptVersionRef)
class PromptVersionBase(cdk.Resource):
    """What a version of a prompt of this app and an imported one have in common."""

    prompt_version_arn: str
    key_arn: str | None = None

    @property
    def prompt_version_ref(self) -> refs.PromptVersionReference:
        """The reference that other libraries' constructs take."""
        return refs.PromptVersionReference(prompt_version_arn=self.prompt_version_arn)

    def grant_render(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow to use this version in a model call (data plane)."""
        return _render(grantee, (self.prompt_version_arn,), self.key_arn)


@with_explained_calls
class PromptVersion(PromptVersionBase):
    """A fixed version of a prompt; a change of the prompt's content makes a new one and keeps the old.

    A deployment that is rolled back leaves no version. The logical id changes with the content, so pass
    ``prompt_version_arn`` to another stack through an SSM parameter and not as a cross-stack export.

    Args:
        prompt: A prompt of this app: its content decides when a new version is made.
        description: At most 200 characters; another one makes a new version. Default: none.
        tags: Keys and values; others make a new version. Default: none.

    Attributes:
        prompt_version_arn: Its ARN, with its number.
        version: Its number.
        key_arn: The ARN of the key of its prompt, or ``None``.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-bedrock-promptversion.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        prompt: Prompt,
        description: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        check_length("description", description, 1, 200)
        super().__init__(scope, construct_id)
        self._l1 = bedrock.CfnPromptVersion(
            self,
            "Resource",
            prompt_arn=prompt.prompt_arn,
            description=description,
        )
        # Tags are create-only here: those of `cdk.Tags` would make a new version of the same content.
        if tags:
            self._l1.add_property_override("Tags", dict(check_tags(tags)))
        else:
            self._l1.add_property_deletion_override("Tags")
        version_by_content(self._l1, prompt.fingerprint)
        self.prompt_version_arn: str = self._l1.attr_arn
        self.version: str = self._l1.attr_version
        self.key_arn = prompt.key_arn

    @staticmethod
    def from_prompt_version_arn(
        scope: Construct,
        construct_id: str,
        prompt_version_arn: str,
        *,
        encryption_key: kms_refs.IKeyRef | None = None,
    ) -> PromptVersionBase:
        """Refer to a version that exists, by the ARN that ends in its number."""
        prompt, _, version = prompt_version_arn.rpartition(":")
        check_arn("prompt_version_arn", prompt, "prompt", "ABCDEF1234")
        if not version.isdecimal():
            raise PlanesError(
                f"`prompt_version_arn` has the value `{prompt_version_arn}`: pass an ARN that ends in the "
                "version's number, such as arn:aws:bedrock:us-east-1:111122223333:prompt/ABCDEF1234:1"
            )
        imported = PromptVersionBase(scope, construct_id, environment_from_arn=prompt_version_arn)
        imported.prompt_version_arn = prompt_version_arn
        imported.key_arn = key_arn_of(encryption_key)
        return imported


def _render(grantee: iam.IGrantable, arns: Sequence[str], key_arn: str | None) -> iam.Grant:
    targets: dict[str, Any] = {"prompt": _grants.on_arns(*arns)}
    if key_arn is not None:
        targets["key"] = _grants.on_arns(key_arn)
    return _grants.grant(grantee, "render_prompt", targets)


def _model_name(scope: Construct, variant: PromptVariant) -> str | None:
    """Return what the service calls the model: an id or an ARN."""
    if variant.model is None:
        return None
    return variant.model if isinstance(variant.model, str) else _grants.model_id(scope, variant.model)


def _open_key(prompt: Prompt, key: kms_refs.IKeyRef) -> None:
    """Let Bedrock use the key for prompts of this account and Region, or print the statement that is missing.

    The statement names no single prompt: its ARN would make key and prompt wait for each other.
    Source: https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-management-prereq.html
    """
    stack = cdk.Stack.of(prompt)
    arn = f"arn:{stack.partition}:bedrock:{stack.region}:{stack.account}:prompt/*"
    statement = iam.PolicyStatement(
        sid="BedrockPrompts",
        principals=[iam.ServicePrincipal("bedrock.amazonaws.com")],
        actions=["kms:GenerateDataKey", "kms:Decrypt"],
        resources=["*"],
        conditions={"StringLike": {"kms:EncryptionContext:aws:bedrock-prompts:arn": arn}},
    )
    if not add_to_resource_policy(key, statement).statement_added:
        ask_owner(
            prompt,
            "bedrock-planes:prompt-key-owner",
            f"the policy of the key `{key.node.path}`",
            statement,
            "Bedrock can't use the key",
        )
