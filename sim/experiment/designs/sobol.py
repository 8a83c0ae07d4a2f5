"""The design of Sobol' indices: two samples, and what lies between them one input at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from sim.experiment.designs.points import Floats, Points, generator
from sim.experiment.designs.sampled import width
from sim.experiment.factors import Factor


def sobol(factors: Sequence[Factor], size: int, seed: int) -> Points:
    """Take ``size`` points twice over (A and B), and A with each input in turn from B (AB).

    With *d* inputs there are ``size * (d + 2)`` cases: for each of the ``size`` points first A,
    then AB of each input, then B, as SALib has them. A group, such as the weights of a party,
    is one input.

    References
    ----------
    Saltelli et al. (2010), "Variance based sensitivity analysis of model output. Design and
    estimator for the total sensitivity index", Computer Physics Communications 181, 259-270.
    """
    counts = [count for factor in factors for count in factor.inputs.values()]
    return Saltelli(size, tuple(counts), width(factors), seed)


@dataclass(frozen=True)
class Saltelli:
    """A, AB and B on the points of a scrambled Sobol' sequence.

    Attributes
    ----------
    base
        How many points A and B have each.
    counts
        Coordinates of each input.
    """

    base: int
    counts: tuple[int, ...]
    width: int
    seed: int

    @property
    def n(self) -> int:
        """So many times A, B and one for each input."""
        return self.base * (len(self.counts) + 2)

    def rows(self, first: int, last: int) -> Floats:
        """Put together the points asked for."""
        point, part = np.divmod(np.arange(first, last), len(self.counts) + 2)
        points = _points(self.base, 2 * self.width, self.seed)[point]
        a, b = points[:, : self.width], points[:, self.width :]
        owner = np.repeat(np.arange(1, len(self.counts) + 1), self.counts)
        from_b = (owner == part[:, None]) | (part[:, None] == len(self.counts) + 1)
        return np.where(from_b, b, a)


@lru_cache(maxsize=2)
def _points(n: int, width: int, seed: int) -> Floats:
    from scipy.stats import qmc  # noqa: PLC0415  slow to import

    return qmc.Sobol(width, scramble=True, seed=generator(seed, "sobol")).random(n)
