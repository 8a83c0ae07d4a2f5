"""Games in normal form among any number of players, and what it means to be an equilibrium."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sim.errors import InputError
from sim.games.bimatrix import Floats

Mixed = tuple[Floats, ...]
"""One mixed strategy for each player."""


@dataclass(frozen=True, eq=False)
class NormalForm:
    """Payoffs of several players with finitely many strategies each.

    Attributes
    ----------
    payoffs
        Shape ``(n_players, n_strategies of the first, …, of the last)``.

    Examples
    --------
    Three choose a side of the road.

    >>> same = np.zeros((2, 2, 2))
    >>> same[0, 0, 0] = same[1, 1, 1] = 1
    >>> NormalForm.of([same, same, same]).pure_equilibria()
    [(0, 0, 0), (1, 1, 1)]
    """

    payoffs: Floats

    @classmethod
    def of(cls, payoffs: Sequence[ArrayLike]) -> NormalForm:
        """Check and keep one table for each player.

        Raises
        ------
        InputError
            If a payoff is no number, a table is empty, or the tables' shapes do not fit.
        """
        tables = [np.asarray(table, dtype=float) for table in payoffs]
        wrong = []
        if len({table.shape for table in tables}) != 1 or tables[0].ndim != len(tables):
            shapes = ", ".join(str(table.shape) for table in tables)
            wrong.append(
                f"{len(tables)} players need as many tables, each with as many directions: {shapes}"
            )
        elif not tables[0].size:
            wrong.append("each player needs at least one strategy")
        if not all(np.isfinite(table).all() for table in tables):
            wrong.append("every payoff must be a finite number")
        if wrong:
            raise InputError("\n".join(wrong))
        return cls(np.stack(tables))

    @property
    def n_players(self) -> int:
        """Number of players."""
        return len(self.payoffs)

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of strategies of each player."""
        return self.payoffs.shape[1:]

    def worth(self, player: int, profile: Sequence[ArrayLike]) -> Floats:
        """Return what each strategy of a player earns against the others' mixed strategies."""
        table: Floats = np.moveaxis(self.payoffs[player], player, 0)
        for other in range(self.n_players - 1, -1, -1):
            if other != player:
                table = table @ np.asarray(profile[other], dtype=float)
        return table

    def regret(self, profile: Sequence[ArrayLike]) -> float:
        """Return the most that any player could gain by a deviation: 0 at an equilibrium."""
        most = 0.0
        for player, own in enumerate(profile):
            worth = self.worth(player, profile)
            most = max(most, float(worth.max() - np.asarray(own, dtype=float) @ worth))
        return most

    def scale(self) -> float:
        """Return the largest range of a player's payoffs, and 1 where all are the same."""
        return max(float(np.ptp(table)) for table in self.payoffs) or 1.0

    def pure_equilibria(self) -> list[tuple[int, ...]]:
        """List the profiles of pure strategies from which no deviation gains, at any size."""
        stable = np.ones(self.shape, dtype=bool)
        for player, table in enumerate(self.payoffs):
            stable &= table >= table.max(axis=player, keepdims=True) - 1e-12 * self.scale()
        return [tuple(place) for place in np.argwhere(stable).tolist()]
