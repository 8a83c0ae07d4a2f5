"""How little the parties must concede before there is something to agree on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from sim.feasible import find_acceptable
from sim.feasible.concession import least_concession, shortfall
from sim.feasible.robust import most_robust
from sim.problem import Block, Problem
from sim.solutions import egalitarian
from tests.small_problems import NEAR, problems


def asking(problem: Problem, level: float) -> Problem:
    """The same with thresholds between no deal and beyond the best, so that zones are empty."""
    most = np.maximum(problem.best(), problem.disagreement)
    r = problem.disagreement + level * (most - problem.disagreement)
    return Problem(problem.blocks, problem.disagreement, r)


def by_definition(problem: Problem) -> tuple[float, float, bool] | None:
    """Least sum, least largest concession, and whether nobody gets less than no deal."""
    utilities = problem.enumerate()[1]
    if not len(utilities):
        return None
    able = (utilities >= problem.disagreement - NEAR).all(axis=1)
    among = utilities[able] if able.any() else utilities
    missing = np.maximum(problem.thresholds - among, 0)
    return missing.sum(axis=1).min(), missing.max(axis=1).min(), bool(able.any())


@pytest.mark.parametrize("level", [0.5, 0.8, 1.0, 1.1])
@given(problem=problems())
def test_no_package_takes_less_whether_added_up_or_one_by_one(problem: Problem, level: float):
    asked = asking(problem, level)
    expected = by_definition(asked)
    found = least_concession(asked)
    if expected is None:
        assert found is None
        return
    assert found is not None
    total, single, rational = expected
    assert found.rational is rational
    assert found.conceded(found.total).sum() == pytest.approx(total, abs=1e-8)
    assert found.conceded(found.single).max() == pytest.approx(single, abs=1e-8)
    assert found.total.certificate.exact
    assert found.single.certificate.exact
    for agreement in (found.total, found.single):
        np.testing.assert_allclose(agreement.utilities, asked.utility(agreement.outcome))
        assert (found.undercut(agreement) == 0).all() or not rational


def talk(seed: int, n_parties: int, n_issues: int = 9) -> Problem:
    """A quarter of a million packages, and thresholds that no package meets."""
    rng = np.random.default_rng(seed)
    weights = rng.dirichlet(np.ones(n_issues), n_parties).T
    options = np.arange(4)[:, None]
    blocks = tuple(Block((k,), options, rng.random((4, n_parties)) * weights[k])
                   for k in range(n_issues))  # fmt: skip
    free = Problem(blocks, np.zeros(n_parties), np.zeros(n_parties))
    span = free.best() - free.worst()
    return Problem(blocks, free.worst() + 0.5 * span, free.worst() + 0.9 * span)


@pytest.mark.parametrize("n_parties", [2, 3, 4])
@pytest.mark.parametrize("seed", range(2))
def test_the_search_finds_what_looking_at_every_package_finds(seed: int, n_parties: int):
    problem = talk(seed, n_parties)
    expected = by_definition(problem)
    found = least_concession(problem)
    assert expected is not None
    assert found is not None
    assert found.rational is expected[2]
    assert found.conceded(found.total).sum() == pytest.approx(expected[0], abs=1e-8)
    assert found.conceded(found.single).max() == pytest.approx(expected[1], abs=1e-8)


def test_who_cannot_be_moved_keeps_its_threshold():
    """Ten coins; the second would walk away from fewer than seven, and asks for seven."""
    coins = np.arange(11.0)
    split = Problem.enumerated(np.column_stack([coins, 10 - coins]), [2, 7], [5, 7])
    found = least_concession(split)
    assert found is not None
    assert found.conceded(found.total).tolist() == [2, 0]
    assert found.conceded(found.single).tolist() == [2, 0]


def test_where_no_deal_is_better_than_any_package_for_somebody_it_takes_a_lever():
    coins = np.arange(11.0)
    split = Problem.enumerated(np.column_stack([coins, 10 - coins]), [6, 7], [6, 7])
    found = least_concession(split)
    assert found is not None
    assert not found.rational
    assert found.conceded(found.total).sum() == 3
    assert found.undercut(found.total).sum() == 3
    assert sorted(found.conceded(found.single)) == [1, 2]


def test_where_nothing_is_allowed_conceding_does_not_help():
    nothing = Block((0,), np.zeros((0, 1), dtype=np.intp), np.zeros((0, 2)))
    assert least_concession(Problem((nothing,), np.zeros(2), np.ones(2))) is None


@given(problem=problems())
def test_inside_a_zone_nothing_is_conceded_and_the_most_robust_package_is_the_egalitarian_one(
    problem: Problem,
):
    if find_acceptable(problem).empty:
        return
    found = least_concession(problem)
    assert found is not None
    assert found.conceded(found.total).sum() == 0
    robust = most_robust(problem)
    fair = egalitarian(problem.at_thresholds())
    np.testing.assert_array_equal(robust.outcome, fair.outcome)


@given(problem=problems())
def test_the_concessions_found_do_open_the_zone(problem: Problem):
    asked = asking(problem, 0.9)
    found = least_concession(asked)
    if found is None or not found.rational:
        return
    for agreement in (found.total, found.single):
        lower = asked.thresholds - shortfall(asked.thresholds, agreement.utilities)
        assert find_acceptable(Problem(asked.blocks, asked.disagreement, lower)).empty is False
