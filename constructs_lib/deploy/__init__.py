"""What deploying templates needs: the least policy of CloudFormation's execution role. Pure Python.

:func:`deploy_policy` takes the templates of an app and returns the statements, the resources that need each,
and what could not be held to an ARN. :func:`check` compares that with a policy that is deployed already. The
command ``bedrock-planes deploy-policy`` is made of them.
"""

from __future__ import annotations

from constructs_lib.lazily import exports

TYPE_CHECKING = False  # as typing's, without the cost of importing typing
if TYPE_CHECKING:
    from constructs_lib.deploy.compare import Comparison, check
    from constructs_lib.deploy.engine import deploy_policy
    from constructs_lib.deploy.formats import FORMATS, render
    from constructs_lib.deploy.model import (
        DeployError,
        DeployOptions,
        DeployPolicy,
        DeployStatement,
        Left,
        Withheld,
    )

__all__ = [
    "FORMATS",
    "Comparison",
    "DeployError",
    "DeployOptions",
    "DeployPolicy",
    "DeployStatement",
    "Left",
    "Withheld",
    "check",
    "deploy_policy",
    "render",
]

__getattr__, __dir__ = exports(
    __name__,
    {
        "compare": ("Comparison", "check"),
        "engine": ("deploy_policy",),
        "model": ("DeployError", "DeployOptions", "DeployPolicy", "DeployStatement", "Left", "Withheld"),
        "formats": ("FORMATS", "render"),
    },
)
