"""Whether the next step of a long construction would still end in time."""

from __future__ import annotations

import time

from sim.clock import interrupted
from sim.words import lasting

TELLING = 10_000
"""A step over fewer sums says little about how long a larger one takes."""


GROWTH = 5
"""Steps that the growth of the next ones is guessed from."""


class Pace:
    """Knows whether the next step would end in time, going by how long the last one took."""

    def __init__(self, time_limit: float | None) -> None:
        self.began = self.last = time.monotonic()
        self.limit = time_limit
        self.pace = 0.0
        self.sizes: list[int] = []

    def too_late(self, size: int) -> str:
        """Say why a step over ``size`` sums would be too late; nothing where it is not."""
        now = time.monotonic()
        if self.sizes and self.sizes[-1] > TELLING:  # fewer say little about what more will take
            self.pace = (now - self.last) / self.sizes[-1]
        self.last = now
        self.sizes.append(size)
        if interrupted():
            return "you asked to stop"
        if self.limit is None:
            return ""
        if now - self.began > self.limit:
            return f"the time limit of {self.limit:g} s was reached"
        expected = self.pace * size
        if now - self.began + expected > self.limit and expected > 0.2:
            return (
                f"the next would take about {lasting(expected)}, past the limit of {self.limit:g} s"
            )
        return ""

    def outlook(self, left: int) -> str:
        """Say how long the steps that are left would take if they went on growing as they did."""
        recent = self.sizes[-GROWTH:]
        if not self.pace or len(recent) < GROWTH or min(recent) < 1:
            return ""
        growth = max(recent[-1] / recent[0], 1.0) ** (1 / (GROWTH - 1))
        total = sum(recent[-1] * growth**step for step in range(left))
        return f"; growing on like this, the rest would take at least {lasting(self.pace * total)}"
