"""Write what each prop of each construct changes in the template, and read the difference.

python -m tests.control_plane.prop_golden
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk

from tests.cdk import ACCOUNT, REGION
from tests.control_plane.prop_cases import CASES, NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.control_plane.prop_cases import Values

__all__ = ["GOLDEN", "changes", "golden", "templates"]

GOLDEN = Path(__file__).parent / "prop_golden.json"
# What differs from stack to stack, or with the code of a function: the stage, and hashes.
_VARYING = (
    (r"(?<![A-Za-z0-9])T\d{3}(?=[-_/])", "T"),
    (r"(?<=BedrockPlanesHandler)[0-9A-F]{8}", ""),
    (r"[0-9a-f]{64}(?=\.zip)", "HASH"),
)
# CloudFormation's own checks of templates, as errors.
STRICT = {
    "@aws-cdk/core:validateAgainstDefaultRules": True,
    "@aws-cdk/core:strictCfnValidateErrors": True,
    "@aws-cdk/aws-iam:minimizePolicies": True,
}


def templates(name: str, folder: str | None = None) -> dict[str, dict[str, Any]]:
    """Synthesize a construct with what it needs, and with each prop; return the resources by prop.

    Each stack is in a stage, so that all are validated in one synthesis; the stage's number is taken out of
    the names. What CloudFormation's validation finds is an error.
    """
    case = CASES[name]
    app = cdk.App(analytics_reporting=False, context=STRICT, outdir=folder)
    stages: dict[str, str] = {}

    def make(title: str, *several: Values) -> None:
        stages[title] = f"T{len(stages):03}"
        stage = cdk.Stage(app, stages[title], env=cdk.Environment(account=ACCOUNT, region=REGION))
        stack = cdk.Stack(stage, "S")
        props = dict(case.needed(stack))
        for one in several:
            props.update(one(stack))
        case.construct(stack, "It", **props)

    bases: dict[str, Values] = {NOTHING: lambda stack: {}, **case.bases}
    if name == "Guardrail":  # it filters nothing then, which is refused
        del bases[NOTHING]
    for title, base in bases.items():
        make(f"({title})", base)
    for title, props in case.props.items():
        make(title, bases[props.beside], props.make)
    assembly = app.synth()
    found = {}
    for title, stage in stages.items():
        [stack] = assembly.get_nested_assembly(f"assembly-{stage}").stacks
        text = json.dumps(stack.template["Resources"], sort_keys=True)
        for pattern, plain in _VARYING:
            text = re.sub(pattern, plain, text)
        found[title] = json.loads(text)
    return found


def changes(before: object, after: object, at: str = "") -> Iterator[tuple[str, list[Any]]]:
    """Give the path of each part that differs, with what it was and what it is; ``None`` for nothing."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name in sorted({*before, *after}):
            yield from changes(before.get(name), after.get(name), f"{at}/{name}")
    elif isinstance(before, list) and isinstance(after, list) and before != after:
        gone = [item for item in before if item not in after]
        new = [item for item in after if item not in before]
        # In another order it is shown whole.
        yield (f"{at}/*", [gone, new]) if gone or new else (at, [before, after])
    elif before != after:
        yield at, [before, after]


def golden(name: str, found: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """Return what is kept of a construct: the resources with what it needs, and what each prop changes."""
    props = CASES[name].props
    kept = {title: _kept(resources) for title, resources in found.items()}
    return {
        title: dict(changes(kept[f"({props[title].beside})"], resources)) if title in props else resources
        for title, resources in kept.items()
    }


def _kept(resources: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out the boundary and its mark, which follow the catalogue and have tests of their own."""
    return {
        name: {key: value for key, value in one.items() if key != "Metadata"}
        for name, one in resources.items()
        if not name.startswith("DataPlaneBoundary")
    }


if __name__ == "__main__":
    kept = {name: golden(name, templates(name)) for name in CASES}
    GOLDEN.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", "utf-8")
