"""Versions of a guardrail: a new one for each content, the old ones kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
import jsii
from aws_cdk import aws_bedrock as bedrock
from aws_cdk.interfaces import aws_bedrock as refs
from constructs import IValidation

from constructs_lib.cdk_support import check_length, check_pattern
from constructs_lib.grants import GuardrailNeeds

if TYPE_CHECKING:
    from constructs import Construct

    from constructs_lib.control_plane.guardrail import Guardrail

__all__ = ["GuardrailVersion", "GuardrailVersionBase"]


@jsii.implements(cdk.IStringProducer, IValidation)
class _Content:
    """A text that ends in the fingerprint of a guardrail.

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
    needs: GuardrailNeeds = GuardrailNeeds()
    """What callers need beside the guardrail: its profile, its key, its Automated Reasoning policies."""

    @property
    def guardrail_version_ref(self) -> refs.GuardrailVersionReference:
        """The reference that other libraries' constructs take."""
        return refs.GuardrailVersionReference(guardrail_id=self.guardrail_id, version=self.version)


class GuardrailVersion(GuardrailVersionBase):
    """A fixed version of a guardrail; a change of the guardrail's content makes a new one and keeps the old.

    A deployment that is rolled back leaves no version. The logical id changes with the content, so pass
    ``version`` to another stack through an SSM parameter and not as a cross-stack export, which could never
    change again.

    Args:
        guardrail: A guardrail of this app: its content decides when a new version is made.
        description: At most 200 characters. Default: none.

    Attributes:
        guardrail_id: The id of the guardrail.
        guardrail_arn: The ARN of the guardrail, known at deployment.
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
        # Callers may still name the old version; deleting the guardrail deletes its versions. What a failed
        # deployment made is deleted, or it would use up one of the 20 that AWS allows.
        self._l1.apply_removal_policy(cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
        stem: str = cdk.Stack.of(self).resolve(self._l1.logical_id)[:240]
        producer = _Content(guardrail, stem)
        self._l1.override_logical_id(cdk.Lazy.uncached_string(producer))
        self.node.add_validation(producer)
        self.guardrail_id: str = guardrail.guardrail_id
        self.guardrail_arn: str = self._l1.attr_guardrail_arn
        self.version: str = self._l1.attr_version
        self.needs = guardrail.needs

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
