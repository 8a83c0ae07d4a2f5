"""The Kalai-Smorodinsky solution."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sim.agreement import Agreement, Certificate
from sim.problem import TOLERANCE, Floats, Problem
from sim.solutions.choice import of_least
from sim.solutions.ideal import Ideal, ideal
from sim.solutions.search import field, no_deal, settle


def kalai_smorodinsky(problem: Problem, *, time_limit: float | None = 10.0) -> Agreement:
    r"""Give every party the same share of the most that it could hope for (leximin).

    .. math:: \operatorname{leximax}_x \; \frac{u_i(x) - d_i}{M_i - d_i}, \quad
              M_i = \max \{u_i(x) : u_j(x) \ge d_j \text{ for all } j\}

    Unlike Nash's solution it never punishes a party for a set of outcomes that grew in its
    favour. Parties that can gain nothing stay out of the ratios. With finitely many outcomes
    equal shares are seldom possible, so the smallest is made largest, then the next.

    Parameters
    ----------
    time_limit
        Seconds after which the best known is returned with its gap.

    Returns
    -------
    Agreement
        Ties go to the leximin of gains, then to the outcome of lowest number. The certificate's
        bound is on the smallest share.

    Examples
    --------
    The one could get 1 at best, the other 0.5: equal shares are 0.8 and 0.4.

    >>> deals = [[1.0, 0.1], [0.8, 0.4], [0.5, 0.5]]
    >>> kalai_smorodinsky(Problem.enumerated(deals, [0.0, 0.0])).utilities
    array([0.8, 0.4])

    References
    ----------
    Kalai & Smorodinsky (1975), "Other Solutions to Nash's Bargaining Problem", Econometrica
    43 (3), 513-518; for more than two parties Imai (1983), Econometrica 51 (2), 389-401.
    """
    space = field(problem, time_limit=time_limit)
    if space is None:
        return no_deal(problem)
    hopes = ideal(space)
    able = hopes.gains > TOLERANCE
    scale = np.where(able, hopes.gains, 0.0) if able.any() else np.ones(problem.n_parties)
    agreement = settle(space, of_least(scale))
    if (hopes.at_most <= hopes.gains + TOLERANCE).all():
        return agreement
    return replace(agreement, certificate=_loosened(agreement, hopes, problem.disagreement))


def _loosened(agreement: Agreement, hopes: Ideal, disagreement: Floats) -> Certificate:
    """Allow for ideal gains that may be higher than those found."""
    certificate = agreement.certificate
    if agreement.outcome is None:
        return certificate
    gains = agreement.utilities - disagreement
    able = hopes.at_most > TOLERANCE
    likely = (gains[able] / np.maximum(hopes.gains[able], TOLERANCE)).min(initial=np.inf)
    surely = (gains[able] / hopes.at_most[able]).min(initial=np.inf)
    return Certificate(False, float(certificate.bound + likely - surely), certificate.method)
