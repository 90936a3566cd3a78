"""Seeded mutations of templates, policies and exports: of the values, and of the bytes."""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    import random

__all__ = ["SEEDS", "mutated"]

_STATEMENT: dict[str, Any] = {"Effect": "Allow", "Action": ["bedrock:InvokeModel"], "Resource": "*"}
_TRUST: dict[str, Any] = {
    "Effect": "Allow",
    "Action": "sts:AssumeRole",
    "Principal": {"Service": "lambda.amazonaws.com"},
}
_ARN = "arn:aws:iam::111122223333"

_TEMPLATE: dict[str, Any] = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Parameters": {"Model": {"Type": "String", "Default": "m", "AllowedValues": ["m", "n"]}},
    "Mappings": {"M": {"us-east-1": {"Id": "x"}}},
    "Resources": {
        "Kb": {
            "Type": "AWS::Bedrock::KnowledgeBase",
            "Properties": {"RoleArn": {"Fn::GetAtt": ["Role", "Arn"]}},
        },
        "Role": {
            "Type": "AWS::IAM::Role",
            "Condition": "C",
            "Metadata": {"aws:cdk:path": "App/Role/Resource", "bedrock-planes:role": {"kind": "app"}},
            "Properties": {
                "AssumeRolePolicyDocument": {"Statement": [_TRUST]},
                "PermissionsBoundary": {"Ref": "Edge"},
                "Policies": [{"PolicyName": "p", "PolicyDocument": {"Statement": [_STATEMENT]}}],
                "ManagedPolicyArns": [{"Fn::If": ["C", {"Ref": "Edge"}, {"Ref": "AWS::NoValue"}]}],
                "Tags": [{"Key": "k", "Value": {"Ref": "Model"}}],
            },
        },
        "Edge": {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {
                "ManagedPolicyName": {"Fn::Sub": "${AWS::StackName}-e"},
                "PolicyDocument": {"Statement": _STATEMENT},
            },
        },
        "Policy": {
            "Type": "AWS::IAM::Policy",
            "Properties": {
                "PolicyName": "q",
                "Roles": [{"Ref": "Role"}, {"Fn::ImportValue": "Out-role"}],
                "PolicyDocument": {
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "NotAction": [{"Fn::Sub": "bedrock:${Model}"}],
                            "Resource": [
                                {
                                    "Fn::Join": [
                                        ":",
                                        [
                                            "arn",
                                            {"Ref": "AWS::Partition"},
                                            {"Fn::FindInMap": ["M", {"Ref": "AWS::Region"}, "Id"]},
                                        ],
                                    ]
                                }
                            ],
                            "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
                        }
                    ]
                },
            },
        },
        "Function": {
            "Type": "AWS::Serverless::Function",
            "Properties": {"Policies": [{"S3ReadPolicy": {}}, {"Statement": _STATEMENT}]},
        },
        "User": {"Type": "AWS::IAM::User", "Properties": {"Groups": [{"Ref": "Group"}]}},
        "Group": {"Type": "AWS::IAM::Group", "Properties": {}},
        "Fn::ForEach::L": ["X", ["a", "b"], {"R${X}": {"Type": "AWS::IAM::Role", "Properties": {}}}],
    },
    "Outputs": {"O": {"Value": {"Ref": "Role"}, "Export": {"Name": "Out-role"}}},
}
_GAAD: dict[str, Any] = {
    "UserDetailList": [
        {"UserName": "u", "Arn": f"{_ARN}:user/u", "GroupList": ["g"], "AttachedManagedPolicies": []}
    ],
    "GroupDetailList": [
        {
            "GroupName": "g",
            "Arn": f"{_ARN}:group/g",
            "GroupPolicyList": [{"PolicyName": "p", "PolicyDocument": {"Statement": [_STATEMENT]}}],
        }
    ],
    "RoleDetailList": [
        {
            "RoleName": "r",
            "Arn": f"{_ARN}:role/r",
            "AssumeRolePolicyDocument": {"Statement": [_TRUST]},
            "AttachedManagedPolicies": [{"PolicyName": "m", "PolicyArn": f"{_ARN}:policy/m"}],
            "PermissionsBoundary": {"PermissionsBoundaryArn": f"{_ARN}:policy/m"},
            "Tags": [{"Key": "a", "Value": "b"}],
        }
    ],
    "Policies": [
        {
            "PolicyName": "m",
            "Arn": f"{_ARN}:policy/m",
            "PolicyVersionList": [{"IsDefaultVersion": True, "Document": {"Statement": [_STATEMENT]}}],
        }
    ],
}
SEEDS: tuple[dict[str, Any], ...] = (
    _TEMPLATE,
    _TEMPLATE,
    {"Version": "2012-10-17", "Statement": [_STATEMENT, _TRUST]},
    _GAAD,
)

