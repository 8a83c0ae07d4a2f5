"""How high a weighted sum of utilities can go inside the zone."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from sim.agreement import Agreement, Certificate
from sim.clock import deadline_in, late
from sim.feasible.zone import find_acceptable
from sim.problem import TOLERANCE, Floats, Problem
from sim.search.packages import Packages, listed
from sim.solutions.choice import of_sum
from sim.solutions.search import Field, agreed, field, no_deal, searched, unknown

QUICK = 0.1
"""Seconds of plain search, which mostly is enough, before the ceiling is approached in steps."""


def highest(
    problem: Problem,
    weights: ArrayLike,
    *,
    enough: float = 0.0,
    time_limit: float | None = 10.0,
) -> Agreement:
    """Find an outcome that everyone accepts and that makes a weighted sum as high as can be.

    Parameters
    ----------
    weights
        Of each party's utility, shape ``(n_parties,)``, of any sign: ``[0, -1]`` asks for the
        least that the second party gets inside the zone.
    enough
        Stop when nothing can be better by more than this. In a zone of millions of packages the
        very last digits take long.
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
    if problem.loose:
        return _by_programme(problem, np.asarray(weights, dtype=float), deadline_in(time_limit))
    deadline = deadline_in(time_limit)
    w, n = np.asarray(weights, dtype=float), problem.n_parties
    wide = _with_sum(problem, w, -np.inf).within_zone()
    space = field(wide, time_limit=time_limit)
    if space is None:
        return no_deal(problem)
    proof = Certificate(True, 0.0, "enumeration")
    if space.listed is not None:
        rows, gains = space.listed
        found = agreed(space, rows[int(gains[:, n].argmax())], proof)
        return Agreement(found.outcome, found.utilities[:n], proof)
    if space.known is None:
        return unknown(problem)
    cap = float(np.where(w > 0, w * problem.best(), w * problem.thresholds).sum())
    soon = time.monotonic() + QUICK
    first = _searched(replace(space, deadline=soon if deadline is None else min(soon, deadline)))
    found = _capped(first, w, cap)
    if found.certificate.bound <= max(enough, TOLERANCE):
        return found
    found = _approached(problem, w, found, enough, deadline)
    if found.certificate.bound > max(enough, TOLERANCE) and not late(deadline):
        last = _capped(_searched(space), w, found.utilities @ w + found.certificate.bound)
        found = last if last.utilities @ w >= found.utilities @ w else found
    return found


def _by_programme(problem: Problem, weights: Floats, deadline: float | None) -> Agreement:
    """Find it by an integer programme, where interactions tie too many issues."""
    small = listed(problem)
    if small is not None:
        return highest(small, weights)
    best = Packages(problem, problem.thresholds, deadline).highest(weights)
    if not len(best):
        return no_deal(problem) if best.complete else unknown(problem)
    top = int((best.utilities @ weights).argmax())
    certificate = Certificate(best.complete, best.ceiling - best.value, "integer programme")
    return Agreement(best.choices[top], best.utilities[top], certificate)


def _with_sum(problem: Problem, weights: Floats, least: float) -> Problem:
    """Add the weighted sum as one more column, with what it must come to."""
    return problem.with_combinations(weights, [least], [0.0 if np.isinf(least) else least])


def _searched(space: Field) -> Agreement:
    """Search until the field's deadline; the last column is what to raise."""
    n = space.n_parties - 1
    top = searched(space, of_sum(np.eye(n + 1)[n], space.floor), ties=False)
    gap = 0.0 if top.proven else top.ceiling - top.best
    found = agreed(space, top.rows[0], Certificate(top.proven, gap, "branch and bound"))
    return Agreement(found.outcome, found.utilities[:n], found.certificate)


def _capped(found: Agreement, weights: Floats, cap: float) -> Agreement:
    """Use a ceiling that is known from elsewhere."""
    gap = min(found.certificate.bound, max(cap - float(found.utilities @ weights), 0.0))
    return replace(found, certificate=replace(found.certificate, exact=gap <= TOLERANCE, bound=gap))


def _approached(
    problem: Problem, weights: Floats, found: Agreement, enough: float, deadline: float | None
) -> Agreement:
    """Ask for a package near the ceiling, and the nearer the easier it was, again and again.

    One that exists is quickly found among many; where there is none, the ceiling comes down.
    """
    value, gap = float(found.utilities @ weights), found.certificate.bound
    share = 0.9
    while gap > max(enough, TOLERANCE) and not late(deadline):
        asked = value + share * gap
        left = 1.0 if deadline is None else max((deadline - time.monotonic()) / 4, 0.01)
        zone = find_acceptable(_with_sum(problem, weights, asked), time_limit=left)
        if zone.empty is None:
            break
        if zone.empty or zone.outcome is None:
            gap, share = share * gap, share / 2
            continue
        utilities = zone.utilities[: problem.n_parties]
        ceiling, value = value + gap, float(utilities @ weights)
        found = replace(found, outcome=zone.outcome, utilities=utilities)
        gap, share = max(ceiling - value, 0.0), 0.9
    return replace(found, certificate=Certificate(gap <= TOLERANCE, gap, "branch and bound"))
