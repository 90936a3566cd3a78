"""The graph of roles: which principal can become which other one, by assuming or passing roles."""

from __future__ import annotations

from constructs_lib.review.chains.graph import Graph, Step, Walk
from constructs_lib.review.chains.matching import allows_assuming, has_generated_name, trusts_outsiders
from constructs_lib.review.chains.nodes import Node, Runner, Started, runners_of

__all__ = [
    "Graph",
    "Node",
    "Runner",
    "Started",
    "Step",
    "Walk",
    "allows_assuming",
    "has_generated_name",
    "runners_of",
    "trusts_outsiders",
]
