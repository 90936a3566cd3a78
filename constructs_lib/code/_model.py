"""What a scan finds, frozen."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ApiCall", "Scan", "Unresolved"]


@dataclass(frozen=True, slots=True)
class ApiCall:
    """One call of Amazon Bedrock in application code.

    Attributes:
        path: The file.
        line: The line of the call, from 1.
        language: ``python``, ``javascript``, ``typescript``, ``java``, ``go`` or ``shell``.
        client: The client on which the code calls, by botocore's name.
        operation: The operation's name in the API.
        plane: The plane of the operation, ``control`` or ``data``.
        actions: The IAM actions that authorise the operation, all of them needed.
        model: The model that the call names, where it is written in the code.
        resource: The other resource that the call names (a knowledge base, an agent and its alias, ...).
        region: The Region that the client is made with, where it is written.
        right: The client that has the operation, if ``client`` does not have it; else ``None``.
        fix: The line of code that makes the right client, in the language of the file; empty without
            ``right``.
        third_party: Whether the code is not the application's own.

    """

    path: str
    line: int
    language: str
    client: str
    operation: str
    plane: str
    actions: tuple[str, ...]
    model: str | None = None
    resource: str | None = None
    region: str | None = None
    right: str | None = None
    fix: str = ""
    third_party: bool = False


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A place where the code may call Bedrock, and why it isn't known what it calls."""

    path: str
    line: int
    why: str


@dataclass(frozen=True, slots=True)
class Scan:
    """What was found in the files, sorted by place.

    Attributes:
        files: The number of files that were read.
        calls: The calls of Bedrock.
        unresolved: The places that could not be resolved, files that could not be read among them.
        errors: The paths that are wrong (path, what is wrong and what to do).

    """

    files: int
    calls: tuple[ApiCall, ...]
    unresolved: tuple[Unresolved, ...]
    errors: tuple[tuple[str, str], ...] = ()
