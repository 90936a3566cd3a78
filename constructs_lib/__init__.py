"""Bedrock Planes: Amazon Bedrock with its control plane and its data plane kept apart.

The public names are loaded when they are first used (PEP 562), so importing this package loads neither
``aws_cdk`` nor the Node.js process behind it.
"""

from __future__ import annotations

__version__ = "0.1.0"
