"""Resolve the principals and services that a policy or a trust names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.iam import ASSUME_ROLE, UNRESOLVED, arns_may_overlap, is_open, matches, may_overlap

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from constructs_lib.iam import Condition, ForeignGrant, Statement
    from constructs_lib.review.chains.nodes import Node, Use
    from constructs_lib.templates import Principal

__all__ = [
    "account_of",
    "admits",
    "allows_assuming",
    "excepts",
    "fill_open_parts",
    "folder_of",
    "has_generated_name",
    "is_denied_by_trust",
    "may_pass_to",
    "pattern_covers_arn",
    "pattern_covers_role",
    "pattern_covers_use",
    "trust_names_account",
    "trust_names_principal",
    "trusts_outsiders",
    "trusts_service",
]


def pattern_covers_role(pattern: str, role: Node, holder: Node) -> bool:
    """Whether a resource pattern of a principal's policies covers a role.

    Partition and account may be open on either side. The role's name must be covered for certain: an open
    name in the pattern is some other role unless it is spelled as the role's own. A name that CloudFormation
    generates for a stack of unknown name is a role of the same template.

    Args:
        pattern: The resource pattern.
        role: The role.
        holder: The principal whose policies have the pattern.

    """
    return pattern_covers_arn(pattern, role.arn, same_template=holder.origin.path == role.origin.path)


def pattern_covers_arn(pattern: str, arn: str, *, same_template: bool) -> bool:
    """Whether a resource pattern covers an ARN; ``same_template`` says whether both are of one template."""
    if pattern.strip("*") == "" and pattern:
        return True
    ours, theirs = pattern.split(":", 5), arn.split(":", 5)
    if len(ours) < 6 or len(theirs) < 6:
        return matches(pattern, arn)
    if not matches(ours[5], theirs[5]):
        return False
    if has_generated_name(ours[5]) and not same_template:
        return False
    return all(may_overlap(one, other) for one, other in zip(ours[:5], theirs[:5], strict=True))


def pattern_covers_use(pattern: str, use: Use, reasons: Sequence[str], *, same_template: bool) -> bool:
    """Whether a resource pattern covers what the actions on a resource are called on.

    Args:
        pattern: The resource pattern.
        use: The way of using a resource that runs as a role.
        reasons: Why parts of the statement with the pattern are open. Ids that AWS makes look alike, so they
            tell which resource an open id belongs to.
        same_template: Whether pattern and resource are of one template.

    """
    pattern = _without_qualifier(pattern, use)
    if "*" in use.arn:
        # Ids of tasks, jobs and calls are made later. What is certain of them is the API or the cluster.
        is_open = UNRESOLVED in pattern.split(":", 5)[-1]
        return arns_may_overlap(pattern, use.arn) and (same_template or not is_open)
    if not pattern_covers_arn(pattern, use.arn, same_template=same_template):
        return False
    return not _has_only_open_name(pattern) or any(
        f"`{use.name}`" in reason or f"`{use.name}." in reason for reason in reasons
    )


def _without_qualifier(pattern: str, use: Use) -> str:
    """Return an ARN pattern without the version, alias or endpoint behind the resource that it names."""
    qualifier = use.way.qualifier
    if not qualifier:
        return pattern
    separator = qualifier[0]
    more = qualifier.count(separator)
    if pattern.count(separator) != use.arn.count(separator) + more:
        return pattern
    head, *tail = pattern.rsplit(separator, more)
    return head if may_overlap(separator.join(("", *tail)), qualifier) else pattern


def _has_only_open_name(pattern: str) -> bool:
    """Whether the name in an ARN is open altogether, such as an id that AWS makes."""
    name = pattern.split(":", 5)[-1]
    return UNRESOLVED in name and name.replace(":", "/").rpartition("/")[2] == UNRESOLVED


def fill_open_parts(arn: str, pattern: str) -> str:
    """Return an ARN that a pattern covers, its open parts before the name replaced by the pattern's."""
    ours, theirs = pattern.split(":", 5), arn.split(":", 5)
    if UNRESOLVED not in arn or len(ours) < 6 or len(theirs) < 6:
        return arn
    known = [one if UNRESOLVED in other else other for one, other in zip(ours[:5], theirs[:5], strict=True)]
    return ":".join((*known, theirs[5]))


def has_generated_name(arn: str) -> bool:
    """Whether an ARN's name is one that CloudFormation generates for a stack of unknown name."""
    return f"/{UNRESOLVED}" in arn or f":{UNRESOLVED}" in arn


def trust_names_principal(value: str, principal: Node, role: Node) -> bool:
    """Whether a principal in a role's trust is this principal.

    Args:
        value: What the trust names.
        principal: The principal in question.
        role: The role whose trust it is.

    """
    ours, theirs = value.split(":", 5), principal.arn.split(":", 5)
    if len(ours) < 6 or len(theirs) < 6:
        return value == principal.arn
    if ours[2] == "sts":  # a session of the role; it has the role's name without its path
        ours = [*ours[:2], "iam", *ours[3:]]
    if f"/{UNRESOLVED}" in ours[5] and principal.origin.path != role.origin.path:
        return False
    return all(may_overlap(one, other) for one, other in zip(ours[:5], theirs[:5], strict=True))


def trust_names_account(value: str, principal: Node, role: Node) -> bool:
    """Whether a principal in a role's trust is everybody, or the account of this principal.

    Args:
        value: What the trust names.
        principal: The principal in question.
        role: The role whose trust it is.

    """
    if value == "*":
        return True
    named = value if ":" not in value else account_of(value) if value.endswith(":root") else None
    if named is None:
        return False
    if UNRESOLVED not in named:
        return named == account_of(principal.arn)
    # An account that is open on both sides is the stack's own (`AWS::AccountId`), if it is one deployment:
    # the stacks of an assembly are in one folder.
    is_open = account_of(principal.arn) in {UNRESOLVED, account_of(role.arn)}
    return is_open and folder_of(principal) == folder_of(role)


