"""What an app role refuses, whichever way it is given: decided on statements as IAM's JSON."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aws_cdk import aws_iam

from constructs_lib import catalogue
from constructs_lib.catalogue import Access, Plane
from constructs_lib.catalogue.verbs import CONTROL_READS, inner_call_actions
from constructs_lib.cdk_support import PlanesError, as_list, is_token
from constructs_lib.data_plane.limits import NO_LIMITS
from constructs_lib.iam import UNRESOLVED, expand, fault_of_name, is_open, matches

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from constructs_lib.data_plane.limits import RoleLimits

__all__ = [
    "HARMLESS_POLICIES",
    "Refusal",
    "check_document",
    "check_managed",
    "check_scope",
    "harmless_policy",
    "patterns_with_reasons",
    "refusals",
    "refuse",
]

# Reading IAM gives an application nothing that it could use to gain rights; all else can change who may do
# what.
_HARMLESS_IAM = ("iam:get", "iam:list", "iam:simulate")
_BUYING = ("aws-marketplace:subscribe", "aws-marketplace:unsubscribe")
_READS = frozenset(read.lower() for read in CONTROL_READS.values())
_ROLE_TAKING = frozenset({"sts:assumerole", "sts:assumeroot"})


@dataclass(frozen=True, slots=True)
class Refusal:
    """One action that a role may not hold, why, and what to do instead."""

    action: str
    why: str
    remedy: str

    def message(self, role: str) -> str:
        """Return the sentence for the user, with the role's path in it."""
        return f"the app role `{role}` can't hold `{self.action}`: {self.why}; {self.remedy}"


def refusals(statement: Mapping[str, Any], limits: RoleLimits = NO_LIMITS) -> list[Refusal]:
    """Return what an app role may not hold of one Allow statement; a Deny statement is never refused.

    An action that is a token is judged in the finished template, and one that is open there by the review.
    """
    if statement.get("Effect", "Allow") != "Allow":
        return []
    if "NotAction" in statement:
        excepted = ", ".join(str(a) for a in as_list(statement["NotAction"]))
        return [
            Refusal(
                f"NotAction {excepted}",
                "it allows every other action, on both planes",
                "list the actions it needs",
            )
        ]
    resources = as_list(statement.get("Resource"))
    found = [
        _refusal(action, resources, limits)
        for action in as_list(statement.get("Action"))
        if isinstance(action, str)
    ]
    return [refusal for refusal in found if refusal is not None]


def _refusal(pattern: str, resources: Sequence[Any], limits: RoleLimits) -> Refusal | None:
    if is_token(pattern) or UNRESOLVED in pattern:
        return None
    service, _, name = pattern.lower().partition(":")
    if service == "iam" and not pattern.lower().startswith(_HARMLESS_IAM):
        return Refusal(pattern, "it changes or passes IAM roles and policies", "leave IAM to a DeployRole")
    if service == "sts" and any(_matches(name, taken) for taken in _ROLE_TAKING):
        return _assume(pattern, resources)
    if service == "aws-marketplace" and any(matches(pattern.lower(), bought) for bought in _BUYING):
        return Refusal(
            pattern,
            "with it the application buys models or cancels them",
            "let an administrator subscribe to the models in advance",
        )
    if ("*" in service or "?" in service) and service:
        return _bedrock(pattern) or Refusal(
            pattern,
            "its service is a wildcard, and IAM documents wildcards in the action's name only",
            "name the service and the action",
        )
    about_bedrock = (
        _control_read(pattern, resources, limits) if pattern.lower() in _READS else _bedrock(pattern)
    )
    return about_bedrock or _beyond(pattern, resources, limits)


def _control_read(pattern: str, resources: Sequence[Any], limits: RoleLimits) -> Refusal | None:
    """Allow a control read that AWS documents for callers where the role opts in, on exact ARNs."""
    if not limits.control_reads:
        found = _bedrock(pattern)
        return found and Refusal(
            pattern,
            found.why,
            f"{found.remedy}, or, where the SDK needs it, give the AppRole `control_reads=True`",
        )
    kinds = [kind for kind, read in CONTROL_READS.items() if read.lower() == pattern.lower()]
    wide = [str(arn) for arn in resources if not _is_exact(arn, kinds)]
    if resources and not wide:
        return None
    return Refusal(
        pattern,
        f"`control_reads` opens it on exact ARNs of the type {' or '.join(kinds)} only, and "
        f"{f'`{wide[0]}` is none' if wide else 'it has none'}",
        "name the resources that the application calls",
    )


