"""What the data plane uses: a dashboard, alarms and queries."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_logs as logs
from constructs import Construct

from constructs_lib.cdk_support import (
    PlanesError,
    check_given_list,
    check_length,
    is_token,
    with_explained_calls,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_sns as sns

__all__ = ["MANTLE_METRICS", "METRICS", "BedrockDashboard", "BedrockQueries"]

# Source: https://docs.aws.amazon.com/bedrock/latest/userguide/monitoring-runtime-metrics.html
METRICS = {
    "CacheReadInputTokens": "Sum",
    "CacheWriteInputTokens": "Sum",
    "EstimatedTPMQuotaUsage": "Maximum",
    "InputTokenCount": "Sum",
    "InvocationClientErrors": "Sum",
    "InvocationLatency": "p99",
    "InvocationServerErrors": "Sum",
    "InvocationThrottles": "Sum",
    "Invocations": "Sum",
    "OutputTokenCount": "Sum",
    "TimeToFirstToken": "p99",
}
"""The metrics in `AWS/Bedrock` that are shown, with the statistic; the dimension is `ModelId`."""

# Source: https://docs.aws.amazon.com/bedrock/latest/userguide/monitoring-mantle-metrics.html
MANTLE_METRICS = {
    "InferenceClientErrors": ("Sum", ("Model", "Project")),
    "Inferences": ("Sum", ("Model", "Project")),
    "TotalInputTokens": ("Sum", ("Project",)),
    "TotalOutputTokens": ("Sum", ("Project",)),
}
"""The metrics in `AWS/BedrockMantle` that are shown, with statistic and dimensions."""

_WIDGETS = (
    ("Invocations", ("Invocations",)),
    ("Tokens in and out", ("InputTokenCount", "OutputTokenCount")),
    ("Prompt cache", ("CacheReadInputTokens", "CacheWriteInputTokens")),
    ("Latency (p99)", ("InvocationLatency", "TimeToFirstToken")),
    ("Throttles and errors", ("InvocationThrottles", "InvocationClientErrors", "InvocationServerErrors")),
    ("Estimated use of the quota, tokens a minute", ("EstimatedTPMQuotaUsage",)),
)

# The log of a model call has the caller's session: arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION.
# Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html
_ROLE = r"parse identity.arn /(?:assumed-role|user)\/(?<caller>[^\/]+)/"
_CALLS = "count(*) as calls, min(@timestamp) as first, max(@timestamp) as last"
_TOKENS = (
    "sum(input.inputTokenCount) as tokens_in, sum(output.outputTokenCount) as tokens_out, "
    "sum(input.cacheReadInputTokenCount) as cache_reads, sum(input.cacheWriteInputTokenCount) as cache_writes"
)


@dataclass(frozen=True, slots=True)
class _Limit:
    """What alarms: a kind, the metrics that are added up, the value above which it does, and what it says."""

    kind: str
    metrics: tuple[str, ...]
    value: float | None
    said: str


@with_explained_calls
class BedrockDashboard(Construct):
    """A dashboard in CloudWatch of what models are used, and alarms.

    Args:
        models: What calls name: ids of models, inference profiles and ARNs of application inference
            profiles. CloudWatch has each as a value of ``ModelId``.
        log_group: The log group of the model invocation logging, for tokens by role: CloudWatch has no
            metric by role. Default: without that widget.
        mantle_projects: Ids of projects whose inference through ``bedrock-mantle`` is shown. Default: none.
        dashboard_name: Default: CloudFormation makes one.
        max_throttles: How many throttled calls of one model in five minutes alarm. Default: 10.
        max_latency: How long the slowest 1 % of calls may take before it alarms. Default: no alarm.
        max_tokens_per_hour: How many tokens in and out of one model in an hour alarm. Default: no alarm.
        topic: The topic that alarms notify. Default: alarms are only seen in CloudWatch.

    Attributes:
        dashboard: The dashboard.
        alarms: The alarms by kind (``throttles``, ``latency``, ``tokens``), one for each model.

    Raises:
        PlanesError: A model is missing or no text, or a limit is not positive.

    Source: https://docs.aws.amazon.com/bedrock/latest/userguide/monitoring-runtime-metrics.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        models: Sequence[str],
        log_group: logs.ILogGroup | None = None,
        mantle_projects: Sequence[str] = (),
        dashboard_name: str | None = None,
        max_throttles: int = 10,
        max_latency: cdk.Duration | None = None,
        max_tokens_per_hour: int | None = None,
        topic: sns.ITopic | None = None,
    ) -> None:
        check_given_list("models", models)
        check_given_list("mantle_projects", mantle_projects)
        named = _models(models)
        _check_limit("max_throttles", max_throttles)
        _check_limit("max_tokens_per_hour", max_tokens_per_hour)
        check_length("dashboard_name", dashboard_name, 1, 255)
        super().__init__(scope, construct_id)
        self.dashboard = cloudwatch.Dashboard(self, "Dashboard", dashboard_name=dashboard_name)
        self.dashboard.add_widgets(
            *(
                cloudwatch.GraphWidget(
                    title=title, width=8, left=[_metric(name, model) for model in named for name in names]
                )
                for title, names in _WIDGETS
            )
        )
        if mantle_projects:
            self.dashboard.add_widgets(*_mantle(named, mantle_projects))
        if log_group is not None:
            self.dashboard.add_widgets(
                cloudwatch.LogQueryWidget(
                    title="Tokens by role and model",
                    width=24,
                    log_group_names=[log_group.log_group_name],
                    query_lines=[_ROLE, f"stats {_TOKENS} by caller, modelId", "sort tokens_in desc"],
                )
            )
        slow = max_latency.to_milliseconds() if max_latency is not None else None
        limits = (
            _Limit("throttles", ("InvocationThrottles",), max_throttles, "is throttled"),
            _Limit("latency", ("InvocationLatency",), slow, "is slow"),
            _Limit(
                "tokens", ("InputTokenCount", "OutputTokenCount"), max_tokens_per_hour, "uses many tokens"
            ),
        )
        self.alarms: Mapping[str, list[cloudwatch.Alarm]] = {
            limit.kind: [self._alarm(limit, at, model, topic) for at, model in enumerate(named)]
            for limit in limits
            if limit.value is not None
        }

    def _alarm(self, limit: _Limit, at: int, model: str, topic: sns.ITopic | None) -> cloudwatch.Alarm:
        period = cdk.Duration.hours(1) if limit.kind == "tokens" else cdk.Duration.minutes(5)
        parts = {f"m{number}": _metric(name, model, period) for number, name in enumerate(limit.metrics)}
        measured: cloudwatch.IMetric = (
            parts["m0"]
            if len(parts) == 1
            else cloudwatch.MathExpression(
                expression=" + ".join(parts), using_metrics=parts, period=period, label=limit.kind
            )
        )
        alarm = cloudwatch.Alarm(
            self,
            # A token has no text yet, so its place stands for it.
            f"{limit.kind.capitalize()}{at if is_token(model) else re.sub(r'[^A-Za-z0-9]', '', model)}",
            metric=measured,
            alarm_description=f"{model} {limit.said}",
            threshold=limit.value or 0,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        if topic is not None:
            alarm.add_alarm_action(actions.SnsAction(topic))
        return alarm


@with_explained_calls
class BedrockQueries(Construct):
    """Saved queries of CloudWatch Logs Insights over the model invocation logging.

    Args:
        log_group: The log group of the invocation logging.
        folder: The folder of the queries in the console. Default: ``Bedrock``.
        prices: What 1,000 tokens of a model cost, as ``{model: (in, out)}``, in any currency; a model is
            found by this text anywhere in its id. Prices change and differ by Region and tier, so none are
            built in. Default: without the query of cost by role.

    Attributes:
        queries: The queries by name: ``who-invoked-what``, ``tokens-by-role``, ``errors-by-role`` and, with
            prices, ``cost-by-role``.

    Raises:
        PlanesError: A price is negative or no pair.

    Sources: https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html,
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        log_group: logs.ILogGroup,
        folder: str = "Bedrock",
        prices: Mapping[str, tuple[float, float]] | None = None,
    ) -> None:
        lines = _queries(_prices(prices or {}))
        super().__init__(scope, construct_id)
        self.queries: Mapping[str, logs.CfnQueryDefinition] = {
            name: logs.CfnQueryDefinition(
                self,
                "".join(word.capitalize() for word in name.split("-")),
                name=f"{folder}/{name}",
                query_string="\n| ".join(text),
                log_group_names=[log_group.log_group_name],
            )
            for name, text in lines.items()
        }


def _queries(prices: Mapping[str, tuple[float, float]]) -> dict[str, list[str]]:
    found = {
        "who-invoked-what": [
            _ROLE,
            f"stats {_CALLS} by caller, modelId, operation",
            "sort calls desc",
        ],
        "tokens-by-role": [_ROLE, f"stats {_TOKENS} by caller, modelId", "sort tokens_in desc"],
        "errors-by-role": [
            _ROLE,
            "filter ispresent(errorCode)",
            "stats count(*) as errors by caller, modelId, errorCode",
            "sort errors desc",
        ],
    }
    if prices:
        # strcontains is 1 or 0, so each call has the price of its own model.
        terms = [
            f'strcontains(modelId, "{model}") * '
            f"(coalesce(input.inputTokenCount, 0) * {price_in} + "
            f"coalesce(output.outputTokenCount, 0) * {price_out}) / 1000"
            for model, (price_in, price_out) in prices.items()
        ]
        found["cost-by-role"] = [
            _ROLE,
            f"fields {' + '.join(terms)} as cost",
            "stats sum(cost) as total by caller, modelId",
            "sort total desc",
        ]
    return found


def _metric(name: str, model: str, period: cdk.Duration | None = None) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace="AWS/Bedrock",
        metric_name=name,
        dimensions_map={"ModelId": model},
        statistic=METRICS[name],
        period=period or cdk.Duration.minutes(5),
        label=f"{name} {model}",
    )


def _mantle(models: Sequence[str], projects: Sequence[str]) -> list[cloudwatch.GraphWidget]:
    shown: dict[tuple[str, ...], list[cloudwatch.IMetric]] = {}
    for name, (statistic, dimensions) in MANTLE_METRICS.items():
        for project in projects:
            for model in models if "Model" in dimensions else [""]:
                values = {"Model": model, "Project": project}
                shown.setdefault(dimensions, []).append(
                    cloudwatch.Metric(
                        namespace="AWS/BedrockMantle",
                        metric_name=name,
                        dimensions_map={key: values[key] for key in dimensions},
                        statistic=statistic,
                        label=" ".join(filter(None, (name, project, model))),
                    )
                )
    titles = {("Model", "Project"): "Mantle: inferences", ("Project",): "Mantle: tokens"}
    return [
        cloudwatch.GraphWidget(title=titles[dimensions], width=12, left=metrics)
        for dimensions, metrics in shown.items()
    ]


def _models(given: Sequence[Any]) -> list[str]:
    models: list[Any] = [given] if isinstance(given, str) else [*given]
    wrong = [model for model in models if not model or not isinstance(model, str)]
    if wrong or not models:
        raise PlanesError(
            f"`models` has the value `{wrong[0] if wrong else 'none'}`: give ids of models or inference "
            "profiles as calls name them, such as us.amazon.nova-lite-v1:0"
        )
    return [*dict.fromkeys(models)]


def _check_limit(prop: str, value: float | None) -> None:
    if value is not None and not cdk.Token.is_unresolved(value) and value <= 0:
        raise PlanesError(f"`{prop}` is {value}: give a number above 0")


def _prices(given: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    for model, pair in given.items():
        if (
            not isinstance(pair, tuple)
            or len(pair) != 2
            or not all(isinstance(price, int | float) and price >= 0 for price in pair)
        ):
            raise PlanesError(
                f"`prices` has `{pair}` for `{model}`: give what 1,000 tokens in and out cost, such as "
                "(0.00006, 0.00024)"
            )
        if re.fullmatch(r"[\w.:/-]+", str(model)) is None:
            raise PlanesError(f"`prices` has the model `{model}`: give an id such as amazon.nova-lite-v1:0")
    return {model: (pair[0], pair[1]) for model, pair in given.items()}
