"""A guardrail that every model call of an account, or of an organization, passes."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_organizations as organizations
from aws_cdk.interfaces import aws_bedrock as refs
from aws_cdk.interfaces import aws_organizations as organization_refs

from constructs_lib import grants as _grants
from constructs_lib.cdk_support import (
    PlanesError,
    check_choice,
    check_items,
    check_length,
    check_pattern,
    is_token,
    with_explained_calls,
)
from constructs_lib.control_plane.naming import path_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_iam as iam
    from constructs import Construct

__all__ = [
    "ContentGuarding",
    "EnforcedGuardrail",
    "EnforcedGuardrailBase",
    "OrganizationGuardrail",
    "OrganizationGuardrailBase",
]

# https://docs.aws.amazon.com/bedrock/latest/APIReference/API_ModelEnforcement.html
_MODEL = r"([a-z0-9-]{1,63}[.][a-z0-9-]{1,63})(:[a-z0-9-]{1,63}){0,2}(/[a-z0-9]{12})?"


class ContentGuarding(Enum):
    """Which content an enforced guardrail evaluates."""

    SELECTIVE = "SELECTIVE"
    """What the caller marks for the guardrail."""
    COMPREHENSIVE = "COMPREHENSIVE"
    """All of it, whatever the caller marks."""


class _Enforced(cdk.Resource):
    """What the enforcement by an account and by an organization have in common."""

    guardrail_arn: str
    needs: _grants.GuardrailNeeds
    """What callers need beside the guardrail: its profile, its key, its Automated Reasoning policies."""

    def _take(self, guardrail: refs.IGuardrailVersionRef) -> refs.GuardrailVersionReference:
        """Remember what callers need of a version; refuse the draft."""
        version = guardrail.guardrail_version_ref
        if version.version == "DRAFT":
            raise PlanesError(
                "`guardrail` is the draft, and AWS enforces numbered versions only: pass a version"
            )
        stack = cdk.Stack.of(self)
        self.guardrail_arn = (
            f"arn:{stack.partition}:bedrock:{stack.region}:{stack.account}:guardrail/{version.guardrail_id}"
        )
        needs = getattr(guardrail, "needs", None)
        self.needs = needs if isinstance(needs, _grants.GuardrailNeeds) else _grants.GuardrailNeeds()
        return version

    def grant_call(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow what the enforced guardrail asks of everyone who calls a model (data plane).

        Model calls of whoever lacks it fail with AccessDenied as soon as the guardrail is enforced.

        Source: https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-resource-based-policies.html
        """
        return _grants.grant(grantee, "enforced_guardrail", self._targets())

    def caller_statements(self) -> list[dict[str, Any]]:
        """Return the same permissions as IAM's JSON, for policies that this app doesn't write."""
        return _grants.statement_json("enforced_guardrail", self._targets())

    def _targets(self) -> dict[str, Any]:
        return dict(_grants.guardrail_targets(self, self.guardrail_arn, needs=self.needs))


@jsii.implements(refs.IEnforcedGuardrailConfigurationRef)
class EnforcedGuardrailBase(cdk.Resource):
    """What an enforced guardrail of this app and an imported one have in common."""

    config_id: str

    @property
    def enforced_guardrail_configuration_ref(self) -> refs.EnforcedGuardrailConfigurationReference:
        """The reference that other libraries' constructs take."""
        return refs.EnforcedGuardrailConfigurationReference(config_id=self.config_id)


