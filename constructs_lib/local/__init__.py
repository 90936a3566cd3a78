"""The embedded AWS that `make demo`, the end-to-end tests and the tests of users deploy to (extra `local`).

`LocalAws` starts a server on 127.0.0.1 that speaks enough of AWS for `cdk bootstrap`, `cdk deploy` and boto3,
with SigV4 and IAM enforced on every call. Nothing is loaded before it is asked for.
"""

from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constructs_lib.local._session import LocalAws, LocalAwsError

__all__ = ["LocalAws", "LocalAwsError"]

# The packages of the extra `local`, by the names that they are imported by.
_EXTRA = ("ministack", "cfnlint", "jsonschema", "cryptography")


def __getattr__(name: str) -> object:
    """Load the public names on first use (PEP 562)."""
    if name in __all__:
        missing = "`, `".join(package for package in _EXTRA if find_spec(package) is None)
        if missing:
            raise ImportError(
                f"the local AWS needs `{missing}`; install it with pip install 'bedrock-planes[local]'"
            )
        from constructs_lib.local import _session  # noqa: PLC0415 - boto3 costs 0.2 s and not all callers need it

        return getattr(_session, name)
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)
