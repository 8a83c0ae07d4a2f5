"""Bargaining solutions by looking at every package: the slow definitions, for small problems.

Lotteries are looked at as mixes of all packages listed, in one linear program.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog

from sim.problem import Floats, Indices, Problem
from tests.small_problems import NEAR, feasible_outcomes, frontier_by_definition


def first_by(scores: list[Floats], gains: Floats) -> int:
    """Return the place of the row that the scores put first, then leximin, then the number."""
    left = np.arange(len(gains))
    for score in [*scores, *np.sort(gains, axis=1).T]:
        left = left[score[left] >= score[left].max() - NEAR]
    return int(left[0])


def proportional_by_definition(problem: Problem, power: Floats) -> Indices | None:
    """Return the leximin of gains over powers."""
    choices, utilities = feasible_outcomes(problem)
    if not len(choices):
        return None
    gains, counted = utilities - problem.disagreement, power > 0
    ratios = gains[:, counted] / power[counted]
    return choices[first_by(list(np.sort(ratios, axis=1).T), gains)]


def nash_by_definition(problem: Problem, power: Floats) -> Indices | None:
    """Return the largest product of gains to their powers."""
    choices, utilities = feasible_outcomes(problem)
    if not len(choices):
        return None
    gains = utilities - problem.disagreement
    weight = power * (gains.max(axis=0) > NEAR)
    if not weight.any():
        return choices[first_by([], gains)]
    own = gains[:, weight > 0]
    positive = np.where(own < NEAR, 0.0, own)
    product = (positive ** (weight[weight > 0] / weight.sum())).prod(axis=1)
    return choices[first_by([product], gains)]


def raiffa_by_definition(problem: Problem) -> Indices | None:
    """Return what is left when no package gives everyone the next point."""
    choices, utilities = feasible_outcomes(problem)
    if not len(choices):
        return None
    point = problem.disagreement
    while True:
        gains = utilities - point
        hope = np.where(gains.max(axis=0) > NEAR, gains.max(axis=0), 0.0)
        all_met = (gains >= hope - NEAR).all(axis=1).any()
        following = point + hope / problem.n_parties
        floor = np.maximum(following, problem.least)
        able = (utilities >= floor - NEAR).all(axis=1)
        if not hope.any() or all_met or not able.any():
            break
        point, choices, utilities = following, choices[able], utilities[able]
    gains = utilities - point
    scale = hope if hope.any() else np.ones(problem.n_parties)
    ratios = gains[:, scale > 0] / scale[scale > 0]
    return choices[first_by(list(np.sort(ratios, axis=1).T), gains)]


def median_by_definition(problem: Problem) -> Indices | None:
    """Return the efficient package with as many others on either side."""
    choices, utilities = frontier_by_definition(problem)
    if not len(choices):
        return None
    better = [(utilities[:, 0] > own + NEAR).sum() for own in utilities[:, 0]]
    rank = np.abs(np.array(better) - (len(choices) - 1) / 2)
    middle = np.flatnonzero(rank <= 0.5)
    middle = middle[np.lexsort(choices[middle].T[::-1])]
    gains = utilities[middle] - problem.disagreement
    return choices[middle[first_by([], gains)]]


def best_expected(
    problem: Problem,
    goal: Floats,
    grows: Floats | None = None,
    base: Floats | None = None,
    floor: Floats | None = None,
) -> tuple[float, Floats]:
    """Maximise over mixes of every package listed: ``goal @ u``, or the ``t`` that all reach.

    With ``grows`` every party i that has some is to expect ``base[i] + grows[i] * t``.

    Returns
    -------
    value, utilities
        What the goal comes to, or minus infinity; and what is expected.
    """
    utilities = problem.enumerate()[1]
    n, k = problem.n_parties, len(utilities)
    least = problem.least if floor is None else floor
    kept = np.isfinite(least)
    rows = [np.column_stack([-utilities.T[kept], np.zeros(kept.sum())])]
    limits = [-least[kept]]
    if grows is not None:
        counted = grows > 0
        start = problem.disagreement if base is None else base
        rows.append(np.column_stack([-utilities.T[counted], grows[counted]]))
        limits.append(-start[counted])
    found = linprog(
        np.append(-(utilities @ goal), -1.0 if grows is not None else 0.0),
        A_ub=np.vstack(rows), b_ub=np.concatenate(limits),
        A_eq=np.append(np.ones(k), 0.0)[None, :], b_eq=[1.0],
        bounds=[(0, None)] * k + [(None, None) if grows is not None else (0, 0)],
    )  # fmt: skip
    if found.status != 0:
        return -np.inf, np.zeros(n)
    return -float(found.fun), found.x[:k] @ utilities


def leximin_expected(
    problem: Problem, scale: Floats, base: Floats | None = None, floor: Floats | None = None
) -> Floats | None:
    """Return what the leximin lottery gives, testing for each party whether it can be raised."""
    start = problem.disagreement if base is None else base
    least = (problem.least if floor is None else floor).astype(float).copy()
    open_, expected = scale > 0, None
    while open_.any():
        zero = np.zeros(problem.n_parties)
        value, expected = best_expected(problem, zero, np.where(open_, scale, 0.0), start, least)
        if value == -np.inf:
            return None
        reached = np.where(open_, np.maximum(least, start + scale * value - 1e-12), least)
        fixed = []
        for party in np.flatnonzero(open_):
            most, _ = best_expected(problem, np.eye(problem.n_parties)[party], floor=reached)
            if most <= start[party] + scale[party] * value + 1e-7:
                fixed.append(party)
        least = np.where(np.isin(np.arange(len(least)), fixed), reached, least)
        open_[fixed] = False
        if not fixed:
            return None
    return expected


def ideal_expected(problem: Problem, floor: Floats | None = None) -> Floats:
    """Return the most that each party can expect."""
    return np.array(
        [best_expected(problem, row, floor=floor)[0] for row in np.eye(problem.n_parties)]
    )


def surplus(problem: Problem) -> float:
    """Return by how much everyone can expect to be above its floor."""
    n = problem.n_parties
    nothing = np.full(n, -np.inf)
    return best_expected(problem, np.zeros(n), np.ones(n), problem.least, nothing)[0]
