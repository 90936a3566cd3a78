"""Read account exports: the output of ``aws iam get-account-authorization-details``.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
An export lists users, groups, roles and managed policies. The API URL-encodes policy documents, the command
line decodes them; both forms are read, and so are several pages in one list.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from constructs_lib.iam import UNRESOLVED, DocumentError, Origin, Policy, parse_document
from constructs_lib.templates.faults import one_line
from constructs_lib.templates.model import Incomplete
from constructs_lib.templates.principals import (
    CustomerPolicies,
    CustomerPolicy,
    Draft,
    aws_managed,
    is_aws_managed,
)
from constructs_lib.templates.scope import mapping

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from constructs_lib.templates.model import Principal, PrincipalType

__all__ = ["is_account_export", "read_accounts"]

_LISTS: Final = ("UserDetailList", "GroupDetailList", "RoleDetailList")


@dataclass(frozen=True, slots=True)
class _Section:
    """One list of an export, and the names of its entries' properties."""

    name: str
    kind: PrincipalType
    name_key: str
    inline_key: str


_SECTIONS: Final = (
    _Section("UserDetailList", "user", "UserName", "UserPolicyList"),
    _Section("GroupDetailList", "group", "GroupName", "GroupPolicyList"),
    _Section("RoleDetailList", "role", "RoleName", "RolePolicyList"),
)


def is_account_export(value: object) -> bool:
    """Whether a decoded value is an account export, or a list of its pages."""
    if isinstance(value, list):
        return bool(value) and all(is_account_export(page) for page in value)
    return isinstance(value, dict) and any(isinstance(value.get(name), list) for name in _LISTS)


@dataclass(slots=True)
class _Reader:
    customer: CustomerPolicies = field(default_factory=CustomerPolicies)
    drafts: list[Draft] = field(default_factory=list)
    groups: dict[tuple[str, str], Draft] = field(default_factory=dict)  # (account, name)

    def policies(self, path: str, value: Any) -> None:
        """Add the customer managed policies, and the attached AWS managed ones, which are listed too."""
        for page, base in _pages(value):
            for item, where in _entries(page, "Policies", base):
                arn = item.get("Arn")
                versions = list(_entries(item, "PolicyVersionList", where))
                default = _default_version(versions, item.get("DefaultVersionId"))
                if not isinstance(arn, str) or default is None:
                    continue
                name = str(item.get("PolicyName", arn.rpartition("/")[2]))
                policy, incomplete = _document(
                    default[0].get("Document"), name, path, f"{default[1]}/Document"
                )
                self.customer.add(arn, CustomerPolicy(policy, incomplete, None, None, name))

    def principals(self, path: str, value: Any) -> None:
        for page, base in _pages(value):
            for section in _SECTIONS:
                for item, where in _entries(page, section.name, base):
                    self._principal(path, item, where, section)

    def _principal(self, path: str, item: dict[str, Any], where: str, section: _Section) -> None:
        name, arn = str(item.get(section.name_key, "")), str(item.get("Arn", UNRESOLVED))
        draft = Draft(
            id=f"{path}#{arn}",
            name=name,
            type=section.kind,
            arn=arn,
            origin=Origin(path, where),
            environment=f"{_account(arn)}/unknown" if _account(arn) else "unknown",
            tags=_tags(item),
        )
        for inline, at in _entries(item, section.inline_key, where):
            inline_name = str(inline.get("PolicyName", ""))
            draft.add(*_document(inline.get("PolicyDocument"), inline_name, path, f"{at}/PolicyDocument"))
        for attached, at in _entries(item, "AttachedManagedPolicies", where):
            self._attach(draft, str(attached.get("PolicyArn", "")), Origin(path, at))
        if section.kind == "role" and "AssumeRolePolicyDocument" in item:
            at = f"{where}/AssumeRolePolicyDocument"
            draft.trust, open_ = _document(item["AssumeRolePolicyDocument"], "trust", path, at)
            draft.note(open_)
        boundary = mapping(item.get("PermissionsBoundary")).get("PermissionsBoundaryArn")
        if isinstance(boundary, str):
            self._bound(draft, boundary, Origin(path, f"{where}/PermissionsBoundary"))
        groups = item.get("GroupList")
        draft.groups = [str(group) for group in groups] if isinstance(groups, list) else []
        if section.kind == "group":
            self.groups[_account(arn), name] = draft
        self.drafts.append(draft)

    def _managed(self, arn: str, origin: Origin) -> tuple[Policy | None, list[Incomplete]]:
        found = self.customer.find(arn)
        if found is not None:
            found.used = True
            return found.policy, found.incomplete
        if is_aws_managed(arn):
            return aws_managed(arn, origin)
        why = f"managed policy `{arn[:200]}` is not in the export; export with every --filter"
        return None, [Incomplete(origin.pointer, why)]

    def _attach(self, draft: Draft, arn: str, origin: Origin) -> None:
        policy, incomplete = self._managed(arn, origin)
        if policy is not None:
            draft.add(policy, incomplete)
        else:
            draft.note(incomplete)

    def _bound(self, draft: Draft, arn: str, origin: Origin) -> None:
        policy, incomplete = self._managed(arn, origin)
        draft.note([Incomplete(item.pointer, f"permissions boundary: {item.why}") for item in incomplete])
        if policy is not None or not incomplete:
            # As a boundary, an AWS managed policy that doesn't touch Bedrock allows nothing of it.
            draft.boundary = policy or Policy("harmless", (), origin)
        else:
            draft.unread_boundary = arn[:200]

    def note_missing_pages(self, path: str, value: Any) -> None:
        """Mark the principals of a file as incomplete if pages of the export were not given."""
        why = "the export continues after this page; export without `--max-items`, or give all pages together"
        for page, base in _pages(value):
            if page.get("IsTruncated") is True:
                for draft in self.drafts:
                    if draft.origin.path == path and draft.origin.pointer.startswith(f"{base}/"):
                        draft.note([Incomplete(f"{base}/IsTruncated", why)])

    def unattached(self, path: str) -> None:
        """Add a principal for each customer managed policy of a file that is attached to nothing."""
        for managed in self.customer.entries:
            if managed.used or is_aws_managed(managed.arns[0]) or managed.policy.origin.path != path:
                continue
            name = f"unattached:{managed.logical_id}"
            draft = Draft(f"{path}#{name}", name, "unattached", managed.arns[0], managed.policy.origin)
            draft.add(managed.policy, managed.incomplete)
            self.drafts.append(draft)

    def finish(self) -> Iterator[Principal]:
        for draft in self.drafts:
            for name in draft.groups:
                group = self.groups.get((_account(draft.arn), name))
                if group is None:
                    draft.note([Incomplete(draft.origin.pointer, f"group `{name}` is not in the export")])
                    continue
                for policy in group.policies:
                    draft.add(policy, [])
                draft.note(group.incomplete)
            yield draft.principal()


