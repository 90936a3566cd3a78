"""Guardrails: applying one, requiring one, and what enforced ones ask of every caller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib import grants as _grants
from constructs_lib.cdk_support import key_arn_of
from constructs_lib.grants.facades.base import GrantsTo

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_iam as iam
    from aws_cdk.interfaces import aws_bedrock as refs
    from aws_cdk.interfaces import aws_kms as kms_refs

    from constructs_lib.catalogue.verbs import Target
    from constructs_lib.grants import HasGuardrailArn

    GuardrailLike = str | refs.IGuardrailRef | HasGuardrailArn

__all__ = ["GuardrailGrants"]


class GuardrailGrants(GrantsTo):
    """Grants of guardrails."""

    def apply_guardrail(
        self,
        guardrail: GuardrailLike,
        *,
        profile: str | None = None,
        destination_regions: Sequence[str] = (),
        key: str | kms_refs.IKeyRef | None = None,
        control_reads: bool = False,
    ) -> iam.Grant:
        """Allow ``ApplyGuardrail``, by itself and inside a model call.

        Args:
            guardrail: The guardrail.
            profile: Id of the guardrail profile (``us.guardrail.v1:0``) when the guardrail works across
                Regions. Default: that of the construct, and none for an ARN or id.
            destination_regions: Where the profile may evaluate. Default: what AWS documents for the profile
                and the guardrail's Region
                (https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-cross-region-support.html);
                in a stack without a fixed Region, what it documents for all source Regions together.
            key: The key that the guardrail is encrypted with. Default: that of the construct, and AWS's own
                for an ARN or id.
            control_reads: Whether ``GetGuardrail`` on it is allowed too, which an :class:`AppRole` takes with
                its own ``control_reads`` only. Default: no.
        """
        return self._give(
            "apply_guardrail",
            self._guardrail(guardrail, profile, destination_regions, key),
            control_reads=control_reads,
        )

    def enforced_guardrail(
        self,
        guardrail: GuardrailLike,
        *,
        profile: str | None = None,
        destination_regions: Sequence[str] = (),
        key: str | kms_refs.IKeyRef | None = None,
        control_reads: bool = False,
    ) -> iam.Grant:
        """Allow what a guardrail that the account or the organization enforces asks of every caller.

        Without it the model calls of this role fail once the guardrail is enforced. The guardrail may be
        another account's: pass its ARN. The parameters are those of :meth:`apply_guardrail`.
        """
        return self._give(
            "enforced_guardrail",
            self._guardrail(guardrail, profile, destination_regions, key),
            control_reads=control_reads,
        )

    def require_guardrail(
        self,
        guardrail: GuardrailLike,
        *,
        version: str | None = None,
        profile: str | None = None,
        destination_regions: Sequence[str] = (),
        key: str | kms_refs.IKeyRef | None = None,
        control_reads: bool = False,
    ) -> iam.Grant:
        """Deny model calls without this guardrail, and allow to apply it.

        The model calls that AWS makes inside RetrieveAndGenerate, Rerank, agents and agentic retrieval carry
        no guardrail: an app role refuses the two together, in whichever order they are given.

        Args:
            guardrail: The guardrail.
            version: A number, or ``DRAFT``. Default: any numbered version.
            profile: As for :meth:`apply_guardrail`.
            destination_regions: As for :meth:`apply_guardrail`.
            key: As for :meth:`apply_guardrail`.
            control_reads: As for :meth:`apply_guardrail`.
        """
        require = getattr(self._grantee, "require_guardrail", None)
        if callable(require):
            require()
        return self._give(
            "require_guardrail",
            self._guardrail(guardrail, profile, destination_regions, key),
            values=_grants.required_guardrail_values(self._scope, guardrail, version),
            control_reads=control_reads,
        )

    def guardrail_checks(self) -> iam.Grant:
        """Allow ``InvokeGuardrailChecks``, which takes its checks with the call."""
        return self._give("guardrail_checks", {})

    def automated_reasoning(
        self, policy: str | refs.IAutomatedReasoningPolicyRef | refs.IAutomatedReasoningPolicyVersionRef
    ) -> iam.Grant:
        """Allow an Automated Reasoning policy, or one version of it, inside a guardrail."""
        return self._give("automated_reasoning", {"policy": self._on("policy", policy)})

    def _guardrail(
        self, guardrail: Any, profile: str | None, regions: Sequence[str], key: Any
    ) -> dict[str, Sequence[Target]]:
        key_arn = key_arn_of(key)
        return _grants.guardrail_targets(
            self._scope, guardrail, profile=profile, regions=regions, key_arn=key_arn
        )
