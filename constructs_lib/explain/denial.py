"""AWS's sentence for a denied request, and the kind of policy that it blames.

The sentence is documented in
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html: who, which action, which
resource, and either `because no ... policy allows` (an implicit denial) or `with an explicit deny in ...`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

__all__ = ["Denial", "find_denial"]

_SENTENCE = re.compile(
    r"(?:(?:User|Role|Principal|Caller)?:? ?(?P<principal>arn:[\w-]+:(?:iam|sts)::[\w*.]*:[^\s,]+|\S+)? "
    r"(?:is|are) )?not authorized to perform:? (?:action:? )?\[?\"?'?(?P<action>[\w-]+:\w+)[^\s]*"
    r"(?:,? \w[\w-]*:\w+\]?)*"
    r"(?: on (?:the )?(?:resource|following resources?):? ?\[?\"?'?(?P<resource>[^\s\"'\]]+)[\"'\]]*)?",
    re.IGNORECASE,
)
_IMPLICIT = re.compile(
    r"because no (?P<type>identity-based|service control|resource control|resource-based|permissions "
    r"boundary|"
    r"permission boundary|VPC endpoint|session|role trust|trust) ?(?:policy|policies)?",
    re.IGNORECASE,
)
_EXPLICIT = re.compile(
    r"with an explicit deny(?: in (?:an?|the) (?P<type>identity-based|service control|resource control|"
    r"resource-based|permissions boundary|permission boundary|VPC endpoint|session|role trust|trust)"
    r" ?(?:policy|policies)?(?:: ?(?P<policy>arn:[^\s\"']+))?)?",
    re.IGNORECASE,
)
_TYPES = {
    "identity-based": "identity",
    "service control": "scp",
    "resource control": "rcp",
    "resource-based": "resource-policy",
    "permissions boundary": "boundary",
    "permission boundary": "boundary",
    "vpc endpoint": "endpoint-policy",
    "session": "session-policy",
    "role trust": "trust",
    "trust": "trust",
}


@dataclass(frozen=True, slots=True)
class Denial:
    """A denied request as AWS words it.

    Attributes:
        principal: The ARN of the caller, empty if the sentence has none.
        action: The IAM action.
        resource: The resource, empty if the sentence has none.
        blamed: ``identity``, ``scp``, ``rcp``, ``resource-policy``, ``boundary``, ``endpoint-policy``,
            ``session-policy``, ``trust``, or empty when the sentence blames none.
        explicit: Whether a Deny decided, rather than a missing Allow.
        policy: The ARN of the policy that denied, where AWS names it.

    """

    principal: str
    action: str
    resource: str
    blamed: str
    explicit: bool
    policy: str = ""


def find_denial(line: str) -> Denial | None:
    """Return the denial in a text of one line; ``None`` without one."""
    found, line = _sentence(line)
    if found is None:
        return None
    rest = line[found.end() :]
    implicit, explicit = _IMPLICIT.search(rest), _EXPLICIT.search(rest)
    blamed, is_explicit, policy = "", False, ""
    if explicit and (implicit is None or explicit.start() < implicit.start()):
        is_explicit = True
        blamed = _TYPES.get((explicit["type"] or "").lower(), "")
        policy = (explicit["policy"] or "").rstrip(".,;)")
    elif implicit:
        blamed = _TYPES[implicit["type"].lower()]
    principal = (found["principal"] or "").strip("'\":,")
    return Denial(
        principal if principal.startswith("arn:") else "",
        _action(found["action"]),
        (found["resource"] or "").rstrip(".,;)"),
        blamed,
        is_explicit,
        policy,
    )


def _sentence(line: str) -> tuple[re.Match[str] | None, str]:
    """Return the sentence, of several the first of Bedrock's, and the part of the line around it."""
    found, window = None, ""
    for start in islice(re.finditer("not authorized to perform", line, re.IGNORECASE), 20):
        # Nothing in the sentence is longer, and a long text without blanks must not take long.
        part = line[max(0, start.start() - 2200) : start.end() + 6000]
        match = _SENTENCE.search(part)
        if match is not None and (found is None or match["action"].lower().startswith("bedrock")):
            found, window = match, part
            if match["action"].lower().startswith("bedrock"):
                break
    return found, window


def _action(text: str) -> str:
    """Return an action in IAM's letter case for its prefix."""
    prefix, _, name = text.partition(":")
    return f"{prefix.lower()}:{name}"
