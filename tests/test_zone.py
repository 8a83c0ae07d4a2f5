"""The zone of possible agreement: is there one, how large is it, and how surely do we know."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from benchmarks.instances import KINDS, instance
from sim.feasible import count, count_acceptable, find_acceptable, zone
from sim.findings.sizes import counting_note
from sim.problem import Block, Problem
from tests.small_problems import NEAR, small_problem


def asking(problem: Problem, *thresholds: float) -> Problem:
    """The same problem with other thresholds."""
    return Problem(problem.blocks, problem.disagreement, np.array(thresholds))


def pie(*thresholds: float) -> Problem:
    """A pie in ten slices, walked away from with nothing."""
    first = np.arange(11) / 10
    return Problem.enumerated(np.column_stack([first, 1 - first]), [0, 0], thresholds)


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the search answer what would otherwise be listed."""
    monkeypatch.setattr(zone, "LISTED", 0)
    monkeypatch.setattr(count, "LISTED", 0)


def rng() -> np.random.Generator:
    return np.random.default_rng(1)


def test_demands_that_fit_into_the_pie_leave_a_zone():
    found = find_acceptable(pie(0.3, 0.5))
    assert found.empty is False
    assert (found.utilities >= [0.3, 0.5]).all()
    assert found.surplus == pytest.approx(0.1)
    assert found.certificate.exact


def test_a_zone_of_one_outcome_is_a_zone():
    """0.3 and 0.7 are what the slices come to only nearly."""
    found = find_acceptable(pie(0.1 + 0.2, 0.7))
    assert found.empty is False
    assert count_acceptable(pie(0.1 + 0.2, 0.7), rng=rng()).outcomes == 1


def test_demands_beyond_the_pie_leave_none_and_the_nearest_outcome_is_shown():
    found = find_acceptable(pie(0.6, 0.6))
    assert found.empty is True
    assert found.certificate.exact
    assert found.surplus == found.ceiling == pytest.approx(-0.1)
    assert_array_equal(found.utilities, [0.5, 0.5])
    assert count_acceptable(pie(0.6, 0.6), rng=rng()).outcomes == 0


def test_where_red_lines_leave_nothing_there_is_no_zone_and_nothing_near():
    nothing = Block((0,), np.zeros((0, 1), dtype=np.intp), np.zeros((0, 2)))
    problem = Problem((nothing,), np.zeros(2), np.array([0.1, 0.2]))
    found = find_acceptable(problem)
    assert found.empty is True
    assert found.outcome is None
    size = count_acceptable(problem, rng=rng(), of=100)
    assert (size.outcomes, size.share, size.exact) == (0, 0.0, True)


def test_the_share_is_taken_of_the_whole_that_is_named():
    size = count_acceptable(pie(0.3, 0.5), rng=rng(), of=30)
    assert size.outcomes == 3
    assert size.share == pytest.approx(0.1)
    assert size.share_interval == (size.share, size.share)


def check_against_the_list(seed: int) -> None:
    problem = small_problem(seed)
    utilities = problem.enumerate()[1]
    surplus = (utilities - problem.thresholds).min(axis=1)
    acceptable = int((surplus >= -NEAR).sum())
    found = find_acceptable(problem)
    assert found.empty is (acceptable == 0), f"seed {seed}"
    assert found.certificate.exact
    assert found.ceiling >= surplus.max() - NEAR
    assert (problem.utility(found.outcome) - problem.thresholds).min() == pytest.approx(
        found.surplus, abs=1e-12
    )
    if found.empty:
        assert found.surplus == pytest.approx(surplus.max(), abs=NEAR), f"seed {seed}"
    size = count_acceptable(problem, rng=rng())
    assert size.outcomes == acceptable, f"seed {seed}"
    assert size.exact
    assert size.share == acceptable / len(utilities)


@pytest.mark.parametrize("start", range(0, 1000, 500))
def test_existence_and_number_are_those_of_the_list(start):
    for seed in range(start, start + 500):
        check_against_the_list(seed)


