"""The proportional solution."""

from __future__ import annotations

from numpy.typing import ArrayLike

from sim.agreement import Agreement
from sim.problem import Problem
from sim.solutions.choice import of_least
from sim.solutions.power import powers
from sim.solutions.search import field, no_deal, settle


def proportional(
    problem: Problem, *, power: ArrayLike | None = None, time_limit: float | None = 10.0
) -> Agreement:
    r"""Let the gains stand in given proportions, as nearly as that hurts nobody (leximin).

    .. math:: \operatorname{leximax}_x \; \frac{u_i(x) - d_i}{p_i}

    With equal proportions it is the egalitarian solution. It compares the parties' utilities, so
    it depends on their common scale.

    Parameters
    ----------
    power
        The proportions, ``(n_parties,)``, by bargaining power; equal where not given. A party
        with none stays out of the ratios: it is guaranteed no deal, and decides between ties.
    time_limit
        Seconds after which the best known is returned with its gap.

    Returns
    -------
    Agreement
        Ties go to the leximin of gains, then to the outcome of lowest number. The certificate's
        bound is on the smallest ratio; the largest proportion counts as 1.

    Examples
    --------
    Twelve coins, and the one has twice the power of the other.

    >>> import numpy as np
    >>> coins = np.arange(13.0)
    >>> split = Problem.enumerated(np.column_stack([coins, 12 - coins]), [0.0, 0.0])
    >>> proportional(split, power=[2, 1]).utilities
    array([8., 4.])

    References
    ----------
    Kalai (1977), "Proportional Solutions to Bargaining Situations", Econometrica 45 (7),
    1623-1630; in a leximin form, as finite sets need it, Imai (1983), Econometrica 51 (2),
    389-401.
    """
    scale = powers(problem, power)
    space = field(problem, time_limit=time_limit)
    if space is None:
        return no_deal(problem)
    return settle(space, of_least(scale))
