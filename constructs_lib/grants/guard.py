"""What a role of a given kind may not hold, decided on a statement as IAM's JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from constructs_lib import catalogue
from constructs_lib.catalogue import Plane
from constructs_lib.catalogue.verbs import inner_call_actions
from constructs_lib.iam import expand, matches

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["NO_LIMITS", "Refusal", "RoleLimits", "as_list", "refusals"]

# Reading IAM tells an application nothing that it could use to gain rights; all else can change who may do
# what.
_HARMLESS_IAM = ("iam:get", "iam:list", "iam:simulate")
_ROLE_TAKING = frozenset({"sts:assumerole", "sts:assumeroot"})


@dataclass(frozen=True, slots=True)
class RoleLimits:
    """What one app role holds less than any app role may.

    ``families`` are the only families of Bedrock that it uses (``None``: all of the data plane).
    ``guardrail`` is true when its model calls must name a guardrail, which those that AWS makes inside other
    calls don't. ``regions`` are the only Regions that may answer it (``None``: all).
    """

    families: frozenset[str] | None = None
    guardrail: bool = False
    regions: frozenset[str] | None = None


NO_LIMITS = RoleLimits()


@dataclass(frozen=True, slots=True)
class Refusal:
    """One action that a role may not hold, why, and what to do instead."""

    action: str
    why: str
    remedy: str

    def message(self, role: str) -> str:
        """Return the sentence for the user, with the role's path in it."""
        return f"the app role `{role}` can't hold `{self.action}`: {self.why}; {self.remedy}"


def as_list(value: Any) -> list[Any]:
    """Return IAM's scalar-or-list as a list."""
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]


def refusals(statement: Mapping[str, Any], limits: RoleLimits = NO_LIMITS) -> list[Refusal]:
    """Return what an app role may not hold of one Allow statement; a Deny statement is never refused.

    An action that is not text yet (a token) is left to the check of the finished template.
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
    if "${Token[" in pattern:
        return None
    service, _, name = pattern.lower().partition(":")
    if service == "iam" and not pattern.lower().startswith(_HARMLESS_IAM):
        return Refusal(pattern, "it changes or passes IAM roles and policies", "leave IAM to a DeployRole")
    if service == "sts" and any(_matches(name, taken) for taken in _ROLE_TAKING):
        return _assume(pattern, resources)
    if ("*" in service or "?" in service) and service:
        return _bedrock(pattern) or Refusal(
            pattern,
            "its service is a wildcard, and IAM documents wildcards in the action's name only",
            "name the service and the action",
        )
    return _bedrock(pattern) or _beyond(pattern, resources, limits)


def _beyond(pattern: str, resources: Sequence[Any], limits: RoleLimits) -> Refusal | None:
    """Refuse what the limits of this one role leave out."""
    meant = [catalogue.actions()[name] for name in expand(pattern)]
    if not meant or limits == NO_LIMITS:
        return None
    outside = [a for a in meant if limits.families is not None and a.family not in limits.families]
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
        if len(parts) != 6 or parts[3] in limits.regions or "${" in parts[3]:
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
    service = pattern.lower().partition(":")[0]
    if service in catalogue.prefixes():
        return Refusal(
            pattern,
            "the catalogue knows no such action, so its plane is unknown",
            "correct the name or use a grant of this library",
        )
    if service in catalogue.client_names():
        name = pattern.partition(":")[2]
        return Refusal(
            pattern, f"`{service}` is a client and no IAM prefix", f"write `bedrock:{name}` or use a grant"
        )
    return None
