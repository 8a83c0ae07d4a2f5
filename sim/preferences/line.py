"""Values on a grid as a line through a few of its points, straight from each to the next."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import BeforeValidator, Field

from sim.issues import NUMERAL, numeral
from sim.preferences.uncertain import Basis, Number

Floats = NDArray[np.float64]


def _as_numeral(value: object) -> object:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return numeral(value) if number else value  # type: ignore[arg-type]


Point = Annotated[str, Field(pattern=NUMERAL), BeforeValidator(_as_numeral)]


class Line(Basis):
    """What the points of a grid are worth: numbers at some of them, a straight line between.

    Attributes
    ----------
    line
        Point -> number; the two ends of the grid are among them. An uncertain number is drawn
        as everywhere, and the line runs through what was drawn.
    """

    line: Annotated[dict[Point, Number], Field(min_length=2)]
    why: str | None = None

    @property
    def points(self) -> list[str]:
        """The points through which the line is given, rising."""
        return sorted(self.line, key=float)


def along(at: ArrayLike, points: ArrayLike, values: Floats) -> Floats:
    """Return the values at some places of a line through given points.

    Parameters
    ----------
    at
        Places, shape ``(n,)``, none beyond the ends.
    points
        Where the line is given, rising, shape ``(n_points,)``.
    values
        What it is there, shape ``(n_points, n_draws)``.

    Returns
    -------
    ndarray
        Shape ``(n, n_draws)``; at a given point exactly what was given.

    Examples
    --------
    >>> along([0, 10, 40, 70], [0, 40, 100], np.array([[0.0], [0.8], [1.0]])).ravel()
    array([0. , 0.2, 0.8, 0.9])
    """
    places, given = np.asarray(at, dtype=float), np.asarray(points, dtype=float)
    left = np.clip(np.searchsorted(given, places, side="right") - 1, 0, len(given) - 2)
    share = ((places - given[left]) / (given[left + 1] - given[left]))[:, None]
    line: Floats = values[left] * (1 - share)
    line += values[left + 1] * share
    return line
