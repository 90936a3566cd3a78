"""Amazon Bedrock's clients for applications: the right client for each call, and errors explained."""

from __future__ import annotations

from bedrock_planes_runtime.clients import Client, Clients, WrongClientError, explain

__all__ = ["Client", "Clients", "WrongClientError", "explain"]
