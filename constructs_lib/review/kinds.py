"""What a principal is for: from the configuration, from our own mark, or from its trust."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.review.config import matches_principal

if TYPE_CHECKING:
    from constructs_lib.iam import Statement
    from constructs_lib.review.config import Config
    from constructs_lib.templates import Kind, Principal

__all__ = ["bedrock_services", "kind_of"]


def bedrock_services(statement: Statement) -> tuple[str, ...]:
    """Return the Bedrock service principals of a trust statement (``bedrock.amazonaws.com``)."""
    return tuple(
        value
        for kind, value in statement.principals or ()
        if kind == "Service" and value.lower().partition(".")[0] in _SERVICES
    )


_SERVICES = frozenset({"bedrock", "bedrock-agentcore", "bedrock-mantle", "bedrock-agent", "bedrock-runtime"})


def kind_of(principal: Principal, config: Config | None) -> Kind:
    """Return the kind: from the configuration, which the reviewer wrote, else the mark, else the trust."""
    for kind, pattern in config.kinds if config else ():
        if matches_principal(pattern, principal):
            return kind
    if principal.mark is not None:
        return principal.mark
    trust = principal.trust
    if trust is not None and any(bedrock_services(s) for s in trust.statements if s.effect == "Allow"):
        return "service"
    return "unknown"
