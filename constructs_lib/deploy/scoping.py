"""Hold an action to the ARNs that it is called with."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from constructs_lib import catalogue
from constructs_lib.deploy.values import ANY, leaves

if TYPE_CHECKING:
    from constructs_lib.catalogue import CalledAction
    from constructs_lib.deploy.values import Deployed, Item

__all__ = ["NO_ID", "ONLY_OTHERS", "STAR_ONLY", "UNKNOWN_ACTION", "scope"]

STAR_ONLY: Final = "IAM takes only *"
NO_ID: Final = "no id is known before it is made, so everything of its kind"
UNKNOWN_ACTION: Final = (
    "the action is newer than the service authorization reference, which would say what it takes"
)
ONLY_OTHERS: Final = "IAM knows no ARN of what it makes"
_MAKING: Final = ("Allocate", "Create", "Import", "Register", "Request", "Run", "Start")
_VARIABLE: Final = re.compile(r"\$\{[^}]*\}")
_TAGS: Final = re.compile(r"[\w-]+:(?:Tag|Untag|ListTags|AddTags|RemoveTags)")
_IMAGE: Final = re.compile(r"([\d*]+)\.dkr\.ecr\.([^.]+)\.[^/]+/([^:@]+)")
_MOST_KINDS: Final = 3
"""More kinds of resources than this are written as everything of the service in the account and Region."""


def scope(action: CalledAction, item: Item) -> tuple[tuple[str, ...], str]:
    """Return the resources of a statement for an action that one resource needs, and why it is not narrower.

    The ARNs are of the resource itself and of what it is a setting of; else of what its properties refer to;
    else everything of the kinds that the action takes.
    """
    formats = [*action.required, *action.optional]
    if not formats:
        return (ANY,), STAR_ONLY if action.access else UNKNOWN_ACTION
    own = item.changes()
    tagged = _tagged_itself(action, item)
    if tagged:
        formats = tagged
    found: list[str] = []
    wide: list[str] = []
    for form in formats:
        matched = _matching(form, own) or ([] if tagged else _matching(form, _referred(item)))
        found += matched
        if not matched and form in action.required:
            wide.append(form)
    kind = item.type.rpartition("::")[2].lower()
    for form in _documented_beyond(action.name):
        found += _matching(form, own) or (_kinds([form], item.at) if _head(form)[1] == f"{kind}/" else [])
    if not action.required and _makes_another_kind(action, item):
        # What is made has no ARN that IAM checks, and the others are checked only where the call has them.
        return (ANY,), ONLY_OTHERS
    if not found and not wide:
        wide = tagged or list(action.optional)
    found += _kinds(wide, item.at)
    if tagged:
        # Tags that are given with the creation are checked before the id is known, on `KIND/*`.
        found = [re.sub(r"(?:/\*)+$", "/*", arn) for arn in found]
    arns = tuple(sorted(dict.fromkeys(found)))
    named_any = [arn for arn in arns if _is_whole_kind(arn)]
    return arns, NO_ID if wide or named_any else ""


@cache
def _documented_beyond(action: str) -> tuple[str, ...]:
    """Return the ARNs that AWS documents for an action and the service authorization reference lacks."""
    types = catalogue.resource_types()
    return tuple(
        arn
        for one in catalogue.decisions()
        if one.kind == "beyond" and one.subject == action and one.value in types
        for arn in types[one.value].arns
    )


def _makes_another_kind(action: CalledAction, item: Item) -> bool:
    """Whether an action makes the resource, of which the kinds of resources that it may take are none."""
    if "Tagging" in action.access or not action.name.partition(":")[2].startswith(_MAKING):
        return False
    kind = item.type.rpartition("::")[2].lower()
    heads = {_letters(form) for form in action.optional}
    # Several forms of one kind, as of load balancers, are one that every call has.
    return kind not in heads and not (len(heads) == 1 < len(action.optional))


def _tagged_itself(action: CalledAction, item: Item) -> list[str]:
    """Return the ARN of the resource's own kind for an action on its tags, if one is of that kind.

    What it refers to isn't tagged, as the function of an event source mapping isn't. In Amazon EC2 what is
    made along with it is: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html
    """
    if not _TAGS.match(action.name) or action.name.startswith("ec2:"):
        return []
    kind = item.type.rpartition("::")[2].lower()
    return [form for form in (*action.required, *action.optional) if _letters(form) == kind]


def _letters(form: str) -> str:
    """Return the kind of an ARN in the letters of a type's name."""
    return re.sub(r"[^a-z]", "", re.split(r"[/:]", _head(form)[1])[0].lower())


def _is_whole_kind(arn: str) -> bool:
    parts = arn.split(":", 5)
    name = parts[5] if len(parts) == 6 else arn
    return name == ANY or (
        name.endswith((":*", "/*")) and "*" not in name[:-1] and name.count("/") + name.count(":") == 1
    )


def _head(form: str) -> tuple[str, str, str]:
    """Return the service, and what is before and after the first variable of the resource part."""
    parts = form.split(":", 5)
    if len(parts) < 6:
        return "", form, ""
    resource = parts[5]
    match = _VARIABLE.search(resource)
    if match is None:
        return parts[2], resource, ""
    return parts[2], resource[: match.start()], resource[match.end() :]


def _matching(form: str, arns: tuple[str, ...]) -> list[str]:
    """Return those of the ARNs that have the form of a resource type, with what follows in it."""
    service, head, rest = _head(form)
    found = []
    for arn in arns:
        parts = arn.split(":", 5)
        if len(parts) < 6 or parts[2] != service or not parts[5].startswith(head):
            continue
        if not head and ":" in parts[5] and service not in {"s3", "sns", "sqs"}:
            continue
        below = _VARIABLE.sub("*", rest)
        if service == "s3" and head == "" and rest == "":
            found.append(arn.partition("/")[0])
        elif not below or arn.endswith("*"):
            found.append(arn)
        elif "/" not in parts[5].removeprefix(head) or service != "s3":
            found.append(re.sub(r"\*{2,}", "*", arn + below))
        else:
            found.append(arn)
        if service == "logs" and head == "log-group:" and not below and not arn.endswith("*"):
            # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html
            found.append(f"{arn}:*")
        if service == "lambda" and head == "function:" and not arn.endswith("*"):
            found.append(f"{arn}:*")
    return found


def _referred(item: Item) -> tuple[str, ...]:
    """Return the ARNs of what the properties of a resource refer to: by reference, by ARN, as an image."""
    found: list[str] = []
    for _, node in leaves(item.properties):
        target = item.at.target(node)
        if target is not None and target is not item:
            found += target.arns()
        elif isinstance(node, (str, dict)):
            for text in item.at.texts(node):
                if match := _IMAGE.match(text):
                    account, region, name = match.groups()
                    found.append(f"arn:{item.at.partition}:ecr:{region}:{account}:repository/{name}")
                elif text.startswith("arn:") and len(text.split(":", 5)) == 6:
                    found.append(text)
    return tuple(dict.fromkeys(found))


def _kinds(forms: list[str], at: Deployed) -> list[str]:
    """Return everything of some kinds of resources in the account and Region."""
    filled = []
    for form in forms:
        text = form.replace("${Partition}", at.partition).replace("${Region}", at.region)
        filled.append(re.sub(r"\*{2,}", "*", _VARIABLE.sub("*", text.replace("${Account}", at.account))))
    filled = list(dict.fromkeys(filled))
    if len(filled) <= _MOST_KINDS:
        return filled
    heads = dict.fromkeys(":".join(arn.split(":", 5)[:5]) + ":*" for arn in filled)
    return list(heads)
