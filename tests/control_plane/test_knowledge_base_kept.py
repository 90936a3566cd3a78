"""``on_replace=OnReplace.KEEP``: what of a knowledge base stays, and what other stacks read of it."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_rds as rds
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk.assertions import Template

from constructs_lib import (
    AppRole,
    DocumentSource,
    KnowledgeBase,
    KnowledgeBaseType,
    OnReplace,
    VectorBucket,
    VectorIndex,
    VectorStore,
)
from constructs_lib.cdk_support import PlanesError

ENV = cdk.Environment(account="111122223333", region="us-east-1")
VECTOR = KnowledgeBaseType.vector


def two() -> tuple[cdk.Stack, cdk.Stack]:
    app = cdk.App(builtin_cloud_formation_validation=False, analytics_reporting=False)
    return cdk.Stack(app, "Search", env=ENV), cdk.Stack(app, "Chat", env=ENV)


def kept(stack: cdk.Stack) -> dict[str, bool]:
    """Return for each type whether the old one is kept; a type is in it once."""
    found = Template.from_stack(stack).to_json()["Resources"].values()
    return {one["Type"]: one.get("UpdateReplacePolicy") == "Retain" for one in found}


def test_the_knowledge_base_its_store_its_source_and_its_permissions_are_kept() -> None:
    search, _ = two()
    base = KnowledgeBase(search, "Base", on_replace=OnReplace.KEEP)
    base.add_data_source("Docs", DocumentSource.s3(s3.Bucket.from_bucket_name(search, "B", "documents")))
    assert kept(search) == {
        "AWS::Bedrock::KnowledgeBase": True,
        "AWS::Bedrock::DataSource": True,
        "AWS::IAM::Policy": False,
        "AWS::IAM::Role": False,
        "AWS::IAM::RolePolicy": True,
        "AWS::S3Vectors::Index": True,
        "AWS::S3Vectors::VectorBucket": True,
    }


def test_what_goes_with_the_construct_is_still_deleted() -> None:
    search, _ = two()
    KnowledgeBase(search, "Base", on_replace=OnReplace.KEEP)
    for kind in ("AWS::Bedrock::KnowledgeBase", "AWS::S3Vectors::Index", "AWS::S3Vectors::VectorBucket"):
        [found] = Template.from_stack(search).find_resources(kind).values()
        assert (found["DeletionPolicy"], found["UpdateReplacePolicy"]) == ("Delete", "Retain")


def test_no_policy_is_without_the_other() -> None:
    """CloudFormation's validation warns of it, and `cdk synth --strict` fails on a warning."""
    search, _ = two()
    base = KnowledgeBase(search, "Base", on_replace=OnReplace.KEEP)
    base.add_data_source("Docs", DocumentSource.s3(s3.Bucket.from_bucket_name(search, "B", "documents")))
    found = Template.from_stack(search).to_json()["Resources"].values()
    policies = {(one.get("UpdateReplacePolicy"), one.get("DeletionPolicy")) for one in found}
    assert policies == {("Retain", "Delete"), (None, None)}


def test_by_default_nothing_is_kept() -> None:
    search, _ = two()
    base = KnowledgeBase(search, "Base")
    base.add_data_source("Docs", DocumentSource.s3(s3.Bucket.from_bucket_name(search, "B", "documents")))
    assert not any(kept(search).values())


def test_an_index_of_the_app_is_kept_with_it() -> None:
    search, _ = two()
    bucket = VectorBucket(search, "Vectors", removal_policy=cdk.RemovalPolicy.DESTROY)
    index = VectorIndex(
        search, "Index", vector_bucket=bucket, dimension=1024, removal_policy=cdk.RemovalPolicy.DESTROY
    )
    KnowledgeBase(
        search, "Base", type=VECTOR(vector_store=VectorStore.s3_vectors(index)), on_replace=OnReplace.KEEP
    )
    assert kept(search)["AWS::S3Vectors::Index"]
    assert kept(search)["AWS::S3Vectors::VectorBucket"]


def test_a_collection_is_kept_with_what_opens_it() -> None:
    search, _ = two()
    KnowledgeBase(
        search,
        "Base",
        type=VECTOR(vector_store=VectorStore.open_search_serverless()),
        on_replace=OnReplace.KEEP,
    )
    found = kept(search)
    assert {name for name, is_kept in found.items() if not is_kept} == {
        "AWS::IAM::Role",
        "AWS::Lambda::Function",
    }


def test_a_table_is_not_dropped() -> None:
    search, _ = two()
    secret = secretsmanager.Secret.from_secret_complete_arn(
        search, "Secret", "arn:aws:secretsmanager:us-east-1:111122223333:secret:documents-AbCdEf"
    )
    cluster = rds.DatabaseCluster.from_database_cluster_attributes(
        search, "Cluster", cluster_identifier="documents"
    )
    store = VectorStore.aurora(cluster, credentials_secret=secret, database_name="documents")
    KnowledgeBase(search, "Base", type=VECTOR(vector_store=store), on_replace=OnReplace.KEEP)
    assert kept(search)["Custom::BedrockVectorTable"]


