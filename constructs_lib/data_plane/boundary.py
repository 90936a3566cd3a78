"""The permissions boundary that keeps a role on the data plane whatever is attached to it later."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam
from aws_cdk.interfaces import aws_iam as refs

from constructs_lib import catalogue
from constructs_lib.catalogue import Plane
from constructs_lib.catalogue.verbs import CONTROL_READS
from constructs_lib.cdk_support import ROLE_PATHS, PlanesError, is_token, with_explained_calls
from constructs_lib.data_plane.acknowledged import acknowledge_boundary
from constructs_lib.data_plane.quotas import MANAGED_POLICY, size_of
from constructs_lib.iam import compress, covers, may_overlap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from constructs import Construct

    from constructs_lib.iam import Policy

__all__ = ["DataPlaneBoundary", "SharedBoundary", "boundary_document", "cuts_admitted_by", "fingerprint_of"]

# Reading IAM stays possible, since everything outside Bedrock and self-escalation does.
_IAM_READS = ("iam:Get*", "iam:List*", "iam:Simulate*")

# Actions of other services by which a principal directly comes to hold another role's rights, changes who may
# do what, runs code as another role without iam:PassRole, buys models, or blinds the audit.
# Source: https://docs.aws.amazon.com/service-authorization/latest/reference/
# reference_policies_actions-resources-contextkeys.html (the page of each service)
_CUT = (
    "account:*",
    "aws-marketplace:*ubscribe",
    "cloudformation:*",
    "cloudtrail:*",
    "codebuild:*",
    "codepipeline:*",
    "ecs:ExecuteCommand",
    "eks:*Access*",
    "eks:*Pod*",
    "iam:*",
    "identitystore:*",
    "lambda:UpdateFunction*",
    "organizations:*",
    "rolesanywhere:*",
    "sagemaker:CreatePresigned*",
    "servicecatalog:*",
    "ssm:*Association*",
    "ssm:Resume*",
    "ssm:SendCommand",
    "ssm:Start*",
    "sso-directory:*",
    "sso:*",
    "states:UpdateState*",
    "sts:AssumeRoot",
)


def boundary_document(
    assumable_roles: Sequence[str] = (),
    families: Sequence[str] | None = None,
    *,
    control_reads: bool = False,
) -> dict[str, Any]:
    """Return the boundary as an IAM document.

    Allowed are the actions of other services, without those that lead directly to another role's rights, and
    of Bedrock's services the data actions that the catalogue knows: by their full names where these fit, else
    by patterns of whole words (see :func:`constructs_lib.iam.compress`). Where many roles leave too little
    room, the names of the statements are left out first, then the patterns get shorter: whole nouns, then
    whole verbs. All forms decide the same for every known action. With ``families`` only their data
    actions are allowed. Becoming a role that is not one of ``assumable_roles`` is denied explicitly: a trust
    that names a session of the role passes a boundary that merely doesn't allow it. With ``control_reads``
    the reads that AWS documents for callers of models and guardrails are allowed too.

    Raises:
        PlanesError: The document outgrows a managed policy.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    """
    data = sorted(
        name
        for name, action in catalogue.actions().items()
        if action.plane is Plane.DATA and (families is None or action.family in families)
    )
    reads = sorted({*CONTROL_READS.values()}) if control_reads else []
    document: dict[str, Any] = {}
    for named, written in _forms(data):
        document = _document([*written, *reads], assumable_roles, named=named)
        if _size(document) <= MANAGED_POLICY:
            break
    else:
        fitting = f"the first {_fitting(assumable_roles, document)} of {len(assumable_roles)} fit"
        raise PlanesError(
            f"`assumable_roles` makes the boundary {_size(document) - MANAGED_POLICY} characters too long: "
            f"name fewer roles ({fitting})"
        )
    return document


def _forms(data: Sequence[str]) -> Iterator[tuple[bool, Sequence[str]]]:
    """Yield whether the statements have names, and how the actions are written, from the longest form on."""
    yield True, data
    words = compress(data, whole_words=True)
    yield True, words
    yield False, words
    yield False, compress(data, whole_words=True, nouns=True)
    yield False, compress(data, whole_words=True, nouns=True, verbs=True)


def cuts_admitted_by(boundary: Policy) -> list[str]:
    """Return which of the actions outside Bedrock that the boundary cuts a changed one may admit.

    Changes of IAM are left out, since reading IAM is admitted beside them.
    """
    return [cut for cut in _CUT if cut != "iam:*" and _may_admit(boundary, cut)]


def _may_admit(boundary: Policy, cut: str) -> bool:
    """Whether an Allow may match what the pattern matches, and no certain Deny covers all of it."""
    cut = cut.lower()

    def named(patterns: Sequence[str] | None, test: Callable[[str, str], bool]) -> bool:
        return any(test(pattern.lower(), cut) for pattern in patterns or ())

    admits = False
    for statement in boundary.statements:
        if statement.effect == "Allow":
            admits = admits or (
                named(statement.actions, may_overlap)
                if statement.not_actions is None
                else not named(statement.not_actions, covers)
            )
        elif not statement.conditions and not statement.conditional and "*" in (statement.resources or ()):
            if named(statement.actions, covers):
                return False
            if statement.not_actions is not None and not named(statement.not_actions, may_overlap):
                return False
    return admits


def fingerprint_of(document: Mapping[str, Any]) -> str:
    """Return the fingerprint of a boundary's document, the same for any order of its keys."""
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def _document(
    actions: Sequence[str], assumable_roles: Sequence[str], *, named: bool = True
) -> dict[str, Any]:
    others = sorted((*(f"{prefix}:*" for prefix in catalogue.prefixes()), *_CUT))
    roles = {"NotResource": sorted(assumable_roles)} if assumable_roles else {"Resource": "*"}
    statements: dict[str, dict[str, Any]] = {
        "OtherServices": {"Effect": "Allow", "NotAction": others, "Resource": "*"},
        "DataPlane": {"Effect": "Allow", "Action": [*actions, *_IAM_READS], "Resource": "*"},
        "NamedRoles": {"Effect": "Deny", "Action": "sts:AssumeRole", **roles},
    }
    return {
        "Version": "2012-10-17",
        "Statement": [{"Sid": sid, **body} if named else body for sid, body in statements.items()],
    }


