"""Against listing all packages in NumPy, which is what one does where nothing better is at hand.

Ten issues of four options, a million packages; with twelve it would be sixteen million and half a
gigabyte. The answers are checked against each other.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchmarks.instances import instance
from benchmarks.table import Row
from benchmarks.timing import asking, timed
from sim.feasible import count_acceptable, find_acceptable
from sim.frontier import pareto_frontier
from sim.problem import Floats, Problem
from sim.search.stack import nondominated
from sim.solutions import egalitarian, nash

N_ISSUES = 10


def listing(seeds: int) -> Iterator[Row]:
    """Compare with scoring every package."""
    for n in (2, 3, 4):
        problems = [
            instance("mixed", n, np.random.default_rng(seed), n_issues=N_ISSUES)
            for seed in range(min(seeds, 5))
        ]
        asked = [asking(problem, -0.02) for problem in problems]
        for question, ask, define, given in (
            ("nash", lambda p: nash(p).utilities, highest_product, problems),
            ("egalitarian", lambda p: egalitarian(p).utilities, fairest, problems),
            ("frontier", pareto_frontier, efficient, problems),
            ("is there a zone", lambda p: not find_acceptable(p).empty, any_acceptable, asked),
            ("count a zone", counted, number_acceptable, asked),
        ):
            ours, answers = timed(ask, given)
            theirs, right = timed(define, given)
            for answer, other in zip(answers, right, strict=True):
                own = answer.utilities if question == "frontier" else answer
                assert np.shape(own) == np.shape(other), question
                assert np.allclose(_in_order(own), _in_order(other)), question
            yield ours.against(
                f"{question}, {n} parties, 4¹⁰ packages", "NumPy, all listed", theirs
            )


def highest_product(problem: Problem) -> Floats:
    """Score every package, and take the highest product of gains."""
    utilities = _rational(problem)
    return utilities[(utilities - problem.disagreement).prod(axis=1).argmax()]


def fairest(problem: Problem) -> Floats:
    """Score every package, and take the leximin of gains."""
    utilities = _rational(problem)
    rising = np.sort(utilities - problem.disagreement, axis=1)
    return utilities[np.lexsort(rising.T[::-1])[-1]]


def efficient(problem: Problem) -> Floats:
    """Score every package, and filter."""
    utilities = _rational(problem)
    return utilities[nondominated(utilities)]


def counted(problem: Problem) -> int | None:
    """Count, with the solver."""
    return count_acceptable(problem, rng=np.random.default_rng(0)).outcomes


def number_acceptable(problem: Problem) -> int:
    """Score every package, and count."""
    utilities = every_package(problem)
    return int((utilities >= problem.thresholds - 1e-9).all(axis=1).sum())


def any_acceptable(problem: Problem) -> bool:
    """Score every package, and look."""
    return number_acceptable(problem) > 0


def every_package(problem: Problem) -> Floats:
    """Score every package, issue by issue: the fastest way that NumPy knows."""
    total = np.zeros((1, problem.n_parties))
    for block in problem.blocks:
        total = (total[:, None, :] + block.utilities[None, :, :]).reshape(-1, problem.n_parties)
    return total


def _rational(problem: Problem) -> Floats:
    utilities = every_package(problem)
    return utilities[(utilities >= problem.disagreement - 1e-9).all(axis=1)]


def _in_order(answer: object) -> Floats:
    """Sort points, for the order in which they are listed says nothing."""
    points = np.atleast_1d(np.asarray(answer, dtype=float))
    return points[np.lexsort(points.T[::-1])] if points.ndim == 2 else points
