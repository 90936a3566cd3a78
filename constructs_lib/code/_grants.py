"""The grants that calls need, as lines of Python for a stack."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from constructs_lib.catalogue.verbs import verbs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from constructs_lib.catalogue.verbs import GrantVerb
    from constructs_lib.code._model import ApiCall

__all__ = ["grant_lines"]

_STREAMS = {"ConverseStream": "Converse", "InvokeModelWithResponseStream": "InvokeModel"}
# The arguments of the grants whose targets don't say them, by verb.
_ARGUMENTS = {
    "invoke_async": ("{model}", "output=bucket"),
    "retrieve_and_generate": ("{knowledge_base}", "model={model}"),
    "agentic_retrieve": ("{knowledge_base}",),
    "inline_agent": ("{model}",),
    "invoke_agent": ("agent_alias",),
    "agent_memory": ("agent_alias",),
    "invoke_flow": ("flow_alias",),
    "flow_executions": ("flow_alias",),
    "sessions": (),
    "ingest": ("knowledge_base",),
    "ingest_documents": ("knowledge_base",),
    "generate_query": (),
    "optimize_prompt": (),
    "document_acl": (),
    "guardrail_checks": (),
    "ab_tests": (),
    "agentcore_web_search": (),
    "batch_evaluation": (),
    "dataset_generation": (),
    "recommendations": (),
    "api_key": ("provider", "workload_identity"),
    "oauth2_token": ("provider", "workload_identity"),
    "payment_token": ("provider", "workload_identity"),
    "data_automation": ("{project}",),
    "data_automation_async": ("{project}", "input=bucket", "output=bucket"),
}


def grant_lines(calls: Iterable[ApiCall]) -> list[str]:
    """Return the lines ``role.grants...`` that allow the calls of the data plane, sorted.

    A name that the code doesn't have in full, such as that of an agent's alias, is a variable of the stack. A
    call that no grant allows, because it is on the control plane or on the wrong client, is a comment.

    Args:
        calls: The calls of a scan.

    """
    lines: dict[tuple[str, str], dict[str, None]] = {}
    streaming: set[tuple[str, str]] = set()
    comments: dict[str, None] = {}
    for call in calls:
        place = f"{call.path}:{call.line}"
        if call.plane == "control":
            comments[
                f"# {place}: {call.operation} is on the control plane: an operator or deploy role makes it, "
                "never the app role"
            ] = None
            continue
        row = _verb_of(call)
        if row is None:
            comments[f"# {place}: no grant allows {call.operation} ({', '.join(call.actions)})"] = None
            continue
        key = (row.name, ", ".join(_arguments(row, call)))
        lines.setdefault(key, {})[f"{place} {call.resource}" if call.resource else place] = None
        if call.operation in _STREAMS:
            streaming.add(key)
    made = [_line(key, places, is_streaming=key in streaming) for key, places in sorted(lines.items())]
    return [*made, *sorted(comments)]


def _line(key: tuple[str, str], places: Iterable[str], *, is_streaming: bool) -> str:
    name, arguments = key
    given = ", ".join(filter(None, (arguments, "streaming=True" if is_streaming else "")))
    return f"role.grants.{name}({given})  # {', '.join(places)}"


def _arguments(row: GrantVerb, call: ApiCall) -> Iterator[str]:
    model = f'"{call.model}"' if call.model and '"' not in call.model else "model"
    targets = [part.target for part in row.parts if part.target and not part.optional]
    first = next((target for target in targets if target not in {"model", "project"}), None)
    form = _ARGUMENTS.get(row.name, ("{model}",) if "model" in targets else (first,) if first else ())
    for argument in form:
        yield argument.format(model=model, knowledge_base="knowledge_base", project="project")


@cache
def _by_operation() -> dict[str, list[GrantVerb]]:
    """Return the verbs by each action of theirs, those of the fewest actions first."""
    table: dict[str, list[GrantVerb]] = {}
    for row in sorted(verbs().values(), key=lambda row: sum(len(part.actions) for part in row.parts)):
        for action in dict.fromkeys(
            a for p in row.parts if p.effect == "Allow" for a in (*p.actions, *p.streaming)
        ):
            table.setdefault(action, []).append(row)
    return table


def _verb_of(call: ApiCall) -> GrantVerb | None:
    """Return the verb that gives a call: the one that names the operation, else the least that allows it."""
    plain = _STREAMS.get(call.operation, call.operation)
    candidates = _by_operation().get(call.actions[0], [])
    named = [row for row in candidates if f"`{plain}`" in row.summary]
    return next(iter((*named, *candidates)), None)
