"""Morris's screening: walks through the cube that move one input at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from sim.experiment.designs.points import Floats, Points, generator
from sim.experiment.factors import Factor

PLACES = 4
"""Places on each axis of the grid that the walks keep to."""


def morris(factors: Sequence[Factor], size: int, seed: int) -> Points:
    """Take ``size`` walks; each moves every input once, from a place of its own.

    With *d* inputs there are ``size * (d + 1)`` cases. Cheap enough for dozens of inputs, it tells
    those that matter from those that do not; a group, such as the weights of a party, is one input.

    References
    ----------
    Morris (1991), "Factorial Sampling Plans for Preliminary Computational Experiments",
    Technometrics 33 (2), 161-174. Campolongo, Cariboni, Saltelli (2007) for groups.
    """
    counts = [count for factor in factors for count in factor.inputs.values()]
    swings = [f.swing for f in factors for _ in range(sum(f.inputs.values()))]
    return Walks(size, tuple(counts), tuple(swings), seed)


@dataclass(frozen=True)
class Walks:
    """So many walks; they are made anew in each process, from the seed."""

    walks: int
    counts: tuple[int, ...]
    swings: tuple[tuple[float, float], ...]
    seed: int

    @property
    def n(self) -> int:
        """So many times a start and a step for each input."""
        return self.walks * (len(self.counts) + 1)

    def rows(self, first: int, last: int) -> Floats:
        """Return some of the points, within the swing of each factor."""
        low, high = np.array(self.swings).T
        units = _walks(self.walks, self.counts, self.seed)[first:last]
        moved: Floats = low + units * (high - low)
        return moved


@lru_cache(maxsize=2)
def _walks(walks: int, counts: tuple[int, ...], seed: int) -> Floats:
    from SALib.sample import morris as salib  # noqa: PLC0415  slow to import

    n = sum(counts)
    problem: dict[str, Any] = {
        "num_vars": n, "names": [f"x{k}" for k in range(n)], "bounds": [[0.0, 1.0]] * n,
    }  # fmt: skip
    if n > len(counts):
        problem["groups"] = [f"g{k}" for k, count in enumerate(counts) for _ in range(count)]
    number = int(generator(seed, "morris").integers(2**31))
    units: Floats = salib.sample(problem, walks, num_levels=PLACES, seed=number)
    return units
