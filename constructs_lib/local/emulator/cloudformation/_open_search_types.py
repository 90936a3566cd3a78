"""The types of OpenSearch Serverless: collections and policies through its API, and indexes, which have none.

The handler of an index calls the collection's endpoint as CloudFormation's principal, which a data access
policy has to admit:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-opensearchserverless-index.html
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from constructs_lib.local.emulator import open_search
from constructs_lib.local.emulator.authorization import denial
from constructs_lib.local.emulator.cloudformation import _execution_role as execution_role
from constructs_lib.local.emulator.cloudformation._handlers import register
from constructs_lib.local.emulator.cloudformation._properties import api_value, validated
from constructs_lib.local.emulator.protocol import AwsError, Check

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["install"]

Properties = dict[str, Any]
Result = tuple[str, dict[str, Any]]

_SERVICE = "opensearchserverless"
_COLLECTION = "AWS::OpenSearchServerless::Collection"
_INDEX = "AWS::OpenSearchServerless::Index"
_PAUSE = 0.02

_owners: dict[tuple[str, str], str] = {}
"""(Type, physical id) -> stack: ministack's delete handlers don't know whose resource they delete."""


def install() -> None:
    """Register the types."""
    for noun in ("access_policy", "security_policy"):
        _policy(noun)
    register(_COLLECTION, _create_collection, _update_collection, _delete_collection)
    register(_INDEX, _create_index, _update_index, _delete_index)


def _call(kind: str, operation: str, properties: Properties, stack: str) -> Properties:
    client = execution_role.client(_SERVICE, stack)
    name = client.meta.method_to_api_mapping[operation]
    shape = client.meta.service_model.operation_model(name).input_shape
    found: Properties = getattr(client, operation)(**api_value(shape, properties, strict=False, where=kind))
    return found


def _policy(noun: str) -> None:
    kind = f"AWS::OpenSearchServerless::{noun.title().replace('_', '')}"

    def create(_logical_id: str, properties: Properties, stack: str) -> Result:
        given = validated(kind, properties)
        _call(kind, f"create_{noun}", given, stack)
        _owners[kind, given["Name"]] = stack
        return given["Name"], {}

    def update(physical_id: str, _old: Properties, new: Properties, stack: str) -> Result:
        given = validated(kind, new)
        there = _call(kind, f"get_{noun}", {"Name": physical_id, "Type": given["Type"]}, stack)
        detail = next(value for name, value in there.items() if name.endswith("Detail"))
        _call(kind, f"update_{noun}", {**given, "PolicyVersion": detail["policyVersion"]}, stack)
        return physical_id, {}

    def delete(physical_id: str, properties: Properties) -> None:
        stack = _owners.pop((kind, physical_id), "")
        identity = {"Name": physical_id, "Type": properties["Type"]}
        _gone(lambda: _call(kind, f"delete_{noun}", identity, stack))

    register(kind, create, update, delete)


def _gone(call: Callable[[], object]) -> None:
    """Make a call; that there is nothing to delete any more is no error."""
    try:
        call()
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise


def _create_collection(_logical_id: str, properties: Properties, stack: str) -> Result:
    given = validated(_COLLECTION, properties)
    made = _call(_COLLECTION, "create_collection", given, stack)["createCollectionDetail"]
    _owners[_COLLECTION, made["id"]] = stack
    return made["id"], _described(made["id"], stack)


def _described(identifier: str, stack: str) -> dict[str, Any]:
    """Wait until a collection is active, and return its attributes."""
    while True:
        answer = _call(_COLLECTION, "batch_get_collection", {"ids": [identifier]}, stack)
        [there] = answer["collectionDetails"]
        if there["status"] != "CREATING":
            break
        time.sleep(_PAUSE)
    return {
        "Id": identifier,
        "Arn": there["arn"],
        "CollectionEndpoint": there["collectionEndpoint"],
        "DashboardEndpoint": there["dashboardEndpoint"],
    }


def _update_collection(physical_id: str, _old: Properties, new: Properties, stack: str) -> Result:
    given = {name: value for name, value in validated(_COLLECTION, new).items() if name == "Description"}
    _call(_COLLECTION, "update_collection", {"Id": physical_id, **given}, stack)
    return physical_id, _described(physical_id, stack)


def _delete_collection(physical_id: str, _properties: Properties) -> None:
    stack = _owners.pop((_COLLECTION, physical_id), "")
    _gone(lambda: _call(_COLLECTION, "delete_collection", {"Id": physical_id}, stack))


def _create_index(_logical_id: str, properties: Properties, stack: str) -> Result:
    given = validated(_INDEX, properties)
    collection = open_search.collection_at(given["CollectionEndpoint"])
    name = given["IndexName"]
    _demand(collection, name, "aoss:CreateIndex", stack)
    open_search.create(collection, name, given)
    physical_id = f"{name}|{given['CollectionEndpoint']}"
    _owners[_INDEX, physical_id] = stack
    return physical_id, {"Uuid": name}


def _update_index(physical_id: str, _old: Properties, new: Properties, stack: str) -> Result:
    given = validated(_INDEX, new)
    collection = open_search.collection_at(given["CollectionEndpoint"])
    _demand(collection, given["IndexName"], "aoss:UpdateIndex", stack)
    return physical_id, {"Uuid": given["IndexName"]}


def _delete_index(physical_id: str, _properties: Properties) -> None:
    name, _, endpoint = physical_id.partition("|")
    stack = _owners.pop((_INDEX, physical_id), "")
    try:
        collection = open_search.collection_at(endpoint)
    except AwsError:  # it went along with its collection
        return
    _demand(collection, name, "aoss:DeleteIndex", stack)
    open_search.delete(collection["id"], name)


def _demand(collection: Properties, index: str, permission: str, stack: str) -> None:
    """Raise `PermissionError` unless the stack's principal may do that to the index; root may."""
    principal = execution_role.principal_of(stack)
    if principal is None or principal.policies is None:
        return
    if sentence := denial(principal, Check("aoss:APIAccessAll", collection["arn"])):
        raise PermissionError(sentence)
    if not open_search.admits(collection, index, principal.arn, permission):
        raise PermissionError(
            f"{principal.arn} is in no data access policy of the collection {collection['name']} that allows "
            f"{permission}"
        )
