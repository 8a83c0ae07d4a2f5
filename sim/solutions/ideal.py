"""The most that each party could get from an agreement that leaves nobody worse off."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.problem import Floats
from sim.solutions.choice import of_sum
from sim.solutions.programmed import ideal_gains
from sim.solutions.search import Field, searched


@dataclass(frozen=True, eq=False)
class Ideal:
    """Ideal gains over the individually rational outcomes, and what they can be at most.

    Attributes
    ----------
    gains, at_most
        Shape ``(n_parties,)``; equal where the ideal point is proven.
    """

    gains: Floats
    at_most: Floats


def ideal(space: Field) -> Ideal:
    """Find each party's highest gain among the feasible outcomes."""
    if space.listed is not None:
        most = space.listed[1].max(axis=0)
        return Ideal(most, most)
    if space.shown is not None:
        return Ideal(*ideal_gains(space.problem, space.floor, space.deadline))
    n = space.n_parties
    gains, at_most = np.zeros(n), np.zeros(n)
    for party in range(n):
        found = searched(space, of_sum(np.eye(n)[party], space.floor), ties=False)
        gains[party], at_most[party] = found.best, max(found.ceiling, found.best)
    return Ideal(gains, at_most)
