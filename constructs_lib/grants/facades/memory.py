"""AgentCore Memory: events, and records in namespaces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.cdk_support import PlanesError
from constructs_lib.grants.facades.base import GrantsTo

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_iam as iam
    from aws_cdk.interfaces import aws_bedrockagentcore as refs

__all__ = ["MemoryGrants"]


class MemoryGrants(GrantsTo):
    """Grants of AgentCore Memory.

    What they limit to is a condition on the call
    (https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/memory-organization.html): a call that
    doesn't name an actor, a session, a namespace or a strategy is denied where these are limited. The values
    may hold IAM's variables, such as ``${aws:PrincipalTag/actor}``.
    """

    def memory_events(
        self, memory: str | refs.IMemoryRef, *, actors: Sequence[str] = (), sessions: Sequence[str] = ()
    ) -> iam.Grant:
        """Allow to write, read and delete events of short-term memory, and to list its sessions.

        Args:
            memory: The memory.
            actors: Ids of actors. Default: all.
            sessions: Ids of sessions whose events are meant; the list of sessions has no such limit.
                Default: all.
        """
        return self._on_memory("memory_events", memory, actors=actors, sessions=sessions)

    def memory_actors(self, memory: str | refs.IMemoryRef) -> iam.Grant:
        """Allow to list the actors that a memory knows."""
        return self._on_memory("memory_actors", memory)

    def memory_ingest(
        self, memory: str | refs.IMemoryRef, *, actors: Sequence[str] = (), sessions: Sequence[str] = ()
    ) -> iam.Grant:
        """Allow to hand a memory content to extract from.

        Args:
            memory: The memory.
            actors: Ids of actors for whom. Default: all.
            sessions: Ids of sessions for which. Default: all.
        """
        return self._on_memory("memory_ingest", memory, actors=actors, sessions=sessions)

    def memory_retrieve(
        self,
        memory: str | refs.IMemoryRef,
        *,
        namespaces: Sequence[str] = (),
        namespace_paths: Sequence[str] = (),
        strategies: Sequence[str] = (),
    ) -> iam.Grant:
        """Allow to read and search records of long-term memory.

        Args:
            memory: The memory.
            namespaces: The namespaces, exactly. Default: all.
            namespace_paths: Paths with all namespaces below them (``/actors/alice/``), for calls with
                ``namespacePath``. A call has a namespace or a path, so that one grant takes one of the two.
                Default: all.
            strategies: Ids of strategies whose records may be listed and searched; a record that is read by
                its id has no such limit. Default: all.

        Raises:
            PlanesError: Both namespaces and paths are given, or a path has a wildcard or isn't the name of a
                level.
        """
        if namespaces and namespace_paths:
            raise PlanesError(
                "`namespaces` and `namespace_paths` can't hold for one call: call the grant once for each"
            )
        return self._on_memory(
            "memory_retrieve",
            memory,
            namespaces=namespaces,
            namespace_paths=[_below(path) for path in namespace_paths],
            strategies=strategies,
        )

    def memory_records(self, memory: str | refs.IMemoryRef, *, namespaces: Sequence[str] = ()) -> iam.Grant:
        """Allow to write and delete records of long-term memory.

        Args:
            memory: The memory.
            namespaces: The namespaces, exactly. An update then has to name the ones that the record has
                (``sourceNamespaces``) and the ones that it gets. Default: all.
        """
        return self._on_memory("memory_records", memory, namespaces=namespaces)

    def memory_expiry(self, memory: str | refs.IMemoryRef) -> iam.Grant:
        """Allow to set or remove when records expire, beside :meth:`memory_records`."""
        return self._on_memory("memory_expiry", memory)

    def memory_extraction(
        self,
        memory: str | refs.IMemoryRef,
        *,
        strategies: Sequence[str] = (),
        actors: Sequence[str] = (),
        sessions: Sequence[str] = (),
    ) -> iam.Grant:
        """Allow to list and start extraction jobs of a memory.

        Args:
            memory: The memory.
            strategies: Ids of strategies whose jobs may be started. Default: all of the memory.
            actors: Ids of actors whose jobs may be started. Default: all.
            sessions: Ids of sessions whose jobs may be started. Default: all.
        """
        return self._on_memory(
            "memory_extraction", memory, strategies=strategies, actors=actors, sessions=sessions
        )

    def _on_memory(self, verb: str, memory: Any, **values: Sequence[str]) -> iam.Grant:
        listed = {argument: tuple(chosen) for argument, chosen in values.items()}
        return self._give(verb, {"memory": self._on("memory", memory)}, values=listed)


def _below(path: str) -> str:
    """Return the pattern of a path's namespaces; the slash keeps ``/actors/alicex/`` out."""
    if not path.strip("/") or "*" in path or "?" in path:
        raise PlanesError(
            f"`namespace_paths` has the value `{path}`: pass a path without wildcards, such as "
            "`/actors/alice/`"
        )
    return f"{path.rstrip('/')}/*"
