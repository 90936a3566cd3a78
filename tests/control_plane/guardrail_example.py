"""A guardrail with every prop, for the tests of its template, its grants and its coverage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import aws_kms as kms

from constructs_lib import (
    ContentFilter,
    ContentFilterType,
    ContextualGrounding,
    ContextualGroundingType,
    DeniedTopic,
    FilterAction,
    FilterStrength,
    Guardrail,
    GuardrailTier,
    ManagedWordList,
    ManagedWordListType,
    Modality,
    PiiEntity,
    PiiEntityType,
    RegexFilter,
    SensitiveInformationAction,
    Word,
)

if TYPE_CHECKING:
    from constructs import Construct

__all__ = ["KEY_ARN", "POLICY_ARN", "every_prop"]

KEY_ARN = "arn:aws:kms:us-east-1:111122223333:key/11111111-2222-3333-4444-555555555555"
POLICY_ARN = "arn:aws:bedrock:us-east-1:111122223333:automated-reasoning-policy/abcdefghijkl:1"

_WAYS: Any = {
    "input_action": FilterAction.BLOCK,
    "output_action": FilterAction.NONE,
    "input_enabled": True,
    "output_enabled": False,
}
_MASKING: Any = {
    **_WAYS,
    "input_action": SensitiveInformationAction.BLOCK,
    "output_action": SensitiveInformationAction.ANONYMIZE,
}


def every_prop(scope: Construct, construct_id: str = "G") -> Guardrail:
    """Make a guardrail that sets each property of the resource type."""
    return Guardrail(
        scope,
        construct_id,
        guardrail_name="answers",
        blocked_input_messaging="No.",
        blocked_outputs_messaging="Not this either.",
        description="Keeps answers civil",
        content_filters=[
            ContentFilter(
                type=ContentFilterType.HATE,
                input_strength=FilterStrength.LOW,
                output_strength=FilterStrength.MEDIUM,
                input_modalities=[Modality.TEXT, Modality.IMAGE],
                output_modalities=[Modality.TEXT],
                **_WAYS,
            ),
            ContentFilter.prompt_attack(),
        ],
        content_tier=GuardrailTier.STANDARD,
        denied_topics=[DeniedTopic(name="Advice", definition="x" * 1000, examples=["Buy?"], **_WAYS)],
        topic_tier=GuardrailTier.STANDARD,
        words=["secret", Word("codename", **_WAYS)],
        managed_word_lists=[ManagedWordList(ManagedWordListType.PROFANITY, **_WAYS)],
        pii_entities=[PiiEntity(PiiEntityType.EMAIL, SensitiveInformationAction.NONE, **_MASKING)],
        regexes=[RegexFilter(name="Ticket", pattern=r"T-\d+", description="Our tickets", **_MASKING)],
        contextual_grounding=[
            ContextualGrounding(
                type=ContextualGroundingType.GROUNDING,
                threshold=0.8,
                action=FilterAction.BLOCK,
                enabled=True,
            ),
            ContextualGrounding.relevance(0.5),
        ],
        automated_reasoning_policies=[POLICY_ARN],
        automated_reasoning_threshold=0.9,
        cross_region="us",
        encryption_key=kms.Key.from_key_arn(scope, f"{construct_id}Key", KEY_ARN),
        tags={"team": "chat"},
    )
