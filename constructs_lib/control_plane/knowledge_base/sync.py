"""Ingestion of a knowledge base: at deployment and on a schedule, by one state machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct, IValidation

from constructs_lib.cdk_support import (
    PlanesError,
    check_path,
    handler_function,
    has_attribute,
    mark_role,
    role_path,
    with_explained_calls,
)
from constructs_lib.control_plane.fingerprint import FingerprintedName, create_only_fingerprint
from constructs_lib.control_plane.knowledge_base.changes import Changes, check_window

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from aws_cdk.interfaces import aws_bedrock as refs

__all__ = ["KnowledgeBaseSync"]

_ACTIVE = "['STARTING', 'IN_PROGRESS', 'STOPPING']"
_WAIT = 30  # seconds between two looks at a job
# An execution has at most 25,000 events, and a look makes 9:
# https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
_LONGEST = cdk.Duration.hours(22)
_BUSY = ["BedrockAgent.ConflictException", "BedrockAgent.ServiceQuotaExceededException"]
_TRANSIENT = ["BedrockAgent.ThrottlingException", "BedrockAgent.InternalServerException"]
# A role that was made a moment ago isn't known everywhere yet.
_NEW_ROLE = ["BedrockAgent.AccessDeniedException"]
# What is wrong with a job that has ended, in JSONata; nothing is the empty text.
_PROBLEM = (
    "$states.input.Status != 'COMPLETE' "
    "? 'the job ' & $states.input.IngestionJobId & ' ended as ' & $states.input.Status & ' ' "
    "& $join($states.input.FailureReasons, ' ') "
    ": $states.input.Statistics.NumberOfDocumentsFailed > 0 "
    "? $string($states.input.Statistics.NumberOfDocumentsFailed) & ' documents failed in the job ' "
    "& $states.input.IngestionJobId : ''"
)
_STILL = {"ErrorEquals": _TRANSIENT, "IntervalSeconds": 2, "MaxAttempts": 6, "BackoffRate": 2}


# What cdk-nag says of this construct's own choices.
_OF_MACHINE = {
    # https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html
    "AwsSolutions-SF1": "Step Functions keeps the history of executions of a standard workflow for 90 days.",
    "AwsSolutions-SF2": "It calls Amazon Bedrock alone: a trace would show nothing beyond its history.",
}
_OF_HANDLER = "An execution is named when it starts; the pattern is of this state machine's executions alone."


def _acknowledge(construct: Construct, reasons: Mapping[str, str]) -> None:
    for rule, reason in reasons.items():
        cdk.Validations.of(construct).acknowledge(
            cdk.Acknowledgment(id=f"AwsSolutions::{rule}", reason=reason)
        )


@with_explained_calls
class KnowledgeBaseSync(Construct):
    """Ingests the data sources of a knowledge base, one after the other; ``knowledge_base.sync()`` makes it.

    Bedrock runs one ingestion job of a knowledge base at a time. One state machine starts a job for each data
    source, waits up to 4 hours while another job runs, follows it, and goes on with the next. At the end it
    fails if a job failed or a document couldn't be ingested, and ``alarm`` rings.

    When it is deleted, the schedule goes first; then what runs is stopped, and only then the data sources go.
    Its roles are operator roles: they start, follow and stop jobs, and read no document.

    An update of the data sources or the schedule happens in place, and a sync that runs goes on as it began.
    Another ``role_path`` replaces the roles.

    Args:
        knowledge_base: The knowledge base.
        data_sources: What is synced. Default: all of the knowledge base that the app makes, but custom ones,
            whose documents are ingested one by one.
        on_deploy: ``True`` syncs when the data sources or the knowledge base are made or replaced; a text
            does so too whenever it changes, such as the hash of the documents. The deployment waits for it,
            up to 55 minutes, and fails with it. Default: nothing is synced at deployment.
        every: When to sync, such as ``ScheduleExpression.rate(cdk.Duration.hours(6))``. Default: never by
            itself; start the ``state_machine``.
        on_change: Syncs after objects of the buckets were written or deleted, when this time has passed: 5 to
            15 minutes, for which changes are gathered. While a sync runs, the next one waits. The buckets of
            this app are set to send their events to EventBridge; a warning says what the owner of another
            one has to set. Default: a change starts nothing.
        role_path: The IAM path of the roles. Default: ``/bedrock-planes/operator/``.

    Attributes:
        state_machine: The state machine; each execution is one sync, whatever its input.
        alarm: Rings when an execution fails or takes longer than 22 hours, or when changes couldn't start
            one. It has no actions yet.
        data_sources: What is synced.

    Raises:
        PlanesError: A prop is wrong, or there is nothing to sync.

    Sources:
        https://docs.aws.amazon.com/bedrock/latest/userguide/kb-data-source-sync-ingest.html
        https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_StartIngestionJob.html
        https://docs.aws.amazon.com/step-functions/latest/apireference/API_UpdateStateMachine.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        knowledge_base: refs.IKnowledgeBaseRef,
        data_sources: Sequence[refs.IDataSourceRef] | None = None,
        on_deploy: bool | str = False,
        every: scheduler.ScheduleExpression | None = None,
        on_change: cdk.Duration | None = None,
        role_path: str | None = None,
    ) -> None:
        _check(knowledge_base, data_sources, on_deploy, role_path)
        if every is not None and not isinstance(every, scheduler.ScheduleExpression):
            raise PlanesError(
                f"`every` has the value `{every}`: pass a schedule such as "
                "`aws_scheduler.ScheduleExpression.rate(cdk.Duration.hours(6))`"
            )
        check_window(on_change)
        super().__init__(scope, construct_id)
        self._knowledge_base = knowledge_base
        self._given = data_sources
        self._path = role_path
        self.state_machine = self._machine()
        deployment = self._deployment(on_deploy)
        if every is not None:
            # Deleted before the deployment's resource, which stops what the schedule started.
            self._schedule(every).node.add_dependency(deployment)
        self._changes: Changes | None = None
        if on_change is not None:
            self._changes = Changes(
                self, "Changes", machine=self.state_machine, window=on_change, role_path=role_path
            )
            # Deleted before the deployment's resource too.
            self._changes.node.add_dependency(deployment)
            for source in self.data_sources:
                self._watch(source)
            if data_sources is None and hasattr(knowledge_base, "data_sources"):
                knowledge_base.__dict__.setdefault("_watchers", []).append(self._watch)
        self.alarm = self._alarm()
        self.node.add_validation(_HasSources(self.node.path, lambda: self.data_sources, self._can_refer_to))
        if self._changes is not None:
            self.node.add_validation(_HasBuckets(self.node.path, self._changes))

    def _watch(self, source: refs.IDataSourceRef) -> None:
        bucket, prefixes = getattr(source, "documents", (None, ()))
        if bucket is not None and self._changes is not None and self._can_refer_to(source):
            self._changes.watch(bucket, prefixes)

    @property
    def data_sources(self) -> list[refs.IDataSourceRef]:
        """What is synced, those that are added later too."""
        if self._given is not None:
            return list(self._given)
        return [
            one
            for one in getattr(self._knowledge_base, "data_sources", ())
            if getattr(one, "takes_ingestion_jobs", True)
        ]

    def _can_refer_to(self, source: refs.IDataSourceRef) -> bool:
        """Whether the stack may need the data source: one of another stack needs this knowledge base."""
        return self._given is not None or cdk.Stack.of(source) is cdk.Stack.of(self)

    @property
    def _target(self) -> str:
        return self._knowledge_base.knowledge_base_ref.knowledge_base_arn

    def _ids(self) -> cdk.IResolvable:
        # The others would make the stacks need each other, before the validation can tell better.
        return cdk.Lazy.uncached_any(
            _Ids(lambda: [one for one in self.data_sources if self._can_refer_to(one)])
        )

    def _role(
        self, construct_id: str, trust: iam.IPrincipal, text: str, statement: Mapping[str, Any]
    ) -> iam.Role:
        document = {"Version": "2012-10-17", "Statement": [dict(statement)]}
        role = iam.Role(
            self,
            construct_id,
            assumed_by=trust,
            description=text,
            path=role_path("operator", self._path, "role_path"),
            inline_policies={"Sync": iam.PolicyDocument.from_json(document)},
        )
        mark_role(role, "operator")
        return role

    def _machine(self) -> sfn.CfnStateMachine:
        stack = cdk.Stack.of(self)
        machines = f"arn:{stack.partition}:states:{stack.region}:{stack.account}:stateMachine:*"
        # https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html
        trust = iam.ServicePrincipal(
            "states.amazonaws.com",
            conditions={
                "StringEquals": {"aws:SourceAccount": stack.account},
                "ArnLike": {"aws:SourceArn": machines},
            },
        )
        jobs = _allow(["bedrock:GetIngestionJob", "bedrock:StartIngestionJob"], self._target)
        role = self._role("Role", trust, "Starts and follows ingestion jobs of a knowledge base", jobs)
        definition = _definition(
            stack.partition, self._knowledge_base.knowledge_base_ref.knowledge_base_id, self._ids()
        )
        machine = sfn.CfnStateMachine(
            self, "StateMachine", role_arn=role.role_arn, definition_string=stack.to_json_string(definition)
        )
        _acknowledge(machine, _OF_MACHINE)
        return machine

    def _alarm(self) -> cloudwatch.Alarm:
        """Make the alarm over what fails: executions, and what starts them after changes.

        Sources:
            https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
            https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
        """
        failures = {
            name: cloudwatch.Metric(
                namespace="AWS/States",
                metric_name=metric,
                dimensions_map={"StateMachineArn": self.state_machine.attr_arn},
                statistic="Sum",
                period=cdk.Duration.minutes(5),
            )
            for name, metric in (("failed", "ExecutionsFailed"), ("late", "ExecutionsTimedOut"))
        }
        if self._changes is not None:
            failures["unstarted"] = self._changes.function.metric_errors(period=cdk.Duration.minutes(5))
        return cloudwatch.Alarm(
            self,
            "Alarm",
            alarm_description="Documents of a knowledge base couldn't be ingested",
            metric=cloudwatch.MathExpression(
                expression=" + ".join(f"FILL({name}, 0)" for name in failures),
                using_metrics=failures,
                label="Failed syncs",
                period=cdk.Duration.minutes(5),
            ),
            threshold=1,
            evaluation_periods=1,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )

    def _schedule(self, every: scheduler.ScheduleExpression) -> scheduler.CfnSchedule:
        stack = cdk.Stack.of(self)
        # https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
        group = f"arn:{stack.partition}:scheduler:{stack.region}:{stack.account}:schedule-group/default"
        trust = iam.ServicePrincipal(
            "scheduler.amazonaws.com",
            conditions={"StringEquals": {"aws:SourceAccount": stack.account, "aws:SourceArn": group}},
        )
        start = _allow(["states:StartExecution"], self.state_machine.attr_arn)
        role = self._role("ScheduleRole", trust, "Starts the sync of a knowledge base", start)
        zone = every.time_zone
        return scheduler.CfnSchedule(
            self,
            "Schedule",
            schedule_expression=every.expression_string,
            schedule_expression_timezone=zone.timezone_name if zone is not None else None,
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=self.state_machine.attr_arn, role_arn=role.role_arn, input="{}"
            ),
        )

    def _jobs_policy(self, role: iam.Role) -> iam.CfnRolePolicy:
        """Let the function stop jobs, by a policy of its own that goes with the knowledge base.

        While a knowledge base is replaced the role has the old policy beside the new one, so that the jobs of
        the old one can be stopped before its data sources are deleted in the clean-up.
        """
        jobs = _allow(["bedrock:ListIngestionJobs", "bedrock:StopIngestionJob"], self._target)
        return iam.CfnRolePolicy(
            self,
            "HandlerJobs",
            role_name=role.role_name,
            policy_name=FingerprintedName("Jobs-", self._knowledge_base_fingerprint).name(),
            policy_document=iam.PolicyDocument.from_json({"Version": "2012-10-17", "Statement": [jobs]}),
        )

    def _knowledge_base_fingerprint(self) -> str:
        own = getattr(self._knowledge_base, "fingerprint", None)
        if callable(own):
            return str(own())
        return create_only_fingerprint(self._target, self, ())

    def _deployment(self, on_deploy: bool | str) -> cdk.CustomResource:
        """Make what syncs at deployment and stops everything at deletion."""
        stack = cdk.Stack.of(self)
        machine = self.state_machine.attr_arn
        executions = (
            f"arn:{stack.partition}:states:{stack.region}:{stack.account}:execution:"
            f"{self.state_machine.attr_name}:*"
        )
        handler = handler_function(
            self,
            "knowledge_base_sync",
            statements=[
                _allow(["states:ListExecutions", "states:StartExecution"], machine),
                _allow(["states:DescribeExecution", "states:StopExecution"], executions),
                _allow(["cloudformation:DescribeStacks"], stack.stack_id),
            ],
            description="Syncs a knowledge base at deployment, and stops syncs at deletion",
            role_description="Starts the sync of a knowledge base, and stops its ingestion jobs",
            path=self._path,
            kind="operator",
            timeout=cdk.Duration.minutes(15),
        )
        # As cdk-nag writes the ARN: references in angle brackets.
        known = {name: getattr(stack, name.lower()) for name in ("Partition", "Region", "Account")}
        shown = {
            name: f"<AWS::{'AccountId' if name == 'Account' else name}>"
            if cdk.Token.is_unresolved(value)
            else value
            for name, value in known.items()
        }
        pattern = (
            f"arn:{shown['Partition']}:states:{shown['Region']}:{shown['Account']}:execution:"
            f"<{stack.get_logical_id(self.state_machine)}.Name>:*"
        )
        _acknowledge(handler.role, {f"AwsSolutions-IAM5[Resource::{pattern}]": _OF_HANDLER})
        # Its ARN is known only after its role, so this is a policy of its own.
        again = iam.CfnRolePolicy(
            self,
            "HandlerAgain",
            role_name=handler.role.role_name,
            policy_name="Again",
            policy_document=iam.PolicyDocument.from_json(
                {
                    "Version": "2012-10-17",
                    "Statement": [_allow(["lambda:InvokeFunction"], handler.function.function_arn)],
                }
            ),
        )
        resource = cdk.CustomResource(
            self,
            "Deployment",
            resource_type="Custom::BedrockKnowledgeBaseSync",
            service_token=handler.function.function_arn,
            service_timeout=cdk.Duration.hours(1),
            properties={
                "KnowledgeBase": self._knowledge_base.knowledge_base_ref.knowledge_base_id,
                "Sources": self._ids(),
                "Machine": machine,
                "OnDeploy": f"yes: {on_deploy}"
                if isinstance(on_deploy, str)
                else ("yes" if on_deploy else "no"),
            },
        )
        resource.node.add_dependency(again, self._jobs_policy(handler.role))
        return resource


