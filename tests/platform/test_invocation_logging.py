from __future__ import annotations

import json
from typing import Any

import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3

from constructs_lib import InvocationLogging, PlanesError
from tests.cdk import ACCOUNT, Stack, arn, resources, template

SOURCE = {
    "StringEquals": {"aws:SourceAccount": ACCOUNT},
    "ArnLike": {"aws:SourceArn": arn(f"bedrock:us-east-1:{ACCOUNT}:*")},
}


@pytest.fixture(scope="module")
def both() -> dict[str, Any]:
    stack = Stack()
    InvocationLogging(
        stack,
        "L",
        log_group=logs.LogGroup.from_log_group_name(stack, "Group", "invocations"),
        bucket=s3.Bucket(stack, "Bucket", encryption_key=kms.Key(stack, "Key")),
        key_prefix="bedrock",
        video=False,
    )
    return template(stack)


def roles(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        role["Metadata"]["bedrock-planes:role"]["kind"]: role
        for role in resources(found, "AWS::IAM::Role").values()
    }


def test_bedrock_may_write_one_stream_of_one_group(both: dict[str, Any]) -> None:
    role = roles(both)["service"]["Properties"]
    stream = f"logs:us-east-1:{ACCOUNT}:log-group:invocations:log-stream:aws/bedrock/modelinvocations"
    assert role["Policies"][0]["PolicyDocument"]["Statement"] == [
        {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": arn(stream)}
    ]
    assert role["AssumeRolePolicyDocument"]["Statement"] == [
        {
            "Effect": "Allow",
            "Principal": {"Service": "bedrock.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": SOURCE,
        }
    ]


def test_the_handler_may_set_the_setting_pass_one_role_and_log(both: dict[str, Any]) -> None:
    service_id = next(
        name
        for name, role in resources(both, "AWS::IAM::Role").items()
        if role["Metadata"]["bedrock-planes:role"]["kind"] == "service"
    )
    [group_id] = resources(both, "AWS::Logs::LogGroup")
    assert roles(both)["deploy"]["Properties"]["Policies"] == [
        {
            "PolicyName": "Handler",
            "PolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Action": [
                            "bedrock:DeleteModelInvocationLoggingConfiguration",
                            "bedrock:GetModelInvocationLoggingConfiguration",
                            "bedrock:PutModelInvocationLoggingConfiguration",
                        ],
                        "Resource": "*",
                    },
                    {
                        "Effect": "Allow",
                        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                        "Resource": {"Fn::GetAtt": [group_id, "Arn"]},
                    },
                    {
                        "Effect": "Allow",
                        "Action": "iam:PassRole",
                        "Resource": {"Fn::GetAtt": [service_id, "Arn"]},
                        "Condition": {"StringEquals": {"iam:PassedToService": "bedrock.amazonaws.com"}},
                    },
                ],
            },
        }
    ]
    assert resources(both, "AWS::IAM::Policy") == {}


def test_the_bucket_takes_the_logs_of_this_account_and_region(both: dict[str, Any]) -> None:
    [bucket_id] = resources(both, "AWS::S3::Bucket")
    [policy] = resources(both, "AWS::S3::BucketPolicy").values()
    place = f"/bedrock/AWSLogs/{ACCOUNT}/BedrockModelInvocationLogs/*"
    assert policy["Properties"]["PolicyDocument"]["Statement"] == [
        {
            "Sid": "AmazonBedrockLogsWrite",
            "Effect": "Allow",
            "Principal": {"Service": "bedrock.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": {"Fn::Join": ["", [{"Fn::GetAtt": [bucket_id, "Arn"]}, place]]},
            "Condition": SOURCE,
        }
    ]


def test_the_key_encrypts_for_bedrock(both: dict[str, Any]) -> None:
    [key] = resources(both, "AWS::KMS::Key").values()
    assert key["Properties"]["KeyPolicy"]["Statement"][1:] == [
        {
            "Effect": "Allow",
            "Principal": {"Service": "bedrock.amazonaws.com"},
            "Action": "kms:GenerateDataKey",
            "Resource": "*",
            "Condition": SOURCE,
        }
    ]


def test_the_setting_waits_for_every_permission(both: dict[str, Any]) -> None:
    [setting] = resources(both, "Custom::BedrockInvocationLogging").values()
    [bucket_policy_id] = resources(both, "AWS::S3::BucketPolicy")
    handler_role_id = next(
        name
        for name, role in resources(both, "AWS::IAM::Role").items()
        if role["Metadata"]["bedrock-planes:role"]["kind"] == "deploy"
    )
    assert setting["DependsOn"] == sorted([bucket_policy_id, handler_role_id])
    assert setting["Properties"]["ServiceTimeout"] == "300"


def config(found: dict[str, Any]) -> dict[str, Any]:
    [setting] = resources(found, "Custom::BedrockInvocationLogging").values()
    text = setting["Properties"]["LoggingConfig"]
    parts = text["Fn::Join"][1] if isinstance(text, dict) else [text]
    found_config: dict[str, Any] = json.loads("".join(p if isinstance(p, str) else "TOKEN" for p in parts))
    return found_config


def test_the_setting_names_both_destinations(both: dict[str, Any]) -> None:
    bucket = {"bucketName": "TOKEN", "keyPrefix": "bedrock"}
    assert config(both) == {
        "textDataDeliveryEnabled": True,
        "imageDataDeliveryEnabled": True,
        "embeddingDataDeliveryEnabled": True,
        "videoDataDeliveryEnabled": False,
        "s3Config": bucket,
        "cloudWatchConfig": {
            "logGroupName": "invocations",
            "roleArn": "TOKEN",
            "largeDataDeliveryS3Config": bucket,
        },
    }


def test_a_bucket_alone_needs_no_role_of_bedrock() -> None:
    stack = Stack()
    InvocationLogging(stack, "L", bucket=s3.Bucket(stack, "Bucket"))
    found = template(stack)
    assert set(roles(found)) == {"deploy"}
    assert set(config(found)) >= {"s3Config"}
    assert "cloudWatchConfig" not in config(found)


def test_large_data_can_stay_out_of_the_bucket() -> None:
    stack = Stack()
    InvocationLogging(
        stack, "L", log_group=logs.LogGroup(stack, "G"), bucket=s3.Bucket(stack, "B"), large_data=False
    )
    assert "largeDataDeliveryS3Config" not in config(template(stack))["cloudWatchConfig"]


def test_a_destination_is_needed() -> None:
    with pytest.raises(PlanesError, match="`log_group` and `bucket` are both missing: give at least one"):
        InvocationLogging(Stack(), "L")
    stack = Stack()
    with pytest.raises(PlanesError, match="`large_data` is True and needs both `log_group` and `bucket`"):
        InvocationLogging(stack, "L", log_group=logs.LogGroup(stack, "G"), large_data=True)
