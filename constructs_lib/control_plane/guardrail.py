"""A guardrail and its versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
import jsii
from aws_cdk import aws_bedrock as bedrock
from aws_cdk.interfaces import aws_bedrock as refs
from constructs import IValidation

from constructs_lib import grants as _grants
from constructs_lib.cdk_support import PlanesError, check_arn, check_length, check_pattern
from constructs_lib.control_plane.fingerprint import RecordingGuardrail, fingerprint

if TYPE_CHECKING:
    from aws_cdk import aws_iam as iam
    from constructs import Construct

__all__ = ["Guardrail", "GuardrailBase", "GuardrailVersion", "GuardrailVersionBase"]


@jsii.implements(refs.IGuardrailRef)
class GuardrailBase(cdk.Resource):
    """What a guardrail of this app and an imported one have in common."""

    guardrail_arn: str
    guardrail_id: str

    @property
    def guardrail_ref(self) -> refs.GuardrailReference:
        """The reference that other libraries' constructs take."""
        return refs.GuardrailReference(guardrail_arn=self.guardrail_arn)

    def grant_apply(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow ``ApplyGuardrail``, by itself and inside a model call (data plane)."""
        return _grants.grant(grantee, "apply_guardrail", {"guardrail": _grants.on_arns(self.guardrail_arn)})

    def grant_require(self, grantee: iam.IGrantable, *, version: str | None = None) -> iam.Grant:
        """Deny model calls without this guardrail and allow to apply it (data plane).

        Args:
            grantee: Who gets the permissions.
            version: A number, or ``DRAFT``. Default: any numbered version.
        """
        require = getattr(grantee, "require_guardrail", None)
        if callable(require):
            require()
        return _grants.grant(
            grantee,
            "require_guardrail",
            {"guardrail": _grants.on_arns(self.guardrail_arn)},
            values=_grants.required_guardrail_values(self, self.guardrail_arn, version),
        )


class Guardrail(GuardrailBase):
    """A guardrail: what prompts and answers may not contain.

    Args:
        name: 1-50 letters, digits, ``-`` and ``_``, unique in the account and Region.
        blocked_input_messaging: What the caller reads when a prompt is blocked, 1-500 characters.
        blocked_outputs_messaging: What the caller reads when an answer is blocked, 1-500 characters.
        description: At most 200 characters. Default: none.
        content_policy_config: Filters for hate, insults, prompt attacks, ... Default: none.
        topic_policy_config: Denied topics. Default: none.
        word_policy_config: Denied words and AWS's list of profanity. Default: none.
        sensitive_information_policy_config: What to block or mask. Default: none.
        contextual_grounding_policy_config: Thresholds for grounding and relevance. Default: none.

    The policy props take the L1's property structures (``bedrock.CfnGuardrail.*Property``); at least one is
    needed. Attributes: ``guardrail_id``, ``guardrail_arn``.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-bedrock-guardrail.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        blocked_input_messaging: str,
        blocked_outputs_messaging: str,
        description: str | None = None,
        content_policy_config: bedrock.CfnGuardrail.ContentPolicyConfigProperty | None = None,
        topic_policy_config: bedrock.CfnGuardrail.TopicPolicyConfigProperty | None = None,
        word_policy_config: bedrock.CfnGuardrail.WordPolicyConfigProperty | None = None,
        sensitive_information_policy_config: (
            bedrock.CfnGuardrail.SensitiveInformationPolicyConfigProperty | None
        ) = None,
        contextual_grounding_policy_config: (
            bedrock.CfnGuardrail.ContextualGroundingPolicyConfigProperty | None
        ) = None,
    ) -> None:
        check_pattern("name", name, r"[0-9a-zA-Z_-]{1,50}", "use 1-50 letters, digits, - and _")
        check_length("description", description, 1, 200)
        check_length("blocked_input_messaging", blocked_input_messaging, 1, 500)
        check_length("blocked_outputs_messaging", blocked_outputs_messaging, 1, 500)
        policies = {
            "content_policy_config": content_policy_config,
            "topic_policy_config": topic_policy_config,
            "word_policy_config": word_policy_config,
            "sensitive_information_policy_config": sensitive_information_policy_config,
            "contextual_grounding_policy_config": contextual_grounding_policy_config,
        }
        if not any(policies.values()):
            raise PlanesError(
                f"the guardrail `{name}` filters nothing: give one of {', '.join(f'`{p}`' for p in policies)}"
            )
        super().__init__(scope, construct_id)
        self._l1 = RecordingGuardrail(
            self,
            "Resource",
            name=name,
            description=description,
            blocked_input_messaging=blocked_input_messaging,
            blocked_outputs_messaging=blocked_outputs_messaging,
            **policies,
        )
        self.guardrail_id: str = self._l1.attr_guardrail_id
        self.guardrail_arn: str = self._l1.attr_guardrail_arn

    def fingerprint(self) -> str:
        """Return a short hash of everything that the service sees of this guardrail, without its tags."""
        return fingerprint(self._l1)

    def create_version(
        self, construct_id: str = "Version", *, description: str | None = None
    ) -> GuardrailVersion:
        """Make a version of the content as it is at the end of the synthesis."""
        return GuardrailVersion(self, construct_id, guardrail=self, description=description)

    @staticmethod
    def from_guardrail_arn(scope: Construct, construct_id: str, guardrail_arn: str) -> GuardrailBase:
        """Refer to a guardrail that exists."""
        [found] = check_arn("guardrail_arn", guardrail_arn, "guardrail", "abcdef123456")
        imported = GuardrailBase(scope, construct_id)
        imported.guardrail_arn = guardrail_arn
        imported.guardrail_id = found
        return imported


