"""CloudFormation templates for the tests, as Python data."""

from __future__ import annotations

import json
from typing import Any

ACCOUNT, REGION = "111122223333", "us-east-1"
MODEL = "anthropic.claude-3-5-sonnet-20240620-v1:0"
MODEL_ARN = f"arn:aws:bedrock:{REGION}::foundation-model/{MODEL}"
PROJECT_ARN = f"arn:aws:bedrock:{REGION}:{ACCOUNT}:project/default"
EMBEDDING_ARN = f"arn:aws:bedrock:{REGION}::foundation-model/amazon.titan-embed-text-v2:0"
BEDROCK_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "bedrock.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {
                "StringEquals": {"aws:SourceAccount": ACCOUNT},
                "ArnLike": {"aws:SourceArn": f"arn:aws:bedrock:{REGION}:{ACCOUNT}:*"},
            },
        }
    ],
}


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action: str | list[str], resource: object = "*", **condition: Any) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Action": action,
        "Resource": resource,
        **({"Condition": condition} if condition else {}),
    }


def _get(logical_id: str, attribute: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [logical_id, attribute]}


KNOWLEDGE_BASE_STATEMENTS: list[dict[str, Any]] = [
    allow("bedrock:InvokeModel", [EMBEDDING_ARN, PROJECT_ARN]),
    allow("s3vectors:GetIndex", _get("Index", "IndexArn")),
    allow("s3vectors:QueryVectors", _get("Index", "IndexArn")),
    allow("s3vectors:PutVectors", _get("Index", "IndexArn")),
    allow("s3vectors:GetVectors", _get("Index", "IndexArn")),
    allow("s3vectors:DeleteVectors", _get("Index", "IndexArn")),
    allow("s3:ListBucket", _get("Documents", "Arn")),
    allow("s3:GetObject", {"Fn::Sub": "${Documents.Arn}/*"}),
]

AGENT_STATEMENTS: list[dict[str, Any]] = [
    allow(["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"], [MODEL_ARN, PROJECT_ARN]),
    allow("bedrock:Retrieve", _get("KnowledgeBase", "KnowledgeBaseArn")),
    allow("bedrock:ApplyGuardrail", _get("Guardrail", "GuardrailArn")),
]


def _role(statements: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": BEDROCK_TRUST,
            "Policies": [{"PolicyName": "inline", "PolicyDocument": policy(*statements)}],
        },
    }


def knowledge_base_resources(statements: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """A knowledge base on S3 Vectors, its bucket of documents, data source and service role."""
    return {
        "Documents": {"Type": "AWS::S3::Bucket"},
        "Vectors": {
            "Type": "AWS::S3Vectors::VectorBucket",
            "Properties": {"VectorBucketName": "test-vectors"},
        },
        "Index": {
            "Type": "AWS::S3Vectors::Index",
            "Properties": {
                "VectorBucketArn": _get("Vectors", "VectorBucketArn"),
                "IndexName": "documents",
                "DataType": "float32",
                "Dimension": 1024,
                "DistanceMetric": "cosine",
                "MetadataConfiguration": {
                    "NonFilterableMetadataKeys": ["AMAZON_BEDROCK_TEXT", "AMAZON_BEDROCK_METADATA"]
                },
            },
        },
        "KnowledgeBaseRole": _role(KNOWLEDGE_BASE_STATEMENTS if statements is None else statements),
        "KnowledgeBase": {
            "Type": "AWS::Bedrock::KnowledgeBase",
            "Properties": {
                "Name": "test",
                "RoleArn": _get("KnowledgeBaseRole", "Arn"),
                "KnowledgeBaseConfiguration": {
                    "Type": "VECTOR",
                    "VectorKnowledgeBaseConfiguration": {"EmbeddingModelArn": EMBEDDING_ARN},
                },
                "StorageConfiguration": {
                    "Type": "S3_VECTORS",
                    "S3VectorsConfiguration": {"IndexArn": _get("Index", "IndexArn")},
                },
            },
        },
        "DataSource": {
            "Type": "AWS::Bedrock::DataSource",
            "Properties": {
                "Name": "documents",
                "KnowledgeBaseId": {"Ref": "KnowledgeBase"},
                "DataDeletionPolicy": "DELETE",
                "DataSourceConfiguration": {
                    "Type": "S3",
                    "S3Configuration": {"BucketArn": _get("Documents", "Arn")},
                },
            },
        },
    }


def guardrail_resources() -> dict[str, Any]:
    """A guardrail that blocks one word and e-mail addresses, and its version 1."""
    return {
        "Guardrail": {
            "Type": "AWS::Bedrock::Guardrail",
            "Properties": {
                "Name": "test",
                "BlockedInputMessaging": "blocked input",
                "BlockedOutputsMessaging": "blocked output",
                "WordPolicyConfig": {"WordsConfig": [{"Text": "forbidden"}]},
                "SensitiveInformationPolicyConfig": {
                    "PiiEntitiesConfig": [{"Type": "EMAIL", "Action": "BLOCK"}]
                },
                "Tags": [{"Key": "team", "Value": "x"}],
            },
        },
        "GuardrailVersion": {
            "Type": "AWS::Bedrock::GuardrailVersion",
            "Properties": {"GuardrailIdentifier": _get("Guardrail", "GuardrailId")},
        },
    }


def agent_resources(statements: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """An agent with alias, bound to the knowledge base and the guardrail of the two functions above."""
    return {
        "AgentRole": _role(AGENT_STATEMENTS if statements is None else statements),
        "Agent": {
            "Type": "AWS::Bedrock::Agent",
            "Properties": {
                "AgentName": "test",
                "AgentResourceRoleArn": _get("AgentRole", "Arn"),
                "FoundationModel": MODEL,
                "Instruction": "Answer questions about the documents, and say so when you don't know.",
                "AutoPrepare": True,
                "GuardrailConfiguration": {
                    "GuardrailIdentifier": _get("Guardrail", "GuardrailId"),
                    "GuardrailVersion": _get("GuardrailVersion", "Version"),
                },
                "KnowledgeBases": [{"KnowledgeBaseId": {"Ref": "KnowledgeBase"}, "Description": "documents"}],
            },
        },
        "AgentAlias": {
            "Type": "AWS::Bedrock::AgentAlias",
            "Properties": {"AgentId": {"Ref": "Agent"}, "AgentAliasName": "live"},
        },
    }


def template(resources: dict[str, Any], outputs: dict[str, Any] | None = None) -> str:
    described = {name: {"Value": value} for name, value in (outputs or {}).items()}
    return json.dumps({"Resources": resources, "Outputs": described})


ALL_OUTPUTS: dict[str, Any] = {
    "KnowledgeBaseId": {"Ref": "KnowledgeBase"},
    "KnowledgeBaseArn": _get("KnowledgeBase", "KnowledgeBaseArn"),
    "DataSourceId": _get("DataSource", "DataSourceId"),
    "Bucket": {"Ref": "Documents"},
    "IndexArn": _get("Index", "IndexArn"),
    "GuardrailId": _get("Guardrail", "GuardrailId"),
    "GuardrailArn": _get("Guardrail", "GuardrailArn"),
    "GuardrailVersion": _get("GuardrailVersion", "Version"),
    "AgentId": {"Ref": "Agent"},
    "AliasId": _get("AgentAlias", "AgentAliasId"),
    "AliasArn": _get("AgentAlias", "AgentAliasArn"),
    "KnowledgeBaseRole": {"Ref": "KnowledgeBaseRole"},
    "AgentRole": {"Ref": "AgentRole"},
}
