"""Two-player games in normal form, and what it means to be an equilibrium of one."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.errors import InputError

Floats = NDArray[np.float64]

REGRET = 1e-8
"""A profile counts as an equilibrium if no deviation gains more than this share of the range."""


@dataclass(frozen=True, eq=False)
class Bimatrix:
    """Payoffs of a row player and a column player, both with finitely many strategies.

    Attributes
    ----------
    row, column
        Shape ``(n_rows, n_columns)``: what each gets when they choose that row and that column.

    Examples
    --------
    Chicken: both are tempted to hold out, and worst off if both do.

    >>> chicken = Bimatrix.of([[0, 7], [2, 6]], [[0, 2], [7, 6]])
    >>> round(chicken.regret([1 / 3, 2 / 3], [1 / 3, 2 / 3]), 12)
    0.0
    """

    row: Floats
    column: Floats

    @classmethod
    def of(cls, row: ArrayLike, column: ArrayLike) -> Bimatrix:
        """Check and keep two payoff tables.

        Raises
        ------
        InputError
            If a payoff is no number, a table is empty, or their shapes differ.
        """
        a, b = (np.atleast_2d(np.asarray(table, dtype=float)) for table in (row, column))
        problems = []
        if a.shape != b.shape:
            problems.append(f"the tables differ in shape: {a.shape} and {b.shape}")
        if a.ndim != 2 or not a.size or not b.size:
            problems.append("each player needs at least one strategy")
        if not np.isfinite(a).all() or not np.isfinite(b).all():
            problems.append("every payoff must be a finite number")
        if problems:
            raise InputError("\n".join(problems))
        return cls(a, b)

    @property
    def shape(self) -> tuple[int, int]:
        """Number of strategies of the row player and of the column player."""
        return self.row.shape[0], self.row.shape[1]

    @property
    def constant_sum(self) -> bool:
        """Whether what one gains the other loses, whatever they choose."""
        total = self.row + self.column
        return bool(np.ptp(total) <= REGRET * max(float(np.ptp(self.row)), 1e-300))

    def payoffs(self, x: ArrayLike, y: ArrayLike) -> tuple[float, float]:
        """Return what a pair of mixed strategies gives each player in expectation."""
        p, q = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
        return float(p @ self.row @ q), float(p @ self.column @ q)

    def regret(self, x: ArrayLike, y: ArrayLike) -> float:
        """Return the most that either player could gain by a deviation: 0 at an equilibrium."""
        p, q = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
        mine, theirs = self.row @ q, p @ self.column
        return max(float(mine.max() - p @ mine), float(theirs.max() - theirs @ q), 0.0)

    def as_nashpy(self) -> Any:
        """Return the same game as a `nashpy.Game`, for all that nashpy offers.

        Its searches for equilibria lose some in degenerate games, which most games between
        negotiators are, and its Lemke-Howson may not end: ask `all_equilibria` for those.

        Examples
        --------
        >>> Bimatrix.of([[1, -1], [-1, 1]], [[-1, 1], [1, -1]]).as_nashpy().zero_sum
        True

        References
        ----------
        Knight & Campbell (2018), "Nashpy: A Python library for the computation of Nash
        equilibria", Journal of Open Source Software 3 (30), 904.
        """
        import nashpy  # noqa: PLC0415 - slow to import

        return nashpy.Game(self.row, self.column)

    def scale(self) -> float:
        """Return the larger of the two ranges of payoffs, and 1 where all are the same."""
        return max(float(np.ptp(self.row)), float(np.ptp(self.column))) or 1.0


@dataclass(frozen=True, eq=False)
class Profile:
    """A pair of mixed strategies, with what it gives and how far it is from an equilibrium.

    Attributes
    ----------
    x, y
        Probabilities of the row player's and of the column player's strategies.
    payoffs
        What each gets in expectation.
    regret
        The most that a deviation would gain.
    exact
        Both strategies in exact fractions, verified in exact arithmetic; ``None`` where that was
        not asked for.
    """

    x: Floats
    y: Floats
    payoffs: tuple[float, float]
    regret: float
    exact: tuple[tuple[Fraction, ...], tuple[Fraction, ...]] | None = None

    @property
    def pure(self) -> tuple[int, int] | None:
        """The strategies chosen, where both players choose one for sure."""
        i, j = int(self.x.argmax()), int(self.y.argmax())
        sure = self.x[i] > 1 - 1e-9 and self.y[j] > 1 - 1e-9
        return (i, j) if sure else None


def profile(game: Bimatrix, x: Floats, y: Floats) -> Profile:
    """Put two mixed strategies of a game together."""
    return Profile(x, y, game.payoffs(x, y), game.regret(x, y))
