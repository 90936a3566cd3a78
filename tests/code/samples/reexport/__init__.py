"""Names that come through the package."""
from .inner import *
from .inner.making import make_runtime as runtime_of

__all__ = ["agents", "runtime_of", "shared"]
