from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_sns as sns
from aws_cdk.assertions import Annotations, Match
from moto.events.models import EventPattern

from constructs_lib import BedrockTrail, PlaneCrossingAlarms, PlanesError, catalogue
from constructs_lib.catalogue import Plane
from constructs_lib.local import LocalAws
from constructs_lib.platform import DATA_EVENT_TYPES, EVENT_SOURCES, event_names
from constructs_lib.platform.event_patterns import MAX_PATTERN
from tests.cdk import ACCOUNT, Stack, resources, template
from tools.events_page import event_pages

if TYPE_CHECKING:
    from collections.abc import Callable

ROLE = f"arn:aws:iam::{ACCOUNT}:role"
APP, DEPLOY, OPERATOR = (f"{ROLE}/bedrock-planes/{kind}/R" for kind in ("app", "deploy", "operator"))
OTHER = f"{ROLE}/team/R"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/AcmeDataPlaneBoundary"
BEDROCK, CORE, MANTLE, REGISTRY = EVENT_SOURCES


def event(source: str, name: str, role: str, *, denied: bool = False, **parameters: Any) -> dict[str, Any]:
    """Return an event as CloudTrail gives it to EventBridge, with the fields of AWS's examples.

    Sources: https://docs.aws.amazon.com/bedrock/latest/userguide/logging-using-cloudtrail.html (the entry of
    InvokeModel), https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
    (the session of a role) and
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html (the envelope).
    """
    name_of_role = role.rpartition("/")[2]
    detail: dict[str, Any] = {
        "eventVersion": "1.08",
        "userIdentity": {
            "type": "AssumedRole",
            "principalId": "AROAICFHPEXAMPLE:session",
            "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{name_of_role}/session",
            "accountId": ACCOUNT,
            "accessKeyId": "ASIAIOSFODNN7EXAMPLE",
            "sessionContext": {
                "sessionIssuer": {
                    "type": "Role",
                    "principalId": "AROAICFHPEXAMPLE",
                    "arn": role,
                    "accountId": ACCOUNT,
                    "userName": name_of_role,
                },
                "attributes": {"creationDate": "2023-10-11T21:56:06Z", "mfaAuthenticated": "false"},
            },
        },
        "eventTime": "2023-10-11T21:58:59Z",
        "eventSource": source,
        "eventName": name,
        "awsRegion": "us-east-1",
        "sourceIPAddress": "192.0.2.0",
        "userAgent": "Boto3/1.28.62",
        "requestParameters": parameters or None,
        "responseElements": None,
        "readOnly": name.startswith(("Get", "List", "Invoke")),
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Management",
    }
    if denied:
        detail["errorCode"] = "AccessDenied"
        detail["errorMessage"] = f"User: {detail['userIdentity']['arn']} is not authorized to perform it"
    return {
        "version": "0",
        "id": "00000000-0000-0000-0000-000000000000",
        "detail-type": "AWS API Call via CloudTrail",
        "source": f"aws.{source.partition('.')[0]}",
        "account": ACCOUNT,
        "time": "2023-10-11T21:58:59Z",
        "region": "us-east-1",
        "resources": [],
        "detail": detail,
    }


def matches(pattern: Any, value: Any) -> bool:
    """Decide one pattern on one event: the rules of EventBridge, written from its page.

    Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
    """
    if isinstance(pattern, dict):
        known = value if isinstance(value, dict) else {}
        return all(
            any(matches(each, value) for each in below) if key == "$or" else matches(below, known.get(key))
            for key, below in pattern.items()
        )
    return any(_one(test, value) for test in pattern)


def _one(test: Any, value: Any) -> bool:
    if not isinstance(test, dict):
        return bool(test == value)
    [(operator, wanted)] = test.items()
    if not isinstance(value, str):
        return False
    if operator == "prefix":
        return value.startswith(tuple(wanted) if isinstance(wanted, list) else wanted)
    if operator == "wildcard":
        at, parts = 0, wanted.split("*")
        for part in parts:
            found = value.find(part, at)
            if found < 0 or (part is parts[0] and found):
                return False
            at = found + len(part)
        return parts[-1] == "" or value.endswith(parts[-1])
    assert operator == "anything-but"
    return not _one(wanted, value) if isinstance(wanted, dict) else value not in wanted


def rules(stack: Stack) -> dict[str, list[dict[str, Any]]]:
    """Return the patterns of the rules by the alarm that they belong to."""
    found = template(stack)
    made = resources(found, "AWS::Events::Rule")
    patterns: dict[str, list[dict[str, Any]]] = {}
    for alarm in resources(found, "AWS::CloudWatch::Alarm").values():
        text = json.dumps(alarm["Properties"])
        patterns[alarm["Properties"]["AlarmDescription"]] = [
            json.loads(
                json.dumps(rule["Properties"]["EventPattern"])
                .replace('{"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, "', '"arn:aws')
                .replace('"]]}', '"')
            )
            for name, rule in made.items()
            if f'"{name}"' in text
        ]
    assert sum(map(len, patterns.values())) == len(made)
    return patterns


