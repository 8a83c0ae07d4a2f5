"""Cases that somebody has listed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.experiment.designs.points import Floats, Points
from sim.experiment.factors import Factor


def table(factors: Sequence[Factor], size: int, seed: int) -> Points:  # noqa: ARG001
    """Take the rows of a table, in their order.

    Parameters
    ----------
    factors
        Each knows its column.
    size
        How many rows there are.
    seed
        Not used: nothing is random.
    """
    return Rows(size, len(factors))


@dataclass(frozen=True)
class Rows:
    """The middle of its slice stands for a row, on every axis."""

    n: int
    width: int

    def rows(self, first: int, last: int) -> Floats:
        """Return the places of some rows."""
        places: Floats = (np.arange(first, last) + 0.5) / self.n
        return np.repeat(places[:, None], self.width, axis=1)
