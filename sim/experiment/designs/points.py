"""The points of a design in the unit cube, made when they are asked for."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sim.preferences.streams import Streams

Floats = NDArray[np.float64]


class Points(Protocol):
    """Points in the unit cube, by number.

    Attributes
    ----------
    n
        How many there are.
    """

    @property
    def n(self) -> int: ...  # noqa: D102

    def rows(self, first: int, last: int) -> Floats:
        """Return points from ``first`` up to, not including, ``last``: a row each."""


def generator(seed: int, design: str) -> np.random.Generator:
    """Return the random numbers that a design is made of, apart from those of the draws."""
    return Streams(seed).of(f"design {design}")