@with_explained_calls
class EnforcedGuardrail(_Enforced, EnforcedGuardrailBase):
    """A guardrail that every model call of this account and Region passes.

    A new version is enforced in place. Everyone who calls a model needs :meth:`grant_call`: give it before
    the guardrail is enforced, or their calls fail.

    Args:
        guardrail: The version, of this account and Region.
        included_models: Ids of the models that are guarded, or ``ALL``. Default: ``ALL``.
        excluded_models: Ids of models that are not guarded, such as embedding models. Default: none.
        messages: Which of the messages are evaluated. Default: AWS's.
        system: Which of the system prompts are evaluated. Default: AWS's.

    Attributes:
        config_id: Its id.
        guardrail_arn: The guardrail.
        created_at: When it was made, known at deployment, as the next ones are.
        created_by: Who made it.
        updated_at: When it was changed.
        updated_by: Who changed it.
        owner: ``ACCOUNT``.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-bedrock-enforcedguardrailconfiguration.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        guardrail: refs.IGuardrailVersionRef,
        included_models: Sequence[str] = ("ALL",),
        excluded_models: Sequence[str] = (),
        messages: ContentGuarding | None = None,
        system: ContentGuarding | None = None,
    ) -> None:
        _check(included_models, excluded_models, messages, system)
        super().__init__(scope, construct_id)
        version = self._take(guardrail)
        l1 = bedrock.CfnEnforcedGuardrailConfiguration
        self._l1 = l1(
            self,
            "Resource",
            guardrail_identifier=version.guardrail_id,
            guardrail_version=version.version,
            model_enforcement=l1.ModelEnforcementProperty(
                included_models=list(included_models), excluded_models=list(excluded_models)
            ),
            selective_content_guarding=(
                l1.SelectiveContentGuardingProperty(
                    messages=messages.value if messages else None, system=system.value if system else None
                )
                if messages or system
                else None
            ),
        )
        self.config_id: str = self._l1.attr_config_id
        self.created_at: str = self._l1.attr_created_at
        self.created_by: str = self._l1.attr_created_by
        self.updated_at: str = self._l1.attr_updated_at
        self.updated_by: str = self._l1.attr_updated_by
        self.owner: str = self._l1.attr_owner

    @staticmethod
    def from_config_id(scope: Construct, construct_id: str, config_id: str) -> EnforcedGuardrailBase:
        """Refer to an enforced guardrail that exists."""
        check_pattern("config_id", config_id, r"[a-z0-9]+", "pass the id of an enforced configuration")
        imported = EnforcedGuardrailBase(scope, construct_id)
        imported.config_id = config_id
        return imported


@jsii.implements(organization_refs.IPolicyRef)
class OrganizationGuardrailBase(cdk.Resource):
    """What the policy of an organization of this app and an imported one have in common."""

    policy_arn: str
    policy_id: str

    @property
    def policy_ref(self) -> organization_refs.PolicyReference:
        """The reference that other libraries' constructs take."""
        return organization_refs.PolicyReference(policy_arn=self.policy_arn, policy_id=self.policy_id)


