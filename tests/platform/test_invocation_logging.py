from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns

from constructs_lib import FormerLogging, InvocationLogging, OnDelete, PlanesError
from tests.cdk import ACCOUNT, Stack, arn, resources, template

if TYPE_CHECKING:
    from collections.abc import Callable

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
    assert {bucket_policy_id, handler_role_id, "BedrockInvocationLoggingOwner"} == set(setting["DependsOn"])
    assert setting["Properties"]["ServiceTimeout"] == "300"
    [look] = resources(both, LOOK).values()
    assert look["Properties"]["ServiceTimeout"] == "300"
    assert look["DependsOn"] == [handler_role_id]


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
        "audioDataDeliveryEnabled": True,
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


FORMER = FormerLogging(log_group_name="/org/bedrock", role_arn="arn:aws:iam::111122223333:role/Org")


LOOK = "Custom::BedrockInvocationLoggingLook"


def passed_roles(found: dict[str, Any]) -> Any:
    [document] = [p["PolicyDocument"] for p in roles(found)["deploy"]["Properties"]["Policies"]]
    return [s["Resource"] for s in document["Statement"] if s["Action"] == "iam:PassRole"]


def test_the_former_setting_comes_with_the_resource_and_its_role_may_be_passed() -> None:
    stack = Stack()
    InvocationLogging(
        stack, "L", bucket=s3.Bucket(stack, "B"), takeover=FORMER, on_delete=OnDelete.SWITCH_OFF
    )
    found = template(stack)
    [setting] = resources(found, "Custom::BedrockInvocationLogging").values()
    assert json.loads(setting["Properties"]["FormerConfig"]) == FORMER.to_config()
    assert setting["Properties"]["OnDelete"] == "SWITCH_OFF"
    assert passed_roles(found) == []
    [(policy_id, policy)] = resources(found, "AWS::IAM::RolePolicy").items()
    [role_id] = [name for name in resources(found, "AWS::IAM::Role") if "HandlerRole" in name]
    assert policy["Properties"] == {
        "PolicyName": policy_id.replace("BedrockInvocationLogging", ""),
        "RoleName": {"Ref": role_id},
        "PolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": "iam:PassRole",
                    "Resource": "arn:aws:iam::111122223333:role/Org",
                    "Condition": {"StringEquals": {"iam:PassedToService": "bedrock.amazonaws.com"}},
                }
            ],
        },
    }
    assert policy_id in setting["DependsOn"]


def ids(takeover: FormerLogging | None, **props: Any) -> dict[str, list[str]]:
    """The logical ids of a construct's resources whose kind matters in an update."""
    stack = Stack()
    bucket = s3.Bucket.from_bucket_name(stack, "B", props.pop("imported", "logs-of-others"))
    where: dict[str, Any] = {"log_group": logs.LogGroup(stack, "G")} if props.pop("unique", True) else {}
    InvocationLogging(stack, "L", bucket=bucket, takeover=takeover, **where, **props)
    found = template(stack)
    [setting] = resources(found, "Custom::BedrockInvocationLogging").values()
    [look] = resources(found, LOOK)
    assert setting["Properties"]["Look"] == {"Ref": look}
    return {"look": [look], "policy": list(resources(found, "AWS::IAM::RolePolicy"))}


def test_each_declaration_has_a_look_and_a_permission_of_its_own() -> None:
    """A rollback deletes them at its end, so that what was taken over can be put back before."""
    other = FormerLogging(log_group_name="/org/bedrock", role_arn="arn:aws:iam::111122223333:role/Other")
    none, one, two = ids(None), ids(FORMER), ids(other)
    assert len({*none["look"], *one["look"], *two["look"]}) == 3
    assert len({*one["policy"], *two["policy"]}) == 2
    assert none["policy"] == ids(FormerLogging(bucket_name="theirs"))["policy"] == []
    assert ids(FORMER, video=False) == one


def test_a_setting_that_another_one_may_be_equal_to_has_a_look_of_its_own_too() -> None:
    one = ids(None, unique=False)
    assert ids(None, unique=False) == one
    assert ids(None, unique=False, video=False) != one
    assert ids(None, unique=False, imported="elsewhere") != one


def test_the_handler_knows_the_look_by_its_type() -> None:
    from constructs_lib.handlers import invocation_logging  # only here: it needs boto3

    assert invocation_logging.LOOK == LOOK


