"""boto3's clients of Amazon Bedrock, each of which knows what the others do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from constructs_lib.catalogue import families, find, spellings
    from constructs_lib.explain import Explanation
    from constructs_lib.explain import explain as _explain
else:
    try:
        from bedrock_planes_runtime._planes.catalogue import families, find, spellings
        from bedrock_planes_runtime._planes.explain import explain as _explain
    except ModuleNotFoundError:  # in the repository, where the originals are beside it
        from constructs_lib.catalogue import families, find, spellings
        from constructs_lib.explain import explain as _explain

__all__ = ["Client", "Clients", "WrongClientError", "explain"]

# A model may think for minutes before its answer begins; botocore waits for one.
# https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html
_CONNECT_SECONDS = 5
_READ_SECONDS = {"data": 300, "control": 60}
_ATTEMPTS = 4
"""One call and three retries, with the backoff of botocore's `standard` mode."""


class WrongClientError(AttributeError):
    """An operation was asked of a client that doesn't have it; the message names the one that does.

    Attributes:
        client: The client that was asked, as boto3 names it.
        operation: The operation, as the API names it.
        right: The clients that have it.

    """

    def __init__(self, client: str, operation: str, right: tuple[str, ...], line: str) -> None:
        """Make the error from what was asked and what is right."""
        self.client = client
        self.operation = operation
        self.right = right
        having = " and ".join(f"`{name}`" for name in right)
        super().__init__(
            f"`{client}` has no `{operation}`; {having} {'have' if len(right) > 1 else 'has'} it: {line}"
        )


class Client:
    """One client of boto3, with its methods and attributes as they are.

    Attributes:
        boto3: boto3's own client.

    """

    def __init__(self, name: str, client: Any) -> None:
        """Wrap a client.

        Args:
            name: The client's name for boto3, such as ``bedrock-runtime``.
            client: boto3's client.

        """
        self._name = name
        self.boto3 = client

    def __getattr__(self, name: str) -> Any:
        """Return what boto3's client has.

        Raises:
            WrongClientError: It doesn't have it, and another client of Bedrock does.

        """
        try:
            return getattr(self.boto3, name)
        except AttributeError:
            having = [o for o in find(name, suggesting=False).operations if o.client != self._name]
            if name.startswith("_") or not having:
                raise
            right = tuple(dict.fromkeys(o.client for o in having))
            line = spellings(having[0]).boto3 or having[0].name
            raise WrongClientError(self._name, having[0].name, right, line) from None

    def __dir__(self) -> list[str]:
        """Return the names of boto3's client, for completion."""
        return sorted({*super().__dir__(), *dir(self.boto3)})

    def __repr__(self) -> str:
        """Return the name of the client."""
        return f"Client({self._name!r})"


class Clients:
    """The clients of Amazon Bedrock in one Region, made on first use.

    boto3's clients are safe to share between threads; so are these.
    """

    def __init__(
        self,
        *,
        session: boto3.Session | None = None,
        region_name: str | None = None,
        config: Config | None = None,
    ) -> None:
        """Keep what the clients are made from.

        Args:
            session: boto3's session; without one, a new session with the environment's credentials.
            region_name: The Region; without one, the session's.
            config: Options of botocore; they win over this module's retries and timeouts one by one.

        """
        for given, wanted, name in (
            (session, boto3.Session, "session"),
            (region_name, str, "region_name"),
            (config, Config, "config"),
        ):
            if given is not None and not isinstance(given, wanted):
                message = f"`{name}` has the value `{given}`: pass a `{wanted.__name__}`"
                raise TypeError(message)
        self._session = session or boto3.Session()
        self._region = region_name
        self._config = config
        self._made: dict[str, Client] = {}

    @property
    def bedrock(self) -> Client:
        """Control plane: models, guardrails, profiles, jobs, logging."""
        return self.client("bedrock")

    @property
    def bedrock_agent(self) -> Client:
        """Control plane: agents, knowledge bases, data sources, flows, prompts."""
        return self.client("bedrock-agent")

    @property
    def bedrock_runtime(self) -> Client:
        """Data plane: models and guardrails."""
        return self.client("bedrock-runtime")

    @property
    def bedrock_agent_runtime(self) -> Client:
        """Data plane: agents, flows, questions to knowledge bases."""
        return self.client("bedrock-agent-runtime")

    def client(self, name: str) -> Client:
        """Return any client of Bedrock by its name for boto3, such as ``bedrock-agentcore``.

        Raises:
            ValueError: It is no client of Bedrock.

        """
        if name not in self._made:
            family = next((f for f in families().values() if name and f.client == name), None)
            if family is None:
                known = ", ".join(sorted(f.client for f in families().values() if f.client))
                message = f"`{name}` is no client of Amazon Bedrock; use one of {known}"
                raise ValueError(message)
            options = Config(
                connect_timeout=_CONNECT_SECONDS,
                read_timeout=_READ_SECONDS[str(family.plane)],
                retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
            )
            made = self._session.client(
                name,
                region_name=self._region,
                config=options.merge(self._config) if self._config else options,
            )
            self._made[name] = Client(name, made)
        return self._made[name]


def explain(error: BaseException) -> Explanation:
    """Return what an exception of a call means: plane, action, cause and remedy.

    Args:
        error: An exception of boto3 or botocore, or of this module; its text alone is read.

    """
    return _explain(f"{type(error).__name__}: {error}")
