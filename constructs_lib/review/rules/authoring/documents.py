"""The statements of every kind of policy, with what a finding on them needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from constructs_lib.iam import Policy
from constructs_lib.review.facts import Facts, is_aws_managed
from constructs_lib.review.rules.authoring.records import who
from constructs_lib.review.rules.authoring.statements import policy_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from constructs_lib.iam import Statement
    from constructs_lib.review.rules.authoring.records import Run
    from constructs_lib.templates import Resource

__all__ = ["WrittenStatement", "every_statement"]

# Resource types that carry a policy, and the property that has it:
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpcendpoint.html and
# the page of each other type.
_POLICIES = {
    "AWS::EC2::VPCEndpoint": "PolicyDocument",
    "AWS::Bedrock::ResourcePolicy": "PolicyDocument",
    "AWS::Bedrock::KnowledgeBasePolicy": "PolicyDocument",
    "AWS::BedrockAgentCore::ResourcePolicy": "Policy",
    "AWS::Organizations::Policy": "Content",
}


class WrittenStatement(NamedTuple):
    """A statement that a user wrote and can fix.

    Attributes:
        holder: What has the policy, as messages name it.
        statement: The statement.
        conditional: Whether it is there only under a condition of the template.

    """

    holder: str
    statement: Statement
    conditional: bool


def every_statement(subject: Facts | Resource | None, run: Run) -> Iterator[WrittenStatement]:
    """Yield the statements of a principal's policies, boundary and trust, of a resource's, or of the SCPs.

    Args:
        subject: The principal or resource; ``None`` for the run, whose service control policies are meant.
        run: The run.

    """
    if subject is None:
        for policy in _flat(run.options.scps):
            for statement in policy.statements:
                yield WrittenStatement("the service control policy", statement, False)
    elif isinstance(subject, Facts):
        yield from _of_principal(subject)
    elif subject.type in _POLICIES:
        found = policy_of(subject, _POLICIES[subject.type])
        for statement in found.statements if found else ():
            holder = f"the policy of `{subject.logical_id}` (`{subject.type}`)"
            yield WrittenStatement(holder, statement, subject.conditional or statement.conditional)


def _of_principal(facts: Facts) -> Iterator[WrittenStatement]:
    principal = facts.principal
    for statement in facts.written:
        yield WrittenStatement(who(facts), statement, statement.conditional or principal.conditional)
    limits = ((principal.boundary, "the permissions boundary of "), (principal.trust, "the trust policy of "))
    for policy, noun in limits:
        for statement in policy.statements if policy else ():
            if policy and not is_aws_managed(policy, statement):
                conditional = statement.conditional or principal.conditional
                yield WrittenStatement(f"{noun}{who(facts)}", statement, conditional)


def _flat(layers: Iterable[Policy | Iterable[Policy]]) -> Iterator[Policy]:
    for layer in layers:
        if isinstance(layer, Policy):
            yield layer
        else:
            yield from layer
