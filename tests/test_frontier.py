"""The frontier: what it is, by hand, by definition, and on spaces that cannot be listed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from numpy.testing import assert_allclose, assert_array_equal

from benchmarks.instances import instance
from sim.agreement import Frontier
from sim.frontier import OutOfReach, is_pareto_optimal, pareto_frontier
from sim.problem import Block, Problem
from tests.small_problems import frontier_by_definition, problems, small_problem


def issues(*tables: list[list[float]], d: list[float] | None = None) -> Problem:
    """One block for each table of utilities, one row for each option."""
    blocks = tuple(
        Block((k,), np.arange(len(table))[:, None], np.array(table, dtype=float))
        for k, table in enumerate(tables)
    )
    level = np.zeros(blocks[0].utilities.shape[1]) if d is None else np.array(d, dtype=float)
    return Problem(blocks, level, level)


def found(problem: Problem, **limits: float) -> Frontier:
    frontier = pareto_frontier(problem, **limits)
    assert isinstance(frontier, Frontier)
    return frontier


def test_giving_each_what_it_cares_for_beats_the_other_way_round():
    fence = issues([[0.7, 0], [0, 0.3]], [[0.3, 0], [0, 0.7]])
    frontier = found(fence)
    assert_allclose(frontier.utilities, [[1, 0], [0.7, 0.7], [0, 1]])
    assert_array_equal(frontier.choices, [[0, 0], [0, 1], [1, 1]])
    assert frontier.certificate.exact


def test_what_gives_somebody_less_than_no_deal_is_not_on_the_frontier():
    fence = issues([[0.7, 0], [0, 0.3]], [[0.3, 0], [0, 0.7]], d=[0.1, 0])
    assert_allclose(found(fence).utilities, [[1, 0], [0.7, 0.7]])


def test_a_frontier_without_any_feasible_outcome_has_no_points():
    frontier = found(issues([[0.4, 0], [0, 0.4]], d=[0.3, 0.3]))
    assert len(frontier) == 0
    assert frontier.choices.shape == (0, 1)
    assert frontier.certificate.exact


def test_a_problem_whose_red_lines_leave_nothing_has_an_empty_frontier():
    nothing = Block((0,), np.zeros((0, 1), dtype=np.intp), np.zeros((0, 2)))
    assert len(found(Problem((nothing,), np.zeros(2), np.zeros(2)))) == 0


def test_of_outcomes_that_give_the_same_the_one_of_lowest_number_is_listed():
    frontier = found(issues([[0, 1], [1, 0]], [[0, 1], [1, 0]]))
    assert_allclose(frontier.utilities, [[2, 0], [1, 1], [0, 2]])
    assert_array_equal(frontier.choices, [[1, 1], [0, 1], [0, 0]])


def test_the_noise_of_adding_creates_no_efficient_point():
    """0.1 + 0.2 is more than 0.3 by 6e-17, which does not make up for 0.1 less to the other."""
    pie = issues([[0.1, 0], [0, 0.5]], [[0.2, 0], [0, 0.5]], [[0.3, 0], [0, 0.9]])
    expected = [[0.6, 0], [0.5, 0.5], [0.3, 1.0], [0.2, 1.4], [0, 1.9]]
    assert_allclose(found(pie).utilities, expected)


def test_sums_that_differ_by_the_noise_of_adding_are_one_point_with_the_lowest_number():
    pie = issues([[0.1, 0], [0, 0.5]], [[0.2, 0], [0, 0.5]], [[0.3, 0], [0, 1.0]])
    frontier = found(pie)
    assert_allclose(frontier.utilities, [[0.6, 0], [0.5, 0.5], [0.3, 1.0], [0.2, 1.5], [0, 2]])
    assert_array_equal(frontier.choices[2], [0, 0, 1])


def test_points_come_by_falling_utility_of_the_first_party():
    utilities = found(small_problem(11, n_parties=3)).utilities
    assert_array_equal(np.lexsort(-utilities.T[::-1]), np.arange(len(utilities)))


def test_more_than_one_word_is_needed_to_number_the_packages_of_forty_issues():
    """Forty issues with four options have 10²⁴ packages, beyond a machine integer."""
    forty = issues(*([[[0, 0], [0.1, 0], [0.2, 0], [0.2, 0.1]]] * 40))
    assert_array_equal(found(forty).choices, np.full((1, 40), 3))
    sided = issues(*([[[1, 0], [0, 1]]] * 80))
    assert len(found(sided)) == 81
    assert_array_equal(found(sided).choices[1], [0] * 79 + [1])


@pytest.mark.parametrize("start", range(0, 1500, 500))
def test_the_frontier_is_what_the_definition_says_on_many_small_problems(start):
    for seed in range(start, start + 500):
        for problem in (small_problem(seed), small_problem(seed).within_zone()):
            choices, utilities = frontier_by_definition(problem)
            frontier = found(problem)
            order = np.lexsort(frontier.choices.T[::-1])
            assert_array_equal(frontier.choices[order], choices, err_msg=f"seed {seed}")
            assert_allclose(frontier.utilities[order], utilities, atol=1e-12)


@given(problem=problems())
def test_every_point_is_efficient_and_reached_by_its_outcome(problem):
    frontier = found(problem)
    for outcome, utilities in zip(frontier.choices, frontier.utilities, strict=True):
        assert is_pareto_optimal(problem, outcome)
        assert_allclose(problem.utility(outcome), utilities, atol=1e-12)


@given(problem=problems())
def test_the_order_of_parties_changes_nothing_but_the_order_of_columns(problem):
    turned = found(problem.for_parties(range(problem.n_parties)[::-1]))
    frontier = found(problem)
    assert len(frontier) == len(turned)
    assert {*map(tuple, frontier.choices)} == {*map(tuple, turned.choices)}


@given(problem=problems())
def test_an_option_that_is_worse_for_all_leaves_the_frontier_as_it_was(problem):
    first, *others = problem.blocks
    worse = first.utilities.min(axis=0) - 0.1
    last = first.choices.max(axis=0) + 1
    longer = Block(first.issues, np.vstack([first.choices, last]),
                   np.vstack([first.utilities, worse]))  # fmt: skip
    wider = Problem((longer, *others), problem.disagreement, problem.thresholds)
    assert_allclose(found(wider).utilities, found(problem).utilities, atol=1e-12)


@pytest.mark.parametrize("n_parties", [2, 3, 4])
def test_seven_issues_agree_with_the_list_of_all_sixteen_thousand_packages(n_parties):
    problem = instance("mixed", n_parties, np.random.default_rng(5), n_issues=7)
    single = Problem.enumerated(problem.enumerate()[1], problem.disagreement)
    assert_allclose(found(problem).utilities, found(single).utilities, atol=1e-12)


def test_twenty_eight_issues_for_three_parties_are_within_reach():
    problem = instance("random", 3, np.random.default_rng(1))
    frontier = found(problem)
    assert len(frontier) > 1000
    assert frontier.certificate.exact
    gains = frontier.utilities - problem.disagreement
    assert (gains > -1e-9).all()
    assert_allclose(problem.utility(frontier.choices[7]), frontier.utilities[7], atol=1e-12)


def test_when_all_is_efficient_the_list_is_thinned_with_a_proven_bound():
    """What one wins the other loses: all 2¹² packages are efficient, few are listed."""
    rng = np.random.default_rng(3)
    stakes = rng.random((12, 1))
    tables = [[[stake, 0], [0, stake]] for (stake,) in stakes / stakes.sum()]
    problem = issues(*tables, d=[0.1, 0.1])
    everything = found(problem).utilities
    assert len(everything) > 3000
    thinned = found(problem, max_points=400)
    assert len(thinned) <= 400
    assert not thinned.certificate.exact
    assert 0 < thinned.certificate.bound < 0.1
    short = everything[:, None, :] - thinned.utilities[None, :, :]
    assert short.max(axis=2).min(axis=1).max() <= thinned.certificate.bound


def test_a_frontier_that_is_out_of_reach_says_so():
    problem = instance("opposed", 4, np.random.default_rng(0))
    for limits in ({"max_points": 1000}, {"time_limit": 0.05}):
        answer = pareto_frontier(problem, **limits)
        assert isinstance(answer, OutOfReach)
        assert "groups of issues" in answer.why
