"""What spreads in populations where success is copied: replicator and Moran dynamics."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.errors import InputError
from sim.games.bimatrix import Bimatrix, Floats
from sim.games.learning import seeded


@dataclass(frozen=True, eq=False)
class Basins:
    """Where the replicator dynamics of a game of two by two lead from each starting point.

    Attributes
    ----------
    corners
        Row and column shares of the resting points that attract, ``(n_corners, 2)``: shares of
        the second strategy in each population.
    shares
        Share of starting points that lead to each, ``(n_corners,)``; what is missing to 1 leads
        to none, as where shares go round for ever.
    where
        For a grid of starting points the place of the corner they lead to, -1 for none, shape
        ``(n - 1, n)``: row player's share across, column player's up.
    """

    corners: Floats
    shares: Floats
    where: NDArray[np.intp]


def replicator(
    game: Bimatrix, x: ArrayLike, y: ArrayLike, times: ArrayLike
) -> tuple[Floats, Floats]:
    """Follow two populations in which strategies grow by what they earn above the average.

    Integrated by nashpy. Payoffs in other units change the speed, not the path.

    Returns
    -------
    x, y
        Shares of each strategy at the times asked for, ``(n_times, n_strategies)``.

    Examples
    --------
    >>> dilemma = Bimatrix.of([[3, 0], [5, 1]], [[3, 5], [0, 1]])
    >>> x, _ = replicator(dilemma, [0.9, 0.1], [0.9, 0.1], [0.0, 20.0])
    >>> bool(x[-1, 1] > 0.99)
    True

    References
    ----------
    Taylor & Jonker (1978), "Evolutionarily Stable Strategies and Game Dynamics", Mathematical
    Biosciences 40, 145-156.
    """
    first, second = _shares(x, game.shape[0]), _shares(y, game.shape[1])
    moments = np.asarray(times, dtype=float)
    if moments.ndim != 1 or len(moments) < 2 or (np.diff(moments) <= 0).any():
        raise InputError("times must be at least two numbers, each later than the one before")
    rows, columns = game.as_nashpy().asymmetric_replicator_dynamics(
        x0=first, y0=second, timepoints=moments
    )
    return np.asarray(rows), np.asarray(columns)


def moran(
    payoffs: ArrayLike, population: ArrayLike, *, seed: int = 0, steps: int = 100_000
) -> list[list[int]]:
    """Let one population play itself: who earns more is copied more often, who dies is drawn.

    Parameters
    ----------
    payoffs
        Of the row player in a symmetric game, none negative, ``(n, n)``.
    population
        Strategy of each member at the start.
    steps
        After which the process is stopped, fixed or not.

    Returns
    -------
    list
        How many members follow each strategy, generation by generation; the last is all of one
        kind unless the steps ran out.

    Examples
    --------
    >>> moran([[1, 1], [3, 3]], [0, 1, 1, 1], seed=1)[-1]
    [0, 4]

    References
    ----------
    Moran (1958), "Random Processes in Genetics", Proceedings of the Cambridge Philosophical
    Society 54 (1), 60-71; Nowak (2006), "Evolutionary Dynamics".
    """
    table = np.atleast_2d(np.asarray(payoffs, dtype=float))
    members = np.asarray(population)
    wrong = []
    if table.shape[0] != table.shape[1] or not np.isfinite(table).all() or table.min() < 0:
        wrong.append("payoffs must be a square table of finite numbers, none negative: add a "
                     "constant to all, which weakens selection")  # fmt: skip
    if not members.size or not np.isin(members, np.arange(len(table))).all():
        wrong.append(f"every member must follow one of the strategies 0 to {len(table) - 1}")
    if wrong:
        raise InputError("\n".join(wrong))
    game = Bimatrix.of(table, table.T).as_nashpy()
    history = [members]
    with seeded(seed):
        for step, generation in enumerate(game.moran_process(initial_population=members)):
            history.append(np.asarray(generation))
            if step + 1 >= steps:
                break
    return [np.bincount(generation, minlength=len(table)).tolist() for generation in history]


def basins(game: Bimatrix, *, grid: int = 61, steps: int = 1200) -> Basins:
    """Find where two populations end up from every starting point inside the unit square.

    Integrated on log odds, which never leave the square, by Runge and Kutta's method of fourth
    order; payoffs are scaled to a range of 1 first, which changes no path.

    Parameters
    ----------
    game
        Of two by two strategies.
    grid
        Starting points across, at the middles of as many cells, and one fewer up, so that none
        lies on the diagonals between corners.

    Examples
    --------
    A stag hunt in which hunting pays a third more than needed: where do populations end?

    >>> found = basins(Bimatrix.of([[4, 1], [3, 3]], [[4, 3], [1, 3]]))
    >>> found.corners.tolist(), found.shares.round(2).tolist()
    ([[0.0, 0.0], [1.0, 1.0]], [0.26, 0.74])
    """
    if game.shape != (2, 2):
        raise InputError("basins are drawn for two players with two strategies each")
    across, up = ((np.arange(n) + 0.5) / n for n in (grid, grid - 1))
    p, q = np.meshgrid(across, up, indexing="xy")
    start = np.log(np.stack([p, q]) / (1 - np.stack([p, q])))
    row, column = game.row / game.scale(), game.column / game.scale()
    state = start
    for _ in range(steps):
        state = _stepped(row, column, state, 0.5)
        if (np.abs(state) > FAR).all():
            break
    ends = np.where(np.abs(state) > FAR, state > 0, -1).astype(int)
    settled = (ends >= 0).all(axis=0)
    number = np.where(settled, 2 * ends[0] + ends[1], -1)
    # where shares go round they pass by corners; only an equilibrium can hold them
    kept = [k for k in range(4) if (number == k).any() and _rests(game, k // 2, k % 2)]
    where = np.full(number.shape, -1, dtype=np.intp)
    for place, k in enumerate(kept):
        where[number == k] = place
    corners = np.array([[k // 2, k % 2] for k in kept], dtype=float).reshape(-1, 2)
    shares = np.array([(where == place).mean() for place in range(len(kept))])
    return Basins(corners, shares, where)


def _rests(game: Bimatrix, i: int, j: int) -> bool:
    """Tell whether a corner is an equilibrium."""
    mine = game.row[i, j] >= game.row[1 - i, j]
    return bool(mine and game.column[i, j] >= game.column[i, 1 - j])


FAR = 12.0
"""Log odds beyond which a population counts as having settled."""


def _stepped(row: Floats, column: Floats, state: Floats, step: float) -> Floats:
    a = _speed(row, column, state)
    b = _speed(row, column, state + step / 2 * a)
    c = _speed(row, column, state + step / 2 * b)
    d = _speed(row, column, state + step * c)
    ahead: Floats = state + step / 6 * (a + 2 * b + 2 * c + d)
    return np.clip(ahead, -5 * FAR, 5 * FAR)


def _speed(row: Floats, column: Floats, state: Floats) -> Floats:
    """Speed of the log odds of the second strategy: by how much it earns more."""
    p, q = 1 / (1 + np.exp(-state))
    mine = (row[1, 0] - row[0, 0]) * (1 - q) + (row[1, 1] - row[0, 1]) * q
    theirs = (column[0, 1] - column[0, 0]) * (1 - p) + (column[1, 1] - column[1, 0]) * p
    return np.stack([mine, theirs])


def _shares(shares: ArrayLike, n: int) -> Floats:
    found = np.asarray(shares, dtype=float)
    if found.shape != (n,) or (found < 0).any() or abs(found.sum() - 1) > 1e-9:
        raise InputError(f"shares must be {n} numbers, none negative, that add up to 1")
    return found
