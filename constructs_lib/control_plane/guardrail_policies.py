"""What a guardrail filters: frozen values that know AWS's limits and write the L1's structures.

Sources:
    https://docs.aws.amazon.com/bedrock/latest/APIReference/API_CreateGuardrail.html
    https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-components.html
    https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-tiers.html
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal

from aws_cdk import aws_bedrock as bedrock

from constructs_lib.cdk_support import (
    PlanesError,
    check_choice,
    check_items,
    check_length,
    check_number,
    check_once,
    check_pattern,
    is_token,
    with_explained_calls,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "ContentFilter",
    "ContentFilterType",
    "ContextualGrounding",
    "ContextualGroundingType",
    "DeniedTopic",
    "FilterAction",
    "FilterStrength",
    "GuardrailTier",
    "ManagedWordList",
    "ManagedWordListType",
    "Modality",
    "PiiEntity",
    "PiiEntityType",
    "RegexFilter",
    "SensitiveInformationAction",
    "Word",
]

_L1 = bedrock.CfnGuardrail


class FilterStrength(Enum):
    """How much a content filter blocks."""

    NONE = "NONE"
    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"


class FilterAction(Enum):
    """What a filter of content, topics, words or grounding does with what it finds."""

    BLOCK = "BLOCK"
    """The message of the guardrail takes its place."""
    NONE = "NONE"
    """It is reported in the trace only."""


class SensitiveInformationAction(Enum):
    """What a filter of sensitive information does with what it finds."""

    BLOCK = "BLOCK"
    """The message of the guardrail takes the place of the whole text."""
    ANONYMIZE = "ANONYMIZE"
    """The finding is replaced by its type, such as ``{EMAIL}``."""
    NONE = "NONE"
    """It is reported in the trace only."""


class Modality(Enum):
    """What a content filter looks at."""

    TEXT = "TEXT"
    IMAGE = "IMAGE"


class GuardrailTier(Enum):
    """Which models evaluate content filters or denied topics."""

    CLASSIC = "CLASSIC"
    """English, French and Spanish; topic definitions of at most 200 characters."""
    STANDARD = "STANDARD"
    """More languages; topic definitions of at most 1,000 characters; needs ``cross_region``."""


class ContentFilterType(Enum):
    """The categories of harmful content."""

    SEXUAL = "SEXUAL"
    VIOLENCE = "VIOLENCE"
    HATE = "HATE"
    INSULTS = "INSULTS"
    MISCONDUCT = "MISCONDUCT"
    PROMPT_ATTACK = "PROMPT_ATTACK"


class ManagedWordListType(Enum):
    """AWS's own lists of words."""

    PROFANITY = "PROFANITY"


class ContextualGroundingType(Enum):
    """What an answer is measured against."""

    GROUNDING = "GROUNDING"
    RELEVANCE = "RELEVANCE"