@jsii.implements(cdk.IAnyProducer)
class _Ids:
    """The ids of the data sources, which are known at the end of the app."""

    def __init__(self, sources: Callable[[], list[refs.IDataSourceRef]]) -> None:
        self._sources = sources

    def produce(self, *_context: Any) -> list[str]:
        return [one.data_source_ref.data_source_id for one in self._sources()]


@jsii.implements(IValidation)
class _HasSources:
    """Tells at the end of the app what can't be synced."""

    def __init__(
        self,
        path: str,
        sources: Callable[[], list[refs.IDataSourceRef]],
        can_refer_to: Callable[[refs.IDataSourceRef], bool],
    ) -> None:
        self._path = path
        self._sources = sources
        self._can_refer_to = can_refer_to

    def validate(self) -> list[str]:
        sources = self._sources()
        if not sources:
            remedy = "add one to the knowledge base, or pass `data_sources`"
            return [f"`{self._path}` has no data source to sync: {remedy}"]
        return [
            f"`{self._path}` can't sync `{one.node.path}` by default, which is in the stack "
            f"`{cdk.Stack.of(one).stack_name}`, since that stack needs the knowledge base: make a "
            "`KnowledgeBaseSync` there, with `data_sources`"
            for one in sources
            if not self._can_refer_to(one)
        ]


