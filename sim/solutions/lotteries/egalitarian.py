"""The egalitarian solution over lotteries."""

from __future__ import annotations

from sim.agreement import Lottery
from sim.problem import Problem
from sim.solutions.lotteries.proportional import proportional


def egalitarian(problem: Problem, *, time_limit: float | None = 10.0) -> Lottery:
    """Help the party that expects to gain least as far as possible, then the next (leximin).

    Over lotteries all gains are equal wherever nobody stands in the way of anybody else's. It
    compares the parties' utilities, so it depends on their common scale.

    Parameters
    ----------
    time_limit
        Seconds after which the best known is returned with its gap.

    Returns
    -------
    Lottery
        The certificate's bound is on the smallest expected gain.

    Examples
    --------
    One prize that cannot be cut: both take their chance.

    >>> egalitarian(Problem.enumerated([[1.0, 0.0], [0.0, 1.0]], [0.0, 0.0])).utilities
    array([0.5, 0.5])

    References
    ----------
    Kalai (1977), "Proportional Solutions to Bargaining Situations", Econometrica 45 (7),
    1623-1630; Imai (1983), "Individual Monotonicity and Lexicographic Maxmin Solution",
    Econometrica 51 (2), 389-401.
    """
    return proportional(problem, time_limit=time_limit)
