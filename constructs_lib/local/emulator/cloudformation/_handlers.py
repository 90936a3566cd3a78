# ruff: noqa: SLF001 - ministack has no public seams; the guard watches those used here
"""Create, update and delete the types of `_bedrock_types` through the API, as CloudFormation's principal.

The calls go over HTTP like anyone's, so a permission that the execution role lacks fails the resource with
the AccessDenied that AWS would answer. Which reads are made, and how tags are changed, follows the handlers'
permissions in AWS's schemas:
https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from ministack.services.cloudformation import provisioners, stacks

from constructs_lib.local.emulator.cloudformation import _execution_role as execution_role
from constructs_lib.local.emulator.cloudformation._bedrock_types import TYPES, ResourceType, short
from constructs_lib.local.emulator.cloudformation._properties import (
    api_value,
    attributes,
    identifier,
    permissions,
    schema,
    validated,
)

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["change_tags", "install", "read_tags", "register", "reset"]


# Any: botocore makes its clients at run time, from data.
def read_tags(client: Any, resource: str) -> None:
    """Make the call that AWS's read handler makes; nothing here needs the answer."""
    client.list_tags_for_resource(**{_resource_member(client, "ListTagsForResource"): resource})


def change_tags(client: Any, resource: str, old: object, new: object) -> None:
    """Bring the tags from `old` to `new`: first what goes, then what comes or has another value."""
    before, after = _by_key(old), _by_key(new)
    gone = sorted(before.keys() - after.keys())
    if gone:
        client.untag_resource(**{_resource_member(client, "UntagResource"): resource}, tagKeys=gone)
    added = {key: value for key, value in after.items() if before.get(key) != value}
    if added:
        shape = client.meta.service_model.operation_model("TagResource").input_shape
        client.tag_resource(
            **{_resource_member(client, "TagResource"): resource},
            tags=api_value(shape.members["tags"], added),
        )


def _resource_member(client: Any, operation: str) -> str:
    """Return the first member of the operation: `resourceArn` or `resourceARN`."""
    members = client.meta.service_model.operation_model(operation).input_shape.members
    return str(next(iter(members)))


def _by_key(tags: object) -> dict[str, str]:
    if isinstance(tags, dict):
        return {str(key): str(value) for key, value in tags.items()}
    return {str(tag["Key"]): str(tag["Value"]) for tag in tags} if isinstance(tags, list) else {}


Properties = dict[str, Any]
Result = tuple[str, dict[str, Any]]

_GONE = ("ResourceNotFoundException", "NotFoundException")

_owners: dict[tuple[str, str], str] = {}
"""(type, physical id) -> stack: ministack's delete handlers don't know whose resource they delete."""


_create_only: dict[str, list[list[str]]] = {}
"""Type -> the paths of what replaces a resource when it changes."""


