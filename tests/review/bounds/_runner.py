"""Run hostile inputs one by one in processes that have kept nothing, and print what each took.

    python -m tests.review.bounds._runner BOUND FIRST COUNT

The package and its tables are loaded once; each input is run by a fork of that state. The time of loading is
added to that of each run, as if each were a process of its own.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

from tests.review.bounds._inputs import made

_KILLED_AFTER = 20
_MEMORY = 2_000_000_000


def main() -> None:
    """Print one line of JSON for each run."""
    bound, first, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    from constructs_lib.cli import main as command

    sink = os.open(os.devnull, os.O_WRONLY)
    with tempfile.TemporaryDirectory() as name:
        os.chdir(name)
        Path("p.json").write_text('{"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}')
        kept = os.dup(1)
        os.dup2(sink, 1)
        command(["review", "p.json"])
        sys.stdout.flush()
        os.dup2(kept, 1)
        loading = time.process_time()
        for seed in range(first, first + count):
            folder = Path(name, str(seed))
            folder.mkdir()
            files, words = made(bound, seed)
            for path, text in files.items():
                Path(folder, path).write_text(text, encoding="utf-8")
            child = os.fork()
            if not child:
                os.chdir(folder)
                errors = os.open("errors", os.O_WRONLY | os.O_CREAT)
                os.dup2(sink, 1)
                os.dup2(errors, 2)
                resource.setrlimit(resource.RLIMIT_CPU, (_KILLED_AFTER, _KILLED_AFTER))
                resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
                status = 99
                try:
                    status = command(words)
                    sys.stdout.flush()
                finally:
                    os._exit(status)
            _, status, used = os.wait4(child, 0)
            errors_file = Path(folder, "errors")
            said = errors_file.read_bytes().decode("utf-8", "backslashreplace")
            result = {
                "bound": bound,
                "seed": seed,
                "seconds": round(used.ru_utime + used.ru_stime + loading, 3),
                "megabytes": round(used.ru_maxrss / 1024),
                "status": os.waitstatus_to_exitcode(status),
                "fault": next(
                    (line for line in said.splitlines() if "internal error" in line or "Error:" in line), None
                ),
                "words": words if len(words) < 12 else [*words[:3], "...", *words[-3:]],
            }
            sys.stdout.write(json.dumps(result) + "\n")
            sys.stdout.flush()
            for written in folder.iterdir():
                written.unlink()


if __name__ == "__main__":
    main()
