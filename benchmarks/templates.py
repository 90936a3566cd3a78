"""Synthetic CloudFormation templates for the benchmark: seeded, so that every run measures the same files."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["template", "write_batch"]

_MODELS = ("amazon.nova-lite-v1:0", "amazon.nova-pro-v1:0", "anthropic.claude-3-haiku-20240307-v1:0")
_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}


def template(seed: int, resources: int = 300, size: int = 0) -> dict[str, Any]:
    """Return a template: of five resources a role, its policy, a function, a bucket and a queue.

    Args:
        seed: what makes it differ from others.
        resources: how many resources at least.
        size: bytes of JSON at least; resources are added until it is reached.

    """
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    body: dict[str, Any] = {}
    written = index = 0
    while len(body) < resources or written < size:
        group = _group(chance, index)
        written += len(json.dumps(group))
        body.update(group)
        index += 1
    return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": body}


def _group(chance: random.Random, index: int) -> dict[str, Any]:
    name = f"Part{index}x{chance.randrange(16**8):08X}"
    return {
        f"{name}Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": _TRUST,
                "ManagedPolicyArns": [
                    {
                        "Fn::Join": [
                            "",
                            [
                                "arn:",
                                {"Ref": "AWS::Partition"},
                                ":iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
                            ],
                        ]
                    }
                ],
            },
            "Metadata": {"aws:cdk:path": f"Stack/{name}/Role/Resource"},
        },
        f"{name}Policy": {
            "Type": "AWS::IAM::Policy",
            "Properties": {
                "PolicyName": f"{name}Policy",
                "PolicyDocument": {"Version": "2012-10-17", "Statement": _statements(chance, name)},
                "Roles": [{"Ref": f"{name}Role"}],
            },
            "Metadata": {"aws:cdk:path": f"Stack/{name}/Role/DefaultPolicy/Resource"},
        },
        f"{name}Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Code": {"S3Bucket": "assets", "S3Key": f"{chance.randrange(16**32):032x}.zip"},
                "Handler": "index.handler",
                "Runtime": "python3.13",
                "Role": {"Fn::GetAtt": [f"{name}Role", "Arn"]},
                "Environment": {
                    "Variables": {"QUEUE": {"Ref": f"{name}Queue"}, "BUCKET": {"Ref": f"{name}Bucket"}}
                },
            },
        },
        f"{name}Bucket": {
            "Type": "AWS::S3::Bucket",
            "Properties": {"BucketEncryption": {"ServerSideEncryptionConfiguration": []}},
        },
        f"{name}Queue": {"Type": "AWS::SQS::Queue", "Properties": {"KmsMasterKeyId": "alias/aws/sqs"}},
    }


def _statements(chance: random.Random, name: str) -> list[dict[str, Any]]:
    statements: list[dict[str, Any]] = [
        {
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:PutObject"],
            "Resource": {"Fn::Join": ["", [{"Fn::GetAtt": [f"{name}Bucket", "Arn"]}, "/*"]]},
        },
        {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": {"Fn::GetAtt": [f"{name}Queue", "Arn"]}},
    ]
    if chance.random() < 0.3:
        model = chance.choice(_MODELS)
        statements.append(
            {
                "Effect": "Allow",
                "Action": ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
                "Resource": {
                    "Fn::Sub": f"arn:${{AWS::Partition}}:bedrock:${{AWS::Region}}::foundation-model/{model}"
                },
            }
        )
    if chance.random() < 0.02:
        statements.append({"Effect": "Allow", "Action": "bedrock:*", "Resource": "*"})
    return statements


def write_batch(folder: Path, count: int, size: int) -> int:
    """Write templates into a folder and return their bytes."""
    total = 0
    for index in range(count):
        text = json.dumps(template(index, 0, size))
        (folder / f"stack{index:04}.template.json").write_text(text, encoding="utf-8")
        total += len(text)
    return total