@jsii.implements(IValidation)
class _HasBuckets:
    """Tells at the end of the app that no change can be noticed."""

    def __init__(self, path: str, changes: Changes) -> None:
        self._path, self._changes = path, changes

    def validate(self) -> list[str]:
        if self._changes.watched:
            return []
        remedy = "only buckets tell of changes; use `every`"
        problem = "has `on_change`, and none of its data sources is made with `DocumentSource.s3` or"
        return [f"`{self._path}` {problem} `ManagedSource.s3`: {remedy}"]


def _allow(actions: list[str], resource: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resource}


def _check(knowledge_base: object, sources: object, on_deploy: object, path: str | None) -> None:
    if not has_attribute(knowledge_base, "knowledge_base_ref"):
        raise PlanesError(
            f"`knowledge_base` has a value of the type `{type(knowledge_base).__name__}`: pass a knowledge "
            "base such as `KnowledgeBase`, or an imported one"
        )
    if sources is not None:
        if isinstance(sources, str) or not isinstance(sources, (list, tuple)) or not sources:
            raise PlanesError("`data_sources` names no data source: pass a list, or leave it out for all")
        for one in sources:
            if not has_attribute(one, "data_source_ref"):
                raise PlanesError(
                    f"`data_sources` has a value of the type `{type(one).__name__}`: pass data sources such "
                    "as `DataSource`, or imported ones"
                )
    if on_deploy == "" or not isinstance(on_deploy, (bool, str)):
        raise PlanesError(f"`on_deploy` has the value `{on_deploy}`: pass `True`, `False`, or a text")
    check_path("role_path", path)


