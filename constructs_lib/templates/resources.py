"""Read the resources that rules look at, with their properties resolved; all others are skipped."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.iam import RUNS_AS, Origin
from constructs_lib.templates.model import Resource
from constructs_lib.templates.resolve import attribute_values, resolve
from constructs_lib.templates.scope import mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.templates.scope import Assembly, Scope

__all__ = ["read_resources"]

# Read with all properties: Bedrock's own resources, those that guard it, and those that may configure it.
_WHOLE: Final = (
    "AWS::Bedrock::",
    "AWS::BedrockAgentCore::",
    "AWS::BedrockMantle::",
    "AWS::EC2::VPCEndpoint",
    "Custom::",
)
_ALSO_WHOLE: Final = frozenset(
    ("AWS::Organizations::Policy", "AWS::IAM::AccessKey", "AWS::IAM::ServiceSpecificCredential")
)

# Resources that run as a role, or lead to one: only these properties are kept.
_RUNS: Final[dict[str, tuple[str, ...]]] = {
    "AWS::ApiGateway::Method": ("Integration", "RestApiId"),
    "AWS::ApiGatewayV2::Integration": ("CredentialsArn", "ApiId"),
    "AWS::AppRunner::Service": ("InstanceConfiguration",),
    "AWS::AppSync::DataSource": ("Type", "ServiceRoleArn", "ApiId"),
    "AWS::Batch::JobDefinition": ("ContainerProperties",),
    "AWS::CodeBuild::Project": ("ServiceRole",),
    "AWS::CodePipeline::Pipeline": ("RoleArn",),
    "AWS::EC2::Instance": ("IamInstanceProfile",),
    "AWS::EC2::LaunchTemplate": ("LaunchTemplateData",),
    "AWS::ECS::TaskDefinition": ("TaskRoleArn", "ExecutionRoleArn"),
    "AWS::EKS::PodIdentityAssociation": ("RoleArn", "ClusterName"),
    "AWS::Events::Rule": ("RoleArn",),
    "AWS::Glue::DevEndpoint": ("RoleArn", "EndpointName"),
    "AWS::Glue::Job": ("Role",),
    "AWS::IAM::InstanceProfile": ("Roles", "InstanceProfileName"),
    "AWS::Lambda::Function": ("Role", "FunctionName", "Code", "Runtime", "Layers"),
    "AWS::Pipes::Pipe": ("RoleArn",),
    "AWS::SageMaker::Domain": ("DefaultUserSettings",),
    "AWS::SageMaker::Model": ("ExecutionRoleArn",),
    "AWS::SageMaker::NotebookInstance": ("RoleArn",),
    "AWS::SageMaker::UserProfile": ("UserSettings", "DomainId", "UserProfileName"),
    "AWS::Scheduler::Schedule": ("Target",),
    "AWS::Serverless::Function": ("Role", "FunctionName", "CodeUri", "InlineCode", "Runtime", "Layers"),
    "AWS::Serverless::StateMachine": ("Role", "Name"),
    "AWS::StepFunctions::StateMachine": ("RoleArn",),
}


@lru_cache(maxsize=1024)
def _wanted(kind: str) -> bool:
    return (
        kind in _RUNS
        or kind.startswith(_WHOLE)
        or kind in _ALSO_WHOLE
        or kind == "AWS::CloudFormation::CustomResource"
    )


# The attributes with which policies name what runs as a role.
_NAMED_BY: Final[dict[str, str]] = {
    row.type: row.arn[1:-1] for row in RUNS_AS if row.arn.startswith("{") and row.arn.endswith("}")
} | {"AWS::IAM::InstanceProfile": "Arn"}


def _run(kind: str, logical_id: str, scope: Scope) -> dict[str, Any]:
    """Return the ARN of what runs as a role, and the role that SAM adds if the template names none."""
    attribute = _NAMED_BY.get(kind)
    if attribute is None:
        return {}
    result = {attribute: attribute_values(logical_id, attribute, scope)[0]}
    if kind == "AWS::Serverless::Function":
        shared = mapping(mapping(scope.body.get("Globals")).get("Function"))
        result |= {key: shared[key] for key in ("CodeUri", "Runtime") if isinstance(shared.get(key), str)}
    role = f"{logical_id}Role"
    if role in scope.synthetic:
        result["Role"] = attribute_values(role, "Arn", scope)[0]
    return result


def _properties(kind: str, properties: dict[str, Any], scope: Scope) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key in _RUNS.get(kind, properties):
        node = properties.get(key)
        if node is None:
            continue
        found = resolve(node, scope).values
        if len(found) == 1:
            result[key] = found[0]
        elif found:  # several possible values: one list of them
            result[key] = [
                item for value in found for item in (value if isinstance(value, list) else [value])
            ]
    return result


def read_resources(assembly: Assembly) -> Iterator[Resource]:
    """Yield the resources of an assembly that rules look at, in the templates' order.

    A property with several possible values (``Fn::If``) is the list of them.
    """
    for scope in assembly.scopes:
        for logical_id, resource in scope.resources.items():
            kind = resource.get("Type")
            if not isinstance(kind, str) or not _wanted(kind):
                continue
            yield Resource(
                type=kind,
                logical_id=logical_id,
                origin=Origin(scope.path, scope.pointer(logical_id)),
                properties=_run(kind, logical_id, scope)
                | _properties(kind, mapping(resource.get("Properties")), scope),
                construct_path=scope.construct_path(logical_id),
                environment=scope.environment,
                conditional=scope.conditional or scope.condition(logical_id) is not None,
                acknowledgements=scope.acknowledgements(logical_id),
            )