def test_without_a_former_setting_only_the_own_role_may_be_passed() -> None:
    stack = Stack()
    InvocationLogging(stack, "L", log_group=logs.LogGroup(stack, "G"))
    [[kind, _]] = [next(iter(r.items())) for r in passed_roles(template(stack))]
    assert kind == "Fn::GetAtt"


@pytest.mark.parametrize(("imported", "unique"), [(True, "false"), (False, "true")])
def test_only_a_bucket_made_here_makes_the_setting_one_of_a_kind(*, imported: bool, unique: str) -> None:
    stack = Stack()
    bucket = s3.Bucket.from_bucket_name(stack, "B", "logs-of-others") if imported else s3.Bucket(stack, "B")
    InvocationLogging(stack, "L", bucket=bucket)
    [setting] = resources(template(stack), "Custom::BedrockInvocationLogging").values()
    assert setting["Properties"]["IsUnique"] == unique


def test_an_imported_bucket_is_warned_about_with_the_statement_to_add() -> None:
    stack = Stack()
    InvocationLogging(stack, "L", bucket=s3.Bucket.from_bucket_name(stack, "B", "logs-of-others"))
    [warning] = [
        entry.data for entry in stack.node.find_child("L").node.metadata if entry.type == "aws:cdk:warning"
    ]
    assert "the policy of the bucket `" in warning
    assert '"s3:PutObject"' in warning
    assert "BedrockModelInvocationLogs/*" in warning


def test_a_renamed_construct_is_the_same_resource() -> None:
    for name in ("One", "Two"):
        stack = Stack()
        InvocationLogging(stack, name, bucket=s3.Bucket(stack, "B"))
        found = template(stack)
        assert list(resources(found, "Custom::BedrockInvocationLogging")) == ["BedrockInvocationLogging"]
        [owner] = resources(found, "AWS::SSM::Parameter").items()
        assert owner[0] == "BedrockInvocationLoggingOwner"
        assert owner[1]["Properties"]["Name"] == "/bedrock-planes/invocation-logging/owner"


def undelivered(found: dict[str, Any]) -> tuple[set[str], dict[str, Any]]:
    """Return the metrics of the alarm, and its properties."""
    [alarm] = resources(found, "AWS::CloudWatch::Alarm").values()
    stats = [one["MetricStat"]["Metric"] for one in alarm["Properties"]["Metrics"] if "MetricStat" in one]
    assert {one["Namespace"] for one in stats} == {"AWS/Bedrock"}
    values = {one["Value"] for stat in stats for one in stat.get("Dimensions", [])}
    assert values == {"Across all model IDs"}
    assert sum("Dimensions" not in stat for stat in stats) == len(stats) / 2
    return {stat["MetricName"] for stat in stats}, alarm["Properties"]


def test_logs_that_cannot_be_delivered_to_any_destination_alarm(both: dict[str, Any]) -> None:
    names, properties = undelivered(both)
    assert names == {
        "ModelInvocationLogsCloudWatchDeliveryFailure",
        "ModelInvocationLogsS3DeliveryFailure",
        "ModelInvocationLargeDataS3DeliveryFailure",
    }
    assert (properties["Threshold"], properties["TreatMissingData"]) == (1, "notBreaching")
    assert "AlarmActions" not in properties


def test_only_the_destinations_that_there_are_alarm_and_the_topic_is_notified() -> None:
    stack = Stack()
    topic = sns.Topic(stack, "T")
    InvocationLogging(stack, "L", bucket=s3.Bucket(stack, "B"), topic=topic)
    found = template(stack)
    names, properties = undelivered(found)
    assert names == {"ModelInvocationLogsS3DeliveryFailure"}
    [topic_id] = resources(found, "AWS::SNS::Topic")
    assert properties["AlarmActions"] == [{"Ref": topic_id}]


def test_the_function_is_not_run_again_for_a_request_that_failed() -> None:
    stack = Stack()
    InvocationLogging(stack, "L", bucket=s3.Bucket(stack, "B"))
    [once] = resources(template(stack), "AWS::Lambda::EventInvokeConfig").values()
    assert once["Properties"]["MaximumRetryAttempts"] == 0


ELSEWHERE = "444455556666"


