"""Two players, two strategies each: the famous games, told apart by the order of payoffs.

The first strategy is to compromise, the second to hold out. With R for what both get if both
compromise, T for who holds out alone, S for who gives way alone and P for both holding out, the
prisoner's dilemma is T > R > P > S, chicken T > R > S > P, the stag hunt R > T with P > S.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from sim.games.bimatrix import REGRET, Bimatrix, Floats

PRISONERS, DEADLOCK, HARMONY = "prisoner's dilemma", "deadlock", "harmony"
STAG_HUNT, CHICKEN, BATTLE = "stag hunt", "chicken", "battle of the sexes"
COORDINATION = "coordination"

NAMED = (PRISONERS, STAG_HUNT, CHICKEN, BATTLE, HARMONY)
"""In the order in which a name is looked for when strategies may be relabelled; deadlock is then
harmony: both have a best strategy and neither regrets it."""


def situation(payoffs: Floats, *, near: float = REGRET) -> str:
    """Name the game as one player sees it.

    Parameters
    ----------
    payoffs
        Shape ``(2, 2)``: rows are the player's own strategies, columns the other's.
    near
        Payoffs closer than this share of their range tie; the player then stands on a border.

    Examples
    --------
    >>> situation(np.array([[3.0, 0.0], [5.0, 1.0]])), situation(np.array([[6.0, 2.0], [7.0, 0.0]]))
    ("prisoner's dilemma", 'chicken')
    >>> situation(np.array([[3.0, 1.0], [5.0, 1.0]]))
    "on the border between chicken and prisoner's dilemma"
    """
    reward, sucker, temptation, punished = payoffs.ravel().tolist()
    least = near * (float(np.ptp(payoffs)) or 1.0)
    comparisons = (temptation - reward, punished - sucker, reward - punished, reward - sucker)
    sides = [(d > 0,) if abs(d) > least else (False, True) for d in comparisons]
    names = sorted({_named(*signs) for signs in product(*sides)})
    if len(names) == 1:
        return names[0]
    return f"on the border between {', '.join(names[:-1])} and {names[-1]}"


def _named(tempted: bool, holds: bool, worth_it: bool, better_than_alone: bool) -> str:
    """Name a strict order: T > R, P > S, R > P and R > S or not."""
    if tempted and holds:
        return PRISONERS if worth_it else DEADLOCK
    if tempted:
        return CHICKEN if better_than_alone else BATTLE
    if holds:
        return STAG_HUNT if worth_it else COORDINATION
    return HARMONY


def situations(game: Bimatrix) -> tuple[str, str]:
    """Name the game as each player sees it; the first strategy of each is to compromise."""
    return situation(game.row), situation(game.column.T)


def famous(game: Bimatrix) -> str | None:
    """Name a game of two by two whatever its strategies are called and in which order.

    Examples
    --------
    >>> famous(Bimatrix.of([[2, 0], [0, 1]], [[1, 0], [0, 2]]))
    'battle of the sexes'
    >>> famous(Bimatrix.of([[1, -1], [-1, 1]], [[-1, 1], [1, -1]]))
    'matching pennies'
    >>> famous(Bimatrix.of([[0, 0], [0, 0]], [[0, 0], [0, 0]])) is None
    True
    """
    if game.shape != (2, 2):
        return None
    turned = [Bimatrix(game.row[::a, ::b], game.column[::a, ::b])
              for a, b in ((1, 1), (-1, -1), (1, -1), (-1, 1))]  # fmt: skip
    for name in NAMED:
        if any(situations(other) == (name, name) for other in turned):
            return name
    mine = np.sign(game.row[1] - game.row[0])
    theirs = np.sign(game.column[:, 1] - game.column[:, 0])
    if mine[0] * mine[1] == -1 and theirs[0] * theirs[1] == -1 and mine[0] != theirs[0]:
        return "matching pennies"
    return None
