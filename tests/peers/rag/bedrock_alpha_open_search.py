"""The app on aws-bedrock-alpha, with OpenSearch Serverless, the one store that it takes.

It refers to an index that exists and has no data sources, so the collection, its policies, the index and the
data source are L1s.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aws_cdk.aws_bedrock_alpha as bedrock
from aws_cdk import aws_bedrock as l1
from aws_cdk import aws_iam as iam
from aws_cdk import aws_opensearchserverless as aoss
from aws_cdk import aws_s3 as s3

if TYPE_CHECKING:
    import aws_cdk as cdk

__all__ = ["build"]


def build(stack: cdk.Stack) -> None:
    """Add the app to a stack."""
    documents = s3.Bucket(stack, "Documents", enforce_ssl=True)
    encryption = aoss.CfnSecurityPolicy(
        stack,
        "Encryption",
        name="answers",
        type="encryption",
        policy=json.dumps(
            {
                "Rules": [{"ResourceType": "collection", "Resource": ["collection/answers"]}],
                "AWSOwnedKey": True,
            }
        ),
    )
    network = aoss.CfnSecurityPolicy(
        stack,
        "Network",
        name="answers",
        type="network",
        policy=json.dumps(
            [
                {
                    "Rules": [{"ResourceType": "collection", "Resource": ["collection/answers"]}],
                    "AllowFromPublic": True,
                }
            ]
        ),
    )
    collection = aoss.CfnCollection(stack, "Collection", name="answers", type="VECTORSEARCH")
    collection.add_resource_dependency(encryption)
    collection.add_resource_dependency(network)
    # Any: the types of its role and of its L1 allow what it never has.
    knowledge: Any = bedrock.KnowledgeBase(
        stack,
        "Knowledge",
        type=bedrock.KnowledgeBaseType.vector(
            embeddings_model=bedrock.BedrockFoundationModel.TITAN_EMBED_TEXT_V2_1024,
            vector_store=bedrock.VectorStore.open_search_serverless(
                collection=collection,
                vector_index_name="documents",
                vector_field="vector",
                text_field="text",
                metadata_field="metadata",
            ),
        ),
    )
    execution_role = (
        f"arn:aws:iam::{stack.account}:role/cdk-hnb659fds-cfn-exec-role-{stack.account}-{stack.region}"
    )
    access = aoss.CfnAccessPolicy(
        stack,
        "Access",
        name="answers",
        type="data",
        policy=stack.to_json_string(
            [
                {
                    "Rules": [
                        {
                            "ResourceType": "index",
                            "Resource": ["index/answers/*"],
                            "Permission": [
                                "aoss:CreateIndex",
                                "aoss:DeleteIndex",
                                "aoss:DescribeIndex",
                                "aoss:ReadDocument",
                                "aoss:UpdateIndex",
                                "aoss:WriteDocument",
                            ],
                        }
                    ],
                    "Principal": [knowledge.role.role_arn, execution_role],
                }
            ]
        ),
    )
    index = aoss.CfnIndex(
        stack,
        "Index",
        collection_endpoint=collection.attr_collection_endpoint,
        index_name="documents",
        settings=aoss.CfnIndex.IndexSettingsProperty(index=aoss.CfnIndex.IndexProperty(knn=True)),
        mappings=aoss.CfnIndex.MappingsProperty(
            properties={
                "vector": aoss.CfnIndex.PropertyMappingProperty(
                    type="knn_vector",
                    dimension=1024,
                    method=aoss.CfnIndex.MethodProperty(engine="faiss", name="hnsw", space_type="l2"),
                ),
                "text": aoss.CfnIndex.PropertyMappingProperty(type="text"),
                "metadata": aoss.CfnIndex.PropertyMappingProperty(type="text", index=False),
            }
        ),
    )
    index.add_resource_dependency(access)
    # Not the whole construct: the access policy needs its role.
    knowledge.node.default_child.add_resource_dependency(index)
    l1.CfnDataSource(
        stack,
        "Source",
        name="documents",
        knowledge_base_id=knowledge.knowledge_base_id,
        data_source_configuration=l1.CfnDataSource.DataSourceConfigurationProperty(
            type="S3",
            s3_configuration=l1.CfnDataSource.S3DataSourceConfigurationProperty(
                bucket_arn=documents.bucket_arn
            ),
        ),
    )
    documents.grant_read(knowledge.role)

    guardrail = bedrock.Guardrail(stack, "Guardrail", guardrail_name="answers")
    guardrail.add_content_filter(
        type=bedrock.ContentFilterType.HATE,
        input_strength=bedrock.ContentFilterStrength.HIGH,
        output_strength=bedrock.ContentFilterStrength.HIGH,
    )
    guardrail.add_content_filter(
        type=bedrock.ContentFilterType.PROMPT_ATTACK,
        input_strength=bedrock.ContentFilterStrength.HIGH,
        output_strength=bedrock.ContentFilterStrength.NONE,
    )
    guardrail.create_version("Version")

    app = iam.Role(stack, "App", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    knowledge.grants.retrieve(app)
    knowledge.grants.retrieve_and_generate(app)
    bedrock.BedrockFoundationModel.AMAZON_NOVA_LITE_V1.grant_invoke(app)
    guardrail.grant_apply(app)

    operator = iam.Role(stack, "Operator", assumed_by=iam.AccountRootPrincipal())
    knowledge.grants.actions(
        operator,
        [
            "bedrock:GetIngestionJob",
            "bedrock:ListIngestionJobs",
            "bedrock:StartIngestionJob",
            "bedrock:StopIngestionJob",
        ],
    )
