"""The parts of the graph of roles: principals, and the functions that run as them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from constructs_lib.review.wording import principal_label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.iam import ForeignGrant, Origin, Policy
    from constructs_lib.review.model import Verdict
    from constructs_lib.templates import Kind, Principal, Resource

__all__ = ["Function", "Node", "functions_of"]


class Node(NamedTuple):
    """A principal as the rules over the whole run use it, small enough to be sent between processes.

    Attributes:
        principal: The principal, without its policies.
        kind: What the principal is for.
        verdict: The plane that its permissions are on.
        data: Whether it holds data actions.
        control_write: Whether it holds control writes.
        held: The set of its data actions and control writes.
        permissions: The statements that can lead it to another principal.
        administrator: Where it is allowed everything, ``None`` unless it is a full administrator.

    """

    principal: Principal
    kind: Kind
    verdict: Verdict
    data: bool
    control_write: bool
    held: int
    permissions: tuple[ForeignGrant, ...]
    administrator: Origin | None

    @property
    def id(self) -> str:
        """The principal's id."""
        return self.principal.id

    @property
    def name(self) -> str:
        """The principal's name."""
        return self.principal.name

    @property
    def label(self) -> str:
        """The principal as messages name it."""
        return principal_label(self.principal.type, self.principal.name)

    @property
    def origin(self) -> Origin:
        """Where the principal is defined."""
        return self.principal.origin

    @property
    def arn(self) -> str:
        """The principal's ARN."""
        return self.principal.arn

    @property
    def environment(self) -> str:
        """Account and Region as far as known."""
        return self.principal.environment

    @property
    def trust(self) -> Policy | None:
        """The assume-role policy."""
        return self.principal.trust

    @property
    def conditional(self) -> bool:
        """Whether it exists only under a condition of the template."""
        return self.principal.conditional


class Function(NamedTuple):
    """A Lambda function of the input and a role that it runs as. ``path`` is its template's."""

    name: str
    arn: str
    role: str
    path: str
    conditional: bool


def functions_of(resource: Resource) -> Iterator[Function]:
    """Yield a Lambda function with each role that it may have."""
    if resource.type not in {"AWS::Lambda::Function", "AWS::Serverless::Function"}:
        return
    roles = resource.properties.get("Role")
    for role in roles if isinstance(roles, list) else [roles]:
        if isinstance(role, str) and role.startswith("arn:"):
            arn = str(resource.properties.get("Arn", ""))
            yield Function(resource.logical_id, arn, role, resource.origin.path, resource.conditional)
