"""How the laws are tried: the same examples everywhere, no deadline, few enough to stay quick."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile(
    "zopa",
    deadline=None,
    derandomize=True,
    max_examples=30,
    print_blob=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.register_profile("search", settings.get_profile("zopa"), derandomize=False)
settings.load_profile("zopa")
