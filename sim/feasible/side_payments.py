"""Side payments: what it takes to make up for what a package lacks, party by party.

A party that gets less than its threshold accepts if somebody adds the difference. Who pays: a
third party, from a budget, or the parties that get more than their thresholds. Either way
payments are counted in utility, so that sums compare the parties' scales; `in_money` changes
the scales where it is known what a unit of each party's utility costs. No payment buys off a red
line or a constraint.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from sim.agreement import Agreement, Certificate
from sim.feasible.concession import least_concession, shortfall
from sim.feasible.extremes import highest
from sim.problem import TOLERANCE, Floats, Indices, Problem

MOST_PARTIES = 8
"""With more parties there are too many groups whose payments add up."""


def in_money(problem: Problem, rates: ArrayLike) -> Problem:
    """Count each party's utility in what is paid.

    Parameters
    ----------
    rates
        What a unit of each party's utility costs, all positive, shape ``(n_parties,)``.
    """
    rate = np.asarray(rates, dtype=float)
    blocks = tuple(replace(b, utilities=b.utilities * rate) for b in problem.blocks)
    loose = tuple(replace(term, adds=term.adds * rate) for term in problem.loose)
    floor = None if problem.floor is None else problem.floor * rate
    return Problem(blocks, problem.disagreement * rate, problem.thresholds * rate, floor, loose)


def payments(utilities: ArrayLike, thresholds: ArrayLike) -> Floats:
    r"""Return the least payment that makes each party accept what it gets.

    .. math:: t_i(x) = \max(0,\; r_i - u_i(x))

    Parameters
    ----------
    utilities, thresholds
        Shapes ``(…, n_parties)`` and ``(n_parties,)``.

    Examples
    --------
    >>> payments([0.48, 0.40], [0.50, 0.45]).round(2)
    array([0.02, 0.05])
    """
    return shortfall(np.asarray(thresholds, dtype=float), np.asarray(utilities, dtype=float))


def least_payments(problem: Problem, *, time_limit: float | None = 10.0) -> Agreement | None:
    r"""Find the package that takes the least payment in all.

    .. math:: \min_x \sum_i \max(0,\; r_i - u_i(x))

    Unlike a concession, a payment leaves its party no worse off than with no deal, so packages
    that give less than that are looked at too.

    Parameters
    ----------
    time_limit
        Seconds after which the best known is returned with its gap.

    Returns
    -------
    Agreement or None
        The certificate's bound is on the sum. ``None`` where constraints and red lines leave no
        package, or none was found in the time.

    Examples
    --------
    >>> plans = Problem.enumerated([[0.55, 0.3], [0.4, 0.44], [0.48, 0.4]], [0.5, 0.45])
    >>> least_payments(plans).utilities
    array([0.48, 0.4 ])
    """
    if not problem.n_outcomes:
        return None
    anything = np.minimum(problem.worst(), problem.thresholds) - 1.0
    found = least_concession(replace(problem, disagreement=anything), time_limit=time_limit)
    return None if found is None else found.total


def within_budget(problem: Problem, budget: float) -> Problem:
    r"""Return the problem whose zone is what a budget for side payments opens.

    Payments add up to no more than the budget exactly where those of every group of parties do:

    .. math:: \sum_{i \in S} \bigl(r_i - u_i(x)\bigr) \le B \quad \text{for all } S

    so every group becomes one more party, which insists on what its members do less the budget.
    Counting, listing and searching then work as for any zone.

    Parameters
    ----------
    budget
        In units of utility.

    Raises
    ------
    ValueError
        With more than `MOST_PARTIES` parties.

    Examples
    --------
    A pie in tenths of which both want six. One tenth does not buy a division; two do.

    >>> from sim.feasible.zone import find_acceptable
    >>> slices = np.arange(11) / 10
    >>> pie = np.column_stack([slices, 1 - slices])
    >>> pie = Problem.enumerated(pie, [0, 0], thresholds=[0.6, 0.6])
    >>> [find_acceptable(within_budget(pie, budget)).empty for budget in (0.1, 0.2)]
    [True, False]
    """
    n = problem.n_parties
    if n > MOST_PARTIES:
        raise ValueError(f"{n} parties form too many groups; the most is {MOST_PARTIES}")
    groups = [group for size in range(2, n + 1) for group in combinations(range(n), size)]
    share = np.zeros((n, len(groups)))
    for k, group in enumerate(groups):
        share[list(group), k] = 1.0
    lowered = problem.thresholds - budget
    alone = replace(problem, thresholds=lowered, disagreement=lowered, floor=None)
    if not groups:
        return alone
    return alone.with_combinations(share.T, problem.thresholds @ share - budget)


@dataclass(frozen=True, eq=False)
class OwnMeans:
    """Whether the parties could pay for a deal among themselves, with no outside money.

    Meaningful only where utility can be transferred from party to party; it depends on the
    common scale.

    Attributes
    ----------
    outcome, utilities
        The package whose utilities add up to most, whoever gets them; no outcome where red lines
        and constraints leave none. Shape ``(n_issues,)`` and ``(n_parties,)``.
    receives
        What each party is paid there, shape ``(n_parties,)``; below 0 it pays. Those above their
        thresholds pay in proportion to what they have above them; where that does not do, they
        pay all of it.
    balance
        By how much the utilities exceed the thresholds in all; below 0 outside money is needed.
    certificate
        Of the balance.
    """

    outcome: Indices | None
    utilities: Floats
    receives: Floats
    balance: float
    certificate: Certificate

    @property
    def enough(self) -> bool | None:
        """Whether the parties' own means do; ``None`` where it was not settled in the time."""
        if self.balance >= -TOLERANCE:
            return True
        if self.outcome is None:
            return False if self.certificate.exact else None
        return False if self.balance + self.certificate.bound < -TOLERANCE else None


