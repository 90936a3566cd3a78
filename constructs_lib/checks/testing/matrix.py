"""The permission matrix: principals, actions and resources as a text whose differences are easy to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.checks.testing.subject import review_subject

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from constructs_lib.checks.testing.subject import Subject
    from constructs_lib.review import PrincipalReport
    from constructs_lib.templates import Kind

__all__ = ["permission_matrix"]


def permission_matrix(subject: Subject, *, kinds: Mapping[Kind, Iterable[str]] | None = None) -> str:
    """Return principals x families x actions x resources, one per line, in a stable order.

    Args:
        subject: A ``Template``, a stack, an app or stage, or a path.
        kinds: The kinds of principals, as in ``BedrockPlaneChecks``.

    Returns:
        Text for a snapshot. Principals that are fully known and have no Bedrock permission are omitted. ``?``
        is a part that is known after deployment only.

    Raises:
        AssertionError: An input could not be read.

    """
    reviewed = review_subject(subject, kinds=kinds)
    shown = [item for item in reviewed.principals if item.families or item.incomplete]
    blocks = ["\n".join(_block(item)) for item in sorted(shown, key=_order)]
    return "\n\n".join(blocks) + "\n" if blocks else "No principal touches Bedrock.\n"


def _order(principal: PrincipalReport) -> tuple[str, str]:
    return (principal.construct_path or principal.name, principal.id)


def _block(principal: PrincipalReport) -> Iterator[str]:
    name = principal.construct_path or principal.name
    yield f"{name}  kind: {principal.kind}  verdict: {principal.verdict}"
    for family, use in principal.families.items():
        yield f"  {family} ({use.plane})"
        yield from (f"    {action}" for action in use.actions)
        yield from (f"    on {resource}" for resource in use.resources)
    if principal.incomplete:
        yield "  unknown"
        yield from (f"    {why}" for why in sorted({item.why for item in principal.incomplete}))
