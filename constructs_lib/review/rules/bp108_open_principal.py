"""Somebody who is not named can become a principal that runs or configures Bedrock.

## What it does
Looks at the trust policies of principals with data actions or control writes. It reports:

- a trust in everybody (`*`, or an Allow with `NotPrincipal`) without a condition on the organization, the
  account or the ARN of the caller;
- a trust in the whole of another account without a condition on `sts:ExternalId` or on an organization. With
  another condition it is a warning. Where the input does not say which account is its own, an account that
  is written in digits counts as another one, unless the principal's policies name resources of it;
- web identities (GitHub, EKS, Google, ...) without a condition on the subject (`:sub`), or with one that
  matches every subject, or every owner of a repository (`repo:*/app:*`) where all customers of a service
  share one provider, as those of GitHub and GitLab do;
- an identity pool of Cognito without a condition on the pool (`:aud`); a warning where guests of the pool are
  admitted (`:amr` is `unauthenticated` or missing);
- one named principal that may assume an app role and a deploy role (warning): it is on both planes.

A named principal of another account, and another account with one of these conditions, are what was meant.
Denies of the same trust count as the conditions that they demand, as long as it is certain that they apply: a
Deny under a condition of the template, or with a condition that strangers need not meet, counts for nothing.

## Why is this bad?
The permissions of a role are as safe as its trust policy. If everybody can become the app role, everybody can
run models on your bill and read your data. If everybody can become the deploy role, everybody can change your
guardrails.

## Example
```json
{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
```

## Use instead
```json
{"Effect": "Allow", "Action": "sts:AssumeRole",
 "Principal": {"AWS": "arn:aws:iam::111122223333:role/pipeline"}}
```

For an account of somebody else add a condition on `sts:ExternalId`, for a web identity one on its subject.

## Known limits
Conditions are judged by their form: whether an organization, an external id or a subject is the right one is
not known. A Deny under a condition counts for nothing.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-resources.html
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
- https://docs.aws.amazon.com/cognito/latest/developerguide/identity-pools-security-best-practices.html
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from constructs_lib.iam import ASSUME_ROLE, UNRESOLVED
from constructs_lib.review.rules.authoring import (
    Graph,
    Rule,
    Run,
    allows_assuming,
    has_key,
    passes_named_values_only,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from constructs_lib.iam import Condition, Statement
    from constructs_lib.review.rules.authoring import Finding, Node, Severity

__all__ = ["RULE", "check"]

RULE = Rule(
    "BP108",
    "open-principal",
    "error",
    "somebody who is not named can become a principal that runs or configures Bedrock",
    __name__,
    "run",
)

_WEB_IDENTITY = "sts:AssumeRoleWithWebIdentity"
# Global keys that name whose callers they are.
_ORGANIZATION = ("aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:SourceOrgID", "aws:SourceOrgPaths")
_CALLERS = (*_ORGANIZATION, "aws:PrincipalAccount", "aws:SourceAccount")
_ARNS = ("aws:PrincipalArn", "aws:SourceArn")
_NEGATED = {
    "stringnotequals": "StringEquals",
    "stringnotequalsignorecase": "StringEqualsIgnoreCase",
    "stringnotlike": "StringLike",
    "arnnotequals": "ArnEquals",
    "arnnotlike": "ArnLike",
}
# Claims that tell one identity from another. Of Amazon's and Facebook's keys these are `user_id` and `id`.
_SUBJECTS = (
    *(":sub", ":user_id", ":id", ":email"),
    *(":repository", ":repository_id", ":job_workflow_ref", ":actor_id"),
)
_ACCOUNT = re.compile(r"(?:arn:[^:]*:iam::)?(\d{12})(?::root)?")
_ACCOUNT_OF_ARN = re.compile(rf"arn:[^:]*:[^:]*:[^:]*:(?:\d{{12}}|{UNRESOLVED}):")
_EVERY_SUBJECT = re.compile(r"(?:repo:|system:serviceaccount:)?[*?/:]*")
# Everybody may have a repository there, so a pattern has to name the owner.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
_SHARED = ("token.actions.githubusercontent.com:", "gitlab.com:")
_EVERY_OWNER = re.compile(r"(?:(?:repo|repository_owner|project_path):)?[*?].*")
_COGNITO = re.compile(r"cognito-identity(?:\.[a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?")


_Tests: TypeAlias = "list[tuple[Condition, ...]]"


class _Fault(NamedTuple):
    who: str
    help: str
    severity: Severity = "error"


def check(run: Run) -> Iterator[Finding]:
    """Yield one finding per trust statement and fault, and per named principal that is on both planes."""
    for node in run.nodes:
        for statement in node.trust.statements if node.trust and (node.data or node.control_write) else ():
            for fault in dict.fromkeys(_faults(node, statement)):
                yield _finding(node, statement, fault)
    yield from _on_both_planes(run)


def _finding(node: Node, statement: Statement, fault: _Fault) -> Finding:
    deed = "configure and run" if node.control_write and node.data else "run" if node.data else "configure"
    return RULE.finding(
        node,
        statement.origin,
        f"{fault.who} can become {node.label}, which may {deed} Bedrock",
        fault.help,
        key=(fault.who,),
        severity=fault.severity,
        conditional=node.conditional or statement.conditional,
    )


def _faults(node: Node, statement: Statement) -> Iterator[_Fault]:
    if any(test.key == UNRESOLVED for test in statement.conditions):
        return  # what it requires is known at deployment, as of a condition that the CDK makes by `CfnJson`
    if allows_assuming(statement):
        if statement.not_principals is not None:
            yield from _everybody(node, statement)
        for kind, value in statement.principals or ():
            if kind == "AWS" and value == "*":
                yield from _everybody(node, statement)
            elif kind == "AWS":
                yield from _account(node, statement, value)
    if allows_assuming(statement, _WEB_IDENTITY):
        for kind, value in statement.principals or ():
            if kind == "Federated" and ":saml-provider/" not in value:
                yield from _web_identity(value, _tests(node, statement, (kind, value), _WEB_IDENTITY))


def _everybody(node: Node, statement: Statement) -> Iterator[_Fault]:
    if not _limits(_tests(node, statement, ("AWS", "*"), ASSUME_ROLE), _names_callers):
        yield _Fault(
            "everybody in every AWS account",
            "name the principals in the trust policy, or add a condition on `aws:PrincipalOrgID`",
            "warning" if _limits_somehow(statement) else "error",
        )


def _names_callers(test: Condition) -> bool:
    if not passes_named_values_only(test):
        return False
    if has_key((test,), *_ARNS):
        return all(_ACCOUNT_OF_ARN.match(value) for value in test.values)
    return has_key((test,), *_CALLERS)


def _tests(node: Node, statement: Statement, who: tuple[str, str], action: str) -> _Tests:
    """Return what a trust demands of a principal: by the conditions of an Allow, and by its Denies.

    Of each group one test has to hold. A Deny demands that one of its conditions does not hold. The empty
    group can't hold: then nobody of them may assume the role.
    """
    denies = (
        group
        for deny in (node.trust.statements if node.trust else ())
        if deny.effect == "Deny" and not deny.conditional and _is_about(deny, who, action)
        if (group := _demanded(deny)) is not None
    )
    return [*((test,) for test in statement.conditions), *denies]


def _limits(tests: _Tests, names: Callable[[Condition], bool]) -> bool:
    """Whether one of the demands keeps out whoever is not named."""
    return any(all(map(names, group)) for group in tests)


def _is_about(deny: Statement, who: tuple[str, str], action: str) -> bool:
    """Whether a Deny is about assuming the role, and about a principal that an Allow names."""
    if not allows_assuming(replace(deny, effect="Allow"), action):
        return False
    is_listed = any(
        (kind, value) in {("AWS", "*"), who} or (kind == "AWS" == who[0] and _is_same_account(value, who[1]))
        for kind, value in deny.principals or deny.not_principals or ()
    )
    return is_listed if deny.principals is not None else not is_listed and deny.not_principals is not None


def _is_same_account(one: str, other: str) -> bool:
    found = _ACCOUNT.fullmatch(one)
    same = _ACCOUNT.fullmatch(other)
    return found is not None and same is not None and found[1] == same[1]


def _demanded(deny: Statement) -> tuple[Condition, ...] | None:
    """Return the tests of which one has to hold for a Deny not to apply; ``None`` if that can't be told."""
    group: list[Condition] = []
    for test in deny.conditions:
        operator = test.operator.lower()
        if test.key.lower() == "aws:principalisawsservice" and [v.lower() for v in test.values] == ["false"]:
            continue  # true of everybody but services, which a trust names for themselves
        # Without the key the negated condition holds, so that `IfExists` changes nothing.
        quantifier, _, negated = operator.removesuffix("ifexists").rpartition(":")
        if negated not in _NEGATED or quantifier == "foranyvalue":
            return None
        start = "ForAnyValue:" if quantifier else ""
        group.append(replace(test, operator=start + _NEGATED[negated]))
    return tuple(group)


