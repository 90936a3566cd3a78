"""The faults of a Bedrock ARN pattern that no resource can have.

Facts: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html for the parts of an ARN,
https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html for the ids of profiles.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from constructs_lib import catalogue
from constructs_lib.iam import UNRESOLVED, remembered, types_of, without_variables
from constructs_lib.review.wording import listing, shown

__all__ = ["ArnFault", "arn_fault"]

_OPEN = re.compile(rf"[*?{UNRESOLVED}]|\$\{{")
_PARTITIONS = {
    "aws": r"(?!cn-|us-gov-|us-iso|eu-iso|eusc-)",
    "aws-cn": "cn-",
    "aws-us-gov": "us-gov-",
    "aws-iso": "us-iso-",
    "aws-iso-b": "us-isob-",
    "aws-iso-e": "eu-isoe-",
    "aws-iso-f": "us-isof-",
    "aws-eusc": "eusc-",
}
_MANAGED_TOOLS = frozenset({"browser", "code-interpreter"})
_REGION = re.compile(
    r"(?:af|ap|ca|cn|eu|eu-isoe|eusc|il|me|mx|sa|us|us-gov|us-iso|us-isob|us-isof)"
    r"-(?:north|south|east|west|central|northeast|northwest|southeast|southwest|de-east)-[1-9]"
)
_ACCOUNT = re.compile(r"\d{12}|aws")
# What tutorials write where the reader's own value belongs: `<region>`, `{account}`, `ACCOUNT_ID`.
_PLACEHOLDER = re.compile(
    r"[<>{}\[\]()%#$]|your|region|account|partition|placeholder|example|change.?me|x{3,}", re.IGNORECASE
)
# `${...}` that is none of IAM's own variables, which have a key or one of three characters in the braces:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
# CloudFormation replaces its own in `Fn::Sub` only, so one that is left is literal text for IAM:
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html
_UNSUBSTITUTED = re.compile(r"\$\{(?![*?$]\}|[\w.-]+:[^:{}]|Token\[)[^}]*\}?")
_FILL_IN = {
    "partition": "write the partition, such as `aws`, instead of `{}`",
    "region": "write a Region, such as `us-east-1`, instead of `{}`",
    "account": "write the account's 12 digits instead of `{}`",
}


class ArnFault(NamedTuple):
    """Why a pattern matches nothing, and what to write instead.

    Attributes:
        why: The fault, as a clause.
        remedy: What to write, as a clause.
        is_placeholder: Whether the fault is a placeholder that nothing fills in.
        is_in_guides: Whether AWS's own guides print the ARN.

    """

    why: str
    remedy: str
    is_placeholder: bool = False
    is_in_guides: bool = False


@remembered(4096)
def arn_fault(arn: str) -> ArnFault | None:
    """Return the fault of a Bedrock ARN pattern, ``None`` without one and for ARNs of other services."""
    if "${" in arn:
        if left := _UNSUBSTITUTED.findall(arn):
            return _unsubstituted(arn, left)
        return _fault(without_variables(arn))
    return _fault(arn)


def _fault(arn: str) -> ArnFault | None:
    """Find the fault of a pattern in which IAM's own variables are open parts."""
    parts = arn.split(":", 5)
    if parts[0].strip() != "arn" or len(parts) < 3 or not parts[2].strip().startswith("bedrock"):
        return None
    if arn.split() != [arn]:
        return ArnFault("it contains white space", f"write `{''.join(arn.split())}`")
    if parts[2] in catalogue.client_names():
        service = "bedrock-agentcore" if "agentcore" in parts[2] else "bedrock"
        return ArnFault(
            f"`{parts[2]}` is the name of an SDK client, not of a service",
            f"write `{service}` instead of `{parts[2]}`",
        )
    if len(parts) < 6:
        if _OPEN.search(arn):
            return None
        return ArnFault(
            "an ARN has six parts, separated by colons",
            "write `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`",
        )
    return (
        _placeholder_fault(parts)
        or _nested_fault(parts)
        or _place_fault(parts)
        or _model_fault(parts)
        or _shape_fault(arn, parts)
    )


