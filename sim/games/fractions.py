"""Equilibria in exact fractions: found in floating point, solved and verified without it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from sim.games.bimatrix import Bimatrix, Floats

Exact = tuple[Fraction, ...]
PLAYED = 1e-9
"""Probabilities below this are taken for 0, and verified to be."""


def exact_vertex(game: Bimatrix, x: Floats, y: Floats) -> tuple[Exact, Exact] | None:
    """Return an extreme equilibrium in fractions, or ``None`` where none has these supports.

    The strategies that are played are equally good replies, which is a system of linear
    equations for the other's probabilities; the solution is then checked against the definition.
    """
    a = [[Fraction(repr(float(v))) for v in row] for row in game.row]
    b = [[Fraction(repr(float(v))) for v in row] for row in game.column]
    column = [list(col) for col in zip(*b, strict=True)]
    exact_y = _solve(a, np.flatnonzero(y > PLAYED).tolist(), _best(game.row @ y))
    exact_x = _solve(column, np.flatnonzero(x > PLAYED).tolist(), _best(x @ game.column))
    if exact_x is None or exact_y is None:
        return None
    verified = _is_reply(a, exact_x, exact_y) and _is_reply(column, exact_y, exact_x)
    return (exact_x, exact_y) if verified else None


def _best(payoffs: Floats) -> list[int]:
    range_ = max(float(np.abs(payoffs).max()), 1.0)
    return np.flatnonzero(payoffs >= payoffs.max() - 1e-7 * range_).tolist()


def _solve(
    payoffs: Sequence[Sequence[Fraction]], played: Sequence[int], best: Sequence[int]
) -> Exact | None:
    """Find probabilities on what is played that make all best replies equally good."""
    places = list(played)
    rows = [[payoffs[r][j] - payoffs[best[0]][j] for j in places] + [Fraction(0)] for r in best[1:]]
    rows.append([Fraction(1)] * len(places) + [Fraction(1)])
    solution = _eliminate(rows, len(places))
    if solution is None or any(p < 0 for p in solution):
        return None
    full = [Fraction(0)] * len(payoffs[0])
    for place, p in zip(places, solution, strict=True):
        full[place] = p
    return tuple(full)


def _eliminate(rows: list[list[Fraction]], n: int) -> list[Fraction] | None:
    """Solve linear equations by elimination; ``None`` unless there is exactly one solution."""
    rank = 0
    for column in range(n):
        pivot = next((r for r in range(rank, len(rows)) if rows[r][column]), None)
        if pivot is None:
            return None
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        lead = rows[rank][column]
        rows[rank] = [v / lead for v in rows[rank]]
        for r, row in enumerate(rows):
            if r != rank and row[column]:
                factor = row[column]
                rows[r] = [v - factor * w for v, w in zip(row, rows[rank], strict=True)]
        rank += 1
    if any(row[n] for row in rows[rank:]):
        return None
    return [rows[k][n] for k in range(n)]


def _is_reply(payoffs: Sequence[Sequence[Fraction]], own: Exact, other: Exact) -> bool:
    """Verify that every strategy played is a best reply."""
    worth = [sum((v * q for v, q in zip(row, other, strict=True)), Fraction(0)) for row in payoffs]
    top = max(worth)
    return sum(own) == 1 and all(w == top for w, p in zip(worth, own, strict=True) if p)