def _limits_somehow(statement: Statement) -> bool:
    """Whether a condition keeps some callers out. Who knows the ARN may know the external id, too."""
    return any(
        has_key((test,), "aws:SourceIp", "aws:SourceVpc*", "aws:VpceOrg*")
        and "not" not in test.operator.lower()
        and all(value.strip("*") and value != "0.0.0.0/0" for value in test.values)
        for test in statement.conditions
    )


def _account(node: Node, statement: Statement, value: str) -> Iterator[_Fault]:
    found = _ACCOUNT.fullmatch(value)
    if found is None or not _is_another(found[1], node):
        return
    if _limits(
        _tests(node, statement, ("AWS", value), ASSUME_ROLE), lambda test: _names_some(test, found[1])
    ):
        return
    yield _Fault(
        f"everybody in the account `{found[1]}`",
        "name a principal of that account, or add a condition on `sts:ExternalId` or `aws:PrincipalOrgID`",
        "warning"
        if any(value.strip("*") for test in statement.conditions for value in test.values)
        else "error",
    )


def _names_some(test: Condition, account: str) -> bool:
    """Whether a condition tells some principals of an account from the others, or keeps all of them out."""
    if not passes_named_values_only(test):
        return False
    if has_key((test,), "aws:PrincipalAccount"):
        return account not in test.values
    return has_key((test,), "sts:ExternalId", *_ORGANIZATION, *_ARNS)


