"""Correlated equilibria: what a trusted mediator could recommend to both in private."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sim.games.bimatrix import Bimatrix, Floats


@dataclass(frozen=True, eq=False)
class Correlated:
    """A distribution over pairs of strategies that nobody gains by disobeying.

    Attributes
    ----------
    chances
        Shape ``(n_rows, n_columns)``.
    payoffs
        What each gets in expectation.
    regret
        The most that a player gains by replacing some recommended strategy with another.
    """

    chances: Floats
    payoffs: tuple[float, float]
    regret: float


def correlated_equilibrium(game: Bimatrix, weights: ArrayLike = (1.0, 1.0)) -> Correlated:
    """Find the correlated equilibrium with the highest weighted sum of payoffs.

    Examples
    --------
    In Chicken a mediator can do better for both than any mixed equilibrium.

    >>> chicken = Bimatrix.of([[0, 7], [2, 6]], [[0, 2], [7, 6]])
    >>> round(sum(correlated_equilibrium(chicken).payoffs), 6)
    10.5

    References
    ----------
    Aumann (1974), "Subjectivity and Correlation in Randomized Strategies", Journal of
    Mathematical Economics 1 (1), 67-96.
    """
    from scipy.optimize import linprog  # noqa: PLC0415 - slow to import

    m, n = game.shape
    first, second = (float(w) for w in np.asarray(weights, dtype=float))
    wish = -(first * game.row + second * game.column).ravel()
    rows = [*_incentives(game.row), *(gain.T for gain in _incentives(game.column.T))]
    limits = np.array([gain.ravel() for gain in rows]).reshape(-1, m * n)
    answer = linprog(
        wish, A_ub=limits if len(limits) else None, b_ub=np.zeros(len(limits)) if rows else None,
        A_eq=np.ones((1, m * n)), b_eq=[1.0], method="highs",
    )  # fmt: skip
    chances = np.maximum(np.asarray(answer.x), 0.0).reshape(m, n)
    chances /= chances.sum()
    regret = max((float((gain * chances).sum()) for gain in rows), default=0.0)
    payoffs = (float((chances * game.row).sum()), float((chances * game.column).sum()))
    return Correlated(chances, payoffs, max(regret, 0.0))


def _incentives(payoffs: Floats) -> list[Floats]:
    """For every strategy recommended and every other: what disobeying gains, pair by pair."""
    found = []
    for told, own in enumerate(payoffs):
        for instead, other in enumerate(payoffs):
            if instead != told:
                gain = np.zeros_like(payoffs)
                gain[told] = other - own
                found.append(gain)
    return found
