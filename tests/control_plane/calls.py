"""The calls that CloudFormation makes of a template, recorded and checked, for stores that nothing emulates.

Each body is checked against the schema of its type, and where the service's API has the same members also
against boto3's model of the call. An update that changes a create-only property makes the new resource and
deletes the old one in the clean-up.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import botocore.session
from botocore.validate import ParamValidator

from constructs_lib.handlers import aurora_table
from constructs_lib.local.emulator.cloudformation._properties import api_value, schema, validated
from tests.cdk import ACCOUNT, REGION

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Account", "Call"]

_APIS = {
    "AWS::OpenSearchServerless::AccessPolicy": ("opensearchserverless", "AccessPolicy", "Create", "Update"),
    "AWS::OpenSearchServerless::Collection": ("opensearchserverless", "Collection", "Create", "Update"),
    "AWS::OpenSearchServerless::SecurityPolicy": (
        "opensearchserverless",
        "SecurityPolicy",
        "Create",
        "Update",
    ),
    "AWS::Bedrock::KnowledgeBase": ("bedrock-agent", "KnowledgeBase", "Create", "Update"),
    "AWS::Bedrock::DataSource": ("bedrock-agent", "DataSource", "Create", "Update"),
    "AWS::IAM::RolePolicy": ("iam", "RolePolicy", "Put", "Put"),
    "AWS::RDS::DBCluster": ("rds", "DBCluster", "Create", "Modify"),
    "AWS::RDS::DBInstance": ("rds", "DBInstance", "Create", "Modify"),
    "AWS::RDS::DBSubnetGroup": ("rds", "DBSubnetGroup", "Create", "Modify"),
    "AWS::SecretsManager::Secret": ("secretsmanager", "Secret", "Create", "Update"),
}
"""Where CloudFormation's properties are the members of the call: the service, the noun and the verbs.

