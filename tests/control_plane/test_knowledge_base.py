from __future__ import annotations

import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from constructs_lib import KnowledgeBase, KnowledgeBaseType, PlanesError
from tests.cdk import ACCOUNT, Stack, arn, resources, template

MODEL = arn("bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0")
PROJECT = arn(f"bedrock:us-east-1:{ACCOUNT}:project/default")


@pytest.fixture(scope="module")
def deployed() -> dict[str, Any]:
    stack = Stack()
    KnowledgeBase(stack, "Kb", knowledge_base_name="docs", description="what we know")
    return template(stack)


def only(found: dict[str, Any], kind: str) -> dict[str, Any]:
    [one] = resources(found, kind).values()
    return one


def test_the_index_has_the_models_dimension_and_bedrocks_keys_unfiltered(deployed: dict[str, Any]) -> None:
    [index_id] = resources(deployed, "AWS::S3Vectors::Index")
    properties = dict(only(deployed, "AWS::S3Vectors::Index")["Properties"])
    assert re.fullmatch(r"documents-[0-9a-f]{8}", properties.pop("IndexName"))
    assert properties == {
        "DataType": "float32",
        "Dimension": 1024,
        "DistanceMetric": "cosine",
        "MetadataConfiguration": {
            "NonFilterableMetadataKeys": ["AMAZON_BEDROCK_TEXT", "AMAZON_BEDROCK_METADATA"]
        },
        "VectorBucketArn": {
            "Fn::GetAtt": [next(iter(resources(deployed, "AWS::S3Vectors::VectorBucket"))), "VectorBucketArn"]
        },
    }
    assert only(deployed, "AWS::Bedrock::KnowledgeBase")["Properties"] == {
        "Name": "docs",
        "Description": "what we know",
        "RoleArn": {"Fn::GetAtt": [next(iter(resources(deployed, "AWS::IAM::Role"))), "Arn"]},
        "KnowledgeBaseConfiguration": {
            "Type": "VECTOR",
            "VectorKnowledgeBaseConfiguration": {"EmbeddingModelArn": MODEL},
        },
        "StorageConfiguration": {
            "Type": "S3_VECTORS",
            "S3VectorsConfiguration": {"IndexArn": {"Fn::GetAtt": [index_id, "IndexArn"]}},
        },
    }


def test_the_service_role_embeds_and_handles_vectors_and_nothing_else(deployed: dict[str, Any]) -> None:
    [index_id] = resources(deployed, "AWS::S3Vectors::Index")
    role = only(deployed, "AWS::IAM::Role")
    assert role["Metadata"]["bedrock-planes:role"] == {"kind": "service"}
    assert "Policies" not in role["Properties"]
    attached = only(deployed, "AWS::IAM::RolePolicy")["Properties"]
    [role_id] = resources(deployed, "AWS::IAM::Role")
    assert (attached["RoleName"], attached["PolicyDocument"]) == (
        {"Ref": role_id},
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": MODEL},
                {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": PROJECT},
                {
                    "Effect": "Allow",
                    "Action": [
                        "s3vectors:DeleteVectors",
                        "s3vectors:GetIndex",
                        "s3vectors:GetVectors",
                        "s3vectors:PutVectors",
                        "s3vectors:QueryVectors",
                    ],
                    "Resource": {"Fn::GetAtt": [index_id, "IndexArn"]},
                },
            ],
        },
    )


def test_the_trust_is_for_this_accounts_knowledge_bases_only(deployed: dict[str, Any]) -> None:
    assert only(deployed, "AWS::IAM::Role")["Properties"]["AssumeRolePolicyDocument"] == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "bedrock.amazonaws.com"},
                "Action": "sts:AssumeRole",
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": ACCOUNT},
                    "ArnLike": {"aws:SourceArn": arn(f"bedrock:us-east-1:{ACCOUNT}:knowledge-base/*")},
                },
            }
        ],
    }


def test_a_chosen_dimension_reaches_index_and_model() -> None:
    stack = Stack()
    KnowledgeBase(stack, "Kb", type=KnowledgeBaseType.vector(dimension=256))
    found = template(stack)
    assert only(found, "AWS::S3Vectors::Index")["Properties"]["Dimension"] == 256
    configuration = only(found, "AWS::Bedrock::KnowledgeBase")["Properties"]["KnowledgeBaseConfiguration"]
    assert configuration["VectorKnowledgeBaseConfiguration"]["EmbeddingModelConfiguration"] == {
        "BedrockEmbeddingModelConfiguration": {"Dimensions": 256}
    }