@pytest.mark.parametrize(
    ("prop", "make", "said"),
    [
        (
            "bucket",
            lambda s: s3.Bucket.from_bucket_attributes(s, "B", bucket_name="central", account=ELSEWHERE),
            "`bucket` is of the account 444455556666 and the stack of 111122223333",
        ),
        (
            "bucket",
            lambda s: s3.Bucket.from_bucket_attributes(s, "B", bucket_name="central", region="eu-west-1"),
            "`bucket` is of the Region eu-west-1 and the stack of us-east-1",
        ),
        (
            "bucket",
            lambda s: s3.Bucket(
                cdk.Stack(s.node.root, "O", env=env(region="eu-west-1")), "B", bucket_name="central"
            ),
            "`bucket` is of the Region eu-west-1 and the stack of us-east-1",
        ),
        (
            "log_group",
            lambda s: logs.LogGroup.from_log_group_arn(
                s, "G", f"arn:aws:logs:us-east-1:{ELSEWHERE}:log-group:central:*"
            ),
            "`log_group` is of the account 444455556666 and the stack of 111122223333",
        ),
        (
            "log_group",
            lambda s: logs.LogGroup.from_log_group_arn(
                s, "G", f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:central:*"
            ),
            "`log_group` is of the Region eu-west-1 and the stack of us-east-1",
        ),
    ],
)
def test_a_destination_elsewhere_is_refused(prop: str, make: Callable[[cdk.Stack], Any], said: str) -> None:
    stack = cdk.Stack(cdk.App(), "S", env=env())
    with pytest.raises(PlanesError, match=f"{said}: .* replicate the bucket or subscribe"):
        InvocationLogging(stack, "L", **{prop: make(stack)})


def test_a_destination_whose_place_is_not_known_is_taken() -> None:
    stack = cdk.Stack(cdk.App(), "S")  # of any account and Region
    bucket = s3.Bucket.from_bucket_attributes(stack, "B", bucket_name="central", account=ACCOUNT)
    assert InvocationLogging(stack, "L", bucket=bucket).role is None
    stack = cdk.Stack(cdk.App(), "S", env=env())
    found = InvocationLogging(
        stack, "L", bucket=s3.Bucket.from_bucket_arn(stack, "B", "arn:aws:s3:::central")
    )
    assert found.role is None


def env(region: str = "us-east-1") -> cdk.Environment:
    return cdk.Environment(account=ACCOUNT, region=region)


def test_an_account_and_region_have_one_such_construct() -> None:
    app = cdk.App()
    here = cdk.Environment(account=ACCOUNT, region="us-east-1")
    for name, env in (
        ("One", here),
        ("Two", cdk.Environment(account=ACCOUNT, region="eu-west-1")),
        ("Any", None),
    ):
        stack = cdk.Stack(app, name, env=env)
        InvocationLogging(stack, "L", bucket=s3.Bucket(stack, "B"))
    for scope in (cdk.Stack(app, "Three", env=here), app.node.find_child("Any")):
        with pytest.raises(
            PlanesError, match="sets the invocation logging of this account and Region already"
        ):
            InvocationLogging(scope, "Again", bucket=s3.Bucket(scope, "C"))  # type: ignore[arg-type]  # a stack


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "`takeover` names no destination"),
        ({"log_group_name": "x"}, "needs `log_group_name` and `role_arn` together"),
        ({"bucket_name": "x", "role_arn": "y"}, "needs `log_group_name` and `role_arn` together"),
        ({"bucket_name": "x", "large_data_bucket_name": "y"}, "give both or neither"),
        (
            {"log_group_name": "x", "role_arn": "y"},
            "`takeover.role_arn` has the value `y`: pass the role's ARN",
        ),
    ],
)
def test_a_former_setting_that_cannot_be_one_is_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(PlanesError, match=message):
        FormerLogging(**values)


@pytest.mark.parametrize(
    ("props", "message"),
    [
        ({"takeover": {"bucket_name": "x"}}, "`takeover` is a dict: pass a `FormerLogging"),
        ({"on_delete": "RESTORE"}, "`on_delete` is `RESTORE`: pass `OnDelete.RESTORE`"),
    ],
)
def test_a_value_of_another_type_is_refused(props: dict[str, Any], message: str) -> None:
    stack = Stack()
    with pytest.raises(PlanesError, match=message):
        InvocationLogging(stack, "L", bucket=s3.Bucket(stack, "B"), **props)
