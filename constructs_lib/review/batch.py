"""Review the files under paths: one at a time, in several processes when there is much to read."""

from __future__ import annotations

import copyreg
import gc
import os
import signal
import sys
from contextlib import contextmanager
from dataclasses import fields
from itertools import zip_longest
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from constructs_lib.iam import Condition, ForeignGrant, Origin, Policy, Statement
from constructs_lib.review.engine import PartialReport, add_lines, merge, review_model
from constructs_lib.review.model import FamilyUse, Finding, Location, PrincipalReport, Touches, Witness
from constructs_lib.review.planes import action_sets
from constructs_lib.review.rules import checks
from constructs_lib.templates import (
    STDIN,
    Acknowledgement,
    Incomplete,
    Input,
    Principal,
    Resource,
    Sources,
    find_inputs,
    nothing_in,
    read_each,
    read_found,
    standard_input,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from constructs_lib.review.model import Report
    from constructs_lib.review.options import Options
    from constructs_lib.templates import FoundInput

__all__ = ["review_paths"]

# A worker costs about 0.1 s, so below this many bytes one process is faster.
_PARALLEL_BYTES = 8 * 1024 * 1024
# The bytes that a worker reads before it sends its results.
_CHUNK_BYTES = 4 * 1024 * 1024
_MAX_WORKERS = 8


def review_paths(
    paths: Sequence[str], options: Options, *, progress: bool = False, only_relevant: bool = False
) -> Report:
    """Read and review everything under the paths.

    Args:
        paths: As the command line takes them.
        options: How to review.
        progress: Whether to report on standard error how far a long run is.
        only_relevant: Whether to skip files that are no input, also where a path names one.

    """
    with _collector_off():
        return _review(paths, options, progress=progress, only_relevant=only_relevant)


@contextmanager
def _collector_off() -> Iterator[None]:
    """Turn the cyclic garbage collector off: templates hold no cycles, and it would take a third of a run."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _review(paths: Sequence[str], options: Options, *, progress: bool, only_relevant: bool) -> Report:
    stdin = _standard_input() if STDIN in paths else None
    sources = Sources({STDIN: stdin} if stdin is not None else None)
    chunks = _chunks(paths, only_relevant=only_relevant) if STDIN not in paths else []
    if len(chunks) > 1:
        # A path with nothing to review is a fault, unless such paths are to be skipped.
        partials = _in_parallel(() if only_relevant else paths, chunks, options, progress=progress)
    else:
        partials = _one_by_one(paths, stdin, sources, options, progress=progress, only_relevant=only_relevant)
    return merge(partials, options, sources.line_of)


def _standard_input() -> bytes | None:
    """Return the content of standard input, ``None`` where it can't be read."""
    try:
        return standard_input()
    except (OSError, ValueError):  # the reader runs into the same fault and reports it
        return None


def _one_by_one(
    paths: Sequence[str],
    stdin: bytes | None,
    sources: Sources,
    options: Options,
    *,
    progress: bool,
    only_relevant: bool,
) -> Iterator[PartialReport]:
    models = read_each(
        paths,
        stdin=stdin,
        sources=sources,
        lean=True,
        code=options.reads_code,
        only_relevant=only_relevant,
    )
    for count, model in enumerate(models, 1):
        yield add_lines(review_model(model, options), sources.line_of)
        if progress and count % 50 == 0:
            _say(f"{count} inputs reviewed")
    if progress:
        _say("")


def _say(text: str) -> None:
    sys.stderr.write(f"\r\x1b[K{text}")
    sys.stderr.flush()


def _chunks(paths: Sequence[str], *, only_relevant: bool = False) -> list[list[FoundInput]]:
    """Split the files under the paths into chunks of similar size, in order; none when one process is faster.

    The pages of one account export must be read together, so they are one chunk. It comes last, as the
    export does in one process.
    """
    workers = min(len(os.sched_getaffinity(0)), _MAX_WORKERS) if hasattr(os, "sched_getaffinity") else 1
    if workers < 2:
        return []
    found = find_inputs(paths, only_relevant=only_relevant)
    sizes = {item.path: _size(item.path) for item in found if not item.is_assembly}
    if sum(sizes.values()) < _PARALLEL_BYTES or len(found) < 2 * workers:
        return []
    exports: list[FoundInput] = []
    chunks: list[list[FoundInput]] = [[]]
    filled = 0
    for item in found:
        if not item.is_assembly and _is_export(item.path):
            exports.append(item)
            continue
        if filled > _CHUNK_BYTES:
            chunks.append([])
            filled = 0
        chunks[-1].append(item)
        filled += sizes.get(item.path, _CHUNK_BYTES)
    return [chunk for chunk in (*chunks, exports) if chunk]


def _size(path: str) -> int:
    try:
        return Path(path).stat().st_size
    except OSError:  # the reader reports what is wrong with it
        return 0


def _is_export(path: str) -> bool:
    try:
        with Path(path).open("rb") as file:
            return b"DetailList" in file.read(65536)
    except OSError:  # the reader reports what is wrong with it, in any chunk
        return False


def _start_worker() -> None:
    """Set up a worker process."""
    # What it starts with is never freed, so the collector need not look at it after every chunk.
    gc.freeze()
    # Ctrl-C is handled by the parent, which ends the workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _review_chunk(work: tuple[list[FoundInput], Options]) -> tuple[list[PartialReport], set[str]]:
    """Review one chunk in a worker; return the results, and the user's paths under which there was input."""
    chunk, options = work
    # The collector is off, so cycles of the previous chunk, whose results were sent, are freed here. What
    # remains are cached answers, which need not be searched again.
    gc.collect()
    gc.freeze()
    sources = Sources()
    partials: list[PartialReport] = []
    filled: set[str] = set()
    models = read_found(chunk, sources=sources, lean=True, code=options.reads_code)
    for item, model in zip_longest(chunk, models):
        partials.append(add_lines(review_model(model, options), sources.line_of))
        if item is not None and model.inputs:
            filled.update(item.roots)
    return partials, filled


def _speed_up_pickle() -> None:
    """Pickle the values of a report as their fields: frozen dataclasses are slow at it by themselves."""
    for kind in (
        *(Acknowledgement, FamilyUse, Finding, Incomplete, Input, Location, Principal, PrincipalReport),
        *(Resource, Touches, Witness, Condition, Origin, ForeignGrant, Policy, Statement),
    ):
        copyreg.pickle(kind, _reducer(kind))


def _reducer(kind: type) -> Callable[[Any], tuple[type, tuple[Any, ...]]]:
    values = attrgetter(*(field.name for field in fields(kind)))
    return lambda value: (kind, values(value))


def _in_parallel(
    paths: Sequence[str], chunks: list[list[FoundInput]], options: Options, *, progress: bool
) -> Iterator[PartialReport]:
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - only large batches pay for it
    from multiprocessing import get_context  # noqa: PLC0415 - only large batches pay for it

    _speed_up_pickle()
    # Forked workers share the tables that the parent has loaded.
    action_sets()
    checks()
    context = get_context("fork" if sys.platform == "linux" else "spawn")
    workers = min(len(chunks), len(os.sched_getaffinity(0)), _MAX_WORKERS)
    filled: set[str] = set()
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_start_worker) as pool:
        results = pool.map(_review_chunk, [(chunk, options) for chunk in chunks])
        for count, (partials, more) in enumerate(results, 1):
            yield from partials
            filled |= more
            if progress:
                _say(f"{100 * count // len(chunks)} % reviewed")
    yield PartialReport(inputs=[nothing_in(path) for path in dict.fromkeys(paths) if path not in filled])
    if progress:
        _say("")
