"""The alarm that rings as soon as one of several metrics counts something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_sns as sns
    from constructs import Construct

__all__ = ["alarm_on_any"]


def alarm_on_any(  # noqa: PLR0917 - each is named at its call
    scope: Construct,
    construct_id: str,
    metrics: Sequence[cloudwatch.Metric],
    description: str,
    label: str,
    topic: sns.ITopic | None,
) -> cloudwatch.Alarm:
    """Return an alarm on the sum of metrics, in which those without data count as zero.

    Args:
        scope: The construct that the alarm belongs to.
        construct_id: The alarm's id.
        metrics: Sums, at least one, all over the same period.
        description: What the alarm says.
        label: The name of the sum in the console.
        topic: What the alarm notifies. Default: nothing.
    """
    named = {f"m{number}": metric for number, metric in enumerate(metrics)}
    total: cloudwatch.IMetric = (
        metrics[0]
        if len(named) == 1
        else cloudwatch.MathExpression(
            expression=" + ".join(f"FILL({name}, 0)" for name in named),
            using_metrics=named,
            period=metrics[0].period,
            label=label,
        )
    )
    alarm = cloudwatch.Alarm(
        scope,
        construct_id,
        metric=total,
        alarm_description=description,
        threshold=1,
        evaluation_periods=1,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )
    if topic is not None:
        alarm.add_alarm_action(actions.SnsAction(topic))
    return alarm
