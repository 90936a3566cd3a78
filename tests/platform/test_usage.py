from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns

from constructs_lib import BedrockDashboard, BedrockQueries, PlanesError
from constructs_lib.platform.usage import MANTLE_METRICS, METRICS
from tests.cdk import Stack, resources, template
from tests.platform.dashboard_picture import draw
from tests.source import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

NOVA, HAIKU = "us.amazon.nova-lite-v1:0", "global.anthropic.claude-haiku-4-5-20251001-v1:0"


def group(stack: Stack) -> logs.ILogGroup:
    return logs.LogGroup.from_log_group_name(stack, "G", "invocations")


def body(stack: Stack) -> dict[str, Any]:
    """Return the dashboard's body with the Region filled in."""
    [dashboard] = resources(template(stack), "AWS::CloudWatch::Dashboard").values()
    text = dashboard["Properties"]["DashboardBody"]
    parts = [text] if isinstance(text, str) else text["Fn::Join"][1]
    found: dict[str, Any] = json.loads("".join(p if isinstance(p, str) else "us-east-1" for p in parts))
    return found


def full(stack: Stack) -> BedrockDashboard:
    return BedrockDashboard(
        stack,
        "D",
        models=[NOVA, HAIKU],
        log_group=group(stack),
        mantle_projects=["default"],
        max_latency=cdk.Duration.seconds(20),
        max_tokens_per_hour=1_000_000,
        topic=sns.Topic(stack, "T"),
    )


def test_the_dashboard_shows_every_metric_for_every_model() -> None:
    stack = Stack()
    full(stack)
    shown = {
        tuple(part for part in metric if isinstance(part, str))
        for widget in body(stack)["widgets"]
        for metric in widget["properties"].get("metrics", [])
    }
    expected: set[tuple[str, ...]] = {
        ("AWS/Bedrock", name, "ModelId", model) for name in METRICS for model in (NOVA, HAIKU)
    }
    for name, (_, dimensions) in MANTLE_METRICS.items():
        for model in (NOVA, HAIKU):
            values = {"Model": model, "Project": "default"}
            pairs = [part for key in dimensions for part in (key, values[key])]
            expected.add(("AWS/BedrockMantle", name, *pairs))
    assert shown == expected


def test_each_limit_is_an_alarm_for_each_model_that_notifies() -> None:
    stack = Stack()
    made = full(stack)
    assert {kind: len(alarms) for kind, alarms in made.alarms.items()} == {
        "throttles": 2,
        "latency": 2,
        "tokens": 2,
    }
    found = template(stack)
    [topic] = resources(found, "AWS::SNS::Topic")
    alarms = [a["Properties"] for a in resources(found, "AWS::CloudWatch::Alarm").values()]
    assert sorted({(a["AlarmDescription"].split(" ", 1)[1], a["Threshold"]) for a in alarms}) == [
        ("is slow", 20_000),
        ("is throttled", 10),
        ("uses many tokens", 1_000_000),
    ]
    assert all(a["AlarmActions"] == [{"Ref": topic}] for a in alarms)


def test_without_limits_only_throttles_alarm() -> None:
    stack = Stack()
    made = BedrockDashboard(stack, "D", models=[NOVA])
    assert [*made.alarms] == ["throttles"]
    assert len(resources(template(stack), "AWS::CloudWatch::Alarm")) == 1


def test_a_model_whose_arn_is_not_known_yet_can_be_shown() -> None:
    stack = Stack()
    token = cdk.Fn.import_value("Profile")
    BedrockDashboard(stack, "D", models=[NOVA, token])
    assert len(resources(template(stack), "AWS::CloudWatch::Alarm")) == 2


def queries(**props: Any) -> dict[str, str]:
    stack = Stack()
    BedrockQueries(stack, "Q", log_group=group(stack), **props)
    found = resources(template(stack), "AWS::Logs::QueryDefinition").values()
    assert all(q["Properties"]["LogGroupNames"] == ["invocations"] for q in found)
    return {q["Properties"]["Name"]: q["Properties"]["QueryString"] for q in found}


def test_queries_of_cost_need_prices() -> None:
    assert set(queries()) == {
        f"Bedrock/{name}" for name in ("who-invoked-what", "tokens-by-role", "errors-by-role")
    }
    cost = queries(folder="AI", prices={"nova-lite": (0.06, 0.24)})["AI/cost-by-role"]
    assert (
        'strcontains(modelId, "nova-lite") * (coalesce(input.inputTokenCount, 0) * 0.06 + '
        "coalesce(output.outputTokenCount, 0) * 0.24) / 1000 as cost"
    ) in cost


@pytest.mark.parametrize(
    ("arn", "caller"),
    [
        ("arn:aws:sts::111122223333:assumed-role/ChatRole/session-1", "ChatRole"),
        ("arn:aws:iam::111122223333:user/alice/", "alice"),
    ],
)
def test_the_queries_take_the_role_from_the_arn_of_the_session(arn: str, caller: str) -> None:
    for text in queries(prices={"nova": (1, 2)}).values():
        pattern = re.match(r"parse identity\.arn /(.*)/\n", text)
        assert pattern is not None
        found = re.search(pattern[1].replace("(?<", "(?P<"), arn)
        assert found is not None
        assert found["caller"] == caller


def test_the_picture_in_the_docs_is_that_of_the_dashboard() -> None:
    stack = Stack()
    full(stack)
    assert (ROOT / "docs" / "img" / "dashboard.svg").read_text("utf-8") == draw(body(stack))


WRONG: dict[str, tuple[Callable[[Stack], object], str]] = {
    "no model": (lambda s: BedrockDashboard(s, "D", models=[]), "`models` has the value `none`: give ids"),
    "an empty model": (lambda s: BedrockDashboard(s, "D", models=[""]), "`models` has the value ``: give"),
    "a limit of 0": (
        lambda s: BedrockDashboard(s, "D", models=[NOVA], max_throttles=0),
        "`max_throttles` is 0: give a number above 0",
    ),
    "one price": (
        lambda s: BedrockQueries(s, "Q", log_group=group(s), prices={"nova": 3}),  # type: ignore[dict-item]  # the wrong type is the subject
        "`prices` has `3` for `nova`: give what 1,000 tokens in and out cost",
    ),
    "a negative price": (
        lambda s: BedrockQueries(s, "Q", log_group=group(s), prices={"nova": (1, -1)}),
        "`prices` has `\\(1, -1\\)`",
    ),
    "a model that would end the text": (
        lambda s: BedrockQueries(s, "Q", log_group=group(s), prices={'x") | y': (1, 1)}),
        "`prices` has the model",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_prop_is_refused_with_its_remedy(name: str) -> None:
    make, message = WRONG[name]
    with pytest.raises(PlanesError, match=message):
        make(Stack())