@pytest.mark.parametrize("start", range(5000, 6000, 500))
@pytest.mark.usefixtures("searched")
def test_the_search_agrees_with_the_list(start):
    for seed in range(start, start + 500):
        check_against_the_list(seed)


def test_a_higher_threshold_never_makes_the_zone_larger():
    for seed in range(200):
        problem = small_problem(seed)
        raised = asking(problem, *(problem.thresholds + 0.05))
        before, after = (count_acceptable(p, rng=rng()).outcomes for p in (problem, raised))
        assert after <= before


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n_parties", [2, 3, 5])
def test_among_ten_to_the_sixteen_packages_a_zone_is_found_or_ruled_out(kind, n_parties):
    problem = instance(kind, n_parties, np.random.default_rng(3))
    found = find_acceptable(problem)
    assert found.empty is False
    assert (problem.utility(found.outcome) >= problem.thresholds - NEAR).all()
    hard = find_acceptable(asking(problem, *np.full(n_parties, 0.99)))
    assert hard.empty is True
    assert hard.certificate.exact
    assert hard.surplus < hard.ceiling + NEAR < 0


def rare(kind: str, above: float) -> Problem:
    """A problem whose zone is what lies within a little of the fairest outcome there is."""
    problem = instance(kind, 3, np.random.default_rng(6))
    best = find_acceptable(asking(problem, 0.99, 0.99, 0.99)).surplus + 0.99
    return asking(problem, *np.full(3, best - above))


@pytest.mark.parametrize("kind", KINDS)
def test_a_few_packages_among_ten_to_the_sixteen_are_counted_exactly_and_estimated_well(kind):
    problem = rare(kind, 0.02)
    size = count_acceptable(problem, rng=rng())
    assert size.exact
    assert 1 <= size.outcomes < 10_000_000
    guess = count_acceptable(problem, rng=rng(), limit=0)
    assert not guess.exact
    assert guess.outcomes is None
    assert guess.method == "tilted sampling"
    low, high = guess.share_interval
    assert 0 < low <= guess.share <= high
    wide = 1.5 * (high - low)
    assert low - wide < size.share < high + wide


@pytest.mark.usefixtures("searched")
def test_ninety_five_intervals_in_a_hundred_hold_the_share():
    problem = instance("mixed", 2, np.random.default_rng(2), n_issues=7)
    for level in (0.3, 0.55, 0.62):
        asked = asking(problem, level, level)
        share = count_acceptable(asked, rng=rng()).share
        held = 0
        for seed in range(40):
            guess = count_acceptable(
                asked, rng=np.random.default_rng(seed), limit=0, samples=60_000
            )
            held += guess.share_interval[0] <= share <= guess.share_interval[1]
        assert held >= 34


def test_the_same_seed_gives_the_same_estimate():
    problem = instance("mixed", 3, np.random.default_rng(2))
    first, second = (count_acceptable(problem, rng=rng(), limit=1000) for _ in range(2))
    assert first == second
    assert not first.exact


def test_a_count_given_up_says_how_many_were_counted_and_how_long_the_rest_would_take() -> None:
    rng = np.random.default_rng(3)
    options = np.arange(4)[:, None]
    blocks = tuple(Block((k,), options, rng.random((4, 2)) / 10) for k in range(10))
    problem = Problem(blocks, np.zeros(2), np.full(2, 0.55))
    _, utilities = problem.enumerate()
    acceptable = int((utilities >= 0.55 - NEAR).all(axis=1).sum())
    every = count_acceptable(problem, rng=np.random.default_rng(1))
    assert (every.outcomes, every.at_least, every.rest) == (acceptable, acceptable, 0.0)
    part = count_acceptable(problem, rng=np.random.default_rng(1), limit=20_000)
    assert part.outcomes is None
    assert 0 < part.at_least < acceptable
    assert part.at_least / 4**10 <= part.share_interval[0]
    assert part.rest > 0
    assert "going on would have taken" in counting_note(part)
    assert counting_note(every) == ""