def _is_exact(arn: Any, kinds: Sequence[str]) -> bool:
    """Return whether an ARN names one resource; what only the deployment knows is one."""
    if not isinstance(arn, str) or is_token(arn) or UNRESOLVED in arn:
        return "*" not in str(arn) and "?" not in str(arn).replace(UNRESOLVED, "")
    parts = arn.split(":", 5)
    return (
        "*" not in arn
        and "?" not in arn
        and len(parts) == 6
        and parts[5].partition("/")[0] in kinds
        and bool(parts[5].partition("/")[2])
    )


def patterns_with_reasons(given: Sequence[Any]) -> frozenset[str]:
    """Return the patterns of `allow_type_wide`; raise :class:`PlanesError` for one without a reason."""
    for pair in given:
        if (
            not isinstance(pair, tuple | list)
            or len(pair) != 2
            or not all(isinstance(p, str) and p.strip() for p in pair)
        ):
            raise PlanesError(
                f"`allow_type_wide` has `{pair}`: give pairs of an ARN pattern and the reason why the "
                "application needs every resource of the type"
            )
    return frozenset(pattern for pattern, _ in given)


def check_scope(path: str, statement: Mapping[str, Any], type_wide: Collection[str]) -> None:
    """Refuse data actions on every resource, or on every resource of a type, unless ``type_wide`` has it.

    Reading state (a data read) and actions that take no resource are not refused, and neither is a statement
    with a condition: it may pin what the ARN leaves open, which the review judges (BP201).
    """
    if statement.get("Effect", "Allow") != "Allow" or "Condition" in statement:
        return
    wide = [arn for arn in as_list(statement.get("Resource")) if _is_type_wide(arn) and arn not in type_wide]
    for pattern in as_list(statement.get("Action")) if wide else ():
        if not isinstance(pattern, str) or is_token(pattern):
            continue
        for name in expand(pattern):
            action = catalogue.actions()[name]
            if action.plane is Plane.DATA and action.resource_types and action.access is not Access.READ:
                raise PlanesError(
                    f"the app role `{path}` can't hold `{pattern}` on `{wide[0]}`: it opens every resource "
                    "of a type; name the resources, or give the pattern and the reason in `allow_type_wide`"
                )


def _is_type_wide(arn: Any) -> bool:
    """Return whether an ARN leaves open which resource of a type is meant; tokens name one."""
    if not isinstance(arn, str) or is_token(arn.rpartition(":")[2]):
        return False
    parts = arn.split(":", 5)
    resource = parts[5] if len(parts) == 6 else arn
    if not resource.strip("*?"):
        return True
    kind, slash, name = resource.partition("/")
    return "*" in kind or (bool(slash) and not name.strip("*?/"))


def _beyond(pattern: str, resources: Sequence[Any], limits: RoleLimits) -> Refusal | None:
    """Refuse what the limits of this one role leave out."""
    meant = [catalogue.actions()[name] for name in expand(pattern)]
    if not meant or limits == NO_LIMITS:
        return None
    # A control read belongs to no family of the data plane; that the role opts in was asked before.
    used = [a for a in meant if a.plane is Plane.DATA]
    outside = [a for a in used if limits.families is not None and a.family not in limits.families]
    if outside:
        return Refusal(
            pattern,
            f"it belongs to the family `{outside[0].family}`, which the role's `families` leave out",
            f"add `{outside[0].family}` to them",
        )
    if limits.guardrail and inner_call_actions() & {a.name for a in meant}:
        return Refusal(
            pattern,
            "the model calls that AWS makes inside it carry no guardrail, and the role's must",
            "use another role for it, or Retrieve and Converse in its place",
        )
    return _other_region(pattern, resources, limits)


def _other_region(pattern: str, resources: Sequence[Any], limits: RoleLimits) -> Refusal | None:
    """Refuse an ARN in a Region that may not answer; a Region that is a token is the stack's own."""
    if limits.regions is None:
        return None
    for arn in resources:
        parts = arn.split(":", 5) if isinstance(arn, str) else ()
        if len(parts) != 6 or parts[3] in limits.regions or is_open(parts[3]):
            continue
        if not parts[3] and not parts[5].startswith("foundation-model/"):
            continue
        return Refusal(
            pattern,
            f"`{arn}` is answered in {f'the Region `{parts[3]}`' if parts[3].strip('*') else 'any Region'}, "
            "which the role's `allowed_regions` leave out",
            "use a model or a profile that stays inside them, or add the Region",
        )
    return None


