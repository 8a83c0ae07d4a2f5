"""The proportional solution over lotteries."""

from __future__ import annotations

from numpy.typing import ArrayLike

from sim.agreement import Lottery
from sim.problem import TOLERANCE, Problem
from sim.solutions.lotteries.draw import certified, lottery, no_lottery, out_of_time
from sim.solutions.lotteries.hull import Hull, rational
from sim.solutions.lotteries.leximin import fairest
from sim.solutions.power import powers


def proportional(
    problem: Problem, *, power: ArrayLike | None = None, time_limit: float | None = 10.0
) -> Lottery:
    """Let expected gains stand in given proportions, as far as that hurts nobody (leximin).

    Parameters
    ----------
    power
        The proportions, ``(n_parties,)``; equal where not given, which is the egalitarian
        solution. A party with none stays out of the proportions, and gets what is left.
    time_limit
        Seconds after which the best known is returned with its gap.

    Returns
    -------
    Lottery
        The certificate's bound is on the smallest expected gain over its proportion.

    Examples
    --------
    >>> prize = Problem.enumerated([[1.0, 0.0], [0.0, 1.0]], [0.0, 0.0])
    >>> proportional(prize, power=[3, 1]).utilities
    array([0.75, 0.25])

    References
    ----------
    Kalai (1977), "Proportional Solutions to Bargaining Situations", Econometrica 45 (7),
    1623-1630.
    """
    hull = Hull.of(problem, time_limit=time_limit)
    scale = powers(problem, power)
    start = None if hull is None else rational(hull)
    if hull is None or (start is not None and start.ceiling < -TOLERANCE):
        return no_lottery(problem)
    raised = fairest(hull, scale / hull.unit, hull.floors())
    if raised is None:
        return out_of_time(problem)
    proof = certified(hull, raised.gap)
    return lottery(raised.hull, raised.last.chances, raised.prices, proof)