class PiiEntityType(Enum):
    """The kinds of personal data that AWS finds.

    Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_GuardrailPiiEntityConfig.html
    """

    ADDRESS = "ADDRESS"
    AGE = "AGE"
    AWS_ACCESS_KEY = "AWS_ACCESS_KEY"
    AWS_SECRET_KEY = "AWS_SECRET_KEY"  # noqa: S105 - the name of a kind of secret, not a secret
    CA_HEALTH_NUMBER = "CA_HEALTH_NUMBER"
    CA_SOCIAL_INSURANCE_NUMBER = "CA_SOCIAL_INSURANCE_NUMBER"
    CREDIT_DEBIT_CARD_CVV = "CREDIT_DEBIT_CARD_CVV"
    CREDIT_DEBIT_CARD_EXPIRY = "CREDIT_DEBIT_CARD_EXPIRY"
    CREDIT_DEBIT_CARD_NUMBER = "CREDIT_DEBIT_CARD_NUMBER"
    DRIVER_ID = "DRIVER_ID"
    EMAIL = "EMAIL"
    INTERNATIONAL_BANK_ACCOUNT_NUMBER = "INTERNATIONAL_BANK_ACCOUNT_NUMBER"
    IP_ADDRESS = "IP_ADDRESS"
    LICENSE_PLATE = "LICENSE_PLATE"
    MAC_ADDRESS = "MAC_ADDRESS"
    NAME = "NAME"
    PASSWORD = "PASSWORD"  # noqa: S105 - the name of a kind of secret, not a secret
    PHONE = "PHONE"
    PIN = "PIN"
    SWIFT_CODE = "SWIFT_CODE"
    UK_NATIONAL_HEALTH_SERVICE_NUMBER = "UK_NATIONAL_HEALTH_SERVICE_NUMBER"
    UK_NATIONAL_INSURANCE_NUMBER = "UK_NATIONAL_INSURANCE_NUMBER"
    UK_UNIQUE_TAXPAYER_REFERENCE_NUMBER = "UK_UNIQUE_TAXPAYER_REFERENCE_NUMBER"
    URL = "URL"
    USERNAME = "USERNAME"
    US_BANK_ACCOUNT_NUMBER = "US_BANK_ACCOUNT_NUMBER"
    US_BANK_ROUTING_NUMBER = "US_BANK_ROUTING_NUMBER"
    US_INDIVIDUAL_TAX_IDENTIFICATION_NUMBER = "US_INDIVIDUAL_TAX_IDENTIFICATION_NUMBER"
    US_PASSPORT_NUMBER = "US_PASSPORT_NUMBER"
    US_SOCIAL_SECURITY_NUMBER = "US_SOCIAL_SECURITY_NUMBER"
    VEHICLE_IDENTIFICATION_NUMBER = "VEHICLE_IDENTIFICATION_NUMBER"


