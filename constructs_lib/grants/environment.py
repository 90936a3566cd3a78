"""Partition, Region and account of a construct, for the grants."""

from __future__ import annotations

from constructs_lib.cdk_support import Environment, environment_of

__all__ = ["Environment", "environment_of"]