def _unsubstituted(arn: str, left: list[str]) -> ArnFault | None:
    service = _UNSUBSTITUTED.sub("*", arn).split(":", 3)[2:3]
    if not service or not service[0].strip().startswith("bedrock"):
        return None
    noun = "is a placeholder" if len(set(left)) == 1 else "are placeholders"
    return ArnFault(
        f"{listing(dict.fromkeys(left))} {noun} that nothing substitutes",
        "write the value, or put the text into `Fn::Sub` in a template",
        is_placeholder=True,
    )


def _is_model(parts: list[str]) -> bool:
    return parts[2] == "bedrock" and parts[5].startswith("foundation-model/")


def _placeholder_fault(parts: list[str]) -> ArnFault | None:
    """Find placeholders that nothing fills in; the account of a model's ARN is another fault."""
    if not _PLACEHOLDER.search(f"{parts[1]}:{parts[3]}:{parts[4]}"):
        return None
    segments = {"partition": parts[1], "region": parts[3], "account": "" if _is_model(parts) else parts[4]}
    known = {"partition": "|".join(_PARTITIONS), "region": _REGION.pattern, "account": _ACCOUNT.pattern}
    found = {
        kind: text
        for kind, text in segments.items()
        if _PLACEHOLDER.search(text) and not _OPEN.search(text) and not re.fullmatch(known[kind], text)
    }
    if not found:
        return None
    noun = "is a placeholder" if len(found) == 1 else "are placeholders"
    remedies = [_FILL_IN[kind].format(text) for kind, text in found.items()]
    return ArnFault(
        f"{listing(found.values())} {noun} that nothing fills in",
        ", and ".join(remedies),
        is_placeholder=True,
    )


def _nested_fault(parts: list[str]) -> ArnFault | None:
    """Find a whole ARN where the resource's id belongs, as `${Guardrail.GuardrailArn}` behind a type."""
    outer, found, inner = parts[5].partition("/arn:")
    if not found or inner.count(":") < 4:
        return None
    return ArnFault(
        f"a whole ARN is written where the id of `{outer}` belongs",
        f"write `{shown(f'arn:{inner}')}` alone, or the id alone behind `{outer}/`",
    )


def _place_fault(parts: list[str]) -> ArnFault | None:
    """Find a partition, Region or account that can't exist."""
    _, partition, _, region, account, _ = parts
    if not _OPEN.search(partition) and partition not in _PARTITIONS:
        known = ", ".join(f"`{name}`" for name in _PARTITIONS)
        return ArnFault(f"there is no partition `{partition}`", f"write one of {known}")
    if region and not _OPEN.search(region):
        if not _REGION.fullmatch(region):
            lower = region.lower()
            meant = f"`{lower}`" if _REGION.fullmatch(lower) else "a Region such as `us-east-1`"
            return ArnFault(f"`{region}` can't be the name of a Region", f"write {meant}")
        if partition in _PARTITIONS and not re.match(_PARTITIONS[partition], region):
            return ArnFault(
                f"Region `{region}` is not in partition `{partition}`", "correct the Region or the partition"
            )
    if account and not _OPEN.search(account) and not _ACCOUNT.fullmatch(account) and not _is_model(parts):
        return ArnFault(f"`{account}` can't be an account's id", "write the account's 12 digits")
    return None


def _model_fault(parts: list[str]) -> ArnFault | None:
    """Find an account in a foundation model's ARN, and a profile's id in place of a model's."""
    _, partition, _, region, account, resource = parts
    if not _is_model(parts):
        return None
    model = resource.removeprefix("foundation-model/")
    geography, dot, behind = model.partition(".")
    if dot and geography in catalogue.geographies():
        start = f"arn:{partition}:bedrock:{region or '*'}:"
        named = "inference profiles" if _OPEN.search(model) else "an inference profile"
        return ArnFault(
            f"`{model}` names {named}, not a model",
            f"write `{start}:foundation-model/{behind}` for the model, and "
            f"`{start}ACCOUNT:inference-profile/{model}` for the profile",
        )
    if account and not set(account) & set("*?"):
        named = f"`{account}`" if UNRESOLVED not in account else "one"
        return ArnFault(
            f"the ARN of a foundation model has no account, but this one has {named}",
            f"write `{':'.join((*parts[:4], '', resource))}`",
        )
    return None


