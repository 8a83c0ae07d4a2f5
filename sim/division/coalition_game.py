"""Coalition games: what every group of players can secure by acting together.

Coalitions are numbered by their members: player k is worth 2ᵏ, so that the worths of all are one
array. Worths are whole numbers over a common unit, so that nothing is ever rounded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError

Integers = NDArray[Any]
"""64-bit whole numbers, or Python's own where those would overflow."""

MOST_PLAYERS = 20
"""More players have more coalitions than are listed here: over a million."""

SAFE = 2**40
"""Whole numbers below this can be added up over all coalitions in 64 bits."""


@dataclass(frozen=True, eq=False)
class CoalitionGame:
    """What every coalition can secure; utility can be passed from hand to hand.

    Attributes
    ----------
    worths
        Worth of each coalition by its number, in units, shape ``(2**n_players,)``; of nobody 0.
    unit
        How many units make 1.

    Examples
    --------
    Two players have a left glove each, the third a right one; only a pair is worth anything.

    >>> glove = CoalitionGame.of(3, {(0, 2): 1, (1, 2): 1, (0, 1, 2): 1})
    >>> glove.worth([0, 1]), glove.worth([1, 2])
    (Fraction(0, 1), Fraction(1, 1))
    """

    worths: Integers
    unit: int

    @classmethod
    def of(cls, n_players: int, worths: Mapping[Sequence[int], Fraction | int]) -> CoalitionGame:
        """Build a game from the worths of some coalitions; all others are worth nothing.

        Raises
        ------
        InputError
            If there are too many players to list their coalitions, or none.
        """
        listed = {number(members): Fraction(worth) for members, worth in worths.items()}
        return cls.from_numbers(n_players, lambda coalition: listed.get(coalition, Fraction(0)))

    @classmethod
    def from_numbers(cls, n_players: int, worth: Callable[[int], Fraction | int]) -> CoalitionGame:
        """Build a game from a function of the coalitions' numbers; nobody is worth 0."""
        if not 1 <= n_players <= MOST_PLAYERS:
            raise InputError(
                f"{n_players} players: a coalition game lists every coalition, which is done for "
                f"1 to {MOST_PLAYERS} players"
            )
        exact = [Fraction(0), *(Fraction(worth(s)) for s in range(1, 2**n_players))]
        unit = lcm(*(value.denominator for value in exact))
        return cls(whole([int(value * unit) for value in exact]), unit)

    @classmethod
    def bankruptcy(cls, estate: Fraction | int, claims: Sequence[Fraction | int]) -> CoalitionGame:
        """Build the game in which a coalition gets what the others' claims leave of an estate.

        References
        ----------
        O'Neill (1982), "A Problem of Rights Arbitration from the Talmud", Mathematical Social
        Sciences 2 (4), 345-371.
        """
        unit = lcm(Fraction(estate).denominator, *(Fraction(c).denominator for c in claims))
        claimed = sums([int(Fraction(claim) * unit) for claim in claims])
        left = int(Fraction(estate) * unit) - (claimed[-1] - claimed)
        return cls(np.maximum(left, 0), unit)

    @classmethod
    def shared_costs(cls, costs: Sequence[Fraction | int]) -> CoalitionGame:
        """Build the game of a facility that serves all who need less: an airstrip, a taxi.

        A coalition's worth is minus the cost of what its most demanding member needs.

        References
        ----------
        Littlechild & Owen (1973), "A Simple Expression for the Shapley Value in a Special Case",
        Management Science 20 (3), 370-372.
        """
        unit = lcm(*(Fraction(cost).denominator for cost in costs))
        highest = whole([0])
        for cost in costs:
            highest = np.concatenate([highest, np.maximum(highest, int(Fraction(cost) * unit))])
        return cls(-highest, unit)

    @cached_property
    def n_players(self) -> int:
        """Number of players."""
        return len(self.worths).bit_length() - 1

    @property
    def everyone(self) -> int:
        """The number of the coalition of all."""
        return len(self.worths) - 1

    @property
    def total(self) -> Fraction:
        """What all secure together."""
        return self.at(self.everyone)

    def at(self, coalition: int) -> Fraction:
        """Return the worth of a coalition given by its number."""
        return Fraction(int(self.worths[coalition]), self.unit)

    def worth(self, members: Sequence[int]) -> Fraction:
        """Return the worth of a coalition given by its members."""
        return self.at(number(members))

    def excesses(self, shares: Sequence[Fraction | int]) -> tuple[Integers, int]:
        """Return what each coalition misses at a division, in units, and how many make 1.

        An excess above 0 is what the coalition could gain by going its own way.
        """
        unit = lcm(self.unit, *(Fraction(share).denominator for share in shares))
        got = sums([int(Fraction(share) * unit) for share in shares])
        worths = whole(self.worths, factor=unit // self.unit)
        if got.dtype != worths.dtype:
            got, worths = got.astype(object), worths.astype(object)
        return worths - got, unit

    @cached_property
    def monotone(self) -> bool:
        """Whether nobody's joining ever makes a coalition worse off."""
        return all(bool((self.marginal(k) >= 0).all()) for k in range(self.n_players))

    @cached_property
    def convex(self) -> bool:
        """Whether a player adds the more the more have joined before; then the core is large."""
        for k in range(self.n_players):
            adds = CoalitionGame(self.marginal(k), 1)
            if not adds.monotone:
                return False
        return True

    @cached_property
    def superadditive(self) -> bool:
        """Whether two coalitions without a common member never lose by joining.

        Looks at every split of every coalition: 3ⁿ of them.
        """
        for coalition in range(1, len(self.worths)):
            part = (coalition - 1) & coalition
            while part > coalition // 2:
                if self.worths[part] + self.worths[coalition ^ part] > self.worths[coalition]:
                    return False
                part = (part - 1) & coalition
        return True

    @cached_property
    def simple(self) -> bool:
        """Whether coalitions only win or lose, and all together win."""
        values = {int(value) for value in np.unique(self.worths)}
        return self.monotone and values == {0, self.unit}

    def marginal(self, player: int) -> Integers:
        """Return what a player adds to each coalition of the others, in units.

        Returns
        -------
        ndarray
            Shape ``(2**(n_players - 1),)``; the others keep their order.
        """
        pairs = self.worths.reshape(-1, 2, 2**player)
        adds: Integers = (pairs[:, 1] - pairs[:, 0]).reshape(-1)
        return adds


def number(members: Sequence[int]) -> int:
    """Return the number of a coalition.

    >>> number([0, 2]), members_of(5)
    (5, [0, 2])
    """
    return sum(1 << k for k in set(members))


def members_of(coalition: int) -> list[int]:
    """Return the members of a coalition, in order."""
    return [k for k in range(coalition.bit_length()) if coalition >> k & 1]


def sizes(n_players: int) -> NDArray[np.int64]:
    """Return how many members each coalition has, shape ``(2**n_players,)``."""
    counted: NDArray[np.int64] = sums([1] * n_players)
    return counted


def sums(values: Sequence[int]) -> Integers:
    """Add values of the members up for every coalition, shape ``(2**n_players,)``.

    >>> sums([1, 10, 100]).tolist()
    [0, 1, 10, 11, 100, 101, 110, 111]
    """
    total = whole([0, sum(abs(value) for value in values)])[:1] * 0
    for value in values:
        total = np.concatenate([total, total + value])
    return total


def whole(values: Sequence[int] | Integers, *, factor: int = 1) -> Integers:
    """Return whole numbers times a factor as an array that no sum over coalitions overflows."""
    large = max((abs(int(values[k])) for k in _ends(values)), default=0) * abs(factor)
    exact = np.asarray(values, dtype=np.int64 if large < SAFE else object)
    return exact * factor


def _ends(values: Sequence[int] | Integers) -> list[int]:
    """Return the places of the smallest and the largest number."""
    if not len(values):
        return []
    if isinstance(values, np.ndarray):
        return [int(values.argmin()), int(values.argmax())]
    return [values.index(min(values)), values.index(max(values))]


def best_part(n_players: int, worths: Mapping[int, Fraction]) -> CoalitionGame:
    """Build a game in which a coalition gets the most that a listed part of it does."""
    best: list[Fraction] = [Fraction(0)] * 2**n_players
    for coalition in range(1, 2**n_players):
        own = worths.get(coalition)
        parts = [best[coalition ^ (1 << k)] for k in members_of(coalition)]
        best[coalition] = max(parts) if own is None else own
    return CoalitionGame.from_numbers(n_players, best.__getitem__)


def best_partition(n_players: int, worths: Mapping[int, Fraction]) -> CoalitionGame:
    """Build a game in which a coalition divides into listed ones so that they get most in all."""
    best: list[Fraction] = [Fraction(0)] * 2**n_players
    for coalition in range(1, 2**n_players):
        first = coalition & -coalition
        rest = coalition ^ first
        found = best[rest]  # the first member alone and unlisted
        part = rest
        while True:
            own = worths.get(part | first)
            if own is not None:
                found = max(found, own + best[rest ^ part])
            if not part:
                break
            part = (part - 1) & rest
        best[coalition] = worths.get(coalition, found)
    return CoalitionGame.from_numbers(n_players, best.__getitem__)


def minimal_winning(game: CoalitionGame) -> list[list[int]]:
    """Return the winning coalitions of a simple game that lose if any member leaves."""
    wins = [s for s in range(1, len(game.worths)) if game.worths[s]]
    held = set(wins)
    least = [s for s in wins if not any(s ^ (1 << k) in held for k in members_of(s))]
    return sorted((members_of(s) for s in least), key=lambda group: (len(group), group))
