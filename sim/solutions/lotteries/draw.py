"""From the corners of the hull back to packages: the few outcomes to draw from."""

from __future__ import annotations

import numpy as np

from sim.agreement import PROVEN_EMPTY, Certificate, Lottery
from sim.problem import TOLERANCE, Floats, Problem
from sim.solutions.lotteries.hull import FINE, Hull

SLIGHT = 1e-12
"""Chances below this are rounding."""


def no_lottery(problem: Problem, certificate: Certificate = PROVEN_EMPTY) -> Lottery:
    """Answer that nothing gives every party its disagreement value, even in expectation."""
    n, issues = problem.n_parties, problem.n_issues
    return Lottery(
        None, problem.disagreement.copy(), certificate, np.zeros(0),
        np.zeros((0, issues), dtype=np.intp), np.zeros((0, n)), np.zeros(n),
    )  # fmt: skip


def out_of_time(problem: Problem) -> Lottery:
    """Answer that nothing feasible was found in the time, nor that there is nothing."""
    return no_lottery(problem, Certificate(False, np.inf, "time limit"))


def certified(hull: Hull, gap: float) -> Certificate:
    """Say how much better the goal could be at most; within the tolerance counts as proven."""
    size = max(float(np.abs(hull.unit).max()), 1.0)
    if hull.noise:
        bound = float(gap + hull.noise * size)
        return Certificate(False, bound, "column generation, integer programmes")
    if gap <= TOLERANCE * size:
        return Certificate(True, 0.0, "column generation")
    return Certificate(False, float(gap), "column generation, gap left")


def lottery(hull: Hull, chances: Floats, prices: Floats, certificate: Certificate) -> Lottery:
    """Turn chances of the corners into a lottery over as few packages as it takes."""
    chances = fewer(hull.gains[: len(chances)], chances)
    kept = np.flatnonzero(chances)
    outcomes, points = [], []
    for place in kept:
        outcome, given = hull.package(int(place))
        outcomes.append(outcome)
        points.append(given)
    order = np.lexsort((*np.array(outcomes).T[::-1], -chances[kept]))
    chance = chances[kept][order]
    point = np.array(points)[order]
    chosen = np.array(outcomes, dtype=np.intp)[order]
    per_utility = np.maximum(prices, 0.0) / hull.unit
    total = per_utility.sum()
    return Lottery(
        chosen[0] if len(chance) == 1 else None,
        chance @ point,
        certificate,
        chance,
        chosen,
        point,
        per_utility / total if total > 0 else per_utility,
    )


def fewer(gains: Floats, chances: Floats) -> Floats:
    """Move chances until no more packages than parties have one; what is expected stays.

    The packages of a best lottery lie on one face of the hull, so more than there are parties
    can be exchanged against each other (Carathéodory 1911).

    >>> fewer(np.array([[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]]), np.array([0.25, 0.5, 0.25]))
    array([0.5, 0. , 0.5])
    """
    chances = np.where(chances > SLIGHT, chances, 0.0)
    chances = chances / chances.sum()
    while (chances > 0).sum() > gains.shape[1]:
        kept = np.flatnonzero(chances)
        table = np.vstack([gains[kept].T, np.ones(len(kept))])
        along = np.linalg.svd(table)[2][-1]
        if np.abs(table @ along).max() > FINE:  # not on one face: out of time
            break
        along = along if along.max() > -along.min() else -along
        falls = along > 1e-9 * along.max()
        ratio = np.where(falls, chances[kept] / np.where(falls, along, 1.0), np.inf)
        chances[kept] = np.maximum(chances[kept] - ratio.min() * along, 0.0)
        chances[kept[ratio.argmin()]] = 0.0
        chances = np.where(chances > SLIGHT, chances, 0.0)
        chances = chances / chances.sum()
    return chances