@jsii.implements(cdk.IStringProducer, IValidation)
class _VersionId:
    """The version's logical id, which ends in the fingerprint of the guardrail.

    It is asked for many times during the synthesis; only once the aspects have run is the content final.
    """

    def __init__(self, guardrail: Guardrail, stem: str) -> None:
        self._guardrail, self._stem = guardrail, stem
        self._final: str | None = None

    def produce(self, context: cdk.IResolveContext) -> str:  # noqa: ARG002 - the interface fixes the parameters
        return self._final or self._stem + self._guardrail.fingerprint()

    def validate(self) -> list[str]:
        # Called after the aspects and before any template is written.
        self._final = self._stem + self._guardrail.fingerprint()
        return []


@jsii.implements(refs.IGuardrailVersionRef)
class GuardrailVersionBase(cdk.Resource):
    """What a version of a guardrail of this app and an imported one have in common."""

    guardrail_id: str
    version: str

    @property
    def guardrail_version_ref(self) -> refs.GuardrailVersionReference:
        """The reference that other libraries' constructs take."""
        return refs.GuardrailVersionReference(guardrail_id=self.guardrail_id, version=self.version)


class GuardrailVersion(GuardrailVersionBase):
    """A fixed version of a guardrail; a change of the guardrail's content makes a new one and keeps the old.

    The logical id changes with the content, so pass ``version`` to another stack through an SSM parameter and
    not as a cross-stack export, which could never change again.

    Args:
        guardrail: A guardrail of this app: its content decides when a new version is made.
        description: At most 200 characters. Default: none.

    Attributes:
        guardrail_id: The id of the guardrail.
        version: The number of the version.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-bedrock-guardrailversion.html
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, guardrail: Guardrail, description: str | None = None
    ) -> None:
        check_length("description", description, 1, 200)
        super().__init__(scope, construct_id)
        self._l1 = bedrock.CfnGuardrailVersion(
            self, "Resource", guardrail_identifier=guardrail.guardrail_id, description=description
        )
        # Callers may still name the old version; deleting the guardrail deletes its versions.
        self._l1.apply_removal_policy(cdk.RemovalPolicy.RETAIN)
        stem: str = cdk.Stack.of(self).resolve(self._l1.logical_id)[:240]
        producer = _VersionId(guardrail, stem)
        self._l1.override_logical_id(cdk.Lazy.uncached_string(producer))
        self.node.add_validation(producer)
        self.guardrail_id: str = guardrail.guardrail_id
        self.version: str = self._l1.attr_version

    @staticmethod
    def from_guardrail_version_attributes(
        scope: Construct, construct_id: str, *, guardrail_id: str, version: str
    ) -> GuardrailVersionBase:
        """Refer to a version that exists; ``version`` is its number, or ``DRAFT`` for the changing draft."""
        check_pattern("guardrail_id", guardrail_id, r"[a-z0-9]+", "pass the id of a guardrail, not its ARN")
        check_pattern("version", version, r"[1-9][0-9]{0,7}|DRAFT", "pass a number, or DRAFT")
        imported = GuardrailVersionBase(scope, construct_id)
        imported.guardrail_id = guardrail_id
        imported.version = version
        return imported
