"""The embedded AWS that `make demo` and the end-to-end tests deploy to.

`LocalAws` starts a server on 127.0.0.1 that speaks enough of AWS for `cdk bootstrap`, `cdk deploy` and boto3,
with SigV4 and IAM enforced on every call. Nothing is loaded before it is asked for.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constructs_lib.local._session import LocalAws, LocalAwsError

__all__ = ["LocalAws", "LocalAwsError"]


def __getattr__(name: str) -> object:
    """Load the public names on first use (PEP 562)."""
    if name in __all__:
        from constructs_lib.local import _session  # noqa: PLC0415 - boto3 costs 0.2 s and not all callers need it

        return getattr(_session, name)
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)
