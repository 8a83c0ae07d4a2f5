"""One factor after the other, the rest at the centre: what a tornado is drawn from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sim.experiment.designs.points import Floats, Points
from sim.experiment.factors import Factor


def one_at_a_time(factors: Sequence[Factor], size: int, seed: int) -> Points:  # noqa: ARG001
    """Start from the centre, and move one input at a time through ``size`` places of its range.

    Case 0 is the centre: the median of every range and the first value of every list. Then each
    input takes its places, evenly from end to end (of a bell or a weight from the 5 % to the 95 %
    point), or all values of its list but the first. Nothing is random. What inputs do together
    does not show.

    References
    ----------
    Howard (1988), "Decision Analysis: Practice and Promise", Management Science 34 (6), 679-695:
    the tornado.
    """
    centre: list[float] = []
    moves: list[tuple[int, float]] = []
    for factor in factors:
        listed = len(factor.levels)
        for _ in range(sum(factor.inputs.values())):
            moves += [(len(centre), u) for u in _places(factor, size)]
            centre.append(0.5 / listed if listed else 0.5)
    return Steps(tuple(centre), tuple(moves))


def _places(factor: Factor, size: int) -> Iterator[float]:
    n = len(factor.levels)
    if n:
        yield from ((k + 0.5) / n for k in range(1, n))
    else:
        low, high = factor.swing
        places = (low + (high - low) * u for u in np.linspace(0.0, 1.0, size).tolist())
        yield from (u for u in places if u != 0.5)  # the centre is there already


@dataclass(frozen=True)
class Steps:
    """The centre, then moves away from it, each of one coordinate."""

    centre: tuple[float, ...]
    moves: tuple[tuple[int, float], ...]

    @property
    def n(self) -> int:
        """The centre and the moves."""
        return 1 + len(self.moves)

    def rows(self, first: int, last: int) -> Floats:
        """Return some of the points."""
        units = np.tile(np.array(self.centre), (last - first, 1))
        for number in range(max(first, 1), last):
            coordinate, u = self.moves[number - 1]
            units[number - first, coordinate] = u
        return units