_FRAGMENTS: tuple[Any, ...] = (
    *(
        None,
        True,
        0,
        -1,
        1e308,
        "",
        "*",
        "\0",
        "\ufffc",
        "${",
        "${}",
        "${AWS::Region}",
        "x" * 300,
        [],
        {},
        [[]],
        [None],
    ),
    *(
        {"Ref": "Role"},
        {"Ref": "AWS::NoValue"},
        {"Ref": None},
        {"Fn::GetAtt": ["Role", "Arn"]},
        {"Fn::GetAtt": [[], {}]},
    ),
    *(
        {"Fn::If": ["C", "a", "b"]},
        {"Fn::If": []},
        {"Fn::Sub": ["${A}", {"A": {"Ref": "Model"}}]},
        {"Fn::Sub": {}},
    ),
    *(
        {"Fn::Join": ["", {"Ref": "Model"}]},
        {"Fn::Join": None},
        {"Fn::Select": [0, []]},
        {"Fn::Split": ["", "a"]},
    ),
    *(
        {"Fn::FindInMap": ["M", {"Ref": "X"}, {"Ref": "Y"}]},
        {"Fn::ImportValue": {"Ref": "Model"}},
        {"Fn::Nope": {}},
    ),
    *({"Fn::ForEach::Z": ["I", {"Ref": "Model"}, {"a${I}": {"Ref": "I"}}]}, {"Fn::ToJsonString": {"a": [1]}}),
    *(
        {"Fn::Length": [1]},
        {"Fn::GetStackOutput": {"StackName": "s"}},
        {"Statement": {"Effect": "Deny", "Action": "*"}},
    ),
)


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Return every (container, key) in a value."""
    found: list[tuple[Any, Any]] = []
    todo = [value]
    while todo:
        node = todo.pop()
        keys = list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
        for key in keys:
            found.append((node, key))
            todo.append(node[key])
    return found


def _value_mutation(random_: random.Random, value: Any) -> None:
    places = _places(value)
    container, key = random_.choice(places)
    choice = random_.randrange(7)
    if choice == 0:
        container[key] = copy.deepcopy(random_.choice(_FRAGMENTS))
    elif choice == 1:
        other, name = random_.choice(places)
        container[key] = copy.deepcopy(other[name])
    elif choice == 2:
        container[key] = {"Fn::If": ["C", container[key], copy.deepcopy(random_.choice(_FRAGMENTS))]}
    elif choice == 3:
        container[key] = [container[key]]
    elif choice == 4 and isinstance(container, dict):
        container[random_.choice(("Type", "Properties", "Statement", "Fn::If", "Ref", key.swapcase()))] = (
            container.pop(key)
        )
    elif choice == 5:
        del container[key]
    else:
        for _ in range(random_.choice((3, 20, 60))):
            container[key] = {random_.choice(("Fn::Join", "a", "Fn::Sub")): ["", [container[key]]]}


def _byte_mutation(random_: random.Random, data: bytes) -> bytes:
    at = random_.randrange(len(data))
    choice = random_.randrange(6)
    if choice == 0:
        return data[:at]
    if choice == 1:
        return data[:at] + bytes([random_.randrange(256)]) + data[at + 1 :]
    if choice == 2:
        return (
            data[:at]
            + random_.choice((b"\0", b"\xff\xfe", b"{", b"]", b'"', b"\t", b"&a *a", b"!Ref ", b"---\n"))
            + data[at:]
        )
    if choice == 3:
        return data[:at] + data[at : at + 40] * random_.choice((2, 50)) + data[at:]
    if choice == 4:
        return data.decode("utf-8", "ignore").encode(random_.choice(("utf-16", "utf-32", "utf-8-sig")))
    return random_.choice((b"[" * 3000, b'{"a":' * 3000, b"- " * 3000)) + data


def _text(random_: random.Random, value: Any) -> str:
    """Return a value as JSON, as block YAML, or as flow YAML with short tags."""
    kind = random_.random()
    if kind < 0.1:
        return (
            json.dumps(value)
            .replace('{"Ref": "Role"}', "!Ref Role")
            .replace('{"Ref": "Edge"}', "!Ref 'Edge'")
        )
    if kind < 0.2:
        with suppress(RecursionError):  # PyYAML's, when it writes
            return str(yaml.dump(value, Dumper=yaml.CSafeDumper, sort_keys=False))
    return json.dumps(value)


def mutated(random_: random.Random) -> bytes:
    """Return the bytes of one mutated document, JSON or YAML; one in five has damaged bytes."""
    value = copy.deepcopy(random_.choice(SEEDS))
    for _ in range(random_.choice((1, 1, 2, 4))):
        if _places(value):
            _value_mutation(random_, value)
    data = _text(random_, value).encode("utf-8", "surrogatepass")
    return _byte_mutation(random_, data) if random_.random() < 0.2 else data
