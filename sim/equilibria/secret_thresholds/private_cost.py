"""An ultimatum over a pie when the other side's cost of refusing is its own secret.

A proposer demands a share ``x`` of a pie of 1. Refusal leads to a fight that gives it ``p`` less
its cost, and the other ``1 - p`` less a cost that only the other knows; so a demand of ``p + z``
is accepted by those whose cost is at least ``z``. Asking for more risks the fight: war by
miscalculation, though both would be better off without it. All amounts stay exact fractions where
fractions go in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from sim.errors import InputError

Real = Fraction | float


@dataclass(frozen=True)
class Demand:
    """The best demand of a proposer that does not know the other's cost.

    Attributes
    ----------
    above
        By how much the demand exceeds the proposer's expected share of a fight, before its cost.
    demand
        The share demanded.
    risk
        Chance that it is refused.
    payoff
        What the proposer expects.
    """

    above: Real
    demand: Real
    risk: Real
    payoff: Real


def _demand(p: Real, own_cost: Real, above: Real, risk: Real) -> Demand:
    return Demand(above, p + above, risk, (1 - risk) * (p + above) + risk * (p - own_cost))


def _checked(p: Real, own_cost: Real, costs: Sequence[Real]) -> None:
    wrong = []
    if not 0 <= p <= 1:
        wrong.append(f"the chance of winning must lie in [0, 1], not {p}")
    if own_cost < 0 or min(costs) < 0:
        wrong.append("costs of a fight cannot be negative")
    if wrong:
        raise InputError("\n".join(wrong))


def demand_with_uniform_cost(p: Real, own_cost: Real, low: Real, high: Real) -> Demand:
    """Return the best demand when the other's cost is uniform between two bounds.

    Examples
    --------
    >>> half, tenth = Fraction(1, 2), Fraction(1, 10)
    >>> found = demand_with_uniform_cost(half, tenth, Fraction(0), half)
    >>> found.demand, found.risk
    (Fraction(7, 10), Fraction(2, 5))

    References
    ----------
    Fearon (1995), "Rationalist Explanations for War", International Organization 49 (3),
    379-414; the uniform case follows from the first-order condition in its appendix.
    """
    _checked(p, own_cost, (low, high))
    if not low < high:
        raise InputError(f"a uniform cost needs two bounds, the lower first: {low}, {high}")
    above = min(max((high - own_cost) / 2, low), high, 1 - p)
    return _demand(p, own_cost, above, max((above - low) / (high - low), 0 * low))


def demand_with_two_costs(
    p: Real, own_cost: Real, low: Real, high: Real, chance_of_low: Real
) -> Demand:
    """Return the best demand when the other's cost is either low (it is tough) or high.

    Demanding what only the weak accept pays exactly if the chance of meeting the tough is below
    ``(high - low) / (high + own_cost)``; at equality the safe demand is made.
    """
    return demand_with_costs(p, own_cost, [(low, chance_of_low), (high, 1 - chance_of_low)])


def risky_below(own_cost: Real, low: Real, high: Real) -> Real:
    """Return the chance of meeting a tough opponent below which the risky demand pays."""
    return (high - low) / (high + own_cost)


def demand_with_costs(p: Real, own_cost: Real, costs: Sequence[tuple[Real, Real]]) -> Demand:
    """Return the best demand over finitely many costs of the other, each with its chance.

    Every candidate is the most that some type accepts; of equally good ones the safest is taken.
    """
    _checked(p, own_cost, [cost for cost, _ in costs])
    off = sum(float(chance) for _, chance in costs) - 1
    if abs(off) > 1e-9 or any(chance < 0 for _, chance in costs):
        raise InputError("chances of the costs must be none negative and add up to 1")
    found: list[Demand] = []
    for above in sorted({min(cost, 1 - p) for cost, _ in costs}):
        risk = sum((chance for cost, chance in costs if cost < above), start=0 * p)
        found.append(_demand(p, own_cost, above, risk))
    return max(found, key=lambda demand: demand.payoff)  # the first of equals


def demand_with_distribution(
    p: float, own_cost: float, cdf: Callable[[float], float], low: float, high: float
) -> Demand:
    """Return the best demand for any continuous distribution of the other's cost.

    Inside, the first-order condition holds: ``1 - F(z) = f(z) (z + own_cost)``. With several
    local maxima the highest is taken, as far as a grid of 4,000 steps tells them apart.

    Parameters
    ----------
    cdf
        Chance that the cost is at most so much, rising from 0 at ``low`` to 1 at ``high``.
    """
    from scipy.optimize import minimize_scalar  # noqa: PLC0415 - heavy, and needed here only

    _checked(p, own_cost, (low, high))
    top = min(high, 1 - p)
    if top <= low:
        return _demand(p, own_cost, min(low, 1 - p), 0.0)

    def lost(above: float) -> float:
        return -(1 - cdf(above)) * (above + own_cost)

    grid = np.linspace(low, top, 4001)
    at = int(np.argmin([lost(float(z)) for z in grid]))
    ends = float(grid[max(at - 1, 0)]), float(grid[min(at + 1, 4000)])
    near = float(minimize_scalar(lost, bounds=ends, options={"xatol": 1e-12}).x)
    above = min((near, float(grid[at])), key=lost)
    return _demand(p, own_cost, above, float(cdf(above)))


def one_sided_offer(cost: Real, low: Real, high: Real) -> tuple[Real, Real]:
    """Return a seller's best price, and the chance of a sale, against a uniform private value.

    >>> one_sided_offer(Fraction(1, 2), Fraction(0), Fraction(1))
    (Fraction(3, 4), Fraction(1, 4))

    References
    ----------
    Myerson (1981), "Optimal Auction Design", Mathematics of Operations Research 6 (1), 58-73.
    """
    if not low < high:
        raise InputError(f"a uniform value needs two bounds, the lower first: {low}, {high}")
    price = max((high + cost) / 2, low)
    if price > high:  # the seller values it more than any buyer
        return cost, 0 * high
    return price, (high - price) / (high - low)


@dataclass(frozen=True)
class PieOffer:
    """The ultimatum over a pie whose reservation values are known.

    Attributes
    ----------
    offers
        What the responder may be offered in equilibrium: exactly its reservation value, and on a
        grid also one unit more, if it refuses what leaves it indifferent.
    proposer
        What the proposer keeps with the first of these.
    zone
        Offers that both prefer to no deal, from the lowest to the highest; ``None`` for none.
    """

    offers: tuple[Real, ...]
    proposer: Real
    zone: tuple[Real, Real] | None


def ultimatum_over_pie(
    pie: Real, own: Real = 0, other: Real = 0, *, unit: Real | None = None
) -> PieOffer:
    """Return the equilibrium offers of an ultimatum with known reservation values.

    References
    ----------
    Güth, Schmittberger & Schwarze (1982), "An Experimental Analysis of Ultimatum Bargaining",
    Journal of Economic Behavior & Organization 3 (4), 367-388.
    """
    if own + other > pie:
        return PieOffer((), own, None)
    if unit is None:
        return PieOffer((other,), pie - other, (other, pie - own))
    steps = -(-other // unit)
    offers = [steps * unit]
    if steps * unit == other:
        offers.append((steps + 1) * unit)
    able = tuple(offer for offer in offers if pie - offer >= own)
    kept = pie - able[0] if able else own
    return PieOffer(able, kept, (other, pie - own))
