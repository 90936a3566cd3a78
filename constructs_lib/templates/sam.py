"""Read AWS SAM: the roles that SAM adds for functions and state machines, and the items of ``Policies``.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.iam import Origin, Policy, Statement
from constructs_lib.templates.scope import mapping

if TYPE_CHECKING:
    from constructs_lib.templates.scope import Scope

__all__ = ["TYPES", "add_roles", "owner", "policy_item", "trust"]

TYPES: Final = frozenset(("SAM::FunctionRole", "SAM::StateMachineRole"))
"""The types that the implicit roles have among a scope's resources."""

_OWNERS: Final = {
    "AWS::Serverless::Function": ("SAM::FunctionRole", "Function", "lambda.amazonaws.com"),
    "AWS::Serverless::StateMachine": ("SAM::StateMachineRole", "StateMachine", "states.amazonaws.com"),
}
_OWNING: Final = frozenset(_OWNERS)
_SERVICES: Final = {kind: service for kind, _, service in _OWNERS.values()}

# Properties of ``Globals`` that carry roles:
# https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
_GLOBAL: Final[tuple[str, ...]] = ("AssumeRolePolicyDocument", "PermissionsBoundary", "Role", "Tags")

# The policy templates; none of them names a Bedrock action, an IAM action or sts:AssumeRole:
# https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html
_TEMPLATES: Final = frozenset(
    f"{name}Policy"
    for row in (
        "AcmGetCertificate AMIDescribe AthenaQuery AWSSecretsManagerGetSecretValue AWSSecretsManagerRotation",
        "CloudFormationDescribeStacks CloudWatchDashboard CloudWatchDescribeAlarmHistory CloudWatchPutMetric",
        "CodeCommitCrud CodeCommitRead CodePipelineLambdaExecution CodePipelineReadOnly",
        "ComprehendBasicAccess",
        "CostExplorerReadOnly DynamoDBBackupFullAccess DynamoDBCrud DynamoDBRead DynamoDBReconfigure",
        "DynamoDBRestoreFromBackup DynamoDBStreamRead DynamoDBWrite EC2CopyImage EC2Describe EFSWriteAccess",
        "EKSDescribe EcsRunTask ElasticMapReduceAddJobFlowSteps ElasticMapReduceCancelSteps",
        "ElasticMapReduceModifyInstanceFleet ElasticMapReduceModifyInstanceGroups",
        "ElasticMapReduceSetTerminationProtection ElasticMapReduceTerminateJobFlows ElasticsearchHttpPost",
        "EventBridgePutEvents FilterLogEvents FirehoseCrud FirehoseWrite KMSDecrypt KMSEncrypt KinesisCrud",
        "KinesisStreamRead LambdaInvoke MobileAnalyticsWriteOnlyAccess OrganizationsListAccounts",
        "PinpointEndpointAccess PollyFullAccess RekognitionDetectOnly RekognitionFacesManagement",
        "RekognitionFaces RekognitionLabels RekognitionNoDataAccess RekognitionRead",
        "RekognitionWriteOnlyAccess Route53ChangeResourceRecordSets S3Crud S3FullAccess S3Read S3Write",
        "SESBulkTemplatedCrud SESCrud SESEmailTemplateCrud SESSendBounce SNSCrud SNSPublishMessage SQSPoller",
        "SQSSendMessage SSMParameterRead SSMParameterWithSlashPrefixRead SageMakerCreateEndpointConfig",
        "SageMakerCreateEndpoint ServerlessRepoReadWriteAccess StepFunctionsExecution TextractDetectAnalyze",
        "TextractGetResult Textract VPCAccess",
    )
    for name in row.split(" ")
) | {"SESBulkTemplatedCrudPolicy_v2", "SESCrudPolicy_v2"}


def add_roles(scope: Scope) -> None:
    """Add the implicit role of each function and state machine to the scope's resources.

    The role of function ``F`` is ``FRole``; a function with a ``Role`` has none of its own.
    """
    for logical_id, owner_type, resource in scope.resources_of(_OWNING):
        kind, section, _ = _OWNERS[owner_type]
        shared = mapping(mapping(scope.body.get("Globals")).get(section))
        properties = {key: shared[key] for key in _GLOBAL if key in shared}
        properties |= mapping(resource.get("Properties"))
        role = f"{logical_id}Role"
        if properties.get("Role") is None and role not in scope.resources:
            entry = {"Type": kind, "Properties": properties}
            entry |= {key: resource[key] for key in ("Condition", "Metadata") if key in resource}
            scope.resources[role] = entry
            scope.synthetic.add(role)
            scope.types.add(kind)


def owner(scope: Scope, logical_id: str) -> str:
    """Return the logical id that a resource has in the file; for an implicit role, that of its function."""
    return logical_id.removesuffix("Role") if logical_id in scope.synthetic else logical_id


def trust(scope: Scope, logical_id: str) -> Policy | None:
    """Return the trust policy that SAM writes for an implicit role."""
    service = _SERVICES.get(str(scope.resources[logical_id].get("Type")))
    if service is None:
        return None
    origin = Origin(scope.path, scope.pointer(owner(scope, logical_id)))
    statement = Statement(
        effect="Allow",
        actions=("sts:AssumeRole",),
        not_actions=None,
        resources=None,
        not_resources=None,
        principals=(("Service", service),),
        not_principals=None,
        conditions=(),
        sid=None,
        conditional=False,
        unresolved=(),
        origin=origin,
    )
    return Policy("trust", (statement,), origin)


def policy_item(node: Any) -> tuple[str, Any]:
    """Return the kind and the content of an item of ``Policies``.

    Returns:
        ``("document", document)``, ``("managed", name or ARN)``, ``("none", None)`` for a policy template
        that doesn't concern Bedrock, or ``("unknown", why)``.

    """
    if isinstance(node, str):
        return "managed", node
    if not isinstance(node, dict) or not node:
        return "unknown", "an item of `Policies` is neither a name nor an object"
    return _object_item(node)


def _object_item(node: dict[str, Any]) -> tuple[str, Any]:
    keys = {key.lower() for key in node}
    if "statement" in keys:
        return "document", node
    if "effect" in keys:
        return "document", {"Statement": [node]}
    name = next(iter(node))
    if len(node) == 1 and (name == "Ref" or name.startswith("Fn::")):
        return "managed", node
    if name in _TEMPLATES:
        return "none", None
    return "unknown", f"the policy template `{name[:80]}` is not known here"
