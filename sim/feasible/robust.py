"""The most robust package: where the party worst off, against its threshold, is best placed.

Inside a zone it is the agreement that survives the largest change of mind. Where there is no
zone it is the nearest package: the largest single concession it takes is the least there is.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sim.agreement import Agreement
from sim.problem import Problem
from sim.search.criteria import LEAST, Criterion
from sim.solutions.choice import Rule
from sim.solutions.search import field, no_deal, settle


def most_robust(
    problem: Problem, *, rational: bool = True, time_limit: float | None = 10.0
) -> Agreement:
    r"""Raise the smallest surplus over a threshold as far as possible, then the next (leximin).

    .. math:: \operatorname{leximax}_x \; \bigl(u_i(x) - r_i\bigr)_{(1)} \le \dots \le (\cdot)_{(n)}

    It compares the parties' utilities, so it depends on their common scale.

    Parameters
    ----------
    rational
        Whether nobody may get less than no deal gives it.
    time_limit
        Seconds after which the best known is returned with its gap.

    Returns
    -------
    Agreement
        Ties go to the outcome of lowest number. The certificate's bound is on the smallest
        surplus. Without an outcome where none gives everyone at least no deal.

    Examples
    --------
    >>> deals = [[0.9, 0.1], [0.5, 0.4], [0.3, 0.6]]
    >>> most_robust(Problem.enumerated(deals, [0.0, 0.0], [0.6, 0.5])).utilities
    array([0.5, 0.4])
    """
    over = replace(problem, disagreement=problem.thresholds, floor=problem.disagreement)
    space = field(over, time_limit=time_limit, rational_only=rational)
    if space is None:
        return no_deal(problem)
    n = problem.n_parties
    return settle(space, Rule(Criterion(LEAST, np.ones(n), np.full(n, -np.inf))))