Not ``AWS::OpenSearchServerless::Index``: `CreateIndex` takes a free document, and CloudFormation's handler
needs `aoss:APIAccessAll` only, so it asks the collection's endpoint. Nor
``AWS::SecretsManager::SecretTargetAttachment``, which puts the cluster's address into the secret. These are
checked against their schemas.
"""

_ADDED = {
    "DBClusterIdentifier": "made-by-cloudformation",
    "DBInstanceIdentifier": "made-by-cloudformation",
    "DBSubnetGroupName": "made-by-cloudformation",
    "Name": "made-by-cloudformation",
    "SecretId": "made-by-cloudformation",
    "dataSourceId": "ABCDEFGHIJ",
    "id": "abcdefghij1234567890",
    "knowledgeBaseId": "ABCDEFGHIJ",
    "policyVersion": "MTY2MzY5MTY1MDA3Ml8x",
}
"""What CloudFormation knows without the template: names that it makes, ids, and versions that it reads."""

_CALLS_OF_THEIR_OWN = {
    "AWS::RDS::DBCluster": {"RestoreToTime", "RestoreType", "SnapshotIdentifier", "SourceDBClusterIdentifier"}
    | {"SourceDbClusterResourceId", "UseLatestRestorableTime", "SourceRegion", "DBSystemId"},
    "AWS::SecretsManager::Secret": {"GenerateSecretString"},
}
"""Properties that make another call: a cluster is restored, a password is asked for."""

_PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "AWS::StackName": "S",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/S/1",
}
_SESSION = botocore.session.get_session()


@dataclass(frozen=True)
class Call:
    """One call: what is done to a resource."""

    verb: str
    type: str
    logical_id: str


@dataclass
class _Resource:
    """A resource that exists."""

    logical_id: str
    type: str
    properties: dict[str, Any]
    number: int
    needs: tuple[_Resource, ...] = ()
    attributes: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        unique = f"{self.number:04d}"
        arns = {
            "AWS::IAM::Role": f"arn:aws:iam::{ACCOUNT}:role/r{unique}",
            "AWS::OpenSearchServerless::Collection": f"arn:aws:aoss:{REGION}:{ACCOUNT}:collection/c{unique}",
            "AWS::Lambda::Function": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f{unique}",
            "AWS::S3::Bucket": f"arn:aws:s3:::b{unique}",
            "AWS::Logs::LogGroup": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:g{unique}:*",
        }
        secret = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:s{unique}-AbCdEf"
        self.attributes = {
            "Ref": secret if "::SecretsManager::" in self.type else f"x{unique}",
            "Arn": arns.get(self.type, f"arn:aws:other:{REGION}:{ACCOUNT}:thing/x{unique}"),
            "CollectionEndpoint": f"https://c{unique}.{REGION}.aoss.amazonaws.com",
            "KnowledgeBaseId": f"KB{self.number:08d}",
            "GroupId": f"sg-{unique}",
            **{f"Endpoint.{name}": f"c{unique}" for name in ("Address", "Port")},
        }


class Account:
    """An account with one stack in it, and the calls that were made."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.live: list[_Resource] = []
        self._current: dict[str, _Resource] = {}
        self._made = 0

    def deploy(self, template: Mapping[str, Any]) -> list[Call]:
        """Create or update the stack, and return the calls of this deployment."""
        before = len(self.calls)
        old = dict(self._current)
        wanted = template["Resources"]
        for logical_id in _ordered(wanted):
            self._settle(logical_id, wanted[logical_id])
        gone = [one for one in old.values() if self._current.get(one.logical_id) is not one]
        for logical_id in old.keys() - wanted.keys():
            del self._current[logical_id]
        self._clean_up([*gone, *(old[name] for name in old.keys() - wanted.keys() if old[name] not in gone)])
        return self.calls[before:]

    def properties(self, kind: str) -> dict[str, Any]:
        """Return the properties of the first resource of a type, with its references resolved."""
        return dict(next(one.properties for one in self._current.values() if one.type == kind))

    def delete(self) -> list[Call]:
        """Delete the stack, and return the calls."""
        return self.deploy({"Resources": {}})

    def _settle(self, logical_id: str, resource: Mapping[str, Any]) -> None:
        properties = self._resolved(resource.get("Properties", {}))
        kind = resource["Type"]
        former = self._current.get(logical_id)
        needs = tuple(self._current[name] for name in sorted(_references(resource)) if name in self._current)
        if former is not None and former.type == kind and not _replaces(kind, former.properties, properties):
            if properties != former.properties:
                _check(kind, properties, update=True)
                self.calls.append(Call("update", kind, logical_id))
            former.properties, former.needs = properties, needs
            return
        _check(kind, properties)
        name = _name(kind, properties)
        assert name is None or all(_name(one.type, one.properties) != name for one in self.live), (
            f"{name} already exists"
        )
        self._made += 1
        self._current[logical_id] = _Resource(logical_id, kind, properties, self._made, needs)
        self.live.append(self._current[logical_id])
        self.calls.append(Call("create", kind, logical_id))

    def _clean_up(self, gone: list[_Resource]) -> None:
        waiting = list(gone)
        while waiting:
            # What nothing that exists needs; the latest first.
            free = [one for one in waiting if not any(one in other.needs for other in self.live)]
            assert free, [one.logical_id for one in waiting]
            last = max(free, key=lambda one: one.number)
            waiting.remove(last)
            self.live.remove(last)
            self.calls.append(Call("delete", last.type, last.logical_id))

    def _resolved(self, node: Any) -> Any:
        if not isinstance(node, dict):
            return [self._resolved(one) for one in node] if isinstance(node, list) else node
        match node:
            case {"Ref": str(name)}:
                return _PSEUDO.get(name) or self._current[name].attributes["Ref"]
            case {"Fn::GetAtt": [name, attribute]}:
                return self._current[name].attributes[attribute]
            case {"Fn::Join": [between, parts]}:
                text = between.join(self._resolved(parts))
                return "secret" if text.startswith("{{resolve:secretsmanager:") else text
            case {"Fn::Sub": str(text)}:
                return re.sub(r"\$\{([\w:]+)\}", lambda match: str(self._resolved({"Ref": match[1]})), text)
        return {name: self._resolved(value) for name, value in node.items()}


