"""Logs, metrics and reranking of a knowledge base, and what is known of an imported one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3

from constructs_lib import DocumentSource, KnowledgeBase, KnowledgeBaseType, ManagedSource
from constructs_lib.cdk_support import PlanesError
from tests.cdk import ACCOUNT, REGION, Stack, arn, resources, template

if TYPE_CHECKING:
    from collections.abc import Callable

KB = "arn:aws:bedrock:eu-west-1:444455556666:knowledge-base/ABCDEF1234"


# Logs.
def got(logical_id: str, attribute: str = "Arn") -> dict[str, Any]:
    return {"Fn::GetAtt": [logical_id, attribute]}


DESTINATIONS: dict[str, tuple[Callable[[cdk.Stack], Any], Any]] = {
    "a log group": (lambda s: logs.LogGroup(s, "L"), got("L2EA2915D")),
    "its L1": (lambda s: logs.CfnLogGroup(s, "L"), got("L")),
    "an imported log group": (
        lambda s: logs.LogGroup.from_log_group_name(s, "L", "ingestion"),
        arn(f"logs:{REGION}:{ACCOUNT}:log-group:ingestion:*"),
    ),
    "a bucket": (lambda s: s3.Bucket(s, "L"), got("L2EA2915D")),
    "an imported bucket": (lambda s: s3.Bucket.from_bucket_name(s, "L", "logs"), arn("s3:::logs")),
    "the L1 of a Firehose stream": (lambda s: firehose.CfnDeliveryStream(s, "L"), got("L")),
    "an imported Firehose stream": (
        lambda s: firehose.DeliveryStream.from_delivery_stream_name(s, "L", "logs"),
        arn(f"firehose:{REGION}:{ACCOUNT}:deliverystream/logs"),
    ),
}


@pytest.mark.parametrize("name", DESTINATIONS)
@pytest.mark.parametrize("kind", [KnowledgeBaseType.vector(), KnowledgeBaseType.managed()])
def test_logs_go_to_each_destination(name: str, kind: KnowledgeBaseType) -> None:
    stack = Stack()
    make, expected = DESTINATIONS[name]
    base = KnowledgeBase(stack, "KB", type=kind, log_delivery=[make(stack)])
    found = template(stack)
    [(source_id, source)] = resources(found, "AWS::Logs::DeliverySource").items()
    [(target_id, target)] = resources(found, "AWS::Logs::DeliveryDestination").items()
    [delivery] = resources(found, "AWS::Logs::Delivery").values()
    stem = f"S-KB-{base.node.addr[-8:].upper()}"
    assert source["Properties"]["Name"].startswith("S-KB-"), stem
    assert source["Properties"] == {
        "LogType": "APPLICATION_LOGS",
        "Name": target["Properties"]["Name"],
        "ResourceArn": stack.resolve(base.knowledge_base_arn),
    }
    assert target["Properties"] == {
        "DestinationResourceArn": expected,
        "Name": source["Properties"]["Name"],
        "OutputFormat": "json",
    }
    assert delivery["Properties"] == {
        "DeliveryDestinationArn": got(target_id),
        "DeliverySourceName": {"Ref": source_id},
    }


def test_several_destinations_have_names_of_their_own_within_60_characters() -> None:
    stack = Stack("A" * 40)
    base = KnowledgeBase(
        stack,
        "B" * 60,
        log_delivery=[logs.LogGroup(stack, "L"), s3.Bucket(stack, "Copy")],
        knowledge_base_name="C" * 100,
    )
    found = template(stack)
    names = [one["Properties"]["Name"] for one in resources(found, "AWS::Logs::DeliverySource").values()]
    assert len({*names}) == 2
    assert all(len(one) <= 60 and one.endswith(base.fingerprint()) for one in names)


# Metrics.
METRICS: dict[str, tuple[str, str, bool]] = {
    "metric_invocations": ("Invocations", "Sum", True),
    "metric_client_errors": ("ClientErrors", "Sum", True),
    "metric_server_errors": ("ServerErrors", "Sum", True),
    "metric_throttles": ("Throttles", "Sum", True),
    "metric_raw_data_size": ("RawDataSize", "Maximum", False),
}


@pytest.mark.parametrize("method", METRICS)
def test_each_metric_that_aws_publishes(method: str) -> None:
    stack = Stack()
    base = KnowledgeBase.from_knowledge_base_arn(stack, "KB", KB)
    name, statistic, has_operation = METRICS[method]
    metric = getattr(base, method)()
    assert (metric.namespace, metric.metric_name, metric.statistic) == (
        "AWS/Bedrock/KnowledgeBases",
        name,
        statistic,
    )
    expected = {"KnowledgeBaseId": "knowledge-base/ABCDEF1234"}
    assert metric.dimensions == ({**expected, "Operation": "Retrieve"} if has_operation else expected)
    changed = getattr(base, method)(statistic="Average", period=cdk.Duration.minutes(1))
    assert (changed.statistic, changed.period.to_seconds()) == ("Average", 60)


def test_every_method_of_a_metric_is_in_the_table() -> None:
    assert {name for name in dir(KnowledgeBase) if name.startswith("metric_")} == {*METRICS}


def test_an_alarm_on_a_managed_one_of_this_app_and_the_permission_to_publish() -> None:
    stack = Stack()
    base = KnowledgeBase(stack, "KB", type=KnowledgeBaseType.managed())
    base.metric("Invocations", operation="AgenticRetrieveStream").create_alarm(
        stack, "Alarm", threshold=1, evaluation_periods=1
    )
    found = template(stack)
    [alarm] = resources(found, "AWS::CloudWatch::Alarm").values()
    assert {one["Name"]: one["Value"] for one in alarm["Properties"]["Dimensions"]} == {
        "KnowledgeBaseId": {"Fn::Join": ["", ["knowledge-base/", stack.resolve(base.knowledge_base_id)]]},
        "Operation": "AgenticRetrieveStream",
    }
    [policy] = resources(found, "AWS::IAM::RolePolicy").values()
    assert policy["Properties"]["PolicyDocument"]["Statement"] == [
        {
            "Effect": "Allow",
            "Action": "cloudwatch:PutMetricData",
            "Resource": "*",
            "Condition": {"StringEquals": {"cloudwatch:namespace": "AWS/Bedrock/KnowledgeBases"}},
        }
    ]


@pytest.mark.parametrize("kind", ["VECTOR", "KENDRA", "SQL"])
def test_no_metric_of_another_type(kind: str) -> None:
    base = KnowledgeBase.from_knowledge_base_attributes(Stack(), "KB", knowledge_base_arn=KB, type_name=kind)
    with pytest.raises(
        PlanesError, match=f"is a {kind} knowledge base, and AWS publishes metrics of managed"
    ):
        base.metric_throttles()


# Reranking.
@pytest.mark.parametrize("kind", [KnowledgeBaseType.vector(), KnowledgeBaseType.managed()])
def test_the_service_role_may_rerank_with_each_model(kind: KnowledgeBaseType) -> None:
    models = ["amazon.rerank-v1:0", "cohere.rerank-v3-5:0"]
    with_them, without = Stack(), Stack()
    KnowledgeBase(with_them, "KB", type=kind, rerank_models=models)
    KnowledgeBase(without, "KB", type=kind)
    [policy], [plain] = (
        resources(template(one), "AWS::IAM::RolePolicy").values() for one in (with_them, without)
    )
    before = plain["Properties"]["PolicyDocument"]["Statement"]
    statements = policy["Properties"]["PolicyDocument"]["Statement"]
    called = [f"bedrock:{REGION}::foundation-model/{model}" for model in models]
    project = {
        "Effect": "Allow",
        "Action": "bedrock:InvokeModel",
        "Resource": arn(f"bedrock:{REGION}:{ACCOUNT}:project/default"),
    }
    assert project in statements
    assert [one for one in statements if one not in before and one != project] == [
        {"Effect": "Allow", "Action": "bedrock:Rerank", "Resource": "*"},
        *({"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": arn(one)} for one in called),
    ]


# Imported.
def test_an_imported_one_keeps_account_and_region_of_its_arn() -> None:
    base = KnowledgeBase.from_knowledge_base_attributes(Stack(), "KB", knowledge_base_arn=KB)
    assert (base.knowledge_base_id, base.knowledge_base_arn) == ("ABCDEF1234", KB)
    assert (base.env.account, base.env.region) == ("444455556666", "eu-west-1")
    assert (base.role, base.type_name) == (None, None)
    reference = base.knowledge_base_ref
    assert (reference.knowledge_base_id, reference.knowledge_base_arn) == ("ABCDEF1234", KB)


def test_a_source_extends_the_role_that_is_given() -> None:
    stack = Stack()
    role = iam.Role.from_role_arn(stack, "Role", f"arn:aws:iam::{ACCOUNT}:role/service/Kb")
    base = KnowledgeBase.from_knowledge_base_attributes(
        stack,
        "KB",
        knowledge_base_arn=f"arn:aws:bedrock:{REGION}:{ACCOUNT}:knowledge-base/ABCDEF1234",
        role=role,
        type_name="VECTOR",
    )
    base.add_data_source("Docs", DocumentSource.s3(s3.Bucket.from_bucket_name(stack, "B", "documents")))
    [policy] = resources(template(stack), "AWS::IAM::Policy").values()
    assert policy["Properties"]["Roles"] == ["Kb"]
    assert {one["Action"] for one in policy["Properties"]["PolicyDocument"]["Statement"]} == {
        "s3:GetObject",
        "s3:ListBucket",
    }


def test_the_type_of_an_imported_one_decides_what_fits() -> None:
    stack = Stack()
    managed, vector = (
        KnowledgeBase.from_knowledge_base_attributes(stack, kind, knowledge_base_arn=KB, type_name=kind)
        for kind in ("MANAGED", "VECTOR")
    )
    bucket = s3.Bucket.from_bucket_name(stack, "B", "documents")
    role = iam.Role.from_role_arn(stack, "Role", f"arn:aws:iam::{ACCOUNT}:role/Kb")
    with pytest.raises(PlanesError, match="managed"):
        vector.add_data_source("Docs", ManagedSource.s3(bucket), role=role)
    with pytest.raises(PlanesError, match="use `ManagedSource`"):
        managed.add_data_source("Docs", DocumentSource.s3(bucket), role=role)
    with pytest.raises(PlanesError, match="`knowledge_base` is managed, and AWS refuses"):
        managed.grant_retrieve_and_generate(iam.User(stack, "U"), "amazon.nova-lite-v1:0")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"knowledge_base_arn": "ABCDEF1234"}, "`knowledge_base_arn`"),
        ({"knowledge_base_arn": KB.replace("knowledge-base", "agent")}, "`knowledge_base_arn`"),
        (
            {"knowledge_base_arn": KB, "type_name": "vector"},
            "`type_name` .*pass VECTOR, MANAGED, KENDRA or SQL",
        ),
    ],
)
def test_wrong_attributes_are_refused(given: dict[str, Any], says: str) -> None:
    with pytest.raises(PlanesError, match=says):
        KnowledgeBase.from_knowledge_base_attributes(Stack(), "KB", **given)
