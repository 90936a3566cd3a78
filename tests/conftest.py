"""What every test shares: the same examples in every run."""

from __future__ import annotations

from hypothesis import settings

# Without it each run would try other examples, and a failure would come and go.
settings.register_profile("deterministic", derandomize=True, database=None, deadline=None)
settings.load_profile("deterministic")
