"""The grants table applied with the CDK: behind every ``grant_*`` method and every facade.

``arns`` turns constructs, ids and tokens into ARNs, for which ``environment`` has partition, Region and
account; ``emit`` gives the statements of a verb to a principal.
"""

from __future__ import annotations

from constructs_lib.lazily import exports

TYPE_CHECKING = False  # as typing's, without the cost of importing typing
if TYPE_CHECKING:
    from constructs_lib.grants.arns import (
        HasAliasArn,
        HasGuardrailArn,
        ModelLike,
        arn_of,
        control_read,
        model_arn,
        model_id,
        on_arns,
        on_call,
        on_model,
        on_resources,
        required_guardrail_values,
    )
    from constructs_lib.grants.emit import ChecksGrants, deny, grant, statement_json
    from constructs_lib.grants.environment import Environment, environment_of
    from constructs_lib.grants.generation import check_generates
    from constructs_lib.grants.guardrails import GuardrailNeeds, guardrail_targets, profile_arns
    from constructs_lib.grants.models import HasModel, Model

__all__ = [
    "ChecksGrants",
    "Environment",
    "GuardrailNeeds",
    "HasAliasArn",
    "HasGuardrailArn",
    "HasModel",
    "Model",
    "ModelLike",
    "arn_of",
    "check_generates",
    "control_read",
    "deny",
    "environment_of",
    "grant",
    "guardrail_targets",
    "model_arn",
    "model_id",
    "on_arns",
    "on_call",
    "on_model",
    "on_resources",
    "profile_arns",
    "required_guardrail_values",
    "statement_json",
]

__getattr__, __dir__ = exports(
    __name__,
    {
        "arns": (
            "HasAliasArn",
            "HasGuardrailArn",
            "ModelLike",
            "arn_of",
            "control_read",
            "model_arn",
            "model_id",
            "on_arns",
            "on_call",
            "on_model",
            "on_resources",
            "required_guardrail_values",
        ),
        "emit": ("ChecksGrants", "deny", "grant", "statement_json"),
        "environment": ("Environment", "environment_of"),
        "models": ("HasModel", "Model"),
        "guardrails": ("GuardrailNeeds", "guardrail_targets", "profile_arns"),
        "generation": ("check_generates",),
    },
)
