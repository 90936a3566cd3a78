"""The statements of every kind of policy, with what a finding on them needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from constructs_lib.iam import Policy, faults_of_names
from constructs_lib.review.facts import Facts, is_aws_managed
from constructs_lib.review.rules.authoring.records import who
from constructs_lib.review.rules.authoring.statements import names_in, policy_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from constructs_lib.iam import Statement
    from constructs_lib.review.rules.authoring.records import Run
    from constructs_lib.templates import Resource

__all__ = ["WrittenStatement", "carries_policy", "every_statement", "statements_with_faulty_names"]

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


def carries_policy(resource: Resource) -> bool:
    """Whether a resource has a policy whose statements :func:`every_statement` gives."""
    return resource.type in _POLICIES


def every_statement(subject: Facts | Resource | None, run: Run) -> Iterable[WrittenStatement]:
    """Return the statements of a principal's policies, boundary and trust, of a resource's, or of the SCPs.

    Args:
        subject: The principal or resource; ``None`` for the run, whose service control policies are meant.
        run: The run.

    """
    if isinstance(subject, Facts):
        return subject.once(_of_principal)
    if subject is None:
        return [
            WrittenStatement("the service control policy", statement, False)
            for policy in _flat(run.options.scps)
            for statement in policy.statements
        ]
    return list(_of_resource(subject)) if carries_policy(subject) else ()


def statements_with_faulty_names(subject: Facts | Resource | None, run: Run) -> Iterable[WrittenStatement]:
    """Return the statements of :func:`every_statement` that write an action name with a fault."""
    if isinstance(subject, Facts):
        return subject.once(_with_faulty_names)
    return [written for written in every_statement(subject, run) if _has_faulty_name(written.statement)]


def _with_faulty_names(facts: Facts) -> list[WrittenStatement]:
    principal = facts.principal
    for policy in (*principal.policies, principal.boundary, principal.trust):
        for statement in policy.statements if policy else ():
            if _has_faulty_name(statement):
                return [item for item in facts.once(_of_principal) if _has_faulty_name(item.statement)]
    return []


def _has_faulty_name(statement: Statement) -> bool:
    # Names that count in an Allow may have a fault in a Deny, and no fault counts in a Deny alone.
    return bool(faults_of_names(names_in(statement), "Deny"))


def _of_principal(facts: Facts) -> list[WrittenStatement]:
    principal, name = facts.principal, who(facts)
    limits = (
        (principal.boundary, f"the permissions boundary of {name}"),
        (principal.trust, f"the trust policy of {name}"),
    )
    written = [(name, statement) for statement in facts.written]
    written += [
        (holder, statement)
        for policy, holder in limits
        if policy
        for statement in policy.statements
        if not is_aws_managed(policy, statement)
    ]
    return [
        WrittenStatement(holder, statement, statement.conditional or principal.conditional)
        for holder, statement in written
    ]


def _of_resource(resource: Resource) -> Iterator[WrittenStatement]:
    found = policy_of(resource, _POLICIES[resource.type])
    for statement in found.statements if found else ():
        holder = f"the policy of `{resource.logical_id}` (`{resource.type}`)"
        yield WrittenStatement(holder, statement, resource.conditional or statement.conditional)


def _flat(layers: Iterable[Policy | Iterable[Policy]]) -> Iterator[Policy]:
    for layer in layers:
        if isinstance(layer, Policy):
            yield layer
        else:
            yield from layer
