"""One equilibrium of a game too large to list them all: Lemke and Howson's path, guarded.

Pivots divide as they go and ties are broken lexicographically, so that the path cannot cycle;
there is a limit on its length, every strategy serves as a start in turn, and what is returned
has been checked against the definition.
"""

from __future__ import annotations

import numpy as np

from sim.games.bimatrix import REGRET, Bimatrix, Floats, Profile, profile

STEPS = 20_000
"""Pivots after which a start is given up."""


def one_equilibrium(game: Bimatrix) -> Profile | None:
    """Find an equilibrium; ``None`` where no start led to one, which the theory excludes.

    Examples
    --------
    >>> battle = Bimatrix.of([[2, 0], [0, 1]], [[1, 0], [0, 2]])
    >>> one_equilibrium(battle).pure
    (0, 0)

    References
    ----------
    Lemke & Howson (1964), "Equilibrium Points of Bimatrix Games", Journal of the Society for
    Industrial and Applied Mathematics 12 (2), 413-423.
    """
    m, n = game.shape
    for label in range(m + n):
        found = _path(game, label)
        if found is not None and found.regret <= REGRET * game.scale():
            return found
    return None


def _path(game: Bimatrix, label: int) -> Profile | None:
    """Follow the path that starts by dropping one label."""
    m, n = game.shape
    a = 1.0 + (game.row - game.row.min()) / (float(np.ptp(game.row)) or 1.0)
    b = 1.0 + (game.column - game.column.min()) / (float(np.ptp(game.column)) or 1.0)
    # For x: slack of each column reply; for y: slack of each row reply. Variables carry labels.
    tables = [
        np.column_stack([b.T, np.eye(n), np.ones(n)]),
        np.column_stack([a, np.eye(m), np.ones(m)]),
    ]
    bases = [list(range(m, m + n)), list(range(m))]
    columns = [list(range(m + n)), [*range(m, m + n), *range(m)]]
    side, entering = (0, label) if label < m else (1, label)
    for _ in range(STEPS):
        table, basis, names = tables[side], bases[side], columns[side]
        column = names.index(entering)
        row = _leaving(table, column, basis)
        if row is None:
            return None
        _pivot(table, row, column)
        entering, basis[row] = basis[row], entering
        if entering == label:
            return _read(game, tables, bases)
        side = 1 - side
    return None


def _leaving(table: Floats, column: int, basis: list[int]) -> int | None:
    """Choose the row that leaves: least ratio, ties broken by the slacks' columns in order."""
    positive = np.flatnonzero(table[:, column] > 1e-12)
    if not len(positive):
        return None
    slacks = np.arange(table.shape[1] - 1)[-len(basis) :]
    order = [table.shape[1] - 1, *slacks.tolist()]
    ratios = table[positive][:, order] / table[positive][:, [column]]
    left = np.arange(len(positive))
    for values in ratios.T:
        own = values[left]
        left = left[own <= own.min() + 1e-12]
        if len(left) == 1:
            break
    return int(positive[left[0]])


def _pivot(table: Floats, row: int, column: int) -> None:
    table[row] /= table[row, column]
    others = np.arange(len(table)) != row
    table[others] -= np.outer(table[others, column], table[row])
    table[others, column] = 0.0


def _read(game: Bimatrix, tables: list[Floats], bases: list[list[int]]) -> Profile:
    """Read the two strategies off the tables."""
    m, n = game.shape
    x, y = np.zeros(m), np.zeros(n)
    for table, basis, into, first in ((tables[0], bases[0], x, 0), (tables[1], bases[1], y, m)):
        for row, variable in enumerate(basis):
            if first <= variable < first + len(into):
                into[variable - first] = max(table[row, -1], 0.0)
    x, y = x / x.sum(), y / y.sum()
    return profile(game, x, y)
