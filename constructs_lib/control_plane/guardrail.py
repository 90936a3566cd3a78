"""A guardrail: its filters, where it works, who may apply it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_bedrock as bedrock
from aws_cdk.interfaces import aws_bedrock as refs
from constructs import IValidation

from constructs_lib import grants as _grants
from constructs_lib.catalogue import verbs
from constructs_lib.cdk_support import (
    PlanesError,
    check_arn,
    check_choice,
    check_items,
    check_key_arn,
    check_length,
    check_number,
    check_once,
    check_pattern,
    check_tags,
    is_token,
    key_arn_of,
    with_explained_calls,
)
from constructs_lib.control_plane.fingerprint import RecordingGuardrail, fingerprint
from constructs_lib.control_plane.guardrail_policies import (
    ContentFilter,
    ContextualGrounding,
    DeniedTopic,
    GuardrailTier,
    ManagedWordList,
    PiiEntity,
    RegexFilter,
    Word,
)
from constructs_lib.control_plane.guardrail_version import GuardrailVersion
from constructs_lib.control_plane.naming import path_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_iam as iam
    from aws_cdk.interfaces import aws_kms as kms_refs
    from constructs import Construct

__all__ = ["Guardrail", "GuardrailBase"]

_L1 = bedrock.CfnGuardrail
# https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-tiers.html
_CLASSIC_DEFINITION = 200
_REASONING_POLICY = r"[a-z0-9]{12}(:[1-9][0-9]{0,11})?"
_MESSAGE = "Sorry, the model cannot answer this question."


@jsii.implements(refs.IGuardrailRef)
class GuardrailBase(cdk.Resource):
    """What a guardrail of this app and an imported one have in common."""

    guardrail_arn: str
    guardrail_id: str
    needs: _grants.GuardrailNeeds = _grants.GuardrailNeeds()
    """What callers need beside the guardrail: its profile, its key, its Automated Reasoning policies."""

    @property
    def guardrail_ref(self) -> refs.GuardrailReference:
        """The reference that other libraries' constructs take."""
        return refs.GuardrailReference(guardrail_arn=self.guardrail_arn)

    def grant_apply(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow ``ApplyGuardrail``, by itself and inside a model call (data plane)."""
        return _grants.grant(grantee, "apply_guardrail", _grants.guardrail_targets(self, self))

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
            _grants.guardrail_targets(self, self),
            values=_grants.required_guardrail_values(self, self.guardrail_arn, version),
        )

    def share_with_account(self, account: str) -> None:
        """Let the roles of an account apply this guardrail, with the guardrail's own resource policy.

        The callers need ``role.grants.enforced_guardrail(arn, profile=...)`` in their account too. The policy
        of a profile is attached in the guardrail's own Region only: that of the other destination Regions is
        attached from stacks there.

        Args:
            account: The account's number.

        Raises:
            PlanesError: It is no account number.

        Source: https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-resource-based-policies.html
        """
        check_pattern("account", account, r"\d{12}", "pass the 12 digits of an account")
        partition = cdk.Stack.of(self).partition
        self._share({"Principal": {"AWS": f"arn:{partition}:iam::{account}:root"}}, account)

    def share_with_organization(self, organization_id: str) -> None:
        """Let the roles of an organization apply this guardrail, as :meth:`share_with_account` does.

        Args:
            organization_id: Such as ``o-a1b2c3d4e5``.

        Raises:
            PlanesError: It is no id of an organization.
        """
        check_pattern(
            "organization_id", organization_id, r"o-[a-z0-9]{10,32}", "pass an id such as `o-a1b2c3d4e5`"
        )
        condition = {"StringEquals": {"aws:PrincipalOrgID": organization_id}}
        self._share({"Principal": "*", "Condition": condition}, organization_id)

    def _share(self, whom: Mapping[str, Any], name: str) -> None:
        """Add a statement to the resource policies of the guardrail and of its profile here."""
        shared: dict[str, dict[str, Any]] = self.__dict__.setdefault("_shared", {})
        if name in shared:
            return
        shared[name] = dict(whom)
        stack = cdk.Stack.of(self)
        on = {"ResourcePolicy": (self.guardrail_arn, ["bedrock:ApplyGuardrail", "bedrock:GetGuardrail"])}
        if self.needs.profile is not None:
            profile = f"guardrail-profile/{self.needs.profile}"
            arn = f"arn:{stack.partition}:bedrock:{stack.region}:{stack.account}:{profile}"
            on["ProfilePolicy"] = (arn, ["bedrock:ApplyGuardrail"])
        for child, (arn, actions) in on.items():
            statements = [
                {"Effect": "Allow", **to, "Action": actions, "Resource": arn} for to in shared.values()
            ]
            document = {"Version": "2012-10-17", "Statement": statements}
            policy = self.node.try_find_child(child)
            if isinstance(policy, bedrock.CfnResourcePolicy):
                policy.policy_document = document
            else:
                bedrock.CfnResourcePolicy(self, child, resource_arn=arn, policy_document=document)


@with_explained_calls
class Guardrail(GuardrailBase):
    """A guardrail: what prompts and answers may not contain.

    Its name and everything else can be changed in place: nothing replaces it.

    Args:
        guardrail_name: 1-50 letters, digits, ``-`` and ``_``, unique in the account and Region. Default:
            made from the construct's path.
        blocked_input_messaging: What the caller reads when a prompt is blocked, 1-500 characters. Default:
            ``Sorry, the model cannot answer this question.``
        blocked_outputs_messaging: What the caller reads when an answer is blocked, 1-500 characters.
            Default: as ``blocked_input_messaging``'s.
        description: At most 200 characters. Default: none.
        content_filters: Harmful content, one filter for each category at most. Default: none.
        content_tier: Which models evaluate ``content_filters``. Default: AWS's, ``CLASSIC``.
        denied_topics: At most 30. Default: none.
        topic_tier: Which models evaluate ``denied_topics``. Default: AWS's, ``CLASSIC``.
        words: Words and phrases, at most 10,000. Default: none.
        managed_word_lists: Lists that AWS keeps. Default: none.
        pii_entities: Personal data. Default: none.
        regexes: Sensitive information by patterns of one's own, at most 30. Default: none.
        contextual_grounding: Thresholds for grounding and relevance. Default: none.
        automated_reasoning_policies: At most 2, as constructs or ARNs; name their versions. Default: none.
        automated_reasoning_threshold: The confidence from 0 to 1 at which they act. Default: AWS's.
        cross_region: Id of the guardrail profile (``us.guardrail.v1:0``), or its geography (``us``), with
            which the guardrail may be evaluated in other Regions; callers are granted it too. Default: it
            works in its Region only.
        destination_regions: Where that profile may evaluate. Default: what AWS documents for this Region.
        encryption_key: The customer managed key; callers are granted its use too. Default: AWS's own.
        tags: Keys and values. Default: none beside those of ``cdk.Tags``.
        content_policy_config: The L1's structure in place of ``content_filters``. Default: none.
        topic_policy_config: The L1's structure in place of ``denied_topics``. Default: none.
        word_policy_config: The L1's structure in place of ``words``. Default: none.
        sensitive_information_policy_config: The L1's structure in place of ``pii_entities`` and ``regexes``.
            Default: none.
        contextual_grounding_policy_config: The L1's structure in place of ``contextual_grounding``.
            Default: none.

    At least one filter is needed at the end of the synthesis; the ``add_`` methods add more.

    Attributes:
        guardrail_id: Its id.
        guardrail_arn: Its ARN.
        status: Its status, known at deployment, as the next ones are.
        draft_version: ``DRAFT``.
        created_at: When it was made.
        updated_at: When it was changed.
        failure_recommendations: What AWS recommends after a failure.
        status_reasons: Why it has its status.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-bedrock-guardrail.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        guardrail_name: str | None = None,
        blocked_input_messaging: str = _MESSAGE,
        blocked_outputs_messaging: str = _MESSAGE,
        description: str | None = None,
        content_filters: Sequence[ContentFilter] = (),
        content_tier: GuardrailTier | None = None,
        denied_topics: Sequence[DeniedTopic] = (),
        topic_tier: GuardrailTier | None = None,
        words: Sequence[str | Word] = (),
        managed_word_lists: Sequence[ManagedWordList] = (),
        pii_entities: Sequence[PiiEntity] = (),
        regexes: Sequence[RegexFilter] = (),
        contextual_grounding: Sequence[ContextualGrounding] = (),
        automated_reasoning_policies: Sequence[
            str | refs.IAutomatedReasoningPolicyRef | refs.IAutomatedReasoningPolicyVersionRef
        ] = (),
        automated_reasoning_threshold: float | None = None,
        cross_region: str | None = None,
        destination_regions: Sequence[str] = (),
        encryption_key: kms_refs.IKeyRef | None = None,
        tags: Mapping[str, str] | None = None,
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
        check_pattern(
            "guardrail_name", guardrail_name, r"[0-9a-zA-Z_-]{1,50}", "use 1-50 letters, digits, - and _"
        )
        check_length("description", description, 1, 200)
        check_length("blocked_input_messaging", blocked_input_messaging, 1, 500)
        check_length("blocked_outputs_messaging", blocked_outputs_messaging, 1, 500)
        check_choice("content_tier", content_tier, GuardrailTier, optional=True)
        check_choice("topic_tier", topic_tier, GuardrailTier, optional=True)
        for prop, tier in (("content_tier", content_tier), ("topic_tier", topic_tier)):
            if tier is GuardrailTier.STANDARD and cross_region is None:
                raise PlanesError(
                    f"`{prop}` has the value `STANDARD`, which works across Regions only: give "
                    "`cross_region`, such as `us`"
                )
        if destination_regions and cross_region is None:
            raise PlanesError(
                "`destination_regions` belong to a guardrail profile: name it in `cross_region`"
            )
        super().__init__(scope, construct_id)
        profile = _profile(self, cross_region, destination_regions) if cross_region is not None else None
        stack = cdk.Stack.of(self)
        key_arn = key_arn_of(encryption_key)
        if key_arn is not None:
            check_key_arn("encryption_key", key_arn)
        self._tiers = {"content": content_tier, "topic": topic_tier}
        self._structures = {
            "content_policy_config": content_policy_config,
            "topic_policy_config": topic_policy_config,
            "word_policy_config": word_policy_config,
            "sensitive_information_policy_config": sensitive_information_policy_config,
            "contextual_grounding_policy_config": contextual_grounding_policy_config,
        }
        self._contents: list[ContentFilter] = []
        self._topics: list[DeniedTopic] = []
        self._words: list[Word] = []
        self._lists: list[ManagedWordList] = []
        self._entities: list[PiiEntity] = []
        self._regexes: list[RegexFilter] = []
        self._grounding: list[ContextualGrounding] = []
        policies = _policy_arns(self, automated_reasoning_policies)
        if automated_reasoning_threshold is not None:
            check_number("automated_reasoning_threshold", automated_reasoning_threshold, 0, 1)
            if not policies:
                raise PlanesError(
                    f"`automated_reasoning_threshold` has the value `{automated_reasoning_threshold}` "
                    "without `automated_reasoning_policies`: give both or neither"
                )
        self.needs = _grants.GuardrailNeeds(profile, tuple(destination_regions), key_arn, policies)
        self._l1 = RecordingGuardrail(
            self,
            "Resource",
            name=guardrail_name or path_name(self, 50),
            description=description,
            blocked_input_messaging=blocked_input_messaging,
            blocked_outputs_messaging=blocked_outputs_messaging,
            kms_key_arn=key_arn,
            cross_region_config=(
                _L1.GuardrailCrossRegionConfigProperty(
                    guardrail_profile_arn=f"arn:{stack.partition}:bedrock:{stack.region}:{stack.account}"
                    f":guardrail-profile/{profile}"
                )
                if profile
                else None
            ),
            automated_reasoning_policy_config=(
                _L1.AutomatedReasoningPolicyConfigProperty(
                    policies=list(policies), confidence_threshold=automated_reasoning_threshold
                )
                if policies
                else None
            ),
            tags=[cdk.CfnTag(key=key, value=value) for key, value in check_tags(tags).items()] or None,
            **self._structures,
        )
        self.guardrail_id: str = self._l1.attr_guardrail_id
        self.guardrail_arn: str = self._l1.attr_guardrail_arn
        self.status: str = self._l1.attr_status
        self.draft_version: str = self._l1.attr_version
        self.created_at: str = self._l1.attr_created_at
        self.updated_at: str = self._l1.attr_updated_at
        self.failure_recommendations: list[str] = self._l1.attr_failure_recommendations
        self.status_reasons: list[str] = self._l1.attr_status_reasons
        for add, values, prop in (
            (self.add_content_filter, content_filters, "content_filters"),
            (self.add_denied_topic, denied_topics, "denied_topics"),
            (self.add_word, words, "words"),
            (self.add_managed_word_list, managed_word_lists, "managed_word_lists"),
            (self.add_pii_entity, pii_entities, "pii_entities"),
            (self.add_regex, regexes, "regexes"),
            (self.add_contextual_grounding, contextual_grounding, "contextual_grounding"),
        ):
            check_items(prop, values, object, "")
            if values:
                add(*values)
        self.node.add_validation(_HasFilters(self))

    def add_content_filter(self, *filters: ContentFilter) -> None:
        """Filter more categories of harmful content.

        Raises:
            PlanesError: A value of another type, or a category that has a filter already.
        """
        check_items("content_filters", filters, ContentFilter, "a `ContentFilter`, such as `.hate()`")
        self._contents += filters
        check_once("content_filters", [one.type.value for one in self._contents])
        tier = self._tiers["content"]
        self._set(
            "content_policy_config",
            _L1.ContentPolicyConfigProperty(
                filters_config=[one.to_config() for one in self._contents],
                content_filters_tier_config=(
                    _L1.ContentFiltersTierConfigProperty(tier_name=tier.value) if tier else None
                ),
            ),
        )

    def add_denied_topic(self, *topics: DeniedTopic) -> None:
        """Deny more topics.

        Raises:
            PlanesError: A value of another type, a name that is used already, more than 30 topics, or a
                definition that is too long for the tier.
        """
        check_items("denied_topics", topics, DeniedTopic, "a `DeniedTopic(name=..., definition=...)`")
        tier = self._tiers["topic"]
        for topic in topics:
            long = len(topic.definition) > _CLASSIC_DEFINITION and not is_token(topic.definition)
            if long and tier is not GuardrailTier.STANDARD:
                raise PlanesError(
                    f"`definition` of the topic `{topic.name}` must have 1 to {_CLASSIC_DEFINITION} "
                    f"characters, got {len(topic.definition)}: shorten it, or use "
                    "`topic_tier=GuardrailTier.STANDARD` with `cross_region`"
                )
        self._topics += topics
        check_items("denied_topics", self._topics, DeniedTopic, "", most=30)
        check_once("denied_topics", [topic.name for topic in self._topics])
        self._set(
            "topic_policy_config",
            _L1.TopicPolicyConfigProperty(
                topics_config=[topic.to_config() for topic in self._topics],
                topics_tier_config=_L1.TopicsTierConfigProperty(tier_name=tier.value) if tier else None,
            ),
        )

    def add_word(self, *words: str | Word) -> None:
        """Deny more words and phrases.

        Raises:
            PlanesError: A value of another type, or more than 10,000 words.
        """
        check_items("words", words, (str, Word), "a text, or a `Word`")
        self._words += [Word(word) if isinstance(word, str) else word for word in words]
        check_items("words", self._words, Word, "", most=10_000)
        self._set_words()

    def add_managed_word_list(self, *lists: ManagedWordList) -> None:
        """Deny the words of AWS's lists.

        Raises:
            PlanesError: A value of another type, or a list that is used already.
        """
        check_items("managed_word_lists", lists, ManagedWordList, "a `ManagedWordList()`")
        self._lists += lists
        check_once("managed_word_lists", [one.type.value for one in self._lists])
        self._set_words()

    def add_pii_entity(self, *entities: PiiEntity) -> None:
        """Block or mask more kinds of personal data.

        Raises:
            PlanesError: A value of another type, or a kind that is used already.
        """
        check_items("pii_entities", entities, PiiEntity, "a `PiiEntity(PiiEntityType.EMAIL)`")
        self._entities += entities
        check_once("pii_entities", [one.type.value for one in self._entities])
        self._set_sensitive()

    def add_regex(self, *regexes: RegexFilter) -> None:
        """Block or mask what more patterns match.

        Raises:
            PlanesError: A value of another type, a name that is used already, or more than 30 patterns.
        """
        check_items("regexes", regexes, RegexFilter, "a `RegexFilter(name=..., pattern=...)`")
        self._regexes += regexes
        check_items("regexes", self._regexes, RegexFilter, "", most=30)
        check_once("regexes", [one.name for one in self._regexes])
        self._set_sensitive()

    def add_contextual_grounding(self, *filters: ContextualGrounding) -> None:
        """Measure answers against their source or question.

        Raises:
            PlanesError: A value of another type, or a measure that is used already.
        """
        remedy = "a `ContextualGrounding`, such as `.grounding(0.8)`"
        check_items("contextual_grounding", filters, ContextualGrounding, remedy)
        self._grounding += filters
        check_once("contextual_grounding", [one.type.value for one in self._grounding])
        self._set(
            "contextual_grounding_policy_config",
            _L1.ContextualGroundingPolicyConfigProperty(
                filters_config=[one.to_config() for one in self._grounding]
            ),
        )

    def _set_words(self) -> None:
        self._set(
            "word_policy_config",
            _L1.WordPolicyConfigProperty(
                words_config=[one.to_config() for one in self._words] or None,
                managed_word_lists_config=[one.to_config() for one in self._lists] or None,
            ),
        )

    def _set_sensitive(self) -> None:
        self._set(
            "sensitive_information_policy_config",
            _L1.SensitiveInformationPolicyConfigProperty(
                pii_entities_config=[one.to_config() for one in self._entities] or None,
                regexes_config=[one.to_config() for one in self._regexes] or None,
            ),
        )

    def _set(self, prop: str, value: object) -> None:
        if self._structures[prop] is not None:
            raise PlanesError(
                f"`{prop}` holds these filters of `{self.node.path}` already, and would be overwritten: put "
                "all of them there, or use the typed props alone"
            )
        setattr(self._l1, prop, value)

    def fingerprint(self) -> str:
        """Return a short hash of everything that the service sees of this guardrail, without its tags."""
        return fingerprint(self._l1)

    def create_version(
        self,
        construct_id: str = "Version",
        *,
        description: str | None = None,
        keep: int | None = None,
        pinned: Sequence[str] = (),
    ) -> GuardrailVersion:
        """Make a :class:`GuardrailVersion` of the content as it is at the end of the synthesis."""
        return GuardrailVersion(
            self, construct_id, guardrail=self, description=description, keep=keep, pinned=pinned
        )

    @staticmethod
    def from_guardrail_arn(scope: Construct, construct_id: str, guardrail_arn: str) -> GuardrailBase:
        """Refer to a guardrail that exists, in its account and Region; it has no profile and no key."""
        return Guardrail.from_guardrail_attributes(scope, construct_id, guardrail_arn=guardrail_arn)

    @staticmethod
    def from_guardrail_attributes(
        scope: Construct,
        construct_id: str,
        *,
        guardrail_arn: str,
        cross_region: str | None = None,
        destination_regions: Sequence[str] = (),
        encryption_key: kms_refs.IKeyRef | None = None,
        automated_reasoning_policies: Sequence[
            str | refs.IAutomatedReasoningPolicyRef | refs.IAutomatedReasoningPolicyVersionRef
        ] = (),
    ) -> GuardrailBase:
        """Refer to a guardrail that exists, and say what its callers need beside it."""
        [found] = check_arn("guardrail_arn", guardrail_arn, "guardrail", "abcdef123456")
        imported = GuardrailBase(scope, construct_id, environment_from_arn=guardrail_arn)
        imported.guardrail_arn = guardrail_arn
        imported.guardrail_id = found
        imported.needs = _grants.GuardrailNeeds(
            _named_profile(cross_region) if cross_region is not None else None,
            tuple(destination_regions),
            key_arn_of(encryption_key),
            _policy_arns(imported, automated_reasoning_policies),
        )
        return imported


@jsii.implements(IValidation)
class _HasFilters:
    """Whether the guardrail filters anything, asked when nothing is added any more."""

    def __init__(self, guardrail: Guardrail) -> None:
        self._guardrail = guardrail

    def validate(self) -> list[str]:
        l1 = self._guardrail.node.default_child
        stack = cdk.Stack.of(self._guardrail)
        if not isinstance(l1, RecordingGuardrail):
            return []
        properties = {**stack.resolve(l1._cfn_properties), **l1.overrides}  # noqa: SLF001 - no public name
        if any("olicyConfig" in name and value != {} for name, value in properties.items()):
            return []
        message = (
            f"the guardrail `{self._guardrail.node.path}` filters nothing: give one of `content_filters`, "
            "`denied_topics`, `words`, `managed_word_lists`, `pii_entities`, `regexes`, "
            "`contextual_grounding`, `automated_reasoning_policies`"
        )
        return [message]


def _named_profile(cross_region: str) -> str:
    """Return the id of a guardrail profile, given as geography, id or ARN."""
    name = cross_region.rpartition("/")[2]
    if not is_token(name) and "." not in name:
        name = f"{name}.guardrail.v1:0"
    check_pattern(
        "cross_region",
        name,
        r"[a-z0-9-]+\.guardrail\.v[0-9:]+",
        "pass the id of a guardrail profile, such as `us.guardrail.v1:0`, or its geography, such as `us`",
    )
    return name


def _profile(guardrail: Guardrail, cross_region: str, destination_regions: Sequence[str]) -> str:
    """Return the id of the profile, and refuse one that this Region doesn't have."""
    check_items(
        "cross_region", [cross_region], str, "the id of a guardrail profile, such as `us.guardrail.v1:0`"
    )
    check_items("destination_regions", destination_regions, str, "names of Regions")
    for one in destination_regions:
        check_pattern("destination_regions", one, r"[a-z]+(-[a-z]+)*-\d", "pass Regions such as `us-east-1`")
    name = _named_profile(cross_region)
    region = cdk.Stack.of(guardrail).region
    if destination_regions or is_token(region) or is_token(name):
        return name
    if not verbs.guardrail_profile_regions(name, region):
        sources = verbs.guardrail_profile_sources(name)
        known = f"AWS documents it for {', '.join(sources)}" if sources else "AWS documents no such profile"
        raise PlanesError(
            f"`cross_region` has the value `{cross_region}`, which guardrails in {region} can't use: "
            f"{known}; choose another one, or name `destination_regions` if AWS has it by now"
        )
    return name


def _policy_arns(scope: Construct, policies: Sequence[Any]) -> tuple[str, ...]:
    """Return the ARNs of Automated Reasoning policies; a version's ARN ends in its number."""
    check_items("automated_reasoning_policies", policies, object, "", most=2)
    prop = "automated_reasoning_policies"
    arns = tuple(_grants.arn_of(scope, "policy", policy) for policy in policies)
    for arn in arns:
        last = arn.rpartition(":automated-reasoning-policy/")[2]
        check_pattern(prop, last, _REASONING_POLICY, "pass the ARN of a policy, with `:1` for its version 1")
    check_once(prop, arns)
    return arns
