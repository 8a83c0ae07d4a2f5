"""The most that each party can expect from a lottery that leaves nobody worse off."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.problem import Floats, Indices
from sim.search.criteria import SUM, Criterion
from sim.solutions.lotteries.hull import Hull


@dataclass(frozen=True, eq=False)
class Hopes:
    """Ideal expected gains, in the hull's units, and the lotteries that give them.

    Attributes
    ----------
    gains, at_most
        Shape ``(n_parties,)``; equal but for rounding where the ideal point is proven.
    chances
        For each party the chances of the corners, ``(n_parties, n_corners)``.
    """

    gains: Floats
    at_most: Floats
    chances: Floats


def ideal(hull: Hull, parties: Indices | None = None) -> Hopes | None:
    """Find each party's highest expected gain; ``None`` where time did not allow it.

    With ``parties`` only theirs: the answer has as many rows.
    """
    n, demands = hull.n_parties, hull.floors()
    mixes, of_use = [], set(hull.mixed)
    for party in range(n) if parties is None else parties:
        goal = np.eye(n)[party]
        hull.scout(Criterion(SUM, goal, hull.floor))
        mix = hull.maximise(goal, demands)
        if mix is None:
            return None
        mixes.append(mix)
        of_use.update(np.flatnonzero(mix.chances).tolist())
        hull.mixed = set(of_use)
    chances = np.zeros((len(mixes), len(hull.corners)))
    for row, mix in zip(chances, mixes, strict=True):
        row[: len(mix.chances)] = mix.chances
    return Hopes(
        np.array([mix.value for mix in mixes]),
        np.array([mix.ceiling for mix in mixes]),
        chances,
    )
