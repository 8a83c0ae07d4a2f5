"""Strategies that no belief defends, and equilibria that survive a trembling hand.

A mixed strategy is weakly dominated exactly if it is a best reply to no belief that holds every
strategy of the other possible; in games of two players an equilibrium is trembling-hand perfect
exactly if neither strategy is weakly dominated (van Damme 1991, theorem 3.2.2). Whether it is
depends only on which strategies are played, so one linear programme settles it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike

from sim.games.bimatrix import Bimatrix, Floats, Profile

PLAYED = 1e-9
"""Probabilities below this count as 0."""

NEAR = 1e-9
"""Margins below this, on payoffs scaled to a range of 1, count as 0."""


def undominated(payoffs: ArrayLike, played: ArrayLike) -> bool:
    """Tell whether mixing some strategies is a best reply to a belief that excludes nothing.

    Parameters
    ----------
    payoffs
        Shape ``(n_own, n_other)``.
    played
        Which own strategies are mixed, by number; in what proportion does not matter.

    Examples
    --------
    The second strategy is never better than the first, and once worse.

    >>> undominated([[1, 1], [1, 0]], [0]), undominated([[1, 1], [1, 0]], [1])
    (True, False)
    """
    from scipy.optimize import linprog  # noqa: PLC0415 - slow to import

    own = _scaled(np.asarray(payoffs, dtype=float))
    chosen = np.atleast_1d(np.asarray(played, dtype=int))
    n = own.shape[1]
    # unknowns: the belief (n) and its least probability; maximise the latter
    better = own - own[chosen[0]]
    answer = linprog(
        np.append(np.zeros(n), -1.0),
        A_ub=np.vstack([
            np.column_stack([better, np.zeros(len(own))]),
            np.column_stack([-np.eye(n), np.ones(n)]),
        ]),
        b_ub=np.zeros(len(own) + n),
        A_eq=np.vstack([
            np.append(np.ones(n), 0.0),
            np.column_stack([better[chosen[1:]], np.zeros(len(chosen) - 1)]),
        ]),
        b_eq=np.append(1.0, np.zeros(len(chosen) - 1)),
        method="highs",
    )  # fmt: skip
    return answer.status == 0 and answer.fun is not None and answer.fun < -NEAR


def strictly_dominated(payoffs: ArrayLike, which: int) -> bool:
    """Tell whether some mixture of the others is better whatever the other player does.

    Examples
    --------
    Neither alone is better than the third, half of each is.

    >>> strictly_dominated([[3, 0], [0, 3], [1, 1]], 2)
    True
    """
    from scipy.optimize import linprog  # noqa: PLC0415 - slow to import

    own = _scaled(np.asarray(payoffs, dtype=float))
    others = np.delete(own, which, axis=0)
    if not len(others):
        return False
    k, n = others.shape
    answer = linprog(
        np.append(np.zeros(k), -1.0),
        A_ub=np.column_stack([-(others - own[which]).T, np.ones(n)]),
        b_ub=np.zeros(n),
        A_eq=[np.append(np.ones(k), 0.0)],
        b_eq=[1.0],
        bounds=[(0, None)] * k + [(None, None)],
        method="highs",
    )
    return answer.status == 0 and answer.fun is not None and answer.fun < -NEAR


def _scaled(payoffs: Floats) -> Floats:
    scaled: Floats = (payoffs - payoffs.min()) / (float(np.ptp(payoffs)) or 1.0)
    return scaled


@dataclass(frozen=True)
class Survivors:
    """What is left of a game once strictly dominated strategies are struck off, round by round.

    Attributes
    ----------
    rows, columns
        Strategies left; the order in which the others go does not matter.
    rounds
        What each round strikes off: rows and columns.
    """

    rows: tuple[int, ...]
    columns: tuple[int, ...]
    rounds: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]


def surviving(game: Bimatrix) -> Survivors:
    """Strike off strictly dominated strategies until none is left.

    Examples
    --------
    >>> surviving(Bimatrix.of([[3, 0], [5, 1]], [[3, 5], [0, 1]])).rows
    (1,)
    """
    rows, columns = np.arange(game.shape[0]), np.arange(game.shape[1])
    rounds: list[tuple[tuple[int, ...], tuple[int, ...]]] = []
    while True:
        a, b = game.row[np.ix_(rows, columns)], game.column[np.ix_(rows, columns)]
        out_rows = np.array([strictly_dominated(a, i) for i in range(len(rows))])
        out_columns = np.array([strictly_dominated(b.T, j) for j in range(len(columns))])
        if not out_rows.any() and not out_columns.any():
            return Survivors(tuple(rows.tolist()), tuple(columns.tolist()), tuple(rounds))
        gone = tuple(rows[out_rows].tolist()), tuple(columns[out_columns].tolist())
        rounds.append(gone)
        rows, columns = rows[~out_rows], columns[~out_columns]


def perfect(game: Bimatrix, equilibria: tuple[Profile, ...]) -> list[bool]:
    """Tell which equilibria survive when hands tremble: those with undominated strategies.

    Returns
    -------
    list
        For each equilibrium whether it is trembling-hand perfect.

    Examples
    --------
    Nobody gains by refusing an offer of nothing, so refusing it is an equilibrium; but it is
    weakly dominated.

    >>> from sim.games.enumeration import all_equilibria
    >>> game = Bimatrix.of([[1, 0], [0, 0]], [[1, 0], [0, 0]])
    >>> found = all_equilibria(game).extreme
    >>> [(e.pure, fine) for e, fine in zip(found, perfect(game, found), strict=True)]
    [((0, 0), True), ((1, 1), False)]

    References
    ----------
    Selten (1975), "Reexamination of the Perfectness Concept for Equilibrium Points in Extensive
    Games", International Journal of Game Theory 4 (1), 25-55; van Damme (1991), "Stability and
    Perfection of Nash Equilibria", theorem 3.2.2.
    """
    mine = cache(lambda played: undominated(game.row, list(played)))
    theirs = cache(lambda played: undominated(game.column.T, list(played)))
    return [mine(_support(e.x)) and theirs(_support(e.y)) for e in equilibria]


def _support(strategy: Floats) -> tuple[int, ...]:
    return tuple(np.flatnonzero(strategy > PLAYED).tolist())
