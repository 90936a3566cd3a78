"""What CloudFormation itself calls for a stack, beside the handlers of its resources."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.deploy.model import DeployError, Need
from constructs_lib.deploy.scoping import NO_ID, STAR_ONLY
from constructs_lib.deploy.tables import services
from constructs_lib.deploy.values import ANY
from constructs_lib.templates import mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.deploy.model import DeployOptions
    from constructs_lib.deploy.values import Deployed

__all__ = ["stack_needs"]

_SSM_TYPE: Final = "AWS::SSM::Parameter::"
_REFERENCE: Final = re.compile(
    r"\{\{resolve:(ssm|ssm-secure|secretsmanager):((?:arn:[^:}]*:[^:}]*:[^:}]*:[^:}]*:[^:}]*:)?[^:}]+)"
)
_STACK: Final = "arn:${Partition}:cloudformation:${Region}:${Account}:stack/${Name}/*"
_PARAMETER: Final = "arn:${Partition}:ssm:${Region}:${Account}:parameter/${Name}"
_SECRET: Final = "arn:${Partition}:secretsmanager:${Region}:${Account}:secret:${Name}-*"  # noqa: S105 - an ARN format


def stack_needs(at: Deployed, options: DeployOptions) -> Iterator[Need]:
    """Yield what CloudFormation calls for one template.

    Raises:
        DeployError: A macro's function is not known.

    """
    yield from _parameters(at)
    yield from _transforms(at, options)
    where = f"{at.source.path}#"
    if '"Fn::GetAZs"' in json.dumps(at.source.body):
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getavailabilityzones.html
        yield Need("ec2:DescribeAvailabilityZones", (ANY,), (), where, STAR_ONLY)
        yield Need("ec2:DescribeSubnets", (ANY,), (), where, STAR_ONLY)
    yield from _outputs_read(at)
    for logical_id, item in at.resources.items():
        for text in _texts(at, item.body):
            for service, name in _REFERENCE.findall(text):
                yield from _reference(at, service, name, f"{where}{logical_id}")


def _parameters(at: Deployed) -> Iterator[Need]:
    """Yield reading the parameters whose values CloudFormation looks up, the bootstrap's version too.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html
    """
    for name, declared in mapping(at.source.body.get("Parameters")).items():
        kind = mapping(declared).get("Type")
        where = f"{at.source.path}#{name}"
        if not isinstance(kind, str):
            continue
        if kind.startswith(_SSM_TYPE):
            given = mapping(declared).get("Default")
            texts = (given,) if isinstance(given, str) else (ANY,)
            arns = tuple(at.arn(_PARAMETER, text) for text in texts)
            yield Need("ssm:GetParameters", arns, (), where, NO_ID if ANY in texts else "")
        for element in re.findall(r"AWS::(?!SSM)[\w:]+\w", kind):
            if action := services()["parameter_types"].get(element):
                yield Need(action, (ANY,), (), where, STAR_ONLY)


def _transforms(at: Deployed, options: DeployOptions) -> Iterator[Need]:
    """Yield using the macros of a template.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/control-access-with-iam.html
    """
    listed = at.source.body.get("Transform")
    names = [
        one if isinstance(one, str) else mapping(one).get("Name")
        for one in (listed if isinstance(listed, list) else [listed])
    ]
    names += [mapping(node).get("Name") for node in _inner_transforms(at.source.body)]
    for name in sorted({one for one in names if isinstance(one, str)}):
        where = f"{at.source.path}#"
        if name.startswith("AWS::"):
            arn = f"arn:{at.partition}:cloudformation:{at.region}:aws:transform/{name.removeprefix('AWS::')}"
            yield Need("cloudformation:CreateChangeSet", (arn,), (), where)
            continue
        if not options.service_tokens:
            message = (
                f"{at.source.path}: the macro `{name}` calls a function; name it with --service-token ARN"
            )
            raise DeployError(message)
        for token in options.service_tokens:
            yield Need("lambda:InvokeFunction", (token,), (), where)


def _outputs_read(at: Deployed) -> Iterator[Need]:
    """Yield describing the stacks whose outputs the template reads with the execution role itself.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getstackoutput.html
    """
    for section in ("Conditions", "Outputs", "Resources"):
        for name, body in mapping(at.source.body.get(section)).items():
            for given in _stack_outputs(body):
                if "RoleArn" in given:  # the role is assumed, and describes the stack
                    continue
                for stack in at.texts(given.get("StackName")):
                    region = at.texts(given["Region"])[0] if "Region" in given else at.region
                    arn = at.arn(_STACK.replace("${Region}", region), stack)
                    why = NO_ID if stack == ANY else ""
                    yield Need("cloudformation:DescribeStacks", (arn,), (), f"{at.source.path}#{name}", why)


def _stack_outputs(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if "Fn::GetStackOutput" in node:
            yield mapping(node["Fn::GetStackOutput"])
        for item in node.values():
            yield from _stack_outputs(item)
    elif isinstance(node, list):
        for item in node:
            yield from _stack_outputs(item)


def _inner_transforms(node: Any) -> Iterator[Any]:
    if isinstance(node, dict):
        if "Fn::Transform" in node:
            listed = node["Fn::Transform"]
            yield from listed if isinstance(listed, list) else [listed]
        for item in node.values():
            yield from _inner_transforms(item)
    elif isinstance(node, list):
        for item in node:
            yield from _inner_transforms(item)


def _texts(at: Deployed, node: Any) -> Iterator[str]:
    """Yield the texts in a resource that may be dynamic references, joined and substituted."""
    if isinstance(node, str):
        if "{{resolve:" in node:
            yield node
    elif isinstance(node, dict):
        if (
            len(node) == 1
            and next(iter(node)) in {"Fn::Join", "Fn::Sub"}
            and "{{resolve:" in json.dumps(node)
        ):
            yield from at.texts(node)
        else:
            for item in node.values():
                yield from _texts(at, item)
    elif isinstance(node, list):
        for item in node:
            yield from _texts(at, item)


def _reference(at: Deployed, service: str, name: str, where: str) -> Iterator[Need]:
    """Yield resolving a dynamic reference.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
    """
    why = NO_ID if name == ANY else ""
    if service == "secretsmanager":
        arn = name if name.startswith("arn:") else at.arn(_SECRET, name)
        yield Need("secretsmanager:GetSecretValue", (arn,), (), where, why)
        return
    for action in ("ssm:GetParameter", "ssm:GetParameters"):
        yield Need(action, (at.arn(_PARAMETER, name),), (), where, why)
