"""Render what a deployment does to resources: as values, as lines, as a part of a Markdown comment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.inert import markdown_code, one_line
from constructs_lib.review.diff.guardrail_versions import version_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.review.diff.resources import OutputChange, ResourceEffect

__all__ = ["effect_counts", "effect_dict", "effect_lines", "markdown_resources", "resource_summary"]


def effect_counts(effects: Sequence[ResourceEffect]) -> dict[str, int]:
    """Return how many resources are replaced, removed, unsure, and how many may make the deployment fail."""
    return {
        "replaced": sum(one.change == "replaced" for one in effects),
        "removed": sum(one.change == "removed" for one in effects),
        "uncertain": sum(not one.certain for one in effects),
        "failing": sum(one.fails is not False for one in effects),
    }


def effect_dict(effect: ResourceEffect) -> dict[str, Any]:
    """Return an effect as plain values."""
    collision = effect.collision
    return {
        "change": effect.change,
        "certain": effect.certain,
        "type": effect.type,
        "name": effect.name,
        "construct_path": effect.construct_path,
        "old": effect.old,
        "new": effect.new,
        "properties": [
            {"path": one.path, "old": one.old, "new": one.new, "certain": one.certain, "why": one.why}
            for one in effect.properties
        ],
        "kept": effect.kept,
        "lost": effect.lost,
        "fails": effect.fails,
        "help": effect.help,
        "collision": collision
        and {
            "name": collision.name,
            "holder": collision.holder,
            "certain": collision.certain,
            "why": collision.why,
        },
        "outputs": [
            {
                "stack": one.stack,
                "output": one.output,
                "export": one.export,
                "imported_by": list(one.imported_by),
                "read_by": list(one.read_by),
                "gone": one.gone,
            }
            for one in effect.outputs
        ],
        "version": effect.version
        and {
            "guardrail": effect.version.guardrail,
            "number": effect.version.number,
            "makes_room": effect.version.makes_room,
        },
    }


def markdown_resources(found: Sequence[ResourceEffect] | None, room: int) -> list[str]:
    """Return the resources as a part of the comment; what makes the deployment fail comes first."""
    summary = resource_summary(found)
    if not summary:
        return []
    lines = ["# Resource changes", "", summary[-1], ""]
    effects = sorted(found or (), key=lambda one: (one.fails is False, not one.losing))
    room -= sum(map(len, lines))
    for number, effect in enumerate(effects):
        title, *body = (one_line(line).replace("@", "@\u200b") for line in effect_lines(effect))
        name = markdown_code(effect.construct_path or effect.name)
        entry = [f"## {name}", "", "```diff", title, *body, "```", ""]
        room -= sum(len(line) + 1 for line in entry)
        if room < 0:
            left = len(effects) - number
            lines += [f"The comment is full: {left} more resources are in the other formats.", ""]
            break
        lines += entry
    return lines


_VERBS = {
    "replaced": "is replaced",
    "removed": "is deleted",
    "added": "is made",
    "unexported": "stays",
    "refused": "can't be updated",
}


def effect_lines(effect: ResourceEffect) -> Iterator[str]:
    """Yield what becomes of a resource; a loss and a failure begin with a minus."""
    sign = {"removed": "-", "added": "+"}.get(effect.change, "~")
    fails = {True: "  FAILS", None: "  MAY FAIL", False: ""}[effect.fails]
    yield f"{sign} {effect.construct_path or effect.name} ({effect.type}) {_verb(effect)}{fails}"
    for one in effect.properties:
        because = f" ({one.why})" if one.why else ""
        same = one.old == one.new
        values = "" if one.old is None and same else f": {_set(one.old)}"
        yield f"  {one.path}{values}{'' if same else f' -> {_set(one.new)}'}{because}"
    if effect.collision is not None:
        yield f"-   {effect.collision.why} ({effect.collision.holder})"
    for output in effect.outputs:
        yield from _output_lines(output)
    if effect.kept:
        yield "  the old one is kept, outside the stack, until you delete it"
    elif effect.lost:
        yield f"-   lost: {effect.lost}"
    if effect.version is not None:
        yield from version_lines(effect.version, kept=effect.kept is not False or effect.change == "added")
    if effect.help and not (effect.kept and effect.change == "removed"):
        yield f"  help: {effect.help}"


def _verb(effect: ResourceEffect) -> str:
    verb = _VERBS[effect.change]
    if effect.kept and effect.change == "removed":
        verb = "leaves the stack"
    if effect.certain:
        return verb
    return verb.replace("is ", "may be ", 1).replace("leaves", "may leave")


def _output_lines(output: OutputChange) -> Iterator[str]:
    carried = f"`{output.output}`, exported as `{output.export}`," if output.export else f"`{output.output}`"
    becomes = "goes" if output.gone else "gets another value"
    yield f"  output {carried} of {output.stack} {becomes}"
    if output.imported_by:
        yield f"-   imported by {', '.join(output.imported_by)}, so CloudFormation refuses the update"
    if output.read_by:
        yield f"  {', '.join(output.read_by)} has the old value until it is deployed again"


def _set(value: str | None) -> str:
    return "not set" if value is None else value


def resource_summary(found: Sequence[ResourceEffect] | None) -> list[str]:
    """Return the last lines of the text; none where there is nothing to say."""
    if found is None:
        return ["", "Resources: not compared, since a side is a report; give the cdk.out folder or template."]
    if not found:
        return []
    counts = effect_counts(found)
    parts = [f"{counts[name]} {name}" for name in ("replaced", "removed") if counts[name]]
    parts += [f"{counts['uncertain']} of them not for certain"] if counts["uncertain"] else []
    failing = f"{counts['failing']} may make the deployment fail" if counts["failing"] else ""
    told = "; ".join(filter(None, (", ".join(parts), failing)))
    return ["", f"Resources: {told or f'{len(found)} made'}."]