def _check(kind: str, properties: dict[str, Any], *, update: bool = False) -> None:
    if kind == "Custom::BedrockVectorTable":
        for statement in (*aurora_table.creation(properties), *aurora_table.deletion(properties)):
            call = {
                "resourceArn": properties["ClusterArn"],
                "secretArn": properties["SecretArn"],
                "database": properties["Database"],
                "sql": statement,
            }
            _fits("rds-data", "ExecuteStatement", call)
    if kind.startswith("Custom::"):
        return
    given = validated(kind, properties)
    if kind not in _APIS:
        return
    service, noun, *verbs = _APIS[kind]
    operation = f"{verbs[update]}{noun}"
    shape = _SESSION.get_service_model(service).operation_model(operation).input_shape
    own = {name: value for name, value in given.items() if name not in _CALLS_OF_THEIR_OWN.get(kind, ())}
    body = api_value(shape, own, strict=not update, where=kind)
    if kind == "AWS::IAM::RolePolicy":
        body["PolicyDocument"] = json.dumps(body["PolicyDocument"])
    if "GenerateSecretString" in given:
        random = _SESSION.get_service_model(service).operation_model("GetRandomPassword").input_shape
        _fits(service, "GetRandomPassword", api_value(random, given["GenerateSecretString"], strict=False))
    _fits(service, operation, {**{k: v for k, v in _ADDED.items() if k in shape.required_members}, **body})


def _fits(service: str, operation: str, call: dict[str, Any]) -> None:
    shape = _SESSION.get_service_model(service).operation_model(operation).input_shape
    report = ParamValidator().validate(call, shape)
    assert not report.has_errors(), f"{operation}: {report.generate_report()}"


def _replaces(kind: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    if kind.startswith("Custom::"):
        return False  # its function decides, by another physical id
    # Those that are create-only under conditions count: the schema doesn't say under which.
    known = schema(kind)
    pointers = (*known.get("createOnlyProperties", ()), *known.get("conditionalCreateOnlyProperties", ()))
    return any(_at(old, pointer) != _at(new, pointer) for pointer in pointers)


def _at(properties: Any, pointer: str) -> Any:
    for part in pointer.removeprefix("/properties/").split("/"):
        properties = properties.get(part) if isinstance(properties, dict) else None
    return properties


def _name(kind: str, properties: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Return what the account has once: names, per collection those of indexes, and of policies per role."""
    members = ("Name", "IndexName", "PolicyName", "Type", "CollectionEndpoint", "RoleName")
    found = tuple(str(properties[one]) for one in members if one in properties)
    named = any(one in properties for one in members[:3])
    return (kind, *found) if named else None


def _references(node: Any) -> set[str]:
    return set(_found(node))


def _found(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("Ref"), str) and node["Ref"] not in _PSEUDO:
            yield node["Ref"]
        if "Fn::GetAtt" in node:
            yield node["Fn::GetAtt"][0]
        waits = node.get("DependsOn", ())
        yield from [waits] if isinstance(waits, str) else waits
        for value in node.values():
            yield from _found(value)
    elif isinstance(node, list):
        for one in node:
            yield from _found(one)


def _ordered(resources: Mapping[str, Any]) -> list[str]:
    needs = {
        name: _references(json.loads(json.dumps(one))) & resources.keys() for name, one in resources.items()
    }
    found: list[str] = []
    while needs:
        ready = sorted(name for name, others in needs.items() if not others - set(found))
        assert ready, sorted(needs)
        found += ready
        for name in ready:
            del needs[name]
    return found
