"""Which of two equilibria is the safer choice for players who doubt each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.games.bimatrix import REGRET, Bimatrix

Pure = tuple[int, int]


@dataclass(frozen=True)
class RiskDominance:
    """Two strict equilibria of a game of two by two, compared.

    Attributes
    ----------
    equilibria
        Both, as row and column chosen.
    products
        Of the losses that the two players suffer by leaving each equilibrium alone.
    dominant
        The one with the larger product; ``None`` where they are equal.
    payoff_dominant
        The one that is better for both; ``None`` where the players disagree.
    """

    equilibria: tuple[Pure, Pure]
    products: tuple[float, float]
    dominant: Pure | None
    payoff_dominant: Pure | None


def risk_dominance(game: Bimatrix) -> RiskDominance | None:
    """Compare the two strict equilibria of a game of two by two.

    For larger games the comparison needs the tracing procedure and is not made.

    Returns
    -------
    RiskDominance or None
        ``None`` where the game has other than two rows and two columns, or not two strict
        equilibria.

    Examples
    --------
    A stag hunt: hunting together is better for both, hunting hare alone is safer.

    >>> found = risk_dominance(Bimatrix.of([[4, 1], [3, 3]], [[4, 3], [1, 3]]))
    >>> found.dominant, found.payoff_dominant
    ((1, 1), (0, 0))

    References
    ----------
    Harsanyi & Selten (1988), "A General Theory of Equilibrium Selection in Games", section 3.9.
    """
    if game.shape != (2, 2):
        return None
    near = REGRET * game.scale()
    strict = [
        (i, j)
        for i in range(2)
        for j in range(2)
        if game.row[i, j] > game.row[1 - i, j] + near
        and game.column[i, j] > game.column[i, 1 - j] + near
    ]
    if len(strict) != 2:
        return None
    first, second = (_product(game, i, j) for i, j in strict)
    (a, b), (c, d) = strict
    gains = np.array([game.row[a, b] - game.row[c, d], game.column[a, b] - game.column[c, d]])
    better = strict[0] if (gains > near).all() else strict[1] if (gains < -near).all() else None
    tie = abs(first - second) <= REGRET * max(first, second)
    dominant = None if tie else strict[0] if first > second else strict[1]
    return RiskDominance((strict[0], strict[1]), (first, second), dominant, better)


def _product(game: Bimatrix, i: int, j: int) -> float:
    mine = game.row[i, j] - game.row[1 - i, j]
    theirs = game.column[i, j] - game.column[i, 1 - j]
    return float(mine * theirs)