@with_explained_calls
@dataclass(frozen=True, kw_only=True)
class ContentFilter:
    """A filter for one category of harmful content; the factories name the categories.

    Args:
        type: The category.
        input_strength: How much of prompts is blocked. Default: ``HIGH``.
        output_strength: How much of answers is blocked. Default: ``HIGH``, and ``NONE`` for prompt attacks,
            which are looked for in prompts only.
        input_action: What happens to a prompt. Default: AWS's, ``BLOCK``.
        output_action: What happens to an answer. Default: AWS's, ``BLOCK``.
        input_enabled: Whether prompts are evaluated. Default: AWS's, yes.
        output_enabled: Whether answers are evaluated. Default: AWS's, yes.
        input_modalities: What is looked at in prompts. Default: AWS's, text.
        output_modalities: What is looked at in answers. Default: AWS's, text.

    Raises:
        PlanesError: A value of another type, or an output strength for prompt attacks.

    Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_GuardrailContentFilterConfig.html

    """

    type: ContentFilterType
    input_strength: FilterStrength = FilterStrength.HIGH
    output_strength: FilterStrength | None = None
    input_action: FilterAction | None = None
    output_action: FilterAction | None = None
    input_enabled: bool | None = None
    output_enabled: bool | None = None
    input_modalities: Sequence[Modality] = ()
    output_modalities: Sequence[Modality] = ()

    def __post_init__(self) -> None:
        """Check the types of the values, and that an answer can't be a prompt attack."""
        check_choice("type", self.type, ContentFilterType)
        check_choice("input_strength", self.input_strength, FilterStrength)
        check_choice("output_strength", self.output_strength, FilterStrength, optional=True)
        _check_directions(self, FilterAction)
        for prop in ("input_modalities", "output_modalities"):
            check_items(prop, getattr(self, prop), Modality, "`Modality.TEXT` or `Modality.IMAGE`")
            check_once(prop, [one.value for one in getattr(self, prop)])
        if self.type is ContentFilterType.PROMPT_ATTACK and self.output_modalities:
            raise PlanesError(
                "`output_modalities` is given on a filter of prompt attacks, which looks at prompts only: "
                "leave it out"
            )
        if self.type is ContentFilterType.PROMPT_ATTACK and self.output_strength not in {
            None,
            FilterStrength.NONE,
        }:
            # https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-prompt-attack.html
            raise PlanesError(
                f"`output_strength` has the value `{self.output_strength.name}` on a filter of prompt "
                "attacks, which looks at prompts only: leave it out"
            )

    @staticmethod
    def sexual(
        *,
        input_strength: FilterStrength = FilterStrength.HIGH,
        output_strength: FilterStrength = FilterStrength.HIGH,
        modalities: Sequence[Modality] = (),
    ) -> ContentFilter:
        """Filter sexual content; ``modalities`` hold for prompts and answers."""
        return _harmful(ContentFilterType.SEXUAL, input_strength, output_strength, modalities)

    @staticmethod
    def violence(
        *,
        input_strength: FilterStrength = FilterStrength.HIGH,
        output_strength: FilterStrength = FilterStrength.HIGH,
        modalities: Sequence[Modality] = (),
    ) -> ContentFilter:
        """Filter violence; ``modalities`` hold for prompts and answers."""
        return _harmful(ContentFilterType.VIOLENCE, input_strength, output_strength, modalities)

    @staticmethod
    def hate(
        *,
        input_strength: FilterStrength = FilterStrength.HIGH,
        output_strength: FilterStrength = FilterStrength.HIGH,
        modalities: Sequence[Modality] = (),
    ) -> ContentFilter:
        """Filter hate; ``modalities`` hold for prompts and answers."""
        return _harmful(ContentFilterType.HATE, input_strength, output_strength, modalities)

    @staticmethod
    def insults(
        *,
        input_strength: FilterStrength = FilterStrength.HIGH,
        output_strength: FilterStrength = FilterStrength.HIGH,
        modalities: Sequence[Modality] = (),
    ) -> ContentFilter:
        """Filter insults; ``modalities`` hold for prompts and answers."""
        return _harmful(ContentFilterType.INSULTS, input_strength, output_strength, modalities)

    @staticmethod
    def misconduct(
        *,
        input_strength: FilterStrength = FilterStrength.HIGH,
        output_strength: FilterStrength = FilterStrength.HIGH,
        modalities: Sequence[Modality] = (),
    ) -> ContentFilter:
        """Filter criminal and harmful advice; ``modalities`` hold for prompts and answers."""
        return _harmful(ContentFilterType.MISCONDUCT, input_strength, output_strength, modalities)

    @staticmethod
    def prompt_attack(
        *,
        input_strength: FilterStrength = FilterStrength.HIGH,
        output_strength: Literal[FilterStrength.NONE] = FilterStrength.NONE,
    ) -> ContentFilter:
        """Filter jailbreaks and prompt injections, which only prompts hold."""
        return ContentFilter(
            type=ContentFilterType.PROMPT_ATTACK,
            input_strength=input_strength,
            output_strength=output_strength,
        )

    def to_config(self) -> bedrock.CfnGuardrail.ContentFilterConfigProperty:
        """Return the L1's structure."""
        attack = self.type is ContentFilterType.PROMPT_ATTACK
        output = self.output_strength or (FilterStrength.NONE if attack else FilterStrength.HIGH)
        return _L1.ContentFilterConfigProperty(
            type=self.type.value,
            input_strength=self.input_strength.value,
            output_strength=output.value,
            input_modalities=[modality.value for modality in self.input_modalities] or None,
            output_modalities=[modality.value for modality in self.output_modalities] or None,
            **_directions(self),
        )


def _harmful(
    kind: ContentFilterType,
    input_strength: FilterStrength,
    output_strength: FilterStrength,
    modalities: Sequence[Modality],
) -> ContentFilter:
    return ContentFilter(
        type=kind,
        input_strength=input_strength,
        output_strength=output_strength,
        input_modalities=modalities,
        output_modalities=modalities,
    )


