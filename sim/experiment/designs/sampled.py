"""Points spread over the whole cube: Latin hypercube and Halton sequence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from sim.experiment.designs.points import Floats, Points, generator
from sim.experiment.factors import Factor


def lhs(factors: Sequence[Factor], size: int, seed: int) -> Points:
    """Spread points so that every factor is in each of ``size`` equal slices just once.

    References
    ----------
    McKay, Beckman, Conover (1979), "A Comparison of Three Methods for Selecting Values of Input
    Variables in the Analysis of Output from a Computer Code", Technometrics 21 (2), 239-245.
    """
    return Spread("lhs", size, width(factors), seed)


def halton(factors: Sequence[Factor], size: int, seed: int) -> Points:
    """Spread points evenly, so that the first *n* of them are an even design as well.

    References
    ----------
    Halton (1960), "On the efficiency of certain quasi-random sequences of points in evaluating
    multi-dimensional integrals", Numerische Mathematik 2, 84-90; scrambled as in Owen (2017),
    "A randomized Halton algorithm in R".
    """
    return Spread("halton", size, width(factors), seed)


def width(factors: Sequence[Factor]) -> int:
    """Count the coordinates of all factors."""
    return sum(sum(factor.inputs.values()) for factor in factors)


@dataclass(frozen=True)
class Spread:
    """So many points of a method; they are made anew in each process, from the seed."""

    method: Literal["lhs", "halton"]
    n: int
    width: int
    seed: int

    def rows(self, first: int, last: int) -> Floats:
        """Return some of the points."""
        return _spread(self.method, self.n, self.width, self.seed)[first:last]


@lru_cache(maxsize=2)
def _spread(method: str, n: int, width: int, seed: int) -> Floats:
    from scipy.stats import qmc  # noqa: PLC0415  slow to import

    rng = generator(seed, method)
    if method == "lhs":
        return qmc.LatinHypercube(width, seed=rng).random(n)
    return qmc.Halton(width, scramble=True, seed=rng).random(n)
