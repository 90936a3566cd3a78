"""Whom a policy or a trust means: which principals and services its ARNs, accounts and names reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.iam import ASSUME_ROLE, UNRESOLVED, matches, may_overlap

if TYPE_CHECKING:
    from constructs_lib.iam import Outside, Statement
    from constructs_lib.review.chains.nodes import Node

__all__ = [
    "account_of",
    "admits_assume",
    "covers",
    "folder_of",
    "made_up",
    "may_pass_to",
    "met",
    "names",
    "names_account",
    "reaches",
    "trusts_service",
]


def reaches(pattern: str, target: Node, source: Node) -> bool:
    """Whether a resource pattern of one principal means the role that is another.

    Partition and account may be open on either side; the role's name must be covered for certain: an open
    name in the pattern is some other role unless it is spelled as the role's own. A name that CloudFormation
    makes up for a stack of unknown name means a role of the same template.
    """
    return covers(pattern, target.arn, together=source.origin.path == target.origin.path)


def covers(pattern: str, arn: str, *, together: bool) -> bool:
    """Whether a resource pattern means an ARN; ``together`` says that both stand in one template."""
    if pattern.strip("*") == "" and pattern:
        return True
    ours, theirs = pattern.split(":", 5), arn.split(":", 5)
    if len(ours) < 6 or len(theirs) < 6:
        return matches(pattern, arn)
    if not matches(ours[5], theirs[5]):
        return False
    if made_up(ours[5]) and not together:
        return False
    return all(may_overlap(one, other) for one, other in zip(ours[:5], theirs[:5], strict=True))


def met(pattern: str, arn: str) -> str:
    """Return an ARN that a pattern means, the open parts before its name as the pattern has them."""
    ours, theirs = pattern.split(":", 5), arn.split(":", 5)
    if UNRESOLVED not in arn or len(ours) < 6 or len(theirs) < 6:
        return arn
    known = [one if UNRESOLVED in other else other for one, other in zip(ours[:5], theirs[:5], strict=True)]
    return ":".join((*known, theirs[5]))


def made_up(resource: str) -> bool:
    """Whether a name is one that CloudFormation makes up for a stack of unknown name."""
    return f"/{UNRESOLVED}" in resource or f":{UNRESOLVED}" in resource


def names(value: str, node: Node, target: Node) -> bool:
    """Whether a principal of a trust is this one; ``target`` is the role whose trust it is."""
    ours, theirs = value.split(":", 5), node.arn.split(":", 5)
    if len(ours) < 6 or len(theirs) < 6:
        return value == node.arn
    if f"/{UNRESOLVED}" in ours[5] and node.origin.path != target.origin.path:
        return False
    return all(may_overlap(one, other) for one, other in zip(ours[:5], theirs[:5], strict=True))


def names_account(value: str, node: Node, target: Node) -> bool:
    """Whether a principal of a trust is everyone or the principal's account."""
    if value == "*":
        return True
    named = value if ":" not in value else account_of(value) if value.endswith(":root") else None
    if named is None:
        return False
    if UNRESOLVED not in named:
        return named == account_of(node.arn)
    # An account that is open on both sides is the stack's own (`AWS::AccountId`), if it is one deployment.
    return account_of(node.arn) in {UNRESOLVED, account_of(target.arn)} and _together(node, target)


def _together(node: Node, target: Node) -> bool:
    """Whether both stand in one folder, as the stacks of an assembly do."""
    return folder_of(node) == folder_of(target)


def folder_of(node: Node) -> str:
    """Return the folder of the file that a principal stands in."""
    return node.origin.path.rpartition("/")[0]


def account_of(arn: str) -> str:
    """Return the account of an ARN, empty where there is none."""
    parts = arn.split(":", 5)
    return parts[4] if len(parts) > 4 else ""


def admits_assume(statement: Statement) -> bool:
    """Whether a statement of a trust lets those it names assume the role."""
    if statement.effect != "Allow" or statement.actions is None:
        return False
    return any(matches(text, ASSUME_ROLE, ignore_case=True) for text in statement.actions)


def may_pass_to(way: Outside, service: str) -> bool:
    """Whether `iam:PassedToService` of the statement lets the service have the role."""
    tests = [
        c
        for c in way.conditions
        if c.key.lower() == "iam:passedtoservice" and "not" not in c.operator.lower()
    ]
    return all(
        any(
            UNRESOLVED in value or matches(_commercial(value), service, ignore_case=True)
            for value in test.values
        )
        for test in tests
    )


def trusts_service(target: Node, service: str) -> bool:
    """Whether a service may run as a role."""
    trust = target.trust
    return trust is not None and any(
        kind == "Service" and (value == "*" or _is_service(value, service))
        for statement in trust.statements
        if statement.effect == "Allow"
        for kind, value in statement.principals or ()
    )


def _is_service(value: str, service: str) -> bool:
    """Whether a service principal is a service's, in one Region too (``states.us-east-1.amazonaws.com``)."""
    name = _commercial(value.lower())
    return name == service or (
        name.endswith(".amazonaws.com") and name.partition(".")[0] == service.removesuffix(".amazonaws.com")
    )


def _commercial(value: str) -> str:
    """Return a service principal as it is called outside China (``ec2.amazonaws.com.cn``)."""
    return value.removesuffix(".cn")
