"""The median of the efficient packages, for two parties."""

from __future__ import annotations

import numpy as np

from sim.agreement import Agreement, Certificate, Frontier
from sim.errors import InputError
from sim.frontier import pareto_frontier
from sim.problem import Problem
from sim.solutions.choice import of_least
from sim.solutions.search import no_deal, unknown


def median(problem: Problem, *, time_limit: float | None = 10.0) -> Agreement:
    """Meet in the middle: as many efficient points are better for the one as for the other.

    What is left when two sides withdraw in step, each from its best efficient package to the
    next best, until they meet. Only the order of each one's preferences counts, not how strong
    they are. Packages that give both the same are one point.

    Parameters
    ----------
    time_limit
        Seconds for listing the frontier.

    Returns
    -------
    Agreement
        Of two in the middle, the one with the larger smaller gain, then the one of lowest
        number. Where the frontier cannot be listed in full, nothing is known, and the
        certificate says so.

    Raises
    ------
    InputError
        If there are more than two parties: no order of the efficient packages is then both
        parties' order, one forwards and one backwards.

    Examples
    --------
    >>> deals = [[9.0, 0.0], [8.0, 3.0], [3.0, 4.0], [2.0, 5.0], [0.0, 6.0]]
    >>> median(Problem.enumerated(deals, [0.0, 0.0])).utilities
    array([3., 4.])

    References
    ----------
    Kıbrıs & Sertel (2007), "Bargaining over a finite set of alternatives", Social Choice and
    Welfare 28 (3), 421-437 (rational compromise); Brams & Kilgour (2001), "Fallback Bargaining",
    Group Decision and Negotiation 10 (4), 287-316.
    """
    if problem.n_parties > 2:
        raise InputError(
            f"median: not defined for {problem.n_parties} parties, only for two: with more, "
            "the efficient packages have no middle; name two with --parties A,B"
        )
    frontier = pareto_frontier(problem, time_limit=time_limit)
    if not isinstance(frontier, Frontier) or not frontier.certificate.exact:
        return unknown(problem)
    if not len(frontier):
        return no_deal(problem)
    middle = np.arange((len(frontier) - 1) // 2, len(frontier) // 2 + 1)
    gains = frontier.utilities[middle] - problem.disagreement
    tied = middle[of_least(np.ones(problem.n_parties)).winners(gains)]
    chosen = tied[np.lexsort(frontier.choices[tied].T[::-1])[0]]
    outcome = frontier.choices[chosen]
    proof = Certificate(True, 0.0, "middle of the frontier")
    return Agreement(outcome, problem.utility(outcome), proof)
