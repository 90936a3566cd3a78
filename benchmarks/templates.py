"""Synthetic CloudFormation templates for the benchmark: seeded, so that every run measures the same files.

Three mixes, written as the CDK writes (indented by one space):

- ``app``: services of an application. Each has a function with its role and policy, and what is beside
  it: a table, a queue, a topic, alarms, an API method, a permission, a parameter. Of twelve resources one is
  a role, so 250 KB hold about 40 principals.
- ``iam``: of five resources one is a role and one its policy, and little else: about 90 principals in 250 KB.
- ``bedrock``: as ``iam``, and every role runs Bedrock: a model and a knowledge base of its own.

In the first two, three roles of ten invoke Bedrock models. In all, two of a hundred hold ``bedrock:*`` on
everything.
"""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["MIXES", "Mix", "template", "text_of", "write_batch"]

Mix = Literal["app", "iam", "bedrock"]
MIXES: Final[tuple[Mix, ...]] = ("app", "iam", "bedrock")
_MODELS = ("amazon.nova-lite-v1:0", "amazon.nova-pro-v1:0", "anthropic.claude-3-haiku-20240307-v1:0")
_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
_BASIC = ["arn:", {"Ref": "AWS::Partition"}, ":iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"]


def template(seed: int, resources: int = 300, size: int = 0, mix: Mix = "app") -> dict[str, Any]:
    """Return a template.

    Args:
        seed: what makes it differ from others.
        resources: how many resources at least.
        size: bytes of JSON at least; resources are added until it is reached.
        mix: what it holds; see the module.

    """
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    body: dict[str, Any] = {}
    written = index = 0
    while len(body) < resources or written < size:
        group = _group(chance, index, mix)
        written += len(json.dumps({"Resources": group}, indent=1))
        body.update(group)
        index += 1
    return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": body}


def text_of(body: dict[str, Any]) -> str:
    """Return a template as the CDK writes it."""
    return json.dumps(body, indent=1)


def write_batch(folder: Path, count: int, size: int, mix: Mix = "app") -> int:
    """Write templates into a folder and return their bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    total = 0
    for index in range(count):
        text = text_of(template(index, 0, size, mix))
        (folder / f"stack{index:04}.template.json").write_text(text, encoding="utf-8")
        total += len(text)
    return total


def _group(chance: random.Random, index: int, mix: Mix) -> dict[str, Any]:
    name = f"Part{index}x{chance.randrange(16**8):08X}"
    path = f"Stack/Part{index}"
    group = {
        f"{name}Role": _resource(
            "AWS::IAM::Role",
            f"{path}/Role/Resource",
            AssumeRolePolicyDocument=_TRUST,
            ManagedPolicyArns=[{"Fn::Join": ["", _BASIC]}],
        ),
        f"{name}Policy": _resource(
            "AWS::IAM::Policy",
            f"{path}/Role/DefaultPolicy/Resource",
            PolicyName=f"{name}Policy",
            PolicyDocument={"Version": "2012-10-17", "Statement": _statements(chance, name, mix)},
            Roles=[{"Ref": f"{name}Role"}],
        ),
        f"{name}Function": _resource(
            "AWS::Lambda::Function",
            f"{path}/Function/Resource",
            Code={"S3Bucket": "assets", "S3Key": f"{chance.randrange(16**32):032x}.zip"},
            Handler="index.handler",
            Runtime="python3.13",
            Role={"Fn::GetAtt": [f"{name}Role", "Arn"]},
            Environment={"Variables": {"QUEUE": {"Ref": f"{name}Queue"}, "BUCKET": {"Ref": f"{name}Bucket"}}},
        ),
        f"{name}Bucket": _resource(
            "AWS::S3::Bucket",
            f"{path}/Bucket/Resource",
            BucketEncryption={"ServerSideEncryptionConfiguration": []},
        ),
        f"{name}Queue": _resource(
            "AWS::SQS::Queue", f"{path}/Queue/Resource", KmsMasterKeyId="alias/aws/sqs"
        ),
    }
    return {**group, **(_beside(name, path) if mix == "app" else {})}


def _resource(kind: str, construct_path: str, **properties: Any) -> dict[str, Any]:
    return {"Type": kind, "Properties": properties, "Metadata": {"aws:cdk:path": construct_path}}


def _beside(name: str, path: str) -> dict[str, Any]:
    """Return what an application has besides roles and what runs as them."""
    arn = {"Fn::GetAtt": [f"{name}Function", "Arn"]}
    dimensions = [{"Name": "FunctionName", "Value": {"Ref": f"{name}Function"}}]
    alarms = {
        f"{name}{metric}Alarm": _resource(
            "AWS::CloudWatch::Alarm",
            f"{path}/{metric}Alarm/Resource",
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            Dimensions=dimensions,
            EvaluationPeriods=3,
            MetricName=metric,
            Namespace="AWS/Lambda",
            Period=300,
            Statistic="Sum",
            Threshold=1,
            TreatMissingData="notBreaching",
        )
        for metric in ("Errors", "Throttles")
    }
    return {
        f"{name}Table": _resource(
            "AWS::DynamoDB::Table",
            f"{path}/Table/Resource",
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")],
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            BillingMode="PAY_PER_REQUEST",
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
            Tags=[{"Key": "Project", "Value": name}, {"Key": "Stage", "Value": "prod"}],
        ),
        f"{name}Method": _resource(
            "AWS::ApiGateway::Method",
            f"{path}/Api/GET/Resource",
            AuthorizationType="AWS_IAM",
            HttpMethod="GET",
            Integration={
                "IntegrationHttpMethod": "POST",
                "Type": "AWS_PROXY",
                "Uri": {
                    "Fn::Join": [
                        "",
                        ["arn:aws:apigateway:", {"Ref": "AWS::Region"}, ":lambda:path/", arn, "/invocations"],
                    ]
                },
            },
            ResourceId={"Ref": f"{name}Table"},
            RestApiId="api",
        ),
        f"{name}Permission": _resource(
            "AWS::Lambda::Permission",
            f"{path}/Api/GET/ApiPermission",
            Action="lambda:InvokeFunction",
            FunctionName=arn,
            Principal="apigateway.amazonaws.com",
        ),
        f"{name}Logs": _resource("AWS::Logs::LogGroup", f"{path}/Logs/Resource", RetentionInDays=731),
        f"{name}Parameter": _resource(
            "AWS::SSM::Parameter", f"{path}/Parameter/Resource", Type="String", Value={"Ref": f"{name}Table"}
        ),
        **alarms,
    }


def _statements(chance: random.Random, name: str, mix: Mix) -> list[dict[str, Any]]:
    statements: list[dict[str, Any]] = [
        {
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:PutObject"],
            "Resource": {"Fn::Join": ["", [{"Fn::GetAtt": [f"{name}Bucket", "Arn"]}, "/*"]]},
        },
        {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": {"Fn::GetAtt": [f"{name}Queue", "Arn"]}},
    ]
    if mix == "bedrock":
        base = f"arn:aws:bedrock:us-east-1:111122223333:knowledge-base/{chance.randrange(36**6):010X}"
        statements = [{"Effect": "Allow", "Action": "bedrock:Retrieve", "Resource": base}]
    if mix == "bedrock" or chance.random() < 0.3:
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
