"""The utilitarian solution, with and without each party's right to walk away."""

from __future__ import annotations

import numpy as np

from sim.agreement import Agreement
from sim.problem import Problem
from sim.solutions.choice import of_sum
from sim.solutions.search import field, no_deal, settle


def utilitarian(problem: Problem, *, time_limit: float | None = 10.0) -> Agreement:
    r"""Make the sum of the parties' utilities as large as possible, nobody below no deal.

    .. math:: \max_x \sum_i u_i(x) \quad \text{subject to } u_i(x) \ge d_i

    It compares the parties' utilities, so it depends on their common scale.

    Parameters
    ----------
    time_limit
        Seconds after which the best known is returned with its gap.

    Returns
    -------
    Agreement
        Ties go to the leximin of gains, then to the outcome of lowest number. The certificate's
        bound is on the sum.

    Examples
    --------
    >>> deals = [[1.0, 0.1], [0.7, 0.4], [0.5, 0.5]]
    >>> utilitarian(Problem.enumerated(deals, [0.0, 0.2])).utilities
    array([0.7, 0.4])

    References
    ----------
    Harsanyi (1955), "Cardinal Welfare, Individualistic Ethics, and Interpersonal Comparisons
    of Utility", Journal of Political Economy 63 (4), 309-321.
    """
    space = field(problem, time_limit=time_limit)
    if space is None:
        return no_deal(problem)
    return settle(space, of_sum(np.ones(problem.n_parties), space.floor))


def utilitarian_unconstrained(problem: Problem, *, time_limit: float | None = 10.0) -> Agreement:
    """Make the sum of utilities as large as possible, whoever may then prefer no deal.

    What a planner would impose; the distance to `utilitarian` is the price of consent.

    Examples
    --------
    >>> deals = [[1.0, 0.1], [0.7, 0.3], [0.5, 0.5]]
    >>> utilitarian_unconstrained(Problem.enumerated(deals, [0.0, 0.2])).utilities
    array([1. , 0.1])
    """
    space = field(problem, time_limit=time_limit, rational_only=False)
    if space is None:
        return no_deal(problem)
    return settle(space, of_sum(np.ones(problem.n_parties), space.floor))
