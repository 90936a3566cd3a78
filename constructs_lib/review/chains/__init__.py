"""The graph of roles: which principal can become which other one, by assuming or passing roles."""

from __future__ import annotations

from constructs_lib.review.chains.graph import Graph, Step, Walk
from constructs_lib.review.chains.matching import has_generated_name
from constructs_lib.review.chains.nodes import Function, Node, functions_of

__all__ = ["Function", "Graph", "Node", "Step", "Walk", "functions_of", "has_generated_name"]