# A name has 64 characters, and a role that isn't known here has the longest of this library's paths at most.
# Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
_ARN = len("arn:aws-iso-b:iam::111122223333:role")
_NAME = 64
_PATH = max(map(len, ROLE_PATHS.values()))


def _size(document: Mapping[str, Any]) -> int:
    """Return the characters that IAM counts at most: a role that is a token counts as the longest ARN."""
    return size_of(document) + sum(_excess(role) for role in document["Statement"][2].get("NotResource", ()))


def _excess(role: str) -> int:
    """Return how much longer the ARN behind a token may be than its text."""
    if not is_token(role):
        return 0
    made = cdk.Tokenization.reverse_string(role).first_token
    target = made.target if isinstance(made, cdk.Reference) else None
    path = target.path if isinstance(target, iam.CfnRole) else None
    return max(0, _ARN + (_PATH if path is None or is_token(path) else len(path)) + _NAME - len(role))


def _fitting(roles: Sequence[str], document: Mapping[str, Any]) -> int:
    """Return how many of the roles, in their order, leave the document within a managed policy."""
    free = MANAGED_POLICY - _size(document)
    left = len(roles)
    while left and free < 0:
        left -= 1
        free += size_of(roles[left]) + _excess(roles[left]) + 1
    return left


@with_explained_calls
class DataPlaneBoundary(iam.ManagedPolicy):
    """A managed policy to be used as permissions boundary of application roles.

    It grants nothing by itself: it cuts what other policies grant. See :func:`boundary_document`.

    Args:
        assumable_roles: ARNs of the roles that the application may assume. Default: none.
        families: The only families of Bedrock that are allowed. Default: every family of the data plane.
        shared: Whether the stack, that of the deploy role, makes it for the app roles of other stacks: it
            then has a name that begins with the stack's, which the deploy role can't touch, and the other
            stacks take it with :meth:`from_deploy_stack`. Default: no, CloudFormation generates the name.
        control_reads: Whether it leaves the control reads open that AWS documents for callers, for app roles
            that opt in. Shared, it then doesn't keep those from the roles that don't. Default: no.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        assumable_roles: Sequence[str] = (),
        families: Sequence[str] | None = None,
        shared: bool = False,
        control_reads: bool = False,
    ) -> None:
        document = boundary_document(assumable_roles, families, control_reads=control_reads)
        super().__init__(
            scope,
            construct_id,
            managed_policy_name=_shared_name(scope, cdk.Stack.of(scope).stack_name) if shared else None,
            description="Keeps a role on the data plane of Amazon Bedrock",
            document=iam.PolicyDocument.from_json(document),
        )
        # App roles carry it in their marks, so that the review knows the boundary where it is imported.
        # The text of a token differs from synthesis to synthesis, so a document with one has no fingerprint.
        self.mark = _fingerprint(document, assumable_roles)
        acknowledge_boundary(self)

    @staticmethod
    def from_deploy_stack(
        scope: Construct,
        construct_id: str,
        stack_name: str,
        *,
        assumable_roles: Sequence[str] = (),
        families: Sequence[str] | None = None,
        control_reads: bool = False,
    ) -> SharedBoundary:
        """Take the boundary that the deploy role's stack of this account and Region shares.

        Args:
            scope: Where it is used.
            construct_id: The name of the construct.
            stack_name: The name of the stack that made it with ``shared``.
            assumable_roles: As it was made with.
            families: As it was made with.
            control_reads: As it was made with.
        """
        return SharedBoundary(
            scope,
            construct_id,
            stack_name=stack_name,
            assumable_roles=assumable_roles,
            families=families,
            control_reads=control_reads,
        )

    @staticmethod
    def of(scope: Construct) -> DataPlaneBoundary:
        """Return the one boundary that the app roles of a stack share, made on first use."""
        stack = cdk.Stack.of(scope)
        found = stack.node.try_find_child("DataPlaneBoundary")
        if found is None:
            return DataPlaneBoundary(stack, "DataPlaneBoundary")
        if not isinstance(found, DataPlaneBoundary):
            raise PlanesError(f"`{found.node.path}` is in the way of the boundary: rename that construct")
        return found


@jsii.implements(iam.IManagedPolicy)
class SharedBoundary(cdk.Resource):
    """The boundary that another stack, that of the deploy role, made for the app roles of this one.

    See :meth:`DataPlaneBoundary.from_deploy_stack`.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stack_name: str,
        assumable_roles: Sequence[str] = (),
        families: Sequence[str] | None = None,
        control_reads: bool = False,
    ) -> None:
        super().__init__(scope, construct_id)
        name = _shared_name(scope, stack_name)
        stack = cdk.Stack.of(scope)
        self._arn = f"arn:{stack.partition}:iam::{stack.account}:policy/{name}"
        self.assumable_roles = frozenset(assumable_roles)
        self.control_reads = control_reads
        # The name and the fingerprint tell the review, which may not see the other stack, what it admits.
        self.mark = {
            "name": name,
            **_fingerprint(
                boundary_document(assumable_roles, families, control_reads=control_reads), assumable_roles
            ),
        }

    @property
    def managed_policy_arn(self) -> str:
        """The ARN of the policy."""
        return self._arn

    @property
    def managed_policy_ref(self) -> refs.ManagedPolicyReference:
        """The reference to the policy."""
        return refs.ManagedPolicyReference(policy_arn=self._arn)


def _fingerprint(document: Mapping[str, Any], assumable_roles: Sequence[str]) -> dict[str, str]:
    return {} if any(map(is_token, assumable_roles)) else {"sha256": fingerprint_of(document)}


def _shared_name(scope: Construct, stack_name: str) -> str:
    """Return the name of a shared boundary: IAM has one namespace for all Regions of an account."""
    return f"{stack_name}-DataPlaneBoundary-{cdk.Stack.of(scope).region}"
