"""What rules of the CDK and of cdk-nag say of this library's own choices, acknowledged with the reason.

Stars that the library chooses go into a policy of their own, so that the user's own stars stay visible.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam
from constructs import IValidation

from constructs_lib.cdk_support import as_list
from constructs_lib.data_plane.refusals import harmless_policy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from constructs import Construct

__all__ = ["acknowledge_boundary", "acknowledge_harmless", "policies_for"]

_WILDCARD = "AwsSolutions::AwsSolutions-IAM5"
_AWS_MANAGED = "AwsSolutions::AwsSolutions-IAM4"
_OF_BOUNDARY = {
    _WILDCARD: "A boundary grants nothing; it must name what it leaves alone.",
    "CloudFormation-Validate::W2512": "A boundary is an upper limit: NotAction leaves the other services to "
    "the role's own policies.",
}
_OF_GRANTS = (
    "Grants of verbs need these: an action without a resource type takes * only, and a session, an execution "
    "or an object is named when the application runs."
)
_OF_HARMLESS = "A policy of AWS for the runtime of an application, which touches neither Bedrock nor IAM."
_OWN = "GrantedWildcards"
_TOKEN = re.compile(r"\$\{Token\[[^]]*\]\}")


def acknowledge_boundary(boundary: iam.ManagedPolicy) -> None:
    """Accept what is said of every boundary of this kind."""
    _acknowledge(boundary, _OF_BOUNDARY)


def acknowledge_harmless(role: iam.Role, policies: Iterable[iam.IManagedPolicy]) -> None:
    """Accept the AWS managed policies that an app role may hold, each by its name."""
    for policy in policies:
        arn = policy.managed_policy_arn
        if harmless_policy(arn) is not None:
            # cdk-nag writes a reference in angle brackets, and the only one in such an ARN is the partition.
            shown = _TOKEN.sub("<AWS::Partition>", arn)
            _acknowledge(role, {f"{_AWS_MANAGED}[Policy::{shown}]": _OF_HARMLESS})


def policies_for(
    scope: Construct, role: iam.IRole, statements: Sequence[Mapping[str, Any]], usual: iam.IGrantable
) -> list[iam.IGrantable]:
    """Return where each statement of a grant goes: one that allows by a star to a policy of its own.

    Grants refuse a star in what they are given, so each one is the library's: ``*`` for an action without a
    resource type, ``session/*`` for what comes to be at runtime.
    """
    starred = [
        statement.get("Effect") == "Allow" and any("*" in arn for arn in as_list(statement["Resource"]))
        for statement in statements
    ]
    if not any(starred):
        return [usual] * len(starred)
    own = _policy_of_stars(
        scope, role, (each for each, star in zip(statements, starred, strict=True) if star)
    )
    return [own if star else usual for star in starred]


def _policy_of_stars(
    scope: Construct, role: iam.IRole, statements: Iterable[Mapping[str, Any]]
) -> iam.Policy:
    # Kept in Python: each question to the construct tree is two calls into the CDK.
    found = scope.__dict__.get(_OWN)
    if found is None:
        found = scope.__dict__[_OWN] = _GrantedWildcards(scope, _OWN, roles=[role])
        found.node.add_validation(_Acknowledging(found))
    own: _GrantedWildcards = found
    own.arns.update(arn for statement in statements for arn in as_list(statement["Resource"]) if "*" in arn)
    return own


class _GrantedWildcards(iam.Policy):
    """The policy of what grants allow by a star."""

    def __init__(self, scope: Construct, construct_id: str, *, roles: Sequence[iam.IRole]) -> None:
        super().__init__(scope, construct_id, roles=list(roles))
        self.arns: set[str] = set()


@jsii.implements(IValidation)
class _Acknowledging:
    """Acknowledges each star by its text, once references to other stacks have got the form that they keep.

    The CDK asks for a construct's faults after that and before anything is written or checked.
    """

    def __init__(self, policy: _GrantedWildcards) -> None:
        self._policy = policy
        self._said: set[str] = set()

    def validate(self) -> list[str]:
        """Acknowledge what is new, and find no fault."""
        resolved = cdk.Stack.of(self._policy).resolve(sorted(self._policy.arns))
        new = {_as_nag_writes_it(arn) for arn in resolved} - self._said
        _acknowledge(self._policy, {f"{_WILDCARD}[Resource::{text}]": _OF_GRANTS for text in sorted(new)})
        self._said |= new
        return []


def _as_nag_writes_it(value: Any) -> str:
    """Return a resolved ARN with each reference in angle brackets.

    Source: ``flattenCfnReference`` of https://github.com/cdklabs/cdk-nag (``src/utils``)
    """
    match value:
        case str():
            return value.replace("${", "<").replace("}", ">")
        case {"Fn::Join": [delimiter, parts]}:
            return str(delimiter).join(map(_as_nag_writes_it, parts))
        case {"Fn::Sub": inner} | {"Fn::ImportValue": inner}:
            return _as_nag_writes_it(inner)
        case {"Fn::GetAtt": [resource, attribute]}:
            return f"<{_as_nag_writes_it(resource)}.{_as_nag_writes_it(attribute)}>"
        case {"Ref": name}:
            return f"<{name}>"
        case _:
            return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _acknowledge(construct: Construct, reasons: Mapping[str, str]) -> None:
    for rule, reason in reasons.items():
        cdk.Validations.of(construct).acknowledge(cdk.Acknowledgment(id=rule, reason=reason))