def _chat(**props: Any) -> tuple[cdk.Stack, dict[str, Any]]:
    """Return the stack of the knowledge base and the template of a stack with a role that retrieves."""
    search, chat = two()
    base = KnowledgeBase(search, "Base", **props)
    role = AppRole(chat, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    role.grants.retrieve(base)
    cdk.CfnOutput(chat, "Id", value=base.knowledge_base_id)
    cdk.CfnOutput(search, "Here", value=base.knowledge_base_id)
    chat.node.root.synth()  # type: ignore[attr-defined]  # an app
    template = dict(Template.from_stack(chat).to_json())
    return search, template


def _read(template: dict[str, Any]) -> tuple[str, str]:
    """Return the fingerprint and the name of the output that the other stack reads."""
    delimiter, [read] = template["Outputs"]["Id"]["Value"]["Fn::Join"]
    assert read["Fn::GetStackOutput"].items() >= {"StackName": "Search", "Region": "us-east-1"}.items()
    return delimiter, read["Fn::GetStackOutput"]["OutputName"]


def test_another_stack_reads_id_and_arn_weakly() -> None:
    search, template = _chat(on_replace=OnReplace.KEEP)
    fingerprint, output = _read(template)
    outputs = Template.from_stack(search).to_json()["Outputs"]
    assert outputs[output]["Value"]["Fn::GetAtt"][1] == "KnowledgeBaseId"
    assert "Export" not in outputs[output]
    assert outputs["Here"]["Value"] == outputs[output]["Value"], "in its own stack it is the attribute"
    [policy] = [one for one in template["Resources"].values() if one["Type"] == "AWS::IAM::Policy"]
    [statement] = policy["Properties"]["PolicyDocument"]["Statement"]
    delimiter, [arn] = statement["Resource"]["Fn::Join"]
    assert delimiter == fingerprint
    assert "KnowledgeBaseArn" in arn["Fn::GetStackOutput"]["OutputName"]


def test_by_default_another_stack_imports_it() -> None:
    search, template = _chat()
    assert "Fn::ImportValue" in template["Outputs"]["Id"]["Value"]
    exports = [one for one in Template.from_stack(search).to_json()["Outputs"].values() if "Export" in one]
    assert len(exports) == 2


@pytest.mark.parametrize(
    ("props", "is_changed"),
    [
        ({"description": "Answers"}, False),
        ({"tags": {"team": "search"}}, False),
        ({"type": VECTOR(dimension=512)}, True),
        ({"type": VECTOR(embedding_model="cohere.embed-english-v3")}, True),
        ({"type": KnowledgeBaseType.managed()}, True),
        ({"knowledge_base_name": "given"}, False),
    ],
)
def test_a_replacement_changes_the_other_stack_s_template_and_nothing_else_does(
    props: dict[str, Any], is_changed: bool
) -> None:
    """Neither the CDK CLI nor CloudFormation deploys a template that is the same."""
    (before, output), (after, same) = (
        _read(_chat(on_replace=OnReplace.KEEP, **one)[1]) for one in ({}, props)
    )
    assert (before != after) is is_changed
    assert output == same, "a stack that is rolled back finds the output that it knows"


def test_a_migration_is_in_two_steps() -> None:
    """First both, so that no export goes while a stack imports it."""
    search, chat = two()
    base = KnowledgeBase(search, "Base", on_replace=OnReplace.KEEP)
    resource = base.node.default_child
    assert isinstance(resource, cdk.CfnResource)
    cdk.CrossStackReferences.of(resource).produce(cdk.ReferenceStrength.BOTH)
    cdk.CfnOutput(chat, "Id", value=base.knowledge_base_id)
    _read(dict(Template.from_stack(chat).to_json()))
    outputs = Template.from_stack(search).to_json()["Outputs"].values()
    assert [one["Export"]["Name"] for one in outputs if "Export" in one] == [
        "Search:ExportsOutputFnGetAttBase93336DB5KnowledgeBaseId32D55562"
    ]


@pytest.mark.parametrize("given", ["KEEP", None, cdk.RemovalPolicy.RETAIN, True])
def test_another_value_is_refused(given: Any) -> None:
    search, _ = two()
    with pytest.raises(
        PlanesError, match=r"`on_replace` has the value .*`OnReplace.DELETE`, `OnReplace.KEEP`"
    ):
        KnowledgeBase(search, "Base", on_replace=given)


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (cdk.RemovalPolicy.DESTROY, {"Delete", None}),
        (cdk.RemovalPolicy.RETAIN, {"Retain"}),
        (cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, {"RetainExceptOnCreate"}),
    ],
)
def test_what_a_retained_knowledge_base_needs_is_retained_too(
    policy: cdk.RemovalPolicy, expected: set[str | None]
) -> None:
    search, _ = two()
    base = KnowledgeBase(search, "Base", removal_policy=policy)
    base.add_data_source("Docs", DocumentSource.s3(s3.Bucket.from_bucket_name(search, "B", "documents")))
    found = Template.from_stack(search).to_json()["Resources"].values()
    assert {one.get("DeletionPolicy") for one in found} == expected
    if policy is not cdk.RemovalPolicy.DESTROY:
        # Another chunking still takes the old chunks away, another store the old permissions.
        replaced = {one["Type"]: one["UpdateReplacePolicy"] for one in found}
        assert {kind for kind, what in replaced.items() if what == "Delete"} == {
            "AWS::Bedrock::DataSource",
            "AWS::IAM::Policy",
            "AWS::IAM::Role",
            "AWS::IAM::RolePolicy",
        }


def test_a_given_role_stays_its_owners() -> None:
    search, _ = two()
    role = iam.Role(search, "Role", assumed_by=iam.ServicePrincipal("bedrock.amazonaws.com"))
    KnowledgeBase(search, "Base", role=role, removal_policy=cdk.RemovalPolicy.RETAIN)
    [own] = Template.from_stack(search).find_resources("AWS::IAM::Role").values()
    assert "DeletionPolicy" not in own