@with_explained_calls
class OrganizationGuardrail(_Enforced, OrganizationGuardrailBase):
    """A guardrail that the model calls of an organization's accounts pass, in one Region.

    It is an Amazon Bedrock policy of AWS Organizations, so its stack is deployed in the management account,
    or in an administrator account that the organization delegated. Callers in the accounts need
    ``role.grants.enforced_guardrail(arn, profile=...)``, and the guardrail a resource policy: make it with
    ``guardrail.share_with_organization(...)``.

    Args:
        guardrail: The version, of this account and Region; AWS takes none with Automated Reasoning policies.
        targets: Ids of roots, organizational units and accounts. Default: none, so that nothing is enforced
            yet.
        policy_name: 1-128 characters. Default: made from the construct's path.
        description: At most 512 characters. Default: none.
        included_models: Ids of the models that are guarded, or ``ALL``. Default: ``ALL``.
        excluded_models: Ids of models that are not guarded. Default: none.
        messages: Which of the messages are evaluated. Default: AWS's.
        system: Which of the system prompts are evaluated. Default: AWS's.

    Attributes:
        policy_id: The id of the policy.
        policy_arn: Its ARN.
        guardrail_arn: The guardrail.

    Source: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_bedrock_syntax.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        guardrail: refs.IGuardrailVersionRef,
        targets: Sequence[str] = (),
        policy_name: str | None = None,
        description: str | None = None,
        included_models: Sequence[str] = ("ALL",),
        excluded_models: Sequence[str] = (),
        messages: ContentGuarding | None = None,
        system: ContentGuarding | None = None,
    ) -> None:
        _check(included_models, excluded_models, messages, system)
        check_length("policy_name", policy_name, 1, 128)
        check_length("description", description, 1, 512)
        check_items("targets", targets, str, "ids of roots, organizational units and accounts")
        for target in targets:
            check_pattern(
                "targets",
                target,
                r"r-[0-9a-z]{4,32}|\d{12}|ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}",
                "pass ids such as `r-ab12`, `ou-ab12-cdef3456` or `111122223333`",
            )
        super().__init__(scope, construct_id)
        version = self._take(guardrail)
        if self.needs.policy_arns:
            # https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_bedrock_best_practices.html
            raise PlanesError(
                "`guardrail` has Automated Reasoning policies, which AWS doesn't enforce in an organization: "
                "pass a version of a guardrail without them"
            )
        region = cdk.Stack.of(self).region
        if is_token(region):
            raise PlanesError(
                f"the stack of `{self.node.path}` has no fixed Region, and the policy names it: give the "
                "stack `env=cdk.Environment(region=...)`"
            )
        config: dict[str, Any] = {
            "identifier": _assign(f"{self.guardrail_arn}:{version.version}"),
            "model_enforcement": {
                "included_models": _assign(list(included_models)),
                "excluded_models": _assign(list(excluded_models)),
            },
        }
        guarding = {"system": system, "messages": messages}
        chosen = {part: _assign(one.value.lower()) for part, one in guarding.items() if one}
        if chosen:
            config["selective_content_guarding"] = chosen
        self._l1 = organizations.CfnPolicy(
            self,
            "Resource",
            name=policy_name or path_name(self, 128),
            description=description,
            type="BEDROCK_POLICY",
            target_ids=list(targets) or None,
            content={"bedrock": {"guardrail_inference": {region: {"config_1": config}}}},
        )
        self.policy_id: str = self._l1.attr_id
        self.policy_arn: str = self._l1.attr_arn

    @staticmethod
    def from_policy_arn(scope: Construct, construct_id: str, policy_arn: str) -> OrganizationGuardrailBase:
        """Refer to a policy that exists."""
        check_pattern(
            "policy_arn",
            policy_arn,
            r"arn:[\w-]+:organizations::\d{12}:policy/o-[a-z0-9]+/bedrock_policy/p-[0-9a-zA-Z_]+",
            "pass an ARN such as "
            "arn:aws:organizations::111122223333:policy/o-a1b2c3d4e5/bedrock_policy/p-abcd1234",
        )
        imported = OrganizationGuardrailBase(scope, construct_id)
        imported.policy_arn = policy_arn
        imported.policy_id = cdk.Fn.select(3, cdk.Fn.split("/", policy_arn))
        return imported


def _assign(value: object) -> Mapping[str, object]:
    return {"@@assign": value}


def _check(
    included: Sequence[str],
    excluded: Sequence[str],
    messages: ContentGuarding | None,
    system: ContentGuarding | None,
) -> None:
    check_choice("messages", messages, ContentGuarding, optional=True)
    check_choice("system", system, ContentGuarding, optional=True)
    for prop, models in (("included_models", included), ("excluded_models", excluded)):
        check_items(prop, models, str, "ids of models")
        form = rf"ALL|{_MODEL}" if prop == "included_models" else _MODEL
        for model in models:
            check_pattern(prop, model, form, "pass ids of models, such as `amazon.nova-lite-v1:0`, not ARNs")
    if "ALL" in included and len(included) > 1:
        raise PlanesError("`included_models` has `ALL`, which is every model: leave the other ids out")
    for model in excluded:
        if model in included:
            raise PlanesError(
                f"`excluded_models` has `{model}`, which `included_models` has too: name it in one of them"
            )
    if not included:
        raise PlanesError(
            "`included_models` is empty, so nothing would be guarded: pass `ALL` or ids of models"
        )
