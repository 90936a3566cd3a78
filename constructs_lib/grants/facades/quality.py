"""How good agents are: evaluations, insights, recommendations, A/B tests, data sets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib import grants as _grants
from constructs_lib.cdk_support import PlanesError, is_token, key_arn_of
from constructs_lib.grants.facades.base import GrantsTo

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_iam as iam
    from aws_cdk.interfaces import aws_bedrockagentcore as refs
    from aws_cdk.interfaces import aws_kms as kms_refs

    from constructs_lib.catalogue.verbs import Target

__all__ = ["QualityGrants"]

_SERVICE = "bedrock-agentcore"
# The log groups that AWS's policies for evaluations name.
# Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/batch-evaluations-prereqs.html
_TRACES = "/aws/bedrock-agentcore/runtimes/*"
_RESULTS = "/aws/bedrock-agentcore/evaluations/*"
_OF_AWS = ("Builtin.", "ThirdParty.")


class QualityGrants(GrantsTo):
    """Grants of what judges agents and improves them.

    AgentCore reads the agents' traces with the caller's permissions, so that these grants give the reading of
    log groups too. A data set or evaluator with a key of one's own, and a custom evaluator that calls a
    model, need their grants besides.
    """

    def evaluate(self, evaluator: str | refs.IEvaluatorRef) -> iam.Grant:
        """Allow to evaluate on demand with one evaluator.

        Args:
            evaluator: The evaluator, or the id of one that AWS offers, such as ``Builtin.Helpfulness``, whose
                ARN has no Region and no account
                (https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/evaluations.html).

        Raises:
            PlanesError: The ARN of an evaluator of AWS has a Region or an account, so that it allows nothing.
        """
        if isinstance(evaluator, str):
            evaluator = _evaluator(evaluator, _grants.environment_of(self._scope).partition)
        return self._give("evaluate", {"evaluator": self._on("evaluator", evaluator)})

    def batch_evaluation(self, *, log_groups: Sequence[str] = ()) -> iam.Grant:
        """Allow to evaluate many sessions at once, and to follow, stop and delete these evaluations.

        Args:
            log_groups: Names of the log groups with the agents' traces, in this account and Region. Default:
                those of all AgentCore runtimes (``/aws/bedrock-agentcore/runtimes/*``).
        """
        traces = self._logs(*(log_groups or (_TRACES,)), _RESULTS)
        targets = {
            "batch_evaluations": self._own(_SERVICE, "batch-evaluate/*"),
            "traces": traces,
            "evaluation_logs": self._logs(_RESULTS),
        }
        return self._give("batch_evaluation", targets)

    def recommendations(self, *, log_groups: Sequence[str] = ()) -> iam.Grant:
        """Allow recommendations for prompts and descriptions of tools, from the agents' traces.

        Args:
            log_groups: As for :meth:`batch_evaluation`.
        """
        targets = {
            "recommendations": self._own(_SERVICE, "recommendation/*"),
            "traces": self._logs(*(log_groups or (_TRACES,))),
        }
        return self._give("recommendations", targets)

    def ab_tests(self) -> iam.Grant:
        """Allow A/B tests between two variants behind a gateway.

        Creating one passes the role that splits the traffic. An application that may pass roles can become
        them, so ``iam:PassRole`` is not part of the grant: create tests with a role that deploys.
        """
        return self._give("ab_tests", {"ab_tests": self._own(_SERVICE, "ab-test/*")})

    def insights(self) -> iam.Grant:
        """Allow to read and archive the patterns that AgentCore finds across sessions.

        On ``*``: AWS doesn't document yet on which resources these actions are checked.
        """
        return self._give("insights", {})

    def dataset_generation(
        self, *, log_groups: Sequence[str] = (), key: str | kms_refs.IKeyRef | None = None
    ) -> iam.Grant:
        """Allow to generate examples for data sets from the agents' traces.

        On ``*``: AWS doesn't document yet on which resources these actions are checked.

        Args:
            log_groups: As for :meth:`batch_evaluation`.
            key: The key that the data set is encrypted with. Default: AWS's own.
        """
        targets = {"traces": self._logs(*(log_groups or (_TRACES,)))}
        if key is not None:
            targets["key"] = _grants.on_arns(key_arn_of(key))
        return self._give("dataset_generation", targets)

    def _logs(self, *names: str) -> Sequence[Target]:
        """Return log groups with their streams; the ARN of a stream continues that of its group."""
        here = _grants.environment_of(self._scope)
        arns = []
        for name in names:
            is_ours = name in {_TRACES, _RESULTS} or is_token(name)
            if not is_ours and (not name or set(name) & set("*?:")):
                raise PlanesError(
                    f"`log_groups` has the value `{name}`: pass the name of one log group, such as "
                    "`/aws/bedrock-agentcore/runtimes/my_agent-DEFAULT`"
                )
            arn = here.arn("logs", f"log-group:{name}")
            arns += [arn] if name.endswith("*") else [arn, f"{arn}:*"]
        return _grants.on_arns(*arns)


def _evaluator(text: str, partition: str) -> str:
    """Return the ARN of an evaluator of AWS; the id or ARN of any other as it is."""
    name = text.rpartition("/")[2]
    if not name.startswith(_OF_AWS):
        return text
    if name not in _OF_AWS and (name == text or ":::" in text):
        return f"arn:{partition}:{_SERVICE}:::evaluator/{name}" if name == text else text
    raise PlanesError(
        f"`evaluator` has the value `{text}`: an evaluator of AWS has a name, and its ARN no Region and no "
        "account; pass its id, such as `Builtin.Helpfulness`"
    )
