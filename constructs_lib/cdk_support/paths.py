"""The IAM paths of the roles that this library makes, by which the policies of others name them."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from constructs_lib.cdk_support.validation import check_length, check_pattern

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ROLE_PATHS", "check_path", "role_path"]

ROLE_PATHS: Mapping[str, str] = MappingProxyType(
    {kind: f"/bedrock-planes/{kind}/" for kind in ("app", "deploy", "operator", "service")}
)
"""By the kind of the role. Endpoint policies, service control policies and fences name all roles of a kind by
``arn:aws:iam::*:role/bedrock-planes/app/*``.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
"""


def role_path(kind: str, given: str | None, prop: str = "path") -> str:
    """Return the path that was given, or that of the kind of the role.

    Raises:
        PlanesError: It is no path, see :func:`check_path`.
    """
    check_path(prop, given)
    return ROLE_PATHS[kind] if given is None else given


def check_path(prop: str, value: str | None) -> None:
    """Raise :class:`PlanesError` unless the text is an IAM path of 512 characters at most; tokens pass.

    IAM takes every character from ``!`` to ``~`` in a path. Here it has those of a role's name only: ``*``
    and ``?`` would be wildcards, and ``${`` a variable, in each policy that names the role.
    Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html (Path)
    """
    check_length(prop, value, 1, 512)
    check_pattern(
        prop,
        value,
        r"/([A-Za-z0-9_+=,.@-]+/)*",
        "write an IAM path that begins and ends with `/`, such as `/team/chat/`, with letters, digits and "
        "`_+=,.@-` between the slashes",
    )