def _shape_fault(arn: str, parts: list[str]) -> ArnFault | None:
    """Find a Region or account that is missing, or that the resource type does not have."""
    _, _, service, region, account, resource = parts
    if service not in _services():
        return None
    if (region or account) and (owned := _owned_by_aws(parts)):
        return ArnFault("the resource is AWS's own, without Region and account", f"write `{owned}`")
    if types_of(arn):
        return None
    meant = types_of(":".join((*parts[:3], "*", "*", resource)))
    if not meant:
        return None
    kind, _, tool = resource.partition("/")
    if service == "bedrock-agentcore" and kind in _MANAGED_TOOLS and not tool.strip("*"):
        # AWS's guides print this ARN: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/
        # code-interpreter-resource-session-management.html and browser-resource-session-management.html
        start = ":".join(parts[:4])
        return ArnFault(
            f"`{kind}` is the type of AWS's own tool, in the account `aws`",
            f"write `{start}:{account or 'ACCOUNT'}:{kind}-custom/ID` for a tool of your own, or "
            f"`{start}:aws:{kind}/*` for AWS's",
            is_in_guides=True,
        )
    formats = dict.fromkeys(catalogue.resource_types()[name].arns[0] for name in sorted(meant))
    return _misplaced(parts, tuple(formats))


def _misplaced(parts: list[str], formats: tuple[str, ...]) -> ArnFault:
    """Return the fault of an ARN whose resource is right and whose Region or account is not."""
    right = formats[0].split(":", 5)
    names = {
        3: ("Region", "REGION", "the Region's name"),
        4: ("account", "ACCOUNT", "the account's 12 digits"),
    }
    full, lacking, placeholders = [*parts], [], []
    for place, (noun, word, what) in names.items():
        is_ours = right[place].startswith("$")
        if not parts[place] and right[place]:
            lacking.append(f"the {noun}")
            placeholders += [f"{what} as `{word}`"] if is_ours else []
        full[place] = (parts[place] or word) if is_ours else right[place]
    remedy = f"write `{':'.join(full)}`"
    if lacking:
        why = f"{' and '.join(lacking)} {'is' if len(lacking) == 1 else 'are'} missing"
        return ArnFault(
            why, ", with ".join((remedy, *([" and ".join(placeholders)] if placeholders else [])))
        )
    if len(formats) > 1:
        remedy = f"write it as {listing(formats)}"
    return ArnFault("its Region or account does not fit the resource type", remedy)


def _owned_by_aws(parts: list[str]) -> str | None:
    """Return the ARN of a resource whose name tells that it is AWS's, where its Region or account is another.

    A name such as ``Builtin.Helpfulness`` can't be given to a resource of one's own.
    """
    _, partition, service, region, account, resource = parts
    if _OPEN.search(region) or _OPEN.search(account):
        return None
    for start in _owned_starts(service):
        if resource.startswith(start):
            return f"arn:{partition}:{service}:::{resource}"
    return None


@cache
def _owned_starts(service: str) -> tuple[str, ...]:
    """Return how the names of AWS's own resources begin, where a type has others beside them."""
    found = []
    for kind in catalogue.resource_types().values():
        arns = [arn.split(":", 5) for arn in kind.arns]
        heads = {arn[5].partition("${")[0] for arn in arns if arn[3]}
        found += [
            head
            for arn in arns
            if arn[2] == service and not arn[3] and (head := arn[5].partition("${")[0]) not in heads
            if any(head.startswith(other) for other in heads)
        ]
    return tuple(found)


@cache
def _services() -> frozenset[str]:
    return frozenset(catalogue.prefixes())
