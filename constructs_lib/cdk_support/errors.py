"""The error that every construct raises; importing it loads neither ``aws_cdk`` nor Node.js."""

from __future__ import annotations

__all__ = ["PlanesError"]


class PlanesError(ValueError):
    """A prop is wrong or a permission is refused; the message names the thing and the remedy."""