@with_explained_calls
@dataclass(frozen=True, kw_only=True)
class DeniedTopic:
    """A topic that prompts and answers may not be about.

    Args:
        name: 1-100 letters, digits, spaces and ``-_!?.``, such as ``Investment advice``.
        definition: What the topic is; 1-200 characters, and up to 1,000 in the tier ``STANDARD``.
        examples: At most 5 prompts of the topic, 1-100 characters each. Default: none.
        input_action: What happens to a prompt. Default: AWS's, ``BLOCK``.
        output_action: What happens to an answer. Default: AWS's, ``BLOCK``.
        input_enabled: Whether prompts are evaluated. Default: AWS's, yes.
        output_enabled: Whether answers are evaluated. Default: AWS's, yes.

    Raises:
        PlanesError: A value that AWS doesn't take.

    Source: https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-denied-topics.html

    """

    name: str
    definition: str
    examples: Sequence[str] = ()
    input_action: FilterAction | None = None
    output_action: FilterAction | None = None
    input_enabled: bool | None = None
    output_enabled: bool | None = None

    def __post_init__(self) -> None:
        """Check the lengths; the definition's depends on the tier, so the guardrail checks it again."""
        check_items("name", [self.name], str, "a text")
        check_items("definition", [self.definition], str, "a text")
        check_length("name", self.name, 1, 100)
        check_pattern("name", self.name, r"[0-9a-zA-Z\-_ !?.]+", "use letters, digits, spaces and -_!?.")
        check_length("definition", self.definition, 1, 1000)
        check_items("examples", self.examples, str, "texts", most=5)
        for example in self.examples:
            check_length("examples", example, 1, 100)
        _check_directions(self, FilterAction)

    def to_config(self) -> bedrock.CfnGuardrail.TopicConfigProperty:
        """Return the L1's structure."""
        return _L1.TopicConfigProperty(
            name=self.name,
            definition=self.definition,
            type="DENY",
            examples=list(self.examples) or None,
            **_directions(self),
        )


@with_explained_calls
@dataclass(frozen=True)
class Word:
    """A word or phrase that is not to be used.

    Args:
        text: 1-100 characters, not spaces alone. AWS's console takes phrases of at most three words; the API
            says nothing of it.
        input_action: What happens to a prompt. Default: AWS's, ``BLOCK``.
        output_action: What happens to an answer. Default: AWS's, ``BLOCK``.
        input_enabled: Whether prompts are evaluated. Default: AWS's, yes.
        output_enabled: Whether answers are evaluated. Default: AWS's, yes.

    Raises:
        PlanesError: A value that AWS doesn't take.

    Sources:
        https://docs.aws.amazon.com/bedrock/latest/APIReference/API_GuardrailWordConfig.html
        https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-word-filters.html (three words)

    """

    text: str
    input_action: FilterAction | None = None
    output_action: FilterAction | None = None
    input_enabled: bool | None = None
    output_enabled: bool | None = None

    def __post_init__(self) -> None:
        """Check the length and the types."""
        check_items("text", [self.text], str, "a text")
        check_length("text", self.text, 1, 100)
        if not self.text.strip():
            raise PlanesError("`text` has spaces alone, which is no word: write the word, or leave it out")
        _check_directions(self, FilterAction)

    def to_config(self) -> bedrock.CfnGuardrail.WordConfigProperty:
        """Return the L1's structure."""
        return _L1.WordConfigProperty(text=self.text, **_directions(self))


@with_explained_calls
@dataclass(frozen=True)
class ManagedWordList:
    """A list of words that AWS keeps.

    Args:
        type: The list. Default: ``PROFANITY``, the only one.
        input_action: What happens to a prompt. Default: AWS's, ``BLOCK``.
        output_action: What happens to an answer. Default: AWS's, ``BLOCK``.
        input_enabled: Whether prompts are evaluated. Default: AWS's, yes.
        output_enabled: Whether answers are evaluated. Default: AWS's, yes.

    Raises:
        PlanesError: A value of another type.

    Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_GuardrailManagedWordsConfig.html

    """

    type: ManagedWordListType = ManagedWordListType.PROFANITY
    input_action: FilterAction | None = None
    output_action: FilterAction | None = None
    input_enabled: bool | None = None
    output_enabled: bool | None = None

    def __post_init__(self) -> None:
        """Check the types."""
        check_choice("type", self.type, ManagedWordListType)
        _check_directions(self, FilterAction)

    def to_config(self) -> bedrock.CfnGuardrail.ManagedWordsConfigProperty:
        """Return the L1's structure."""
        return _L1.ManagedWordsConfigProperty(type=self.type.value, **_directions(self))


