"""The Kalai-Smorodinsky solution over lotteries."""

from __future__ import annotations

import numpy as np

from sim.agreement import Lottery
from sim.problem import TOLERANCE, Problem
from sim.solutions.lotteries.draw import certified, lottery, no_lottery, out_of_time
from sim.solutions.lotteries.hull import Hull, rational
from sim.solutions.lotteries.ideal import ideal
from sim.solutions.lotteries.leximin import fairest


def kalai_smorodinsky(problem: Problem, *, time_limit: float | None = 10.0) -> Lottery:
    """Let every party expect the same share of the most that it could hope for (leximin).

    What a party could hope for is the most that a lottery can give it while nobody expects less
    than no deal. Parties that can gain nothing stay out of the ratios.

    Parameters
    ----------
    time_limit
        Seconds after which the best known is returned with its gap.

    Returns
    -------
    Lottery
        The certificate's bound is on the smallest share.

    Examples
    --------
    Packages alone give no equal shares; half a chance of each does.

    >>> deals = Problem.enumerated([[4.0, 0.0], [0.0, 2.0]], [0.0, 0.0])
    >>> kalai_smorodinsky(deals).utilities
    array([2., 1.])

    References
    ----------
    Kalai & Smorodinsky (1975), "Other Solutions to Nash's Bargaining Problem", Econometrica
    43 (3), 513-518; for more than two parties Imai (1983), Econometrica 51 (2), 389-401.
    """
    hull = Hull.of(problem, time_limit=time_limit)
    start = None if hull is None else rational(hull)
    if hull is None or (start is not None and start.ceiling < -TOLERANCE):
        return no_lottery(problem)
    hopes = ideal(hull)
    if hopes is None:
        return out_of_time(problem)
    able = hopes.gains * hull.unit > TOLERANCE
    scale = np.where(able, hopes.gains, 0.0)
    raised = fairest(hull, scale, hull.floors())
    if raised is None:
        return out_of_time(problem)
    short = hopes.at_most[able] / hopes.gains[able] - 1.0
    gap = raised.gap + raised.value * float(short.max(initial=0.0))
    return lottery(raised.hull, raised.last.chances, raised.prices, certified(hull, gap))
