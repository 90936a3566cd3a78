# ruff: noqa: SLF001 - ministack has no public seams; _guard watches those used here
"""Create, update and delete the types of `_types` through the API, as CloudFormation's principal.

The calls go over HTTP like anyone's, so a permission that the execution role lacks fails the resource with
the AccessDenied that AWS would answer. Which reads are made follows the handlers' permissions in AWS's
schemas.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from ministack.services.cloudformation import provisioners, stacks

from constructs_lib.local.emulator.cloudformation import execution_role
from constructs_lib.local.emulator.cloudformation._schemas import (
    attributes,
    identifier,
    permissions,
    schema,
    validated,
)
from constructs_lib.local.emulator.cloudformation._shapes import api_value
from constructs_lib.local.emulator.cloudformation._tags import change_tags, read_tags
from constructs_lib.local.emulator.cloudformation._types import TYPES, ResourceType, short

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["install", "reset"]

Properties = dict[str, Any]
Result = tuple[str, dict[str, Any]]

_GONE = ("ResourceNotFoundException", "NotFoundException")

_owners: dict[tuple[str, str], str] = {}
"""(type, physical id) -> stack: ministack's delete handlers are not told whose resource they delete."""


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
    """Return what stands inside of the answer's one wrapper (`{"agent": {...}}`), or the answer."""
    wrapper = noun.replace("_", "")
    for name, value in answer.items():
        if isinstance(value, dict) and name.lower() == wrapper:
            return value
    return {k: v for k, v in answer.items() if k != "ResponseMetadata"}


def install() -> None:
    """Enter the types into ministack's tables."""
    for type_name, resource in TYPES.items():
        handlers = Provisioner(type_name, resource)
        provisioners._RESOURCE_HANDLERS[type_name] = {
            "create": handlers.create,
            "update": handlers.update,
            "delete": handlers.delete,
        }
        document = schema(type_name)
        create_only = {pointer.split("/")[2] for pointer in document.get("createOnlyProperties") or []}
        provisioners._REPLACING_PROPERTIES[type_name] = tuple(sorted(create_only))
        tags = document["properties"].get("Tags")
        if tags:
            kind = "list" if tags.get("type") == "array" or "items" in tags else "map"
            provisioners._STACK_TAG_PROPERTY[type_name] = ("Tags", kind)
    stacks._runs_on_worker_thread = _off_the_loop(stacks._runs_on_worker_thread)


def _off_the_loop(stock: Callable[[str], bool]) -> Callable[[str], bool]:
    """Our handlers call this server, so they must leave its event loop free to answer."""

    def runs_on_worker_thread(type_name: str) -> bool:
        return type_name in TYPES or type_name == "AWS::IAM::RolePolicy" or stock(type_name)

    return runs_on_worker_thread


def reset() -> None:
    """Forget whose the resources were."""
    _owners.clear()
