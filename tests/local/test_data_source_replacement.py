"""A data source that is replaced: the new one is made beside the old, which goes without a failure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import aws_s3 as s3

from constructs_lib import (
    Chunking,
    DataDeletionPolicy,
    DataSource,
    DocumentSource,
    KnowledgeBase,
    KnowledgeBaseType,
)
from tests.cdk import Stack, template

if TYPE_CHECKING:
    from tests.local.conftest import Stacks


def _body(stack_name: str, *, other_store: bool = False, **props: Any) -> str:
    """Return a template; with ``other_store``, index and knowledge base are those of another dimension."""
    stack = Stack(stack_name)
    size = 512 if other_store else 1024
    base = KnowledgeBase(
        stack, "Kb", knowledge_base_name=f"{stack_name}{size}", type=KnowledgeBaseType.vector(dimension=size)
    )
    bucket = s3.Bucket(stack, "Docs")
    DataSource(stack, "Source", knowledge_base=base, source=DocumentSource.s3(bucket), **props)
    found = template(stack)
    # The account of the local AWS isn't bootstrapped.
    for part in ("Parameters", "Rules"):
        found.pop(part, None)
    return json.dumps(found)


def _update(stacks: Stacks, name: str, before: dict[str, Any], after: dict[str, Any]) -> str:
    """Return the failures of an update, which has to succeed."""
    stacks.create(name, _body(name, **before))
    stacks.cloudformation.update_stack(
        StackName=name, TemplateBody=_body(name, **after), Capabilities=["CAPABILITY_NAMED_IAM"]
    )
    assert stacks.settled(name)["StackStatus"] == "UPDATE_COMPLETE", stacks.failures(name)
    return stacks.failures(name)


def test_another_chunking_replaces_the_data_source_beside_the_old_one(stacks: Stacks) -> None:
    assert _update(stacks, "chunking", {}, {"chunking": Chunking.none()}) == ""


def test_a_data_source_that_retains_its_vectors_goes_with_their_store(stacks: Stacks) -> None:
    retained = {"deletion_policy": DataDeletionPolicy.RETAIN}
    assert _update(stacks, "retained", retained, {"other_store": True, **retained}) == ""


def test_a_given_name_collides_with_what_it_replaces(stacks: Stacks) -> None:
    given = {"data_source_name": "mine"}
    with pytest.raises(AssertionError, match="already exists"):
        _update(stacks, "named", given, {"chunking": Chunking.none(), **given})