class Provisioner:
    """The handlers of one type."""

    def __init__(self, type_name: str, resource: ResourceType) -> None:
        self.type_name, self.resource = type_name, resource

    def create(self, logical_id: str, properties: Properties, stack: str) -> Result:
        """Create the resource, read it back, and take it away again when that fails."""
        parameters = self._parameters(properties)
        named = self.resource.name_property
        if named and named not in parameters:
            parameters[named] = provisioners._physical_name(stack, logical_id, lowercase=True, max_len=63)
        made = _flat(self._call("create", parameters, stack), self.resource.noun)
        made = self._completed(made, stack)
        physical_id = self._physical_id(properties, made)
        _owners[self.type_name, physical_id] = stack
        try:
            if self.resource.finish:
                client = execution_role.client(self.resource.service, stack)
                self.resource.finish(client, physical_id, properties)
            described = {**made, **self._described(physical_id, stack)}
        except Exception:  # whatever it was, CloudFormation must not leave half a resource behind
            with contextlib.suppress(ClientError):  # the first fault is the one to tell
                self.delete(physical_id, properties)
            raise
        return physical_id, self._attributes(described)

    def update(self, physical_id: str, old: Properties, new: Properties, stack: str) -> Result:
        """Update the resource in place; ministack replaces it itself when a create-only property changed."""
        parameters = {**self._parameters(new), **self._identity(physical_id)}
        if self.resource.updatable:
            self._call("update", parameters, stack, strict=False)
        elif self.resource.create.startswith("put_"):
            self._call("create", parameters, stack)
        client = execution_role.client(self.resource.service, stack)
        if self.resource.synchronize:
            self.resource.synchronize(client, physical_id, old, new)
        described = self._described(physical_id, stack)
        change_tags(client, self._arn(described, physical_id), old.get("Tags"), new.get("Tags"))
        return physical_id, self._attributes(described)

    def delete(self, physical_id: str, _properties: Properties) -> None:
        """Delete the resource; one that is gone already is no error."""
        stack = _owners.get((self.type_name, physical_id), "")
        parameters = {**self._identity(physical_id), **self.resource.delete_parameters}
        try:
            if self._needs("delete", "read"):
                self._call("read", self._identity(physical_id), stack, strict=False)
            if self.resource.before_delete:
                self.resource.before_delete(execution_role.client(self.resource.service, stack), physical_id)
            self._call("delete", parameters, stack, strict=False)
            if self.resource.after_delete:
                self.resource.after_delete(execution_role.client(self.resource.service, stack), physical_id)
        except ClientError as e:
            if e.response["Error"]["Code"] not in _GONE:
                raise
        _owners.pop((self.type_name, physical_id), None)

    def _needs(self, handler: str, verb: str) -> bool:
        """Whether AWS's handler makes the call behind `verb`, by its list of permissions."""
        operation = self.resource.operation(verb).replace("_", "")
        return any(p.rpartition(":")[2].lower() == operation for p in permissions(self.type_name, handler))

    def _parameters(self, properties: Properties) -> Properties:
        given = validated(self.type_name, properties)
        given = {k: v for k, v in given.items() if k not in self.resource.dropped}
        if self.resource.prepare:
            given = self.resource.prepare(given)
        renamed = self.resource.renamed
        return {
            renamed.get(k, k): short(v) if k in renamed and isinstance(v, str) else v
            for k, v in given.items()
        }

    def _call(self, verb: str, parameters: Properties, stack: str, *, strict: bool = True) -> Properties:
        client = execution_role.client(self.resource.service, stack)
        operation = self.resource.operation(verb)
        model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[operation])
        answer: Properties = getattr(client, operation)(
            **api_value(model.input_shape, parameters, strict=strict)
        )
        return answer

    def _completed(self, made: Properties, stack: str) -> Properties:
        """Fill in identifiers that the creating call doesn't return."""
        if self.type_name == "AWS::Bedrock::GuardrailVersion":
            guardrail = execution_role.client("bedrock", stack).get_guardrail(
                guardrailIdentifier=made["guardrailId"]
            )
            return {**made, "guardrailArn": guardrail["guardrailArn"]}
        if self.type_name == "AWS::Bedrock::ApplicationInferenceProfile":
            return {**made, "inferenceProfileIdentifier": made["inferenceProfileArn"]}
        return made

    def _described(self, physical_id: str, stack: str) -> Properties:
        answer = _flat(
            self._call("read", self._identity(physical_id), stack, strict=False), self.resource.noun
        )
        client = execution_role.client(self.resource.service, stack)
        if self.resource.read_more:
            self.resource.read_more(client, physical_id)
        resource = self._arn(answer, physical_id)
        reads_tags = any(p.endswith(":ListTagsForResource") for p in permissions(self.type_name, "read"))
        if reads_tags and resource.startswith("arn:"):
            read_tags(client, resource)
        return answer

    def _arn(self, described: Properties, physical_id: str) -> str:
        """Return the resource's ARN, or its physical id where the answer has none."""
        lower = {k.lower(): v for k, v in described.items()}
        return str(lower.get(f"{self.resource.noun.replace('_', '')}arn") or lower.get("arn") or physical_id)

    def _physical_id(self, properties: Properties, made: Properties) -> str:
        lower = {k.lower(): v for k, v in {**properties, **made}.items()}
        return "|".join(str(lower[name.lower()]) for name in identifier(self.type_name))

    def _identity(self, physical_id: str) -> Properties:
        if self.type_name == "AWS::Bedrock::PromptVersion":
            prompt, _, version = short(physical_id).partition(":")
            return {"promptIdentifier": prompt, "promptVersion": version}
        parts = zip(self.resource.parameters, physical_id.split("|"), strict=True)
        return {name: short(part) for name, part in parts}

    def _attributes(self, described: Properties) -> dict[str, Any]:
        lower = {k.lower(): v for k, v in described.items()}
        found = {name: lower[name.lower()] for name in attributes(self.type_name) if name.lower() in lower}
        plain = (str, int, float, bool, list, dict)
        return {name: value if isinstance(value, plain) else str(value) for name, value in found.items()}


def _flat(answer: Properties, noun: str) -> Properties:
    """Return the content of the answer's one wrapper (`{"agent": {...}}`), or the answer itself."""
    wrapper = noun.replace("_", "")
    for name, value in answer.items():
        if isinstance(value, dict) and name.lower() == wrapper:
            return value
    return {k: v for k, v in answer.items() if k != "ResponseMetadata"}


def install() -> None:
    """Enter the types into ministack's tables."""
    for type_name, resource in TYPES.items():
        handlers = Provisioner(type_name, resource)
        register(type_name, handlers.create, handlers.update, handlers.delete)
        tags = schema(type_name)["properties"].get("Tags")
        if tags:
            kind = "list" if tags.get("type") == "array" or "items" in tags else "map"
            provisioners._STACK_TAG_PROPERTY[type_name] = ("Tags", kind)
    provisioners._replacing_change = stacks._replacing_change = _by_pointer(provisioners._replacing_change)
    stacks._runs_on_worker_thread = _off_the_loop(stacks._runs_on_worker_thread)


def register(
    type_name: str,
    create: Callable[[str, Properties, str], Result],
    update: Callable[[str, Properties, Properties, str], Result],
    delete: Callable[[str, Properties], None],
) -> None:
    """Enter one type, which what its schema calls create-only replaces."""
    provisioners._RESOURCE_HANDLERS[type_name] = {"create": create, "update": update, "delete": delete}
    pointers = [pointer.split("/")[2:] for pointer in schema(type_name).get("createOnlyProperties") or []]
    _create_only[type_name] = pointers
    provisioners._REPLACING_PROPERTIES[type_name] = tuple(sorted({steps[0] for steps in pointers}))


def _by_pointer(stock: Callable[..., bool]) -> Callable[..., bool]:
    """Ministack knows whole properties that replace a resource; in AWS's schemas they may be parts of one."""

    def replacing_change(type_name: str, old: Properties, new: Properties) -> bool:
        pointers = _create_only.get(type_name)
        if pointers is None:
            return stock(type_name, old, new)
        return any(_at(old, steps) != _at(new, steps) for steps in pointers)

    return replacing_change


def _at(value: Any, steps: list[str]) -> Any:
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _off_the_loop(stock: Callable[[str], bool]) -> Callable[[str], bool]:
    """Our handlers call this server, so they must leave its event loop free to answer."""

    def runs_on_worker_thread(type_name: str) -> bool:
        return type_name in _create_only or type_name == "AWS::IAM::RolePolicy" or stock(type_name)

    return runs_on_worker_thread


def reset() -> None:
    """Forget whose the resources were."""
    _owners.clear()
