"""Every combination of the values listed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.experiment.designs.points import Floats, Points
from sim.experiment.factors import Factor


def full(factors: Sequence[Factor], size: int, seed: int) -> Points:  # noqa: ARG001
    """Take every combination of the values, the last factor varying fastest (full factorial).

    Parameters
    ----------
    factors
        Each with a list of values.
    size, seed
        Not used: the lists say how many cases there are, and nothing is random.

    References
    ----------
    Fisher (1935), The Design of Experiments, chapter VI.
    """
    return Combinations(tuple(len(factor.levels) for factor in factors))


@dataclass(frozen=True)
class Combinations:
    """All combinations of so many values each; the middle of its cell stands for a value.

    >>> Combinations((2, 3)).rows(4, 6).tolist() == [[0.75, 0.5], [0.75, 2.5 / 3]]
    True
    """

    sizes: tuple[int, ...]

    @property
    def n(self) -> int:
        """The product of the numbers of values."""
        return math.prod(self.sizes)

    def rows(self, first: int, last: int) -> Floats:
        """Count through the combinations as through the digits of a number."""
        number = np.arange(first, last, dtype=np.int64)
        units = np.empty((last - first, len(self.sizes)))
        for k in reversed(range(len(self.sizes))):
            number, digit = np.divmod(number, self.sizes[k])
            units[:, k] = (digit + 0.5) / self.sizes[k]
        return units
