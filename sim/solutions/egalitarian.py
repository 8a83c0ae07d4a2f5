"""The egalitarian solution."""

from __future__ import annotations

import numpy as np

from sim.agreement import Agreement
from sim.problem import Problem
from sim.solutions.choice import of_least
from sim.solutions.search import field, no_deal, settle


def egalitarian(problem: Problem, *, time_limit: float | None = 10.0) -> Agreement:
    r"""Help the party that gains least as far as possible, then the next, and so on (leximin).

    .. math:: \operatorname{leximax}_x \; \bigl(u_i(x) - d_i\bigr)_{(1)} \le \dots \le (\cdot)_{(n)}

    Stopping at the smallest gain could pick an outcome that another betters for everyone. It
    compares the parties' utilities, so it depends on their common scale.

    Parameters
    ----------
    time_limit
        Seconds after which the best known is returned with its gap.

    Returns
    -------
    Agreement
        Ties go to the outcome of lowest number. The certificate's bound is on the smallest gain.

    Examples
    --------
    >>> deals = [[0.9, 0.4], [0.5, 0.5], [0.8, 0.5]]
    >>> egalitarian(Problem.enumerated(deals, [0.0, 0.0])).utilities
    array([0.8, 0.5])

    References
    ----------
    Kalai (1977), "Proportional Solutions to Bargaining Situations", Econometrica 45 (7),
    1623-1630; Imai (1983), "Individual Monotonicity and Lexicographic Maxmin Solution",
    Econometrica 51 (2), 389-401.
    """
    space = field(problem, time_limit=time_limit)
    if space is None:
        return no_deal(problem)
    return settle(space, of_least(np.ones(problem.n_parties)))
