"""The sync of a knowledge base: its exact roles and state machine, the order of deletion, bad input."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from cdk_nag import AwsSolutionsChecks

from constructs_lib import (
    DataSource,
    DocumentSource,
    KnowledgeBase,
    KnowledgeBaseSync,
    KnowledgeBaseType,
    ManagedSource,
    PlanesError,
)
from tests.cdk import ACCOUNT, Stack, arn, resources, template
from tests.control_plane.soundness import deployed_by, findings, valid
from tests.source import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

HOURLY = scheduler.ScheduleExpression.rate(cdk.Duration.hours(1))


def build(stack: cdk.Stack) -> None:
    base = KnowledgeBase(stack, "Kb")
    base.sync(on_deploy=True, every=HOURLY)
    # What is added after the sync is synced too; custom documents are ingested one by one.
    base.add_data_source("Docs", DocumentSource.s3(s3.Bucket(stack, "Bucket")))
    base.add_data_source("Own", DocumentSource.custom())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    folder = tmp_path_factory.mktemp("sync")
    return valid(build, folder), folder


def one(found: dict[str, Any], kind: str, part: str = "") -> tuple[str, dict[str, Any]]:
    [pair] = [(name, r) for name, r in resources(found, kind).items() if part in name]
    return pair


def statements(found: dict[str, Any], role: str) -> Any:
    return one(found, "AWS::IAM::Role", role)[1]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]


def allow(actions: str | list[str], resource: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resource}


def got(name: str, attribute: str = "Arn") -> dict[str, Any]:
    return {"Fn::GetAtt": [name, attribute]}


def test_each_role_holds_exactly_what_it_does(made: tuple[dict[str, Any], Path]) -> None:
    found, _ = made
    base = got(one(found, "AWS::Bedrock::KnowledgeBase")[0], "KnowledgeBaseArn")
    machine = one(found, "AWS::StepFunctions::StateMachine")[0]
    executions = {
        "Fn::Join": [
            "",
            [
                "arn:",
                {"Ref": "AWS::Partition"},
                f":states:us-east-1:{ACCOUNT}:execution:",
                got(machine, "Name"),
                ":*",
            ],
        ]
    }
    assert statements(found, "KbSyncRole") == [
        allow(["bedrock:GetIngestionJob", "bedrock:StartIngestionJob"], base)
    ]
    assert statements(found, "ScheduleRole") == [allow("states:StartExecution", got(machine))]
    assert statements(found, "HandlerRole") == [
        allow(["states:ListExecutions", "states:StartExecution"], got(machine)),
        allow(["logs:CreateLogStream", "logs:PutLogEvents"], got(one(found, "AWS::Logs::LogGroup")[0])),
        allow(["states:DescribeExecution", "states:StopExecution"], executions),
        allow("cloudformation:DescribeStacks", {"Ref": "AWS::StackId"}),
    ]
    policies = resources(found, "AWS::IAM::RolePolicy")
    [jobs] = [r for name, r in policies.items() if "HandlerJobs" in name]
    assert jobs["Properties"]["PolicyDocument"]["Statement"] == [
        allow(["bedrock:ListIngestionJobs", "bedrock:StopIngestionJob"], base)
    ]
    [again] = [r for name, r in policies.items() if "Again" in name]
    function = one(found, "AWS::Lambda::Function")[0]
    assert again["Properties"]["PolicyDocument"]["Statement"] == [
        allow("lambda:InvokeFunction", got(function))
    ]


def test_the_policy_on_jobs_is_another_one_when_the_knowledge_base_is_replaced() -> None:
    def names(**props: Any) -> list[str]:
        stack = Stack()
        base = KnowledgeBase(stack, "Kb", **props)
        base.add_data_source("Docs", DocumentSource.s3(s3.Bucket(stack, "Bucket")))
        base.sync()
        found = template(stack)
        [jobs] = [r for name, r in resources(found, "AWS::IAM::RolePolicy").items() if "HandlerJobs" in name]
        deployment, made = one(found, "Custom::BedrockKnowledgeBaseSync")
        assert any("HandlerJobs" in name for name in made["DependsOn"]), deployment
        return [
            jobs["Properties"]["PolicyName"],
            one(found, "AWS::Bedrock::KnowledgeBase")[1]["Properties"]["Name"],
        ]

    first, described, other = (
        names(),
        names(description="x"),
        names(type=KnowledgeBaseType.vector(dimension=512)),
    )
    assert first == described
    # Both have the same fingerprint, so they go and come together.
    assert first[0].rpartition("-")[2] == first[1].rpartition("-")[2]
    assert other[0].rpartition("-")[2] == other[1].rpartition("-")[2] != first[0].rpartition("-")[2]


def test_the_policy_on_the_jobs_of_an_imported_knowledge_base_goes_by_its_id() -> None:
    def name(knowledge_base_id: str) -> str:
        stack = Stack()
        source = DataSource.from_data_source_attributes(
            stack, "Docs", data_source_id="QWERTY1234", knowledge_base_id=knowledge_base_id
        )
        base = KnowledgeBase.from_knowledge_base_id(stack, "Kb", knowledge_base_id)
        KnowledgeBaseSync(stack, "Sync", knowledge_base=base, data_sources=[source])
        policies = resources(template(stack), "AWS::IAM::RolePolicy")
        [jobs] = [r for key, r in policies.items() if "HandlerJobs" in key]
        return str(jobs["Properties"]["PolicyName"])

    assert name("ABCDEF1234") == name("ABCDEF1234") != name("ABCDEF1235")


def test_the_roles_are_operators_that_only_their_service_of_this_account_takes(
    made: tuple[dict[str, Any], Path],
) -> None:
    found, folder = made
    marked = {
        name: r["Metadata"]["bedrock-planes:role"]["kind"]
        for name, r in resources(found, "AWS::IAM::Role").items()
        if "Sync" in name
    }
    assert sorted(marked.values()) == ["operator"] * 3
    trust = {
        name: r["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]
        for name, r in resources(found, "AWS::IAM::Role").items()
        if name in marked and "Handler" not in name
    }
    group = arn(f"scheduler:us-east-1:{ACCOUNT}:schedule-group/default")
    machines = arn(f"states:us-east-1:{ACCOUNT}:stateMachine:*")
    assert list(trust.values()) == [
        {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnLike": {"aws:SourceArn": machines}},
        {"StringEquals": {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": group}},
    ]
    verdicts, rules = findings(folder)
    assert rules == set()
    assert [verdicts[name] for name in marked] == ["control", "control", "none"]


def test_the_state_machine_is_exactly_this(
    made: tuple[dict[str, Any], Path], snapshot: SnapshotAssertion
) -> None:
    found, _ = made
    [_, parts] = one(found, "AWS::StepFunctions::StateMachine")[1]["Properties"]["DefinitionString"][
        "Fn::Join"
    ]
    text = "".join(
        part if isinstance(part, str) else str(part.get("Ref") or part["Fn::GetAtt"][1]) for part in parts
    )
    assert json.loads(text) == snapshot


def test_the_schedule_goes_first_then_what_stops_the_jobs_then_the_data_sources(
    made: tuple[dict[str, Any], Path],
) -> None:
    found, _ = made
    deployment, resource = one(found, "Custom::BedrockKnowledgeBaseSync")
    assert one(found, "AWS::Scheduler::Schedule")[1]["DependsOn"] == [deployment]
    assert resource["Properties"] == {
        "ServiceToken": got(one(found, "AWS::Lambda::Function")[0]),
        "ServiceTimeout": "3600",
        "KnowledgeBase": got(one(found, "AWS::Bedrock::KnowledgeBase")[0], "KnowledgeBaseId"),
        "Sources": [got(one(found, "AWS::Bedrock::DataSource", "Docs")[0], "DataSourceId")],
        "Machine": got(one(found, "AWS::StepFunctions::StateMachine")[0]),
        "OnDeploy": "yes",
    }


def test_the_schedule_starts_the_machine(made: tuple[dict[str, Any], Path]) -> None:
    found, _ = made
    assert one(found, "AWS::Scheduler::Schedule")[1]["Properties"] == {
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "ScheduleExpression": "rate(1 hour)",
        "ScheduleExpressionTimezone": "Etc/UTC",
        "Target": {
            "Arn": got(one(found, "AWS::StepFunctions::StateMachine")[0]),
            "Input": "{}",
            "RoleArn": got(one(found, "AWS::IAM::Role", "ScheduleRole")[0]),
        },
    }


def test_the_derived_deploy_policy_makes_it(made: tuple[dict[str, Any], Path]) -> None:
    wanted = {
        "states:CreateStateMachine",
        "states:DeleteStateMachine",
        "scheduler:CreateSchedule",
        "scheduler:DeleteSchedule",
        "cloudwatch:PutMetricAlarm",
        "lambda:CreateFunction",
        "iam:PassRole",
    }
    assert deployed_by(made[0], wanted) == set()


def test_without_a_schedule_there_is_none_and_without_on_deploy_nothing_is_synced() -> None:
    stack = Stack()
    base = KnowledgeBase(stack, "Kb")
    base.add_data_source("Docs", DocumentSource.s3(s3.Bucket(stack, "Bucket")))
    base.sync()
    found = template(stack)
    assert resources(found, "AWS::Scheduler::Schedule") == {}
    assert one(found, "Custom::BedrockKnowledgeBaseSync")[1]["Properties"]["OnDeploy"] == "no"


def test_a_text_syncs_whenever_it_changes() -> None:
    stack = Stack()
    base = KnowledgeBase(stack, "Kb")
    base.add_data_source("Docs", DocumentSource.s3(s3.Bucket(stack, "Bucket")))
    base.sync(on_deploy="0a1b")
    assert (
        one(template(stack), "Custom::BedrockKnowledgeBaseSync")[1]["Properties"]["OnDeploy"] == "yes: 0a1b"
    )


def test_an_imported_knowledge_base_is_synced_with_the_data_sources_that_are_passed() -> None:
    stack = Stack()
    base = KnowledgeBase.from_knowledge_base_id(stack, "Kb", "ABCDEF1234")
    source = DataSource.from_data_source_attributes(
        stack, "Docs", data_source_id="QWERTY1234", knowledge_base_id="ABCDEF1234"
    )
    KnowledgeBaseSync(stack, "Sync", knowledge_base=base, data_sources=[source])
    found = template(stack)
    properties = one(found, "Custom::BedrockKnowledgeBaseSync")[1]["Properties"]
    assert (properties["KnowledgeBase"], properties["Sources"]) == ("ABCDEF1234", ["QWERTY1234"])
    assert statements(found, "SyncRole")[0]["Resource"] == arn(
        f"bedrock:us-east-1:{ACCOUNT}:knowledge-base/ABCDEF1234"
    )


FIVE_MINUTES = cdk.Duration.minutes(5)


def build_changes(stack: cdk.Stack) -> None:
    base = KnowledgeBase(stack, "Kb")
    base.add_data_source("Docs", DocumentSource.s3(s3.Bucket(stack, "Bucket"), prefix="manuals/"))
    base.sync(on_change=FIVE_MINUTES)
    # A bucket that comes later is watched too; others don't tell of changes.
    base.add_data_source("More", DocumentSource.s3(s3.Bucket(stack, "Late")))
    base.add_data_source("Own", DocumentSource.custom())


@pytest.fixture(scope="module")
def changing(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    folder = tmp_path_factory.mktemp("changes")
    return valid(build_changes, folder), folder


def test_changes_are_gathered_in_a_queue_that_only_its_rule_fills(
    changing: tuple[dict[str, Any], Path],
) -> None:
    found, _ = changing
    queue, made = one(found, "AWS::SQS::Queue")
    assert made["Properties"] == {
        "FifoQueue": True,
        "ContentBasedDeduplication": True,
        "DelaySeconds": 300,
        "VisibilityTimeout": 180,
        "SqsManagedSseEnabled": True,
    }
    rule, made = one(found, "AWS::Events::Rule")
    buckets = {name.rstrip("0123456789ABCDEF"): name for name in resources(found, "AWS::S3::Bucket")}
    assert made["Properties"]["EventPattern"] == {
        "source": ["aws.s3"],
        "detail-type": ["Object Created", "Object Deleted"],
        "detail": {
            "$or": [
                {
                    "bucket": {"name": [{"Ref": buckets["Bucket"]}]},
                    "object": {"key": [{"prefix": "manuals/"}]},
                },
                {"bucket": {"name": [{"Ref": buckets["Late"]}]}},
            ]
        },
    }
    # All events are the same message, so those of five minutes are one.
    assert made["Properties"]["Targets"] == [
        {
            "Arn": got(queue),
            "Id": "Queue",
            "Input": '{"changed":true}',
            "SqsParameters": {"MessageGroupId": "changes"},
        }
    ]
    [policy] = resources(found, "AWS::SQS::QueuePolicy").values()
    assert policy["Properties"]["PolicyDocument"]["Statement"] == [
        {
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": ["sqs:SendMessage"],
            "Resource": got(queue),
            "Condition": {"ArnEquals": {"aws:SourceArn": got(rule)}},
        },
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "sqs:*",
            "Resource": got(queue),
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
    ]


def test_the_consumer_is_an_operator_that_reads_the_queue_and_starts_the_machine(
    changing: tuple[dict[str, Any], Path],
) -> None:
    found, folder = changing
    queue, machine = one(found, "AWS::SQS::Queue")[0], one(found, "AWS::StepFunctions::StateMachine")[0]
    name, role = one(found, "AWS::IAM::Role", "ChangesHandlerRole")
    assert role["Metadata"]["bedrock-planes:role"] == {"kind": "operator"}
    assert statements(found, "ChangesHandlerRole") == [
        allow(["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"], got(queue)),
        allow(
            ["logs:CreateLogStream", "logs:PutLogEvents"],
            got(one(found, "AWS::Logs::LogGroup", "Changes")[0]),
        ),
        allow(["states:ListExecutions", "states:StartExecution"], got(machine)),
    ]
    [mapping] = resources(found, "AWS::Lambda::EventSourceMapping").values()
    assert mapping["Properties"]["EventSourceArn"] == got(queue)
    assert mapping["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    verdicts, rules = findings(folder)
    assert rules == set()
    assert verdicts[name] == "none"


def test_what_starts_syncs_goes_before_what_stops_them(changing: tuple[dict[str, Any], Path]) -> None:
    found, _ = changing
    deployment, _ = one(found, "Custom::BedrockKnowledgeBaseSync")
    for kind in ("AWS::Events::Rule", "AWS::Lambda::EventSourceMapping", "AWS::SQS::Queue"):
        assert deployment in one(found, kind)[1]["DependsOn"]


def test_a_bucket_of_this_app_tells_eventbridge_and_the_owner_of_another_is_told() -> None:
    stack = Stack()
    base = KnowledgeBase(stack, "Kb")
    base.add_data_source("Docs", DocumentSource.s3(s3.Bucket(stack, "Bucket")))
    base.add_data_source("More", DocumentSource.s3(s3.Bucket.from_bucket_name(stack, "There", "there")))
    base.sync(on_change=FIVE_MINUTES)
    warnings = cdk.assertions.Annotations.from_stack(stack).find_warning(
        "/S/Kb/Sync/Changes", cdk.assertions.Match.string_like_regexp('`there`.*"EventBridgeEnabled": true')
    )
    assert len(warnings) == 1
    [told] = resources(template(stack), "Custom::S3BucketNotifications").values()
    assert told["Properties"]["NotificationConfiguration"] == {"EventBridgeConfiguration": {}}


def pattern_of(stack: Stack) -> Any:
    [rule] = resources(template(stack), "AWS::Events::Rule").values()
    return rule["Properties"]["EventPattern"]["detail"]


def test_an_l1_of_a_bucket_is_watched_by_its_name() -> None:
    stack = Stack()
    base = KnowledgeBase(stack, "Kb")
    base.add_data_source("Docs", DocumentSource.s3(s3.CfnBucket(stack, "Bucket")))
    base.sync(on_change=FIVE_MINUTES)
    assert pattern_of(stack) == {"bucket": {"name": [{"Ref": "Bucket"}]}}
    cdk.assertions.Annotations.from_stack(stack).has_warning(
        "/S/Kb/Sync/Changes", cdk.assertions.Match.string_like_regexp("isn't an `s3.Bucket` of this app")
    )


@pytest.mark.parametrize(
    ("props", "prefixes"),
    [
        ({}, None),
        ({"metadata_prefix": "meta/"}, None),
        ({"inclusion_prefixes": ["a/", "b/"]}, ["a/", "b/"]),
        ({"inclusion_prefixes": ["a/"], "exclusion_prefixes": ["a/old/"]}, ["a/"]),
        (
            {"inclusion_prefixes": ["a/"], "metadata_prefix": "meta/", "acl_file": "who.json"},
            ["a/", "meta/", "who.json"],
        ),
    ],
)
def test_the_bucket_of_a_managed_knowledge_base_is_watched_too(
    props: dict[str, Any], prefixes: list[str] | None
) -> None:
    stack = Stack()
    base = KnowledgeBase(stack, "Kb", type=KnowledgeBaseType.managed())
    base.add_data_source("Docs", ManagedSource.s3(s3.Bucket(stack, "Bucket"), **props))
    base.sync(on_change=FIVE_MINUTES)
    assert pattern_of(stack).get("object") == (
        None if prefixes is None else {"key": [{"prefix": one} for one in prefixes]}
    )


def test_the_alarm_rings_when_changes_could_not_start_a_sync(changing: tuple[dict[str, Any], Path]) -> None:
    metrics = one(changing[0], "AWS::CloudWatch::Alarm")[1]["Properties"]["Metrics"]
    [expression] = [metric["Expression"] for metric in metrics if "Expression" in metric]
    assert expression == "FILL(failed, 0) + FILL(late, 0) + FILL(unstarted, 0)"
    [errors] = [m["MetricStat"]["Metric"] for m in metrics if m["Id"] == "unstarted"]
    assert (errors["Namespace"], errors["MetricName"]) == ("AWS/Lambda", "Errors")


@pytest.mark.parametrize("env", [None, cdk.Environment(account=ACCOUNT, region="us-east-1")])
def test_cdk_nag_finds_nothing_in_a_sync(tmp_path: Path, env: cdk.Environment | None) -> None:
    app = cdk.App(outdir=str(tmp_path), builtin_cloud_formation_validation=False, analytics_reporting=False)
    stack = cdk.Stack(app, "S", env=env)
    base = KnowledgeBase(stack, "Kb")
    base.add_data_source("Docs", DocumentSource.s3(s3.Bucket(stack, "Bucket")))
    base.sync(on_deploy=True, every=HOURLY, on_change=FIVE_MINUTES)
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks())
    with pytest.raises(RuntimeError, match=r"^ValidationFailed"):  # the bucket is the user's
        app.synth()
    [report] = json.loads((tmp_path / "validation-report.json").read_text("utf-8"))["pluginReports"]
    found = {
        (one["ruleName"], place["constructPath"])
        for one in report["violations"]
        for place in one["violatingConstructs"]
    }
    assert ("AwsSolutions-S1", "S/Bucket/Resource") in found
    assert {one for one in found if "/Sync/" in one[1]} == set()


@pytest.mark.parametrize("minutes", [5, 15])
def test_a_window_within_the_limits_is_taken(minutes: int) -> None:
    stack = Stack()
    base = KnowledgeBase(stack, "Kb")
    base.add_data_source("Docs", DocumentSource.s3(s3.Bucket(stack, "Bucket")))
    base.sync(on_change=cdk.Duration.minutes(minutes))
    assert one(template(stack), "AWS::SQS::Queue")[1]["Properties"]["DelaySeconds"] == 60 * minutes


def test_sources_that_tell_of_no_change_are_refused() -> None:
    stack = Stack()
    base = KnowledgeBase(stack, "Kb")
    base.add_data_source("Own", DocumentSource.custom())
    there = DataSource.from_data_source_attributes(
        stack, "There", data_source_id="QWERTY1234", knowledge_base_id="ABCDEF1234"
    )
    KnowledgeBaseSync(stack, "Named", knowledge_base=base, data_sources=[there], on_change=FIVE_MINUTES)
    with pytest.raises(RuntimeError, match=r"`S/Named` has `on_change`, and none of its data sources"):
        template(stack)


BAD: dict[str, tuple[Callable[[KnowledgeBase], object], str]] = {
    "no list": (lambda kb: kb.sync(data_sources=[]), "`data_sources` names no data source: pass a list"),
    "not a data source": (
        lambda kb: kb.sync(data_sources=[kb]),  # type: ignore[list-item]  # bad input
        "`data_sources` has a value of the type `KnowledgeBase`: pass data sources",
    ),
    "an empty text": (lambda kb: kb.sync(on_deploy=""), "`on_deploy` has the value ``: pass `True`"),
    "no path": (lambda kb: kb.sync(role_path="x"), "`role_path`"),
    "no schedule": (
        lambda kb: kb.sync(every="rate(1 hour)"),  # type: ignore[arg-type]  # bad input
        "`every` has the value `rate(1 hour)`: pass a schedule",
    ),
    "a window too short": (
        lambda kb: kb.sync(on_change=cdk.Duration.seconds(299)),
        "`on_change` is 299 seconds: pass a time from 5 to 15 minutes",
    ),
    "a window too long": (
        lambda kb: kb.sync(on_change=cdk.Duration.seconds(901)),
        "`on_change` is 901 seconds: pass a time from 5 to 15 minutes",
    ),
    "no window": (
        lambda kb: kb.sync(on_change=True),  # type: ignore[arg-type]  # bad input
        "`on_change` has the value `True`: pass a time from 5 to 15 minutes",
    ),
    "no knowledge base": (
        lambda kb: KnowledgeBaseSync(kb, "S", knowledge_base="ABCDEF1234"),  # type: ignore[arg-type]  # bad input
        "`knowledge_base` has a value of the type `str`: pass a knowledge base",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_told_at_once(case: str) -> None:
    call, message = BAD[case]
    with pytest.raises(PlanesError, match=re.escape(message)):
        call(KnowledgeBase(Stack(), "Kb"))


def test_a_knowledge_base_without_data_sources_isnt_synced() -> None:
    stack = Stack()
    KnowledgeBase(stack, "Kb").sync()
    with pytest.raises(RuntimeError, match="`S/Kb/Sync` has no data source to sync"):
        template(stack)


def test_a_data_source_of_another_stack_is_synced_there() -> None:
    stack = Stack()
    base = KnowledgeBase(stack, "Kb")
    base.sync()
    other = cdk.Stack(cdk.App.of(stack), "Other", env=cdk.Environment(account=ACCOUNT, region="us-east-1"))
    DataSource(other, "Docs", knowledge_base=base, source=DocumentSource.custom())
    base.add_data_source("Here", DocumentSource.s3(s3.Bucket(stack, "Bucket")))
    DataSource(other, "More", knowledge_base=base, source=DocumentSource.s3(s3.Bucket(other, "Bucket")))
    with pytest.raises(RuntimeError, match=r"can't sync `Other/More` by default.*stack `Other`"):
        template(stack)


PAGE = (ROOT / "docs/sync.md").read_text("utf-8")


@pytest.mark.parametrize("example", re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
def test_an_example_of_the_page_synthesizes(
    example: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CDK_OUTDIR", str(tmp_path))
    exec(compile(example, "docs/sync.md", "exec"), {})
    assert findings(tmp_path)[1] == set()
