"""How high a weighted sum of utilities can go inside the zone."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sim.agreement import Agreement, Certificate
from sim.problem import Problem
from sim.solutions.choice import of_sum
from sim.solutions.search import agreed, field, no_deal, searched, unknown


def highest(problem: Problem, weights: ArrayLike, *, time_limit: float | None = 10.0) -> Agreement:
    """Find an outcome that everyone accepts and that makes a weighted sum as high as can be.

    Parameters
    ----------
    weights
        Of each party's utility, shape ``(n_parties,)``, of any sign: ``[0, -1]`` asks for the
        least that the second party gets inside the zone.
    time_limit
        Seconds after which the best known is returned with its gap.

    Returns
    -------
    Agreement
        Without an outcome where the zone is empty, or where none was found in time. The
        certificate's bound is on the sum.

    Examples
    --------
    >>> slices = np.arange(11) / 10
    >>> pie = Problem.enumerated(np.column_stack([slices, 1 - slices]), [0, 0], [0.3, 0.4])
    >>> highest(pie, [1, 0]).utilities, highest(pie, [-1, 0]).utilities
    (array([0.6, 0.4]), array([0.3, 0.7]))
    """
    w, n = np.asarray(weights, dtype=float), problem.n_parties
    sums = [block.utilities @ w[:, None] for block in problem.blocks]
    wide = problem.with_columns(sums, [-np.inf], [0.0]).within_zone()
    space = field(wide, time_limit=time_limit)
    if space is None:
        return no_deal(problem)
    proof = Certificate(True, 0.0, "enumeration")
    if space.listed is not None:
        rows, gains = space.listed
        best = int(gains[:, n].argmax())
        found = agreed(space, rows[best], proof)
    elif space.known is None:
        return unknown(problem)
    else:
        top = searched(space, of_sum(np.eye(n + 1)[n], space.floor), ties=False)
        gap = 0.0 if top.proven else top.ceiling - top.best
        found = agreed(space, top.rows[0], Certificate(top.proven, gap, "branch and bound"))
    return Agreement(found.outcome, found.utilities[:n], found.certificate)