@with_explained_calls
@dataclass(frozen=True)
class PiiEntity:
    """A kind of personal data that is blocked or masked.

    Args:
        type: The kind.
        action: What happens to it. Default: ``ANONYMIZE``.
        input_action: What happens to it in prompts. Default: ``action``.
        output_action: What happens to it in answers. Default: ``action``.
        input_enabled: Whether prompts are evaluated. Default: AWS's, yes.
        output_enabled: Whether answers are evaluated. Default: AWS's, yes.

    Raises:
        PlanesError: A value of another type.

    Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_GuardrailPiiEntityConfig.html

    """

    type: PiiEntityType
    action: SensitiveInformationAction = SensitiveInformationAction.ANONYMIZE
    input_action: SensitiveInformationAction | None = None
    output_action: SensitiveInformationAction | None = None
    input_enabled: bool | None = None
    output_enabled: bool | None = None

    def __post_init__(self) -> None:
        """Check the types."""
        check_choice("type", self.type, PiiEntityType)
        check_choice("action", self.action, SensitiveInformationAction)
        _check_directions(self, SensitiveInformationAction)

    def to_config(self) -> bedrock.CfnGuardrail.PiiEntityConfigProperty:
        """Return the L1's structure."""
        return _L1.PiiEntityConfigProperty(
            type=self.type.value, action=self.action.value, **_directions(self)
        )


@with_explained_calls
@dataclass(frozen=True, kw_only=True)
class RegexFilter:
    """A pattern of sensitive information of one's own.

    Args:
        name: 1-100 characters.
        pattern: A regular expression of 1-500 characters. AWS doesn't say which kind it takes: what no kind
            takes, such as a bracket without its partner, is refused here.
        action: What happens to what it matches. Default: ``ANONYMIZE``.
        description: 1-1,000 characters. Default: none.
        input_action: What happens to it in prompts. Default: ``action``.
        output_action: What happens to it in answers. Default: ``action``.
        input_enabled: Whether prompts are evaluated. Default: AWS's, yes.
        output_enabled: Whether answers are evaluated. Default: AWS's, yes.

    Raises:
        PlanesError: A value that AWS doesn't take.

    Source: https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-sensitive-filters.html

    """

    name: str
    pattern: str
    action: SensitiveInformationAction = SensitiveInformationAction.ANONYMIZE
    description: str | None = None
    input_action: SensitiveInformationAction | None = None
    output_action: SensitiveInformationAction | None = None
    input_enabled: bool | None = None
    output_enabled: bool | None = None

    def __post_init__(self) -> None:
        """Check the lengths and the types."""
        check_items("name", [self.name], str, "a text")
        check_items("pattern", [self.pattern], str, "a text")
        check_length("name", self.name, 1, 100)
        check_length("pattern", self.pattern, 1, 500)
        _check_expression(self.name, self.pattern)
        check_length("description", self.description, 1, 1000)
        check_choice("action", self.action, SensitiveInformationAction)
        _check_directions(self, SensitiveInformationAction)

    def to_config(self) -> bedrock.CfnGuardrail.RegexConfigProperty:
        """Return the L1's structure."""
        return _L1.RegexConfigProperty(
            name=self.name,
            pattern=self.pattern,
            action=self.action.value,
            description=self.description,
            **_directions(self),
        )


