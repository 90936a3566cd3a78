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
    """A condition of a part's statements.

    Attributes:
        operator: The IAM condition operator.
        key: The condition key.
        argument: The caller's argument that holds the value; without a value there is no condition.
        always: A fixed value instead of the caller's.

    """

    operator: str
    key: str
    argument: str = ""
    always: str = ""


@dataclass(frozen=True, slots=True)
class GrantPart:
    """Named actions on one kind of target.

    Attributes:
        actions: The IAM actions.
        target: The argument that holds the ARNs (``model``, ``project``, ``knowledge_base``, ``agent_alias``,
            ``guardrail``), or ``None`` for actions without a resource type, which IAM accepts on ``*`` only.
        streaming: What a streaming call needs in addition to ``actions``, on the same ARNs.
        optional: Whether the part is granted only when the caller passes its target.
        when: The conditions of every statement of the part.
        effect: ``Allow`` or ``Deny``.

    """

    actions: tuple[str, ...]
    target: str | None
    streaming: tuple[str, ...] = ()
    optional: bool = False
    when: tuple[When, ...] = ()
    effect: Effect = "Allow"


@dataclass(frozen=True, slots=True)
class GrantVerb:
    """What one grant allows, and the AWS page that says so.

    Attributes:
        name: The name of the verb, which is the name of its method in the facade.
        family: The family of its actions.
        parts: The actions and what they are granted on.
        source: The AWS page.
        summary: What the verb allows, for the page of the grants.
        kinds: The kinds of model that the verb accepts (``foundation-model``), empty for all.
        inner_calls: Whether AWS makes model calls of its own on the caller's behalf. They carry no
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

    Attributes:
        arns: The ARNs.
        conditions: Condition operators, each with its keys and values.
        instead: Pairs of an action of the table and the action that this target needs in its place: a call
            of a Marketplace endpoint also invokes an endpoint of Amazon SageMaker AI.

    """

    arns: tuple[str, ...]
    conditions: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    instead: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class GrantStatement:
    """One statement; ``conditions`` maps an operator to keys and values (a string, or a tuple of several)."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: Mapping[str, Mapping[str, str | tuple[str, ...]]]
    effect: Effect = "Allow"
