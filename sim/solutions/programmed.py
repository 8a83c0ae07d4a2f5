"""Bargaining solutions where interactions tie too many issues: by integer programmes.

Every score that a solution maximises is raised by a programme; all packages that come as near to
the best as the programme can tell are listed, and the definition is applied to these.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sim.agreement import Agreement, Certificate
from sim.problem import TOLERANCE, Floats, Indices, Problem
from sim.search.criteria import PRODUCT, SUM
from sim.search.goals import Goal
from sim.search.packages import Packages
from sim.solutions.choice import Rule, of_least

METHOD = "integer programme"


def settled(
    problem: Problem, rule: Rule, floor: Floats, deadline: float | None
) -> Agreement | None:
    """Find the outcome that a rule puts first; ``None`` where none was found, or there is none.

    Parameters
    ----------
    floor
        Gains that an outcome must give, shape ``(n_parties,)``.
    """
    d, criterion = problem.disagreement, rule.criterion
    levels = d + floor
    if criterion.kind == PRODUCT:  # less than the tolerance counts as nothing
        levels = np.where(criterion.coef > 0, np.maximum(levels, d + 2 * TOLERANCE), levels)
    goal = Goal(criterion, d, problem.best())
    pool = Packages(problem, levels, deadline).best(goal, np.ones(problem.n_parties))
    if not len(pool):
        return None
    tied = rule.winners(pool.utilities - d)
    sums = Packages(problem, levels, deadline).unit(criterion.coef)
    if criterion.kind == SUM and not pool.complete and pool.ceiling < pool.value + sums / 2:
        fairest = _fairest_of_sum(problem, criterion.coef, pool.value, floor, deadline)
        if fairest is not None:
            return fairest
    if not pool.complete:
        gap = goal.plain(pool.ceiling) - goal.plain(pool.value)
        certificate = Certificate(False, gap, f"{METHOD}, ties open")
        return Agreement(pool.choices[tied[0]], pool.utilities[tied[0]], certificate)
    if pool.every:
        outcome, first = min(pool.choices[tied], key=lambda own: own.tolist()), True
    else:
        outcome, first = lowest(problem, pool.choices[tied], pool.utilities[tied], deadline)
    method = METHOD if first else f"{METHOD}, ties open"
    return Agreement(outcome, problem.utility(outcome), Certificate(True, 0.0, method))


def _fairest_of_sum(
    problem: Problem, coef: Floats, value: float, floor: Floats, deadline: float | None
) -> Agreement | None:
    """Take the leximin of gains among the outcomes of highest sum, where sums go in steps."""
    total = value + float(coef @ problem.disagreement)
    wide = problem.with_combinations(coef, [total])
    fairest = of_least(np.append(np.ones(problem.n_parties), 0.0))
    found = settled(wide, fairest, np.append(floor, 0.0), deadline)
    if found is None or found.outcome is None or not found.certificate.exact:
        return None
    return replace(found, utilities=found.utilities[: problem.n_parties])


def lowest(
    problem: Problem, choices: Indices, utilities: Floats, deadline: float | None
) -> tuple[Indices, bool]:
    """Return the outcome of lowest number that gives the same as one of some efficient ones.

    Parameters
    ----------
    choices, utilities
        Of the outcomes, ``(n, n_issues)`` and ``(n, n_parties)``; nothing gives more to all.

    Returns
    -------
    outcome, proven
        Whether it is proven that none comes before it.
    """
    proven = True
    found: list[tuple[Indices, Floats]] = []
    for outcome, point in zip(choices, utilities, strict=True):
        if any((np.abs(point - other) <= TOLERANCE).all() for _, other in found):
            continue
        first, known = Packages(problem, point, deadline).lowest(outcome)
        proven &= known
        found.append((first, point))
    return min((outcome for outcome, _ in found), key=lambda own: own.tolist()), proven


def ideal_gains(problem: Problem, floor: Floats, deadline: float | None) -> tuple[Floats, Floats]:
    """Find each party's highest gain, and what it can be at most, where floors are met."""
    gains, at_most = np.zeros(problem.n_parties), np.zeros(problem.n_parties)
    packages = Packages(problem, problem.disagreement + floor, deadline)
    for party, level in enumerate(problem.disagreement):
        pool = packages.highest(np.eye(problem.n_parties)[party])
        if len(pool):
            gains[party], at_most[party] = pool.value - level, pool.ceiling - level
        else:
            at_most[party] = problem.best()[party] - level
    return gains, at_most


def some_package(
    problem: Problem, floor: Floats, deadline: float | None
) -> tuple[Indices | None, bool]:
    """Find an outcome that gives these gains; and, where none was found, whether there is one.

    Returns
    -------
    outcome, settled
        ``None`` and true where it is proven that there is none.
    """
    outcome, ceiling = Packages(problem, problem.disagreement + floor, deadline).any()
    return outcome, outcome is not None or ceiling == -np.inf
