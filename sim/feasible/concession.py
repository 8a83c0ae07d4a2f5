"""The least that thresholds have to come down by before there is something to agree on.

Two measures: the largest single concession, and the sum of all. Red lines and constraints stay
as they are, and nobody is asked to take less than no deal gives it; where that is impossible,
thresholds alone cannot open a zone, and it takes a lever or a side payment.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from sim.agreement import Agreement, Certificate
from sim.clock import deadline_in, late, seconds_left
from sim.feasible.extremes import highest
from sim.feasible.robust import most_robust
from sim.problem import TOLERANCE, Floats, Problem


@dataclass(frozen=True, eq=False)
class Concession:
    """Where thresholds can meet.

    Attributes
    ----------
    total
        The package at which concessions add up to least; its certificate's bound is on the sum.
    single
        The package at which the largest concession is least, then the next.
    rational
        Nobody gets less than no deal gives it. If false, no package does that, and these
        packages need a lever or a side payment as well.
    thresholds, disagreement
        What the concessions and losses are counted from, shape ``(n_parties,)``.
    """

    total: Agreement
    single: Agreement
    rational: bool
    thresholds: Floats
    disagreement: Floats

    def conceded(self, agreement: Agreement) -> Floats:
        """Return by how much each party misses its threshold there, shape ``(n_parties,)``."""
        return shortfall(self.thresholds, agreement.utilities)

    def undercut(self, agreement: Agreement) -> Floats:
        """Return how much less than no deal each party gets there, shape ``(n_parties,)``."""
        return shortfall(self.disagreement, agreement.utilities)


def shortfall(levels: Floats, utilities: Floats) -> Floats:
    """Return what is missing to each level; what is within the tolerance counts as nothing."""
    missing = np.maximum(levels - utilities, 0.0)
    return np.where(missing <= TOLERANCE, 0.0, missing)


def least_concession(problem: Problem, *, time_limit: float | None = 10.0) -> Concession | None:
    """Find the least concessions in thresholds that open the zone.

    Parameters
    ----------
    problem
        With red lines and constraints applied.
    time_limit
        Seconds for each of the two measures.

    Returns
    -------
    Concession or None
        Nothing where constraints and red lines leave no package at all, or where no package was
        found in the time. Where the zone is not empty the concessions are zero.

    Examples
    --------
    Ten coins between two who would take five and four with no deal, and ask for eight and seven.

    >>> coins = np.arange(11.0)
    >>> split = Problem.enumerated(np.column_stack([coins, 10 - coins]), [5, 4], [8, 7])
    >>> found = least_concession(split)
    >>> found.conceded(found.single), float(found.conceded(found.total).sum())
    (array([3., 2.]), 5.0)
    """
    if not problem.n_outcomes:
        return None
    for rational in (True, False):
        single = most_robust(problem, rational=rational, time_limit=time_limit)
        if single.outcome is not None:
            total = _least_total(problem, single, rational, deadline_in(time_limit))
            return Concession(total, single, rational, problem.thresholds, problem.disagreement)
        if not single.certificate.exact:
            return None
    return None


def _least_total(
    problem: Problem, start: Agreement, rational: bool, deadline: float | None
) -> Agreement:
    """Try every way of choosing who concedes, largest groups first.

    Those who concede may get as little as no deal, and count with what they miss of their
    thresholds; the others get theirs. As long as conceding a negative amount is allowed, the sum
    is a floor for the group and for every part of it, which leaves few groups to look at.
    """
    r, n = problem.thresholds, problem.n_parties
    least = problem.disagreement if rational else np.minimum(problem.worst(), r) - 1.0
    best, cost = start, float(shortfall(r, start.utilities).sum())
    if not cost:
        return replace(start, certificate=Certificate(True, 0.0, "an outcome"))
    hopeless: list[frozenset[int]] = []
    unsettled = np.inf
    for group in _groups(n):
        if late(deadline):
            unsettled = 0.0
            break
        if any(group <= other for other in hopeless):
            continue
        members = sorted(group)
        yielding = _among(problem, members, least)
        found, floor = _least_of(yielding, members, r, deadline)
        if floor >= cost - TOLERANCE:
            hopeless.append(group)
            continue
        if found.outcome is None or (found.utilities[members] > r[members] + TOLERANCE).any():
            found, floor = _least_of(_capped(yielding, members, r), members, r, deadline)
        if not found.certificate.exact:
            unsettled = min(unsettled, max(floor, 0.0))
        own = float(shortfall(r, found.utilities[:n]).sum())
        if found.outcome is not None and own < cost - TOLERANCE:
            best, cost = replace(found, utilities=found.utilities[:n]), own
    gap = max(cost - unsettled, 0.0)
    return replace(best, certificate=Certificate(gap <= TOLERANCE, gap, "who concedes"))


def _least_of(
    problem: Problem, members: list[int], thresholds: Floats, deadline: float | None
) -> tuple[Agreement, float]:
    """Find the package at which some parties miss least in sum, and a floor under that sum."""
    weights = np.zeros(problem.n_parties)
    weights[members] = 1.0
    found = highest(problem, weights, time_limit=seconds_left(deadline))
    if found.outcome is None:
        return found, np.inf if found.certificate.exact else -np.inf
    most = float(found.utilities @ weights) + found.certificate.bound
    return found, float(thresholds[members].sum()) - most


def _groups(n: int) -> Iterator[frozenset[int]]:
    """Yield the groups of parties, largest first."""
    for size in range(n, 0, -1):
        yield from map(frozenset, combinations(range(n), size))


def _among(problem: Problem, members: list[int], least: Floats) -> Problem:
    """Let some parties take as little as a level; the others keep their thresholds."""
    asked = problem.thresholds.copy()
    asked[members] = least[members]
    d = np.minimum(problem.disagreement, asked)
    return replace(problem, disagreement=d, thresholds=asked, floor=None)


def _capped(problem: Problem, members: list[int], caps: Floats) -> Problem:
    """Give some parties no more than a level."""
    return problem.with_combinations(-np.eye(problem.n_parties)[members], -caps[members])