@pytest.fixture(scope="module")
def patterns() -> dict[str, list[dict[str, Any]]]:
    stack = Stack()
    PlaneCrossingAlarms(stack, "A")
    return rules(stack)


DATA_TO_CONTROL = "A role of the data plane called the control plane of Bedrock"
CONTROL_TO_DATA = "A role of the control plane called the data plane of Bedrock"

# Each name has its page of AWS in docs/audit-events.md, except the one that is made up.
CROSSINGS = [
    *(
        (DATA_TO_CONTROL, event(source, name, APP, denied=denied))
        for denied in (True, False)
        for source, name in (
            (BEDROCK, "CreateGuardrail"),
            (BEDROCK, "ListFoundationModels"),
            (BEDROCK, "DeleteKnowledgeBase"),
            (BEDROCK, "StartIngestionJob"),
            (BEDROCK, "InvokeBlueprintOptimizationAsync"),
            (BEDROCK, "AnOperationOfNextYear"),
            (CORE, "CreateAgentRuntime"),
            (CORE, "GetAgentInsightStore"),
            (CORE, "DeleteGateway"),
            (MANTLE, "CreateProject"),
            (REGISTRY, "UpdateRegistryRecordStatus"),
        )
    ),
    *(
        (CONTROL_TO_DATA, event(source, name, role, denied=denied))
        for role, denied in ((DEPLOY, True), (OPERATOR, False))
        for source, name in (
            (BEDROCK, "InvokeModel"),
            (BEDROCK, "Converse"),
            (BEDROCK, "Retrieve"),
            (BEDROCK, "ApplyGuardrail"),
            (BEDROCK, "InvokeAgent"),
            (CORE, "InvokeAgentRuntime"),
            (CORE, "InvokeGateway"),
            (CORE, "RetrieveMemoryRecords"),
            (MANTLE, "CreateInference"),
            (MANTLE, "ListModels"),
            (REGISTRY, "SearchDiscoverableRegistryRecords"),
        )
    ),
]

CHANGES = [
    ("LoggingChanged", event(BEDROCK, "DeleteModelInvocationLoggingConfiguration", OTHER)),
    ("LoggingChanged", event(BEDROCK, "PutModelInvocationLoggingConfiguration", OTHER, denied=True)),
    ("TrailChanged", event("cloudtrail.amazonaws.com", "StopLogging", OTHER)),
    ("BoundaryEdited", event("iam.amazonaws.com", "DeleteRolePermissionsBoundary", OTHER, roleName="R")),
    ("BoundaryEdited", event("iam.amazonaws.com", "CreatePolicyVersion", OTHER, policyArn=BOUNDARY)),
    (
        "LongTermKey",
        event(
            "iam.amazonaws.com", "CreateServiceSpecificCredential", OTHER, serviceName="bedrock.amazonaws.com"
        ),
    ),
]
SAID = {
    "LoggingChanged": "The model invocation logging of the account was set or switched off",
    "TrailChanged": "A trail was stopped, changed or deleted",
    "BoundaryEdited": "A permissions boundary was changed, put on a role or taken from one",
    "LongTermKey": "A long-term API key of Bedrock was made",
}


def fired(patterns: dict[str, list[dict[str, Any]]], happened: dict[str, Any]) -> set[str]:
    """Return the alarms of an event, on which both matchers agree."""
    found = set()
    for alarm, several in patterns.items():
        for pattern in several:
            mine = matches(pattern, happened)
            assert mine == EventPattern(None, pattern).matches_event(happened), pattern  # type: ignore[arg-type]  # an event is a plain dict here
            if mine:
                found.add(alarm)
    return found


def test_there_are_forty_crossings_and_more() -> None:
    assert len(CROSSINGS) == 44


@pytest.mark.parametrize(
    ("alarm", "happened"), [*CROSSINGS, *((SAID[name], happened) for name, happened in CHANGES)]
)
def test_a_crossing_fires_its_alarm_and_no_other(
    patterns: dict[str, list[dict[str, Any]]], alarm: str, happened: dict[str, Any]
) -> None:
    assert fired(patterns, happened) == {alarm}


