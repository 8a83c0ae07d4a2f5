"""The Shapley value and the Banzhaf index: what each player adds to coalitions, on average.

Exact fractions. Games are arrays of all coalitions (a second for 20 players); weighted votes are
counted by generating functions instead, which takes milliseconds for a council of fifty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb, factorial

import numpy as np

from sim.division.coalition_game import CoalitionGame, Integers, sizes
from sim.errors import InputError

IN_64_BITS = 60
"""Players whose coalitions of one size can be counted in 64 bits: 10¹⁷ of thirty."""

MOST_COUNTED = 5_000_000
"""Numbers in the table of a weighted vote: players times quota, squared players aside."""


def shapley(game: CoalitionGame) -> tuple[Fraction, ...]:
    r"""Return what each player adds when all join one by one, on average over all orders.

    .. math:: \phi_i = \sum_{S \not\ni i} \frac{|S|!\,(n-|S|-1)!}{n!} \bigl(v(S \cup i) - v(S)\bigr)

    Examples
    --------
    >>> [str(x) for x in shapley(CoalitionGame.of(3, {(0, 2): 1, (1, 2): 1, (0, 1, 2): 1}))]
    ['1/6', '1/6', '2/3']

    References
    ----------
    Shapley (1953), "A Value for n-Person Games", Contributions to the Theory of Games II,
    307-317.
    """
    n = game.n_players
    before = sizes(n - 1)
    order = np.argsort(before, kind="stable")
    starts = np.searchsorted(before[order], np.arange(n))
    weights = [factorial(s) * factorial(n - s - 1) for s in range(n)]
    values = []
    for player in range(n):
        added = np.add.reduceat(game.marginal(player)[order], starts)
        total = sum(w * int(part) for w, part in zip(weights, added, strict=True))
        values.append(Fraction(total, factorial(n) * game.unit))
    return tuple(values)


def banzhaf(game: CoalitionGame) -> tuple[Fraction, ...]:
    """Return what each player adds on average when each other one joins or not, like a coin.

    They need not add up to what all have together.

    References
    ----------
    Penrose (1946), Journal of the Royal Statistical Society 109 (1), 53-57; Banzhaf (1965),
    Rutgers Law Review 19, 317-343.
    """
    half = 2 ** (game.n_players - 1)
    return tuple(
        Fraction(int(game.marginal(k).sum()), half * game.unit) for k in range(game.n_players)
    )


@dataclass(frozen=True)
class Vote:
    """A vote by weights: a motion passes with the quota and without a veto.

    Attributes
    ----------
    weights
        Votes of each player, whole numbers, none negative.
    quota
        Votes that a motion needs.
    vetoes
        Players without whom no motion passes, by place.

    Examples
    --------
    The United Nations Security Council: nine votes of fifteen, and none of the five against.

    >>> council = Vote((1,) * 15, 9, tuple(range(5)))
    >>> council.shapley[0], council.shapley[14]
    (Fraction(421, 2145), Fraction(4, 2145))
    """

    weights: tuple[int, ...]
    quota: int
    vetoes: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Refuse votes that make no sense, all mistakes at once."""
        wrong = []
        if any(weight < 0 for weight in self.weights):
            wrong.append(f"votes cannot be negative: {list(self.weights)}")
        if not 0 < self.quota <= sum(self.weights):
            wrong.append(
                f"the quota must lie between 1 and all votes, {sum(self.weights)}, not {self.quota}"
            )
        if not all(0 <= k < len(self.weights) for k in self.vetoes):
            wrong.append(f"vetoes must name players 0 to {len(self.weights) - 1}")
        if not wrong and len(self.weights) * self.quota > MOST_COUNTED:
            wrong.append(
                f"{len(self.weights)} players and a quota of {self.quota}: the table of the count "
                f"would be larger than {MOST_COUNTED:,}; write the votes in larger units"
            )
        if wrong:
            raise InputError("\n".join(wrong))

    @property
    def game(self) -> CoalitionGame:
        """The same as a game of all coalitions: 1 for those that pass a motion."""
        veto = sum(1 << k for k in self.vetoes)
        return CoalitionGame.from_numbers(
            len(self.weights),
            lambda s: int(s & veto == veto and self._votes(s) >= self.quota),
        )

    def _votes(self, coalition: int) -> int:
        return sum(w for k, w in enumerate(self.weights) if coalition >> k & 1)

    @property
    def shapley(self) -> tuple[Fraction, ...]:
        """The Shapley–Shubik index: how often each is the one whose joining passes a motion.

        References
        ----------
        Shapley & Shubik (1954), American Political Science Review 48 (3), 787-792.
        """
        n = len(self.weights)
        weights = [factorial(s) * factorial(n - s - 1) for s in range(n)]
        return tuple(
            Fraction(sum(w * c for w, c in zip(weights, counts, strict=True)), factorial(n))
            for counts in self.swings
        )

    @property
    def banzhaf(self) -> tuple[Fraction, ...]:
        """Share of the others' coalitions that each player turns from losing to winning."""
        half = 2 ** (len(self.weights) - 1)
        return tuple(Fraction(sum(counts), half) for counts in self.swings)

    @property
    def swings(self) -> tuple[tuple[int, ...], ...]:
        """For each player how many coalitions of each size pass a motion only once it joins."""
        known: dict[tuple[int, bool], tuple[int, ...]] = {}
        for k, weight in enumerate(self.weights):
            kind = (weight, k in self.vetoes)
            if kind not in known:
                known[kind] = self._swings(k)
        return tuple(known[w, k in self.vetoes] for k, w in enumerate(self.weights))

    def _swings(self, player: int) -> tuple[int, ...]:
        """Count the coalitions of the others, by size, for which a player makes the difference."""
        n = len(self.weights)
        others = [w for k, w in enumerate(self.weights) if k not in (*self.vetoes, player)]
        needed = [w for k, w in enumerate(self.weights) if k in self.vetoes and k != player]
        counts = _by_size_and_votes(others, self.quota)
        have, own = sum(needed), self.weights[player]
        least, most = max(self.quota - have - own, 0), max(self.quota - have, 0)
        found = [0] * n
        for size, row in enumerate(counts):
            few = int(row[:least].sum())  # lose even with the player
            wins = comb(len(others), size) if player in self.vetoes else int(row[:most].sum())
            found[size + len(needed)] = wins - few
        return tuple(found)


def _by_size_and_votes(weights: Sequence[int], below: int) -> Integers:
    """Count coalitions by members and votes, as the generating function of a vote does.

    Returns
    -------
    ndarray
        Shape ``(n + 1, below)``: those with fewer votes than that only.

    References
    ----------
    Mann & Shapley (1962), "Values of Large Games, VI", RAND RM-3158-PR.
    """
    kind = np.int64 if len(weights) <= IN_64_BITS else object
    counts = np.zeros((len(weights) + 1, below), dtype=kind)
    counts[0, 0] = 1
    for joined, weight in enumerate(weights, start=1):
        if weight < below:
            counts[1 : joined + 1, weight:] += counts[:joined, : below - weight]
    return counts