def _definition(partition: str, knowledge_base: str, sources: cdk.IResolvable) -> dict[str, Any]:
    """Return the state machine: each source in turn, then failure if one of them had a problem.

    Sources:
        https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html (names of errors)
        https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html (JSONata)
    """
    call = f"arn:{partition}:states:::aws-sdk:bedrockagent:"
    failed = {
        "ErrorEquals": ["States.ALL"],
        "Output": {
            "source": "{% $type($states.input) = 'object' ? $states.input.DataSourceId : $states.input %}",
            "problem": "{% $states.errorOutput.Error & ': ' & $states.errorOutput.Cause %}",
        },
        "Next": "Reported",
    }
    one_source = {
        "Start": {
            "Type": "Task",
            "Resource": f"{call}startIngestionJob",
            "Arguments": {"KnowledgeBaseId": knowledge_base, "DataSourceId": "{% $states.input %}"},
            "Output": "{% $states.result.IngestionJob %}",
            # Another job of the knowledge base runs, or too many in the account: up to 4 hours.
            "Retry": [
                {"ErrorEquals": _BUSY, "IntervalSeconds": 60, "MaxAttempts": 240, "BackoffRate": 1},
                {"ErrorEquals": _NEW_ROLE, "IntervalSeconds": 10, "MaxAttempts": 6, "BackoffRate": 1},
                _STILL,
            ],
            "Catch": [failed],
            "Next": "Ended?",
        },
        "Ended?": {
            "Type": "Choice",
            "Choices": [{"Condition": f"{{% $states.input.Status in {_ACTIVE} %}}", "Next": "Wait"}],
            "Default": "Report",
        },
        "Wait": {"Type": "Wait", "Seconds": _WAIT, "Next": "Look"},
        "Look": {
            "Type": "Task",
            "Resource": f"{call}getIngestionJob",
            "Arguments": {
                "KnowledgeBaseId": knowledge_base,
                "DataSourceId": "{% $states.input.DataSourceId %}",
                "IngestionJobId": "{% $states.input.IngestionJobId %}",
            },
            "Output": "{% $states.result.IngestionJob %}",
            "Retry": [_STILL],
            "Catch": [failed],
            "Next": "Ended?",
        },
        "Report": {
            "Type": "Pass",
            "Output": {
                "source": "{% $states.input.DataSourceId %}",
                "problem": f"{{% {_PROBLEM} %}}",
            },
            "End": True,
        },
        "Reported": {"Type": "Pass", "End": True},
    }
    problems = "$states.input[problem != '']"
    return {
        "Comment": "Ingests the data sources of a knowledge base, one after the other",
        "QueryLanguage": "JSONata",
        "StartAt": "Sources",
        "TimeoutSeconds": _LONGEST.to_seconds(),
        "States": {
            "Sources": {
                "Type": "Map",
                "Items": sources,
                "MaxConcurrency": 1,
                "ItemProcessor": {
                    "ProcessorConfig": {"Mode": "INLINE"},
                    "StartAt": "Start",
                    "States": one_source,
                },
                "Next": "All well?",
            },
            "All well?": {
                "Type": "Choice",
                "Choices": [{"Condition": f"{{% $count({problems}) = 0 %}}", "Next": "Synced"}],
                "Default": "Failed",
            },
            "Synced": {"Type": "Succeed"},
            "Failed": {
                "Type": "Fail",
                "Error": "SyncFailed",
                "Cause": f"{{% $join({problems}.(source & ': ' & problem), '; ') %}}",
            },
        },
    }