def test_a_third_matcher_agrees_on_crossings_and_changes(patterns: dict[str, list[dict[str, Any]]]) -> None:
    """That of ministack, which follows the event-ruler of AWS, asked with TestEventPattern."""
    several = [*CROSSINGS, *((SAID[name], happened) for name, happened in CHANGES)]
    with LocalAws() as aws:
        events = aws.client("events")
        for alarm, happened in several:
            text = json.dumps({**happened, "time": "2023-10-11T21:58:59Z"})
            found = {
                name
                for name, each in patterns.items()
                for pattern in each
                if events.test_event_pattern(EventPattern=json.dumps(pattern), Event=text)["Result"]
            }
            assert found == {alarm}, happened["detail"]


def test_a_thousand_ordinary_events_fire_nothing(patterns: dict[str, list[dict[str, Any]]]) -> None:
    chance = random.Random(17)
    quiet = {"DeleteModelInvocationLoggingConfiguration", "PutModelInvocationLoggingConfiguration"}
    other: list[tuple[str, str, dict[str, Any]]] = [
        ("iam.amazonaws.com", "CreatePolicyVersion", {"policyArn": f"arn:aws:iam::{ACCOUNT}:policy/Mine"}),
        ("iam.amazonaws.com", "CreateServiceSpecificCredential", {"serviceName": "codecommit.amazonaws.com"}),
        ("iam.amazonaws.com", "GetRole", {"roleName": "R"}),
        ("s3.amazonaws.com", "GetObject", {}),
        ("cloudtrail.amazonaws.com", "DescribeTrails", {}),
    ]
    for number in range(1_000):
        source = chance.choice([*EVENT_SOURCES])
        kind = number % 5
        if kind == 0:
            happened = event(source, chance.choice(event_names(source, Plane.DATA)), APP)
        elif kind == 1:
            names = [name for name in event_names(source, Plane.CONTROL) if name not in quiet]
            happened = event(source, chance.choice(names), chance.choice([DEPLOY, OPERATOR]))
        elif kind == 2:
            names = [*event_names(source, Plane.CONTROL), *event_names(source, Plane.DATA)]
            happened = event(source, chance.choice([n for n in names if n not in quiet]), OTHER)
        elif kind == 3:
            happened = event(source, "TagResource", chance.choice([APP, DEPLOY]))
        else:
            source, name, parameters = chance.choice(other)
            happened = event(source, name, chance.choice([APP, DEPLOY, OTHER]), **parameters)
        assert fired(patterns, happened) == set(), happened["detail"]


@pytest.mark.parametrize("source", EVENT_SOURCES)
def test_every_name_of_the_catalogue_is_on_the_side_of_its_plane(
    patterns: dict[str, list[dict[str, Any]]], source: str
) -> None:
    for plane, role, alarm in (
        (Plane.CONTROL, APP, DATA_TO_CONTROL),
        (Plane.DATA, DEPLOY, CONTROL_TO_DATA),
    ):
        for name in event_names(source, plane):
            happened = event(source, name, role)
            assert any(matches(pattern, happened) for pattern in patterns[alarm]), name
        other = Plane.DATA if plane is Plane.CONTROL else Plane.CONTROL
        for name in event_names(source, other):
            happened = event(source, name, role)
            assert not any(matches(pattern, happened) for pattern in patterns[alarm]), name


def test_every_family_has_an_event_source_or_none_that_aws_documents() -> None:
    families = {one.family for one in catalogue.operations()}
    families |= {one.family for one in catalogue.actions().values()}
    behind = [family for several in EVENT_SOURCES.values() for family in several]
    assert families - set(behind) == {"agent-discovery", "bedrock-websearch"}
    assert len(set(behind)) == len(behind)


def test_every_event_name_has_a_page_of_aws_of_its_own() -> None:
    pages = event_pages()
    named = {
        (source, name) for source in EVENT_SOURCES for plane in Plane for name in event_names(source, plane)
    }
    assert {(source, name) for (source, _), names in pages.items() for name in names} >= named
    assert len([one for one in pages if one[1].startswith("alarm ")]) == len(SAID)
    for _, happened in [*CROSSINGS, *CHANGES]:
        source, name = happened["detail"]["eventSource"], happened["detail"]["eventName"]
        assert name == "AnOperationOfNextYear" or any(
            name in names for (of, _), names in pages.items() if of == source
        )
    for names in pages.values():
        for name, page in names.items():
            assert page.startswith("https://docs.aws.amazon.com/"), name
            assert page.endswith(".html"), name
            if "/API_" in page:  # the operation's own, unless a decision names another one's
                assert page.endswith(f"_{name}.html") or name == "InvokeAgentRuntimeForUser"


