"""What of a template was not read, and why: macros, modules, templates that are not in the input.

Each entry names something that may add to, or change, the principals of the template.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.templates.model import Incomplete
from constructs_lib.templates.resolve import resolve
from constructs_lib.templates.scope import macro_name, mapping, token
from constructs_lib.templates.sdk_calls import SDK_CALLS, iam_call

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.templates.scope import Scope

__all__ = ["unread"]

# Transforms whose result is read here, or that add no permission on Bedrock and change no role.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-reference.html
_KNOWN: Final = re.compile(
    r"AWS::(Serverless-2016-10-31|LanguageExtensions|SecretsManager-\d{4}-\d\d-\d\d|CodeDeployBlueGreen)\Z"
)
# Types that deploy another template, with what they are called.
_TEMPLATES: Final = {
    "AWS::CloudFormation::Stack": "nested stack",
    "AWS::Serverless::Application": "SAM application",
    "AWS::CloudFormation::StackSet": "StackSet",
    "AWS::ServiceCatalog::CloudFormationProvisionedProduct": "Service Catalog product",
}
# Third parties have namespaces of their own; Amazon's and Alexa's are reserved.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/registry.html
_AMAZONS: Final = ("AWS::", "Amazon::", "AMZN::", "Alexa::", "Custom::", "SAM::")


def unread(scope: Scope) -> Iterator[Incomplete]:
    """Yield what of a template was not read; CloudFormation will put it into the stack."""
    yield from _transforms(scope.body, scope.at(""))
    if scope.room.why_cut:
        yield Incomplete(scope.at("/Resources"), f"{scope.room.why_cut}: the rest was not read")
    for section in ("Mappings", "Conditions"):
        # A macro may change what stands beside it there, of which values and resources depend.
        table = mapping(scope.body.get(section))
        for name, part in ((section, table), *((f"{section}/{token(key)}", table[key]) for key in table)):
            if "Fn::Transform" in mapping(part):
                yield from _transforms({"Fn::Transform": part["Fn::Transform"]}, scope.at(f"/{name}"))
    raw = mapping(scope.body.get("Resources"))
    if "Fn::Transform" in raw:
        yield from _transforms({"Fn::Transform": raw["Fn::Transform"]}, scope.at("/Resources"))
    transformed = [item for item in scope.resources.items() if "Fn::Transform" in item[1]]
    for logical_id, resource in transformed:
        yield from _transforms({"Fn::Transform": resource["Fn::Transform"]}, scope.pointer(logical_id))
    suspect = {kind for kind in scope.types if not kind.startswith("AWS::") or kind in _TEMPLATES}
    for logical_id, kind, resource in scope.resources_of(suspect):
        why = _why(kind, logical_id, resource, scope)
        if why is not None:
            yield Incomplete(scope.pointer(logical_id), why)


def _transforms(body: dict[str, Any], base: str) -> Iterator[Incomplete]:
    """Yield the macros of a template or part of one.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-macros.html
    """
    for key in ("Transform", "Fn::Transform"):
        listed = body.get(key)
        for item in listed if isinstance(listed, list) else [listed]:
            name = macro_name(item)
            if item is None or _KNOWN.match(name):
                continue
            yield Incomplete(f"{base}/{token(key)}", f"macro `{name}` may rewrite or add any resource")


def _why(kind: str, logical_id: str, resource: dict[str, Any], scope: Scope) -> str | None:
    """Say why a resource may hold or change principals that are not seen, ``None`` if it doesn't."""
    if kind in _TEMPLATES:
        if logical_id in scope.nested:
            return None
        return f"the template of {_TEMPLATES[kind]} `{logical_id[:100]}` is not in the input"
    if kind.endswith("::MODULE"):
        return f"module `{kind[:100]}` is not in the input"
    if kind.startswith("Custom::"):
        call = _iam_call(mapping(resource.get("Properties")), scope)
        return f"custom resource `{logical_id[:100]}` calls `iam:{call}`" if call is not None else None
    if not kind.startswith(_AMAZONS):
        return f"type `{kind[:100]}` of a third party may make roles or policies"
    return None


def _iam_call(properties: dict[str, Any], scope: Scope) -> str | None:
    """Return the changing action of IAM that an ``AwsCustomResource`` of the CDK calls, if it does."""
    for name in SDK_CALLS:
        for value in resolve(properties.get(name), scope).values:
            call = iam_call(value)
            if call is not None:
                return call.action
    return None
