"""Adjusted Winner: two parties divide what they dispute so that both get as much as can be.

Each hands out points over the issues. An issue goes to whoever gives it more; then the leader
hands issues over, cheapest for it first, until both have equally many of their own points. At most
one issue is split. All in exact fractions; the cost is that of sorting the issues.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from sim.errors import InputError

Points = tuple[Fraction, ...]
Pair = tuple[Fraction, Fraction]

WHOLE = Fraction(100)
"""Points that each party has to hand out; others are scaled to this."""


@dataclass(frozen=True)
class Transfer:
    """One issue, or a part of it, that the leader hands over.

    Attributes
    ----------
    item
        Its place among the issues.
    giver
        0 if the first party gives it up, 1 if the second does.
    share
        How much of it, in (0, 1].
    totals
        Points of both parties after it.
    """

    item: int
    giver: int
    share: Fraction
    totals: Pair


@dataclass(frozen=True)
class Division:
    """What Adjusted Winner gives to whom, and how it came about.

    Attributes
    ----------
    points
        What each party gave to each issue, scaled to 100.
    won
        For each issue who holds it before any transfer: 0 or 1.
    won_totals
        Points of both before any transfer.
    transfers
        What the leader then hands over, in order.
    shares
        Share of each issue that the first party ends up with.
    totals
        Points of both at the end: equal.
    """

    points: tuple[Points, Points]
    won: tuple[int, ...]
    won_totals: Pair
    transfers: tuple[Transfer, ...]
    shares: tuple[Fraction, ...]
    totals: Pair

    @property
    def split(self) -> int | None:
        """The issue that is shared; ``None`` where each goes whole to one side."""
        return next((k for k, share in enumerate(self.shares) if 0 < share < 1), None)

    @property
    def tied(self) -> tuple[int, ...]:
        """Issues to which both gave the same points, more than none."""
        return tuple(k for k, (a, b) in enumerate(zip(*self.points, strict=True)) if a == b > 0)

    @property
    def equitable(self) -> bool:
        """Whether both get equally many of their own points."""
        return self.totals[0] == self.totals[1]

    @property
    def envy_free(self) -> bool:
        """Whether each has at least half of its own points, so that neither would swap."""
        return all(total >= WHOLE / 2 for total in self.totals)

    @property
    def efficient(self) -> bool:
        """Whether no other division, shares of issues included, is better for one and not worse.

        Two linear utilities are both served best where no part of an issue can be exchanged for
        a part of another to the good of both.
        """
        parts = list(zip(*self.points, self.shares, strict=True))
        if any((a == 0 < b and x > 0) or (b == 0 < a and x < 1) for a, b, x in parts):
            return False
        held = [(a, b) for a, b, x in parts if x > 0]
        lost = [(a, b) for a, b, x in parts if x < 1]
        return all(a * d >= c * b for a, b in held for c, d in lost)

    def rounded(self, share: int) -> Pair:
        """Return the totals if the issue that is split goes whole to the first party, or not.

        Parameters
        ----------
        share
            1 for the first party, 0 for the second.
        """
        if self.split is None:
            return self.totals
        first, second = (own[self.split] for own in self.points)
        moved = share - self.shares[self.split]
        return self.totals[0] + moved * first, self.totals[1] - moved * second


def adjusted_winner(first: Sequence[Fraction | int], second: Sequence[Fraction | int]) -> Division:
    """Divide issues between two parties who value each of them by points.

    An issue to which both give the same goes to whoever is behind once the others are counted
    (the first party where nobody is); of issues that are equally cheap to hand over the first in
    the list goes first; an issue to which neither gives anything stays with the first party. None
    of this changes how many points both end up with.

    Parameters
    ----------
    first, second
        Points of each party for each issue, none negative; scaled so that each hands out 100.

    Raises
    ------
    InputError
        If the lists differ in length, points are negative, or a party gives none at all.

    Examples
    --------
    Carol values the cottage, Bob the home.

    >>> split = adjusted_winner([50, 20, 15, 10, 5], [40, 30, 10, 10, 10])
    >>> split.totals[0], split.shares[0]
    (Fraction(170, 3), Fraction(5, 6))

    References
    ----------
    Brams & Taylor (1996), "Fair Division: From Cake-Cutting to Dispute Resolution", chapter 4.
    """
    points = _scaled(first, second)
    won = _winners(points)
    shares = [Fraction(1 - who) for who in won]
    totals = _totals(points, shares)
    start, transfers = totals, []
    leader = 0 if totals[0] > totals[1] else 1
    own, other = points[leader], points[1 - leader]
    held = [k for k, who in enumerate(won) if who == leader and other[k] > 0]
    for item in sorted(held, key=lambda k: (own[k] / other[k], k)):
        lead = totals[leader] - totals[1 - leader]
        if lead <= 0:
            break
        share = min(Fraction(1), lead / (own[item] + other[item]))
        shares[item] += share if leader else -share
        totals = _totals(points, shares)
        transfers.append(Transfer(item, leader, share, totals))
    return Division(points, won, start, tuple(transfers), tuple(shares), totals)


def _scaled(
    first: Sequence[Fraction | int], second: Sequence[Fraction | int]
) -> tuple[Points, Points]:
    """Check points and bring them to a sum of 100."""
    if len(first) != len(second):
        raise InputError(
            f"one party gives points to {len(first)} issues and the other to {len(second)}: each "
            "must say what every issue is worth to it"
        )
    scaled = []
    for whose, given in (("first", first), ("second", second)):
        exact = [Fraction(value) for value in given]
        if any(value < 0 for value in exact):
            raise InputError(f"points of the {whose} party cannot be negative: {list(given)}")
        if not sum(exact):
            raise InputError(f"the {whose} party gives no points to any issue")
        scaled.append(tuple(value * WHOLE / sum(exact) for value in exact))
    return scaled[0], scaled[1]


def _winners(points: tuple[Points, Points]) -> tuple[int, ...]:
    """Give each issue to whoever values it more, and those that tie to whoever is behind."""
    pairs = list(zip(*points, strict=True))
    first = sum((a for a, b in pairs if a > b), Fraction(0))
    second = sum((b for a, b in pairs if b > a), Fraction(0))
    behind = 0 if first <= second else 1
    return tuple(
        behind if a == b > 0 else 0 if a >= b else 1 for a, b in pairs
    )  # fmt: skip


def _totals(points: tuple[Points, Points], shares: Sequence[Fraction]) -> Pair:
    first = sum((a * x for a, x in zip(points[0], shares, strict=True)), Fraction(0))
    second = sum((b * (1 - x) for b, x in zip(points[1], shares, strict=True)), Fraction(0))
    return first, second
