"""A collection of Amazon OpenSearch Serverless as vector store, made along or existing.

Index: https://docs.aws.amazon.com/bedrock/latest/userguide/knowledge-base-setup.html
Data access policy of the service role: https://docs.aws.amazon.com/bedrock/latest/userguide/kb-create-security.html
Order: https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-vector-search.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_opensearchserverless as aoss
from constructs import Construct

from constructs_lib.cdk_support import (
    PlanesError,
    check_items,
    check_length,
    check_pattern,
    handler_function,
    is_token,
    key_arn_of,
)
from constructs_lib.control_plane.fingerprint import (
    FingerprintedName,
    RecordingCollection,
    RecordingOpenSearchIndex,
    create_only_changes,
    create_only_fingerprint,
    resource_behind,
)
from constructs_lib.control_plane.knowledge_base.parts import Parts, allow, arn_from
from constructs_lib.control_plane.knowledge_base.stores import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from aws_cdk.interfaces import aws_opensearchserverless as refs

    from constructs_lib.control_plane.knowledge_base.embedding import Embedding
    from constructs_lib.control_plane.knowledge_base.parts import Context

__all__ = ["OpenSearchServerlessStore"]

Json = dict[str, Any]

# Names of collections and policies have at most 32 characters; the fingerprint and its hyphen take 9.
# https://docs.aws.amazon.com/opensearch-service/latest/ServerlessAPIReference/API_CreateCollection.html
_LONGEST_STEM = 23
_ARN_EXAMPLE = "arn:aws:aoss:us-east-1:111122223333:collection/abcdefghij1234567890"


class OpenSearchServerlessStore(Store):
    """An index of a collection; without a collection both are made."""

    name = "Amazon OpenSearch Serverless"
    takes_binary = True

    def __init__(
        self,
        collection: refs.ICollectionRef | str | None,
        collection_name: str | None,
        index_name: str | None,
        fields: dict[str, str],
        created_by: Sequence[str],
        *,
        standby_replicas: bool,
    ) -> None:
        check_items("created_by", created_by, str, "ARNs of roles, such as that of a deploy role")
        check_pattern(
            "collection_name",
            collection_name,
            r"[a-z][a-z0-9-]{2,31}",
            "use 3-32 lower-case letters, digits and `-`, and begin with a letter",
        )
        check_length("index_name", index_name, 1, 2048)
        if collection is None and (collection_name is not None or index_name is not None):
            raise PlanesError(
                "`collection_name` and `index_name` are of a collection that exists, and `collection` is "
                "missing: give it, or leave both out and a collection and its index are made"
            )
        if collection is not None and index_name is None:
            raise PlanesError(
                "`index_name` is missing, and `collection` is given: name the vector index in it, whose "
                "fields and dimension must fit"
            )
        if collection is not None and (created_by or not standby_replicas):
            raise PlanesError(
                "`collection` is given, so `created_by` and `standby_replicas` have no effect: leave them out"
            )
        self._collection, self._fields = collection, fields
        self._arn = (
            arn_from("collection", collection, "collection_ref.collection_arn", _ARN_EXAMPLE)
            if collection is not None
            else None
        )
        self._collection_name = collection_name or getattr(resource_behind(collection), "name", None)
        self._index_name, self._created_by = index_name, [*created_by]
        self._standby = standby_replicas
        self.makes_resources = collection is None

    def check(self, embedding: Embedding) -> None:
        """Check that the dimension of the index that is made is known."""
        super().check(embedding)
        if self.makes_resources:
            embedding.needs_dimension()

    def bind(self, context: Context, embedding: Embedding) -> Parts:
        """Make the collection, its policies and its index, or refer to those that exist."""
        scope = Construct(context.scope, "OpenSearch")
        if self._arn is None:
            return self._make(scope, context, embedding)
        behind = resource_behind(self._collection)
        dependencies = []
        if self._collection_name is not None:
            policy = _access_policy(
                scope,
                _policy_name(scope, [self._collection_name]),
                [_rule_of_service(self._collection_name, context.role_arn)],
            )
            dependencies.append(policy)
        else:
            cdk.Annotations.of(context.scope).add_info(
                "the name of `collection` is not known here: give `collection_name`, or add this rule to a "
                "data access policy of the collection: "
                f"{cdk.Stack.of(scope).to_json_string(_rule_of_service('NAME', 'SERVICE_ROLE_ARN'))}"
            )
        return self._parts(self._arn, str(self._index_name), [behind] if behind else [], dependencies)

    def _parts(self, arn: str, index: str, referred: list[cdk.CfnResource], dependencies: list[Any]) -> Parts:
        return Parts(
            configuration={
                "type": "OPENSEARCH_SERVERLESS",
                "opensearchServerlessConfiguration": {
                    "collectionArn": arn,
                    "vectorIndexName": index,
                    "fieldMapping": self._fields,
                },
            },
            statements=[allow("aoss:APIAccessAll", arn)],
            referred=referred,
            dependencies=dependencies,
            owns_store=self.makes_resources,
        )

    def _make(self, scope: Construct, context: Context, embedding: Embedding) -> Parts:
        key = context.encryption_key
        replicas = "ENABLED" if self._standby else "DISABLED"
        name = _policy_name(
            scope,
            [replicas, key_arn_of(key)],
            resource_behind(key),
            changes=lambda: create_only_changes(collection, without="Name"),
        )
        readiness = handler_function(
            scope,
            "open_search_index",
            statements=[],
            description="Waits until a vector index of OpenSearch Serverless answers",
            role_description="Looks whether a vector index answers",
            timeout=cdk.Duration.minutes(10),
        )
        access = _access_policy(
            scope,
            name,
            [
                _rule_of_service(name, context.role_arn),
                _rule(name, _creators(scope, self._created_by), _CREATING),
                _rule(name, [readiness.role.role_arn], ["aoss:DescribeIndex"]),
            ],
        )
        encryption, network = _security_policies(scope, name, key_arn_of(key))
        collection = RecordingCollection(
            scope, "Collection", name=name, type="VECTORSEARCH", standby_replicas=replicas
        )
        # Tags are create-only here: a new tag of the stack would replace the collection, under the same name.
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-opensearchserverless-collection.html
        collection.add_property_deletion_override("Tags")
        collection.overrides.clear()  # this one changes nothing; what comes after it does
        # An access policy takes a minute to have effect, which the collection takes longer to be made.
        # https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-data-access.html
        collection.node.add_dependency(encryption, network, access)
        index = self._make_index(scope, collection.attr_collection_endpoint, embedding, context.model_arn)
        for one in (encryption, network, access, collection, index):
            one.apply_removal_policy(context.removal_policy)
        ready = self._wait(scope, readiness.role, readiness.function.function_arn, collection, index)
        # The names have fingerprints of all that can't change. The collection itself would count its tags.
        return self._parts(collection.attr_arn, index.index_name, [encryption, index], [ready])

    def _make_index(
        self, scope: Construct, endpoint: str, embedding: Embedding, model_arn: str
    ) -> aoss.CfnIndex:
        # "FAISS" is the only engine that a knowledge base takes; binary vectors have a distance of their own.
        method = aoss.CfnIndex.MethodProperty(
            name="hnsw", engine="faiss", space_type="hamming" if embedding.binary else "l2"
        )
        vector = aoss.CfnIndex.PropertyMappingProperty(
            type="knn_vector",
            dimension=embedding.needs_dimension(),
            data_type="binary" if embedding.binary else None,
            method=method,
        )
        fields = self._fields
        for prop in ("vector", "text", "metadata"):
            _check_field(f"{prop}_field", fields[f"{prop}Field"])
        content = [model_arn, embedding.dimension, embedding.binary, fields]

        def fingerprint() -> str:
            changes = create_only_changes(index, without="IndexName")
            return create_only_fingerprint([*content, *changes], scope, [])

        name = FingerprintedName("documents-", fingerprint).name()
        properties = {
            fields["vectorField"]: vector,
            fields["textField"]: aoss.CfnIndex.PropertyMappingProperty(type="text", index=True),
            fields["metadataField"]: aoss.CfnIndex.PropertyMappingProperty(type="text", index=False),
        }
        index = RecordingOpenSearchIndex(
            scope,
            "Index",
            collection_endpoint=endpoint,
            index_name=name,
            mappings=aoss.CfnIndex.MappingsProperty(properties=properties),
            settings=aoss.CfnIndex.IndexSettingsProperty(index=aoss.CfnIndex.IndexProperty(knn=True)),
        )
        return index

    def _wait(
        self,
        scope: Construct,
        role: iam.IRole,
        function_arn: str,
        collection: aoss.CfnCollection,
        index: aoss.CfnIndex,
    ) -> cdk.CustomResource:
        # Beside the role, since the access policy names the role and the collection needs the policy.
        policy = iam.CfnRolePolicy(
            scope,
            "HandlerPolicy",
            role_name=role.role_name,
            policy_name="Collection",
            policy_document=iam.PolicyDocument.from_json(
                {
                    "Version": "2012-10-17",
                    "Statement": [allow("aoss:APIAccessAll", collection.attr_arn)],
                }
            ),
        )
        ready = cdk.CustomResource(
            scope,
            "Ready",
            resource_type="Custom::BedrockVectorIndexReady",
            service_token=function_arn,
            service_timeout=cdk.Duration.minutes(12),
            properties={
                "Endpoint": collection.attr_collection_endpoint,
                "IndexName": index.index_name,
            },
        )
        ready.node.add_dependency(policy, index)
        return ready


# What CloudFormation does with the index, and a look at it by the service role.
# https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-data-access.html
_CREATING = ["aoss:CreateIndex", "aoss:DeleteIndex", "aoss:DescribeIndex", "aoss:UpdateIndex"]


def _check_field(prop: str, field: str) -> None:
    if is_token(field):  # a key of JSON, which CloudFormation doesn't resolve
        raise PlanesError(
            f"`{prop}` is known by the deployment only, and the index that is made has it as a key: pass the "
            "name as text, or a `collection` with an `index_name`"
        )


def _rule(name: str, principals: list[str], permissions: list[str]) -> Json:
    rules = [{"ResourceType": "index", "Resource": [f"index/{name}/*"], "Permission": permissions}]
    return {"Rules": rules, "Principal": principals}


def _rule_of_service(name: str, role_arn: str) -> Json:
    return _rule(name, [role_arn], ["aoss:DescribeIndex", "aoss:ReadDocument", "aoss:WriteDocument"])


def _policy_name(
    scope: Construct,
    content: list[Any],
    *referred: cdk.CfnResource | None,
    changes: Callable[[], list[Any]] = list,
) -> str:
    """Return the name of a collection and its policies, with a fingerprint of what can't change.

    Args:
        scope: Where they are made.
        content: What can't change.
        referred: The L1s behind references in it.
        changes: Gives what was changed on the L1 since. Default: nothing.
    """
    behind = [one for one in referred if one is not None]
    stem = cdk.Names.unique_resource_name(scope, max_length=_LONGEST_STEM, separator="-").lower()
    return FingerprintedName(
        f"{stem}-", lambda: create_only_fingerprint([*content, *changes()], scope, behind)
    ).name()


def _access_policy(scope: Construct, name: str, rules: list[Json]) -> aoss.CfnAccessPolicy:
    return aoss.CfnAccessPolicy(
        scope, "Access", name=name, type="data", policy=cdk.Stack.of(scope).to_json_string(rules)
    )


def _security_policies(
    scope: Construct, name: str, key_arn: str | None
) -> tuple[aoss.CfnSecurityPolicy, aoss.CfnSecurityPolicy]:
    stack = cdk.Stack.of(scope)
    rules = [{"ResourceType": "collection", "Resource": [f"collection/{name}"]}]
    key = {"AWSOwnedKey": True} if key_arn is None else {"AWSOwnedKey": False, "KmsARN": key_arn}
    encryption = aoss.CfnSecurityPolicy(
        scope,
        "Encryption",
        name=name,
        type="encryption",
        policy=stack.to_json_string({"Rules": rules, **key}),
    )
    # CloudFormation and the function that waits call the collection's endpoint, and are in no VPC of the
    # app. Who may do what is up to IAM and the access policy in any case.
    network = aoss.CfnSecurityPolicy(
        scope,
        "Network",
        name=name,
        type="network",
        policy=stack.to_json_string([{"Rules": rules, "AllowFromPublic": True}]),
    )
    return encryption, network


def _creators(scope: Construct, given: list[str]) -> list[str]:
    """Return the roles as which CloudFormation makes the index."""
    if given:
        return given
    synthesizer = cdk.Stack.of(scope).synthesizer
    arn = getattr(synthesizer, "cloud_formation_execution_role_arn", None)
    if not arn:
        raise PlanesError(
            f"`created_by` is missing, and the stack's synthesizer, a {type(synthesizer).__name__}, names no "
            "role of CloudFormation: give the ARN of the role that deploys the stack, which makes the index"
        )
    # The synthesizer leaves the partition to CloudFormation.
    return [cdk.Fn.sub(arn) if "${AWS::" in arn else arn]