@with_explained_calls
@dataclass(frozen=True, kw_only=True)
class ContextualGrounding:
    """A threshold below which an answer is blocked; the factories name what is measured.

    Args:
        type: Whether the answer follows from its source (``GROUNDING``) or answers the question
            (``RELEVANCE``).
        threshold: 0 to 0.99: below it the answer is blocked. 1 would block everything, and AWS refuses it.
        action: What happens to the answer. Default: AWS's, ``BLOCK``.
        enabled: Whether answers are evaluated. Default: AWS's, yes.

    Raises:
        PlanesError: A value that AWS doesn't take.

    Source: https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-contextual-grounding-check.html

    """

    type: ContextualGroundingType
    threshold: float
    action: FilterAction | None = None
    enabled: bool | None = None

    def __post_init__(self) -> None:
        """Check the threshold and the types."""
        check_choice("type", self.type, ContextualGroundingType)
        check_number("threshold", self.threshold, 0, 0.99)
        check_choice("action", self.action, FilterAction, optional=True)
        check_items("enabled", [self.enabled], (bool, type(None)), "`True` or `False`")

    @staticmethod
    def grounding(threshold: float, *, action: FilterAction | None = None) -> ContextualGrounding:
        """Measure whether an answer follows from its source."""
        return ContextualGrounding(type=ContextualGroundingType.GROUNDING, threshold=threshold, action=action)

    @staticmethod
    def relevance(threshold: float, *, action: FilterAction | None = None) -> ContextualGrounding:
        """Measure whether an answer answers the question."""
        return ContextualGrounding(type=ContextualGroundingType.RELEVANCE, threshold=threshold, action=action)

    def to_config(self) -> bedrock.CfnGuardrail.ContextualGroundingFilterConfigProperty:
        """Return the L1's structure."""
        return _L1.ContextualGroundingFilterConfigProperty(
            type=self.type.value,
            threshold=self.threshold,
            action=self.action.value if self.action else None,
            enabled=self.enabled,
        )


# Python's names of the faults that every kind of regular expression has.
_FAULTS = (
    "unterminated character set",
    "missing ), unterminated subpattern",
    "unbalanced parenthesis",
    "nothing to repeat",
    "min repeat greater than max repeat",
    "bad escape (end of pattern)",
    "bad character range",
)
# What other kinds have and Python lacks, each with something alike that Python knows.
_OTHERS = (
    (r"\\Q.*?(\\E|$)", "x"),
    (r"\\[pP](\{[^}]*\}|\w)", r"\\w"),
    (r"\[:\^?\w+:\]", "x"),
    (r"\(\?<(?=\w)", "(?P<"),
    (r"\\[zZGhHRXKCyYmM]", "x"),
    (r"\\x\{[^}]*\}|\\[ukgoNc](\{[^}]*\}|<[^>]*>|'[^']*'|.)", "x"),
)


def _check_expression(name: str, pattern: str) -> None:
    """Refuse a pattern that no kind of regular expression takes."""
    if is_token(pattern):
        return
    like = pattern
    for other, ours in _OTHERS:
        like = re.sub(other, ours, like)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python's own advice, which is no fault of AWS's pattern
            re.compile(like)
    except (re.error, OverflowError, RecursionError) as error:
        fault = getattr(error, "msg", "")
        at = getattr(error, "pos", None)
        is_class = fault.startswith("bad character range") and "\\" in fault
        is_brace = fault == "nothing to repeat" and at is not None and like[at : at + 1] == "{"
        if fault.startswith(_FAULTS) and not is_class and not is_brace:
            raise PlanesError(
                f"`pattern` of `{name}` is `{pattern}`, which is no regular expression ({fault}): correct it"
            ) from None


def _check_directions(filters: Any, action: type[Enum]) -> None:
    for way in ("input", "output"):
        check_choice(f"{way}_action", getattr(filters, f"{way}_action"), action, optional=True)
        enabled = getattr(filters, f"{way}_enabled")
        check_items(f"{way}_enabled", [enabled], (bool, type(None)), "`True` or `False`")


def _directions(filters: Any) -> dict[str, Any]:
    """Return the properties of a filter for prompts and answers that its owner set."""
    found: dict[str, Any] = {}
    for way in ("input", "output"):
        action, enabled = getattr(filters, f"{way}_action"), getattr(filters, f"{way}_enabled")
        if action is not None:
            found[f"{way}_action"] = action.value
        if enabled is not None:
            found[f"{way}_enabled"] = enabled
    return found
