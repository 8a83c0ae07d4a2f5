"""Whether the next step of a long construction would still end in time."""

from __future__ import annotations

import time

from sim.clock import interrupted

TELLING = 10_000
"""A step over fewer sums says little about how long a larger one takes."""


class Pace:
    """Knows whether the next step would end in time, going by how long the last one took."""

    def __init__(self, time_limit: float | None) -> None:
        self.began = self.last = time.monotonic()
        self.limit = time_limit
        self.pace = 0.0
        self.size = 0

    def too_late(self, size: int) -> str:
        """Say why a step over ``size`` sums would be too late; nothing where it is not."""
        now = time.monotonic()
        if self.size > TELLING:  # what fewer take says little about what more will
            self.pace = (now - self.last) / self.size
        self.last, self.size = now, size
        if interrupted():
            return "you asked to stop"
        if self.limit is None:
            return ""
        if now - self.began > self.limit:
            return f"the time limit of {self.limit:g} s was reached"
        expected = self.pace * size
        if now - self.began + expected > self.limit and expected > 0.2:
            return f"the next would take about {expected:.0f} s, past the limit of {self.limit:g} s"
        return ""
