"""Raiffa's sequential solution."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from sim.agreement import Agreement, Certificate
from sim.clock import deadline_in, late
from sim.problem import TOLERANCE, Floats, Problem
from sim.search.branch import feasible
from sim.solutions.choice import of_least
from sim.solutions.ideal import ideal
from sim.solutions.programmed import some_package
from sim.solutions.search import Field, field, no_deal, settle


def raiffa(problem: Problem, *, time_limit: float | None = 10.0) -> Agreement:
    r"""Step by step, give each party an equal part of what it could still hope for.

    .. math:: t_0 = d, \qquad t_{k+1} = t_k + \frac{M(t_k) - t_k}{n}

    where :math:`M_i(t)` is the most that party i can get from a package that gives nobody less
    than t. Over lotteries each next point can be had; over packages the steps go on while some
    package gives everyone as much as it, or until one gives everyone all it can hope for. Among
    those that give everyone the last point, the one that shares out best what could still be
    hoped for there is chosen: the leximin of gains over t in proportion to :math:`M(t) - t`,
    which is the Kalai-Smorodinsky solution of what is left.

    Parameters
    ----------
    time_limit
        Seconds after which the steps end early, which the certificate says.

    Returns
    -------
    Agreement
        Ties go to the leximin of gains over the last point, then to the outcome of lowest
        number. The certificate's bound is on the smallest share of the last choice, infinite
        where a step was not proven.

    Examples
    --------
    The first step is half of each one's hopes, (5, 2.5); what lies above it is settled there.

    >>> deals = [[10.0, 0.0], [8.0, 3.0], [6.0, 4.5], [0.0, 5.0]]
    >>> raiffa(Problem.enumerated(deals, [0.0, 0.0])).utilities
    array([6. , 4.5])

    References
    ----------
    Raiffa (1953), "Arbitration Schemes for Generalized Two-Person Games", in Contributions to
    the Theory of Games II, Annals of Mathematics Studies 28, 361-387; for any number of parties
    Diskin, Koppel & Samet (2011), "Generalized Raiffa Solutions", Games and Economic Behavior
    73 (2), 452-458.
    """
    deadline = deadline_in(time_limit)
    space = field(problem, time_limit=time_limit)
    if space is None:
        return no_deal(problem)
    point, proven = problem.disagreement, True
    while True:
        hopes = ideal(space)
        hope = np.where(hopes.gains > TOLERANCE, hopes.gains, 0.0)
        proven &= bool((hopes.at_most <= hopes.gains + TOLERANCE).all())
        if not hope.any() or _all_met(space, hope):
            break
        point = point + hope / problem.n_parties
        following = field(_from(problem, point), time_limit=_left(deadline))
        if following is None:
            break
        if late(deadline) or not _known(following):
            proven = False
            break
        space = following
    agreement = settle(space, of_least(hope if hope.any() else np.ones(problem.n_parties)))
    if proven or not agreement.reached:
        return agreement
    return replace(agreement, certificate=Certificate(False, np.inf, "time limit"))


def _from(problem: Problem, point: Floats) -> Problem:
    """Return the problem with a point in the place of no deal; the floor stays."""
    floor = np.maximum(point, problem.least)
    return replace(problem, disagreement=point, floor=floor)


def _known(space: Field) -> bool:
    """Tell whether a package is known that gives everyone the point."""
    return not (space.listed is None and space.known is None and space.shown is None)


def _all_met(space: Field, hope: Floats) -> bool:
    """Tell whether one package gives everyone all that it can hope for."""
    if space.listed is not None:
        return bool((space.listed[1] >= hope - TOLERANCE).all(axis=1).any())
    if space.shown is not None:
        return some_package(space.problem, hope, space.deadline)[0] is not None
    together = feasible(space.stack, space.names.codes, hope, deadline=space.deadline)
    return together.best >= -TOLERANCE


def _left(deadline: float | None) -> float | None:
    """Return the seconds that are left."""
    return None if deadline is None else max(deadline - time.monotonic(), 0.0)