def _matches(pattern: str, full: str) -> bool:
    return matches(pattern, full.partition(":")[2])


def _assume(pattern: str, resources: Sequence[Any]) -> Refusal | None:
    """Allow ``sts:AssumeRole`` itself on roles that are named, and nothing wider."""
    named = resources and all(not isinstance(r, str) or ("*" not in r and "?" not in r) for r in resources)
    if pattern.lower() == "sts:assumerole" and named:
        return None
    return Refusal(
        pattern,
        "with it the application becomes another role",
        "name the roles in `assumable_roles` of the AppRole",
    )


def _bedrock(pattern: str) -> Refusal | None:
    """Refuse a pattern that means any Bedrock action which is not on the data plane, or none that exists."""
    meant = [catalogue.actions()[name] for name in expand(pattern)]
    control = [action for action in meant if action.plane is not Plane.DATA]
    if control:
        first = control[0]
        more = (
            ""
            if len(control) == 1 and len(meant) == 1
            else f" (`{first.name}` among {len(meant)} that it means)"
        )
        return Refusal(
            pattern,
            f"it is on the control plane, family `{first.family}`{more}, and an app role holds "
            "data-plane actions only",
            "give it to a DeployRole, or to an OperatorRole on named resources",
        )
    if meant:
        return None
    if fault := fault_of_name(pattern):
        return Refusal(pattern, f"its plane is unknown: {fault.why}", fault.remedy)
    return None


# AWS managed policies for the runtime of an application that touch neither Bedrock nor IAM.
# Source: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
HARMLESS_POLICIES = frozenset(
    {
        "service-role/AWSLambdaBasicExecutionRole",
        "service-role/AWSLambdaVPCAccessExecutionRole",
        "service-role/AWSLambdaSQSQueueExecutionRole",
        "service-role/AmazonECSTaskExecutionRolePolicy",
        "AmazonSSMManagedInstanceCore",
        "AWSXRayDaemonWriteAccess",
        "CloudWatchAgentServerPolicy",
        "CloudWatchLambdaInsightsExecutionRolePolicy",
    }
)


# The account part of a policy of AWS is `aws`; the CDK writes the partition as a token.
_AWS_POLICY = re.compile(r"arn:(?:[a-z-]+|\$\{Token\[[^]]*\]\}):iam::aws:policy/(.+)")


def harmless_policy(arn: str) -> str | None:
    """Return the name of an AWS managed policy for the runtime of an application, ``None`` for any other.

    A policy of that name in another account is not AWS's.
    """
    found = _AWS_POLICY.fullmatch(arn)
    return found[1] if found and found[1] in HARMLESS_POLICIES else None


def refuse(path: str, statement: Mapping[str, Any], limits: RoleLimits) -> None:
    """Raise :class:`PlanesError` when an app role may not hold the statement."""
    found = refusals(statement, limits)
    if found:
        raise PlanesError("; ".join(refusal.message(path) for refusal in found))


def check_document(
    path: str, document: aws_iam.PolicyDocument, limits: RoleLimits, type_wide: Collection[str] = ()
) -> None:
    """Refuse a document that has a statement which an app role may not hold."""
    # The CDK renders a document without statements (a default policy a moment after its birth) as nothing.
    for statement in (document.to_json() or {}).get("Statement", ()):
        refuse(path, statement, limits)
        check_scope(path, statement, type_wide)


def check_managed(
    path: str, policy: aws_iam.IManagedPolicy, limits: RoleLimits, type_wide: Collection[str] = ()
) -> None:
    """Check a managed policy of this app by its content, an AWS managed policy by its name."""
    if isinstance(policy, aws_iam.ManagedPolicy):
        check_document(path, policy.document, limits, type_wide)
        return
    arn = policy.managed_policy_arn
    if harmless_policy(arn) is not None:
        return
    name = arn.partition(":policy/")[2]
    shown = name if name and not is_token(name) else "a policy from elsewhere"
    raise PlanesError(
        f"the app role `{path}` can't take the managed policy `{shown}`: what it allows can't be seen here, "
        "or is more than an application needs; write the statements that it needs with `add_to_policy`, or "
        "use a grant"
    )
