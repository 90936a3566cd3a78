"""How an operation is written in each SDK, the CLI, CloudFormation and Terraform."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from constructs_lib.catalogue._infrastructure import infrastructure
from constructs_lib.catalogue._lookup import families

if TYPE_CHECKING:
    from constructs_lib.catalogue._model import Operation

__all__ = ["Spellings", "snake_case", "spellings"]

_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class Spellings(NamedTuple):
    """How one operation is written in each place, ``None`` where it isn't offered."""

    boto3: str | None
    javascript: str
    java: str
    cli: str | None
    cloudformation: str | None
    terraform: str | None


def snake_case(name: str) -> str:
    """Return an operation's name as botocore writes its method (``CreateABTest`` -> ``create_ab_test``)."""
    return _WORD_START.sub("_", name).lower()


def spellings(operation: Operation) -> Spellings:
    """Return how ``operation`` is written in the SDKs, the CLI, CloudFormation and Terraform.

    The AWS CLI offers no event streams, boto3 none in both directions, and Java has event streams on its
    asynchronous client only: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
    """
    client, method = operation.client, snake_case(operation.name)
    stem = families()[operation.family].service_id or ""
    java_client = f"{stem}AsyncClient" if operation.streams else f"{stem}Client"
    built = infrastructure(operation)
    return Spellings(
        boto3=None if operation.bidirectional else f'boto3.client("{client}").{method}()',
        javascript=f'{operation.name}Command of "@aws-sdk/client-{client}"',
        java=f"{stem.lower()}.{java_client}.{operation.name[0].lower()}{operation.name[1:]}()",
        cli=None if operation.streams else f"aws {client} {method.replace('_', '-')}",
        cloudformation=built.cloudformation,
        terraform=built.terraform,
    )
