"""Which packages everyone accepts, one by one, and how high a wish can go among them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.feasible.extremes import highest
from sim.feasible.listing import list_acceptable
from sim.problem import Block, Problem
from tests.small_problems import NEAR, problems


def acceptable_by_definition(problem: Problem) -> tuple[np.ndarray, np.ndarray]:
    choices, utilities = problem.enumerate()
    able = (utilities >= problem.thresholds - NEAR).all(axis=1)
    return choices[able], utilities[able]


@given(problems())
def test_every_acceptable_package_is_listed_once_in_order(problem: Problem) -> None:
    choices, utilities = acceptable_by_definition(problem)
    listing = list_acceptable(problem)
    assert listing.complete
    np.testing.assert_array_equal(listing.choices, choices)
    np.testing.assert_allclose(listing.utilities, utilities, atol=1e-12)


def talk(seed: int, n_issues: int = 9, n_parties: int = 3) -> Problem:
    """Four options for every issue: a quarter of a million packages, few of them acceptable."""
    rng = np.random.default_rng(seed)
    weights = rng.dirichlet(np.ones(n_issues), n_parties).T
    options = np.arange(4)[:, None]
    blocks = tuple(Block((k,), options, rng.random((4, n_parties)) * weights[k])
                   for k in range(n_issues))  # fmt: skip
    free = Problem(blocks, np.zeros(n_parties), np.zeros(n_parties))
    level = free.worst() + 0.68 * (free.best() - free.worst())
    return Problem(blocks, np.zeros(n_parties), level)


@pytest.mark.parametrize("seed", range(4))
def test_the_search_lists_what_looking_at_every_package_finds(seed: int) -> None:
    problem = talk(seed)
    choices, utilities = acceptable_by_definition(problem)
    listing = list_acceptable(problem, most=100_000)
    assert listing.complete
    np.testing.assert_array_equal(listing.choices, choices)
    np.testing.assert_allclose(listing.utilities, utilities, atol=1e-12)


def test_a_list_cut_short_says_so_and_holds_acceptable_packages_only() -> None:
    problem = talk(0)
    every, _ = acceptable_by_definition(problem)
    assert len(every) > 5
    listing = list_acceptable(problem, most=5)
    assert not listing.complete
    assert len(listing) == 5
    assert (listing.utilities >= problem.thresholds - NEAR).all()
    assert list_acceptable(problem, most=len(every)).complete


@given(problems(), st.integers(0, 2**32 - 1))
def test_a_wish_reaches_its_highest_among_the_acceptable_packages(
    problem: Problem, seed: int
) -> None:
    weights = np.random.default_rng(seed).integers(-2, 3, problem.n_parties)
    choices, utilities = acceptable_by_definition(problem)
    answer = highest(problem, weights)
    assert answer.certificate.exact
    if not len(choices):
        assert answer.outcome is None
        return
    assert answer.outcome is not None
    assert (answer.utilities >= problem.thresholds - NEAR).all()
    np.testing.assert_allclose(answer.utilities, problem.utility(answer.outcome))
    np.testing.assert_allclose(answer.utilities @ weights, (utilities @ weights).max(), atol=1e-8)


@pytest.mark.parametrize("seed", range(4))
def test_the_best_and_the_worst_for_each_party_inside_a_large_zone(seed: int) -> None:
    problem = talk(seed)
    _, utilities = acceptable_by_definition(problem)
    for party in range(3):
        for sign, bound in ((1, utilities.max(axis=0)), (-1, utilities.min(axis=0))):
            answer = highest(problem, sign * np.eye(3)[party])
            assert answer.certificate.exact
            assert answer.utilities[party] == pytest.approx(bound[party], abs=1e-9)
