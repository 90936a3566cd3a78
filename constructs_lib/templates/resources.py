"""Read the resources that rules look at, with their properties resolved; all others are skipped."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.iam import RUNS_AS, Origin
from constructs_lib.templates.model import Resource
from constructs_lib.templates.resolve import attribute_values, resolve
from constructs_lib.templates.scope import mapping

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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
    "AWS::Lambda::Function": ("Role", "FunctionName"),
    "AWS::Pipes::Pipe": ("RoleArn",),
    "AWS::SageMaker::Domain": ("DefaultUserSettings",),
    "AWS::SageMaker::Model": ("ExecutionRoleArn",),
    "AWS::SageMaker::NotebookInstance": ("RoleArn",),
    "AWS::SageMaker::UserProfile": ("UserSettings", "DomainId", "UserProfileName"),
    "AWS::Scheduler::Schedule": ("Target",),
    "AWS::Serverless::Function": ("Role", "FunctionName"),
    "AWS::Serverless::StateMachine": ("Role", "Name"),
    "AWS::StepFunctions::StateMachine": ("RoleArn",),
}

# Where functions have their code.
_CODE: Final[dict[str, tuple[str, ...]]] = {
    "AWS::Lambda::Function": ("Code", "Runtime", "Layers"),
    "AWS::Serverless::Function": ("CodeUri", "InlineCode", "Runtime", "Layers"),
}
# Where the others have their role; a function without one is of interest for its code.
_ROLES: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    kind: tuple(tuple(row.role.split(".")) for row in RUNS_AS if row.type == kind)
    for kind in _RUNS
    if kind not in _CODE and kind != "AWS::IAM::InstanceProfile"
}


def _may_run(kind: str, properties: dict[str, Any]) -> bool:
    """Whether a resource that can run as a role may name one: it has the property, or a function there."""
    paths = _ROLES.get(kind)
    return not paths or any(_may_have(properties, path) for path in paths)


def _may_have(node: Any, path: tuple[str, ...]) -> bool:
    for key in path:
        if type(node) is not dict or not _is_plain(node):
            return True
        if key not in node:
            return False
        node = node[key]
    return True


def _is_plain(node: dict[str, Any]) -> bool:
    """Whether an object is written out, and no function of CloudFormation."""
    return not any(key.startswith("Fn::") or key == "Ref" for key in node)


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
    role = f"{logical_id}Role"
    if role in scope.synthetic:
        result["Role"] = attribute_values(role, "Arn", scope)[0]
    return result


def _shared_code(kind: str, scope: Scope) -> dict[str, Any]:
    """Return what a SAM template says of the code of all its functions."""
    if kind != "AWS::Serverless::Function":
        return {}
    shared = mapping(mapping(scope.body.get("Globals")).get("Function"))
    return {key: shared[key] for key in ("CodeUri", "Runtime") if isinstance(shared.get(key), str)}


def _properties(keys: Iterable[str], properties: dict[str, Any], scope: Scope) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key in keys:
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


def read_resources(assembly: Assembly, *, code: bool = False) -> Iterator[Resource]:
    """Yield the resources of an assembly that rules look at, in the templates' order.

    A property with several possible values (``Fn::If``) is the list of them.

    Args:
        assembly: The templates.
        code: Resolve also where functions have their code.

    """
    for scope in assembly.scopes:
        for logical_id, kind, resource in scope.resources_of({k for k in scope.types if _wanted(k)}):
            written = mapping(resource.get("Properties"))
            if not code and not _may_run(kind, written):
                continue
            keys: Iterable[str] = _RUNS.get(kind, written)
            properties = _run(kind, logical_id, scope)
            if code and kind in _CODE:
                keys = (*keys, *_CODE[kind])
                properties |= _shared_code(kind, scope)
            yield Resource(
                type=kind,
                logical_id=logical_id,
                origin=Origin(scope.path, scope.pointer(logical_id)),
                properties=properties | _properties(keys, written, scope),
                construct_path=scope.construct_path(logical_id),
                environment=scope.environment,
                conditional=scope.conditional or scope.condition(logical_id) is not None,
                acknowledgements=scope.acknowledgements(logical_id),
            )
