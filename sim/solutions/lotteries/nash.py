"""The Nash bargaining solution over lotteries."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike

from sim.agreement import Lottery
from sim.problem import TOLERANCE, Floats, Problem
from sim.search.criteria import PRODUCT, Criterion
from sim.solutions.lotteries.draw import certified, lottery, no_lottery, out_of_time
from sim.solutions.lotteries.hull import FINE, ROUNDS, Hull, rational
from sim.solutions.lotteries.ideal import ideal
from sim.solutions.lotteries.leximin import rest
from sim.solutions.lotteries.mix import Mix
from sim.solutions.lotteries.product import best_product
from sim.solutions.power import powers


def nash(
    problem: Problem, *, power: ArrayLike | None = None, time_limit: float | None = 10.0
) -> Lottery:
    r"""Maximise the product of the parties' expected gains.

    .. math:: \max_{\text{lotteries}} \prod_i \bigl(\operatorname{E} u_i - d_i\bigr)

    Nash's own setting: over lotteries it is the one solution that is Pareto optimal, symmetric,
    blind to the units in which each party counts, and unmoved when losing alternatives are
    struck off. The expected utilities are unique. Parties that can gain nothing stay out.

    Parameters
    ----------
    power
        Bargaining power of each party, the exponent of its gain, ``(n_parties,)``; equal where
        not given. A party with none stays out of the product.
    time_limit
        Seconds after which the best known is returned with its gap.

    Returns
    -------
    Lottery
        The certificate's bound is on the weighted geometric mean of the expected gains.

    Examples
    --------
    Three indivisible deals; the middle one is not quite worth a fair draw of the others.

    >>> deals = Problem.enumerated([[1.0, 0.0], [0.4, 0.4], [0.0, 1.0]], [0.0, 0.0])
    >>> fair = nash(deals)
    >>> fair.utilities, fair.outcomes.ravel().tolist()
    (array([0.5, 0.5]), [0, 2])

    References
    ----------
    Nash (1950), "The Bargaining Problem", Econometrica 18 (2), 155-162; with powers Kalai
    (1977), "Nonsymmetric Nash Solutions and Replications of 2-Person Bargaining",
    International Journal of Game Theory 6 (3), 129-133.
    """
    hull = Hull.of(problem, time_limit=time_limit)
    start = None if hull is None else rational(hull)
    if hull is None or start is None or start.ceiling < -TOLERANCE:
        return no_lottery(problem)
    weights = powers(problem, power)
    if start.value <= TOLERANCE:
        hopes = ideal(hull)
        if hopes is None:
            return out_of_time(problem)
        able = hopes.gains * hull.unit > TOLERANCE
        weights = weights * able
        mean = hopes.chances[able].mean(axis=0) if able.any() else start.chances
        start = replace(start, chances=mean)
    best = start
    if (weights > 0).any():
        best = _highest_product(hull, weights, start)
    gap = best.value * float(np.expm1(best.gap))
    proof = certified(hull, gap)
    if not (weights > 0).all() and not hull.late():
        others = rest(hull, weights > 0, best, hull.floors())
        if others is not None:
            return lottery(others.hull, others.last.chances, best.prices, proof)
    return lottery(hull, best.chances, best.prices, proof)


@dataclass(eq=False)
class _Members:
    """Lotteries to be mixed: what each gives, and its chances of the hull's corners."""

    hull: Hull
    points: list[Floats] = field(default_factory=list)
    recipes: list[Floats] = field(default_factory=list)

    def add(self, recipe: Floats) -> None:
        """Add a lottery, unless there is one that gives the same."""
        point = recipe @ self.hull.gains[: len(recipe)]
        if all(np.abs(point - other).max() > FINE for other in self.points):
            self.points.append(point)
            self.recipes.append(recipe)

    def chances(self, shares: Floats) -> Floats:
        """Return the chances of the corners in a mix of the members."""
        mixed = np.zeros(len(self.hull.corners))
        for share, recipe in zip(shares, self.recipes, strict=False):
            mixed[: len(recipe)] += share * recipe
        return mixed


def _highest_product(hull: Hull, weights: Floats, start: Mix) -> Mix:
    """Mix, take the prices at which the mix is best, add what is better at them, and again.

    Where a floor may bind that the product does not see to, what is added is itself a lottery
    that meets the floors; else it is a package. The value is the geometric mean in utility, and
    the gap how much higher its logarithm can be.
    """
    bare = ((weights > 0) & (hull.floor <= 0)).all()
    hull.scout(Criterion(PRODUCT, weights, np.where(weights > 0, -np.inf, hull.floor)))
    members, seen = _Members(hull), 0
    members.add(start.chances)
    shares, total = np.ones(1), float(weights.sum())
    lowest, prices = np.inf, start.prices
    for _ in range(ROUNDS):
        while bare and seen < len(hull.corners):
            members.add(np.eye(len(hull.corners))[seen])
            seen += 1
        shares = np.append(shares, np.zeros(len(members.points) - len(shares)))
        shares = best_product(np.array(members.points), weights, shares)
        gains = shares @ np.array(members.points)
        slope = np.where(weights > 0, weights / np.where(weights > 0, gains, 1.0), 0.0)
        if bare:
            here, proof = hull.worth(slope), slope
        else:
            size = float(slope.max())
            better = hull.maximise(slope / size, hull.floors())
            if better is None:
                break
            here, proof = better.ceiling * size, better.prices
            members.add(better.chances)
        if here - total < lowest:
            lowest, prices = here - total, proof
        known = len(shares) == len(members.points) and (not bare or seen == len(hull.corners))
        if lowest <= FINE * total or known or hull.late():
            break
    counted = weights > 0
    utility = (gains * hull.unit)[counted]
    mean = float(np.exp(weights[counted] @ np.log(utility) / total))
    chances = members.chances(shares)
    return Mix(mean, mean + max(lowest, 0.0) / total, chances, gains, prices, np.zeros(0))
