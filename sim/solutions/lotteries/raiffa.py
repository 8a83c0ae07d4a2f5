"""Raiffa's sequential solution over lotteries."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.agreement import Certificate, Lottery
from sim.problem import TOLERANCE, Floats, Problem
from sim.solutions.lotteries.draw import lottery, no_lottery, out_of_time
from sim.solutions.lotteries.hull import Hull, rational
from sim.solutions.lotteries.ideal import ideal
from sim.solutions.lotteries.leximin import Bools, Raised, fairest

NEAR = 1e-9
"""The steps end when nobody can hope for more than this part of its range."""

STEPS = 500
"""How many steps are taken at most; three to six are usual."""


def raiffa(problem: Problem, *, time_limit: float | None = 10.0) -> Lottery:
    r"""Step by step, give each party an equal part of what it could still hope for.

    .. math:: t_0 = d, \qquad t_{k+1} = t_k + \frac{M(t_k) - t_k}{n}

    where :math:`M_i(t)` is the most that party i can expect while nobody expects less than t.
    Each step is the midpoint of everybody's hopes, which a lottery can give; the steps go
    towards a point that cannot be bettered for all.

    Parameters
    ----------
    time_limit
        Seconds after which the last step is returned, made efficient, with its gap.

    Returns
    -------
    Lottery
        The certificate's bound is, in utility, how far the limit can be from it for any party.

    Examples
    --------
    Two equal steps lead from (0, 0) over (0.5, 0.25) to the frontier.

    >>> deals = Problem.enumerated([[1.0, 0.0], [1.0, 0.25], [0.5, 0.5], [0.0, 0.5]], [0.0, 0.0])
    >>> raiffa(deals).utilities
    array([0.75 , 0.375])

    References
    ----------
    Raiffa (1953), "Arbitration Schemes for Generalized Two-Person Games", in Contributions to
    the Theory of Games II, Annals of Mathematics Studies 28, 361-387; Luce & Raiffa (1957),
    Games and Decisions, §6.7.
    """
    hull = Hull.of(problem, time_limit=time_limit)
    start = None if hull is None else rational(hull)
    if hull is None or start is None or start.ceiling < -TOLERANCE:
        return no_lottery(problem)
    n = hull.n_parties
    steps = _Steps(hull, hull.floor.copy(), np.zeros(n), np.ones(n, dtype=bool))
    while steps.taken < STEPS and steps.go_on():
        pass
    if steps.raised is None:
        return out_of_time(problem)
    size = max(float(hull.unit.max()), 1.0)
    exact = steps.left <= TOLERANCE * size and not hull.noise
    bound = 0.0 if exact else steps.left + hull.noise * size
    certificate = Certificate(exact, bound, "limit of the steps")
    raised = steps.raised
    return lottery(raised.hull, raised.last.chances, raised.prices, certificate)


@dataclass(eq=False)
class _Steps:
    """Where the steps have come to.

    Attributes
    ----------
    least, point
        What is demanded in any case, and what the steps have reached, in the hull's units.
    open
        Who may still hope for more.
    left
        How much any party can still hope for at most, in utility.
    raised
        The most equal share of the hopes, taken from the last point.
    """

    hull: Hull
    least: Floats
    point: Floats
    open: Bools
    left: float = np.inf
    raised: Raised | None = None
    taken: int = 0

    def go_on(self) -> bool:
        """Take a step; tell whether there may be another."""
        hull, n, open_ = self.hull, self.hull.n_parties, np.flatnonzero(self.open)
        hull.floor = np.maximum(self.least, self.point)
        hopes = ideal(hull, open_)
        if hopes is None:
            return False
        hope = np.zeros(n)
        hope[open_] = np.maximum(hopes.gains - self.point[open_], 0.0)
        at_most = np.maximum(hopes.at_most - self.point[open_], 0.0)
        self.left = float((at_most * hull.unit[open_]).max())
        self.open = hope > NEAR
        scale = np.where(self.open, hope, 0.0)
        raised = fairest(hull, scale, hull.floors(), base=self.point)
        if raised is None:
            return False
        self.raised = raised
        if not self.open.any() or hull.late():
            return False
        self.taken += 1
        self.point = self.point + scale / n
        self.left *= 1.0 - 1.0 / n
        if (1.0 - raised.value) * hope.max() <= NEAR:  # everyone can have all that it hopes for
            self.open[:] = False
        elif (raised.value - 1.0 / n) * hope.max() <= NEAR / n:  # nobody tight can go further
            self.open &= ~raised.tight
            self.hull = hull.face(raised.first)
        else:
            hull.mixed = set(np.flatnonzero(hopes.chances.any(axis=0)).tolist())
        if not self.open.any():
            self.left = 0.0
        return bool(self.open.any())