def folder_of(node: Node) -> str:
    """Return the folder of the file that defines a principal."""
    return node.origin.path.rpartition("/")[0]


def account_of(arn: str) -> str:
    """Return the account of an ARN, empty where there is none."""
    parts = arn.split(":", 5)
    return parts[4] if len(parts) > 4 else ""


def trusts_outsiders(principal: Principal) -> bool:
    """Whether a principal's trust has others than services in it."""
    return principal.trust is not None and any(
        statement.not_principals is not None
        or any(kind != "Service" for kind, _ in statement.principals or ())
        for statement in principal.trust.statements
    )


def allows_assuming(statement: Statement, action: str = ASSUME_ROLE) -> bool:
    """Whether a statement of a trust lets the principals that it names assume the role.

    Args:
        statement: The statement.
        action: The action of STS with which they do.

    """
    return statement.effect == "Allow" and _is_about_assuming(statement, action)


def _is_about_assuming(statement: Statement, action: str = ASSUME_ROLE) -> bool:
    if statement.actions is None:
        return not any(matches(text, action, ignore_case=True) for text in statement.not_actions or ())
    return any(matches(text, action, ignore_case=True) for text in statement.actions)


def admits(statement: Statement, principal: Node) -> bool:
    """Whether the conditions of a trust's statement can hold for a principal.

    Only what is known of the principal counts: its ARN and its tags. All other conditions can hold.
    """
    return all(_can_hold(test, principal) for test in statement.conditions)


def _can_hold(test: Condition, principal: Node) -> bool:
    quantifier, _, operator = test.operator.lower().rpartition(":")
    key = test.key.lower()
    if key == "aws:principalarn" and operator in _IS_NOT:
        return not any(_is_certainly(value, principal.arn, operator) for value in test.values)
    if "not" in operator or operator.startswith("null") or operator.endswith("ifexists"):
        return True
    if key == "aws:principalarn":
        return any(may_overlap(value, principal.arn) for value in test.values)
    # ``ForAllValues`` holds where the tag is absent.
    if key.startswith("aws:principaltag/") and quantifier != "forallvalues":
        tags = {name.lower(): text for name, text in principal.principal.tags.items()}
        tag = tags.get(key.partition("/")[2])
        return tag is not None and any(may_overlap(value, tag) for value in test.values)
    return True


# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
_IS_NOT = frozenset({"arnnotlike", "arnnotequals", "stringnotlike", "stringnotequals"})


def _is_certainly(value: str, arn: str, operator: str) -> bool:
    """Whether a negated operator finds that an ARN is the value."""
    if UNRESOLVED in arn or is_open(value):
        return False
    return value == arn if operator == "stringnotequals" else matches(value, arn)


def is_denied_by_trust(principal: Node, role: Node) -> bool:
    """Whether an unconditional Deny of a role's trust keeps a principal out."""
    return any(
        statement.effect == "Deny"
        and not statement.conditions
        and not statement.conditional
        and _is_about_assuming(statement)
        and _names(statement, principal, role)
        for statement in (role.trust.statements if role.trust else ())
    )


def _names(statement: Statement, principal: Node, role: Node) -> bool:
    def is_named(entries: Iterable[tuple[str, str]]) -> bool:
        return any(
            value == "*" or trust_names_account(value, principal, role) or value == principal.arn
            for kind, value in entries
            if kind == "AWS"
        )

    if statement.principals is not None:
        return is_named(statement.principals)
    return statement.not_principals is not None and not is_named(statement.not_principals)


def excepts(statement: Statement, principal: Node, role: Node) -> bool:
    """Whether the ``NotPrincipal`` of a trust's statement certainly leaves a principal out."""
    return any(
        kind == "AWS" and (value == "*" or _is_surely(value, principal, role))
        for kind, value in statement.not_principals or ()
    )


def _is_surely(value: str, principal: Node, role: Node) -> bool:
    """Whether a principal in a trust is spelled as this principal; account and partition may be open."""
    same_name = value.split(":", 5)[-1] == principal.arn.split(":", 5)[-1]
    return same_name and trust_names_principal(value, principal, role)


def may_pass_to(permission: ForeignGrant, service: str) -> bool:
    """Whether the statement's conditions on `iam:PassedToService` let it pass a role to a service."""
    tests = [
        c
        for c in permission.conditions
        if c.key.lower() == "iam:passedtoservice" and "not" not in c.operator.lower()
    ]
    return all(
        any(
            UNRESOLVED in value or matches(_commercial(value), service, ignore_case=True)
            for value in test.values
        )
        for test in tests
    )


def trusts_service(role: Node, service: str) -> bool:
    """Whether a role's trust lets a service run as it."""
    trust = role.trust
    return trust is not None and any(
        kind == "Service" and (value == "*" or _is_service(value, service))
        for statement in trust.statements
        if statement.effect == "Allow"
        for kind, value in statement.principals or ()
    )


def _is_service(value: str, service: str) -> bool:
    """Whether a service principal is this service's, global or of a Region (``states.eu-west-1...``)."""
    name = _commercial(value.lower())
    return name == service or (
        name.endswith(".amazonaws.com") and name.partition(".")[0] == service.removesuffix(".amazonaws.com")
    )


def _commercial(value: str) -> str:
    """Return a service principal of China (``ec2.amazonaws.com.cn``) as it is called elsewhere."""
    return value.removesuffix(".cn")