def test_the_rules_see_reads_and_fit_and_write_the_events_to_a_log() -> None:
    stack = Stack()
    PlaneCrossingAlarms(stack, "A", topic=sns.Topic(stack, "T"))
    found = template(stack)
    [topic] = resources(found, "AWS::SNS::Topic")
    [group] = resources(found, "AWS::Logs::LogGroup")
    for rule in resources(found, "AWS::Events::Rule").values():
        properties = rule["Properties"]
        assert properties["State"] == "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
        assert len(json.dumps(properties["EventPattern"], separators=(",", ":"))) < MAX_PATTERN + 60
        assert group in json.dumps(properties["Targets"])
    alarms = resources(found, "AWS::CloudWatch::Alarm").values()
    assert [a["Properties"]["AlarmActions"] for a in alarms] == [[{"Ref": topic}]] * 6


def test_outside_of_the_region_of_iams_events_it_is_said() -> None:
    stack = cdk.Stack(cdk.App(), "S", env=cdk.Environment(account=ACCOUNT, region="eu-central-1"))
    PlaneCrossingAlarms(stack, "A")
    found = Annotations.from_stack(stack).find_info("*", Match.string_like_regexp("events of IAM are in"))
    assert len(found) == 1


def test_the_trail_records_management_events_and_each_type_of_data_event() -> None:
    stack = Stack()
    BedrockTrail(stack, "T")
    [trail] = resources(template(stack), "AWS::CloudTrail::Trail").values()
    properties = trail["Properties"]
    assert "EventSelectors" not in properties
    first, *others = [
        {f["Field"]: f["Equals"] for f in s["FieldSelectors"]} for s in properties["AdvancedEventSelectors"]
    ]
    assert first == {"eventCategory": ["Management"]}
    assert others == [{"eventCategory": ["Data"], "resources.type": [name]} for name in DATA_EVENT_TYPES]
    assert properties["IsMultiRegionTrail"] is True
    assert properties["EnableLogFileValidation"] is True


def recorded(trail: dict[str, Any]) -> list[str]:
    """Return the resource types whose data events a trail records."""
    fields = [f for s in trail["Properties"]["AdvancedEventSelectors"] for f in s["FieldSelectors"]]
    return [value for f in fields if f["Field"] == "resources.type" for value in f["Equals"]]


def test_a_type_that_a_region_does_not_know_can_be_left_out() -> None:
    stack = Stack()
    BedrockTrail(stack, "T", excluded_data_events=["AWS::BedrockWebSearch::Tool"])
    [trail] = resources(template(stack), "AWS::CloudTrail::Trail").values()
    assert recorded(trail) == [name for name in DATA_EVENT_TYPES if name != "AWS::BedrockWebSearch::Tool"]


def test_the_types_are_those_of_the_table_of_cloudtrail_and_the_page_of_mantle() -> None:
    """Each family of the catalogue with data operations has types, and a trail takes all of them at once.

    A trail has up to 500 values:
    https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_PutEventSelectors.html
    """
    assert len(set(DATA_EVENT_TYPES)) == len(DATA_EVENT_TYPES) == 46
    assert 2 * len(DATA_EVENT_TYPES) + 1 < 500
    services = {name.split("::")[1] for name in DATA_EVENT_TYPES}
    assert services == {"AgentRegistry", "Bedrock", "BedrockAgentCore", "BedrockMantle", "BedrockWebSearch"}


WRONG: dict[str, tuple[Callable[[Stack], object], str]] = {
    "no type": (lambda s: BedrockTrail(s, "T", data_events=[]), "`data_events` names no resource type"),
    "a service": (lambda s: BedrockTrail(s, "T", data_events=["bedrock"]), "`data_events` .*AWS::Bedrock::"),
    "not recorded": (
        lambda s: BedrockTrail(s, "T", excluded_data_events=["AWS::BedrockWebSearch::Tools"]),
        "`excluded_data_events` has `AWS::BedrockWebSearch::Tools`.*did you mean `AWS::BedrockWebSearch",
    ),
    "nothing left": (
        lambda s: BedrockTrail(
            s, "T", data_events="AWS::Bedrock::Model", excluded_data_events="AWS::Bedrock::Model"
        ),
        "`excluded_data_events` leaves no resource type",
    ),
    "no role": (lambda s: PlaneCrossingAlarms(s, "A", data_roles=[]), "`data_roles` names no role"),
    "a name": (
        lambda s: PlaneCrossingAlarms(s, "A", control_roles=["deploy"]),
        "`control_roles` .*ARNs",
    ),
    "a star within": (
        lambda s: PlaneCrossingAlarms(s, "A", data_roles=[f"{ROLE}/*/x"]),
        "with `\\*` at the end only",
    ),
    "too many roles": (
        lambda s: PlaneCrossingAlarms(s, "A", data_roles=[f"{ROLE}/role-{n}" for n in range(60)]),
        "EventBridge takes 2,048: name fewer roles",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_prop_is_refused_with_its_remedy(name: str) -> None:
    make, message = WRONG[name]
    with pytest.raises(PlanesError, match=message):
        make(Stack())
