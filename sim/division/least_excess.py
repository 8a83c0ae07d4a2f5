"""Divisions at which the coalition worst off misses as little as can be: one exact programme.

The programme that the core, the least core and the nucleolus are made of:

    minimise e  subject to  x(S) + e ≥ v(S) for the coalitions counted,
                            x(S) = fixed for those settled before, x(i) ≥ v(i) if asked.

It is solved from its dual by the revised simplex method in fractions, so that answers and proofs
are exact; what a division leaves every coalition is one pass over an array. Where nothing moves
for a step, Bland's rule prevents cycles.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from sim.division.coalition_game import CoalitionGame, members_of

Row = list[Fraction]
Column = tuple[str, int]
"""``settled``, ``counted`` or ``alone``, and the number of the coalition."""


@dataclass(frozen=True, eq=False)
class LeastExcess:
    """A division, how much the coalition worst off misses at it, and the proof.

    Attributes
    ----------
    shares
        What each player gets.
    excess
        What the coalitions worst off miss; below 0 they have that much to spare.
    weights
        Coalition -> weight, adding up to 1: with them, every division leaves an average
        excess of at least this.
    alone
        Players whose own worth binds, with its weight.
    """

    shares: tuple[Fraction, ...]
    excess: Fraction
    weights: Mapping[int, Fraction]
    alone: Mapping[int, Fraction]


def least_excess(
    game: CoalitionGame,
    settled: Mapping[int, Fraction],
    counted: NDArray[np.bool_],
    *,
    individually: bool,
) -> LeastExcess | None:
    """Make the largest excess as small as possible.

    Parameters
    ----------
    game
        The game.
    settled
        Coalition -> what it gets; independent of each other, all players together among them.
    counted
        Which coalitions count, shape ``(2**n_players,)``; none whose share is settled already.
    individually
        Whether each player must get at least what it has alone.

    Returns
    -------
    LeastExcess or None
        ``None`` where players cannot all get what they have alone.
    """
    simplex = _Simplex(game, settled, counted, individually=individually)
    return simplex.solve()


class _Simplex:
    """The dual: weights on coalitions that cover all players evenly and add up to 1."""

    def __init__(
        self,
        game: CoalitionGame,
        settled: Mapping[int, Fraction],
        counted: NDArray[np.bool_],
        *,
        individually: bool,
    ) -> None:
        self.game, self.settled, self.counted = game, dict(settled), counted
        self.individually, self.n = individually, game.n_players
        self.basis: list[Column] = []
        self.inverse = self._begin()
        self.values = [self.inverse[r][self.n] for r in range(self.n + 1)]

    def _column(self, column: Column) -> Row:
        kind, coalition = column
        row = [Fraction(coalition >> k & 1) for k in range(self.n)]
        return [*row, Fraction(kind == "counted")]

    def _worth(self, column: Column) -> Fraction:
        kind, coalition = column
        return self.settled[coalition] if kind == "settled" else self.game.at(coalition)

    def _begin(self) -> list[Row]:
        """Start from what is settled, one coalition with its complement, and fill up."""
        first = int(np.flatnonzero(self.counted)[0])
        wanted: list[Column] = [("settled", s) for s in self.settled]
        wanted += [("counted", first), ("counted", self.game.everyone ^ first)]
        singles = [1 << k for k in range(self.n)]
        wanted += [("alone" if self.individually else "counted", s) for s in singles
                   if self.individually or self.counted[s]]  # fmt: skip
        more = (("counted", int(s)) for s in np.flatnonzero(self.counted))
        echelon: list[tuple[int, Row]] = []
        for column in (*wanted, *more):
            if len(self.basis) == self.n + 1:
                break
            row = reduced(self._column(column), echelon)
            lead = next((k for k, value in enumerate(row) if value), None)
            if lead is not None:
                echelon.append((lead, [value / row[lead] for value in row]))
                self.basis.append(column)
        return _inverted([self._column(column) for column in self.basis])

    def solve(self) -> LeastExcess | None:
        """Bring coalitions in until none misses more than those that count already."""
        stuck = False
        while True:
            prices = self._prices()
            entering = self._entering(prices, first=stuck)
            if entering is None:
                return self._answer(prices)
            step = self._pivot(entering)
            if step is None:
                return None
            stuck = step == 0

    def _prices(self) -> Row:
        """Return the division and the excess that the basis stands for."""
        worth = [self._worth(column) for column in self.basis]
        return [
            sum((w * row[k] for w, row in zip(worth, self.inverse, strict=True)), Fraction(0))
            for k in range(self.n + 1)
        ]

    def _entering(self, prices: Row, *, first: bool) -> Column | None:
        """Return a coalition that misses more than it may: the worst off, or the first."""
        shares, excess = prices[: self.n], prices[self.n]
        misses, unit = self.game.excesses(shares)
        least = int((excess * unit).__floor__())
        over = np.flatnonzero(self.counted & (misses > least))
        over = over[[Fraction(int(m), unit) > excess for m in misses[over]]] if len(over) else over
        if self.individually:
            for k in range(self.n):
                if shares[k] < self.game.at(1 << k):
                    return ("alone", 1 << k)
        if not len(over):
            return None
        place = over[0] if first else over[int(np.argmax(misses[over]))]
        return ("counted", int(place))

    def _pivot(self, entering: Column) -> Fraction | None:
        """Bring a column in and take one out; return how far the weights moved."""
        column = self._column(entering)
        moves = [
            sum((e * c for e, c in zip(row, column, strict=True)), Fraction(0))
            for row in self.inverse
        ]
        able = [
            (self.values[r] / move, self._rank(r), r)
            for r, move in enumerate(moves)
            if move > 0 and self.basis[r][0] != "settled"
        ]
        if not able:
            return None
        step, _, out = min(able)
        self.inverse[out] = [value / moves[out] for value in self.inverse[out]]
        for r, move in enumerate(moves):
            if r != out and move:
                self.inverse[r] = [
                    v - move * w for v, w in zip(self.inverse[r], self.inverse[out], strict=True)
                ]
        self.values = [row[self.n] for row in self.inverse]
        self.basis[out] = entering
        return step

    def _rank(self, r: int) -> tuple[int, int]:
        """Order columns as `_entering` looks at them."""
        kind, coalition = self.basis[r]
        return (int(kind == "counted"), coalition)

    def _answer(self, prices: Row) -> LeastExcess:
        weights = {
            column: value for column, value in zip(self.basis, self.values, strict=True) if value
        }
        return LeastExcess(
            tuple(prices[: self.n]),
            prices[self.n],
            {s: value for (kind, s), value in weights.items() if kind == "counted"},
            {members_of(s)[0]: v for (kind, s), v in weights.items() if kind == "alone"},
        )


def reduced(row: Row, echelon: Sequence[tuple[int, Row]]) -> Row:
    """Subtract known rows until what is left of this one is independent of them."""
    for lead, known in echelon:
        factor = row[lead]
        if factor:
            row = [value - factor * k for value, k in zip(row, known, strict=True)]
    return row


def _inverted(columns: Sequence[Row]) -> list[Row]:
    """Invert a matrix given by its columns, by elimination."""
    n = len(columns)
    rows = [[columns[c][r] for c in range(n)] + [Fraction(int(r == k)) for k in range(n)]
            for r in range(n)]  # fmt: skip
    for k in range(n):
        pivot = next(r for r in range(k, n) if rows[r][k])
        rows[k], rows[pivot] = rows[pivot], rows[k]
        lead = rows[k][k]
        rows[k] = [value / lead for value in rows[k]]
        for r in range(n):
            if r != k and rows[r][k]:
                factor = rows[r][k]
                rows[r] = [v - factor * w for v, w in zip(rows[r], rows[k], strict=True)]
    return [row[n:] for row in rows]


def all_but_everyone(game: CoalitionGame) -> NDArray[np.bool_]:
    """Return which coalitions are neither empty nor all players together."""
    counted = np.ones(len(game.worths), dtype=bool)
    counted[[0, -1]] = False
    return counted


def undecided(game: CoalitionGame, settled: Sequence[int]) -> NDArray[np.bool_]:
    """Return the coalitions whose share does not follow from what others get.

    A share follows where the coalition is a combination of those settled, which is where it is
    at right angles to all that is at right angles to them.
    """
    n = game.n_players
    echelon: list[tuple[int, Row]] = []
    for coalition in settled:
        row = reduced([Fraction(coalition >> k & 1) for k in range(n)], echelon)
        lead = next((k for k, value in enumerate(row) if value), None)
        if lead is not None:
            unit = [value / row[lead] for value in row]
            echelon = [(k, reduced(known, [(lead, unit)])) for k, known in echelon]
            echelon.append((lead, unit))
    free = np.zeros(len(game.worths), dtype=bool)
    for direction in _orthogonal(echelon, n):
        free |= _dot(direction)
    return free


def _orthogonal(echelon: Sequence[tuple[int, Row]], n: int) -> Iterator[Row]:
    """Yield a basis of what is at right angles to rows in reduced form."""
    leads = [lead for lead, _ in echelon]
    for k in range(n):
        if k not in leads:
            direction = [Fraction(int(j == k)) for j in range(n)]
            for lead, row in echelon:
                direction[lead] = -row[k]
            yield direction


def _dot(direction: Row) -> NDArray[np.bool_]:
    """Return for which coalitions the values of their members do not add up to 0."""
    from math import lcm  # noqa: PLC0415

    from sim.division.coalition_game import sums  # noqa: PLC0415

    unit = lcm(*(value.denominator for value in direction))
    apart: NDArray[np.bool_] = sums([int(value * unit) for value in direction]) != 0
    return apart
