"""Games in which what one gains the other loses: one linear programme, at any size."""

from __future__ import annotations

import numpy as np

from sim.errors import InputError
from sim.games.bimatrix import Bimatrix, Profile, profile


def solve_constant_sum(game: Bimatrix) -> Profile:
    """Return an equilibrium of a constant-sum game: a pair of maximin strategies.

    The column player's strategy comes from the dual of the row player's programme, so that one
    programme gives both (von Neumann 1928; Dantzig 1951).

    Raises
    ------
    InputError
        If the payoffs do not add up to the same everywhere.

    Examples
    --------
    >>> pennies = Bimatrix.of([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    >>> solve_constant_sum(pennies).x
    array([0.5, 0.5])
    """
    if not game.constant_sum:
        raise InputError("the payoffs of the two players do not add up to the same everywhere")
    from scipy.optimize import linprog  # noqa: PLC0415 - slow to import

    m, n = game.shape
    scaled = 1.0 + (game.row - game.row.min()) / game.scale()
    answer = linprog(np.ones(m), A_ub=-scaled.T, b_ub=-np.ones(n), method="highs")
    x = np.maximum(np.asarray(answer.x), 0.0)
    y = np.maximum(-answer.ineqlin.marginals, 0.0)
    return profile(game, x / x.sum(), y / y.sum())
