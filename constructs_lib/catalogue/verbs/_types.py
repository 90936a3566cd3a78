"""The values of the grants table, frozen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Effect", "GrantPart", "GrantStatement", "GrantVerb", "Target", "When"]

Effect = Literal["Allow", "Deny"]


@dataclass(frozen=True, slots=True)
class When:
    """A condition whose value the caller gives: ``argument`` names it, and without it there is no condition.

    ``always`` is a fixed value instead.
    """

    operator: str
    key: str
    argument: str = ""
    always: str = ""


@dataclass(frozen=True, slots=True)
class GrantPart:
    """Named actions on one kind of target.

    ``target`` names the argument that carries the ARNs (``model``, ``knowledge_base``, ``agent_alias``,
    ``guardrail``), or is ``None`` for actions that have no resource type, which IAM takes on ``*`` only.
    ``streaming`` lists what a streaming call needs beside ``actions``, on the same ARNs. An ``optional`` part
    is given only when the caller passes its target. ``when`` are conditions of every statement of the part.
    """

    actions: tuple[str, ...]
    target: str | None
    streaming: tuple[str, ...] = ()
    optional: bool = False
    when: tuple[When, ...] = ()
    effect: Effect = "Allow"


@dataclass(frozen=True, slots=True)
class GrantVerb:
    """What one grant gives, and the AWS page that says so.

    ``kinds`` are the kinds of model that the verb takes (``foundation-model``), empty for all.
    ``inner_calls`` is true when AWS makes model calls of its own on the caller's behalf: they carry no
    guardrail, so a role that must use one can't hold the verb.
    """

    name: str
    family: str
    parts: tuple[GrantPart, ...]
    source: str
    summary: str = ""
    kinds: tuple[str, ...] = ()
    inner_calls: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """ARNs that are granted together, with the ``Condition`` block that they need.

    ``instead`` maps an action of the table to the one that this target needs in its place: behind a
    Marketplace endpoint stands an endpoint of Amazon SageMaker AI.
    """

    arns: tuple[str, ...]
    conditions: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    instead: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class GrantStatement:
    """One statement; conditions map an operator to keys and values (a text, or several as a tuple)."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: Mapping[str, Mapping[str, str | tuple[str, ...]]]
    effect: Effect = "Allow"
