"""Runs the real CDK CLI: shows what it finishes, and stops it with everything that it started."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from examples.demo.console import DemoError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from examples.demo.console import Console

__all__ = ["Cdk", "tool_environment"]

ROOT = Path(__file__).resolve().parents[2]
TAIL = 15
"""Lines of a failed command's output that are shown."""

_ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_DONE = re.compile(r"✅\s+(.+?)\s*$")


def tool_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Make the environment for Node and the CDK CLI: found in the tree, writing inside the tree only.

    Raises:
        DemoError: Node or the CDK CLI is not installed.
    """
    cache = ROOT / ".cache"
    path = os.pathsep.join(
        [str(Path(sys.executable).parent), str(ROOT / "node_modules/.bin"), environment.get("PATH", "")]
    )
    for tool, name in (("node", "Node.js"), ("cdk", "the CDK CLI")):
        if shutil.which(tool, path=path) is None:
            raise DemoError(f"{name} (`{tool}`) is not installed in this folder", remedy="run `make setup`")
    # aws-cdk-lib keeps fingerprints of assets below the home folder and has no other setting for the place.
    home = cache / "home"
    home.mkdir(parents=True, exist_ok=True)
    return {
        **environment,
        "PATH": path,
        "HOME": str(home),
        "JSII_NODE": str(shutil.which("node", path=path)),
        "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(cache / "jsii"),
        "CDK_HOME": str(cache / "cdk"),
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "FORCE_COLOR": "0",
    }


@dataclass(frozen=True, slots=True)
class Cdk:
    """The CDK CLI with one environment. ``work`` is the folder for its logs and the synthesized assembly."""

    environment: Mapping[str, str]
    work: Path
    console: Console

    @property
    def assembly(self) -> Path:
        """The synthesized assembly, made once by :meth:`synthesize` and deployed from there."""
        return self.work / "cdk.out"

    def synthesize(self, context: Mapping[str, str]) -> None:
        """Synthesize the app of the repository's root with this context."""
        options = [option for key, value in context.items() for option in ("--context", f"{key}={value}")]
        app = f'"{sys.executable}" app.py'
        self._run("synth", "--app", app, "--output", str(self.assembly), "--quiet", *options)

    def deploy(self, *stacks: str) -> None:
        """Deploy these stacks of the assembly, or all of them, without asking."""
        # A change set is for people to look at, and nobody looks at it here.
        options = ["--method", "direct", "--require-approval", "never", "--concurrency", "4"]
        self._run("deploy", *(stacks or ["--all"]), "--app", str(self.assembly), *options)

    def bootstrap(self, account: str, region: str, policy_arns: Sequence[str]) -> None:
        """Bootstrap the account; CloudFormation will deploy with these policies and no others."""
        policies = ["--cloudformation-execution-policies", ",".join(policy_arns)]
        # Without the assembly the CLI would run the app again, for nothing.
        self._run("bootstrap", f"aws://{account}/{region}", "--app", str(self.assembly), *policies)

    def _run(self, command: str, *arguments: str) -> None:
        """Run a command of the CLI to its end and keep all its output in a log.

        Raises:
            DemoError: It failed; the error holds the end of its output.
        """
        log = self.work / f"cdk-{command}.log"
        tail: deque[str] = deque(maxlen=TAIL)
        words = ["cdk", command, *arguments, "--no-notices", "--no-version-reporting"]
        with log.open("a", encoding="utf-8") as file, _running(words, self.environment) as process:
            for line in process.stdout or ():
                clean = _ESCAPES.sub("", line)
                file.write(clean)
                if clean.strip():
                    tail.append(clean.rstrip())
                if done := _DONE.search(clean):
                    self.console.note(f"{done[1]}  ({self.console.elapsed:.1f} s)")
        if process.returncode:
            where = log.relative_to(ROOT) if log.is_relative_to(ROOT) else log
            raise DemoError(
                f"`cdk {command}` failed with exit status {process.returncode}",
                remedy=f"fix what its last lines name (all of them: {where}) and run `make demo` again",
                tail="\n".join(tail),
            )


@contextlib.contextmanager
def _running(words: Sequence[str], environment: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Start a child in a process group of its own, which ends with the block, however that ends."""
    process = subprocess.Popen(  # noqa: S603 - the CDK CLI of this folder, with our own words
        words,
        cwd=ROOT,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",  # what a build prints need not be UTF-8, and must not end the demo
        start_new_session=True,
    )
    try:
        yield process
        process.wait()
    finally:
        with contextlib.suppress(ProcessLookupError):  # the group has ended with the process
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdout:
            process.stdout.close()
