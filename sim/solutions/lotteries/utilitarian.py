"""The utilitarian solution over lotteries, with and without each party's right to walk away."""

from __future__ import annotations

import numpy as np

from sim.agreement import Lottery
from sim.problem import TOLERANCE, Problem
from sim.search.criteria import SUM, Criterion
from sim.solutions.lotteries.draw import certified, lottery, no_lottery, out_of_time
from sim.solutions.lotteries.hull import Hull, rational
from sim.solutions.lotteries.leximin import leximin


def utilitarian(problem: Problem, *, time_limit: float | None = 10.0) -> Lottery:
    """Make the expected sum of utilities as large as possible, nobody expecting less than no deal.

    It compares the parties' utilities, so it depends on their common scale.

    Parameters
    ----------
    time_limit
        Seconds after which the best known is returned with its gap.

    Returns
    -------
    Lottery
        Ties go to the leximin of expected gains. The certificate's bound is on the sum.

    Examples
    --------
    The best deal in sum leaves the second side a little short; a chance of the other mends it.

    >>> deals = Problem.enumerated([[1.0, 0.1], [0.5, 0.5]], [0.0, 0.2])
    >>> utilitarian(deals).utilities.round(3)
    array([0.875, 0.2  ])
    """
    return _highest_sum(Hull.of(problem, time_limit=time_limit), problem)


def utilitarian_unconstrained(problem: Problem, *, time_limit: float | None = 10.0) -> Lottery:
    """Make the expected sum of utilities as large as possible, whoever may then prefer no deal.

    A single package does that; where several do, the draw between them is the fairest.

    Examples
    --------
    >>> deals = Problem.enumerated([[1.0, 0.1], [0.5, 0.5], [0.1, 1.0]], [0.0, 0.2])
    >>> utilitarian_unconstrained(deals).utilities.round(3)
    array([0.45, 0.65])
    """
    hull = Hull.of(problem, time_limit=time_limit)
    if hull is not None:
        hull.floor = np.full(problem.n_parties, -np.inf)
    return _highest_sum(hull, problem)


def _highest_sum(hull: Hull | None, problem: Problem) -> Lottery:
    start = None if hull is None else rational(hull)
    if hull is None or (start is not None and start.ceiling < -TOLERANCE):
        return no_lottery(problem)
    floors, size = hull.floors(), float(hull.unit.max())
    goal = hull.unit / size
    hull.scout(Criterion(SUM, goal, hull.floor))
    best = hull.maximise(goal, floors)
    if best is None:
        return out_of_time(problem)
    reached = floors.and_at_least(goal[None, :], np.array([goal @ best.gains]))
    fair = leximin(hull.face(best), 1.0 / hull.unit, reached)
    proof = certified(hull, best.gap * size)
    if fair is None:
        return lottery(hull, best.chances, best.prices, proof)
    return lottery(fair.hull, fair.last.chances, best.prices, proof)