def own_means(problem: Problem, *, time_limit: float | None = 10.0) -> OwnMeans:
    r"""Ask whether what some parties gain could pay those who fall short: the most of all sums.

    .. math:: \max_x \sum_i u_i(x) \;\ge\; \sum_i r_i

    Examples
    --------
    One wants four of ten slices and likes each half as much again as the other, who wants seven.

    >>> slices = np.arange(11.0)
    >>> pie = Problem.enumerated(np.column_stack([1.5 * slices, 10 - slices]), [0, 0], [4, 7])
    >>> deal = own_means(pie)
    >>> deal.enough, deal.balance, deal.utilities, deal.receives
    (True, 4.0, array([15.,  0.]), array([-7.,  7.]))
    """
    free = replace(problem, thresholds=np.full(problem.n_parties, -np.inf))
    most = highest(free, np.ones(problem.n_parties), time_limit=time_limit)
    if most.outcome is None:
        none = np.zeros(problem.n_parties)
        return OwnMeans(None, most.utilities, none, -np.inf, most.certificate)
    over = most.utilities - problem.thresholds
    receives, balance = shared_out(over), float(over.sum())
    return OwnMeans(most.outcome, most.utilities, receives, balance, most.certificate)


def shared_out(over: ArrayLike) -> Floats:
    """Let those above their thresholds pay those below, in proportion to what they have.

    Parameters
    ----------
    over
        What each party has above its threshold, shape ``(n_parties,)``.

    Examples
    --------
    >>> shared_out([3.0, 1.0, -2.0])
    array([-1.5, -0.5,  2. ])
    """
    above = np.maximum(np.asarray(over, dtype=float), 0.0)
    below = np.maximum(-np.asarray(over, dtype=float), 0.0)
    if not above.any():
        return below
    return below - above * min(1.0, float(below.sum() / above.sum()))


@dataclass(frozen=True)
class Pressure:
    """How far one party would have to come down, alone, for a zone to exist.

    Attributes
    ----------
    least
        What must come off its effective threshold, in units of utility; 0 where a zone exists
        without. ``None`` where no amount does, because the others cannot agree even if this
        party takes anything, or where none was found in the time.
    certificate
        Exact, or by how much less pressure might do.
    """

    least: float | None
    certificate: Certificate


def smallest_pressures(
    problem: Problem, *, time_limit: float | None = 10.0
) -> tuple[Pressure, ...]:
    r"""Return for each party the least drop of its threshold that alone opens a zone.

    .. math:: e_i = \max\bigl(0,\; r_i - \max_x \{u_i(x) : u_j(x) \ge r_j,\; j \ne i\}\bigr)

    Sanctions, an arms cut-off or promises that no deal will be worth less act on both the
    disagreement value and the threshold; pressure is what they take off the higher one.

    Examples
    --------
    >>> slices = np.arange(11) / 10
    >>> pie = np.column_stack([slices, 1 - slices])
    >>> pie = Problem.enumerated(pie, [0, 0], thresholds=[0.6, 0.6])
    >>> [round(pressure.least, 9) for pressure in smallest_pressures(pie)]
    [0.2, 0.2]
    """
    found = []
    for party in range(problem.n_parties):
        free = problem.thresholds.copy()
        free[party] = -np.inf
        most = highest(
            replace(problem, thresholds=free), np.eye(problem.n_parties)[party],
            time_limit=time_limit,
        )  # fmt: skip
        short = float(problem.thresholds[party] - most.utilities[party])
        least = None if most.outcome is None else short if short > TOLERANCE else 0.0
        found.append(Pressure(least, most.certificate))
    return tuple(found)


def affordable(totals: Sequence[float], budgets: ArrayLike) -> list[list[int]]:
    """Return for each budget which of several packages can be paid for.

    Examples
    --------
    >>> affordable([0.15, 0.11, 0.07], [0.05, 0.11])
    [[], [1, 2]]
    """
    total = np.asarray(totals, dtype=float)
    return [np.flatnonzero(total <= budget + TOLERANCE).tolist() for budget in np.ravel(budgets)]