def test_tokens_pass_every_check() -> None:
    stack = Stack()
    name = cdk.CfnParameter(stack, "Name").value_as_string
    KnowledgeBase(stack, "Kb", knowledge_base_name=name, description=name)
    assert only(template(stack), "AWS::Bedrock::KnowledgeBase")["Properties"]["Name"] == {"Ref": "Name"}


def test_an_unknown_model_is_a_warning_with_the_nearest_spelling() -> None:
    stack = Stack()
    KnowledgeBase(
        stack,
        "Kb",
        type=KnowledgeBaseType.vector(embedding_model="amazon.titan-embed-text-v3:0", dimension=8),
    )
    warnings = cdk.assertions.Annotations.from_stack(stack).find_warning(
        "/S/Kb",
        cdk.assertions.Match.string_like_regexp("titan-embed-text-v3.*did you mean `amazon.titan-embed-text"),
    )
    assert len(warnings) == 1


def test_an_imported_knowledge_base_can_be_granted() -> None:
    stack = Stack()
    where = f"arn:aws:bedrock:us-east-1:{ACCOUNT}:knowledge-base/ABCDEF1234"
    kb = KnowledgeBase.from_knowledge_base_arn(stack, "Kb", where)
    user = iam.User(stack, "User")
    kb.grant_retrieve(user)
    kb.grant_ingest(user)
    kb.grant_retrieve_and_generate(user, "amazon.nova-lite-v1:0")
    assert kb.knowledge_base_ref.knowledge_base_arn == where
    assert stack.resolve(kb.knowledge_base_ref.knowledge_base_id) == "ABCDEF1234"
    assert only(template(stack), "AWS::IAM::Policy")["Properties"]["PolicyDocument"]["Statement"] == [
        {
            "Effect": "Allow",
            "Action": [
                "bedrock:GetIngestionJob",
                "bedrock:ListIngestionJobs",
                "bedrock:Retrieve",
                "bedrock:StartIngestionJob",
                "bedrock:StopIngestionJob",
            ],
            "Resource": where,
        },
        {"Effect": "Allow", "Action": "bedrock:RetrieveAndGenerate", "Resource": "*"},
        {
            "Effect": "Allow",
            "Action": "bedrock:InvokeModel",
            "Resource": [PROJECT, arn("bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0")],
        },
    ]


def test_the_grant_of_direct_ingestion_is_that_of_an_operator_role() -> None:
    stack = Stack()
    where = f"arn:aws:bedrock:us-east-1:{ACCOUNT}:knowledge-base/ABCDEF1234"
    KnowledgeBase.from_knowledge_base_arn(stack, "Kb", where).grant_ingest_documents(iam.User(stack, "User"))
    assert only(template(stack), "AWS::IAM::Policy")["Properties"]["PolicyDocument"]["Statement"] == [
        {
            "Effect": "Allow",
            "Action": [
                "bedrock:DeleteKnowledgeBaseDocuments",
                "bedrock:GetKnowledgeBaseDocuments",
                "bedrock:IngestKnowledgeBaseDocuments",
                "bedrock:ListKnowledgeBaseDocuments",
                "bedrock:StartIngestionJob",
            ],
            "Resource": where,
        }
    ]


def test_an_id_is_no_arn() -> None:
    with pytest.raises(
        PlanesError, match="`knowledge_base_arn` has the value `ABCDEF1234`: pass an ARN such as"
    ):
        KnowledgeBase.from_knowledge_base_arn(Stack(), "Kb", "ABCDEF1234")


@pytest.mark.parametrize(
    ("props", "expected"),
    [({}, "Delete"), ({"removal_policy": cdk.RemovalPolicy.RETAIN}, "Retain")],
    ids=["default", "retain"],
)
def test_the_vectors_go_or_stay_as_the_removal_policy_says(props: dict[str, Any], expected: str) -> None:
    stack = Stack()
    KnowledgeBase(stack, "Kb", knowledge_base_name="docs", **props)
    found = template(stack)
    kinds = ("AWS::S3Vectors::VectorBucket", "AWS::S3Vectors::Index")
    assert [only(found, kind)["DeletionPolicy"] for kind in kinds] == [expected, expected]


def test_an_arn_of_a_model_is_nothing_to_warn_of() -> None:
    stack = Stack()
    model = "arn:aws:bedrock:us-east-1::foundation-model/acme.embed"
    KnowledgeBase(stack, "Kb", type=KnowledgeBaseType.vector(embedding_model=model, dimension=8))
    any_text = cdk.assertions.Match.any_value()
    assert cdk.assertions.Annotations.from_stack(stack).find_warning("*", any_text) == []
