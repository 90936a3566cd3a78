"""Reviewing paths: one file at a time, in several processes when that pays."""

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

from constructs_lib.iam import Condition, Origin, Outside, Policy, Statement
from constructs_lib.review.engine import Part, finish, look, with_lines
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
    files,
    nothing_in,
    read_each,
    read_found,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from constructs_lib.review.model import Report
    from constructs_lib.review.options import Options

__all__ = ["review_paths"]

# A worker costs about 0.1 s; below this many bytes one process is faster.
_PAYS = 8 * 1024 * 1024
# What a worker reads before it hands over what it found.
_CHUNK = 4 * 1024 * 1024
_MOST_WORKERS = 8


def review_paths(paths: Sequence[str], options: Options, *, progress: bool = False) -> Report:
    """Read and review everything under the paths.

    Args:
        paths: as the command line takes them.
        options: how to review.
        progress: whether to say on standard error how far a long run is.

    """
    with _without_collector():
        return _reviewed(paths, options, progress=progress)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Keep the cyclic garbage collector off: templates hold no cycles and cost it a third of a run."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _reviewed(paths: Sequence[str], options: Options, *, progress: bool) -> Report:
    stdin = _standard_input() if STDIN in paths else None
    sources = Sources({STDIN: stdin} if stdin is not None else None)
    chunks = _chunks(paths) if STDIN not in paths else []
    if len(chunks) > 1:
        parts = _in_parallel(paths, chunks, options, progress=progress)
    else:
        parts = _one_by_one(paths, stdin, sources, options, progress=progress)
    return finish(parts, options, sources.line_of)


def _standard_input() -> bytes | None:
    """Return what stands on standard input, ``None`` where it can't be read."""
    try:
        return files.standard_input()
    except (OSError, ValueError):  # the reader meets the same fault and says it
        return None


def _one_by_one(
    paths: Sequence[str], stdin: bytes | None, sources: Sources, options: Options, *, progress: bool
) -> Iterator[Part]:
    for count, model in enumerate(read_each(paths, stdin=stdin, sources=sources, lean=True), 1):
        yield with_lines(look(model, options), sources.line_of)
        if progress and count % 50 == 0:
            _say(f"{count} inputs reviewed")
    if progress:
        _say("")


def _say(text: str) -> None:
    sys.stderr.write(f"\r\x1b[K{text}")
    sys.stderr.flush()


def _chunks(paths: Sequence[str]) -> list[list[files.Found]]:
    """Split what lies under the paths into chunks of like size, in order; none when one process is faster.

    Pages of one account export must meet in one process, so they form a chunk of their own, at the end as in
    one process.
    """
    workers = min(len(os.sched_getaffinity(0)), _MOST_WORKERS) if hasattr(os, "sched_getaffinity") else 1
    if workers < 2:
        return []
    found = files.find(paths)
    sizes = {item.path: _size(item.path) for item in found if not item.is_assembly}
    if sum(sizes.values()) < _PAYS or len(found) < 2 * workers:
        return []
    exports: list[files.Found] = []
    chunks: list[list[files.Found]] = [[]]
    filled = 0
    for item in found:
        if not item.is_assembly and _is_export(item.path):
            exports.append(item)
            continue
        if filled > _CHUNK:
            chunks.append([])
            filled = 0
        chunks[-1].append(item)
        filled += sizes.get(item.path, _CHUNK)
    return [chunk for chunk in (*chunks, exports) if chunk]


def _size(path: str) -> int:
    try:
        return Path(path).stat().st_size
    except OSError:  # the reader says what is wrong with it
        return 0


def _is_export(path: str) -> bool:
    try:
        with Path(path).open("rb") as file:
            return b"DetailList" in file.read(65536)
    except OSError:  # the reader says what is wrong with it, in any chunk
        return False


def _begin() -> None:
    """Set up a worker."""
    # What it begins with stays: its collector need not look at it after every chunk.
    gc.freeze()
    # Ctrl-C is for the process that waits, which ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _look_at(work: tuple[list[files.Found], Options]) -> tuple[list[Part], set[str]]:
    """Review one chunk in a worker; return what it gave, and the user's paths under which there was input."""
    chunk, options = work
    # The collector is off; whatever cycle the chunk before left goes now, its parts have gone. What is left
    # are kept answers, which need not be looked through again.
    gc.collect()
    gc.freeze()
    sources = Sources()
    parts: list[Part] = []
    filled: set[str] = set()
    for item, model in zip_longest(chunk, read_found(chunk, sources=sources, lean=True)):
        parts.append(with_lines(look(model, options), sources.line_of))
        if item is not None and model.inputs:
            filled.update(item.roots)
    return parts, filled


def _teach_pickle() -> None:
    """Let the values of a report travel as their fields: what frozen dataclasses do by themselves is slow."""
    for kind in (
        *(Acknowledgement, FamilyUse, Finding, Incomplete, Input, Location, Principal, PrincipalReport),
        *(Resource, Touches, Witness, Condition, Origin, Outside, Policy, Statement),
    ):
        copyreg.pickle(kind, _reducer(kind))


def _reducer(kind: type) -> Callable[[Any], tuple[type, tuple[Any, ...]]]:
    values = attrgetter(*(field.name for field in fields(kind)))
    return lambda value: (kind, values(value))


def _in_parallel(
    paths: Sequence[str], chunks: list[list[files.Found]], options: Options, *, progress: bool
) -> Iterator[Part]:
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - only large batches pay for it
    from multiprocessing import get_context  # noqa: PLC0415 - only large batches pay for it

    _teach_pickle()
    # The parent's tables are loaded, and forked workers share them.
    action_sets()
    checks()
    context = get_context("fork" if sys.platform == "linux" else "spawn")
    workers = min(len(chunks), len(os.sched_getaffinity(0)), _MOST_WORKERS)
    filled: set[str] = set()
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_begin) as pool:
        for count, (parts, more) in enumerate(pool.map(_look_at, [(chunk, options) for chunk in chunks]), 1):
            yield from parts
            filled |= more
            if progress:
                _say(f"{100 * count // len(chunks)} % reviewed")
    yield Part(inputs=[nothing_in(path) for path in dict.fromkeys(paths) if path not in filled])
    if progress:
        _say("")
