"""A buyer and a seller who each know only their own value: what secrecy costs.

Both name a price at once; if the bid is at least the ask they trade in between, at ``k`` times
the bid plus ``1 - k`` times the ask. Each shades its price, so some trades that both would gain
from are lost, and no rule of bargaining avoids that (Myerson and Satterthwaite). Values are
independent and uniform; amounts stay exact fractions where fractions go in.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from sim.errors import InputError

Real = Fraction | float
Range = tuple[Real, Real]


@dataclass(frozen=True)
class Trade:
    """How a rule of bargaining fares.

    Attributes
    ----------
    at_least
        Trade takes place where the buyer's value exceeds ``slope`` times the seller's by so much.
    slope
        1 where every trade that is missed is missed for the same gain.
    chance
        Of a trade.
    gains
        Expected gains of both together.
    """

    at_least: Real
    slope: Real
    chance: Real
    gains: Real


@dataclass(frozen=True)
class DoubleAuction:
    """The linear equilibrium.

    Attributes
    ----------
    bid, ask
        Slope and intercept: the buyer bids ``bid[0] * value + bid[1]``.
    trade
        What comes of it.
    """

    bid: tuple[Real, Real]
    ask: tuple[Real, Real]
    trade: Trade


def _checked(buyer: Range, seller: Range) -> None:
    wrong = [
        f"a uniform value needs two bounds, the lower first: {low}, {high}"
        for low, high in (buyer, seller)
        if not low < high
    ]
    if wrong:
        raise InputError("\n".join(wrong))


def linear_equilibrium(buyer: Range, seller: Range, *, k: Real = 0.5) -> DoubleAuction | None:
    """Return the linear equilibrium of the double auction; ``None`` where there is none.

    There is one where neither side's prices reach beyond all of the other's: where the highest
    bid is no more than the highest ask, and the lowest ask no less than the lowest bid.

    Parameters
    ----------
    buyer, seller
        Lowest and highest value.
    k
        Weight of the bid in the price, in [0, 1].

    Examples
    --------
    >>> one = (Fraction(0), Fraction(1))
    >>> found = linear_equilibrium(one, one, k=Fraction(1, 2))
    >>> found.bid, found.trade.chance
    ((Fraction(2, 3), Fraction(1, 12)), Fraction(9, 32))

    References
    ----------
    Chatterjee & Samuelson (1983), "Bargaining under Incomplete Information", Operations Research
    31 (5), 835-851.
    """
    _checked(buyer, seller)
    if not 0 <= k <= 1:
        raise InputError(f"the weight of the bid must lie in [0, 1], not {k}")
    lowest_ask = (seller[0] * (1 + k) + (1 - k) * buyer[1]) / 2
    highest_bid = (buyer[1] + k * lowest_ask) / (1 + k)
    bid = 1 / (1 + k), k * lowest_ask / (1 + k)
    ask = 1 / (2 - k), (1 - k) * highest_bid / (2 - k)
    beyond = highest_bid > ask[0] * seller[1] + ask[1], lowest_ask < bid[0] * buyer[0] + bid[1]
    if any(beyond):
        return None
    slope = ask[0] / bid[0]
    at_least = (ask[1] - bid[1]) / bid[0]
    return DoubleAuction(bid, ask, _triangle(buyer, seller, slope, at_least))


def _triangle(buyer: Range, seller: Range, slope: Real, at_least: Real) -> Trade:
    """Sum up the trades where ``value >= slope * cost + at_least``, a corner of the rectangle."""
    area = (buyer[1] - buyer[0]) * (seller[1] - seller[0])
    least, most = slope * seller[0] + at_least, (buyer[1] - at_least) / slope
    if least >= buyer[1]:
        return Trade(at_least, slope, 0 * area, 0 * area)
    chance = (buyer[1] - least) * (most - seller[0]) / (2 * area)
    value, cost = (2 * buyer[1] + least) / 3, (2 * seller[0] + most) / 3
    return Trade(at_least, slope, chance, chance * (value - cost))


def first_best(buyer: Range, seller: Range) -> Trade:
    """Return what trade would bring if it took place whenever both gain."""
    _checked(buyer, seller)
    return _apart(buyer, seller, 0 * buyer[0])


def _apart(buyer: Range, seller: Range, least: Real) -> Trade:
    """Sum up the trades in which the buyer's value exceeds the seller's by so much, exactly."""
    area = (buyer[1] - buyer[0]) * (seller[1] - seller[0])
    corners = [
        (1, buyer[1] - seller[0]), (-1, buyer[0] - seller[0]),
        (-1, buyer[1] - seller[1]), (1, buyer[0] - seller[1]),
    ]  # fmt: skip
    over = [(sign, max(gap - least, 0 * gap)) for sign, gap in corners]
    chance = sum((sign * x * x for sign, x in over), start=0 * area) / (2 * area)
    excess = sum((sign * x * x * x for sign, x in over), start=0 * area) / (6 * area)
    return Trade(least, 1 + 0 * area, chance, excess + least * chance)


def second_best(buyer: Range, seller: Range) -> Trade:
    """Return the most that any rule of bargaining can bring while both hold their own secrets.

    Trade takes place where the buyer's value exceeds the seller's by a margin, just wide enough
    for what honesty must be paid. A fourth of the widest gap where values overlap enough.

    References
    ----------
    Myerson & Satterthwaite (1983), "Efficient Mechanisms for Bilateral Trading", Journal of
    Economic Theory 29 (2), 265-281.
    """
    _checked(buyer, seller)
    if _left_over(buyer, seller, 0 * buyer[0]) >= 0:
        return first_best(buyer, seller)
    widest = buyer[1] - seller[0]
    margin = widest / 4
    if margin >= max(buyer[0] - seller[0], buyer[1] - seller[1]):
        return _apart(buyer, seller, margin)
    low, high = 0.0, float(widest)
    for _ in range(200):
        margin = (low + high) / 2
        low, high = (low, margin) if _left_over(buyer, seller, margin) >= 0 else (margin, high)
    return _apart(buyer, seller, high)


def _left_over(buyer: Range, seller: Range, margin: Real) -> Real:
    """Return what trade above a margin leaves after everyone is paid for being honest.

    Expected virtual gains: twice the gap between the values, less the widest gap.
    """
    trade = _apart(buyer, seller, margin)
    return 2 * trade.gains - (buyer[1] - seller[0]) * trade.chance
