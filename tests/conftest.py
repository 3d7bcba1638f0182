"""Settings that every test shares."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# A deadline would assert seconds, and shrinking a slow example takes minutes; `make bench` times.
settings.register_profile(
    "inkstand",
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("thorough", settings.get_profile("inkstand"), max_examples=5_000)
settings.load_profile(os.environ.get("INKSTAND_HYPOTHESIS", "inkstand"))
