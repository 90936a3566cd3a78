"""The formats of attributes agree with the catalogue's ARN formats and with CloudFormation's schemas."""

from __future__ import annotations

import re

import pytest

from constructs_lib import catalogue
from constructs_lib.templates.resolve.attributes import ATTRIBUTES, NAMES, REF_ATTRIBUTE, service_of

_BEDROCK = {
    (kind, attribute, pattern)
    for kind, attributes in ATTRIBUTES.items()
    for attribute, pattern in attributes.items()
    if kind.startswith("AWS::Bedrock") and pattern.startswith("arn:")
}
# CloudFormation's schema has the type; the service authorization reference names no such resource.
_BEYOND_THE_REFERENCE: frozenset[str] = frozenset(("AWS::BedrockAgentCore::PaymentConnector",))


def _plain(pattern: str) -> str:
    return re.sub(r"\{.\}|\?", "x", pattern)


def _formats() -> list[re.Pattern[str]]:
    texts = {arn for item in catalogue.resource_types().values() for arn in item.arns}
    escaped = (re.sub(r"\\\$\\\{[^}]*\\\}", "[^:/]*", re.escape(text)) for text in sorted(texts))
    return [re.compile(text) for text in escaped]


@pytest.mark.parametrize(("kind", "attribute", "pattern"), sorted(_BEDROCK))
def test_an_arn_of_bedrock_is_one_that_the_catalogue_knows(kind: str, attribute: str, pattern: str) -> None:
    known = any(item.fullmatch(_plain(pattern)) for item in _formats())
    assert known != (kind in _BEYOND_THE_REFERENCE), f"{kind}.{attribute}: {pattern}"


def test_every_ref_that_is_an_arn_has_its_format() -> None:
    assert [kind for kind, name in REF_ATTRIBUTE.items() if name not in ATTRIBUTES.get(kind, {})] == []


def test_every_named_type_has_a_format_with_its_name() -> None:
    missing = [kind for kind in NAMES if not any("{n}" in text for text in ATTRIBUTES.get(kind, {}).values())]
    assert missing == ["AWS::SecretsManager::Secret"]  # its ARN ends in random letters


@pytest.mark.parametrize(
    ("kind", "service"),
    [
        ("AWS::Kendra::Index", "kendra"),
        ("AWS::BedrockAgentCore::New", "bedrock-agentcore"),
        ("AWS::Bedrock::New", "bedrock"),
        ("AWS::CloudFormation::Stack", None),
        ("Custom::Thing", None),
        ("Acme::Some::Type", None),
        ("", None),
    ],
)
def test_the_service_of_a_type(kind: str, service: str | None) -> None:
    assert service_of(kind) == service
