"""The smallest changes that make a package acceptable: what looking at every package finds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.instances import instance
from sim.blocks import Block
from sim.feasible.amendment import SmallestAmendments, smallest_amendments
from sim.problem import Problem
from tests.small_problems import NEAR, problems

SEEDS = st.integers(0, 2**32 - 1)


def by_definition(
    problem: Problem, start: np.ndarray, costs: np.ndarray, max_changes: int | None = None
) -> tuple[float | None, np.ndarray]:
    """Return the least cost of an acceptable package, and all that cost it."""
    choices, utilities = problem.enumerate()
    able = (utilities >= problem.thresholds - NEAR).all(axis=1)
    if max_changes is not None:
        able &= (choices != start).sum(axis=1) <= max_changes
    if not able.any():
        return None, choices[:0]
    spent = (choices[able] != start) @ costs
    return float(spent.min()), choices[able][spent <= spent.min() + NEAR]


def agrees(
    found: SmallestAmendments, problem: Problem, cost: float | None, every: np.ndarray
) -> None:
    assert found.minimal
    assert found.counted
    assert found.count == len(every)
    assert found.cost == pytest.approx(cost, abs=1e-9) if cost is not None else found.cost is None
    np.testing.assert_array_equal(found.choices, every)
    assert (found.utilities >= problem.thresholds - NEAR).all()
    for outcome, utilities in zip(found.choices, found.utilities, strict=True):
        np.testing.assert_allclose(utilities, problem.utility(outcome), atol=1e-12)


def any_start(problem: Problem, rng: np.random.Generator) -> np.ndarray:
    """Draw a package that may not be allowed: an option more than there are is one ruled out."""
    return rng.integers(0, 4, problem.n_issues)


@given(problems(), SEEDS)
def test_all_smallest_amendments_are_what_looking_at_every_package_finds(
    problem: Problem, seed: int
) -> None:
    start = any_start(problem, np.random.default_rng(seed))
    found = smallest_amendments(problem, start)
    agrees(found, problem, *by_definition(problem, start, np.ones(len(start))))


@given(problems(), SEEDS)
def test_changes_may_cost_differently_or_nothing(problem: Problem, seed: int) -> None:
    rng = np.random.default_rng(seed)
    start = any_start(problem, rng)
    costs = rng.choice([[0, 1, 2, 3, 5], [0, 0.1, 0.2, 0.3, 1 / 3]], axis=0)
    costs = rng.choice(costs, len(start))
    limit = rng.integers(0, len(start) + 1) if rng.random() < 0.5 else None
    found = smallest_amendments(problem, start, costs=costs, max_changes=limit)
    agrees(found, problem, *by_definition(problem, start, costs, limit))


def test_blocks_that_overlap_give_the_same_answer_as_the_whole_listed() -> None:
    rng = np.random.default_rng(5)
    pairs = np.indices((3, 3)).reshape(2, -1).T
    for _ in range(20):
        blocks = (
            Block((0, 1), pairs, rng.random((9, 2))),
            Block((1, 2), pairs, rng.random((9, 2)), shared=(1,)),
            Block((3,), np.arange(3)[:, None], rng.random((3, 2))),
        )
        problem = Problem(blocks, np.zeros(2), rng.uniform(1.0, 2.2, 2))
        start, costs = rng.integers(0, 3, 4), rng.integers(0, 3, 4).astype(float)
        agrees(
            smallest_amendments(problem, start, costs=costs),
            problem,
            *by_definition(problem, start, costs),
        )


def test_nothing_need_change_where_everyone_accepts_already() -> None:
    problem = instance("mixed", 3, np.random.default_rng(0), disagreement=0.1)
    start = np.array([block.utilities.sum(axis=1).argmax() for block in problem.blocks])
    found = smallest_amendments(problem, start)
    assert (found.cost, found.count) == (0.0, 1)
    np.testing.assert_array_equal(found.choices, [start])