def _is_another(account: str, node: Node) -> bool:
    """Whether an account is not the principal's own."""
    own = node.arn.split(":", 5)[4] if node.arn.count(":") >= 5 else UNRESOLVED
    if UNRESOLVED not in own:
        return account != own
    return account not in node.accounts


def _web_identity(provider: str, tests: _Tests) -> Iterator[_Fault]:
    name = provider.partition(":oidc-provider/")[2] or provider
    if _COGNITO.fullmatch(provider):
        yield from _identity_pool([group[0] for group in tests if len(group) == 1 and _is_equality(group[0])])
    elif not _limits(tests, _names_subjects):
        issuer = "a web identity provider" if UNRESOLVED in name else f"`{name}`"
        yield _Fault(
            f"every identity of {issuer}",
            "add conditions on subject (`:sub`) and audience (`:aud`) of the tokens to the trust policy",
        )


def _names_subjects(test: Condition) -> bool:
    return (
        _is_equality(test)
        and test.key.lower().endswith(_SUBJECTS)
        and not any(_is_everybodys(test, value) for value in test.values)
    )


def _is_everybodys(test: Condition, value: str) -> bool:
    """Whether a claim's pattern matches identities of people whom it does not name."""
    if _EVERY_SUBJECT.fullmatch(value):
        return True
    return test.key.lower().startswith(_SHARED) and _EVERY_OWNER.fullmatch(value) is not None


def _is_equality(test: Condition) -> bool:
    # A token always has its subject and its audience, so `IfExists` and `ForAllValues` change nothing.
    operator = test.operator.lower().rpartition(":")[2].removesuffix("ifexists")
    return operator in {"stringequals", "stringlike", "stringequalsignorecase"}


def _identity_pool(tests: list[Condition]) -> Iterator[_Fault]:
    named = any(t.key.lower().endswith(":aud") and all(v.strip("*") for v in t.values) for t in tests)
    if not named:
        yield _Fault(
            "everybody with an identity pool of Amazon Cognito",
            "add conditions on `cognito-identity.amazonaws.com:aud` and `cognito-identity.amazonaws.com:amr`",
        )
        return
    kinds = [value for t in tests if t.key.lower().endswith(":amr") for value in t.values]
    if not kinds or any(value.strip("*") in {"", "unauthenticated"} for value in kinds):
        yield _Fault(
            "every guest of an identity pool of Amazon Cognito",
            "require `cognito-identity.amazonaws.com:amr` to be `authenticated`",
            "warning",
        )


def _on_both_planes(run: Run) -> Iterator[Finding]:
    """Yield a warning per named principal that may assume an app role and a deploy role."""
    apps = [node for node in run.nodes if node.kind == "app"]
    deploys = [node for node in run.nodes if node.kind == "deploy"]
    if not (apps and deploys):
        return
    reported: set[str] = set()
    graph = Graph(run.nodes, run.runners)
    for node in run.nodes:
        if node.administrator is not None or node.kind in {"app", "deploy"} or node.verdict == "mixed":
            continue
        reached = {step.target.id for step in graph.walk().steps(node) if step.action == ASSUME_ROLE}
        app = next((item for item in apps if item.id in reached), None)
        deploy = next((item for item in deploys if item.id in reached), None)
        if app is not None and deploy is not None:
            reported.add(node.arn)
            yield _both(app, deploy, node.label)
    for value in sorted(_named_by(apps) & _named_by(deploys) - reported):
        app = next(item for item in apps if value in _named_by([item]))
        deploy = next(item for item in deploys if value in _named_by([item]))
        yield _both(app, deploy, f"`{value}`")


def _named_by(nodes: list[Node]) -> set[str]:
    """Return the single principals that trust policies name: not whole accounts, which are many people."""
    return {
        value
        for node in nodes
        for statement in (node.trust.statements if node.trust else ())
        if allows_assuming(statement)
        for kind, value in statement.principals or ()
        if kind == "AWS" and "/" in value and UNRESOLVED not in value.split(":", 5)[-1]
    }


def _both(app: Node, deploy: Node, label: str) -> Finding:
    return RULE.finding(
        app,
        app.trust.origin if app.trust else app.origin,
        f"{label} may assume app {app.label} and deploy {deploy.label}, so it is on both planes",
        f"name different principals in the trust policies of {app.label} and {deploy.label}",
        key=("both", deploy.name, label),
        severity="warning",
        related=(deploy.trust.origin if deploy.trust else deploy.origin,),
        conditional=app.conditional or deploy.conditional,
    )