def _default_version(
    versions: list[tuple[dict[str, Any], str]], named: object
) -> tuple[dict[str, Any], str] | None:
    """Return the version of a policy that is in force; exports may have only one of the two marks of it.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_ManagedPolicyDetail.html
    """
    marks = (
        lambda entry: named is not None and entry.get("VersionId") == named,
        lambda entry: entry.get("IsDefaultVersion") is True,
        lambda entry: True,  # noqa: ARG005 - the first of several without a mark
    )
    return next((item for mark in marks for item in versions if mark(item[0])), None)


def _account(arn: str) -> str:
    parts = arn.split(":")
    return parts[4] if len(parts) > 5 else ""


def _pages(value: Any) -> list[tuple[dict[str, Any], str]]:
    if isinstance(value, list):
        return [(mapping(page), f"/{index}") for index, page in enumerate(value)]
    return [(mapping(value), "")]


def _entries(node: dict[str, Any], name: str, base: str) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield the objects of a list with their pointers; AWS's example writes a list of one as an object."""
    items = node.get(name)
    if isinstance(items, dict):
        yield items, f"{base}/{name}"
        return
    for index, item in enumerate(items if isinstance(items, list) else []):
        if isinstance(item, dict):
            yield item, f"{base}/{name}/{index}"


def _tags(item: dict[str, Any]) -> dict[str, str]:
    tags = item.get("Tags")
    pairs = [mapping(tag) for tag in tags] if isinstance(tags, list) else []
    return {str(tag["Key"]): str(tag.get("Value", "")) for tag in pairs if "Key" in tag}


def _document(node: Any, name: str, path: str, pointer: str) -> tuple[Policy, list[Incomplete]]:
    """Read a policy document of an export; if it isn't valid, its principal is incomplete."""
    if isinstance(node, str) and node.lstrip()[:1] == "%":
        node = unquote(node)
    try:
        return parse_document(node, name=name, path=path, pointer=pointer), []
    except DocumentError as error:
        empty = Policy(name, (), Origin(path, pointer))
        return empty, [Incomplete(error.pointer, one_line(f"{error.what}; {error.remedy}"))]


def read_accounts(files: Iterable[tuple[str, Any]]) -> list[Principal]:
    """Return the principals of account exports; the pages of one account may be in several files.

    Args:
        files: (path, decoded value) of each file.

    """
    reader = _Reader()
    listed = list(files)
    for path, value in listed:
        reader.policies(path, value)
    for path, value in listed:
        reader.principals(path, value)
    for path, _ in listed:
        reader.unattached(path)
    # The last page of an export says that it is the last; without one, pages are missing.
    if all(page.get("IsTruncated") is True for _, value in listed for page, _ in _pages(value)):
        for path, value in listed:
            reader.note_missing_pages(path, value)
    return list(reader.finish())
